"""The latest safe day of each step of a route, counted back from the terms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arm.casework import reference
from arm.law.facts import StayFacts
from arm.law.planner import DURATION, Plan, PlannedStep, Step, as_text, plan
from arm.law.rulebook import open_rulebook

BOOK = open_rulebook()
WORKER = StayFacts(citizenship="UZB", entered_on=date(2026, 5, 4), purpose="work", route="patent")
"""Entered on Monday 4 May: application, examination and fingerprints by 2 June, 90 days by
1 August."""


def left_of(route: str, *done: str) -> list[Step]:
    known = reference.route(route)
    assert known is not None
    return [
        Step(step.code, step.title, step.after, step.wait or DURATION)
        for step in known.steps
        if step.code not in done
    ]


def steps(found: Plan) -> dict[str, PlannedStep]:
    return {step.code: step for step in found.steps}


def test_each_step_is_counted_back_from_what_needs_it() -> None:
    found = plan(WORKER, left_of("patent"), date(2026, 5, 5), BOOK)
    latest = {code: step.latest for code, step in steps(found).items()}
    assert latest == {
        "registration": date(2026, 5, 18),  # 15 days with the day of entry
        "medical": date(2026, 5, 28),  # 3 working days before the application
        "exam": date(2026, 5, 29),  # 2 working days before it
        "fingerprints": date(2026, 6, 2),
        "patent_application": date(2026, 6, 2),  # 30 days from the entry
        "patent_payment": date(2026, 7, 30),  # seen before the patent is handed out
        "patent_issue": date(2026, 7, 31),  # Friday: the 90th day is Saturday 1 August
    }
    assert found.in_time
    assert not found.advice
    assert [step.code for step in found.steps][:2] == ["registration", "medical"]


def test_free_days_are_counted_from_today() -> None:
    exam = steps(plan(WORKER, left_of("patent"), date(2026, 5, 5), BOOK))["exam"]
    # 6–8, 12–15, 18–22, 25–29 May: 11 May is off for Saturday the 9th
    assert (exam.free_days, exam.free_working_days) == (24, 17)


def test_the_day_is_explained_by_the_step_that_needs_it_day_by_day() -> None:
    medical = steps(plan(WORKER, left_of("patent"), date(2026, 5, 5), BOOK))["medical"]
    first = medical.bounds[0]
    assert (first.kind, first.of) == ("step", "patent_application")
    assert first.why is not None
    assert [day.on for day in first.why.days] == [
        date(2026, 5, 28) + timedelta(days=n) for n in range(6)
    ]
    # 29 May, 1 June and the day of the need itself: the result is there on the third working day
    assert [day.label for day in first.why.days if day.kind in ("counted", "last")] == [
        "1-й", "2-й", "3-й, срок",
    ]  # fmt: skip
    assert first.why.act == "Настройка центра, законом не установлена"
    assert {bound.kind for bound in medical.bounds} == {"step", "term", "stay"}


def test_a_patent_is_issued_in_ten_working_days_by_its_act() -> None:
    found = plan(WORKER, left_of("patent"), date(2026, 5, 5), BOOK)
    wait = steps(found)["patent_application"].wait
    assert wait is not None
    assert (wait.integer("days"), wait.has("setting")) == (10, False)
    assert (wait.act, wait.confidence) == ("Приказ МВД России от 05.10.2020 № 695", "H")


def test_a_missed_term_is_said_and_the_rest_is_counted_without_it() -> None:
    late = plan(WORKER, left_of("patent", "registration"), date(2026, 6, 8), BOOK)
    found = steps(late)
    application = found["patent_application"]
    assert not late.in_time
    assert [bound.of for bound in application.missed] == ["patent_application"]
    # filed by 17 July, the patent is there before the stay ends
    assert application.latest == date(2026, 7, 17)
    assert application.earliest == date(2026, 6, 11)
    said = {advice.of: advice.text for advice in late.advice}
    assert "штраф" in said["patent_application"]
    assert "stay" not in said
    assert found["exam"].in_time


def test_no_room_before_the_end_of_the_stay_is_said_plainly() -> None:
    late = plan(WORKER, left_of("patent"), date(2026, 7, 27), BOOK)
    issue = steps(late)["patent_issue"]
    assert not issue.in_time
    assert issue.latest is not None
    assert issue.latest < issue.earliest
    assert "stay" in {advice.of for advice in late.advice}
    assert "первый возможный день" in as_text(late, "План")


def test_a_step_that_is_passed_binds_nobody() -> None:
    found = steps(plan(WORKER, left_of("patent", "medical"), date(2026, 5, 5), BOOK))
    assert "medical" not in found
    assert found["patent_application"].earliest == date(2026, 5, 7)  # the exam takes two days


def test_a_payment_of_a_patent_in_hand_is_due_by_its_paid_day() -> None:
    holder = replace(
        WORKER, permit_type="patent", permit_issued_on=date(2026, 6, 1),
        permit_until=date(2027, 5, 31), paid_through=date(2026, 6, 30),
    )  # fmt: skip
    (payment,) = plan(holder, left_of("patent")[-1:], date(2026, 6, 10), BOOK).steps
    assert payment.code == "patent_payment"
    assert payment.latest == date(2026, 6, 30)  # a Tuesday; the 90 days last longer
    assert [bound.of for bound in payment.bounds] == ["patent_payment", "stay"]


def test_nobody_plans_for_a_closed_case_or_a_person_who_left() -> None:
    for facts in (replace(WORKER, closed=True), replace(WORKER, left_on=date(2026, 5, 20))):
        assert plan(facts, left_of("patent"), date(2026, 5, 25), BOOK).steps == ()


def test_without_a_known_end_only_the_first_possible_day_is_said() -> None:
    (step, *_) = plan(StayFacts(), left_of("consultation") or left_of("residence"),
                      date(2026, 5, 9), BOOK).steps  # fmt: skip
    assert step.latest is None
    assert step.earliest == date(2026, 5, 12)  # 9 May is a Saturday, Monday the 11th is off


def test_steps_that_need_each_other_are_refused() -> None:
    circle = [Step("a", "А", ("b",)), Step("b", "Б", ("a",))]
    with pytest.raises(ValueError, match="each other"):
        plan(WORKER, circle, date(2026, 5, 5), BOOK)


def test_every_route_names_steps_of_its_own_and_goes_round_in_no_circle() -> None:
    for route in reference.routes():
        codes = {step.code for step in route.steps}
        assert all(codes.issuperset(step.after) for step in route.steps), route.code
        found = plan(WORKER, left_of(route.code), date(2026, 5, 5), BOOK)
        assert len(found.steps) == len(route.steps)


ROUTES = st.sampled_from(["patent", "study", "residence", "eaeu_work", "family"])
SITUATIONS = st.builds(
    StayFacts,
    citizenship=st.sampled_from(["UZB", "TJK", "KGZ", "BLR", "VNM", "MDA"]),
    entered_on=st.dates(date(2025, 1, 1), date(2027, 6, 30)),
    purpose=st.sampled_from(["work", "study", "private"]),
    stay_until=st.one_of(st.none(), st.dates(date(2025, 6, 1), date(2028, 1, 1))),
)
DAYS_SINCE = st.integers(0, 150)


def planned(facts: StayFacts, route: str, since: int) -> Plan:
    assert facts.entered_on is not None
    on = facts.entered_on + timedelta(days=since)
    return plan(replace(facts, route=route), left_of(route), on, BOOK)


@given(SITUATIONS, ROUTES, DAYS_SINCE)
def test_a_result_is_always_there_for_the_step_that_needs_it(
    facts: StayFacts, route: str, since: int
) -> None:
    found = steps(planned(facts, route, since))
    after = {step.code: step.after for step in left_of(route)}
    for code, step in found.items():
        for needed in (found[one] for one in after[code]):
            if step.latest is None:
                continue
            assert needed.latest is not None
            days = needed.wait.integer("days") if needed.wait else 0
            ready = needed.latest
            if needed.wait is not None and days:
                by_calendar = needed.wait.text("unit") == "calendar_before"
                ready = (
                    ready + timedelta(days=days)
                    if by_calendar
                    else BOOK.calendar.working_day_after(ready, days)
                )
            assert ready <= step.latest


@given(SITUATIONS, ROUTES, DAYS_SINCE, st.integers(1, 40))
def test_a_later_today_never_gives_an_earlier_latest_day(
    facts: StayFacts, route: str, since: int, more: int
) -> None:
    now, later = steps(planned(facts, route, since)), steps(planned(facts, route, since + more))
    for code, step in now.items():
        held, moved = step.latest, later[code].latest
        assert (held is None) == (moved is None) or held is not None
        if held is not None and moved is not None:
            assert moved >= held
            assert later[code].earliest >= step.earliest


@given(SITUATIONS, ROUTES, DAYS_SINCE)
def test_only_working_days_are_named(facts: StayFacts, route: str, since: int) -> None:
    for step in planned(facts, route, since).steps:
        days = [step.earliest, *(bound.day for bound in (*step.bounds, *step.missed))]
        assert all(BOOK.calendar.is_working(day) for day in days)


@given(SITUATIONS, ROUTES, DAYS_SINCE)
def test_the_latest_day_is_the_first_of_its_reasons(
    facts: StayFacts, route: str, since: int
) -> None:
    for step in planned(facts, route, since).steps:
        assert step.latest == min((bound.day for bound in step.bounds), default=None)
