"""The program is killed at any moment: nothing acknowledged is lost, nothing is left by halves.

``ARM_TEST_KILLS`` sets how many times (default 100).
"""

from __future__ import annotations

import itertools
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from arm.places import Home
from arm.store.backup import check
from arm.store.database import open_database
from arm.store.store import Store

KILLS = int(os.environ.get("ARM_TEST_KILLS", "100"))
KEY = bytes(range(32))
ROOT = Path(__file__).resolve().parents[2]
TOKEN = re.compile(r"<[0-9]+\.[0-9]+>")


def test_killed_at_any_moment_of_an_edit_nothing_acknowledged_is_lost(
    store: Store, home: Home
) -> None:
    store.engine.dispose()
    chance = random.Random(14072026)
    program = [sys.executable, str(ROOT / "tests/store/killed_editor.py"), str(home.root)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as forker:
        assert forker.stdin is not None
        assert forker.stdout is not None
        for number in itertools.count():
            if number >= KILLS and assert_nothing_lost(home) >= KILLS:
                break  # a busy machine needs more rounds, since nobody gets to edit in some
            print(number, file=forker.stdin, flush=True)
            editor = int(forker.stdout.readline())
            time.sleep(chance.uniform(0.0, 0.2))
            os.kill(editor, signal.SIGKILL)
            assert forker.stdout.readline() == "killed\n"
            if number % 10 == 0:
                assert_nothing_lost(home)
            assert number < 20 * KILLS, "nobody got to edit"
        forker.stdin.close()
    engine = open_database(home.database, KEY)
    assert check(Store(engine, store.clock, store.actor, store.files, store.derive)) == []
    engine.dispose()


def assert_nothing_lost(home: Home) -> int:
    """Compare the plain file with queue, history and records by SQL of our own; returns the
    number of acknowledged edits."""
    told = home.root / "acknowledged"
    acknowledged = set(told.read_text().split()) if told.exists() else set()
    engine = open_database(home.database, KEY)
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        for query in ("SELECT op FROM outbox", "SELECT new FROM history"):
            kept = {t for (row,) in raw.execute(query) for t in TOKEN.findall(row)}
            assert not acknowledged - kept, query
            # at most one edit of each killed round was committed and not yet noted
            assert len(kept - acknowledged) <= 20 * KILLS
        numbers = [cseq for (cseq,) in raw.execute("SELECT cseq FROM outbox ORDER BY cseq")]
        assert numbers == list(range(1, len(numbers) + 1))
    engine.dispose()
    return len(acknowledged)
