"""May this person be hired: each category of people, what spoils it, what a person settles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arm.law.controlled import controlled_check
from arm.law.hiring import HiringAnswer, HiringFacts, right_to_work
from arm.law.rulebook import open_rulebook
from arm.law.shares import Staff, WrongActivity, WrongStaff, regional_ban, share_limit
from arm.law.tables import LAW_FOLDER, NoRuleForDay
from arm.law.withholding import withholding

BOOK = open_rulebook(LAW_FOLDER)
TODAY = date(2026, 5, 4)
CLEAN = HiringFacts(starts_on=TODAY, region="77", profession="маляр", controlled="clear")
PATENT = replace(
    CLEAN,
    citizenship="UZB",
    purpose="work",
    permit_type="patent",
    permit_region="77",
    permit_profession="Маляр",
    permit_until=date(2027, 1, 13),
    paid_through=date(2026, 6, 13),
)


def ask(facts: HiringFacts) -> HiringAnswer:
    return right_to_work(facts, TODAY, BOOK)


def said(answer: HiringAnswer, side: str) -> str:
    return "; ".join(reason.text for reason in answer.reasons if reason.side == side)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (replace(CLEAN, citizenship="KGZ"), "yes"),  # EAEU: nothing is needed
        (replace(CLEAN, citizenship="BLR"), "yes"),
        (PATENT, "yes"),
        (replace(CLEAN, citizenship="UZB"), "no"),  # visa-free without a patent
        (replace(CLEAN, citizenship="VNM"), "no"),  # a visa and no work permit
        (replace(CLEAN, citizenship="VNM", permit_type="prp"), "yes"),  # ВНЖ without an end
        (
            replace(
                CLEAN, citizenship="TJK", permit_type="trp", permit_region="77",
                permit_until=date(2028, 1, 1),
            ),
            "yes",
        ),
        (
            replace(
                CLEAN, citizenship="TJK", permit_type="trp", permit_region="63",
                permit_until=date(2028, 1, 1),
            ),
            "no",  # РВП: its own region only
        ),
        (replace(CLEAN, citizenship="IND", student=True, study_until=date(2027, 6, 30)), "yes"),
        (replace(CLEAN, citizenship="IND", student=True, study_until=date(2026, 5, 3)), "no"),
        (replace(CLEAN, citizenship="IND", student=True), "ask"),
        (replace(CLEAN, citizenship="IND", permit_type="trp_education"), "ask"),
        (replace(CLEAN, citizenship="UKR"), "ask"),  # special decrees
        (CLEAN, "ask"),  # nobody knows the citizenship
    ],
)  # fmt: skip
def test_each_category_of_people(facts: HiringFacts, verdict: str) -> None:
    assert ask(facts).verdict == verdict


@pytest.mark.parametrize(
    ("change", "verdict", "word"),
    [
        ({"paid_through": date(2026, 5, 3)}, "no", "оплачен по 03.05.2026"),
        ({"paid_through": None}, "ask", "по какой день"),
        ({"permit_until": date(2026, 5, 3)}, "no", "закончился"),
        ({"permit_region": "63"}, "no", "региона 63"),
        ({"permit_region": None}, "ask", "Регион"),
        ({"permit_profession": "каменщик"}, "ask", "сравните"),
        ({"purpose": "private"}, "ask", "Цель въезда"),
        ({"controlled": "unchecked"}, "ask", "проверьте"),
    ],
)
def test_what_spoils_a_patent(change: dict[str, object], verdict: str, word: str) -> None:
    answer = ask(replace(PATENT, **change))  # type: ignore[arg-type]
    assert answer.verdict == verdict
    assert word in said(answer, "against" if verdict == "no" else "ask")


def test_patent_paid_to_the_first_day_of_work_is_enough() -> None:
    assert ask(replace(PATENT, paid_through=TODAY)).verdict == "yes"


def test_moscow_patent_is_good_in_the_oblast_since_september_2025() -> None:
    neighbour = replace(PATENT, region="50")
    assert ask(neighbour).verdict == "yes"
    reason = next(one for one in ask(neighbour).reasons if "действует и в регионе 50" in one.text)
    assert (reason.confidence, "121-ФЗ" in reason.act) == ("M", True)
    before = replace(neighbour, starts_on=date(2025, 8, 31))
    assert ask(before).verdict == "no"


def test_register_calls_a_person_and_never_refuses() -> None:
    answer = ask(replace(PATENT, controlled="found"))
    assert answer.verdict == "ask"
    assert answer.text == "Решает человек"
    assert "нужен человек" in said(answer, "ask")


def test_region_with_a_ban_asks_a_person_to_compare_the_activity() -> None:
    """Samara bans 117 kinds since 19.01.2026, three months to comply; the list was not found."""
    samara = replace(PATENT, region="63", permit_region="63", okved="43.31")
    answer = ask(samara)
    assert answer.verdict == "ask"
    assert "117" in said(answer, "ask")
    ban = regional_ban("63", "43.31", TODAY, BOOK)
    assert ban is not None
    assert (ban.hits, ban.comply_by) == (None, date(2026, 4, 19))
    assert regional_ban("63", "43.31", date(2026, 1, 18), BOOK) is None
    assert regional_ban("77", "43.31", TODAY, BOOK) is None


def test_every_reason_names_its_act_and_the_notice_is_due_for_everybody() -> None:
    for facts in (PATENT, replace(CLEAN, citizenship="KGZ"), replace(CLEAN, citizenship="VNM")):
        answer = ask(facts)
        assert all(reason.act and reason.confidence in "HML" for reason in answer.reasons)
        assert any("3 рабочих дня" in duty.text for duty in answer.duties)


UNKNOWN = st.fixed_dictionaries(
    {
        "citizenship": st.sampled_from([None, "UZB", "KGZ", "VNM", "UKR"]),
        "permit_type": st.sampled_from([None, "patent", "trp", "prp", "work_permit", "visa"]),
        "permit_region": st.sampled_from([None, "77", "63"]),
        "region": st.sampled_from([None, "77", "63"]),
        "paid_through": st.sampled_from([None, date(2026, 5, 3), date(2026, 6, 1)]),
        "permit_until": st.sampled_from([None, date(2026, 5, 3), date(2027, 1, 1)]),
        "student": st.sampled_from([None, True, False]),
        "profession": st.sampled_from([None, "маляр"]),
        "permit_profession": st.sampled_from([None, "маляр"]),
        "purpose": st.sampled_from([None, "work", "study"]),
        "controlled": st.sampled_from(["unchecked", "clear", "found"]),
    }
)


@settings(max_examples=200, deadline=None)
@given(known=UNKNOWN)
def test_verdict_follows_from_the_reasons_and_the_unknown_is_never_a_yes(
    known: dict[str, object],
) -> None:
    answer = ask(HiringFacts(starts_on=TODAY, **known))  # type: ignore[arg-type]
    sides = [reason.side for reason in answer.reasons]
    assert (answer.verdict == "no") == ("against" in sides)
    assert (answer.verdict == "yes") == (set(sides) == {"for"})
    if known["citizenship"] is None or known["controlled"] != "clear":
        assert answer.verdict != "yes"


@pytest.mark.parametrize(
    ("okved", "region", "staff", "most"),
    [
        ("01.13.1", "63", 100, 40),
        ("02.10", "63", 99, 39),  # 39.6 rounded down
        ("43.31", "63", 7, 3),  # 3.5 rounded down
        ("43.31", "05", 10, 3),  # Dagestan: 30 %
        ("41.20", "89", 10, 8),  # Yamal: 80 %
        ("49.31", "77", 10, 4),
        ("49.41", "77", 10, 4),
        ("56.10", "77", 10, 5),
        ("81.30", "77", 10, 7),
        ("47.25.1", "63", 100, 0),
        ("47.25.1", "77", 100, 15),  # alcohol in Moscow
        ("47.81", "77", 100, 0),
        ("46.73.1", "63", 10, 4),
    ],
)
def test_limit_of_the_share_is_rounded_down(okved: str, region: str, staff: int, most: int) -> None:
    found = share_limit(okved, region, Staff(staff, most), TODAY, BOOK)
    assert (found.most, found.over) == (most, 0)
    one_more = share_limit(okved, region, Staff(staff, most + 1), TODAY, BOOK)
    assert one_more.over == 1


def test_share_is_not_applied_in_four_regions_and_not_named_for_other_work() -> None:
    assert share_limit("41.20", "93", Staff(10, 10), TODAY, BOOK).limit is None
    assert "не названа" in share_limit("62.01", "77", Staff(10, 10), TODAY, BOOK).note


def test_share_of_a_year_that_nobody_knows_is_not_guessed() -> None:
    with pytest.raises(NoRuleForDay):
        share_limit("43.31", "77", Staff(10, 1), date(2027, 1, 1), BOOK)


@pytest.mark.parametrize("okved", ["F", "46.73", "стройка", "", "47"])
def test_code_from_which_the_share_cannot_be_told_is_refused(okved: str) -> None:
    with pytest.raises(WrongActivity):
        share_limit(okved, "77", Staff(10, 1), TODAY, BOOK)


def test_more_foreigners_than_people_is_a_mistake() -> None:
    with pytest.raises(WrongStaff):
        Staff(5, 6)


def test_controlled_check_is_trusted_for_its_days_and_then_asked_again() -> None:
    checked = date(2026, 5, 4)
    fresh = controlled_check("clear", checked, checked + timedelta(days=30), BOOK)
    assert (fresh.state, fresh.sign, fresh.valid_until) == ("clear", "", date(2026, 6, 3))
    old = controlled_check("clear", checked, checked + timedelta(days=31), BOOK)
    assert (old.state, old.needs_person) == ("unchecked", True)
    assert "устарела" in old.sign


def test_hit_stays_a_hit_however_old_and_asks_for_a_person() -> None:
    found = controlled_check("found", date(2025, 3, 1), TODAY, BOOK)
    assert (found.state, found.needs_person) == ("found", True)
    assert "нужен человек" in found.sign
    assert "Решение не принимает программа" in found.sign
    assert any("30 000" in one for one in found.restrictions)


def test_unchecked_or_checked_tomorrow_is_unchecked() -> None:
    assert controlled_check("unchecked", None, TODAY, BOOK).state == "unchecked"
    assert controlled_check("clear", None, TODAY, BOOK).state == "unchecked"
    assert controlled_check("clear", TODAY + timedelta(days=1), TODAY, BOOK).state == "unchecked"


def test_register_does_not_exist_before_february_2025() -> None:
    with pytest.raises(NoRuleForDay):
        controlled_check("clear", date(2025, 2, 4), date(2025, 2, 4), BOOK)


def test_january_tax_takes_only_its_own_sum_of_the_advance() -> None:
    """60 000 × 13 % = 7 800; advance 10 000: nothing withheld, 2 200 serve later months."""
    assert withholding(780_000, 1_000_000) == (780_000, 0, 220_000)


def test_year_of_twelve_advances() -> None:
    """12 × 100 000 × 13 % = 156 000; 12 × 10 000 advances: 36 000 withheld."""
    assert withholding(15_600_000, 12_000_000) == (12_000_000, 3_600_000, 0)


@given(tax=st.integers(0, 10**9), advances=st.integers(0, 10**9))
def test_what_is_withheld_and_credited_make_the_tax(tax: int, advances: int) -> None:
    found = withholding(tax, advances)
    assert found.credit + found.withheld == tax
    assert found.credit + found.unused == advances
    assert min(found) >= 0


def test_negative_tax_is_a_bug() -> None:
    with pytest.raises(ValueError):
        withholding(-1, 0)
