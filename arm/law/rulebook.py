"""One open book of the law: the dated tables and the production calendar together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from arm.law.calendar import Calendar, read_calendar
from arm.law.tables import LAW_FOLDER, LawTables, Row, load_tables
from arm.law.units import last_day


@dataclass(frozen=True)
class RuleBook:
    """What the functions of this package read. Immutable; safe to share between threads."""

    tables: LawTables
    calendar: Calendar
    fingerprint: str = ""
    """Changes when any table changes: then every open term is computed anew."""
    _memo: dict[tuple[str, str, date], Row | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    made: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False, compare=False)
    """Terms that only depend on a day, made once: tens of thousands of people share them."""

    def find(self, table: str, on: date, key: str = "") -> Row | None:
        """The row of ``key`` in force on the day, otherwise the common row, otherwise ``None``."""
        asked = (table, key, on)
        try:
            return self._memo[asked]
        except KeyError:
            row = self.tables.find(table, on, key)
            if row is None and key:
                row = self.tables.find(table, on)
            self._memo[asked] = row
            return row

    def listed(self, table: str, on: date, key: str) -> bool:
        """Whether a key stands in a list on that day (a state in the EAEU)."""
        asked = (f"{table}!", key, on)
        if asked not in self._memo:
            self._memo[asked] = self.tables.find(table, on, key)
        return self._memo[asked] is not None

    def due(self, row: Row, event_on: date) -> date:
        """The last day of a term that begins with the event."""
        unit, days = row.text("unit"), row.integer("days")
        if unit == "working":
            return self.calendar.working_day_after(event_on, days)
        if unit == "working_before":
            return self.calendar.working_day_before(event_on, days)
        if unit == "calendar":
            first = 0 if row.text("first_day") == "next" else 1
            return event_on + timedelta(days=days - first)
        return last_day(row, event_on, self.calendar)

    @property
    def checked_on(self) -> date:
        """The oldest day on which a row still in force was compared with its source."""
        return min(
            row.checked_on
            for table in self.tables.tables.values()
            for row in table.rows
            if row.valid_to is None
        )


@cache
def open_rulebook(folder: Path = LAW_FOLDER) -> RuleBook:
    """The book of a folder of law tables, read once.

    Raises :class:`arm.law.tables.BrokenLawTable`.
    """
    files = sorted([*folder.glob("*.toml"), folder / "calendar.csv"])
    mark = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return RuleBook(load_tables(folder), read_calendar(folder / "calendar.csv"), mark)
