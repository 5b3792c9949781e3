"""Parts for tests with a real centre: an organisation in it, desks with real encrypted stores, and
a checker that knows nothing of the code under test."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.orm import Session

from arm.central.admin import add_org, add_person
from arm.central.connect import connect
from arm.central.cut_proxy import CutProxy
from arm.central.embedded import EmbeddedCentral
from arm.clock import Clock
from arm.model import Person, kinds
from arm.store.database import open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store
from arm.sync.engine import SyncEngine

KEY = bytes(range(32))
PASSWORD = "северное-сияние-7"
_numbers = itertools.count(1)


def derive_nothing(_session: Session, _person_ids: Collection[str]) -> None:
    """For tests that do not look at lists."""


@dataclass(frozen=True)
class Organisation:
    """An organisation of the centre with two or more logins."""

    centre: EmbeddedCentral
    scope: int
    logins: tuple[str, ...]
    name: str


def make_organisation(
    centre: EmbeddedCentral,
    people: int = 3,
    region: str = "77",
    role: str = "center_specialist",
    kind: str = "center",
) -> Organisation:
    """A new organisation; nobody else's test knows it."""
    number = next(_numbers)
    dsn = centre.admin_dsn()
    name = f"Центр адаптации № {number}"
    scope = add_org(dsn, name=name, short_name=f"ЦА-{number}", region=region, role=kind)
    logins = tuple(f"person{number}-{place}" for place in range(people))
    for login in logins:
        full = f"Сотрудник {login}"
        add_person(dsn, login=login, full_name=full, role=role, org=scope, password=PASSWORD)
    return Organisation(centre, scope, logins, name)


def line_to(
    organisation: Organisation, login: str, proxy: CutProxy | None = None
) -> psycopg.Connection[Any]:
    """A connection of one person, through a piece of network that can be cut if there is one."""
    centre = organisation.centre
    host, port = (proxy.host, proxy.port) if proxy else (centre.host, centre.port)
    return connect(host, port, centre.database, login, PASSWORD)


@dataclass
class Desk:
    """One workstation: its own encrypted store, its own piece of network."""

    organisation: Organisation
    login: str
    store: Store
    engine: SyncEngine
    proxy: CutProxy
    folder: Path
    closing: list[Any] = field(default_factory=list)

    def sync(self) -> Any:
        """One exchange."""
        return self.engine.exchange()

    def take_in(self, surname: str, **values: Any) -> str:
        """A new person; returns the id."""
        with self.store.write("Принят человек") as session:
            person = Person(surname=surname, **values)
            session.add(person)
            session.flush()
            return person.id

    def edit(self, person_id: str, **values: Any) -> None:
        """Change fields of a person."""
        with self.store.write("Изменены данные") as session:
            person = session.get_one(Person, person_id)
            for name, value in values.items():
                setattr(person, name, value)

    def edit_as_a_bug_would(self, person_id: str, **values: Any) -> None:
        """Change fields past the cleaning of values."""
        with self.store.write("Изменены данные") as session:
            person = session.get_one(Person, person_id)
            for name, value in values.items():
                object.__setattr__(person, name, value)

    def delete(self, person_id: str) -> None:
        """Delete a person's record."""
        with self.store.write("Удалён человек") as session:
            session.delete(session.get_one(Person, person_id))

    def person(self, person_id: str) -> Person:
        """What this desk shows."""
        with self.store.read() as session:
            return session.get_one(Person, person_id)

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Straight from the encrypted file."""
        with self.store.read() as session:
            raw: Any = session.connection().connection.driver_connection
            return list(raw.execute(query, values).fetchall())

    def conflicts(self) -> list[dict[str, Any]]:
        """Open conflicts this desk knows."""
        names = "id, doc_id, field, base_value, server_value, mine_value, server_actor, mine_actor"
        return [
            {
                name: json.loads(value) if name.endswith("value") and value else value
                for name, value in zip(names.split(", "), row, strict=True)
            }
            for row in self.rows(f"SELECT {names} FROM conflict WHERE state = 'open' ORDER BY id")
        ]

    def close(self) -> None:
        self.engine.close()
        self.proxy.close()
        self.store.engine.dispose()


MakeDesk = Callable[..., Desk]


def open_desk(
    organisation: Organisation,
    login: str,
    folder: Path,
    empty_database: Path,
    clock: Clock,
    **engine_options: Any,
) -> Desk:
    """A desk with an empty store, or the one that is in ``folder`` already."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "records.db").exists():
        shutil.copy(empty_database, folder / "records.db")
    actor = Actor(login, f"Сотрудник {login}", "center_specialist", organisation.scope)
    files = FileStore(folder / "files", KEY)
    store = Store(open_database(folder / "records.db", KEY), clock, actor, files, derive_nothing)
    proxy = CutProxy(organisation.centre.host, organisation.centre.port)
    engine = SyncEngine(store, lambda: line_to(organisation, login, proxy), **engine_options)
    return Desk(organisation, login, store, engine, proxy, folder)


# --- a conversation without a workstation


def push(line: psycopg.Connection[Any], client: str, scope: int, *ops: dict[str, Any]) -> Any:
    """Send operations as a workstation would; numbers and chain are taken from a greeting."""
    hello = ask(line, "SELECT sync_v1.hello(%s, 1, 1, '[]')", client)
    cseq, prev = hello["last_cseq"], hello["last_op_hash"]
    cseqs, texts = [], []
    for op in ops:
        cseq += 1
        whole = {"cseq": cseq, "prev": prev, "scope": scope, "schema": 1, "at": "2026-07-14"} | op
        text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        prev = ask(line, "SELECT encode(sha256(convert_to(%s, 'UTF8')), 'hex')", text)
        cseqs.append(cseq)
        texts.append(text)
    authors = [line.info.user] * len(ops)
    return ask(
        line,
        "SELECT sync_v1.push(%s, 1, %s, %s::bigint[], %s::text[], %s::text[])",
        *(client, scope, cseqs, texts, authors),
    )


def ask(line: psycopg.Connection[Any], query: str, *values: Any) -> Any:
    row = line.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


# --- the independent checker: reads both sides with plain SQL


def centre_documents(organisation: Organisation) -> dict[str, dict[str, Any]]:
    """Every record of the organisation as the centre has it."""
    with psycopg.connect(organisation.centre.admin_dsn()) as connection:
        return {
            row[0]: {"kind": row[1], "ver": row[2], "deleted": row[3], "fver": row[4], **row[5]}
            for row in connection.execute(
                "SELECT id, kind, ver, deleted, fver, body FROM arm.doc WHERE scope = %s",
                (organisation.scope,),
            )
        }


def local_documents(desk: Desk) -> dict[str, dict[str, Any]]:
    """Every record of the desk in the same shape."""
    found: dict[str, dict[str, Any]] = {}
    for kind, cls in kinds().items():
        names = [column.name for column in cls.__table__.columns]
        for row in desk.rows(f"SELECT {', '.join(names)} FROM {cls.__tablename__}"):
            values = dict(zip(names, row, strict=True))
            found[values.pop("id")] = {
                "kind": kind,
                "ver": values.pop("ver"),
                "deleted": bool(values.pop("deleted")),
                "fver": json.loads(values.pop("fver")),
                **values,
            }
    return found


def assert_same(desk: Desk) -> None:
    """The desk holds exactly what its login may see, field by field."""
    theirs, ours = centre_documents(desk.organisation), local_documents(desk)
    assert ours.keys() == theirs.keys()
    for record_id, there in theirs.items():
        here = ours[record_id]
        for name in ("kind", "ver", "deleted", "fver"):
            assert here[name] == there[name], (record_id, name)
        for name, value in there.items():
            if name not in {"kind", "ver", "deleted", "fver"}:
                held = here[name]
                if isinstance(value, list | dict):
                    held = json.loads(held)
                assert held == value, (record_id, name)


def assert_feed_sound(organisation: Organisation) -> int:
    """Numbers without gaps, an unbroken chain, no operation applied twice; returns its length.

    The chain is recomputed here from the description in docs/sync.md, not by the project's code.
    """
    with psycopg.connect(organisation.centre.admin_dsn()) as connection:
        rows = connection.execute(
            "SELECT seq, id, kind, op, ver, delta::text, salt, delta_hash, actor::text, author,"
            " coalesce(client, ''), coalesce(cseq, 0), coalesce(made_at, ''),"
            """ to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), hash"""
            " FROM arm.change WHERE scope = %s ORDER BY seq",
            (organisation.scope,),
        ).fetchall()
        head = connection.execute(
            "SELECT seq, hash FROM arm.scope_head WHERE scope = %s", (organisation.scope,)
        ).fetchone()
    before, applied = "", set()
    for place, row in enumerate(rows, 1):
        seq, record_id, kind, op, ver, delta, salt, delta_hash, actor, author = row[:10]
        client, cseq, made_at, at, chain = row[10:]
        assert seq == place
        assert hashlib.sha256((salt + delta).encode()).hexdigest() == delta_hash
        parts = (before, organisation.scope, seq, record_id, kind, op, ver, delta_hash, actor)
        parts += (author, client, cseq, made_at, at)
        before = hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()
        assert before == chain, f"chain breaks at {seq}"
        if op in "NSD":
            repeated = (client, cseq, record_id) in applied  # what the centre writes has no client
            assert not (client and repeated), f"{client} {cseq} applied twice"
            applied.add((client, cseq, record_id))
    assert head == (len(rows), before)
    return len(rows)


def kept_somewhere(organisation: Organisation) -> str:
    """All that the centre ever took from the organisation, as one text to look for tokens in."""
    with psycopg.connect(organisation.centre.admin_dsn()) as connection:
        parts = connection.execute(
            "SELECT delta::text FROM arm.change WHERE scope = %s"
            " UNION ALL SELECT op FROM arm.rejected WHERE org ="
            " (SELECT org FROM arm.scope_head WHERE scope = %s)",
            (organisation.scope, organisation.scope),
        ).fetchall()
    return "\n".join(part[0] or "" for part in parts)


def dump(centre: EmbeddedCentral) -> str:
    """Every row of every table of the centre, as text."""
    with psycopg.connect(centre.admin_dsn()) as admin:
        tables = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        parts = []
        for schema, table in tables:
            query = sql.SQL("COPY (SELECT * FROM {}.{}) TO STDOUT").format(
                sql.Identifier(schema), sql.Identifier(table)
            )
            with admin.cursor() as cursor, cursor.copy(query) as copy:
                parts += [bytes(block) for block in copy]
    return b"".join(parts).decode()
