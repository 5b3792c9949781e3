"""What may be seen, in plain Python, against every way of asking the centre.

Every row that is planted carries a secret of its own. Whatever comes back to a login, in rows, in
plans or in the words of an error, is searched for secrets, and the model says which of them this
login may know. Tables and functions are taken from the catalogue: one without a model here fails
the test.
"""

# ruff: noqa: ISC004  # statements read best in one piece

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from centre_parts import PASSWORD

from arm.central.admin import add_org, add_person, grant, revoke, switch_off
from arm.central.connect import connect
from arm.central.embedded import EmbeddedCentral
from arm.rights_matrix import rights_matrix

SECRET = re.compile(r"Zq[0-9]+q")
ROLES = ("center_specialist", "center_supervisor", "admin", "university_specialist")
EPOCH = 200
"""Queries after which rights change."""


@dataclass
class Person:
    """A login as the model knows it."""

    login: str
    org: int
    role: str
    active: bool = True
    grants: dict[int, bool] = field(default_factory=dict)

    @property
    def my_org(self) -> int | None:
        return self.org if self.active else None

    @property
    def supervises(self) -> bool:
        return self.active and rights_matrix().rule(self.role, "supervise") is not None

    @property
    def reads_records(self) -> bool:
        """Whether the role reads the one kind that is planted here."""
        return self.active and rights_matrix().rule(self.role, "read", "person") is not None


@dataclass(frozen=True)
class Row:
    """A planted row: where it is and whose."""

    table: str
    secret: str
    scope: int = 0
    org: int = 0
    login: str = ""


Rule = Callable[[Person, Row], bool]


def _in_scope(person: Person, row: Row) -> bool:
    return row.scope in person.grants


def _read_in_scope(person: Person, row: Row) -> bool:
    return _in_scope(person, row) and person.reads_records


def _in_org(person: Person, row: Row) -> bool:
    return row.org == person.my_org


def _nobody(_: Person, __: Row) -> bool:
    return False


def _own_or_supervised(person: Person, row: Row) -> bool:
    return row.login == person.login or (person.supervises and row.org == person.my_org)


TABLES: dict[str, Rule] = {
    "account": lambda person, row: row.login == person.login or _in_org(person, row),
    "blob": _nobody,
    "blob_chunk": _nobody,
    "centre": _nobody,
    "change": _read_in_scope,
    "client": _in_org,
    "conflict": _read_in_scope,
    "doc": _read_in_scope,
    "doc_home": _nobody,
    "erased": _in_scope,
    "grants": lambda person, row: row.login == person.login,
    "organisation": _in_org,
    "reading": _own_or_supervised,
    "region_numbers": _nobody,
    "rejected": _own_or_supervised,
    "package_key": _nobody,
    "relay_log": _in_org,
    "rejected_decision": lambda person, row: (
        row.org == person.my_org and (person.supervises or row.login == person.login)
    ),
    "revision": _nobody,
    "role_reading": _nobody,
    "role_right": _nobody,
    "scope_head": _in_scope,
    "shape_change": _nobody,
    "sight": lambda person, row: row.login == person.login,
    "taken": _in_org,
    "witness": _in_scope,
}
"""Who sees a row of each table, those of other schemas with the schema's name. A table that people
have no right to read at all needs no rule; one that holds nothing secret needs no rows."""


class NoModel(AssertionError):
    """The catalogue has something that the oracle was never told of."""


@dataclass
class Verdict:
    """``leaks``: secrets that came to somebody who may not know them. ``withheld``: a whole table
    read without a secret that its reader may know. ``trespasses``: writes without a right."""

    queries: int = 0
    answered: int = 0
    secrets: int = 0
    leaks: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    trespasses: list[str] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)

    @property
    def sound(self) -> bool:
        return not (self.leaks or self.withheld or self.trespasses)

    def __str__(self) -> str:
        return (
            f"{self.queries:,} queries of {len(self.ways)} ways, {self.answered:,} answered,"
            f" {self.secrets:,} secrets read, {len(self.leaks)} leaks,"
            f" {len(self.withheld)} withheld, {len(self.trespasses)} trespasses\n"
            + "\n".join([*self.leaks[:10], *self.withheld[:10], *self.trespasses[:10]])
        )


class Oracle:
    """Organisations, people and planted rows; then questions."""

    def __init__(self, centre: EmbeddedCentral, seed: int, organisations: int = 3) -> None:
        self.centre = centre
        self.chance = random.Random(seed)
        self.mark = f"o{seed % 100_000}"
        self.admin = psycopg.connect(centre.admin_dsn(), autocommit=True)
        self.rows: list[Row] = []
        self.by_secret: dict[str, Row] = {}
        self.people: list[Person] = []
        self.scopes: dict[int, int] = {}
        self.ids: list[str] = []
        self.clients: list[str] = []
        self.conflicts: list[str] = []
        self.lines: dict[str, psycopg.Connection[Any]] = {}
        self.verdict = Verdict()
        for _ in range(organisations):
            self._add_organisation()
        for person in self.people:
            self._some_grants(person)
            self._open(person)
        self.admin.execute("ANALYZE")
        self._mark_feeds()
        self.ways = self._ways()

    # --- planting

    def _secret(self, table: str, **where: Any) -> str:
        secret = f"Zq{self.mark[1:]}{len(self.rows):05}q"
        row = Row(table, secret, **where)
        self.rows.append(row)
        self.by_secret[secret] = row
        return secret

    def _add_organisation(self) -> None:
        number = len(self.scopes)
        dsn = self.centre.admin_dsn()
        # names of organisations are told to all who may send requests; the rest is their own
        name, secret = f"Организация {self.mark}-{number}", self._secret("organisation")
        home = add_org(
            dsn, name=name, short_name=name, address=secret, region=f"{30 + number % 60:02}"
        )
        row = self.admin.execute("SELECT org FROM arm.scope_head WHERE scope = %s", (home,))
        (org,) = row.fetchone() or (0,)
        self.rows[-1] = self.by_secret[secret] = Row("organisation", secret, org=org)
        # the short name of the organisation is also the title of its first scope
        self.admin.execute(
            "UPDATE arm.scope_head SET title = %s WHERE scope = %s",
            (self._secret("scope_head", scope=home), home),
        )
        self.scopes[home] = org
        for _ in range(self.chance.randrange(1, 3)):
            found = self.admin.execute(
                "INSERT INTO arm.scope_head (org, title) VALUES (%s, '') RETURNING scope", (org,)
            ).fetchone()
            assert found is not None
            self.scopes[found[0]] = org
            self.admin.execute(
                "UPDATE arm.scope_head SET title = %s WHERE scope = %s",
                (self._secret("scope_head", scope=found[0]), found[0]),
            )
        for _ in range(self.chance.randrange(2, 5)):
            login = f"{self.mark}-{len(self.people)}"
            role = self.chance.choice(ROLES)
            person = Person(login, org, role, grants={home: True})
            secret = self._secret("account", org=org, login=login)
            add_person(dsn, login=login, full_name=secret, role=role, org=home, password=PASSWORD)
            self.people.append(person)
        mine = [one for one in self.people if one.org == org]
        for scope in [scope for scope, its in self.scopes.items() if its == org]:
            for _ in range(self.chance.randrange(3, 8)):
                self._plant(scope, org, self.chance.choice(mine))

    def _plant(self, scope: int, org: int, author: Person) -> None:
        number = len(self.ids)
        record, client = f"{self.mark}-d{number}", f"{self.mark}-c{number}"
        self.ids.append(record)
        put = self.admin.execute
        secret = self._secret("doc", scope=scope)
        put(
            "INSERT INTO arm.doc (id, kind, scope, person, ver, fver, body)"
            " VALUES (%s, 'person', %s, %s, 1, '{\"surname\": 1}', jsonb_build_object('surname',"
            " %s::text, 'number', %s::int))",
            (record, scope, record, secret, number),
        )
        secret = self._secret("change", scope=scope)
        put(
            "SELECT arm.append_change(p_scope => %s, p_id => %s, p_kind => 'person', p_op => 'S',"
            " p_ver => 1, p_delta => jsonb_build_object('surname', jsonb_build_object('o', NULL,"
            " 'n', %s::text)), p_author => %s, p_client => NULL, p_cseq => NULL,"
            " p_made_at => NULL)",
            (scope, record, secret, author.login),
        )
        # readers of a feed see which workstations wrote it: the secret is the rest of the row
        self.clients.append(f"{self.mark}-p{number}")
        its_secret = self._secret("client", org=org)
        put(
            "INSERT INTO arm.client (client, org, region, number, rolname, last_rolname, schema)"
            " VALUES (%s, %s, %s, %s, %s, %s, 1)",
            (self.clients[-1], org, its_secret, number, author.login, author.login),
        )
        dispute = f"{self.mark}-k{number}"  # strangers will name it, so it holds no secret
        self.conflicts.append(dispute)
        conflict = self._secret("conflict", scope=scope)
        put(
            "INSERT INTO arm.conflict (id, scope, doc_id, kind, person_id, field, mine_value,"
            " mine_actor, client, cseq) VALUES (%s, %s, %s, 'person', %s, 'surname', %s, %s,"
            " %s, %s)",
            (dispute, scope, record, record, json.dumps(conflict), "x", client, number),
        )
        refused = self._secret("rejected", org=org, login=author.login)
        put(
            "INSERT INTO arm.rejected (client, cseq, rolname, author, org, status, why, op)"
            " VALUES (%s, %s, %s, %s, %s, 'denied', 'no_right', %s)",
            (client, number, author.login, author.login, org, f'{{"note": "{refused}"}}'),
        )

        put(
            "INSERT INTO arm.rejected_decision (id, org, n, client, cseq, what, reason, actor,"
            " author, made_at) VALUES (%s, %s, 1, %s, %s, 'closed', %s, %s, %s, '')",
            (
                f"{record}-decided",
                org,
                client,
                number,
                self._secret("rejected_decision", org=org, login=author.login),
                author.login,
                author.login,
            ),
        )
        put(
            "INSERT INTO arm.taken (client, last_cseq, hashes) VALUES (%s, 1, ARRAY[%s])",
            (self.clients[-1], self._secret("taken", org=org)),
        )
        put(
            "INSERT INTO arm.witness (client, scope, seq, hash, rolname, seen_at)"
            " VALUES (%s, %s, 1, %s, %s, '')",
            (client, scope, self._secret("witness", scope=scope), author.login),
        )
        looked = self._secret("reading", org=org, login=author.login)
        put(
            "INSERT INTO arm.reading (chain, n, client, org, rolname, actor, person, kind, ground,"
            " at, hash) VALUES (%s, 1, %s, %s, %s, %s, %s, 'person', %s, '', '')",
            (client, client, org, author.login, author.login, record, looked),
        )
        put(
            "INSERT INTO arm.erased (id, scope, person) VALUES (%s, %s, %s)",
            (f"{record}-gone", scope, self._secret("erased", scope=scope)),
        )

    # --- rights

    def _some_grants(self, person: Person) -> None:
        for scope in self.chance.sample(
            list(self.scopes), min(self.chance.randrange(4), len(self.scopes))
        ):
            write = self.chance.random() < 0.5
            grant(self.centre.admin_dsn(), person.login, scope, can_write=write)
            person.grants[scope] = write
        if person.grants and self.chance.random() < 0.3:
            gone = self.chance.choice(list(person.grants))
            revoke(self.centre.admin_dsn(), person.login, gone)
            del person.grants[gone]

    def _rights_change(self) -> None:
        self._look_for_trespasses()
        self._some_grants(self.chance.choice([one for one in self.people if one.active]))
        if self.chance.random() < 0.1 and sum(one.active for one in self.people) > 4:
            leaver = self.chance.choice([one for one in self.people if one.active])
            switch_off(self.centre.admin_dsn(), leaver.login)  # the open line stays open
            leaver.active, leaver.grants = False, {}
        self._mark_feeds()

    def _mark_feeds(self) -> None:
        self.began: dict[int, int] = dict(
            self.admin.execute("SELECT scope, seq FROM arm.scope_head").fetchall()
        )

    def _look_for_trespasses(self) -> None:
        may = {(one.login, scope) for one in self.people for scope, w in one.grants.items() if w}
        for scope, since in self.began.items():
            for actor, record in self.admin.execute(
                "SELECT actor::text, id FROM arm.change WHERE scope = %s AND seq > %s",
                (scope, since),
            ):
                if (actor, scope) not in may:
                    self.verdict.trespasses.append(f"{actor} wrote {record} in {scope}")

    # --- asking

    def _open(self, person: Person) -> None:
        here = self.centre
        line = connect(here.host, here.port, here.database, person.login, PASSWORD)
        self.lines[person.login] = line

    def run(self, queries: int) -> Verdict:
        """So many queries by people drawn at random."""
        try:
            self._every_table_and_function_has_a_model()
            self._ask_all(queries)
        finally:
            for line in (*self.lines.values(), self.admin):
                line.close()
        return self.verdict

    def _ask_all(self, queries: int) -> None:
        for number in range(queries):
            if number % EPOCH == EPOCH - 1:
                self._rights_change()
            # whoever leaves is put out at once, but another may be asking at that moment
            here = [one for one in self.people if not self.lines[one.login].closed]
            person = self.chance.choice(here)
            name = self.chance.choice(list(self.ways))
            self._ask(person, name, self.ways[name]())
        self._look_for_trespasses()

    def _ask(self, person: Person, way: str, statements: list[str]) -> None:
        line, told = self.lines[person.login], []
        self.verdict.queries += 1
        self.verdict.ways[way] += 1
        for statement in statements:
            try:
                told.append(self._said(line, statement))
                self.verdict.answered += 1
            except psycopg.Error as error:
                told.append(f"{error} {error.diag.message_detail} {error.diag.context}")
        if line.closed:
            return
        if line.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            line.execute("ROLLBACK")
        if any("SET " in one or "relay_for" in one for one in statements):
            line.execute("RESET ALL")
            line.execute("RESET ROLE")
        # what one asks with is no news
        found = set(SECRET.findall("\n".join(told))) - set(SECRET.findall("\n".join(statements)))
        self.verdict.secrets += len(found)
        for secret in found:
            row = self.by_secret.get(secret)
            if row is None or not TABLES[row.table](person, row):
                self.verdict.leaks.append(f"{person} by {statements}: {row}")
        if way == "whole table" and statements[0].startswith("SELECT t::text FROM arm."):
            self._nothing_is_withheld(person, statements[0].split("arm.")[1].split()[0], found)

    def _nothing_is_withheld(self, person: Person, table: str, found: set[str]) -> None:
        may = {row.secret for row in self.rows if row.table == table and TABLES[table](person, row)}
        if not may <= found:
            row = self.admin.execute(  # the law may have erased it meanwhile: «erase» was asked
                f"SELECT coalesce(string_agg(t::text, ' '), '') FROM arm.{table} t"
            ).fetchone()
            assert row is not None
            may &= set(SECRET.findall(row[0]))
        if not may <= found:
            self.verdict.withheld.append(f"{person} of {table}: {sorted(may - found)[:3]}")

    def _said(self, line: psycopg.Connection[Any], statement: str) -> str:
        with line.cursor() as cursor:
            if statement.startswith("COPY"):
                with cursor.copy(statement.encode()) as copy:
                    return b"".join(bytes(part) for part in copy).decode(errors="replace")
            cursor.execute(statement.encode())
            return "" if cursor.description is None else repr(cursor.fetchall())

    # --- the ways of asking

    def _catalogue(self, query: str) -> list[Any]:
        return self.admin.execute(query.encode()).fetchall()

    def _every_table_and_function_has_a_model(self) -> None:
        tables = {name for name, is_part, closed in self._tables() if not (is_part or closed)}
        missing = tables - TABLES.keys()
        if missing:
            raise NoModel(f"say in TABLES of {__name__} who sees rows of {sorted(missing)}")
        unknown = {name for name, _ in self._functions()} - self._calls().keys()
        if unknown:
            raise NoModel(f"say in _calls of {__name__} how to ask {sorted(unknown)}")

    def _tables(self) -> list[tuple[str, bool, bool]]:
        """Every relation of the project's schemas, whether it is only a part of one, and whether
        people have no right to read any column of it."""
        return [
            (row[1] if row[0] == "arm" else f"{row[0]}.{row[1]}", row[2], row[3])
            for row in self._catalogue(
                "SELECT nspname::text, relname::text, relispartition,"
                " NOT has_any_column_privilege('arm_person', c.oid, 'SELECT')"
                " OR NOT has_schema_privilege('arm_person', n.oid, 'USAGE')"
                " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
                " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1, 2"
            )
        ]

    def _relations(self) -> list[str]:
        return [
            row[0]
            for row in self._catalogue(
                "SELECT format('%I.%I', n.nspname, relname) FROM pg_class c JOIN pg_namespace n"
                " ON n.oid = relnamespace"
                " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
                " AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1"
            )
        ]

    def _functions(self) -> list[tuple[str, str]]:
        """Every function a person may call, and its whole signature."""
        return [
            (row[0], row[1])
            for row in self._catalogue(
                "SELECT format('%s.%s', n.nspname, proname), p.oid::regprocedure::text"
                " FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
                " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
                " AND has_schema_privilege('arm_person', n.oid, 'USAGE')"
                " AND has_function_privilege('arm_person', p.oid, 'EXECUTE') ORDER BY 2"
            )
        ]

    def _calls(self) -> dict[str, Callable[[], str]]:
        """How each function is asked: arguments drawn from all that exists anywhere."""
        pick = self.chance.choice

        def scope() -> int:
            return pick([*self.scopes, 0, -1])

        def text(value: str) -> str:
            return f"'{value}'"

        def client() -> str:
            return text(pick([*self.clients, f"{self.mark}-w{self.chance.randrange(40)}"]))

        def record() -> str:
            return text(pick([*self.ids, "nobody", ""]))

        def scopes() -> str:
            return "'{" + ",".join(map(str, {scope() for _ in range(3)})) + "}'"

        def op() -> str:
            what = pick(("new", "set", "del", "resolve", "move", "undo"))
            said = {"surname": {"b": 1, "o": pick(self.ids), "n": "чужое"}}
            whole = {"cseq": 1, "prev": "", "id": pick(self.ids), "kind": "person", "op": what}
            whole |= {"scope": self._op_scope, "schema": 1, "f": said, "to": scope()}
            whole |= {"conflict": pick(self.conflicts)}
            return json.dumps(whole).replace("'", "''")

        def push() -> str:
            self._op_scope = scope()
            return f"({client()}, 1, {self._op_scope}, '{{1}}', ARRAY['{op()}'], ARRAY['a'])"

        def cursors() -> str:
            return text(json.dumps([{"scope": scope(), "seq": 1, "hash": "x"}]))

        def reads() -> str:
            row = {"n": 1, "person": pick(self.ids), "kind": "person", "ground": "", "at": ""}
            return text(json.dumps([row | {"actor": pick(self.people).login, "hash": ""}]))

        def decisions() -> str:
            n = number(len(self.ids))
            said = {"id": f"{self.mark}-r{number(10**6)}", "client": f"{self.mark}-c{n}"}
            return text(json.dumps([said | {"cseq": n, "what": "closed", "at": "", "author": "a"}]))

        number = self.chance.randrange
        return {
            "arm.my_scopes": lambda: "()",
            "arm.my_writable_scopes": lambda: "()",
            "arm.my_org": lambda: "()",
            "arm.i_supervise": lambda: "()",
            "arm.require_tls": lambda: "()",
            "arm.keep_day": lambda: "()",
            "arm.i_may_erase": lambda: "()",
            "arm.document_for": lambda: "((SELECT d FROM arm.doc d LIMIT 1), 1)",
            "arm.downcast_doc": lambda: "((SELECT to_jsonb(d) FROM arm.doc d LIMIT 1), 1)",
            "sync_v1.taken": lambda: f"({client()}, {number(3)})",
            "sync_v1.office_rejected": lambda: "(0)",
            "sync_v1.decide_rejected": lambda: f"({decisions()})",
            "sync_v1.erased": lambda: f"({scope()})",
            "sync_v1.erase": lambda: f"({client()}, {record()}, 'проверка', '1')",
            "sync_v1.readings": lambda: f"({record()}, 50)",
            "sync_v1.reads": lambda: f"({client()}, {text(self.mark)}, {reads()})",
            "sync_v1.witness": lambda: f"({client()}, {cursors()})",
            "arm.instant": lambda: "(now())",
            "arm.document_json": lambda: "((SELECT d FROM arm.doc d LIMIT 1))",
            "arm.register_client": lambda: f"({client()}, 1)",
            "arm.admit": lambda: f"({client()})",
            "arm.admit_session": lambda: f"({client()})",
            "arm.i_may": lambda: "('read', 'person')",
            "arm.i_read_everything": lambda: "()",
            "arm.my_admitted_scopes": lambda: "()",
            "arm.my_hidden_kinds": lambda: "()",
            "arm.my_kinds": lambda: "()",
            "arm.my_role": lambda: "()",
            "arm.on_chain": lambda: f"({scope()}, 1, 'x')",
            "arm.withheld_entries": lambda: f"({scope()}, {number(3)}, 50)",
            "sync_v1.password_changed": lambda: "()",
            "sync_v1.whoami": lambda: "()",
            "sync_v1.hello": lambda: f"({client()}, 1, 1, {cursors()})",
            "sync_v1.push": push,
            "sync_v1.pull": lambda: f"(1, {scopes()}, '{{0,0,0}}', {number(1, 600)})",
            "sync_v1.page": lambda: f"({scope()}, {record()}, '', {number(1, 100)})",
            "sync_v1.entries": lambda: f"({scope()}, {number(3)}, {number(100)}, 50)",
            "sync_v1.count": lambda: f"({scope()})",
            "sync_v1.open_conflicts": lambda: f"({scope()})",
            "sync_v1.server_line": lambda: "()",
            "sync_v1.organisations": lambda: "()",
            "sync_v1.registry_ask": lambda: (
                f'(\'{{"inn": "{number(10**11, 10**12)}", "birth_date": "1990-01-01"}}\','
                " 'проверка')"
            ),
            "sync_v1.registry_answer": lambda: f"({record()})",
            "sync_v1.file_limit": lambda: "()",
            "sync_v1.blob_missing": lambda: f"({scope()}, '{'0' * 64}', 1)",
            "sync_v1.blob_put": lambda: f"({scope()}, '{'0' * 64}', 0, '', '')",
            "sync_v1.blob_done": lambda: f"({scope()}, '{'0' * 64}')",
            "sync_v1.blob_size": lambda: f"({scope()}, '{'0' * 64}')",
            "sync_v1.blob_get": lambda: f"({scope()}, '{'0' * 64}', 0)",
            "sync_v1.relay_for": lambda: f"({text(pick(self.people).login)}, true)",
            "sync_v1.register_keys": lambda: f"({client()}, 'x', 'y', {record()})",
            "sync_v1.package_keys": lambda: "()",
            "sync_v1.note_relay": lambda: f"('p', {client()}, 'l', 1, 1)",
        }

    def _ways(self) -> dict[str, Callable[[], list[str]]]:
        pick = self.chance.choice
        relations = self._relations()
        wholes = [
            name if "." in name else f"arm.{name}"
            for name, is_part, _ in self._tables()
            if not is_part
        ]
        functions = self._functions()
        every = [
            row[0]
            for row in self._catalogue(
                "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n"
                " ON n.oid = pronamespace"
                " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
            )
        ]
        roles = [row[0] for row in self._catalogue("SELECT rolname FROM pg_roles")]
        calls = self._calls()

        def table() -> str:
            return pick(wholes if self.chance.random() < 0.9 else relations)

        def call() -> str:
            name, _ = pick(functions)
            return name + calls.get(name, lambda: "()")()

        def near() -> str:
            return pick(
                (
                    "true",
                    f"t::text LIKE '%{pick(self.rows).secret[:6]}%'",
                    f"t::text ~ '{pick(self.ids)}'",
                    f"(to_jsonb(t)->>'scope')::int = {pick(list(self.scopes))}",
                    f"to_jsonb(t)->>'id' = '{pick(self.ids)}'",
                    f"to_jsonb(t)->>'org' <> '{pick(list(self.scopes.values()))}'",
                )
            )

        def hidden_call() -> list[str]:
            signature = pick(every)
            name, _, types = signature.partition("(")
            casts = [f"NULL::{one}" for one in types.rstrip(")").split(",") if one]
            return [f"SELECT {name}({', '.join(casts)})::text"]

        return {
            "whole table": lambda: [f"SELECT t::text FROM {table()} t"],
            "some rows": lambda: [f"SELECT to_jsonb(t) FROM {table()} t WHERE {near()}"],
            "join": lambda: [f"SELECT t::text, u::text FROM {table()} t, {table()} u LIMIT 500"],
            "join on id": lambda: [
                f"SELECT t::text, u::text FROM arm.doc t JOIN {table()} u ON"
                " to_jsonb(u)->>'id' = t.id OR to_jsonb(u)->>'doc_id' = t.id"
            ],
            "aggregate": lambda: [
                f"SELECT count(*), max(t::text), string_agg(t::text, ' ') FROM {table()} t"
            ],
            "subquery": lambda: [
                f"SELECT (SELECT max(t::text) FROM {table()} t WHERE {near()}),"
                f" EXISTS (SELECT 1 FROM {table()} t WHERE {near()})"
            ],
            "union": lambda: [
                f"SELECT t::text FROM {table()} t UNION ALL SELECT t::text FROM {table()} t"
            ],
            "recursive": lambda: [
                "WITH RECURSIVE r AS (SELECT 1 AS n, NULL::text AS s UNION ALL SELECT n + 1,"
                f" (SELECT max(t::text) FROM {table()} t) FROM r WHERE n < 3)"
                " SELECT * FROM r"
            ],
            "lateral": lambda: [
                f"SELECT x.* FROM arm.scope_head h, LATERAL (SELECT t::text FROM {table()}"
                " t LIMIT 20) x"
            ],
            "window": lambda: [
                f"SELECT lag(t::text) OVER (), first_value(t::text) OVER () FROM {table()} t"
            ],
            "copy": lambda: [f"COPY {table()} TO STDOUT"],
            "copy of query": lambda: [
                f"COPY (SELECT t::text FROM {table()} t WHERE {near()}) TO STDOUT"
            ],
            "copy of function": lambda: [f"COPY (SELECT r::text FROM {call()} AS r) TO STDOUT"],
            "function": lambda: [f"SELECT r::text FROM {call()} AS r"],
            "many functions": lambda: [f"SELECT r::text FROM {call()} AS r" for _ in range(8)],
            "function in filter": lambda: [
                f"SELECT t::text FROM {table()} t WHERE (SELECT r::text FROM {call()} AS r"
                " LIMIT 1) IS NOT NULL"
            ],
            "function not ours": hidden_call,
            "role": lambda: [
                f'SET ROLE "{pick(roles)}"',
                f"SELECT t::text FROM {table()} t",
                f"SELECT r::text FROM {call()} AS r",
            ],
            "session": lambda: [
                f'SET SESSION AUTHORIZATION "{pick(roles)}"',
                f"SELECT t::text FROM {table()} t",
            ],
            "row security off": lambda: [
                "SET row_security = off",
                f"SELECT t::text FROM {table()} t",
            ],
            "search path": lambda: [
                "SET search_path = public, arm, pg_temp",
                f"SELECT r::text FROM {call()} AS r",
            ],
            "temporary table": lambda: [
                "CREATE TEMP TABLE grants AS SELECT session_user AS rolname, scope, true AS"
                " can_write FROM generate_series(1, 99) AS scope",
                f"SELECT t::text FROM {table()} t",
            ],
            "temporary function": lambda: [
                "CREATE FUNCTION pg_temp.leak(t text) RETURNS bool LANGUAGE plpgsql COST 0.0001"
                " AS $$ BEGIN RAISE NOTICE '%', t; RETURN true; END $$",
                f"SELECT count(*) FROM {table()} t WHERE pg_temp.leak(t::text)",
            ],
            "view": lambda: [
                f"CREATE TEMP VIEW v AS SELECT t::text FROM {table()} t",
                "TABLE v",
            ],
            "anonymous block": lambda: [
                "DO $$ DECLARE s text; BEGIN SELECT string_agg(t::text, ' ') INTO s FROM"
                f" {table()} t; RAISE EXCEPTION '%', s; END $$"
            ],
            "error": lambda: [
                f"SELECT (t::text)::int FROM {table()} t",
                f"SELECT 1 FROM {table()} t WHERE (to_jsonb(t)->>'body')::int > 0",
                f"SELECT 1 / (length(t::text) - length(t::text)) FROM {table()} t",
            ],
            "plan": lambda: [
                f"EXPLAIN (ANALYZE, VERBOSE, BUFFERS) SELECT * FROM {table()} t WHERE {near()}"
            ],
            "cursor": lambda: [
                "BEGIN",
                f"DECLARE c CURSOR FOR SELECT t::text FROM {table()} t",
                "FETCH ALL FROM c",
            ],
            "prepared": lambda: [
                f"PREPARE p AS SELECT t::text FROM {table()} t",
                "EXECUTE p",
                "DEALLOCATE p",
            ],
            "xml": lambda: [
                f"SELECT query_to_xml('SELECT * FROM {table()}', true, true, '')",
                f"SELECT table_to_xml('{table()}', true, true, '')",
                "SELECT schema_to_xml('arm', true, true, '')",
            ],
            "lock": lambda: [f"SELECT t::text FROM {table()} t FOR UPDATE"],
            "write": lambda: [
                pick(
                    (
                        f"UPDATE {table()} SET scope = scope RETURNING *",
                        f"DELETE FROM {table()} RETURNING *",
                        f"TRUNCATE {table()}",
                        f"INSERT INTO {table()} SELECT * FROM {table()}",
                        f"MERGE INTO arm.doc d USING {table()} t ON false WHEN MATCHED THEN DELETE",
                        "INSERT INTO arm.grants SELECT session_user, scope, true FROM"
                        " generate_series(1, 99) scope",
                        f"ALTER TABLE {table()} DISABLE ROW LEVEL SECURITY",
                        f"CREATE POLICY mine ON {table()} USING (true)",
                        f"GRANT SELECT ON {table()} TO arm_person",
                        f"COPY {table()} FROM PROGRAM 'id'",
                    )
                )
            ],
            "statistics": lambda: [
                "SELECT * FROM pg_stats WHERE schemaname = 'arm'",
                "SELECT stavalues1::text, stavalues2::text FROM pg_statistic",
                "SELECT query FROM pg_stat_activity",
                "SELECT * FROM pg_stat_statements",
            ],
            "catalogue": lambda: [
                f"SELECT t::text FROM {pick(('pg_class', 'pg_proc', 'pg_policies', 'pg_views'))} t",
                "SELECT pg_read_file('postgresql.conf')",
                "SELECT * FROM pg_authid",
                "SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE pronamespace ="
                " 'sync_v1'::regnamespace",
            ],
            "parts of tables": lambda: [
                f"SELECT t::text FROM {one} t"
                for one in self.chance.sample(relations, min(5, len(relations)))
            ],
        }
