"""A real encrypted store whose lists, terms and search are really derived."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from arm.casework import derive
from arm.clock import FixedClock
from arm.places import Home
from arm.store.database import open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store

DATABASE_KEY = bytes(range(32))


@pytest.fixture
def clock() -> FixedClock:
    """Tuesday 5 May 2026, 12:00 in UTC: the day of the mockups."""
    return FixedClock(datetime(2026, 5, 5, 12, tzinfo=UTC))


@pytest.fixture
def actor() -> Actor:
    """A specialist of the adaptation centre."""
    return Actor("orlova", "Орлова Мария Сергеевна", "center_specialist", 11)


@pytest.fixture
def store(home: Home, clock: FixedClock, actor: Actor, empty_database: Path) -> Iterator[Store]:
    """A real encrypted store; every write derives what lists show."""
    home.root.mkdir(parents=True, exist_ok=True)
    shutil.copy(empty_database, home.database)
    engine = open_database(home.database, DATABASE_KEY)
    store = Store(
        engine,
        clock,
        actor,
        FileStore(home.files, DATABASE_KEY),
        partial(derive.refresh, clock=clock),
    )
    store.set_meta(
        "office",
        {
            "name": "Центр адаптации «Северный»",
            "short_name": "ММЦ «Северный»",
            "region": "63",
            "region_name": "Самарская область",
        },
    )
    store.set_meta(
        "people",
        {"orlova": "Орлова Мария Сергеевна", "tihonova": "Тихонова Елена Викторовна"},
    )
    store.set_meta("client_number", 17)
    yield store
    engine.dispose()
