"""Requests, disclosures and sharing rules by command, in the demonstration with its partners."""

from __future__ import annotations

import subprocess
from pathlib import Path

from arm.central.embedded import EmbeddedCentral
from tests.cli.conftest import Command


def test_requests_are_listed_and_one_is_answered(arm: Command) -> None:
    arm("sync")
    found = arm.json("requests", "list")["requests"]
    assert {one["incoming"] for one in found} == {True, False}
    assert {"sent", "seen", "answered"} == {one["state"] for one in found}
    waiting = next(one for one in found if one["incoming"] and one["state"] == "sent")
    said = ("requests", "answer", waiting["id"], "--text", "Да", "--fact", "Дата=05.11.2026")
    assert arm.json(*said)["request"] == waiting["id"]
    shown = arm.json("requests", "show", waiting["id"])
    assert (shown["state"], shown["answer"]) == ("answered", "Да")
    assert shown["facts"] == [{"label": "Дата", "value": "05.11.2026"}]


def test_a_request_is_sent_to_a_named_organisation_and_withdrawn(arm: Command) -> None:
    arm("sync")
    orgs = arm.json("requests", "orgs")["organisations"]
    assert "ИФНС России № 7 по Приокской области" in [one["name"] for one in orgs]
    about = next(one for one in arm.json("requests", "list")["requests"] if one["person_id"])
    ask = ("requests", "send", "--case", about["person_id"], "--to", str(orgs[0]["org"]))
    sent = arm.json(*ask, "--question", "Известен ли вам?", "--ground", "Соглашение")
    arm("requests", "withdraw", sent["request"])
    assert arm.json("requests", "show", sent["request"])["state"] == "withdrawn"
    nobody = arm.json(*ask[:-1], "Никто", "--question", "?", "--ground", "x")
    assert nobody["error"]["code"] == "cannot_ask"


def test_the_register_of_a_person_is_printed(arm: Command, tmp_path: Path) -> None:
    arm("sync")
    everything = arm.json("disclosures")["disclosures"]
    person = everything[0]["person_id"]
    paper = tmp_path / "register.pdf"
    answer = arm.json("disclosures", "--case", person, "--pdf", str(paper))
    assert {one["person_id"] for one in answer["disclosures"]} == {person}
    text = subprocess.run(
        ["pdftotext", "-layout", str(paper), "-"], capture_output=True, check=True
    ).stdout.decode()
    assert answer["disclosures"][0]["what"][0] in " ".join(text.split())
    assert f"Записей: {len(answer['disclosures'])}" in text


def test_rules_are_added_listed_and_ended(arm: Command, demonstration: Path) -> None:
    url = EmbeddedCentral(demonstration / "central").start().admin_dsn()
    before = arm.json("central", "rules", "list", url)["rules"]
    assert {one["title"] for one in before} >= {"Патент", "Обучение", "Платежи по патенту"}
    words = ("--title", "Телефон", "--from", "employer", "--to", "center", "--kind", "person")
    added = arm.json(
        "central", "rules", "add", url, *words, "--field", "phone=Телефон", "--ground", "Соглашение"
    )
    assert arm.json("central", "rules", "end", url, str(added["rule"]))["withdrawn"] == 0
    wrong = ("--title", "x", "--from", "tax", "--to", "center", "--kind", "note", "--ground", "x")
    refused = arm.json("central", "rules", "add", url, *wrong, "--field", "text=Т")
    assert refused["error"]["code"] == "bad_rule"
    missing = arm.json("central", "rules", "end", url, "9999")
    assert missing["error"]["code"] == "no_such_rule"
