"""No reader that goes by the product's cursor misses a change; one that goes by bigserial does."""

from __future__ import annotations

from arm.central.embedded import EmbeddedCentral
from torture.race import race
from torture.sizes import size
from torture.stage import Stage


def test_no_change_is_missed_and_the_same_race_beats_a_bigserial(centre: EmbeddedCentral) -> None:
    changes = size().race_changes
    stage = Stage.build(centre, people=1)
    each = 4 if changes < 100_000 else 25
    ours, theirs = race(stage, changes, "locked", each), race(stage, changes, "bigserial", each)
    stage.close()
    print(ours, theirs, sep="\n")
    assert ours.failures == theirs.failures == []
    assert ours.committed >= changes // 16 * 16
    assert (ours.missed, ours.twice, ours.gaps) == (0, 0, 0), str(ours)
    assert theirs.missed >= 0.01 * theirs.committed, f"void: {theirs}"
