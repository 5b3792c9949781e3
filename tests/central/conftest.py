"""A real PostgreSQL for this room's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from centre_parts import Organisation, make_organisation

from arm.central.admin import provision
from arm.central.embedded import EmbeddedCentral


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
