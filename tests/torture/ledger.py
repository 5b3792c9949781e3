"""The checker: what must be true of the centre and of every workstation whatever has happened.

It knows nothing of the code under test: plain SQL on both sides, and Python written from
docs/sync.md. Each check returns complaints, so that a run can count them by sort instead of
stopping at the first.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from arm.model import kinds

TOKEN = re.compile(r"t[0-9a-z]+-[0-9]+-[0-9]+")
"""Seat or life, then a number: every edit writes one that was never written before."""

Rows = Callable[[str], list[Any]]
"""Asks a workstation's encrypted file."""
Admin = psycopg.Connection[Any]


@dataclass(frozen=True)
class Complaint:
    """``sort`` is lost, twice, diverged, gap, chain, history, conflict or queue."""

    sort: str
    what: str

    def __str__(self) -> str:
        return f"{self.sort}: {self.what}"


def count(complaints: Iterable[Complaint]) -> Counter[str]:
    """How many of each sort."""
    return Counter(one.sort for one in complaints)


# --- tokens


def kept_tokens(
    admin: Admin, scopes: Collection[int], clients: Collection[str] | None = None
) -> set[str]:
    """Every token the centre has in its feed (applied or disputed) or among the refused, of these
    workstations or of all."""
    found: set[str] = set()
    refused = "org IN (SELECT org FROM arm.scope_head WHERE scope = ANY (%s))"
    if clients is not None:
        refused = "client = ANY (%s)"
    for query, keys in (
        ("SELECT delta::text FROM arm.change WHERE scope = ANY (%s)", scopes),
        (f"SELECT op FROM arm.rejected WHERE {refused}", scopes if clients is None else clients),
    ):
        for (text,) in admin.execute(query, (list(keys),)):
            found.update(TOKEN.findall(text or ""))
    return found


def lost(typed: Iterable[str], kept: Collection[str]) -> list[Complaint]:
    """Tokens that were acknowledged to a person and are nowhere."""
    return [Complaint("lost", token) for token in typed if token not in kept]


# --- the feed


@dataclass(frozen=True)
class Entry:
    """One entry of the feed."""

    seq: int
    id: str
    op: str
    ver: int
    delta: dict[str, Any] | None
    client: str
    cseq: int


def feed(admin: Admin, scope: int) -> tuple[list[Entry], list[Complaint]]:
    """The entries of a scope, and what is wrong with their numbers and their chain."""
    rows = admin.execute(
        "SELECT seq, id, kind, op, ver, delta::text, salt, delta_hash, actor::text, author,"
        " coalesce(client, ''), coalesce(cseq, 0), coalesce(made_at, ''),"
        """ to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), hash"""
        " FROM arm.change WHERE scope = %s ORDER BY seq",
        (scope,),
    ).fetchall()
    head = admin.execute("SELECT seq, hash FROM arm.scope_head WHERE scope = %s", (scope,))
    wrong: list[Complaint] = []
    entries: list[Entry] = []
    before, chain_broken = "", False
    for place, row in enumerate(rows, 1):
        seq, record_id, kind, op, ver, delta, salt, delta_hash, actor, author = row[:10]
        client, cseq, made_at, at, chain = row[10:]
        if seq != place:
            wrong.append(Complaint("gap", f"scope {scope}: {seq} stands at {place}"))
            break
        parts = (before, scope, seq, record_id, kind, op, ver, delta_hash, actor)
        parts += (author, client, cseq, made_at, at)
        sound = delta is None or _sha(salt + delta) == delta_hash
        if not chain_broken and (not sound or _sha("|".join(map(str, parts))) != chain):
            chain_broken = True
            wrong.append(Complaint("chain", f"scope {scope} at {seq}"))
        before = chain
        said = json.loads(delta) if delta is not None else None
        entries.append(Entry(seq, record_id, op, ver, said, client, cseq))
    if head.fetchone() != (len(rows), before):
        wrong.append(Complaint("gap", f"scope {scope}: its head is not its last entry"))
    return entries, wrong


def applied_twice(entries: Iterable[Entry]) -> list[Complaint]:
    """Operations that changed one record more than once."""
    seen = Counter(
        (one.client, one.cseq, one.id) for one in entries if one.op in "NSD" and one.cseq
    )
    return [Complaint("twice", str(key)) for key, times in seen.items() if times > 1]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def retold(admin: Admin, scope: int, entries: Iterable[Entry]) -> list[Complaint]:
    """The records as the feed tells them must be the records as they are: each change starts from
    what the one before left, and the last leaves what stands. Of a field that came with a record
    from another scope the version is not told (None)."""
    told: dict[str, dict[str, tuple[Any, int | None]]] = {}
    newest: dict[str, int] = {}
    wrong: list[Complaint] = []
    bulk = any(entry.op == "B" for entry in entries)  # loaded past the feed: told of from then on
    for entry in entries:
        if entry.op == "L":
            told.pop(entry.id, None)
        if entry.op not in "NSDE" or entry.delta is None:
            continue
        newest[entry.id] = entry.ver
        if entry.op == "E":
            said = {name: value for name, value in entry.delta.items() if name != "scope"}
            told[entry.id] = {name: (value["n"], None) for name, value in said.items()}
            continue
        fields = told.setdefault(entry.id, {})
        for name, said in entry.delta.items():
            before = fields.get(name, (said["o"] if bulk else None, 0))[0]
            if before != said["o"] and name != "deleted":
                wrong.append(Complaint("history", f"{entry.id} {name} before {entry.seq}"))
            fields[name] = (said["n"], entry.ver)
    arrived = {entry.id for entry in entries if entry.op == "E"}
    for record_id, ver, deleted, fver, body in admin.execute(
        "SELECT id, ver, deleted, fver, body FROM arm.doc WHERE scope = %s", (scope,)
    ).fetchall():
        fields = told.pop(record_id, {})
        if not fields:
            if not bulk:
                wrong.append(Complaint("history", f"{record_id} is told of nowhere"))
            continue
        alive = fields.pop("deleted", (deleted if record_id in arrived else False, None))
        if deleted != alive[0]:
            wrong.append(Complaint("history", f"{record_id} deleted: {deleted}"))
        stands = {name: value for name, value in body.items() if not bulk or name in fields}
        if {name: value for name, (value, _) in fields.items()} != stands:
            wrong.append(Complaint("history", f"{record_id} holds what the feed does not tell"))
        if any(fver.get(name) != at for name, (_, at) in fields.items() if at is not None):
            wrong.append(Complaint("history", f"{record_id}: versions of fields"))
        if ver != newest[record_id]:
            wrong.append(Complaint("history", f"{record_id}: version {ver}"))
    wrong += [Complaint("history", f"{one} is told of and is not there") for one in told]
    return wrong


# --- what a person may see, and what their workstation holds


def visible(admin: Admin, login: str) -> dict[str, dict[str, Any]]:
    """Every record that the grants let this login see; the policies are not asked."""
    return {
        row[0]: {"kind": row[1], "scope": row[2], "ver": row[3], "deleted": row[4]}
        | {"fver": row[5], "body": row[6]}
        for row in admin.execute(
            "SELECT id, kind, scope, ver, deleted, fver, body FROM arm.doc d WHERE scope IN"
            " (SELECT scope FROM arm.grants WHERE rolname = %s)",
            (login,),
        )
    }


def held(rows: Rows) -> dict[str, dict[str, Any]]:
    """Every record of a workstation in the same shape; ``body`` without empty fields."""
    found: dict[str, dict[str, Any]] = {}
    own = ("id", "scope", "ver", "fver", "deleted")
    for kind, cls in kinds().items():
        names = [column.name for column in cls.__table__.columns if "label" in column.info]
        for row in rows(f"SELECT {', '.join((*own, *names))} FROM {cls.__tablename__}"):
            body = dict(zip(names, row[len(own) :], strict=True))
            found[row[0]] = {
                "kind": kind,
                "scope": row[1],
                "ver": row[2],
                "deleted": bool(row[4]),
                "fver": json.loads(row[3]),
                "body": {name: value for name, value in body.items() if not _empty(value)},
            }
    return found


def _where(admin: Admin, record_id: str, here: dict[str, Any]) -> str:
    """What a record is, and where it is on both sides."""
    found = admin.execute("SELECT scope, ver FROM arm.doc WHERE id = %s", (record_id,)).fetchone()
    whose = here["body"].get("person_id", "")
    return f"({here['kind']} {whose}, here {here['scope']} ver {here['ver']}, there {found})"


def _empty(value: Any) -> bool:
    return value is None or value == "[]"


def diverged(admin: Admin, login: str, rows: Rows) -> list[Complaint]:
    """Where a workstation that has exchanged differs from what its login may see."""
    theirs, ours = visible(admin, login), held(rows)
    wrong = [Complaint("diverged", f"{login} lacks {one}") for one in theirs.keys() - ours.keys()]
    wrong += [
        Complaint("diverged", f"{login} keeps {one} {_where(admin, one, ours[one])}")
        for one in ours.keys() - theirs.keys()
    ]
    for record_id in theirs.keys() & ours.keys():
        there, here = theirs[record_id], ours[record_id]
        wrong += [
            Complaint("diverged", f"{login} {record_id} {name}: {here[name]} / {there[name]}")
            for name in ("kind", "scope", "ver", "deleted", "fver")
            if here[name] != there[name]
        ]
        body = {name: value for name, value in there["body"].items() if value not in (None, [])}
        known = {c.name for c in kinds()[there["kind"]].__table__.columns}
        for name in body.keys() | here["body"].keys():
            if name not in known:
                continue  # a newer program's
            mine, value = here["body"].get(name), body.get(name)
            if isinstance(value, list | dict) and mine is not None:
                mine = json.loads(mine)
            if mine != value:
                wrong.append(Complaint("diverged", f"{login} {record_id} {name}: {mine} / {value}"))
    return wrong


def disputes_differ(admin: Admin, login: str, rows: Rows) -> list[Complaint]:
    """Open conflicts that a workstation has and the centre does not show it, or the other way."""
    theirs = {
        row[0]: row[1:]
        for row in admin.execute(
            "SELECT id, scope, doc_id, field, server_value, mine_value FROM arm.conflict"
            " WHERE state = 'open' AND scope IN"
            " (SELECT scope FROM arm.grants WHERE rolname = %s)",
            (login,),
        )
    }
    ours = {
        row[0]: (*row[1:4], *(None if one is None else json.loads(one) for one in row[4:]))
        for row in rows(
            "SELECT id, scope, doc_id, field, server_value, mine_value FROM conflict"
            " WHERE state = 'open'"
        )
    }
    return [
        Complaint("conflict", f"{login} {one}: {ours.get(one)} / {theirs.get(one)}")
        for one in theirs.keys() | ours.keys()
        if theirs.get(one) != ours.get(one)
    ]


def unsettled(admin: Admin, login: str, rows: Rows) -> list[Complaint]:
    """A workstation that is not through: something waits, or its cursor is not at the head."""
    wrong = [
        Complaint("queue", f"{login}: operation {cseq} waits")
        for (cseq,) in rows("SELECT cseq FROM outbox")
    ]
    wrong += [Complaint("queue", f"{login}: loads {one}") for one in rows("SELECT * FROM hydrate")]
    heads = admin.execute(
        "SELECT h.scope, h.seq, h.hash FROM arm.scope_head h JOIN arm.grants g USING (scope)"
        " WHERE g.rolname = %s",
        (login,),
    ).fetchall()
    places = {tuple(row) for row in rows("SELECT scope, seq, hash FROM cursor")}
    wrong += [Complaint("queue", f"{login}: {row}") for row in places ^ set(map(tuple, heads))]
    return wrong


def damaged(rows: Rows) -> list[Complaint]:
    """What SQLite says of the file itself."""
    return [
        Complaint("diverged", f"file: {row[0]}")
        for row in rows("PRAGMA integrity_check")
        if row[0] != "ok"
    ]


def centre_complaints(admin: Admin, scopes: Collection[int]) -> Iterator[Complaint]:
    """Everything about the centre alone."""
    every: list[Entry] = []
    for scope in scopes:
        entries, wrong = feed(admin, scope)
        yield from wrong
        yield from retold(admin, scope, entries)
        every += entries
        yield from standing_disputes(admin, scope)
    yield from applied_twice(every)


def standing_disputes(admin: Admin, scope: int) -> list[Complaint]:
    """Open conflicts that do not stand against the value in force."""
    rows = admin.execute(
        "SELECT c.id, c.field, c.server_value, CASE c.field WHEN 'deleted' THEN to_jsonb(d.deleted)"
        " ELSE coalesce(d.body->c.field, 'null') END FROM arm.conflict c"
        " LEFT JOIN arm.doc d ON d.scope = c.scope AND d.id = c.doc_id"
        " WHERE c.scope = %s AND c.state = 'open'",
        (scope,),
    )
    return [
        Complaint("conflict", f"{conflict} {name}: stands against {said}, in force is {now}")
        for conflict, name, said, now in rows
        if said != now
    ]


def desk_complaints(admin: Admin, login: str, rows: Rows) -> Iterator[Complaint]:
    """Everything about one workstation that has exchanged."""
    yield from unsettled(admin, login, rows)
    yield from diverged(admin, login, rows)
    yield from disputes_differ(admin, login, rows)
