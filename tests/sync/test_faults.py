"""Networks that break, servers that fall, memories that were set back: nothing typed is lost."""

from __future__ import annotations

import json
import shutil
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from centre_parts import (
    Desk,
    MakeDesk,
    Organisation,
    assert_feed_sound,
    assert_same,
    centre_documents,
    kept_somewhere,
    line_to,
    make_organisation,
    open_desk,
)

from arm.central.admin import add_person, grant, provision, revoke
from arm.central.bulk import copy_documents
from arm.central.connect import connect
from arm.central.cut_proxy import CutProxy
from arm.central.embedded import EmbeddedCentral
from arm.centre_errors import (
    CentreNotReady,
    CentreUnreachable,
    ProgramTooOld,
    WrongCentrePassword,
)
from arm.clock import FixedClock
from arm.model import Person
from arm.sync import engine as engine_module
from arm.sync.engine import SyncEngine
from arm.sync.feed import FeedBroken
from arm.sync.loop import SyncLoop
from arm.sync.state import SyncState


def only_person(desk: Desk) -> str:
    return str(desk.rows("SELECT id FROM person")[0][0])


def sync_until_through(desk: Desk, attempts: int = 5) -> None:
    for _ in range(attempts):
        try:
            desk.sync()
        except CentreUnreachable:
            desk.proxy.restore()
        else:
            return
    raise AssertionError("the exchange never went through")


# --- the network


def test_without_network_edits_wait_and_the_state_says_since_when(two: tuple[Desk, Desk]) -> None:
    first, second = two
    first.proxy.cut()
    first.edit(only_person(first), phone="без связи")
    for _ in range(2):
        with pytest.raises(CentreUnreachable):
            first.sync()
    state = first.engine.state
    assert (state.phase, state.pending) == ("offline", 1)
    assert state.offline_since == first.store.clock.now()
    assert isinstance(state.error, CentreUnreachable)
    first.proxy.restore()
    first.sync()
    state = first.engine.state
    assert (state.phase, state.pending, state.error, state.offline_since) == ("idle", 0, None, None)
    second.sync()
    assert second.person(only_person(first)).phone == "без связи"


def test_a_line_cut_after_any_number_of_bytes_loses_and_doubles_nothing(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    who = only_person(first)
    tokens = []
    # a whole exchange is some 9 000 bytes: the cuts fall into greeting, push, answer and pull
    for place, count in enumerate(range(200, 12_000, 700)):
        token = f"обрыв-{place}"
        tokens.append(token)
        desk = two[place % 2]
        desk.edit(who, phone=token)
        desk.proxy.cut_after(count)
        sync_until_through(desk)
    for desk in (first, second, first):
        sync_until_through(desk)
    text = kept_somewhere(first.organisation)
    assert [token for token in tokens if token not in text] == []
    assert_feed_sound(first.organisation)
    for desk in two:
        assert_same(desk)


def test_a_lost_answer_is_asked_for_again_and_nothing_is_applied_twice(
    two: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = two
    who = only_person(first)
    first.edit(who, phone="один раз", languages=frozenset({"az", "ru"}))

    def lose_the_answer(*said: object) -> int:
        raise CentreUnreachable

    with monkeypatch.context() as patched:
        patched.setattr(engine_module, "acknowledge", lose_the_answer)
        with pytest.raises(CentreUnreachable):
            first.sync()
    assert first.engine.state.pending == 1
    before = assert_feed_sound(first.organisation)
    first.sync()
    assert first.engine.state.pending == 0
    assert assert_feed_sound(first.organisation) == before
    assert_same(first)


def test_an_operation_sent_again_does_not_undo_what_others_did_since(
    two: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="первый", languages=frozenset({"az", "ru"}))

    def lose_the_answer(*said: object) -> int:
        raise CentreUnreachable

    with monkeypatch.context() as patched:
        patched.setattr(engine_module, "acknowledge", lose_the_answer)
        with pytest.raises(CentreUnreachable):
            first.sync()
    second.sync()
    second.edit(who, phone="второй", languages=frozenset({"az"}))
    second.sync()
    first.sync()
    second.sync()
    for desk in two:
        person = desk.person(who)
        assert (person.phone, person.languages) == ("второй", frozenset({"az"}))
        assert desk.conflicts() == []
        assert_same(desk)


def test_a_refusal_is_told_again_when_its_answer_was_lost(two: tuple[Desk, Desk]) -> None:
    first, _ = two
    first.edit_as_a_bug_would(only_person(first), employer="\x00")
    with line_to(first.organisation, first.login) as line:
        ((cseq, text),) = first.rows("SELECT cseq, op FROM outbox")
        line.execute(
            "SELECT sync_v1.push(%s, 1, %s, %s::bigint[], %s::text[], %s::text[])",
            (first.store.client_id, first.organisation.scope, [cseq], [text], [first.login]),
        )
    first.sync()
    assert first.rows("SELECT cseq, why FROM rejected") == [(cseq, "bad_op")]


def test_a_line_that_falls_silent_is_given_up(make_desk: MakeDesk) -> None:
    desk = make_desk(silence=0.4)
    desk.sync()
    desk.take_in("Каримов")

    push = desk.engine._push

    def push_into_silence(*said: Any) -> int:
        desk.proxy.hold()
        return push(*said)

    desk.engine._push = push_into_silence  # type: ignore[method-assign]
    began = time.monotonic()
    with pytest.raises(CentreUnreachable):
        desk.sync()
    assert 0.3 < time.monotonic() - began < 5
    del desk.engine._push
    desk.proxy.restore()
    desk.sync()
    assert_same(desk)


def test_breaking_off_from_another_thread_does_not_wait(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.sync()
    desk.proxy.hold()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            desk.sync()
        except CentreUnreachable as error:
            failed.append(error)

    # the greeting waits in a held line; the connection itself is made before
    engine_line = line_to(desk.organisation, desk.login)
    desk.engine._connect = lambda: engine_line
    with psycopg.connect(desk.organisation.centre.admin_dsn()) as admin:
        admin.execute("LOCK TABLE arm.client IN ACCESS EXCLUSIVE MODE")
        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(0.3)
        desk.engine.abort()
        thread.join(3)
    assert not thread.is_alive()
    assert failed


# --- the server


def test_the_server_falls_and_comes_back(two: tuple[Desk, Desk], centre: EmbeddedCentral) -> None:
    first, second = two
    who = only_person(first)
    for turn in range(2):
        first.edit(who, phone=f"до падения {turn}")
        first.sync()
        first.edit(who, phone=f"после {turn}")
        centre.stop(crash=True)
        with pytest.raises(CentreUnreachable):
            first.sync()
        centre.start()
        first.sync()
        second.sync()
        assert second.person(who).phone == f"после {turn}"
    assert_feed_sound(first.organisation)
    for desk in two:
        assert_same(desk)


def test_the_server_falls_in_the_middle_of_exchanges(
    two: tuple[Desk, Desk], centre: EmbeddedCentral
) -> None:
    first, second = two
    who = only_person(first)
    stop = threading.Event()
    typed: list[str] = []

    def work() -> None:
        while not stop.is_set():
            token = f"сервер-{len(typed)}"
            first.edit(who, phone=token)
            typed.append(token)
            try:
                first.sync()
            except CentreUnreachable:
                time.sleep(0.01)

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(2):
        time.sleep(0.3)
        centre.stop(crash=True)
        centre.start()
    stop.set()
    thread.join()
    first.sync()
    second.sync()
    text = kept_somewhere(first.organisation)
    assert len(typed) > 10
    assert [token for token in typed if token not in text] == []
    assert second.person(who).phone == typed[-1]
    assert_feed_sound(first.organisation)
    assert_same(second)


def test_a_centre_restored_from_yesterdays_backup_gets_everything_again(
    tmp_path: Path, empty_database: Path
) -> None:
    with EmbeddedCentral(tmp_path / "centre") as centre:
        provision(centre.admin_dsn())
        organisation = make_organisation(centre, people=2)
        clock = FixedClock(datetime(2026, 7, 14, 9, 30, tzinfo=UTC))
        desks = [
            open_desk(organisation, login, tmp_path / login, empty_database, clock)
            for login in organisation.logins
        ]
        first, second = desks
        who = first.take_in("Хасанов", phone="вчера")
        for desk in (first, second):
            desk.sync()
        centre.stop()
        shutil.copytree(centre.cluster, tmp_path / "backup")
        centre.start()

        first.edit(who, phone="сегодня 1")
        first.sync()
        second.sync()
        second.edit(who, phone="сегодня 2", employer="ИП Ким")
        newcomer = second.take_in("Назаров")
        second.sync()
        first.sync()

        centre.stop()
        _put_back(tmp_path / "backup", centre.cluster)
        centre.start()
        for desk in (first, second, first, second):
            desk.sync()
        for desk in desks:
            assert desk.person(newcomer).surname == "Назаров"
            assert desk.person(who).employer == "ИП Ким"
            assert_same(desk)
            assert desk.engine.state.pending == 0
        text = kept_somewhere(organisation)
        assert all(token in text for token in ("сегодня 1", "сегодня 2", "ИП Ким", "Назаров"))
        assert_feed_sound(organisation)
        for desk in desks:
            desk.close()


def _put_back(backup: Path, cluster: Path) -> None:
    """Replace the files in place: the folder keeps its owner."""
    owner = cluster.stat()
    for old in cluster.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.copytree(backup, cluster, dirs_exist_ok=True)
    for path in (cluster, *cluster.rglob("*")):
        shutil.chown(path, owner.st_uid, owner.st_gid)


def test_an_altered_feed_is_noticed_and_nothing_of_it_is_believed(
    two: tuple[Desk, Desk], caplog: pytest.LogCaptureFixture
) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="1")
    first.edit(who, phone="2")
    first.sync()
    with psycopg.connect(first.organisation.centre.admin_dsn()) as admin:
        admin.execute(
            "UPDATE arm.change SET delta = replace(delta::text, '\"1\"', '\"9\"')::jsonb"
            " WHERE scope = %s AND seq = 2",
            (first.organisation.scope,),
        )
    with pytest.raises(FeedBroken):
        second.sync()
    assert second.person(who).phone == "+79000003170"
    assert second.rows("SELECT seq FROM cursor") == [(1,)]
    assert "broken" in caplog.text


def test_an_erased_delta_leaves_the_chain_whole(two: tuple[Desk, Desk]) -> None:
    first, second = two
    first.edit(only_person(first), phone="по суду удалить")
    first.sync()
    with psycopg.connect(first.organisation.centre.admin_dsn()) as admin:
        admin.execute(
            "UPDATE arm.change SET delta = NULL, salt = NULL WHERE scope = %s AND seq = 2",
            (first.organisation.scope,),
        )
    second.sync()
    assert second.rows("SELECT seq FROM cursor") == [(2,)]


# --- the workstation


def test_a_workstation_set_back_to_an_old_copy_becomes_another_one(
    two: tuple[Desk, Desk], tmp_path: Path, make_desk: MakeDesk
) -> None:
    first, second = two
    who = only_person(first)
    first.store.engine.dispose()
    old = tmp_path / "старая копия"
    shutil.copytree(first.folder, old)
    first.edit(who, phone="до отката")
    first.sync()
    before = first.store.client_id
    first.store.engine.dispose()

    returned = make_desk(0, name="старая копия")
    returned.edit(who, employer="после отката")  # the same number as the edit above had
    returned.sync()
    assert returned.store.client_id != before
    second.sync()
    person = second.person(who)
    assert (person.phone, person.employer) == ("до отката", "после отката")
    returned.sync()
    for desk in (returned, second):
        assert_same(desk)
    assert_feed_sound(first.organisation)


def test_two_copies_of_one_workstation_at_work_at_once(
    two: tuple[Desk, Desk], tmp_path: Path, make_desk: MakeDesk
) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="общее прошлое")
    first.store.engine.dispose()
    shutil.copytree(first.folder, tmp_path / "клон")
    clone = make_desk(0, name="клон")
    for turn in range(3):
        first.edit(who, employer=f"подлинник {turn}")
        clone.edit(who, profession=f"клон {turn}")
        first.sync()
        clone.sync()
    for desk in (first, clone, second):
        desk.sync()
    assert first.store.client_id != clone.store.client_id
    assert first.store.meta("client_number") != clone.store.meta("client_number")
    text = kept_somewhere(first.organisation)
    for turn in range(3):
        assert f"подлинник {turn}" in text
        assert f"клон {turn}" in text
    for desk in (first, clone, second):
        assert_same(desk)
    assert_feed_sound(first.organisation)


def test_a_clock_ten_years_off_decides_nothing(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    who = first.take_in("Ли", phone="0")
    first.sync()
    second.sync()
    assert isinstance(first.store.clock, FixedClock)
    assert isinstance(second.store.clock, FixedClock)
    first.store.clock.at = datetime(2036, 7, 14, tzinfo=UTC)
    second.store.clock.at = datetime(2016, 7, 14, tzinfo=UTC)
    first.edit(who, phone="из будущего")
    first.sync()
    second.sync()
    second.edit(who, phone="из прошлого")
    second.sync()
    first.sync()
    for desk in (first, second):
        assert desk.person(who).phone == "из прошлого"
        assert desk.conflicts() == []


# --- rights


def test_edits_made_before_a_right_was_taken_away_are_kept(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    second.edit(who, phone="уже нельзя")
    added = second.take_in("Новый")
    organisation = first.organisation
    revoke(organisation.centre.admin_dsn(), second.login, organisation.scope)
    second.sync()
    whys = second.rows("SELECT why, op FROM rejected ORDER BY cseq")
    assert [why for why, _ in whys] == ["no_record", "no_right"]
    assert json.loads(whys[0][1])["f"]["phone"]["n"] == "уже нельзя"
    assert second.engine.state.rejected == 2
    assert "уже нельзя" in kept_somewhere(organisation)
    assert "Новый" in kept_somewhere(organisation)
    # what is no longer theirs to see is gone from the workstation
    assert second.rows("SELECT id FROM person") == []
    assert second.rows("SELECT scope FROM cursor") == []
    assert added not in centre_documents(organisation)
    grant(organisation.centre.admin_dsn(), second.login, organisation.scope)
    second.sync()
    assert_same(second)


def test_an_edit_without_the_right_to_write_goes_back_to_what_was(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    organisation = first.organisation
    dsn = organisation.centre.admin_dsn()
    grant(dsn, second.login, organisation.scope, can_write=False)
    second.edit(who, phone="нельзя")
    second.sync()
    assert second.person(who).phone == "+79000003170"
    assert [why for (why,) in second.rows("SELECT why FROM rejected")] == ["no_right"]
    assert_same(second)


def test_wrong_password_is_told_apart_from_no_network(two: tuple[Desk, Desk]) -> None:
    first, _ = two
    centre = first.organisation.centre

    def wrongly() -> psycopg.Connection[tuple[object, ...]]:
        return connect(centre.host, centre.port, centre.database, first.login, "не тот")

    engine = SyncEngine(first.store, wrongly)
    with pytest.raises(WrongCentrePassword):
        engine.exchange()
    assert isinstance(engine.state.error, WrongCentrePassword)
    assert engine.state.phase != "offline"


def test_a_server_that_is_no_centre_is_named(two: tuple[Desk, Desk]) -> None:
    first, _ = two
    dsn = first.organisation.centre.admin_dsn("postgres")
    with pytest.raises(CentreNotReady):
        SyncEngine(first.store, lambda: psycopg.connect(dsn)).exchange()


def test_a_program_that_is_too_old_still_sends_what_was_typed(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    dsn = first.organisation.centre.admin_dsn()
    first.edit(who, phone="старой программой")
    newcomer = second.take_in("Принят новой программой")
    second.sync()
    with psycopg.connect(dsn) as admin:
        admin.execute("UPDATE arm.centre SET schema_min = 3, schema_cur = 3")
    try:
        with pytest.raises(ProgramTooOld):
            first.sync()
    finally:
        with psycopg.connect(dsn) as admin:
            admin.execute("UPDATE arm.centre SET schema_min = 1, schema_cur = 2")
    assert first.engine.state.pending == 0
    assert "старой программой" in kept_somewhere(first.organisation)
    assert first.rows("SELECT id FROM person WHERE id = ?", newcomer) == []


def test_fields_and_kinds_of_a_newer_program_stay_untouched(two: tuple[Desk, Desk]) -> None:
    first, _ = two
    who = only_person(first)
    future = [("drone_permit", f"future-{first.organisation.scope}", {"wings": 4})]
    with psycopg.connect(first.organisation.centre.admin_dsn()) as admin:
        copy_documents(admin, first.organisation.scope, future)
        admin.execute(
            """UPDATE arm.doc SET body = body || '{"shoe_size": 43}' WHERE id = %s""", (who,)
        )
    first.sync()
    first.edit(who, phone="правка")
    first.sync()
    there = centre_documents(first.organisation)
    assert there[who]["shoe_size"] == 43
    assert there[future[0][1]]["wings"] == 4


# --- first load


def documents(organisation: Organisation, count: int) -> list[tuple[str, str, dict[str, object]]]:
    made: list[tuple[str, str, dict[str, object]]] = []
    for number in range(count):
        who = f"load-{organisation.scope}-{number:06}"
        made.append(("person", who, {"surname": f"Фамилия {number}", "languages": ["ru", "uz"]}))
        paper = {"person_id": who, "number": f"{number:07}", "issued_on": "2024-02-29"}
        made.append(("identity_document", f"{who}-d", paper))
    return made


def test_a_first_load_is_taken_up_where_it_was_broken_off(
    organisation: Organisation, make_desk: MakeDesk
) -> None:
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        copy_documents(admin, organisation.scope, documents(organisation, 600))
    desk = make_desk(page_size=100)
    seen: list[SyncState] = []
    desk.engine.listen(seen.append)

    def three_pages() -> bool:
        return desk.engine.state.loaded >= 300

    begun = desk.engine.exchange(three_pages).loaded
    assert 300 <= begun < 1200
    assert desk.rows("SELECT loaded, total FROM hydrate") == [(begun, 1200)]
    for count in (3_000, 40_000):
        desk.proxy.cut_after(count)
        with pytest.raises(CentreUnreachable):
            desk.sync()
        desk.proxy.restore()
    assert desk.sync().loaded < 1200 - begun
    assert desk.rows("SELECT * FROM hydrate") == []
    assert_same(desk)
    loading = [state for state in seen if state.phase == "loading" and state.total]
    assert {state.total for state in loading} == {1200}
    assert loading[-1].loaded == 1200


def test_changes_made_during_a_first_load_are_not_missed(
    organisation: Organisation, make_desk: MakeDesk
) -> None:
    made = documents(organisation, 300)
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        copy_documents(admin, organisation.scope, made)
    first, second = make_desk(0), make_desk(1, page_size=50)
    first.sync()
    turns = iter(range(0, 300, 7))

    def meanwhile(state: SyncState) -> None:
        number = next(turns, None) if state.phase == "loading" else None
        if number is not None:
            first.edit(made[number * 2][1], phone=f"во время загрузки {number}")
            first.sync()

    stop = second.engine.listen(meanwhile)
    second.sync()
    stop()
    second.sync()
    assert_same(second)
    assert len(second.rows("SELECT id FROM person WHERE phone IS NOT NULL")) > 5


def test_work_done_before_the_first_load_is_not_overwritten_by_it(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    who = first.take_in("Давний")
    first.sync()
    own = second.take_in("Принят до загрузки")
    second.sync()
    first.sync()
    for desk in (first, second):
        assert {desk.person(who).surname, desk.person(own).surname} == {
            "Давний",
            "Принят до загрузки",
        }
        assert_same(desk)


def test_documents_loaded_in_bulk_reach_desks_that_are_at_work(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="ждёт отправки")
    with psycopg.connect(first.organisation.centre.admin_dsn()) as admin:
        copy_documents(admin, first.organisation.scope, documents(first.organisation, 200))
    for desk in (first, second):
        desk.sync()
    for desk in two:
        desk.sync()
        assert_same(desk)
        assert len(desk.rows("SELECT id FROM person")) == 201
        assert desk.person(who).phone == "ждёт отправки"


def test_open_conflicts_come_with_a_first_load(two: tuple[Desk, Desk], make_desk: MakeDesk) -> None:
    first, second = two
    who = only_person(first)
    for desk in two:
        desk.edit(who, phone=desk.login)
        desk.sync()
    third = make_desk(2)
    assert third.sync().conflicts == 1
    assert third.conflicts() == second.conflicts()


def test_a_second_scope_is_loaded_when_it_is_granted(
    two: tuple[Desk, Desk], centre: EmbeddedCentral, tmp_path: Path, empty_database: Path
) -> None:
    first, _ = two
    other = make_organisation(centre, people=1)
    clock = FixedClock(datetime(2026, 7, 14, 9, 30, tzinfo=UTC))
    desk = open_desk(other, other.logins[0], tmp_path / "other", empty_database, clock)
    own = desk.take_in("Свой")
    desk.sync()
    grant(centre.admin_dsn(), desk.login, first.organisation.scope)
    desk.sync()
    names = {name for (name,) in desk.rows("SELECT surname FROM person")}
    assert names == {"Свой", "Мамедов"}
    desk.edit(only_person(first), phone="из другой организации")
    desk.edit(own, phone="своё")
    desk.sync()
    first.sync()
    assert first.person(only_person(first)).phone == "из другой организации"
    revoke(centre.admin_dsn(), desk.login, first.organisation.scope)
    desk.sync()
    assert {name for (name,) in desk.rows("SELECT surname FROM person")} == {"Свой"}
    desk.close()


# --- the thread


def wait_for(condition: object, seconds: float = 10.0) -> None:
    assert callable(condition)
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came to pass"
        time.sleep(0.02)


def test_the_loop_sends_soon_after_an_edit_and_stops_when_told(two: tuple[Desk, Desk]) -> None:
    first, second = two
    loop = SyncLoop(first.engine)
    loop.start()
    try:
        wait_for(lambda: first.engine.state.phase == "idle")
        first.edit(only_person(first), phone="сам уйдёт")
        wait_for(lambda: first.engine.state.pending == 0)
        loop.pause()
        first.edit(only_person(first), employer="подождёт")
        time.sleep(0.6)
        assert (first.engine.state.phase, first.engine.state.pending) == ("paused", 1)
        loop.resume()
        wait_for(lambda: first.engine.state.pending == 0)
    finally:
        loop.stop()
    assert first.engine.state.phase == "stopped"
    second.sync()
    person = second.person(only_person(first))
    assert (person.phone, person.employer) == ("сам уйдёт", "подождёт")
    assert first.engine.state.today_sent >= 3


def test_the_loop_comes_back_when_the_network_does(two: tuple[Desk, Desk]) -> None:
    first, second = two
    first.proxy.cut()
    loop = SyncLoop(first.engine)
    loop.start()
    try:
        wait_for(lambda: first.engine.state.phase == "offline")
        first.edit(only_person(first), phone="дождался")
        first.proxy.restore()
        loop.nudge()
        wait_for(lambda: first.engine.state.pending == 0)
    finally:
        loop.stop()
    second.sync()
    assert second.person(only_person(first)).phone == "дождался"


def test_a_loop_is_stopped_in_the_middle_of_a_dead_exchange(two: tuple[Desk, Desk]) -> None:
    first, _ = two
    loop = SyncLoop(first.engine)
    first.engine.listen(lambda state: first.proxy.hold() if state.server_ms else None)
    first.edit(only_person(first), phone="x")
    loop.start()
    wait_for(lambda: first.engine.state.server_ms is not None)
    time.sleep(0.2)
    began = time.monotonic()
    loop.stop()
    assert time.monotonic() - began < 3


def test_a_person_who_joined_later_sees_the_same(two: tuple[Desk, Desk], tmp_path: Path) -> None:
    first, _ = two
    organisation = first.organisation
    dsn = organisation.centre.admin_dsn()
    login = f"late-{organisation.scope}"
    add_person(
        dsn,
        login=login,
        full_name="Поздняя",
        role="center_desk",
        org=organisation.scope,
        password="северное-сияние-7",
    )
    with line_to(organisation, login, None) as line:
        rows = line.execute("SELECT count(*) FROM arm.doc").fetchone()
    assert rows == (1,)
    first.sync()
    assert login in first.store.meta("people")


def test_a_proxy_that_was_cut_refuses_until_restored(centre: EmbeddedCentral) -> None:
    organisation = make_organisation(centre, people=1)
    with CutProxy(centre.host, centre.port) as proxy:
        line_to(organisation, organisation.logins[0], proxy).close()
        proxy.cut()
        with pytest.raises(CentreUnreachable):
            line_to(organisation, organisation.logins[0], proxy)
        proxy.restore()
        line_to(organisation, organisation.logins[0], proxy).close()


def test_edits_through_the_store_stay_possible_during_an_exchange(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    who = only_person(first)
    stop = threading.Event()

    def exchange() -> None:
        while not stop.is_set():
            second.sync()

    thread = threading.Thread(target=exchange)
    thread.start()
    for number in range(40):
        second.edit(who, phone=f"на ходу {number}")
    stop.set()
    thread.join()
    second.sync()
    first.sync()
    assert first.person(who).phone == "на ходу 39"
    assert first.conflicts() == []
    with first.store.read() as session:
        assert session.get_one(Person, who).phone == "на ходу 39"
