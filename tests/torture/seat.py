"""A workstation that can be stopped dead between any two statements, inside one process.

The store and the engine are the product's. Under them lie a connection to the encrypted file and
one to the centre that count their steps; at the step that was ordered everything ends as by
kill -9: no further statement goes through, the file is left as it is and opened anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from centre_parts import KEY, PASSWORD, derive_nothing
from psycopg.conninfo import make_conninfo
from sqlalchemy import event

from arm.central.connect import connection_parameters
from arm.central.embedded import EmbeddedCentral
from arm.clock import FixedClock
from arm.store.database import open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store
from arm.sync.engine import SyncEngine


class Crash(BaseException):
    """The power went."""


@dataclass
class Steps:
    """Counts steps and stops at the ordered one."""

    left: int | None = None
    dead: bool = False

    def take(self) -> None:
        if self.dead:
            raise Crash
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.dead = True
                raise Crash


class SteppedFile:
    """The driver's connection to the encrypted file, counted."""

    def __init__(self, real: Any, steps: Steps) -> None:
        self._real = real
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def execute(self, *said: Any) -> Any:
        self._steps.take()
        return self._real.execute(*said)

    def executemany(self, *said: Any) -> Any:
        self._steps.take()
        return self._real.executemany(*said)

    def commit(self) -> None:
        self._steps.take()
        self._real.commit()
        self._steps.take()


class Line(psycopg.Connection[Any]):
    """A connection to the centre that outlives exchanges (connecting is the dearest part of a
    short one), counts steps, tells what was pushed, and can say everything twice."""

    steps: Steps
    heard: Callable[[tuple[Any, ...], dict[str, Any]], None]
    twice: bool = False
    amidst: tuple[int, Callable[[], None]] | None = None
    """What happens at the workstation before the so-manieth question from now."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        self.steps.take()
        self._do_amidst()
        pushing = b"sync_v1.push" in query
        cursor = super().execute(query, params, **more)
        if pushing:
            self._tell(cursor, params)
        if self.twice:
            cursor = super().execute(query, params, **more)
            if pushing:
                self._tell(cursor, params)
        self.steps.take()
        return cursor

    def _do_amidst(self) -> None:
        if self.amidst is not None:
            left, act = self.amidst
            self.amidst = (left - 1, act)
            if left == 0:
                self.amidst = None
                act()

    def _tell(self, cursor: Any, params: Any) -> None:
        self.heard(params, cursor.fetchone()[0])
        cursor.scroll(0, mode="absolute")

    def close(self) -> None:
        """Not yet."""

    def hang_up(self) -> None:
        super().close()


def line_for(centre: EmbeddedCentral, login: str) -> Line:
    """A lasting connection of one person."""
    known = connection_parameters(centre.host, centre.port, centre.database, login, PASSWORD)
    line = Line.connect(make_conninfo("", **known), autocommit=True, prepare_threshold=2)
    assert isinstance(line, Line)
    return line


@dataclass
class Seat:
    """One workstation and its person."""

    login: str
    line: Line
    folder: Path
    clock: FixedClock
    scope: int
    steps: Steps = field(default_factory=Steps)
    typed: list[str] = field(default_factory=list)
    """Tokens that a person was told are saved."""
    store: Store = field(init=False)
    engine: SyncEngine = field(init=False)

    def open(self, empty_database: Path | None = None) -> None:
        """Start the program; with ``empty_database`` for the first time."""
        if empty_database is not None:
            self.folder.mkdir(parents=True)
            shutil.copy(empty_database, self.folder / "records.db")
        self.steps.left, self.steps.dead = None, False
        database = open_database(self.folder / "records.db", KEY)
        database.dispose()
        connect: Any = database.pool._creator
        database.pool._creator = lambda: SteppedFile(connect(), self.steps)
        event.listen(database, "before_cursor_execute", lambda *_: self.steps.take())
        actor = Actor(self.login, self.login, "center_specialist", self.scope)
        files = FileStore(self.folder / "files", KEY)
        self.store = Store(database, self.clock, actor, files, derive_nothing)
        self.engine = SyncEngine(self.store, self._connect, page_size=7)

    def _connect(self) -> Line:
        self.line.steps = self.steps
        return self.line

    def close(self) -> None:
        self.store.engine.dispose()

    def crash_in(self, steps: int, work: Callable[[], object]) -> bool:
        """Do ``work`` and die after so many steps, then start anew; False if it ended before."""
        self.steps.left = steps
        try:
            work()
        except Crash:
            died = True
        else:
            died = self.steps.dead
        self.close()
        self.open()
        return died

    def copy_to(self, folder: Path) -> None:
        """An image of the disk as it is."""
        self.close()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        self.open()

    def set_back(self, folder: Path) -> None:
        """The image is put back."""
        self.close()
        shutil.rmtree(self.folder)
        shutil.copytree(folder, self.folder)
        self.open()

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Straight from the encrypted file."""
        with self.store.read() as session:
            raw: Any = session.connection().connection.driver_connection
            return list(raw.execute(query, values).fetchall())
