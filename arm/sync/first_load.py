"""The first load of a scope: pages by COPY, each with its place in one local transaction.

The cursor is set to the feed's head *before* the first page, so that whatever changes meanwhile
comes again by the feed. A kill loses at most the page under way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from arm.store.filling import begin_filling, end_filling
from arm.store.search_index import compact
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
from arm.sync.feed import keep_conflict, keep_past
from arm.sync.wire import Head, Wire

log = logging.getLogger(__name__)

PAGE = 5_000
HISTORY_ENTRIES = 100_000
"""How much of the past comes with a first load: some months of a big office."""
HISTORY_PAGE = 2_000
PAST = "~"
"""Marks, in ``hydrate.after_id``, that the records are here and the past is being fetched."""
WORTH_COMPACTING = 20_000
"""Records after which the search index is merged into one piece."""


def set_out(store: Store, head: Head, total: int, *, doubting: bool) -> None:
    """Begin the load of a scope, or begin it again; with ``doubting`` nothing that is here is
    believed to be as new as what comes."""
    with store.merge("load") as session:
        begin_filling(session)
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
            # numbers of the lost time will be given again, to other entries
            raw.execute(
                "DELETE FROM history WHERE scope = ? AND seq IS NOT NULL AND cseq IS NULL",
                (head.scope,),
            )
            raw.execute("UPDATE history SET seq = NULL WHERE scope = ?", (head.scope,))


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
    if after.startswith(PAST):
        _load_past(store, wire, scope, cancelled)
        return 0
    if total == 0:
        total = wire.count(scope)
    came = 0
    person, _, record_id = after.partition("/")
    with ThreadPoolExecutor(1, "first-load") as fetching:
        coming = fetching.submit(_fetch, wire, scope, (person, record_id), page_size)
        while (page := coming.result()).documents:
            more = len(page.documents) == page_size
            stopping = cancelled()
            if more and not stopping:
                coming = fetching.submit(_fetch, wire, scope, page.last, page_size)
            loaded += len(page.documents)
            total = max(total, loaded)
            _keep_page(store, scope, page, loaded, total)
            came += len(page.documents)
            progress(loaded, total)
            if not more:
                break
            if stopping:
                return came
    _finish(store, wire, scope)
    _load_past(store, wire, scope, cancelled)
    return came


class _Page(NamedTuple):
    """Records that came together, and the place (person, id) of the last."""

    documents: list[Document]
    last: tuple[str, str]


def _fetch(wire: Wire, scope: int, after: tuple[str, str], at_most: int) -> _Page:
    rows = wire.page(scope, after, at_most)
    documents = [
        Document(row.id, row.kind, scope, row.ver, row.deleted, row.fver, row.body) for row in rows
    ]
    return _Page(documents, (rows[-1].person, rows[-1].id) if rows else after)


def _keep_page(store: Store, scope: int, page: _Page, loaded: int, total: int) -> None:
    with store.merge("load") as session:
        touched: Touched = session.info["touched"]
        take_over(session, page.documents, waiting_fields(session), touched)
        raw_of(session).execute(
            "UPDATE hydrate SET after_id = ?, loaded = ?, total = ? WHERE scope = ?",
            ("/".join(page.last), loaded, total, scope),
        )


def _load_past(store: Store, wire: Wire, scope: int, cancelled: Callable[[], bool]) -> None:
    """Fetch the history from before the cursor, page by page, up to what is here already."""
    with store.read() as session:
        raw = raw_of(session)
        mark = raw.execute("SELECT after_id FROM hydrate WHERE scope = ?", (scope,)).fetchone()[0]
        done = int(mark[len(PAST) :])
        head, oldest = raw.execute(
            "SELECT (SELECT seq FROM cursor WHERE scope = ?),"
            " (SELECT min(seq) FROM history WHERE scope = ? AND seq > ?)",
            (scope, scope, done),
        ).fetchone()
    until = head if oldest is None else min(head, oldest - 1)
    after = max(done, until - HISTORY_ENTRIES, 0)
    while after < until and not cancelled():
        entries = wire.entries(scope, after, until, HISTORY_PAGE)
        after = entries[-1]["seq"] if entries else until
        with store.merge("load") as session:
            keep_past(session, entries, store.client_id)
            raw_of(session).execute(
                "UPDATE hydrate SET after_id = ? WHERE scope = ?", (f"{PAST}{after}", scope)
            )
    if after >= until:
        with store.merge("load") as session:
            raw_of(session).execute("DELETE FROM hydrate WHERE scope = ?", (scope,))


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
        raw.execute("UPDATE hydrate SET after_id = ? WHERE scope = ?", (f"{PAST}0", scope))
        end_filling(session)
        if loaded >= WORTH_COMPACTING:
            compact(session)
    log.info("scope %s is loaded", scope)
