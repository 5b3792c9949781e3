"""A centre of two servers: the primary is killed under load, the standby takes over."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from centre_parts import (
    KEY,
    PASSWORD,
    Desk,
    Organisation,
    assert_feed_sound,
    assert_same,
    kept_somewhere,
    make_organisation,
    open_desk,
)
from psycopg.conninfo import conninfo_to_dict

from arm.access.keys import KeyFile
from arm.central.admin import provision
from arm.central.connect import connect_to_any
from arm.central.embedded import EmbeddedCentral, _free_port, _Remembered
from arm.centre_errors import CentreUnreachable, FormerServer
from arm.centre_line import CentreLine
from arm.clock import FixedClock
from arm.places import Home
from arm.profile import Centre

DESKS = 3
EDITS_BEFORE = 12


class Standby(EmbeddedCentral):
    """A second server that follows the first, byte by byte, until it is promoted."""

    def follow(self, primary: EmbeddedCentral) -> None:
        self.folder.mkdir(parents=True)
        known = conninfo_to_dict(primary.admin_dsn())
        self._runner.make_folder()
        self._remember(_Remembered(port=_free_port(), password=str(known["password"])))
        self._run(
            "pg_basebackup",
            *("--pgdata", str(self.cluster), "--write-recovery-conf", "--checkpoint", "fast"),
            *("--dbname", f"{primary.admin_dsn('postgres')} application_name=standby"),
        )
        self._launch()

    def promote(self) -> None:
        self._run("pg_ctl", "-D", str(self.cluster), "-w", "promote")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[EmbeddedCentral, Standby]]:
    """A primary whose commits wait for the standby."""
    primary, standby = EmbeddedCentral(tmp_path / "primary"), Standby(tmp_path / "standby")
    try:
        primary.start()
        provision(primary.admin_dsn())
        standby.follow(primary)
        with psycopg.connect(primary.admin_dsn(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            admin.execute("SELECT pg_reload_conf()")
            deadline = time.monotonic() + 60
            while admin.execute("SELECT sync_state FROM pg_stat_replication").fetchone() != (
                "sync",
            ):
                assert time.monotonic() < deadline, "the standby does not follow"
                time.sleep(0.05)
        yield primary, standby
    finally:
        primary.stop(crash=True)
        standby.stop(crash=True)


def centre_of(primary: EmbeddedCentral, standby: EmbeddedCentral) -> Centre:
    return Centre(
        primary.host, primary.port, primary.database, standbys=((standby.host, standby.port),)
    )


def desk_of_two(
    organisation: Organisation, place: int, centre: Centre, folder: Path, empty_database: Path
) -> Desk:
    login = organisation.logins[place]
    clock = FixedClock(datetime(2026, 7, 14, 9, 30, tzinfo=UTC))
    desk = open_desk(organisation, login, folder / login, empty_database, clock)
    keys = KeyFile(Home(folder / login).keys)
    keys.create(KEY)
    keys.add_person(login, PASSWORD, KEY)
    desk.engine._connect = CentreLine(centre, Home(folder / login), login, PASSWORD, desk.store)
    return desk


def work(desk: Desk, stop: threading.Event, failures: list[BaseException]) -> None:
    """Edit and exchange without pause; note what was saved and what the centre acknowledged."""
    try:
        who = desk.take_in(f"{desk.login}/0")
        for number in itertools.count(1):
            desk.edit(who, phone=f"{desk.login}/{number}")
            with contextlib.suppress(CentreUnreachable):
                desk.sync()
            if stop.is_set():
                return
    except BaseException as error:  # noqa: BLE001  # told to the test, which fails
        failures.append(error)


def acknowledged(desk: Desk) -> list[tuple[str, str]]:
    return desk.rows(
        "SELECT doc_id, json_extract(op, '$.f.phone.n') FROM outbox_done"
        " WHERE json_extract(op, '$.f.phone.n') IS NOT NULL"
    )


def test_the_primary_is_killed_under_load_and_nothing_acknowledged_is_lost(
    pair: tuple[EmbeddedCentral, Standby], tmp_path: Path, empty_database: Path
) -> None:
    primary, standby = pair
    organisation = make_organisation(primary, people=DESKS)
    centre = centre_of(primary, standby)
    desks = [
        desk_of_two(organisation, place, centre, tmp_path, empty_database) for place in range(DESKS)
    ]
    stop, failures = threading.Event(), []
    threads = [threading.Thread(target=work, args=(desk, stop, failures)) for desk in desks]
    for thread in threads:
        thread.start()
    _wait_until(lambda: all(len(acknowledged(desk)) >= EDITS_BEFORE for desk in desks), failures)
    primary.stop(crash=True)
    told = {desk.login: acknowledged(desk) for desk in desks}
    killed = time.monotonic()
    standby.promote()
    _wait_until(
        lambda: all(len(acknowledged(desk)) > len(told[desk.login]) + 2 for desk in desks), failures
    )
    took = time.monotonic() - killed
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    now_at = Organisation(standby, organisation.scope, organisation.logins, organisation.name)
    for desk in desks * 2:
        desk.sync()
    kept = kept_somewhere(now_at)
    for desk in desks:
        assert told[desk.login]
        lost = [token for _, token in acknowledged(desk) if f'"{token}"' not in kept]
        assert lost == []
        assert desk.engine.state.pending == 0
        assert_same(Desk(now_at, desk.login, desk.store, desk.engine, desk.proxy, desk.folder))
        assert desk.rows("SELECT count(*) FROM rejected") == [(0,)]
    entries = assert_feed_sound(now_at)
    print(f"{entries} entries, exchange again {took:.1f} s after the kill")
    for desk in desks:
        desk.close()


def test_the_former_primary_that_comes_back_by_itself_is_turned_away(
    pair: tuple[EmbeddedCentral, Standby], tmp_path: Path, empty_database: Path
) -> None:
    primary, standby = pair
    organisation = make_organisation(primary, people=1)
    centre = centre_of(primary, standby)
    desk = desk_of_two(organisation, 0, centre, tmp_path, empty_database)
    who = desk.take_in("Ли")
    desk.sync()
    primary.stop(crash=True)
    standby.promote()
    desk.edit(who, phone="у нового")
    desk.sync()
    standby.stop()
    with psycopg.connect(_started_alone(primary), autocommit=True) as admin:
        admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
        admin.execute("SELECT pg_reload_conf()")
    desk.edit(who, phone="ещё одна правка")
    with pytest.raises(FormerServer):
        desk.sync()
    assert desk.engine.state.phase == "offline"
    assert desk.store.pending() == 1
    with psycopg.connect(primary.admin_dsn()) as admin:
        assert admin.execute("SELECT count(*) FROM arm.change").fetchone() == (1,)
    standby.start()
    desk.sync()
    assert desk.store.pending() == 0
    assert desk.person(who).phone == "ещё одна правка"
    desk.close()


def test_a_standby_alone_is_no_centre(
    pair: tuple[EmbeddedCentral, Standby], tmp_path: Path, empty_database: Path
) -> None:
    """It would take nothing; the desk waits, and goes on once the primary is back."""
    primary, standby = pair
    organisation = make_organisation(primary, people=1)
    desk = desk_of_two(organisation, 0, centre_of(primary, standby), tmp_path, empty_database)
    desk.take_in("Ли")
    primary.stop(crash=True)
    with pytest.raises(CentreUnreachable):
        desk.sync()
    assert desk.store.pending() == 1
    _started_alone(primary)
    desk.sync()
    assert desk.store.pending() == 0
    desk.close()


def test_a_server_that_goes_away_before_it_has_answered_is_passed_over(
    organisation: Organisation,
) -> None:
    centre, login = organisation.centre, organisation.logins[0]
    asked: list[psycopg.Connection[object]] = []

    def accept(connection: psycopg.Connection[object]) -> bool:
        asked.append(connection)
        if len(asked) == 1:
            with psycopg.connect(centre.admin_dsn(), autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
            connection.execute("SELECT 1")
        return True

    servers = [(centre.host, centre.port)] * 2
    with connect_to_any(servers, centre.database, login, PASSWORD, accept) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert len(asked) == 2
    with pytest.raises(CentreUnreachable):
        connect_to_any(servers, centre.database, login, PASSWORD, _always_gone)


def _always_gone(connection: psycopg.Connection[object]) -> bool:
    connection.close()
    raise psycopg.OperationalError("server closed the connection unexpectedly")


def _started_alone(primary: EmbeddedCentral) -> str:
    """Start without the check for our database, which would wait for the standby."""
    primary._launch()
    return primary.admin_dsn()


def _wait_until(done: object, failures: list[BaseException]) -> None:
    deadline = time.monotonic() + 120
    assert callable(done)
    while not done():
        assert failures == []
        assert time.monotonic() < deadline, "the desks do not go on"
        time.sleep(0.05)
