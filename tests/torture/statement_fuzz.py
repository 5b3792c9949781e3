"""Damaged statements against every reader: ``python -m tests.torture.statement_fuzz --each 50000``.

Each input is a small real file spoiled in one to four ways. A reader may give a statement or an
expected error, within a second of processor time; nothing else. What it gives must hold: whole
positive kopecks, places that are in the file, texts that a database takes, and for 1C's format the
same again after writing.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import signal
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from arm.errors import ExpectedError
from arm.exchange import bank_register, client_bank_1c, treasury_tff
from arm.exchange.statement import Statement
from arm.exchange.statements import read_statement

CORPUS = Path(__file__).resolve().parents[1] / "exchange" / "corpus"
LIMIT = 1.0
"""Seconds of processor time for one input of some kilobytes."""
SIGNS = (b"=", b"|", b";", b'"', b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\x98", b"\xef\xbb\xbf",
         b"\t", b"\x1a", b" ", b"'", b",", b"<", b"[", b"{", b"(", b"\xe2\x80\xa8", b"-", b"0",
         b"9", b"1e999", b"NaN", b"31.02.2026", b"00.00.0000", b"99999999999999999999")  # fmt: skip


class Hung(Exception):
    """An input took longer than the limit."""


@dataclass
class Tally:
    """What became of the inputs of one reader."""

    inputs: int = 0
    read: int = 0
    payments: int = 0
    problems: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    failures: list[tuple[int, str]] = field(default_factory=list)
    """Seed of the input, and what happened."""

    def line(self, name: str) -> str:
        refused = ", ".join(f"{code} {n}" for code, n in self.refused.most_common(4))
        return (
            f"{name}: {self.inputs} inputs, {self.read} read ({self.payments} payments,"
            f" {self.problems} problems), refused {self.refused.total()} ({refused}),"
            f" slowest {self.slowest * 1000:.0f} ms, failures {len(self.failures)}"
        )


# --------------------------------------------------------------------------------- readers


def _register(content: bytes) -> Statement:
    guess = bank_register.guess_mapping(content)
    statement = bank_register.read(content, guess.mapping)
    again = type(guess.mapping).from_json(guess.mapping.to_json())
    assert bank_register.read(content, again) == statement
    return statement


def _one_c(content: bytes) -> Statement:
    statement = client_bank_1c.read(content)
    again = client_bank_1c.read(client_bank_1c.write(statement))
    assert [p.kopecks for p in again.payments] == [p.kopecks for p in statement.payments]
    return statement


def _treasury(content: bytes) -> Statement:
    return treasury_tff.read(content, treasury_tff.shipped_profiles()[0])


def _any(content: bytes) -> Statement:
    return read_statement(content, "выписка")


READERS: dict[str, tuple[tuple[str, ...], Callable[[bytes], Statement]]] = {
    "1c": (("kl_to_1c.txt",), _one_c),
    "treasury": (("treasury.BD0",), _treasury),
    "text": (("sber.txt", "sber_tags.txt", "register.csv"), _register),
    "dbf": (("register.dbf",), _register),
    "xlsx": (("register.xlsx",), _register),
    "any": (
        ("kl_to_1c.txt", "treasury.BD0", "sber.txt", "sber_tags.txt", "register.csv",
         "register.dbf", "register.xlsx"),
        _any,
    ),
}  # fmt: skip


# --------------------------------------------------------------------------------- spoiling


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """The content after one to four accidents."""
    if content.startswith(b"PK") and chance.random() < 0.8:
        return _inside_archive(content, chance)
    for _ in range(chance.randint(1, 4)):
        content = chance.choice(ACCIDENTS)(content, chance)
    return content[:60_000]


def _inside_archive(content: bytes, chance: random.Random) -> bytes:
    """A workbook with one spoiled part: damage outside would only break the archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        victim = chance.choice([n for n in names if "sheet" in n or "Strings" in n or "book" in n])
        for name in names:
            part = old.read(name)
            if name == victim:
                part = chance.choice((_in_numbers, chance.choice(ACCIDENTS)))(part, chance)
            new.writestr(name, part[:100_000])
    return made.getvalue()


def _in_numbers(content: bytes, chance: random.Random) -> bytes:
    numbers = list(re.finditer(rb"\d+", content))
    if not numbers:
        return content
    some = chance.choice(numbers)
    other = chance.choice(
        (b"0", b"-1", b"1048576", b"16384", b"9" * 400, b"1e400", b"", b"7.123456")
    )
    return content[: some.start()] + other + content[some.end() :]


def _flip(content: bytes, chance: random.Random) -> bytes:
    held = bytearray(content)
    for _ in range(chance.choice((1, 3, 30)) if held else 0):
        held[chance.randrange(len(held))] = chance.randrange(256)
    return bytes(held)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _cut_out(content: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(content))
    return content[:start] + content[start + chance.choice((1, 2, 40, 900)) :]


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(content))
    many = chance.choice((1, 1, 1, 2, 50))
    return content[:at] + chance.choice(SIGNS) * many + content[at:]


def _huge(content: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(content))
    return content[:at] + chance.choice((*SIGNS, b"A", b"\xc0", b"7")) * 5_000 + content[at:]


def _nested(content: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(content))
    opening = chance.choice(
        (b"(", b"[", b"{", b"<a>", b'"', b"\r\nxxxx=", "СекцияДокумент\n".encode("cp1251"))
    )
    return content[:at] + opening * 1_000 + content[at:]


def _lines(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    what = chance.randrange(5)
    if what == 0:
        del lines[at]
    elif what == 1:
        lines.insert(at, lines[at])
    elif what == 2:
        lines.insert(chance.randrange(len(lines)), lines[at])
    elif what == 3:
        chance.shuffle(lines)
    else:
        lines = lines[:at] + lines[at:] * 3
    return b"\n".join(lines)


def _reencoded(content: bytes, chance: random.Random) -> bytes:
    text = content.decode(chance.choice(("cp1251", "utf-8", "cp866")), "replace")
    return text.encode(
        chance.choice(("cp1251", "cp866", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "koi8-r")),
        "replace",
    )


def _swapped(content: bytes, chance: random.Random) -> bytes:
    return content.replace(chance.choice(SIGNS), chance.choice(SIGNS), chance.choice((1, 5, -1)))


def _spliced(content: bytes, chance: random.Random) -> bytes:
    other = chance.choice(_others())
    at = chance.randint(0, len(content))
    return content[:at] + other[chance.randint(0, len(other)) :]


def _others() -> list[bytes]:
    return [path.read_bytes() for path in sorted(CORPUS.iterdir())]


ACCIDENTS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _cut, _cut_out, _insert, _huge, _nested, _lines, _lines, _reencoded, _swapped, _spliced,
    _in_numbers,
)  # fmt: skip


# --------------------------------------------------------------------------------- judging


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Stops what takes more processor time: other people's work on the machine does not count."""

    def stop(_signal: int, _frame: object) -> None:
        raise Hung

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")


def hold(statement: Statement, content: bytes) -> None:
    """What must be true of anything a reader gives."""
    last = content.count(b"\n") + content.count(b"\r") + 70_000 * content.startswith(b"PK")
    last += 1 + 70_000 * (content[:1] in b"\x02\x03\x04\x30\x31\x43\x83\x8b\xcb\xf5")
    for payment in statement.payments:
        assert type(payment.kopecks) is int
        assert 0 < payment.kopecks < 10**18
        assert 1 <= payment.line <= last
        texts = [v for v in vars_of(payment) if isinstance(v, str)]
        assert not any(_FORBIDDEN.search(text) for text in (*texts, *payment.more.values()))
        assert all(text == text.strip() for text in texts)
    for problem in statement.problems:
        assert 1 <= problem.line <= last
        assert problem.text
        assert len(problem.field) <= 20_000
        assert len(problem.text) < 400


def vars_of(payment: object) -> list[object]:
    """Values of a frozen record with slots."""
    return [getattr(payment, name) for name in type(payment).__slots__]  # type: ignore[attr-defined]


def fuzz(name: str, count: int, seed: int = 1) -> Tally:
    """``count`` spoiled inputs against one reader."""
    files, reader = READERS[name]
    originals = [(CORPUS / file).read_bytes() for file in files]
    tally = Tally()
    for number in range(seed * 1_000_000, seed * 1_000_000 + count):
        chance = random.Random(number)
        content = spoiled(chance.choice(originals), chance)
        tally.inputs += 1
        began = time.process_time()
        try:
            with within(LIMIT):
                statement = reader(content)
            hold(statement, content)
        except ExpectedError as refusal:
            tally.refused[refusal.code] += 1
            str(refusal)  # its parameters must fill its sentences
        except Hung:
            tally.failures.append((number, "hung"))
        except BaseException as failure:  # a panic of a library is no Exception
            if isinstance(failure, KeyboardInterrupt):
                raise
            tally.failures.append((number, f"{type(failure).__name__}: {failure}"))
        else:
            tally.read += 1
            tally.payments += len(statement.payments)
            tally.problems += len(statement.problems)
        tally.slowest = max(tally.slowest, time.process_time() - began)
    return tally


def main() -> int:
    """Run and print; 0 if nothing failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.statement_fuzz")
    parser.add_argument("reader", nargs="*", help=", ".join(READERS))
    parser.add_argument("--each", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    failed = inputs = 0
    for name in said.reader or READERS:
        tally = fuzz(name, said.each, said.seed)
        print(tally.line(name), flush=True)
        for seed, what in tally.failures[:10]:
            print(f"  {seed}: {what}")
        failed += len(tally.failures)
        inputs += tally.inputs
    print(f"inputs in all: {inputs}, failures: {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
