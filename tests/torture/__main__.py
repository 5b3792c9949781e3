"""``python -m tests.torture WHAT``: one of the long tests by itself, with its figures.

storm · race · oracle · walk · mutants · load, each with ``--seed`` and sizes; see docs/torture.md.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from centre_parts import KEY  # noqa: E402  # found by the line above

from arm.central.admin import provision  # noqa: E402
from arm.central.embedded import EmbeddedCentral  # noqa: E402
from arm.store.database import create_database  # noqa: E402
from torture.broken_load import Plan as Breaks  # noqa: E402
from torture.broken_load import break_first_load  # noqa: E402
from torture.hunt import Caught, Hunt  # noqa: E402
from torture.mutants import MUTANTS  # noqa: E402
from torture.oracle import Oracle  # noqa: E402
from torture.race import race  # noqa: E402
from torture.stage import Stage  # noqa: E402
from torture.storm import Plan, Storm  # noqa: E402
from torture.world import World, open_lines, walk  # noqa: E402


def main() -> int:
    """Run and print; 0 if all held."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("what", choices=("storm", "race", "oracle", "walk", "mutants", "load"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=150, help="of a storm")
    parser.add_argument("--clients", type=int, default=6, help="of a storm")
    parser.add_argument("--pause", type=float, default=0.03, help="between two acts of a person")
    parser.add_argument("--changes", type=int, default=1_000_000, help="of a race")
    parser.add_argument("--each", type=int, default=25, help="changes in a transaction")
    parser.add_argument("--queries", type=int, default=50_000, help="of the oracle")
    parser.add_argument("--walks", type=int, default=20)
    parser.add_argument("--steps", type=int, default=120, help="of a walk")
    parser.add_argument("--persons", type=int, default=150_000, help="of a first load")
    parser.add_argument("--kills", type=int, default=100, help="in a first load")
    parser.add_argument("--only", default="", help="mutants with this in their names")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="torture-") as place:
        folder = Path(place)
        with EmbeddedCentral(folder / "centre") as centre:
            provision(centre.admin_dsn())
            create_database(folder / "empty.db", KEY).dispose()
            began = time.monotonic()
            run = {
                "storm": _storm, "race": _race, "oracle": _oracle, "walk": _walk,
                "mutants": _mutants, "load": _load,
            }[said.what]  # fmt: skip
            held = run(centre, folder, said)
            print(f"{time.monotonic() - began:.1f} s, {'all held' if held else 'IT DID NOT HOLD'}")
    return 0 if held else 1


def _storm(centre: EmbeddedCentral, folder: Path, said: argparse.Namespace) -> bool:
    plan = Plan(said.seed, clients=said.clients, seconds=said.seconds, pause=said.pause)
    outcome = Storm(centre, folder / "desks", folder / "empty.db", plan).run()
    print("\n".join(outcome.lines()))
    return outcome.sound


def _race(centre: EmbeddedCentral, _: Path, said: argparse.Namespace) -> bool:
    stage = Stage.build(centre, people=1)
    ours = race(stage, said.changes, "locked", said.each)
    print(ours, flush=True)
    theirs = race(stage, min(said.changes, 200_000), "bigserial", said.each)
    print(theirs)
    sound = not (ours.missed or ours.gaps or ours.twice or ours.failures)
    return sound and theirs.missed >= 0.01 * theirs.committed


def _oracle(centre: EmbeddedCentral, _: Path, said: argparse.Namespace) -> bool:
    verdict = Oracle(centre, said.seed).run(said.queries)
    print(verdict)
    return verdict.sound


def _walk(centre: EmbeddedCentral, folder: Path, said: argparse.Namespace) -> bool:
    stage = Stage.build(centre, people=4)
    lines = open_lines(stage, 4)
    counts: Counter[str] = Counter()
    for seed in range(said.seed, said.seed + said.walks):
        with World.play(stage, lines, folder / "empty.db") as world:
            print(f"seed {seed}", flush=True)
            walk(world, seed, said.steps)
            counts.update(world.statistics)
    print(dict(counts))
    return True


def _load(centre: EmbeddedCentral, folder: Path, said: argparse.Namespace) -> bool:
    plan = Breaks(said.seed, said.persons, said.kills)
    outcome = break_first_load(centre, folder / "desks", folder / "empty.db", plan)
    print(outcome)
    return outcome.sound


def _mutants(centre: EmbeddedCentral, folder: Path, said: argparse.Namespace) -> bool:
    logging.disable(logging.ERROR)  # a workstation that meets a broken feed says so
    stage = Stage.build(centre, people=4)
    hunt = Hunt(stage, open_lines(stage, 4), folder / "empty.db")
    caught: list[Caught] = []
    for mutant in MUTANTS:
        if said.only in mutant.name:
            caught.append(hunt.catch(mutant))
            print(caught[-1], flush=True)
    missed = [one.mutant.name for one in caught if one.by is None]
    print(f"{len(caught) - len(missed)} of {len(caught)} caught; missed: {missed}")
    return not missed


if __name__ == "__main__":
    sys.exit(main())
