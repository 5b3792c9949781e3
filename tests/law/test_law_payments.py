"""``arm law ndfl`` and ``arm law coverage``: documented keys, the file of payments, its faults."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arm.cli.law_payments import (
    NoPayments,
    NotASum,
    PaymentLineWrong,
    RegionNeeded,
    add_to,
    kopecks,
    read_payments,
)
from arm.law.coverage import Payment, WrongNumberOfMonths
from arm.law.tables import NoRuleForDay
from arm.law.typed import read_day

PAID = [Payment(date(2026, 5, 4), 813_700), Payment(date(2026, 6, 3), 813_750)]


class Law:
    """Runs the two subjects as ``arm law`` does."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture
        self.code = 0

    def __call__(self, *words: str) -> str:
        parser = argparse.ArgumentParser()
        add_to(parser.add_subparsers(required=True))
        chosen = parser.parse_args(words)
        self.code = chosen.run(chosen)
        return self.capture.readouterr().out

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def law(capsys: pytest.CaptureFixture[str]) -> Law:
    return Law(capsys)


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "payments.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_month_of_perm_with_the_documented_keys(law: Law) -> None:
    answer = law.json("ndfl", "--region", "59", "--date", "2026-05-04")
    # 1200 × 2.842 × 2.3858 = 8136.53
    assert (answer["monthly"], answer["deflator"], answer["coefficient"]) == (8137, 2.842, 2.3858)
    assert answer["confidence"] in {"H", "M", "L"}
    assert "734" in answer["act"]
    assert (law.code, answer["region"], answer["date"]) == (0, "59", "2026-05-04")


def test_where_only_the_sum_is_announced_the_factors_are_unknown(law: Law) -> None:
    answer = law.json("ndfl", "--region", "48", "--date", "2026-05-04")
    assert (answer["monthly"], answer["deflator"], answer["coefficient"]) == (21915, None, None)


def test_samara_of_2026_is_told_as_unconfirmed(law: Law) -> None:
    said = law("ndfl", "--region", "63", "--date", "04.05.2026")
    assert "11\u00a0766\u00a0₽ за месяц" in said
    assert "не подтверждено" in said
    assert "Подтвердите" in said


def test_a_region_without_a_rate_is_unknown(law: Law) -> None:
    with pytest.raises(NoRuleForDay):
        law("ndfl", "--region", "79", "--date", "2026-05-04")


def test_coverage_by_months_with_the_documented_keys(law: Law) -> None:
    answer = law.json("coverage", "--issued", "2026-03-10", "--months", "1")
    assert answer["paid_through"] == "2026-04-09"
    assert answer["terminates_on"] == "2026-04-10"
    assert (answer["months"], answer["surplus"], law.code) == (1, 0, 0)


def test_coverage_by_a_file_adds_up(law: Law, tmp_path: Path) -> None:
    path = written(tmp_path, "date;sum\n2026-05-04;8137\n2026-06-03;8137,50\n")
    answer = law.json(
        "coverage", "--issued", "2026-05-05", "--payments", str(path), "--region", "59"
    )
    assert (answer["paid_through"], answer["terminates_on"]) == ("2026-07-04", "2026-07-05")
    assert (answer["months"], answer["surplus"]) == (2, 50)
    assert sum(period["sum"] for period in answer["periods"]) + answer["surplus"] == 1_627_450
    assert answer["periods"][1]["payments"] == [{"date": "2026-06-03", "sum": 813_700}]


def test_the_words_of_coverage_name_each_month(law: Law, tmp_path: Path) -> None:
    path = written(tmp_path, "04.05.2026;8137\n")
    said = law("coverage", "--issued", "05.05.2026", "--payments", str(path), "--region", "59")
    assert "оплачен по 04.06.2026" in said
    assert "прекращается 05.06.2026" in said
    assert "1-й месяц: 05.05.2026–04.06.2026" in said


def test_nothing_paid_answers_no(law: Law, tmp_path: Path) -> None:
    path = written(tmp_path, "2026-05-04;100\n")
    answer = law.json(
        "coverage", "--issued", "2026-05-05", "--payments", str(path), "--region", "59"
    )
    assert (answer["paid_through"], answer["months"], law.code) == (None, 0, 1)
    assert answer["surplus"] == 10_000


def test_payments_need_a_region(law: Law, tmp_path: Path) -> None:
    with pytest.raises(RegionNeeded):
        law("coverage", "--issued", "2026-05-05", "--payments", str(tmp_path / "any.csv"))


def test_thirteen_months_are_refused(law: Law) -> None:
    with pytest.raises(WrongNumberOfMonths):
        law("coverage", "--issued", "2025-09-01", "--months", "13")


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-04;8137\n2026-06-03;8137,5\n",
        "date;sum\r\n04.05.2026;8137.00\r\n\r\n03.06.2026; 8 137,50 \r\n",
        "дата,сумма\n2026-05-04,8137\n2026-06-03,8137.50\n",
        '2026-05-04,8137\n2026-06-03,"8137,50"\n',
    ],
)
def test_layouts_that_are_read(tmp_path: Path, text: str) -> None:
    assert read_payments(written(tmp_path, text)) == PAID


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_a_file_saved_by_a_spreadsheet_is_read(tmp_path: Path, encoding: str) -> None:
    text = "Дата;Сумма\n04.05.2026;8137\n03.06.2026;8137,50\n"
    assert read_payments(written(tmp_path, text, encoding)) == PAID


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-05-04", "их 1"),
        ("2026-05-04;8137;00", "их 3"),
        ("31.02.2026;8137", "«31.02.2026» — не дата"),
        ("4.5.26;8137", "не дата"),
        ("20260504;8137", "не дата"),
        ("05/04/2026;8137", "не дата"),
        ("2026-05-04;", "не сумма"),
        ("2026-05-04;0", "не сумма"),
        ("2026-05-04;-8137", "не сумма"),
        ("2026-05-04;8,137", "не сумма"),  # thousands or kopecks: nobody knows
        ("2026-05-04;8137 р", "не сумма"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_guessed(tmp_path: Path, line: str, said: str) -> None:
    path = written(tmp_path, f"date;sum\n2026-05-01;8137\n\n{line}\n")
    with pytest.raises(PaymentLineWrong) as caught:
        read_payments(path)
    assert "строка 4" in caught.value.title_text
    assert said in caught.value.title_text
    assert "04.05.2026;8137,00" in caught.value.advice_text


def test_a_comma_inside_a_comma_file_is_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(PaymentLineWrong) as caught:
        read_payments(written(tmp_path, "2026-05-04,8137,50\n"))
    assert "их 3" in caught.value.title_text


@pytest.mark.parametrize("text", ["", "\n\n", "date;sum\n"])
def test_a_file_without_payments_says_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoPayments):
        read_payments(written(tmp_path, text))


def test_a_second_heading_is_no_payment(tmp_path: Path) -> None:
    with pytest.raises(PaymentLineWrong):
        read_payments(written(tmp_path, "date;sum\ndate;sum\n"))


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "2026-02-29", "сегодня", ""])
def test_days_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "sum_"),
    [("1", 100), ("0,01", 1), ("8137.5", 813_750), ("1 234 567,89", 123_456_789)],
)
def test_sums_are_exact(text: str, sum_: int) -> None:
    assert kopecks(text) == sum_


def test_a_document_that_differs_is_told_field_by_field(law: Law) -> None:
    words = ("payment", "--date", "10.12.2025", "--sum", "26700", "--region", "77",
             "--inn", "123456789047", "--payer-inn", "7707083893", "--kpp", "770801001",
             "--oktmo", "36701000")  # fmt: skip
    answer = law.json(*words)
    assert (answer["ok"], law.code) == (False, 1)
    assert [one["field"] for one in answer["doubts"]] == ["payer_inn", "oktmo", "kpp"]
    assert "Ошибка: ИНН не мигранта" in law(*words)
    assert law.json(*words[:9]) == {"ok": True, "doubts": []}
    assert law.code == 0


def test_withholding_of_january_and_of_the_year(law: Law) -> None:
    january = law.json("withholding", "--tax", "7800", "--advances", "10000")
    assert january == {"credit": 780_000, "withheld": 0, "unused": 220_000}
    assert "пропадёт" in law("withholding", "--tax", "7800", "--advances", "10000")
    with pytest.raises(NotASum):
        law("withholding", "--tax", "много", "--advances", "10000")
