"""A centre set back further than a workstation remembers, a clock that took its memory away."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
from centre_parts import Desk, MakeDesk, assert_feed_sound, assert_same, kept_somewhere

from arm.clock import FixedClock
from arm.sync.queue import drop_old


def set_back(desk: Desk, cseq: int) -> None:
    """The centre forgets this workstation's operations after ``cseq``, as a restored backup
    would."""
    ((op_hash,),) = desk.rows(
        "SELECT coalesce((SELECT op_hash FROM outbox_done WHERE cseq = ?), '')", cseq
    )
    with psycopg.connect(desk.organisation.centre.admin_dsn()) as admin:
        admin.execute(
            "UPDATE arm.client SET last_cseq = %s, last_op_hash = %s WHERE client = %s",
            (cseq, op_hash, desk.store.client_id),
        )


def test_a_clock_ten_years_ahead_does_not_take_the_memory_for_a_restored_centre(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk()
    who = desk.take_in("Ли", phone="0")
    for number in range(5):
        desk.edit(who, phone=str(number + 1))
        desk.sync()
    assert isinstance(desk.store.clock, FixedClock)
    desk.store.clock.at = datetime(2036, 7, 14, tzinfo=UTC)
    desk.edit(who, phone="из будущего")
    desk.sync()
    with desk.store.merge() as session:
        drop_old(desk.store, session)
    assert desk.rows("SELECT count(*) FROM outbox_done") == [(7,)]


def test_a_centre_that_forgot_more_than_the_workstation_remembers_does_not_stop_the_queue(
    make_desk: MakeDesk,
) -> None:
    desk, other = make_desk(0), make_desk(1)
    who = desk.take_in("Ли", phone="0")
    desk.sync()
    for number in range(4):
        desk.edit(who, phone=f"правка {number}")
        desk.sync()
    with desk.store.merge() as session:  # ninety days later
        session.connection().exec_driver_sql("DELETE FROM outbox_done WHERE cseq < 4")
    set_back(desk, 0)
    desk.edit(who, employer="после возврата")
    before = desk.store.client_id
    desk.sync()
    assert desk.engine.state.pending == 0
    assert desk.store.client_id != before
    other.sync()
    assert other.person(who).employer == "после возврата"
    assert other.person(who).phone == "правка 3"
    assert "после возврата" in kept_somewhere(desk.organisation)
    assert_same(desk)
    assert_feed_sound(desk.organisation)
