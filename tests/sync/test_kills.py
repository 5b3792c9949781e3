"""kill -9 in the middle of edits, exchanges and first loads: nothing acknowledged is lost.

The number of kills is ``ARM_TEST_KILLS`` (120 if unset).
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from centre_parts import (
    PASSWORD,
    Desk,
    MakeDesk,
    Organisation,
    assert_feed_sound,
    assert_same,
    kept_somewhere,
)
from nursery import Nursery, kill

from arm.central.bulk import copy_documents

KILLS = int(os.environ.get("ARM_TEST_KILLS", "120"))
LONGEST_LIFE = 0.5

Start = Callable[..., int]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a workstation process for a desk's folder; returns its id."""
    with Nursery(Path(__file__).with_name("workstation_process.py")) as nursery:

        def begin(desk: Desk, run: str) -> int:
            centre = desk.organisation.centre
            order = {
                "folder": str(desk.folder),
                "login": desk.login,
                "scope": desk.organisation.scope,
                "host": centre.host,
                "port": centre.port,
                "dbname": centre.database,
                "password": PASSWORD,
                "run": run,
            }
            return nursery.start(order)

        yield begin


def live_and_die(desk: Desk, start: Start, chance: random.Random, run: str) -> None:
    process = start(desk, run)
    time.sleep(chance.uniform(0.03, LONGEST_LIFE))
    kill(process)
    failure = desk.folder / "failure.txt"
    assert not failure.exists(), failure.read_text("utf-8")


def typed(desk: Desk) -> list[str]:
    journal = desk.folder / "tokens.txt"
    return journal.read_text("utf-8").split() if journal.exists() else []


def assert_nothing_lost(desks: list[Desk], organisation: Organisation) -> None:
    for desk in desks * 2:
        desk.sync()
    text = kept_somewhere(organisation)
    for desk in desks:
        tokens = typed(desk)
        assert tokens
        assert [token for token in tokens if f'"{token}"' not in text] == []
        assert desk.engine.state.pending == 0
        assert_same(desk)
    assert_feed_sound(organisation)
    assert [desk.conflicts() for desk in desks[1:]] == [desks[0].conflicts()] * (len(desks) - 1)
    for desk in desks:
        assert desk.rows("PRAGMA integrity_check") == [("ok",)]


def test_two_workstations_killed_in_the_middle_of_edits_and_exchanges(
    make_desk: MakeDesk, organisation: Organisation, start: Start
) -> None:
    chance = random.Random(20260714)
    desks = [make_desk(0), make_desk(1)]
    lives = KILLS * 2 // 3 // 2 * 2
    for turn in count(0, 2):
        if turn >= lives and sum(len(typed(desk)) for desk in desks) > lives:
            break
        assert turn < 8 * lives, "they type too little before they are killed"
        # both at once, so that they also meet in the centre
        running = [(desk, start(desk, f"{turn}-{place}")) for place, desk in enumerate(desks)]
        chance.shuffle(running)
        for desk, process in running:
            time.sleep(chance.uniform(0.03, LONGEST_LIFE))
            kill(process)
            failure = desk.folder / "failure.txt"
            assert not failure.exists(), failure.read_text("utf-8")
    assert_nothing_lost(desks, organisation)


def test_a_workstation_killed_in_the_middle_of_its_first_load(
    make_desk: MakeDesk, organisation: Organisation, start: Start
) -> None:
    chance = random.Random(42)
    documents = [
        (kind, f"k-{organisation.scope}-{number:05}-{kind[0]}", body)
        for number in range(1_000)
        for kind, body in (
            ("person", {"surname": f"Ф{number}", "languages": ["uz"]}),
            ("identity_document", {"number": f"{number:07}"}),
        )
    ]
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        copy_documents(admin, organisation.scope, documents)
    lives = KILLS - KILLS * 2 // 3 // 2 * 2
    desks: list[Desk] = []
    partly = 0
    for life in count():
        if life >= lives and partly:
            break
        assert life < 8 * lives, "no kill fell into a first load"
        if life % 5 == 0:  # a new workstation: five lives each
            desks.append(make_desk(life // 5 % 3, name=f"новое-{life}"))
        live_and_die(desks[-1], start, chance, f"l{life}")
        partly += bool(desks[-1].rows("SELECT 1 FROM hydrate"))
    for desk in desks:
        desk.sync()
    assert_nothing_lost([desk for desk in desks if typed(desk)], organisation)
    for desk in desks:
        assert_same(desk)
