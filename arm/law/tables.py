"""Dated tables of the law: every number with its act, its days and how sure we are of it.

A file ``resources/law/<file>.toml`` holds one or more tables::

    [tables.deflator]
    title = "Коэффициент-дефлятор для патента"
    columns = { value = "decimal" }      # integer | decimal | text | bool, "?" = may be absent

    [[deflator]]
    valid_from = 2026-01-01
    valid_to = 2026-12-31                # inclusive; left out = still in force
    value = 2.842
    act = "Приказ Минэкономразвития России от 06.11.2025 № 734"
    published = "не найдена"             # day of official publication, or these words
    source = "elcode.ru 14.11.2025"
    confidence = "H"                     # H two sources or the act, M one good source, L weak
    checked_on = 2026-11-22

Rows of one table are told apart by ``key`` (a region, a rule), which is ``""`` where the table has
only one line of rows. Rows of one key never overlap, and there is no day without a row between the
first and the last, unless the table says ``gaps = true`` (what is not known is then *unknown*).
``published`` in the head of a table speaks for its rows that have none of their own.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Literal, cast

from arm.errors import ExpectedError
from arm.places import RESOURCES

Confidence = Literal["H", "M", "L"]
Value = int | Decimal | str | bool

LAW_FOLDER = RESOURCES / "law"
NOT_FOUND = "не найдена"
"""Said of a day of publication that was looked for in vain."""

_DAY = timedelta(days=1)
_EVERY_ROW = frozenset(
    {
        "key", "valid_from", "valid_to", "act", "published", "source", "confidence", "checked_on",
        "note",
    }
)  # fmt: skip
_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "decimal": (Decimal, int),
    "text": (str,),
    "bool": (bool,),
}


class BrokenLawTable(ExpectedError):
    """A table of the law that cannot be trusted: the program does not compute from it."""

    code: ClassVar[str] = "law.broken_table"
    title: ClassVar[str] = "Таблица норм «{table}» испорчена: {problem}"
    advice: ClassVar[str] = "Верните прежний файл {file} или загрузите исправленный"


class NoRuleForDay(ExpectedError):
    """No row of the table covers the asked day."""

    code: ClassVar[str] = "law.no_rule"
    title: ClassVar[str] = "В таблице «{table}» нет нормы на {on}"
    advice: ClassVar[str] = "Сообщите администратору: таблицу норм нужно дополнить"


@dataclass(frozen=True)
class Decision:
    """That a person put a row in force here: not shipped with the program."""

    id: str
    """Of the record that keeps the decision."""
    by: str
    """Full name."""
    on: date
    reason: str
    pack: str = ""
    """Name of the rule pack that brought the row; empty where the person wrote it."""

    @property
    def text(self) -> str:
        """«подтверждено 14.07.2026: Смирнова Ольга Петровна»."""
        where = f"пакет «{self.pack}», принят" if self.pack else "подтверждено"
        return f"{where} {self.on:%d.%m.%Y}: {self.by}"


@dataclass(frozen=True)
class Row:
    """One dated row: its values and where they come from."""

    table: str
    key: str
    valid_from: date
    valid_to: date | None
    """Last day in force, inclusive; ``None`` = no end known."""
    act: str
    source: str
    confidence: Confidence
    checked_on: date
    note: str
    values: Mapping[str, Value]
    published: date | str = ""
    """Day of official publication or :data:`NOT_FOUND`; empty = not stated, which
    :mod:`arm.law.soundness` reports."""
    decided: Decision | None = None
    """Who put it in force here; ``None`` for a row of the program's own tables."""

    @property
    def published_on(self) -> date | None:
        """Day of official publication, if it is known."""
        return self.published if isinstance(self.published, date) else None

    def covers(self, on: date) -> bool:
        """Whether the row is in force on this day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def integer(self, column: str) -> int:
        """The value of an integer column; KeyError if the row leaves it out."""
        return cast("int", self.values[column])

    def decimal(self, column: str) -> Decimal:
        """The value of a decimal column, exact; KeyError if the row leaves it out."""
        return Decimal(cast("Decimal | int", self.values[column]))

    def text(self, column: str) -> str:
        """The value of a text column; KeyError if the row leaves it out."""
        return cast("str", self.values[column])

    def flag(self, column: str) -> bool:
        """The value of a yes/no column; KeyError if the row leaves it out."""
        return cast("bool", self.values[column])

    def has(self, column: str) -> bool:
        """Whether the row states this column."""
        return column in self.values


@dataclass(frozen=True)
class Table:
    """Rows of one subject, oldest first within a key."""

    name: str
    """``file.table``, e.g. ``ndfl.deflator``."""
    title: str
    rows: tuple[Row, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column → ``integer``, ``decimal``, ``text``, ``bool``; «?» = may be absent."""

    def row(self, raw: Mapping[str, Any]) -> Row:
        """A row of this table from the values of a file, not yet among :attr:`rows`.

        Raises :class:`BrokenLawTable`.
        """
        problem = _row_problem(raw, self.columns)
        if problem:
            raise BrokenLawTable(table=self.name, file="", problem=problem)
        return _row(self.name, raw)

    def with_row(self, row: Row) -> Table:
        """This table with a row laid over those of its key: for the days of its term it alone is
        in force, what was in force before and after stays."""
        kept = [part for held in self.rows for part in _left_of(held, row)]
        rows = sorted([*kept, row], key=lambda one: (one.key, one.valid_from))
        return replace(self, rows=tuple(rows))

    def find(self, on: date, key: str = "") -> Row | None:
        """The row of ``key`` in force on the day, or ``None``."""
        return next((row for row in self.rows if row.key == key and row.covers(on)), None)

    def on(self, on: date, key: str = "") -> Row:
        """The row of ``key`` in force on the day. Raises :class:`NoRuleForDay`."""
        row = self.find(on, key)
        if row is None:
            label = f"{self.title}, {key}" if key else self.title
            raise NoRuleForDay(table=label, on=f"{on:%d.%m.%Y}")
        return row

    def history(self, key: str = "") -> tuple[Row, ...]:
        """Every row of ``key``, oldest first."""
        return tuple(row for row in self.rows if row.key == key)

    def keys(self) -> tuple[str, ...]:
        """The keys of the table, sorted."""
        return tuple(sorted({row.key for row in self.rows}))


@dataclass(frozen=True)
class LawTables:
    """All tables by their name ``file.table``."""

    tables: Mapping[str, Table]

    def table(self, name: str) -> Table:
        """The table ``file.table``; KeyError if there is none (a bug, not a situation)."""
        return self.tables[name]

    def on(self, name: str, on: date, key: str = "") -> Row:
        """Shorthand for ``table(name).on(on, key)``."""
        return self.tables[name].on(on, key)

    def find(self, name: str, on: date, key: str = "") -> Row | None:
        """Shorthand for ``table(name).find(on, key)``."""
        return self.tables[name].find(on, key)


def load_tables(folder: Path = LAW_FOLDER) -> LawTables:
    """Read and check every ``*.toml`` of the folder that declares ``[tables.…]``.

    Raises :class:`BrokenLawTable` naming file, table, row and what is wrong.
    """
    found: dict[str, Table] = {}
    for path in sorted(folder.glob("*.toml")):
        for table in read_tables(path.read_text(encoding="utf-8"), path.stem):
            found[table.name] = table
    return LawTables(MappingProxyType(found))


def toml_problem(error: Exception) -> str:
    """Where a text is not TOML, in Russian."""
    place = re.search(r"at line (\d+), column (\d+)", str(error))
    where = f"строка {place[1]}, знак {place[2]}" if place else "конец файла"
    return f"{where}: запись не по правилам TOML"


def read_tables(text: str, file: str) -> list[Table]:
    """The tables of one file's text. Raises :class:`BrokenLawTable`."""
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BrokenLawTable(
            table=file, file=f"{file}.toml", problem=toml_problem(error)
        ) from error
    declared = content.pop("tables", {})
    stray = sorted(
        name for name, rows in content.items() if isinstance(rows, list) and name not in declared
    )
    if stray and declared:
        raise BrokenLawTable(
            table=file, file=f"{file}.toml", problem=f"раздел «{stray[0]}» не описан в [tables]"
        )
    return [_read_table(file, name, head, content.get(name, [])) for name, head in declared.items()]


def _read_table(
    file: str, name: str, head: Mapping[str, Any], raw_rows: Iterable[Mapping[str, Any]]
) -> Table:
    full = f"{file}.{name}"

    def broken(problem: str) -> BrokenLawTable:
        return BrokenLawTable(table=full, file=f"{file}.toml", problem=problem)

    title = head.get("title")
    if not isinstance(title, str) or not title:
        raise broken("нет названия (title)")
    columns = dict(head.get("columns", {}))
    if any(kind.rstrip("?") not in _TYPES for kind in columns.values()):
        raise broken("неизвестный тип столбца")
    rows = []
    for index, raw in enumerate(raw_rows, start=1):
        stated = {"published": head["published"], **raw} if "published" in head else raw
        problem = _row_problem(stated, columns)
        if problem:
            raise broken(f"строка {index}: {problem}")
        rows.append(_row(full, stated))
    if not rows:
        raise broken("нет ни одной строки")
    rows.sort(key=lambda row: (row.key, row.valid_from))
    clash = _sequence_problem(rows, gaps=bool(head.get("gaps", False)))
    if clash:
        raise broken(clash)
    return Table(full, title, tuple(rows), MappingProxyType(columns))


def _left_of(held: Row, laid: Row) -> list[Row]:
    """What remains of a row when another one is laid over it: nothing, one or two parts."""
    if held.key != laid.key:
        return [held]
    parts = []
    if held.valid_from < laid.valid_from:
        ends = laid.valid_from - _DAY
        before = held.valid_to is not None and held.valid_to <= ends
        parts.append(held if before else replace(held, valid_to=ends))
    if laid.valid_to is not None and (held.valid_to is None or held.valid_to > laid.valid_to):
        begins = max(held.valid_from, laid.valid_to + _DAY)
        parts.append(replace(held, valid_from=begins))
    return parts


def _row(full: str, raw: Mapping[str, Any]) -> Row:
    return Row(
        table=full,
        key=raw.get("key", ""),
        valid_from=raw["valid_from"],
        valid_to=raw.get("valid_to"),
        act=raw["act"],
        source=raw["source"],
        confidence=raw["confidence"],
        checked_on=raw["checked_on"],
        note=raw.get("note", ""),
        values=MappingProxyType({k: v for k, v in raw.items() if k not in _EVERY_ROW}),
        published=raw.get("published", ""),
    )


def _row_problem(raw: Mapping[str, Any], columns: Mapping[str, str]) -> str | None:
    return _days_problem(raw) or _source_problem(raw) or _values_problem(raw, columns)


def _days_problem(raw: Mapping[str, Any]) -> str | None:
    for name in ("valid_from", "checked_on"):
        if not _is_day(raw.get(name)):
            return f"{name} должно быть датой"
    last = raw.get("valid_to")
    if last is not None and not _is_day(last):
        return "valid_to должно быть датой"
    return "valid_to раньше valid_from" if last is not None and last < raw["valid_from"] else None


def _source_problem(raw: Mapping[str, Any]) -> str | None:
    for name in ("act", "source"):
        if not isinstance(raw.get(name), str) or not raw[name].strip():
            return f"не указан {name}"
    if raw.get("confidence") not in ("H", "M", "L"):
        return "confidence должно быть H, M или L"
    published = raw.get("published", NOT_FOUND)
    if published != NOT_FOUND and not _is_day(published):
        return f"published должно быть датой или «{NOT_FOUND}»"
    if not isinstance(raw.get("key", ""), str) or not isinstance(raw.get("note", ""), str):
        return "key и note пишутся в кавычках"
    return None


def _values_problem(raw: Mapping[str, Any], columns: Mapping[str, str]) -> str | None:
    for name, kind in columns.items():
        if name not in raw:
            if kind.endswith("?"):
                continue
            return f"нет значения {name}"
        value = raw[name]
        allowed = _TYPES[kind.rstrip("?")]
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
            return f"{name} должно быть вида {kind.rstrip('?')}"
    unknown = sorted(set(raw) - set(columns) - _EVERY_ROW)
    return f"лишнее значение {unknown[0]}" if unknown else None


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _sequence_problem(rows: list[Row], *, gaps: bool) -> str | None:
    """Overlaps and days without a row between neighbours of one key (``rows`` are sorted)."""
    for before, after in itertools.pairwise(rows):
        if before.key != after.key:
            continue
        label = f" ({after.key})" if after.key else ""
        if before.valid_to is None or before.valid_to >= after.valid_from:
            return f"сроки пересекаются с {after.valid_from:%d.%m.%Y}{label}"
        if not gaps and before.valid_to + _DAY != after.valid_from:
            return f"нет нормы с {before.valid_to + _DAY:%d.%m.%Y}{label}"
    return None
