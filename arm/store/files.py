"""Attachments on disk, encrypted one by one.

A file's name is an HMAC of its fingerprint, its key is derived from the database key and the
fingerprint, so the folder tells nothing: neither names nor whether two workstations hold the same
scan. Format of a file: 4 bytes ``EOA1``, 12 bytes of nonce, AES-256-GCM ciphertext with its tag;
the fingerprint is the associated data.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from arm.store.errors import DamagedAttachment, FilesFull, MissingAttachment, from_os
from arm.store.transfers import TransferBoard

MAGIC: Final = b"EOA1"
NONCE: Final = 12


class FileStore:
    """The attachments of one workstation. ``key`` is the database key (32 bytes), ``quota`` the
    room they may take in bytes, or None for as much as the disk has."""

    def __init__(self, root: Path, key: bytes, quota: int | None = None) -> None:
        self.root = root
        self.quota = quota
        self._key = key
        self.board = TransferBoard()
        self._name_key = _derived(key, b"edinoe-okno file names")
        self._adding = threading.Lock()

    def put(self, content: bytes) -> str:
        """Keep bytes; returns their SHA-256 in hex. The same bytes again change nothing.

        Raises FilesFull, DiskFull, CannotWrite.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        with self._adding:
            if path.exists():
                return sha256
            if self.quota is not None and self.size() + len(content) > self.quota:
                raise FilesFull(quota_mb=self.quota // 1_000_000)
            self._write(path, sha256, content, bytes.fromhex(sha256))
        return sha256

    def get(self, sha256: str) -> bytes:
        """The bytes of a fingerprint. Raises MissingAttachment, DamagedAttachment, CannotWrite."""
        return self._read(self._path(sha256), sha256, bytes.fromhex(sha256))

    def _write(self, path: Path, sha256: str, content: bytes, about: bytes) -> None:
        nonce = secrets.token_bytes(NONCE)
        sealed = self._cipher(sha256).encrypt(nonce, content, about)
        try:
            _write_whole(path, MAGIC + nonce + sealed)
        except OSError as error:
            raise from_os(error) from error

    def _read(self, path: Path, sha256: str, about: bytes) -> bytes:
        try:
            sealed = path.read_bytes()
        except FileNotFoundError as error:
            raise MissingAttachment(sha256=sha256) from error
        except OSError as error:
            raise from_os(error) from error
        head = len(MAGIC) + NONCE
        if not sealed.startswith(MAGIC) or len(sealed) < head:
            raise DamagedAttachment(sha256=sha256)
        nonce = sealed[len(MAGIC) : head]
        try:
            return self._cipher(sha256).decrypt(nonce, sealed[head:], about)
        except InvalidTag as error:
            raise DamagedAttachment(sha256=sha256) from error

    # --- pieces of a file that is on its way here

    def put_piece(self, sha256: str, n: int, content: bytes) -> None:
        """Keep a piece until the whole has come. Raises DiskFull, CannotWrite."""
        self._write(self._piece(sha256, n), sha256, content, _about_piece(sha256, n))

    def get_piece(self, sha256: str, n: int) -> bytes | None:
        """A piece that has come already, or None: damaged ones come again."""
        try:
            return self._read(self._piece(sha256, n), sha256, _about_piece(sha256, n))
        except (MissingAttachment, DamagedAttachment):
            return None

    def drop_pieces(self, sha256: str) -> None:
        """Forget the pieces: the whole is here, or nobody wants it any more."""
        path = self._path(sha256)
        for piece in path.parent.glob(f"{path.name}.piece-*"):
            piece.unlink(missing_ok=True)

    def _piece(self, sha256: str, n: int) -> Path:
        path = self._path(sha256)
        return path.with_name(f"{path.name}.piece-{n}")

    def has(self, sha256: str) -> bool:
        """Whether the bytes are on this workstation."""
        return self._path(sha256).exists()

    def drop(self, sha256: str) -> None:
        """Forget bytes that the centre has, or that no record names any more."""
        self._path(sha256).unlink(missing_ok=True)

    def size(self) -> int:
        """Bytes taken on the disk."""
        return sum(path.stat().st_size for path in self.root.glob("??/*"))

    def drop_strangers(self, known: Collection[str]) -> int:
        """Remove what no fingerprint of ``known`` names, and pieces of files that are here whole:
        left by a crash between a file and its record, or before the pieces went. To be called while
        nobody can be adding a record. Returns how many went."""
        named = {self._path(sha256) for sha256 in known}
        gone = 0
        for path in self.root.glob("??/*"):
            whole = path.with_name(path.name.partition(".")[0])
            if whole not in named or (path != whole and whole.exists()):
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _path(self, sha256: str) -> Path:
        name = hmac.digest(self._name_key, bytes.fromhex(sha256), "sha256").hex()
        return self.root / name[:2] / name[2:]

    def _cipher(self, sha256: str) -> AESGCM:
        return AESGCM(_derived(self._key, b"edinoe-okno file " + bytes.fromhex(sha256)))


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(key)


def _about_piece(sha256: str, n: int) -> bytes:
    return bytes.fromhex(sha256) + n.to_bytes(4, "big")


def _write_whole(path: Path, content: bytes) -> None:
    """Write so that after a crash the file is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    growing = path.with_name(path.name + ".part")
    try:
        with growing.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        growing.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            growing.unlink()
        raise
