"""Norms and calendar as pages show them: what is in force on a day, what came since, each year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from arm.casework import reference
from arm.casework.labels import choices
from arm.casework.words import plural
from arm.law.catalogue import RULES
from arm.law.explanation import full_date
from arm.law.ndfl import monthly_amount, number, roubles
from arm.law.pending import is_pending
from arm.law.rulebook import RuleBook
from arm.law.tables import NoRuleForDay, Row
from arm.model.names import fold

CONFIDENCE_SHORT: Final = MappingProxyType(
    {"H": "сверено", "M": "один источник", "L": "не подтверждено"}
)
"""How sure a value is, for a pill."""

COLUMNS: Final = MappingProxyType(
    {
        "value": "значение",
        "coefficient": "коэффициент",
        "amount": "сумма, ₽",
        "days": "дней",
        "years": "лет",
        "rule": "правило",
        "text": "правило словами",
        "unit": "как считать дни",
        "first_day": "первый день счёта",
        "event": "от чего считать",
        "period": "за какой период",
        "warn_from_day": "напоминать с дня",
        "payee": "получатель",
        "payee_inn": "ИНН получателя",
        "payee_kpp": "КПП получателя",
        "account": "казначейский счёт",
        "bank": "банк",
        "bank_on_code": "банк в коде QR",
        "bik": "БИК",
        "correspondent": "единый казначейский счёт",
        "kbk": "КБК",
        "drawer_status": "статус плательщика",
        "purpose": "назначение платежа",
        "since": "с какого события",
        "binding": "обязательность",
        "own_yields": "свой срок уступает",
        "law_yields": "срок по закону уступает",
        "setting": "настройка, не норма",
    }
)
"""Names of columns as people read them."""

_COUNTING: Final = frozenset({"event", "unit", "first_day"})
"""Columns that the words of a rule say already."""

_CODED_KEYS: Final = MappingProxyType(
    {"medical.fingerprints": "purpose", "medical.medical": "purpose"}
)


@dataclass(frozen=True)
class ValueLine:
    """One dated value. ``before``: what it replaces, where the line tells of a change."""

    row: Row
    title: str
    key_text: str
    value: str
    rules: tuple[str, ...]
    """Titles of the rules that count by it."""
    before: str = ""

    @property
    def confidence_text(self) -> str:
        """«сверено», «один источник», «не подтверждено», or that it was decided here."""
        return "решено здесь" if self.row.decided else CONFIDENCE_SHORT[self.row.confidence]

    @property
    def period(self) -> str:
        """«с 01.01.2026», «01.01.2026–31.12.2026»."""
        start = full_date(self.row.valid_from)
        return f"{start}–{full_date(self.row.valid_to)}" if self.row.valid_to else f"с {start}"


def values_on(
    book: RuleBook, on: date, text: str = "", *, unconfirmed: bool = False
) -> list[ValueLine]:
    """Everything in force on a day, by table. ``text``: words to be found in name, key or act."""
    wanted = fold(text).split()
    found = []
    for row in _rows(book):
        if not row.covers(on) or (unconfirmed and row.confidence == "H"):
            continue
        line = line_of(book, row)
        if not wanted or _has(line, wanted):
            found.append(line)
    return found


def _has(line: ValueLine, wanted: list[str]) -> bool:
    said = fold(f"{line.title} {line.key_text} {line.value} {line.row.act} {line.row.key}")
    return all(word in said for word in wanted)


def changed_since(book: RuleBook, on: date, text: str = "") -> list[ValueLine]:
    """Values that came into force after a day, the newest first, with what they replace."""
    wanted = fold(text).split()
    found = []
    for row in _rows(book):
        if row.valid_from > on:
            was = book.tables.find(row.table, row.valid_from - timedelta(days=1), row.key)
            found.append(line_of(book, row, shown(book, was) if was else "нет"))
    kept = [line for line in found if not wanted or _has(line, wanted)]
    return sorted(kept, key=lambda line: line.row.valid_from, reverse=True)


def history(book: RuleBook, row: Row) -> list[ValueLine]:
    """Every value of the same key, the newest first."""
    rows = book.tables.tables[row.table].history(row.key)
    return [line_of(book, one) for one in reversed(rows)]


def line_of(book: RuleBook, row: Row, before: str = "") -> ValueLine:
    """A row in words."""
    rules = tuple(
        rule.title
        for rule in RULES.values()
        if row.table in rule.tables and rule.key in ("", row.key)
    )
    title = book.tables.tables[row.table].title
    return ValueLine(row, title, key_text(row.table, row.key), shown(book, row), rules, before)


def key_text(table: str, key: str) -> str:
    """«Самарская область», «Узбекистан», «цель: работа»; empty for a row for everybody, and for a
    key that only the program needs."""
    coded = _CODED_KEYS.get(table)
    if key and coded is not None:
        known = dict(choices("migration_card", coded) or ())
        return f"цель: {known.get(key, key).lower()}"
    if key and table.startswith("steps."):
        return reference.step_title(key)
    if table in ("hiring.share", "hiring.share_region"):
        where, _, okved = key.rpartition(":")
        named = reference.regions().get(where)
        return f"{named}, ОКВЭД {okved}" if named else f"ОКВЭД {okved}"
    if key in reference.regions():
        return reference.regions()[key]
    country = reference.countries().get(key)
    return country.name if country is not None else ""


def shown(book: RuleBook, row: Row) -> str:
    """The value in a line: «3,45 – 11 766 ₽ в месяц», «7 рабочих дней. …»; the act where a row
    says no more than that it is in force."""
    if row.table == "ndfl.region":
        return _month(book, row)
    if row.has("text"):
        return _words(row)
    if row.table == "hiring.pair":
        return reference.regions().get(row.text("other"), row.text("other"))
    if row.has("days"):
        return plural(row.integer("days"), "день", "дня", "дней")
    said = "; ".join(
        f"{COLUMNS.get(name, name)} {plain(value)}" if len(row.values) > 1 else plain(value)
        for name, value in row.values.items()
        if name not in _COUNTING
    )
    return said or row.act


def _words(row: Row) -> str:
    said = row.text("text")
    if row.has("limit"):
        return f"не больше {row.integer('limit')} %: {said}"
    return f"{row.text('title')}. {said}" if row.has("title") else said


def _month(book: RuleBook, row: Row) -> str:
    known = f"коэффициент {number(row.decimal('coefficient'))}" if row.has("coefficient") else ""
    try:
        month = monthly_amount(row.key, row.valid_from, book.tables)
    except NoRuleForDay:
        return known or roubles(row.decimal("amount"))
    sum_text = f"{roubles(month.amount)} в месяц"
    return f"{sum_text}, {known}" if known else sum_text


def plain(value: object) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, str):
        return value
    return str(value).replace(".", ",")


def _rows(book: RuleBook) -> Iterator[Row]:
    """All rows that are norms: a bill is none."""
    rows = (row for table in book.tables.tables.values() for row in table.rows)
    return (row for row in rows if not is_pending(row))


# --- the calendar


_WORKED: Final = MappingProxyType(
    {"working_weekend": "worked", "short": "short", "president_nonworking": "president"}
)
"""Kinds of days that differ from the plain week and count all the same."""


@dataclass(frozen=True)
class DayMark:
    """One day of a year. ``kind``: ``working``, ``off``, ``holiday``, ``moved``, ``worked``
    (a working Saturday), ``short``, ``president``; ``why`` names it, empty for plain days."""

    on: date
    kind: str
    why: str


@dataclass(frozen=True)
class YearView:
    """A year of the production calendar."""

    year: int
    months: tuple[tuple[DayMark, ...], ...]
    working: int
    row: Row | None
    """The act; ``None`` where none is in the tables."""
    preliminary: bool


def year_view(book: RuleBook, year: int) -> YearView:
    """The year, day by day. Raises :class:`arm.law.calendar.OutOfCalendar`."""
    months = tuple(tuple(_mark(book, on) for on in _days_of(year, month)) for month in range(1, 13))
    return YearView(
        year,
        months,
        book.calendar.working_days_in(year),
        book.find("calendar.year", date(year, 1, 1)),
        book.calendar.is_preliminary(year),
    )


def _days_of(year: int, month: int) -> Iterator[date]:
    on = date(year, month, 1)
    while on.month == month:
        yield on
        on += timedelta(days=1)


def _mark(book: RuleBook, on: date) -> DayMark:
    calendar = book.calendar
    kinds = calendar.kinds(on)
    why = calendar.describe(on)
    if calendar.is_working(on):
        mark = next((mark for kind, mark in _WORKED.items() if kind in kinds), "working")
        return DayMark(on, mark, why if mark != "working" else "")
    reason = calendar.reason_off(on)
    if reason == "праздник":
        return DayMark(on, "holiday", why or "праздник")
    if kinds:
        return DayMark(on, "moved", why)
    return DayMark(on, "off", "")
