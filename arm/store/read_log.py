"""Who looked at whose card on this workstation: a chain of rows that only grows.

Each row's hash covers the row before, so a row can be neither altered nor taken out unnoticed, here
or at the centre, where the rows go with the next exchange. Rows hold ids and logins only.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from arm.store.database import raw_of
from arm.store.store import Store

CHAIN: Final = "reading_chain"
"""Name in ``meta`` of the chain that grows now."""
KEPT_DAYS: Final = 90
EVERYBODY: Final = "*"
"""Stands for the person where a long list was taken out; the ground then says how many."""

Row = tuple[int, str, str, str, str, str, str]
"""n, actor, person, kind, ground, at, hash."""


def note(store: Store, person_ids: Iterable[str], kind: str, ground: str) -> None:
    """Add a row a person, in one transaction. Raises as ``Store.merge``."""
    at = store.clock.now().isoformat(timespec="milliseconds")
    with store.merge("edit") as session:
        chain = _present(session) or _begin(store)
        n, before = _end(session, chain)
        rows: list[tuple[Any, ...]] = []
        for person_id in person_ids:
            n += 1
            said = (store.actor.login, person_id, kind, ground, at)
            before = row_hash(before, chain, n, *said)
            rows.append((chain, n, *said, before))
        _add(session, rows)


def row_hash(before: str, chain: str, n: int, *said: str) -> str:
    """As ``arm.reading_hash`` of the centre computes it."""
    return hashlib.sha256("|".join((before, chain, str(n), *said)).encode()).hexdigest()


def unsent(session: Session, at_most: int) -> tuple[str, list[Row]]:
    """The oldest rows the centre has not got, of one chain."""
    rows = (
        _raw(session)
        .execute(
            "SELECT chain, n, actor, person_id, kind, ground, at, hash FROM reading"
            " WHERE sent = 0 ORDER BY chain, n LIMIT ?",
            (at_most,),
        )
        .fetchall()
    )
    chain = rows[0][0] if rows else ""
    return chain, [row[1:] for row in rows if row[0] == chain]


def acknowledge(session: Session, chain: str, last: int) -> None:
    """The centre has the chain up to ``last``, and nothing after it."""
    _raw(session).execute("UPDATE reading SET sent = n <= ? WHERE chain = ?", (last, chain))


def begin_anew(store: Store, session: Session, chain: str) -> None:
    """The centre can't continue this chain with what we have (this database is a copy, or the
    centre was set back further than we remember): what waits goes on under a new one."""
    raw = _raw(session)
    rows = raw.execute(
        "SELECT actor, person_id, kind, ground, at FROM reading WHERE chain = ? AND sent = 0"
        " ORDER BY n",
        (chain,),
    ).fetchall()
    raw.execute("DELETE FROM reading WHERE chain = ? AND sent = 0", (chain,))
    fresh, before = _begin(store), ""
    again = []
    for n, said in enumerate(rows, 1):
        before = row_hash(before, fresh, n, *said)
        again.append((fresh, n, *said, before))
    _add(session, again)


def drop_old(store: Store, session: Session) -> None:
    """Forget rows that the centre has had for long; the newest of a chain stays, it holds it."""
    before = (store.clock.now() - timedelta(days=KEPT_DAYS)).isoformat()
    _raw(session).execute(
        "DELETE FROM reading WHERE sent = 1 AND at < ?"
        " AND n < (SELECT max(n) FROM reading AS r WHERE r.chain = reading.chain)",
        (before,),
    )


def broken(session: Session) -> Iterator[tuple[str, int]]:
    """Chain and number of each row that does not follow from the one before it."""
    before: Sequence[Any] = ("", 0, "")
    for chain, n, *said, kept in _raw(session).execute(
        "SELECT chain, n, actor, person_id, kind, ground, at, hash FROM reading ORDER BY chain, n"
    ):
        if chain != before[0]:
            # the beginning may have been forgotten: then the first row can't be recomputed
            follows = n > 1 or row_hash("", chain, n, *said) == kept
        else:
            follows = n == before[1] + 1 and row_hash(before[2], chain, n, *said) == kept
        if not follows:
            yield chain, n
        before = (chain, n, kept)


def _present(session: Session) -> str | None:
    row = _raw(session).execute("SELECT value FROM meta WHERE key = ?", (CHAIN,)).fetchone()
    return None if row is None else json.loads(row[0])


def _begin(store: Store) -> str:
    chain = uuid.uuid4().hex
    store.set_meta(CHAIN, chain)
    return chain


def _end(session: Session, chain: str) -> tuple[int, str]:
    row = (
        _raw(session)
        .execute("SELECT n, hash FROM reading WHERE chain = ? ORDER BY n DESC LIMIT 1", (chain,))
        .fetchone()
    )
    return (0, "") if row is None else (int(row[0]), str(row[1]))


def _add(session: Session, rows: list[tuple[Any, ...]]) -> None:
    _raw(session).executemany(
        "INSERT INTO reading (chain, n, actor, person_id, kind, ground, at, hash, sent)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
        rows,
    )


def _raw(session: Session) -> Any:
    return raw_of(session)
