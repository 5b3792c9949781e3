"""Wiring: opens everything one workstation needs and returns it as one object."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType

from arm.access import backups
from arm.access.attempts import Attempts
from arm.access.errors import WrongPassword
from arm.access.keys import KeyFile, new_key
from arm.access.salvage import keep_unsent
from arm.casework import derive, law_book, people, recompute
from arm.casework.duplicate_watch import DuplicateWatch
from arm.casework.filling import Filling
from arm.centre_line import CentreLine
from arm.clock import Clock, SystemClock
from arm.errors import ExpectedError
from arm.model import Office, new_id
from arm.password_change import change_password
from arm.places import Home
from arm.profile import Account, Profile, read_profile, write_profile
from arm.store.database import InstanceLock, create_database, open_database
from arm.store.files import FileStore
from arm.store.store import Actor, Store
from arm.sync.engine import SyncEngine
from arm.sync.loop import IDLE_SECONDS, SyncLoop
from arm.sync.rebuild import Rebuilt, mend_queue, rebuild

KEPT_SECONDS = 1.5 * IDLE_SECONDS
"""How long a connection to the centre may lie idle: a little longer than the longest pause."""


@dataclass
class Workstation:
    """Everything opened for one signed-in person. Close it, or use it as a context."""

    home: Home
    profile: Profile
    account: Account
    clock: Clock
    store: Store
    sync: SyncEngine | None
    loop: SyncLoop | None
    watch: DuplicateWatch
    """Compares people in the background once it is started."""
    _line: CentreLine | None
    _key: bytes = field(repr=False)
    _closing: ExitStack

    @property
    def office(self) -> Office:
        """The organisation at whose desk we sit."""
        return self.profile.office

    @property
    def idle_limit(self) -> int | None:
        """Minutes without a key or a click after which the organisation wants the screen locked,
        as the centre told last; None leaves it to each person."""
        minutes: int | None = self.store.meta("idle_minutes")
        return minutes

    def people_count(self) -> int:
        """How many people are on this workstation, closed cases included."""
        found = people.counts(self.store)
        return found["all"] + found["closed"]

    def change_password(self, old: str, new: str) -> None:
        """Replace the signed-in person's password here and at the centre.

        Raises BadPassword, PasswordUnchanged, WrongPassword and the errors of the centre.
        """
        change_password(self.home, self.profile.centre, self.account.login, old, new)
        if self._line is not None:
            self._line.use_password(new)

    @property
    def backup_folder(self) -> Path:
        """Where backups go: the folder a person chose, or one in the home."""
        chosen = self.store.setting("backup_folder", everyone=True)
        return Path(chosen) if chosen else self.home.root / "backups"

    def set_backup_folder(self, folder: Path) -> None:
        """Another disk is better: a lost computer takes the backups beside it along."""
        self.store.set_setting("backup_folder", str(folder.absolute()), everyone=True)

    def back_up(self) -> backups.BackupRecord:
        """Make a backup now and rehearse it. Raises DiskFull, CannotWrite, DamagedFile."""
        return backups.back_up(self.store, self.home, self._key, self.backup_folder)

    def back_up_if_due(self) -> str:
        """Once a day; returns in Russian why backups can't be relied on, empty if they can."""
        if backups.due(self.store):
            with suppress(ExpectedError):  # told by trouble() below
                self.back_up()
        return backups.trouble(self.store)

    def surrender(self) -> Path:
        """The centre revoked this workstation: keep what was not sent where only the organisation's
        recovery phrase opens it, then forget the keys. Close it afterwards; returns that file."""
        if self.loop is not None:
            self.loop.stop()
        keys = KeyFile(self.home.keys)
        keep_unsent(self.store, keys, self._key, self.home.salvage)
        keys.wipe()
        return self.home.salvage

    def close(self) -> None:
        """Stop exchange, close the database, let another instance in."""
        self._closing.close()

    def __enter__(self) -> Workstation:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class NotJoined(ExpectedError):
    """The login has no account on this workstation."""

    code = "not_joined"
    title = "Учётной записи «{login}» нет на этом рабочем месте"
    advice = "Подключите её командой «arm join» или войдите под другой"


class RecordsClosed(ExpectedError):
    """The home has lost its profile and holds records that this person can't open."""

    code = "records_closed"
    title = "В папке {folder} лежат записи, этот логин и пароль их не открывают"
    advice = (
        "Подключитесь под логином, который здесь работал ({known}), с его прежним паролем "
        "или выберите другую папку в ARM_HOME. Записи не тронуты"
    )


def open_workstation(
    home: Home, login: str, password: str, clock: Clock | None = None
) -> Workstation:
    """Unlock and open. Raises NoWorkstation, NotJoined, WrongPassword, TooManyAttempts,
    SecondInstance and the errors of :func:`arm.store.database.open_database`."""
    clock = clock or SystemClock()
    profile = read_profile(home.profile)
    with ExitStack() as closing:
        closing.enter_context(InstanceLock(home.lock))
        home.unfinished.unlink(missing_ok=True)
        account, key = _entered(home, profile, login, password, clock)
        engine = open_database(home.database, key)
        closing.callback(engine.dispose)
        actor = Actor(account.login, account.full_name, account.role, account.scope)
        store = Store(
            engine, clock, actor, FileStore(home.files, key), partial(derive.refresh, clock=clock)
        )
        _remember_office(store, profile)
        recompute.begin(store)
        derive.roll_day(store)
        sync = loop = line = None
        if profile.centre is not None:
            line = CentreLine(profile.centre, home, login, password, store)
            sync = SyncEngine(
                store,
                line,
                filler=lambda: Filling(clock, law_book.decisions(store)),
                keep_seconds=KEPT_SECONDS,
            )
            closing.callback(sync.close)
            loop = SyncLoop(sync)
            closing.callback(loop.stop)
        watch = DuplicateWatch(store)
        closing.callback(watch.stop)
        return Workstation(
            home, profile, account, clock, store, sync, loop, watch, line, key, closing.pop_all()
        )


def _entered(
    home: Home, profile: Profile, login: str, password: str, clock: Clock
) -> tuple[Account, bytes]:
    """Who signs in, and the database key. The password comes first: without a right one nobody
    learns which logins there are."""
    key = KeyFile(home.keys, attempts=Attempts(home.attempts, clock)).unlock(login, password)
    account = profile.account(login)
    if account is None:
        raise NotJoined(login=login)
    return account, key


def rebuild_workstation(
    home: Home, login: str, password: str, clock: Clock | None = None
) -> Rebuilt:
    """Put a new database in place of a damaged one, which is kept beside it.

    Unsent edits, drafts and settings are saved; the records come with the next exchange. Raises
    NoWorkstation, NotJoined, WrongPassword, SecondInstance, DamagedFile, DiskFull, CannotWrite.
    """
    clock = clock or SystemClock()
    profile = read_profile(home.profile)
    with InstanceLock(home.lock):
        account, key = _entered(home, profile, login, password, clock)
        fresh = home.database.with_name(f"{home.database.name}.rebuilt-{new_id()}")
        spoilt = rebuild(home.database, key, fresh)
        aside = home.database.with_name(f"{home.database.name}.damaged-{new_id()}")
        for end in ("-wal", "-shm", ""):
            part = home.database.with_name(home.database.name + end)
            if part.exists():
                part.rename(aside.with_name(aside.name + end))
        fresh.rename(home.database)
        engine = open_database(home.database, key)
        try:
            actor = Actor(account.login, account.full_name, account.role, account.scope)
            files = FileStore(home.files, key)
            store = Store(engine, clock, actor, files, partial(derive.refresh, clock=clock))
            return mend_queue(store, spoilt)
        finally:
            engine.dispose()


def create_workstation(home: Home, profile: Profile, login: str, password: str) -> str | None:
    """Make an empty workstation for the first person; returns the recovery phrase of the
    organisation, to be kept in its safe.

    Where only the profile was lost, the records are taken up again as they are, unsent edits
    included, and there is no new phrase: None. What a broken-off attempt left is put aside.
    Raises RecordsClosed if the records that are here do not open.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    with InstanceLock(home.lock):
        if home.keys.exists() and home.database.exists() and not home.unfinished.exists():
            _take_up(home, login, password)
            write_profile(home.profile, profile)
            return None
        home.unfinished.touch()
        for left in (home.keys, home.database):
            if left.exists():
                left.rename(left.with_name(f"{left.name}.{new_id()}"))
        key = new_key()
        keys = KeyFile(home.keys)
        phrase = keys.create(key)
        keys.add_person(login, password, key)
        create_database(home.database, key).dispose()
        write_profile(home.profile, profile)
        home.unfinished.unlink()
    return phrase


def _take_up(home: Home, login: str, password: str) -> None:
    keys = KeyFile(home.keys)
    try:
        key = keys.unlock(login, password)
    except WrongPassword as error:
        raise RecordsClosed(folder=home.root, known=", ".join(keys.people())) from error
    open_database(home.database, key).dispose()


def add_account(
    home: Home, account: Account, password: str, by_login: str, by_password: str
) -> None:
    """Let one more person sign in here; somebody who already can must unlock the key."""
    keys = KeyFile(home.keys)
    keys.add_person(account.login, password, keys.unlock(by_login, by_password))
    write_profile(home.profile, read_profile(home.profile).with_account(account))


def erase_workstation(home: Home) -> None:
    """Take everything of this workstation off the computer. Nobody may have it open.

    The keys go last: what a crash leaves behind is still encrypted, and is put aside at the next
    joining. Raises SecondInstance.
    """
    with InstanceLock(home.lock):
        home.unfinished.touch()
        home.profile.unlink(missing_ok=True)
        for left in home.root.glob(f"{home.database.name}*"):
            left.unlink()
        shutil.rmtree(home.files, ignore_errors=True)
        home.attempts.unlink(missing_ok=True)
        home.keys.unlink(missing_ok=True)
        home.unfinished.unlink()


def _remember_office(store: Store, profile: Profile) -> None:
    for name, value in (("office", asdict(profile.office)), ("people", profile.people)):
        if store.meta(name) != value:
            store.set_meta(name, value)
