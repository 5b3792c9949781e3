"""Hypothesis plays four workstations in three scopes against a plain model of the rules.

``ARM_TORTURE`` chooses the size: ``ci`` (unset), ``nightly`` or ``soak``; ``ARM_SEED`` other plays.
A failure prints the steps that led to it, shrunk, and a blob for ``@reproduce_failure``; put that
decorator above ``class Play`` to see it again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from torture.seat import Line
from torture.sizes import size
from torture.stage import Stage
from torture.world import World, open_lines

from arm.central.embedded import EmbeddedCentral

SEATS = st.integers(0, 3)
MANY = st.integers(0, 7)
SIZE = size()
SEED = int(os.environ.get("ARM_SEED", "20260714"))


@seed(SEED)
class Play(RuleBasedStateMachine):
    """Each rule is one step of :class:`World`; all is compared at the end and now and then."""

    stage: ClassVar[Stage]
    lines: ClassVar[list[Line]]
    empty_database: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._leaving = ExitStack()
        self.world = self._leaving.enter_context(
            World.play(self.stage, self.lines, self.empty_database)
        )

    @rule(seat=SEATS, scope=SEATS)
    def add_person(self, seat: int, scope: int) -> None:
        self.world.add_person(seat, scope)

    @rule(seat=SEATS, who=MANY)
    def add_note(self, seat: int, who: int) -> None:
        self.world.add_note(seat, who)

    @rule(seat=SEATS, who=MANY, name=SEATS)
    def edit(self, seat: int, who: int, name: int) -> None:
        self.world.edit(seat, who, name)

    @rule(seat=SEATS, who=MANY, what=st.integers(0, 8))
    def meet(self, seat: int, who: int, what: int) -> None:
        self.world.meet(seat, who, what)

    @rule(seat=SEATS, who=MANY, which=SEATS)
    def languages(self, seat: int, who: int, which: int) -> None:
        self.world.languages(seat, who, which)

    @rule(seat=SEATS, who=MANY)
    def delete(self, seat: int, who: int) -> None:
        self.world.delete(seat, who)

    @rule(seat=SEATS, who=MANY)
    def revive(self, seat: int, who: int) -> None:
        self.world.revive(seat, who)

    @rule(seat=SEATS, who=MANY, scope=st.integers(0, 2))
    def move(self, seat: int, who: int, scope: int) -> None:
        self.world.move(seat, who, scope)

    @rule(seat=SEATS)
    def undo(self, seat: int) -> None:
        self.world.undo(seat)

    @rule(seat=SEATS, which=MANY, choice=SEATS)
    def settle(self, seat: int, which: int, choice: int) -> None:
        self.world.settle(seat, which, choice)

    @rule(seat=SEATS)
    def sync(self, seat: int) -> None:
        self.world.sync(seat)

    @rule()
    def all_sync(self) -> None:
        for seat in range(4):
            self.world.sync(seat)

    @rule(seat=SEATS)
    def sync_saying_all_twice(self, seat: int) -> None:
        self.world.sync_saying_all_twice(seat)

    @rule(seat=SEATS, step=st.integers(0, 120))
    def crash_in_sync(self, seat: int, step: int) -> None:
        self.world.crash_in_sync(seat, step)

    @rule(seat=SEATS, step=st.integers(0, 20), who=MANY)
    def crash_in_edit(self, seat: int, step: int, who: int) -> None:
        self.world.crash_in_edit(seat, step, who)

    @rule(seat=SEATS, question=st.integers(0, 11), who=MANY)
    def edit_amidst_sync(self, seat: int, question: int, who: int) -> None:
        self.world.edit_amidst_sync(seat, question, who)

    @rule(seat=SEATS)
    def deliver_with_another_past(self, seat: int) -> None:
        self.world.deliver_with_another_past(seat)

    @rule(which=st.integers(0, 200))
    def deliver_again(self, which: int) -> None:
        self.world.deliver_again(which)

    @rule(seat=SEATS)
    def deliver_out_of_order(self, seat: int) -> None:
        self.world.deliver_out_of_order(seat)

    @rule(seat=SEATS, scope=st.integers(0, 2), right=SEATS)
    def flip(self, seat: int, scope: int, right: int) -> None:
        self.world.flip(seat, scope, right)

    @rule(seat=SEATS, days=st.integers(-3_650, 3_650))
    def jump(self, seat: int, days: int) -> None:
        self.world.jump(seat, days)

    @rule(seat=SEATS)
    def sync_with_a_program_too_old(self, seat: int) -> None:
        self.world.sync_with_a_program_too_old(seat)

    @rule(seat=SEATS, who=MANY)
    def edit_by_a_newer_program(self, seat: int, who: int) -> None:
        self.world.edit_by_a_newer_program(seat, who)

    @rule(seat=SEATS)
    def image(self, seat: int) -> None:
        self.world.image(seat)

    @rule(seat=SEATS)
    def set_back(self, seat: int) -> None:
        self.world.set_back(seat)

    @precondition(lambda self: self.world.pushes)
    @rule()
    def image_of_the_centre(self) -> None:
        self.world.image_of_the_centre()

    @precondition(lambda self: self.world.centre_image is not None)
    @rule(new_epoch=st.booleans())
    def set_the_centre_back(self, new_epoch: bool) -> None:
        self.world.set_the_centre_back(int(new_epoch))

    @rule()
    def all_is_compared(self) -> None:
        self.world.demand_order()

    def teardown(self) -> None:
        try:
            self.world.demand_order()
        finally:
            self._leaving.close()


@pytest.fixture(scope="module")
def staged(centre: EmbeddedCentral, empty_database: Path) -> Iterator[None]:
    print(f"ARM_SEED={SEED}")
    Play.stage = Stage.build(centre, people=4)
    Play.lines = open_lines(Play.stage, 4)
    Play.empty_database = empty_database
    yield
    for line in Play.lines:
        line.hang_up()
    Play.stage.close()


@pytest.mark.usefixtures("staged")
class TestPlays(Play.TestCase):
    """Collected by pytest."""


TestPlays.settings = settings(
    max_examples=SIZE.plays,
    stateful_step_count=SIZE.steps,
    deadline=None,
    print_blob=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
