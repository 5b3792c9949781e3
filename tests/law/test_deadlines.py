"""Situations of people at the centre: what they must do, by which day, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arm.law.deadlines import Term, deadlines, status
from arm.law.explanation import restore
from arm.law.facts import StayFacts, Visit
from arm.law.rulebook import open_rulebook
from arm.law.stay import days_before

BOOK = open_rulebook()
TODAY = date(2026, 5, 5)


def terms(facts: StayFacts) -> dict[str, Term]:
    return {term.rule: term for term in deadlines(facts, BOOK)}


def worker(citizenship: str, entered: date, **more: object) -> StayFacts:
    return StayFacts(citizenship=citizenship, entered_on=entered, purpose="work", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("citizenship", "entered", "due"),
    [
        ("AZE", date(2026, 4, 21), date(2026, 4, 30)),  # 7 working days, the day after is first
        ("MDA", date(2026, 4, 23), date(2026, 5, 5)),  # over the May holidays
        ("TJK", date(2026, 5, 3), date(2026, 5, 18)),  # 15 days after arrival
        ("UZB", date(2026, 5, 3), date(2026, 5, 17)),  # 15 days, the day of entry is first
        ("UZB", date(2022, 6, 3), date(2022, 6, 15)),  # before the agreement: 7 working days
        ("KGZ", date(2026, 5, 1), date(2026, 5, 30)),  # EAEU: 30 days
        ("BLR", date(2026, 5, 1), date(2026, 7, 29)),  # Belarus: 90 days
        ("VNM", date(2026, 4, 30), date(2026, 5, 13)),
    ],
)
def test_registration_term_by_citizenship(citizenship: str, entered: date, due: date) -> None:
    assert terms(worker(citizenship, entered))["registration"].due_on == due


def test_registration_counts_again_after_a_move() -> None:
    facts = replace(
        worker("UZB", date(2026, 3, 1)),
        arrived_on=date(2026, 4, 20),
        registered_on=date(2026, 3, 5),
        registration_removed_on=date(2026, 4, 20),
    )
    term = terms(facts)["registration"]
    assert term.due_on == date(2026, 5, 4)
    assert term.explanation.event == "Прибытие в место пребывания"


def test_belarus_is_marked_as_unconfirmed_and_warned_of() -> None:
    why = terms(worker("BLR", date(2026, 5, 1)))["registration"].explanation
    assert not why.confirmed
    assert "25-му дню" in why.note


def test_registered_person_has_the_end_of_registration_instead() -> None:
    facts = worker(
        "UZB", date(2025, 12, 20), registered_on=date(2025, 12, 22),
        registration_until=date(2026, 5, 13),
    )  # fmt: skip
    found = terms(facts)
    assert "registration" not in found
    assert found["registration_expiry"].due_on == date(2026, 5, 13)


def test_worker_is_examined_within_30_days_of_entry() -> None:
    found = terms(worker("TJK", date(2026, 4, 6)))
    assert found["fingerprints"].due_on == date(2026, 5, 5)
    assert found["medical"].due_on == date(2026, 5, 5)


def test_patent_is_applied_for_within_30_days_of_entry() -> None:
    found = terms(worker("UZB", date(2026, 4, 7)))
    assert found["patent_application"].due_on == date(2026, 5, 6)


def test_eaeu_worker_needs_no_patent_but_is_examined() -> None:
    found = terms(worker("KGZ", date(2026, 4, 7)))
    assert "patent_application" not in found
    assert "medical" in found


def test_belarusian_and_small_child_are_not_examined() -> None:
    assert "fingerprints" not in terms(worker("BLR", date(2026, 4, 7)))
    child = StayFacts(
        citizenship="UZB", entered_on=date(2026, 4, 7), purpose="private",
        stay_until=date(2026, 12, 1), birth_date=date(2021, 1, 1),
    )  # fmt: skip
    assert "medical" not in terms(child)
    assert "medical" in terms(replace(child, birth_date=date(2019, 1, 1)))


def test_short_private_visit_needs_no_examination_long_one_within_90_days() -> None:
    guest = StayFacts(citizenship="UZB", entered_on=date(2026, 4, 7), purpose="private")
    assert "medical" not in terms(guest)
    student = replace(guest, purpose="study", route="study")
    assert terms(student)["medical"].due_on == date(2026, 7, 5)


def test_medical_paper_brings_its_own_end() -> None:
    found = terms(
        worker(
            "TJK", date(2026, 4, 6), medical_on=date(2026, 4, 10),
            medical_until=date(2027, 4, 9), fingerprints_on=date(2026, 4, 10),
        )
    )  # fmt: skip
    assert "medical" not in found
    assert "fingerprints" not in found
    assert found["medical_expiry"].due_on == date(2027, 4, 9)


def patent(paid: date | None = date(2026, 5, 13)) -> StayFacts:
    return worker(
        "UZB", date(2025, 12, 20), permit_type="patent", permit_issued_on=date(2026, 1, 14),
        permit_until=date(2027, 1, 13), paid_through=paid,
    )  # fmt: skip


def test_patent_is_paid_before_the_last_paid_day() -> None:
    term = terms(patent())["patent_payment"]
    assert term.due_on == date(2026, 5, 13)
    assert term.detail.startswith("5-й месяц")


def test_patent_without_payments_is_covered_for_its_first_month() -> None:
    assert terms(patent(paid=None))["patent_payment"].due_on == date(2026, 2, 13)


def test_fully_paid_patent_asks_for_no_payment_but_for_reissue() -> None:
    found = terms(patent(paid=date(2027, 1, 13)))
    assert "patent_payment" not in found
    assert found["patent_reissue"].due_on == date(2026, 12, 21)


def test_settled_visitor_who_left_has_no_terms() -> None:
    gone = replace(worker("TJK", date(2026, 4, 6)), left_on=date(2026, 4, 20))
    assert deadlines(gone, BOOK) == []


def test_closed_case_has_no_terms() -> None:
    assert deadlines(replace(worker("TJK", date(2026, 4, 6)), closed=True), BOOK) == []


def test_stay_of_90_days_ends_on_the_ninetieth() -> None:
    assert terms(worker("AZE", date(2026, 4, 21)))["stay_limit"].due_on == date(2026, 7, 19)


def test_earlier_visits_of_the_year_shorten_the_stay() -> None:
    visits = (Visit(date(2026, 1, 10), date(2026, 2, 8)), Visit(date(2026, 4, 21)))
    facts = worker("AZE", date(2026, 4, 21), visits=visits)
    assert days_before(visits, date(2026, 4, 21), by_year=True) == 30
    assert terms(facts)["stay_limit"].due_on == date(2026, 6, 19)


def test_visits_of_last_year_do_not_count_since_2025() -> None:
    visits = (Visit(date(2025, 10, 1), date(2025, 12, 20)), Visit(date(2026, 1, 15)))
    facts = worker("AZE", date(2026, 1, 15), visits=visits)
    assert terms(facts)["stay_limit"].due_on == date(2026, 4, 14)


def test_explanation_shows_each_counted_and_skipped_day() -> None:
    days = terms(worker("MDA", date(2026, 4, 23)))["registration"].explanation.days
    shown = [(f"{day.on:%d.%m}", day.kind, day.label) for day in days]
    assert shown[0] == ("23.04", "event", "въезд")
    assert ("25.04", "skipped", "сб") in shown
    assert ("01.05", "skipped", "праздник") in shown
    assert shown[-1] == ("05.05", "last", "7-й, срок")


def test_calendar_term_on_a_day_off_warns_to_come_earlier() -> None:
    why = terms(worker("UZB", date(2026, 5, 3)))["registration"].explanation
    assert why.due_on == date(2026, 5, 17)
    assert "15.05.2026" in why.note


def test_explanation_survives_its_short_form() -> None:
    for term in deadlines(worker("BLR", date(2026, 4, 21)), BOOK):
        assert restore(term.explanation.to_json(), BOOK) == term.explanation


@pytest.mark.parametrize(
    ("facts", "kind", "until", "reason"),
    [
        (patent(), "warn", date(2026, 5, 13), "патент оплачен"),
        (patent(date(2026, 6, 13)), "ok", date(2026, 6, 13), "патент оплачен"),
        (worker("AZE", date(2026, 4, 21)), "ok", date(2026, 7, 19), "90 дней со дня въезда"),
        (worker("AZE", date(2026, 1, 21)), "bad", date(2026, 4, 20), "90 дней закончились"),
        (worker("KGZ", date(2026, 4, 21)), "eaeu", None, "гражданин ЕАЭС"),
        (StayFacts(citizenship="UZB"), "unknown", None, "нет сведений о въезде"),
    ],
)
def test_status_of_stay(facts: StayFacts, kind: str, until: date | None, reason: str) -> None:
    found = status(facts, TODAY + timedelta(days=1), BOOK)
    assert (found.kind, found.until, found.reason) == (kind, until, reason)


def test_unpaid_patent_is_no_ground_from_the_next_day() -> None:
    found = status(patent(date(2026, 5, 4)), TODAY, BOOK)
    assert (found.kind, found.reason) == ("bad", "патент не оплачен")
    assert found.text == "Нет оснований с 05.05.2026"


def test_residence_permit_outlasts_the_patent() -> None:
    facts = worker("UZB", date(2026, 1, 1), permit_type="trp", permit_until=date(2028, 3, 1))
    assert status(facts, TODAY, BOOK).until == date(2028, 3, 1)


def test_unknown_is_never_shown_as_lawful() -> None:
    found = status(StayFacts(), TODAY, BOOK)
    assert (found.kind, found.text) == ("unknown", "Неизвестно")


@settings(max_examples=150, deadline=None)
@given(
    citizenship=st.sampled_from(["UZB", "TJK", "KGZ", "BLR", "AZE", "VNM", None]),
    entered=st.dates(date(2022, 6, 5), date(2027, 6, 1)),
    purpose=st.sampled_from(["work", "study", "private", None]),
    permit=st.sampled_from([None, "patent", "trp", "visa"]),
    span=st.integers(1, 400),
)
def test_no_term_falls_due_before_its_event_and_all_are_explained(
    citizenship: str | None, entered: date, purpose: str | None, permit: str | None, span: int
) -> None:
    facts = StayFacts(
        citizenship=citizenship,
        entered_on=entered,
        purpose=purpose,
        permit_type=permit,
        permit_issued_on=entered if permit else None,
        permit_until=entered + timedelta(days=span) if permit else None,
    )
    for term in deadlines(facts, BOOK):
        why = term.explanation
        assert why.act
        assert why.checked_on is not None
        assert why.days
        assert term.rule == "patent_reissue" or term.due_on >= entered
        if why.unit in ("working", "calendar"):
            assert why.days[-1].on == term.due_on
