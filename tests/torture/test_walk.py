"""Seeded walks through all that can happen; ``ARM_TORTURE`` and ``ARM_SEED`` choose which."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from arm.central.embedded import EmbeddedCentral
from torture.seat import Line
from torture.sizes import size
from torture.stage import Stage
from torture.world import START, World, open_lines, walk

SEED = int(os.environ.get("ARM_SEED", "1"))
STEPS = 120
NOT_REPEATABLE = ("jump", "crash_in_edit")
"""A crash in an edit may hide from us whether the record was made."""


@pytest.fixture(scope="module")
def stage(centre: EmbeddedCentral) -> Iterator[Stage]:
    built = Stage.build(centre, people=4)
    yield built
    built.close()


@pytest.fixture(scope="module")
def lines(stage: Stage) -> Iterator[list[Line]]:
    opened = open_lines(stage, 4)
    yield opened
    for line in opened:
        line.hang_up()


def test_whatever_happens_nothing_is_lost_and_the_rules_hold(
    stage: Stage, lines: list[Line], empty_database: Path
) -> None:
    counts: Counter[str] = Counter()
    for seed in range(SEED, SEED + size().walks):
        print(f"ARM_SEED={seed}")
        with World.play(stage, lines, empty_database) as world:
            walk(world, seed, STEPS)
            counts.update(world.statistics)
    print(dict(counts))
    for met in ("crashes", "conflict", "denied", "flips", "delivered again"):
        assert counts[met], f"no {met} in all the walks"


def test_clocks_ten_years_off_and_jumping_change_nothing_that_people_see(
    stage: Stage, lines: list[Line], empty_database: Path
) -> None:
    chance = random.Random(SEED)
    for seed in range(SEED, SEED + (size().walks + 1) // 2):
        seen = []
        for skewed in (False, True):
            years = [chance.randrange(-3_650, 3_651) for _ in lines] if skewed else [0] * 4
            clocks = random.Random(seed) if skewed else None
            with World.play(
                stage,
                lines,
                empty_database,
                clocks=lambda place, years=years: START + timedelta(days=years[place]),
            ) as world:
                walk(world, seed, STEPS // 2, without=NOT_REPEATABLE, clocks=clocks)
                seen.append(world.fingerprint())
        print(f"ARM_SEED={seed} {seen}")
        assert seen[0] == seen[1], f"ARM_SEED={seed}"
