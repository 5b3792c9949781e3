"""Entering anew what an operation said: a refused edit, or one read from an exported file.

It becomes an ordinary edit of the person at the keyboard, over the values of now. A new record gets
a new id, for the old one may be somebody's at the centre; what was typed for it follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from arm.casework.errors import FieldProblem, RecordGone, WrongValues
from arm.casework.validation import problem
from arm.model import FieldSpec, Record, fields, from_wire, kinds, new_id

_REFERENCES = ("person_id", "case_id", "host_id")


def enter(session: Session, ops: Sequence[Mapping[str, Any]], today: date) -> str:
    """Enter these operations in their order within the caller's write; returns whose case it is.

    Raises RecordGone where a record to be changed is not here, WrongValues for a value that no
    field takes.
    """
    entering = _Entering(session, today)
    for op in ops:
        entering.enter(op)
    person = str(ops[0].get("person") or "")
    return entering.ids.get(person, person)


class _Entering:
    """``ids``: id that the operation says → id that its record has now."""

    def __init__(self, session: Session, today: date) -> None:
        self._session, self._today = session, today
        self.ids: dict[str, str] = {}

    def enter(self, op: Mapping[str, Any]) -> None:
        """Enter one operation."""
        cls = kinds().get(op["kind"])
        if cls is None or op["op"] == "move":  # handing over is decided anew, not repeated
            raise RecordGone
        record = self._session.get(cls, self.ids.get(op["id"], op["id"]))
        if op["op"] == "new":
            if record is None:
                record = cls(id=new_id())
                self.ids[op["id"]] = record.id
                self._session.add(record)
            record.deleted = False
        elif record is None or record.deleted:
            raise RecordGone
        elif op["op"] == "del":
            self._session.delete(record)
            return
        specs = fields(cls)
        for name, change in op["f"].items():
            if name == "deleted":
                record.deleted = bool(change.get("n"))
            elif name in specs:
                setattr(record, name, self._value(record, specs[name], change))

    def _value(self, record: Record, spec: FieldSpec, change: Mapping[str, Any]) -> Any:
        now = getattr(record, spec.name)
        if "add" in change:
            return frozenset(now or ()) - frozenset(change["rem"]) | frozenset(change["add"])
        if "inc" in change:
            return (now or 0) + change["inc"]
        if "app" in change:
            kept = [entry for entry in now or () if entry not in change["cut"]]
            return [*kept, *(entry for entry in change["app"] if entry not in kept)]
        said = change.get("n")
        if spec.name in _REFERENCES and said is not None:
            said = self.ids.get(said, said)
        try:
            value = from_wire(spec, said)
        except (ValueError, TypeError):
            said_wrong = FieldProblem(spec.name, f"{spec.label}: проверьте значение")
            raise WrongValues([said_wrong]) from None
        why = problem(record.kind, spec.name, value, self._today) if value is not None else None
        if why is not None:
            raise WrongValues([FieldProblem(spec.name, f"{spec.label}: {why}")])
        return value
