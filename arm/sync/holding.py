"""Which operations may go: one that names a file waits until the centre has the file's bytes.

The centre takes operations strictly by number, so an operation that waits would stop everything
typed after it. Therefore it steps aside: operations of records whose files are still to be sent are
numbered anew, behind all others. That is safe because nothing at or after such an operation has
ever left this workstation; what has gone out in an exchange file keeps its numbers.
"""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy.orm import Session

from arm.store.database import raw_of
from arm.store.store import Store
from arm.sync.numbering import WAITING, Waiting, renumber

FROZEN: Final = "exported_until"
"""Meta: the newest number that an exchange file has carried away."""
RECHECK_DAYS: Final = 7
"""A file that the centre confirmed longer ago than this, while its operation still waits, is asked
about again: the centre sweeps files that no record names for a month."""

_HELD: Final = (
    "SELECT DISTINCT o.doc_id FROM outbox o JOIN blob b ON b.scope = o.scope"
    " AND b.sha256 = json_extract(o.op, '$.f.sha256.n')"
    " WHERE o.kind = 'attachment' AND b.state = 'unsent' AND b.here"
)
_STALE: Final = (
    "UPDATE blob SET state = 'unsent' WHERE state = 'sent' AND here"
    f" AND sent_at < strftime('%Y-%m-%dT%H:%M:%S', ?, '-{RECHECK_DAYS} days')"
    " AND sha256 IN (SELECT json_extract(op, '$.f.sha256.n') FROM outbox"
    " WHERE kind = 'attachment')"
)

_TRIED_AGAIN: Final = (
    "UPDATE blob SET state = 'unsent', why = NULL WHERE state = 'refused' AND here"
    " AND EXISTS (SELECT 1 FROM outbox o WHERE o.kind = 'attachment' AND o.scope = blob.scope"
    " AND json_extract(o.op, '$.f.sha256.n') = blob.sha256 AND o.made_at > blob.sent_at)"
)
"""A person sends a refused file again: the centre may think otherwise now."""


def sendable(store: Store) -> int:
    """Number of the newest operation that may go now; those after it wait for their files."""
    with store.read() as session:
        raw = raw_of(session)
        newest = int(raw.execute("SELECT coalesce(max(cseq), 0) FROM outbox").fetchone()[0])
        if not raw.execute(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE kind = 'attachment')"
        ).fetchone()[0]:
            return newest
    with store.merge() as session:
        raw_of(session).execute(_STALE, (store.clock.now().isoformat(),))
        raw_of(session).execute(_TRIED_AGAIN)
        return _step_aside(session, int(store.meta(FROZEN, 0)))


def _step_aside(session: Session, frozen: int) -> int:
    raw = raw_of(session)
    newest = int(raw.execute("SELECT coalesce(max(cseq), 0) FROM outbox").fetchone()[0])
    held = _held(raw)
    if not held:
        return newest
    first = min(held.values())
    if first <= frozen:
        return first - 1  # it was carried away under its number
    rows = [
        Waiting(*row) for row in raw.execute(f"{WAITING} WHERE cseq >= ? ORDER BY cseq", (first,))
    ]
    going = [row for row in rows if row.doc_id not in held]
    waiting = [row for row in rows if row.doc_id in held]
    if going:
        renumber(raw, [*going, *waiting], first, json.loads(rows[0].op)["prev"])
    return newest - len(waiting)


def _held(raw: Any) -> dict[str, int]:
    """Records that wait for their files, with their first operation; a record that was deleted
    meanwhile needs none."""
    first: dict[str, int] = {}
    last: dict[str, str] = {}
    for cseq, doc_id, op in raw.execute(
        f"SELECT cseq, doc_id, json_extract(op, '$.op') FROM outbox WHERE doc_id IN ({_HELD})"
        " ORDER BY cseq"
    ):
        first.setdefault(doc_id, cseq)
        if op in {"new", "del"}:
            last[doc_id] = op
    return {doc_id: cseq for doc_id, cseq in first.items() if last.get(doc_id) != "del"}
