"""What would follow from other facts, before anything is saved."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest
from situations import entry, passport, person_with

from arm.casework import case as casework
from arm.casework import what_if
from arm.casework.route_plan import route_plan
from arm.casework.what_if import Comparison, Move, compare, ground, read_changes
from arm.law.deadlines import deadlines
from arm.law.facts import StayFacts, Visit
from arm.law.rulebook import open_rulebook
from arm.law.typed import FactUnreadable
from arm.model import Certificate, MigrationCard, Registration, StayPermit
from arm.store.store import Store
from arm.store.undo import undo_last

BOOK = open_rulebook()
TODAY = date(2026, 5, 5)

KARIMOV = StayFacts(
    citizenship="UZB", entered_on=date(2025, 12, 20), purpose="work",
    arrived_on=date(2025, 12, 21), registered_on=date(2025, 12, 22),
    registration_until=date(2026, 5, 13), permit_type="patent",
    permit_issued_on=date(2026, 1, 14), permit_until=date(2027, 1, 13),
    paid_through=date(2026, 5, 13), document_type="passport", document_until=date(2031, 5, 23),
    medical_on=date(2025, 12, 24), medical_until=date(2026, 12, 24),
    fingerprints_on=date(2025, 12, 25), route="patent",
)  # fmt: skip
NEWCOMER = StayFacts(citizenship="UZB", entered_on=date(2026, 4, 27), purpose="work")


def asked(facts: StayFacts, **changes: object) -> Comparison:
    return compare(facts, changes, TODAY, BOOK)


def moves(found: Comparison) -> dict[str, Move]:
    return {move.term.rule: move for move in found.changed()}


def test_a_later_entry_moves_every_term_that_counts_from_it() -> None:
    found = asked(NEWCOMER, entered_on=date(2026, 5, 4))
    moved = moves(found)
    assert set(moved) == {
        "registration", "medical", "fingerprints", "patent_application", "stay_limit",
    }  # fmt: skip
    assert {move.days for move in moved.values()} == {7}
    term = moved["registration"].after
    assert term is not None
    assert (term.due_on, term.explanation.event_on) == (date(2026, 5, 18), date(2026, 5, 4))
    assert found.status_days == 7


def test_an_arrival_on_the_day_of_entry_moves_along() -> None:
    newcomer = replace(NEWCOMER, citizenship="MDA", arrived_on=NEWCOMER.entered_on)
    found = asked(newcomer, entered_on=date(2026, 5, 4))
    term = moves(found)["registration"].after
    assert term is not None
    # 7 working days after 4 May: 5–8, 12–14 May; 11 May is off for Saturday the 9th
    assert term.due_on == date(2026, 5, 14)
    assert not found.notes
    apart = asked(newcomer, entered_on=date(2026, 5, 4), arrived_on=date(2026, 5, 6))
    assert apart.facts.arrived_on == date(2026, 5, 6)


def test_an_earlier_entry_loses_days() -> None:
    found = asked(NEWCOMER, entered_on=date(2026, 4, 20))
    assert {move.days for move in found.changed()} == {-7}
    assert found.status_days == -7


def test_another_citizenship_counts_by_another_agreement() -> None:
    found = asked(NEWCOMER, citizenship="TJK")
    # 15 days after the arrival instead of 15 days with the day of entry
    assert moves(found)["registration"].days == 1
    eaeu = asked(NEWCOMER, citizenship="KGZ")
    assert eaeu.after.kind == "eaeu"
    assert moves(eaeu)["patent_application"].change == "gone"


def test_another_purpose_takes_the_patent_away() -> None:
    changed = moves(asked(NEWCOMER, purpose="private"))
    assert changed["patent_application"].change == "gone"
    assert changed["medical"].change == "gone"


def test_months_paid_today_move_payment_and_status() -> None:
    found = asked(KARIMOV, pay_months=3)
    assert (found.before.until, found.after.until) == (date(2026, 5, 13), date(2026, 8, 13))
    assert found.status_days == 92
    assert moves(found)["patent_payment"].days == 92
    assert not found.notes


def test_more_than_twelve_months_are_not_paid() -> None:
    found = asked(KARIMOV, pay_months=12)
    assert found.facts.paid_through == date(2027, 1, 13)
    assert any("не больше чем за 12" in note for note in found.notes)
    assert moves(found)["patent_payment"].change == "gone"


def test_a_patent_that_ended_is_not_revived_by_a_payment() -> None:
    lapsed = asked(KARIMOV, paid_through=date(2026, 4, 13), pay_months=1)
    assert lapsed.facts.paid_through == date(2026, 4, 13)
    assert lapsed.after.kind == "bad"
    assert lapsed.notes == ("Патент прекращён 14.04.2026: новый платёж его не возобновит",)


def test_only_a_patent_is_paid() -> None:
    assert asked(NEWCOMER, pay_months=1).notes == (
        "Оплатить можно патент, у которого известна дата выдачи",
    )


def test_another_permit_forgets_the_days_of_the_old_one() -> None:
    found = asked(KARIMOV, permit_type="trp", permit_until=date(2029, 1, 1))
    assert (found.facts.permit_issued_on, found.facts.paid_through) == (None, None)
    assert (found.after.kind, found.after.until) == ("ok", date(2029, 1, 1))
    assert moves(found)["patent_payment"].change == "gone"
    assert moves(found)["permit_expiry"].change == "appears"


def test_departure_and_new_entry_begin_registration_anew_and_count_the_days_spent() -> None:
    guest = StayFacts(
        citizenship="UZB", entered_on=date(2026, 3, 1), purpose="private",
        registered_on=date(2026, 3, 3), registration_until=date(2026, 5, 29),
    )  # fmt: skip
    found = asked(guest, left_on=date(2026, 5, 10), entered_again_on=date(2026, 5, 20))
    assert moves(found)["registration"].change == "appears"
    assert moves(found)["registration_expiry"].change == "gone"
    # 1 March to 10 May are 71 days: 19 of 90 remain
    assert found.after.until == date(2026, 6, 7)
    assert found.facts.visits == (
        Visit(date(2026, 3, 1), date(2026, 5, 10)), Visit(date(2026, 5, 20)),
    )  # fmt: skip


def test_departure_alone_leaves_nothing_to_do() -> None:
    found = asked(KARIMOV, left_on=TODAY)
    assert {move.change for move in found.moves} == {"gone"}
    assert found.after.kind == "unknown"


def test_days_that_cannot_both_be_right_are_named() -> None:
    notes = asked(KARIMOV, entered_on=date(2026, 5, 4)).notes
    assert notes == (
        "Прибытие 21.12.2025 раньше въезда: проверьте даты",
        "Учёт с 22.12.2025 раньше въезда: проверьте даты",
    )


def test_a_question_without_a_change_answers_that_nothing_moves() -> None:
    found = asked(KARIMOV)
    assert found.changed() == ()
    assert len(found.moves) == len(deadlines(KARIMOV, BOOK)) > 0
    assert found.before == found.after


def test_a_settled_term_is_not_among_the_answers() -> None:
    settled = frozenset({("registration_expiry", date(2026, 5, 13))})
    found = compare(KARIMOV, {}, TODAY, BOOK, settled)
    assert "registration_expiry" not in {move.term.rule for move in found.moves}
    # the next period is a term of its own
    longer = compare(KARIMOV, {"registration_until": date(2026, 6, 13)}, TODAY, BOOK, settled)
    assert moves(longer)["registration_expiry"].change == "appears"


def test_one_question_takes_less_than_five_milliseconds() -> None:
    compare(KARIMOV, {"entered_on": date(2026, 5, 1)}, TODAY, BOOK)
    spent = []
    for day in range(1, 11):
        started = time.thread_time()
        compare(KARIMOV, {"entered_on": date(2026, 4, day), "pay_months": 2}, TODAY, BOOK)
        spent.append(time.thread_time() - started)
    assert sorted(spent)[len(spent) // 2] < 0.005


def test_an_event_brings_its_term() -> None:
    found = asked(KARIMOV, contract_concluded_on=date(2026, 5, 5))
    assert moves(found)["contract_notice"].change == "appears"
    again = compare(found.facts, {"contract_concluded_on": None}, TODAY, BOOK)
    assert moves(again)["contract_notice"].change == "gone"


def test_typed_changes_are_read_and_a_slip_is_refused() -> None:
    typed = {"entered_on": "2026-05-04", "pay_months": "3", "left_on": "2026-05-20", "route": ""}
    assert read_changes(typed) == {
        "entered_on": date(2026, 5, 4), "pay_months": 3, "left_on": date(2026, 5, 20),
        "route": None,
    }  # fmt: skip
    with pytest.raises(what_if.UnknownChange, match="entry"):
        read_changes({"entry": "2026-05-04"})
    with pytest.raises(what_if.WrongMonths):
        read_changes({"pay_months": "13"})
    with pytest.raises(FactUnreadable):
        read_changes({"entered_on": "4 мая"})


# --- over a real store


@pytest.fixture
def karimov(store: Store) -> str:
    return person_with(
        store,
        passport(valid_to=date(2031, 5, 23)),
        entry(date(2025, 12, 20), stay_until=date(2026, 3, 19)),
        Registration(
            arrived_on=date(2025, 12, 21), registered_on=date(2025, 12, 22),
            valid_to=date(2026, 5, 13), address="г. Приокск, ул. Полевая, д. 3",
        ),
        StayPermit(
            permit_type="patent", issued_on=date(2026, 1, 14), valid_to=date(2027, 1, 13),
            paid_through=date(2026, 5, 13),
        ),
        Certificate(
            certificate_type="medical", issued_on=date(2025, 12, 24), valid_to=date(2026, 12, 24)
        ),
    )  # fmt: skip


def test_the_ground_is_what_the_case_shows(store: Store, karimov: str) -> None:
    view = casework.open_case(store, karimov)
    held = ground(store, karimov)
    verdict, terms = what_if.standing_on(held, BOOK)
    assert verdict == view.status
    assert [(term.rule, term.due_on) for term in terms] == [
        (term.rule, term.due_on) for term in view.terms
    ]


def test_a_question_writes_nothing(store: Store, karimov: str) -> None:
    before = casework.summary(store, karimov)
    pending = store.pending()
    held = ground(store, karimov)
    compare(held.facts, {"entered_on": TODAY, "pay_months": 3}, TODAY, BOOK, held.settled)
    assert casework.summary(store, karimov) == before
    assert store.pending() == pending


def test_entering_an_answer_changes_the_record_and_is_taken_back_by_undo(
    store: Store, karimov: str
) -> None:
    held = ground(store, karimov)
    changes = {"paid_through": date(2026, 8, 13), "entered_on": date(2025, 12, 21)}
    asked_of = {entry.kind: entry for entry in what_if.entries(held, changes)}
    assert set(asked_of) == {"stay_permit", "migration_card"}
    what_if.enter(store, karimov, asked_of["stay_permit"])
    after = ground(store, karimov).facts
    assert (after.paid_through, after.entered_on) == (date(2026, 8, 13), date(2025, 12, 20))
    # what was foretold is what came true
    found = compare(held.facts, {"paid_through": date(2026, 8, 13)}, TODAY, BOOK, held.settled)
    assert casework.open_case(store, karimov).status.until == found.after.until
    undo_last(store)
    assert ground(store, karimov).facts == held.facts


def test_a_fact_without_a_record_makes_one(store: Store, karimov: str) -> None:
    held = ground(store, karimov)
    (entered,) = what_if.entries(held, {"insurance_until": date(2026, 12, 31), "pay_months": 2})
    assert (entered.kind, entered.record_id, entered.paper) == ("certificate", None, "insurance")
    what_if.enter(store, karimov, entered)
    assert ground(store, karimov).facts.insurance_until == date(2026, 12, 31)


def test_a_permit_in_hand_proves_its_application_in_the_plan(store: Store) -> None:
    settled = person_with(
        store,
        entry(date(2026, 3, 1), purpose="private"),
        StayPermit(permit_type="trp", issued_on=date(2026, 4, 1), valid_to=date(2029, 4, 1)),
        route="residence",
    )
    left = {step.code for step in route_plan(ground(store, settled), BOOK).steps}
    assert not left & {"trp_application", "trp_issue"}
    assert "residence_registration" in left


def test_a_settled_term_binds_no_step_of_the_plan(store: Store) -> None:
    late = person_with(store, entry(date(2026, 3, 30)))
    first = {step.code: step for step in route_plan(ground(store, late), BOOK).steps}
    assert [bound.of for bound in first["medical"].missed] == ["medical"]
    casework.settle_term(store, late, "medical", date(2026, 4, 28), state="not_needed")
    after = {step.code: step for step in route_plan(ground(store, late), BOOK).steps}
    assert after["medical"].missed == ()


def test_a_paper_tried_out_passes_its_step(store: Store, karimov: str) -> None:
    held = ground(store, karimov)
    without = replace(held.facts, permit_type=None, permit_issued_on=None, medical_on=None,
                      medical_until=None)  # fmt: skip
    codes = {step.code for step in route_plan(held, BOOK, without).steps}
    assert {"medical", "patent_application"} <= codes
    again = replace(without, medical_until=date(2027, 5, 1))
    assert "medical" not in {step.code for step in route_plan(held, BOOK, again).steps}


def test_on_a_past_day_what_happened_later_is_left_out(store: Store, karimov: str) -> None:
    def kind(on: date) -> tuple[str, date | None]:
        verdict, _ = what_if.standing_on(ground(store, karimov, on), BOOK)
        return verdict.kind, verdict.until

    assert kind(date(2025, 12, 1)) == ("unknown", None)  # not here yet
    assert kind(date(2025, 12, 25)) == ("ok", date(2026, 3, 19))  # no patent yet
    assert kind(date(2026, 2, 1)) == ("ok", date(2026, 5, 13))
    assert kind(date(2026, 5, 14)) == ("bad", date(2026, 5, 13))
    _, terms = what_if.standing_on(ground(store, karimov, date(2025, 12, 21)), BOOK)
    assert {"registration", "medical", "patent_application"} <= {term.rule for term in terms}


def test_a_departure_after_the_day_had_not_happened(store: Store) -> None:
    card = MigrationCard(entered_on=date(2026, 2, 1), purpose="private", left_on=date(2026, 4, 1))
    guest = person_with(store, card, route=None)
    assert ground(store, guest, date(2026, 3, 1)).facts.left_on is None
    assert ground(store, guest, date(2026, 4, 1)).facts.left_on == date(2026, 4, 1)
