"""Passwords that change in two places, and workstations that were lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from centre_parts import PASSWORD, Desk, MakeDesk, Organisation, ask, line_to, push
from sqlalchemy import select

from arm.access.errors import WrongPassword
from arm.access.keys import KeyFile
from arm.access.salvage import read_unsent
from arm.central.admin import (
    limit_idle,
    lock,
    revoke_workstation,
    set_password,
    unlock,
    workstations,
)
from arm.central.connect import connect
from arm.central.errors import BadIdleMinutes
from arm.centre_errors import (
    AccountLocked,
    TemporaryPassword,
    WorkstationRevoked,
    WrongCentrePassword,
)
from arm.joining import join
from arm.places import Home
from arm.profile import Centre
from arm.store import tables
from arm.workstation import Workstation, open_workstation

ROOT = Path(__file__).parents[2]
NEW = "тихая гавань у моря"


@pytest.fixture
def joined(organisation: Organisation, tmp_path: Path) -> tuple[Home, str, str]:
    """A home with a login of the centre; the recovery phrase."""
    home = Home(tmp_path / "own")
    phrase = join(home, centre_of(organisation), organisation.logins[0], PASSWORD)
    assert phrase is not None
    return home, organisation.logins[0], phrase


def centre_of(organisation: Organisation) -> Centre:
    here = organisation.centre
    return Centre(here.host, here.port, here.database)


def takes(organisation: Organisation, login: str, password: str) -> bool:
    here = organisation.centre
    try:
        connect(here.host, here.port, here.database, login, password).close()
    except WrongCentrePassword:
        return False
    return True


def opens(home: Home, login: str, password: str) -> bool:
    try:
        KeyFile(home.keys).unlock(login, password)
    except WrongPassword:
        return False
    return True


def test_a_password_changes_here_and_at_the_centre(
    organisation: Organisation, joined: tuple[Home, str, str]
) -> None:
    home, login, _ = joined
    with open_workstation(home, login, PASSWORD) as here:
        here.change_password(PASSWORD, NEW)
        assert here.sync is not None
        here.sync.exchange()  # the session goes on under the new one
    assert takes(organisation, login, NEW)
    assert not takes(organisation, login, PASSWORD)
    assert opens(home, login, NEW)
    assert not opens(home, login, PASSWORD)


@pytest.mark.parametrize("typed", ["old", "new"])
@pytest.mark.parametrize("step", ["before the centre", "after the centre"])
def test_a_change_that_was_killed_half_way_is_ended_by_the_next_exchange(
    organisation: Organisation, joined: tuple[Home, str, str], step: str, typed: str
) -> None:
    home, login, _ = joined
    program = Path(__file__).with_name("password_changer.py")
    words = [sys.executable, program, home.root, login, PASSWORD, NEW, step]
    run = subprocess.run(words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    assert run.returncode == -signal.SIGKILL
    # whichever the person remembers, the records open
    assert opens(home, login, PASSWORD)
    assert opens(home, login, NEW)
    password = PASSWORD if typed == "old" else NEW
    with open_workstation(home, login, password) as here:
        assert here.sync is not None
        if (step, typed) == ("after the centre", "old"):
            with pytest.raises(WrongCentrePassword):
                here.sync.exchange()
            assert opens(home, login, NEW)
            return
        here.sync.exchange()
    stays, goes = (PASSWORD, NEW) if typed == "old" else (NEW, PASSWORD)
    assert takes(organisation, login, stays)
    assert not takes(organisation, login, goes)
    assert opens(home, login, stays)
    assert not opens(home, login, goes)


def test_under_a_temporary_password_nothing_is_exchanged_until_it_is_changed(
    organisation: Organisation, joined: tuple[Home, str, str]
) -> None:
    home, login, _ = joined
    set_password(organisation.centre.admin_dsn(), login, PASSWORD, temporary=True)
    with open_workstation(home, login, PASSWORD) as here:
        assert here.sync is not None
        with pytest.raises(TemporaryPassword):
            here.sync.exchange()
        here.change_password(PASSWORD, NEW)
        here.sync.exchange()


def test_a_locked_person_keeps_what_was_typed_and_sends_it_afterwards(make_desk: MakeDesk) -> None:
    desk = make_desk(0)
    desk.sync()
    dsn = desk.organisation.centre.admin_dsn()
    person_id = desk.take_in("Каримов")
    lock(dsn, desk.login)
    with pytest.raises(WrongCentrePassword):
        desk.sync()
    unlock(dsn, desk.login)
    with psycopg.connect(dsn) as admin:
        admin.execute(
            "UPDATE arm.account SET locked_until = now() + '1 h' WHERE rolname = %s", (desk.login,)
        )
    with pytest.raises(AccountLocked):
        desk.sync()
    assert desk.store.pending() == 1
    unlock(dsn, desk.login)
    desk.sync()
    assert desk.store.pending() == 0
    assert desk.person(person_id).surname == "Каримов"


def test_the_organisations_idle_limit_comes_with_the_exchange_and_goes_again(
    organisation: Organisation, joined: tuple[Home, str, str]
) -> None:
    home, login, _ = joined
    dsn, org = organisation.centre.admin_dsn(), organisation.scope
    for minutes in (5, None):
        limit_idle(dsn, org=org, minutes=minutes)
        with open_workstation(home, login, PASSWORD) as here:
            assert here.sync is not None
            here.sync.exchange()
            assert here.idle_limit == minutes
        with open_workstation(home, login, PASSWORD) as here:
            assert here.idle_limit == minutes  # without a line too
    for minutes in (0, -1, 61):
        with pytest.raises(BadIdleMinutes):
            limit_idle(dsn, org=org, minutes=minutes)


def revoked(here: Workstation, organisation: Organisation) -> None:
    dsn = organisation.centre.admin_dsn()
    left = revoke_workstation(dsn, here.store.client_id, "украли в метро")
    assert here.account.login in left  # the administrator is told whose passwords to change
    (row,) = (one for one in workstations(dsn) if one.client == here.store.client_id)
    assert row.why == "украли в метро"
    assert row.revoked_at is not None


def test_a_lost_workstation_puts_unsent_work_aside_and_forgets_its_keys(
    organisation: Organisation, joined: tuple[Home, str, str]
) -> None:
    home, login, phrase = joined
    with open_workstation(home, login, PASSWORD) as here:
        assert here.sync is not None
        here.sync.exchange()
        here.store.save_draft("intake", "Приём", {"surname": "Недописанный"})
        desk = Desk(organisation, login, here.store, here.sync, None, home.root)  # type: ignore[arg-type]
        desk.take_in("Неотправленный")
        with here.store.read() as session:
            queue = session.scalars(select(tables.outbox.c.op)).all()
        revoked(here, organisation)
        with pytest.raises(WorkstationRevoked):
            here.sync.exchange()
        salvage = here.surrender()
    assert not home.keys.exists()
    assert "Неотправленный" not in salvage.read_text("utf-8")
    content = read_unsent(salvage, phrase)
    assert [row["op"] for row in content["outbox"]] == queue
    assert content["draft"][0]["body"] == {"surname": "Недописанный"}
    for wrong in (PASSWORD, phrase[:-1] + ("А" if phrase[-1] != "А" else "Б")):
        with pytest.raises(WrongPassword):
            read_unsent(salvage, wrong)
    # the same home can be joined anew; it is another workstation then
    join(home, centre_of(organisation), login, PASSWORD)
    with open_workstation(home, login, PASSWORD) as again:
        assert again.sync is not None
        again.sync.exchange()


def test_a_revoked_workstation_gets_nothing_even_half_way(
    organisation: Organisation, make_desk: MakeDesk
) -> None:
    desk = make_desk(0)
    desk.take_in("Каримов")
    desk.sync()
    client = desk.store.client_id
    dsn, scope = organisation.centre.admin_dsn(), organisation.scope
    with line_to(organisation, organisation.logins[1]) as other:
        ask(other, "SELECT sync_v1.hello(%s, 1, 1, '[]')", client)
        with psycopg.connect(dsn) as admin:
            admin.execute("UPDATE arm.client SET revoked_at = now() WHERE client = %s", (client,))
        for query in (
            f"SELECT sync_v1.hello('{client}', 1, 1, '[]')",
            f"SELECT sync_v1.push('{client}', 1, {scope}, '{{}}', '{{}}', '{{}}')",
            f"SELECT sync_v1.pull(1, '{{{scope}}}', '{{0}}', 10)",
            f"SELECT * FROM sync_v1.page({scope}, '', '', 10)",
            f"SELECT sync_v1.count({scope})",
        ):
            with pytest.raises(psycopg.Error) as refused:
                ask(other, query)
            assert refused.value.sqlstate == "EO010", query
    with line_to(organisation, organisation.logins[1]) as fresh:
        answer = push(fresh, f"other-{scope}", scope)
        assert answer["stop"] is None  # the person, on another workstation, goes on


def test_who_may_read_more_loads_what_a_narrower_colleague_left_out(
    organisation: Organisation, make_desk: MakeDesk
) -> None:
    """One computer, two people: the desk exchanges, then the specialist."""
    from arm.model import Note  # noqa: PLC0415

    author, shared = make_desk(0), make_desk(1, "shared")
    person_id = author.take_in("Каримов")
    author.sync()
    dsn = organisation.centre.admin_dsn()
    with psycopg.connect(dsn) as admin:
        admin.execute(
            "UPDATE arm.account SET role = 'center_desk' WHERE rolname = %s", (shared.login,)
        )
    shared.sync()
    with author.store.write("Добавлена заметка") as session:
        session.add(Note(person_id=person_id, text="не для записи на приём"))
    author.sync()
    shared.sync()
    assert shared.person(person_id).surname == "Каримов"
    assert shared.rows("SELECT * FROM note") == []
    assert "не для записи" not in json.dumps(shared.rows("SELECT * FROM history"), default=str)
    with psycopg.connect(dsn) as admin:
        admin.execute(
            "UPDATE arm.account SET role = 'center_specialist' WHERE rolname = %s", (shared.login,)
        )
    shared.sync()
    assert [row[0] for row in shared.rows("SELECT text FROM note")] == ["не для записи на приём"]
