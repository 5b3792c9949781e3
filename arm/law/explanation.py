"""Why a date is what it is: event, rule, each counted and skipped day, ground, confidence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from arm.law.calendar import Calendar
from arm.law.rulebook import RuleBook
from arm.law.tables import Row
from arm.law.units import days_of_span, month_ends

DayKind = Literal["event", "counted", "skipped", "last"]

CONFIDENCE_TEXT = {
    "H": "норма сверена",
    "M": "один источник, сверьте с текстом нормы",
    "L": "не подтверждено, проверьте перед применением",
}


@dataclass(frozen=True)
class Day:
    """One day of the count. ``label``: «въезд», «1-й», «праздник», «сб», «7-й, срок»."""

    on: date
    kind: DayKind
    label: str


class Explanation(NamedTuple):
    """The answer to «Почему?». A tuple, because a first load makes half a million of them."""

    event: str
    """What happened, in Russian: «Въезд в Россию»."""
    event_on: date | None
    due_on: date | None
    event_label: str = "событие"
    note: str = ""
    """What to beware of: an unconfirmed value, a term that ends on a day off."""
    row: Row | None = None
    """The rule; ``None`` for a term that a person wrote."""
    calendar: Calendar | None = None

    @property
    def rule_text(self) -> str:
        """The rule in Russian: «7 рабочих дней. День прибытия не считается …»."""
        return self.row.text("text") if self.row else "Срок поставлен вручную"

    @property
    def act(self) -> str:
        """The ground: act and article; empty for a term that a person wrote."""
        return self.row.act if self.row else ""

    @property
    def confidence(self) -> str:
        """``H`` two sources or the act itself, ``M`` one source, ``L`` weak."""
        return self.row.confidence if self.row else "H"

    @property
    def checked_on(self) -> date | None:
        """When the rule was last compared with its source."""
        return self.row.checked_on if self.row else None

    @property
    def unit(self) -> str:
        """How days are counted: ``working``, ``calendar``, ``months``, ``until``,
        ``working_before``, ``calendar_before``, ``after_quarter``."""
        return self.row.text("unit") if self.row else "until"

    @property
    def first_day(self) -> str:
        """Whether the day of the event is day 1 (``event``) or not (``next``)."""
        return self.row.text("first_day") if self.row else "event"

    @property
    def confirmed(self) -> bool:
        """True if two independent sources or the text of the act agree."""
        return self.confidence == "H"

    @property
    def confidence_text(self) -> str:
        """How sure we are, in Russian."""
        return CONFIDENCE_TEXT.get(self.confidence, CONFIDENCE_TEXT["L"])

    @property
    def days(self) -> tuple[Day, ...]:
        """Each day from the event to the last day of the term."""
        if self.event_on is None or self.due_on is None:
            return ()
        listed = _LISTED.get(self.unit)
        if listed is None or self.calendar is None:
            return (Day(self.event_on, "last", "последний день"),)
        return tuple(listed(self, self.event_on, self.due_on, self.calendar))

    def to_json(self) -> str:
        """A short JSON object for the derived tables; :func:`restore` is its inverse.

        Written by hand: a first load makes half a million of them.
        """
        table, key = (self.row.table, self.row.key) if self.row else ("", "")
        on = f'"{self.event_on.isoformat()}"' if self.event_on else "null"
        due = f'"{self.due_on.isoformat()}"' if self.due_on else "null"
        return (
            f'{{"t":"{table}","k":"{key}","e":{_quoted(self.event)},'
            f'"l":{_quoted(self.event_label)},"on":{on},"due":{due},"note":{_quoted(self.note)}}}'
        )


@lru_cache(maxsize=8_192)
def day_month(day: date) -> str:
    """«21.04»: for places where the year is obvious."""
    return f"{day:%d.%m}"


@lru_cache(maxsize=8_192)
def full_date(day: date) -> str:
    """«21.04.2026»."""
    return f"{day:%d.%m.%Y}"


@lru_cache(maxsize=4_096)
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def working_days(event_on: date, due_on: date, label: str, calendar: Calendar) -> tuple[Day, ...]:
    """The event, then each day to the last one: its number, or why it does not count."""
    days = [Day(event_on, "event", label)]
    number = 0
    for on in days_of_span(event_on + timedelta(days=1), due_on):
        if not calendar.is_working(on):
            days.append(Day(on, "skipped", calendar.reason_off(on)))
            continue
        number += 1
        days.append(_numbered(on, number, due_on))
    return tuple(days)


def _working_days(
    why: Explanation, event_on: date, due_on: date, calendar: Calendar
) -> Iterable[Day]:
    return working_days(event_on, due_on, why.event_label, calendar)


def _calendar_days(why: Explanation, event_on: date, due_on: date, _: Calendar) -> Iterator[Day]:
    first = event_on
    if why.first_day == "next":
        yield Day(event_on, "event", why.event_label)
        first = event_on + timedelta(days=1)
    for number, on in enumerate(days_of_span(first, due_on), start=1):
        yield _numbered(on, number, due_on)


def _days_before(
    why: Explanation, event_on: date, due_on: date, calendar: Calendar
) -> Iterator[Day]:
    """The last day to act, then how many whole days remain until the event."""
    yield Day(due_on, "last", "срок")
    between = list(days_of_span(due_on + timedelta(days=1), event_on - timedelta(days=1)))
    counts = [why.unit == "calendar_before" or calendar.is_working(on) for on in between]
    number = sum(counts)
    for on, counted in zip(between, counts, strict=True):
        if counted:
            yield Day(on, "counted", f"ещё {number}")
            number -= 1
        else:
            yield Day(on, "skipped", calendar.reason_off(on))
    yield Day(event_on, "event", why.event_label)


def _months(why: Explanation, event_on: date, _due_on: date, _: Calendar) -> Iterator[Day]:
    """The event, then the last day of each month."""
    yield Day(event_on, "event", why.event_label)
    count = why.row.integer("days") if why.row else 0
    for number, on in enumerate(month_ends(event_on, count, why.first_day), start=1):
        if number == count:
            yield Day(on, "last", f"{number} мес., срок")
        else:
            yield Day(on, "counted", f"{number} мес.")


def _after_quarter(why: Explanation, event_on: date, due_on: date, _: Calendar) -> Iterator[Day]:
    yield Day(event_on, "event", why.event_label)
    yield Day(due_on, "last", "срок")


def _numbered(on: date, number: int, due_on: date) -> Day:
    if on == due_on:
        return Day(on, "last", f"{number}-й, срок")
    return Day(on, "counted", f"{number}-й")


_LISTED: Mapping[str, Callable[[Explanation, date, date, Calendar], Iterable[Day]]] = (
    MappingProxyType(
        {
            "working": _working_days,
            "calendar": _calendar_days,
            "months": _months,
            "working_before": _days_before,
            "calendar_before": _days_before,
            "after_quarter": _after_quarter,
        }
    )
)
"""How each unit lists its days; the others are one day."""


def explain(
    row: Row,
    book: RuleBook,
    event: str,
    event_on: date,
    due_on: date,
    *,
    label: str,
    note: str = "",
) -> Explanation:
    """The explanation of a term by a dated row of the law."""
    return Explanation(event, event_on, due_on, label, note or row_note(row), row, book.calendar)


def row_note(row: Row) -> str:
    """What to beware of in the row itself: its note, or that the value is not confirmed."""
    if row.note:
        return row.note
    return "" if row.confidence == "H" else f"Значение не подтверждено: {row.source}"


def restore(kept: str | Mapping[str, Any], book: RuleBook) -> Explanation:
    """An explanation from its short form; a rule that is gone leaves event and dates."""
    short: Mapping[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
    event_on = date.fromisoformat(short["on"]) if short.get("on") else None
    due_on = date.fromisoformat(short["due"]) if short.get("due") else None
    table = short.get("t")
    row = book.find(table, event_on, short["k"]) if table and event_on else None
    if row is None or event_on is None or due_on is None:
        return Explanation(
            short.get("e", ""),
            event_on,
            due_on,
            short.get("l", "событие"),
            short.get("note", ""),
            calendar=book.calendar,
        )
    return explain(
        row, book, short["e"], event_on, due_on, label=short["l"], note=short.get("note", "")
    )
