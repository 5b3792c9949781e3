"""What was typed survives the person at the keyboard changing, and comes back with its author."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from centre_parts import (
    KEY,
    Desk,
    MakeDesk,
    Organisation,
    assert_feed_sound,
    assert_same,
    derive_nothing,
    kept_somewhere,
    line_to,
    open_desk,
)
from sqlalchemy import select

from arm.central.admin import grant, revoke, switch_off
from arm.centre_errors import CentreUnreachable, WrongCentrePassword
from arm.clock import FixedClock
from arm.model import Person
from arm.store import tables
from arm.store.database import MIGRATIONS, create_database, open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store
from arm.store.undo import undo_last
from arm.sync.engine import SyncEngine
from arm.sync.resolve import Settlement, settle


def signs_in(desk: Desk, login: str) -> Desk:
    """Somebody else at the same computer: the same file, another person and connection."""
    store = Store(
        desk.store.engine,
        desk.store.clock,
        replace(desk.store.actor, login=login, full_name=f"Сотрудник {login}"),
        desk.store.files,
        desk.store.derive,
    )
    engine = SyncEngine(store, lambda: line_to(desk.organisation, login, desk.proxy))
    return Desk(desk.organisation, login, store, engine, desk.proxy, desk.folder)


def authors(organisation: Organisation) -> list[tuple[str, str]]:
    """(who was logged in, who typed it) of every edit the centre took, in order."""
    with psycopg.connect(organisation.centre.admin_dsn()) as connection:
        return connection.execute(
            "SELECT actor::text, author FROM arm.change WHERE scope = %s AND op IN ('N', 'S')"
            " ORDER BY seq",
            (organisation.scope,),
        ).fetchall()


def second_scope(organisation: Organisation, login: str) -> int:
    with psycopg.connect(organisation.centre.admin_dsn()) as connection:
        row = connection.execute(
            "INSERT INTO arm.scope_head (org, title) SELECT org, 'Второй отдел'"
            " FROM arm.scope_head WHERE scope = %s RETURNING scope",
            (organisation.scope,),
        ).fetchone()
    assert row is not None
    grant(organisation.centre.admin_dsn(), login, row[0])
    return int(row[0])


def test_what_the_first_left_unsent_goes_with_the_second_and_keeps_its_author(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    first = make_desk(0)
    person = first.take_in("Мамедов")
    first.sync()
    first.edit(person, phone="+79000000001")
    second = signs_in(first, organisation.logins[1])
    second.edit(person, employer="ООО «Мир»")
    assert second.store.pending() == 2
    second.sync()
    one, two = organisation.logins[:2]
    assert authors(organisation) == [(one, one), (two, one), (two, two)]
    assert second.store.pending() == 0
    assert_same(second)


def test_author_of_what_is_sent_again_to_a_restored_centre_is_still_known(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    first = make_desk(0)
    person = first.take_in("Мамедов")
    first.sync()
    first.edit(person, phone="+79000000002")
    first.sync()
    ((before,),) = first.rows("SELECT op_hash FROM outbox_done WHERE cseq = 1")
    with psycopg.connect(organisation.centre.admin_dsn()) as connection:
        connection.execute(
            "UPDATE arm.client SET last_cseq = 1, last_op_hash = %s WHERE client = %s",
            (before, first.store.client_id),
        )
        connection.execute("DELETE FROM arm.taken WHERE last_cseq > 1")
        connection.execute("DELETE FROM arm.change WHERE scope = %s AND seq = 2",
                           (organisation.scope,))  # fmt: skip
        connection.execute(
            "UPDATE arm.scope_head SET seq = 1, hash = (SELECT hash FROM arm.change"
            " WHERE scope = %s AND seq = 1) WHERE scope = %s",
            (organisation.scope, organisation.scope),
        )
        connection.execute(
            "UPDATE arm.doc SET ver = 1, body = body - 'phone', fver = fver - 'phone'"
            " WHERE scope = %s",
            (organisation.scope,),
        )
    second = signs_in(first, organisation.logins[1])
    second.sync()
    one, two = organisation.logins[:2]
    assert authors(organisation) == [(one, one), (two, one)]
    assert second.person(person).phone == "+79000000002"


def test_edits_that_only_their_author_may_send_wait_for_them_and_hold_up_nobody(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    one, two = organisation.logins[:2]
    narrow = second_scope(organisation, one)
    first = make_desk(0)
    shared = first.take_in("Мамедов")
    first.sync()
    with first.store.write("Принят человек") as session:
        secret = Person(surname="Закрытый", scope=narrow)
        session.add(secret)
        session.flush()
        secret_id = secret.id
    first.edit(shared, phone="+79000000003")
    second = signs_in(first, two)
    second.edit(shared, employer="ООО «Мир»")
    second.sync()
    assert second.engine.state.held == 1
    assert second.engine.state.rejected == 0
    assert second.store.pending() == 0
    assert authors(organisation)[-2:] == [(two, one), (two, two)]
    assert "Закрытый" not in kept_somewhere(organisation)
    again = signs_in(second, one)
    again.sync()
    assert (again.engine.state.held, again.store.pending()) == (0, 0)
    assert again.person(secret_id).surname == "Закрытый"
    with psycopg.connect(organisation.centre.admin_dsn()) as connection:
        row = connection.execute(
            "SELECT author FROM arm.change WHERE scope = %s AND id = %s", (narrow, secret_id)
        ).fetchone()
    assert row == (one,)
    assert_feed_sound(organisation)
    history = again.rows("SELECT actor, seq FROM history WHERE doc_id = ?", secret_id)
    assert history == [(one, 1)], "one line, with the centre's number"


def test_what_the_centre_has_seen_is_never_taken_out_of_the_queue(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    one, two = organisation.logins[:2]
    narrow = second_scope(organisation, one)
    first = make_desk(0)
    first.sync()
    with first.store.write("Принят человек") as session:
        session.add(Person(surname="Услышанный", scope=narrow))
    kept = first.rows("SELECT * FROM outbox")
    first.sync()
    with first.store.merge() as session:  # the answer never came back
        raw: Any = session.connection().connection.driver_connection
        raw.execute("DELETE FROM outbox_done")
        raw.executemany("INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)", kept)
    second = signs_in(first, two)
    second.sync()
    assert (second.store.pending(), second.engine.state.held) == (0, 0)
    assert_feed_sound(organisation)


def test_work_of_a_switched_off_account_is_sent_by_a_colleague(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    one, two = organisation.logins[:2]
    first = make_desk(0)
    person = first.take_in("Мамедов")
    first.sync()
    first.edit(person, phone="+79000000004")
    switch_off(organisation.centre.admin_dsn(), one)
    with pytest.raises(WrongCentrePassword):
        first.sync()
    assert first.store.pending() == 1, "kept and counted"
    second = signs_in(first, two)
    second.sync()
    assert authors(organisation)[-1] == (two, one)
    assert second.person(person).phone == "+79000000004"


def test_an_edit_refused_after_a_right_was_lost_is_kept_with_the_workstation_it_came_from(
    two: tuple[Desk, Desk],
) -> None:
    first, _ = two
    person = first.rows("SELECT id FROM person")[0][0]
    first.edit(person, phone="+79000000005")
    revoke(first.organisation.centre.admin_dsn(), first.login, first.organisation.scope)
    first.sync()
    with first.store.read() as session:
        (kept,) = session.execute(select(tables.rejected)).all()
    assert kept.client == first.store.client_id
    assert kept.op["f"]["phone"]["n"] == "+79000000005"
    assert first.engine.state.rejected == 1


def test_a_decision_taken_back_opens_the_conflict_again_for_everybody(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    person = first.rows("SELECT id FROM person")[0][0]
    first.edit(person, phone="1")
    second.edit(person, phone="2")
    first.sync()
    second.sync()
    first.sync()
    (conflict,) = first.conflicts()
    settle(first.store, [Settlement(conflict["id"], "2")])
    first.sync()
    second.sync()
    assert second.conflicts() == []
    assert second.person(person).phone == "2"
    undo_last(first.store)
    assert len(first.conflicts()) == 1, "at once, also without a network"
    first.sync()
    second.sync()
    first.sync()
    for desk in two:
        (again,) = desk.conflicts()
        assert (again["id"], again["mine_value"], again["server_value"]) == (
            conflict["id"], "2", "1",
        )  # fmt: skip
        assert desk.person(person).phone == "1"
        assert_same(desk)
    settle(second.store, [Settlement(conflict["id"], "3")])
    second.sync()
    first.sync()
    assert first.conflicts() == []
    assert first.person(person).phone == "3"
    assert_feed_sound(first.organisation)


def test_a_decision_taken_back_before_it_was_sent_leaves_the_conflict_open(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    person = first.rows("SELECT id FROM person")[0][0]
    first.edit(person, phone="1")
    second.edit(person, phone="2")
    first.sync()
    second.sync()
    first.sync()
    (conflict,) = first.conflicts()
    settle(first.store, [Settlement(conflict["id"], "1")])
    undo_last(first.store)
    first.sync()
    second.sync()
    assert [one["id"] for one in first.conflicts()] == [conflict["id"]]
    assert [one["id"] for one in second.conflicts()] == [conflict["id"]]
    assert_feed_sound(first.organisation)


def test_failures_and_exchanges_are_remembered_for_people(two: tuple[Desk, Desk]) -> None:
    first, _ = two
    first.edit(first.rows("SELECT id FROM person")[0][0], phone="7")
    first.proxy.cut()
    for _ in range(2):
        with pytest.raises(CentreUnreachable):
            first.sync()
    first.proxy.restore()
    first.sync()
    failed, went = first.store.meta("exchanges")[-2:]
    assert (failed["times"], failed["error"]) == (2, "centre_unreachable")
    assert went["sent"] == 1


def test_unsent_edits_pass_through_an_update_of_the_program(
    organisation: Organisation, tmp_path: Path, clock: FixedClock
) -> None:
    """The queue was filled by the program of before; the new one brings the schema up and sends."""
    older = tmp_path / "older"
    shutil.copytree(MIGRATIONS, older, ignore=shutil.ignore_patterns("__pycache__"))
    newest = max((older / "versions").glob("0*.py"))
    newest.unlink()
    path = tmp_path / "home" / "records.db"
    path.parent.mkdir()
    create_database(path, KEY, older).dispose()
    login = organisation.logins[0]
    actor = Actor(login, "Сотрудник", "center_specialist", organisation.scope)
    files = FileStore(tmp_path / "home" / "files", KEY)
    before = Store(open_database(path, KEY, older), clock, actor, files, derive_nothing)
    with before.write("Принят человек") as session:
        session.add(Person(surname="Дообновлённый"))
    before.save_draft("intake", "Рахимова", {"surname": "Рахимова"}, 10)
    chain = [row.op_hash for row in rows_of(before, tables.outbox)]
    before.engine.dispose()
    desk = open_desk(organisation, login, path.parent, path, clock)
    assert [row.op_hash for row in rows_of(desk.store, tables.outbox)] == chain
    assert [draft.title for draft in desk.store.drafts()] == ["Рахимова"]
    assert list(path.parent.glob("records.db.before-*")), "a copy was laid beside before"
    desk.sync()
    assert "Дообновлённый" in kept_somewhere(organisation)
    desk.close()


def rows_of(store: Store, table: Any) -> list[Any]:
    with store.read() as session:
        return list(session.execute(select(table)))
