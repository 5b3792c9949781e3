"""The production calendar: checksums, worked examples, and what must hold for any day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arm.law.calendar import Calendar
from arm.law.rulebook import open_rulebook
from arm.law.tables import LAW_FOLDER

CALENDAR = open_rulebook(LAW_FOLDER).calendar
DAYS = st.dates(date(2020, 1, 1), date(2027, 11, 30))


@pytest.mark.parametrize(
    ("year", "working_days"),
    [
        (2020, 248), (2021, 247), (2022, 247), (2023, 247),
        (2024, 248), (2025, 247), (2026, 247), (2027, 247),
    ],
)  # fmt: skip
def test_each_year_has_the_published_number_of_working_days(year: int, working_days: int) -> None:
    assert CALENDAR.working_days_in(year) == working_days


@pytest.mark.parametrize(
    ("event", "count", "due"),
    [
        ("2024-12-27", 3, "2025-01-10"),  # working Saturday and New Year
        ("2025-04-30", 7, "2025-05-15"),  # both May blocks
        ("2026-04-30", 7, "2026-05-13"),  # 11 May is off
        ("2026-11-03", 3, "2026-11-09"),  # holiday in mid-week
        ("2027-02-18", 3, "2027-02-24"),
        ("2027-04-30", 3, "2027-05-06"),  # 3 May is off
        ("2026-04-29", 3, "2026-05-05"),  # the contract of the case mockup
    ],
)
def test_working_days_after_an_event(event: str, count: int, due: str) -> None:
    assert CALENDAR.working_day_after(date.fromisoformat(event), count) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        ("2026-05-01", "праздник"),
        ("2026-05-02", "сб"),
        ("2026-05-03", "вс"),
        ("2026-05-11", "выходной"),  # moved by ч. 2 ст. 112 ТК from Saturday 9 May
        ("2026-05-09", "праздник"),
        ("2026-12-31", "выходной"),
        ("2026-01-09", "выходной"),  # moved from Saturday 3 January
        ("2027-11-05", "выходной"),  # moved from Saturday 2 January
        ("2026-05-05", ""),
        ("2027-02-20", ""),  # the working Saturday of 2027
    ],
)
def test_the_reason_for_a_day_off_is_named(on: str, reason: str) -> None:
    assert CALENDAR.reason_off(date.fromisoformat(on)) == reason


@pytest.mark.parametrize(
    ("first", "last"),
    [("2025-12-31", "2026-01-11"), ("2026-12-31", "2027-01-10"), ("2027-12-31", "2028-01-09")],
)
def test_long_gaps_of_the_new_year(first: str, last: str) -> None:
    """Off from the first to the last day, working on the day before."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    span = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    assert not any(CALENDAR.is_working(on) for on in span)
    assert CALENDAR.is_working(start - timedelta(days=1))
    assert (end.year == 2028) or CALENDAR.is_working(end + timedelta(days=1))


def test_presidential_days_of_2020_count_as_working() -> None:
    assert CALENDAR.is_working(date(2020, 4, 1))


def test_a_year_without_an_act_is_preliminary_and_still_counts() -> None:
    assert CALENDAR.is_preliminary(2028)
    assert not CALENDAR.is_preliminary(2027)
    assert not CALENDAR.is_working(date(2028, 5, 1))


def test_a_day_far_outside_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError):
        CALENDAR.working_day_after(date(1999, 1, 1), 3)


def test_an_empty_table_knows_the_fixed_holidays() -> None:
    plain = Calendar(())
    assert not plain.is_working(date(2026, 1, 7))
    assert plain.is_working(date(2026, 1, 9))


@settings(max_examples=200, deadline=None)
@given(event=DAYS, count=st.integers(1, 30))
def test_exactly_so_many_working_days_lie_between(event: date, count: int) -> None:
    due = CALENDAR.working_day_after(event, count)
    assert CALENDAR.is_working(due)
    between = (event + timedelta(days=n) for n in range(1, (due - event).days + 1))
    assert sum(CALENDAR.is_working(day) for day in between) == count


@settings(max_examples=200, deadline=None)
@given(event=DAYS, count=st.integers(1, 30))
def test_a_later_event_never_falls_due_earlier(event: date, count: int) -> None:
    later = event + timedelta(days=1)
    assert CALENDAR.working_day_after(event, count) <= CALENDAR.working_day_after(later, count)


@settings(max_examples=200, deadline=None)
@given(end=DAYS, count=st.integers(1, 30))
def test_counting_back_leaves_so_many_working_days(end: date, count: int) -> None:
    start = CALENDAR.working_day_before(end, count)
    between = (start + timedelta(days=n) for n in range((end - start).days))
    assert sum(CALENDAR.is_working(day) for day in between) == count


@settings(max_examples=200, deadline=None)
@given(on=DAYS)
def test_a_reason_is_given_exactly_for_days_off(on: date) -> None:
    assert bool(CALENDAR.reason_off(on)) != CALENDAR.is_working(on)
