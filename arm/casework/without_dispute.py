"""«Объединено без спора»: what both sides changed while they could not see each other, and that met
without a dispute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from arm.casework.history import record_text
from arm.casework.labels import display, field_label, is_reference, kind_title, short_full_name
from arm.model import fields, kinds
from arm.store import tables
from arm.store.store import Store

BOTH = "обе правки"


@dataclass(frozen=True)
class MergedField:
    """A field that one of the two changed, or a set that both did: taken over without asking."""

    label: str
    value: str
    whose: str


def merged(
    session: Session,
    store: Store,
    person_id: str,
    conflicts: Sequence[Row[Any]],
    names: Mapping[str, str],
) -> tuple[MergedField, ...]:
    """What was merged in the time of these conflicts, the newest first."""
    since = _since(session, conflicts)
    if since is None:
        return ()
    disputed = {(row.doc_id, row.field) for row in conflicts}
    authors = {row.mine_actor for row in conflicts} | {row.server_actor for row in conflicts}
    past = tables.history.c
    query = (
        select(past.doc_id, past.kind, past.field, past.event, past.new, past.actor, past.at)
        .where(past.person_id == person_id, past.event.in_(("set", "new")))
        .where(past.actor.in_(authors - {None}))
        .order_by(past.id.desc())
    )
    lines: dict[tuple[str, str | None], list[Any]] = {}
    for row in session.execute(query):
        key = (row.doc_id, row.field)
        if datetime.fromisoformat(row.at) >= since and key not in disputed:
            lines.setdefault(key, []).append(row)
    if (person_id, None) in lines:  # all of it is new: then its papers are nothing to tell of
        lines = {key: rows for key, rows in lines.items() if key[1] is not None}
    made = {doc_id for (doc_id, field) in lines if field is None}
    return tuple(
        _field(rows, store, names)
        for (doc_id, field), rows in lines.items()
        if _worth_telling(rows[0], field) and (field is None or doc_id not in made)
    )


def _since(session: Session, conflicts: Sequence[Row[Any]]) -> datetime | None:
    """From when the two did not see each other: the first edit that went out with a losing one."""
    starts = [
        datetime.fromisoformat(at) for row in conflicts for at in (row.mine_at, row.server_at) if at
    ]
    done = tables.outbox_done.c
    ids = {row.doc_id for row in conflicts}
    batches = select(done.acked_at).where(done.doc_id.in_(ids), done.status == "conflict")
    ops = session.scalars(select(done.op).where(done.acked_at.in_(batches)))
    starts += [datetime.fromisoformat(op["at"]) for op in ops]
    return min(starts, default=None)


def _worth_telling(row: Row[Any], field: str | None) -> bool:
    if field is None:
        return isinstance(row.new, dict) and row.kind != "person"
    return not is_reference(field) and field != "address_gar"


def _field(rows: Sequence[Row[Any]], store: Store, names: Mapping[str, str]) -> MergedField:
    newest = rows[0]
    actors = {row.actor for row in rows}
    whose = (
        BOTH
        if len(actors) > 1
        else "ваша правка"
        if newest.actor == store.actor.login
        else short_full_name(names.get(newest.actor, newest.actor))
    )
    if newest.field is None:
        text = record_text(newest.kind, newest.new, names)
        return MergedField(kind_title(newest.kind), text, whose)
    value = _present(rows)
    text = display(newest.kind, newest.field, value, names)
    return MergedField(field_label(newest.kind, newest.field), text, whose)


def _present(rows: Sequence[Row[Any]]) -> Any:
    """The newest value; of a set that both changed, all members that were put in."""
    newest = rows[0]
    cls = kinds().get(newest.kind)
    spec = fields(cls).get(newest.field) if cls is not None else None
    if spec is None or spec.merge != "set" or len(rows) == 1:
        return newest.new
    return sorted({member for row in rows for member in row.new or ()})
