"""A person's decision about conflicts, made here and sent like any edit, offline too."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from arm.errors import ExpectedError
from arm.model import fields, from_wire, kinds
from arm.store.capture import CapturingSession
from arm.store.database import raw_of
from arm.store.store import ChangeSet, Store


class ConflictIsSettled(ExpectedError):
    """Somebody else decided in the meantime."""

    code = "conflict_is_settled"
    title = "Это расхождение уже решено"
    advice = "Откройте дело: в нём выбранное значение, а все варианты остались в истории"


@dataclass(frozen=True)
class Settlement:
    """The value, in wire form, that a person decided on: either side's or a third."""

    conflict_id: str
    value: Any


@dataclass(frozen=True)
class Alongside:
    """A field that nobody disputes, written together with a decision because it belongs to it."""

    kind: str
    record_id: str
    field: str
    value: Any


def settle(
    store: Store, settlements: Iterable[Settlement], alongside: Iterable[Alongside] = ()
) -> ChangeSet:
    """Write the decisions, all in one action.

    The conflict counts as settled on this workstation at once, and everywhere when the centre has
    it. Raises ConflictIsSettled, ValueError or TypeError for a value that does not fit the field.
    """
    now = store.clock.now().isoformat()
    with store.write("Решено расхождение") as session:
        assert isinstance(session, CapturingSession)
        for one in settlements:
            _settle(session, one, store.actor.login, now)
        for field in alongside:
            record = _record(session, field.kind, field.record_id)
            if record is not None:
                spec = fields(type(record))[field.field]
                setattr(record, field.field, from_wire(spec, field.value))
    changed: ChangeSet = session.info["change_set"]
    return changed


def _settle(session: CapturingSession, one: Settlement, login: str, now: str) -> None:
    row = (
        raw_of(session)
        .execute(
            "SELECT doc_id, kind, field FROM conflict WHERE id = ? AND state = 'open'",
            (one.conflict_id,),
        )
        .fetchone()
    )
    record = None if row is None else _record(session, row[1], row[0])
    if row is None or record is None:
        raise ConflictIsSettled()
    name = row[2]
    session.settle(record, name, one.conflict_id)
    if name == "deleted":
        record.deleted = bool(one.value)
    else:
        setattr(record, name, from_wire(fields(type(record))[name], one.value))
    raw_of(session).execute(
        "UPDATE conflict SET state = 'settled', settled_value = ?, settled_by = ?, settled_at = ?"
        " WHERE id = ?",
        (json.dumps(one.value, ensure_ascii=False), login, now, one.conflict_id),
    )


def _record(session: Session, kind: str, record_id: str) -> Any:
    known = kinds().get(kind)
    return None if known is None else session.get(known, record_id)
