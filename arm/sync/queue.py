"""The outbox on its way to the centre: batches, acknowledgements, and what to do when the
workstation's or the centre's memory was set back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from arm.model import Person
from arm.store.blobs import doubt_sent
from arm.store.capture import CHAIN_END, INSERT_OP
from arm.store.database import raw_of
from arm.store.operations import canonical, op_hash
from arm.store.store import Store
from arm.sync.documents import (
    Document,
    Touched,
    forget_papers,
    forget_unknown,
    shapes,
    take_over,
    waiting_fields,
)
from arm.sync.held import AUTHOR_OF
from arm.sync.holding import FROZEN
from arm.sync.wire import Hello

BATCH_OPERATIONS = 100
BATCH_CHARACTERS = 128 * 1024
KEPT_DAYS = 90
"""How long acknowledged operations stay, to be sent again to a centre restored from a backup."""
KEPT_OPERATIONS = 2_000
"""So many stay however old they seem: a clock that jumped ahead must not take them all."""


EARLY: Final = "no_record_yet"
"""Reason of a refusal that is tried again by itself."""

Taken = Sequence[Mapping[str, Any]]
"""Operations the centre has: ``cseq``, ``op_hash``, ``status``, ``why``."""


@dataclass(frozen=True)
class Batch:
    """Operations of one scope, in order."""

    scope: int
    cseqs: tuple[int, ...]
    texts: tuple[str, ...]
    authors: tuple[str, ...]
    ids: tuple[tuple[str, str], ...]
    """Record id and kind of each."""

    def scopes(self) -> set[int]:
        """Where its records may stand on this workstation."""
        moves = (json.loads(text) for text in self.texts if '"op":"move"' in text)
        return {self.scope, *(move["f"]["scope"]["n"] for move in moves if move["op"] == "move")}


def next_batch(session: Session, signed_in: str, until: int, after: int = 0) -> Batch | None:
    """The oldest operations that can go together, after one number and up to another, or None."""
    rows: list[tuple[Any, ...]] = []
    size = 0
    for row in raw_of(session).execute(
        f"SELECT o.cseq, o.scope, o.op, {AUTHOR_OF}, o.doc_id, o.kind FROM outbox o"
        " WHERE o.cseq > ? AND o.cseq <= ? ORDER BY o.cseq LIMIT ?",
        (after, until, BATCH_OPERATIONS),
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
    touched: Touched = session.info["touched"]
    for result in said["results"]:
        _settle(raw_of(session), result, at)
    settled = dict(batch.ids[: len(said["results"])])
    documents = [Document.from_json(one) for one in said["docs"]]
    waiting = waiting_fields(session, settled.keys() | {doc.id for doc in documents})
    take_over(session, documents, waiting, touched)
    seen = {doc.id for doc in documents}
    unknown = {key: kind for key, kind in settled.items() if key not in seen and key not in waiting}
    forget_unknown(session, unknown, touched)
    for key, kind in unknown.items():
        if kind == Person.kind:
            forget_papers(session, key, touched)
    return len(said["results"])


def _settle(raw: Any, result: Mapping[str, Any], at: str) -> None:
    """One operation leaves the queue with the centre's answer to it."""
    cseq, state = result["cseq"], result["status"]
    raw.execute(
        "INSERT OR REPLACE INTO outbox_done (cseq, op_hash, doc_id, op, status, acked_at)"
        " SELECT cseq, op_hash, doc_id, op, ?, ? FROM outbox WHERE cseq = ?",
        ("applied" if state == "same" else state, at, cseq),
    )
    if state in {"denied", "invalid"}:
        raw.execute(
            "INSERT OR REPLACE INTO rejected (cseq, doc_id, why, op, at, client)"
            " SELECT cseq, doc_id, ?, op, ?,"
            " (SELECT json_extract(value, '$') FROM meta WHERE key = 'client_id')"
            " FROM outbox WHERE cseq = ?",
            (_why(raw, cseq, result["why"]), at, cseq),
        )
        raw.execute(  # a decision that was refused leaves its conflict open
            "UPDATE conflict SET state = 'open', settled_value = NULL, settled_by = NULL,"
            " settled_at = NULL WHERE id IN"
            " (SELECT json_extract(op, '$.conflict') FROM outbox WHERE cseq = ?"
            " AND json_extract(op, '$.op') = 'resolve')",
            (cseq,),
        )
    raw.execute("DELETE FROM outbox WHERE cseq = ?", (cseq,))


def _why(raw: Any, cseq: int, why: str) -> str:
    """The reason of a refusal. An operation that is sent again to a restored centre may come
    before the record it speaks of, which its maker has yet to send again: it is tried once more
    when the record is there."""
    again = raw.execute("SELECT action_id IS NULL FROM outbox WHERE cseq = ?", (cseq,)).fetchone()
    return EARLY if again is not None and again[0] and why == "no_record" else why


def try_again(session: Session) -> int:
    """Queue anew what was refused because its record had not come back, where it is here now;
    returns how many."""
    raw, known, count = raw_of(session), shapes(), 0
    rows = raw.execute(
        "SELECT cseq, doc_id, op FROM rejected WHERE why = ? ORDER BY cseq", (EARLY,)
    ).fetchall()
    for cseq, doc_id, text in rows:
        operation = json.loads(text)
        shape = known.get(operation["kind"])
        if shape is None or not shape.is_here(raw, doc_id):
            continue
        for said in operation["f"].values():
            said["p"] = None
        append(raw, operation)
        raw.execute("DELETE FROM rejected WHERE cseq = ?", (cseq,))
        raw.execute("UPDATE history SET cseq = ? WHERE cseq = ?", (operation["cseq"], cseq))
        count += 1
    return count


def drop_old(store: Store, session: Session) -> None:
    """Forget acknowledged operations after their time, but never the newest: one holds the chain,
    the others wait for a centre that was set back."""
    before = (store.clock.now() - timedelta(days=KEPT_DAYS)).isoformat()
    raw_of(session).execute(
        "DELETE FROM outbox_done WHERE acked_at < ?"
        " AND cseq <= (SELECT max(cseq) FROM outbox_done) - ?",
        (before, KEPT_OPERATIONS),
    )


def agree_on_queue(store: Store, hello: Hello, taken: Callable[[int], Taken]) -> None:
    """Compare the centre's memory of our operations with ours and mend what differs.

    * The centre knows more than it acknowledged: an answer was lost; sending again settles it.
    * The centre knows less: it was restored from a backup; what it lost goes out again.
    * The centre knows something else under our number: this database is a copy or was set back.
      From now on it is another workstation, and what waits is numbered anew. Otherwise a reused
      number would be taken for a repetition and swallowed. What waits here and the centre has
      already, from the copy it was shared with, is not sent a second time.

    ``taken`` asks the centre for what it has under our id from a number on.
    """
    with store.read() as session:
        raw = raw_of(session)
        oldest, newest = raw.execute(
            "SELECT coalesce(min(cseq), 0), coalesce(max(cseq), 0) FROM outbox_done"
        ).fetchone()
        known = raw.execute(
            "SELECT op_hash FROM outbox WHERE cseq = ? UNION ALL"
            " SELECT op_hash FROM outbox_done WHERE cseq = ?",
            (hello.last_cseq, hello.last_cseq),
        ).fetchone()
        (first,) = raw.execute("SELECT coalesce(min(cseq), 1) FROM outbox").fetchone()
    agreed = hello.last_cseq == 0 or (known is not None and known[0] == hello.last_op_hash)
    forgotten = known is None and hello.last_cseq < oldest
    if agreed and hello.last_cseq >= newest:
        return
    there = [] if agreed or forgotten else taken(first)
    with store.merge() as session:
        raw = raw_of(session)
        if agreed or forgotten:
            _send_again(raw, hello.last_cseq)
            doubt_sent(session)
            (first,) = raw.execute("SELECT min(cseq) FROM outbox").fetchone()
        if not agreed or first != hello.last_cseq + 1:
            # also where the centre was set back further than we remember: it would wait for ever
            # for numbers that nobody has
            start_anew(store, session, there)


def _send_again(raw: Any, last: int) -> None:
    raw.execute(
        "INSERT INTO outbox (cseq, op_hash, doc_id, scope, kind, op, made_at, action_id)"
        " SELECT cseq, op_hash, doc_id, json_extract(op, '$.scope'), json_extract(op, '$.kind'),"
        " op, json_extract(op, '$.at'), NULL FROM outbox_done WHERE cseq > ? ORDER BY cseq",
        (last,),
    )
    raw.execute("DELETE FROM outbox_done WHERE cseq > ?", (last,))
    raw.execute("DELETE FROM rejected WHERE cseq > ?", (last,))


def start_anew(store: Store, session: Session, taken: Taken = ()) -> None:
    """Make this database another workstation: new id, waiting operations numbered from 1, without
    those that are among ``taken``."""
    raw = raw_of(session)
    at = store.clock.now().isoformat()
    for result in taken:
        ours = raw.execute(
            "SELECT 1 FROM outbox WHERE cseq = ? AND op_hash = ?",
            (result["cseq"], result["op_hash"]),
        )
        if ours.fetchone() is not None:
            _settle(raw, result, at)
    rows = raw.execute("SELECT cseq, op, action_id FROM outbox ORDER BY cseq").fetchall()
    numbers = {row[0]: place for place, row in enumerate(rows, 1)}
    raw.execute("DELETE FROM outbox")
    raw.execute("DELETE FROM outbox_done")
    raw.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'outbox'")
    raw.execute(
        "UPDATE rejected SET cseq = (SELECT min(0, min(cseq)) FROM rejected) - cseq WHERE cseq > 0"
    )
    for _, text, action_id in rows:
        operation = json.loads(text)
        for said in operation["f"].values():
            said["p"] = numbers.get(said["p"])
        append(raw, operation, action_id)
    raw.execute("UPDATE history SET cseq = -cseq WHERE cseq > 0")
    raw.executemany(
        "UPDATE history SET cseq = ? WHERE cseq = ?", [(new, -old) for old, new in numbers.items()]
    )
    raw.execute("UPDATE history SET cseq = NULL WHERE cseq < 0")
    store.set_meta("client_id", str(uuid.uuid4()))
    store.set_meta("client_number", None)
    store.set_meta(FROZEN, 0)


def append(raw: Any, operation: dict[str, Any], action_id: int | None = None) -> None:
    """Put an operation at the end of the queue under the next number."""
    cseq, prev = raw.execute(CHAIN_END).fetchone()
    operation["cseq"], operation["prev"] = cseq + 1, prev
    raw.execute(
        INSERT_OP,
        (
            cseq + 1,
            op_hash(operation),
            operation["id"],
            operation["scope"],
            operation["kind"],
            canonical(operation),
            operation["at"],
            action_id,
        ),
    )
