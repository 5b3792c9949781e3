"""What is laid over the shipped tables: rule packs, and values that a person decided here.

A pack is a text in TOML, as the tables are::

    [pack]
    name = "Нормы на 2027 год"
    issued_on = 2026-12-01

    [["ndfl.deflator"]]
    valid_from = 2027-01-01
    valid_to = 2027-12-31
    value = 3.012
    act = "Приказ Минэкономразвития России …"
    …

    [["calendar.day"]]                  # a year is given whole, with its row of calendar.year
    date = 2028-01-03
    kind = "holiday"
    reason = "Новогодние каникулы"

It brings rows for tables that exist, no new tables: what a table means is written in the program.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, Final

from arm.errors import ExpectedError
from arm.law.calendar import OFF_KINDS, CalendarDay
from arm.law.rulebook import RuleBook
from arm.law.soundness import problems
from arm.law.tables import Decision, LawTables, Row, toml_problem

DAYS: Final = "calendar.day"
_DAY_KINDS: Final = OFF_KINDS | {"working_weekend", "short", "president_nonworking"}


class BrokenPack(ExpectedError):
    """A rule pack that can't be used; nothing of it is."""

    code: ClassVar[str] = "law.broken_pack"
    title: ClassVar[str] = "Пакет норм не принят: {problem}"
    advice: ClassVar[str] = "Нормы остались прежними. Попросите того, кто прислал пакет, исправить"


@dataclass(frozen=True)
class Pack:
    """A pack as read. ``days`` are whole years of the production calendar."""

    name: str
    issued_on: date
    note: str
    rows: tuple[Row, ...]
    days: tuple[CalendarDay, ...]


@dataclass(frozen=True)
class Amendment:
    """Rows and days that one decision put in force."""

    decision: Decision
    rows: tuple[Row, ...]
    days: tuple[CalendarDay, ...] = ()


def read_pack(text: str, tables: LawTables) -> Pack:
    """Read a pack for these tables. Raises :class:`BrokenPack`, naming table, row and what is
    wrong, and :class:`arm.law.tables.BrokenLawTable` for a row that is not complete."""
    content = _parsed(text)
    head = content.pop("pack", None)
    if not isinstance(head, dict) or not isinstance(head.get("name"), str) or not head["name"]:
        raise BrokenPack(problem="нет раздела [pack] с названием (name)")
    issued = head.get("issued_on")
    if type(issued) is not date:
        raise BrokenPack(problem="в [pack] нет даты выпуска (issued_on)")
    days = tuple(_day(raw, place) for place, raw in _listed(content.pop(DAYS, []), DAYS))
    rows = _rows(content, tables)
    if not rows and not days:
        raise BrokenPack(problem="в нём нет ни одной нормы")
    return Pack(head["name"], issued, str(head.get("note", "")), tuple(rows), days)


def read_rows(text: str, tables: LawTables) -> tuple[Row, ...]:
    """Rows by themselves, as :func:`row_text` writes them. Raises as :func:`read_pack`."""
    return tuple(_rows(_parsed(text), tables))


def row_text(row: Row) -> str:
    """A row as it stands in a pack or in the record of a decision."""
    stated: dict[str, object] = {
        "key": row.key or None,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        **row.values,
        "act": row.act,
        "published": row.published or None,
        "source": row.source,
        "confidence": row.confidence,
        "note": row.note or None,
        "checked_on": row.checked_on,
    }
    lines = [f"{name} = {_toml(value)}" for name, value in stated.items() if value is not None]
    return "\n".join([f"[[{_toml(row.table)}]]", *lines, ""])


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # JSON escapes what a basic string of TOML must escape, but DEL
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "")
    return value.isoformat() if isinstance(value, date) else str(value)


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise BrokenPack(problem=toml_problem(error)) from error


def _rows(content: Mapping[str, Any], tables: LawTables) -> list[Row]:
    rows: list[Row] = []
    for name, listed in content.items():
        table = tables.tables.get(name)
        if table is None:
            raise BrokenPack(problem=f"таблицы «{name}» в программе нет")
        rows += [table.row(raw) for _, raw in _listed(listed, name)]
    return rows


def _listed(raw: object, name: str) -> list[tuple[int, Mapping[str, Any]]]:
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise BrokenPack(problem=f'«{name}» пишется строками [["{name}"]]')
    return list(enumerate(raw, start=1))


def _day(raw: Mapping[str, Any], place: int) -> CalendarDay:
    on, kind, reason = raw.get("date"), raw.get("kind"), raw.get("reason")
    moved = raw.get("moved_from")
    if type(on) is not date or kind not in _DAY_KINDS or not isinstance(reason, str):
        raise BrokenPack(problem=f"«{DAYS}», строка {place}: нужны date, kind и reason")
    if moved is not None and type(moved) is not date:
        raise BrokenPack(problem=f"«{DAYS}», строка {place}: moved_from должно быть датой")
    return CalendarDay(on, str(kind), reason, moved)


def amended(book: RuleBook, amendments: Sequence[Amendment]) -> RuleBook:
    """The book with these laid over it, the last one on top."""
    if not amendments:
        return book
    tables, calendar = dict(book.tables.tables), book.calendar
    mark = hashlib.sha256(book.fingerprint.encode())
    for amendment in amendments:
        for row in amendment.rows:
            decided = replace(row, decided=amendment.decision)
            tables[row.table] = tables[row.table].with_row(decided)
        if amendment.days:
            calendar = calendar.with_days(amendment.days)
        mark.update(amendment.decision.id.encode())
    return RuleBook(LawTables(MappingProxyType(tables)), calendar, mark.hexdigest())


def new_problems(before: RuleBook, after: RuleBook) -> list[str]:
    """What the amended book has wrong that the book before had not: a reason to refuse."""
    known = set(problems(before))
    return [said for said in problems(after) if said not in known]


@dataclass(frozen=True)
class ValueChange:
    """One value that another book changes, for a table that shows both."""

    table: str
    title: str
    key: str
    before: Row | None
    after: Row


def value_changes(before: RuleBook, rows: Iterable[Row]) -> list[ValueChange]:
    """Beside each new row, the row that is in force on its first day without it."""
    found = []
    for row in rows:
        table = before.tables.tables[row.table]
        was = table.find(row.valid_from, row.key)
        found.append(ValueChange(row.table, table.title, row.key, was, row))
    return found
