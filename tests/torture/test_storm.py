"""Kills, cuts, delays, doubled and lost answers, half-open lines, server crashes, rights flipped,
all at once; ``ARM_TORTURE`` and ``ARM_SEED`` choose how long and which."""

from __future__ import annotations

import os
from pathlib import Path

from arm.central.embedded import EmbeddedCentral
from torture.sizes import size
from torture.storm import Plan, Storm

LONGEST_CONVERGENCE = 30.0
"""Ten on a machine that does nothing else; tests share theirs."""


def test_a_storm_loses_doubles_and_parts_nothing(
    centre: EmbeddedCentral, tmp_path: Path, empty_database: Path
) -> None:
    seed = int(os.environ.get("ARM_SEED", "1"))
    plan = Plan(seed, clients=size().storm_clients, seconds=size().storm_seconds)
    outcome = Storm(centre, tmp_path, empty_database, plan).run()
    report = "\n".join(outcome.lines())
    print(report)
    assert outcome.sound, report
    assert outcome.converged < LONGEST_CONVERGENCE, report
    for met in ("kills", "cuts", "server crashes", "rights flipped", "edits acknowledged"):
        assert outcome.counts[met], f"no {met}: the storm was a breeze\n{report}"
