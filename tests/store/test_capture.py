"""Every edit becomes an operation, history and an action, in the transaction of the edit."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from arm.model import SCHEMA, HostParty, IdentityDocument, Note, Person
from arm.store import tables
from arm.store.operations import op_hash
from arm.store.store import ChangeSet, Store


def queued(store: Store) -> list[dict[str, Any]]:
    with store.read() as session:
        return list(session.scalars(select(tables.outbox.c.op).order_by(tables.outbox.c.cseq)))


def history(store: Store) -> list[Any]:
    with store.read() as session:
        return list(session.execute(select(tables.history).order_by(tables.history.c.id)))


def take_in(store: Store, **values: Any) -> str:
    with store.write("Принят человек") as session:
        person = Person(**({"surname": "Юлдашев", "given": "Алишер"} | values))
        session.add(person)
        session.flush()
        return person.id


def acknowledge(store: Store, versions: dict[str, int]) -> None:
    """What the exchange does when the centre has applied everything."""
    with store.merge() as session:
        for row in session.execute(select(tables.outbox)).all():
            session.execute(
                tables.outbox_done.insert().values(
                    cseq=row.cseq,
                    op_hash=row.op_hash,
                    doc_id=row.doc_id,
                    op=row.op,
                    status="applied",
                    acked_at="2026-07-14T09:31:00+00:00",
                )
            )
        session.execute(tables.outbox.delete())
        for person in session.scalars(select(Person)):
            person.ver = max(versions.values())
            person.fver = versions


def test_a_new_record_is_queued_with_its_filled_fields_only(store: Store) -> None:
    person_id = take_in(store, birth_date=date(1994, 3, 8), languages={"uz", "ru"})
    (op,) = queued(store)
    assert op["op"] == "new"
    assert (op["cseq"], op["prev"], op["id"], op["person"]) == (1, "", person_id, person_id)
    assert (op["kind"], op["scope"], op["schema"]) == ("person", 11, SCHEMA)
    assert op["at"] == "2026-07-14T09:30:00+00:00"
    assert op["f"] == {
        "surname": {"b": 0, "p": None, "o": None, "n": "Юлдашев"},
        "given": {"b": 0, "p": None, "o": None, "n": "Алишер"},
        "birth_date": {"b": 0, "p": None, "o": None, "n": "1994-03-08"},
        "languages": {"b": 0, "p": None, "add": ["ru", "uz"], "rem": []},
    }


def test_a_changed_field_carries_old_new_and_the_unacknowledged_operation(store: Store) -> None:
    person_id = take_in(store)
    with store.write("Изменена фамилия") as session:
        session.get_one(Person, person_id).surname = "Юлдошев"
    assert queued(store)[1]["f"] == {"surname": {"b": 0, "p": 1, "o": "Юлдашев", "n": "Юлдошев"}}


def test_after_acknowledgement_the_base_is_the_version_of_the_field(store: Store) -> None:
    person_id = take_in(store, languages={"uz", "tg"})
    acknowledge(store, {"surname": 4, "languages": 7})
    with store.write("Изменены данные") as session:
        person = session.get_one(Person, person_id)
        person.surname = "Юлдошев"
        person.languages = frozenset({"uz", "ru"})
        person.phone = "+79990000000"
    assert queued(store)[0]["f"] == {
        "surname": {"b": 4, "p": None, "o": "Юлдашев", "n": "Юлдошев"},
        "languages": {"b": 7, "p": None, "add": ["ru"], "rem": ["tg"]},
        "phone": {"b": 0, "p": None, "o": None, "n": "+79990000000"},
    }


def test_operations_form_a_chain_that_survives_acknowledgement(store: Store) -> None:
    person_id = take_in(store)
    first = queued(store)[0]
    acknowledge(store, {"surname": 1, "given": 1})
    for surname in ("А", "Б"):
        with store.write("Изменена фамилия") as session:
            session.get_one(Person, person_id).surname = surname
    second, third = queued(store)
    assert (second["cseq"], second["prev"]) == (2, op_hash(first))
    assert (third["cseq"], third["prev"]) == (3, op_hash(second))
    with store.read() as session:
        hashes = list(session.scalars(select(tables.outbox.c.op_hash)))
    assert hashes == [op_hash(second), op_hash(third)]


def test_several_flushes_of_one_record_make_one_operation(store: Store) -> None:
    person_id = take_in(store)
    with store.write("Изменены данные") as session:
        person = session.get_one(Person, person_id)
        person.surname = "А"
        session.flush()
        person.surname = "Б"
        session.flush()
        person.given = "В"
    assert store.pending() == 2
    assert queued(store)[1]["f"]["surname"]["o"] == "Юлдашев"
    assert queued(store)[1]["f"]["surname"]["n"] == "Б"


def test_a_field_put_back_within_the_action_leaves_no_trace(store: Store) -> None:
    person_id = take_in(store)
    told: list[ChangeSet] = []
    store.listen(told.append)
    with store.write("Ничего") as session:
        person = session.get_one(Person, person_id)
        person.surname = "А"
        session.flush()
        person.surname = "Юлдашев"
    assert store.pending() == 1
    assert not told
    with store.read() as session:
        assert session.scalar(text("SELECT count(*) FROM action")) == 1


def test_a_record_made_and_dropped_in_one_action_is_never_sent(store: Store) -> None:
    with store.write("Передумали") as session:
        note = Note(text="лишнее")
        session.add(note)
        session.flush()
        session.delete(note)
    assert store.pending() == 0
    with store.read() as session:
        assert session.scalar(select(Note)) is None


def test_an_old_value_never_loaded_is_read_before_it_is_overwritten(store: Store) -> None:
    person_id = take_in(store)
    with store.write("Изменена фамилия") as session:
        person = session.get_one(Person, person_id)
        session.expire(person)
        person.surname = "Юлдошев"
    assert queued(store)[1]["f"]["surname"]["o"] == "Юлдашев"


def test_deletion_keeps_the_row_and_sends_what_was_deleted(store: Store) -> None:
    person_id = take_in(store)
    with store.write("Добавлена заметка") as session:
        note = Note(person_id=person_id, text="позвонить")
        session.add(note)
    acknowledged_note = note.id
    with store.write("Удалена заметка") as session:
        session.delete(session.get_one(Note, acknowledged_note))
    op = queued(store)[-1]
    assert op["op"] == "del"
    assert op["f"]["text"] == {"b": 0, "p": 2, "o": "позвонить", "n": None}
    with store.read() as session:
        kept = session.get_one(Note, acknowledged_note)
        assert kept.deleted
        assert kept.text == "позвонить"


def test_history_names_who_what_and_when(store: Store) -> None:
    person_id = take_in(store)
    with store.write("Изменена фамилия") as session:
        session.get_one(Person, person_id).surname = "Юлдошев"
    made, changed = history(store)
    assert (made.event, made.field, made.new["surname"], made.cseq) == ("new", None, "Юлдашев", 1)
    assert (changed.event, changed.field) == ("set", "surname")
    assert (changed.old, changed.new) == ("Юлдашев", "Юлдошев")
    assert (changed.actor, changed.person_id, changed.cseq) == ("smirnova", person_id, 2)
    with store.read() as session:
        actions = session.execute(select(tables.action)).all()
    assert [(a.id, a.title) for a in actions] == [(1, "Принят человек"), (2, "Изменена фамилия")]
    assert changed.action_id == 2


def test_listeners_hear_after_the_commit_which_persons_changed(store: Store) -> None:
    person_id = take_in(store)
    heard: list[tuple[ChangeSet, int]] = []
    stop = store.listen(lambda changed: heard.append((changed, store.pending())))
    with store.write("Добавлен документ") as session:
        document = IdentityDocument(person_id=person_id, number="4182907")
        session.add(document)
    changed, pending = heard[0]
    assert changed.records == {("identity_document", document.id)}
    assert changed.persons == {person_id}
    assert changed.origin == "edit"
    assert pending == 2
    assert session.info["change_set"] == changed
    stop()
    take_in(store)
    assert len(heard) == 1


def test_a_document_moved_to_another_person_concerns_both(store: Store) -> None:
    first, second = take_in(store), take_in(store)
    with store.write("Добавлен документ") as session:
        document = IdentityDocument(person_id=first, number="1")
        session.add(document)
    with store.write("Перенесён документ") as session:
        session.get_one(IdentityDocument, document.id).person_id = second
    assert session.info["change_set"].persons == {first, second}


def test_a_host_party_concerns_no_persons_listing(store: Store) -> None:
    derived: list[Any] = []
    store.derive = lambda _session, ids: derived.append(set(ids))
    with store.write("Добавлена принимающая сторона") as session:
        session.add(HostParty(organisation="Общежитие № 3"))
    assert not derived
    assert queued(store)[0]["person"] == queued(store)[0]["id"]


def test_what_the_exchange_merges_is_not_queued_again(store: Store) -> None:
    derived: list[Any] = []
    store.derive = lambda _session, ids: derived.append(set(ids))
    heard: list[ChangeSet] = []
    store.listen(heard.append)
    with store.merge() as session:
        session.add(Person(id="p1", scope=11, ver=3, fver={"surname": 3}, surname="Каримов"))
        session.info["touched"].add(("person", "p1", "p1"))
    assert store.pending() == 0
    assert derived == [{"p1"}]
    assert heard == [ChangeSet(frozenset({("person", "p1")}), frozenset({"p1"}), "sync")]


def test_an_error_inside_the_action_leaves_nothing(store: Store) -> None:
    person_id = take_in(store)

    def fail_half_way() -> None:
        with store.write("Сбой") as session:
            session.get_one(Person, person_id).surname = "А"
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert store.pending() == 1
    with store.read() as session:
        assert session.get_one(Person, person_id).surname == "Юлдашев"


def test_an_error_in_deriving_leaves_nothing(store: Store) -> None:
    def fail(_session: object, _ids: object) -> None:
        raise ZeroDivisionError

    store.derive = fail
    with pytest.raises(ZeroDivisionError):
        take_in(store)
    assert store.pending() == 0
    with store.read() as session:
        assert session.scalar(select(Person)) is None


def bulk_update(session: Session, _person: Person) -> None:
    session.execute(update(Person).values(surname="А"))


def bulk_mappings(session: Session, person: Person) -> None:
    session.bulk_update_mappings(Person, [{"id": person.id, "surname": "А"}])


def savepoint(session: Session, _person: Person) -> None:
    session.begin_nested()


def change_of_scope(_session: Session, person: Person) -> None:
    person.scope = 12


def change_of_version(_session: Session, person: Person) -> None:
    person.ver = 9


@pytest.mark.parametrize(
    "way", [bulk_update, bulk_mappings, savepoint, change_of_scope, change_of_version]
)
def test_ways_around_the_capture_are_refused(
    store: Store, way: Callable[[Session, Person], None]
) -> None:
    person_id = take_in(store)
    with pytest.raises(RuntimeError), store.write("В обход") as session:
        way(session, session.get_one(Person, person_id))
    assert store.pending() == 1


def test_a_value_of_the_wrong_type_never_reaches_the_queue(store: Store) -> None:
    person_id = take_in(store)
    with pytest.raises(Exception, match="Date"), store.write("Ошибка") as session:
        session.get_one(Person, person_id).birth_date = "8 марта"  # type: ignore[assignment]  # the mistake under test
    assert store.pending() == 1


def test_a_reading_session_refuses_changes(store: Store) -> None:
    person_id = take_in(store)
    with pytest.raises(RuntimeError, match="reading"), store.read() as session:
        session.get_one(Person, person_id).surname = "А"


def test_a_reader_keeps_its_snapshot_while_others_write(store: Store) -> None:
    person_id = take_in(store)
    with store.read() as session:
        assert session.scalar(select(Person.surname)) == "Юлдашев"
        writer = threading.Thread(target=rename, args=(store, person_id, "Юлдошев"))
        writer.start()
        writer.join()
        assert session.scalar(select(Person.surname)) == "Юлдашев"
    with store.read() as session:
        assert session.scalar(select(Person.surname)) == "Юлдошев"


def rename(store: Store, person_id: str, surname: str) -> None:
    with store.write("Изменена фамилия") as session:
        session.get_one(Person, person_id).surname = surname


def test_writers_and_readers_of_several_threads_lose_nothing(store: Store) -> None:
    person_id = take_in(store)

    def write(thread: int) -> None:
        for step in range(15):
            rename(store, person_id, f"{thread}-{step}")

    def read() -> None:
        for _ in range(30):
            with store.read() as session:
                rows = session.scalar(text("SELECT count(*) FROM outbox"))
                lines = session.scalar(text("SELECT count(*) FROM history"))
                assert rows == lines

    with ThreadPoolExecutor(5) as threads:
        work = [threads.submit(write, n) for n in range(3)]
        work += [threads.submit(read) for _ in range(2)]
    for done in work:
        done.result()
    ops = queued(store)
    assert [op["cseq"] for op in ops] == list(range(1, 47))
    for before, after in itertools.pairwise(ops):
        assert after["prev"] == op_hash(before)
        assert after["f"]["surname"]["o"] == before["f"]["surname"]["n"]


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_ever(store: Store) -> None:
    with store.write("Снаружи") as session:
        session.add(Person(surname="А"))
        with pytest.raises(RuntimeError, match="inside"), store.write("Внутри"):
            pass
    assert store.pending() == 1


def test_a_listener_that_fails_does_not_silence_the_others(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[ChangeSet] = []
    store.listen(lambda _: json.loads("не json"))
    store.listen(heard.append)
    take_in(store)
    assert len(heard) == 1
    assert "a listener failed" in caplog.text


def test_the_log_tells_where_a_listener_failed_and_quotes_nobody(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: ChangeSet) -> None:
        raise ValueError("Юлдашев 4182907")

    store.listen(fail)
    take_in(store)
    assert "ValueError" in caplog.text
    assert "test_capture.py" in caplog.text
    assert "Юлдашев" not in caplog.text
    assert "4182907" not in caplog.text
