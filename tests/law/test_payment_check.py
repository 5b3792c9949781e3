"""Payment documents as they come: whose ИНН, old requisites, another region, an odd sum."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from arm.law.payment_check import Doubt, PatentHolder, PaymentOrder, payment_doubts
from arm.law.rulebook import open_rulebook
from arm.law.tables import LAW_FOLDER

TABLES = open_rulebook(LAW_FOLDER).tables
MOSCOW = PatentHolder("123456789047", "77", "45")
GOOD = PaymentOrder(
    paid_on=date(2026, 5, 4),
    kopecks=3_000_000,
    payer_inn="123456789047",
    kpp="770701001",
    kbk="18210102040011000110",
    oktmo="45374000",
    account="03100643000000018500",
    status="13",
)


def doubts(order: PaymentOrder, holder: PatentHolder = MOSCOW) -> tuple[Doubt, ...]:
    return payment_doubts(order, holder, TABLES)


def test_three_months_of_moscow_with_its_own_inn_raise_no_doubt() -> None:
    assert doubts(GOOD) == ()


def test_employer_who_put_his_own_inn_sent_the_money_to_his_own_account() -> None:
    (one,) = doubts(replace(GOOD, payer_inn="7707083893"))
    assert (one.field, one.kind) == ("payer_inn", "error")
    assert "уточнение" in one.text


def test_old_kpp_after_5_december_2025_is_a_warning() -> None:
    old = replace(GOOD, kpp="770801001")
    (one,) = doubts(replace(old, paid_on=date(2025, 12, 10), kopecks=2_670_000))
    assert (one.field, one.kind) == ("kpp", "warning")
    assert doubts(replace(old, paid_on=date(2025, 12, 4), kopecks=2_670_000)) == ()


def test_samara_oktmo_for_a_moscow_patent_is_an_error() -> None:
    (one,) = doubts(replace(GOOD, oktmo="36701000"))
    assert (one.field, one.kind) == ("oktmo", "error")


def test_other_kbk_account_and_status_are_named() -> None:
    wrong = replace(GOOD, kbk="18210102010011000110", account="0310064300000001480", status="01")
    assert [one.field for one in doubts(wrong)] == ["kbk", "account", "status"]


def test_sum_that_is_not_whole_months_is_a_warning() -> None:
    (one,) = doubts(replace(GOOD, kopecks=1_500_000))
    assert (one.field, one.kind) == ("sum", "warning")
    assert "5\u00a0000\u00a0₽ не составляют месяца" in one.text


def test_region_without_a_known_rate_leaves_the_sum_to_a_person() -> None:
    (one,) = doubts(replace(GOOD, oktmo=""), replace(MOSCOW, region="79"))
    assert (one.field, one.kind) == ("sum", "warning")


@given(st.integers(1, 12))
def test_whole_months_of_the_rate_are_never_doubted(months: int) -> None:
    assert doubts(replace(GOOD, kopecks=months * 1_000_000)) == ()
