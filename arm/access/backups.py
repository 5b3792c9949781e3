"""Backups of a workstation: one folder a backup, the newest few kept, each rehearsed at once.

A backup is the database (a compact copy under the same key), the key file and the profile. The
rehearsal copies it to another folder, opens it there with the key, inspects every page and compares
what is in it with what was backed up: a backup that nobody has opened is a hope, not a backup.
Attachments stay out: they come from the centre again.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from arm.access.attempts import Attempts
from arm.access.errors import BackupRefused, NoBackup
from arm.access.keys import KeyFile
from arm.access.salvage import keep_unsent_of
from arm.errors import ExpectedError
from arm.places import Home
from arm.store.backup import backup
from arm.store.database import InstanceLock, open_database
from arm.store.errors import DamagedFile, DiskFull, from_os, translated
from arm.store.store import Store

KEPT: Final = 7
SPARE_SHARE: Final = 2.2
"""Room wanted for the copy and its rehearsal, in sizes of the database."""
STALE_DAYS: Final = 3
RECORD: Final = "backup.json"
LAST: Final = "last_backup"
"""Name, among the store's own values, of how the last backup went."""
_COUNTED: Final = ("person", "identity_document", "note", "outbox", "outbox_done", "history")


@dataclass(frozen=True)
class BackupRecord:
    """What a backup holds and how its rehearsal went. ``made_at`` is ISO 8601, UTC."""

    folder: str
    made_at: str
    size: int
    counts: dict[str, int]
    rehearsed: bool
    trouble: str = ""


def back_up(store: Store, home: Home, dek: bytes, to: Path | None = None) -> BackupRecord:
    """Make a backup in ``to`` (the home's own folder if None), rehearse it, forget the oldest.

    How it went is kept in the store, trouble too. Raises DiskFull, CannotWrite, DamagedFile.
    """
    place = to or home.root / "backups"
    try:
        made = _back_up(store, home, dek, place)
    except ExpectedError as error:
        _note(store, None, error.title_text)
        raise
    _note(store, made, made.trouble)
    return made


def _back_up(store: Store, home: Home, dek: bytes, place: Path) -> BackupRecord:
    now = store.clock.now()
    folder = place / f"{now:%Y-%m-%d-%H%M%S}"
    again = 1
    while folder.exists():  # a second one within a second
        again += 1
        folder = place / f"{now:%Y-%m-%d-%H%M%S}-{again}"
    growing = folder.with_name(folder.name + ".part")
    try:
        place.mkdir(parents=True, exist_ok=True)
        for left in place.glob("*.part"):
            shutil.rmtree(left)  # of a backup that was killed
        if shutil.disk_usage(place).free < home.database.stat().st_size * SPARE_SHARE:
            raise DiskFull()
        growing.mkdir(mode=0o700)
        backup(store.engine, growing / home.database.name)
        for path in (home.keys, home.profile):
            if path.exists():
                shutil.copy(path, growing / path.name)
        size = sum(one.stat().st_size for one in growing.iterdir())
        counts, trouble = {}, ""
        try:
            counts = rehearse(growing, dek)
        except ExpectedError as error:
            trouble = error.title_text
        made = BackupRecord(folder.name, now.isoformat(), size, counts, not trouble, trouble)
        with (growing / RECORD).open("w", encoding="utf-8") as file:
            json.dump(asdict(made), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        growing.replace(folder)
    except OSError as error:
        raise from_os(error) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(growing, ignore_errors=True)
    _forget_oldest(place)
    return made


def rehearse(folder: Path, dek: bytes) -> dict[str, int]:
    """Open a copy of the backup as a restored workstation would; returns how many rows it has.

    Raises WrongKey, DamagedFile and the other errors of opening.
    """
    name = Home(folder).database.name
    with tempfile.TemporaryDirectory(prefix="arm-rehearsal-", dir=folder) as temporary:
        copy = Path(temporary) / name
        try:
            shutil.copy(folder / name, copy)
        except OSError as error:
            raise from_os(error) from error
        engine = open_database(copy, dek)
        try:
            with translated(), closing(engine.raw_connection()) as pooled:
                raw: Any = pooled.driver_connection
                if raw.execute("PRAGMA cipher_integrity_check").fetchall():
                    raise DamagedFile()
                if raw.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                    raise DamagedFile()
                return {
                    table: int(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
                    for table in _COUNTED
                }
        finally:
            engine.dispose()


def backups(place: Path) -> list[BackupRecord]:
    """Whole backups in a folder, the newest first."""
    found = []
    for record in sorted(place.glob(f"*/{RECORD}"), reverse=True):
        with suppress(ValueError, TypeError, OSError):
            found.append(BackupRecord(**json.loads(record.read_text("utf-8"))))
    return found


def restore(home: Home, folder: Path, login: str, password: str) -> Path | None:
    """Put a backup in the place of what is in ``home``; what was there is laid aside, never
    deleted. Returns the file of unsent work, if the replaced database had any and could be read.

    The next exchange notices the step back and makes this database another workstation. Raises
    NoBackup, WrongPassword, SecondInstance, BackupRefused.
    """
    name = home.database.name
    if not (folder / name).exists():
        raise NoBackup(path=folder)
    dek = KeyFile(folder / home.keys.name, attempts=Attempts(home.attempts)).unlock(login, password)
    try:
        rehearse(folder, dek)
    except ExpectedError as error:
        raise BackupRefused(path=folder, why=error.title_text) from error
    salvage = None
    with InstanceLock(home.lock):
        if home.database.exists():
            with suppress(ExpectedError):  # damaged beyond reading: nothing to keep from it
                salvage = keep_unsent_of(home, dek)
        aside = home.root / f"replaced-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}"
        try:
            aside.mkdir()
            for path in (
                home.database, home.database.with_name(f"{name}-wal"),
                home.database.with_name(f"{name}-shm"), home.keys,
            ):  # fmt: skip
                if path.exists():
                    path.rename(aside / path.name)
            for one in (name, home.keys.name):
                shutil.copy(folder / one, home.root / f"{one}.part")
                (home.root / f"{one}.part").replace(home.root / one)
            if not home.profile.exists():
                shutil.copy(folder / home.profile.name, home.profile)
        except OSError as error:
            raise from_os(error) from error
    return salvage


def trouble(store: Store) -> str:
    """Why the backups of this workstation can't be relied on, in Russian; empty if they can."""
    last = store.meta(LAST)
    if last is None:
        return ""
    if last["trouble"]:
        return str(last["trouble"])
    age = store.clock.now() - datetime.fromisoformat(last["at"])
    return "Резервной копии больше трёх дней" if age.days >= STALE_DAYS else ""


def due(store: Store) -> bool:
    """Whether a day has passed since the last backup that went well."""
    last = store.meta(LAST)
    if last is None or last["trouble"]:
        return True
    return (store.clock.now() - datetime.fromisoformat(last["at"])).days >= 1


def _note(store: Store, made: BackupRecord | None, trouble_: str) -> None:
    before = store.meta(LAST) or {}
    at = made.made_at if made is not None and made.rehearsed else before.get("at")
    kept = {"at": at or store.clock.now().isoformat(), "trouble": trouble_}
    with suppress(ExpectedError):  # on a full disk this can't be kept either; the caller is told
        store.set_meta(LAST, kept)


def _forget_oldest(place: Path) -> None:
    """The newest few stay; of those, never the last that was opened successfully."""
    whole = backups(place)
    good = next((one.folder for one in whole if one.rehearsed), "")
    for one in whole[KEPT:]:
        if one.folder != good:
            shutil.rmtree(place / one.folder, ignore_errors=True)
