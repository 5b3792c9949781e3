"""Lists of people that others send: CSV with any separator, or XLSX.

Columns are recognised by their headings (:mod:`arm.exchange.roster_columns`), names may be in
either script, dates in several forms. A line with a fault is reported with its number, its column
and what to do, and is left out; all other lines are kept.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

from python_calamine import CalamineError, CalamineWorkbook, WorkbookClosed

from arm.errors import ExpectedError
from arm.exchange.dates import DateProblem, read_date
from arm.exchange.roster_columns import columns_of, names_somebody
from arm.model.names import fold, has_cyrillic
from arm.places import RESOURCES

_LARGEST: Final = 200_000_000
_HEADING_WITHIN: Final = 20
"""Lists often begin with a title: the heading is looked for in so many rows."""


class RosterUnreadable(ExpectedError):
    """The file is neither a text table nor a workbook."""

    code: ClassVar[str] = "roster.unreadable"
    title: ClassVar[str] = "Файл не прочитать: {path}"
    advice: ClassVar[str] = "Сохраните список как XLSX или CSV и выберите его снова"


@dataclass(frozen=True, slots=True)
class LineProblem:
    """A fault. ``line`` counts from 1 as the file shows it, ``column`` is its heading or empty."""

    line: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of the list. Texts that the list does not have are empty.

    ``citizenship``: ISO alpha-3; ``sex``: ``M``, ``F`` or empty; ``patent_region``: as written.
    """

    line: int
    surname: str = ""
    given: str = ""
    patronymic: str = ""
    surname_latin: str = ""
    given_latin: str = ""
    patronymic_latin: str = ""
    birth_date: date | None = None
    sex: str = ""
    citizenship: str = ""
    document_series: str = ""
    document_number: str = ""
    document_issued_on: date | None = None
    document_valid_to: date | None = None
    phone: str = ""
    email: str = ""
    inn: str = ""
    snils: str = ""
    patent_series: str = ""
    patent_number: str = ""
    patent_issued_on: date | None = None
    patent_valid_to: date | None = None
    patent_region: str = ""
    profession: str = ""
    employer: str = ""
    entered_on: date | None = None
    n: str = field(default="", compare=False)
    """How the list itself numbers the person, as written."""


@dataclass(frozen=True, slots=True)
class Roster:
    """A list as read. ``unknown``: headings that were passed over."""

    rows: tuple[RosterRow, ...]
    problems: tuple[LineProblem, ...]
    unknown: tuple[str, ...] = ()


_NO_HEADING: Final = (
    "Не нашли строку с названиями столбцов. Назовите столбцы: «Фамилия», «Имя», «Дата рождения»,"
    " «Гражданство», «Номер паспорта»"
)
_EMPTY: Final = "Файл пуст. Выберите другой файл"


def read_roster(path: Path, today: date | None = None) -> Roster:
    """Read the list at ``path``. ``today`` settles the century of two-digit years and refuses
    birth dates that lie ahead. Raises :class:`RosterUnreadable` if the file is not a table."""
    try:
        if path.stat().st_size > _LARGEST:
            raise RosterUnreadable(path=path)
        content = path.read_bytes()
    except OSError as error:
        raise RosterUnreadable(path=path) from error
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        tables: Iterable[list[_Line]] = _sheets(content, path)
    else:
        tables = [_best_csv(_decoded(content, path))]
    problems: list[LineProblem] = [LineProblem(1, "", _EMPTY)]
    for table in tables:
        if any(any(cells) for _, cells in table):
            found = _read_table(table, today)
            if found is not None:
                return found
            problems = [LineProblem(1, "", _NO_HEADING)]
    return Roster((), tuple(problems))


# ------------------------------------------------------------------------------- tables

_Line = tuple[int, list[str]]


def _decoded(content: bytes, path: Path) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _text_or_raise(content, encoding, path)
    if b"\x00" in content[:4096]:
        raise RosterUnreadable(path=path)  # a picture, an archive, a PDF: not a text
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # every byte but one means something in cp1251
        return content.decode("cp1251", errors="replace")


def _text_or_raise(content: bytes, encoding: str, path: Path) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise RosterUnreadable(path=path) from error


def _best_csv(text: str) -> list[_Line]:
    """The text split by the separator under which most headings are understood."""
    start = "\n".join(text.splitlines()[:_HEADING_WITHIN])
    known = {
        separator: max((len(columns_of(c)) for _, c in _csv(start, separator)), default=0)
        for separator in ";,\t|"
    }
    return list(_csv(text, max(known, key=lambda separator: known[separator])))


def _csv(text: str, separator: str) -> Iterator[_Line]:
    lines = io.StringIO(text.replace("\x00", ""), newline="").readlines()
    width = max((len(_cells([line], separator)[0]) for line in lines[:_HEADING_WITHIN]), default=0)
    at = 0
    while at < len(lines):
        size = 1
        cells, is_open = _cells(lines[at : at + 1], separator)
        while is_open and size < min(_MOST_LINES, len(lines) - at):
            size += 1
            cells, is_open = _cells(lines[at : at + size], separator)
        swallowed = (_cells([line], separator)[0] for line in lines[at + 1 : at + size])
        if is_open or (width >= _WIDE and any(len(row) >= width for row in swallowed)):
            # a quote that nobody closed must not swallow good lines: only its own is faulty
            cells, size = [_TORN], 1
        yield at + 1, [cell.strip() for cell in cells]
        at += size


def _cells(lines: list[str], separator: str) -> tuple[list[str], bool]:
    """Cells of one record, and whether a quote is still open at its end."""
    reader = csv.reader([*lines, ""], delimiter=separator)
    try:
        return next(reader), reader.line_num > len(lines)
    except csv.Error:
        return [_TORN], False  # a cell of more than 128 thousand letters


_MOST_LINES: Final = 30
"""An address or a note may be written in several lines, but not in so many."""
_WIDE: Final = 4
"""In a narrow table a line of an address looks like a row."""
_TORN: Final = "\uffff"


def _sheets(content: bytes, path: Path) -> Iterator[list[_Line]]:
    """Every sheet of a workbook, in order."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                first = sheet.start[0] if sheet.start else 0
                rows = sheet.to_python(skip_empty_area=True)
                yield [
                    (first + number, [_cell(value) for value in row])
                    for number, row in enumerate(rows, 1)
                ]
    except (
        CalamineError, WorkbookClosed, OSError, ValueError, TypeError, zipfile.BadZipFile
    ) as error:  # fmt: skip
        raise RosterUnreadable(path=path) from error


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip() if value is not None else ""


def _read_table(table: Sequence[_Line], today: date | None) -> Roster | None:
    start, columns = next(
        (
            (at, columns)
            for at, (_, cells) in enumerate(table[:_HEADING_WITHIN])
            if names_somebody(columns := columns_of(cells))
        ),
        (-1, {}),
    )
    if start < 0:
        return None
    cells = table[start][1]
    reader = _Reader(columns, tuple(cells), today)
    for line, values in table[start + 1 :]:
        if any(values):
            reader.take(line, values)
    unknown = [c for n, c in enumerate(cells) if c and n not in columns and not _counts(c)]
    return Roster(tuple(reader.rows), tuple(reader.problems), tuple(unknown))


def _counts(heading: str) -> bool:
    """A column that only numbers the lines is nothing to mention."""
    return bool(re.fullmatch(r"(n|№|no|num|#|nn|n п/п|№ ?п/?п|п/п|id|ид)\.?", heading.lower()))


# ------------------------------------------------------------------------------- rows


class _Fault(Exception):
    """A cell that does not do, with what to tell about it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


_DATES: Final = frozenset(f.name for f in fields(RosterRow) if "date" in str(f.type))
_RowFaults = list[LineProblem]


class _Reader:
    """Turns lines into rows and faults, and remembers documents already seen."""

    def __init__(
        self, columns: Mapping[int, str], headings: tuple[str, ...], today: date | None
    ) -> None:
        self.columns = columns
        self.headings = headings
        self.place = {name: at for at, name in columns.items()}
        self.today = today
        self.rows: list[RosterRow] = []
        self.problems: list[LineProblem] = []
        self.documents: dict[tuple[str, str, str], int] = {}

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Keep the line as a row, or say what is wrong with it."""
        faults: _RowFaults = []
        surplus = [cell for cell in cells[len(self.headings) :] if cell]
        if surplus or cells[0] == _TORN:
            text = "В строке больше значений, чем столбцов. Проверьте разделители и кавычки"
            self.problems.append(LineProblem(line, "", text))
            return
        values: dict[str, Any] = {}
        for at, name in self.columns.items():
            text = cells[at] if at < len(cells) else ""
            try:
                values[name] = self._value(name, text)
            except _Fault as fault:
                faults.append(LineProblem(line, self.headings[at], fault.text))
        if not faults:
            row = _row(line, values)
            faults = list(self._refusals(row))
            if not faults:
                self.rows.append(row)
        self.problems.extend(faults)

    def _value(self, name: str, text: str) -> Any:
        if name in _DATES:
            return self._date(name, text)
        reader = _READERS.get(name)
        return reader(text) if reader is not None and text else text

    def _date(self, name: str, text: str) -> date | None:
        if not text:
            if name == "birth_date":
                raise _Fault("Нет даты рождения. Впишите её: 15.05.1990")
            return None
        try:
            day = read_date(text, today=self.today, past=name == "birth_date")
        except DateProblem as problem:
            raise _Fault(str(problem)) from problem
        if name == "birth_date" and self.today is not None and day > self.today:
            raise _Fault(f"Дата рождения {day:%d.%m.%Y} ещё не наступила. Проверьте год")
        return day

    def _refusals(self, row: RosterRow) -> Iterator[LineProblem]:
        if not (row.surname or row.surname_latin):
            at = self.place.get("surname", self.place.get("full_name", 0))
            yield LineProblem(row.line, self.headings[at], "Нет фамилии. Впишите её")
        if row.document_number:
            key = (row.citizenship, row.document_series, row.document_number)
            first = self.documents.setdefault(key, row.line)
            if first != row.line:
                at = self.place.get("document_number", self.place.get("document", 0))
                text = f"Этот документ уже есть в строке {first}. Оставьте одну из строк"
                yield LineProblem(row.line, self.headings[at], text)


def _row(line: int, values: dict[str, Any]) -> RosterRow:
    for whole, latin in (("full_name", ""), ("full_name_latin", "_latin")):
        if values.get(whole):
            surname, given, patronymic = _split_name(values.pop(whole))
            for name, part in (("surname", surname), ("given", given), ("patronymic", patronymic)):
                if not values.get(f"{name}{latin}"):
                    values[f"{name}{latin}"] = part
    for name in ("surname", "given", "patronymic"):
        _to_its_script(values, name)
    for paper in ("document", "patent"):
        whole = values.pop(paper, "") or values.get(f"{paper}_number", "")
        if whole and not values.get(f"{paper}_series"):
            series, number = _split_number(whole, paper)
            values[f"{paper}_series"], values[f"{paper}_number"] = series, number
    known = {f.name for f in fields(RosterRow)}
    return RosterRow(line=line, **{k: v for k, v in values.items() if k in known})


def _split_name(text: str) -> tuple[str, str, str]:
    parts = text.split(maxsplit=2)
    return (*parts, "", "", "")[:3]  # type: ignore[return-value]  # three by construction


def _to_its_script(values: dict[str, Any], name: str) -> None:
    """A name in the other script's column goes where it belongs if that place is free."""
    russian, latin = values.get(name, ""), values.get(f"{name}_latin", "")
    if russian and not has_cyrillic(russian) and not latin:
        values[name], values[f"{name}_latin"] = "", russian.upper()
    elif latin and has_cyrillic(latin) and not russian:
        values[name], values[f"{name}_latin"] = latin, ""
    elif latin:
        values[f"{name}_latin"] = latin.upper()


def _split_number(text: str, paper: str) -> tuple[str, str]:
    """Series and number of a document written together: «FA 4182907», «AC610846881»."""
    parts = text.replace("№", " ").split()
    if len(parts) == 2:
        return parts[0].upper(), parts[1]
    whole = "".join(parts).upper()
    match = re.fullmatch(r"([^\W\d_]{1,3})[\s-]*(\d[\dA-Z]*)", whole)
    if match:
        return match[1], match[2]
    if paper == "patent" and len(parts) == 1 and whole.isdigit() and len(whole) == 12:
        return whole[:2], whole[2:]
    return "", whole


# ------------------------------------------------------------------------------- cells


def _sex(text: str) -> str:
    first = fold(text)[:1]
    if first in {"м", "m"}:
        return "M"
    if first in {"ж", "f", "w"}:
        return "F"
    raise _Fault(f"Пол «{text}» не понят. Запишите М или Ж")


@cache
def _countries() -> Mapping[str, str]:
    with (RESOURCES / "reference" / "countries.toml").open("rb") as file:
        rows = tomllib.load(file)["country"]
    names = ("code", "alpha2", "numeric", "name", "full_name", "form_name", "english")
    found = {fold(row[name]): row["code"] for row in rows for name in names if row[name]}
    found |= {fold(old): code for old, code in _OLD_NAMES.items()}
    return MappingProxyType(found)


_OLD_NAMES: Final = {
    "Кыргызстан": "KGZ", "Молдавия": "MDA", "Белоруссия": "BLR", "Туркмения": "TKM",
    "РФ": "RUS", "Российская Федерация": "RUS", "США": "USA", "Южная Корея": "KOR",
    "Северная Корея": "PRK", "ОАЭ": "ARE", "Чехия": "CZE", "Бирма": "MMR", "ЛБГ": "XXA",
    "Лицо без гражданства": "XXA", "Узбекская Республика": "UZB", "Vietnam": "VNM",
}  # fmt: skip


def _country(text: str) -> str:
    known = _countries()
    plain = fold(text)
    if plain in known:
        return known[plain]
    for prefix in ("республика ", "гражданин ", "гр "):
        if plain.removeprefix(prefix) in known:
            return known[plain.removeprefix(prefix)]
    near = get_close_matches(
        plain[:60], [name for name in known if len(name) > 3], n=1, cutoff=0.75
    )
    advice = "Запишите страну по-русски или кодом: UZB"
    if near:
        advice = f"Возможно, «{near[0].capitalize()}» (код {known[near[0]]})"
    raise _Fault(f"Гражданство «{text[:60]}» не найдено. {advice}")


_INN_WEIGHTS: Final = ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def _inn(text: str) -> str:
    """ИНН of a person (order ФНС ЕД-7-14/559: twelve digits, the last two are checks)."""
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{12}", digits):
        raise _Fault(f"В ИНН человека 12 цифр, а здесь «{text[:30]}». Исправьте или сотрите")
    for weights in _INN_WEIGHTS:
        total = sum(int(d) * w for d, w in zip(digits, weights, strict=False))
        if total % 11 % 10 != int(digits[len(weights)]):
            raise _Fault(f"Контрольные цифры ИНН {digits} не сходятся. Сверьте с документом")
    return digits


def _snils(text: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{11}", digits):
        raise _Fault(f"В СНИЛС 11 цифр, а здесь «{text[:30]}». Исправьте или сотрите")
    return digits


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    if not 5 <= len(digits) <= 15:
        raise _Fault(f"Телефон «{text[:30]}» неполный. Запишите его с кодом: +7 900 000-12-40")
    if len(digits) == 11 and digits[0] in "78":
        return f"+7{digits[1:]}"
    if len(digits) == 10 and digits[0] == "9":
        return f"+7{digits}"
    return f"+{digits}" if text.strip().startswith("+") else digits


def _number(text: str) -> str:
    """A document number: one of more than a few signs, without spaces."""
    bare = re.sub(r"[\s№]", "", text)
    if not re.search(r"\d", bare):
        raise _Fault(f"В номере «{text[:30]}» нет цифр. Сверьте с документом")
    return bare.upper()


def _series(text: str) -> str:
    return re.sub(r"\s", "", text).upper()


_READERS: Final[Mapping[str, Callable[[str], str]]] = {
    "sex": _sex, "citizenship": _country, "inn": _inn, "snils": _snils, "phone": _phone,
    "document_number": _number, "patent_number": _number, "document_series": _series,
    "patent_series": _series,
}  # fmt: skip
