"""Each rule by its name: what it wants, and that its days add up to its answer."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arm.law import deadlines as rules_of_stay
from arm.law.catalogue import (
    EVENTS,
    FACTS,
    RULES,
    FactMissing,
    NoDeadline,
    UnknownRule,
    deadline,
    fact_example,
    is_counted,
    rule_named,
)
from arm.law.deadlines import Term
from arm.law.facts import StayFacts
from arm.law.rulebook import open_rulebook
from arm.law.typed import FactUnreadable, UnknownFact

BOOK = open_rulebook()
DAYS = st.dates(date(2025, 3, 1), date(2027, 10, 1))
WORKER = {"citizenship": "UZB", "entered_on": "2026-05-03", "purpose": "work"}
GUEST = {"citizenship": "UZB", "entered_on": "2026-05-03"}
ENOUGH = {
    "registration": (GUEST, "2026-05-17"),  # 15 days, the day of entry is the first
    "registration_expiry": ({"registration_until": "2026-05-13"}, "2026-05-13"),
    "fingerprints": (WORKER, "2026-06-01"),  # 30 days, the day of entry is the first
    "medical": (WORKER, "2026-06-01"),
    "medical_expiry": ({"medical_until": "2026-06-01"}, "2026-06-01"),
    "patent_application": (WORKER, "2026-06-01"),
    # issued on the 10th, paid to the 9th of the next month (УМВД Тульской, 05.03.2026)
    "patent_payment": ({"permit_type": "patent", "permit_issued_on": "2026-03-10"}, "2026-04-09"),
    # ten working days remain: 16–18, 21–25, 28 and 29 December
    "patent_reissue": ({"permit_type": "patent", "permit_until": "2026-12-30"}, "2026-12-16"),
    "permit_expiry": ({"permit_type": "trp", "permit_until": "2027-02-01"}, "2027-02-01"),
    "stay_limit": (GUEST, "2026-07-31"),  # 90 days: 29 of May, 30 of June, 31 of July
    "document_expiry": ({"document_until": "2027-01-01"}, "2027-01-01"),
    "insurance_expiry": ({"insurance_until": "2027-01-01"}, "2027-01-01"),
    "medical_validity": ({"medical_on": "2026-05-04"}, "2027-05-03"),  # a year, the first day is it
    # 5–8, 12–15, 18 and 19 May: 9–11 May are off
    "patent_issue": ({"patent_applied_on": "2026-05-04"}, "2026-05-19"),
    "patent_duplicate": ({"patent_duplicate_asked_on": "2026-04-29"}, "2026-05-05"),
    "patent_cancellation": ({"patent_cancel_asked_on": "2026-09-16"}, "2026-09-21"),
    "patent_change": ({"patent_data_changed_on": "2026-04-30"}, "2026-05-13"),  # 11 May is off
    "patent_contract_copy": ({"patent_received_on": "2026-03-10"}, "2026-05-09"),
    "exam_expiry": ({"exam_on": "2026-05-04"}, "2029-05-03"),
    "data_change": ({"data_changed_on": "2025-04-30"}, "2025-05-15"),  # both May blocks
    "institution_departure": ({"institution_left_on": "2026-06-10"}, "2026-06-11"),
    "worker_departure": ({"worker_left_on": "2026-04-30"}, "2026-05-13"),
    "contract_notice": ({"contract_concluded_on": "2026-09-16"}, "2026-09-21"),  # 17, 18, 21
    "contract_end_notice": ({"contract_ended_on": "2026-10-30"}, "2026-11-05"),  # 2, 3, 5
    "salary_notice": ({"salary_quarter_on": "2026-12-01"}, "2027-01-29"),  # 31 January is Sunday
    "tax_notice": ({"tax_notice_asked_on": "2026-05-04"}, "2026-05-19"),
    "study_leave_notice": ({"academic_leave_on": "2026-09-18"}, "2026-09-23"),  # 21, 22, 23
    "study_end_notice": ({"study_terminated_on": "2026-08-01"}, "2026-08-05"),  # Saturday: 3, 4, 5
    "study_completion_notice": ({"study_completed_on": "2026-06-30"}, "2026-07-03"),
    "student_missing_notice": ({"student_missing_on": "2027-02-18"}, "2027-02-24"),
    "study_extension": ({"study_stay_until": "2026-07-31"}, "2026-07-11"),  # 20 days remain
    "graduate_stay": ({"graduated_on": "2026-07-01"}, "2026-07-30"),
    "expelled_leave": ({"expelled_on": "2026-06-01"}, "2026-06-07"),
    # 31 + 31 + 30 + 31 + 30 days to 30 November, 27 more
    "trp_education_end": ({"trp_programme_ended_on": "2026-06-30"}, "2026-12-27"),
    "prp_application": ({"trp_graduated_on": "2026-07-01"}, "2029-06-30"),
    "pd_answer": ({"pd_asked_on": "2026-05-04"}, "2026-05-19"),
    "pd_answer_extended": ({"pd_asked_extended_on": "2026-05-04"}, "2026-05-26"),
    "pd_correction": ({"pd_wrong_on": "2026-04-30"}, "2026-05-13"),
    "pd_goal_destruction": ({"pd_goal_met_on": "2026-05-04"}, "2026-06-03"),
    "pd_withdrawal_destruction": ({"pd_withdrawn_on": "2026-05-04"}, "2026-06-03"),
    "pd_leak_notice": ({"pd_leak_found_on": "2026-05-04"}, "2026-05-05"),
    "pd_leak_findings": ({"pd_leak_found_on": "2026-05-04"}, "2026-05-07"),
    "consent_keep": ({"consent_ended_on": "2026-05-04"}, "2029-05-04"),
    "destruction_keep": ({"pd_destroyed_on": "2026-02-28"}, "2029-02-28"),
}


@pytest.mark.parametrize("name", RULES)
def test_rule_answers_from_the_facts_it_wants(name: str) -> None:
    typed, due = ENOUGH[name]
    assert set(typed) == set(RULES[name].wants)
    term = deadline(RULES[name], typed, BOOK)
    assert term.due_on == date.fromisoformat(due)
    assert term.explanation.act


@pytest.mark.parametrize(
    ("name", "fact"), [(r.id, fact) for r in RULES.values() for fact in r.wants]
)
def test_rule_names_the_fact_it_lacks(name: str, fact: str) -> None:
    typed = {**ENOUGH[name][0], fact: ""}
    with pytest.raises(FactMissing) as caught:
        deadline(RULES[name], typed, BOOK)
    assert fact in caught.value.title_text
    assert fact_example(fact) in caught.value.advice_text


def test_every_rule_of_the_stay_is_in_the_catalogue() -> None:
    """Each function of the rules answers somebody here, and only by catalogued names."""
    read = [
        StayFacts(
            **{k: date.fromisoformat(v) if v[0] == "2" else v for k, v in typed.items()}  # type: ignore[arg-type]
        )
        for typed, _ in ENOUGH.values()
        if not set(typed) & set(EVENTS)
    ]
    for rule in rules_of_stay._RULES:
        said = {term.rule for facts in read if (term := rule(facts, BOOK)) is not None}
        assert said, rule.__name__
        assert said <= set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_counted_days_are_as_many_as_the_act_says(name: str) -> None:
    why = deadline(RULES[name], ENOUGH[name][0], BOOK).explanation
    assert why.row is not None
    counted = [day.on for day in why.days if is_counted(day, why.unit)]
    assert len(counted) == why.row.integer("days")
    assert why.due_on in [day.on for day in why.days]


def on_day(name: str, on: date) -> Term:
    """What a rule answers if its one date is ``on``."""
    typed = {k: on.isoformat() if v[0] == "2" else v for k, v in ENOUGH[name][0].items()}
    return deadline(RULES[name], typed, BOOK)


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=25, deadline=None)
@given(on=DAYS)
def test_days_add_up_to_the_answer_whatever_the_day(name: str, on: date) -> None:
    """As many days counted as the act says, the last of them the term, none twice, none missing."""
    why = on_day(name, on).explanation
    assert why.row is not None
    days = why.days
    counted = [day.on for day in days if is_counted(day, why.unit)]
    assert len(counted) == why.row.integer("days")
    assert [day.on for day in days if day.kind == "last"] == [why.due_on]
    assert [day.on for day in days] == sorted({day.on for day in days})
    if why.unit not in ("months", "after_quarter"):
        span = abs((days[-1].on - days[0].on).days) + 1
        assert len(days) == span


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=25, deadline=None)
@given(on=DAYS, later=st.integers(1, 40))
def test_a_later_event_never_falls_due_earlier(name: str, on: date, later: int) -> None:
    after = on + timedelta(days=later)
    assert on_day(name, on).due_on <= on_day(name, after).due_on


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2025, 1, 1), date(2027, 6, 1)), st.sampled_from(["UZB", "TJK", "MDA", "KGZ"]))
def test_registration_of_each_citizenship_never_runs_backwards(on: date, citizenship: str) -> None:
    facts = {"citizenship": citizenship, "entered_on": on.isoformat()}
    later = {**facts, "entered_on": date.fromordinal(on.toordinal() + 1).isoformat()}
    rule = RULES["registration"]
    assert deadline(rule, facts, BOOK).due_on <= deadline(rule, later, BOOK).due_on


def test_earlier_visits_of_the_year_shorten_the_stay() -> None:
    """10 January – 8 February is 30 days; 60 are left, the 60th after 3 May is 1 July."""
    facts = {**GUEST, "visits": "2026-01-10/2026-02-08,2026-05-03"}
    term = deadline(RULES["stay_limit"], facts, BOOK)
    assert term.due_on == date(2026, 7, 1)
    assert "30" in term.explanation.note


def test_registered_person_needs_no_registration() -> None:
    facts = {**GUEST, "registered_on": "2026-05-05"}
    with pytest.raises(NoDeadline):
        deadline(RULES["registration"], facts, BOOK)


def test_misspelt_rule_fact_or_value_is_refused_with_what_is_right() -> None:
    with pytest.raises(UnknownRule) as unknown:
        rule_named("registraton")
    assert "registration" in unknown.value.advice_text
    with pytest.raises(UnknownFact) as fact:
        deadline(RULES["registration"], {**GUEST, "entered": "2026-05-03"}, BOOK)
    assert "entered_on" in fact.value.advice_text
    for value in ("3.05.26", "2026-02-30", "0026-05-03", "9999-12-31"):
        with pytest.raises(FactUnreadable) as day:
            deadline(RULES["registration"], {**GUEST, "entered_on": value}, BOOK)
        assert "2026-05-04" in day.value.advice_text
    with pytest.raises(FactUnreadable):
        deadline(RULES["stay_limit"], {**GUEST, "visits": "январь"}, BOOK)
    with pytest.raises(FactUnreadable) as code:
        deadline(RULES["registration"], {**GUEST, "citizenship": "Узбекистан"}, BOOK,
                 {"citizenship": ["UZB", "TJK"]})  # fmt: skip
    assert "UZB|TJK" in code.value.advice_text


def test_facts_of_the_catalogue_are_facts_of_a_stay() -> None:
    known = {one.name for one in fields(StayFacts)} | set(EVENTS)
    assert set(FACTS) <= known
    for rule in RULES.values():
        assert {*rule.wants, *rule.reads} <= set(FACTS)
