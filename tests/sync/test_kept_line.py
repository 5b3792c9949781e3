"""The connection that a workstation keeps between exchanges, and what ends it."""

from __future__ import annotations

import psycopg
import pytest
from centre_parts import Desk, MakeDesk, assert_same

from arm.central.admin import revoke, switch_off
from arm.centre_errors import CentreUnreachable, WrongCentrePassword


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    kept = make_desk(keep_seconds=60)
    kept.take_in("Ли")
    kept.sync()
    return kept


def sessions(desk: Desk) -> list[int]:
    """Processes of the server that serve this login."""
    with psycopg.connect(desk.organisation.centre.admin_dsn()) as admin:
        rows = admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = %s ORDER BY pid", (desk.login,)
        )
        return [row[0] for row in rows]


def test_the_next_exchange_goes_by_the_same_connection(desk: Desk) -> None:
    before = sessions(desk)
    assert len(before) == 1
    desk.take_in("Ким")
    desk.sync()
    assert sessions(desk) == before
    assert_same(desk)


def test_a_connection_that_lay_too_long_is_made_anew(make_desk: MakeDesk) -> None:
    desk = make_desk(keep_seconds=1e-9)
    desk.sync()
    before = sessions(desk)
    desk.sync()
    assert len(before) == 1
    assert sessions(desk) != before


def test_a_server_that_was_restarted_meanwhile_is_no_lost_exchange(desk: Desk) -> None:
    with psycopg.connect(desk.organisation.centre.admin_dsn()) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s",
            (desk.login,),
        )
    desk.sync()
    assert desk.engine.state.phase == "idle"


def test_a_line_that_was_cut_meanwhile_is_found_out(desk: Desk) -> None:
    desk.proxy.cut()
    with pytest.raises(CentreUnreachable):
        desk.sync()
    desk.proxy.restore()
    desk.sync()
    assert desk.engine.state.phase == "idle"


def test_a_right_taken_away_counts_on_a_kept_connection(desk: Desk) -> None:
    revoke(desk.organisation.centre.admin_dsn(), desk.login, desk.organisation.scope)
    desk.sync()
    assert desk.rows("SELECT count(*) FROM person") == [(0,)]


def test_who_was_switched_off_is_out_at_once(desk: Desk) -> None:
    switch_off(desk.organisation.centre.admin_dsn(), desk.login)
    with pytest.raises(WrongCentrePassword):
        desk.sync()
    assert sessions(desk) == []


def test_a_failed_exchange_keeps_nothing(make_desk: MakeDesk) -> None:
    desk = make_desk(keep_seconds=60)
    desk.proxy.cut_after(2_000)
    with pytest.raises(CentreUnreachable):
        desk.sync()
    desk.proxy.restore()
    assert desk.engine._kept.take() is None


def test_closing_ends_it(desk: Desk) -> None:
    desk.engine.close()
    assert desk.engine._kept.take() is None
    desk.sync()
    assert desk.engine._kept.take() is None
