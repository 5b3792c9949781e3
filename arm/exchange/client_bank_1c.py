"""Statements in the exchange format of 1C (``1CClientBankExchange``), read and written.

Encodings cp1251, cp866 and UTF-8; keys in any order, unknown ones are kept in ``more``. A damaged
document becomes a :class:`Problem` with its line and field and the rest is read. A document whose
sum cannot be known is left out, and the totals of the account section then say so too.
"""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from arm.exchange.statement import Problem, Statement, StatementPayment
from arm.exchange.statement_values import (
    Days,
    NotAValue,
    decoded,
    read_kopecks,
    roubles,
    utf16_as_utf8,
)

FORMAT: Final = "1CClientBankExchange"
VERSION: Final = "1.03"

_ENCODINGS: Final = ("cp1251", "cp866", "utf-8")
_TELLING: Final = (
    "СекцияДокумент",
    "КонецДокумента",
    "ВерсияФормата",
    "НазначениеПлатежа",
    "Сумма=",
)
_OPENING: Final = re.compile(r"\n(Секция(?:РасчСчет|Документ))(?![^\s=])")
_CLOSING: Final = re.compile(r"\n(Конец(?:РасчСчет|Документа|Файла))(?![^\s=])")
_PURPOSE_LINES: Final = tuple(f"НазначениеПлатежа{n}" for n in range(1, 7))
_KEYS: Final = {
    "number": "Номер", "on": "Дата", "kopecks": "Сумма", "payer_account": "ПлательщикСчет",
    "payer": "Плательщик", "payer_inn": "ПлательщикИНН", "payer_kpp": "ПлательщикКПП",
    "payer_bik": "ПлательщикБИК", "received_on": "ДатаПоступило",
    "payee_account": "ПолучательСчет", "payee": "Получатель", "payee_inn": "ПолучательИНН",
    "payee_kpp": "ПолучательКПП", "uin": "Код", "status": "СтатусСоставителя",
    "kbk": "ПоказательКБК", "oktmo": "ОКАТО", "purpose": "НазначениеПлатежа",
}  # fmt: skip
_KNOWN: Final = frozenset(_KEYS.values())
_DIFFERENT: Final = frozenset(
    ("Номер", "Плательщик", "Плательщик1", "ПлательщикИНН", "ПлательщикСчет",
     "ПлательщикРасчСчет", "НазначениеПлатежа")
)  # fmt: skip
"""What hardly ever repeats from one payment to the next."""
_ASK: Final = "Запросите файл в банке ещё раз"


def recognise(content: bytes) -> bool:
    """Whether the file is in this format, by its first line or by the names of its sections."""
    head = content[:4096]
    if FORMAT.encode() in head or FORMAT.encode("utf-16-le") in head:
        return True
    return any("\nСекцияДокумент".encode(encoding) in content for encoding in _ENCODINGS)


def read(content: bytes) -> Statement:
    """Read a whole file. Nothing raises: what is wrong is told in ``problems``."""
    content = utf16_as_utf8(content)
    encoding = _encoding(content)
    text, damaged = decoded(content, encoding)
    reading = _Reading(text if text.startswith(FORMAT) else f"\n{text}")
    if damaged:
        reading.tell(damaged, "", f"В файле есть повреждённые знаки. {_ASK}")
    with _uncollected():
        return reading.statement(encoding)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles meanwhile: a hundred thousand new records make none, and the searches
    through all that the program holds would take a fifth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _encoding(content: bytes) -> str:
    """The encoding in which the words of the format stand there most often."""
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    start = content[:1_000_000]
    found = {name: sum(start.count(word.encode(name)) for word in _TELLING) for name in _ENCODINGS}
    return max(found, key=lambda name: found[name])


@dataclass
class _Account:
    """What the sections of one account declare together."""

    line: int
    incoming: int | None = None
    outgoing: int | None = None


class _Pairs(dict[str, tuple[str, str]]):
    """Key and value of a line. Most lines of a statement repeat (the payee, the bank, the zeros):
    each is taken apart once and its texts are kept once, which halves time and memory."""

    def __init__(self) -> None:
        super().__init__()
        self.keys_once: dict[str, str] = {}

    def __missing__(self, line: str) -> tuple[str, str]:
        key, value = line.split("=", 1)
        key, value = key.strip(), value.strip()
        key = self.keys_once.setdefault(key, key)
        if key in _DIFFERENT:
            return key, value
        self[line] = key, value
        return key, value


class _Reading:
    """One pass over the text, and what was found wrong on the way."""

    def __init__(self, text: str) -> None:
        if "\n " in text or "\n\t" in text:
            text = "\n".join(map(str.lstrip, text.split("\n")))
        self.text = text
        self.pairs = _Pairs()
        self.days = Days()
        self.sums: dict[str, int] = {}
        """Sums already read: most are one of a few."""
        self.problems: list[Problem] = []
        self.payments: list[StatementPayment] = []
        self.accounts: dict[str, _Account] = {}
        self.section: dict[str, str] = {}
        """Keys of the first account section."""
        self.header: dict[str, str] = {}

    def tell(self, line: int, field: str, text: str) -> None:
        """Remember a fault."""
        self.problems.append(Problem(max(line, 1), field, text))

    def statement(self, encoding: str) -> Statement:
        """Everything the text says."""
        self._walk()
        self._check_totals()
        declared = [a.incoming for a in self.accounts.values() if a.incoming is not None]
        header, section = self.header, self.section
        return Statement(
            format=FORMAT,
            version=header.get("ВерсияФормата", ""),
            encoding=encoding,
            account=section.get("РасчСчет") or header.get("РасчСчет", ""),
            first_day=self._day_of_period("ДатаНачала"),
            last_day=self._day_of_period("ДатаКонца"),
            payments=tuple(self.payments),
            total_kopecks=sum(declared) if declared else None,
            problems=tuple(sorted(self.problems, key=lambda problem: problem.line)),
        )

    def _day_of_period(self, key: str) -> date | None:
        written = self.header.get(key) or self.section.get(key, "")
        try:
            return self.days.read(written)
        except NotAValue as fault:
            self.tell(1, key, f"{fault}. Проверьте период выписки")
            return None

    # ----------------------------------------------------------------------- sections

    def _walk(self) -> None:
        text, at = self.text, 0
        line = 1 if text.startswith(FORMAT) else 0  # then an empty line was put before it
        opened, ended = "", False
        for mark in _marks(text):
            block, begins = text[at : mark.start()], line
            line += text.count("\n", at, mark.start() + 1)
            name, at = mark[1], mark.end()
            whole = name == {"Документ": "КонецДокумента", "РасчСчет": "КонецРасчСчет"}.get(opened)
            self._block(opened, block, begins, whole=whole, closes=name)
            opened = name.removeprefix("Секция") if name.startswith("Секция") else "-"
            ended = name == "КонецФайла"
        self._block(opened, text[at:], line, whole=False, closes="")
        if not ended:
            last = text.count("\n") + text.startswith(FORMAT) - text.endswith("\n")
            self.tell(last, "КонецФайла", f"Файл оборван: в нём нет последней строки. {_ASK}")

    def _block(self, opened: str, block: str, line: int, *, whole: bool, closes: str) -> None:
        """One stretch of text between two marks; ``opened`` is empty for the header."""
        if opened == "Документ":
            if whole:
                self._document(block, line)
            elif closes:
                self.tell(line, "КонецДокумента", "Документ не закрыт. Сверьте его с банком")
                self._document(block, line)
            else:
                # its last line may be cut in the middle of the sum
                self.tell(line, "КонецДокумента", f"Документ оборван и пропущен. {_ASK}")
        elif opened == "РасчСчет":
            if not whole:
                self.tell(line, "КонецРасчСчет", "Раздел счёта не закрыт")
            self._account(block, line)
        elif opened == "":
            self._header(block, line)
            if closes == "КонецДокумента":
                self.tell(line, "СекцияДокумент", f"У первого документа нет начала. {_ASK}")
        elif closes == "КонецДокумента" and block.strip():
            self.tell(line, "СекцияДокумент", "У документа нет первой строки. Сверьте его с банком")
            self._document(block, line)

    def _header(self, block: str, line: int) -> None:
        lines = block.split("\n")
        if not any(entry.strip().startswith(FORMAT) for entry in lines[:20]):
            self.tell(1, FORMAT, f"Нет первой строки «{FORMAT}». {_ASK}, если что-то не сходится")
        for entry in lines:
            key, equals, value = entry.partition("=")
            if equals:
                # accounts and kinds repeat: the first counts
                self.header.setdefault(key.strip(), value.strip())

    def _account(self, block: str, line: int) -> None:
        found, _ = self._slowly(block.split("\n"), line)
        self.section = self.section or found
        account = self.accounts.setdefault(found.get("РасчСчет", ""), _Account(line))
        sums: dict[str, int] = {}
        for key in ("НачальныйОстаток", "ВсегоПоступило", "ВсегоСписано", "КонечныйОстаток"):
            if found.get(key):
                try:
                    sums[key] = read_kopecks(found[key])
                except NotAValue as fault:
                    self.tell(_line_of(block, line, key), key, f"{fault}. Итог не сверен")
        if "ВсегоПоступило" in sums:
            account.incoming = (account.incoming or 0) + sums["ВсегоПоступило"]
        if "ВсегоСписано" in sums:
            account.outgoing = (account.outgoing or 0) + sums["ВсегоСписано"]
        if len(sums) == 4:
            due = sums["НачальныйОстаток"] + sums["ВсегоПоступило"] - sums["ВсегоСписано"]
            if due != sums["КонечныйОстаток"]:
                self.tell(
                    _line_of(block, line, "КонечныйОстаток"),
                    "КонечныйОстаток",
                    f"Остаток не сходится: указано {roubles(sums['КонечныйОстаток'])},"
                    f" по оборотам {roubles(due)}. {_ASK}",
                )

    def _check_totals(self) -> None:
        if not self.accounts:
            return
        came: dict[str, int] = defaultdict(int)
        went: dict[str, int] = defaultdict(int)
        for payment in self.payments:
            for held in {payment.payee_account, payment.more.get("ПолучательРасчСчет", "")}:
                came[held] += payment.kopecks
            for held in {payment.payer_account, payment.more.get("ПлательщикРасчСчет", "")}:
                went[held] += payment.kopecks
        for number, account in self.accounts.items():
            for key, declared, counted in (
                ("ВсегоПоступило", account.incoming, came[number]),
                ("ВсегоСписано", account.outgoing, went[number]),
            ):
                if declared is not None and declared != counted:
                    text = (
                        f"Итог не сходится: в файле указано {roubles(declared)},"
                        f" а по документам {roubles(counted)}. {_ASK}"
                    )
                    self.tell(account.line, key, text)

    # ----------------------------------------------------------------------- documents

    def _document(self, block: str, line: int) -> None:
        first, *lines = block.split("\n")
        found: dict[str, str] = {}
        with suppress(ValueError):  # a line that is no pair
            found = dict(map(self.pairs.__getitem__, lines))
        if len(found) != len(lines):
            found, sound = self._slowly(lines, line + 1)
            if not sound:
                return
        payment = self._payment(found, block, line)
        if payment is not None:
            kind = first.partition("=")[2].strip()
            if kind:
                found["СекцияДокумент"] = kind
            self.payments.append(payment)

    def _slowly(self, lines: list[str], line: int) -> tuple[dict[str, str], bool]:
        """The pairs of lines that are not all «key=value», and whether they are one document's."""
        parts: dict[str, list[str]] = {}
        last = ""
        for number, written in enumerate(lines, line):
            entry = written.strip()
            key, equals, value = entry.partition("=")
            key, value = key.rstrip(), value.lstrip()
            if not entry:
                continue
            if not equals or not key:
                if last.startswith("НазначениеПлатежа"):
                    parts[last].append(entry)  # a purpose in two lines
                else:
                    self.tell(number, entry[:40], "Строка без знака «=» пропущена")
                continue
            last = key
            if key not in parts:
                parts[key] = [value]
            elif key in _KNOWN and value != parts[key][0]:
                self.tell(
                    number,
                    key,
                    "Поле повторяется с другим значением: похоже, два документа слились. Документ"
                    f" пропущен. {_ASK}",
                )
                return {}, False
            elif value != parts[key][-1]:
                parts[key].append(value)
        return {key: " ".join(filter(None, values)) for key, values in parts.items()}, True

    def _payment(self, found: dict[str, str], block: str, line: int) -> StatementPayment | None:
        """The payment of a document, whose values are stripped; what it has no field for stays in
        ``found``."""
        take = found.pop
        try:
            written = found.get("Сумма", "")
            kopecks = self.sums.get(written) or self.sums.setdefault(written, read_kopecks(written))
            if kopecks <= 0:
                raise NotAValue(f"Сумма «{found['Сумма']}» не больше нуля")
        except NotAValue as fault:
            text = f"{fault}. Документ пропущен. Сверьте его с банком"
            self.tell(_line_of(block, line, "Сумма"), "Сумма", text)
            return None
        del found["Сумма"]
        number = take("Номер", "")
        on = self._day(found, "Дата", block, line)
        if not number or on is None:
            key = "Дата" if number else "Номер"
            if not any(p.line >= line and p.field == key for p in self.problems[-1:]):
                self.tell(_line_of(block, line, key), key, f"Не указано: {key.lower()}")
        purpose = take("НазначениеПлатежа", "")
        if not purpose:
            purpose = " ".join(filter(None, [take(key, "") for key in _PURPOSE_LINES]))
        return StatementPayment(
            line=line,
            number=number,
            on=on,
            received_on=self._day(found, "ДатаПоступило", block, line),
            kopecks=kopecks,
            payer=take("Плательщик", "") or found.get("Плательщик1", ""),
            payer_inn=take("ПлательщикИНН", ""),
            payer_kpp=take("ПлательщикКПП", ""),
            payer_account=take("ПлательщикСчет", "") or found.get("ПлательщикРасчСчет", ""),
            payer_bik=take("ПлательщикБИК", ""),
            payee=take("Получатель", "") or found.get("Получатель1", ""),
            payee_inn=take("ПолучательИНН", ""),
            payee_kpp=take("ПолучательКПП", ""),
            payee_account=take("ПолучательСчет", "") or found.get("ПолучательРасчСчет", ""),
            purpose=purpose,
            kbk=take("ПоказательКБК", ""),
            oktmo=take("ОКАТО", ""),
            status=take("СтатусСоставителя", ""),
            uin=take("Код", ""),
            more=found,
        )

    def _day(self, found: dict[str, str], key: str, block: str, line: int) -> date | None:
        written = found.pop(key, "")
        try:
            return self.days.read(written)
        except NotAValue as fault:
            self.tell(_line_of(block, line, key), key, str(fault))
            return None


def _marks(text: str) -> Iterator[re.Match[str]]:
    """First lines and last lines of sections in their order. Two searches for a fixed beginning
    are quicker than one for either."""
    openings, closings = _OPENING.finditer(text), _CLOSING.finditer(text)
    opening, closing = next(openings, None), next(closings, None)
    while opening or closing:
        if closing is None or (opening and opening.start() < closing.start()):
            assert opening is not None
            yield opening
            opening = next(openings, None)
        else:
            yield closing
            closing = next(closings, None)


def _line_of(block: str, line: int, key: str) -> int:
    """The line of a key inside a block that begins at ``line``."""
    match = re.search(rf"\n{key}[ \t]{{0,8}}=", block)
    return line + block.count("\n", 0, match.start() + 1) if match else line


# --------------------------------------------------------------------------------- writing

_NOT_IN_CP1251: Final = str.maketrans("ғқҳҷӣӯңөүәһұҒҚҲҶӢӮҢӨҮӘҺҰ", "гкхчиуноуахуГКХЧИУНОУАХУ")


def write(statement: Statement) -> bytes:
    """The statement as a file of version 1.03 in cp1251 that banks' clients and 1C read.

    Letters that cp1251 does not have are written by their nearest Russian ones.
    """
    lines = "\r\n".join(_lines(statement)) + "\r\n"
    return lines.translate(_NOT_IN_CP1251).encode("cp1251", errors="replace")


def _lines(statement: Statement) -> Iterator[str]:
    period = [
        f"{key}={day:%d.%m.%Y}"
        for key, day in (("ДатаНачала", statement.first_day), ("ДатаКонца", statement.last_day))
        if day is not None
    ]
    yield from (FORMAT, f"ВерсияФормата={VERSION}", "Кодировка=Windows")
    yield from ("Отправитель=Единое окно", "Получатель=")
    yield from period
    if statement.account:
        yield f"РасчСчет={_line(statement.account)}"
    yield from _kinds(statement)
    if statement.total_kopecks is not None:
        yield "СекцияРасчСчет"
        yield from period
        yield f"РасчСчет={_line(statement.account)}"
        yield f"ВсегоПоступило={roubles(statement.total_kopecks)}"
        yield "КонецРасчСчет"
    for payment in statement.payments:
        yield f"СекцияДокумент={_kind(payment)}"
        for attribute, key in _KEYS.items():
            value = getattr(payment, attribute)
            if attribute == "kopecks":
                yield f"{key}={roubles(value)}"
            elif isinstance(value, date):
                yield f"{key}={value:%d.%m.%Y}"
            elif value:
                yield f"{key}={_line(value)}"
        for key, value in payment.more.items():
            if key != "СекцияДокумент":
                yield f"{_line(key).replace('=', ' ')}={_line(value)}"
        yield "КонецДокумента"
    yield "КонецФайла"


def _kinds(statement: Statement) -> list[str]:
    return [f"Документ={kind}" for kind in dict.fromkeys(map(_kind, statement.payments))]


def _kind(payment: StatementPayment) -> str:
    return _line(payment.more.get("СекцияДокумент", "")) or "Платежное поручение"


def _line(value: str) -> str:
    """A value in one line: a line break in it would end it."""
    return " ".join(value.splitlines())
