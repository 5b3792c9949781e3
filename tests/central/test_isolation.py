"""A login of a second organisation tries everything to read or change the first one's records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from centre_parts import Organisation, ask, line_to, make_organisation, push

from arm.central.admin import grant, revoke, switch_off
from arm.central.embedded import EmbeddedCentral
from arm.centre_errors import WrongCentrePassword

SECRET = "Абдурахманова-Тайная"


def made(record_id: str, surname: str) -> dict[str, Any]:
    said = {"surname": {"b": 0, "p": None, "o": None, "n": surname}}
    return {"id": record_id, "kind": "person", "op": "new", "person": record_id, "f": said}


def change(record_id: str, base: int, old: Any, new: Any) -> dict[str, Any]:
    said = {"surname": {"b": base, "p": None, "o": old, "n": new}}
    return {"id": record_id, "kind": "person", "op": "set", "person": record_id, "f": said}


@pytest.fixture
def victim(organisation: Organisation) -> Organisation:
    """The first organisation: a record, a conflict, a rejected operation, all naming the secret."""
    who = f"victim-{organisation.scope}"
    with line_to(organisation, organisation.logins[0]) as line:
        push(line, f"v1-{organisation.scope}", organisation.scope, made(who, SECRET))
        stale = change(who, 0, "не то", SECRET + " 2")
        answer = push(line, f"v2-{organisation.scope}", organisation.scope, stale)
        assert answer["results"][0]["status"] == "conflict"
        nonsense = {"id": who, "kind": "person", "op": "explode", "f": {}, "note": SECRET}
        answer = push(line, f"v3-{organisation.scope}", organisation.scope, nonsense)
        assert answer["results"][0]["status"] == "invalid"
    return organisation


@pytest.fixture
def stranger(centre: EmbeddedCentral, victim: Organisation) -> Iterator[psycopg.Connection[Any]]:
    """A supervisor of the second organisation: the strongest ordinary login there is."""
    other = make_organisation(centre, role="center_supervisor")
    with line_to(other, other.logins[0]) as line:
        push(line, f"s-{other.scope}", other.scope, made(f"stranger-{other.scope}", "Свой"))
        yield line


@pytest.fixture(scope="module")
def bystander(centre: EmbeddedCentral) -> Organisation:
    """An organisation whose supervisor tries one statement after another."""
    return make_organisation(centre, people=1, role="center_supervisor")


def every_relation(line: psycopg.Connection[Any]) -> list[str]:
    return [
        row[0]
        for row in line.execute(
            "SELECT format('%I.%I', nspname, relname) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind IN ('r', 'v', 'm', 'p', 'f', 'S') AND nspname <> 'pg_toast'"
            " AND nspname !~ '^pg_(toast_)?temp'"
        )
    ]


def copied(line: psycopg.Connection[Any], statement: str) -> str:
    with line.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        return b"".join(bytes(part) for part in copy).decode(errors="replace")


def test_no_table_or_view_shows_a_word_of_it(
    stranger: psycopg.Connection[Any], victim: Organisation
) -> None:
    relations = every_relation(stranger)
    assert "arm.doc" in relations
    read = 0
    for relation in relations:
        for statement in (
            f"COPY {relation} TO STDOUT",
            f"COPY (SELECT t::text FROM {relation} AS t) TO STDOUT",
        ):
            try:
                text = copied(stranger, statement)
            except psycopg.Error:
                continue  # refused outright
            read += 1
            assert "Тайная" not in text, statement
            if relation.startswith("arm."):
                assert victim.name not in text, statement
    assert read > 100  # the catalogue itself is readable, so the loop did read


def test_own_records_are_seen_by_the_same_statements(
    stranger: psycopg.Connection[Any], victim: Organisation
) -> None:
    assert "Свой" in copied(stranger, "COPY (SELECT * FROM arm.doc) TO STDOUT")
    with line_to(victim, victim.logins[1]) as colleague:
        assert SECRET in copied(colleague, "COPY (SELECT * FROM arm.doc) TO STDOUT")
        assert SECRET in copied(colleague, "COPY (SELECT * FROM arm.conflict) TO STDOUT")


def test_no_function_gives_it_away(stranger: psycopg.Connection[Any], victim: Organisation) -> None:
    scope, who = victim.scope, f"victim-{victim.scope}"
    asked = [
        f"sync_v1.pull(1, '{{{scope}}}', '{{0}}', 500)",
        f"sync_v1.page({scope}, '', '', 100)",
        f"sync_v1.open_conflicts({scope})",
        f'sync_v1.hello(\'spy\', 1, 1, \'[{{"scope": {scope}, "seq": 1, "hash": "x"}}]\')',
        "sync_v1.whoami()",
        "arm.my_scopes()",
        f"arm.earlier_result('v1-{scope}', 1)",
        "query_to_xml('TABLE arm.doc', true, true, '')",
        "table_to_xml('arm.doc', true, true, '')",
        "database_to_xml(true, true, '')",
        "cursor_to_xml('c', 10, true, true, '')",
        "pg_read_file('PG_VERSION')",
        "pg_ls_dir('.')",
        "lo_import('/etc/passwd')",
        "pg_stat_get_activity(NULL)",
        f"arm.apply_op({scope}, '{json.dumps(change(who, 1, SECRET, 'x'))}', 'c', 1, 'a')",
    ]
    for call in asked:
        try:
            text = copied(stranger, f"COPY (SELECT r::text FROM {call} AS r) TO STDOUT")
        except psycopg.Error as error:
            text = str(error)
        assert "Тайная" not in text, call
        assert victim.name not in text, call
    assert ask(stranger, f"SELECT sync_v1.count({scope})") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO arm.doc SELECT * FROM arm.doc",
        "UPDATE arm.doc SET scope = scope",
        "DELETE FROM arm.doc",
        "TRUNCATE arm.change",
        "UPDATE arm.grants SET scope = scope",
        "INSERT INTO arm.grants VALUES (session_user, 1, true)",
        "UPDATE arm.scope_head SET seq = 0",
        "SELECT * FROM arm.doc FOR UPDATE",
        "BEGIN; LOCK TABLE arm.doc IN ACCESS EXCLUSIVE MODE",
        "ALTER TABLE arm.doc DISABLE ROW LEVEL SECURITY",
        "SET row_security = off; SELECT * FROM arm.doc",
        "SET ROLE arm_owner",
        "SET ROLE arm_admin",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "CREATE TEMP TABLE mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "CREATE TABLE arm.mine (a int)",
        "CREATE VIEW public.mine AS SELECT * FROM arm.doc",
        "CREATE FUNCTION public.leak(text) RETURNS bool LANGUAGE sql AS 'SELECT true'",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "ALTER SYSTEM SET ssl = off",
        "ALTER ROLE arm_person SUPERUSER",
        "GRANT arm_admin TO arm_person",
        "COPY arm.doc TO '/tmp/leak'",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "SELECT arm.append_change(1, 'x', 'person', 'S', 1, '{}', 'a', 'c', 1, '')",
        "SELECT arm.settle_conflict('x', '1', 'c', 1, 'a', '{}', 1)",
    ],
)
def test_a_statement_that_reaches_further_is_refused(
    bystander: Organisation, statement: str
) -> None:
    with (
        line_to(bystander, bystander.logins[0]) as line,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        line.execute(statement.encode())


def test_another_role_of_the_group_sees_no_more(
    stranger: psycopg.Connection[Any], victim: Organisation
) -> None:
    stranger.execute("SET ROLE arm_person")  # allowed: everybody belongs to it
    assert "Тайная" not in copied(stranger, "COPY (SELECT * FROM arm.doc) TO STDOUT")
    assert "Свой" in copied(stranger, "COPY (SELECT * FROM arm.doc) TO STDOUT")


def test_errors_and_plans_tell_nothing_of_a_row(stranger: psycopg.Connection[Any]) -> None:
    trick = "SELECT (body->>'surname')::int FROM arm.doc WHERE (body->>'surname')::int > 0"
    with pytest.raises(psycopg.Error) as refused:
        stranger.execute(trick.encode())
    assert "Тайная" not in str(refused.value)
    plan = copied_plan(stranger, "SELECT * FROM arm.doc WHERE body->>'surname' LIKE 'Абд%'")
    assert "Тайная" not in plan
    assert "sight" in plan


def copied_plan(line: psycopg.Connection[Any], query: str) -> str:
    rows = line.execute(f"EXPLAIN (ANALYZE, VERBOSE) {query}".encode()).fetchall()
    return "\n".join(row[0] for row in rows)


def test_a_strangers_push_changes_nothing_and_learns_nothing(
    stranger: psycopg.Connection[Any], victim: Organisation
) -> None:
    who = f"victim-{victim.scope}"
    mine = ask(stranger, "SELECT (arm.my_scopes())[1]")
    client = f"thief-{victim.scope}"
    attempts = (
        change(who, 1, SECRET, "Украдено"),
        made(who, "Украдено"),
        {"id": who, "kind": "person", "op": "del", "f": {}},
        {"id": who, "kind": "person", "op": "resolve", "conflict": "x", "f": {}},
        change("nobody", 1, SECRET, "Украдено"),
    )
    for scope in (mine, victim.scope):
        for attempt in attempts:
            answer = push(stranger, client, scope, attempt)
            assert answer["results"][0]["status"] in {"denied", "invalid"}
            assert answer["docs"] == []
            assert "Тайная" not in json.dumps(answer, ensure_ascii=False)
    answers = [
        push(stranger, client, mine, change(one, 1, "a", "b"))["results"][0]["why"]
        for one in (who, "nobody")
    ]
    assert answers[0] == answers[1]  # hidden and absent look alike
    with line_to(victim, victim.logins[0]) as line:
        assert ask(line, "SELECT body->>'surname' FROM arm.doc WHERE id = %s", who) == SECRET


def test_a_strangers_workstation_id_cannot_be_used(
    stranger: psycopg.Connection[Any], victim: Organisation
) -> None:
    with pytest.raises(psycopg.Error) as refused:
        ask(stranger, "SELECT sync_v1.hello(%s, 1, 1, '[]')", f"v1-{victim.scope}")
    assert refused.value.sqlstate == "EO005"
    with pytest.raises(psycopg.Error) as refused:
        ask(
            stranger,
            "SELECT sync_v1.push(%s, 1, %s, '{1}', '{x}', '{a}')",
            *(f"v1-{victim.scope}", victim.scope),
        )
    assert refused.value.sqlstate == "EO001"


def test_reading_right_alone_allows_no_writing(victim: Organisation) -> None:
    dsn, reader = victim.centre.admin_dsn(), victim.logins[2]
    grant(dsn, reader, victim.scope, can_write=False)
    who = f"victim-{victim.scope}"
    with line_to(victim, reader) as line:
        assert SECRET in copied(line, "COPY (SELECT * FROM arm.doc) TO STDOUT")
        answer = push(line, f"r-{victim.scope}", victim.scope, change(who, 1, SECRET, "x"))
        assert answer["results"] == [{"cseq": 1, "status": "denied", "why": "no_right"}]
        assert answer["docs"][0]["body"]["surname"] == SECRET


def test_a_revoked_scope_is_closed_at_once_in_an_open_connection(victim: Organisation) -> None:
    login = victim.logins[1]
    with line_to(victim, login) as line:
        assert SECRET in copied(line, "COPY (SELECT * FROM arm.doc) TO STDOUT")
        revoke(victim.centre.admin_dsn(), login, victim.scope)
        assert copied(line, "COPY (SELECT * FROM arm.doc) TO STDOUT") == ""


def test_who_has_left_cannot_log_in(victim: Organisation) -> None:
    switch_off(victim.centre.admin_dsn(), victim.logins[1])
    with pytest.raises(WrongCentrePassword):
        line_to(victim, victim.logins[1])


def test_rejected_operations_are_seen_by_author_and_supervisor_only(
    centre: EmbeddedCentral, victim: Organisation
) -> None:
    with line_to(victim, victim.logins[0]) as author, line_to(victim, victim.logins[1]) as other:
        assert SECRET in copied(author, "COPY arm.rejected TO STDOUT")
        assert copied(other, "COPY arm.rejected TO STDOUT") == ""
