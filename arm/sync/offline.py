"""The workstation without a network: what it writes into an exchange file, and how it takes the
answer over – by the same functions as an answer of the centre itself, the chain checked.

An answer may come twice, late, or after the workstation has met the centre by itself: whatever of
it is known already changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from arm.errors import ExpectedError
from arm.model import SCHEMA
from arm.store import blobs
from arm.store.database import raw_of
from arm.store.errors import DamagedAttachment, MissingAttachment
from arm.store.store import Store
from arm.sync.erasure import erase_here, erase_refused, sentenced
from arm.sync.feed import take_over_page
from arm.sync.files import PIECE
from arm.sync.first_load import load_scope, set_out
from arm.sync.holding import FROZEN
from arm.sync.package_keys import learn
from arm.sync.queue import BATCH_OPERATIONS, Batch, acknowledge, agree_on_queue
from arm.sync.wire import Head, Hello, LoadedRow, Wire

log = logging.getLogger(__name__)

Entry = tuple[str, bytes]
LOAD_PAGE: Final = 1_000

_OUTBOX: Final = (
    "SELECT o.cseq, o.scope, o.op, coalesce(a.actor, ?), o.op_hash FROM outbox o"
    " LEFT JOIN action a ON a.id = o.action_id ORDER BY o.cseq"
)
_FILES: Final = (
    "SELECT DISTINCT b.scope, b.sha256, b.size FROM outbox o JOIN blob b ON b.scope = o.scope"
    " AND b.sha256 = json_extract(o.op, '$.f.sha256.n')"
    " WHERE o.kind = 'attachment' AND b.state = 'unsent' AND b.here ORDER BY b.size"
)


class AnswerForAnother(ExpectedError):
    """An answer made for another workstation, or for what this one was before."""

    code = "answer_for_another"
    title = "Этот ответ предназначен другому рабочему месту"
    advice = "Загрузите его на том компьютере, с которого брали файл обмена. Ничего не загружено"


class AnswerTooEarly(ExpectedError):
    """An earlier answer was left out: there would be a gap in the feed."""

    code = "answer_out_of_order"
    title = "Сначала загрузите более ранний ответ: между ними пропущены изменения"
    advice = "Если его нет, создайте новый файл обмена и отвезите его: ответ будет полным"


class AnswerSpoilt(ExpectedError):
    """Signed well, but not what an answer is."""

    code = "answer_spoilt"
    title = "Файл обмена составлен неверно"
    advice = "Обновите программу на обоих компьютерах и создайте файл заново"


def packed(value: Any) -> bytes:
    """JSON as it lies in a file."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Outgoing:
    """What a file will hold; ``entries`` reads files one by one."""

    operations: int
    files: int
    entries: Iterator[Entry]


def outgoing(store: Store) -> Outgoing:
    """All that the centre has not acknowledged, with the files it names, and where we stand.

    From now on these operations keep their numbers: the file says them.
    """
    with store.merge() as session:
        raw = raw_of(session)
        rows = raw.execute(_OUTBOX, (store.actor.login,)).fetchall()
        files = raw.execute(_FILES).fetchall()
        about = {
            "client": store.client_id,
            "login": store.actor.login,
            "schema": SCHEMA,
            "epoch": store.meta("feed_epoch"),
            "cursors": [
                {"scope": scope, "seq": seq, "hash": chain}
                for scope, seq, chain in raw.execute("SELECT scope, seq, hash FROM cursor")
            ],
            "unfinished": [scope for (scope,) in raw.execute("SELECT scope FROM hydrate")],
            "wanted": raw.execute(
                "SELECT scope, sha256 FROM blob WHERE wanted > 0 AND NOT here ORDER BY wanted DESC"
            ).fetchall(),
            "acked": raw.execute("SELECT coalesce(max(cseq), 0) FROM outbox_done").fetchone()[0],
            "first": rows[0][0] if rows else 0,
            "last": rows[-1][0] if rows else 0,
            "prev": json.loads(rows[0][2])["prev"] if rows else "",
        }
        if rows:
            store.set_meta(FROZEN, rows[-1][0])
    return Outgoing(len(rows), len(files), _entries(store, about, files, rows))


def _entries(
    store: Store,
    about: Mapping[str, Any],
    files: Sequence[tuple[int, str, int]],
    rows: Sequence[tuple[Any, ...]],
) -> Iterator[Entry]:
    yield "about", packed(about)
    for scope, sha256, _ in files:
        yield from file_entries(store, scope, sha256)
    batch: list[tuple[Any, ...]] = []
    for row in rows:
        if batch and (row[1] != batch[0][1] or len(batch) == BATCH_OPERATIONS):
            yield _batch_entry(batch)
            batch = []
        batch.append(row)
    if batch:
        yield _batch_entry(batch)


def _batch_entry(rows: Sequence[tuple[Any, ...]]) -> Entry:
    return "operations", packed(
        {
            "scope": rows[0][1],
            "cseqs": [row[0] for row in rows],
            "texts": [row[2] for row in rows],
            "authors": [row[3] for row in rows],
            "hashes": [row[4] for row in rows],
        }
    )


def file_entries(store: Store, scope: int, sha256: str) -> Iterator[Entry]:
    """A file as entries: its name and count, then its pieces. Nothing if it is damaged here."""
    try:
        content = store.files.get(sha256)
    except (DamagedAttachment, MissingAttachment):
        log.info("a file for an exchange file is damaged or gone")
        return
    count = -(-len(content) // PIECE)
    yield "file", packed({"scope": scope, "sha256": sha256, "count": count})
    for n in range(count):
        yield "piece", content[n * PIECE : (n + 1) * PIECE]


# --- the answer


@dataclass
class TakenIn:
    """What an answer brought."""

    acknowledged: int = 0
    refused: int = 0
    conflicts: int = 0
    received: int = 0
    """Entries of the feed that were new here."""
    loaded: int = 0
    files: int = 0
    sent_again: int = 0
    """Operations that the centre has lost and that must be carried there once more."""


def take_answer(store: Store, entries: Iterable[Entry]) -> TakenIn:
    """Take over an answer. Raises AnswerForAnother, AnswerTooEarly, AnswerSpoilt, FeedBroken and
    the errors of the store; what was taken over before stays, and taking the rest again is safe."""
    try:
        return _Taking(store).all(iter(entries))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AnswerSpoilt from error


class _Taking:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._done = TakenIn()
        self._about: dict[str, Any] = {}
        self._load: _RecordedLoad | None = None
        self._file: tuple[int, str, int] = (0, "", 0)
        self._pieces: list[bytes] = []

    def all(self, entries: Iterator[Entry]) -> TakenIn:
        """Entry by entry, in their order."""
        name, content = next(entries, ("", b""))
        if name != "about":
            raise AnswerSpoilt
        self._about = json.loads(content)
        if self._about["client"] != self._store.client_id:
            raise AnswerForAnother
        takers: dict[str, Callable[[Any], None]] = {
            "acknowledged": self._acknowledge,
            "load": self._begin_load,
            "page": self._take_page,
            "conflicts": self._take_conflicts,
            "erased": self._take_erased,
            "past": self._take_past,
            "loaded": self._run_load,
            "feed": self._take_feed,
            "file": self._begin_file,
            "keys": lambda said: learn(self._store, said),
            "files": self._files_arrived,
        }
        for name, content in entries:
            if name == "piece":
                self._take_piece(content)
            elif name in takers:  # what a later program adds is left alone
                takers[name](json.loads(content))
        self._remember()
        return self._done

    # -- own operations

    def _acknowledge(self, said: Mapping[str, Any]) -> None:
        answer = said["said"]
        hashes = dict(zip(said["cseqs"], said["hashes"], strict=True))
        at = self._store.clock.now().isoformat()
        with self._store.merge() as session:
            raw = raw_of(session)
            waiting = {}
            for cseq, op_hash, doc_id, kind in raw.execute(
                "SELECT cseq, op_hash, doc_id, kind FROM outbox WHERE cseq BETWEEN ? AND ?",
                (min(hashes), max(hashes)),
            ):
                # another operation has this number since: the answer is about a former life
                if hashes.get(cseq) == op_hash:
                    waiting[cseq] = (doc_id, kind)
            results = [one for one in answer["results"] if one["cseq"] in waiting]
            if not results:
                return
            cseqs = tuple(one["cseq"] for one in results)
            ids = tuple(waiting[cseq] for cseq in cseqs)
            known = {doc_id for doc_id, _ in ids}
            docs = [one for one in answer["docs"] if one["id"] in known]
            batch = Batch(said["scope"], cseqs, (), (), ids)
            acknowledge(session, batch, {**answer, "results": results, "docs": docs}, at)
            erase_refused(self._store, session, results)
        self._done.acknowledged += len(results)
        self._done.conflicts += sum(one["status"] == "conflict" for one in results)
        self._done.refused += sum(one["status"] in {"denied", "invalid"} for one in results)

    def _files_arrived(self, said: Sequence[tuple[int, str]]) -> None:
        with self._store.read() as session:
            unsent = set(
                raw_of(session).execute("SELECT scope, sha256 FROM blob WHERE state = 'unsent'")
            )
        for scope, sha256 in said:
            if (scope, sha256) in unsent:
                blobs.sent(self._store, scope, sha256)

    # -- the feed

    def _take_feed(self, said: dict[str, Any]) -> None:
        with self._store.merge() as session:
            cursors: dict[int, int] = dict(
                raw_of(session).execute("SELECT scope, seq FROM cursor").fetchall()
            )
            fresh = []
            for change in said["changes"]:
                held = cursors.get(change["scope"])
                if held is None or change["seq"] <= held:
                    continue  # known already, or of a scope that we have let go of
                if change["seq"] != held + 1:
                    raise AnswerTooEarly
                cursors[change["scope"]] = change["seq"]
                fresh.append(change)
            if fresh:
                to_erase = sentenced(session, fresh)
                take_over_page(session, {**said, "changes": fresh}, self._store.client_id)
                for sentence in to_erase:
                    erase_here(self._store, session, sentence)
        self._done.received += sum(c["client"] != self._store.client_id for c in fresh)

    # -- first loads

    def _begin_load(self, said: Mapping[str, Any]) -> None:
        self._load = _RecordedLoad(said)

    def _take_page(self, said: Sequence[Sequence[Any]]) -> None:
        self._recorded().pages.append([LoadedRow(*row) for row in said])

    def _take_conflicts(self, said: list[dict[str, Any]]) -> None:
        self._recorded().conflicts = said

    def _take_erased(self, said: list[dict[str, Any]]) -> None:
        self._recorded().gone = said

    def _take_past(self, said: list[dict[str, Any]]) -> None:
        self._recorded().past += said

    def _recorded(self) -> _RecordedLoad:
        if self._load is None:
            raise AnswerSpoilt
        return self._load

    def _run_load(self, _scope: int) -> None:
        load = self._recorded()
        self._load = None
        scope = load.head.scope
        with self._store.read() as session:
            raw = raw_of(session)
            held = raw.execute("SELECT seq, hash FROM cursor WHERE scope = ?", (scope,)).fetchone()
            halfway = raw.execute("SELECT 1 FROM hydrate WHERE scope = ?", (scope,)).fetchone()
        asked = next((c for c in self._about["cursors"] if c["scope"] == scope), None)
        begun = halfway is not None and held == (load.head.seq, load.head.hash)
        still_asked = (
            held == (asked["seq"], asked["hash"]) if asked and held else asked is None and not held
        )
        if not begun and not still_asked:
            return  # it was loaded meanwhile
        if not begun:
            set_out(self._store, load.head, load.total, doubting=load.doubting)
        self._done.loaded += load_scope(
            self._store,
            load,
            scope,
            progress=lambda _done, _total: None,
            cancelled=lambda: False,
            page_size=LOAD_PAGE,
        )

    # -- files that were asked for

    def _begin_file(self, said: Mapping[str, Any]) -> None:
        self._file = (said["scope"], said["sha256"], said["count"])
        self._pieces = []

    def _take_piece(self, content: bytes) -> None:
        scope, sha256, count = self._file
        self._pieces.append(content)
        if len(self._pieces) < count:
            return
        whole = b"".join(self._pieces)
        self._pieces = []
        if (
            blobs.is_wanted(self._store, scope, sha256)
            and hashlib.sha256(whole).hexdigest() == sha256
        ):
            blobs.make_room(self._store, len(whole))
            blobs.came(self._store, scope, sha256, whole)
            self._done.files += 1

    # -- what the centre knows of us

    def _remember(self) -> None:
        hello, store = self._about["hello"], self._store
        for key in ("client_number", "office", "people", "feed_epoch", "loaded_schema"):
            if hello.get(key) is not None and store.meta(key) != hello[key]:
                store.set_meta(key, hello[key])
        if hello.get("office") is not None:
            store.set_meta("idle_minutes", hello["office"].get("idle_minutes"))
        with store.read() as session:
            raw = raw_of(session)
            acked = raw.execute("SELECT coalesce(max(cseq), 0) FROM outbox_done").fetchone()[0]
            before = raw.execute("SELECT count(*) FROM outbox").fetchone()[0]
        if hello["last_cseq"] < self._about["acked"] == acked:
            # the centre was set back, and we alone still have what it lost
            agree_on_queue(store, _as_hello(hello), lambda _first: ())
            self._done.sent_again = store.pending() - before


def _as_hello(said: Mapping[str, Any]) -> Hello:
    """The greeting as it was answered elsewhere; what needs a line of one's own is left empty."""
    empty: dict[str, Any] = {"heads": (), "diverged": frozenset()}
    return Hello(**{one.name: said.get(one.name, empty.get(one.name)) for one in fields(Hello)})


class _RecordedLoad(Wire):
    """A first load that was asked for elsewhere, answered from the file."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__(_no_line)
        self.head = Head(**said["head"])
        self.total: int = said["total"]
        self.doubting: bool = said["doubting"]
        self.pages: list[list[LoadedRow]] = []
        self.conflicts: list[dict[str, Any]] = []
        self.gone: list[dict[str, Any]] = []
        self.past: list[dict[str, Any]] = []

    def count(self, scope: int) -> int:
        """As the centre said it."""
        return self.total

    def page(self, scope: int, after: tuple[str, str], at_most: int) -> list[LoadedRow]:
        """The first recorded page that goes beyond ``after``, without what does not."""
        for page in self.pages:
            rest = [row for row in page if (row.person, row.id) > after]
            if rest:
                more = page is not self.pages[-1]
                # a full page says that another follows
                return rest if not more or len(rest) == at_most else self._filled(rest, at_most)
        return []

    def _filled(self, rest: list[LoadedRow], at_most: int) -> list[LoadedRow]:
        last = (rest[-1].person, rest[-1].id)
        following = self.page(0, last, at_most)
        return (rest + following)[:at_most]

    def open_conflicts(self, scope: int) -> list[dict[str, Any]]:
        """As the centre said them."""
        return self.conflicts

    def erased(self, scope: int) -> list[dict[str, Any]]:
        """As the centre said them."""
        return self.gone

    def entries(self, scope: int, after: int, until: int, at_most: int) -> list[dict[str, Any]]:
        """Of the past, what was recorded of it."""
        return [one for one in self.past if after < one["seq"] <= until][:at_most]


def _no_line() -> Any:
    raise AssertionError("a recorded answer needs no line")
