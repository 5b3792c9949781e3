"""The first load of a scope: pages by COPY, each with its place in one local transaction.

The cursor is set to the feed's head *before* the first page, so that whatever changes meanwhile
comes again by the feed. A kill loses at most the page under way.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from arm.store.search import compact
from arm.store.store import Store
from arm.sync.documents import (
    Document,
    Touched,
    doubt_scope,
    forget_scope,
    raw_of,
    take_over,
    waiting_fields,
)
from arm.sync.feed import keep_conflict
from arm.sync.wire import Head, LoadedRow, Wire

log = logging.getLogger(__name__)

PAGE = 5_000
WORTH_COMPACTING = 20_000
"""Records after which the search index is merged into one piece."""


def set_out(store: Store, head: Head, total: int, *, doubting: bool) -> None:
    """Begin the load of a scope, or begin it again; with ``doubting`` nothing that is here is
    believed to be as new as what comes."""
    with store.merge("load") as session:
        raw = raw_of(session)
        raw.execute(
            "INSERT OR REPLACE INTO cursor (scope, seq, hash) VALUES (?, ?, ?)",
            (head.scope, head.seq, head.hash),
        )
        raw.execute(
            "INSERT OR REPLACE INTO hydrate (scope, after_id, total, loaded) VALUES (?, '', ?, 0)",
            (head.scope, total),
        )
        if doubting:
            doubt_scope(session, head.scope)


def unfinished(store: Store) -> dict[int, tuple[str, int, int]]:
    """Scopes under way: scope → (last person and id taken over, loaded, total)."""
    with store.read() as session:
        return {
            scope: (after, loaded, total)
            for scope, after, loaded, total in raw_of(session).execute(
                "SELECT scope, after_id, loaded, total FROM hydrate ORDER BY scope"
            )
        }


def load_scope(
    store: Store,
    wire: Wire,
    scope: int,
    *,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    page_size: int = PAGE,
) -> int:
    """Take over pages until the scope is complete or ``cancelled``; returns how many records came.

    The next page travels while the present one is written.
    """
    after, loaded, total = unfinished(store)[scope]
    if total == 0:
        total = wire.count(scope)
    came = 0
    person, _, record_id = after.partition("/")
    with ThreadPoolExecutor(1, "first-load") as fetching:
        coming = fetching.submit(wire.page, scope, (person, record_id), page_size)
        while rows := coming.result():
            more = len(rows) == page_size
            stopping = cancelled()
            if more and not stopping:
                place = (rows[-1].person, rows[-1].id)
                coming = fetching.submit(wire.page, scope, place, page_size)
            loaded += len(rows)
            total = max(total, loaded)
            _keep_page(store, scope, rows, loaded, total)
            came += len(rows)
            progress(loaded, total)
            if not more:
                break
            if stopping:
                return came
    _finish(store, wire, scope)
    return came


def _keep_page(store: Store, scope: int, rows: list[LoadedRow], loaded: int, total: int) -> None:
    documents = [
        Document(
            row.id,
            row.kind,
            scope,
            row.ver,
            row.deleted,
            json.loads(row.fver),
            json.loads(row.body),
        )
        for row in rows
    ]
    with store.merge("load") as session:
        touched: Touched = session.info["touched"]
        take_over(session, documents, waiting_fields(session), touched)
        raw_of(session).execute(
            "UPDATE hydrate SET after_id = ?, loaded = ?, total = ? WHERE scope = ?",
            (f"{rows[-1].person}/{rows[-1].id}", loaded, total, scope),
        )


def _finish(store: Store, wire: Wire, scope: int) -> None:
    conflicts = wire.open_conflicts(scope)
    with store.merge("load") as session:
        raw = raw_of(session)
        touched: Touched = session.info["touched"]
        raw.execute("DELETE FROM conflict WHERE scope = ? AND state = 'open'", (scope,))
        for conflict in conflicts:
            keep_conflict(session, conflict)
        forget_scope(session, scope, touched, unseen=True)
        loaded = raw.execute("SELECT loaded FROM hydrate WHERE scope = ?", (scope,)).fetchone()[0]
        raw.execute("DELETE FROM hydrate WHERE scope = ?", (scope,))
        if loaded >= WORTH_COMPACTING:
            compact(session)
    log.info("scope %s is loaded", scope)
