"""Which months of a patent are paid: worked examples of the domain, then what must always hold.

Sums are kopecks; ``R`` makes roubles of them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arm.law.coverage import (
    Coverage,
    Payment,
    WrongNumberOfMonths,
    coverage,
    covered_months,
    paid_months,
)
from arm.law.deadlines import deadlines
from arm.law.facts import StayFacts
from arm.law.ndfl import MonthEnd, kopecks_text, paid_through
from arm.law.rulebook import open_rulebook
from arm.law.tables import BrokenLawTable, LawTables, NoRuleForDay

R = 100
BOOK = open_rulebook()
TABLES = BOOK.tables
DAY = timedelta(days=1)


def with_rule(rule: str) -> LawTables:
    """The tables as if an administrator had set the end of a month so."""
    table = TABLES.table("patent.month_end")
    rows = tuple(replace(row, values={**row.values, "rule": rule}) for row in table.rows)
    changed = {**TABLES.tables, table.name: replace(table, rows=rows)}
    return LawTables(MappingProxyType(changed))


# Each row: the issue plus N months, minus one day; the patent ends the day after.
@pytest.mark.parametrize(
    ("issued", "months", "last"),
    [
        (date(2026, 3, 10), 1, date(2026, 4, 9)),  # УВМ Тула: pay by 09.04
        (date(2023, 1, 10), 1, date(2023, 2, 9)),  # klerk
        (date(2023, 1, 10), 2, date(2023, 3, 9)),
        (date(2025, 3, 15), 1, date(2025, 4, 14)),
        (date(2025, 3, 15), 3, date(2025, 6, 14)),
        (date(2025, 3, 15), 12, date(2026, 3, 14)),
        (date(2026, 3, 1), 1, date(2026, 3, 31)),
        (date(2025, 9, 1), 12, date(2026, 8, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),  # 31.02 is absent: 28.02 − 1
        (date(2026, 1, 31), 2, date(2026, 3, 30)),  # always from the issue: no drift
        (date(2026, 1, 31), 3, date(2026, 4, 29)),
        (date(2024, 1, 30), 1, date(2024, 2, 28)),
        (date(2024, 2, 29), 1, date(2024, 3, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),  # 29.02.2025 is absent: 28.02 − 1
    ],
)
def test_months_count_from_the_issue_and_the_patent_ends_the_day_after(
    issued: date, months: int, last: date
) -> None:
    found = covered_months(issued, months, TABLES)
    assert found.paid_through == last
    assert found.terminates_on == last + DAY
    assert (len(found.months), found.surplus) == (months, 0)


# ст. 6.1 НК: no such day in the month → its last day
@pytest.mark.parametrize(
    ("issued", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 30)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 3, 10), 1, date(2026, 4, 9)),
    ],
)
def test_the_other_rule_of_the_months_end_is_a_setting_of_the_table(
    issued: date, months: int, last: date
) -> None:
    found = covered_months(issued, months, with_rule("month_end"))
    assert found.paid_through == last
    assert found.terminates_on == last + DAY


def test_an_issue_on_day_31_names_the_other_reading_and_is_not_sure() -> None:
    found = covered_months(date(2026, 1, 31), 1, TABLES)
    assert found.confidence == "L"
    assert any("28.02.2026" in note and "6.1" in note for note in found.notes)
    assert covered_months(date(2026, 1, 31), 2, TABLES).notes == ()
    assert covered_months(date(2026, 1, 28), 1, TABLES).confidence == "H"


def test_the_setting_moves_the_first_month_of_the_case_file_too() -> None:
    facts = StayFacts(permit_type="patent", permit_issued_on=date(2026, 1, 31))
    other = replace(BOOK, tables=with_rule("month_end"), _memo={}, made={})
    asked = {
        (term.due_on, term.detail)
        for book in (BOOK, other)
        for term in deadlines(facts, book)
        if term.rule == "patent_payment"
    }
    assert asked == {
        (date(2026, 2, 27), "2-й месяц, оплачено по 27.02"),
        (date(2026, 2, 28), "2-й месяц, оплачено по 28.02"),
    }


def test_an_unknown_rule_of_the_months_end_is_refused() -> None:
    with pytest.raises(BrokenLawTable):
        covered_months(date(2026, 1, 31), 1, with_rule("guess"))


@pytest.mark.parametrize("months", [0, 13, -1])
def test_month_thirteen_is_refused_because_the_patent_is_reissued(months: int) -> None:
    with pytest.raises(WrongNumberOfMonths) as caught:
        covered_months(date(2025, 9, 1), months, TABLES)
    assert str(months) in caught.value.title_text


def test_three_months_prepaid_in_december_need_no_top_up_in_the_new_year() -> None:
    # Moscow: 26 700 / 8 900 (the rate of 14.12.2025) = 3 months, although 2026 costs 10 000
    found = coverage(date(2025, 12, 15), [Payment(date(2025, 12, 14), 26700 * R)], "77", TABLES)
    assert found.paid_through == date(2026, 3, 14)
    assert [month.kopecks for month in found.months] == [8900 * R] * 3
    assert found.surplus == 0


def test_the_payment_after_new_year_costs_the_new_rate() -> None:
    # 8 900 buys a month in December; in January the month costs 10 000, so 8 900 is no month
    payments = [Payment(date(2025, 12, 14), 8900 * R), Payment(date(2026, 1, 10), 8900 * R)]
    found = coverage(date(2025, 12, 15), payments, "77", TABLES)
    assert (found.paid_through, found.surplus) == (date(2026, 1, 14), 8900 * R)


def test_a_payment_one_day_late_does_not_revive_the_patent() -> None:
    # Samara: 10 170 covers 15.03–14.04.2025; 15.04 is the day it ends
    payments = [Payment(date(2025, 3, 14), 10170 * R), Payment(date(2025, 4, 15), 10170 * R)]
    found = coverage(date(2025, 3, 15), payments, "63", TABLES)
    assert found.paid_through == date(2025, 4, 14)
    assert found.terminates_on == date(2025, 4, 15)
    assert found.late == (payments[1],)
    assert found.surplus == 10170 * R
    assert any("15.04.2025" in note and "не возобновляет" in note for note in found.notes)


def test_a_payment_on_the_last_paid_day_is_in_time() -> None:
    payments = [Payment(date(2025, 3, 14), 10170 * R), Payment(date(2025, 4, 14), 10170 * R)]
    found = coverage(date(2025, 3, 15), payments, "63", TABLES)
    assert (found.paid_through, found.late) == (date(2025, 5, 14), ())


def test_three_months_of_samara_cost_30510() -> None:
    found = coverage(date(2025, 3, 15), [Payment(date(2025, 3, 14), 30510 * R)], "63", TABLES)
    assert (found.paid_through, found.surplus) == (date(2025, 6, 14), 0)


def test_surplus_waits_for_the_next_payment() -> None:
    # 21 000 at 4 000 (Moscow 2015) = 5 months and 1 000; month 6 needs 3 000 more
    issued = date(2015, 3, 10)
    first = Payment(date(2015, 3, 9), 21000 * R)
    found = coverage(issued, [first], "77", TABLES)
    assert (len(found.months), found.surplus) == (5, 1000 * R)
    short = coverage(issued, [first, Payment(date(2015, 8, 1), 2999 * R)], "77", TABLES)
    assert (len(short.months), short.surplus) == (5, 3999 * R)
    enough = Payment(date(2015, 8, 1), 3000 * R)
    full = coverage(issued, [first, enough], "77", TABLES)
    assert (full.paid_through, full.surplus) == (date(2015, 9, 9), 0)
    assert full.months[5].parts == (Payment(first.paid_on, 1000 * R), enough)


def test_half_a_months_money_buys_no_days() -> None:
    # 15 000 at 10 000: one month, 5 000 is credit, not 15 days
    found = coverage(date(2026, 3, 10), [Payment(date(2026, 3, 9), 15000 * R)], "77", TABLES)
    assert found.paid_through == date(2026, 4, 9)
    assert found.surplus == 5000 * R
    assert any("дней он не даёт" in note for note in found.notes)


def test_less_than_a_month_covers_nothing() -> None:
    found = coverage(date(2026, 3, 10), [Payment(date(2026, 3, 9), 9999 * R)], "77", TABLES)
    assert (found.paid_through, found.terminates_on, found.months) == (None, None, ())
    assert found.surplus == 9999 * R


def test_twelve_months_are_the_most_and_the_rest_is_surplus() -> None:
    found = coverage(date(2025, 9, 1), [Payment(date(2025, 8, 31), 8900 * 13 * R)], "77", TABLES)
    assert found.paid_through == date(2026, 8, 31)
    assert found.surplus == 8900 * R
    assert any("переоформ" in note for note in found.notes)


def test_a_first_payment_after_the_issue_counts_and_asks_for_the_missing_one() -> None:
    found = coverage(date(2026, 3, 10), [Payment(date(2026, 3, 20), 10000 * R)], "77", TABLES)
    assert found.paid_through == date(2026, 4, 9)
    assert any("пропущенного платежа" in note for note in found.notes)


def test_an_unconfirmed_rate_makes_the_coverage_unsure() -> None:
    # Samara 2026: the sources disagree about the coefficient
    found = coverage(date(2026, 3, 10), [Payment(date(2026, 3, 9), 11766 * R)], "63", TABLES)
    assert found.confidence == "L"
    assert any("не подтверждена" in note for note in found.notes)


def test_an_unknown_rate_is_not_guessed() -> None:
    with pytest.raises(NoRuleForDay):
        coverage(date(2026, 12, 10), [Payment(date(2027, 1, 5), 12000 * R)], "77", TABLES)


def test_a_late_payment_needs_no_rate() -> None:
    payments = [Payment(date(2026, 11, 9), 10000 * R), Payment(date(2027, 1, 5), 12000 * R)]
    found = coverage(date(2026, 11, 10), payments, "77", TABLES)
    assert (found.paid_through, found.surplus) == (date(2026, 12, 9), 12000 * R)


def test_explanation_names_month_sum_and_payment() -> None:
    found = coverage(date(2026, 3, 10), [Payment(date(2026, 3, 9), 10000 * R)], "77", TABLES)
    (line,) = found.explanation
    assert line == (
        "1-й месяц: 10.03.2026–09.04.2026, 10\u00a0000\u00a0₽ по ставке на 09.03.2026, "
        "из платежа 09.03.2026"
    )


def test_kopecks_are_shown_where_there_are_some() -> None:
    assert kopecks_text(1_234_505) == "12\u00a0345,05\u00a0₽"
    assert kopecks_text(1_000_000) == "10\u00a0000\u00a0₽"


def falling(*sums: tuple[date, int]) -> Coverage:
    """Months cost 8 until 2026 and 4 from then on; the patent is of 10.12.2025."""
    payments = [Payment(on, sum_) for on, sum_ in sums]
    return paid_months(
        date(2025, 12, 10), payments, lambda on: 4 if on.year >= 2026 else 8, "strict"
    )


def test_where_the_rate_falls_a_remainder_may_wait_for_it_but_whole_months_stay_bought() -> None:
    december, january = date(2025, 12, 9), date(2026, 1, 5)
    # 15 = one month at 8 and 7 left; 7 + 1 = two months at 4
    assert len(falling((december, 15), (january, 1)).months) == 3
    # one more kopeck in December would complete a month at 8: the coverage must not get shorter
    more = falling((december, 15), (date(2025, 12, 20), 1), (january, 1))
    assert (len(more.months), more.surplus) == (3, 1)
    # two whole months paid in one sum stay two months
    whole = falling((december, 16), (january, 1))
    assert (len(whole.months), whole.surplus) == (2, 1)


def test_a_payment_of_nothing_is_a_bug() -> None:
    with pytest.raises(ValueError, match="positive"):
        Payment(date(2026, 1, 1), 0)


ISSUES = st.dates(date(2015, 1, 1), date(2030, 12, 31)) | st.sampled_from(
    [date(2026, 1, 31), date(2024, 2, 29), date(2025, 8, 30), date(2025, 12, 31)]
)
RULES = st.sampled_from(["strict", "month_end"])


@st.composite
def histories(draw: st.DrawFn, *, rising: bool) -> tuple[date, list[Payment], dict[int, int]]:
    """An issue, payments around its year, and a rate for each 120 days."""
    issued = draw(ISSUES)
    steps = [draw(st.integers(1, 9)) for _ in range(5)]
    rates = dict(enumerate(sorted(steps) if rising else steps))
    offsets = st.integers(-60, 420) | st.integers(-3, 95)
    payments = draw(
        st.lists(
            st.builds(
                lambda offset, sum_: Payment(issued + offset * DAY, sum_),
                offsets,
                st.integers(1, 40),
            ),
            max_size=9,
        )
    )
    return issued, payments, rates


def rate_of(issued: date, on: date) -> int:
    return ((on - issued).days + 120) // 120


def cover(issued: date, payments: list[Payment], rates: dict[int, int], rule: MonthEnd) -> Coverage:
    def price(on: date) -> int:
        return rates[rate_of(issued, on)]

    return paid_months(issued, payments, price, rule)


def end(found: Coverage) -> date:
    return found.paid_through or date.min


@settings(max_examples=300, deadline=None)
@given(histories(rising=False), st.integers(-60, 420), st.integers(1, 40), RULES)
def test_coverage_never_shrinks_with_a_payment_added(
    history: tuple[date, list[Payment], dict[int, int]], offset: int, sum_: int, rule: MonthEnd
) -> None:
    issued, payments, rates = history
    more = [*payments, Payment(issued + offset * DAY, sum_)]
    assert end(cover(issued, more, rates, rule)) >= end(cover(issued, payments, rates, rule))


@settings(max_examples=300, deadline=None)
@given(histories(rising=True), st.data(), RULES)
def test_the_same_sum_paid_earlier_never_ends_coverage_earlier_while_the_rate_does_not_fall(
    history: tuple[date, list[Payment], dict[int, int]], data: st.DataObject, rule: MonthEnd
) -> None:
    issued, payments, rates = history
    if not payments:
        return
    which = data.draw(st.integers(0, len(payments) - 1))
    moved = payments[which]
    room = (moved.paid_on - (issued - 60 * DAY)).days
    earlier = moved.paid_on - data.draw(st.integers(0, room)) * DAY
    changed = [*payments]
    changed[which] = Payment(earlier, moved.kopecks)
    assert end(cover(issued, changed, rates, rule)) >= end(cover(issued, payments, rates, rule))


@settings(max_examples=300, deadline=None)
@given(histories(rising=False), RULES)
def test_money_is_conserved_and_the_explanation_adds_up_to_the_answer(
    history: tuple[date, list[Payment], dict[int, int]], rule: MonthEnd
) -> None:
    issued, payments, rates = history
    found = cover(issued, payments, rates, rule)
    spent = sum(month.kopecks for month in found.months)
    assert spent + found.surplus == sum(one.kopecks for one in payments)
    for month in found.months:
        assert sum(part.kopecks for part in month.parts) == month.kopecks
        assert month.bought_on is not None
        assert month.kopecks == rates[rate_of(issued, month.bought_on)]
        assert all(part.paid_on <= month.bought_on for part in month.parts)
    # no day twice, no day left out, and the last month ends on the answer
    first = issued
    for number, month in enumerate(found.months, start=1):
        assert (month.number, month.first) == (number, first)
        assert month.last == paid_through(issued, number, rule)
        first = month.last + DAY
    assert len(found.months) <= 12
    assert found.terminates_on == (first if found.months else None)
    # a payment is never spent twice
    for paid_on in {one.paid_on for one in payments}:
        given_ = sum(one.kopecks for one in payments if one.paid_on == paid_on)
        used = sum(p.kopecks for m in found.months for p in m.parts if p.paid_on == paid_on)
        assert used <= given_


@settings(max_examples=200, deadline=None)
@given(histories(rising=False), RULES)
def test_every_month_was_bought_while_the_patent_lived(
    history: tuple[date, list[Payment], dict[int, int]], rule: MonthEnd
) -> None:
    issued, payments, rates = history
    for month in cover(issued, payments, rates, rule).months:
        before = max(month.number - 1, 1)
        assert month.bought_on is not None
        assert month.bought_on <= paid_through(issued, before, rule)


@settings(max_examples=200, deadline=None)
@given(ISSUES, st.integers(1, 12))
def test_the_strict_end_is_at_most_a_day_before_the_other(issued: date, months: int) -> None:
    strict, other = (paid_through(issued, months, rule) for rule in ("strict", "month_end"))
    assert strict <= other <= strict + DAY
