"""A centre of its own: the storm kills its server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from arm.central.admin import provision
from arm.central.embedded import EmbeddedCentral


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCentral]:
    """A provisioned centre for one file of tests."""
    with EmbeddedCentral(tmp_path_factory.mktemp("centre")) as running:
        provision(running.admin_dsn())
        yield running
