"""What can happen to a file on a computer, done for real: nothing is opened, or nothing is lost."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlcipher3 import dbapi2

from arm.access.errors import WrongPassword
from arm.access.keys import Cost, KeyFile
from arm.model import IdentityDocument, Note, Person
from arm.places import Home
from arm.store import tables
from arm.store.backup import check
from arm.store.database import (
    MIGRATIONS,
    InstanceLock,
    create_database,
    newest_revision,
    open_database,
)
from arm.store.errors import (
    CannotWrite,
    DamagedFile,
    DatabaseBusy,
    DatabaseExists,
    DiskFull,
    NewerSchema,
    NoDatabase,
    OldSqlite,
    PlainFile,
    SecondInstance,
    WrongKey,
)
from arm.store.store import Store

DATABASE_KEY = bytes(range(32))
"""As in the ``store`` fixture; child processes need it too."""
OTHER_KEY = bytes(32)
ROOT = Path(__file__).resolve().parents[2]


def take_in(store: Store, surname: str = "Юлдашев") -> str:
    with store.write("Принят человек") as session:
        person = Person(surname=surname, given="Алишер", surname_latin="YOLDOSHEV")
        session.add(person)
        session.flush()
        session.add(IdentityDocument(person_id=person.id, series="FA", number="4182907"))
        return person.id


def surnames(store: Store) -> list[str | None]:
    with store.read() as session:
        return list(session.scalars(select(Person.surname).order_by(Person.id)))


# --- what must not be opened


def test_wrong_key_opens_nothing_and_changes_nothing(store: Store, home: Home) -> None:
    take_in(store)
    store.engine.dispose()
    before = home.database.read_bytes()
    with pytest.raises(WrongKey):
        open_database(home.database, OTHER_KEY)
    assert home.database.read_bytes() == before


def test_a_plain_sqlite_file_is_refused(home: Home) -> None:
    home.root.mkdir()
    plain = sqlite3.connect(home.database)
    plain.execute("CREATE TABLE person (id)")
    plain.close()
    with pytest.raises(PlainFile, match="не зашифрован"):
        open_database(home.database, DATABASE_KEY)


def test_a_missing_file_is_not_created(home: Home) -> None:
    with pytest.raises(NoDatabase):
        open_database(home.database, DATABASE_KEY)
    assert not home.root.exists()


def test_an_empty_file_is_damaged_not_a_new_database(home: Home) -> None:
    home.root.mkdir()
    home.database.touch()
    with pytest.raises(DamagedFile):
        open_database(home.database, DATABASE_KEY)
    assert home.database.stat().st_size == 0


def test_an_existing_database_is_never_overwritten(store: Store, home: Home) -> None:
    take_in(store)
    with pytest.raises(DatabaseExists):
        create_database(home.database, OTHER_KEY)
    assert surnames(store) == ["Юлдашев"]


def test_the_library_with_the_wal_bug_is_refused(
    store: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbapi2, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(OldSqlite, match=r"3\.51\.2"):
        open_database(home.database, DATABASE_KEY)
    with pytest.raises(OldSqlite):
        create_database(home.root / "other.db", DATABASE_KEY)


def test_a_database_of_a_newer_program_is_left_alone(store: Store, home: Home) -> None:
    with store.merge() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.engine.dispose()
    with pytest.raises(NewerSchema):
        open_database(home.database, DATABASE_KEY)
    assert [path.name for path in home.root.glob("*before*")] == []


def test_a_copied_database_does_not_open_without_a_password(
    store: Store, home: Home, tmp_path: Path
) -> None:
    keys = KeyFile(home.keys, Cost(64, 1, 1))
    keys.create(DATABASE_KEY)
    keys.add_person("smirnova", "синий-трамвай", DATABASE_KEY)
    take_in(store)
    store.engine.dispose()
    stolen = Home(tmp_path / "stolen")
    shutil.copytree(home.root, stolen.root)
    with pytest.raises(WrongPassword):
        KeyFile(stolen.keys).unlock("smirnova", "")
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        sqlite3.connect(stolen.database).execute("SELECT * FROM person")
    key = KeyFile(stolen.keys).unlock("smirnova", "синий-трамвай")
    engine = open_database(stolen.database, key)
    engine.dispose()


def test_no_file_of_the_home_shows_a_name(store: Store, home: Home) -> None:
    keys = KeyFile(home.keys, Cost(64, 1, 1))
    keys.create(DATABASE_KEY)
    keys.add_person("smirnova", "синий-трамвай", DATABASE_KEY)
    take_in(store)
    store.save_draft("intake", "Юлдашев Алишер", {"surname": "Юлдашев"})
    store.files.put("Паспорт: Юлдашев Алишер YOLDOSHEV 4182907".encode() * 50)
    secrets = ["Юлдашев", "Алишер", "YOLDOSHEV", "4182907", "CREATE TABLE"]
    seen = 0
    for path in home.root.rglob("*"):  # the write-ahead log is there too: the store is open
        if path.is_file():
            content = path.read_bytes()
            seen += len(content)
            for word in secrets:
                for encoding in ("utf-8", "utf-16-le", "cp1251"):
                    assert word.encode(encoding) not in content, (path.name, word)
    assert home.database.with_name("records.db-wal").stat().st_size > 0
    assert seen > 100_000


# --- damage


@pytest.mark.parametrize("page", [0, 1, 5, 20])
def test_a_flipped_bit_is_damage_never_a_wrong_answer(store: Store, home: Home, page: int) -> None:
    for number in range(40):
        take_in(store, f"Фамилия{number}")
    store.engine.dispose()
    spoilt = bytearray(home.database.read_bytes())
    spoilt[page * 4096 + 2000] ^= 0x10
    home.database.write_bytes(spoilt)
    try:
        engine = open_database(home.database, DATABASE_KEY)
    except DamagedFile:
        return
    damaged = Store(engine, store.clock, store.actor, store.files, store.derive)
    assert next(finding.subject for finding in check(damaged)) == "file"
    engine.dispose()


def test_damage_met_while_reading_is_said_in_the_callers_words(store: Store, home: Home) -> None:
    for number in range(200):
        take_in(store, f"Фамилия{number}")
    store.engine.dispose()
    spoilt = bytearray(home.database.read_bytes())
    for page in range(2, len(spoilt) // 4096):
        spoilt[page * 4096 + 2000] ^= 0x10
    home.database.write_bytes(spoilt)
    with pytest.raises(DamagedFile):
        open_database(home.database, DATABASE_KEY)


def test_a_spoilt_first_page_is_told_apart_from_a_wrong_key(store: Store, home: Home) -> None:
    take_in(store)
    store.engine.dispose()
    spoilt = bytearray(home.database.read_bytes())
    spoilt[0:64] = os.urandom(64)  # the salt of SQLCipher and the head of the first page
    home.database.write_bytes(spoilt)
    with pytest.raises(DamagedFile):
        open_database(home.database, DATABASE_KEY)
    with pytest.raises(WrongKey):
        open_database(home.database, OTHER_KEY)


def test_a_spoilt_salt_alone_does_not_lose_the_database(store: Store, home: Home) -> None:
    take_in(store)
    store.engine.dispose()
    spoilt = bytearray(home.database.read_bytes())
    spoilt[0:16] = os.urandom(16)
    home.database.write_bytes(spoilt)
    engine = open_database(home.database, DATABASE_KEY)
    again = Store(engine, store.clock, store.actor, store.files, store.derive)
    assert surnames(again) == ["Юлдашев"]
    engine.dispose()


def test_a_truncated_file_is_damaged(store: Store, home: Home) -> None:
    take_in(store)
    store.engine.dispose()
    os.truncate(home.database, 1000)
    with pytest.raises(DamagedFile):
        open_database(home.database, DATABASE_KEY)


# --- no room


def limit_pages(store: Store, extra: int | None) -> None:
    """SQLite's own limit answers exactly as a full disk does; it holds for each connection."""
    with store.engine.connect() as connection:
        count = connection.scalar(text("PRAGMA page_count"))
        limit = 1 << 30 if extra is None else count + extra
        connection.execute(text(f"PRAGMA max_page_count = {limit}"))


def test_a_full_disk_saves_nothing_by_halves_and_goes_on_after(store: Store) -> None:
    person_id = take_in(store)
    limit_pages(store, 4)
    typed = "очень длинная заметка " * 5_000
    with pytest.raises(DiskFull, match="не сохранено"), store.write("Добавлена заметка") as one:
        one.add(Note(person_id=person_id, text=typed))
    assert store.pending() == 2
    with store.read() as session:
        assert session.scalar(select(Note)) is None
        assert session.scalar(text("SELECT count(*) FROM action")) == 1
    limit_pages(store, None)
    with store.write("Добавлена заметка") as session:
        session.add(Note(person_id=person_id, text=typed))
    assert store.pending() == 3
    assert check(store) == []


def test_a_file_that_may_not_grow_loses_nothing_acknowledged(store: Store, home: Home) -> None:
    """The limit of the system on file size: the write to the disk itself is refused."""
    take_in(store)
    store.engine.dispose()
    child = os.fork()
    if child == 0:
        os._exit(_edit_until_refused(home, store))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    engine = open_database(home.database, DATABASE_KEY)
    again = Store(engine, store.clock, store.actor, store.files, store.derive)
    told = home.root.joinpath("acknowledged").read_text().split()
    assert len(told) > 5
    with again.read() as session:
        kept = set(session.scalars(select(Note.text)))
    assert kept == set(told)
    assert check(again) == []
    engine.dispose()


def _edit_until_refused(home: Home, like: Store) -> int:
    resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, resource.RLIM_INFINITY))
    engine = open_database(home.database, DATABASE_KEY)
    store = Store(engine, like.clock, like.actor, like.files, like.derive)
    with home.root.joinpath("acknowledged").open("w") as acknowledged:
        for number in range(10_000):
            try:
                with store.write("Добавлена заметка") as session:
                    session.add(Note(text=f"заметка-{number}"))
            except (DiskFull, CannotWrite):
                return 0
            acknowledged.write(f"заметка-{number}\n")
            acknowledged.flush()
    return 1


def test_a_full_disk_for_attachments_leaves_no_half_file(store: Store, home: Home) -> None:
    child = os.fork()
    if child == 0:
        os._exit(_put_where_files_stop_at_10_kb(store))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert [path for path in home.files.rglob("*") if path.is_file()] == []


def _put_where_files_stop_at_10_kb(store: Store) -> int:
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
    try:
        store.files.put(b"scan" * 10_000)
    except DiskFull:
        return 0
    return 1


# --- others at the same file


def test_a_second_instance_is_told_which_process_has_the_home(home: Home) -> None:
    program = "import sys; from pathlib import Path; from arm.store.database import InstanceLock;"
    program += "InstanceLock(Path(sys.argv[1])).acquire(); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home.lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(SecondInstance, match=str(first.pid)):
            InstanceLock(home.lock).acquire()
        first.send_signal(signal.SIGKILL)
        first.wait()
    with InstanceLock(home.lock) as lock:  # a killed program locks nobody out
        assert lock.path.read_text() == str(os.getpid())


def test_the_lock_is_free_again_after_release(home: Home) -> None:
    with InstanceLock(home.lock), pytest.raises(SecondInstance):
        InstanceLock(home.lock).acquire()
    with InstanceLock(home.lock) as lock:
        assert lock.path.read_text() == str(os.getpid())


def test_a_file_held_by_another_program_is_said_so(store: Store, home: Home) -> None:
    person_id = take_in(store)
    with store.engine.connect() as connection:
        connection.execute(text("PRAGMA busy_timeout = 50"))
    other = open_database(home.database, DATABASE_KEY)
    with other.connect() as holder:
        holder.connection.driver_connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy), store.write("Изменена фамилия") as session:
            session.get_one(Person, person_id).surname = "А"
    other.dispose()
    assert surnames(store) == ["Юлдашев"]


# --- change of schema


NEXT = """
import os, signal
import sqlalchemy as sa
from alembic import op
revision = "0900"
down_revision = "{head}"
branch_labels = None
depends_on = None
def upgrade():
    op.add_column("person", sa.Column("nickname", sa.String()))
    op.execute("UPDATE person SET nickname = surname")
    {fault}
    op.execute("UPDATE person SET nickname = 'г-н ' || nickname")
"""


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations of a later version of the program."""
    folder = tmp_path / "later"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def write_next(later: Path, fault: str = "") -> None:
    step = later / "versions" / "0900_nickname.py"
    step.write_text(NEXT.format(head=newest_revision(), fault=fault))


def test_an_older_schema_is_brought_up_to_date_after_a_copy_was_kept(
    store: Store, home: Home, later: Path
) -> None:
    take_in(store)
    store.engine.dispose()
    write_next(later)
    engine = open_database(home.database, DATABASE_KEY, later)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT nickname FROM person")) == "г-н Юлдашев"
    engine.dispose()
    (copy,) = home.root.glob("*.before-0900-*")
    before = open_database(copy, DATABASE_KEY)
    with before.connect() as connection:
        assert connection.scalar(text("SELECT surname FROM person")) == "Юлдашев"
    before.dispose()
    with pytest.raises(NewerSchema):  # the program of before does not touch it any more
        open_database(home.database, DATABASE_KEY)


@pytest.mark.parametrize("fault", ["os.kill(os.getpid(), signal.SIGKILL)", "raise RuntimeError"])
def test_an_interrupted_change_of_schema_leaves_the_old_one_whole(
    store: Store, home: Home, later: Path, fault: str
) -> None:
    take_in(store)
    store.engine.dispose()
    write_next(later, fault)
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from arm.store.database import open_database
        open_database(Path(sys.argv[1]), bytes(range(32)), Path(sys.argv[2]))
        """
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(home.database), str(later)],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    assert killed.returncode == (-signal.SIGKILL if "kill" in fault else 1)
    untouched = open_database(home.database, DATABASE_KEY)
    with untouched.connect() as connection:
        columns = connection.execute(text("PRAGMA table_info(person)")).all()
        assert "nickname" not in {column.name for column in columns}
        assert connection.scalar(text("SELECT surname FROM person")) == "Юлдашев"
    untouched.dispose()
    write_next(later)
    again = open_database(home.database, DATABASE_KEY, later)
    with again.connect() as connection:
        assert connection.scalar(text("SELECT nickname FROM person")) == "г-н Юлдашев"
    again.dispose()


def test_a_change_of_schema_without_room_for_the_copy_changes_nothing(
    store: Store, home: Home, later: Path
) -> None:
    for number in range(100):
        take_in(store, f"Фамилия{number}")
    store.engine.dispose()
    write_next(later)
    child = os.fork()
    if child == 0:
        os._exit(_upgrade_where_files_stop_at_100_kb(home, later))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert list(home.root.glob("*before*")) == []
    engine = open_database(home.database, DATABASE_KEY)
    with engine.connect() as connection:
        assert connection.scalar(select(tables.outbox.c.cseq).order_by(text("cseq DESC"))) == 200
    engine.dispose()


def _upgrade_where_files_stop_at_100_kb(home: Home, later: Path) -> int:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    try:
        open_database(home.database, DATABASE_KEY, later)
    except (DiskFull, CannotWrite):
        return 0
    return 1


def test_a_normal_start_does_not_load_the_migration_library(store: Store, home: Home) -> None:
    program = "import sys; from pathlib import Path; from arm.store.database import open_database;"
    program += "open_database(Path(sys.argv[1]), bytes(range(32)));"
    program += "sys.exit('alembic' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program, str(home.database)], cwd=ROOT, check=False
    )
    assert done.returncode == 0
