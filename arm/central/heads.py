"""A signed list of heads: what the feeds' newest entries were at a moment, kept off the server.

Whoever can rewrite the whole database can also rewrite its chains so that they hold. They cannot
change a list that was signed and carried away before. The file is JSON; the signature (Ed25519)
covers its canonical text without the signature itself.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from arm.central.admin_session import admin_session, one_row
from arm.errors import ExpectedError

FORMAT: Final = "edinoe-okno-heads-1"


class NoSigningKey(ExpectedError):
    """The file is no Ed25519 key in PEM."""

    code = "no_signing_key"
    title = "В файле {path} нет ключа Ed25519"
    advice = "Создайте пару командой «arm central heads-key»; проверяют файлом с концом .pub"


class NotAHeadsFile(ExpectedError):
    """The file is no list of heads."""

    code = "not_a_heads_file"
    title = "{path} — не список концов лент"
    advice = "Его делают «arm central heads» и «arm heads»"


class ForgedHeads(ExpectedError):
    """The signature does not fit."""

    code = "forged_heads"
    title = "Подпись списка {path} не сходится"
    advice = "Файл изменён или подписан другим ключом: возьмите другую копию"


class UnsignedHeads(ExpectedError):
    """A list without a signature where one was asked for."""

    code = "unsigned_heads"
    title = "Список {path} не подписан"
    advice = "Списки рабочих мест не подписаны: проверяйте их без --key"


@dataclass(frozen=True)
class SeenHead:
    """An entry that somebody saw: ``seen_at`` is ISO 8601, UTC."""

    scope: int
    seq: int
    hash: str
    seen_at: str


def make_keys(path: Path) -> Path:
    """A new pair: the private key at ``path``, the public one beside it (returned)."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(private)
    public = path.with_name(path.name + ".pub")
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return public


def signed_heads(admin_dsn: str, key_file: Path) -> dict[str, Any]:
    """The heads of now, signed. Raises NoSigningKey and as ``admin_session``."""
    key = _load(key_file, private=True)
    with admin_session(admin_dsn) as connection:
        epoch, at = one_row(connection, "SELECT feed_epoch::text, now() FROM arm.centre")
        rows = connection.execute("SELECT scope, seq, hash FROM arm.scope_head ORDER BY scope")
        seen_at = at.astimezone(UTC).isoformat(timespec="seconds")
        heads = [asdict(SeenHead(row[0], row[1], row[2], seen_at)) for row in rows.fetchall()]
    said = heads_file("centre", epoch, heads, datetime.fromisoformat(seen_at))
    return said | {"signature": base64.b64encode(key.sign(_canonical(said))).decode()}


def heads_file(
    source: str, feed_epoch: str | None, heads: list[dict[str, Any]], at: datetime
) -> dict[str, Any]:
    """The file without a signature; ``source``: the centre, or which workstation."""
    return {
        "format": FORMAT,
        "source": source,
        "made_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "feed_epoch": feed_epoch,
        "heads": heads,
    }


def read_heads(path: Path, key_file: Path | None) -> list[SeenHead]:
    """The heads of a file, its signature checked if a public key is given.

    Raises NotAHeadsFile, NoSigningKey, UnsignedHeads, ForgedHeads.
    """
    try:
        said = json.loads(path.read_text("utf-8"))
        heads = [SeenHead(**one) for one in said["heads"]]
        if said["format"] != FORMAT:
            raise NotAHeadsFile(path=path)
    except (ValueError, KeyError, TypeError) as error:
        raise NotAHeadsFile(path=path) from error
    if key_file is not None:
        _check(path, said, _load(key_file, private=False))
    return heads


def _check(path: Path, said: dict[str, Any], key: Ed25519PublicKey) -> None:
    signature = said.pop("signature", None)
    if signature is None:
        raise UnsignedHeads(path=path)
    try:
        key.verify(base64.b64decode(signature, validate=True), _canonical(said))
    except (InvalidSignature, binascii.Error, TypeError, ValueError) as error:
        raise ForgedHeads(path=path) from error


def _canonical(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _load(path: Path, *, private: bool) -> Any:
    content = path.read_bytes()
    try:
        key: Any = (
            serialization.load_pem_private_key(content, None)
            if private
            else serialization.load_pem_public_key(content)
        )
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NoSigningKey(path=path) from error
    if not isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        raise NoSigningKey(path=path)
    return key
