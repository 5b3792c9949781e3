"""Everything derived of a page of people – list, terms, search – against the same law over mapped
objects, person by person, written through the mapper: the usual way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from arm.casework import derive
from arm.casework.facts import read_facts
from arm.law.deadlines import deadlines
from arm.law.facts import StayFacts
from arm.law.rulebook import open_rulebook
from arm.model import CaseFacts
from arm.store import tables
from arm.store.filling import begin_filling
from arm.store.store import Store
from bench.line import Line, higher_is_better
from bench.stage import workstation

PERSONS = int(os.environ.get("BENCH_DERIVED", "10000"))
"""People computed anew in one run."""
ONE_BY_ONE = 300
"""People of the baseline: it is slow."""


def _facts(case: CaseFacts) -> StayFacts:
    person, card, permit, place = case.person, case.card, case.permit, case.registration
    return StayFacts(
        citizenship=person.citizenship,
        birth_date=person.birth_date,
        entered_on=card.entered_on if card else None,
        purpose=card.purpose if card else None,
        stay_until=card.stay_until if card else None,
        registered_on=place.registered_on if place else None,
        registration_until=place.valid_to if place else None,
        permit_type=permit.permit_type if permit else None,
        permit_issued_on=permit.issued_on if permit else None,
        permit_until=permit.valid_to if permit else None,
        document_until=case.document.valid_to if case.document else None,
        closed=case.case is not None and case.case.closed_on is not None,
    )


def _one_by_one(store: Store, ids: Sequence[str], session: Session) -> None:
    book = open_rulebook()
    for person_id in ids:
        case = read_facts(session, store, person_id)
        session.execute(delete(tables.due).where(tables.due.c.person_id == person_id))
        for term in deadlines(_facts(case), book):
            session.execute(
                insert(tables.due).values(
                    person_id=person_id,
                    rule=term.rule,
                    title=term.title,
                    detail=term.detail,
                    icon=term.icon,
                    who=term.who,
                    due_on=term.due_on.isoformat(),
                    explanation=term.explanation.to_json(),
                )
            )


def _clear(session: Session) -> None:
    """As at a first load: nothing is derived of anybody yet."""
    run = session.connection().exec_driver_sql
    for table in ("listing", "due", "search_person"):
        run(f"DELETE FROM {table}")
    for table in ("search_words", "search_fragments"):
        run(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    begin_filling(session)


def _as_it_stands(session: Session) -> None:
    """Nothing to prepare."""


Work = Callable[[Session], None]


def _rate(store: Store, count: int, work: Work, prepare: Work = _as_it_stands) -> float:
    with store.rehearse() as session:
        prepare(session)
        started = time.perf_counter()
        work(session)
        return count / (time.perf_counter() - started)


def run() -> list[Line]:
    """People a second: where nothing stands, and where all is as computed already."""
    with workstation() as here:
        store = here.store
        with store.read() as session:
            driver = session.connection().connection.driver_connection
            found = driver.execute("SELECT id FROM person LIMIT ?", (PERSONS,))  # type: ignore[union-attr]  # just connected
            ids = [person_id for (person_id,) in found]
        few = ids[:ONE_BY_ONE]
        usual = _rate(store, len(few), partial(_one_by_one, store, few))
        refresh = partial(derive.refresh, person_ids=ids, clock=store.clock)
        same = _rate(store, len(ids), refresh)
        anew = _rate(store, len(ids), refresh, _clear)
    name = "через отображение объектов, без списка и поиска"
    return [
        higher_is_better("выводимое заново", anew, "чел./с", name, usual),
        higher_is_better("выводимое без перемен", same, "чел./с", name, usual),
    ]
