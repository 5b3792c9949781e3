"""A backup opens and is whole; the check finds each thing that can be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from arm.model import Attachment, Note, Person
from arm.places import Home
from arm.store import blobs, tables
from arm.store.backup import backup, check
from arm.store.database import open_database
from arm.store.errors import WrongKey
from arm.store.store import Store

KEY = bytes(range(32))


def work(store: Store) -> str:
    """A person taken in, renamed, with a note deleted and a scan attached."""
    with store.write("Принят человек") as session:
        person = Person(surname="Юлдашев", languages=frozenset({"uz", "tg"}))
        session.add(person)
        session.flush()
        note = Note(person_id=person.id, text="позвонить")
        session.add(note)
    with store.write("Изменены данные") as session:
        changed = session.get_one(Person, person.id)
        changed.surname = "Юлдошев"
        changed.languages = frozenset({"uz", "ru"})
        session.delete(session.get_one(Note, note.id))
    sha256 = store.files.put(b"scan")
    with store.write("Приложен файл") as session:
        session.add(Attachment(person_id=person.id, sha256=sha256))
    with store.merge() as session:
        blobs.keep(session, store.actor.scope, sha256, 4, store.clock.now().isoformat())
    return person.id


def derive_surname(session: Session, person_ids: object) -> None:
    """A small real derivation: one listing row a person."""
    for person_id in list(person_ids):  # type: ignore[call-overload]  # a collection
        session.execute(delete(tables.listing).where(tables.listing.c.person_id == person_id))
        surname = session.scalar(select(Person.surname).where(Person.id == person_id))
        values = {"person_id": person_id, "surname": surname, "sort_key": surname or ""}
        session.execute(insert(tables.listing).values(**values))


def test_a_backup_opens_with_the_same_key_only_and_has_everything(
    store: Store, tmp_path: Path
) -> None:
    person_id = work(store)
    copy = tmp_path / "copies" / "records-2026-07-14.db"
    backup(store.engine, copy)
    with pytest.raises(WrongKey):
        open_database(copy, bytes(32))
    engine = open_database(copy, KEY)
    again = Store(engine, store.clock, store.actor, store.files, store.derive)
    with again.read() as session:
        assert session.get_one(Person, person_id).surname == "Юлдошев"
    assert again.pending() == store.pending()
    assert check(again) == []
    engine.dispose()
    assert [path.name for path in copy.parent.iterdir() if ".part" in path.name] == []


def test_a_second_backup_replaces_the_first(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "records.db"
    backup(store.engine, copy)
    work(store)
    backup(store.engine, copy)
    engine = open_database(copy, KEY)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM outbox")) == store.pending()
    engine.dispose()


def test_after_honest_work_the_check_finds_nothing(store: Store) -> None:
    store.derive = derive_surname
    work(store)
    assert check(store) == []


def test_after_the_exchange_the_check_finds_nothing(store: Store) -> None:
    work(store)
    with store.merge() as session:
        for row in session.execute(select(tables.outbox)).all()[:2]:
            session.execute(
                insert(tables.outbox_done).values(
                    cseq=row.cseq,
                    op_hash=row.op_hash,
                    doc_id=row.doc_id,
                    op=row.op,
                    status="applied",
                    acked_at="2026-07-14T09:31:00+00:00",
                )
            )
            session.execute(delete(tables.outbox).where(tables.outbox.c.cseq == row.cseq))
    assert check(store) == []


Spoil = Callable[[Session], object]


def run(statement: object) -> Spoil:
    return lambda session: session.execute(statement)  # type: ignore[call-overload]  # any SQL


def change_an_operation(session: Session) -> None:
    op = session.scalar(select(tables.outbox.c.op).where(tables.outbox.c.cseq == 3))
    assert op is not None
    spoilt = json.loads(json.dumps(op).replace(op["at"], "2020-01-01T00:00:00+00:00"))
    session.execute(update(tables.outbox).where(tables.outbox.c.cseq == 3).values(op=spoilt))


SPOILS: list[tuple[str, Spoil]] = [
    ("queue", change_an_operation),
    ("queue", run(delete(tables.outbox).where(tables.outbox.c.cseq == 2))),
    ("history", run(delete(tables.history).where(tables.history.c.cseq == 3))),
    ("history", run(delete(tables.action).where(tables.action.c.id == 2))),
    ("records", run(update(Person).values(surname="Чужой"))),
    ("records", run(update(Person).values(languages=frozenset({"tg"})))),
    ("records", run(update(Note).values(deleted=False))),
    ("records", run(insert(Note).values(id="n9", scope=11, person_id="никто"))),
    ("derived", run(update(tables.listing).values(surname="Старая"))),
    ("derived", run(insert(tables.listing).values(person_id="призрак", sort_key=""))),
]


@pytest.mark.parametrize(("subject", "spoil"), SPOILS)
def test_each_thing_that_is_wrong_is_found(store: Store, subject: str, spoil: Spoil) -> None:
    store.derive = derive_surname
    work(store)
    with store.merge() as session:
        spoil(session)
    found = check(store)
    assert subject in {finding.subject for finding in found}
    assert all("Юлд" not in finding.text for finding in found)


def test_a_lost_attachment_is_found(store: Store, home: Home) -> None:
    work(store)
    for path in home.files.rglob("*"):
        if path.is_file():
            path.unlink()
    (finding,) = check(store)
    assert finding.subject == "attachments"


def test_the_check_keeps_nothing_of_what_it_derives(store: Store) -> None:
    store.derive = derive_surname
    work(store)
    with store.merge() as session:
        session.execute(update(tables.listing).values(surname="Старая"))
    check(store)
    with store.read() as session:
        assert session.scalar(select(tables.listing.c.surname)) == "Старая"
