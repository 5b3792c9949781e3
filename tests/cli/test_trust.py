"""Commands of trust over a living demonstration: who looked, what is due, erasure with its act."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg

from arm.central.embedded import EmbeddedCentral
from tests.cli.conftest import Command

SUPERVISOR = "tikhonova"


def address(demonstration: Path) -> str:
    """Of the demonstration's centre, for its administrator; it runs on."""
    return EmbeddedCentral(demonstration / "central").start().admin_dsn()


def somebody(arm: Command, place: int) -> str:
    return str(arm.json("search", "а", "--limit", "20")[place]["person_id"])


def test_a_look_is_logged_with_its_kind_and_told_to_the_supervisor(arm: Command) -> None:
    who = somebody(arm, 0)
    arm("show", who)
    own = arm.json("reads", "--case", who)
    assert [one["kind"] for one in own["looks"]][:2] == ["open", "search"]
    arm("sync")
    told = arm.json("reads", "--case", who, "--login", SUPERVISOR)
    assert told["whole"]
    assert {one["login"] for one in told["looks"]} == {own["looks"][0]["login"]}


def test_what_was_seen_is_exported_and_the_centre_confirms_it(
    arm: Command, demonstration: Path, tmp_path: Path
) -> None:
    out = tmp_path / "seen.json"
    assert arm.json("heads", "--out", str(out))["ok"]
    dsn = address(demonstration)
    said = arm.json("central", "heads-verify", str(out), dsn)
    assert (said["ok"], said["signed"]) == (True, False)
    assert said["heads"] > 0
    whole = arm.json("central", "audit", dsn)
    assert whole["ok"], whole["findings"]
    assert whole["documents"] > 0
    assert arm.json("check") == {"ok": True, "centre": "compared", "findings": []}


def test_a_specialist_may_not_ask_what_is_due_a_supervisor_may(arm: Command) -> None:
    assert arm.json("retention")["error"]["code"] == "not_permitted"
    said = arm.json("retention", "--on", "2040-01-01", "--login", SUPERVISOR)
    assert said["on"] == "2040-01-01"
    assert isinstance(said["due"], list)


def test_a_person_is_erased_and_the_act_says_so(
    arm: Command, demonstration: Path, tmp_path: Path
) -> None:
    who = somebody(arm, 5)
    surname = arm.json("show", who)["name"].split()[0]
    act = tmp_path / "act.pdf"
    words = ("erase", "--case", who, "--act", "1/2026", "--out", str(act), "--login", SUPERVISOR)
    refused = arm.json(*words, "--ground", "goal")
    assert refused["error"]["code"] == "still_kept", "the case is open"
    done = arm.json(*words, "--ground", "withdrawal", "--position", "руководитель смены")
    assert done["receipts"][0]["records"] > 0
    text = subprocess.run(["pdftotext", "-layout", str(act), "-"], capture_output=True, check=True)
    paper = text.stdout.decode()
    assert surname in paper
    assert "1/2026" in paper
    assert done["receipts"][0]["hash"] in paper
    assert arm.json("show", who)["error"]["code"] == "casework.person_not_found"
    assert arm.json("check")["findings"] == []
    with psycopg.connect(address(demonstration)) as admin:
        row = admin.execute("SELECT body FROM arm.doc WHERE id = %s", (who,)).fetchone()
    assert row == ({},)
    assert arm.json("central", "audit", address(demonstration))["ok"]


def test_the_administrators_commands_answer(arm: Command, demonstration: Path) -> None:
    dsn, who = address(demonstration), somebody(arm, 7)
    assert arm.json("central", "witnesses", dsn) == []
    assert arm.code == 0
    words = ("central", "erase", dsn, "--org", "1", "--ground", "order", "--act", "2")
    assert arm.json(*words, "--person", "nobody")["error"]["code"] == "nobody_to_erase"
    assert arm.json(*words, "--person", who)["receipts"][0]["records"] > 0
    assert arm.json("central", "audit", dsn)["ok"]
