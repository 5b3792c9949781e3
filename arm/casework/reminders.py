"""Which of my terms end today or are overdue, and which of them I was not told of today."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from arm.store.database import raw_of
from arm.store.store import Store

_TOLD = "terms_told"


@dataclass(frozen=True)
class Reminder:
    """My terms as they stand on a day. ``fresh`` are those to tell of: each once a day."""

    on: date
    overdue: int
    today: int
    fresh: frozenset[int]


def reminder(store: Store) -> Reminder:
    """What there is to tell the signed-in person now."""
    on = store.clock.today()
    with store.read() as session:
        rows = (
            raw_of(session)
            .execute(
                "SELECT id, due_on FROM due WHERE responsible = ? AND due_on <= ? "
                "AND (snoozed_until IS NULL OR snoozed_until <= ?)",
                (store.actor.login, on.isoformat(), on.isoformat()),
            )
            .fetchall()
        )
    today = sum(due_on == on.isoformat() for _, due_on in rows)
    fresh = frozenset(due_id for due_id, _ in rows) - _told(store, on)
    return Reminder(on, len(rows) - today, today, fresh)


def note_told(store: Store, on: date, due_ids: Collection[int]) -> None:
    """These were told of on this day; earlier days are forgotten."""
    told = sorted(_told(store, on).union(due_ids))
    store.set_setting(_TOLD, {"day": on.isoformat(), "ids": told})


def _told(store: Store, on: date) -> frozenset[int]:
    kept = store.setting(_TOLD) or {}
    return frozenset(kept["ids"]) if kept.get("day") == on.isoformat() else frozenset()
