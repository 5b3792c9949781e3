"""The rarer ways in which an act counts: months, days before an end, the month after a quarter.

Working and calendar days stand in :mod:`arm.law.rulebook`, which nearly every term goes through.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from arm.law.calendar import Calendar
from arm.law.ndfl import add_months
from arm.law.tables import Row

UNITS = frozenset(
    {
        "working", "calendar", "months", "until", "working_before", "calendar_before",
        "after_quarter",
    }
)  # fmt: skip
"""Every way to count that a row may name: :mod:`arm.law.soundness` refuses others, because a
misspelt one would silently make the day of the event the last one."""

_DAY = timedelta(days=1)


def last_day(row: Row, event_on: date, calendar: Calendar) -> date:
    """The last day of a term whose ``unit`` is not counted in days after the event."""
    unit, count = row.text("unit"), row.integer("days")
    if unit == "months":
        return month_ends(event_on, count, row.text("first_day"))[-1]
    if unit == "calendar_before":
        return event_on - timedelta(days=count)
    if unit == "after_quarter":
        return calendar.last_working_on_or_before(_end_of_next_month(event_on))
    return event_on


def month_ends(event_on: date, count: int, first_day: str) -> tuple[date, ...]:
    """The last day of each month of a term. ``first_day = "event"``: the day of the event belongs
    to it, so it ends the day before the same number; otherwise on the same number."""
    less = _DAY if first_day == "event" else timedelta(0)
    return tuple(add_months(event_on, number) - less for number in range(1, count + 1))


def _end_of_next_month(event_on: date) -> date:
    """The last day of the month after the quarter in which the event lies."""
    first = date(event_on.year, (event_on.month - 1) // 3 * 3 + 1, 1)
    return add_months(first, 4) - _DAY


def days_of_span(first: date, last: date) -> Iterator[date]:
    """Each day from the first to the last, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
