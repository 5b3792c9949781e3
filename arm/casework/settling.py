"""Writing down what people decided about disputes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework.errors import ConflictGone, FieldProblem, WrongValues
from arm.casework.validation import NotADate, parse_value, problem
from arm.model import fields, kinds, to_wire
from arm.store import tables
from arm.store.capture import wire
from arm.store.store import Store
from arm.sync.resolve import Alongside, Settlement
from arm.sync.resolve import settle as send_settlements

RECORD = "deleted"
"""The «field» of a dispute about whether the record stays at all."""
_APART = "/"
"""Between kind, record and field in the key of a field that nobody disputes."""


def settle(store: Store, decisions: Mapping[str, Any]) -> int:
    """Decide disputes: part's key → value (typed, Python or wire form); returns how many.

    All variants stay in history. Where the record itself is decided to stay deleted, its other
    disputes end with the values in force. Raises NotPermitted, :class:`WrongValues` (``field`` is
    the part's key), :class:`ConflictGone`.
    """
    require(store.actor, "settle_conflict")
    conflict = tables.conflict.c
    wanted = [key for key in decisions if _APART not in key]
    with store.read() as session:
        rows = {
            row.id: row
            for row in session.execute(
                select(tables.conflict).where(conflict.id.in_(wanted), conflict.state == "open")
            )
        }
        if len(rows) < len(wanted):
            raise ConflictGone
        held = {row.id: _in_force(session, row) for row in rows.values()}
    plan = _Plan(rows, held, store.clock.today())
    for key, typed in decisions.items():
        plan.add(key, typed, decisions)
    if plan.problems:
        raise WrongValues(plan.problems)
    if plan.settlements:
        send_settlements(store, plan.settlements, plan.alongside)
    if plan.gone:
        _put_aside(store, plan.gone)
    return len(rows)


class _Plan:
    """What is to be written, worked out decision by decision. ``rows``: the disputes decided;
    ``held``: whether each one's record is here, and the value in force."""

    def __init__(
        self, rows: Mapping[str, Row[Any]], held: Mapping[str, tuple[bool, Any]], today: date
    ) -> None:
        self._rows, self._held, self._today = rows, held, today
        self.problems: list[FieldProblem] = []
        self.settlements: list[Settlement] = []
        self.alongside: list[Alongside] = []
        self.gone: dict[str, Any] = {}

    def add(self, key: str, typed: Any, decisions: Mapping[str, Any]) -> None:
        """Take up one decision; ``decisions`` are all of them."""
        row = self._rows.get(key)
        if row is None:
            kind, record_id, field = key.split(_APART)
            sides: tuple[Any, ...] = ()
        else:
            kind, record_id, field = row.kind, row.doc_id, row.field
            sides = (row.base_value, row.mine_value, row.server_value)
        if field != RECORD and record_id in self._dropped(decisions):
            if row is not None:
                self.settlements.append(Settlement(key, self._held[key][1]))
            return
        value, why = _value(kind, field, typed, sides, self._today)
        if why is not None:
            self.problems.append(FieldProblem(key, why))
        elif row is None:
            self.alongside.append(Alongside(kind, record_id, field, to_wire(value)))
        elif self._held[key][0]:
            self.settlements.append(Settlement(key, to_wire(value)))
        else:
            self.gone[key] = to_wire(value)

    def _dropped(self, decisions: Mapping[str, Any]) -> set[str]:
        """Records that are decided to stay deleted."""
        return {
            row.doc_id for key, row in self._rows.items() if row.field == RECORD and decisions[key]
        }


def _in_force(session: Session, row: Row[Any]) -> tuple[bool, Any]:
    """Whether the record is here, and the present value of the disputed field in wire form."""
    cls = kinds().get(row.kind)
    record = session.get(cls, row.doc_id) if cls is not None else None
    if record is None:
        return False, None
    spec = fields(type(record)).get(row.field)
    return True, record.deleted if spec is None else wire(spec, getattr(record, row.field))


def _put_aside(store: Store, decisions: Mapping[str, Any]) -> None:
    """The records are not here any more: the choice is noted, nothing can be written."""
    now = store.clock.now().isoformat()
    with store.merge(origin="edit") as session:
        for key, value in decisions.items():
            row = session.execute(
                update(tables.conflict)
                .where(tables.conflict.c.id == key)
                .values(
                    state="settled",
                    settled_value=value,
                    settled_by=store.actor.login,
                    settled_at=now,
                )
                .returning(tables.conflict.c.kind, tables.conflict.c.doc_id,
                           tables.conflict.c.person_id)
            ).one()  # fmt: skip
            session.info["touched"].add(tuple(row))


def _value(
    kind: str, field: str, typed: Any, sides: Sequence[Any], today: date
) -> tuple[Any, str | None]:
    if typed in sides:
        return typed, None
    cls = kinds().get(kind)
    spec = fields(cls).get(field) if cls is not None else None
    if spec is None:
        return typed, None
    try:
        value = parse_value(spec, typed)
    except (ValueError, TypeError) as error:
        return typed, str(error) if isinstance(error, NotADate) else "Проверьте значение"
    return value, problem(kind, field, value, today)
