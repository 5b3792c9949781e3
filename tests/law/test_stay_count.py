"""Visa-free days: which visits counted, what suspends the count, who is lawful until when."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from arm.law.facts import LawfulPeriod, StayFacts, Visit
from arm.law.rulebook import open_rulebook
from arm.law.stay_count import StayCount, stay_count
from arm.law.tables import LAW_FOLDER

BOOK = open_rulebook(LAW_FOLDER)
TODAY = date(2026, 5, 5)
DAY = timedelta(days=1)


def counted(
    *visits: Visit, on: date = TODAY, state: str = "UZB", periods: tuple[LawfulPeriod, ...] = ()
) -> StayCount:
    found = stay_count(StayFacts(citizenship=state, visits=visits, periods=periods), on, BOOK)
    assert found is not None
    return found


def test_two_visits_of_the_year_are_added_and_the_rest_is_left() -> None:
    """10.01–08.02 is 30 days; 21.04–05.05 is 15; 45 are left, the 45th after 5 May is 19 June."""
    found = counted(Visit(date(2026, 1, 10), date(2026, 2, 8)), Visit(date(2026, 4, 21)))
    assert [one.counted for one in found.visits] == [30, 15]
    assert (found.spent, found.left, found.until) == (45, 45, date(2026, 6, 19))
    assert found.lawful_until == date(2026, 6, 19)
    assert found.explanation[0] == "10.01.2026–08.02.2026: 30 дн., все засчитаны"
    assert found.explanation[2] == "С 01.01.2026 по 05.05.2026 засчитано 45 из 90, осталось 45"


def test_days_of_entry_and_exit_both_count() -> None:
    found = counted(Visit(date(2026, 3, 1), date(2026, 3, 1)), Visit(TODAY))
    assert found.spent == 2


def test_days_under_a_patent_are_not_counted_and_move_the_end() -> None:
    """Entry 1 March, patent from 21 March to 19 May: 20 days counted; 70 are left after 19 May."""
    patent = LawfulPeriod("patent", date(2026, 3, 21), date(2026, 5, 19))
    found = counted(Visit(date(2026, 3, 1)), periods=(patent,))
    (visit,) = found.visits
    assert (visit.days, visit.counted, visit.suspended) == (66, 20, {"patent": 46})
    assert found.by == patent
    assert found.until == date(2026, 5, 19) + 70 * DAY
    assert "патент 46" in found.explanation[0]
    assert any("подтвердите" in note for note in found.notes)
    assert found.confidence == "M"
    assert counted(Visit(date(2026, 3, 1))).confidence == "H"


@pytest.mark.parametrize("kind", ["contract", "study", "trp", "trp_education", "extension"])
def test_each_ground_suspends_the_count(kind: str) -> None:
    ground = LawfulPeriod(kind, date(2026, 1, 11), date(2026, 12, 31))
    found = counted(Visit(date(2026, 1, 10)), periods=(ground,))
    assert (found.spent, found.by) == (1, ground)
    assert found.lawful


def test_permanent_residence_has_no_end() -> None:
    found = counted(Visit(date(2026, 1, 10)), periods=(LawfulPeriod("prp", date(2026, 1, 10)),))
    assert (found.spent, found.until, found.lawful_until, found.lawful) == (0, None, None, True)


def test_a_visa_or_a_word_nobody_knows_suspends_nothing() -> None:
    found = counted(Visit(date(2026, 5, 1)), periods=(LawfulPeriod("hope", date(2026, 1, 1)),))
    assert (found.spent, found.by) == (5, None)


def test_ninety_first_day_is_unlawful_and_the_last_lawful_day_is_named() -> None:
    found = counted(Visit(date(2026, 1, 10)))
    assert found.until == date(2026, 4, 9)  # 22 January, 28 February, 31 March, 9 April = 90
    assert (found.left, found.lawful) == (0, False)


def test_person_who_is_away_has_days_but_no_end() -> None:
    found = counted(Visit(date(2026, 1, 10), date(2026, 2, 8)))
    assert (found.present, found.until, found.left, found.lawful) == (False, None, 60, True)


def test_last_years_days_count_no_more_since_2025() -> None:
    visits = (Visit(date(2025, 10, 1), date(2026, 1, 10)), Visit(date(2026, 5, 1)))
    found = counted(*visits)
    assert [(one.first, one.counted) for one in found.visits] == [
        (date(2026, 1, 1), 10),
        (date(2026, 5, 1), 5),
    ]


def test_stay_across_new_year_ends_by_the_cautious_reading_and_says_so() -> None:
    found = counted(Visit(date(2026, 11, 20)), on=date(2026, 12, 1))
    assert found.until == date(2027, 2, 17)
    assert any("С 1 января" in note for note in found.notes)


def test_before_2025_ninety_days_lay_in_any_180() -> None:
    """Here 1 January – 9 February 2024 (40 days), again from 1 July: the January days have left the
    180 days one by one, so the new stay has its full 90: to 28 September."""
    visits = (Visit(date(2024, 1, 1), date(2024, 2, 9)), Visit(date(2024, 7, 1)))
    found = counted(*visits, on=date(2024, 7, 10))
    assert found.window == (date(2024, 1, 13), date(2024, 7, 10))
    # of 40 days 13.01–09.02 = 28 are still in the window
    assert [one.counted for one in found.visits] == [28, 10]
    assert found.until == date(2024, 9, 28)


def test_visit_without_an_exit_is_not_guessed_and_is_named() -> None:
    found = counted(Visit(date(2026, 1, 10)), Visit(date(2026, 4, 21)))
    assert [one.visit.entered_on for one in found.visits] == [date(2026, 4, 21)]
    assert any("10.01.2026 без даты выезда" in note for note in found.notes)


def test_overlapping_cards_count_a_day_once() -> None:
    found = counted(Visit(date(2026, 4, 1), date(2026, 4, 30)), Visit(date(2026, 4, 21)))
    assert [one.counted for one in found.visits] == [20, 15]


def test_limit_is_not_applied_where_a_visa_is_needed_or_nothing_is_known() -> None:
    visits = (Visit(date(2026, 4, 21)),)
    assert stay_count(StayFacts(citizenship="VNM", visits=visits), TODAY, BOOK) is None
    assert stay_count(StayFacts(citizenship="UZB"), TODAY, BOOK) is None


def test_eaeu_citizen_is_asked_for_the_contract() -> None:
    assert any("договора" in note for note in counted(Visit(TODAY), state="KGZ").notes)


STAYS = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 80)), min_size=1, max_size=5)
PERIODS = st.lists(
    st.tuples(st.sampled_from(["patent", "study"]), st.integers(0, 300), st.integers(0, 120)),
    max_size=2,
)


@settings(max_examples=150, deadline=None)
@given(start=st.dates(date(2025, 1, 1), date(2026, 6, 1)), stays=STAYS, grounds=PERIODS)
def test_the_count_adds_up_to_the_answer(
    start: date, stays: list[tuple[int, int]], grounds: list[tuple[str, int, int]]
) -> None:
    """Each day of presence stands in one visit, counted or suspended; spent and left make 90; the
    days from today to the end that nothing suspends are exactly those left."""
    visits, on = [], start
    for gap, length in stays:
        entered = on + gap * DAY
        on = entered + length * DAY
        visits.append(Visit(entered, on))
    periods = tuple(
        LawfulPeriod(kind, start + a * DAY, start + (a + length) * DAY)
        for kind, a, length in grounds
    )
    last = visits[-1]
    visits[-1] = Visit(last.entered_on)
    found = counted(*visits, on=on, periods=periods)
    assert found.until is not None
    for one in found.visits:
        assert one.days == one.counted + sum(one.suspended.values())
        assert one.days == (one.last - one.first).days + 1
    assume(found.spent <= found.allowed)
    assert found.spent + found.left == found.allowed
    ahead = [on + n * DAY for n in range(1, (found.until - on).days + 1)]
    free = [day for day in ahead if not any(period.covers(day) for period in periods)]
    assert len(free) == found.left


@settings(max_examples=100, deadline=None)
@given(
    entered=st.dates(date(2025, 1, 1), date(2026, 8, 1)),
    earlier=st.integers(1, 80),
    first=st.integers(0, 80),
    length=st.integers(0, 90),
)
def test_a_ground_never_shortens_the_stay_and_a_visit_never_lengthens_it(
    entered: date, earlier: int, first: int, length: int
) -> None:
    alone = counted(Visit(entered), on=entered).until
    before = entered - timedelta(days=100)
    with_visit = counted(
        Visit(before, before + (earlier - 1) * DAY), Visit(entered), on=entered
    ).until
    ground = LawfulPeriod("patent", entered + first * DAY, entered + (first + length) * DAY)
    with_ground = counted(Visit(entered), on=entered, periods=(ground,)).until
    assert alone is not None
    assert with_visit is not None
    assert with_ground is not None
    assert with_visit <= alone <= with_ground
