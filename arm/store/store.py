"""The open store: sessions for reading, writing and merging, and who is told of changes."""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Engine, delete, event, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from arm.clock import Clock
from arm.errors import places
from arm.model import migrant_id, new_id, plain
from arm.store import tables
from arm.store.capture import Author, CapturingSession, write_out
from arm.store.database import writing
from arm.store.errors import ScopeIsReadOnly, translated
from arm.store.files import FileStore

log = logging.getLogger(__name__)

Origin = Literal["edit", "sync", "undo", "load"]

Derive = Callable[[Session, Collection[str]], None]
"""Recomputes listing, terms and search of these persons inside the given transaction."""

UNNUMBERED_WORKSTATIONS: Final = 9_000
"""Workstations the centre has not numbered yet draw a number from here up to 9999."""


@dataclass(frozen=True)
class Actor:
    """Who is signed in. ``scope`` is the home scope that new records get."""

    login: str
    full_name: str
    role: str
    scope: int


@dataclass(frozen=True)
class ChangeSet:
    """What one committed transaction changed: ``records`` as (kind, id)."""

    records: frozenset[tuple[str, str]]
    persons: frozenset[str]
    origin: Origin


Listener = Callable[[ChangeSet], None]


@dataclass(frozen=True)
class Draft:
    """An unfinished form. ``done_share`` is a percentage, ``saved_at`` ISO 8601 in UTC."""

    id: str
    subject: str
    title: str
    body: dict[str, Any]
    done_share: int
    actor: str
    saved_at: str


class ReadingSession(Session):
    """A session in which nothing may change."""


def _refuse_change(_session: Session, _context: object, _instances: object) -> None:
    raise RuntimeError("a record was changed in a reading session")


event.listen(ReadingSession, "before_flush", _refuse_change)


class Store:
    """The workstation's records. Any thread may read; writers take turns."""

    def __init__(
        self, engine: Engine, clock: Clock, actor: Actor, files: FileStore, derive: Derive
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.actor = actor
        self.files = files
        self.derive = derive
        self._writing_engine = writing(engine)
        self._turn = threading.Lock()
        self._writer: int | None = None
        self._session: Session | None = None
        self._listeners: list[Listener] = []
        self.read_only: Mapping[int, str] = {}
        """Scopes whose records the signed-in person may only read, with their titles; the exchange
        says so. An edit there would come back refused, so it is not taken in the first place."""
        if self.meta("client_id") is None:
            self.set_meta("client_id", str(uuid.uuid4()))

    @property
    def client_id(self) -> str:
        """Which workstation this is. The exchange gives it a new one when the file was cloned."""
        found: str = self.meta("client_id")
        return found

    # --- sessions

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent snapshot. Raises DamagedFile, CannotWrite."""
        with translated(), ReadingSession(self.engine, autoflush=False) as session:
            yield session
            if session.new or session.deleted or session.dirty:
                _refuse_change(session, None, None)

    @contextmanager
    def write(self, title: str, *, undoes: int | None = None) -> Iterator[CapturingSession]:
        """One action of the signed-in person, kept and queued for the centre as a whole.

        ``title`` is what they did, in Russian («Изменён телефон»). After the block
        ``session.info["change_set"]`` says what changed. Raises DiskFull, CannotWrite,
        DatabaseBusy, DamagedFile, ScopeIsReadOnly; then nothing of it was kept.
        """
        session = CapturingSession(
            self._writing_engine, expire_on_commit=False, scope=self.actor.scope
        )
        with self._exclusively(session):
            yield session
            session.flush()
            author = Author(
                self.actor.login, self.actor.scope, self.clock.now().isoformat(), title, undoes
            )
            written = write_out(session, author)
            for scope in written.scopes & self.read_only.keys():
                raise ScopeIsReadOnly(unit=self.read_only[scope])
            if written.persons:
                self.derive(session, written.persons)
            session.commit()
            changed = ChangeSet(
                written.records, written.persons, "edit" if undoes is None else "undo"
            )
            session.info["change_set"] = changed
        self._tell(changed)

    @contextmanager
    def merge(self, origin: Origin = "sync") -> Iterator[Session]:
        """Take over what the centre says: not captured. The caller adds what it touched to
        ``session.info["touched"]`` as (kind, id, person id or None), and sets
        ``session.info["derived"]`` if it has written the derived rows itself. Raises as
        :meth:`write`.
        """
        session = Session(self._writing_engine, expire_on_commit=False)
        touched: set[tuple[str, str, str | None]] = set()
        session.info["touched"] = touched
        with self._exclusively(session):
            yield session
            session.flush()
            persons = frozenset(person for _, _, person in touched if person is not None)
            if persons and "derived" not in session.info:
                self.derive(session, persons)
            session.commit()
            records = frozenset((kind, record_id) for kind, record_id, _ in touched)
            changed = ChangeSet(records, persons, origin)
            session.info["change_set"] = changed
        self._tell(changed)

    @contextmanager
    def rehearse(self) -> Iterator[Session]:
        """A transaction of which nothing is kept: to see what something would change."""
        session = Session(self._writing_engine, expire_on_commit=False)
        with self._exclusively(session):
            yield session
            session.rollback()

    @contextmanager
    def _exclusively(self, session: Session) -> Iterator[None]:
        me = threading.get_ident()
        if self._writer == me:
            raise RuntimeError("a write inside a write of the same thread")
        with self._turn:
            self._writer, self._session = me, session
            try:
                with translated(), session:
                    session.connection()  # takes the database's lock before anything is read
                    yield
            finally:
                self._writer, self._session = None, None

    def _own_session(self) -> Session | None:
        """The transaction this thread is in, so that a setting read or kept there belongs to it."""
        return self._session if self._writer == threading.get_ident() else None

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        session = self._own_session()
        if session is not None:
            yield session
        else:
            with self.read() as session:
                yield session

    @contextmanager
    def _keeping(self) -> Iterator[Session]:
        """Local rows that are nobody's edit: settings, drafts, names of things."""
        session = self._own_session()
        if session is not None:
            yield session
        else:
            session = Session(self._writing_engine)
            with self._exclusively(session):
                yield session
                session.commit()

    def write_anew(self) -> None:
        """Write the whole file again, so that nothing is left of what was deleted, and drop the
        copies that upgrades laid beside it. Raises DiskFull, CannotWrite, DatabaseBusy."""
        with self._turn, translated(), closing(self.engine.raw_connection()) as pooled:
            raw: Any = pooled.driver_connection
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            path = Path(raw.execute("PRAGMA database_list").fetchone()[2])
        for copy in path.parent.glob(f"{path.name}.before-*"):
            copy.unlink(missing_ok=True)

    # --- who is told

    def listen(self, fn: Listener) -> Callable[[], None]:
        """Have ``fn`` called after each commit that changed records, in the writing thread, until
        the returned function is called."""
        self._listeners.append(fn)

        def stop() -> None:
            if fn in self._listeners:
                self._listeners.remove(fn)

        return stop

    def _tell(self, changed: ChangeSet) -> None:
        if not changed.records:
            return
        for fn in tuple(self._listeners):
            try:
                fn(changed)
            except Exception as error:  # noqa: BLE001
                # the records are safe already; one screen's bug must not silence the others
                log.error("a listener failed: %s", places(error))

    # --- the queue

    def pending(self) -> int:
        """How many operations the centre has not acknowledged."""
        with self._reading() as session:
            return session.scalar(select(func.count()).select_from(tables.outbox)) or 0

    # --- names and settings

    def meta(self, key: str, default: Any = None) -> Any:
        """A value kept for the whole workstation by the program itself."""
        session = self._own_session()
        if session is not None:
            row = _meta_row(session.connection().connection, key)
        else:
            # past the mapper, which takes ten times as long: an exchange asks twenty times
            with translated(), closing(self.engine.raw_connection()) as pooled:
                row = _meta_row(pooled, key)
        if row is None:
            return default
        # the column makes a number of JSON text that is one
        return json.loads(row[0]) if isinstance(row[0], str) else row[0]

    def set_meta(self, key: str, value: Any) -> None:
        """Keep such a value; inside a write or merge of this thread, within its transaction."""
        with self._keeping() as session:
            _put(session, tables.meta, {"key": key}, {"value": value})

    def setting(self, key: str, default: Any = None, *, everyone: bool = False) -> Any:
        """A setting of the signed-in person, or of the whole workstation."""
        with self._reading() as session:
            query = select(tables.setting.c.value).where(
                tables.setting.c.actor == ("" if everyone else self.actor.login),
                tables.setting.c.key == key,
            )
            row = session.execute(query).first()
        return default if row is None else row[0]

    def set_setting(self, key: str, value: Any, *, everyone: bool = False) -> None:
        """Keep a setting; ``value`` must be JSON."""
        with self._keeping() as session:
            whose = "" if everyone else self.actor.login
            kept = {"value": plain(value)}
            _put(session, tables.setting, {"actor": whose, "key": key}, kept)

    # --- drafts

    def save_draft(
        self,
        subject: str,
        title: str,
        body: dict[str, Any],
        done_share: int = 0,
        draft_id: str | None = None,
    ) -> str:
        """Keep an unfinished form (``body`` is JSON) and return its id for the next save."""
        kept = draft_id or new_id()
        with self._keeping() as session:
            values = {
                "subject": subject,
                "title": plain(title),
                "body": plain(body),
                "done_share": done_share,
                "actor": self.actor.login,
                "saved_at": self.clock.now().isoformat(),
            }
            _put(session, tables.draft, {"id": kept}, values)
        return kept

    def drafts(self, subject: str | None = None) -> list[Draft]:
        """Unfinished forms of the signed-in person, the newest first."""
        query = select(tables.draft).where(tables.draft.c.actor == self.actor.login)
        if subject is not None:
            query = query.where(tables.draft.c.subject == subject)
        with self._reading() as session:
            rows = session.execute(query.order_by(tables.draft.c.saved_at.desc())).mappings().all()
        return [Draft(**row) for row in rows]

    def drop_draft(self, draft_id: str) -> None:
        """Forget an unfinished form; harmless if it is gone."""
        with self._keeping() as session:
            session.execute(delete(tables.draft).where(tables.draft.c.id == draft_id))

    # --- numbers given without a network

    def next_migrant_id(self, session: Session) -> str:
        """A Migrant ID that no other workstation gives. Call it inside the write that uses it.

        Made of the office's region, this workstation's number and a counter that only grows.
        """
        if session is not self._own_session():
            raise RuntimeError("a Migrant ID is taken inside the write that uses it")
        counter = int(self.meta("migrant_counter", 0)) + 1
        self.set_meta("migrant_counter", counter)
        number = self.meta("client_number")
        if number is None:
            number = UNNUMBERED_WORKSTATIONS + uuid.UUID(self.client_id).int % 1_000
        office = self.meta("office") or {}
        return migrant_id.make(str(office.get("region") or "00"), int(number), counter)


def _meta_row(pooled: Any, key: str) -> tuple[Any] | None:
    query = "SELECT value FROM meta WHERE key = ?"
    found: tuple[Any] | None = pooled.driver_connection.execute(query, (key,)).fetchone()
    return found


def _put(session: Session, table: Any, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    statement = insert(table).values(**key, **values)
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(values)))
