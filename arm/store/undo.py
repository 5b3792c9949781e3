"""Taking back one's last action, without taking back what others did since.

The undoing is itself an action: it goes through the capture and to the centre as new operations, so
it works the same before and after the exchange.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from arm.model import FieldSpec, Person, Record, fields, from_wire, kinds
from arm.store import tables
from arm.store.capture import CapturingSession, is_empty, values_of, wire
from arm.store.errors import DeletedForGood, NothingToUndo
from arm.store.store import Store


@dataclass(frozen=True)
class UndoResult:
    """``title`` of the action taken back; how many fields and records were put back
    (``undone``); names, in Russian, of those that others have changed since and that stay
    (``kept``)."""

    title: str
    undone: int
    kept: list[str]


@dataclass
class _Tally:
    undone: int = 0
    kept: list[str] = field(default_factory=list)

    def keep(self, name: str) -> None:
        if name not in self.kept:
            self.kept.append(name)


def last_action(store: Store) -> str | None:
    """Title of the action that :func:`undo_last` would take back, or None."""
    with store.read() as session:
        row = _newest(session, store.actor.login)
    return None if row is None else str(row.title)


def undo_last(store: Store) -> UndoResult:
    """Take back the signed-in person's newest action that is not taken back yet.

    Fields whose value is no longer the one the action gave are left as they are and named. Raises
    NothingToUndo, DeletedForGood and the errors of ``Store.write``.
    """
    with store.read() as session:
        action = _newest(session, store.actor.login)
        lines = [] if action is None else _lines(session, action.id)
    if action is None:
        raise NothingToUndo()
    if not lines:
        # what the action did left this workstation: it must not stand in the way of earlier ones
        _pass_over(store, action.id)
        raise DeletedForGood(what=action.title)
    tally = _Tally()
    with store.write(f"Отменено: {action.title}", undoes=action.id) as session:
        _take_back(session, action.id, tally)
    if not session.info["change_set"].records:
        # all of it was changed by others: the next undo goes on to the action before
        _pass_over(store, action.id)
    return UndoResult(str(action.title), tally.undone, tally.kept)


def _newest(session: Session, login: str) -> Row[Any] | None:
    action = tables.action
    return session.execute(
        select(action)
        .where(action.c.actor == login, action.c.undoes.is_(None), action.c.undone_by.is_(None))
        .order_by(action.c.id.desc())
        .limit(1)
    ).first()


def _pass_over(store: Store, action_id: int) -> None:
    with store.merge(origin="undo") as session:
        session.execute(
            tables.action.update()
            .where(tables.action.c.id == action_id)
            .values(undone_by=action_id)
        )


def _take_back(session: CapturingSession, action_id: int, tally: _Tally) -> None:
    lines = _lines(session, action_id)
    made = {line.doc_id: line.new for line in lines if line.event == "new"}
    staying = _persons_others_work_on(session, made)
    for line in reversed(lines):
        cls = kinds().get(line.kind)
        record = None if cls is None else session.get(cls, line.doc_id)
        if record is None:
            tally.keep(cls.title if cls is not None else line.kind)  # no longer in our hands
        elif line.event == "new":
            _unmake(session, record, line.new, staying, tally)
        elif line.event == "del":
            _revive(record, tally)
        elif line.event == "move":
            _move_back(session, record, line, tally)
        elif line.event == "settled":
            _reopen(session, record, line, tally)
        else:
            _put_back(record, line, tally)


def _lines(session: Session, action_id: int) -> list[Row[Any]]:
    """What the action did, in its order. Own lines are read from the newest on: numbers of actions
    grow with those of operations, so few are passed."""
    history = tables.history
    found: list[Row[Any]] = []
    query = select(history).where(history.c.cseq.is_not(None))
    for line in session.execute(query.order_by(history.c.cseq.desc(), history.c.id.desc())):
        if line.action_id is not None and line.action_id < action_id:
            break
        if line.action_id == action_id:
            found.append(line)
    return found[::-1]


def _persons_others_work_on(session: Session, made: dict[str, Any]) -> set[str]:
    """Persons the action took in who stay, with all that the action made for them, because
    somebody has changed them since or added to them."""
    query = select(Person).where(Person.id.in_(made))
    return {
        person.id
        for person in session.scalars(query)
        if _filled(person) != made[person.id] or _others_added(session, person, made)
    }


def _filled(record: Record) -> dict[str, Any]:
    return {name: value for name, value in values_of(record).items() if not is_empty(value)}


def _unmake(
    session: Session, record: Record, as_made: Any, staying: set[str], tally: _Tally
) -> None:
    if record.deleted:
        return
    if record.owner_id in staying or _filled(record) != as_made:
        tally.keep(type(record).title)
        return
    session.delete(record)
    tally.undone += 1


def _others_added(session: Session, person: Person, made: dict[str, Any]) -> bool:
    """Whether records hang on this person that the action being undone did not make."""
    for cls in kinds().values():
        if "person_id" in fields(cls):
            table = cls.__table__
            ids = session.scalars(
                select(table.c.id).where(table.c.person_id == person.id, ~table.c.deleted)
            )
            if not made.keys() >= set(ids):
                return True
    return False


def _revive(record: Record, tally: _Tally) -> None:
    if "emptied" in record.fver:
        raise DeletedForGood(what=type(record).title)
    if record.deleted:
        record.deleted = False
        tally.undone += 1


def _move_back(session: CapturingSession, record: Record, line: Row[Any], tally: _Tally) -> None:
    if isinstance(record, Person) and record.scope == line.new:
        session.move(record, line.old)
        tally.undone += 1
    else:
        tally.keep("Подразделение")


def _reopen(session: Session, record: Record, line: Row[Any], tally: _Tally) -> None:
    """A decision about a conflict: the value goes back and the conflict is open again, unless
    somebody has changed the field since."""
    conflict_id = _conflict_of(session, line.cseq)
    spec = fields(type(record)).get(line.field)
    if spec is None:
        now, label = record.deleted, type(record).title
    else:
        now, label = wire(spec, getattr(record, spec.name)), spec.label
    if conflict_id is None or now != line.new:
        tally.keep(label)
        return
    assert isinstance(session, CapturingSession)
    session.reopen(record, line.field, conflict_id)
    if spec is None:
        record.deleted = bool(line.old)
    else:
        setattr(record, spec.name, from_wire(spec, line.old))
    conflict = tables.conflict
    session.execute(
        conflict.update()
        .where(conflict.c.id == conflict_id)
        .values(state="open", settled_value=None, settled_by=None, settled_at=None)
    )
    tally.undone += 1


def _conflict_of(session: Session, cseq: int) -> str | None:
    """The conflict that an own operation decided."""
    for table in (tables.outbox, tables.outbox_done):
        op = session.scalar(select(table.c.op).where(table.c.cseq == cseq))
        if op is not None:
            found: str | None = op.get("conflict")
            return found
    return None


def _put_back(record: Record, line: Row[Any], tally: _Tally) -> None:
    spec = fields(type(record)).get(line.field)
    if spec is None or record.deleted:
        tally.keep(type(record).title)
        return
    now = wire(spec, getattr(record, spec.name))
    if spec.merge == "set":
        _put_back_members(record, spec, now, line, tally)
    elif spec.merge == "counter":
        setattr(record, spec.name, (now or 0) - ((line.new or 0) - (line.old or 0)))
        tally.undone += 1
    elif spec.merge == "notes":
        _put_back_entries(record, spec, now, line, tally)
    elif now == line.new:
        setattr(record, spec.name, from_wire(spec, line.old))
        tally.undone += 1
    else:
        tally.keep(spec.label)


def _put_back_members(
    record: Record, spec: FieldSpec, now: list[str], line: Row[Any], tally: _Tally
) -> None:
    """Of a set, take out what the action put in and put in what it took out; no more."""
    old, new = set(line.old or ()), set(line.new or ())
    back = (set(now) - (new - old)) | (old - new)
    if back != set(now):
        setattr(record, spec.name, from_wire(spec, sorted(back)))
        tally.undone += 1


def _put_back_entries(
    record: Record, spec: FieldSpec, now: list[Any], line: Row[Any], tally: _Tally
) -> None:
    """Of a list, take out the entries the action added and bring back those it took out."""
    old, new = line.old or [], line.new or []
    back = [entry for entry in now if entry in old or entry not in new]
    back += [entry for entry in old if entry not in new and entry not in back]
    if back != now:
        setattr(record, spec.name, from_wire(spec, back))
        tally.undone += 1
