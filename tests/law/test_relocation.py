"""Impatriants: who may move by which decree, each member's own terms; bills that are not law."""

from __future__ import annotations

import ast
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import arm.law
from arm.casework import reference
from arm.law.catalogue import RULES
from arm.law.facts import StayFacts
from arm.law.ndfl import monthly_amount
from arm.law.pending import family_payment_if_adopted, pending_bills
from arm.law.relocation import DECREES, Member, family_route, grounds
from arm.law.rulebook import open_rulebook
from arm.law.tables import LAW_FOLDER

BOOK = open_rulebook(LAW_FOLDER)
TODAY = date(2026, 5, 4)


def kinds(member: Member, on: date = TODAY) -> dict[str, str]:
    return {one.decree: one.kind for one in grounds(member, on, BOOK)}


def of(state: str | None, **more: object) -> Member:
    return Member("заявитель", StayFacts(citizenship=state), **more)  # type: ignore[arg-type]


def test_list_of_decree_702_has_its_47_states_and_not_three_others() -> None:
    states = BOOK.tables.table("relocation.state").keys()
    assert len(states) == 47
    assert {"DEU", "USA", "JPN"} <= set(states)
    assert not {"HUN", "SVK", "TUR"} & set(states)
    known = {code for code, _ in reference.country_choices()}
    assert set(states) <= known


def test_citizen_or_resident_of_a_listed_state_may_ask() -> None:
    assert kinds(of("DEU"))["702"] == "open"
    assert kinds(of("IND", resident_of="DEU"))["702"] == "open"
    assert kinds(of("TUR"))["702"] == "no"
    assert kinds(of(None))["702"] == "ask"
    assert "2560-р" in grounds(of("DEU"), TODAY, BOOK)[0].act


def test_decree_883_begins_in_april_2026_and_a_commission_decides() -> None:
    assert "883" not in kinds(of("TUR"), date(2026, 4, 14))
    assert kinds(of("TUR"), date(2026, 4, 15))["883"] == "open"


def test_steps_of_702_count_from_the_visa_and_from_the_permit() -> None:
    """Visa from 1 March for 3 months: to 31 May. РВП on 20.05.2026: ВНЖ not before 20.05.2027."""
    events = {"visa_from": date(2026, 3, 1), "trp_on": date(2026, 5, 20)}
    (route,) = family_route("702", (of("DEU", events=events),), TODAY, BOOK)
    steps = {step.key: step for step in route.steps}
    assert list(steps) == ["702.visa", "702.registration", "702.trp", "702.work", "702.prp"]
    assert steps["702.visa"].due_on == date(2026, 5, 31)
    assert steps["702.trp"].due_on == date(2026, 5, 31)
    assert steps["702.prp"].not_before == date(2027, 5, 20)
    assert steps["702.prp"].due_on is None
    why = steps["702.prp"].explanation
    assert why is not None
    assert [day.on for day in why.days][-1] == date(2027, 5, 20)
    assert len(why.days) == 13  # the event and twelve months


def test_decision_by_883_takes_up_to_125_days() -> None:
    """15 April + 125 days: 15 of April, 31, 30, 31 to the end of July = 107, 18 August = 125."""
    asked = of("TUR", events={"petition_on": date(2026, 4, 15)})
    (route,) = family_route("883", (asked,), TODAY, BOOK)
    step = next(step for step in route.steps if step.key == "883.decision")
    assert step.due_on == date(2026, 8, 18)
    assert (step.confidence, "95" in step.note) == ("M", True)


def test_each_member_of_a_family_has_terms_of_its_own() -> None:
    family = (
        Member("заявитель", StayFacts(citizenship="DEU", entered_on=date(2026, 5, 4))),
        Member("муж", StayFacts(citizenship="KAZ", entered_on=date(2026, 5, 2))),
        Member("дочь", StayFacts(citizenship="DEU")),
    )
    own, husband, child = family_route("702", family, TODAY, BOOK)
    days = [
        next(term.due_on for term in route.terms if term.rule == "registration")
        for route in (own, husband)
    ]
    assert days == [date(2026, 5, 14), date(2026, 5, 31)]  # 7 working days; 30 days of the EAEU
    assert child.terms == ()
    assert len(child.steps) == len(own.steps)


@pytest.mark.parametrize("decree", DECREES)
def test_every_step_names_its_act_and_who_acts(decree: str) -> None:
    (route,) = family_route(decree, (of("DEU"),), TODAY, BOOK)  # type: ignore[arg-type]
    assert route.steps
    assert all(step.act and step.who and step.confidence in "HML" for step in route.steps)


def test_bills_are_shown_with_how_far_they_got() -> None:
    bills = {bill.key: bill for bill in pending_bills(TODAY, BOOK)}
    assert {"medical_30_days", "family_advances", "ruid"} <= set(bills)
    assert "Первое чтение" in bills["medical_30_days"].status
    assert bills["ruid"].confidence == "L"
    assert pending_bills(date(2025, 12, 31), BOOK) == ()


def test_family_advance_is_only_what_it_would_be() -> None:
    """Moscow, two children: 10 000 + 2 × 5 000 = 20 000; the payment itself stays 10 000."""
    monthly = monthly_amount("77", TODAY, BOOK.tables).amount
    assert family_payment_if_adopted(monthly, 2, TODAY, BOOK) == Decimal(20_000)
    assert monthly == Decimal(10_000)


def test_no_rule_computes_with_a_bill() -> None:
    """Only the module that shows bills names their table; no rule reads it."""
    assert not [rule.id for rule in RULES.values() if any("pending." in t for t in rule.tables)]
    named = {
        path.name
        for path in Path(arm.law.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("pending.")
    }
    assert named == {"pending.py"}
