"""The outbox on its way to the centre: batches, acknowledgements, and what to do when the
workstation's or the centre's memory was set back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from arm.store.operations import canonical, op_hash
from arm.store.store import Store
from arm.sync.documents import (
    Document,
    Touched,
    forget_unknown,
    raw_of,
    take_over,
    waiting_fields,
)
from arm.sync.wire import Hello

BATCH_OPERATIONS = 100
BATCH_CHARACTERS = 128 * 1024
KEPT_DAYS = 90
"""How long acknowledged operations stay, to be sent again to a centre restored from a backup."""
KEPT_OPERATIONS = 2_000
"""So many stay however old they seem: a clock that jumped ahead must not take them all."""


@dataclass(frozen=True)
class Batch:
    """Operations of one scope, in order."""

    scope: int
    cseqs: tuple[int, ...]
    texts: tuple[str, ...]
    authors: tuple[str, ...]
    ids: tuple[tuple[str, str], ...]
    """Record id and kind of each."""


def newest_waiting(session: Session) -> int:
    """Number of the newest operation in the queue; 0 if nothing waits."""
    return int(raw_of(session).execute("SELECT coalesce(max(cseq), 0) FROM outbox").fetchone()[0])


def next_batch(session: Session, signed_in: str, until: int) -> Batch | None:
    """The oldest operations that can go together, up to number ``until``, or None."""
    rows: list[tuple[Any, ...]] = []
    size = 0
    for row in raw_of(session).execute(
        "SELECT o.cseq, o.scope, o.op, a.actor, o.doc_id, o.kind FROM outbox o"
        " LEFT JOIN action a ON a.id = o.action_id WHERE o.cseq <= ? ORDER BY o.cseq LIMIT ?",
        (until, BATCH_OPERATIONS),
    ):
        size += len(row[2])
        if rows and (row[1] != rows[0][1] or size > BATCH_CHARACTERS):
            break
        rows.append(row)
    if not rows:
        return None
    return Batch(
        scope=rows[0][1],
        cseqs=tuple(row[0] for row in rows),
        texts=tuple(row[2] for row in rows),
        authors=tuple(row[3] or signed_in for row in rows),
        ids=tuple((row[4], row[5]) for row in rows),
    )


def acknowledge(session: Session, batch: Batch, said: Mapping[str, Any], at: str) -> int:
    """Take over the centre's answer to a batch; returns how many operations it settled.

    The operations leave the queue first: then the fields they held show the centre's values, which
    is how a lost same-field race or a refusal becomes visible.
    """
    raw = raw_of(session)
    touched: Touched = session.info["touched"]
    for result in said["results"]:
        cseq, state = result["cseq"], result["status"]
        raw.execute(
            "INSERT OR REPLACE INTO outbox_done (cseq, op_hash, doc_id, op, status, acked_at)"
            " SELECT cseq, op_hash, doc_id, op, ?, ? FROM outbox WHERE cseq = ?",
            ("applied" if state == "same" else state, at, cseq),
        )
        if state in {"denied", "invalid"}:
            raw.execute(
                "INSERT OR REPLACE INTO rejected (cseq, doc_id, why, op, at)"
                " SELECT cseq, doc_id, ?, op, ? FROM outbox WHERE cseq = ?",
                (result["why"], at, cseq),
            )
            raw.execute(  # a decision that was refused leaves its conflict open
                "UPDATE conflict SET state = 'open', settled_value = NULL, settled_by = NULL,"
                " settled_at = NULL WHERE id IN"
                " (SELECT json_extract(op, '$.conflict') FROM outbox WHERE cseq = ?)",
                (cseq,),
            )
        raw.execute("DELETE FROM outbox WHERE cseq = ?", (cseq,))
    settled = dict(batch.ids[: len(said["results"])])
    waiting = waiting_fields(session, settled)
    documents = [Document.from_json(one) for one in said["docs"]]
    take_over(session, documents, waiting, touched)
    seen = {doc.id for doc in documents}
    forget_unknown(
        session,
        {key: kind for key, kind in settled.items() if key not in seen and key not in waiting},
        touched,
    )
    return len(said["results"])


def drop_old(store: Store, session: Session) -> None:
    """Forget acknowledged operations after their time, but never the newest: one holds the chain,
    the others wait for a centre that was set back."""
    before = (store.clock.now() - timedelta(days=KEPT_DAYS)).isoformat()
    raw_of(session).execute(
        "DELETE FROM outbox_done WHERE acked_at < ?"
        " AND cseq <= (SELECT max(cseq) FROM outbox_done) - ?",
        (before, KEPT_OPERATIONS),
    )


def agree_on_queue(store: Store, hello: Hello) -> None:
    """Compare the centre's memory of our operations with ours and mend what differs.

    * The centre knows more than it acknowledged: an answer was lost; sending again settles it.
    * The centre knows less: it was restored from a backup; what it lost goes out again.
    * The centre knows something else under our number: this database is a copy or was set back.
      From now on it is another workstation, and what waits is numbered anew. Otherwise a reused
      number would be taken for a repetition and swallowed.
    """
    with store.merge() as session:
        raw = raw_of(session)
        newest = raw.execute("SELECT coalesce(max(cseq), 0) FROM outbox_done").fetchone()[0]
        if hello.last_cseq == 0 and newest == 0:
            return
        known = raw.execute(
            "SELECT op_hash FROM outbox WHERE cseq = ? UNION ALL"
            " SELECT op_hash FROM outbox_done WHERE cseq = ?",
            (hello.last_cseq, hello.last_cseq),
        ).fetchone()
        agreed = hello.last_cseq == 0 or (known is not None and known[0] == hello.last_op_hash)
        if not agreed:
            start_anew(store, session)
        elif hello.last_cseq < newest:
            _send_again(raw, hello.last_cseq)
            first = raw.execute("SELECT min(cseq) FROM outbox").fetchone()[0]
            if first != hello.last_cseq + 1:
                # the centre was set back further than we remember: it would wait for ever for
                # numbers that nobody has
                start_anew(store, session)


def _send_again(raw: Any, last: int) -> None:
    raw.execute(
        "INSERT INTO outbox (cseq, op_hash, doc_id, scope, kind, op, made_at, action_id)"
        " SELECT cseq, op_hash, doc_id, json_extract(op, '$.scope'), json_extract(op, '$.kind'),"
        " op, json_extract(op, '$.at'), NULL FROM outbox_done WHERE cseq > ? ORDER BY cseq",
        (last,),
    )
    raw.execute("DELETE FROM outbox_done WHERE cseq > ?", (last,))
    raw.execute("DELETE FROM rejected WHERE cseq > ?", (last,))


def start_anew(store: Store, session: Session) -> None:
    """Make this database another workstation: new id, waiting operations numbered from 1."""
    raw = raw_of(session)
    rows = raw.execute(
        "SELECT cseq, op, doc_id, scope, kind, made_at, action_id FROM outbox ORDER BY cseq"
    ).fetchall()
    numbers = {row[0]: place for place, row in enumerate(rows, 1)}
    raw.execute("DELETE FROM outbox")
    raw.execute("DELETE FROM outbox_done")
    raw.execute(
        "UPDATE rejected SET cseq = (SELECT min(0, min(cseq)) FROM rejected) - cseq WHERE cseq > 0"
    )
    prev = ""
    for cseq, text, doc_id, scope, kind, made_at, action_id in rows:
        operation = json.loads(text)
        operation["cseq"], operation["prev"] = numbers[cseq], prev
        for said in operation["f"].values():
            said["p"] = numbers.get(said["p"])
        prev = op_hash(operation)
        raw.execute(
            "INSERT INTO outbox (cseq, op_hash, doc_id, scope, kind, op, made_at, action_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (numbers[cseq], prev, doc_id, scope, kind, canonical(operation), made_at, action_id),
        )
    raw.execute("UPDATE history SET cseq = -cseq WHERE cseq > 0")
    raw.executemany(
        "UPDATE history SET cseq = ? WHERE cseq = ?", [(new, -old) for old, new in numbers.items()]
    )
    raw.execute("UPDATE history SET cseq = NULL WHERE cseq < 0")
    raw.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'outbox'", (len(rows),))
    store.set_meta("client_id", str(uuid.uuid4()))
    store.set_meta("client_number", None)
