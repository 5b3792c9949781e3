"""How much of it: ``ARM_TORTURE`` is ``ci`` (unset), ``nightly`` or ``soak``."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """``plays`` × ``steps`` for the state machine, the rest as their tests say."""

    plays: int
    steps: int
    walks: int
    storm_seconds: int
    storm_clients: int
    race_changes: int
    oracle_queries: int
    policy_rows: int
    broken_load: tuple[int, int, int]
    """Persons, kills, records a page."""


CI = Size(
    plays=15, steps=25, walks=2, storm_seconds=15, storm_clients=6, race_changes=20_000,
    oracle_queries=2_000, policy_rows=100_000, broken_load=(400, 8, 50),
)  # fmt: skip
NIGHTLY = Size(
    plays=500, steps=60, walks=40, storm_seconds=150, storm_clients=8, race_changes=200_000,
    oracle_queries=50_000, policy_rows=1_000_000, broken_load=(20_000, 100, 1_000),
)  # fmt: skip
SOAK = Size(
    plays=20_000, steps=100, walks=1_000, storm_seconds=3_600, storm_clients=10,
    race_changes=1_000_000, oracle_queries=500_000, policy_rows=1_000_000,
    broken_load=(150_000, 100, 5_000),
)  # fmt: skip
SIZES = {"ci": CI, "nightly": NIGHTLY, "soak": SOAK}


def size() -> Size:
    """The size that was asked for."""
    return SIZES[os.environ.get("ARM_TORTURE", "ci")]
