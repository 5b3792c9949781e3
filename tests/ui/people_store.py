"""A store full of invented people for the screens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

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
    folder.mkdir(parents=True, exist_ok=True)
    store = store_over(create_database(folder / "records.db", KEY), folder, at)
    name_office(store)
    return store


def store_over(engine: Engine, folder: Path, at: FixedClock | None = None) -> Store:
    """The store of Орлова over an open database."""
    when = at or clock()
    actor = Actor("orlova", PEOPLE["orlova"], "center_specialist", 11)
    files = FileStore(folder / "files", KEY)
    return Store(engine, when, actor, files, partial(derive.refresh, clock=when))


def name_office(store: Store) -> None:
    """Tell the store whose it is and who works there."""
    store.set_meta("office", OFFICE)
    store.set_meta("people", PEOPLE)


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
