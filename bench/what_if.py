"""One «what if» of one person – status and terms by the facts as they are and as they would be –
against the usual way to see it: write the edit, derive everything anew, take it back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from statistics import median

from arm.casework import derive, what_if
from arm.casework.route_plan import route_plan
from arm.casework.what_if import Ground
from arm.law.rulebook import open_rulebook
from arm.model import MigrationCard
from arm.store.store import Store
from bench.line import Line, lower_is_better
from bench.stage import workstation

PERSONS = 200


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _rehearsed(store: Store, ground: Ground, entered: date) -> None:
    card = ground.records["entered_on"]
    assert card is not None
    with store.rehearse() as session:
        session.get_one(MigrationCard, card).entered_on = entered
        session.flush()
        derive.refresh(session, [ground.person_id], store.clock)


def _grounds(store: Store) -> list[Ground]:
    """People whose entry is known and who have something to do on their route."""
    with store.read() as session:
        found = session.connection().exec_driver_sql(
            "SELECT person_id FROM listing WHERE NOT closed AND route IS NOT NULL LIMIT ?",
            (PERSONS * 2,),
        )
        ids = [person_id for (person_id,) in found]
    grounds = [what_if.ground(store, person_id) for person_id in ids]
    return [one for one in grounds if one.facts.entered_on and one.records["entered_on"]][:PERSONS]


def _entered(ground: Ground) -> date:
    assert ground.facts.entered_on is not None
    return ground.facts.entered_on + timedelta(days=7)


def _each(grounds: Sequence[Ground], work: Callable[[Ground], object]) -> float:
    def one(ground: Ground) -> float:
        return _milliseconds(lambda: work(ground))

    return median([one(ground) for ground in grounds])


def run() -> list[Line]:
    """Medians over people whose case is read already."""
    with workstation() as here:
        store, book = here.store, open_rulebook()
        grounds = _grounds(store)

        def ask(ground: Ground) -> object:
            changes = {"entered_on": _entered(ground), what_if.PAY_MONTHS: 1}
            return what_if.compare(ground.facts, changes, ground.on, book, ground.settled)

        asked = _each(grounds, ask)
        planned = _each(grounds, lambda one: route_plan(one, book))
        usual = _each(grounds, lambda one: _rehearsed(store, one, _entered(one)))
    name = "записать, вывести заново, откатить"
    return [
        lower_is_better("«что если» одного человека", asked, "мс", name, usual),
        lower_is_better("план маршрута одного человека", planned, "мс", name, usual),
    ]
