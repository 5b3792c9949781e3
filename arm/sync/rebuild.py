"""A new database in place of a damaged one: what waits to go, drafts and settings are saved row by
row, the records come from the centre with the next exchange."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2

from arm.store.database import create_database, raw_connection, raw_of
from arm.store.errors import translated
from arm.store.operations import op_hash
from arm.store.store import Store
from arm.sync.queue import start_anew

log = logging.getLogger(__name__)

_SAVED: Final = (
    "meta", "setting", "draft", "secret", "blob", "action", "outbox_done", "outbox", "rejected",
    "witness", "reading",
)  # fmt: skip
"""Tables that no centre has. History and conflicts come back with the records."""
_FROM_THE_CENTRE: Final = ("feed_epoch", "loaded_schema")


@dataclass(frozen=True)
class Rebuilt:
    """What could be saved: unsent edits and drafts; ``spoilt`` pages were found by their HMAC."""

    unsent: int
    drafts: int
    spoilt: int
    whole: bool
    """Whether the queue came out without a gap. If not, what is left goes under a new number."""


def rebuild(damaged: Path, key: bytes, fresh: Path) -> int:
    """Make ``fresh`` of what is still readable in ``damaged``; returns how many pages are spoilt.

    Raises DamagedFile if not even the first page opens, DatabaseExists, DiskFull, CannotWrite.
    """
    create_database(fresh, key).dispose()
    with translated(), closing(raw_connection(damaged, key)) as old:
        spoilt = len(old.execute("PRAGMA cipher_integrity_check").fetchall())
        with closing(raw_connection(fresh, key)) as new:
            new.execute("BEGIN IMMEDIATE")
            for table in _SAVED:
                _copy(old, new, table)
            _copy(old, new, "history", " WHERE cseq IN (SELECT cseq FROM outbox)")
            for name in _FROM_THE_CENTRE:
                new.execute("DELETE FROM meta WHERE key = ?", (name,))
            new.execute("COMMIT")
    log.info("rebuilt around %s spoilt pages", spoilt)
    return spoilt


def mend_queue(store: Store, spoilt: int) -> Rebuilt:
    """After :func:`rebuild`: what is left of the queue must be a chain again."""
    with store.merge() as session:
        raw = raw_of(session)
        rows = raw.execute("SELECT cseq, op_hash, op FROM outbox ORDER BY cseq").fetchall()
        before = raw.execute(
            "SELECT cseq, op_hash FROM outbox_done ORDER BY cseq DESC LIMIT 1"
        ).fetchone()
        whole = _is_chain(rows, before)
        if not whole:
            start_anew(store, session)
        (drafts,) = raw.execute("SELECT count(*) FROM draft").fetchone()
    return Rebuilt(len(rows), drafts, spoilt, whole)


def _is_chain(rows: list[Any], before: tuple[int, str] | None) -> bool:
    cseq, prev = before or (None, "")
    for number, kept_hash, text in rows:
        operation = json.loads(text)
        first_ever = cseq is None and number == 1
        if not (first_ever or cseq == number - 1) or operation["prev"] != prev:
            return False
        if op_hash(operation) != kept_hash:
            return False
        cseq, prev = number, kept_hash
    return True


def _copy(old: Any, new: Any, table: str, which: str = "") -> None:
    columns = [row[1] for row in new.execute(f"PRAGMA table_info({table})").fetchall()]
    held = {row[1] for row in old.execute(f"PRAGMA table_info({table})").fetchall()}
    names = [name for name in columns if name in held]
    insert = f"INSERT OR REPLACE INTO {table} ({', '.join(names)})"
    insert += f" VALUES ({', '.join('?' * len(names))})"
    for row in _readable(old, table, names, which):
        new.execute(insert, row)


def _readable(old: Any, table: str, names: list[str], which: str) -> Iterator[tuple[Any, ...]]:
    """Rows from both ends up to where a page does not open; some may come twice."""
    keys = ("chain", "n") if table == "reading" else ("rowid",)
    for direction in ("ASC", "DESC"):
        order = ", ".join(f"{key} {direction}" for key in keys)
        query = f"SELECT {', '.join(names)} FROM {table}{which} ORDER BY {order}"
        with suppress(dbapi2.DatabaseError):
            yield from old.execute(query)
            return
