"""The receipt: right sum and requisites for the day, a barcode that reads back, doubts said."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from case_papers import OFFICE, changed, empty_case, full_case

from arm.law.tables import LawTables, load_tables
from arm.model import CaseFacts
from arm.model.payment_qr import parse
from forms import catalogue

FORM = "ndfl_receipt"


def moscow() -> CaseFacts:
    """The same person with a Moscow patent: there the sum is beyond doubt."""
    office = type(OFFICE)(**{**OFFICE.__dict__, "region": "77", "oktmo": "45374000"})
    facts = full_case(office=office)
    changed(facts.permit, region="77")
    return facts


def test_barcode_is_read_back_to_the_same_string(
    pdf_images: Callable[[bytes, int], list[Path]],
) -> None:
    filled = catalogue.fill(FORM, moscow(), {"months": "3"})
    page = pdf_images(catalogue.draw(filled), 200)[0]
    seen = subprocess.run(
        ["zbarimg", "--quiet", "--raw", str(page)], capture_output=True, check=True
    ).stdout.decode("utf-8")
    assert seen.rstrip("\n") == filled.boxes["qr"]
    code = parse(seen)
    assert code.problems == ()
    assert code.fields["Sum"] == "3000000"
    assert code.fields["PayerINN"] == "123456789047"
    assert code.fields["OKTMO"] == "45374000"
    assert code.fields["LastName"] == "Юлдашев"
    assert code.fields["TechCode"] == "03"


@pytest.mark.parametrize(("months", "words"), [("1", "10 000,00 ₽"), ("12", "120 000,00 ₽")])
def test_sum_is_the_months_amount_times_months(months: str, words: str) -> None:
    filled = catalogue.fill(FORM, moscow(), {"months": months})
    assert filled.problems == []
    assert filled.boxes["sum"] == words


def test_rate_and_requisites_are_those_of_the_payment_day() -> None:
    facts = moscow()
    before = CaseFacts(**{**facts.__dict__, "on": date(2025, 12, 4)})
    after = CaseFacts(**{**facts.__dict__, "on": date(2025, 12, 5)})
    assert catalogue.fill(FORM, before).boxes["payee_kpp"] == "770801001"
    assert catalogue.fill(FORM, after).boxes["payee_kpp"] == "770701001"
    assert catalogue.fill(FORM, after).boxes["sum"] == "8 900,00 ₽"


def test_unconfirmed_sum_says_so_on_the_paper(pdf_text: Callable[[bytes], str]) -> None:
    filled = catalogue.fill(FORM, full_case())
    assert filled.problems == []
    text = " ".join(pdf_text(catalogue.draw(filled)).split())
    assert "Сумма не подтверждена" in text
    assert "11 766" in text
    assert "объявлено 11 936" in text


def test_confirmed_sum_carries_no_remark() -> None:
    assert "remark" not in catalogue.fill(FORM, moscow()).boxes


def test_unknown_region_leaves_the_sum_to_the_clerk_and_prints_no_barcode() -> None:
    facts = moscow()
    changed(facts.permit, region="79")
    filled = catalogue.fill(FORM, facts)
    assert {problem.box for problem in filled.problems} == {"sum", "oktmo"}
    assert "qr" not in filled.boxes
    assert "впишите сумму" in filled.boxes["remark"]
    typed = catalogue.fill(FORM, facts, {"sum": "5 400", "oktmo": "99701000"})
    assert typed.problems == []
    assert parse(typed.boxes["qr"]).fields["Sum"] == "540000"


def test_municipality_of_another_region_is_pointed_out() -> None:
    facts = moscow()
    filled = catalogue.fill(FORM, facts, {"oktmo": "36701000"})
    assert "ОКТМО не этого региона" in filled.boxes["remark"]


def test_wrong_inn_of_the_payer_is_found() -> None:
    facts = moscow()
    changed(facts.person, inn="123456789048")
    (problem,) = catalogue.fill(FORM, facts).problems
    assert (problem.box, problem.kind, problem.source) == ("payer_inn", "invalid", "person.inn")


def test_thirteenth_month_is_refused_in_words() -> None:
    facts = moscow()
    changed(facts.permit, paid_through=date(2027, 7, 31))
    filled = catalogue.fill(FORM, facts, {"months": "3"})
    assert "оплачено 10, можно оплатить ещё 2" in filled.boxes["remark"]


def test_paid_period_follows_what_is_paid_already() -> None:
    filled = catalogue.fill(FORM, moscow(), {"months": "2"})
    assert filled.boxes["period"] == "01.12.2026–31.01.2027, 2 мес."


def test_paid_period_ends_where_the_setting_of_the_month_says() -> None:
    """31.01.2026 + 1 month: 27.02 by the strict reading, 28.02 by ст. 6.1 НК РФ."""
    facts = moscow()
    changed(facts.permit, issued_on=date(2026, 1, 31), paid_through=None)
    tables = load_tables()
    setting = tables.table("patent.month_end")
    rows = tuple(replace(row, values={**row.values, "rule": "month_end"}) for row in setting.rows)
    other = LawTables({**tables.tables, setting.name: replace(setting, rows=rows)})
    asked = [catalogue.fill(FORM, facts, tables=book).boxes["period"] for book in (tables, other)]
    assert asked == ["31.01.2026–27.02.2026, 1 мес.", "31.01.2026–28.02.2026, 1 мес."]


def test_person_without_anything_gets_a_list_not_a_traceback() -> None:
    filled = catalogue.fill(FORM, empty_case())
    assert {"payer_name", "payer_inn", "payer_document", "oktmo"} <= {
        problem.box for problem in filled.problems
    }


def test_both_halves_say_the_same() -> None:
    boxes = catalogue.fill(FORM, moscow()).boxes
    copies = [name for name in boxes if name.startswith("copy_")]
    assert len(copies) == 17
    assert all(boxes[name] == boxes[name.removeprefix("copy_")] for name in copies)
