"""Rows of the failure table in docs/sync.md that no other file causes."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from centre_parts import (
    KEY,
    Desk,
    MakeDesk,
    Organisation,
    assert_feed_sound,
    assert_same,
    kept_somewhere,
    make_organisation,
    open_desk,
)
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from arm.central.admin import add_scope, grant, provision, was_restored
from arm.central.embedded import EmbeddedCentral
from arm.clock import FixedClock
from arm.model import Note
from arm.store.backup import check
from arm.store.database import open_database
from arm.store.errors import DamagedFile, DiskFull
from arm.store.operations import canonical
from arm.store.store import Store
from arm.sync.rebuild import mend_queue, rebuild


def only_person(desk: Desk) -> str:
    return str(desk.rows("SELECT id FROM person")[0][0])


# --- others at work in the centre


def test_a_foreign_write_transaction_left_open_stops_no_feed(two: tuple[Desk, Desk]) -> None:
    first, second = two
    with psycopg.connect(first.organisation.centre.admin_dsn()) as admin:
        admin.execute("CREATE TABLE public.foreign_work (n int)")
        admin.execute("INSERT INTO public.foreign_work VALUES (1)")  # and no commit
        for turn in range(3):
            first.edit(only_person(first), phone=f"правка {turn}")
            first.sync()
            assert second.sync().received == 1
        admin.rollback()
    assert second.person(only_person(second)).phone == "правка 2"


def test_a_scope_that_somebody_holds_stops_neither_receiving_nor_the_next_exchange(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    organisation, who = first.organisation, only_person(first)
    other = add_scope(
        organisation.centre.admin_dsn(), org=organisation.scope, title=f"Второй {first.login}"
    )
    for desk in two:
        grant(organisation.centre.admin_dsn(), desk.login, other)
        desk.sync()
    second.store.actor = type(second.store.actor)(second.login, second.login, "", other)
    came = second.take_in("Из свободного подразделения")
    second.sync()
    first.edit(who, phone="подождёт")
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        admin.execute(
            "SELECT 1 FROM arm.scope_head WHERE scope = %s FOR UPDATE", (organisation.scope,)
        )
        began = time.monotonic()
        report = first.sync()
        assert report.busy
        assert time.monotonic() - began < 30
        assert first.person(came).surname == "Из свободного подразделения"
        assert first.engine.state.pending == 1
        assert first.engine.state.error is None
    assert not first.sync().busy
    assert first.engine.state.pending == 0
    assert_feed_sound(organisation)


def test_a_convoy_of_workstations_before_one_scope_gets_through(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    desks = [make_desk(number % 3, name=f"стол-{number}") for number in range(6)]
    who = desks[0].take_in("Общий")
    for desk in desks:
        desk.sync()
    failed: list[BaseException] = []

    def work(desk: Desk, number: int) -> None:
        try:
            for turn in range(5):
                with desk.store.write("Заметка") as session:
                    session.add(Note(person_id=who, text=f"заметка-{number}-{turn}"))
                desk.sync()
        except BaseException as error:  # noqa: BLE001  # told by the main thread
            failed.append(error)

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(desks, range(6), strict=True)
    ]
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        admin.execute(
            "SELECT 1 FROM arm.scope_head WHERE scope = %s FOR UPDATE", (organisation.scope,)
        )
        for thread in threads:
            thread.start()
        time.sleep(3)  # longer than a push waits for its scope
    for thread in threads:
        thread.join()
    assert failed == []
    for desk in desks * 2:
        desk.sync()
    for desk in desks:
        assert desk.engine.state.pending == 0
        assert len(desk.rows("SELECT id FROM note")) == 30
    assert_feed_sound(organisation)


# --- operations that make no sense


def test_no_poison_stops_the_queue(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    deep = "[" * 20_000 + "]" * 20_000
    poisons = (
        '{"deleted":{"b":0,"o":false,"n":"не логическое","p":null}}',
        '{"phone":{"b":"не число","n":"x","o":null}}',
        '{"phone":{"b":99999999999999999999,"n":"x","o":null}}',
        '{"phone":{"b":0,"n":"\\u0000","o":null}}',
        '{"Плохое Имя":{"b":0,"n":1,"o":null}}',
        '{"contacts":{"b":0,"inc":"много"}}',
        '{"languages":{"add":{"не":"список"},"rem":[]}}',
        f'{{"phone":{{"b":0,"n":{deep},"o":null}}}}',
        '"не объект"',
        "null",
    )
    for poison in poisons:
        first.edit(who, employer=f"до {len(poison)}")
        with first.store.merge() as session:
            raw = session.connection().connection.driver_connection
            assert raw is not None
            ((cseq, op),) = raw.execute(
                "SELECT cseq, op FROM outbox ORDER BY cseq DESC LIMIT 1"
            ).fetchall()
            operation = json.loads(op)
            fields = canonical({"f": operation["f"]})
            spoilt = op.replace(fields[1:-1], f'"f":{poison}')
            assert spoilt != op
            digest = hashlib.sha256(spoilt.encode()).hexdigest()
            raw.execute(
                "UPDATE outbox SET op = ?, op_hash = ? WHERE cseq = ?", (spoilt, digest, cseq)
            )
        said = push_raw(first)
        assert [one["status"] for one in said["results"]] == ["invalid"], poison
    first.edit(who, phone="после всех")
    first.sync()
    second.sync()
    assert second.person(who).phone == "после всех"
    assert_feed_sound(first.organisation)


def push_raw(desk: Desk) -> dict[str, list[dict[str, str]]]:
    """Send the one waiting operation as it is and settle it here."""
    ((cseq, op),) = desk.rows("SELECT cseq, op FROM outbox")
    line = desk.engine._connect()
    with line:
        row = line.execute(
            "SELECT sync_v1.push(%s, 2, %s, %s::bigint[], %s::text[], %s::text[])",
            (desk.store.client_id, desk.organisation.scope, [cseq], [op], [desk.login]),
        ).fetchone()
    assert row is not None
    with desk.store.merge() as session:
        session.execute(
            text(
                "INSERT INTO outbox_done (cseq, op_hash, doc_id, op, status, acked_at)"
                " SELECT cseq, op_hash, doc_id, op, 'invalid', made_at FROM outbox"
            )
        )
        session.execute(text("DELETE FROM outbox"))
    said: dict[str, list[dict[str, str]]] = row[0]
    return said


# --- the workstation's disk


def limit_pages(store: Store, extra: int | None) -> None:
    """SQLite's own limit answers exactly as a full disk does; it holds for each connection."""
    store.engine.dispose()

    def limited(connection: object, _record: object) -> None:
        raw = connection
        count = raw.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
        limit = 1 << 30 if extra is None else count + extra
        raw.execute(f"PRAGMA max_page_count = {limit}")  # type: ignore[attr-defined]

    event.listen(store.engine, "connect", limited)


def test_on_a_full_disk_what_waits_is_sent_and_nothing_is_applied_twice(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    who = only_person(first)
    for number in range(150):  # more than one batch
        first.edit(who, phone=f"метка-{number}")
    with second.store.write("Много") as session:
        session.add_all(Note(person_id=who, text="длинная заметка " * 400) for _ in range(60))
    second.sync()
    limit_pages(first.store, 0)
    with pytest.raises(DiskFull):
        first.sync()
    assert isinstance(first.engine.state.error, DiskFull)
    kept = kept_somewhere(first.organisation)
    assert all(f'"метка-{number}"' in kept for number in range(150))
    limit_pages(first.store, None)
    before = assert_feed_sound(first.organisation)
    for desk in (first, second):
        desk.sync()
        assert_same(desk)
    assert first.engine.state.pending == 0
    assert assert_feed_sound(first.organisation) == before


def test_bit_rot_is_found_by_page_and_the_workstation_is_built_anew(
    two: tuple[Desk, Desk], tmp_path: Path
) -> None:
    first, second = two
    who = only_person(first)
    with second.store.write("Много") as session:
        session.add_all(Note(person_id=who, text=f"{number} " * 300) for number in range(300))
    second.sync()
    first.sync()
    first.edit(who, phone="не отправлено 1")
    first.edit(who, employer="не отправлено 2")
    first.store.save_draft("intake", "Начатый приём", {"surname": "Ким"})
    page = page_of_a_note(first)
    first.store.engine.dispose()
    path = first.folder / "records.db"
    spoilt = bytearray(path.read_bytes())
    spoilt[(page - 1) * 4096 + 2000] ^= 0x10
    path.write_bytes(spoilt)

    found = check(first.store)
    assert [str(page) in one.text for one in found if "Страница" in one.text] == [True]
    first.store.engine.dispose()
    fresh = first.folder / "fresh.db"
    assert rebuild(path, KEY, fresh) == 1
    engine = open_database(fresh, KEY)
    store = Store(
        engine, first.store.clock, first.store.actor, first.store.files, first.store.derive
    )
    client = store.client_id
    done = mend_queue(store, 1)
    assert (done.unsent, done.drafts, done.spoilt, done.whole) == (2, 1, 1, True)
    assert store.client_id == client
    again = Desk(
        first.organisation,
        first.login,
        store,
        type(first.engine)(store, first.engine._connect),
        first.proxy,
        first.folder,
    )
    again.sync()
    assert_same(again)
    person = again.person(who)
    assert (person.phone, person.employer) == ("не отправлено 1", "не отправлено 2")
    assert [draft.title for draft in store.drafts()] == ["Начатый приём"]
    assert check(store) == []
    engine.dispose()


def page_of_a_note(desk: Desk) -> int:
    """A page that only notes lie on: with it spoilt, all other tables still read."""
    with desk.store.engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).fetchall()
        pages = connection.scalar(text("PRAGMA page_count"))
    desk.store.engine.dispose()
    whole = (desk.folder / "records.db").read_bytes()
    for page in range(pages // 2, pages):
        content = bytearray(whole)
        content[(page - 1) * 4096 + 2000] ^= 0x10
        if not readable(desk.folder, content, "note") and readable(
            desk.folder, content, "outbox", "outbox_done", "meta", "draft", "action", "person"
        ):
            return page
    raise AssertionError("no page holds notes only")


def readable(folder: Path, content: bytes, *tables: str) -> bool:
    trial = folder / "trial.db"
    for end in ("", "-wal", "-shm"):
        trial.with_name(trial.name + end).unlink(missing_ok=True)
    trial.write_bytes(content)
    try:
        engine = open_database(trial, KEY)
        with engine.connect() as connection:
            for table in tables:
                connection.execute(text(f"SELECT * FROM {table}")).fetchall()
        engine.dispose()
    except (DamagedFile, DBAPIError):
        return False
    return True


def test_a_queue_that_lost_a_page_goes_on_under_another_number(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    desk = make_desk()
    who = desk.take_in("Мамедов")
    desk.sync()
    for number in range(5):
        desk.edit(who, phone=f"метка-{number}")
    with desk.store.merge() as session:  # what a spoilt page of the queue takes along
        session.execute(text("DELETE FROM outbox WHERE cseq = 4"))
    before = desk.store.client_id
    done = mend_queue(desk.store, 1)
    assert (done.unsent, done.whole) == (4, False)
    assert desk.store.client_id != before
    desk.sync()
    assert desk.engine.state.pending == 0
    kept = kept_somewhere(desk.organisation)
    assert all(f"метка-{number}" in kept for number in (0, 1, 3, 4))
    assert_same(desk)


# --- a centre that was set back


def test_an_edit_that_comes_to_a_restored_centre_before_its_record_waits_for_it(
    tmp_path: Path, empty_database: Path
) -> None:
    with EmbeddedCentral(tmp_path / "centre") as centre:
        provision(centre.admin_dsn())
        organisation = make_organisation(centre, people=2)
        clock = FixedClock(datetime(2026, 7, 14, 9, 30, tzinfo=UTC))
        first, second = (
            open_desk(organisation, login, tmp_path / login, empty_database, clock)
            for login in organisation.logins
        )
        for desk in (first, second):
            desk.sync()
        centre.stop()
        shutil.copytree(centre.cluster, tmp_path / "backup")
        centre.start()
        who = first.take_in("Назаров", phone="первый")
        first.sync()
        second.sync()
        second.edit(who, employer="ИП Ким")
        second.sync()
        first.sync()

        centre.stop()
        put_back(tmp_path / "backup", centre.cluster)
        centre.start()
        was_restored(centre.admin_dsn())
        second.sync()  # it has the edit, but only the first has the record
        assert [why for (why,) in second.rows("SELECT why FROM rejected")] == ["no_record_yet"]
        for desk in (first, second, first):
            desk.sync()
        for desk in (first, second):
            person = desk.person(who)
            assert (person.surname, person.employer) == ("Назаров", "ИП Ким")
            assert desk.rows("SELECT why FROM rejected") == []
            assert desk.engine.state.pending == 0
            assert_same(desk)
            desk.close()
        assert_feed_sound(organisation)


def put_back(backup: Path, cluster: Path) -> None:
    """Replace the files in place: the folder keeps its owner."""
    owner = cluster.stat()
    for old in cluster.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.copytree(backup, cluster, dirs_exist_ok=True)
    for path in (cluster, *cluster.rglob("*")):
        shutil.chown(path, owner.st_uid, owner.st_gid)


def test_a_centre_set_back_before_all_that_is_remembered_gets_all_of_that(
    make_desk: MakeDesk,
) -> None:
    desk, other = make_desk(0), make_desk(1)
    who = desk.take_in("Ли")
    for number in range(6):
        desk.edit(who, phone=f"метка-{number}")
        desk.sync()
    with desk.store.merge() as session:  # the window of memory has moved on
        session.execute(text("DELETE FROM outbox_done WHERE cseq < 4"))
    with psycopg.connect(desk.organisation.centre.admin_dsn()) as admin:
        admin.execute(
            "UPDATE arm.client SET last_cseq = 2, last_op_hash = 'of that time' WHERE client = %s",
            (desk.store.client_id,),
        )
    before = desk.store.client_id
    desk.sync()
    other.sync()
    assert desk.engine.state.pending == 0
    assert desk.store.client_id != before
    assert other.person(who).phone == "метка-5"
    with psycopg.connect(desk.organisation.centre.admin_dsn()) as admin:
        (again,) = admin.execute(
            "SELECT last_cseq FROM arm.client WHERE client = %s", (desk.store.client_id,)
        ).fetchone() or (0,)
    assert again == 4  # numbers 4 to 7 of before, all that is remembered
