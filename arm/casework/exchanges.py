"""What people ask of the exchange: how the last ones went, and how far the feed is proven."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from arm.store import tables
from arm.store.store import Store


@dataclass(frozen=True)
class PastExchange:
    """One exchange that brought or failed something; a failure that repeats itself is one line."""

    at: datetime
    until: datetime | None
    """When it failed last, for a repeated failure."""
    times: int
    sent: int
    received: int
    loaded: int
    ms: int | None
    problem: str
    """Empty if it went through."""


@dataclass(frozen=True)
class Proven:
    """The feed of one scope: every entry up to ``seq`` was compared with the one before it."""

    scope: int
    seq: int


def past(store: Store, limit: int = 10) -> list[PastExchange]:
    """The last exchanges, the newest first."""
    kept = store.meta("exchanges") or []
    return [
        PastExchange(
            datetime.fromisoformat(one["at"]),
            datetime.fromisoformat(one["until"]) if "until" in one else None,
            one.get("times", 1),
            one.get("sent", 0),
            one.get("received", 0),
            one.get("loaded", 0),
            one.get("ms"),
            one.get("title", ""),
        )
        for one in reversed(kept[-limit:])
    ]


def proven(store: Store) -> list[Proven]:
    """How far the chain of each scope was checked on this computer."""
    cursor = tables.cursor.c
    with store.read() as session:
        rows = session.execute(select(cursor.scope, cursor.seq).order_by(cursor.scope))
        return [Proven(row.scope, row.seq) for row in rows]
