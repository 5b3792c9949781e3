"""Parts tests share: a clock that stands still, a home folder, a real encrypted store."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from arm.clock import FixedClock
from arm.places import Home
from arm.store.database import create_database, open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store

DATABASE_KEY = bytes(range(32))
"""The key of test databases: only a test may know a key by heart."""


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning in the log fails the test, unless it asks for the log itself with ``caplog``."""
    if "caplog" in request.fixturenames:
        yield
        return
    seen: list[str] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(f"{record.name}: {record.getMessage()}")

    handler = Listening(logging.WARNING)
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    assert not seen, f"unexpected log lines: {seen}"


@pytest.fixture
def clock() -> FixedClock:
    """Tuesday 14 July 2026, half past nine in the morning, UTC."""
    return FixedClock(datetime(2026, 7, 14, 9, 30, tzinfo=UTC))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home of one workstation."""
    return Home(tmp_path / "home")


@pytest.fixture
def actor() -> Actor:
    """A specialist of the adaptation centre."""
    return Actor("smirnova", "Смирнова Ольга Петровна", "center_specialist", 11)


def derive_nothing(_session: Session, _person_ids: Collection[str]) -> None:
    """For tests that do not look at lists."""


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new database made once; tests copy it, which is faster than migrating each time."""
    path = tmp_path_factory.mktemp("database") / "records.db"
    create_database(path, DATABASE_KEY).dispose()
    return path


@pytest.fixture
def store(home: Home, clock: FixedClock, actor: Actor, empty_database: Path) -> Iterator[Store]:
    """A real encrypted store with nothing in it and nothing derived."""
    home.root.mkdir(parents=True, exist_ok=True)
    shutil.copy(empty_database, home.database)
    engine = open_database(home.database, DATABASE_KEY)
    yield Store(engine, clock, actor, FileStore(home.files, DATABASE_KEY), derive_nothing)
    engine.dispose()
