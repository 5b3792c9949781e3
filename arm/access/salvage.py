"""Work that was not sent when a workstation was revoked: one encrypted file that nobody opens with
a password of that workstation, only the organisation with its recovery phrase.

The file holds the queue, the refused edits and the drafts as JSON, sealed by AES-256-GCM under a
key derived from the database key, beside the recovery wraps of that key.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select
from sqlalchemy.orm import Session

from arm.access.errors import DamagedSalvage
from arm.access.keys import KeyFile
from arm.places import Home
from arm.store import tables
from arm.store.database import open_database
from arm.store.errors import from_os, translated
from arm.store.store import Store

FORMAT: Final = 1
PURPOSE: Final = b"edinoe-okno unsent work"
KEPT: Final = {"outbox": tables.outbox, "rejected": tables.rejected, "draft": tables.draft}


def keep_unsent(store: Store, keys: KeyFile, dek: bytes, to: Path) -> None:
    """Write all that the centre does not have and read it back. Raises DiskFull, CannotWrite."""
    with store.read() as session:
        content = _unsent(session)
    _seal_into(to, content, keys, dek)


def keep_unsent_of(home: Home, dek: bytes) -> Path | None:
    """The same of a database that is to be replaced, if its queue can be read; None if nothing
    waits there. Raises the errors of opening."""
    engine = open_database(home.database, dek)
    try:
        with translated(), Session(engine) as session:
            content = _unsent(session)
    finally:
        engine.dispose()
    if not (content["outbox"] or content["draft"]):
        return None
    _seal_into(home.salvage, content, KeyFile(home.keys), dek)
    return home.salvage


def _unsent(session: Session) -> dict[str, Any]:
    content: dict[str, Any] = {
        name: [dict(row) for row in session.execute(select(table)).mappings()]
        for name, table in KEPT.items()
    }
    action = tables.action
    authors = session.execute(select(action.c.id, action.c.actor, action.c.title)).mappings()
    content["action"] = [dict(row) for row in authors]
    content["client_id"] = session.scalar(
        select(tables.meta.c.value).where(tables.meta.c.key == "client_id")
    )
    return content


def _seal_into(to: Path, content: dict[str, Any], keys: KeyFile, dek: bytes) -> None:
    nonce = secrets.token_bytes(12)
    text = json.dumps(content, ensure_ascii=False, default=str).encode()
    sealed = AESGCM(_key(dek)).encrypt(nonce, text, PURPOSE)
    held = {
        "format": FORMAT,
        "recovery": keys.recovery_wraps(),
        "nonce": base64.b64encode(nonce).decode(),
        "sealed": base64.b64encode(sealed).decode(),
    }
    growing = to.with_name(to.name + ".part")
    try:
        number = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(held, file)
            file.flush()
            os.fsync(file.fileno())
        _unsealed(json.loads(growing.read_text("utf-8")), dek)
        growing.replace(to)
    except OSError as error:
        growing.unlink(missing_ok=True)
        raise from_os(error) from error


def read_unsent(path: Path, phrase: str) -> dict[str, Any]:
    """What the file holds: ``outbox``, ``rejected``, ``draft``, ``action``, ``client_id``.

    Raises WrongPassword, DamagedSalvage.
    """
    try:
        held = json.loads(path.read_text("utf-8"))
        wraps = held["recovery"]
    except OSError as error:
        raise from_os(error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedSalvage(path=path) from error
    return _unsealed(held, KeyFile(path).open_wraps(wraps, phrase), path)


def _unsealed(held: dict[str, Any], dek: bytes, path: Path = Path()) -> dict[str, Any]:
    try:
        nonce, sealed = (base64.b64decode(held[name]) for name in ("nonce", "sealed"))
        content: dict[str, Any] = json.loads(AESGCM(_key(dek)).decrypt(nonce, sealed, PURPOSE))
    except (InvalidTag, ValueError, KeyError) as error:
        raise DamagedSalvage(path=path) from error
    return content


def _key(dek: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=PURPOSE).derive(dek)
