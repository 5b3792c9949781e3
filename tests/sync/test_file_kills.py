"""kill -9 while files are attached, sent and fetched: each is whole on both sides or still waits.

The number of kills is a sixth of ``ARM_TEST_KILLS`` (120 if unset).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from centre_parts import PASSWORD, Desk, Organisation, assert_feed_sound, assert_same
from files_parts import all_through, at_centre, fingerprint

from arm.casework.editing import read_file
from arm.casework.files import fetch_file

KILLS = int(os.environ.get("ARM_TEST_KILLS", "120")) // 6
HERE = Path(__file__).parent
PATHS = os.pathsep.join(str(path) for path in (HERE, HERE.parents[1]))


@pytest.fixture
def start() -> Iterator[Callable[[Desk, str, int], int]]:
    """Starts a workstation process for a desk's folder; returns its id."""
    with subprocess.Popen(
        [sys.executable, str(HERE / "file_process.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": PATHS},
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        orders, answers = nursery.stdin, nursery.stdout

        def begin(desk: Desk, person: str, run: int) -> int:
            centre = desk.organisation.centre
            order = {
                "folder": str(desk.folder),
                "login": desk.login,
                "scope": desk.organisation.scope,
                "host": centre.host,
                "port": centre.port,
                "dbname": centre.database,
                "password": PASSWORD,
                "person": person,
                "run": run,
            }
            orders.write(json.dumps(order) + "\n")
            orders.flush()
            return int(answers.readline())

        yield begin
        orders.close()


def kill(process: int, desk: Desk) -> None:
    """SIGKILL, and wait until it is gone: its file lock goes with it."""
    os.kill(process, signal.SIGKILL)
    while True:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            break
        time.sleep(0.002)
    failure = desk.folder / "failure.txt"
    assert not failure.exists(), failure.read_text("utf-8")


def attached_by(desk: Desk) -> list[str]:
    journal = desk.folder / "files.txt"
    return journal.read_text().splitlines() if journal.exists() else []


def test_workstations_killed_while_files_are_on_their_way(
    two: tuple[Desk, Desk], organisation: Organisation, start: Callable[[Desk, str, int], int]
) -> None:
    chance = random.Random(6)
    who = str(two[0].rows("SELECT id FROM person")[0][0])
    half_way = 0
    for turn in range(0, KILLS, 2):
        running = [(start(desk, who, turn + n), desk) for n, desk in enumerate(two)]
        before = [len(attached_by(desk)) for desk in two]
        while any(len(attached_by(desk)) == count for desk, count in zip(two, before, strict=True)):
            time.sleep(0.01)  # on a busy machine a workstation takes its time to open
        for process, desk in running:
            time.sleep(chance.uniform(0.02, 0.6))
            kill(process, desk)
            half_way += bool(desk.rows("SELECT 1 FROM blob WHERE done > 0 OR state = 'unsent'"))
    assert half_way > 0, "no kill fell into a transfer"
    for desk in (*two, *two):
        all_through(desk)
    attached = {sha256 for desk in two for sha256 in attached_by(desk)}
    assert len(attached) > KILLS
    for sha256 in attached:
        whole = at_centre(organisation, sha256)
        assert whole is not None
        assert fingerprint(whole) == sha256
    for desk in two:
        named = dict(desk.rows("SELECT id, sha256 FROM attachment"))
        assert attached <= set(named.values())
        for record_id in named:
            fetch_file(desk.store, record_id)
        desk.engine.files.exchange()
        for record_id, sha256 in named.items():
            assert fingerprint(read_file(desk.store, record_id)) == sha256
        assert_same(desk)
        names = {path.name for path in desk.store.files.root.rglob("*") if path.is_file()}
        assert len(names) == len(set(named.values()))
    assert_feed_sound(organisation)
