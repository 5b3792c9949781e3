"""This workstation as a witness: it remembers entries of the feed and asks if they still stand.

Whoever rewrites the centre's history can make its chain hold again, but not what was seen here. A
mark that the centre no longer has is kept for good and shown; loading the scope anew, which repairs
the records, does not take it away. The older the past, the rarer the marks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from arm.store.database import raw_of
from arm.store.store import Store

NEWEST: Final = 4
"""So many of the newest marks of a scope are all kept; before them one for each doubling."""


@dataclass(frozen=True)
class LostMark:
    """An entry that was seen and is not there any more. ``found`` is empty if nothing is."""

    scope: int
    seq: int
    hash: str
    seen_at: str
    lost_at: str
    found: str
    explained_by: str
    explained_at: str


def marks(session: Session) -> list[dict[str, Any]]:
    """What the centre should confirm: all marks that it has not failed to confirm before."""
    return [
        {"scope": scope, "seq": seq, "hash": chain, "seen_at": seen_at}
        for scope, seq, chain, seen_at in raw_of(session).execute(
            "SELECT scope, seq, hash, seen_at FROM witness WHERE lost_at IS NULL"
            " ORDER BY scope, seq"
        )
    ]


def anything_new(session: Session) -> bool:
    """Whether a feed has come further than what is noted."""
    row = raw_of(session).execute(
        "SELECT 1 FROM cursor AS c WHERE seq > 0 AND NOT EXISTS (SELECT 1 FROM witness AS w"
        " WHERE w.scope = c.scope AND w.seq = c.seq AND w.hash = c.hash) LIMIT 1"
    )
    return row.fetchone() is not None


def remember(store: Store, session: Session) -> None:
    """Note how far each feed has come, and thin what was noted before."""
    raw, now = raw_of(session), store.clock.now().isoformat(timespec="seconds")
    raw.execute(
        "INSERT OR IGNORE INTO witness (scope, seq, hash, seen_at)"
        " SELECT scope, seq, hash, ? FROM cursor WHERE seq > 0",
        (now,),
    )
    held: dict[int, list[int]] = {}
    for scope, seq in raw.execute(
        "SELECT scope, seq FROM witness WHERE lost_at IS NULL ORDER BY scope, seq DESC"
    ):
        held.setdefault(scope, []).append(seq)
    for scope, seqs in held.items():
        raw.executemany(
            "DELETE FROM witness WHERE scope = ? AND seq = ? AND lost_at IS NULL",
            [(scope, seq) for seq in _superfluous(seqs)],
        )


def _superfluous(seqs: Sequence[int]) -> list[int]:
    """Of numbers in falling order: those that the newest and one for each doubling of the way
    back make unnecessary. The oldest of each doubling stays, so that marks grow old."""
    kept: dict[int, int] = {}
    for seq in seqs[NEWEST:]:
        kept[(seqs[0] - seq).bit_length()] = seq
    return [seq for seq in seqs[NEWEST:] if seq not in kept.values()]


def take_note(store: Store, session: Session, lost: Sequence[Mapping[str, Any]]) -> int:
    """Keep for good what the centre no longer has; returns how many marks that are."""
    now = store.clock.now().isoformat(timespec="seconds")
    raw_of(session).executemany(
        "UPDATE witness SET lost_at = ?, found = ? WHERE scope = ? AND seq = ? AND hash = ?"
        " AND lost_at IS NULL",
        [(now, one["found"] or "", one["scope"], one["seq"], one["hash"]) for one in lost],
    )
    return len(lost)


def lost_marks(store: Store) -> list[LostMark]:
    """Everything that was seen and is not there any more, the newest loss first."""
    with store.read() as session:
        rows = raw_of(session).execute(
            "SELECT scope, seq, hash, seen_at, lost_at, coalesce(found, ''),"
            " coalesce(explained_by, ''), coalesce(explained_at, '') FROM witness"
            " WHERE lost_at IS NOT NULL ORDER BY lost_at DESC, scope, seq"
        )
        return [LostMark(*row) for row in rows.fetchall()]


def explain(store: Store) -> None:
    """The signed-in person knows why history differs (the centre was restored, say). The marks
    stay; the screen stops warning."""
    now = store.clock.now().isoformat(timespec="seconds")
    with store.merge() as session:
        raw_of(session).execute(
            "UPDATE witness SET explained_by = ?, explained_at = ?"
            " WHERE lost_at IS NOT NULL AND explained_at IS NULL",
            (store.actor.login, now),
        )
