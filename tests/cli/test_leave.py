"""A computer is given back only when nothing of anybody's work would be lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from arm.clock import FixedClock
from arm.model import Office, Person
from arm.password_file import DEMONSTRATION_PASSWORD
from arm.places import Home
from arm.profile import Account, NoWorkstation, Profile, read_profile
from arm.workstation import create_workstation, open_workstation

from .conftest import Command

OFFICE = Office("Центр", "Ц", "77")
ANNA = Account("anna", "Иванова Анна Петровна", "center_specialist", 11)


@pytest.fixture
def here(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    create_workstation(
        home, Profile(OFFICE, (ANNA,), demonstration=True), "anna", DEMONSTRATION_PASSWORD
    )
    monkeypatch.setenv("ARM_HOME", str(home.root))
    return home


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


def works(home: Home, clock: FixedClock) -> None:
    with open_workstation(home, "anna", DEMONSTRATION_PASSWORD, clock) as opened:
        with opened.store.write("Принят человек") as session:
            session.add(Person(surname="Неотправленный"))
        opened.store.save_draft("intake", "Рахимова", {"surname": "Рахимова"}, 10)


def test_leaving_is_refused_while_edits_or_drafts_wait_and_says_whose(
    here: Home, command: Command, clock: FixedClock
) -> None:
    works(here, clock)
    command("leave")
    assert command.code != 0
    assert "Иванова Анна Петровна: правок 1, черновиков 1" in command.errors
    assert read_profile(here.profile).accounts == (ANNA,)
    (listed,) = command.json("edits", "list")
    assert (listed["waiting"], listed["drafts"]) == (1, 1)


def test_exported_work_lets_one_leave_and_is_entered_at_the_next_computer(
    here: Home, command: Command, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works(here, clock)
    path = tmp_path / "правки.txt"
    assert command.json("leave", "--export", str(path))["exported"] is True
    assert "Неотправленный" in path.read_text("utf-8")
    left = {one.name for one in here.root.iterdir()} - {"instance.lock", "arm.log"}
    assert left == set(), "neither records nor keys stay"
    with pytest.raises(NoWorkstation):
        read_profile(here.profile)
    other = Home(tmp_path / "other")
    create_workstation(
        other, Profile(OFFICE, (ANNA,), demonstration=True), "anna", DEMONSTRATION_PASSWORD
    )
    monkeypatch.setenv("ARM_HOME", str(other.root))
    assert command.json("edits", "enter", str(path)) == {"entered": 1, "drafts": 1, "left": []}
    assert command.json("edits", "enter", str(path)) == {"entered": 0, "drafts": 0, "left": []}


def test_export_that_cannot_be_written_keeps_everything(
    here: Home, command: Command, clock: FixedClock, tmp_path: Path
) -> None:
    works(here, clock)
    command("leave", "--export", str(tmp_path / "no" / "such" / "folder.txt"))
    assert command.code != 0
    assert command.json("edits", "list")[0]["waiting"] == 1


def test_empty_workstation_leaves_without_questions(here: Home, command: Command) -> None:
    command("leave")
    assert command.code == 0
    assert not here.keys.exists()
    assert not here.database.exists()
