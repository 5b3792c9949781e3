"""Edits that wait for their author: several people sign in at one computer, with different rights.

The queue has one order, so an edit that must not go yet would hold up all behind it. It is taken
out of the queue, and what follows is numbered anew; both is possible because the centre has not
seen these numbers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from arm.store.capture import CHAIN_END
from arm.store.database import raw_of
from arm.store.operations import canonical, op_hash
from arm.store.store import Store

AUTHOR_OF = (
    "coalesce((SELECT a.actor FROM action a WHERE a.id = o.action_id),"
    " (SELECT h.actor FROM history h WHERE h.cseq = o.cseq AND h.doc_id = o.doc_id LIMIT 1))"
)
"""Whose a row of the outbox ``o`` is; what is sent again to a restored centre has lost its action,
history still knows."""

_WAITING = (
    f"SELECT o.cseq, o.scope, o.op, {AUTHOR_OF} AS author, o.action_id FROM outbox o"
    " WHERE o.cseq > ? ORDER BY o.cseq"
)
_INSERT = (
    "INSERT INTO outbox (cseq, op_hash, doc_id, scope, kind, op, made_at, action_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def sort_queue(store: Store, writable: Collection[int], known: int, prev: str) -> set[int]:
    """Take out of the queue what only its absent author may send, and put back what may go now;
    returns the scopes of what was taken out.

    ``known`` and ``prev``: number and fingerprint of the last operation that the centre has.
    """
    login = store.actor.login
    with store.read() as session:
        raw = raw_of(session)
        closed = raw.execute(
            "SELECT 1 FROM outbox WHERE cseq > ?"
            " AND scope NOT IN (SELECT value FROM json_each(?)) LIMIT 1",
            (known, json.dumps(list(writable))),
        ).fetchone()
        aside = {
            cseq: (author, scope)
            for cseq, scope, _, author, _ in (raw.execute(_WAITING, (known,)) if closed else ())
            if author not in {None, login} and scope not in writable
        }
        back = [
            (held_id, json.loads(text), action_id)
            for held_id, text, author, action_id in raw.execute(
                "SELECT id, op, author, action_id FROM held ORDER BY id"
            )
            if author == login or json.loads(text)["scope"] in writable
        ]
    if aside or back:
        with store.merge() as session:
            _set_aside(session, aside, store.clock.now().isoformat(), known, prev)
            _put_back(session, back)
    return {scope for _, scope in aside.values()}


def _set_aside(
    session: Session, aside: dict[int, tuple[str, int]], at: str, known: int, prev: str
) -> None:
    if not aside:
        return
    raw = raw_of(session)
    rows = raw.execute(_WAITING, (known,)).fetchall()
    raw.execute("DELETE FROM outbox WHERE cseq > ?", (known,))
    staying = [row for row in rows if row[0] not in aside]
    numbers = {row[0]: place for place, row in enumerate(staying, known + 1)}
    for cseq, _, text, _, action_id in rows:
        if cseq in aside:
            held = raw.execute(
                "INSERT INTO held (op, author, held_at, action_id) VALUES (?, ?, ?, ?)",
                (text, aside[cseq][0], at, action_id),
            ).lastrowid
            raw.execute("UPDATE history SET cseq = ? WHERE cseq = ?", (-held, cseq))
    for cseq, _, text, _, action_id in staying:
        prev = _append(raw, json.loads(text), (numbers[cseq], prev), numbers, action_id)
        raw.execute("UPDATE history SET cseq = ? WHERE cseq = ?", (numbers[cseq], cseq))
    raw.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'outbox'", (known + len(staying),))


def _put_back(session: Session, back: list[tuple[int, dict[str, Any], int | None]]) -> None:
    raw = raw_of(session)
    for held_id, operation, action_id in back:
        cseq, prev = raw.execute(CHAIN_END).fetchone()
        _append(raw, operation, (cseq + 1, prev), {}, action_id)
        raw.execute("UPDATE history SET cseq = ? WHERE cseq = ?", (cseq + 1, -held_id))
        raw.execute("DELETE FROM held WHERE id = ?", (held_id,))


def _append(
    raw: Any,
    operation: dict[str, Any],
    place: tuple[int, str],
    numbers: Mapping[int, int],
    action_id: int | None,
) -> str:
    """Write an operation at a place (its number, the fingerprint before it); returns its
    fingerprint. ``numbers``: old number → new one of what it may follow."""
    operation["cseq"], operation["prev"] = place
    for said in operation["f"].values():
        said["p"] = numbers.get(said["p"])
    fingerprint = op_hash(operation)
    raw.execute(
        _INSERT,
        (
            place[0],
            fingerprint,
            operation["id"],
            operation["scope"],
            operation["kind"],
            canonical(operation),
            operation["at"],
            action_id,
        ),
    )
    return fingerprint
