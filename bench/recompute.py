"""Everybody's terms under another book of norms – what a rule pack would change, and the change
itself – against deriving the same people whole, and one case by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from statistics import median

from arm.casework import derive, law_book, recompute
from arm.law.amendments import Amendment, amended
from arm.law.rulebook import RuleBook
from arm.law.tables import Decision
from arm.store.database import raw_of
from arm.store.store import Store
from bench.line import Line, higher_is_better, lower_is_better
from bench.stage import workstation

DERIVED_WHOLE = 10_000
"""People of the baseline."""
ONE = 300
"""Cases computed one at a time."""


def _other(book: RuleBook) -> RuleBook:
    """Registration of citizens of Uzbekistan in 20 days instead of 15."""
    row = book.tables.on("registration.term", date(2026, 5, 4), "UZB")
    longer = replace(row, values={**row.values, "days": 20})
    return amended(book, [Amendment(Decision("bench", "", row.checked_on, ""), (longer,))])


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _write_all(store: Store, ids: Sequence[str], book: RuleBook) -> None:
    """As ``recompute`` does it, taken back page by page, so that nothing is left of it."""
    today = store.clock.today()
    for start in range(0, len(ids), recompute.STEP):
        with store.rehearse() as session:
            driver = raw_of(session)
            page = ids[start : start + recompute.STEP]
            derive.write_recomputed(driver, derive.under(driver, page, today, book))


def run() -> list[Line]:
    """People a second over everybody; milliseconds of a single case, in the median."""
    with workstation() as here:
        store, book = here.store, law_book.rulebook(here.store)
        other = _other(book)
        with store.read() as session:
            found = session.connection().exec_driver_sql("SELECT person_id FROM listing")
            ids = [person_id for (person_id,) in found]
        count = len(ids)
        whole = ids[:DERIVED_WHOLE]
        with store.rehearse() as session:
            usual = len(whole) / _seconds(lambda: derive.refresh(session, whole, store.clock))
        seen = count / _seconds(lambda: recompute.effects(store, other))
        done = count / _seconds(lambda: _write_all(store, ids, other))
        one = median([_seconds(partial(_single, store, person, other)) for person in ids[:ONE]])
        alone = median([_seconds(partial(_refresh, store, person)) for person in ids[:ONE]])
    name = "вывести человека целиком"
    every = f"{count} чел."
    return [
        higher_is_better(f"что изменит пакет норм, {every}", seen, "чел./с", name, usual),
        higher_is_better(f"пересчёт по новым нормам, {every}", done, "чел./с", name, usual),
        lower_is_better("сроки одного дела", one * 1000, "мс", name, alone * 1000),
    ]


def _single(store: Store, person: str, book: RuleBook) -> None:
    with store.read() as session:
        driver = raw_of(session)
        derive.under(driver, [person], store.clock.today(), book)


def _refresh(store: Store, person: str) -> None:
    with store.rehearse() as session:
        derive.refresh(session, [person], store.clock)
