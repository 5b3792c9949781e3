"""The key file opens for those who know a password, and for nobody else."""

from __future__ import annotations

import json
import os
import resource
import unicodedata
from pathlib import Path

import pytest

from arm.access.errors import (
    DamagedKeys,
    KeysExist,
    LastPerson,
    NoKeys,
    WeakPassword,
    WrongPassword,
)
from arm.access.keys import (
    PHRASE_ALPHABET,
    Cost,
    KeyFile,
    new_key,
    new_phrase,
    new_recovery_pair,
)
from arm.store.errors import DiskFull

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSWORD = "синий-трамвай"


@pytest.fixture
def dek() -> bytes:
    return new_key()


@pytest.fixture
def keys(tmp_path: Path, dek: bytes) -> KeyFile:
    made = KeyFile(tmp_path / "keys.json", CHEAP)
    made.create(dek)
    made.add_person("smirnova", PASSWORD, dek)
    return made


def test_the_right_password_gives_the_database_key(keys: KeyFile, dek: bytes) -> None:
    assert keys.unlock("smirnova", PASSWORD) == dek


def test_the_recommended_cost_works_and_is_the_default(tmp_path: Path, dek: bytes) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    keys.create(dek)
    held = json.loads(keys.path.read_text("utf-8"))["recovery"]["phrase"]
    assert (held["memory_kib"], held["iterations"], held["lanes"]) == (65_536, 3, 4)


def test_wrong_password_opens_nothing(keys: KeyFile) -> None:
    with pytest.raises(WrongPassword):
        keys.unlock("smirnova", PASSWORD + " ")


def test_unknown_login_gets_the_same_answer_as_a_wrong_password(keys: KeyFile) -> None:
    with pytest.raises(WrongPassword) as wrong:
        keys.unlock("smirnova", "чужой-пароль")
    with pytest.raises(WrongPassword) as unknown:
        keys.unlock("ivanov", PASSWORD)
    assert str(wrong.value) == str(unknown.value)


def test_two_people_open_one_database_each_with_own_password(keys: KeyFile, dek: bytes) -> None:
    keys.add_person("petrov", "другой-пароль", dek)
    assert keys.people() == ("smirnova", "petrov")
    assert keys.unlock("smirnova", PASSWORD) == keys.unlock("petrov", "другой-пароль") == dek
    with pytest.raises(WrongPassword):
        keys.unlock("petrov", PASSWORD)


def test_a_wrap_moved_to_another_login_opens_nothing(keys: KeyFile, dek: bytes) -> None:
    keys.add_person("petrov", "другой-пароль", dek)
    held = keys._read()
    held["people"]["petrov"] = held["people"]["smirnova"]
    keys._write(held)
    with pytest.raises(WrongPassword):
        keys.unlock("petrov", PASSWORD)


def test_a_password_typed_with_separate_accents_is_the_same(keys: KeyFile, dek: bytes) -> None:
    decomposed = unicodedata.normalize("NFD", PASSWORD)
    assert decomposed != PASSWORD
    assert keys.unlock("smirnova", decomposed) == dek


def test_changing_a_password_closes_the_old_one(keys: KeyFile, dek: bytes) -> None:
    keys.change_password("smirnova", PASSWORD, "зелёный-дом")
    assert keys.unlock("smirnova", "зелёный-дом") == dek
    with pytest.raises(WrongPassword):
        keys.unlock("smirnova", PASSWORD)


def test_changing_a_password_needs_the_old_one(keys: KeyFile, dek: bytes) -> None:
    with pytest.raises(WrongPassword):
        keys.change_password("smirnova", "неверный-старый", "зелёный-дом")
    assert keys.unlock("smirnova", PASSWORD) == dek


def test_a_short_password_is_refused(keys: KeyFile, dek: bytes) -> None:
    with pytest.raises(WeakPassword, match="8"):
        keys.add_person("petrov", "1234567", dek)
    assert keys.people() == ("smirnova",)


def test_a_removed_person_gets_in_no_more_but_the_last_one_stays(keys: KeyFile, dek: bytes) -> None:
    keys.add_person("petrov", "другой-пароль", dek)
    keys.remove_person("petrov")
    with pytest.raises(WrongPassword):
        keys.unlock("petrov", "другой-пароль")
    with pytest.raises(LastPerson):
        keys.remove_person("smirnova")
    assert keys.unlock("smirnova", PASSWORD) == dek


def test_the_recovery_phrase_opens_however_it_is_typed(tmp_path: Path, dek: bytes) -> None:
    keys = KeyFile(tmp_path / "keys.json", CHEAP)
    phrase = keys.create(dek)
    latin_twins = phrase.translate(str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX"))
    for typed in (phrase, phrase.replace("-", " ").lower(), latin_twins):
        assert keys.recover(typed) == dek
    wrong = ("Б" if phrase[0] != "Б" else "Г") + phrase[1:]
    with pytest.raises(WrongPassword):
        keys.recover(wrong)


def test_a_phrase_has_160_bits_and_no_sign_twice_in_the_alphabet() -> None:
    assert len(PHRASE_ALPHABET) == len(set(PHRASE_ALPHABET)) == 32
    signs = new_phrase().replace("-", "")
    assert len(signs) == 32
    assert set(signs) <= set(PHRASE_ALPHABET)


def test_the_organisations_private_key_opens_and_another_does_not(
    tmp_path: Path, dek: bytes
) -> None:
    private, public = new_recovery_pair()
    keys = KeyFile(tmp_path / "keys.json", CHEAP)
    keys.create(dek, public)
    assert keys.recover_with_private_key(private) == dek
    with pytest.raises(WrongPassword):
        keys.recover_with_private_key(new_recovery_pair()[0])


def test_a_key_file_is_never_overwritten_by_a_new_one(keys: KeyFile, dek: bytes) -> None:
    with pytest.raises(KeysExist):
        KeyFile(keys.path, CHEAP).create(new_key())
    assert keys.unlock("smirnova", PASSWORD) == dek


def test_a_missing_key_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoKeys):
        KeyFile(tmp_path / "keys.json").unlock("smirnova", PASSWORD)


def test_every_flipped_bit_of_the_key_file_is_noticed(keys: KeyFile) -> None:
    whole = keys.path.read_bytes()
    for position in range(0, len(whole), 7):
        spoilt = bytearray(whole)
        spoilt[position] ^= 0x01
        keys.path.write_bytes(spoilt)
        with pytest.raises((DamagedKeys, WrongPassword)):
            keys.unlock("smirnova", PASSWORD)


def test_a_truncated_key_file_is_damaged_not_a_wrong_password(keys: KeyFile) -> None:
    keys.path.write_bytes(keys.path.read_bytes()[:100])
    with pytest.raises(DamagedKeys):
        keys.unlock("smirnova", PASSWORD)


def test_a_key_file_asking_for_absurd_memory_is_refused(keys: KeyFile) -> None:
    held = keys._read()
    held["people"]["smirnova"]["memory_kib"] = 1 << 30
    keys._write(held)
    with pytest.raises(DamagedKeys):
        keys.unlock("smirnova", PASSWORD)


def test_a_full_disk_keeps_the_old_key_file(keys: KeyFile, dek: bytes) -> None:
    before = keys.path.read_bytes()
    child = os.fork()
    if child == 0:
        os._exit(_add_person_where_files_stop_at_300_bytes(keys, dek))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert keys.path.read_bytes() == before
    assert [path.name for path in keys.path.parent.iterdir()] == ["keys.json"]


def _add_person_where_files_stop_at_300_bytes(keys: KeyFile, dek: bytes) -> int:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, resource.RLIM_INFINITY))
    try:
        keys.add_person("petrov", "другой-пароль", dek)
    except DiskFull:
        return 0
    return 1


def test_others_on_the_computer_may_not_read_the_key_file(keys: KeyFile) -> None:
    assert keys.path.stat().st_mode & 0o777 == 0o600


def test_nothing_in_the_key_file_is_the_key_or_a_password(keys: KeyFile, dek: bytes) -> None:
    text = keys.path.read_text("utf-8")
    assert dek.hex() not in text
    assert PASSWORD not in text
