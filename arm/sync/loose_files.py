"""Attachments that no record here names any more: those of a scope or a person that was let go."""

from __future__ import annotations

import json

from arm.store.store import Store
from arm.sync.documents import raw_of

_LOOSE = (
    "SELECT sha256 FROM blob WHERE sha256 NOT IN"
    " (SELECT sha256 FROM attachment WHERE sha256 IS NOT NULL)"
    # what was refused is all that its author has left of it
    " AND NOT EXISTS (SELECT 1 FROM rejected WHERE json_extract(op, '$.f.sha256.n') = sha256)"
    " AND NOT EXISTS (SELECT 1 FROM outbox WHERE json_extract(op, '$.f.sha256.n') = sha256)"
)


def drop_loose_files(store: Store) -> int:
    """Forget them; returns how many."""
    with store.merge() as session:
        raw = raw_of(session)
        loose = [sha256 for (sha256,) in raw.execute(_LOOSE)]
        raw.execute(
            "DELETE FROM blob WHERE sha256 IN (SELECT value FROM json_each(?))",
            (json.dumps(loose),),
        )
    for sha256 in loose:
        store.files.drop(sha256)
    return len(loose)
