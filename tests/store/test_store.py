"""What the store keeps beside records: names, settings, drafts, numbers given offline."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from arm.clock import FixedClock
from arm.model import Person, migrant_id
from arm.places import Home
from arm.store import tables
from arm.store.database import create_database, open_database
from arm.store.errors import CannotWrite, DiskFull
from arm.store.store import Actor, Store

KEY = bytes(range(32))


def reopened(store: Store, home: Home) -> Store:
    store.engine.dispose()
    engine = open_database(home.database, KEY)
    return Store(engine, store.clock, store.actor, store.files, store.derive)


def test_a_workstation_keeps_its_identity(store: Store, home: Home) -> None:
    first = store.client_id
    assert uuid.UUID(first)
    again = reopened(store, home)
    assert again.client_id == first
    again.engine.dispose()


def test_a_setting_belongs_to_one_person_or_to_everyone(store: Store) -> None:
    store.set_setting("theme", "dark")
    store.set_setting("columns", ["name", "phone"], everyone=True)
    assert store.setting("theme") == "dark"
    store.actor = Actor("petrov", "Петров Пётр", "center_specialist", 11)
    assert store.setting("theme", "light") == "light"
    assert store.setting("columns", everyone=True) == ["name", "phone"]
    store.set_setting("theme", "light")
    store.set_setting("theme", None)
    assert store.setting("theme", "default") is None


def test_a_name_kept_inside_an_action_goes_with_it(store: Store) -> None:
    def fail() -> None:
        with store.write("Сбой"):
            store.set_meta("migrant_counter", 7)
            assert store.meta("migrant_counter") == 7
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.meta("migrant_counter") is None


def test_settings_and_drafts_are_nobodys_edit(store: Store) -> None:
    heard: list[object] = []
    store.listen(heard.append)
    store.set_setting("theme", "dark")
    store.save_draft("intake", "Юлдашев", {})
    assert store.pending() == 0
    assert not heard


def test_a_draft_is_saved_again_under_its_id_and_listed_newest_first(
    store: Store, clock: FixedClock
) -> None:
    first = store.save_draft("intake", "Юлдашев", {"surname": "Юлдашев"}, 30)
    clock.advance(timedelta(minutes=1))
    store.save_draft("note", "Заметка", {"text": "позв"})
    clock.advance(timedelta(minutes=1))
    assert store.save_draft("intake", "Юлдашев А.", {"surname": "Ю"}, 60, first) == first
    newest, older = store.drafts()
    assert (newest.id, newest.title, newest.body, newest.done_share) == (
        first,
        "Юлдашев А.",
        {"surname": "Ю"},
        60,
    )
    assert newest.saved_at == "2026-07-14T09:32:00+00:00"
    assert older.subject == "note"
    assert [draft.id for draft in store.drafts("intake")] == [first]
    store.drop_draft(first)
    store.drop_draft(first)
    assert [draft.subject for draft in store.drafts()] == ["note"]


def test_drafts_of_a_colleague_are_not_shown(store: Store) -> None:
    store.save_draft("intake", "Юлдашев", {})
    store.actor = Actor("petrov", "Петров Пётр", "center_specialist", 11)
    assert store.drafts() == []


def take_in(store: Store) -> str:
    with store.write("Принят человек") as session:
        person = Person(migrant_id=store.next_migrant_id(session))
        session.add(person)
    assert person.migrant_id is not None
    return person.migrant_id


def test_migrant_ids_carry_region_and_workstation_and_never_repeat(
    store: Store, home: Home
) -> None:
    store.set_meta("office", {"region": "77"})
    store.set_meta("client_number", 42)
    given = [take_in(store), take_in(store)]
    again = reopened(store, home)
    given.append(take_in(again))
    assert [number[:14] for number in given] == [
        "77-0042-000001",
        "77-0042-000002",
        "77-0042-000003",
    ]
    assert all(migrant_id.check(number) for number in given)
    again.engine.dispose()


def test_before_the_centre_numbers_it_a_workstation_takes_a_high_number(store: Store) -> None:
    number = take_in(store)
    assert number.startswith("00-9")
    assert migrant_id.check(number)


def test_a_migrant_id_is_not_taken_outside_the_action_that_uses_it(store: Store) -> None:
    with store.read() as session, pytest.raises(RuntimeError, match="inside"):
        store.next_migrant_id(session)


def test_a_number_given_in_a_failed_action_is_given_again(store: Store) -> None:
    def fail() -> None:
        with store.write("Сбой") as session:
            store.next_migrant_id(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert take_in(store)[8:14] == "000001"


def test_a_rehearsal_keeps_nothing(store: Store) -> None:
    with store.rehearse() as session:
        session.add(Person(id="p", scope=11, surname="Юлдашев"))
        session.flush()
        assert session.scalar(select(Person.surname)) == "Юлдашев"
    with store.read() as session:
        assert session.scalar(select(Person.surname)) is None


def test_a_database_is_not_made_where_a_file_stands_in_the_way(home: Home) -> None:
    home.root.parent.mkdir(parents=True, exist_ok=True)
    home.root.write_text("не папка")
    with pytest.raises((CannotWrite, DiskFull)):
        create_database(home.database, KEY)


def test_the_leftover_of_a_killed_creation_does_not_stop_the_next(home: Home) -> None:
    home.root.mkdir()
    home.database.with_name("records.db.new").write_bytes(b"half" * 5000)
    home.database.with_name("records.db.new-wal").write_bytes(b"half" * 5000)
    engine = create_database(home.database, KEY)
    with engine.connect() as connection:
        assert connection.execute(select(tables.outbox)).all() == []
    engine.dispose()
    assert sorted(path.name for path in home.root.iterdir()) == ["records.db"]
