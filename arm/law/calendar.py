"""The production calendar: which days are working days, and why others are not.

Days come from ``resources/law/calendar.csv`` (ст. 112 ТК РФ and the yearly acts on transfers).
Years beyond the table are computed from the holidays of ст. 112 alone and are preliminary.
"""

from __future__ import annotations

import csv
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from arm.errors import ExpectedError

OFF_KINDS = frozenset({"holiday", "shifted_art112", "transferred_act"})
WEEKDAY_SHORT = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
FIXED_HOLIDAYS = (
    *((1, day) for day in range(1, 9)),
    (2, 23),
    (3, 8),
    (5, 1),
    (5, 9),
    (6, 12),
    (11, 4),
)
"""Non-working holidays of ч. 1 ст. 112 ТК РФ, (month, day)."""

_FIRST_YEAR = 2014
_LAST_YEAR = 2040


class OutOfCalendar(ExpectedError, ValueError):
    """A day or a count that the calendar doesn't reach."""

    code: ClassVar[str] = "law.out_of_calendar"
    title: ClassVar[str] = "Рабочие дни не сосчитать: {asked}"
    advice: ClassVar[str] = (
        "В календаре программы есть годы с {first} по {last}. Проверьте дату и число"
    )


@dataclass(frozen=True)
class CalendarDay:
    """A day that differs from the plain week. ``moved_from``: where its day off came from."""

    on: date
    kind: str
    reason: str
    moved_from: date | None


class Calendar:
    """Working days of the five-day week.

    Presidential «non-working days» of 2020 and 2021 are kept but count as working: the Supreme
    Court held that they do not move the end of terms.
    """

    def __init__(self, days: Iterable[CalendarDay]) -> None:
        listed: dict[date, list[CalendarDay]] = {}
        for day in days:
            listed.setdefault(day.on, []).append(day)
        self._listed: Mapping[date, list[CalendarDay]] = MappingProxyType(listed)
        self._years = frozenset(on.year for on in listed)
        first, last = date(_FIRST_YEAR, 1, 1), date(_LAST_YEAR, 12, 31)
        self._working = [
            on
            for on in (first + timedelta(n) for n in range((last - first).days + 1))
            if self._computed_working(on)
        ]

    def _computed_working(self, on: date) -> bool:
        kinds = {day.kind for day in self._listed.get(on, ())}
        if kinds & OFF_KINDS:
            return False
        if "working_weekend" in kinds:
            return True
        if on.weekday() >= 5:
            return False
        return on.year in self._years or (on.month, on.day) not in FIXED_HOLIDAYS

    def is_working(self, on: date) -> bool:
        """True if terms in working days count this day.

        Raises OutOfCalendar outside 2014–2040.
        """
        place = self._place(on)
        return place < len(self._working) and self._working[place] == on

    def _place(self, on: date) -> int:
        if not _FIRST_YEAR <= on.year <= _LAST_YEAR:
            raise _out_of_calendar(f"{on.year} год")
        return bisect_left(self._working, on)

    def with_days(self, days: Iterable[CalendarDay]) -> Calendar:
        """This calendar with other days for whole years: a year that is named is taken anew."""
        brought = list(days)
        years = {day.on.year for day in brought}
        kept = [day for listed in self._listed.values() for day in listed]
        return Calendar([*(day for day in kept if day.on.year not in years), *brought])

    @property
    def years(self) -> frozenset[int]:
        """The years whose days are in the table."""
        return self._years

    def is_preliminary(self, year: int) -> bool:
        """True if the act on transfers of this year is not in the table."""
        return year not in self._years

    def reason_off(self, on: date) -> str:
        """Why a day does not count: «праздник», «перенос», «сб»; empty on a working day."""
        if self.is_working(on):
            return ""
        for day in self._listed.get(on, ()):
            if day.kind == "holiday":
                return "праздник"
            if day.kind in OFF_KINDS:
                return "выходной"
        if (on.month, on.day) in FIXED_HOLIDAYS:
            return "праздник"
        return WEEKDAY_SHORT[on.weekday()]

    def kinds(self, on: date) -> frozenset[str]:
        """What the table says of the day: ``holiday``, ``short`` …; empty for a plain day."""
        return frozenset(day.kind for day in self._listed.get(on, ()))

    def describe(self, on: date) -> str:
        """The day's own name from the table («День России», «перенос с 04.01.2026»), or empty."""
        day = next(iter(self._listed.get(on, ())), None)
        if day is None:
            return ""
        moved = day.moved_from if day.kind == "transferred_act" else None
        return f"{day.reason} с {moved:%d.%m.%Y}" if moved else day.reason

    def working_day_after(self, event: date, count: int) -> date:
        """The ``count``-th working day after ``event``; the event's own day is not counted."""
        self._place(event)
        place = bisect_right(self._working, event) + count - 1
        if count < 1 or place >= len(self._working):
            raise _out_of_calendar(f"{count} раб. дн. после {event:%d.%m.%Y}")
        return self._working[place]

    def working_day_before(self, event: date, count: int) -> date:
        """The last day from which ``count`` whole working days remain before ``event``."""
        place = self._place(event) - count
        if count < 1 or place < 0:
            raise _out_of_calendar(f"{count} раб. дн. до {event:%d.%m.%Y}")
        return self._working[place]

    def last_working_on_or_before(self, on: date) -> date:
        """The same day if it is working, otherwise the working day before it."""
        self._place(on)
        return self._working[bisect_right(self._working, on) - 1]

    def working_days_in(self, year: int) -> int:
        """How many working days a year has (the checksum of the production calendar)."""
        return bisect_right(self._working, date(year, 12, 31)) - bisect_left(
            self._working, date(year, 1, 1)
        )


def _out_of_calendar(asked: str) -> OutOfCalendar:
    return OutOfCalendar(asked=asked, first=_FIRST_YEAR, last=_LAST_YEAR)


def read_calendar(path: Path) -> Calendar:
    """The calendar of a CSV file with the columns ``date, kind, reason, moved_from``."""
    with path.open(encoding="utf-8", newline="") as file:
        return Calendar(
            CalendarDay(
                on=date.fromisoformat(row["date"]),
                kind=row["kind"],
                reason=row["reason"],
                moved_from=date.fromisoformat(row["moved_from"]) if row["moved_from"] else None,
            )
            for row in csv.DictReader(file)
        )
