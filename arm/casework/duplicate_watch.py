"""Comparing people with one another in the background: who came or changed, against those near.

Reading and comparing happen outside any transaction that others wait for; what was found is
written in short ones. A first load (150,000 people at once) is taken in the same way, page by
page, and may be broken off at any point.
"""

from __future__ import annotations

import json
import logging
import threading
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from arm.access.rights import may
from arm.casework import merge_upkeep
from arm.casework.cards import HeldCard, read_cards
from arm.casework.match_keys import keys
from arm.casework.matching import compare
from arm.errors import places
from arm.model.duplicate import pair
from arm.model.name_likeness import fingerprint
from arm.store import match_index
from arm.store.database import raw_of
from arm.store.store import ChangeSet, Store

log = logging.getLogger(__name__)

RULES: Final = 2
"""Grows when keys or answers are computed in another way."""
PAGE: Final = 50
"""People compared at a time: some tens of milliseconds."""
MANY: Final = 2_000
"""From so many people without keys on, all keys are made first and written in their order."""
ROWS_A_WRITE: Final = 5_000
QUIET_SECONDS: Final = 1.0
"""A moment after a change, so that a series of edits is looked at once."""
_ROWID_BITS: Final = 32
_ROWID_MASK: Final = (1 << _ROWID_BITS) - 1
_IDS: Final = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True)
class Suspicion:
    """A pair as it is kept until people decide."""

    left_id: str
    right_id: str
    answer: str
    alike: int
    evidence: frozenset[str]


def waiting(store: Store) -> int:
    """How many people were not compared yet."""
    with store.read() as session:
        return match_index.waiting_count(raw_of(session))


def compare_all(store: Store, cancelled: Callable[[], bool] = lambda: False) -> int:
    """Compare everybody who waits, now; returns how many were."""
    done = 0
    renew(store)
    make_keys(store, cancelled)
    while not cancelled() and (step := compare_page(store)):
        done += step
    return done


def renew(store: Store) -> None:
    """Begin anew if the rules or the lists of names changed: kept keys would not meet new ones."""
    rules = f"{RULES}-{fingerprint()}"
    if store.meta("match_rules") == rules:
        return
    with store.merge(origin="load") as session:
        match_index.begin_anew(raw_of(session))
        store.set_meta("match_rules", rules)


def make_keys(store: Store, cancelled: Callable[[], bool] = lambda: False) -> None:
    """Keys of very many new people at once: sorted, they are written several times faster."""
    with store.read() as session:
        missing = match_index.without_keys(raw_of(session))
    if len(missing) < MANY:
        return
    rows: list[int] = []  # key and row id in one number: a fifth of the memory of pairs
    own: dict[int, array[int]] = {}
    for start in range(0, len(missing), PAGE):
        if cancelled():
            return
        with store.read() as session:
            cards = read_cards(raw_of(session), missing[start : start + PAGE])
        for rowid, one in cards.items():
            own[rowid] = array("q", keys(one.card))
            rows += [(key << _ROWID_BITS) | rowid for key in own[rowid]]
    rows.sort()
    for start in range(0, len(rows), ROWS_A_WRITE):
        if cancelled():
            return
        with store.merge(origin="load") as session:
            page = rows[start : start + ROWS_A_WRITE]
            match_index.add_keys(
                raw_of(session), [(row >> _ROWID_BITS, row & _ROWID_MASK) for row in page]
            )
    people = list(own)
    for start in range(0, len(people), ROWS_A_WRITE):
        held = {rowid: own[rowid] for rowid in people[start : start + ROWS_A_WRITE]}
        with store.merge(origin="load") as session:
            match_index.remember_keys(raw_of(session), held)


def compare_page(store: Store, limit: int = PAGE) -> int:
    """Compare the next people who wait; returns how many there were."""
    with store.read() as session:
        driver = raw_of(session)
        turns = match_index.waiting(driver, limit)
        if not turns:
            return 0
        mine = read_cards(driver, turns)
        own = {rowid: keys(one.card) for rowid, one in mine.items()}
        near = {rowid: match_index.sharing(driver, own[rowid]) for rowid in mine}
        others = read_cards(driver, {r for found in near.values() for r in found} - mine.keys())
        known = _suspected(driver, [one.person_id for one in mine.values()])
    among = _sharing_here(own)
    found = {
        (one.left_id, one.right_id): one
        for rowid, card in mine.items()
        for one in _suspicions(card, near[rowid] | among[rowid], mine | others)
    }
    with store.merge(origin="load") as session:
        driver = raw_of(session)
        match_index.replace_keys(driver, own)
        if found != known:
            _keep(driver, known, found)
            session.info["touched"].update(
                ("suspected", side, None) for both in {*found, *known} for side in both
            )
        match_index.compared(driver, turns)
    return len(turns)


def _sharing_here(own: Mapping[int, tuple[int, ...]]) -> dict[int, set[int]]:
    """Who shares keys within the page itself: their keys are not written yet."""
    by_key: dict[int, list[int]] = {}
    for rowid, held in own.items():
        for key in held:
            by_key.setdefault(key, []).append(rowid)
    return {rowid: {r for key in held for r in by_key[key]} for rowid, held in own.items()}


def _suspicions(mine: HeldCard, near: set[int], cards: Mapping[int, HeldCard]) -> list[Suspicion]:
    found = []
    for rowid in near:
        other = cards.get(rowid)
        if other is None or other.person_id == mine.person_id:
            continue
        verdict = compare(mine.card, other.card)
        if verdict.answer != "different":
            left, right = pair(mine.person_id, other.person_id)
            found.append(Suspicion(left, right, verdict.answer, verdict.alike, verdict.evidence))
    return found


def _suspected(driver: Any, person_ids: list[str]) -> dict[tuple[str, str], Suspicion]:
    asked = json.dumps(person_ids)
    rows = driver.execute(
        "SELECT left_id, right_id, answer, alike, evidence FROM suspected"
        f" WHERE left_id {_IDS} OR right_id {_IDS}",
        (asked, asked),
    )
    return {
        (left, right): Suspicion(left, right, answer, alike, frozenset(json.loads(evidence)))
        for left, right, answer, alike, evidence in rows
    }


def _keep(
    driver: Any,
    known: Mapping[tuple[str, str], Suspicion],
    found: Mapping[tuple[str, str], Suspicion],
) -> None:
    driver.executemany(
        "DELETE FROM suspected WHERE left_id = ? AND right_id = ?", list(known.keys() - found)
    )
    driver.executemany(
        "INSERT OR REPLACE INTO suspected (left_id, right_id, answer, alike, evidence)"
        " VALUES (?, ?, ?, ?, ?)",
        [
            (one.left_id, one.right_id, one.answer, one.alike, json.dumps(sorted(one.evidence)))
            for one in found.values()
        ],
    )


class DuplicateWatch:
    """The thread that compares by itself. It rests as long as it works, so that the window and
    the exchange have the machine."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._stop_listening = store.listen(self._on_change)

    def start(self) -> None:
        """Begin; harmless when running."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="duplicate-watch", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread after the page it is at."""
        self._stopped.set()
        self._stop_listening()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _on_change(self, changed: ChangeSet) -> None:
        if changed.persons:
            self._wake.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._once()
            except Exception as error:  # noqa: BLE001 - a bug must not end the search for the day
                log.error("the search for duplicates failed: %s", places(error))
            self._wake.wait()
            self._wake.clear()
            self._stopped.wait(QUIET_SECONDS)

    def _once(self) -> None:
        if may(self._store.actor, "edit"):
            merge_upkeep.bring_over(self._store)
        renew(self._store)
        make_keys(self._store, self._stopped.is_set)
        while not self._stopped.is_set():
            started = monotonic()
            if not compare_page(self._store):
                return
            self._stopped.wait(monotonic() - started)
