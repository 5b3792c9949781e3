"""The advance payment by patent: amounts of the law, doubts of the sources, paid periods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from arm.law.ndfl import (
    add_months,
    monthly_amount,
    months_covered,
    next_period,
    paid_through,
    roubles,
)
from arm.law.tables import LawTables, NoRuleForDay, load_tables


@pytest.fixture(scope="module")
def tables() -> LawTables:
    return load_tables()


@pytest.mark.parametrize(
    ("region", "year", "amount"),
    [
        ("77", 2015, 4000),
        ("77", 2025, 8900),
        ("77", 2026, 10000),
        ("78", 2025, 6000),
        ("78", 2026, 8000),
        ("59", 2025, 7100),
        ("59", 2026, 8137),
        ("16", 2024, 6229),
        ("16", 2025, 7315),
        ("16", 2026, 8697),
        ("20", 2023, 2724),
        ("20", 2024, 2880),
        ("20", 2025, 3113),
        ("20", 2026, 3410),
        ("64", 2026, 9423),  # 1200 × 2.842 × 2.763 = 9422.94
        ("46", 2026, 10470),  # 1200 × 2.842 × 3.07 = 10469.93
        ("23", 2026, 27283),
        ("63", 2026, 11766),
        ("40", 2026, 11000),
    ],
)
def test_amount_is_the_one_of_the_law(
    tables: LawTables, region: str, year: int, amount: int
) -> None:
    assert monthly_amount(region, date(year, 6, 15), tables).amount == Decimal(amount)


@pytest.mark.parametrize(
    ("year", "amounts"),
    [
        (
            2026,
            (
                "77:10000 50:10000 78:8000 47:8000 40:11000 48:21915 52:11662 59:8137 16:8697 "
                "33:10950 53:9338 60:9950 18:8287 64:9423 46:10470 61:10231 23:27283 71:25000 "
                "20:3410 66:9500 38:12000 72:11471 41:13800 54:10860"
            ),
        ),
        (
            2025,
            (
                "77:8900 50:8900 78:6000 47:6000 63:10170 40:8500 59:7100 16:7315 18:6910 64:8557 "
                "46:9089 61:6537 20:3113 66:7500 38:11000 41:9000"
            ),
        ),
        (
            2024,  # Saint Petersburg: k 1.597 gives 4599.36, the press prints 4600
            (
                "77:7500 50:7500 78:4599 16:6229 20:2880 14:12957 24:8153 01:5184 04:5688 22:6048 "
                "53:4637"
            ),
        ),
        (2023, "77:6600 78:4400 59:4700 20:2724 53:8036"),
        (2022, "59:4100"),
        (2020, "77:5350 50:5100 78:4000"),
        (2018, "77:4500 50:4300 78:3500"),
        (2017, "77:4200 50:4000 78:3000"),
        (2016, "50:4000"),
    ],
)
def test_every_sum_of_the_regions_is_the_one_the_sources_name(
    tables: LawTables, year: int, amounts: str
) -> None:
    named = dict(pair.split(":") for pair in amounts.split())
    found = {
        region: str(monthly_amount(region, date(year, 6, 15), tables).amount) for region in named
    }
    assert found == named


def test_moscow_explains_every_factor(tables: LawTables) -> None:
    month = monthly_amount("77", date(2026, 11, 22), tables)
    assert month.formula == "1\u00a0200 × 2,842 × 2,9323 = 10\u00a0000,32 ≈ 10\u00a0000\u00a0₽"
    assert [factor.label for factor in month.factors] == [
        "Базовая сумма",
        "Коэффициент-дефлятор",
        "Региональный коэффициент",
    ]
    assert "734" in month.factors[1].act
    assert month.confirmed


def test_samara_of_2026_is_not_confirmed_because_sources_disagree(tables: LawTables) -> None:
    month = monthly_amount("63", date(2026, 11, 22), tables)
    assert month.amount == 11766
    assert month.announced == 11936
    assert month.disagrees
    assert month.confidence == "L"
    assert not month.confirmed
    assert "Подтвердите" in month.note


def test_samara_with_the_other_coefficient_costs_what_the_press_printed(tables: LawTables) -> None:
    """1200 × 2.842 × 3.5 = 11936.4: what a person with the right may confirm."""
    table = tables.table("ndfl.region")
    rows = tuple(
        replace(row, values={**row.values, "coefficient": Decimal("3.5")})
        if row.key == "63" and row.valid_from.year == 2026
        else row
        for row in table.rows
    )
    confirmed = LawTables({**tables.tables, table.name: replace(table, rows=rows)})
    month = monthly_amount("63", date(2026, 11, 22), confirmed)
    assert (month.amount, month.disagrees) == (11936, False)


def test_press_sum_of_last_years_deflator_is_not_used(tables: LawTables) -> None:
    month = monthly_amount("16", date(2026, 3, 1), tables)
    assert month.amount == 8697
    assert "7 937,64" in month.note


def test_rouble_of_difference_is_a_doubt(tables: LawTables) -> None:
    month = monthly_amount("78", date(2024, 6, 1), tables)
    assert (month.amount, month.announced) == (4599, 4600)
    assert month.disagrees
    assert not month.confirmed


def test_announced_sum_alone_says_so(tables: LawTables) -> None:
    month = monthly_amount("48", date(2026, 3, 1), tables)
    assert month.exact is None
    assert month.formula == "объявлено 21\u00a0915\u00a0₽"


def test_region_without_a_known_law_is_unknown_not_one(tables: LawTables) -> None:
    with pytest.raises(NoRuleForDay) as caught:
        monthly_amount("79", date(2026, 11, 22), tables)
    assert "22.11.2026" in caught.value.title_text


def test_next_years_deflator_is_not_guessed(tables: LawTables) -> None:
    with pytest.raises(NoRuleForDay):
        monthly_amount("77", date(2027, 1, 1), tables)


@pytest.mark.parametrize(
    ("issued", "months", "last"),
    [
        (date(2026, 3, 10), 1, date(2026, 4, 9)),
        (date(2023, 1, 10), 2, date(2023, 3, 9)),
        (date(2025, 3, 15), 3, date(2025, 6, 14)),
        (date(2025, 3, 15), 12, date(2026, 3, 14)),
        (date(2026, 3, 1), 1, date(2026, 3, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2026, 1, 31), 2, date(2026, 3, 30)),
        (date(2026, 1, 31), 3, date(2026, 4, 29)),
        (date(2024, 1, 30), 1, date(2024, 2, 28)),
        (date(2025, 12, 15), 3, date(2026, 3, 14)),
        (date(2026, 1, 14), 12, date(2027, 1, 13)),
    ],
)
def test_paid_period_counts_from_the_issue(issued: date, months: int, last: date) -> None:
    assert paid_through(issued, months) == last
    assert months_covered(issued, last) == months


def test_months_are_added_to_the_issue_so_short_months_cause_no_drift() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), 2) == date(2026, 3, 31)


def test_next_period_begins_after_what_is_paid() -> None:
    issued = date(2026, 10, 1)
    assert next_period(issued, None, 1) == (date(2026, 10, 1), date(2026, 10, 31))
    assert next_period(issued, date(2026, 11, 30), 3) == (date(2026, 12, 1), date(2027, 2, 28))


def test_next_period_follows_the_setting_and_counts_months_paid_by_either_reading() -> None:
    issued = date(2026, 1, 31)
    assert next_period(issued, None, 1, "month_end") == (issued, date(2026, 2, 28))
    for paid in (date(2026, 2, 27), date(2026, 2, 28)):
        following = next_period(issued, paid, 1, "month_end")
        assert following == (date(2026, 3, 1), date(2026, 3, 30))
    assert next_period(issued, date(2026, 2, 27), 1) == (date(2026, 2, 28), date(2026, 3, 30))


def test_a_part_of_a_month_is_not_a_paid_month() -> None:
    assert months_covered(date(2026, 10, 1), date(2026, 11, 29)) == 1


def test_every_region_row_names_a_coefficient_or_a_sum(tables: LawTables) -> None:
    for row in tables.table("ndfl.region").rows:
        assert row.has("coefficient") or row.has("amount"), row


def test_roubles_never_break_at_the_line_end() -> None:
    assert roubles(Decimal(120000)) == "120\u00a0000\u00a0₽"
