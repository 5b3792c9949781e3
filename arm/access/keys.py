"""The key file: one random database key, wrapped once for each person and once for recovery.

Each wrap is AES key wrap (RFC 3394) under a key that Argon2id (RFC 9106) makes of the password; the
login goes in as associated data, so that a wrap moved to another login opens nothing. AES key wrap
checks itself: a wrong password is noticed here, the database is never tried with a wrong key.

Recovery is a phrase kept in the organisation's safe, or an X25519 public key whose private half
never comes near a workstation, or both.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeGuard

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from arm.access.attempts import Attempts
from arm.access.errors import (
    DamagedKeys,
    KeysExist,
    LastPerson,
    NoKeys,
    WeakPassword,
    WrongPassword,
)
from arm.access.whole_json import replace_json, sync_folder
from arm.store.errors import from_os

FORMAT: Final = 1
LEAST_PASSWORD: Final = 8
PHRASE_ALPHABET: Final = "АБВГДЕЖИКЛМНПРСТУФХЦЧШЭЮЯ2356789"
"""32 signs without look-alikes, so that a phrase can be read out and typed."""
LATIN_TWINS: Final = str.maketrans("ABEKMHPCTYX", "АВЕКМНРСТУХ")
"""Latin letters that a person copying the paper cannot tell from ours."""
PHRASE_SIGNS: Final = 32
"""32 signs of 5 bits: 160 bits."""


@dataclass(frozen=True)
class Cost:
    """How dear one guess is. The default takes 64 MiB and about 0.15 s (RFC 9106, section 4)."""

    memory_kib: int = 65_536
    iterations: int = 3
    lanes: int = 4


_MOST: Final = Cost(memory_kib=1_048_576, iterations=64, lanes=64)
"""A tampered key file must not make the program take all the memory there is."""


def new_key() -> bytes:
    """A new random database key of 256 bits."""
    return secrets.token_bytes(32)


def new_phrase() -> str:
    """A new recovery phrase: eight groups of four signs."""
    signs = "".join(secrets.choice(PHRASE_ALPHABET) for _ in range(PHRASE_SIGNS))
    return "-".join(signs[i : i + 4] for i in range(0, PHRASE_SIGNS, 4))


def new_recovery_pair() -> tuple[bytes, bytes]:
    """(private, public): the private half goes to the safe, the public one to workstations."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


class KeyFile:
    """The key file at ``path``. Every change replaces the file whole.

    Wrong passwords are counted in ``attempts``, by default in a file beside it.
    """

    def __init__(self, path: Path, cost: Cost = Cost(), attempts: Attempts | None = None) -> None:
        self.path = path
        self.cost = cost
        self._attempts = attempts or Attempts(path.with_name("attempts.json"))

    def create(self, dek: bytes, recovery_public: bytes | None = None) -> str:
        """Begin a key file for the database key ``dek`` and return its recovery phrase, which is
        kept nowhere else. ``recovery_public`` adds the organisation's X25519 key.

        Raises KeysExist, DiskFull, CannotWrite.
        """
        if self.path.exists():
            raise KeysExist(path=self.path)
        phrase = new_phrase()
        held: dict[str, Any] = {
            "format": FORMAT,
            "people": {},
            "recovery": {"phrase": self._wrap(_plain_phrase(phrase), "", dek)},
        }
        if recovery_public is not None:
            held["recovery"]["public"] = _seal(recovery_public, dek)
        self._write(held)
        return phrase

    def people(self) -> tuple[str, ...]:
        """Logins that can open the database here, in the order of adding."""
        return tuple(self._read()["people"])

    def add_person(self, login: str, password: str, dek: bytes) -> None:
        """Let a person in, or give them a new password. Raises WeakPassword, NoKeys."""
        _refuse_weak(password)
        held = self._read()
        held["people"][login] = self._wrap(password, login, dek)
        self._write(held)
        self._attempts.forget(login)

    def unlock(self, login: str, password: str) -> bytes:
        """The database key. While a change of password is under way both passwords open.

        Raises WrongPassword; TooManyAttempts if it was wrong once too often, or comes before
        the wait is over (then it is not tried); NoKeys, DamagedKeys.
        """
        held = self._read()
        self._attempts.require_turn(login)
        try:
            key = self._opened(held["people"].get(login), login, password)
        except WrongPassword:
            self._attempts.failed(login)
            self._attempts.require_turn(login)
            raise
        self._attempts.forget(login)
        return key

    def _opened(self, wrap: dict[str, Any] | None, login: str, password: str) -> bytes:
        if wrap is None:
            # an unknown login takes as long as a wrong password and gets the same answer
            self._wrap(password, login, bytes(32))
            raise WrongPassword()
        try:
            return self._unwrapped(wrap, password, login)
        except WrongPassword:
            if "next" not in wrap:
                raise
            return self._unwrapped(wrap["next"], password, login)

    # --- a change of password in two places: here and at the centre (arm.password_change)

    def begin_change(self, login: str, old: str, new: str) -> None:
        """Let the new password in beside the old one, which is kept sealed under the new.

        Raises WrongPassword if the old one is wrong; WeakPassword.
        """
        _refuse_weak(new)
        dek = self.unlock(login, old)
        held = self._read()
        salt = secrets.token_bytes(16)
        sealing = _stretched(new, login, salt, self.cost)
        nonce = secrets.token_bytes(12)
        sealed = AESGCM(sealing).encrypt(nonce, old.encode(), login.encode())
        following = self._wrap(new, login, dek)
        following["old"] = {"salt": _text(salt), "nonce": _text(nonce), "sealed": _text(sealed)}
        held["people"][login]["next"] = following
        self._write(held)

    def change_begun(self, login: str) -> bool:
        """Whether a change of this login's password was begun and not ended."""
        return "next" in self._read()["people"].get(login, {})

    def old_password(self, login: str, new: str) -> str:
        """The password before the change under way, for who knows the new one.

        Raises WrongPassword, also where nothing is under way.
        """
        said = self._read()["people"].get(login, {}).get("next", {}).get("old")
        if said is None:
            raise WrongPassword()
        sealing = _stretched(new, login, _bytes(said["salt"]), self.cost)
        try:
            opened = AESGCM(sealing).decrypt(
                _bytes(said["nonce"]), _bytes(said["sealed"]), login.encode()
            )
        except InvalidTag as error:
            raise WrongPassword() from error
        return opened.decode()

    def end_change(self, login: str, *, changed: bool) -> None:
        """The new password alone opens from now on, or (``changed`` false) the old one alone."""
        held = self._read()
        wrap = held["people"].get(login, {})
        following = wrap.pop("next", None)
        if following is None:
            return
        if changed:
            following.pop("old")
            held["people"][login] = following
        self._write(held)

    def change_password(self, login: str, old: str, new: str) -> None:
        """Replace a password. Raises WrongPassword if the old one is wrong; WeakPassword."""
        self.add_person(login, new, self.unlock(login, old))

    def remove_person(self, login: str) -> None:
        """Take a person's wraps away; harmless if they have none. Raises LastPerson."""
        held = self._read()
        if login not in held["people"]:
            return
        if len(held["people"]) == 1:
            raise LastPerson()
        del held["people"][login]
        self._write(held)

    def recover(self, phrase: str) -> bytes:
        """The database key by the recovery phrase, typed with or without dashes, in any case.

        Raises WrongPassword.
        """
        wrap = self._read()["recovery"]["phrase"]
        return self._unwrapped(wrap, _plain_phrase(phrase), "")

    def recovery_wraps(self) -> dict[str, Any]:
        """What the recovery phrase or key opens, to be laid beside something else that the
        database key protects. Tells nothing by itself."""
        wraps: dict[str, Any] = self._read()["recovery"]
        return wraps

    def open_wraps(self, wraps: dict[str, Any], phrase: str) -> bytes:
        """The database key of such wraps, wherever they lie. Raises WrongPassword."""
        return self._unwrapped(wraps["phrase"], _plain_phrase(phrase), "")

    def wipe(self) -> None:
        """Overwrite and remove the key file: afterwards only a copy made before, or what lies
        beside :meth:`recovery_wraps`, opens the database. A drive that moves blocks about
        may keep the old bytes: docs/keys.md."""
        for path in (self.path, self.path.with_name(self.path.name + ".part")):
            if not path.exists():
                continue
            try:
                with path.open("rb+") as file:
                    file.write(bytes(path.stat().st_size))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
            except OSError as error:
                raise from_os(error) from error
        sync_folder(self.path.parent)

    def recover_with_private_key(self, private: bytes) -> bytes:
        """The database key by the organisation's X25519 private key. Raises WrongPassword."""
        sealed = self._read()["recovery"].get("public")
        if sealed is None:
            raise WrongPassword()
        return self._guarded(lambda: _open(private, sealed))

    # --- convenience: a second wrap under a random key that lies in the system's password store

    def add_device_wrap(self, login: str, device_key: bytes, dek: bytes) -> None:
        """Let this login in with a random 32-byte key kept outside. Raises NoKeys."""
        held = self._read()
        held["people"][login]["device"] = _text(aes_key_wrap(device_key, dek))
        self._write(held)

    def unlock_with_device(self, login: str, device_key: bytes) -> bytes:
        """The database key by the device key. Raises WrongPassword if it was taken back."""
        wrap = self._read()["people"].get(login, {}).get("device")
        if wrap is None:
            raise WrongPassword()
        return self._guarded(lambda: aes_key_unwrap(device_key, _bytes(wrap)))

    def drop_device_wrap(self, login: str) -> None:
        """Take the convenience back; harmless if there is none."""
        held = self._read()
        if held["people"].get(login, {}).pop("device", None) is not None:
            self._write(held)

    # --- inside

    def _wrap(self, password: str, login: str, dek: bytes) -> dict[str, Any]:
        salt = secrets.token_bytes(16)
        key = _stretched(password, login, salt, self.cost)
        return {
            "kdf": "argon2id",
            **asdict(self.cost),
            "salt": _text(salt),
            "wrap": _text(aes_key_wrap(key, dek)),
        }

    def _unwrapped(self, wrap: dict[str, Any], password: str, login: str) -> bytes:
        def unwrap() -> bytes:
            cost = Cost(*(int(wrap[name]) for name in ("memory_kib", "iterations", "lanes")))
            if any(getattr(cost, name) > most for name, most in asdict(_MOST).items()):
                raise DamagedKeys(path=self.path)
            key = _stretched(password, login, _bytes(wrap["salt"]), cost)
            return aes_key_unwrap(key, _bytes(wrap["wrap"]))

        return self._guarded(unwrap)

    def _guarded(self, unwrap: Callable[[], bytes]) -> bytes:
        try:
            return unwrap()
        except InvalidUnwrap as error:
            raise WrongPassword() from error
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise DamagedKeys(path=self.path) from error

    def _read(self) -> dict[str, Any]:
        try:
            held = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError as error:
            raise NoKeys(path=self.path) from error
        except OSError as error:
            raise from_os(error) from error
        except ValueError as error:
            raise DamagedKeys(path=self.path) from error
        if not _is_key_file(held) or held.pop("sha256", None) != _fingerprint(held):
            raise DamagedKeys(path=self.path)
        return held

    def _write(self, held: dict[str, Any]) -> None:
        try:
            replace_json(self.path, held | {"sha256": _fingerprint(held)})
        except OSError as error:
            raise from_os(error) from error


def _fingerprint(held: dict[str, Any]) -> str:
    """Tells a spoilt file from a wrong password; protects against nobody who means harm."""
    text = json.dumps(held, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_key_file(held: object) -> TypeGuard[dict[str, Any]]:
    return (
        isinstance(held, dict)
        and held.get("format") == FORMAT
        and isinstance(held.get("people"), dict)
        and all(isinstance(wrap, dict) for wrap in held["people"].values())
        and isinstance(held.get("recovery"), dict)
        and isinstance(held["recovery"].get("phrase"), dict)
    )


def _refuse_weak(password: str) -> None:
    if len(_normal(password)) < LEAST_PASSWORD:
        raise WeakPassword(least=LEAST_PASSWORD)


def _normal(password: str) -> str:
    """One form of the same typed text: «й» as one sign or as two must open the same door."""
    return unicodedata.normalize("NFC", password)


def _plain_phrase(phrase: str) -> str:
    typed = _normal(phrase).upper().translate(LATIN_TWINS)
    return "".join(sign for sign in typed if sign in PHRASE_ALPHABET)


def _stretched(password: str, login: str, salt: bytes, cost: Cost) -> bytes:
    return Argon2id(
        salt=salt,
        length=32,
        iterations=cost.iterations,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
        ad=login.encode(),
    ).derive(_normal(password).encode())


def _shared(secret: bytes, ephemeral: bytes, recipient: bytes) -> bytes:
    purpose = b"edinoe-okno recovery" + ephemeral + recipient
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(secret)


def _seal(public: bytes, dek: bytes) -> dict[str, str]:
    once = X25519PrivateKey.generate()
    ephemeral = once.public_key().public_bytes_raw()
    secret = once.exchange(X25519PublicKey.from_public_bytes(public))
    key = _shared(secret, ephemeral, public)
    return {"to": _text(public), "from": _text(ephemeral), "wrap": _text(aes_key_wrap(key, dek))}


def _open(private: bytes, sealed: dict[str, str]) -> bytes:
    own = X25519PrivateKey.from_private_bytes(private)
    ephemeral = _bytes(sealed["from"])
    secret = own.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    key = _shared(secret, ephemeral, own.public_key().public_bytes_raw())
    return aes_key_unwrap(key, _bytes(sealed["wrap"]))


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)
