"""The storm: workstations as processes, and everything that can happen to them at once.

A seeded schedule kills workstations and the server (SIGKILL, all its processes), cuts, delays,
doubles and half-opens lines, and gives and takes rights, while everybody types and exchanges
without pause. Then all is healed, and everybody must come to the same within a few seconds.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from centre_parts import KEY, PASSWORD
from nursery import Nursery, kill
from sqlalchemy import Engine

from arm.central.admin import grant, revoke
from arm.central.bulk import copy_documents
from arm.central.embedded import EmbeddedCentral
from arm.central.errors import EmbeddedDoesNotStart
from arm.centre_errors import CentreUnreachable
from arm.store.database import open_database
from torture.faulty_line import FAULTS, FaultyLine, total
from torture.ledger import (
    TOKEN,
    Complaint,
    centre_complaints,
    damaged,
    desk_complaints,
    kept_tokens,
    lost,
    unsettled,
)
from torture.stage import Stage

SILENCE = 5.0
"""Half-open lines are given up after so many seconds here; thirty in earnest. Shorter than a busy
machine takes to answer, and nobody ever gets through."""
CONVERGENCE = 120.0
PEOPLE = 8
"""Taken in before the storm, so that everybody works on the same."""
REFUSED = (
    "SELECT count(*) FROM arm.rejected WHERE org IN"
    " (SELECT org FROM arm.scope_head WHERE scope = ANY (%s))"
)


@dataclass(frozen=True)
class Plan:
    """What is done, all of it from ``seed``. Means of the pauses between faults, in seconds."""

    seed: int
    clients: int = 6
    seconds: float = 150
    pause: float = 0.03
    """Between two acts of one person, on the average."""
    mutant: str | None = None
    pauses: tuple[tuple[str, float], ...] = (
        ("kill", 0.25),
        ("cut", 1.0),
        ("ration", 1.0),
        ("hold", 3.0),
        ("lag", 2.0),
        ("fault", 0.4),
        ("flip", 1.2),
        ("server", 9.0),
    )

    def schedule(self) -> list[tuple[float, str, int]]:
        """When, what, and a number from which the rest follows."""
        chance = random.Random(self.seed)
        events = []
        for what, pause in self.pauses:
            at = chance.expovariate(1 / pause)
            while at < self.seconds:
                events.append((at, what, chance.getrandbits(32)))
                at += chance.expovariate(1 / pause)
        return sorted(events)


@dataclass
class Outcome:
    """The counts, and what was wrong."""

    seed: int
    counts: Counter[str] = field(default_factory=Counter)
    converged: float = 0.0
    complaints: list[Complaint] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"seed {self.seed}"
        for name, number in sorted(self.counts.items()):
            yield f"  {name:<24}{number:>9,}"
        yield f"  {'converged after, s':<24}{self.converged:>9.1f}"
        found = Counter(one.sort for one in self.complaints)
        for sort in ("lost", "twice", "diverged", "gap", "chain", "history", "conflict", "queue"):
            yield f"  {sort:<24}{found[sort]:>9,}"
        yield from map(str, self.complaints[:20])
        yield from self.failures

    @property
    def sound(self) -> bool:
        return not self.complaints and not self.failures


@dataclass
class Desk:
    """One workstation's folder, line and process."""

    login: str
    folder: Path
    line: FaultyLine
    lives: int = 0
    process: int = 0
    file: Engine | None = None

    def rows(self, query: str) -> list[Any]:
        """Straight from the encrypted file, while the workstation is at work."""
        if self.file is None:
            self.file = open_database(self.folder / "records.db", KEY)
        raw: Any = self.file.raw_connection()
        try:
            return list(raw.driver_connection.execute(query).fetchall())
        finally:
            raw.close()


class Storm:
    """One run of a plan."""

    def __init__(self, centre: EmbeddedCentral, folder: Path, empty: Path, plan: Plan) -> None:
        self.centre = centre
        self.plan = plan
        self.stage = Stage.build(centre, plan.clients)
        self.scopes = self.stage.fresh_scopes(3)
        self.outcome = Outcome(plan.seed)
        self._leaving = ExitStack()
        self._leaving.callback(self.stage.close)
        program = Path(__file__).with_name("workstation.py")
        self._nursery = self._leaving.enter_context(Nursery(program))
        self.desks = [
            self._desk(folder, empty, place, login) for place, login in enumerate(self.stage.logins)
        ]
        with psycopg.connect(centre.admin_dsn()) as admin:
            for scope in self.scopes:
                people = [
                    ("person", f"first-{scope}-{number}", {"surname": f"Первый {number}"})
                    for number in range(PEOPLE // len(self.scopes) + 1)
                ]
                copy_documents(admin, scope, people)
        self._healing: list[tuple[float, Callable[[], None]]] = []

    def _desk(self, folder: Path, empty: Path, place: int, login: str) -> Desk:
        home = folder / login
        home.mkdir(parents=True)
        (home / "records.db").write_bytes(empty.read_bytes())
        line = FaultyLine(self.centre.host, self.centre.port, self.plan.seed + place)
        self._leaving.callback(line.close)
        return Desk(login, home, line)

    def run(self) -> Outcome:
        """All of it."""
        with self._leaving:
            try:
                for desk in self.desks:
                    self._start(desk)
                self._blow()
                self._heal()
                self._converge()
            finally:
                for desk in self.desks:
                    if desk.process:
                        kill(desk.process)
            self._judge()
        return self.outcome

    # --- the weather

    def _blow(self) -> None:
        began = time.monotonic()
        for at, what, number in self.plan.schedule():
            self._wait_until(began + at)
            getattr(self, f"_{what}")(random.Random(number))
            if self.outcome.failures:
                return
        self._wait_until(began + self.plan.seconds)

    def _wait_until(self, when: float) -> None:
        while True:
            now = time.monotonic()
            for one in [one for one in self._healing if one[0] <= now]:
                self._healing.remove(one)
                one[1]()
            if now >= when:
                return
            time.sleep(min(0.01, when - now))

    def _later(self, seconds: float, heal: Callable[[], None]) -> None:
        self._healing.append((time.monotonic() + seconds, heal))

    def _start(self, desk: Desk) -> None:
        order = {
            "folder": str(desk.folder),
            "login": desk.login,
            "scope": self.scopes[0],
            "scopes": list(self.scopes),
            "host": desk.line.host,
            "port": desk.line.port,
            "dbname": self.centre.database,
            "password": PASSWORD,
            "run": f"t{self.desks.index(desk)}-{desk.lives}",
            "seed": self.plan.seed,
            "pause": self.plan.pause,
            "engine": {"silence": SILENCE},
            "mutant": self.plan.mutant,
        }
        desk.lives += 1
        desk.process = self._nursery.start(order)

    def _kill(self, chance: random.Random) -> None:
        desk = chance.choice(self.desks)
        kill(desk.process)
        self._look_for_failure(desk)
        self.outcome.counts["kills"] += 1
        self._start(desk)

    def _look_for_failure(self, desk: Desk) -> None:
        told = desk.folder / "failure.txt"
        if told.exists():
            self.outcome.failures.append(told.read_text("utf-8"))

    def _cut(self, chance: random.Random) -> None:
        line = chance.choice(self.desks).line
        line.cut()
        self.outcome.counts["cuts"] += 1
        self._later(chance.uniform(0.05, 0.8), line.restore)

    def _ration(self, chance: random.Random) -> None:
        line = chance.choice(self.desks).line
        line.cut_after(chance.randrange(100, 12_000))
        self.outcome.counts["cuts in mid-talk"] += 1
        self._later(chance.uniform(0.3, 1.0), line.restore)

    def _hold(self, chance: random.Random) -> None:
        line = chance.choice(self.desks).line
        line.hold()
        self.outcome.counts["half-open"] += 1
        self._later(chance.uniform(0.5, SILENCE + 1), line.restore)

    def _lag(self, chance: random.Random) -> None:
        line = chance.choice(self.desks).line
        line.lag = chance.uniform(0.01, 0.15)
        self._later(chance.uniform(0.5, 2.0), lambda: setattr(line, "lag", 0.0))

    def _fault(self, chance: random.Random) -> None:
        chance.choice(self.desks).line.arm(chance.choice(FAULTS))

    def _flip(self, chance: random.Random) -> None:
        desk, scope = chance.choice(self.desks), chance.choice(self.scopes)
        right = chance.choice(("", "r", "w", "w", "w", "w", "w", "w"))
        with suppress(CentreUnreachable, psycopg.OperationalError):
            if right:
                grant(self.centre.admin_dsn(), desk.login, scope, can_write=right == "w")
            else:
                revoke(self.centre.admin_dsn(), desk.login, scope)
            self.outcome.counts["rights flipped"] += 1

    def _server(self, _: random.Random) -> None:
        crash(self.centre)
        self.outcome.counts["server crashes"] += 1

    # --- afterwards

    def _heal(self) -> None:
        for desk in self.desks:
            desk.line.lag = 0.0
            desk.line.arm("")
            desk.line.restore()
        self.outcome.counts.update(total([desk.line for desk in self.desks]))
        for desk in self.desks:
            (desk.folder / "enough").touch()  # no signal: one just born would die of it

    def _converge(self) -> None:
        began = time.monotonic()
        self.stage.admin.close()
        self.stage.admin = psycopg.connect(self.centre.admin_dsn(), autocommit=True)
        while time.monotonic() < began + CONVERGENCE and not self.outcome.failures:
            for desk in self.desks:
                self._look_for_failure(desk)
            if not any(unsettled(self.stage.admin, one.login, one.rows) for one in self.desks):
                break
            time.sleep(0.1)
        self.outcome.converged = time.monotonic() - began

    def _judge(self) -> None:
        admin, counts, wrong = self.stage.admin, self.outcome.counts, self.outcome.complaints
        typed: list[str] = []
        for desk in self.desks:
            journal = desk.folder / "tokens.txt"
            words = journal.read_text("utf-8").split() if journal.exists() else []
            typed += [word for word in words if TOKEN.fullmatch(word)]
            counts.update(word for word in words if not TOKEN.fullmatch(word))
            wrong += desk_complaints(admin, desk.login, desk.rows)
            wrong += damaged(desk.rows)
            if desk.file is not None:
                desk.file.dispose()
        kept = kept_tokens(admin, self.scopes)
        wrong += lost(typed, kept)
        wrong += centre_complaints(admin, self.scopes)
        counts["edits acknowledged"] = len(typed)
        for name, query in (
            ("feed entries", "SELECT count(*) FROM arm.change WHERE scope = ANY (%s)"),
            ("records", "SELECT count(*) FROM arm.doc WHERE scope = ANY (%s)"),
            ("conflicts", "SELECT count(*) FROM arm.conflict WHERE scope = ANY (%s)"),
            ("refused", REFUSED),
        ):
            row = admin.execute(query, (list(self.scopes),)).fetchone()
            counts[name] = row[0] if row else 0


def crash(centre: EmbeddedCentral) -> None:
    """SIGKILL to every process of the server, then a start as after a power failure."""
    pid = int((centre.cluster / "postmaster.pid").read_text("utf-8").splitlines()[0])
    port = centre.port
    os.killpg(os.getpgid(pid), signal.SIGKILL)
    until = time.monotonic() + 30
    while True:
        try:
            centre.start()
        except (EmbeddedDoesNotStart, psycopg.OperationalError):
            # the dead leave their shared memory a moment later
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            break
    assert centre.port == port, "the lines lead elsewhere"
