"""The first load of a scope: pages by COPY, each with its place in one local transaction.

The cursor is set to the feed's head *before* the first page, so that whatever changes meanwhile
comes again by the feed. A kill loses at most the page under way.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2

from arm.store.database import raw_of
from arm.store.filling import begin_filling, end_filling
from arm.store.search_index import compact
from arm.store.store import Store
from arm.sync.documents import (
    Document,
    Touched,
    doubt_scope,
    forget_scope,
    take_over,
    waiting_fields,
)
from arm.sync.erasure import erase_person
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
WORTH_FILLING = 20_000
"""Records from which a second process is worth the second it takes to start."""


class FillingFailed(Exception):
    """The second process is gone: the ordinary way goes on where it stopped."""


class Page(NamedTuple):
    """Records made ready: how many, the place (person, id) of the last, and their rows."""

    records: int
    last: tuple[str, str]
    rows: Any


class Filler(Protocol):
    """Makes pages of a first load ready for an empty workstation, beside the writing thread."""

    def feed(self, text: bytes, scope: int, *, last: bool) -> None:
        """Hand over a page as ``Wire.page_text`` gives it. Raises FillingFailed."""

    def end(self) -> None:
        """No page comes any more. Raises FillingFailed."""

    def take(self) -> Page | None:
        """The next page made ready, None after the end. Raises FillingFailed."""

    def keep(self, session: Session, page: Page) -> None:
        """Write a page, derived rows included. Raises the driver's IntegrityError where a record
        is here already."""

    def stop(self) -> None:
        """From any thread: whoever feeds or takes gets FillingFailed."""

    def close(self) -> None:
        """Let go of it, once nobody feeds or takes."""


def set_out(store: Store, head: Head, total: int, *, doubting: bool) -> None:
    """Begin the load of a scope, or begin it again; with ``doubting`` nothing that is here is
    believed to be as new as what comes."""
    with store.merge("load") as session:
        begin_filling(session)
        raw = raw_of(session)
        known = raw.execute("SELECT 1 FROM cursor WHERE scope = ?", (head.scope,)).fetchone()
        if doubting or known is None:
            # numbers of a lost time will be given again, to other entries; and of a scope that was
            # not ours for a while we hold only the beginning: all of the past is read once more
            raw.execute(
                "DELETE FROM history WHERE scope = ? AND seq IS NOT NULL AND cseq IS NULL",
                (head.scope,),
            )
            raw.execute("UPDATE history SET seq = NULL WHERE scope = ?", (head.scope,))
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
    filler: Callable[[], Filler] | None = None,
) -> int:
    """Take over pages until the scope is complete or ``cancelled``; returns how many records came.

    The next page travels while the present one is written; with a ``filler`` and much to come, it
    is also made ready meanwhile.
    """
    load = _Load(store, wire, scope, progress, cancelled, page_size)
    after, _, _ = unfinished(store)[scope]
    if after.startswith(PAST):
        _load_past(store, wire, scope, cancelled)
        return 0
    came = 0
    if filler is not None and _is_new_here(store, after) and load.to_come() >= WORTH_FILLING:
        came = _fill(load, filler())
    complete = False
    if not cancelled():
        more, complete = _load_pages(load)
        came += more
    if complete:
        _finish(store, wire, scope)
        _load_past(store, wire, scope, cancelled)
    return came


@dataclass(frozen=True)
class _Load:
    """One call's parts."""

    store: Store
    wire: Wire
    scope: int
    progress: Callable[[int, int], None]
    cancelled: Callable[[], bool]
    page_size: int

    def place(self) -> tuple[tuple[str, str], int, int]:
        """Person and id of the last record that is here, how many are, and of how many."""
        after, loaded, total = unfinished(self.store)[self.scope]
        person, _, record_id = after.partition("/")
        return (person, record_id), loaded, total or self.wire.count(self.scope)

    def to_come(self) -> int:
        """How many records are not here yet."""
        _, loaded, total = self.place()
        return total - loaded

    def note(self, session: Session, last: tuple[str, str], loaded: int, total: int) -> None:
        """Keep the place, in the transaction that brings the records."""
        raw_of(session).execute(
            "UPDATE hydrate SET after_id = ?, loaded = ?, total = ? WHERE scope = ?",
            ("/".join(last), loaded, total, self.scope),
        )


def _load_pages(load: _Load) -> tuple[int, bool]:
    """How many records came, and whether that was all."""
    after, loaded, total = load.place()
    came = 0
    with ThreadPoolExecutor(1, "first-load") as fetching:
        coming = fetching.submit(_fetch, load, after)
        while (page := coming.result()).documents:
            more = len(page.documents) == load.page_size
            stopping = load.cancelled()
            if more and not stopping:
                coming = fetching.submit(_fetch, load, page.last)
            loaded += len(page.documents)
            total = max(total, loaded)
            _keep_page(load, page, loaded, total)
            came += len(page.documents)
            load.progress(loaded, total)
            if not more:
                break
            if stopping:
                return came, False
    return came, True


def _is_new_here(store: Store, after: str) -> bool:
    """Whether nothing stood here when the load, which has come as far as ``after``, began."""
    with store.read() as session:
        listed = raw_of(session).execute("SELECT 1 FROM listing LIMIT 1").fetchone()
        return bool(after) or listed is None


def _fill(load: _Load, filler: Filler) -> int:
    """Load by way of the filler as far as it goes; the place in ``hydrate`` says how far."""
    after, loaded, total = load.place()
    came = 0
    try:
        with ThreadPoolExecutor(1, "first-load") as feeding, _without_collecting():
            fed = feeding.submit(_feed, load, after, filler)
            try:
                while not load.cancelled() and (page := filler.take()) is not None:
                    loaded += page.records
                    total = max(total, loaded)
                    with load.store.merge("load") as session:
                        filler.keep(session, page)
                        load.note(session, page.last, loaded, total)
                    came += page.records
                    load.progress(loaded, total)
            except FillingFailed:
                log.info("the first load goes on in one process")
            except dbapi2.IntegrityError:
                log.info("a record is here already, the first load goes on in one process")
            finally:
                filler.stop()
    finally:
        filler.close()
    error = fed.exception()
    if error is not None and not isinstance(error, FillingFailed):
        raise error
    return came


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Rows make no cycles, and looking for some takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _feed(load: _Load, after: tuple[str, str], filler: Filler) -> None:
    """Hand page after page to the filler, the empty one after the last included; what was handed
    over before the line broke is kept."""
    last = False
    try:
        while not last:
            text, newest = load.wire.page_text(load.scope, after, load.page_size)
            last = newest == after
            filler.feed(text, load.scope, last=last)
            after = newest
    finally:
        filler.end()


class _Page(NamedTuple):
    """Records that came together, and the place (person, id) of the last."""

    documents: list[Document]
    last: tuple[str, str]


def _fetch(load: _Load, after: tuple[str, str]) -> _Page:
    rows = load.wire.page(load.scope, after, load.page_size)
    documents = [
        Document(row.id, row.kind, load.scope, row.ver, row.deleted, row.fver, row.body)
        for row in rows
    ]
    return _Page(documents, (rows[-1].person, rows[-1].id) if rows else after)


def _keep_page(load: _Load, page: _Page, loaded: int, total: int) -> None:
    with load.store.merge("load") as session:
        touched: Touched = session.info["touched"]
        take_over(session, page.documents, waiting_fields(session), touched)
        load.note(session, page.last, loaded, total)


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
            # lists say when a person was last changed
            touched: Touched = session.info["touched"]
            touched.update(("person", one["person"], one["person"]) for one in entries)
            raw_of(session).execute(
                "UPDATE hydrate SET after_id = ? WHERE scope = ?", (f"{PAST}{after}", scope)
            )
    if after >= until:
        with store.merge("load") as session:
            raw_of(session).execute("DELETE FROM hydrate WHERE scope = ?", (scope,))


def _finish(store: Store, wire: Wire, scope: int) -> None:
    conflicts = wire.open_conflicts(scope)
    erased: dict[str, list[str]] = {}
    for one in wire.erased(scope):
        erased.setdefault(one["person"], []).append(one["id"])
    with store.merge("load") as session:
        raw = raw_of(session)
        touched: Touched = session.info["touched"]
        raw.execute("DELETE FROM conflict WHERE scope = ? AND state = 'open'", (scope,))
        for conflict in conflicts:
            keep_conflict(session, conflict)
        forget_scope(session, scope, touched, unseen=True)
        # lists were made person by person: only now is it known whose card went into another
        touched.update(
            ("person_merge", *row)
            for row in raw.execute(
                "SELECT id, person_id FROM person_merge WHERE scope = ?", (scope,)
            )
        )
        for person, ids in erased.items():
            erase_person(store, session, ids, person)
        loaded = raw.execute("SELECT loaded FROM hydrate WHERE scope = ?", (scope,)).fetchone()[0]
        raw.execute("UPDATE hydrate SET after_id = ? WHERE scope = ?", (f"{PAST}0", scope))
        end_filling(session)
        if loaded >= WORTH_COMPACTING:
            compact(session)
    log.info("scope %s is loaded", scope)
