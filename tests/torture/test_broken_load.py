"""A first load killed again and again; how large and how often: ``ARM_TORTURE``."""

from __future__ import annotations

from pathlib import Path

from arm.central.embedded import EmbeddedCentral
from torture.broken_load import Plan, break_first_load
from torture.sizes import size


def test_a_first_load_killed_again_and_again_ends_as_an_undisturbed_one(
    centre: EmbeddedCentral, empty_database: Path, tmp_path: Path
) -> None:
    persons, kills, page = size().broken_load
    plan = Plan(seed=7, persons=persons, kills=kills, page=page)
    outcome = break_first_load(centre, tmp_path, empty_database, plan)
    print(outcome)
    assert outcome.sound, outcome
