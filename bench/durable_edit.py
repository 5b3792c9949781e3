"""One edit of one field until it is safe on disk, against a bare one-row update of the same file
format: what history, outbox and derived rows cost."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from arm.access.keys import new_key
from arm.casework import case
from arm.casework.people import Filter, Order, find, rows
from arm.store.database import create_database
from bench.line import Line, lower_is_better, percentile
from bench.stage import workstation

EDITS = 300


def _times(edit: Callable[[int], object]) -> list[float]:
    taken = []
    for number in range(EDITS):
        started = time.perf_counter()
        edit(number)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _bare() -> list[float]:
    with TemporaryDirectory() as folder:
        engine = create_database(Path(folder) / "bare.db", new_key())
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO meta (key, value) VALUES ('bench', '0')"))

        def edit(number: int) -> None:
            with engine.begin() as connection:
                connection.execute(
                    text("UPDATE meta SET value = :v WHERE key = 'bench'"), {"v": str(number)}
                )

        taken = _times(edit)
        engine.dispose()
    return taken


def run() -> list[Line]:
    """Milliseconds, p50 and p95."""
    bare = _bare()
    with workstation() as here:
        found = find(here.store, Filter(), Order())
        chosen = random.Random(7).sample(list(found.rowids), EDITS)
        people = [row.person_id for row in rows(here.store, chosen)]
        run_of_today = time.time_ns() % 100_000  # the same value twice would be no edit
        ours = _times(
            lambda n: case.set_field(
                here.store, "person", people[n], "phone", f"+7 900 {n:03}-{run_of_today:05}"
            )
        )
    return [
        lower_is_better(
            f"правка до записи на диск, p{share}",
            percentile(ours, share),
            "мс",
            "голая правка строки",
            percentile(bare, share),
        )
        for share in (50, 95)
    ]
