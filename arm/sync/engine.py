"""One exchange with the centre, from greeting to drained feed, and the state that people see."""

from __future__ import annotations

import json
import logging
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any, Final

import psycopg
from sqlalchemy.orm import Session

from arm.centre_errors import CentreBusy, CentreUnreachable, ProgramTooOld
from arm.errors import ExpectedError, places
from arm.model import SCHEMA, Office
from arm.store import read_log
from arm.store.blobs import doubt_sent
from arm.store.database import raw_of
from arm.store.errors import CannotWrite, DiskFull
from arm.store.filling import end_filling
from arm.store.store import ChangeSet, Store
from arm.sync import witness
from arm.sync.documents import Touched, forget_feed, forget_scope
from arm.sync.erasure import erase_here, erase_refused, scrub, sentenced
from arm.sync.feed import take_over_page
from arm.sync.files import FileExchange
from arm.sync.first_load import PAGE, Filler, load_scope, set_out, unfinished
from arm.sync.held import sort_queue
from arm.sync.holding import sendable
from arm.sync.queue import (
    Batch,
    acknowledge,
    agree_on_queue,
    drop_old,
    next_batch,
    start_anew,
    try_again,
)
from arm.sync.reads import send_reads
from arm.sync.rights_news import keep_rights, known_rights, rights_untold
from arm.sync.state import SyncReport, SyncState
from arm.sync.supervision import DEALT_WITH, decisions_wait, exchange_decisions, supervises
from arm.sync.wire import SILENCE_SECONDS, Connect, ForeignClient, Hello, Kept, Wire

log = logging.getLogger(__name__)

ENTRIES_A_PULL: Final = 500
HIDDEN_KINDS: Final = "hidden_kinds"
"""Name, among the store's own values, of the kinds that somebody exchanged without being let read
them: who may read them loads the scopes again."""
MENDINGS: Final = 3
"""How often in one exchange we try to agree on the queue with the centre."""
STRAYS: Final = "stray_scopes"
ATTEMPTS: Final = 3
"""How often a batch is sent while others hold its scope."""
FIRST_WAIT_SECONDS: Final = 0.1
_COUNTS: Final = (
    "SELECT (SELECT count(*) FROM outbox),"
    " (SELECT count(*) FROM conflict WHERE state = 'open'),"
    f" (SELECT count(*) FROM rejected r WHERE NOT {DEALT_WITH}),"
    f" (SELECT count(*) FROM office_rejected r WHERE NOT {DEALT_WITH}"
    " AND (author = ?1 OR ?2) AND client <> (SELECT json_extract(value, '$') FROM meta"
    " WHERE key = 'client_id')),"
    " (SELECT count(*) FROM held), (SELECT value FROM meta WHERE key = 'exchanged_today'),"
    " (SELECT count(*) FROM witness WHERE lost_at IS NOT NULL AND explained_at IS NULL)"
)
LOGGED: Final = 30
"""How many exchanges that brought or failed something are remembered for people."""
OFFICE_SECONDS: Final = 60.0
"""How often we ask what became of refused edits: nobody waits for that by the second."""
RATE_AFTER_SECONDS: Final = 2.0
Listener = Callable[[SyncState], None]
Cancelled = Callable[[], bool]


def _never() -> bool:
    return False


class SyncEngine:
    """Exchanges what one store holds with the centre. Any thread may ask; exchanges take turns."""

    def __init__(
        self,
        store: Store,
        connect: Connect,
        *,
        silence: float = SILENCE_SECONDS,
        page_size: int = PAGE,
        filler: Callable[[], Filler] | None = None,
        keep_seconds: float = 0,
        office_seconds: float = OFFICE_SECONDS,
    ) -> None:
        self.store = store
        self._office_seconds = office_seconds
        self._office_asked: float | None = None
        self._load_began: tuple[float, int] | None = None
        self._connect = connect
        self._silence = silence
        self._page_size = page_size
        self._filler = filler
        self._kept = Kept(keep_seconds)
        self.files = FileExchange(store, connect)
        """Attachments, which travel beside the records."""
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._wire: Wire | None = None
        self._listeners: list[Listener] = []
        self._random = random.Random()  # noqa: S311  # spreads load, guards nothing
        self._broken_off = threading.Event()
        store.read_only = known_rights(store)
        said = store.meta("last_exchange_at")
        self.state = SyncState(
            last_exchange_at=datetime.fromisoformat(said) if said else None,
            rights=rights_untold(store),
        )
        self._count()
        store.listen(self._on_edit)

    # --- who watches

    def listen(self, fn: Listener) -> Callable[[], None]:
        """Have ``fn`` called with each new state, in whichever thread changed it, until the
        returned function is called."""
        self._listeners.append(fn)

        def stop() -> None:
            if fn in self._listeners:
                self._listeners.remove(fn)

        return stop

    def update_state(self, **changes: Any) -> None:
        """Replace the state and tell the listeners if it differs."""
        with self._guard:
            fresh = replace(self.state, **changes)
            if fresh == self.state:
                return
            self.state = fresh
        for fn in tuple(self._listeners):
            try:
                fn(fresh)
            except Exception as error:  # noqa: BLE001 - a screen's bug must not stop the exchange
                log.error("a listener failed: %s", places(error))

    def rights_told(self) -> None:
        """The person has seen which of their rights changed."""
        self.store.set_meta("rights_untold", [])
        self.update_state(rights=())

    def _on_edit(self, changed: ChangeSet) -> None:
        if changed.origin in {"edit", "undo"}:
            self._count()

    def _count(self) -> None:
        # after every edit: one statement through the driver instead of four through the mapper
        with self.store.read() as session:
            actor = self.store.actor
            pending, conflicts, rejected, office, held, said, lost = (
                raw_of(session).execute(_COUNTS, (actor.login, supervises(actor.role))).fetchone()
            )
        day = self._of_today(json.loads(said or "null"))
        self.update_state(
            pending=pending,
            conflicts=conflicts,
            rejected=rejected,
            history_lost=lost,
            office_rejected=office,
            held=held,
            today_sent=day["sent"],
            today_received=day["received"],
        )

    # --- the exchange

    def exchange(self, cancelled: Cancelled = _never) -> SyncReport:
        """Greet, send all that waits, load what was never loaded, take over all that is new.

        Stops early, leaving everything consistent, when ``cancelled`` says so. Raises
        CentreUnreachable, WrongCentrePassword, TlsRequired, CentreNotReady, CentreTooOld,
        TooManyWorkstations, ProgramTooOld, FeedBroken, CentreBusy, and the store's DiskFull,
        CannotWrite, DatabaseBusy.
        """
        with self._turn, self._in_phase():
            self._broken_off.clear()
            wire = Wire(self._connect, self._silence, self._kept)
            self._wire = wire
            try:
                with wire:
                    return self._exchange(wire, cancelled)
            finally:
                self._wire = None

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """No exchange runs meanwhile: an answer is being taken over from a file."""
        with self._turn:
            yield
        self._count()

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of the signed-in person, for what goes beside the exchange."""
        return self._connect()

    def abort(self) -> None:
        """Break off a running exchange at once, from another thread."""
        wire = self._wire
        self._broken_off.set()
        if wire is not None:
            wire.abort()

    def close(self) -> None:
        """Let go of the connection that is kept between exchanges."""
        with self._turn:
            self._kept.close()

    @contextmanager
    def _in_phase(self) -> Iterator[None]:
        self.update_state(phase="exchanging", sent=0, received=0)
        try:
            yield
        except CentreUnreachable as error:
            since = self.state.offline_since or self.store.clock.now()
            self.update_state(phase="offline", error=error, offline_since=since)
            self._log_failure(error)
            raise
        except ExpectedError as error:
            self.update_state(phase="idle", error=error)
            self._log_failure(error)
            raise
        except BaseException:
            self.update_state(phase="idle")
            raise
        finally:
            self._count()
        self.update_state(
            phase="idle", error=None, offline_since=None, loaded=0, total=0, rate=None
        )

    def _exchange(self, wire: Wire, cancelled: Cancelled) -> SyncReport:
        began = monotonic()
        hello = self._greet(wire)
        self._testify(wire)
        sent, busy = self._push(wire, cancelled)
        if hello.schema_min > SCHEMA:
            raise ProgramTooOld()
        self._prepare_scopes(wire, hello)
        loaded = self._load(wire, cancelled)
        if not busy:
            more, busy = self._push(wire, cancelled)
            sent += more
        received, moved = self._pull(wire, cancelled)
        while not cancelled() and unfinished(self.store):  # the feed may ask for another load
            loaded += self._load(wire, cancelled)
            more, again = self._pull(wire, cancelled)
            received, moved = received + more, moved or again
        if not cancelled() and not busy and self._try_again():
            more, busy = self._push(wire, cancelled)
            sent += more
        if not cancelled():
            send_reads(self.store, wire)
            scrub(self.store)
            decided = self._ask_office(wire)
            self._finished(moved=bool(sent or moved or loaded or decided))
            if sent or moved or loaded:
                took = round((monotonic() - began) * 1000)
                self._log(sent=sent, received=received, loaded=loaded, ms=took)
        self._count()
        return SyncReport(sent, received, self.state.conflicts, loaded, busy)

    def _greet(self, wire: Wire) -> Hello:
        store = self.store
        for _ in range(MENDINGS):
            with store.read() as session:
                cursors = [
                    {"scope": scope, "seq": seq, "hash": chain}
                    for scope, seq, chain in raw_of(session).execute("SELECT * FROM cursor")
                ]
            client_id = store.client_id
            asked = monotonic()
            try:
                hello = wire.hello(client_id, cursors)
            except ForeignClient:
                with store.merge() as session:
                    start_anew(store, session)
                continue
            self.update_state(server_ms=round((monotonic() - asked) * 1000))
            agree_on_queue(store, hello, partial(wire.taken, client_id))
            if store.client_id == client_id:
                aside = sort_queue(store, hello.writable, hello.last_cseq, hello.last_op_hash)
                if aside:
                    with store.merge() as session:
                        self._note_strays(session, aside)
                self._remember(hello)
                return hello
        raise CentreUnreachable()

    def _remember(self, hello: Hello) -> None:
        office = asdict(Office(**{one.name: hello.office[one.name] for one in fields(Office)}))
        for key, value in (
            ("client_number", hello.client_number),
            ("office", office),
            ("people", dict(hello.people)),
            ("organisations", list(hello.organisations)),
            ("idle_minutes", hello.office.get("idle_minutes")),  # not told by older centres
        ):
            if self.store.meta(key) != value:
                self.store.set_meta(key, value)

    def _testify(self, wire: Wire) -> None:
        """Ask whether the centre's history is still the one that was seen here."""
        with self.store.read() as session:
            seen = witness.marks(session)
        lost = wire.witness(self.store.client_id, seen) if seen else []
        if lost:
            log.info("the centre no longer has %s entries that were seen here", len(lost))
            with self.store.merge() as session:
                witness.take_note(self.store, session, lost)
        self._count()

    @contextmanager
    def conversation(self) -> Iterator[Wire]:
        """A connection for questions that are no exchange. Raises as :meth:`exchange`."""
        with Wire(self._connect, self._silence) as wire:
            yield wire

    def _push(self, wire: Wire, cancelled: Cancelled) -> tuple[int, bool]:
        """Send what waits; returns how many operations were acknowledged and whether some stayed
        because others hold their scope."""
        store, sent, disagreements = self.store, 0, 0
        unwritten: DiskFull | CannotWrite | None = None
        # what is typed meanwhile goes next time: a long import must not keep us from receiving
        until = sendable(store)
        after = 0
        while not cancelled():
            with store.read() as session:
                batch = next_batch(session, store.actor.login, until, after)
            if batch is None:
                break
            said = self._send(wire, batch)
            if said is None:
                return sent, True
            try:
                sent += self._acknowledged(batch, said)
            except (DiskFull, CannotWrite) as error:
                # the centre has it and will say so again: the rest must get there too
                unwritten, after = error, batch.cseqs[-1]
            if said["stop"] is not None:
                # a copy of this database is at work: greeting again makes us another workstation
                log.info("push stopped at %s: %s", said["last"], said["stop"])
                disagreements += 1
                if disagreements > MENDINGS or unwritten is not None:
                    raise unwritten or CentreUnreachable()
                self._greet(wire)
                until = sendable(store)
        if unwritten is not None:
            raise unwritten
        return sent, False

    def _send(self, wire: Wire, batch: Batch) -> dict[str, Any] | None:
        """The centre's answer to a batch; None if others hold its scope for longer than we wait."""
        for attempt in range(ATTEMPTS):
            try:
                return wire.push(
                    self.store.client_id, batch.scope, batch.cseqs, batch.texts, batch.authors
                )
            except CentreBusy:
                log.info("scope %s is busy", batch.scope)
            # never all at once: those who wait for one scope would meet again
            wait = FIRST_WAIT_SECONDS * 2**attempt * self._random.uniform(0.5, 1.5)
            if self._broken_off.wait(wait):
                raise CentreUnreachable()
        return None

    def _acknowledged(self, batch: Batch, said: dict[str, Any]) -> int:
        with self.store.merge() as session:
            count = acknowledge(session, batch, said, self.store.clock.now().isoformat())
            self._note_strays(session, batch.scopes() | {doc["scope"] for doc in said["docs"]})
            erase_refused(self.store, session, said["results"])
            self._add_today(sent=count)
        self.update_state(sent=self.state.sent + count)
        self._count()
        return count

    def _try_again(self) -> int:
        if not self.state.rejected:
            return 0
        with self.store.merge() as session:
            return try_again(session)

    def _prepare_scopes(self, wire: Wire, hello: Hello) -> None:
        """Set out to load scopes that are new, doubtful, or written for an older program; let go
        of those that are no longer ours."""
        store = self.store
        self.update_state(rights=keep_rights(store, hello.heads))
        with store.read() as session:
            held = {scope for (scope,) in raw_of(session).execute("SELECT scope FROM cursor")}
        epoch, schema = store.meta("feed_epoch"), store.meta("loaded_schema")
        restored = epoch is not None and epoch != hello.feed_epoch
        if restored or hello.diverged:
            with store.merge() as session:
                doubt_sent(session)
        missing = set(store.meta(HIDDEN_KINDS, ()))
        widened = bool(missing - hello.hidden_kinds)
        for head in hello.heads:
            doubting = restored or head.scope in hello.diverged
            if head.scope not in held or doubting or widened or schema not in {None, SCHEMA}:
                set_out(store, head, wire.count(head.scope), doubting=doubting)
        strays = set(store.meta(STRAYS, ()))
        for scope in (held | strays) - {head.scope for head in hello.heads}:
            self._let_go(scope)
        if strays:
            store.set_meta(STRAYS, [])
        missing = set(hello.hidden_kinds) if widened else missing | hello.hidden_kinds
        for key, value in (
            ("feed_epoch", hello.feed_epoch),
            ("loaded_schema", SCHEMA),
            (HIDDEN_KINDS, sorted(missing)),
        ):
            if store.meta(key) != value:
                store.set_meta(key, value)

    def _note_strays(self, session: Session, scopes: set[int]) -> None:
        """Records stand, or stood until now, in a scope that is not loaded: its right may have
        lasted no longer than that, and then no greeting would ever tell that the scope is gone."""
        cursors = raw_of(session).execute("SELECT scope FROM cursor")
        strays = scopes - {scope for (scope,) in cursors}
        if strays:
            self.store.set_meta(STRAYS, sorted(strays.union(self.store.meta(STRAYS, ()))))

    def _let_go(self, scope: int) -> None:
        with self.store.merge() as session:
            touched: Touched = session.info["touched"]
            forget_scope(session, scope, touched)
            forget_feed(session, scope)
            end_filling(session)  # its first load may have been under way
        log.info("scope %s is no longer ours", scope)

    def _load(self, wire: Wire, cancelled: Cancelled) -> int:
        came = 0
        for scope in unfinished(self.store):
            if cancelled():
                break
            self._load_began = None
            self.update_state(phase="loading")
            came += load_scope(
                self.store,
                wire,
                scope,
                progress=self._loading,
                cancelled=cancelled,
                page_size=self._page_size,
                filler=self._filler,
            )
        if came:
            self.update_state(phase="exchanging")
        return came

    def _loading(self, loaded: int, total: int) -> None:
        now = monotonic()
        if self._load_began is None or loaded < self._load_began[1]:
            self._load_began = (now, loaded)
        began, before = self._load_began
        since = now - began
        rate = round((loaded - before) / since) if since >= RATE_AFTER_SECONDS else None
        self.update_state(loaded=loaded, total=total, rate=rate)

    def _ask_office(self, wire: Wire) -> bool:
        """Decisions about refused edits, now and then or when one made here waits."""
        asked = self._office_asked
        with self.store.read() as session:
            due = asked is None or monotonic() - asked >= self._office_seconds
            due = due or decisions_wait(session)
        if not due:
            return False
        self._office_asked = monotonic()
        return exchange_decisions(self.store, wire)

    def _pull(self, wire: Wire, cancelled: Cancelled) -> tuple[int, bool]:
        """Take over all that is new; returns how many of it were others', and whether any came."""
        store, received, moved = self.store, 0, False
        while not cancelled():
            with store.read() as session:
                cursors = dict(raw_of(session).execute("SELECT scope, seq FROM cursor").fetchall())
            said = wire.pull(cursors, ENTRIES_A_PULL)
            if said["changes"]:
                others = _others(said["changes"], store.client_id)
                with store.merge() as session:
                    to_erase = sentenced(session, said["changes"])
                    take_over_page(session, said, store.client_id)
                    for sentence in to_erase:
                        erase_here(store, session, sentence)
                    self._note_strays(session, {doc["scope"] for doc in said["docs"]})
                    self._add_today(received=others)
                received, moved = received + others, True
                self.update_state(received=received)
            if len(said["changes"]) < ENTRIES_A_PULL:
                break
        return received, moved

    # --- what people read

    def _finished(self, *, moved: bool) -> None:
        with self.store.read() as session:
            fresh = witness.anything_new(session)
        if fresh:
            with self.store.merge() as session:
                witness.remember(self.store, session)
        now = self.store.clock.now().astimezone(UTC)
        if moved:
            self.store.set_meta("last_exchange_at", now.isoformat())
            with self.store.merge() as session:
                drop_old(self.store, session)
                read_log.drop_old(self.store, session)
        self.update_state(last_exchange_at=now)

    def _log(self, **what: Any) -> None:
        """Remember an exchange for people: the newest last, a repeated failure counted."""
        now = self.store.clock.now().astimezone(UTC).isoformat()
        past: list[dict[str, Any]] = self.store.meta("exchanges") or []
        last = past[-1] if past else {}
        if what.get("error") is not None and last.get("error") == what["error"]:
            past[-1] = last | {"until": now, "times": last.get("times", 1) + 1}
        else:
            past.append({"at": now, **what})
        self.store.set_meta("exchanges", past[-LOGGED:])

    def _log_failure(self, error: ExpectedError) -> None:
        with suppress(ExpectedError):  # the disk may be what failed
            self._log(error=error.code, title=error.title_text)

    def _of_today(self, said: dict[str, Any] | None) -> dict[str, Any]:
        day = self.store.clock.today().isoformat()
        if said is not None and said.get("day") == day:
            return said
        return {"day": day, "sent": 0, "received": 0}

    def _add_today(self, sent: int = 0, received: int = 0) -> None:
        day = self._of_today(self.store.meta("exchanged_today"))
        day["sent"] += sent
        day["received"] += received
        self.store.set_meta("exchanged_today", day)


def _others(changes: list[Mapping[str, Any]], client_id: str) -> int:
    return sum(1 for change in changes if change["client"] != client_id)
