"""Commands that take a password wait after wrong ones, like the window."""

from __future__ import annotations

from pathlib import Path

import pytest

from arm.access.attempts import WAITS, Attempts
from arm.cli.main import main
from arm.model import Office
from arm.places import Home
from arm.profile import Account, Profile
from arm.workstation import create_workstation, open_workstation

OFFICE = Office("Миграционный центр", "ММЦ", "40")
PASSWORD = "синий-трамвай"


@pytest.fixture
def desk(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with one person; the password file holds a wrong password."""
    account = Account("smirnova", "Смирнова Ольга", "center_specialist", 11)
    create_workstation(home, Profile(OFFICE, (account,)), "smirnova", PASSWORD)
    typed = tmp_path / "password"
    typed.write_text("чужой-пароль", "utf-8")
    monkeypatch.setenv("ARM_HOME", str(home.root))
    monkeypatch.setenv("ARM_PASSWORD_FILE", str(typed))
    return home


def test_after_wrong_passwords_no_command_tries_another_one(
    desk: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_workstation(desk, "smirnova", PASSWORD) as here:
        backup = here.backup_folder / here.back_up().folder
    for _ in range(WAITS.index(5)):
        assert main(("backup", "now")) != 0
    assert "Неверный логин или пароль" in capsys.readouterr().err
    for _ in range(len(WAITS)):
        Attempts(desk.attempts).failed("smirnova")
    (tmp_path / "password").write_text(PASSWORD, "utf-8")
    new = tmp_path / "new"
    new.write_text("тихая гавань у моря", "utf-8")
    monkeypatch.setenv("ARM_NEW_PASSWORD_FILE", str(new))
    for words in (
        ("backup", "now"),
        ("backup", "verify", str(backup)),
        ("backup", "restore", str(backup)),
        ("rebuild",),
        ("password",),
    ):
        assert main(words) != 0, words
        said = capsys.readouterr().err
        assert "Следующая попытка через 1" in said, (words, said)
    desk.attempts.unlink()
    assert main(("backup", "verify", str(backup))) == 0
