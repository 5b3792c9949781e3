"""Registers of payments as banks send them: text with separators, DBF, workbooks.

No two banks agree on the columns: :func:`guess_mapping` proposes a mapping, a person confirms it,
:func:`read` applies it to this file and to the next ones of the same bank.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

from openpyxl import load_workbook

from arm.errors import ExpectedError
from arm.exchange.dbf import is_dbf, read_dbf
from arm.exchange.register_mapping import (
    FIELDS,
    Guess,
    Kind,
    RegisterMapping,
    Row,
    guess,
    presets,
)
from arm.exchange.statement import Problem, Statement, StatementPayment
from arm.exchange.statement_values import (
    Days,
    NotAValue,
    decoded,
    read_kopecks,
    roubles,
    russian_encoding,
    utf16_as_utf8,
)

FORMAT: Final = "register"

_LARGEST_BOOK: Final = 300_000_000
"""Bytes that a workbook may unpack to: an archive of few bytes may hide millions."""
_HEADING_WITHIN: Final = 20
_BOOKS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_TORN: Final = "\uffff"


class RegisterUnreadable(ExpectedError):
    """The workbook or the table is damaged."""

    code: ClassVar[str] = "statement.register_unreadable"
    title: ClassVar[str] = "Реестр не прочитать: файл повреждён"
    advice: ClassVar[str] = "Запросите его в банке ещё раз или попросите прислать CSV"


class RegisterChanged(ExpectedError):
    """The remembered mapping is of other columns."""

    code: ClassVar[str] = "statement.register_changed"
    title: ClassVar[str] = "Столбцы реестра не те, что запомнены для этого банка"
    advice: ClassVar[str] = "Укажите заново, что в каком столбце: банк изменил файл"


def guess_mapping(content: bytes, remembered: Sequence[RegisterMapping] = ()) -> Guess:
    """How the file is best read. Raises :class:`RegisterUnreadable`."""
    kind = _kind(content)
    encoding, separator = "", ""
    if kind == "text":
        content = utf16_as_utf8(content)
        encoding = _encoding(content)
        separator = _separator(decoded(content[:100_000], encoding)[0])
    rows = list(_rows(content, kind, encoding, separator))
    return guess(rows, kind, encoding, separator, (*remembered, *presets()))


def read(content: bytes, mapping: RegisterMapping) -> Statement:
    """Read a register by a mapping. Faults are told in ``problems``, the other rows are read.

    Raises :class:`RegisterUnreadable` and, if the headings are not those of the mapping,
    :class:`RegisterChanged`: a sum must not be taken from another column.
    """
    kind = _kind(content)
    if kind != mapping.kind:
        raise RegisterChanged
    content = utf16_as_utf8(content) if kind == "text" else content
    # a bank may go over to UTF-8 without a word
    encoding = "utf-8" if _encoding(content) == "utf-8" else mapping.encoding
    reading = _Reading(mapping)
    if kind == "text":
        damaged = decoded(content, encoding)[1]
        if damaged:
            reading.tell(damaged, "", "В файле есть повреждённые знаки. Запросите его ещё раз")
    elif kind == "dbf" and (missing := _table(content).missing):
        reading.tell(1, "", f"Файл оборван: не хватает записей: {missing}. Запросите его ещё раз")
    rows = list(_rows(content, kind, encoding, mapping.separator))
    return reading.statement(_body(rows, mapping), encoding)


def _body(rows: list[Row], mapping: RegisterMapping) -> list[Row]:
    """The rows below the headings, which must be those of the mapping."""
    if not mapping.heading:
        return rows
    for at, (_, cells) in enumerate(rows[:_HEADING_WITHIN]):
        if tuple(cells[: len(mapping.headings)]) == mapping.headings:
            return rows[at + 1 :]
    raise RegisterChanged


# ------------------------------------------------------------------------------- rows


def _kind(content: bytes) -> Kind:
    if content.startswith(_BOOKS):
        return "book"
    return "dbf" if is_dbf(content) else "text"


def _encoding(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return russian_encoding(content)
    return "utf-8"


def _separator(text: str) -> str:
    """The separator that gives most lines one and the same number of columns."""
    lines = [line[:10_000] for line in text.split("\n")[:50] if line.strip()]
    best, most = ";", 0
    for separator in ";\t|,":
        counts = [line.count(separator) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        # sums with a comma are no columns: a separator of fewer lines must not win
        score = counts.count(usual) * min(usual, 3)
        if usual and score > most:
            best, most = separator, score
    return best


def _rows(content: bytes, kind: Kind, encoding: str, separator: str) -> Iterator[Row]:
    if kind == "book":
        yield from _sheet(content)
    elif kind == "dbf":
        table = _table(content)
        # numbered as a spreadsheet shows them, with the headings in the first line
        yield 1, list(table.headings)
        yield from ((number + 1, cells) for number, cells in table.rows)
    else:
        text, _ = decoded(content, encoding)
        for line, written in enumerate(text.split("\n"), 1):
            if written.strip():
                yield line, _cells(written, separator)


def _cells(written: str, separator: str) -> list[str]:
    if not separator:
        return [written.strip()]
    if '"' not in written:
        return [cell.strip() for cell in written.split(separator)]
    try:
        reader = csv.reader([written], delimiter=separator[0])
        return [cell.strip() for cell in next(reader)]
    except csv.Error:
        return [_TORN]


def _table(content: bytes) -> Any:
    try:
        return read_dbf(content)
    except ValueError as error:
        raise RegisterUnreadable from error


def _sheet(content: bytes) -> Iterator[Row]:
    """The first sheet that has more than a heading. Read as a stream: one cell in the far corner
    must not make a table of all cells up to it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST_BOOK:
                raise RegisterUnreadable
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and links, which nobody asks for here
            book = load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # programs declare them wrongly
                rows = list(_filled(sheet.iter_rows(max_col=_WIDEST, values_only=True)))
                if len(rows) > 1:
                    yield from rows
                    return
    except _BROKEN_BOOK as error:
        raise RegisterUnreadable from error


def _filled(rows: Iterator[tuple[Any, ...]]) -> Iterator[Row]:
    blank = 0
    for number, values in enumerate(rows, 1):
        if values.count(None) == len(values):
            blank += 1
            if blank > _EMPTIEST:
                raise RegisterUnreadable  # a row with a damaged number lies beyond the end
            continue
        blank = 0
        last = next((n for n in range(len(values), 0, -1) if values[n - 1] is not None), 0)
        if last:
            yield number, [_cell(value) for value in values[:last]]


_WIDEST: Final = 100
_EMPTIEST: Final = 20_000
_BROKEN_BOOK: Final = (
    OSError, EOFError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    SyntaxError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
"""What parts of an archive or of its XML raise when they are damaged."""


def _cell(value: Any) -> str:
    if isinstance(value, float):
        exact = Decimal(repr(value))
        if abs(exact) < 10**15:
            # a workbook keeps 8137.1 as the nearest binary fraction
            kopecks = exact.quantize(Decimal("0.01"))
            if abs(exact - kopecks) < Decimal("0.000001"):
                return f"{kopecks:f}".removesuffix(".00")
        return str(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip() if value is not None else ""


# ------------------------------------------------------------------------------- payments

_TAIL: Final = re.compile(r"(руб|р|₽|rub)\.?\Z", re.IGNORECASE)
_EIGHT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MONTH_FIRST: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})([./-]\d{2,4}.*)", re.ASCII)
_SLASHED: Final = re.compile(r"\d{2}[/.]\d{2}[/.]\d{4}", re.ASCII)


class _Reading:
    """One pass over the rows by a mapping."""

    def __init__(self, mapping: RegisterMapping) -> None:
        self.mapping = mapping
        self.days = Days()
        self.problems: list[Problem] = []
        self.payments: list[StatementPayment] = []
        self.total: int | None = None
        self.total_line = 0
        self.marks = tuple(f"{tag}:" for tag in mapping.tags)
        self.footer = mapping.footer.lower()
        self.taken = {place for places in mapping.columns.values() for place in places}

    def tell(self, line: int, field: str, text: str) -> None:
        """Remember a fault."""
        self.problems.append(Problem(line, field, text))

    def statement(self, rows: Sequence[Row], encoding: str) -> Statement:
        """Everything the rows say."""
        held = 0
        for line, cells in rows:
            if not any(cells):
                continue
            first = next(cell for cell in cells if cell)
            if self.footer and first.lower().startswith(self.footer):
                self._footer(line, cells, held)
                continue
            held += 1
            payment = self._payment(line, cells)
            if payment is not None:
                self.payments.append(payment)
        counted = sum(payment.kopecks for payment in self.payments)
        if self.total is not None and self.total != counted:
            text = (
                f"Итог не сходится: указано {roubles(self.total)}, по строкам {roubles(counted)}."
                " Запросите реестр ещё раз"
            )
            self.tell(self.total_line, "Итог", text)
        days = [p.received_on or p.on for p in self.payments]
        known = [day for day in days if day is not None]
        return Statement(
            format=FORMAT, version=self.mapping.name, encoding=encoding, account="",
            first_day=min(known, default=None), last_day=max(known, default=None),
            payments=tuple(self.payments), total_kopecks=self.total,
            problems=tuple(sorted(self.problems, key=lambda problem: problem.line)),
        )  # fmt: skip

    def _footer(self, line: int, cells: Sequence[str], held: int) -> None:
        """The line of totals: how many rows and what sum it declares."""
        mapping = self.mapping
        place = mapping.footer_total
        if place < 0:
            place = next(iter(mapping.columns.get("kopecks", ())), -1)
        cell = cells[place] if 0 <= place < len(cells) else ""
        if cell:
            try:
                self.total = (self.total or 0) + self._kopecks(cell.removeprefix("="))
                self.total_line = line
            except NotAValue as fault:
                self.tell(line, self._heading(place), f"{fault}. Итог не сверен")
        if 0 <= mapping.footer_count < len(cells):
            count = cells[mapping.footer_count].lower().removeprefix(self.footer).strip()
            if count.isascii() and count.isdigit() and count.lstrip("0") != str(held):
                text = f"Указано строк: {count[:12]}, в файле их {held}. Запросите реестр ещё раз"
                self.tell(line, self._heading(mapping.footer_count), text)

    def _payment(self, line: int, cells: list[str]) -> StatementPayment | None:
        width = self.mapping.width
        if cells[0] == _TORN or (
            self.mapping.kind == "text" and width and (len(cells) < width or any(cells[width:]))
        ):
            text = f"В строке {len(cells)} столбцов, а должно быть {width}. Строка пропущена"
            self.tell(line, "", text)
            return None
        values = {
            name: " ".join(filter(None, (cells[p] for p in places if p < len(cells))))
            for name, places in self.mapping.columns.items()
        }
        try:
            kopecks = self._kopecks(values.pop("kopecks", ""))
            if kopecks <= 0:
                raise NotAValue("Сумма не больше нуля")
        except NotAValue as fault:
            self.tell(line, self._heading_of("kopecks"), f"{fault}. Строка пропущена")
            return None
        on = self._day(line, "on", values.pop("on", "") or self._day_anywhere(cells))
        received_on = self._day(line, "received_on", values.pop("received_on", ""))
        texts = {name: values.get(name, "") for name in FIELDS if name not in _NOT_TEXTS}
        return StatementPayment(
            line=line, on=on, received_on=received_on, kopecks=kopecks,
            more=dict(self._rest(cells)), **texts,
        )  # fmt: skip

    def _kopecks(self, text: str) -> int:
        bare = _TAIL.sub("", "".join(text[:60].split())) if len(text) <= 60 else text
        decimal = "," if self.mapping.decimal == "," else "."
        grouping = "." if decimal == "," else ","
        if grouping in bare and decimal in bare:
            whole, _, fraction = bare.rpartition(decimal)
            groups = whole.split(grouping)
            if all(len(group) == 3 for group in groups[1:]):
                bare = "".join(groups) + decimal + fraction
        return read_kopecks(bare.replace("'", ""))

    def _day(self, line: int, name: str, text: str) -> date | None:
        if self.mapping.day_first == "year":
            text = _EIGHT.sub(r"\1-\2-\3", text, count=1) if len(text) == 8 else text
        elif self.mapping.day_first == "month" and (match := _MONTH_FIRST.fullmatch(text[:40])):
            text = f"{match[2]}.{match[1]}{match[3]}"
        try:
            return self.days.read(text)
        except NotAValue as fault:
            self.tell(line, self._heading_of(name), str(fault))
            return None

    def _day_anywhere(self, cells: Sequence[str]) -> str:
        if not self.marks:
            return ""
        return next((cell for cell in cells if _SLASHED.fullmatch(cell)), "")

    def _rest(self, cells: Sequence[str]) -> Iterator[tuple[str, str]]:
        for place, cell in enumerate(cells):
            if cell and place not in self.taken:
                if self.marks and cell.startswith(self.marks):
                    tag, _, value = cell.partition(":")
                    yield tag, value.strip()
                else:
                    yield self._heading(place), cell

    def _heading(self, place: int) -> str:
        headings = self.mapping.headings
        return (headings[place] if place < len(headings) else "") or f"Столбец {place + 1}"

    def _heading_of(self, name: str) -> str:
        places = self.mapping.columns.get(name, ())
        return self._heading(places[0]) if places else name


_NOT_TEXTS: Final = frozenset(("kopecks", "on", "received_on"))
