"""Undo takes back one's own last action and nothing that others did since."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from arm.model import CaseFile, Note, Person
from arm.store import tables
from arm.store.errors import NothingToUndo
from arm.store.store import Actor, ChangeSet, Store
from arm.store.undo import last_action, undo_last


def take_in(store: Store) -> str:
    with store.write("Принят человек") as session:
        person = Person(surname="Юлдашев", phone="1", languages=frozenset({"uz"}))
        session.add(person)
        session.flush()
        session.add(CaseFile(person_id=person.id, route="patent"))
        return person.id


def change(store: Store, person_id: str, **values: object) -> None:
    with store.write("Изменены данные") as session:
        person = session.get_one(Person, person_id)
        for name, value in values.items():
            setattr(person, name, value)


def colleague_changes(store: Store, person_id: str, **values: object) -> None:
    """Another workstation's edit arrives; everything of ours has been acknowledged."""
    with store.merge() as session:
        session.execute(tables.outbox.delete())
        person = session.get_one(Person, person_id)
        for name, value in values.items():
            setattr(person, name, value)
        person.ver += 5
        person.fver = person.fver | dict.fromkeys(values, person.ver)


def person_of(store: Store, person_id: str) -> Person:
    with store.read() as session:
        return session.get_one(Person, person_id)


def operations(store: Store) -> list[dict[str, object]]:
    with store.read() as session:
        return list(session.scalars(select(tables.outbox.c.op).order_by(tables.outbox.c.cseq)))


def test_a_changed_field_gets_its_old_value_as_a_new_operation(store: Store) -> None:
    person_id = take_in(store)
    change(store, person_id, phone="2")
    heard: list[ChangeSet] = []
    store.listen(heard.append)
    result = undo_last(store)
    assert (result.title, result.undone, result.kept) == ("Изменены данные", 1, [])
    assert person_of(store, person_id).phone == "1"
    assert operations(store)[-1]["f"] == {"phone": {"b": 0, "p": 3, "o": "2", "n": "1"}}
    assert heard[0].origin == "undo"
    with store.read() as session:
        lines = session.execute(select(tables.history)).all()
    assert (lines[-1].event, lines[-1].old, lines[-1].new) == ("undo", "2", "1")


def test_undo_goes_back_action_by_action(store: Store) -> None:
    person_id = take_in(store)
    change(store, person_id, phone="2")
    change(store, person_id, phone="3")
    assert last_action(store) == "Изменены данные"
    undo_last(store)
    assert person_of(store, person_id).phone == "2"
    undo_last(store)
    assert person_of(store, person_id).phone == "1"
    assert last_action(store) == "Принят человек"
    undo_last(store)
    assert person_of(store, person_id).deleted
    assert last_action(store) is None
    with pytest.raises(NothingToUndo):
        undo_last(store)


def test_after_the_exchange_the_undo_has_the_versions_of_the_centre(store: Store) -> None:
    person_id = take_in(store)
    change(store, person_id, phone="2")
    colleague_changes(store, person_id, email="a@b.ru")
    with store.merge() as session:
        session.get_one(Person, person_id).fver = {"phone": 9, "email": 5}
    assert undo_last(store).undone == 1
    assert operations(store)[-1]["f"] == {"phone": {"b": 9, "p": None, "o": "2", "n": "1"}}
    assert person_of(store, person_id).email == "a@b.ru"


def test_a_field_changed_since_by_a_colleague_stays_and_is_named(store: Store) -> None:
    person_id = take_in(store)
    change(store, person_id, phone="2", surname="Юлдошев")
    colleague_changes(store, person_id, phone="777")
    result = undo_last(store)
    assert (result.undone, result.kept) == (1, ["Телефон"])
    person = person_of(store, person_id)
    assert (person.phone, person.surname) == ("777", "Юлдашев")


def test_when_all_was_changed_since_the_next_undo_goes_further_back(store: Store) -> None:
    person_id = take_in(store)
    change(store, person_id, surname="Юлдошев")
    change(store, person_id, phone="2")
    colleague_changes(store, person_id, phone="777")
    assert undo_last(store).kept == ["Телефон"]
    undo_last(store)
    assert person_of(store, person_id).surname == "Юлдашев"
    assert person_of(store, person_id).phone == "777"


def test_of_a_set_only_own_members_are_taken_back(store: Store) -> None:
    person_id = take_in(store)
    change(store, person_id, languages=frozenset({"ru", "tg"}))
    colleague_changes(store, person_id, languages=frozenset({"ru", "tg", "fa"}))
    undo_last(store)
    assert person_of(store, person_id).languages == {"uz", "fa"}


def test_a_deleted_record_comes_back_whole(store: Store) -> None:
    person_id = take_in(store)
    with store.write("Добавлена заметка") as session:
        note = Note(person_id=person_id, text="позвонить")
        session.add(note)
    with store.write("Удалена заметка") as session:
        session.delete(session.get_one(Note, note.id))
    undo_last(store)
    with store.read() as session:
        kept = session.get_one(Note, note.id)
        assert not kept.deleted
        assert kept.text == "позвонить"
    back = operations(store)[-1]
    assert back["op"] == "new"
    assert back["f"] == {
        "person_id": {"b": 0, "p": 4, "o": None, "n": person_id},
        "text": {"b": 0, "p": 4, "o": None, "n": "позвонить"},
    }


def test_undoing_an_intake_takes_back_the_person_and_the_case(store: Store) -> None:
    person_id = take_in(store)
    assert undo_last(store).undone == 2
    with store.read() as session:
        assert session.get_one(Person, person_id).deleted
        assert session.scalars(select(CaseFile)).one().deleted
    assert [op["op"] for op in operations(store)] == ["new", "new", "del", "del"]


def test_an_intake_stays_whole_once_a_colleague_works_on_it(store: Store) -> None:
    person_id = take_in(store)
    with store.merge() as session:
        session.add(Note(person_id=person_id, text="чужая заметка", scope=11, ver=1))
    result = undo_last(store)
    assert result.undone == 0
    assert set(result.kept) == {"Человек", "Дело"}
    assert not person_of(store, person_id).deleted


def test_others_actions_on_the_same_workstation_are_not_ours_to_undo(store: Store) -> None:
    person_id = take_in(store)
    me = store.actor
    store.actor = Actor("petrov", "Петров Пётр", "center_specialist", 11)
    change(store, person_id, phone="2")
    store.actor = me
    assert undo_last(store).title == "Принят человек"


def test_a_record_that_left_our_hands_is_named(store: Store) -> None:
    person_id = take_in(store)
    change(store, person_id, phone="2")
    with store.merge() as session:
        session.delete(session.get_one(Person, person_id))
    result = undo_last(store)
    assert (result.undone, result.kept) == (0, ["Человек"])
