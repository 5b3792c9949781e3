"""When norms change, the window counts everybody anew in the background and says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from shell_parts import PASSWORD

from arm.casework import law_book, law_decisions, recompute
from arm.model import MigrationCard, Person, new_id
from arm.places import Home
from arm.store.store import Store
from arm.workstation import open_workstation
from ui.shell.frame import Frame


def signed_in(open_frame: Callable[[Home], Frame], own_home: Home) -> Frame:
    frame = open_frame(own_home)
    frame.sign_in("orlova", PASSWORD)
    assert frame.background.drain(20_000)
    assert frame.main is not None
    return frame


def decide(store: Store) -> None:
    """Registration in 20 days instead of 15 for Uzbekistan."""
    store.actor = replace(store.actor, role="center_supervisor")
    row = law_book.rulebook(store).tables.on("registration.term", date(2026, 7, 1), "UZB")
    law_decisions.decide_value(store, row, "новое соглашение", {"days": 20})


def due_on(store: Store) -> str:
    with store.read() as session:
        found = session.connection().exec_driver_sql(
            "SELECT due_on FROM due WHERE rule = 'registration'"
        )
        return str(found.scalar_one())


def take_in(store: Store) -> None:
    with store.write("Принят человек") as session:
        person = Person(id=new_id(), surname="Каримов", citizenship="UZB")
        session.add(person)
        session.add(
            MigrationCard(person_id=person.id, entered_on=date(2026, 7, 10), purpose="work")
        )


def test_a_decision_moves_terms_without_anybody_asking(
    open_frame: Callable[[Home], Frame], own_home: Home
) -> None:
    frame = signed_in(open_frame, own_home)
    assert frame.main is not None
    store = frame.main.workstation.store
    take_in(store)
    assert due_on(store) == "2026-07-24"  # 10.07 is day 1 of 15
    decide(store)
    assert frame.background.drain(20_000)
    assert due_on(store) == "2026-07-29"  # day 20
    assert not recompute.needed(store)
    (notice,) = [one for one in frame.main.notices.all if one.key == "law"]
    assert notice.text == "Сроки или статус изменились в 1\u00a0деле"
    assert frame.main.status._law.accessibleName().startswith("Нормы от ")


def test_counting_broken_off_by_closing_goes_on_at_the_next_sign_in(
    open_frame: Callable[[Home], Frame], own_home: Home
) -> None:
    frame = signed_in(open_frame, own_home)
    assert frame.main is not None
    store = frame.main.workstation.store
    take_in(store)
    frame.close()  # the decision comes while no window looks

    with open_workstation(own_home, "orlova", PASSWORD, frame.clock) as here:
        decide(here.store)
        assert due_on(here.store) == "2026-07-24"
        assert recompute.needed(here.store)
    again = signed_in(open_frame, own_home)
    assert again.main is not None
    assert due_on(again.main.workstation.store) == "2026-07-29"
