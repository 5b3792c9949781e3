"""Signing in without typing the password, where the operating system has a real password store.

What lies in the store is a random device key, never the password and never the database key: the
database key stays wrapped in the key file, so that removing a person there closes this way too.
Only known stores are used: with ``keyrings.alt`` installed, keyring would silently write to a
readable file. A store may ask its owner and wait, so the thread of the screen never comes here.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
from typing import Final

import keyring.backend
import keyring.backends.chainer
import keyring.errors

from arm.access.errors import KeyringUnavailable, WrongPassword
from arm.access.keys import KeyFile

SERVICE: Final = "edinoe-okno"

TRUSTED: Final = frozenset(
    {
        ("keyring.backends.SecretService", "Keyring"),
        ("keyring.backends.libsecret", "Keyring"),
        ("keyring.backends.kwallet", "DBusKeyring"),
        ("keyring.backends.macOS", "Keyring"),
        ("keyring.backends.Windows", "WinVaultKeyring"),
    }
)
"""(module, class) of the stores that keep secrets encrypted under the system's own login."""


def trusted_store(
    candidates: list[keyring.backend.KeyringBackend] | None = None,
) -> keyring.backend.KeyringBackend | None:
    """The best trusted password store of this computer, or None."""
    _refuse_screen_thread()
    found = keyring.backend.get_all_keyring() if candidates is None else candidates
    trusted = [one for one in found if (type(one).__module__, type(one).__name__) in TRUSTED]
    return max(trusted, key=lambda one: one.priority, default=None)


def remember_sign_in(
    keys: KeyFile, login: str, dek: bytes, store: keyring.backend.KeyringBackend | None = None
) -> None:
    """Let ``login`` in without a password on this computer. Raises KeyringUnavailable."""
    chosen = _chosen(store)
    device_key = secrets.token_bytes(32)
    try:
        chosen.set_password(SERVICE, _entry(keys, login), base64.b64encode(device_key).decode())
    except keyring.errors.KeyringError as error:
        raise KeyringUnavailable() from error
    keys.add_device_wrap(login, device_key, dek)


def recall_sign_in(
    keys: KeyFile, login: str, store: keyring.backend.KeyringBackend | None = None
) -> bytes:
    """The database key without a password. Raises KeyringUnavailable; WrongPassword if nothing
    is remembered, or it was taken back."""
    chosen = _chosen(store)
    try:
        held = chosen.get_password(SERVICE, _entry(keys, login))
    except keyring.errors.KeyringError as error:
        raise KeyringUnavailable() from error
    if held is None:
        raise WrongPassword()
    try:
        device_key = base64.b64decode(held, validate=True)
    except binascii.Error as error:
        raise WrongPassword() from error
    return keys.unlock_with_device(login, device_key)


def forget_sign_in(
    keys: KeyFile, login: str, store: keyring.backend.KeyringBackend | None = None
) -> None:
    """Ask for the password again from now on; the key file forgets even if the store refuses."""
    keys.drop_device_wrap(login)
    chosen = trusted_store() if store is None else store
    if chosen is not None:
        try:
            chosen.delete_password(SERVICE, _entry(keys, login))
        except keyring.errors.PasswordDeleteError:
            return  # nothing was there
        except keyring.errors.KeyringError as error:
            raise KeyringUnavailable() from error


def _chosen(store: keyring.backend.KeyringBackend | None) -> keyring.backend.KeyringBackend:
    _refuse_screen_thread()
    chosen = trusted_store() if store is None else trusted_store([store])
    if chosen is None:
        raise KeyringUnavailable()
    return chosen


def _entry(keys: KeyFile, login: str) -> str:
    """One entry a login and a home: several workstations may live on one computer."""
    return f"{login}@{keys.path.absolute()}"


def _refuse_screen_thread() -> None:
    if threading.current_thread() is threading.main_thread():
        raise RuntimeError("a password store may wait for its owner: not in the main thread")
