"""The conversation with the centre: its functions, its errors, and a watch on its silence."""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import starmap
from time import monotonic
from types import MappingProxyType
from typing import Any, NamedTuple

import psycopg
from psycopg.pq import TransactionStatus

from arm.centre_errors import (
    AccountLocked,
    CentreBusy,
    CentreNotReady,
    CentreOnlyReads,
    CentreTooOld,
    CentreUnreachable,
    MayNotErase,
    NobodyToErase,
    ProgramTooOld,
    TemporaryPassword,
    TlsRequired,
    TooManyWorkstations,
    WorkstationRevoked,
)
from arm.model import SCHEMA

PROTO = 1
SILENCE_SECONDS = 30.0
"""A centre that says nothing for so long is taken for gone. Keepalives and ``tcp_user_timeout``
see a dead cable; a box in the middle that confirms bytes and drops them is seen only by this."""

Connect = Callable[[], psycopg.Connection[Any]]


class ForeignClient(Exception):
    """The centre knows this workstation's id as another organisation's."""


@dataclass(frozen=True)
class Head:
    """One scope that the person may see, and how far its feed has come."""

    scope: int
    seq: int
    hash: str
    title: str
    can_write: bool


@dataclass(frozen=True)
class Hello:
    """The centre's answer to a greeting."""

    heads: tuple[Head, ...]
    feed_epoch: str
    client_number: int
    last_cseq: int
    last_op_hash: str
    schema_cur: int
    schema_min: int
    diverged: frozenset[int]
    office: Mapping[str, Any]
    people: Mapping[str, str]
    organisations: tuple[Mapping[str, Any], ...]
    """Whom this office may send requests to."""
    writable: frozenset[int]
    """Scopes that the person may write to."""
    hidden_kinds: frozenset[str] = frozenset()
    """Kinds of records that this person's role does not read."""


class LoadedRow(NamedTuple):
    """One record of a first load; ``fver`` is JSON text as it came."""

    person: str
    id: str
    kind: str
    ver: int
    deleted: bool
    fver: str
    body: Mapping[str, Any]


_PAGE = (
    "COPY (SELECT string_agg("
    "json_build_array(person, id, kind, ver, deleted, fver, body::json)::text, ',' ORDER BY n)"
    " FROM (SELECT row_number() OVER () AS n, * FROM sync_v1.page(PLACES)) AS page"
    " GROUP BY n / 200 ORDER BY n / 200) TO STDOUT"
)
"""Two hundred records a line: each line is a step of Python, and such steps keep the thread that
writes waiting."""


class Kept:
    """Keeps a connection from one exchange to the next: making one costs both ends more than the
    exchange, and an office asks every five seconds. Not to be shared between exchanges under way.
    """

    def __init__(self, seconds: float) -> None:
        """``seconds``: how long one may lie idle; 0 keeps none."""
        self._seconds = seconds
        self._until = 0.0
        self._connection: psycopg.Connection[Any] | None = None

    def take(self) -> psycopg.Connection[Any] | None:
        """The connection, if there is one that the centre has not ended."""
        connection, self._connection = self._connection, None
        if connection is None:
            return None
        if monotonic() < self._until and _lives(connection):
            return connection
        _close(connection)
        return None

    def put(self, connection: psycopg.Connection[Any]) -> None:
        """After an exchange that went through."""
        if self._seconds <= 0:
            _close(connection)
            return
        self._connection, self._until = connection, monotonic() + self._seconds

    def close(self) -> None:
        """Keep nothing any more."""
        self._seconds = 0
        connection, self._connection = self._connection, None
        if connection is not None:
            _close(connection)


def _lives(connection: psycopg.Connection[Any]) -> bool:
    """Whether the other end is still there, as far as can be told without asking it: an idle
    server has nothing to say but goodbye."""
    if connection.closed or connection.info.transaction_status != TransactionStatus.IDLE:
        return False
    with selectors.DefaultSelector() as looking:
        looking.register(connection.fileno(), selectors.EVENT_READ)
        return not looking.select(0)


def _close(connection: psycopg.Connection[Any]) -> None:
    with contextlib.suppress(psycopg.Error):
        connection.close()


class Wire:
    """One connection to the centre for one exchange."""

    def __init__(
        self, connect: Connect, silence: float = SILENCE_SECONDS, kept: Kept | None = None
    ) -> None:
        self._connect = connect
        self._silence = silence
        self._kept = kept or Kept(0)
        self._connection: psycopg.Connection[Any] | None = None
        self._attempt: _Attempt | None = None
        self._lock = threading.Lock()
        self._aborted = False
        self._shaped = False

    def __enter__(self) -> Wire:
        connection = self._kept.take() or self._connected()
        with self._lock:
            self._connection = connection
            if self._aborted:
                _shut(connection)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
            sound = kind is None and not self._aborted
        if connection is not None:
            (self._kept.put if sound else _close)(connection)

    def _connected(self) -> psycopg.Connection[Any]:
        attempt = _Attempt(self._connect)
        with self._lock:
            self._attempt = attempt
            if self._aborted:
                attempt.abandon()
        connection = attempt.wait()
        connection.autocommit = True
        return connection

    def abort(self) -> None:
        """Break off, from any thread: whoever waits for the centre gets CentreUnreachable."""
        with self._lock:
            self._aborted = True
            if self._attempt is not None:
                self._attempt.abandon()
            if self._connection is not None:
                _shut(self._connection)

    def hello(self, client_id: str, cursors: Sequence[Mapping[str, Any]]) -> Hello:
        """Greet. Raises CentreUnreachable, CentreNotReady, CentreTooOld, TlsRequired,
        TooManyWorkstations, ForeignClient."""
        said = self._ask(
            "SELECT sync_v1.hello(%s, %s, %s, %s::jsonb)",
            (client_id, PROTO, SCHEMA, json.dumps(cursors)),
        )
        self._shaped = said["schema_cur"] > SCHEMA
        if said["proto"] < PROTO or said["schema_cur"] < SCHEMA:
            raise CentreTooOld()
        return Hello(
            heads=tuple(
                Head(one["scope"], one["seq"], one["hash"], one["title"], one["can_write"])
                for one in said["heads"]
            ),
            feed_epoch=said["feed_epoch"],
            client_number=said["client_number"],
            last_cseq=said["last_cseq"],
            last_op_hash=said["last_op_hash"],
            schema_cur=said["schema_cur"],
            schema_min=said["schema_min"],
            diverged=frozenset(said["diverged"]),
            office=said["office"],
            people={one["login"]: one["full_name"] for one in said["colleagues"]},
            organisations=tuple(said.get("organisations", ())),
            writable=frozenset(one["scope"] for one in said["heads"] if one["can_write"]),
            hidden_kinds=frozenset(said.get("hidden_kinds", ())),
        )

    def push(
        self,
        client_id: str,
        scope: int,
        cseqs: Sequence[int],
        texts: Sequence[str],
        authors: Sequence[str],
    ) -> dict[str, Any]:
        """Send operations of one scope in their order; see ``sync_v1.push`` for the answer.

        Raises CentreBusy: nothing of the batch was taken, try again.
        """
        said: dict[str, Any] = self._ask(
            "SELECT sync_v1.push(%s, %s, %s, %s::bigint[], %s::text[], %s::text[])",
            (client_id, SCHEMA, scope, list(cseqs), list(texts), list(authors)),
        )
        return said

    def taken(self, client_id: str, first: int) -> list[dict[str, Any]]:
        """What the centre has under a workstation's id from a number on."""
        said: list[dict[str, Any]] = self._ask("SELECT sync_v1.taken(%s, %s)", (client_id, first))
        return said

    def pull(self, cursors: Mapping[int, int], at_most: int) -> dict[str, Any]:
        """Entries after the cursors (scope → seq). Raises ProgramTooOld as well."""
        said: dict[str, Any] = self._ask(
            "SELECT sync_v1.pull(%s, %s::int[], %s::bigint[], %s)",
            (SCHEMA, list(cursors), list(cursors.values()), at_most),
        )
        return said

    def count(self, scope: int) -> int:
        """How many records a first load of this scope will bring."""
        return int(self._ask("SELECT sync_v1.count(%s)", (scope,)))

    def open_conflicts(self, scope: int) -> list[dict[str, Any]]:
        """The conflicts of a scope that nobody has settled."""
        said: list[dict[str, Any]] = self._ask("SELECT sync_v1.open_conflicts(%s)", (scope,))
        return said

    def entries(self, scope: int, after: int, until: int, at_most: int) -> list[dict[str, Any]]:
        """Entries of the past, for the history that people read."""
        said: list[dict[str, Any]] = self._ask(
            "SELECT sync_v1.entries(%s, %s, %s, %s)", (scope, after, until, at_most)
        )
        return said

    def witness(self, client_id: str, marks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Those of the marks (entries seen in the past) that the centre no longer has."""
        said: list[dict[str, Any]] = self._ask(
            "SELECT sync_v1.witness(%s, %s::jsonb)", (client_id, json.dumps(marks))
        )
        return said

    def reads(
        self, client_id: str, chain: str, rows: Sequence[tuple[int, str, str, str, str, str, str]]
    ) -> dict[str, Any]:
        """Send rows of the register of reading; see ``sync_v1.reads`` for the answer."""
        names = ("n", "actor", "person", "kind", "ground", "at", "hash")
        told = json.dumps([dict(zip(names, row, strict=True)) for row in rows])
        said: dict[str, Any] = self._ask(
            "SELECT sync_v1.reads(%s, %s, %s::jsonb)", (client_id, chain, told)
        )
        return said

    def readings(self, person_id: str, at_most: int) -> list[dict[str, Any]]:
        """Who looked at a card, as far as this login may know."""
        said: list[dict[str, Any]] = self._ask(
            "SELECT sync_v1.readings(%s, %s)", (person_id, at_most)
        )
        return said

    def erase(self, client_id: str, person_id: str, ground: str, act: str) -> list[dict[str, Any]]:
        """Have the centre erase a person. Raises MayNotErase, NobodyToErase."""
        said: list[dict[str, Any]] = self._ask(
            "SELECT sync_v1.erase(%s, %s, %s, %s)", (client_id, person_id, ground, act)
        )
        return said

    def erased(self, scope: int) -> list[dict[str, Any]]:
        """Records of a scope that were erased by law, with the person each belonged to."""
        said: list[dict[str, Any]] = self._ask("SELECT sync_v1.erased(%s)", (scope,))
        return said

    def office_rejected(self, after: int) -> dict[str, Any]:
        """Refused edits and decisions about them after a number."""
        said: dict[str, Any] = self._ask("SELECT sync_v1.office_rejected(%s)", (after,))
        return said

    def decide_rejected(self, decisions: Sequence[Mapping[str, Any]]) -> list[str]:
        """Send decisions about refused edits; returns the ids of those that are kept there."""
        kept: list[str] = self._ask(
            "SELECT sync_v1.decide_rejected(%s::jsonb)", (json.dumps(decisions),)
        )
        return kept

    def page(self, scope: int, after: tuple[str, str], at_most: int) -> list[LoadedRow]:
        """The next records of a first load, person by person, by COPY."""
        text, _ = self.page_text(scope, after, at_most)
        return list(starmap(LoadedRow, json.loads(text)))

    def page_text(
        self, scope: int, after: tuple[str, str], at_most: int
    ) -> tuple[bytes, tuple[str, str]]:
        """The same as the text of a JSON array, not looked into but for the place (person, id)
        of its last record, which is ``after`` if there is none."""
        blocks: list[bytes] = []
        with (
            self._watched() as (connection, alive),
            connection.cursor() as cursor,
            cursor.copy(*self._page(scope, after, at_most)) as copy,
        ):
            for block in copy:
                blocks.append(bytes(block))
                alive()
        # A line is JSON text, in which COPY doubles backslashes and has nothing else to escape:
        # all lines together are parsed at once, without a step of Python a record.
        lines = b"".join(blocks).removesuffix(b"\n").replace(b"\\\\", b"\\")
        if not lines:
            return b"[]", after
        newest = json.loads(b"[" + lines[lines.rfind(b"\n") + 1 :] + b"]")[-1]
        return b"[" + lines.replace(b"\n", b",") + b"]", (newest[0], newest[1])

    def _page(self, scope: int, after: tuple[str, str], at_most: int) -> tuple[bytes, list[object]]:
        """Statement and values of a page, where needed in the shape that this program knows."""
        values: list[object] = [SCHEMA] if self._shaped else []
        values += [scope, *after, at_most]
        places = ", ".join(["%s"] * len(values))
        return _PAGE.replace("PLACES", places).encode(), values

    def _ask(self, query: str, values: tuple[object, ...]) -> Any:
        with self._watched() as (connection, _):
            row = connection.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]

    @contextmanager
    def _watched(self) -> Iterator[tuple[psycopg.Connection[Any], Callable[[], None]]]:
        """The connection, and what to call whenever it has shown life."""
        connection = self._connection
        if connection is None:
            raise CentreUnreachable()
        watch = _Watch(connection, self._silence)
        try:
            with _translated():
                yield connection, watch.alive
        finally:
            watch.stop()


class _Attempt:
    """Connecting in a thread of its own: it can take ten seconds and can't be interrupted, but
    nobody who closes the program should wait for it."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._connection: psycopg.Connection[Any] | None = None
        self._error: BaseException | None = None
        self._abandoned = False
        threading.Thread(target=self._run, name="sync-connect", daemon=True).start()

    def wait(self) -> psycopg.Connection[Any]:
        """The connection, or the error of making it; CentreUnreachable once abandoned."""
        self._over.wait()
        with self._lock:
            if self._error is not None:
                raise self._error
            if self._connection is None:
                raise CentreUnreachable()
            return self._connection

    def abandon(self) -> None:
        """Let :meth:`wait` return; a connection that comes after is closed."""
        with self._lock:
            self._abandoned = True
            self._over.set()

    def _run(self) -> None:
        connection, failure = None, None
        try:
            connection = self._connect()
        except BaseException as error:  # noqa: BLE001  # raised again in the waiting thread
            failure = error
        with self._lock:
            if self._abandoned and connection is not None:
                connection.close()
            else:
                self._connection, self._error = connection, failure
            self._over.set()


class _Watch:
    """Shuts a connection that has been silent for too long."""

    def __init__(self, connection: psycopg.Connection[Any], seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._stirred = threading.Event()
        self._over = False
        self._thread = threading.Thread(target=self._wait, name="sync-watch", daemon=True)
        self._thread.start()

    def alive(self) -> None:
        self._stirred.set()

    def stop(self) -> None:
        self._over = True
        self._stirred.set()
        self._thread.join()

    def _wait(self) -> None:
        while self._stirred.wait(self._seconds):
            if self._over:
                return
            self._stirred.clear()
        _shut(self._connection)


def _shut(connection: psycopg.Connection[Any]) -> None:
    """End the traffic under a connection, whoever is waiting on it; the owner closes it later."""
    try:
        line = socket.socket(fileno=connection.fileno())
    except (OSError, psycopg.Error):
        return  # it is closed already
    try:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
    finally:
        line.detach()  # the descriptor stays libpq's


_ANSWERS: Mapping[str, Callable[[], Exception]] = MappingProxyType(
    {
        **dict.fromkeys(("EO001", "3F000", "42883", "42P01", "42501"), CentreNotReady),
        **dict.fromkeys(("40001", "40P01", "55P03"), CentreBusy),
        "25006": CentreOnlyReads,
        "EO002": ProgramTooOld,
        "EO003": partial(TlsRequired, host=""),
        "EO005": ForeignClient,
        "EO006": TooManyWorkstations,
        "EO010": WorkstationRevoked,
        "EO011": AccountLocked,
        "EO012": TemporaryPassword,
        "EO020": MayNotErase,
        "EO021": NobodyToErase,
    }
)
"""The centre's known refusals, by SQLSTATE."""


@contextmanager
def _translated() -> Iterator[None]:
    """The driver's errors as ours; what is no outage and no known answer stays a bug."""
    try:
        yield
    except psycopg.Error as error:
        known = _ANSWERS.get(error.sqlstate or "")
        if known is not None:
            raise known() from error
        if isinstance(error, psycopg.OperationalError):
            # connection lost, server shutting down, a statement that took too long
            raise CentreUnreachable() from error
        raise
