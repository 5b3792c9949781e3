"""«Обмен файлом»: what an office without a network writes, what a colleague brings to the centre,
what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from arm.access.rights import require
from arm.errors import ExpectedError
from arm.exchange.signed_package import (
    Head,
    Keys,
    PackageAltered,
    UnknownSigner,
    check,
    read,
    write,
)
from arm.exchange.whole_file import in_place_of
from arm.model import new_id
from arm.store.store import Store
from arm.sync.engine import SyncEngine
from arm.sync.offline import TakenIn, outgoing, take_answer
from arm.sync.package_keys import (
    add,
    is_revoked,
    known_keys,
    logins_of,
    own_keys,
    recipients,
)
from arm.sync.relay import Origin, Relayed, RevokedSigner, relay

SUFFIX: Final = ".eopack"
ANSWER: Final = "-ответ"


class FileNotReadable(ExpectedError):
    """The disk or the stick refuses."""

    code = "package_not_readable"
    title = "Файл обмена не читается: {path}"
    advice = "Проверьте, что носитель подключён, и попробуйте ещё раз"


class NeedsLine(ExpectedError):
    """Somebody else's edits can only be brought where there is a centre."""

    code = "package_needs_line"
    title = "Это рабочее место не подключено к центру"
    advice = "Загрузите файл там, где есть связь с центром"


@dataclass(frozen=True)
class Exported:
    """A file that was written. ``fingerprint``: what the colleague sees if they do not know us."""

    path: Path
    operations: int
    files: int
    fingerprint: str


@dataclass(frozen=True)
class Brought:
    """Somebody's edits were brought to the centre; ``answer`` goes back to them."""

    report: Relayed
    answer: Path
    sender: str


@dataclass(frozen=True)
class Learnt:
    """Keys of colleagues came; ``workstations`` are known now."""

    workstations: int


def own_fingerprint(store: Store) -> str:
    """What a colleague compares when their program does not know this workstation yet."""
    return _keys(store).public.fingerprint


def export_file(store: Store, path: Path) -> Exported:
    """Write all that waits, with the files it needs. Raises NotWritable, NotPermitted."""
    require(store.actor, "edit")
    keys = _keys(store)
    head = Head("outbox", new_id(), store.client_id, keys.public, {})
    content = outgoing(store)
    with in_place_of(path) as file:
        write(cast("BinaryIO", file), head, keys, recipients(store), content.entries)
    return Exported(path, content.operations, content.files, keys.public.fingerprint)


def export_keys(store: Store, path: Path) -> Exported:
    """Write the public keys that are known here, for a workstation that has never met the centre:
    with them it can write files that colleagues read. Raises NotWritable, NotPermitted."""
    require(store.actor, "edit")
    keys = _keys(store)
    facts = {"keys": known_keys(store)}
    with in_place_of(path) as file:
        head = Head("keys", new_id(), store.client_id, keys.public, facts)
        write(cast("BinaryIO", file), head, keys, [], [])
    return Exported(path, 0, 0, keys.public.fingerprint)


def import_file(
    store: Store,
    engine: SyncEngine | None,
    path: Path,
    *,
    answer: Path | None = None,
    trust: str = "",
) -> Brought | TakenIn | Learnt:
    """Take in whichever file it is: an answer to this workstation, colleagues' keys, or a
    colleague's edits, which go to the centre; then the answer is written to ``answer`` (beside
    ``path`` if not said).

    ``trust``: the code of an unknown workstation that a person has compared. Raises
    FileNotReadable, NeedsLine, RevokedSigner and the errors of :mod:`arm.exchange.signed_package`,
    :mod:`arm.sync.relay`, :mod:`arm.sync.offline`.
    """
    require(store.actor, "edit")
    try:
        with path.open("rb") as file:
            signer = _signer(store, check(file), trust)
            if signer.head.kind == "keys":
                return _learn(store, signer.head)
            head, entries = read(file, _keys(store), lambda _: True)
            if head.kind == "answer":
                return _take(store, engine, entries)
            if engine is None:
                raise NeedsLine
            target = answer or path.with_name(path.stem + ANSWER + SUFFIX)
            return _bring(store, engine, signer, entries, target)
    except OSError as error:
        raise FileNotReadable(path=path) from error


@dataclass(frozen=True)
class _Signer:
    head: Head
    logins: frozenset[str]
    confirmed: bool


def _signer(store: Store, head: Head, trust: str) -> _Signer:
    """Who signed, if the centre or a person vouches for them; raises UnknownSigner,
    RevokedSigner."""
    if is_revoked(store, head.sender, head.keys.sign):
        raise RevokedSigner
    logins = logins_of(store, head.sender, head.keys.sign)
    confirmed = trust.strip().lower() == head.keys.fingerprint
    if not logins and not confirmed:
        raise UnknownSigner(fingerprint=head.keys.fingerprint)
    return _Signer(head, logins, confirmed)


def _learn(store: Store, head: Head) -> Learnt:
    said = head.facts.get("keys")
    if not isinstance(said, list) or not all(map(_is_key, said)):
        raise PackageAltered
    add(store, said)
    return Learnt(len({one["client"] for one in known_keys(store)}))


def _is_key(one: object) -> bool:
    return (
        isinstance(one, dict)
        and one.get("revoked") in {True, False}
        and all(isinstance(one.get(name), str) for name in ("client", "sign", "box", "login"))
    )


def _take(store: Store, engine: SyncEngine | None, entries: Iterator[tuple[str, bytes]]) -> TakenIn:
    if engine is None:
        return take_answer(store, entries)
    with engine.standing_still():
        return take_answer(store, entries)


def _bring(
    store: Store,
    engine: SyncEngine,
    signer: _Signer,
    entries: Iterator[tuple[str, bytes]],
    target: Path,
) -> Brought:
    keys, report, head = _keys(store), Relayed(), signer.head
    confirmed = (head.keys.sign, head.keys.box) if signer.confirmed else None
    origin = Origin(head.id, head.sender, signer.logins, confirmed)
    back = Head("answer", new_id(), store.client_id, keys.public, {})
    with in_place_of(target) as out:
        reply = relay(engine.connect, origin, entries, report)
        write(cast("BinaryIO", out), back, keys, [head.keys.box, keys.public.box], reply)
    return Brought(report, target, head.sender)


def _keys(store: Store) -> Keys:
    own = own_keys(store)
    return Keys(own.sign, own.box)
