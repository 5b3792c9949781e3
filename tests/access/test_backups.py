"""A backup is opened when it is made; each thing that can go wrong with one is caused here."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest

from arm.access import backups as room
from arm.access.backups import BackupRecord, back_up, backups, due, rehearse, restore, trouble
from arm.access.errors import BackupRefused, NoBackup, WrongPassword
from arm.access.keys import Cost, KeyFile
from arm.access.salvage import read_unsent
from arm.clock import FixedClock
from arm.model import Note, Person
from arm.places import Home
from arm.store.backup import check
from arm.store.database import open_database
from arm.store.errors import CannotWrite, DamagedFile, DiskFull, WrongKey
from arm.store.files import FileStore
from arm.store.store import Store

KEY = bytes(range(32))
PASSWORD = "северное-сияние-7"


@pytest.fixture
def phrase(home: Home, store: Store) -> str:
    keys = KeyFile(home.keys, Cost(memory_kib=64, iterations=1, lanes=1))
    made = keys.create(KEY)
    keys.add_person("smirnova", PASSWORD, KEY)
    home.profile.write_text("{}", "utf-8")
    with store.write("Принят человек") as session:
        session.add(Person(id="p1", surname="Каримов"))
        session.add(Note(id="n1", person_id="p1", text="позвонить"))
    return made


def opened(home: Home, store: Store) -> Store:
    engine = open_database(home.database, KEY)
    return Store(engine, store.clock, store.actor, FileStore(home.files, KEY), store.derive)


@pytest.mark.usefixtures("phrase")
def test_a_backup_is_rehearsed_and_says_what_it_holds(store: Store, home: Home) -> None:
    assert due(store)
    made = back_up(store, home, KEY)
    assert made.rehearsed
    assert made.counts["person"] == made.counts["note"] == 1
    assert made.counts["outbox"] == store.pending()
    assert backups(home.root / "backups") == [made]
    assert (trouble(store), due(store)) == ("", False)
    left = [path.name for path in (home.root / "backups" / made.folder).iterdir()]
    assert sorted(left) == ["backup.json", "keys.json", "profile.json", "records.db"]


@pytest.mark.usefixtures("phrase")
def test_the_oldest_go_but_never_the_last_that_opened(
    store: Store, home: Home, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = back_up(store, home, KEY)

    def spoilt(*_: object) -> dict[str, int]:
        raise DamagedFile()

    monkeypatch.setattr(room, "rehearse", spoilt)
    for _ in range(room.KEPT + 2):
        clock.advance(timedelta(days=1))
        assert not back_up(store, home, KEY).rehearsed
    kept = backups(home.root / "backups")
    assert len(kept) == room.KEPT + 1
    assert kept[-1] == good
    assert "повреждён" in trouble(store)
    assert due(store)


@pytest.mark.usefixtures("phrase")
def test_a_backup_that_is_days_old_is_told(store: Store, home: Home, clock: FixedClock) -> None:
    back_up(store, home, KEY)
    clock.advance(timedelta(days=4))
    assert "трёх дней" in trouble(store)
    assert due(store)


@pytest.mark.usefixtures("phrase")
def test_a_flipped_byte_and_a_wrong_key_are_found(store: Store, home: Home) -> None:
    made = back_up(store, home, KEY)
    folder = home.root / "backups" / made.folder
    with pytest.raises(WrongKey):
        rehearse(folder, bytes(32))
    content = bytearray((folder / "records.db").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "records.db").write_bytes(content)
    with pytest.raises(DamagedFile):
        rehearse(folder, KEY)
    store.engine.dispose()
    with pytest.raises(BackupRefused):
        restore(home, folder, "smirnova", PASSWORD)
    assert opened(home, store).pending() == 2  # nothing was replaced


@pytest.mark.usefixtures("phrase")
def test_a_disk_without_room_makes_no_half_of_a_backup(
    store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _path: usage(1, 1, 1_000))
        with pytest.raises(DiskFull):
            back_up(store, home, KEY)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # the copy grows past it
    try:
        with pytest.raises((DiskFull, CannotWrite)):
            back_up(store, home, KEY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert list((home.root / "backups").iterdir()) == []
    assert trouble(store)
    assert back_up(store, home, KEY).rehearsed


KILLED = """
import os, signal, sys
from pathlib import Path
from arm.access import backups as room
from arm.places import Home
from arm.clock import SystemClock
from arm.store.database import open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store
home, key = Home(Path(sys.argv[1])), bytes(range(32))
store = Store(open_database(home.database, key), SystemClock(),
              Actor("smirnova", "С", "center_specialist", 11), FileStore(home.files, key),
              lambda session, ids: None)
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
setattr(room, sys.argv[2], die)
room.back_up(store, home, key)
"""


@pytest.mark.parametrize("step", ["backup", "rehearse", "_forget_oldest"])
@pytest.mark.usefixtures("phrase")
def test_a_kill_during_a_backup_leaves_whole_ones_only(store: Store, home: Home, step: str) -> None:
    first = back_up(store, home, KEY)
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(home.root), step],
        env=os.environ | {"PYTHONPATH": str(root)}, check=False,
    )  # fmt: skip
    assert run.returncode == -signal.SIGKILL
    whole = backups(home.root / "backups")
    assert first in whole
    for one in whole:
        rehearse(home.root / "backups" / one.folder, KEY)
    back_up(store, home, KEY)
    assert list((home.root / "backups").glob("*.part")) == []


def test_a_restored_workstation_is_whole_and_unsent_work_of_the_newer_one_is_kept(
    store: Store, home: Home, phrase: str
) -> None:
    made = back_up(store, home, KEY)
    with store.write("Добавлена заметка") as session:
        session.add(Note(id="n2", person_id="p1", text="после копии"))
    store.engine.dispose()
    folder = home.root / "backups" / made.folder
    with pytest.raises(WrongPassword):
        restore(home, folder, "smirnova", "не тот пароль")
    with pytest.raises(NoBackup):
        restore(home, folder.parent / "нет такой", "smirnova", PASSWORD)
    salvage = restore(home, folder, "smirnova", PASSWORD)
    again = opened(home, store)
    with again.read() as session:
        assert session.get(Note, "n1") is not None
        assert session.get(Note, "n2") is None
    assert check(again) == []
    again.engine.dispose()
    assert salvage == home.salvage
    assert "после копии" in str(read_unsent(salvage, phrase)["outbox"])
    assert list(home.root.glob("replaced-*/records.db"))


def test_a_damaged_workstation_is_restored_all_the_same(
    store: Store, home: Home, phrase: str
) -> None:
    made: BackupRecord = back_up(store, home, KEY)
    store.engine.dispose()
    home.database.write_bytes(os.urandom(50_000))
    folder = home.root / "backups" / made.folder
    assert restore(home, folder, "smirnova", PASSWORD) is None
    again = opened(home, store)
    assert check(again) == []
    again.engine.dispose()
