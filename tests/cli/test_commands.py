"""The command line as other programs use it: keys, exit codes, files that others can open."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import openpyxl
import psycopg
import pytest

from arm.central.embedded import EmbeddedCentral
from arm.exchange.mrz import build_td3
from tests.cli.conftest import PERSONS, Command

SPECIMEN = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
HEADING = (
    "n,surname,given,patronymic,surname_lat,given_lat,birth_date,citizenship,passport_series,"
    "passport_number,inn,patent_series,patent_number,patent_issued,patent_region,profession"
)
GOOD = (
    "1,Джураев,Рашад,Каримович,JURAEV,RASHAD,12.10.1992,TJK,AC,610846881,440580974723,"
    "59,5699224467,25.01.2026,59,каменщик"
)
FAULTY = "2,Назаров,Лазиз,Шавкатович,NAZAROV,LAZIZ,31.02.1988,AZE,,4276948,,,,,,"


def passport(country: str, surname: str, given: str, number: str) -> list[str]:
    zone = build_td3(
        surname=surname,
        given=given,
        number=number,
        nationality=country,
        issuer=country,
        birth_date=date(1994, 3, 5),
        sex="M",
        expiry_date=date(2031, 5, 23),
    )
    return zone.splitlines()


def test_the_specimen_of_icao_answers_with_the_documented_keys(arm: Command) -> None:
    answer = arm.json("mrz", *SPECIMEN)
    assert arm.code == 0
    assert answer["kind"] == "TD3"
    assert (answer["surname"], answer["given"]) == ("ERIKSSON", "ANNA MARIA")
    assert (answer["number"], answer["nationality"]) == ("L898902C3", "UTO")
    assert (answer["birth_date"], answer["expiry_date"]) == ("1974-08-12", "2012-04-15")
    assert answer["sex"] == "F"
    assert answer["problems"] == []


def test_a_wrong_check_digit_is_named_and_the_exit_code_is_one(arm: Command) -> None:
    answer = arm.json("mrz", SPECIMEN[0], SPECIMEN[1].replace("7408122", "7408123"))
    assert arm.code == 1
    assert any("рожд" in problem["text"] for problem in answer["problems"])


def test_garbage_for_a_zone_gets_a_message(arm: Command) -> None:
    answer = arm.json("mrz", "не строка")
    assert arm.code == 1
    assert answer["problems"]


def test_status_counts_everybody(arm: Command) -> None:
    answer = arm.json("status")
    assert answer["people"] >= PERSONS
    assert answer["pending"] >= 0
    assert answer["demonstration"] is True


def test_a_person_goes_from_passport_to_paper_and_centre(arm: Command, tmp_path: Path) -> None:
    zone = passport("UZB", "ZAMONOV", "BEKZOD", "FA7654321")
    taken = arm.json("intake", "--mrz", *zone, "--entered", "2026-11-20")
    assert arm.code == 0, taken
    person = taken["person_id"]

    found = arm.json("search", "zamonov")
    assert found[0]["person_id"] == person
    assert found[0]["citizenship"] == "UZB"
    assert arm.json("search", "7654321")[0]["person_id"] == person

    shown = arm.json("show", taken["migrant_id"])
    assert shown["name_latin"].startswith("ZAMONOV")
    assert shown["deadlines"]

    paper = str(tmp_path / "notice.pdf")
    refused = arm.json("print", "arrival_notice", "--case", person, "--out", paper)
    assert arm.code == 1
    assert any(problem["kind"] == "missing" for problem in refused["problems"])
    arm.json("print", "arrival_notice", "--case", person, "--out", paper, "--with-gaps")
    assert arm.code == 0
    words = subprocess.run(
        ["pdftotext", "-layout", paper, "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "ZAMONOV" in words.replace(" ", "")

    before = arm.json("status")["pending"]
    assert before > 0
    sent = arm.json("sync")
    assert sent["pending"] == 0
    assert sent["sent"] == before
    assert arm.json("check") == {"ok": True, "centre": "compared", "findings": []}


def test_the_same_passport_again_is_not_a_new_person(arm: Command) -> None:
    zone = passport("TJK", "SAFAROV", "NOZIM", "402112233")
    first = arm.json("intake", "--mrz", *zone)
    again = arm.json("intake", "--mrz", *zone)
    assert arm.code == 1
    assert again["person_id"] is None
    assert again["similar"][0]["person_id"] == first["person_id"]


def test_a_roster_keeps_good_lines_and_names_the_faulty_one(arm: Command, tmp_path: Path) -> None:
    roster = tmp_path / "people.csv"
    roster.write_text("\n".join((HEADING, GOOD, FAULTY)), encoding="utf-8")
    answer = arm.json("import", "people", str(roster))
    assert arm.code == 1
    assert answer["imported"] == 1
    assert [problem["line"] for problem in answer["problems"]] == [3]
    assert arm.json("search", "610846881")[0]["name"].startswith("Джураев")


def test_the_list_goes_into_a_table_that_others_open(arm: Command, tmp_path: Path) -> None:
    answer = arm.json("export", "cases", "--out", str(tmp_path / "cases.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "cases.xlsx").active
    assert sheet is not None
    assert sheet.max_row == answer["rows"] + 1
    assert sheet.freeze_panes == "A2"


def test_an_empty_home_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARM_HOME", str(tmp_path))
    command = Command(capsys)
    answer = command.json("search", "кто-нибудь")
    assert command.code == 1
    assert answer["error"]["code"] == "no_workstation"
    assert "arm join" in command.errors


def test_a_wrong_password_file_opens_nothing(
    arm: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "password"
    wrong.write_text("not this one\n", encoding="utf-8")
    monkeypatch.setenv("ARM_PASSWORD_FILE", str(wrong))
    answer = arm.json("status")
    assert arm.code == 1
    assert "error" in answer


def test_a_demonstration_never_touches_real_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = {"office": {"name": "Центр", "short_name": "Центр", "region": "63"}, "accounts": []}
    (tmp_path / "profile.json").write_text(json.dumps(real), encoding="utf-8")
    monkeypatch.setenv("ARM_HOME", str(tmp_path))
    command = Command(capsys)
    answer = command.json("demo", "--persons", "5")
    assert command.code == 1
    assert answer["error"]["code"] == "home_taken"
    assert not (tmp_path / "central").exists()


def test_two_cards_are_merged_and_taken_apart_by_command(arm: Command) -> None:
    first, second = (one["migrant_id"] for one in arm.json("search", "а", "--limit", "2"))
    merged = arm.json("duplicates", "merge", first, second, "--take", "phone")
    assert arm.json("show", second)["migrant_id"] == first
    apart = arm.json("duplicates", "unmerge", merged["merge_id"])
    assert apart["state"] == "undone"
    assert arm.json("show", second)["migrant_id"] == second
    gone = arm.json("duplicates", "unmerge", merged["merge_id"])
    assert gone["error"]["code"] == "casework.merge_gone"


def test_pairs_are_listed_after_everybody_was_compared(arm: Command) -> None:
    found = arm.json("duplicates", "list")
    assert arm.code == (0 if found else 1)
    for pair in found:
        assert pair["answer"] in ("same", "perhaps")
        assert pair["reasons"]


def test_figures_of_the_search_for_duplicates(arm: Command) -> None:
    lists = arm.json("duplicates", "measure")
    assert arm.code == 0
    assert [one["list"] for one in lists] == ["tuned", "held out", "fresh"]
    for one in lists:
        assert one["precision"] >= 0.98
        assert one["recall"] >= 0.97
        assert one["called_same"] == one["called_same_rightly"]
        assert sum(one["kinds_of_wrong"].values()) >= len(one["wrong"]) > 0
    assert "precision" in arm("duplicates", "--measure")


def test_a_unit_is_added_opened_and_closed_and_the_centre_tidied(
    arm: Command, demonstration: Path
) -> None:
    url = EmbeddedCentral(demonstration / "central").start().admin_dsn()
    org = arm.json("central", "status", url)["organisations"][0]["scope"]
    scope = arm.json("central", "scope", "add", url, "--org", str(org), "--title", "Второй отдел")
    number = str(scope["scope"])
    login = arm.json("status")["login"]
    arm.json("central", "scope", "grant", url, "--login", login, "--scope", number, "--read-only")
    arm.json("sync")
    with psycopg.connect(url) as admin:
        held = admin.execute(
            "SELECT can_write FROM arm.grants WHERE rolname = %s AND scope = %s", (login, number)
        ).fetchone()
    assert held == (False,)
    arm.json("central", "scope", "revoke", url, "--login", login, "--scope", number)
    assert arm.json("central", "tidy", url)["emptied"] == 0
    assert arm.json("central", "restored", url) == {"restored": True}
    assert arm.json("sync")["loaded"] > PERSONS
    assert arm.code == 0
