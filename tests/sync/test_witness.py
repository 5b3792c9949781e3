"""Workstations remember the centre's history: a rewritten, cut or restored one is noticed and the
evidence kept, also after the records were mended."""

from __future__ import annotations

from typing import Any

import psycopg
from centre_parts import Desk, MakeDesk, Organisation, assert_same

from arm.sync import witness


def lived(desk: Desk, edits: int) -> str:
    who = desk.take_in("Мамедов")
    desk.sync()
    for n in range(edits):
        desk.edit(who, phone=f"+7{n}")
        desk.sync()
    return who


def at_centre(organisation: Organisation, *statements: str) -> None:
    """The administrator, or whoever got that far."""
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        for statement in statements:
            admin.execute(statement.replace("{s}", str(organisation.scope)))


def reports(organisation: Organisation) -> list[tuple[Any, ...]]:
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        return admin.execute(
            "SELECT seq, found FROM arm.witness WHERE scope = %s ORDER BY seq",
            (organisation.scope,),
        ).fetchall()


def test_an_honest_centre_leaves_no_trace(make_desk: MakeDesk) -> None:
    first = make_desk(0)
    lived(first, 3)
    assert witness.lost_marks(first.store) == []
    assert first.engine.state.history_lost == 0
    assert reports(first.organisation) == []


def test_marks_grow_rarer_with_age_and_stay_few(make_desk: MakeDesk) -> None:
    first = make_desk(0)
    with first.store.merge() as session:
        raw: Any = session.connection().connection.driver_connection
        for seq in range(1, 3_000):
            raw.execute(
                "INSERT OR REPLACE INTO cursor (scope, seq, hash) VALUES (1, ?, ?)",
                (seq, f"h{seq}"),
            )
            witness.remember(first.store, session)
        held = [row["seq"] for row in witness.marks(session)]
    assert held[-4:] == [2996, 2997, 2998, 2999]
    assert len(held) <= 4 + 12
    assert held[0] < 1_500, "the distant past has a witness too"


def test_a_history_cut_and_restored_is_noticed_kept_and_shown(make_desk: MakeDesk) -> None:
    first = make_desk(0)
    who = lived(first, 6)
    at_centre(
        first.organisation,
        "CREATE TEMP TABLE cut AS SELECT id, ver FROM arm.change WHERE scope = {s} AND seq > 3",
        "DELETE FROM arm.change WHERE scope = {s} AND seq > 3",
        "UPDATE arm.scope_head SET seq = 3, hash = (SELECT hash FROM arm.change WHERE"
        " scope = {s} AND seq = 3) WHERE scope = {s}",
        'UPDATE arm.doc SET ver = 3, body = body || \'{"phone": "+71"}\','
        " fver = fver || '{\"phone\": 3}' WHERE scope = {s}",
        "UPDATE arm.client SET last_cseq = 3, last_op_hash = '' WHERE client = "
        f"'{first.store.client_id}'",
    )
    first.sync()
    assert_same(first)  # the records agree again …
    lost = witness.lost_marks(first.store)
    assert {one.seq for one in lost} == {4, 5, 6, 7}  # … and the evidence is there
    assert all(one.found == "" for one in lost)
    assert first.engine.state.history_lost == 4
    assert [seq for seq, _ in reports(first.organisation)] == [4, 5, 6, 7]
    first.edit(who, phone="+7 9")
    first.sync()
    assert first.engine.state.history_lost == 4, "going on does not take it away"
    witness.explain(first.store)
    first.sync()
    assert first.engine.state.history_lost == 0
    assert {one.explained_by for one in witness.lost_marks(first.store)} == {first.login}


def test_an_entry_changed_long_ago_is_noticed(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    lived(first, 5)
    second.sync()
    at_centre(first.organisation, "UPDATE arm.change SET hash = 'x' WHERE scope = {s} AND seq = 4")
    first.sync()
    second.sync()
    assert [(one.seq, one.found) for one in witness.lost_marks(first.store)] == [(4, "x")]
    assert second.engine.state.history_lost == 0, "it never saw that entry by itself"
    assert reports(first.organisation) == [(4, "x")]


def test_what_one_sees_of_a_foreign_scope_is_nothing(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    """Asking about marks tells nothing about feeds that one may not read."""
    first = make_desk(0)
    lived(first, 1)
    with first.engine.conversation() as wire:
        marks = [{"scope": 999_999, "seq": 1, "hash": "x", "seen_at": ""}]
        assert wire.witness(first.store.client_id, marks) == []
    assert reports(organisation) == []
