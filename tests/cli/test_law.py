"""``arm law``: asked without a workstation, answered with the reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from arm.law.tables import LAW_FOLDER
from tests.cli.conftest import Command


@pytest.fixture
def arm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.setenv("ARM_HOME", str(tmp_path / "nothing here"))
    return Command(capsys)


@pytest.mark.parametrize(
    ("event", "count", "due"),
    [
        ("2024-12-27", 3, "2025-01-10"),  # Сб 28.12 works; 29–31.12 and 1–8.01 off; 9, 10 January
        ("2025-04-30", 7, "2025-05-15"),  # 5–7, 12–15 May; 1, 2, 8 and 9 May are off
        ("2026-04-30", 7, "2026-05-13"),  # 4–8, 12, 13 May; 11 May is off for Saturday the 9th
        ("2026-11-03", 3, "2026-11-09"),  # 5, 6, 9 November; the 4th is a holiday
        ("2027-02-18", 3, "2027-02-24"),  # 19, Сб 20 (works), 24 February; 22 and 23 are off
        ("2027-04-30", 3, "2027-05-06"),  # 4–6 May; Monday the 3rd is off for Saturday the 1st
        ("2020-03-27", 3, "2020-04-01"),  # presidential days count: Supreme Court, 21.04.2020
        ("2026-12-30", 1, "2027-01-11"),  # 31.12 is moved off, then the New Year
    ],
)  # fmt: skip
def test_working_days_are_counted_and_each_skipped_one_explained(
    arm: Command, event: str, count: int, due: str
) -> None:
    said = arm.json("law", "workdays", "--from", event, "--count", str(count))
    assert (arm.code, said["date"], said["preliminary"]) == (0, due, False)
    assert said["days"][0]["date"] == event
    assert not said["days"][0]["counted"]
    assert said["days"][-1]["date"] == due
    assert sum(day["counted"] for day in said["days"]) == count
    assert all(set(day) == {"date", "counted", "why"} and day["why"] for day in said["days"])
    assert said["acts"]


def test_the_reason_of_a_day_names_the_holiday(arm: Command) -> None:
    days = arm.json("law", "workdays", "--from", "2027-02-18", "--count", "3")["days"]
    why = {day["date"]: (day["counted"], day["why"]) for day in days}
    assert why["2027-02-20"][0]
    assert why["2027-02-21"] == (False, "вс")
    assert why["2027-02-22"] == (False, "выходной: перенос с 20.02.2027")
    assert why["2027-02-23"] == (False, "праздник: День защитника Отечества")


def test_year_without_a_published_calendar_says_so(arm: Command) -> None:
    said = arm.json("law", "workdays", "--from", "2027-12-30", "--count", "5")
    assert said["preliminary"]
    assert "2028" in said["note"]
    assert "2027" not in said["note"]
    assert "Предварительно" in arm("law", "workdays", "--from", "2028-03-01", "--count", "2")
    term = arm.json(
        "law", "deadline", "registration", "--facts", "citizenship=VNM", "entered_on=2028-03-01"
    )
    assert term["preliminary"]
    assert "2028" in term["note"]


def test_deadline_tells_act_confidence_and_days(arm: Command) -> None:
    words = ("law", "deadline", "registration", "--on", "2026-05-17")
    facts = ("--facts", "citizenship=TJK", "entered_on=2026-05-03")
    said = arm.json(*words, *facts)
    assert (arm.code, said["date"], said["rule"]) == (0, "2026-05-18", "registration")
    assert (said["confidence"], said["state"], said["days_left"]) == ("H", "ahead", 1)
    assert "Таджикистан" in said["act"]
    assert sum(day["counted"] for day in said["days"]) == 15
    plain = arm(*words, *facts)
    for part in ("18.05.2026, пн", "впереди 1 день", "Основание: Соглашение", "15-й, срок"):
        assert part in plain


@pytest.mark.parametrize(
    ("on", "state", "words"),
    [
        ("2026-05-18", "today", "последний день сегодня"),
        ("2026-05-20", "overdue", "просрочено на 2 дня"),
    ],
)
def test_deadline_says_how_it_stands_on_a_day(
    arm: Command, on: str, state: str, words: str
) -> None:
    facts = ("--facts", "citizenship=TJK", "--facts", "entered_on=2026-05-03", "--on", on)
    assert arm.json("law", "deadline", "registration", *facts)["state"] == state
    assert words in arm("law", "deadline", "registration", *facts)


def test_unconfirmed_deadline_warns(arm: Command) -> None:
    facts = ("--facts", "permit_type=patent", "permit_until=2026-12-30")
    said = arm.json("law", "deadline", "patent_reissue", *facts)
    assert (said["date"], said["confidence"]) == ("2026-12-16", "M")
    assert sum(day["counted"] for day in said["days"]) == 10
    assert "Внимание" in arm("law", "deadline", "patent_reissue", *facts)


def test_values_are_those_of_the_day(arm: Command) -> None:
    def limit(on: str) -> str:
        values = arm.json("law", "values", "--on", on)["values"]
        (row,) = [one for one in values if one["table"] == "stay.limit"]
        assert row["valid_from"] <= on
        assert row["act"]
        assert row["confidence"] in "HML"
        return str(row["values"]["period"])

    assert (limit("2024-12-31"), limit("2025-01-01")) == ("180", "year")
    plain = arm("law", "values", "--on", "2026-11-28")
    assert "Коэффициент-дефлятор" in plain
    assert "2.842" in plain
    assert "2.594" not in plain


def test_coefficient_keeps_every_digit(arm: Command) -> None:
    values = arm.json("law", "values", "--on", "2026-05-04")["values"]
    (row,) = [one for one in values if (one["table"], one["key"]) == ("ndfl.region", "78")]
    assert row["values"]["coefficient"] == "2.3457659"
    assert row["published"] is None


def test_unconfirmed_lists_what_is_not_sure_and_nothing_else(arm: Command) -> None:
    then = arm.json("law", "unconfirmed", "--on", "2026-11-28")["values"]
    named = {(one["table"], one["key"]) for one in then}
    assert ("ndfl.region", "63") in named  # Samara: the sources conflict
    assert ("registration.term", "BLR") in named  # 30 or 90 days
    assert ("registration.term", "TJK") not in named
    ever = arm.json("law", "unconfirmed")
    assert ever["on"] is None
    assert len(ever["values"]) > len(then)
    assert {one["confidence"] for one in ever["values"]} == {"M", "L"}
    assert "Источники спорят" in arm("law", "unconfirmed")


def test_rules_are_listed_with_the_facts_each_wants(arm: Command) -> None:
    rules = {one["rule"]: one for one in arm.json("law", "rules")["rules"]}
    wanted = [one["name"] for one in rules["patent_payment"]["facts"] if one["required"]]
    assert wanted == ["permit_type", "permit_issued_on"]
    assert all(one["acts"] and one["title"] for one in rules.values())
    assert "patent_payment – Оплатить НДФЛ за патент" in arm("law", "rules")


@pytest.mark.parametrize(
    ("words", "code", "advice"),
    [
        (("workdays", "--from", "4 мая", "--count", "1"), "law.not_a_day", "2026-05-04"),
        (("workdays", "--from", "2050-01-01", "--count", "1"), "law.out_of_calendar", "2040"),
        (("workdays", "--from", "2026-05-04", "--count", "0"), "law.out_of_calendar", "число"),
        (("workdays", "--from", "2026-05-04", "--count", "99999"), "law.out_of_calendar", "2040"),
        (("values", "--on", "завтра"), "law.not_a_day", "2026-05-04"),
        (("unconfirmed", "--on", "2026-13-01"), "law.not_a_day", "2026-05-04"),
        (("deadline", "nothing"), "law.unknown_rule", "registration"),
        (("deadline", "registration"), "law.fact_missing", "entered_on=2026-05-04"),
        (("deadline", "medical_expiry", "--facts", "medical_until"), "law.fact_missing", "medical"),
        (("deadline", "medical_expiry", "--facts", "a=1"), "law.unknown_fact", "medical_until"),
        (
            ("deadline", "medical_expiry", "--facts", "medical_until=вчера"),
            "law.fact_unreadable",
            "2026-05-04",
        ),
        (
            (
                "deadline", "registration",
                "--facts", "citizenship=Узбекистан", "entered_on=2026-05-03",
            ),
            "law.fact_unreadable",
            "UZB",
        ),
        (
            ("deadline", "registration", "--facts", "citizenship=VNM", "entered_on=2050-05-03"),
            "law.out_of_calendar",
            "2040",
        ),
        (
            (
                "deadline", "patent_reissue",
                "--facts", "permit_type=visa", "permit_until=2026-12-30",
            ),
            "law.no_deadline",
            "permit_type",
        ),
    ],
)  # fmt: skip
def test_bad_question_is_told_what_to_do(
    arm: Command, words: tuple[str, ...], code: str, advice: str
) -> None:
    error = arm.json("law", *words)["error"]
    assert (arm.code, error["code"]) == (1, code)
    assert advice in error["advice"]
    assert error["title"] in arm.errors


def test_a_month_of_a_patent_answers_with_the_documented_keys(arm: Command) -> None:
    said = arm.json("law", "ndfl", "--region", "59", "--date", "2026-05-04")
    # 1200 × 2.842 × 2.3858 = 8136.53
    assert (said["monthly"], said["deflator"], said["coefficient"]) == (8137, 2.842, 2.3858)
    assert said.keys() >= {"confidence", "act"}
    assert arm.code == 0


def test_coverage_by_a_file_tells_the_day_the_patent_ends(arm: Command, tmp_path: Path) -> None:
    path = tmp_path / "payments.csv"
    path.write_text("date;sum\n2025-12-14;26700\n", encoding="utf-8")
    words = ("law", "coverage", "--issued", "2025-12-15", "--payments", str(path))
    said = arm.json(*words, "--region", "77")
    # 26 700 / 8 900 = 3 months at the rate of December
    assert (said["paid_through"], said["terminates_on"]) == ("2026-03-14", "2026-03-15")
    assert (said["months"], said["surplus"], arm.code) == (3, 0, 0)
    assert arm.json(*words)["error"]["code"] == "law.region_needed"


def test_a_bad_line_of_payments_is_named(arm: Command, tmp_path: Path) -> None:
    path = tmp_path / "payments.csv"
    path.write_text("2025-12-14;26700\n2026-03-01;8,900\n", encoding="utf-8")
    words = ("law", "coverage", "--issued", "2025-12-15", "--payments", str(path))
    said = arm.json(*words, "--region", "77")
    assert (said["error"]["code"], arm.code) == ("law.payment_line", 1)
    assert "строка 2" in said["error"]["title"]


def test_a_region_without_a_rate_and_a_bad_day_are_answers_too(arm: Command) -> None:
    said = arm.json("law", "ndfl", "--region", "79", "--date", "2026-05-04")
    assert (said["error"]["code"], arm.code) == ("law.no_rule", 1)
    said = arm.json("law", "coverage", "--issued", "31.02.2026", "--months", "1")
    assert (said["error"]["code"], arm.code) == ("law.not_a_day", 1)


def test_visa_free_days_answer_with_the_documented_keys_and_the_sum_in_words(arm: Command) -> None:
    words = (
        "law", "stay", "--on", "05.05.2026", "--facts", "citizenship=UZB",
        "visits=2026-01-10/2026-02-08,21.04.2026", "periods=patent:2026-05-01/2026-05-31",
    )  # fmt: skip
    found = arm.json(*words)
    # 30 days, then 21–30 April; May is under the patent
    assert (found["spent"], found["left"], arm.code) == (40, 50, 0)
    assert [one["counted"] for one in found["visits"]] == [30, 10]
    assert found["visits"][1]["suspended"] == {"patent": 5}
    assert found["ground"] == {"kind": "patent", "from": "2026-05-01", "to": "2026-05-31"}
    assert found["lawful_until"] == "2026-07-20"  # 50 days after 31 May
    text = arm(*words)
    assert "засчитано 40 из 90, осталось 50" in text
    assert arm.json("law", "stay", "--facts", "citizenship=VNM")["error"]["code"] == "law.no_count"
    late = arm.json("law", "stay", "--on", "2026-05-05", "--facts", "citizenship=UZB",
                    "visits=2026-01-10")  # fmt: skip
    assert (late["lawful"], arm.code) == (False, 1)


def test_hiring_answers_yes_no_or_a_person(arm: Command) -> None:
    clean = ("law", "hire", "--on", "2026-05-04", "--facts", "controlled=clear")
    assert (arm.json(*clean, "citizenship=KGZ")["verdict"], arm.code) == ("yes", 0)
    refused = arm.json(*clean, "citizenship=UZB")
    assert (refused["verdict"], arm.code) == ("no", 1)
    assert all(one["act"] and one["confidence"] for one in refused["reasons"])
    assert (arm.json(*clean, "citizenship=IND", "student=да")["verdict"], arm.code) == ("ask", 1)
    assert "Нельзя принять" in arm(*clean, "citizenship=UZB")
    wrong = arm.json(*clean, "student=возможно")
    assert wrong["error"]["code"] == "law.fact_unreadable"
    assert arm.json(*clean, "age=3")["error"]["code"] == "law.unknown_fact"
    assert arm.json(*clean, "citizenship=UZB", "permit_type=patnet")["error"]["code"] == (
        "law.fact_unreadable"
    )


def test_share_register_and_bills_answer(arm: Command) -> None:
    asked = ("law", "share", "--okved", "43.31", "--region", "63", "--on", "2026-05-04")
    found = arm.json(*asked, "--staff", "7", "--foreigners", "4")
    assert (found["limit"], found["most"], found["over"], arm.code) == (50, 3, 1, 1)
    assert "Лишних: 1" in arm(*asked, "--staff", "7", "--foreigners", "4")
    assert arm.json(*asked, "--staff", "1", "--foreigners", "2")["error"]["code"] == "law.staff"
    checked = ("law", "controlled", "--result", "found", "--checked", "2026-05-04")
    sign = arm.json(*checked, "--on", "2026-05-05")
    assert (sign["state"], arm.code) == ("found", 1)
    assert "нужен человек" in sign["sign"]
    bills = arm.json("law", "pending", "--on", "2026-05-04")
    assert bills["in_force"] is False
    assert "ruid" in {one["key"] for one in bills["bills"]}
    assert "НЕ действует" in arm("law", "pending", "--on", "2026-05-04")
    assert "pending.bills" not in {
        one["table"] for one in arm.json("law", "values", "--on", "2026-05-04")["values"]
    }


def test_steps_of_an_impatriant_answer(arm: Command) -> None:
    words = (
        "law", "relocation", "--decree", "702", "--on", "2026-05-04",
        "--facts", "citizenship=DEU", "visa_from=01.03.2026", "entered_on=2026-05-04",
    )  # fmt: skip
    found = arm.json(*words)
    assert {one["decree"]: one["kind"] for one in found["grounds"]}["702"] == "open"
    assert found["steps"][0]["due_on"] == "2026-05-31"
    assert {"rule": "registration", "date": "2026-05-14"} in found["terms"]
    assert "Не позже 31.05.2026" in arm(*words)
    bad = arm.json(*words[:-2], "visa_from=весной")
    assert bad["error"]["code"] == "law.fact_unreadable"


def test_rule_that_counts_months_lists_them(arm: Command) -> None:
    asked = ("law", "deadline", "patent_contract_copy", "--facts", "patent_received_on=10.03.2026")
    found = arm.json(*asked, "--on", "2026-05-04")
    assert (found["date"], found["confidence"], found["who"]) == ("2026-05-09", "M", "applicant")
    assert [one["date"] for one in found["days"] if one["counted"]] == ["2026-04-09", "2026-05-09"]
    assert "2 мес., срок" in arm(*asked)


def planted(folder: Path, file: str, before: str, after: str) -> Path:
    """The shipped tables with one mistake in them."""
    shutil.copytree(LAW_FOLDER, folder)
    path = folder / file
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        (
            "ndfl.toml", "valid_to = 2015-12-31\nvalue", "valid_to = 2015-12-30\nvalue",
            "нет нормы с 31.12.2015",
        ),
        (
            "ndfl.toml", "valid_to = 2015-12-31\nvalue", "valid_to = 2016-01-01\nvalue",
            "сроки пересекаются с 01.01.2016",
        ),
        ("patent.toml", 'act = "П. 2 ст. 13.3 закона от 25.07.2002 № 115-ФЗ"\n', "", "act"),
        ("patent.toml", "[[reissue]]", "[[reissues]]", "reissue"),
    ],
)  # fmt: skip
def test_a_gap_an_overlap_or_a_missing_act_fails_the_check(
    arm: Command, tmp_path: Path, file: str, before: str, after: str, said: str
) -> None:
    folder = planted(tmp_path / "law", file, before, after)
    found = arm.json("law", "check", "--folder", str(folder))
    assert arm.code == 1
    assert said in " ".join(found["problems"])


def test_the_shipped_tables_pass_the_check_that_make_runs(arm: Command) -> None:
    assert arm.json("law", "check") == {"problems": []}
    assert arm.code == 0
    makefile = (LAW_FOLDER.parents[1] / "Makefile").read_text("utf-8")
    assert "$(BIN)/arm law check" in makefile.partition("\ncheck:")[2].partition("\n\n")[0]
