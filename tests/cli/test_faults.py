"""Spoilt files, wrong words, broken-off work: an answer that programs can read, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from arm import demonstration as demo
from arm import joining
from arm.access.errors import WrongPassword
from arm.casework import people
from arm.central.admin import add_person, set_password, status
from arm.central.embedded import EmbeddedCentral
from arm.cli import state
from arm.cli.join import BadCentreAddress, centre_address
from arm.errors import ExpectedError
from arm.model import Person
from arm.password_file import DEMONSTRATION_PASSWORD
from arm.places import Home
from arm.profile import read_profile
from arm.store.database import InstanceLock
from arm.workstation import open_workstation
from tests.cli.conftest import Command
from tests.cli.test_commands import SPECIMEN

ALL_COMMANDS = [
    ("demo", "--persons", "1"),
    ("search", "кто"),
    ("show", "1"),
    ("status",),
    ("sync",),
    ("check",),
    ("import", "people", "list.csv"),
    ("print", "consent", "--case", "1", "--out", "o.pdf"),
    ("export", "cases", "--out", "o.xlsx"),
    ("intake", "--mrz", *SPECIMEN),
]


@pytest.fixture
def copy(demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A second home with the same records, without the centre."""
    home = Home(tmp_path / "copy")
    home.root.mkdir()
    for name in ("keys.json", "profile.json", "records.db"):
        shutil.copy(demonstration / name, home.root / name)
    monkeypatch.setenv("ARM_HOME", str(home.root))
    return home


def refusal(arm: Command, *words: str) -> str:
    """Code of the error that the command answers with."""
    answer = arm.json(*words)
    assert arm.code == 1
    assert "Traceback" not in arm.errors
    return str(answer["error"]["code"])


# --- what is typed


def test_bytes_that_are_no_text_find_nobody(arm: Command) -> None:
    assert refusal(arm, "show", "\udcff\udcfe") == "casework.person_not_found"
    assert arm.json("search", "\udcff") == []
    assert arm.json("mrz", "\udcff")["problems"]


def test_a_day_that_does_not_exist_is_named(arm: Command) -> None:
    answer = arm.json("intake", "--mrz", *SPECIMEN, "--entered", "31.11.2026")
    assert arm.code == 1
    assert answer["problems"][0]["field"] == "entered_on"


@pytest.mark.parametrize("words", [("search", "и", "--limit", "-1"), ("demo", "--persons", "-5")])
def test_a_number_below_zero_is_wrong_usage(arm: Command, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        arm(*words)
    assert stopped.value.code == 2


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("db.ru/arm", "db.ru", 5432),
        ("[::1]:6000/arm", "::1", 6000),
        ("10.0.0.1:1/a", "10.0.0.1", 1),
    ],
)
def test_an_address_of_a_centre(text: str, host: str, port: int) -> None:
    centre = centre_address(text)
    assert (centre.host, centre.port) == (host, port)


def test_a_centre_of_several_servers() -> None:
    centre = centre_address("db1.ru,db2.ru:6000,[::1]/arm")
    assert centre.servers == (("db1.ru", 5432), ("db2.ru", 6000), ("::1", 5432))
    assert (centre.database, str(centre)) == ("arm", "db1.ru:5432, db2.ru:6000, ::1:5432")


@pytest.mark.parametrize(
    "text",
    ["", "arm", "a,/b", ",a/b", "a,,b/c", "h:/", "h:99999/a", "h:0/a", "::1/a", "h h/a", "h:x/a"],
)
def test_no_address_of_a_centre(text: str) -> None:
    with pytest.raises(BadCentreAddress):
        centre_address(text)


def test_a_bad_address_of_a_server_is_not_repeated_with_its_password(arm: Command) -> None:
    for words in (("central", "provision"), ("central", "status")):
        said = arm(*words, "postgres:secret word@host", "--json")
        assert json.loads(said)["error"]["code"] == "bad_address"
        assert "secret" not in said + arm.errors


def test_a_region_has_two_digits(arm: Command) -> None:
    url = "postgresql://127.0.0.1:1/x"
    assert refusal(arm, "central", "org", "add", url, "--name", "а", "--region", "zz") == (
        "bad_region"
    )


def test_a_mark_in_front_of_the_password_is_no_part_of_it(
    arm: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{DEMONSTRATION_PASSWORD}\r\n", encoding="utf-8-sig")
    monkeypatch.setenv("ARM_PASSWORD_FILE", str(file))
    arm("status")
    assert arm.code == 0


# --- where it is written


def test_a_list_never_takes_the_place_of_a_device(arm: Command, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert refusal(arm, "export", "cases", "--out", str(pipe)) == "export.not_writable"
    assert pipe.is_fifo()
    assert [one.name for one in tmp_path.iterdir()] == ["pipe"]


def test_a_name_that_no_disk_takes(arm: Command, tmp_path: Path) -> None:
    long = str(tmp_path / ("я" * 200 + ".xlsx"))
    assert refusal(arm, "export", "cases", "--out", long) == "export.not_writable"
    assert list(tmp_path.iterdir()) == []


def test_paper_into_a_folder_that_is_not_there(arm: Command, tmp_path: Path) -> None:
    person = arm.json("search", "а")[0]["person_id"]
    out = str(tmp_path / "нет" / "card.pdf")
    words = ("print", "case_card", "--case", person, "--with-gaps", "--out", out)
    assert refusal(arm, *words) == "export.not_writable"


# --- the home


@pytest.mark.parametrize("words", ALL_COMMANDS, ids=lambda words: words[0])
def test_a_home_that_is_a_file(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("ARM_HOME", str(file))
    assert refusal(Command(capsys), *words) in {"home_closed", "roster.unreadable", "out_of_reach"}


@pytest.mark.parametrize(
    "spoilt", [b"", b"[]", b"null", b"\xff\xfe\x00", b'{"accounts": 1}', b'{"office": {"na']
)
def test_a_spoilt_profile_is_named(arm: Command, copy: Home, spoilt: bytes) -> None:
    copy.profile.write_bytes(spoilt)
    assert refusal(arm, "status") == "damaged_profile"
    assert refusal(arm, "demo") == "damaged_profile"


def test_a_bug_is_answered_without_a_name_and_noted_in_the_log(
    arm: Command, demonstration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(_arguments: object) -> Any:
        raise LookupError("Юлдашев")

    monkeypatch.setattr(state, "open_here", fall)
    said = arm("status", "--json")
    assert json.loads(said)["error"]["code"] == "unexpected"
    log = (demonstration / "arm.log").read_text("utf-8")
    assert "LookupError" in log
    assert "Юлдашев" not in said + arm.errors + log


def test_only_the_owner_may_read_what_the_home_keeps(demonstration: Path) -> None:
    for name in ("records.db", "keys.json", "profile.json", "instance.lock"):
        assert (demonstration / name).stat().st_mode & 0o077 == 0, name


# --- a profile that was lost, with edits that were never sent


def test_joining_again_takes_up_the_records_and_what_was_not_sent(
    copy: Home, demonstration: Path
) -> None:
    login = demo.PEOPLE[0].login
    with open_workstation(copy, login, DEMONSTRATION_PASSWORD) as here:
        with here.store.write("Принят человек") as session:
            session.add(Person(surname="Неотправленный"))
        before = here.store.pending()
    centre = read_profile(copy.profile).centre
    assert centre is not None
    copy.profile.write_bytes(b"spoilt")
    EmbeddedCentral(demonstration / "central").start()
    phrase = joining.join(copy, centre, login, DEMONSTRATION_PASSWORD)
    assert phrase is None
    with open_workstation(copy, login, DEMONSTRATION_PASSWORD) as here:
        assert here.store.pending() == before > 0
        assert people.find(here.store, people.Filter(text="Неотправленный"), people.Order()).total


def test_somebody_else_does_not_push_those_records_aside(copy: Home, demonstration: Path) -> None:
    central = EmbeddedCentral(demonstration / "central").start()
    centre = read_profile(copy.profile).centre
    assert centre is not None
    scope = read_profile(copy.profile).accounts[0].scope
    add_person(
        central.admin_dsn(), login="novikova", full_name="Новикова", role="center_specialist",
        org=scope, password="другой-пароль-1",
    )  # fmt: skip
    copy.profile.unlink()
    held = copy.database.read_bytes()
    with pytest.raises(ExpectedError) as refused:
        joining.join(copy, centre, "novikova", "другой-пароль-1")
    assert refused.value.code == "records_closed"
    assert copy.database.read_bytes() == held


def test_a_person_of_another_organisation_is_not_let_in(copy: Home, demonstration: Path) -> None:
    EmbeddedCentral(demonstration / "central").start()
    with pytest.raises(joining.OtherOrganisation):
        joining.join_too(
            copy, demo.NEIGHBOUR.login, DEMONSTRATION_PASSWORD,
            demo.PEOPLE[0].login, DEMONSTRATION_PASSWORD,
        )  # fmt: skip
    assert read_profile(copy.profile).account(demo.NEIGHBOUR.login) is None


# --- a demonstration that was broken off


def test_a_demonstration_broken_off_anywhere_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARM_HOME", str(tmp_path))
    arm = Command(capsys)
    central = EmbeddedCentral(tmp_path / "central")
    try:
        for place, calls in (
            ("add_person", 2),
            ("copy_documents", 0),
            ("join", 0),
            ("join_too", 1),
        ):
            with monkeypatch.context() as patched:
                patched.setattr(demo, place, breaking_after(calls, getattr(demo, place)))
                arm("demo", "--persons", "7", "--json")
                assert arm.code == 130, place
        answer = arm.json("demo", "--persons", "7")
        assert (arm.code, answer["people"]) == (0, 7)
        again = arm.json("demo", "--persons", "7")
        assert (again["people"], again["loaded"]) == (7, 0)
        for person in demo.PEOPLE:
            assert arm.json("status", "--login", person.login)["people"] == 7
        assert len(status(central.admin_dsn()).organisations) == 5
    finally:
        central.stop()


def test_two_demonstrations_in_one_home_do_not_mix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARM_HOME", str(tmp_path))
    with InstanceLock(tmp_path / "preparing.lock"):
        assert refusal(Command(capsys), "demo", "--persons", "7") == "second_instance"
    assert not (tmp_path / "central").exists()


def breaking_after(calls: int, done: Any) -> Any:
    """The same function, which is interrupted when it is called once more than ``calls``."""
    left = iter(range(calls))

    def run(*said: Any, **named: Any) -> Any:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return done(*said, **named)

    return run


def test_a_password_changed_at_the_centre_is_taken_over_and_nothing_unsent_is_lost(
    copy: Home, demonstration: Path
) -> None:
    central = EmbeddedCentral(demonstration / "central").start()
    login, new = "kuznetsov", "новый-пароль-2"
    scope = read_profile(copy.profile).accounts[0].scope
    add_person(
        central.admin_dsn(), login=login, full_name="Кузнецов", role="center_specialist",
        org=scope, password=DEMONSTRATION_PASSWORD,
    )  # fmt: skip
    joining.join_too(
        copy, login, DEMONSTRATION_PASSWORD, demo.PEOPLE[0].login, DEMONSTRATION_PASSWORD
    )
    with open_workstation(copy, login, DEMONSTRATION_PASSWORD) as here:
        with here.store.write("Принят человек") as session:
            session.add(Person(surname="Неотправленный"))
        set_password(central.admin_dsn(), login, new)
        before = here.store.pending()
    joining.join_too(copy, login, new, login, DEMONSTRATION_PASSWORD)
    with pytest.raises(WrongPassword):
        open_workstation(copy, login, DEMONSTRATION_PASSWORD)
    with open_workstation(copy, login, new) as here:
        assert here.store.pending() == before > 0


def test_a_damaged_database_is_built_anew_around_what_was_not_sent(
    arm: Command, copy: Home, demonstration: Path
) -> None:
    login = demo.PEOPLE[0].login
    with open_workstation(copy, login, DEMONSTRATION_PASSWORD) as here:
        before = here.people_count()
        with here.store.write("Принят человек") as session:
            session.add(Person(surname="Неотправленный"))
        waiting = here.store.pending()
    spoilt = bytearray(copy.database.read_bytes())
    spoilt[len(spoilt) // 2 // 4096 * 4096 + 2000] ^= 0x10  # among the records of a first load
    copy.database.write_bytes(spoilt)
    rebuilt = arm.json("rebuild")
    assert (rebuilt["unsent"], rebuilt["spoilt"], rebuilt["whole"]) == (waiting, 1, True)
    assert len(list(copy.root.glob("records.db.damaged-*"))) == 1
    copy.central.symlink_to(demonstration / "central")
    sent = arm.json("sync")
    assert sent.get("pending") == 0, sent
    with open_workstation(copy, login, DEMONSTRATION_PASSWORD) as here:
        assert here.people_count() == before + 1
    assert arm.json("check")["ok"]
