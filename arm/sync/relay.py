"""The colleague with a network: brings the edits of a workstation without one to the centre.

They go by the same ``push`` under the original workstation's id, numbers and authors, so bringing
them twice, partly, or after the workstation went by itself changes nothing. The centre keeps who
was logged in (``actor``) beside who typed (``author``). The relayer's connection is narrowed to
what the maker of the file may do as well: neither gains rights by the other.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from arm.centre_errors import WorkstationRevoked
from arm.errors import ExpectedError
from arm.model import SCHEMA
from arm.sync.files import PIECE, SILENCE_SECONDS, FileOverLimit, FileWire, NoRightToFile
from arm.sync.first_load import HISTORY_ENTRIES, HISTORY_PAGE
from arm.sync.offline import LOAD_PAGE, Entry, packed
from arm.sync.wire import Connect, ForeignClient, Hello
from arm.sync.wire import Head as ScopeHead

log = logging.getLogger(__name__)

ENTRIES_A_PULL: Final = 500
MOST_FILE_BYTES: Final = 200 * 1024 * 1024
"""Files that the workstation asked for, at most so many bytes an answer."""


class PackageSpoilt(ExpectedError):
    """Signed well, but not what such a file holds."""

    code = "package_spoilt"
    title = "Файл обмена составлен неверно"
    advice = "Обновите программу на обоих компьютерах и создайте файл заново"


class PackageOfStranger(ExpectedError):
    """Made at a workstation of another organisation."""

    code = "package_of_stranger"
    title = "Файл обмена создан в другой организации"
    advice = "Загрузите его в той организации. Ничего не передано"


class RevokedSigner(ExpectedError):
    """The file comes from a workstation that was shut out: no code makes it good again."""

    code = "package_revoked_signer"
    title = "Файл записан на рабочем месте, которое администратор отозвал"
    advice = "Центр его не примет. Сообщите администратору, откуда у вас этот файл"


class PackageForked(ExpectedError):
    """The centre has other operations under these numbers: the workstation was copied or restored
    and one of the copies has been at the centre."""

    code = "package_forked"
    title = "Центр уже получил другие правки под номерами из этого файла"
    advice = (
        "То рабочее место скопировали или вернули из резервной копии. Подключите его к центру "
        "хотя бы раз: программа разберётся сама. Ничего не передано, правки там целы"
    )


class MakerUnknown(ExpectedError):
    """A person who has never exchanged with the centre from that workstation."""

    code = "package_maker_unknown"
    title = "«{login}» ещё не обменивался с центром с того рабочего места"
    advice = "Сверьте код того рабочего места и подтвердите его при загрузке. Ничего не передано"


class RelayNeedsRight(ExpectedError):
    """The relayer may not write where the maker of the file may."""

    code = "relay_needs_right"
    title = "В файле есть правки раздела, в который у вас нет права записи"
    advice = "Пусть файл загрузит тот, у кого это право есть. Ничего не передано"


@dataclass
class Relayed:
    """What a relay did."""

    operations: int = 0
    applied: int = 0
    conflicts: int = 0
    refused: int = 0
    repeated: int = 0
    """Operations that the centre had already."""
    files: int = 0
    set_back: bool = False
    """The centre waits for earlier operations: the answer asks for them."""


class RelayWire(FileWire):
    """The part of ``sync_v1`` for relaying."""

    def relay_for(self, login: str, *, writing: bool) -> frozenset[int]:
        """From now on only what both may do; returns scopes that the other may write and we not."""
        return frozenset(self._ask("SELECT sync_v1.relay_for(%s, %s)", (login, writing)))

    def note(self, package: str, client: str, login: str, first: int, last: int) -> None:
        """Leave a record of who brought what."""
        self._ask(
            "SELECT sync_v1.note_relay(%s, %s, %s, %s, %s)::text",
            (package, client, login, first, last),
        )


@dataclass(frozen=True)
class Origin:
    """Where a file comes from, as its signature says."""

    package: str
    sender: str
    """Id of the workstation."""
    logins: frozenset[str]
    """Who is known to work there."""
    confirmed: tuple[bytes, bytes] | None = None
    """Its public keys, if a person has compared their code: then whoever the file names counts."""
    narrow: bool = True
    """Whether the connection is another person's than the file's maker."""


def relay(
    connect: Connect, origin: Origin, entries: Iterator[Entry], report: Relayed
) -> Iterator[Entry]:
    """Bring what a file holds to the centre, and give the entries of the answer.

    Raises the errors of this module and of :class:`arm.sync.wire.Wire`; whatever was brought before
    is brought.
    """
    try:
        wire = RelayWire(connect, SILENCE_SECONDS)
        with wire:
            yield from _Relaying(wire, origin, report).all(entries)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise PackageSpoilt from error


class _Relaying:
    def __init__(self, wire: RelayWire, origin: Origin, report: Relayed) -> None:
        self._wire = wire
        self._origin = origin
        self._report = report
        self._about: dict[str, Any] = {}
        self._beyond: frozenset[int] = frozenset()
        self._arrived: list[tuple[int, str]] = []

    def all(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        name, content = next(entries)
        if name != "about":
            raise PackageSpoilt
        self._about = about = json.loads(content)
        if about["client"] != self._origin.sender:
            raise PackageSpoilt  # whoever signed speaks for another workstation
        if self._origin.confirmed is None and about["login"] not in self._origin.logins:
            raise MakerUnknown(login=about["login"])
        hello = self._greet(writing=True)
        if self._origin.confirmed is not None:
            self._wire.register(about["client"], self._origin.confirmed, about["login"])
        behind = bool(about["first"]) and about["first"] > hello.last_cseq + 1
        self._report.set_back = behind or hello.last_cseq < about["acked"]
        answers = [] if self._report.set_back else list(self._bring(hello, entries))
        if about["first"] and not self._report.set_back:
            self._wire.note(
                self._origin.package, about["client"], about["login"], about["first"], about["last"]
            )
        hello = self._greet(writing=False)
        yield "about", packed(self._answer_about(hello))
        for one in answers:
            yield "acknowledged", packed(one)
        yield "files", packed(self._arrived)
        yield from self._loads(hello)
        yield from self._feed(hello)
        yield "keys", packed(self._wire.known())
        yield from self._wanted()

    def _greet(self, *, writing: bool) -> Hello:
        about = self._about
        if self._origin.narrow:
            self._beyond = self._wire.relay_for(about["login"], writing=writing)
        try:
            return self._wire.hello(about["client"], about["cursors"])
        except ForeignClient as error:
            raise PackageOfStranger from error
        except WorkstationRevoked as error:  # it is their workstation that was, not ours
            raise RevokedSigner from error

    # -- there

    def _bring(self, hello: Hello, entries: Iterator[Entry]) -> Iterator[dict[str, Any]]:
        following: tuple[str, bytes] | None = None
        first = True
        while (entry := following or next(entries, None)) is not None:
            name, content = entry
            following = None
            if name == "file":
                following = self._bring_file(json.loads(content), entries)
            elif name == "operations":
                batch = json.loads(content)
                if batch["scope"] in self._beyond:
                    raise RelayNeedsRight
                if first:
                    self._check_chain(hello, batch)
                first = False
                yield self._push(batch)

    def _check_chain(self, hello: Hello, batch: dict[str, Any]) -> None:
        """The centre's newest operation of this workstation must be the one we continue."""
        last = hello.last_cseq
        if last == self._about["first"] - 1 and self._about["prev"] != hello.last_op_hash:
            raise PackageForked

    def _push(self, batch: dict[str, Any]) -> dict[str, Any]:
        said = self._wire.push(
            self._about["client"],
            batch["scope"],
            batch["cseqs"],
            batch["texts"],
            batch["authors"],
        )
        if said["stop"] is not None:
            raise PackageForked
        report = self._report
        report.operations += len(said["results"])
        for one in said["results"]:
            report.repeated += bool(one.get("again"))
            report.conflicts += one["status"] == "conflict"
            report.refused += one["status"] in {"denied", "invalid"}
            report.applied += one["status"] in {"applied", "merged", "same"}
        return {
            "scope": batch["scope"],
            "cseqs": batch["cseqs"],
            "hashes": batch["hashes"],
            "said": said,
        }

    def _bring_file(self, said: dict[str, Any], entries: Iterator[Entry]) -> Entry | None:
        """Send the pieces the centre lacks; returns the entry after the file."""
        where = (said["scope"], said["sha256"])
        try:
            missing = self._wire.missing(*where, said["count"])
            refused = False
        except (NoRightToFile, FileOverLimit):
            missing, refused = [], True  # its operation is refused in its turn, and kept
        following: Entry | None = None
        for n, (name, content) in enumerate(entries):
            if name != "piece":
                following = (name, content)
                break
            if missing is not None and n in missing:
                self._wire.put(*where, n, content)
        if not refused and (missing is None or self._wire.done(*where) == "done"):
            self._arrived.append(where)
            self._report.files += 1
        return following

    # -- back

    def _answer_about(self, hello: Hello) -> dict[str, Any]:
        about = self._about
        kept = asdict(hello)
        for name in ("heads", "diverged"):
            kept.pop(name)
        kept = {name: value for name, value in kept.items() if _is_plain(value)}
        return {
            "client": about["client"],
            "package": self._origin.package,
            "acked": about["acked"],
            "cursors": about["cursors"],
            "hello": {**kept, "loaded_schema": SCHEMA},
        }

    def _doubted(self, hello: Hello, scope: int) -> bool:
        epoch = self._about["epoch"]
        return scope in hello.diverged or (epoch is not None and epoch != hello.feed_epoch)

    def _held(self) -> dict[int, int]:
        unfinished = set(self._about["unfinished"])
        return {
            one["scope"]: one["seq"]
            for one in self._about["cursors"]
            if one["scope"] not in unfinished
        }

    def _loads(self, hello: Hello) -> Iterator[Entry]:
        held = self._held()
        for head in hello.heads:
            doubting = self._doubted(hello, head.scope)
            if head.scope not in held or doubting:
                yield from self._load(head, doubting)

    def _load(self, head: ScopeHead, doubting: bool) -> Iterator[Entry]:
        scope = head.scope
        yield (
            "load",
            packed(
                {
                    "head": asdict(head),
                    "total": self._wire.count(scope),
                    "doubting": doubting,
                }
            ),
        )
        after = ("", "")
        while rows := self._wire.page(scope, after, LOAD_PAGE):
            yield "page", packed(rows)
            after = (rows[-1].person, rows[-1].id)
        yield "conflicts", packed(self._wire.open_conflicts(scope))
        yield "erased", packed(self._wire.erased(scope))
        seq = max(0, head.seq - HISTORY_ENTRIES)
        while seq < head.seq:
            past = self._wire.entries(scope, seq, head.seq, HISTORY_PAGE)
            if not past:
                break
            yield "past", packed(past)
            seq = past[-1]["seq"]
        yield "loaded", packed(scope)

    def _feed(self, hello: Hello) -> Iterator[Entry]:
        seen = {head.scope for head in hello.heads}
        cursors = {
            scope: seq
            for scope, seq in self._held().items()
            if scope in seen and not self._doubted(hello, scope)
        }
        while cursors:
            said = self._wire.pull(cursors, ENTRIES_A_PULL)
            if not said["changes"]:
                return
            yield "feed", packed(said)
            for change in said["changes"]:
                cursors[change["scope"]] = change["seq"]

    def _wanted(self) -> Iterator[Entry]:
        room = MOST_FILE_BYTES
        for scope, sha256 in self._about["wanted"]:
            size = self._wire.size(scope, sha256)
            if size is None or size > room:
                continue
            room -= size
            count = -(-size // PIECE)
            yield "file", packed({"scope": scope, "sha256": sha256, "count": count})
            for n in range(count):
                yield "piece", self._wire.get(scope, sha256, n) or b""


def _is_plain(value: Any) -> bool:
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True
