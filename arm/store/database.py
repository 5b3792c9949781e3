"""The encrypted file: making it, opening it, refusing what must not be opened.

SQLCipher 4 with a raw 256-bit key. The salt that SQLCipher keeps in the first 16 bytes is derived
from the key instead of drawn at random, so that a page can be checked even where those bytes are
spoilt: that is how :class:`WrongKey` and :class:`DamagedFile` are told apart.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from arm.store.errors import (
    CannotWrite,
    DamagedFile,
    DatabaseExists,
    NewerSchema,
    NoDatabase,
    NotEncrypting,
    OldSqlite,
    PlainFile,
    SecondInstance,
    WrongKey,
    from_os,
    from_sqlite,
)

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

log = logging.getLogger(__name__)

MIGRATIONS: Final = Path(__file__).resolve().parents[2] / "migrations" / "local"
"""The steps from an empty file to the present shape; they import no project code."""

FIRST_SAFE_SQLITE: Final = (3, 51, 3)
"""Earlier ones can corrupt a file when its WAL is reset (sqlite.org, 13 March 2026)."""

PLAIN_HEADER: Final = b"SQLite format 3\x00"
PAGE: Final = 4096
RESERVED: Final = 80
"""Bytes at the end of a page: 16 of initialisation vector, 64 of HMAC-SHA512."""

BEGIN_OPTION: Final = "arm_begin"
BUSY_MILLISECONDS: Final = 10_000
WAL_LIMIT: Final = 64 * 1024 * 1024

Connect = Callable[[], Any]


def create_database(path: Path, key: bytes, migrations: Path = MIGRATIONS) -> Engine:
    """Make a new encrypted database at the newest schema and open it.

    The file appears under its name only when it is complete. Raises DatabaseExists, DiskFull,
    CannotWrite.
    """
    _refuse_library(dbapi2.sqlite_version_info)
    if path.exists():
        raise DatabaseExists(path=path)
    growing = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for leftover in _with_companions(growing):
            leftover.unlink(missing_ok=True)
        engine = _engine(_connector(growing, key, create=True))
        try:
            _migrate(engine, migrations)
        finally:
            engine.dispose()
        growing.chmod(0o600)  # its journals take the rights over
        growing.replace(path)
    except OSError as error:
        raise from_os(error) from error
    return _engine(_connector(path, key))


def open_database(path: Path, key: bytes, migrations: Path = MIGRATIONS) -> Engine:
    """Open the database of this workstation.

    A file of an older schema is brought up to date after a copy of it was laid beside it. Raises
    NoDatabase, PlainFile, WrongKey, DamagedFile, OldSqlite, NewerSchema, DiskFull, CannotWrite,
    DatabaseBusy.
    """
    _refuse_library(dbapi2.sqlite_version_info)
    _refuse_header(path)
    engine = _engine(_connector(path, key))
    try:
        held = _schema_of(engine, path, key)
        newest = newest_revision(migrations)
        if held != newest:
            if held not in _revisions(migrations):
                raise NewerSchema()
            _upgrade(engine, path, held, migrations)
    except BaseException:
        engine.dispose()
        raise
    return engine


def newest_revision(migrations: Path = MIGRATIONS) -> str:
    """The revision a database must have: files are named ``<revision>_<subject>.py`` in order, so
    that a normal start need not import alembic (0.3 s)."""
    return _revisions(migrations)[-1]


def _revisions(migrations: Path) -> list[str]:
    return sorted(path.name.split("_", 1)[0] for path in migrations.glob("versions/[0-9]*_*.py"))


def _refuse_library(version: tuple[int, int, int]) -> None:
    if version < FIRST_SAFE_SQLITE:
        raise OldSqlite(
            version=".".join(map(str, version)), needed=".".join(map(str, FIRST_SAFE_SQLITE))
        )


def _refuse_header(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(PAGE)
    except FileNotFoundError as error:
        raise NoDatabase(path=path) from error
    except OSError as error:
        raise CannotWrite() from error
    if head.startswith(PLAIN_HEADER):
        raise PlainFile(path=path)
    if len(head) < PAGE:
        # SQLite would take an empty file for a new database and start filling it.
        raise DamagedFile()


def _salt(key: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 16, salt=None, info=b"edinoe-okno database salt").derive(key)


def _connector(path: Path, key: bytes, *, create: bool = False) -> Connect:
    if len(key) != 32:
        raise ValueError("a database key has 32 bytes")
    uri = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
    spec = f"x'{key.hex()}{_salt(key).hex()}'"

    def connect() -> Any:
        connection = dbapi2.connect(
            uri,
            uri=True,
            isolation_level=None,  # transactions begin where we say, see _begin
            check_same_thread=False,  # the pool hands a connection to one thread at a time
            cached_statements=512,
        )
        try:
            for statement in _PRAGMAS_BEFORE_KEY:
                connection.execute(statement)
            connection.execute(f'PRAGMA key = "{spec}"')
            if not connection.execute("PRAGMA cipher_version").fetchone():
                raise NotEncrypting()
            for statement in _PRAGMAS_AFTER_KEY:
                connection.execute(statement).fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    return connect


def raw_of(session: Session) -> Any:
    """The driver's connection of this transaction."""
    return session.connection().connection.driver_connection


def raw_connection(path: Path, key: bytes) -> Any:
    """The driver's connection to a file as it is, for saving what can still be read of it."""
    return _connector(path, key)()


_PRAGMAS_BEFORE_KEY: Final = (
    # SQLCipher's own log goes to the terminal; we report what happened ourselves.
    "PRAGMA cipher_log_level = NONE",
    "PRAGMA cipher_memory_security = OFF",
)
_PRAGMAS_AFTER_KEY: Final = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA temp_store = MEMORY",  # nothing decrypted may reach the disk in a temporary file
    "PRAGMA foreign_keys = OFF",  # records arrive from the centre in any order
    "PRAGMA cache_size = -32000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # «сохранено» is shown after COMMIT and must be true
    # an edit with its derived rows writes some 50 pages: 1,000, the default, would stop every
    # twentieth edit for a checkpoint (p95 of an edit 8.8 ms; with 4,000 pages 5 ms)
    "PRAGMA wal_autocheckpoint = 4000",
    f"PRAGMA journal_size_limit = {WAL_LIMIT}",
)


def _engine(connect: Connect) -> Engine:
    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=connect,
        poolclass=QueuePool,
        pool_size=6,
        max_overflow=10,
        pool_timeout=60,
        pool_use_lifo=True,  # the connection used last still has its pages decrypted
        hide_parameters=True,  # values of persons must not reach a log through an error's text
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Begin explicitly: readers get one snapshot, writers the lock at once, not half way."""
    command = connection.get_execution_options().get(BEGIN_OPTION, "BEGIN")
    driver: Any = connection.connection.driver_connection
    driver.execute(command)


def writing(engine: Engine) -> Engine:
    """The same engine for sessions that will write."""
    return engine.execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"})


def _schema_of(engine: Engine, path: Path, key: bytes) -> str:
    try:
        raw = engine.raw_connection()
        try:
            row = raw.driver_connection.execute(  # type: ignore[union-attr]  # just connected
                "SELECT version_num FROM alembic_version"
            ).fetchone()
        finally:
            raw.close()
    except dbapi2.Error as error:
        raise _cause_of_refusal(error, path, key) from error
    if row is None:
        raise DamagedFile()
    return str(row[0])


def _cause_of_refusal(error: dbapi2.Error, path: Path, key: bytes) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == dbapi2.SQLITE_NOTADB:
        # SQLCipher answers the same for a wrong key and for a spoilt first page.
        return DamagedFile() if _some_page_is_ours(path, key) else WrongKey(path=path)
    if code == dbapi2.SQLITE_ERROR:
        return DamagedFile()  # decrypts, but is not a database of this program
    return from_sqlite(error) or error


def _some_page_is_ours(path: Path, key: bytes) -> bool:
    """Whether any page of the file carries a valid HMAC under this key (SQLCipher 4 format)."""
    mask = bytes(byte ^ 0x3A for byte in _salt(key))
    hmac_key = hashlib.pbkdf2_hmac("sha512", key, mask, 2, 32)
    with path.open("rb") as file:
        number = 1
        while len(page := file.read(PAGE)) == PAGE:
            start = 16 if number == 1 else 0
            signed = page[start : PAGE - 64] + number.to_bytes(4, "little")
            if hmac.compare_digest(hmac.digest(hmac_key, signed, "sha512"), page[-64:]):
                return True
            number += 1
    return False


def _upgrade(engine: Engine, path: Path, held: str, migrations: Path) -> None:
    kept = path.with_name(f"{path.name}.before-{newest_revision(migrations)}-was-{held}")
    copy_database(engine, kept)
    log.info("schema %s is brought to %s", held, newest_revision(migrations))
    _migrate(engine, migrations)


def copy_database(engine: Engine, to: Path) -> None:
    """Write a compact copy under the same key; it appears under its name when complete.

    Raises DiskFull, CannotWrite, DamagedFile.
    """
    growing = to.with_name(to.name + ".part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        growing.unlink(missing_ok=True)
        raw = engine.raw_connection()
        try:
            raw.driver_connection.execute(  # type: ignore[union-attr]  # just connected
                "VACUUM INTO ?", (str(growing),)
            )
        finally:
            raw.close()
        with growing.open("rb+") as file:
            os.fsync(file.fileno())
        growing.replace(to)
    except dbapi2.Error as error:
        raise from_sqlite(error) or error from error
    except OSError as error:
        raise from_os(error) from error
    finally:
        growing.unlink(missing_ok=True)


def _migrate(engine: Engine, migrations: Path) -> None:
    """Run what is missing, all of it in one transaction: a kill leaves the old schema whole."""
    # alembic takes 0.3 s to import and is needed once in months
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    try:
        with writing(engine).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except dbapi2.Error as error:
        raise from_sqlite(error) or error from error


def _with_companions(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + end) for end in ("", "-wal", "-shm", "-journal"))


class InstanceLock:
    """Held while this process has a home open. The system releases it when the process dies, so
    a killed program never locks its owner out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock or raise SecondInstance naming the process that has it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise from_os(error) from error
        try:
            _lock(file)
        except OSError as error:
            os.close(file)
            raise SecondInstance(pid=self._holder()) from error
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        self._file = file

    def release(self) -> None:
        """Give the lock back; harmless when not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _holder(self) -> str:
        try:
            return self.path.read_text() or "?"
        except OSError:
            return "?"

    def __enter__(self) -> InstanceLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


if sys.platform == "win32":

    def _lock(file: int) -> None:
        # Windows forbids reading a locked range, so a byte far beyond the text is locked.
        os.lseek(file, 1 << 20, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)

else:

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
