"""Situations of a signed text: read whole, altered, unsigned, with a wrong key, garbage."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arm.errors import ExpectedError
from arm.exchange.signed_text import (
    KeyNotOpened,
    TextAltered,
    TextNotSigned,
    new_key,
    read,
    sign,
)

TEXT = '[pack]\nname = "Нормы на 2027 год"\n'
KEY, CODE = new_key("пароль ключа")
SIGNED = sign(TEXT, KEY, "пароль ключа")


def test_what_was_signed_reads_back_with_the_code_of_the_signer() -> None:
    found = read(SIGNED)
    assert found.text == TEXT
    assert found.fingerprint == CODE


def test_a_mail_program_may_add_empty_lines_at_the_end() -> None:
    assert read(SIGNED + b"\r\n\r\n").text == TEXT


@pytest.mark.parametrize("place", range(0, len(SIGNED) - 1, 7))
def test_one_changed_byte_is_noticed_wherever_it_is(place: int) -> None:
    spoilt = bytearray(SIGNED)
    spoilt[place] ^= 1
    with pytest.raises((TextAltered, TextNotSigned)):
        read(bytes(spoilt))


def test_a_text_without_signature_is_told_as_such() -> None:
    with pytest.raises(TextNotSigned):
        read(TEXT.encode())


def test_a_signature_of_another_text_does_not_fit() -> None:
    other = sign(TEXT + "# ещё строка\n", KEY, "пароль ключа")
    moved = TEXT.encode() + other.splitlines()[-1]
    with pytest.raises(TextAltered):
        read(moved)


def test_a_wrong_password_and_a_file_that_is_no_key_are_told() -> None:
    with pytest.raises(KeyNotOpened):
        sign(TEXT, KEY, "другой пароль")
    with pytest.raises(KeyNotOpened):
        sign(TEXT, b"not a key", "пароль ключа")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(SIGNED)), st.integers(0, 3))
def test_no_garbage_is_believed_or_crashes(junk: bytes, cut: int, how: int) -> None:
    tried = (junk, SIGNED[:cut] + junk, junk + SIGNED[cut:], SIGNED[:cut] + junk + SIGNED[cut:])
    with contextlib.suppress(ExpectedError):
        assert read(tried[how]).text == TEXT
