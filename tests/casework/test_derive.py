"""Lists, terms and search follow the records in the same transaction."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial

from sqlalchemy import select, text

from arm.casework import derive, recompute
from arm.casework.case import close_case, delete_record, set_field
from arm.casework.people import Filter, find, row_of
from arm.clock import FixedClock
from arm.model import Certificate, Person, Registration, StayPermit
from arm.store import tables
from arm.store.store import Store
from tests.casework.situations import entry, passport, person_with


def due_rules(store: Store, person_id: str) -> list[str]:
    with store.read() as session:
        return list(
            session.scalars(
                select(tables.due.c.rule)
                .where(tables.due.c.person_id == person_id)
                .order_by(tables.due.c.due_on, tables.due.c.rule)
            )
        )


def test_new_person_has_a_row_terms_and_is_found(store: Store) -> None:
    person_id = person_with(store, passport(), entry(date(2026, 4, 21)), citizenship="AZE")
    row = row_of(store, person_id)
    assert row is not None
    assert row.name == "Каримов Улугбек"
    assert row.document == "FA 4182907"
    assert (row.status, row.lawful_until) == ("ok", "2026-07-19")
    assert (row.next_due_on, row.next_due_title) == ("2026-04-30", "Поставить на учёт")
    assert (row.steps_done, row.steps_all) == (0, 7)
    assert due_rules(store, person_id)[0] == "registration"
    assert list(find(store, Filter(text="karimov")).rowids) == [row.rowid]
    assert list(find(store, Filter(text="4182907")).rowids) == [row.rowid]


def test_registration_closes_its_term_and_its_step(store: Store) -> None:
    person_id = person_with(
        store,
        entry(date(2026, 4, 21)),
        Registration(registered_on=date(2026, 4, 24), valid_to=date(2026, 7, 19)),
        Certificate(certificate_type="insurance", valid_to=date(2026, 12, 1)),
    )
    assert "registration" not in due_rules(store, person_id)
    row = row_of(store, person_id)
    assert row is not None
    assert row.steps_done == 1
    assert row.insurance_until == "2026-12-01"


def test_change_of_a_name_is_found_at_once(store: Store) -> None:
    person_id = person_with(store, surname="Каримов")
    set_field(store, "person", person_id, "surname", "Юлдашев")
    assert find(store, Filter(text="каримов")).total == 0
    assert find(store, Filter(text="yoldoshev юлдашев")).total <= 1
    assert find(store, Filter(text="юлдашев")).total == 1


def test_deleted_person_leaves_lists_terms_and_search(store: Store) -> None:
    person_id = person_with(store, entry(date(2026, 4, 21)))
    delete_record(store, "person", person_id)
    assert row_of(store, person_id) is None
    assert due_rules(store, person_id) == []
    assert find(store, Filter(text="каримов")).total == 0


def test_closed_case_keeps_its_row_and_loses_its_terms(store: Store) -> None:
    person_id = person_with(store, entry(date(2026, 4, 21)))
    close_case(store, [person_id])
    row = row_of(store, person_id)
    assert row is not None
    assert row.closed == 1
    assert due_rules(store, person_id) == []


def test_newest_passport_and_permit_count(store: Store) -> None:
    person_id = person_with(
        store,
        passport("1111111", issued_on=date(2016, 1, 1)),
        passport("2222222", issued_on=date(2024, 1, 1)),
        StayPermit(permit_type="visa", issued_on=date(2025, 1, 1), valid_to=date(2025, 4, 1)),
        StayPermit(permit_type="trp", issued_on=date(2025, 3, 1), valid_to=date(2028, 3, 1)),
    )
    row = row_of(store, person_id)
    assert row is not None
    assert row.document == "FA 2222222"
    assert row.lawful_until == "2028-03-01"


def test_patent_that_ran_out_overnight_turns_red_when_the_day_rolls(
    store: Store, clock: FixedClock
) -> None:
    patent = StayPermit(
        permit_type="patent", issued_on=date(2026, 1, 14), valid_to=date(2027, 1, 13),
        paid_through=date(2026, 5, 13),
    )  # fmt: skip
    paid = person_with(store, patent)
    other = person_with(store, entry(date(2026, 4, 21)), citizenship="AZE", surname="Мамедов")
    derive.roll_day(store)
    clock.at = datetime(2026, 5, 8, 9, tzinfo=UTC)
    assert derive.roll_day(store) == 1
    row = row_of(store, paid)
    assert row is not None
    assert row.status == "warn"
    clock.at = datetime(2026, 5, 14, 9, tzinfo=UTC)
    assert derive.roll_day(store) == 1
    row = row_of(store, paid)
    assert row is not None
    assert (row.status, row.status_reason) == ("bad", "патент не оплачен")
    assert derive.roll_day(store) == 0
    untouched = row_of(store, other)
    assert untouched is not None
    assert untouched.status == "ok"


def test_new_tables_of_the_law_recompute_everybody(store: Store) -> None:
    person_id = person_with(store, entry(date(2026, 4, 21)), citizenship="AZE")
    recompute.begin(store)
    assert not recompute.needed(store)
    store.set_meta("law", "an older set of tables")
    with store.merge(origin="load") as session:
        session.execute(text("DELETE FROM due"))
    assert recompute.needed(store)
    assert recompute.recompute(store) == 1
    assert due_rules(store, person_id)
    assert not recompute.needed(store)


def test_derived_again_from_nothing_is_the_same(store: Store) -> None:
    for number in range(5):
        person_with(
            store, passport(str(4_000_000 + number)), entry(date(2026, 4, 1 + number)),
            surname=f"Назаров{'а' * number}",
        )  # fmt: skip

    def derived() -> list[object]:
        with store.read() as session:
            due = session.execute(
                text("SELECT person_id, rule, due_on, explanation FROM due ORDER BY 1, 2, 3")
            )
            listing = session.execute(text("SELECT * FROM listing ORDER BY person_id"))
            return [*map(tuple, due), *map(tuple, listing)]

    before = derived()
    assert derive.rebuild(store) == 5
    assert derived() == before


def test_record_of_somebody_unknown_changes_nothing(store: Store, clock: FixedClock) -> None:
    with store.merge(origin="sync") as session:
        session.info["touched"].add(("person", "nobody", "nobody"))
    assert find(store, Filter()).total == 0


def test_a_page_of_persons_is_derived_quickly(store: Store, clock: FixedClock) -> None:
    store.derive = lambda _session, _ids: None
    with store.write("Загружено") as session:
        for number in range(500):
            person = Person(surname=f"Рахимов{number}", given="Далер", citizenship="TJK")
            session.add(person)
            session.flush()
            card = entry(date(2026, 1, 1) + timedelta(days=number % 100))
            card.person_id = person.id
            session.add(card)
    store.derive = partial(derive.refresh, clock=clock)
    assert derive.rebuild(store) == 500
    with store.read() as session:
        kept = session.execute(select(tables.due.c.explanation)).scalars().first()
    assert kept is not None
    short = json.loads(kept) if isinstance(kept, str) else kept
    assert set(short) == {"t", "k", "e", "l", "on", "due", "note"}
