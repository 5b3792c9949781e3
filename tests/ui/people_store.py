"""A store full of invented people for the screens."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy.orm import Session

from arm.casework import demonstration, derive
from arm.clock import FixedClock
from arm.model import from_wire, kinds
from arm.model.record import fields
from arm.store.database import create_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store

KEY = bytes(range(32))
NOON = datetime(2026, 5, 5, 9, 22, tzinfo=UTC)
PEOPLE = {
    "orlova": "Орлова Мария Сергеевна",
    "tihonova": "Тихонова Елена Владимировна",
    "gusev": "Гусев Артём Павлович",
}
OFFICE = {
    "name": "Многофункциональный миграционный центр «Северный»",
    "short_name": "ММЦ «Северный»",
    "region": "40",
    "region_name": "Приокская область",
}
STEP = 5_000
"""Records a transaction."""


def clock() -> FixedClock:
    """Tuesday 5 May 2026, the day of the pictures."""
    return FixedClock(NOON)


def new_store(folder: Path, at: FixedClock | None = None) -> Store:
    """An encrypted store with an office and its people, and nobody in it."""
    when = at or clock()

    def recompute(session: Session, ids: Collection[str]) -> None:
        derive.refresh(session, ids, when)

    folder.mkdir(parents=True, exist_ok=True)
    engine = create_database(folder / "records.db", KEY)
    actor = Actor("orlova", PEOPLE["orlova"], "center_specialist", 11)
    store = Store(engine, when, actor, FileStore(folder / "files", KEY), recompute)
    store.set_meta("office", OFFICE)
    store.set_meta("people", PEOPLE)
    return store


def fill(store: Store, persons: int, seed: int = 7) -> None:
    """Load invented people as the first load from the centre would."""
    made = demonstration.people(persons, seed, store.clock.today(), "40", 12, tuple(PEOPLE))
    everything = iter(made)
    while batch := list(islice(everything, STEP)):
        _merge(store, batch)


def _merge(store: Store, batch: Iterable[demonstration.Made]) -> None:
    with store.merge("load") as session:
        touched = session.info["touched"]
        for kind, record_id, wire in batch:
            cls = kinds()[kind]
            specs = fields(cls)
            values = {name: from_wire(specs[name], value) for name, value in wire.items()}
            session.add(cls(id=record_id, scope=store.actor.scope, ver=1, **values))
            owner = wire.get("person_id") or (record_id if kind == "person" else None)
            touched.add((kind, record_id, owner))


@contextmanager
def people_store(persons: int) -> Iterator[Store]:
    """A store with this many people in a folder that goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="arm-bench-") as folder:
        store = new_store(Path(folder))
        fill(store, persons)
        yield store
        store.engine.dispose()
