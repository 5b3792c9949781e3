"""Everybody's terms under other rules: what a decision would change, and the change itself."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from arm import __version__
from arm.casework import law_book
from arm.casework.derive import Recomputed, under, write_recomputed
from arm.casework.labels import RULES, full_name
from arm.law.rulebook import RuleBook
from arm.store.database import raw_of
from arm.store.store import Store

log = logging.getLogger(__name__)

STEP: Final = 500
"""Persons a transaction: whoever wants to write waits for one at most."""
LISTED: Final = 500
"""Moved terms that are listed by name; the counts go over all of them."""

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]

_LAW: Final = "law"
_DOING: Final = "law_doing"
"""Under which rules a recompute is on its way, and the last person it has done."""


@dataclass(frozen=True)
class Moved:
    """A term that comes, goes or moves. ``None``: there is none before or after."""

    person_id: str
    name: str
    title: str
    before: date | None
    after: date | None


@dataclass
class Effects:
    """What other rules would change, counted in persons unless said otherwise."""

    people: int = 0
    """Whose case was computed."""
    changed: int = 0
    """Of whom a term or the status changes."""
    terms: int = 0
    """Terms that come, go or move."""
    statuses: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    """Title of the rule → terms."""
    moved: list[Moved] = field(default_factory=list)
    complete: bool = True
    """False if it was broken off."""


def effects(
    store: Store,
    book: RuleBook,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Effects:
    """What the book would change of what stands. Nothing is written."""
    found, today = Effects(), store.clock.today()
    ids = _everybody(store)
    for start in range(0, len(ids), STEP):
        if cancelled is not None and cancelled():
            found.complete = False
            break
        with store.read() as session:
            driver = raw_of(session)
            for one in under(driver, ids[start : start + STEP], today, book):
                _count(found, one)
        if progress is not None:
            progress(min(start + STEP, len(ids)), len(ids))
    return found


def _count(found: Effects, one: Recomputed) -> None:
    found.people += 1
    before, after = one.line
    restated = tuple(before[16:19]) != after[16:19]
    days = _days(row[1:] for row in one.terms[0]), _days(one.terms[1])
    moved = [key for key in days[0].keys() | days[1].keys() if days[0].get(key) != days[1].get(key)]
    found.statuses += restated
    found.changed += bool(restated or moved)
    found.terms += len(moved)
    for key in sorted(moved):
        rule = RULES.get(key[0], key[0])
        found.by_rule[rule] += 1
        if len(found.moved) < LISTED:
            name = full_name(after[4], after[5], after[6]) or str(after[7] or "")
            was, now = (_day(side.get(key)) for side in days)
            found.moved.append(Moved(one.person_id, name, rule, was, now))


def _days(rows: Any) -> dict[tuple[str, str], str]:
    return {(row[3], row[2] or ""): row[8] for row in rows}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def begin(store: Store) -> None:
    """Note under which rules a new database is filled; to be called when it is opened."""
    if store.meta(_LAW) is None:
        store.set_meta(_LAW, _mark(law_book.rulebook(store)))


def needed(store: Store) -> bool:
    """Whether the rows were computed under other rules than those in force now."""
    return bool(store.meta(_LAW) != _mark(law_book.rulebook(store)))


def _mark(book: RuleBook) -> str:
    """The version too: another program may count the same tables otherwise."""
    return f"{__version__} {book.fingerprint}"


def _of_this_program(store: Store) -> bool:
    """Whether only rules differ; what another program derived is derived anew whole."""
    return str(store.meta(_LAW)).partition(" ")[0] == __version__


def recompute(
    store: Store, progress: Progress | None = None, cancelled: Cancelled | None = None
) -> int:
    """Compute everybody under the rules in force; returns of how many persons something changed.

    Edits go on meanwhile. Broken off, it goes on from there the next time.
    """
    book, today = law_book.rulebook(store), store.clock.today()
    ids = _everybody(store)
    mark, last = store.meta(_DOING) or ("", "")
    done = bisect_right(ids, last) if mark == _mark(book) else 0
    redo = _redo if _of_this_program(store) else _redo_whole
    changed = 0
    for start in range(done, len(ids), STEP):
        if cancelled is not None and cancelled():
            return changed
        page = ids[start : start + STEP]
        changed += redo(store, page, today, book)
        if progress is not None:
            progress(start + len(page), len(ids))
    with store.merge(origin="load"):
        store.set_meta(_LAW, _mark(book))
        store.set_meta(_DOING, None)
    log.info("the law changed: %d persons computed, %d differ", len(ids) - done, changed)
    return changed


def _redo(store: Store, page: Sequence[str], today: date, book: RuleBook) -> int:
    with store.merge(origin="load") as session:
        driver = raw_of(session)
        changed = write_recomputed(driver, under(driver, page, today, book))
        session.info["touched"].update(("person", one, one) for one in changed)
        session.info["derived"] = True
        store.set_meta(_DOING, (_mark(book), page[-1]))
    return len(changed)


def _redo_whole(store: Store, page: Sequence[str], _today: date, book: RuleBook) -> int:
    with store.merge(origin="load") as session:
        session.info["touched"].update(("person", one, one) for one in page)
        store.set_meta(_DOING, (_mark(book), page[-1]))
    return len(page)


def _everybody(store: Store) -> list[str]:
    with store.read() as session:
        driver = raw_of(session)
        return [
            row[0] for row in driver.execute("SELECT person_id FROM listing ORDER BY person_id")
        ]
