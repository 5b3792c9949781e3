"""What comes to a card after it went into another one is brought over; crossing merges are evened.

People's decisions are in the merges themselves. This only follows them: a colleague without a
network may add a paper to a card that was merged meanwhile, or merge the same cards the other way
round. Every workstation does the same thing, and doing it twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from arm.casework import merged
from arm.casework.merged import Merges
from arm.model import (
    AliasNotice,
    Disclosure,
    NotDuplicate,
    PersonMerge,
    Record,
    SharedCard,
    fields,
    kinds,
)
from arm.store.capture import CapturingSession
from arm.store.database import raw_of
from arm.store.store import Store

TITLE: Final = "Записи перенесены в объединённое дело"
_STAYING: Final = (PersonMerge, NotDuplicate, SharedCard, AliasNotice, Disclosure)
"""Kinds that name a card rather than the person, or that only the centre may change: they stay
where they are, and what shows them looks at all cards of the person."""
_IDS: Final = "IN (SELECT value FROM json_each(?))"


def moving_kinds() -> Iterator[type[Record]]:
    """The kinds whose records go with the person."""
    for cls in kinds().values():
        if "person_id" in fields(cls) and cls not in _STAYING:
            yield cls


def mark_of(record: Record) -> str:
    """How a merge names a record that came over."""
    return f"{record.kind}:{record.id}"


@dataclass(frozen=True)
class _Stray:
    kind: str
    id: str
    belongs: str


@dataclass(frozen=True)
class _Disputed:
    conflict_id: str
    kind: str
    doc_id: str
    belongs: str


def bring_over(store: Store) -> int:
    """Move what hangs on merged cards to where it belongs; returns how many records it was."""
    with store.read() as session:
        driver = raw_of(session)
        if driver.execute("SELECT 1 FROM person_merge LIMIT 1").fetchone() is None:
            return 0
        merges = merged.everyone(driver)
        strays = list(_strays(driver, merges))
        disputed = list(_disputed(driver))
    if not strays and not disputed:
        return 0
    with store.write(TITLE) as writing:
        assert isinstance(writing, CapturingSession)
        for stray in strays:
            _bring(writing, stray, merges)
        for dispute in disputed:
            _settle(writing, dispute, store)
    _keep_out_of_undo(store)
    return len(strays) + len(disputed)


def _strays(driver: Any, merges: Merges) -> Iterator[_Stray]:
    if not merges.into:
        return
    asked = json.dumps(list(merges.into))
    for cls in moving_kinds():
        for record_id, person_id in driver.execute(
            f"SELECT id, person_id FROM {cls.__tablename__} WHERE person_id {_IDS} AND deleted = 0",
            (asked,),
        ).fetchall():
            yield _Stray(cls.kind, record_id, merges.survivor(person_id))


def _disputed(driver: Any) -> Iterator[_Disputed]:
    """Disputes about whose a record is: two desks sent one card different ways."""
    rows = driver.execute(
        "SELECT id, kind, doc_id FROM conflict WHERE state = 'open' AND field = 'person_id'"
    ).fetchall()
    if not rows:
        return
    origin = _origins(driver)
    for conflict_id, kind, doc_id in rows:
        card = origin.get(f"{kind}:{doc_id}")
        if card is not None:
            belongs = merged.around(driver, [card]).survivor(card)
            yield _Disputed(conflict_id, kind, doc_id, belongs)


def _origins(driver: Any) -> dict[str, str]:
    """Record → the card it belonged to before any merge moved it."""
    found: dict[str, str] = {}
    for other_id, moved in driver.execute(
        "SELECT other_id, moved FROM person_merge WHERE deleted = 0 ORDER BY id"
    ):
        for mark in json.loads(moved or "[]"):
            found.setdefault(mark, other_id)
    return found


def _bring(session: CapturingSession, stray: _Stray, merges: Merges) -> None:
    record: Any = session.get(kinds()[stray.kind], stray.id)
    if record is None or record.deleted or record.person_id not in merges.into:
        return
    card = record.person_id
    record.person_id = stray.belongs
    mark = mark_of(record)
    standing = [session.get(PersonMerge, edge.id) for edge in merges.edges]
    if any(one is not None and mark in one.moved for one in standing):
        return  # it came from another card first, and goes back there
    edge = next(one for one in merges.edges if one.other_id == card and merges.counted(one))
    merge = session.get_one(PersonMerge, edge.id)
    merge.moved = merge.moved | {mark}


def _settle(session: CapturingSession, dispute: _Disputed, store: Store) -> None:
    record: Any = session.get(kinds()[dispute.kind], dispute.doc_id)
    if record is None:
        return
    session.settle(record, "person_id", dispute.conflict_id)
    record.person_id = dispute.belongs
    session.raw().execute(
        "UPDATE conflict SET state = 'settled', settled_value = ?, settled_by = ?, settled_at = ?"
        " WHERE id = ?",
        (
            json.dumps(dispute.belongs),
            store.actor.login,
            store.clock.now().isoformat(),
            dispute.conflict_id,
        ),
    )


def _keep_out_of_undo(store: Store) -> None:
    """«Отменить» takes back what a person did, and this they did not do."""
    with store.merge(origin="undo") as session:
        raw_of(session).execute(
            "UPDATE action SET undone_by = id WHERE title = ? AND undone_by IS NULL", (TITLE,)
        )
