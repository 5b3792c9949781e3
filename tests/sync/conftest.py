"""Desks around a real centre."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from centre_parts import Desk, MakeDesk, Organisation, make_organisation, open_desk

from arm.central.admin import provision
from arm.central.embedded import EmbeddedCentral
from arm.clock import FixedClock


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCentral]:
    """A provisioned centre, one for the whole run; each test makes its own organisation."""
    with EmbeddedCentral(tmp_path_factory.mktemp("centre")) as running:
        provision(running.admin_dsn())
        yield running


@pytest.fixture
def organisation(centre: EmbeddedCentral) -> Organisation:
    """An organisation of this test only."""
    return make_organisation(centre)


@pytest.fixture
def make_desk(
    organisation: Organisation, tmp_path: Path, empty_database: Path
) -> Iterator[MakeDesk]:
    """Opens desks of the test's organisation; each has its own clock, all are closed after."""
    opened: list[Desk] = []

    def make(place: int = 0, name: str = "", **options: Any) -> Desk:
        login = organisation.logins[place]
        clock = FixedClock(datetime(2026, 7, 14, 9, 30, tzinfo=UTC))
        desk = open_desk(
            organisation, login, tmp_path / (name or login), empty_database, clock, **options
        )
        opened.append(desk)
        return desk

    yield make
    for desk in opened:
        desk.close()


@pytest.fixture
def two(make_desk: MakeDesk) -> tuple[Desk, Desk]:
    """Two desks that have met the centre and hold the same one person."""
    first, second = make_desk(0), make_desk(1)
    first.take_in("Мамедов", given="Эльчин", phone="+79000003170", languages=frozenset({"az"}))
    first.sync()
    second.sync()
    return first, second
