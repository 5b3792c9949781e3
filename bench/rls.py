"""What row-level security costs: the same questions by a person, whom the policy filters, and by
the administrator, who writes the filter himself."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from arm.central.admin import add_org, add_person, grant, provision
from arm.central.connect import connect
from arm.central.embedded import EmbeddedCentral
from bench.line import Line, lower_is_better

ROWS = int(os.environ.get("BENCH_RLS_ROWS", "1000000"))
SCOPES = 200
SEEN = 3
PAIRS = 15
PASSWORD = "северное-сияние-7"  # of a server that lives as long as the figure

_SUM = "SELECT count(*), sum(length(body->>'surname')) FROM arm.doc"
_PAGE = "SELECT id, body FROM arm.doc WHERE scope = {one} ORDER BY person, id LIMIT 500"
_RECORD = "SELECT body FROM arm.doc WHERE scope = {one} AND id = 'b-666'"
_QUESTIONS = (
    # the person's question, the administrator's, how many pairs
    ("сводка по трём отделам", _SUM, _SUM + " WHERE {all}", PAIRS),
    ("она же, отделы названы", _SUM + " WHERE {all}", _SUM + " WHERE {all}", PAIRS),
    ("страница дел отдела", _PAGE, _PAGE, 60),
    ("запись по номеру", _RECORD, _RECORD, 600),
)


def run() -> list[Line]:
    """Each question in pairs, one after the other; medians."""
    with (
        tempfile.TemporaryDirectory(prefix="okno-rls-") as folder,
        EmbeddedCentral(Path(folder) / "centre") as centre,
    ):
        provision(centre.admin_dsn())
        seen = _fill(centre)
        words = {"all": f"scope = ANY ('{{{','.join(map(str, seen))}}}')", "one": str(seen[1])}
        with (
            psycopg.connect(centre.admin_dsn(), autocommit=True) as admin,
            connect(centre.host, centre.port, centre.database, "reader", PASSWORD) as person,
        ):
            return [
                _pair(
                    f"RLS: {name}",
                    partial(_asked, person, ours.format(**words)),
                    partial(_asked, admin, theirs.format(**words)),
                    pairs,
                )
                for name, ours, theirs, pairs in _QUESTIONS
            ]


def _asked(line: psycopg.Connection[Any], question: str) -> list[Any]:
    return line.execute(question.encode()).fetchall()


def _fill(centre: EmbeddedCentral) -> list[int]:
    dsn = centre.admin_dsn()
    home = add_org(dsn, name="Замер", short_name="З", region="77")
    add_person(
        dsn, login="reader", full_name="З", role="center_specialist", org=home, password=PASSWORD
    )
    with psycopg.connect(dsn, autocommit=True) as admin:
        scopes = [home] + [
            admin.execute(
                "INSERT INTO arm.scope_head (org, title) SELECT org, 'отдел' FROM arm.scope_head"
                " WHERE scope = %s RETURNING scope",
                (home,),
            ).fetchall()[0][0]
            for _ in range(SCOPES - 1)
        ]
        admin.execute(
            "INSERT INTO arm.doc (id, kind, scope, person, ver, fver, body)"
            " SELECT 'b-' || n, 'person', (%s::int[])[1 + n %% %s], 'b-' || n, 1,"
            " '{\"surname\": 1}', jsonb_build_object('surname', md5(n::text), 'given',"
            " md5((n + 1)::text), 'note', repeat(md5((n + 2)::text), 8))"
            " FROM generate_series(1, %s) AS n",
            (scopes, SCOPES, ROWS),
        )
        admin.execute("VACUUM ANALYZE arm.doc")
    step = SCOPES // SEEN
    seen = sorted({home, *scopes[step::step][: SEEN - 1]})
    for scope in seen:
        grant(dsn, "reader", scope)
    return seen


def _pair(name: str, ours: Callable[[], Any], theirs: Callable[[], Any], pairs: int) -> Line:
    if not theirs() or ours() != theirs():
        raise RuntimeError(f"{name}: the two questions are not the same")
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(pairs):
        for place in (0, 1) if turn % 2 else (1, 0):  # neither always finds the caches warm
            began = time.perf_counter()
            (ours, theirs)[place]()
            times[place].append((time.perf_counter() - began) * 1000)
    return lower_is_better(name, median(times[0]), "мс", "явный фильтр", median(times[1]))
