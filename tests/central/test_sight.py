"""What a login sees is kept in one row: it must follow from the tables it is taken from, whoever
changes them and however many at once, and nothing a person says in a session may widen it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from centre_parts import Organisation, ask, line_to, make_organisation, push

from arm.central.admin import (
    add_scope,
    grant,
    lock,
    provision,
    revoke,
    revoke_workstation,
    switch_off,
    unlock,
)
from arm.central.embedded import EmbeddedCentral

FOLLOWS = """
    SELECT a.rolname,
        (SELECT array_agg(g.scope ORDER BY g.scope) FROM arm.grants g WHERE g.rolname = a.rolname),
        (SELECT array_agg(g.scope ORDER BY g.scope) FROM arm.grants g
         WHERE g.rolname = a.rolname AND g.can_write),
        (SELECT array_agg(DISTINCT r.kind ORDER BY r.kind) FROM arm.role_right r
         WHERE r.role = a.role AND r.action = 'read' AND a.active),
        a.locked_until::text,
        (SELECT array_agg(c.client ORDER BY c.client) FROM arm.client c
         WHERE c.org = a.org AND c.revoked_at IS NOT NULL)
    FROM arm.account a ORDER BY 1"""
KEPT = """
    SELECT s.rolname,
        (SELECT array_agg(one ORDER BY one) FROM unnest(s.scopes) AS one),
        (SELECT array_agg(one ORDER BY one) FROM unnest(s.writable) AS one),
        (SELECT array_agg(one ORDER BY one) FROM unnest(s.kinds) AS one WHERE one <> ''),
        s.locked_until::text,
        (SELECT array_agg(one ORDER BY one) FROM unnest(s.revoked) AS one)
    FROM arm.sight s ORDER BY 1"""


def rows(centre: EmbeddedCentral, query: str) -> list[Any]:
    with psycopg.connect(centre.admin_dsn()) as admin:
        return admin.execute(query.encode()).fetchall()


@pytest.fixture
def rights_as_shipped(centre: EmbeddedCentral) -> Iterator[None]:
    yield
    provision(centre.admin_dsn())


@pytest.mark.usefixtures("rights_as_shipped")
def test_the_row_follows_whatever_an_administrator_does(
    centre: EmbeddedCentral, organisation: Organisation
) -> None:
    dsn, (login, colleague, _) = centre.admin_dsn(), organisation.logins
    client = f"sight-{organisation.scope}"
    with line_to(organisation, colleague) as line:
        ask(line, "SELECT sync_v1.hello(%s, 1, 1, '[]')", client)
    unit = add_scope(dsn, org=organisation.name, title="Второй отдел")

    def by_hand(statement: str, *values: Any) -> Callable[[], object]:
        def step() -> None:
            with psycopg.connect(dsn) as admin:
                admin.execute(statement.encode(), values)

        return step

    steps: tuple[Callable[[], object], ...] = (
        lambda: grant(dsn, login, unit),
        lambda: grant(dsn, login, unit, can_write=False),
        by_hand("UPDATE arm.account SET role = 'region_analyst' WHERE rolname = %s", login),
        by_hand("DELETE FROM arm.role_right WHERE kind = 'deadline' AND action = 'read'"),
        by_hand("INSERT INTO arm.role_right VALUES ('region_analyst', 'deadline', 'read')"),
        lambda: lock(dsn, login),
        lambda: unlock(dsn, login),
        lambda: revoke_workstation(dsn, client),
        by_hand("UPDATE arm.client SET org = org - 1 WHERE client = %s", client),
        by_hand("UPDATE arm.client SET org = org + 1 WHERE client = %s", client),
        by_hand("DELETE FROM arm.client WHERE client = %s", client),
        by_hand(
            "UPDATE arm.grants SET rolname = %s WHERE rolname = %s AND scope = %s",
            *(colleague, login, unit),
        ),
        lambda: revoke(dsn, colleague, unit),
        lambda: switch_off(dsn, login),
        by_hand("DELETE FROM arm.account WHERE rolname = %s", login),
    )
    for number, step in enumerate(steps):
        before = rows(centre, KEPT)
        step()
        kept = rows(centre, KEPT)
        assert kept == rows(centre, FOLLOWS), number
        assert kept != before, number


def test_two_administrators_at_once_lose_nothing_of_each_other(
    centre: EmbeddedCentral, organisation: Organisation
) -> None:
    dsn, login = centre.admin_dsn(), organisation.logins[0]
    units = [add_scope(dsn, org=organisation.name, title=title) for title in ("А", "Б")]
    one_more = "INSERT INTO arm.grants (rolname, scope) VALUES (%s, %s)"
    with psycopg.connect(dsn) as first:
        first.execute(one_more, (login, units[0]))
        second = threading.Thread(target=lambda: grant(dsn, login, units[1]))
        second.start()
        second.join(0.5)
        assert second.is_alive()  # waits for the first one's row
    second.join(30)
    assert rows(centre, KEPT) == rows(centre, FOLLOWS)
    with line_to(organisation, login) as line:
        seen = ask(line, "SELECT array_agg(scope) FROM arm.scope_head")
    assert {organisation.scope, *units} <= set(seen)


@pytest.mark.parametrize("name", ["arm.client", "arm.relayed_scopes", "arm.relayed_for"])
def test_no_setting_of_a_session_shows_more(
    centre: EmbeddedCentral, organisation: Organisation, name: str
) -> None:
    other = make_organisation(centre, people=1)
    for office in (organisation, other):
        with line_to(office, office.logins[0]) as line:
            said = {"surname": {"b": 0, "p": None, "o": None, "n": "Тайная"}}
            one = f"s-{name[4:].replace('_', '-')}-{office.scope}"
            op = {"id": one, "kind": "person", "op": "new", "person": one, "f": said}
            push(line, f"c-{one}", office.scope, op)
    with line_to(organisation, organisation.logins[0]) as line:
        for value in (f"c-{other.scope}", f"{{{other.scope}}}", other.logins[0], "", "{}"):
            ask(line, "SELECT set_config(%s, %s, false)", name, value)
            try:
                seen = line.execute("SELECT scope FROM arm.doc").fetchall()
            except psycopg.errors.InvalidTextRepresentation:  # no list of scopes
                continue
            assert {scope for (scope,) in seen} <= {organisation.scope}


def test_a_login_reads_its_own_row_and_writes_none(organisation: Organisation) -> None:
    login = organisation.logins[0]
    with line_to(organisation, login) as line:
        assert line.execute("SELECT rolname FROM arm.sight").fetchall() == [(login,)]
        for statement in (
            "UPDATE arm.sight SET everything = true",
            "DELETE FROM arm.sight",
            "INSERT INTO arm.sight SELECT * FROM arm.sight",
            "SELECT arm.keep_sight(NULL)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute(statement.encode())
