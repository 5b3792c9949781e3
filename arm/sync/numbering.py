"""Giving operations that were never sent new numbers: their order, chain and history follow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from arm.store.operations import canonical, op_hash


class Waiting(NamedTuple):
    """A row of the outbox."""

    cseq: int
    op: str
    doc_id: str
    scope: int
    kind: str
    made_at: str
    action_id: int | None


WAITING = "SELECT cseq, op, doc_id, scope, kind, made_at, action_id FROM outbox"


def renumber(raw: Any, rows: Sequence[Waiting], first: int, prev: str) -> None:
    """Write these rows, which must be the end of the queue, in this order from number ``first``
    on, chained to the operation whose fingerprint is ``prev``."""
    numbers = {row.cseq: place for place, row in enumerate(rows, first)}
    raw.executemany("DELETE FROM outbox WHERE cseq = ?", [(row.cseq,) for row in rows])
    for row in rows:
        operation = json.loads(row.op)
        cseq = operation["cseq"] = numbers[row.cseq]
        operation["prev"] = prev
        for said in operation["f"].values():
            said["p"] = numbers.get(said["p"])
        prev = op_hash(operation)
        raw.execute(
            "INSERT INTO outbox (cseq, op_hash, doc_id, scope, kind, op, made_at, action_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (cseq, prev, row.doc_id, row.scope, row.kind, canonical(operation), *row[5:]),
        )
    moved = [(new, old) for old, new in numbers.items() if new != old]
    raw.executemany("UPDATE history SET cseq = -? WHERE cseq = ?", moved)
    raw.executemany("UPDATE history SET cseq = ? WHERE cseq = -?", [(n, n) for n, _ in moved])
