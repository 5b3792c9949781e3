"""A text that anybody can read and nobody can alter unnoticed: rule packs.

The last line is the signature over the UTF-8 bytes of everything before it::

    # подпись ed25519 <открытый ключ, base64> <подпись, base64>

It is a comment in TOML, so the signed text is still the text. The key file of who signs is PKCS#8
in PEM (RFC 5958), encrypted with a password.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import ClassVar, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from arm.errors import ExpectedError

MARK: Final = "# подпись ed25519 "
LONGEST: Final = 4 * 1024 * 1024
"""Bytes of a text that is worth reading; a pack of all regions and years has some 200 KiB."""


class TextNotSigned(ExpectedError):
    """No signature in the last line."""

    code: ClassVar[str] = "text_not_signed"
    title: ClassVar[str] = "Файл не подписан"
    advice: ClassVar[str] = (
        "Пакет норм подписывает тот, кто его выпустил. Возьмите файл у него снова, "
        "не открывая в редакторе. Ничего не изменено"
    )


class TextAltered(ExpectedError):
    """The signature is of another text."""

    code: ClassVar[str] = "text_altered"
    title: ClassVar[str] = "Файл изменён после подписи или повреждён"
    advice: ClassVar[str] = "Возьмите его у того, кто выпустил, снова. Ничего не изменено"


class KeyNotOpened(ExpectedError):
    """No key file, or another password."""

    code: ClassVar[str] = "signing_key_not_opened"
    title: ClassVar[str] = "Ключ подписи не открылся"
    advice: ClassVar[str] = "Проверьте, тот ли это файл и тот ли пароль"


@dataclass(frozen=True)
class SignedText:
    """The text without its signature, and who signed it."""

    text: str
    public: bytes
    """Ed25519, 32 bytes."""

    @property
    def fingerprint(self) -> str:
        """What people compare: «4f2a-91c0-…», 64 bits of SHA-256 of the key."""
        return fingerprint(self.public)


def fingerprint(public: bytes) -> str:
    """The same for a key by itself."""
    digest = hashlib.sha256(public).hexdigest()
    return "-".join(digest[start : start + 4] for start in range(0, 16, 4))


def read(content: bytes) -> SignedText:
    """Check the signature. Who signed is for the caller to judge.

    Raises TextNotSigned, TextAltered.
    """
    body, _, last = content.rstrip(b"\r\n").rpartition(b"\n")
    mark = MARK.encode()
    if len(content) > LONGEST or not last.startswith(mark):
        raise TextNotSigned
    body += b"\n"
    try:
        public, signature = (
            b64decode(part, validate=True) for part in last[len(mark) :].split(b" ")
        )
        Ed25519PublicKey.from_public_bytes(public).verify(signature, body)
        return SignedText(body.decode(), public)
    except (InvalidSignature, ValueError) as error:
        raise TextAltered from error


def sign(text: str, key: bytes, password: str) -> bytes:
    """The signed text. ``key`` is the content of a key file. Raises KeyNotOpened."""
    try:
        private = serialization.load_pem_private_key(key, password.encode())
    except (ValueError, TypeError) as error:
        raise KeyNotOpened from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyNotOpened
    body = (text.rstrip("\n") + "\n").encode()
    public = b64encode(private.public_key().public_bytes_raw()).decode()
    signature = b64encode(private.sign(body)).decode()
    return body + f"{MARK}{public} {signature}\n".encode()


def new_key(password: str) -> tuple[bytes, str]:
    """A new key file's content, and the fingerprint of its public half."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password.encode()),
    )
    return pem, fingerprint(private.public_key().public_bytes_raw())
