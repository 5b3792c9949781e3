"""Signing in without the password: only through stores that really protect a secret."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import keyring.backend
import keyring.backends.SecretService
import keyring.errors
import pytest

from arm.access.errors import KeyringUnavailable, WrongPassword
from arm.access.keyring_convenience import (
    forget_sign_in,
    recall_sign_in,
    remember_sign_in,
    trusted_store,
)
from arm.access.keys import Cost, KeyFile, new_key

PASSWORD = "синий-трамвай"


class InMemory(keyring.backend.KeyringBackend):
    """A store with the interface of the real ones; ``TRUSTED`` goes by module and class."""

    priority = 5  # type: ignore[assignment]  # keyring declares a class property

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError(username)


class Keyring(InMemory):
    """Bears the name of a trusted store."""


Keyring.__module__ = "keyring.backends.SecretService"


class PlaintextKeyring(InMemory):
    """Bears the name of a store that writes readable files."""


PlaintextKeyring.__module__ = "keyrings.alt.file"


def in_thread(fn: Callable[..., Any], *arguments: Any) -> Any:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(fn, *arguments).result()


@pytest.fixture
def dek() -> bytes:
    return new_key()


@pytest.fixture
def keys(tmp_path: Path, dek: bytes) -> KeyFile:
    made = KeyFile(tmp_path / "keys.json", Cost(64, 1, 1))
    made.create(dek)
    made.add_person("smirnova", PASSWORD, dek)
    return made


def test_a_remembered_sign_in_opens_until_it_is_forgotten(keys: KeyFile, dek: bytes) -> None:
    store = Keyring()
    in_thread(remember_sign_in, keys, "smirnova", dek, store)
    assert in_thread(recall_sign_in, keys, "smirnova", store) == dek
    in_thread(forget_sign_in, keys, "smirnova", store)
    assert not store.held
    with pytest.raises(WrongPassword):
        in_thread(recall_sign_in, keys, "smirnova", store)


def test_the_store_holds_neither_the_password_nor_the_database_key(
    keys: KeyFile, dek: bytes
) -> None:
    store = Keyring()
    in_thread(remember_sign_in, keys, "smirnova", dek, store)
    assert PASSWORD not in str(store.held)
    with pytest.raises(WrongPassword):
        keys.unlock_with_device("smirnova", dek)


def test_a_new_password_or_a_removed_person_closes_the_convenience_too(
    keys: KeyFile, dek: bytes
) -> None:
    store = Keyring()
    in_thread(remember_sign_in, keys, "smirnova", dek, store)
    keys.change_password("smirnova", PASSWORD, "зелёный-дом")
    with pytest.raises(WrongPassword):
        in_thread(recall_sign_in, keys, "smirnova", store)


def test_a_store_that_writes_readable_files_is_refused(keys: KeyFile, dek: bytes) -> None:
    store = PlaintextKeyring()
    with pytest.raises(KeyringUnavailable):
        in_thread(remember_sign_in, keys, "smirnova", dek, store)
    assert not store.held
    assert in_thread(trusted_store, [store]) is None
    assert type(in_thread(trusted_store, [store, Keyring()])) is Keyring


def test_what_this_computer_offers_is_trusted_or_nothing() -> None:
    found = in_thread(trusted_store)
    assert found is None or type(found).__module__.startswith("keyring.backends.")


def test_the_name_of_the_trusted_store_is_the_one_keyring_uses() -> None:
    real = keyring.backends.SecretService.Keyring
    assert (real.__module__, real.__name__) == ("keyring.backends.SecretService", "Keyring")


def test_the_screens_thread_may_not_wait_for_a_password_store(keys: KeyFile) -> None:
    with pytest.raises(RuntimeError, match="main thread"):
        recall_sign_in(keys, "smirnova", Keyring())
