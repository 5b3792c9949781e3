"""Taking over records from the centre into the typed tables.

One rule serves first load, pull and acknowledgement: a record is replaced by one of the same or a
later version, except for the fields that an own operation still waits to be acknowledged for. Those
keep the value that the person sees *and* the version it was based on, so that the centre can still
tell that somebody else changed the field in the meantime.

Rows are written through the driver: a first load brings more than a million records.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import JSON, Date, String
from sqlalchemy.orm import Session

from arm.model import EntryList, FieldSpec, Person, StringSet, fields, from_wire, kinds
from arm.store.database import raw_of

log = logging.getLogger(__name__)

Encoder = Callable[[Any], Any]
Touched = set[tuple[str, str, str | None]]
LIVENESS = "deleted"
"""Name under which the operation ``new`` or ``del`` counts as waiting."""

_IDS = "IN (SELECT value FROM json_each(?))"


class Document(NamedTuple):
    """A record as the centre has it; ``body`` holds wire values, ``fver`` is JSON text."""

    id: str
    kind: str
    scope: int
    ver: int
    deleted: bool
    fver: str
    body: Mapping[str, Any]

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Document:
        """From ``arm.document_json`` of the centre."""
        return cls(
            said["id"],
            said["kind"],
            said["scope"],
            said["ver"],
            said["deleted"],
            json.dumps(said["fver"]),
            said["body"],
        )


@dataclass(frozen=True)
class _Shape:
    """How one kind is kept: its table, its fields, and how a wire value becomes a column's."""

    kind: str
    table: str
    columns: tuple[str, ...]
    places: Mapping[str, int]
    spots: Mapping[str, tuple[int, type[Any] | None, Encoder]]
    """Field → its place in a row, the class of values that go there as they are, and how others
    are made to fit. Rows are made by the million: a call for each value would double the time."""
    empty: tuple[Any, ...]
    insert: str
    replace: str
    is_person: bool
    person_column: bool
    moves: bool

    def person_of(self, record_id: str, body: Mapping[str, Any]) -> str | None:
        """Whose listing shows this record; a host party is in nobody's."""
        if self.is_person:
            return record_id
        return body.get("person_id") if self.person_column else None

    def held_person(self, raw: Any, record_id: str) -> str | None:
        """The same of a record that is on this workstation."""
        if self.is_person or not self.person_column:
            return record_id if self.is_person else None
        row = raw.execute(f"SELECT person_id FROM {self.table} WHERE id = ?", (record_id,))
        found = row.fetchone()
        return None if found is None else found[0]

    def is_here(self, raw: Any, record_id: str) -> bool:
        """Whether the centre's record is on this workstation."""
        query = f"SELECT 1 FROM {self.table} WHERE id = ? AND ver > 0"
        return raw.execute(query, (record_id,)).fetchone() is not None

    def row(self, doc: Document) -> tuple[Any, ...]:
        """All columns; the body names only fields that were ever filled."""
        row = [doc.id, doc.scope, doc.ver, doc.fver, int(doc.deleted), *self.empty]
        spots = self.spots
        for name, value in doc.body.items():
            spot = spots.get(name)
            if spot is not None and value is not None:
                place, plain, encode = spot
                row[place] = value if value.__class__ is plain else encode(value)
        return tuple(row)


@cache
def shapes() -> dict[str, _Shape]:
    """Every kind this version of the program knows."""
    return {kind: _shape(kind, cls) for kind, cls in kinds().items()}


def _shape(kind: str, cls: type[Any]) -> _Shape:
    specs = fields(cls)
    own = ("id", "scope", "ver", "fver", "deleted")
    columns = (*own, *specs)
    table = cls.__tablename__
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    update = ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
    return _Shape(
        kind=kind,
        table=table,
        columns=columns,
        places={name: place for place, name in enumerate(specs, len(own))},
        spots={
            name: (place, _plain_class(spec), _encoder(kind, spec))
            for place, (name, spec) in enumerate(specs.items(), len(own))
        },
        empty=tuple(_nothing(spec) for spec in specs.values()),
        insert=insert,
        replace=f"{insert} ON CONFLICT (id) DO UPDATE SET {update}",
        is_person=cls is Person,
        person_column="person_id" in specs,
        moves=cls.moves,
    )


def _nothing(spec: FieldSpec) -> str | None:
    """An empty field as SQLAlchemy's type would have stored it."""
    return "[]" if isinstance(spec.column_type, StringSet | EntryList) else None


def _plain_class(spec: FieldSpec) -> type[Any] | None:
    """The class of wire values that a column takes unchanged."""
    return str if type(spec.column_type) is String else None


@lru_cache(maxsize=65_536)
def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _encoder(kind: str, spec: FieldSpec) -> Encoder:
    """Wire value → what SQLAlchemy's type would have stored.

    The centre keeps whatever it is sent; what a newer or faulty program wrote may not fit here.
    """

    def refuse() -> str | None:
        log.info("%s.%s from the centre does not fit and is left empty", kind, spec.name)
        return _nothing(spec)

    def text(value: Any) -> Any:
        return value if isinstance(value, str) else refuse()

    def day(value: Any) -> Any:
        return value if isinstance(value, str) and _is_day(value) else refuse()

    def members(value: Any) -> Any:
        return _as_json(value) if isinstance(value, list) else refuse()

    def other(value: Any) -> Any:
        return value if _fits(spec, value) else refuse()

    def entries(value: Any) -> Any:
        return _as_json(value) if _fits(spec, value) else refuse()

    known: dict[type[Any], Encoder] = {
        String: text,
        Date: day,
        StringSet: members,
        EntryList: entries,
        JSON: _as_json,
    }
    return known.get(type(spec.column_type), other)


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _fits(spec: FieldSpec, value: Any) -> bool:
    try:
        from_wire(spec, value)
    except (ValueError, TypeError, AttributeError, KeyError):
        return False
    return True


def take_over(
    session: Session,
    documents: Iterable[Document],
    waiting: Mapping[str, Collection[str]],
    touched: Touched,
) -> int:
    """Write what is newer; returns how many records of known kinds came.

    ``waiting``: record id → names of fields (and :data:`LIVENESS`) with an own operation under way.
    """
    raw = raw_of(session)
    by_kind: dict[str, dict[str, Document]] = {}
    for doc in documents:
        by_kind.setdefault(doc.kind, {})[doc.id] = doc
    known = shapes()
    count = 0
    for kind, docs in by_kind.items():
        shape = known.get(kind)
        if shape is None:
            log.info("a record of unknown kind %s is left at the centre", kind)
            continue
        count += len(docs)
        _take_over_kind(raw, shape, _as_moved_here(raw, shape, docs), waiting, touched)
    return count


def _as_moved_here(raw: Any, shape: _Shape, docs: Mapping[str, Document]) -> Mapping[str, Document]:
    """The records in the scopes where a move that waits to go has put them on this workstation."""
    if not shape.moves:
        return docs
    persons = {shape.person_of(doc.id, doc.body) for doc in docs.values()} - {None}
    targets = {
        (person, origin): target
        for person, origin, target in raw.execute(
            "SELECT doc_id, scope, json_extract(op, '$.f.scope.n') FROM outbox"
            f" WHERE doc_id {_IDS} AND json_extract(op, '$.op') = 'move' ORDER BY cseq",
            (json.dumps(sorted(persons)),),
        )
    }
    if not targets:
        return docs
    return {
        doc.id: doc._replace(scope=_destination(targets, shape.person_of(doc.id, doc.body), doc))
        for doc in docs.values()
    }


def _destination(targets: Mapping[tuple[str, int], int], person: str | None, doc: Document) -> int:
    """The end of the person's moves under way, which start where the centre has the record."""
    scope, left = doc.scope, dict(targets)
    while person is not None and (after := left.pop((person, scope), None)) is not None:
        scope = after
    return scope


def _take_over_kind(
    raw: Any,
    shape: _Shape,
    docs: Mapping[str, Document],
    waiting: Mapping[str, Collection[str]],
    touched: Touched,
) -> None:
    person = "person_id" if shape.person_column else "NULL"
    held = {
        record_id: (ver, person_id)
        for record_id, ver, person_id in raw.execute(
            f"SELECT id, ver, {person} FROM {shape.table} WHERE id {_IDS}",
            (json.dumps(list(docs)),),
        )
    }
    fresh, newer = [], []
    for doc in docs.values():
        before = held.get(doc.id)
        if before is None:
            fresh.append(shape.row(doc))
        elif before[0] > doc.ver:
            continue
        elif doc.id in waiting:
            _take_over_around(raw, shape, doc, waiting[doc.id])
        else:
            newer.append(shape.row(doc))
        if before is not None and before[1] is not None:
            touched.add((shape.kind, doc.id, before[1]))
        touched.add((shape.kind, doc.id, shape.person_of(doc.id, doc.body)))
    if fresh:
        raw.executemany(shape.insert, fresh)
    if newer:
        raw.executemany(shape.replace, newer)


def _take_over_around(raw: Any, shape: _Shape, doc: Document, waiting: Collection[str]) -> None:
    """Replace all but the fields with an own operation under way."""
    kept = json.loads(
        raw.execute(f"SELECT fver FROM {shape.table} WHERE id = ?", (doc.id,)).fetchone()[0]
    )
    versions = {name: ver for name, ver in json.loads(doc.fver).items() if name not in waiting}
    versions |= {name: ver for name, ver in kept.items() if name in waiting}
    values: dict[str, Any] = {"scope": doc.scope, "ver": doc.ver, "fver": json.dumps(versions)}
    if LIVENESS not in waiting:
        values["deleted"] = int(doc.deleted)
    row = shape.row(doc)
    values |= {name: row[place] for name, place in shape.places.items() if name not in waiting}
    raw.execute(
        f"UPDATE {shape.table} SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?",
        (*values.values(), doc.id),
    )


def waiting_fields(session: Session, ids: Collection[str] | None = None) -> dict[str, set[str]]:
    """Record id → fields with an own operation under way, of these records or of all."""
    raw = raw_of(session)
    if ids is None:
        rows = raw.execute("SELECT doc_id, op FROM outbox")
    else:
        rows = raw.execute(
            f"SELECT doc_id, op FROM outbox WHERE doc_id {_IDS}", (json.dumps(list(ids)),)
        )
    found: dict[str, set[str]] = {}
    for doc_id, text in rows:
        operation = json.loads(text)
        names = found.setdefault(doc_id, set())
        names.update(operation["f"])
        if operation["op"] in {"new", "del"}:
            names.add(LIVENESS)
    return found


def forget_unknown(session: Session, docs: Mapping[str, str], touched: Touched) -> None:
    """Drop records (id → kind) that the centre does not have for this person, with all that tells
    of them.

    Their author finds what was typed among the rejected operations.
    """
    raw = raw_of(session)
    for record_id, kind in docs.items():
        shape = shapes().get(kind)
        if shape is not None:
            _forget(raw, shape, "id = ?", (record_id,), touched)
        raw.execute("DELETE FROM conflict WHERE doc_id = ?", (record_id,))


def forget_papers(session: Session, person: str, touched: Touched) -> None:
    """Drop what moves with a card that the centre does not have for this person: it is where the
    card is, but after a refused move it may stand anywhere here."""
    which = "person_id = ? AND id NOT IN (SELECT doc_id FROM outbox)"
    for shape in shapes().values():
        if shape.moves and shape.person_column:
            _forget(raw_of(session), shape, which, (person,), touched)


def forget_past(session: Session, doc_id: str, person: str) -> None:
    """Drop what was in a record before; lines of edits that still wait to go stay, for undo."""
    raw_of(session).execute(
        "DELETE FROM history WHERE person_id = ? AND doc_id = ?"
        " AND (cseq IS NULL OR cseq NOT IN (SELECT cseq FROM outbox))",
        (person, doc_id),
    )


def forget_feed(session: Session, scope: int) -> None:
    """Drop what the feed of a scope told: conflicts, history, the place in it. Lines of edits that
    wait or were refused stay: they say whose these are."""
    raw = raw_of(session)
    for table in ("cursor", "hydrate", "conflict"):
        raw.execute(f"DELETE FROM {table} WHERE scope = ?", (scope,))
    raw.execute(
        "DELETE FROM history WHERE scope = ?"
        " AND (cseq IS NULL OR (cseq > 0 AND cseq NOT IN"
        " (SELECT cseq FROM outbox UNION ALL SELECT cseq FROM rejected)))",
        (scope,),
    )


def forget_scope(session: Session, scope: int, touched: Touched, *, unseen: bool = False) -> None:
    """Drop the records of a scope that have no operation under way; with ``unseen`` only those
    that a first load, which started by setting all versions to 0, has not brought again."""
    raw = raw_of(session)
    which = "scope = ? AND id NOT IN (SELECT doc_id FROM outbox)"
    if unseen:
        which += " AND ver = 0"
    for shape in shapes().values():
        _forget(raw, shape, which, (scope,), touched)


def _forget(
    raw: Any, shape: _Shape, which: str, values: tuple[object, ...], touched: Touched
) -> None:
    person = "id" if shape.is_person else "person_id" if shape.person_column else "NULL"
    gone = raw.execute(
        f"DELETE FROM {shape.table} WHERE {which} RETURNING id, {person}", values
    ).fetchall()
    touched.update((shape.kind, record_id, person_id) for record_id, person_id in gone)


def doubt_scope(session: Session, scope: int) -> None:
    """Before records are loaded anew: whatever comes counts as newer than what is here."""
    raw = raw_of(session)
    for shape in shapes().values():
        raw.execute(f"UPDATE {shape.table} SET ver = 0, fver = '{{}}' WHERE scope = ?", (scope,))
