"""A centre that archives its log is brought back to a point in time, as an operator would do it
after a disaster: base backup, log archive, recovery to a target, a new timeline."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from centre_parts import (
    Desk,
    Organisation,
    assert_feed_sound,
    assert_same,
    kept_somewhere,
    make_organisation,
    open_desk,
)

from arm.central.admin import provision, was_restored
from arm.central.embedded import EmbeddedCentral
from arm.centre_errors import CentreOnlyReads
from arm.clock import FixedClock


class Archived(EmbeddedCentral):
    """A server whose log is copied away piece by piece."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.archive = folder / "archive"
        self.base = folder / "base"

    def begin_archive(self) -> None:
        self.archive.mkdir()
        self._runner.hand_over(self.archive)
        with psycopg.connect(self.admin_dsn(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET archive_mode = on")
            admin.execute(f"ALTER SYSTEM SET archive_command = 'cp %p {self.archive}/%f'")
        self.stop()
        self.start()

    def take_base_backup(self) -> None:
        self.base.mkdir()
        self._runner.hand_over(self.base)
        self._run(
            "pg_basebackup",
            *("--pgdata", str(self.base), "--checkpoint", "fast"),
            *("--dbname", self.admin_dsn("postgres")),
        )

    def recover_to(self, point: str) -> None:
        """Put the base backup in place and play the archived log up to a named point; there the
        server waits, reading only, for the operator to look around."""
        self.stop(crash=True)
        owner = self.cluster.stat()
        shutil.rmtree(self.cluster)
        shutil.copytree(self.base, self.cluster)
        with (self.cluster / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
            settings.write(
                f"restore_command = 'cp {self.archive}/%f %p'\n"
                f"recovery_target_name = '{point}'\nrecovery_target_action = 'pause'\n"
            )
        (self.cluster / "recovery.signal").touch()
        for path in (self.cluster, *self.cluster.rglob("*")):
            shutil.chown(path, owner.st_uid, owner.st_gid)
        self.start()

    def go_on(self) -> None:
        """The operator is content: the server takes edits again."""
        with psycopg.connect(self.admin_dsn(), autocommit=True) as admin:
            until = time.monotonic() + 60
            while admin.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() != ("paused",):
                assert time.monotonic() < until, "the point is not reached"
                time.sleep(0.05)
            admin.execute("SELECT pg_wal_replay_resume()")
            while admin.execute("SELECT pg_is_in_recovery()").fetchone() != (False,):
                assert time.monotonic() < until, "the recovery does not end"
                time.sleep(0.05)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Archived]:
    server = Archived(tmp_path / "server")
    try:
        server.start()
        provision(server.admin_dsn())
        server.begin_archive()
        yield server
    finally:
        server.stop(crash=True)


def desks_of(organisation: Organisation, folder: Path, empty_database: Path) -> list[Desk]:
    clock = FixedClock(datetime(2026, 7, 14, 9, 30, tzinfo=UTC))
    return [
        open_desk(organisation, login, folder / login, empty_database, clock)
        for login in organisation.logins
    ]


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_a_centre_recovered_to_an_earlier_point_gets_everything_again(
    centre: Archived, tmp_path: Path, empty_database: Path, told: bool
) -> None:
    organisation = make_organisation(centre, people=2)
    first, second = desks = desks_of(organisation, tmp_path, empty_database)
    who = first.take_in("Хасанов", phone="до копии")
    for desk in desks:
        desk.sync()
    centre.take_base_backup()
    second.edit(who, employer="после копии, до точки")
    for desk in (second, first):
        desk.sync()
    with psycopg.connect(centre.admin_dsn(), autocommit=True) as admin:
        admin.execute("SELECT pg_create_restore_point('before the accident')")
    first.edit(who, phone="после точки")
    newcomer = second.take_in("Назаров")
    for desk in (first, second, first):
        desk.sync()
    with psycopg.connect(centre.admin_dsn(), autocommit=True) as admin:
        admin.execute("SELECT pg_switch_wal()")
        admin.execute("CHECKPOINT")

    centre.recover_to("before the accident")
    first.edit(who, profession="пока центр восстанавливают")
    with pytest.raises(CentreOnlyReads):
        first.engine.exchange()
    assert first.engine.state.phase == "offline"
    assert first.engine.state.pending == 1
    centre.go_on()
    if told:
        was_restored(centre.admin_dsn())
    kept = kept_somewhere(organisation)
    assert "после копии, до точки" in kept, "the archived log was not played"
    assert "после точки" not in kept, "played beyond the point"

    for desk in (first, second, first, second):
        desk.sync()
    for desk in desks:
        assert desk.person(newcomer).surname == "Назаров"
        assert desk.person(who).phone == "после точки"
        assert desk.person(who).profession == "пока центр восстанавливают"
        assert desk.person(who).employer == "после копии, до точки"
        assert_same(desk)
        assert desk.engine.state.pending == 0
    assert_feed_sound(organisation)
    for desk in desks:
        desk.close()
