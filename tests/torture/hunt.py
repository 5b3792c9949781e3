"""Which test catches which mistake, and how soon."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from arm.errors import ExpectedError
from arm.sync.feed import FeedBroken
from torture.mutants import Mutant
from torture.oracle import Oracle
from torture.race import race
from torture.seat import Crash, Line
from torture.stage import Stage
from torture.world import Broken, World, walk

LONGEST = 240.0
"""A quiet machine needs a quarter of it for the slowest."""
WALK_STEPS = 60
COMPARED_EVERY = 20
RACED_CHANGES = 4_000
ASKED = 400
SEATS, SCOPES = 3, 2
LOADED = 20


@dataclass(frozen=True)
class Caught:
    """``by``: which check, and what it said; None if nobody did."""

    mutant: Mutant
    by: str | None
    seconds: float

    def __str__(self) -> str:
        words = (self.by or "MISSED").replace("\n", " ")[:90]
        return f"{self.mutant.name:<52} {self.seconds:>6.1f} s  {words}"


class Hunt:
    """Checks to set upon a mistake."""

    def __init__(self, stage: Stage, lines: list[Line], empty_database: Path) -> None:
        self.stage = stage
        self.lines = lines
        self.empty_database = empty_database
        self._oracles = itertools.count(50_000)

    def catch(self, mutant: Mutant) -> Caught:
        """Run the mutant's check until it is caught or :data:`LONGEST` is over."""
        check: Callable[[Mutant, float], str | None] = getattr(self, f"_{mutant.check}")
        began = time.monotonic()
        with mutant.at_work(self.stage.admin):
            by = check(mutant, began + LONGEST)
        return Caught(mutant, by, time.monotonic() - began)

    def _walk(self, mutant: Mutant, until: float) -> str | None:
        for seed in itertools.count():
            if time.monotonic() > until:
                return None
            # few and near each other, so that they meet soon
            with World.play(
                self.stage, self.lines[:SEATS], self.empty_database, scopes=SCOPES
            ) as world:
                try:
                    walk(world, seed, WALK_STEPS, check_every=COMPARED_EVERY, often=mutant.often)
                except Broken as told:
                    return f"walk: {str(told).splitlines()[0]}"
                except (ExpectedError, psycopg.Error, AssertionError) as error:
                    return f"walk: {type(error).__name__}"
                except Crash:
                    continue
        return None

    def _race(self, _: Mutant, __: float) -> str | None:
        raced = race(self.stage, RACED_CHANGES)
        if raced.failures:
            return f"race: {raced.failures[0]}"
        return f"race: {raced}" if raced.missed or raced.gaps or raced.twice else None

    def _oracle(self, _: Mutant, until: float) -> str | None:
        while time.monotonic() < until:
            verdict = Oracle(self.stage.centre, next(self._oracles), organisations=2).run(ASKED)
            if not verdict.sound:
                return f"oracle: {[*verdict.leaks, *verdict.withheld, *verdict.trespasses][0]}"
        return None

    def _loading(self, _: Mutant, __: float) -> str | None:
        """A workstation dies at every step of a first load in turn."""
        with World.play(self.stage, self.lines[:2], self.empty_database, scopes=1) as world:
            for _person in range(LOADED):
                world.add_person(0, 0)
            world.sync(0)
            world.sync(1)
            world.flip(1, 0, 0)
            world.sync(1)
            world.flip(1, 0, 2)
            for step in range(3, 400):
                if not world.seats[1].crash_in(step, partial(world.sync, 1)):
                    break
            try:
                world.demand_order()
            except Broken as told:
                return f"loading: {str(told).splitlines()[0]}"
        return None

    def _tampering(self, _: Mutant, __: float) -> str | None:
        """Somebody with a database client changes history before a workstation has heard it."""
        with World.play(self.stage, self.lines, self.empty_database) as world:
            world.add_person(0, 0)
            for seat in range(3):
                world.sync(seat)
            world.edit(0, 0, 0)
            world.sync(0)
            self.stage.admin.execute(
                "UPDATE arm.change SET author = 'другой' WHERE scope = %s AND seq = 2",
                (world.scopes[0],),
            )
            try:
                world.sync(2)
            except FeedBroken:
                return None
        return "tampering: a changed entry was believed"

    def _repair(self, _: Mutant, __: float) -> str | None:
        """The administrator mends a record by hand and says so by a new epoch."""
        with World.play(self.stage, self.lines, self.empty_database) as world:
            world.add_person(0, 0)
            world.sync(0)
            world.sync(1)
            self.stage.admin.execute(
                'UPDATE arm.doc SET body = body || \'{"surname": "исправлено"}\' WHERE scope = %s',
                (world.scopes[0],),
            )
            self.stage.admin.execute("UPDATE arm.centre SET feed_epoch = gen_random_uuid()")
            world.sync(1)
            shown = world.seats[1].rows("SELECT surname FROM person")
            return None if shown == [("исправлено",)] else f"repair: {shown}"
