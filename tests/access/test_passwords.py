"""What a new password must be like, and that changing it survives a crash at any moment."""

from __future__ import annotations

from pathlib import Path

import pytest

from arm.access.errors import BadPassword, WrongPassword
from arm.access.keys import Cost, KeyFile, new_key
from arm.access.passwords import problems, require_good

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)


@pytest.mark.parametrize(
    "password",
    [
        "северное-сияние-7",
        "три кота едят борщ",
        "тихая гавань 2026",
        "correct horse battery staple",
        "Кружка чая у окна",
    ],
)
def test_long_ones_that_nobody_guesses_will_do(password: str) -> None:
    assert problems(password, "orlova") == []


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("короткий-7", "не меньше 12"),
        ("", "не меньше 12"),
        ("orlova-работает", "логина"),
        ("О.р.л.о.в.а", "не меньше 12"),
        ("Пароль123456", "первым"),
        ("P@$$word2026!", "первым"),
        ("qwerty-йцукен-2026", "первым"),
        ("солнышко солнышко", "первым"),
        ("123456789012", "первым"),
        ("абвгдежзийклмн", "подряд"),
        ("ааааббббааааббб", "подряд"),
        ("я" * 257, "256"),
    ],
)
def test_ones_that_are_guessed_are_refused_with_the_reason(password: str, word: str) -> None:
    found = problems(password, "orlova")
    assert any(word in said for said in found), found
    with pytest.raises(BadPassword):
        require_good(password, "orlova")


@pytest.fixture
def keys(tmp_path: Path) -> tuple[KeyFile, bytes]:
    dek = new_key()
    made = KeyFile(tmp_path / "keys.json", CHEAP)
    made.create(dek)
    made.add_person("orlova", "прежний пароль", dek)
    return made, dek


def test_while_a_change_is_under_way_both_passwords_open(keys: tuple[KeyFile, bytes]) -> None:
    file, dek = keys
    file.begin_change("orlova", "прежний пароль", "новый пароль")
    assert file.change_begun("orlova")
    assert file.unlock("orlova", "прежний пароль") == dek
    assert file.unlock("orlova", "новый пароль") == dek
    assert file.old_password("orlova", "новый пароль") == "прежний пароль"
    for wrong in ("прежний пароль", "чужой пароль"):
        with pytest.raises(WrongPassword):
            file.old_password("orlova", wrong)
    assert "прежний" not in file.path.read_text("utf-8")


@pytest.mark.parametrize("changed", [True, False])
def test_an_ended_change_leaves_one_password(keys: tuple[KeyFile, bytes], changed: bool) -> None:
    file, dek = keys
    file.begin_change("orlova", "прежний пароль", "новый пароль")
    file.end_change("orlova", changed=changed)
    stays, goes = ("новый пароль", "прежний пароль")[:: 1 if changed else -1]
    assert file.unlock("orlova", stays) == dek
    with pytest.raises(WrongPassword):
        file.unlock("orlova", goes)
    assert not file.change_begun("orlova")
    assert "old" not in file.path.read_text("utf-8")


def test_a_wrong_old_password_begins_nothing(keys: tuple[KeyFile, bytes]) -> None:
    file, _ = keys
    with pytest.raises(WrongPassword):
        file.begin_change("orlova", "не тот пароль", "новый пароль")
    assert not file.change_begun("orlova")


def test_a_wiped_key_file_opens_nothing(keys: tuple[KeyFile, bytes]) -> None:
    file, _ = keys
    file.wipe()
    assert not file.path.exists()
    file.wipe()  # a second time is harmless
