"""The one place where an edit becomes an operation, history and an action.

A :class:`CapturingSession` watches its own flushes: it remembers what each record was before this
transaction. :func:`write_out` then compares that with what the record has become and writes, in the
same transaction, one operation a record to the outbox, history rows and the action they belong to.
Nobody else writes these tables for a person's edit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, NoReturn

from sqlalchemy import Table, event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.base import NO_VALUE

from arm.model import (
    SCHEMA,
    Base,
    FieldSpec,
    Person,
    Record,
    fields,
    from_wire,
    kinds,
    new_id,
    to_wire,
)
from arm.store.operations import Operation, canonical, op_hash


@dataclass
class Touched:
    """A record as it was before this transaction; ``old`` holds wire values of touched fields."""

    record: Record
    made: bool
    was_deleted: bool
    old: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Author:
    """On whose behalf, when, and under which name a transaction is kept."""

    login: str
    scope: int
    at: str
    title: str
    undoes: int | None = None


@dataclass(frozen=True)
class Written:
    """What a transaction changed. ``persons`` are those whose listing must be derived anew,
    ``scopes`` those that operations were written for."""

    action_id: int | None
    records: frozenset[tuple[str, str]]
    persons: frozenset[str]
    scopes: frozenset[int]


class CapturingSession(Session):
    """A session whose every change of a record is captured. Made by ``Store.write`` only."""

    def __init__(self, *args: Any, scope: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.touched: dict[tuple[str, str], Touched] = {}
        self.decided: dict[tuple[str, str], dict[str, str]] = {}
        self.moved: dict[str, tuple[Person, int]] = {}
        self.reopened: set[str] = set()

    def bulk_save_objects(self, *_: Any, **__: Any) -> NoReturn:
        """Refused, like the other two: these methods flush without telling anybody."""
        raise RuntimeError("a bulk change would pass the outbox by")

    bulk_insert_mappings = bulk_save_objects
    bulk_update_mappings = bulk_save_objects

    def settle(self, record: Record, name: str, conflict_id: str) -> None:
        """The value that this field (or ``deleted``) has at the end of the transaction is a
        person's decision about a conflict, even if it is the value that is in force already."""
        _note(self, record, made=False)
        self.decided.setdefault((record.kind, record.id), {})[name] = conflict_id

    def move(self, person: Person, scope: int) -> None:
        """Hand a person over to another scope, with all that hangs on them."""
        self.flush()
        if person.scope == scope:
            return
        self.moved.setdefault(person.id, (person, person.scope))
        raw = self.raw()
        for cls in kinds().values():
            whose = "id" if cls is Person else "person_id" if "person_id" in fields(cls) else None
            if whose is not None and cls.moves:
                raw.execute(
                    f"UPDATE {cls.__tablename__} SET scope = ? WHERE {whose} = ? AND scope = ?",
                    (scope, person.id, person.scope),
                )
        before = person.scope
        for record in list(self.identity_map.values()):
            if not isinstance(record, Record) or not record.moves:
                continue
            if record.owner_id == person.id and record.scope == before:
                set_committed_value(record, "scope", scope)

    def reopen(self, record: Record, name: str, conflict_id: str) -> None:
        """As :meth:`settle`, but the person takes such a decision back: the field gets the value it
        had before, and the conflict is open again."""
        self.settle(record, name, conflict_id)
        self.reopened.add(conflict_id)

    def raw(self) -> Any:
        """The driver's connection of this transaction, for statements that must be quick."""
        return self.connection().connection.driver_connection


def wire(spec: FieldSpec, value: Any) -> Any:
    """A field's value as it travels: like ``to_wire``, but a set or a list is never null."""
    if spec.merge == "set":
        return sorted(value or ())
    return to_wire(value or ()) if spec.merge == "notes" else to_wire(value)


def values_of(record: Record) -> dict[str, Any]:
    """Every synchronised field of a record in wire form."""
    return {name: wire(spec, getattr(record, name)) for name, spec in fields(type(record)).items()}


def is_empty(value: Any) -> bool:
    """Whether a wire value says nothing: no value, or a set without members."""
    return value is None or value == []


def _collect(session: CapturingSession, _context: object, _instances: object) -> None:
    for record in list(session.deleted):
        if not isinstance(record, Record):
            raise _not_capturable(record)
        if _note(session, record, made=False).made:
            continue  # made and dropped within this transaction: nobody else need ever know
        session.add(record)  # takes back the deletion of the row
        record.deleted = True
    for record in session.new:
        if not isinstance(record, Record):
            raise _not_capturable(record)
        if not record.id:
            record.id = new_id()
        if inspect(record).dict.get("scope") is None:
            record.scope = _home(session, record)
        _note(session, record, made=True)
    for record in session.dirty:
        if isinstance(record, Record) and inspect(record).committed_state:
            _note_fields(session, record)


def _home(session: CapturingSession, record: Record) -> int:
    """Where a new record belongs: with its person, otherwise in the author's home scope."""
    if record.owner_id == record.id or not record.moves:
        return session.scope
    for other in session.new:
        if isinstance(other, Person) and other.id == record.owner_id:
            return inspect(other).dict.get("scope") or session.scope
    table = Person.__table__
    with session.no_autoflush:
        query = select(table.c.scope).where(table.c.id == record.owner_id)
        found = session.connection().execute(query).scalar()
    return session.scope if found is None else int(found)


def _not_capturable(thing: object) -> RuntimeError:
    return RuntimeError(f"{type(thing).__name__} is not a record and cannot be captured")


def _note(session: CapturingSession, record: Record, *, made: bool) -> Touched:
    key = (record.kind, record.id)
    held = session.touched.get(key)
    if held is None:
        was_deleted = False if made else bool(_before(session, record, "deleted"))
        held = session.touched[key] = Touched(record, made, was_deleted)
    return held


def _note_fields(session: CapturingSession, record: Record) -> None:
    changed = inspect(record).committed_state.keys()
    if not changed.isdisjoint(("id", "scope", "ver", "fver")):
        raise RuntimeError(f"version and scope of {record.kind} are the exchange's business")
    held = _note(session, record, made=False)
    specs = fields(type(record))
    for name in changed:
        if name in specs and name not in held.old:
            held.old[name] = wire(specs[name], _before(session, record, name))


def _before(session: CapturingSession, record: Record, name: str) -> Any:
    """The value before this flush; read from the database where the session never loaded it."""
    state = inspect(record)
    value = state.committed_state.get(name, state.dict.get(name, NO_VALUE))
    if value is not NO_VALUE:
        return value
    table = type(record).__table__
    with session.no_autoflush:
        query = select(table.c[name]).where(table.c.id == record.id)
        return session.connection().execute(query).scalar_one()


def _refuse_bulk(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        table = getattr(state.statement, "table", None)
        if isinstance(table, Table) and table.metadata is Base.metadata:
            raise RuntimeError(f"a bulk change of {table.name} would pass the outbox by")


def _refuse_savepoint(_session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        raise RuntimeError("a savepoint rolled back would leave captured changes behind")


event.listen(CapturingSession, "before_flush", _collect)
event.listen(CapturingSession, "do_orm_execute", _refuse_bulk)
event.listen(CapturingSession, "after_transaction_create", _refuse_savepoint)


_INSERT_ACTION: Final = "INSERT INTO action (title, actor, at, undoes) VALUES (?, ?, ?, ?)"
INSERT_OP: Final = (
    "INSERT INTO outbox (cseq, op_hash, doc_id, scope, kind, op, made_at, action_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_HISTORY: Final = (
    "INSERT INTO history (person_id, doc_id, kind, field, event, old, new, actor, at, cseq, scope,"
    " action_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
CHAIN_END: Final = (
    "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0),"
    " coalesce((SELECT max(cseq) FROM outbox_done), 0)),"
    " coalesce((SELECT op_hash FROM outbox ORDER BY cseq DESC LIMIT 1),"
    " (SELECT op_hash FROM outbox_done ORDER BY cseq DESC LIMIT 1), '')"
)
"""Number and fingerprint of the newest own operation. AUTOINCREMENT remembers the number even when
the queue is empty, so that none is ever given twice."""
_WAITING_FOR: Final = "SELECT cseq, op FROM outbox WHERE doc_id = ? ORDER BY cseq DESC"


def write_out(session: CapturingSession, author: Author) -> Written:
    """Write operations, history and the action of everything flushed so far.

    Called once, after the last flush and before the commit.
    """
    drafts = list(_moves(session)) + [
        draft
        for key, held in session.touched.items()
        for draft in _drafts(held, session.decided.get(key, {}), session.reopened)
    ]
    if not drafts:
        return Written(None, frozenset(), frozenset(), frozenset())
    raw = session.raw()
    action_id = raw.execute(
        _INSERT_ACTION, (author.title, author.login, author.at, author.undoes)
    ).lastrowid
    if author.undoes is not None:
        raw.execute("UPDATE action SET undone_by = ? WHERE id = ?", (action_id, author.undoes))
    _append(raw, drafts, author, action_id)
    return Written(
        action_id,
        frozenset((draft.record.kind, draft.record.id) for draft in drafts),
        frozenset(person for draft in drafts for person in draft.persons),
        frozenset(draft.scope for draft in drafts),
    )


@dataclass(frozen=True)
class _Draft:
    """An operation without its place in the queue. ``before`` and ``after`` are wire values of
    the fields it speaks of."""

    record: Record
    op: str
    before: dict[str, Any]
    after: dict[str, Any]
    persons: frozenset[str]
    made: bool = False
    conflict: str | None = None

    @property
    def scope(self) -> int:
        """Where the author saw the record: for a move, where it comes from."""
        return int(self.before["scope"] if self.op == "move" else self.record.scope)


def _moves(session: CapturingSession) -> Iterator[_Draft]:
    """Moves go first: what else the action did is meant for the new scope."""
    for person, before in session.moved.values():
        held = session.touched.get((person.kind, person.id))
        if person.scope != before and not (held is not None and held.made):
            yield _Draft(
                person,
                "move",
                {"scope": before},
                {"scope": person.scope},
                frozenset({person.id}),
            )


def _drafts(held: Touched, decided: dict[str, str], reopened: set[str]) -> Iterator[_Draft]:
    """What is to be said of one record: its decided conflicts one by one, then the rest."""
    specs = fields(type(held.record))
    for name, conflict_id in decided.items():
        if name == "deleted":
            before, after = held.was_deleted, held.record.deleted
        else:
            after = _checked(specs[name], held.record)
            before = held.old.get(name, after)
        yield _Draft(
            held.record,
            "reopen" if conflict_id in reopened else "resolve",
            {name: before},
            {name: after},
            _persons(held),
            conflict=conflict_id,
        )
    rest = _draft(replace(held, was_deleted=held.record.deleted) if decided else held)
    if rest is not None and decided:
        old = {name: value for name, value in rest.before.items() if name not in decided}
        new = {name: value for name, value in rest.after.items() if name not in decided}
        rest = replace(rest, before=old, after=new) if old else None
    if rest is not None:
        yield rest


def _draft(held: Touched) -> _Draft | None:
    record = held.record
    specs = fields(type(record))
    if held.made or (held.was_deleted and not record.deleted):
        if record.deleted or not inspect(record).persistent:
            return None
        now = {name: _checked(spec, record) for name, spec in specs.items()}
        filled = {name: value for name, value in now.items() if not is_empty(value)}
        return _Draft(record, "new", {}, filled, _persons(held), made=held.made)
    if record.deleted and not held.was_deleted:
        was = values_of(record) | held.old
        said = {
            name: value
            for name, value in was.items()
            if not is_empty(value) or name in record.fver or name in held.old
        }
        return _Draft(record, "del", said, {}, _persons(held))
    after = {name: _checked(specs[name], record) for name in held.old}
    before = {name: old for name, old in held.old.items() if old != after[name]}
    if not before:
        return None
    return _Draft(record, "set", before, {name: after[name] for name in before}, _persons(held))


def _checked(spec: FieldSpec, record: Record) -> Any:
    """A field's present wire value. Raises if it does not fit: it must not reach the others."""
    value = wire(spec, getattr(record, spec.name))
    from_wire(spec, value)
    return value


def _persons(held: Touched) -> frozenset[str]:
    """Whom a change concerns: the person, or the person a record is or was tied to. A host party
    concerns nobody's listing."""
    if isinstance(held.record, Person):
        return frozenset({held.record.id})
    ids = (getattr(held.record, "person_id", None), held.old.get("person_id"))
    return frozenset(person_id for person_id in ids if person_id is not None)


def _append(raw: Any, drafts: list[_Draft], author: Author, action_id: int) -> None:
    cseq, prev = raw.execute(CHAIN_END).fetchone()
    operations, lines = [], []
    for draft in drafts:
        cseq += 1
        record = draft.record
        operation: Operation = {
            "cseq": cseq,
            "prev": prev,
            "id": record.id,
            "kind": record.kind,
            "op": draft.op,
            "scope": draft.scope,
            "schema": SCHEMA,
            "at": author.at,
            "person": record.owner_id,
            "f": _field_changes(draft, _waiting(raw, draft)),
        }
        if draft.conflict is not None:
            operation["conflict"] = draft.conflict
        prev = op_hash(operation)
        text = canonical(operation)
        operations.append(
            (cseq, prev, record.id, draft.scope, record.kind, text, author.at, action_id)
        )
        lines += _history_lines(draft, author, cseq, action_id)
    raw.executemany(INSERT_OP, operations)
    raw.executemany(_INSERT_HISTORY, lines)


def _waiting(raw: Any, draft: _Draft) -> dict[str, int]:
    """For each field of the draft its newest operation that is not acknowledged, if any."""
    found: dict[str, int] = {}
    wanted = set(draft.before) | set(draft.after)
    if draft.made:
        return found
    for cseq, text in raw.execute(_WAITING_FOR, (draft.record.id,)):
        for name in wanted & json.loads(text)["f"].keys():
            found[name] = cseq
            wanted.remove(name)
        if not wanted:
            break
    return found


def _field_changes(draft: _Draft, pending: dict[str, int]) -> dict[str, Any]:
    specs = fields(type(draft.record))
    said: dict[str, Any] = {}
    for name in draft.before | draft.after:
        old, new = draft.before.get(name), draft.after.get(name)
        said[name] = {
            "b": draft.record.fver.get(name, 0),
            "p": pending.get(name),
            **_difference(specs.get(name), draft.op, old, new),
        }
    return said


def _difference(spec: FieldSpec | None, op: str, old: Any, new: Any) -> dict[str, Any]:
    """What an operation says of one field: what came and went where the centre combines both
    sides' changes, otherwise the old and the new value."""
    if spec is not None and spec.merge == "set":
        was, now = set(old or ()), set(new or ())
        return {"add": sorted(now - was), "rem": sorted(was - now)}
    if spec is not None and op == "set":
        if spec.merge == "counter":
            return {"inc": (new or 0) - (old or 0)}
        if spec.merge == "notes":
            came = [entry for entry in new if entry not in old]
            return {"app": came, "cut": [entry for entry in old if entry not in new]}
    return {"o": old, "n": new}


def _history_lines(
    draft: _Draft, author: Author, cseq: int, action_id: int
) -> list[tuple[Any, ...]]:
    record = draft.record
    head = (record.owner_id, record.id, record.kind)
    tail = (author.login, author.at, cseq, draft.scope, action_id)
    name_of_event = "undo" if author.undoes is not None else draft.op
    if draft.op == "resolve":
        name_of_event = "settled"
    if draft.op in {"set", "resolve", "reopen", "move"}:
        return [
            (*head, name, name_of_event, _json(old), _json(draft.after[name]), *tail)
            for name, old in draft.before.items()
        ]
    before = draft.before if draft.op == "del" else None
    after = draft.after if draft.op == "new" else None
    return [(*head, None, name_of_event, _json(before), _json(after), *tail)]


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
