"""``arm import statement`` and ``arm payments measure``."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command

SAMPLE = Path(__file__).parents[1] / "casework" / "tax_sample"
STATEMENT, ROSTER = str(SAMPLE / "kl_to_1c.txt"), str(SAMPLE / "people.csv")


def test_every_line_of_the_sample_is_answered_in_file_order_as_its_truth_says(arm: Command) -> None:
    answers = arm.json("import", "statement", STATEMENT, "--roster", ROSTER)
    assert arm.code == 0
    with (SAMPLE / "truth.csv").open(encoding="utf-8") as file:
        truth = list(csv.DictReader(file))
    assert len(answers) == len(truth) == 80
    for said, row in zip(answers, truth, strict=True):
        assert (said["line"], said["number"]) == (int(row["line"]), row["no"])
        assert (said["verdict"], said["person"]) == (row["verdict"], int(row["person"])), row
        if row["verdict"] != "look":
            assert said["months"] == int(row["months"]), row
        elif row["person"] != "-1":
            assert said["candidates"][0] == int(row["person"])
        assert said["reasons"]
        assert len(said["scores"]) == len(said["candidates"])


def test_what_to_clarify_is_told_field_by_field(arm: Command) -> None:
    answers = arm.json("import", "statement", STATEMENT, "--roster", ROSTER)
    assert answers[13]["clarify"] == [
        {"field": "payer_inn", "stands": "775388525324", "should_be": "675388525324"}
    ]


def test_without_json_people_get_a_table_and_the_counts(arm: Command) -> None:
    said = arm("import", "statement", STATEMENT, "--roster", ROSTER)
    assert "Эргашев Лазиз" in said
    assert said.splitlines()[-1] == (
        "Платежей: 80. зачесть: 45, зачесть с замечанием: 2, смотреть: 25,"
        " неизвестно чей: 6, повтор: 2"
    )


def test_without_a_roster_people_of_the_workstation_are_matched(
    arm: Command, tmp_path: Path
) -> None:
    known = arm.json("search", "7", "--limit", "60")
    cards = [arm.json("show", one["person_id"]) for one in known]
    card = next(one for one in cards if _patent(one))
    content = Path(STATEMENT).read_text("cp1251")
    first = content.index("Номер=4\n") if "Номер=4\n" in content else 0
    assert first
    number = _patent(card).replace(" ", "")
    content = content.replace("59 8718411937", number).replace("Эргашев Лазиз угли Анвар", "")
    paid = tmp_path / "kl_to_1c.txt"
    paid.write_text(content, "cp1251")
    answers = arm.json("import", "statement", str(paid))
    assert answers[3]["candidates"][0] == card["person_id"]
    assert all(one["person"] is None or isinstance(one["person"], str) for one in answers)


def _patent(card: dict[str, Any]) -> str:
    numbers = [one["number"] for one in card["documents"] if "атент" in str(one)]
    return str(numbers[0]) if numbers else ""


def test_a_list_with_a_faulty_line_says_so_and_matches_the_others(
    arm: Command, tmp_path: Path
) -> None:
    spoilt = tmp_path / "people.csv"
    spoilt.write_text(Path(ROSTER).read_text("utf-8").replace("12.10.1992", "12.13.1992"), "utf-8")
    answers = arm.json("import", "statement", STATEMENT, "--roster", str(spoilt))
    assert arm.code == 1
    assert "Строка 2" in arm.errors
    assert answers[32]["verdict"] in ("unknown", "look")
    assert answers[3]["person"] == 57


def test_a_picture_is_refused_with_advice(arm: Command, tmp_path: Path) -> None:
    picture = tmp_path / "receipt.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 99)
    answer = arm.json("import", "statement", str(picture), "--roster", ROSTER)
    assert arm.code == 1
    assert answer["error"]["code"] == "statement.picture"


@pytest.mark.parametrize("seed", [11, 12])
def test_nobody_is_wrongly_credited_and_nine_of_ten_settle_by_themselves(
    arm: Command, seed: int
) -> None:
    found = arm.json(
        "payments", "measure", "--payments", "2000", "--people", "800", "--seed", str(seed)
    )
    assert found["wrong_credits"] == []
    assert found["share"] >= 0.9
    assert found["true_first"] / found["to_look"] >= 0.97
    assert arm.code == 0
