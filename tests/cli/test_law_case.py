"""``arm law status``, ``what-if`` and ``plan`` about one person of a workstation."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

import pytest

from arm.exchange.mrz import build_td3
from tests.cli.conftest import Command

NUMBERS = count(5182907)


@pytest.fixture
def worker(arm: Command) -> str:
    """Somebody who entered to work ten days ago, on the patent route."""
    today = date.today()
    entered = today - timedelta(days=10)
    zone = build_td3(
        surname="PETROV", given="SARDOR", number=f"FA{next(NUMBERS)}", nationality="UZB",
        issuer="UZB", birth_date=date(1994, 3, 5), sex="M",
        expiry_date=date(today.year + 4, 5, 23),
    )  # fmt: skip
    taken = arm.json(
        "intake", "--mrz", *zone.split("\n"), "--entered", entered.isoformat(), "--purpose",
        "work", "--route", "patent", "--consent", "--even-if-similar",
    )  # fmt: skip
    assert taken["person_id"], taken
    return str(taken["person_id"])


def test_status_says_until_when_and_why(arm: Command, worker: str) -> None:
    entered = date.today() - timedelta(days=10)
    said = arm.json("law", "status", "--case", worker)
    assert set(said) == {
        "person_id", "migrant_id", "on", "kind", "until", "text", "reason", "act", "confidence",
        "terms",
    }  # fmt: skip
    assert (said["kind"], said["until"]) == ("ok", (entered + timedelta(days=89)).isoformat())
    assert said["act"].startswith("П. 1 ст. 5")
    shown = arm.json("show", worker)
    assert [(one["rule"], one["date"]) for one in said["terms"]] == [
        (one["rule"], one["due_on"]) for one in shown["deadlines"]
    ]
    # the day before the entry nobody was here
    before = (entered - timedelta(days=1)).isoformat()
    assert arm.json("law", "status", "--case", worker, "--on", before)["kind"] == "unknown"
    after = (entered + timedelta(days=90)).isoformat()
    assert arm.json("law", "status", "--case", worker, "--on", after)["kind"] == "bad"
    assert "Законно до" in arm("law", "status", "--case", worker)


def test_what_if_compares_and_writes_nothing(arm: Command, worker: str) -> None:
    before = arm.json("show", worker)
    entered = date.today() - timedelta(days=5)
    said = arm.json(
        "law", "what-if", "--case", worker, "--facts", f"entered_on={entered.isoformat()}"
    )
    assert said["changed"][0]["after"] == entered.isoformat()
    assert said["days"] == 5
    moved = {one["rule"]: one for one in said["terms"]}
    assert moved["patent_application"]["change"] == "moved"
    assert moved["patent_application"]["days"] == 5
    assert moved["patent_application"]["act"]
    assert arm.json("show", worker) == before
    words = arm("law", "what-if", "--case", worker, "--facts", "purpose=private")
    assert "уйдёт" in words
    assert "Ничего не записано" in words


def test_a_slip_in_a_fact_is_told(arm: Command, worker: str) -> None:
    said = arm.json("law", "what-if", "--case", worker, "--facts", "entered=2026-05-04")
    assert (arm.code, said["error"]["code"]) == (1, "law.unknown_fact")
    said = arm.json("law", "what-if", "--case", worker, "--facts", "pay_months=20")
    assert (arm.code, said["error"]["code"]) == (1, "law.months")
    said = arm.json("law", "status", "--case", worker, "--on", "5 мая")
    assert (arm.code, said["error"]["code"]) == (1, "law.not_a_day")


def test_plan_names_each_step_left_with_its_day_and_reason(arm: Command, worker: str) -> None:
    said = arm.json("law", "plan", "--case", worker)
    assert (arm.code, said["route"], said["in_time"]) == (0, "patent", True)
    steps = {one["step"]: one for one in said["steps"]}
    assert set(steps) == {
        "registration", "medical", "fingerprints", "exam", "patent_application", "patent_issue",
        "patent_payment",
    }  # fmt: skip
    application = steps["patent_application"]
    assert application["latest"] <= (date.today() + timedelta(days=19)).isoformat()
    assert application["bounds"][0]["act"]
    assert application["wait"]["days"] == 10
    assert application["wait"]["setting"] is False
    assert steps["medical"]["wait"]["setting"] is True
    tried = arm.json("law", "plan", "--case", worker, "--facts", "medical_until=2030-01-01")
    assert "medical" not in {one["step"] for one in tried["steps"]}
    words = arm("law", "plan", "--case", worker)
    assert "не позже" in words
    late = (date.today() + timedelta(days=75)).isoformat()
    said = arm.json("law", "plan", "--case", worker, "--on", late)
    assert (arm.code, said["in_time"]) == (1, False)
    assert "stay" in {one["of"] for one in said["advice"]}
