"""Who looked at whose card: noted at once, offline too, chained, and at the centre for ever."""

from __future__ import annotations

from time import thread_time
from typing import Any

import psycopg
import pytest
from centre_parts import Desk, MakeDesk, Organisation, line_to, make_organisation

from arm.store import read_log


def at_centre(organisation: Organisation) -> list[tuple[Any, ...]]:
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        return admin.execute(
            "SELECT actor, person, kind, ground, n FROM arm.reading r JOIN arm.account a"
            " ON a.rolname = r.rolname JOIN arm.scope_head h ON h.org = a.org"
            " WHERE h.scope = %s ORDER BY chain, n",
            (organisation.scope,),
        ).fetchall()


def raw_of(desk: Desk, *statements: str) -> None:
    with desk.store.merge() as session:
        raw: Any = session.connection().connection.driver_connection
        for statement in statements:
            raw.execute(statement)


def test_reading_offline_reaches_the_centre_with_the_next_exchange(make_desk: MakeDesk) -> None:
    first = make_desk(0)
    first.proxy.cut()
    read_log.note(first.store, ["p1"], "open", "case")
    read_log.note(first.store, ["p2", "p3"], "export", "cases")
    assert at_centre(first.organisation) == []
    first.proxy.restore()
    first.sync()
    first.sync()
    assert at_centre(first.organisation) == [
        (first.login, "p1", "open", "case", 1),
        (first.login, "p2", "export", "cases", 2),
        (first.login, "p3", "export", "cases", 3),
    ]
    with first.store.read() as session:
        assert list(read_log.broken(session)) == []
        assert read_log.unsent(session, 9) == ("", [])


def test_a_row_that_was_altered_here_is_found_and_refused_by_the_centre(
    make_desk: MakeDesk,
) -> None:
    first = make_desk(0)
    for person in ("p1", "p2", "p3"):
        read_log.note(first.store, [person], "open", "case")
    raw_of(first, "UPDATE reading SET person_id = 'p9' WHERE n = 2")
    with first.store.read() as session:
        assert [n for _, n in read_log.broken(session)] == [2]
    first.sync()
    said = at_centre(first.organisation)
    # the honest beginning is there; the rest goes on under another name: nothing is dropped
    assert [row[1] for row in said if row[4] == 1 and row[1] == "p1"] == ["p1"]
    assert {row[1] for row in said} == {"p1", "p9", "p3"}
    with psycopg.connect(first.organisation.centre.admin_dsn()) as admin:
        row = admin.execute(
            "SELECT count(DISTINCT chain) FROM arm.reading WHERE client = %s",
            (first.store.client_id,),
        ).fetchone()
    assert row == (2,)


def test_a_row_taken_out_here_leaves_a_gap_that_is_found(make_desk: MakeDesk) -> None:
    first = make_desk(0)
    for person in ("p1", "p2", "p3"):
        read_log.note(first.store, [person], "open", "case")
    raw_of(first, "DELETE FROM reading WHERE n = 2")
    with first.store.read() as session:
        assert [n for _, n in read_log.broken(session)] == [3]


def test_what_the_centre_lost_is_sent_again(make_desk: MakeDesk) -> None:
    first = make_desk(0)
    for person in ("p1", "p2"):
        read_log.note(first.store, [person], "open", "case")
    first.sync()
    with psycopg.connect(first.organisation.centre.admin_dsn()) as admin:
        admin.execute("DELETE FROM arm.reading WHERE client = %s", (first.store.client_id,))
    read_log.note(first.store, ["p3"], "open", "case")
    first.sync()
    assert [row[1] for row in at_centre(first.organisation)] == ["p1", "p2", "p3"]


def test_a_copied_workstation_goes_on_under_a_chain_of_its_own(make_desk: MakeDesk) -> None:
    first = make_desk(0)
    read_log.note(first.store, ["p1"], "open", "case")
    first.sync()
    chain = first.store.meta(read_log.CHAIN)
    with line_to(first.organisation, first.login) as line:  # the copy was quicker
        hashed = read_log.row_hash(
            first.rows("SELECT hash FROM reading")[0][0],
            chain,
            2,
            first.login,
            "p7",
            "open",
            "",
            "",
        )
        row = {
            "n": 2,
            "actor": first.login,
            "person": "p7",
            "kind": "open",
            "ground": "",
            "at": "",
            "hash": hashed,
        }
        line.execute(
            "SELECT sync_v1.reads('copy', %s, %s)", (chain, psycopg.types.json.Jsonb([row]))
        )
    read_log.note(first.store, ["p2"], "open", "case")
    first.sync()
    assert {row[1] for row in at_centre(first.organisation)} == {"p1", "p7", "p2"}
    assert first.store.meta(read_log.CHAIN) != chain


@pytest.mark.parametrize("role", ["center_specialist", "center_supervisor"])
def test_a_person_sees_their_own_reading_a_supervisor_everybodys(
    make_desk: MakeDesk, organisation: Organisation, role: str
) -> None:
    first = make_desk(0)
    read_log.note(first.store, ["p1"], "open", "case")
    first.sync()
    other = organisation.logins[1]
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        admin.execute("UPDATE arm.account SET role = %s WHERE rolname = %s", (role, other))
    seen = {first.login: 1, other: int(role == "center_supervisor")}
    for login, count in seen.items():
        with line_to(organisation, login) as line:
            row = line.execute("SELECT sync_v1.readings('p1', 10)").fetchone()
            assert row is not None
            assert len(row[0]) == count, login
    foreign = make_organisation(organisation.centre, people=1, role="center_supervisor")
    with line_to(foreign, foreign.logins[0]) as line:
        assert line.execute("SELECT count(*) FROM arm.reading").fetchone() == (0,)


def test_noting_costs_no_more_than_keeping_a_setting(make_desk: MakeDesk) -> None:
    """The least durable write there is; in milliseconds it depends on the disk and on what else
    runs on the machine."""
    first = make_desk(0)
    took: dict[str, list[float]] = {"note": [], "setting": []}
    for n in range(150):
        for name, run in (
            ("note", lambda n=n: read_log.note(first.store, [f"p{n}"], "open", "case")),
            ("setting", lambda n=n: first.store.set_setting("last", n)),
        ):
            started = thread_time()
            run()
            took[name].append(thread_time() - started)
    note, setting = (sorted(took[name])[75] for name in ("note", "setting"))
    assert note < 1.5 * setting, (note, setting)
