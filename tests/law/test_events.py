"""«This happened, so that is due»: what settles a term, who owes it, what it says of doubts."""

from __future__ import annotations

from datetime import date

import pytest

from arm.law.catalogue import EVENTS
from arm.law.deadlines import deadlines
from arm.law.events import EVENT_RULES
from arm.law.explanation import Explanation, restore
from arm.law.facts import StayFacts
from arm.law.rulebook import open_rulebook
from arm.places import RESOURCES

BOOK = open_rulebook()


def owed(**events: date) -> dict[str, Explanation]:
    facts = StayFacts(events=events)
    return {term.rule: term.explanation for term in deadlines(facts, BOOK)}


def test_every_event_rule_has_its_row_its_icon_and_facts_that_are_explained() -> None:
    for rule in EVENT_RULES:
        row = BOOK.find(rule.table, date(2026, 5, 4), rule.key)
        assert row is not None, rule.id
        assert {rule.fact, rule.done or rule.fact} <= set(EVENTS)
        assert (RESOURCES / "icons" / f"{rule.icon}.svg").exists(), rule.id
    assert {rule.fact for rule in EVENT_RULES} | {rule.done for rule in EVENT_RULES} - {""} == set(
        EVENTS
    )


@pytest.mark.parametrize(
    ("event", "due"),
    [
        ("2026-09-16", "2026-09-21"),  # Wednesday: 17, 18, 21
        ("2026-08-01", "2026-08-05"),  # Saturday: 3, 4, 5
        ("2026-09-18", "2026-09-23"),  # Friday: 21, 22, 23
        ("2026-10-30", "2026-11-05"),  # Friday: 2, 3, 5; 4 November is a holiday
        ("2024-12-27", "2025-01-10"),  # 28 December is a working Saturday, then New Year
    ],
)
def test_employer_has_three_working_days_for_either_notice(event: str, due: str) -> None:
    on = date.fromisoformat(event)
    assert owed(contract_concluded_on=on)["contract_notice"].due_on == date.fromisoformat(due)
    assert owed(contract_ended_on=on)["contract_end_notice"].due_on == date.fromisoformat(due)


def test_notice_that_was_sent_settles_only_the_event_before_it() -> None:
    concluded = date(2026, 9, 16)
    assert not owed(contract_concluded_on=concluded, conclusion_notified_on=date(2026, 9, 17))
    again = owed(contract_concluded_on=concluded, conclusion_notified_on=date(2025, 9, 17))
    assert list(again) == ["contract_notice"]


def test_since_september_2026_the_form_of_the_notice_is_in_doubt_and_the_screen_says_so() -> None:
    before = owed(contract_concluded_on=date(2026, 8, 31))["contract_notice"]
    after = owed(contract_concluded_on=date(2026, 9, 1))["contract_notice"]
    assert (before.confidence, before.note) == ("H", "")
    assert "№ 536" in before.act
    assert after.confidence == "M"
    assert "№ 290" in after.act
    assert "Сверьте бланк" in after.note


def test_notice_of_a_university_names_the_order_that_nobody_found() -> None:
    why = owed(study_terminated_on=date(2026, 9, 18))["study_end_notice"]
    assert why.confidence == "L"
    assert "нового не найден" in why.note
    assert owed(study_terminated_on=date(2022, 3, 1))["study_end_notice"].confidence == "M"


def test_leak_has_a_first_and_a_second_notice() -> None:
    found = owed(pd_leak_found_on=date(2026, 5, 8))
    assert found["pd_leak_notice"].due_on == date(2026, 5, 9)  # 24 hours, a holiday or not
    assert found["pd_leak_findings"].due_on == date(2026, 5, 11)  # 72 hours
    assert "выходной" in found["pd_leak_notice"].note


def test_what_others_owe_remains_after_the_person_left_and_their_own_terms_do_not() -> None:
    facts = StayFacts(
        entered_on=date(2026, 5, 1),
        left_on=date(2026, 9, 20),
        events={"contract_ended_on": date(2026, 9, 18), "expelled_on": date(2026, 9, 18)},
    )
    assert [term.rule for term in deadlines(facts, BOOK)] == ["contract_end_notice"]


def test_closed_case_asks_for_nothing() -> None:
    facts = StayFacts(closed=True, events={"contract_ended_on": date(2026, 9, 18)})
    assert deadlines(facts, BOOK) == []


def test_two_months_from_the_last_of_december_end_in_february() -> None:
    """31.12 + 2 months: February has no 31st; the day before its last day is the cautious one."""
    why = owed(patent_received_on=date(2025, 12, 31))["patent_contract_copy"]
    assert why.due_on == date(2026, 2, 27)
    assert [day.label for day in why.days] == ["выдача", "1 мес.", "2 мес., срок"]
    assert [day.on for day in why.days][1] == date(2026, 1, 30)


def test_explanation_of_every_event_survives_its_short_form() -> None:
    for rule in EVENT_RULES:
        why = owed(**{rule.fact: date(2026, 5, 4)})[rule.id]
        assert restore(why.to_json(), BOOK) == why
