"""Sums, days and letters as banks write them; the same for every format of a statement."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from arm.exchange.dates import DateProblem, read_date

_SUM: Final = re.compile(r"([+-]?)([0-9]{1,15})(?:[.,=-]([0-9]{1,2}))?")
_LONGEST_DAY: Final = 40
_CONTROLS: Final = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
_BAD: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")


class NotAValue(ValueError):
    """Neither a sum nor a day; the message says in Russian what stands there."""


def read_kopecks(text: str) -> int:
    """Kopecks of «4000.00», «4 000,5», «4000-00» or «4000». Raises :class:`NotAValue`."""
    bare = "".join(text[:_LONGEST_DAY].split())
    match = _SUM.fullmatch(bare)
    if match is None or len(text) > _LONGEST_DAY:
        shown = f"Сумма «{text[:40]}» не понята" if text.strip() else "Сумма не указана"
        raise NotAValue(shown)
    sign, roubles, fraction = match.groups()
    kopecks = int(roubles) * 100 + int((fraction or "0").ljust(2, "0"))
    return -kopecks if sign == "-" else kopecks


def roubles(kopecks: int) -> str:
    """«4000.00»"""
    whole = abs(kopecks)
    return f"{'-' if kopecks < 0 else ''}{whole // 100}.{whole % 100:02}"


class Days:
    """Reads days and remembers them: in a statement of a day all are the same few."""

    def __init__(self) -> None:
        self._known: dict[str, date | None] = {}

    def read(self, text: str) -> date | None:
        """The day, or ``None`` for nothing or zero, as some banks write. Raises NotAValue."""
        if text in self._known:
            return self._known[text]
        bare = text.strip()
        found = None
        if bare.strip("0.-/ "):
            if len(bare) > _LONGEST_DAY:
                raise NotAValue(f"Дата «{bare[:40]}» не понята")
            try:
                found = read_date(bare)
            except DateProblem as problem:
                raise NotAValue(str(problem)) from problem
        self._known[text] = found
        return found


def decoded(content: bytes, encoding: str) -> tuple[str, int]:
    """The text with lines ended by «\\n», and the line of its first damaged character or 0.

    Damaged characters (zero bytes, bytes that the encoding does not have) become spaces.
    """
    clean = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if encoding == "utf-8":
        clean = clean.removeprefix(b"\xef\xbb\xbf")
    text = clean.decode(encoding, errors="replace").replace("\xa0", " ")
    # the bytes tell it many times faster than a search in the text
    if "\ufffd" not in text and len(clean.translate(None, _CONTROLS)) == len(clean):
        return text, 0
    first = _BAD.search(text)
    line = 1 + text.count("\n", 0, first.start()) if first else 0
    return _BAD.sub(" ", text), line


def utf16_as_utf8(content: bytes) -> bytes:
    """The same text in UTF-8 if it is UTF-16 with its mark (Notepad's «Юникод»)."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace").encode("utf-8", errors="replace")
    return content


_FREQUENT: Final = frozenset("оеаинтсрвлОЕАИНТСРВЛ")


def russian_encoding(content: bytes, among: tuple[str, ...] = ("cp1251", "cp866", "koi8-r")) -> str:
    """The encoding in which most letters are those that Russian uses most."""
    start = content[:20_000]
    found = {
        name: sum(map(_FREQUENT.__contains__, start.decode(name, "replace"))) for name in among
    }
    return max(among, key=lambda name: found[name])
