"""A crowd of workstations at one centre: how soon an edit is seen, how long an empty poll takes.

The workstations are simulated at the protocol: each keeps a connection, greets, sends its
operations with their chain, and asks every five seconds ±20 % as ``SyncLoop`` does. ``CROWD`` is
their number (60), ``CROWD_SECONDS`` how long (30), ``CROWD_EDITS`` edits a second of all (30).
The figures of ``docs/scale.md`` are those of ``CROWD=500 CROWD_SECONDS=1200``.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import tempfile
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from arm.central.admin import add_org, add_person, provision
from arm.central.connect import connection_parameters
from arm.central.embedded import EmbeddedCentral
from arm.model import SCHEMA
from arm.store.operations import Operation, canonical, op_hash
from arm.sync.loop import ACTIVE_SECONDS, AFTER_EDIT_SECONDS, JITTER
from arm.sync.wire import PROTO
from bench.line import Line, lower_is_better, percentile

CROWD = int(os.environ.get("CROWD", "60"))
SECONDS = float(os.environ.get("CROWD_SECONDS", "30"))
EDITS_A_SECOND = float(os.environ.get("CROWD_EDITS", "30"))
DESKS_OF_AN_OFFICE = 10
PASSWORD = "северное-сияние-7"
CALM_SECONDS = 2 * ACTIVE_SECONDS
"""After the last edit: time for everybody to see it."""
Connection = psycopg.AsyncConnection[tuple[Any, ...]]


@dataclass
class _Watch:
    """What the whole crowd measured, seconds."""

    saved: dict[str, tuple[float, int]] = field(default_factory=dict)
    """Token of an edit → when it was made, and in which office."""
    seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    visible: list[float] = field(default_factory=list)
    greetings: list[float] = field(default_factory=list)
    empty: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    pushes: list[float] = field(default_factory=list)


@dataclass
class _Office:
    """One organisation of the crowd."""

    scope: int
    logins: list[str]


def _make_offices(dsn: str) -> list[_Office]:
    offices = []
    for number in range(-(-CROWD // DESKS_OF_AN_OFFICE)):
        scope = add_org(dsn, name=f"Офис {number}", short_name=f"О-{number}", region="77")
        logins = [f"desk{number}-{place}" for place in range(DESKS_OF_AN_OFFICE)]
        for login in logins:
            add_person(
                dsn,
                login=login,
                full_name=login,
                role="center_specialist",
                org=scope,
                password=PASSWORD,
            )
        offices.append(_Office(scope, logins))
    return offices


class _Desk:
    """One simulated workstation."""

    def __init__(self, office: _Office, login: str, watch: _Watch, until: float) -> None:
        self._office = office
        self._login = login
        self._watch = watch
        self._until = until
        self._client = str(uuid.uuid4())
        self._chance = random.Random(login)
        self._waiting: list[Operation] = []
        self._cseq = 0
        self._prev = ""
        self._seq = 0
        self._hash = ""
        self._person = str(uuid.uuid4())
        self._made = False
        self._said: str | None = None
        self._wake = asyncio.Event()

    async def live(self, centre: EmbeddedCentral) -> None:
        """Work until the time is over, then look around once more."""
        known = connection_parameters(
            centre.host, centre.port, centre.database, self._login, PASSWORD
        )
        await asyncio.sleep(self._chance.uniform(0, ACTIVE_SECONDS))
        async with await psycopg.AsyncConnection.connect(
            **known, autocommit=True, prepare_threshold=2
        ) as line:
            typing = asyncio.create_task(self._type())
            while perf_counter() < self._until + CALM_SECONDS:
                await self._exchange(line)
                pause = ACTIVE_SECONDS * self._chance.uniform(1 - JITTER, 1 + JITTER)
                try:
                    await asyncio.wait_for(self._wake.wait(), pause)
                    await asyncio.sleep(AFTER_EDIT_SECONDS)
                except TimeoutError:
                    pass
                self._wake.clear()
            await typing

    async def _type(self) -> None:
        while True:
            await asyncio.sleep(self._chance.expovariate(EDITS_A_SECOND / CROWD))
            if perf_counter() > self._until:
                return
            token = f"{self._login}/{self._cseq}"
            self._edit(token)
            self._watch.saved[token] = (perf_counter(), self._office.scope)
            self._wake.set()

    def _edit(self, token: str) -> None:
        self._cseq += 1
        operation: Operation = {
            "cseq": self._cseq,
            "prev": self._prev,
            "id": self._person,
            "kind": "person",
            "op": "set" if self._made else "new",
            "scope": self._office.scope,
            "schema": SCHEMA,
            "at": "2026-07-14T09:30:00+00:00",
            "person": self._person,
            "f": {"phone": {"b": self._cseq - 1, "p": None, "o": self._said, "n": token}},
        }
        self._made, self._said = True, token
        self._prev = op_hash(operation)
        self._waiting.append(operation)

    async def _exchange(self, line: Connection) -> None:
        cursors = [{"scope": self._office.scope, "seq": self._seq, "hash": self._hash}]
        began = perf_counter()
        await _ask(
            line,
            "SELECT sync_v1.hello(%s, %s, %s, %s::jsonb)",
            (self._client, PROTO, SCHEMA, json.dumps(cursors)),
        )
        self._watch.greetings.append(perf_counter() - began)
        await self._push(line)
        await self._pull(line)

    async def _push(self, line: Connection) -> None:
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        began = perf_counter()
        said = await _ask(
            line,
            "SELECT sync_v1.push(%s, %s, %s, %s::bigint[], %s::text[], %s::text[])",
            (
                self._client,
                SCHEMA,
                self._office.scope,
                [operation["cseq"] for operation in batch],
                [canonical(operation) for operation in batch],
                [self._login] * len(batch),
            ),
        )
        self._watch.pushes.append(perf_counter() - began)
        for result in said["results"]:
            if result["status"] != "applied":
                raise RuntimeError(f"an edit was not applied: {result}")

    async def _pull(self, line: Connection) -> None:
        while True:
            began = perf_counter()
            said = await _ask(
                line,
                "SELECT sync_v1.pull(%s, %s::int[], %s::bigint[], 500)",
                (SCHEMA, [self._office.scope], [self._seq]),
            )
            now = perf_counter()
            changes = said["changes"]
            if not changes:
                self._watch.empty.append(now - began)
                await _ask(line, "SELECT 1", ())
                self._watch.bare.append(perf_counter() - now)
                return
            for change in changes:
                if change["seq"] != self._seq + 1:
                    raise RuntimeError("a gap in the feed")
                self._seq, self._hash = change["seq"], change["hash"]
                token = json.loads(change["delta"])["phone"]["n"]
                self._watch.seen[token] += 1
                if change["client"] != self._client:
                    self._watch.visible.append(now - self._watch.saved[token][0])


async def _ask(line: Connection, query: str, values: tuple[object, ...]) -> Any:
    row = await (await line.execute(query.encode(), values)).fetchone()
    assert row is not None
    return row[0]


async def _crowd(centre: EmbeddedCentral, offices: list[_Office]) -> _Watch:
    watch, until = _Watch(), perf_counter() + SECONDS
    desks = [_Desk(office, login, watch, until) for office in offices for login in office.logins][
        :CROWD
    ]
    present: dict[int, int] = defaultdict(int)
    for desk in desks:
        present[desk._office.scope] += 1
    await asyncio.gather(*(desk.live(centre) for desk in desks))
    unseen = [t for t, (_, scope) in watch.saved.items() if watch.seen[t] != present[scope]]
    if unseen:
        raise RuntimeError(f"{len(unseen)} of {len(watch.saved)} edits were not seen by everybody")
    return watch


def run() -> list[Line]:
    """Times of a crowd; the baseline is a bare question on the same connections."""
    with (
        tempfile.TemporaryDirectory(prefix="okno-crowd-") as folder,
        EmbeddedCentral(Path(folder) / "centre", connections=CROWD + 20) as centre,
    ):
        provision(centre.admin_dsn())
        watch = asyncio.run(_crowd(centre, _make_offices(centre.admin_dsn())))
    bare = percentile(watch.bare, 99) * 1000
    slowest = ACTIVE_SECONDS * (1 + JITTER) + AFTER_EDIT_SECONDS
    return [
        lower_is_better(
            f"{CROWD} мест, {len(watch.saved)} правок: видна другим, p95",
            percentile(watch.visible, 95),
            "с",
            "период опроса",
            slowest,
        ),
        *(
            lower_is_better(f"{name}, p99", percentile(times, 99) * 1000, "мс", "SELECT 1", bare)
            for name, times in (
                ("пустой опрос", watch.empty),
                ("приветствие", watch.greetings),
                ("отправка правки", watch.pushes),
            )
        ),
    ]
