"""Attachments: encrypted one by one, whole or not there, and damage is noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from arm.places import Home
from arm.store.errors import DamagedAttachment, FilesFull, MissingAttachment
from arm.store.files import FileStore

KEY = bytes(range(32))
SCAN = b"%PDF-1.7 passport of Yuldashev" * 100


@pytest.fixture
def files(home: Home) -> FileStore:
    return FileStore(home.files, KEY)


def stored(files: FileStore) -> list[Path]:
    return [path for path in files.root.rglob("*") if path.is_file()]


def test_bytes_come_back_as_they_were(files: FileStore) -> None:
    for content in (b"", b"x", SCAN):
        sha256 = files.put(content)
        assert sha256 == hashlib.sha256(content).hexdigest()
        assert files.has(sha256)
        assert files.get(sha256) == content


def test_the_same_scan_is_kept_once(files: FileStore) -> None:
    assert files.put(SCAN) == files.put(SCAN)
    assert len(stored(files)) == 1


def test_neither_name_nor_content_tells_what_is_inside(files: FileStore) -> None:
    sha256 = files.put(SCAN)
    (path,) = stored(files)
    assert sha256 not in path.as_posix().replace("/", "")
    assert b"Yuldashev" not in path.read_bytes()
    with pytest.raises(MissingAttachment):
        FileStore(files.root, bytes(32)).get(sha256)


def test_a_missing_scan_is_said_so(files: FileStore) -> None:
    with pytest.raises(MissingAttachment, match="нет на этом компьютере"):
        files.get("0" * 64)


@pytest.mark.parametrize("position", [0, 5, 20, -1])
def test_a_flipped_bit_is_noticed(files: FileStore, position: int) -> None:
    sha256 = files.put(SCAN)
    (path,) = stored(files)
    spoilt = bytearray(path.read_bytes())
    spoilt[position] ^= 1
    path.write_bytes(spoilt)
    with pytest.raises(DamagedAttachment):
        files.get(sha256)


def test_a_truncated_scan_is_noticed(files: FileStore) -> None:
    sha256 = files.put(SCAN)
    (path,) = stored(files)
    path.write_bytes(path.read_bytes()[:7])
    with pytest.raises(DamagedAttachment):
        files.get(sha256)


def test_two_scans_changed_places_are_noticed(files: FileStore) -> None:
    first, second = files.put(SCAN), files.put(SCAN + b"2")
    one, other = stored(files)
    held = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(held)
    for sha256 in (first, second):
        with pytest.raises(DamagedAttachment):
            files.get(sha256)


def test_the_quota_is_kept_and_room_comes_back(home: Home) -> None:
    files = FileStore(home.files, KEY, quota=4_000)
    first = files.put(SCAN)
    with pytest.raises(FilesFull):
        files.put(SCAN + b"2")
    files.drop(first)
    assert not files.has(first)
    assert files.get(files.put(SCAN + b"2")) == SCAN + b"2"


def test_pieces_left_by_a_crash_after_the_whole_had_come_go_away(files: FileStore) -> None:
    whole = files.put(b"scan" * 300)
    files.put_piece(whole, 0, b"scan")
    coming = hashlib.sha256(b"another").hexdigest()
    files.put_piece(coming, 0, b"ano")
    stranger = files.put(b"nobody names this")
    assert files.drop_strangers({whole, coming}) == 2
    assert files.get(whole) == b"scan" * 300
    assert files.get_piece(whole, 0) is None
    assert files.get_piece(coming, 0) == b"ano"
    assert not files.has(stranger)
