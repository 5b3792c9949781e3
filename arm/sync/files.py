"""Files on their way to the centre and from it, piece by piece, beside the exchange of records.

They have a connection and a thread of their own, so a scan of fifty megabytes keeps no edit
waiting. After every piece the most urgent file is chosen anew: what a person is waiting for, then
what is to be sent, the smallest first, then what is fetched ahead of need. A cut or a kill costs
one piece.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final, NamedTuple

import psycopg

from arm.centre_errors import CentreUnreachable
from arm.errors import ExpectedError
from arm.store import blobs
from arm.store.database import raw_of
from arm.store.errors import DamagedAttachment, MissingAttachment
from arm.store.store import Store
from arm.store.transfers import Transfer
from arm.sync.package_keys import KeyWire, exchange_keys, stale
from arm.sync.wire import Connect, Wire

log = logging.getLogger(__name__)

PIECE: Final = 1024 * 1024
SILENCE_SECONDS: Final = 180.0
"""One piece may take this long: 6 KB/s, a bad mobile line."""
TRIES: Final = 2
LIMIT_META: Final = "file_limit"
PLAN_SECONDS: Final = 600.0
"""How often files are asked for ahead of need."""

Cancelled = Callable[[], bool]


class FileNotAtCentre(ExpectedError):
    """The record is here, its file is not at the centre: nobody has sent it, or it was erased."""

    code = "file_not_at_centre"
    title = "Этого файла в центре нет"
    advice = "Попросите того, кто его приложил, подключиться к центру, или приложите файл снова"


class FileSpoiltAtCentre(ExpectedError):
    """What came has another fingerprint than the record says."""

    code = "file_spoilt_at_centre"
    title = "Файл пришёл из центра повреждённым"
    advice = "Откройте его ещё раз. Если повторится, сообщите администратору"


class NoRightToFile(ExpectedError):
    """The centre does not take files of this scope from this person."""

    code = "file_no_right"
    title = "Центр не принял файл: нет права на эти записи"
    advice = "Файл остался на этом компьютере. Обратитесь к руководителю"


class FileOverLimit(ExpectedError):
    """The centre takes no files of this size."""

    code = "file_over_limit"
    title = "Центр не принял файл: он слишком большой"
    advice = "Файл остался на этом компьютере. Приложите его частями или сожмите"


class FileNotTaken(ExpectedError):
    """The centre found other bytes than were sent, twice."""

    code = "file_not_taken"
    title = "Центр не смог проверить файл"
    advice = "Программа попробует ещё раз при следующем обмене. Файл цел на этом компьютере"


REFUSALS: Final[dict[str, type[ExpectedError]]] = {
    "no_right": NoRightToFile,
    "too_large": FileOverLimit,
}


class _PieceSpoilt(Exception):
    """A piece changed on its way or in our memory."""


class FileWire(KeyWire):
    """The part of ``sync_v1`` that speaks of files."""

    def file_limit(self) -> int:
        """The largest file the centre takes, bytes."""
        return int(self._ask("SELECT sync_v1.file_limit()", ()))

    def missing(self, scope: int, sha256: str, count: int) -> list[int] | None:
        """Pieces still to be sent; None if the file is there. Raises NoRightToFile,
        FileOverLimit."""
        with _refusals():
            found: list[int] | None = self._ask(
                "SELECT sync_v1.blob_missing(%s, %s, %s)", (scope, sha256, count)
            )
            return found

    def put(self, scope: int, sha256: str, n: int, piece: bytes) -> None:
        """Send one piece."""
        with _refusals():
            self._ask(
                "SELECT sync_v1.blob_put(%s, %s, %s, %s, %b)",
                (scope, sha256, n, hashlib.sha256(piece).hexdigest(), piece),
            )

    def done(self, scope: int, sha256: str) -> str:
        """``done``, ``missing`` or ``bad``."""
        with _refusals():
            return str(self._ask("SELECT sync_v1.blob_done(%s, %s)", (scope, sha256)))

    def size(self, scope: int, sha256: str) -> int | None:
        """Bytes of a file at the centre; None if there is none for these eyes."""
        found: int | None = self._ask("SELECT sync_v1.blob_size(%s, %s)", (scope, sha256))
        return found

    def get(self, scope: int, sha256: str, n: int) -> bytes | None:
        """Fetch one piece."""
        with self._watched() as (connection, _), connection.cursor(binary=True) as cursor:
            row = cursor.execute(
                "SELECT sync_v1.blob_get(%s, %s, %s)", (scope, sha256, n)
            ).fetchone()
        assert row is not None
        return None if row[0] is None else bytes(row[0])


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        match error.sqlstate:
            case "EF001":
                raise NoRightToFile from error
            case "EF002":
                raise FileOverLimit from error
            case "EF003":
                raise _PieceSpoilt from error
        raise


@dataclass(frozen=True)
class FileReport:
    """What one run moved."""

    sent: int = 0
    """Files that the centre has now."""
    fetched: int = 0
    pieces_sent: int = 0
    pieces_fetched: int = 0


class _Job(NamedTuple):
    scope: int
    sha256: str
    size: int
    direction: str


_MOST_URGENT: Final = (
    "SELECT scope, sha256, size, way FROM ("
    " SELECT scope, sha256, size, 'down' AS way, 4 - wanted AS turn FROM blob"
    " WHERE wanted > 0 AND NOT here"  # 2 for somebody who waits, 3 ahead of need
    " UNION ALL SELECT b.scope, b.sha256, b.size, 'up', 2.5 FROM blob b"
    " WHERE b.state = 'unsent' AND b.here AND EXISTS (SELECT 1 FROM attachment a"
    " WHERE a.sha256 = b.sha256 AND NOT a.deleted)"
    ") ORDER BY turn, size, scope, sha256"
)


class FileExchange:
    """Moves the files of one store. Any thread may ask; runs take turns."""

    def __init__(self, store: Store, connect: Connect, *, silence: float = SILENCE_SECONDS) -> None:
        self.store = store
        self._connect = connect
        self._silence = silence
        self._turn = threading.Lock()
        self._wire: Wire | None = None
        self._tidied = False
        self._planned: float | None = None

    def waiting(self) -> bool:
        """Whether there is anything to move."""
        return self._most_urgent(frozenset()) is not None

    def abort(self) -> None:
        """Break off a transfer at once, from another thread; it goes on from the same piece."""
        wire = self._wire
        if wire is not None:
            wire.abort()

    def exchange(self, cancelled: Cancelled = lambda: False) -> FileReport:
        """Move all that waits. Raises CentreUnreachable, WrongCentrePassword, TlsRequired,
        CentreNotReady, and the store's DiskFull, CannotWrite, DatabaseBusy."""
        with self._turn:
            run = _Run(self.store)
            self._plan()
            if self.waiting() or self._should_greet():
                wire = FileWire(self._connect, self._silence)
                self._wire = wire
                try:
                    with wire:
                        self._work(wire, run, cancelled)
                finally:
                    self._wire = None
                    run.stop()
            blobs.tidy(self.store, strangers=not self._tidied)
            self._tidied = True
            return FileReport(run.sent, run.fetched, run.pieces_sent, run.pieces_fetched)

    def _should_greet(self) -> bool:
        # a workstation that the centre has not met cannot register anything there
        return stale(self.store) and self.store.meta("client_number") is not None

    def _plan(self) -> None:
        now = monotonic()
        if self._planned is None or now - self._planned > PLAN_SECONDS:
            self._planned = now
            blobs.want_ahead(self.store)

    def _work(self, wire: FileWire, run: _Run, cancelled: Cancelled) -> None:
        if self._should_greet():
            exchange_keys(self.store, wire)
        limit = wire.file_limit()
        if self.store.meta(LIMIT_META) != limit:
            self.store.set_meta(LIMIT_META, limit)
        while not cancelled():
            job = self._most_urgent(run.given_up)
            if job is None:
                return
            run.step(wire, job)

    def _most_urgent(self, given_up: frozenset[_Job]) -> _Job | None:
        with self.store.read() as session:
            for row in raw_of(session).execute(_MOST_URGENT):
                job = _Job(*row)
                if job not in given_up:
                    return job
        return None


class _Run:
    """The transfers of one run: each is a generator that stops after every piece."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._moving: dict[_Job, Iterator[None]] = {}
        self.given_up: frozenset[_Job] = frozenset()
        self.sent = self.fetched = self.pieces_sent = self.pieces_fetched = 0

    def step(self, wire: FileWire, job: _Job) -> None:
        """Move the next piece of this file."""
        if job not in self._moving:
            start = self._upload if job.direction == "up" else self._download
            self._moving[job] = start(wire, job)
        try:
            next(self._moving[job])
            return
        except StopIteration:
            self._tell(job, job.size, over=True)
        except (NoRightToFile, FileOverLimit) as error:
            why = next(name for name, kind in REFUSALS.items() if isinstance(error, kind))
            log.info("the centre refused a file: %s", why)
            blobs.refuse(self._store, job.scope, job.sha256, why)
            self._tell(job, 0, over=True, error=error)
        except (DamagedAttachment, MissingAttachment) as error:
            log.info("a file to be sent is damaged or gone")
            blobs.lose(self._store, job.scope, job.sha256)
            self._tell(job, 0, over=True, error=error)
        except ExpectedError as error:
            if isinstance(error, CentreUnreachable):
                raise
            self.given_up |= {job}
            if job.direction == "down":
                blobs.want(self._store, job.scope, job.sha256, job.size, 0)
            self._tell(job, 0, over=True, error=error)
        del self._moving[job]

    def stop(self) -> None:
        """The run is over; what was under way is told to have stopped."""
        for job in self._moving:
            self._tell(job, 0, over=True)

    def _tell(
        self, job: _Job, done: int, *, over: bool = False, error: ExpectedError | None = None
    ) -> None:
        way: Any = job.direction
        self._store.files.board.tell(Transfer(job.sha256, way, done, job.size, over, error))

    def _upload(self, wire: FileWire, job: _Job) -> Iterator[None]:
        content = self._store.files.get(job.sha256)
        if hashlib.sha256(content).hexdigest() != job.sha256:
            raise DamagedAttachment(sha256=job.sha256)
        count = -(-len(content) // PIECE)
        for _ in range(TRIES):
            missing = wire.missing(job.scope, job.sha256, count)
            for place, n in enumerate(missing or (), 1):
                try:
                    wire.put(job.scope, job.sha256, n, content[n * PIECE : (n + 1) * PIECE])
                except _PieceSpoilt:
                    log.info("a piece was spoilt on its way and goes again")
                    break
                self.pieces_sent += 1
                moved = len(content) - (len(missing or ()) - place) * PIECE
                self._moved(job, moved)
                yield
            if missing is None or wire.done(job.scope, job.sha256) == "done":
                blobs.sent(self._store, job.scope, job.sha256)
                self.sent += 1
                return
        raise FileNotTaken

    def _download(self, wire: FileWire, job: _Job) -> Iterator[None]:
        files = self._store.files
        size = wire.size(job.scope, job.sha256)
        if size is None:
            raise FileNotAtCentre
        blobs.make_room(self._store, size)
        pieces: list[bytes] = []
        for n in range(-(-size // PIECE)):
            piece = files.get_piece(job.sha256, n)
            if piece is None:
                piece = wire.get(job.scope, job.sha256, n)
                if piece is None:
                    raise FileNotAtCentre
                files.put_piece(job.sha256, n, piece)
                self.pieces_fetched += 1
                self._moved(job, min(size, (n + 1) * PIECE))
                yield
            pieces.append(piece)
        content = b"".join(pieces)
        if hashlib.sha256(content).hexdigest() != job.sha256:
            files.drop_pieces(job.sha256)
            raise FileSpoiltAtCentre
        blobs.came(self._store, job.scope, job.sha256, content)
        files.drop_pieces(job.sha256)
        self.fetched += 1

    def _moved(self, job: _Job, done: int) -> None:
        done = max(0, done)
        blobs.moved(self._store, job.scope, job.sha256, done)
        self._tell(job, done)
