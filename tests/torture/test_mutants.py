"""Every mistake of the list is caught; ``ARM_MUTANTS`` is ``all`` or names, with
commas between them; unset, the quick ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from arm.central.embedded import EmbeddedCentral
from torture.hunt import LONGEST, Hunt
from torture.mutants import MUTANTS, QUICK, Mutant
from torture.stage import Stage
from torture.world import open_lines


def chosen() -> list[Mutant]:
    said = os.environ.get("ARM_MUTANTS")
    names = {one.name for one in MUTANTS} if said == "all" else set((said or "").split(",")) - {""}
    return [one for one in MUTANTS if one.name in (names or QUICK)]


@pytest.fixture(autouse=True)
def the_log_may_complain(caplog: pytest.LogCaptureFixture) -> None:
    """A workstation that meets a broken feed says so."""


@pytest.fixture(scope="module")
def hunt(centre: EmbeddedCentral, empty_database: Path) -> Iterator[Hunt]:
    stage = Stage.build(centre, people=4)
    lines = open_lines(stage, 4)
    yield Hunt(stage, lines, empty_database)
    for line in lines:
        line.hang_up()
    stage.close()


@pytest.mark.parametrize("mutant", chosen(), ids=lambda one: one.name)
def test_a_mistake_is_caught(hunt: Hunt, mutant: Mutant) -> None:
    caught = hunt.catch(mutant)
    print(caught)
    assert caught.by is not None, f"{mutant.name} was not caught within {LONGEST:.0f} s"


@pytest.mark.parametrize("check", ["tampering", "repair", "loading"])
def test_the_checks_find_nothing_where_nothing_is_wrong(hunt: Hunt, check: str) -> None:
    assert hunt.catch(Mutant("none", check)).by is None


def test_there_are_enough_mistakes_and_each_has_its_own_name() -> None:
    assert len({one.name for one in MUTANTS}) == len(MUTANTS) >= 25
    assert set(QUICK) <= {one.name for one in MUTANTS}
