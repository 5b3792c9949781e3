"""Rows of the law as the page «Нормы и календарь» words them."""

from __future__ import annotations

from datetime import date

from arm.casework.law_view import ValueLine, values_on
from arm.law.rulebook import open_rulebook
from arm.law.tables import LAW_FOLDER

BOOK = open_rulebook(LAW_FOLDER)


def line(table: str, key: str) -> ValueLine:
    found = values_on(BOOK, date(2026, 5, 4))
    return next(one for one in found if (one.row.table, one.row.key) == (table, key))


def test_code_of_an_activity_is_not_taken_for_a_region() -> None:
    """02 is forestry here, Bashkortostan elsewhere."""
    share = line("hiring.share", "02")
    assert share.key_text == "ОКВЭД 02"
    assert share.value == "не больше 40 %: лесоводство и лесозаготовки"
    assert line("hiring.share_region", "05:41").key_text == "Республика Дагестан, ОКВЭД 41"
    assert line("hiring.pair", "77").value == "Московская область"


def test_row_of_a_shared_table_names_only_the_rule_that_reads_it() -> None:
    assert line("retention.keep", "consent").rules == ("Хранить лист согласия",)
    assert line("retention.keep", "case").rules == ()


def test_bill_is_no_norm() -> None:
    assert not [
        one for one in values_on(BOOK, date(2026, 5, 4)) if one.row.table == "pending.bills"
    ]


def test_every_norm_is_said_in_words() -> None:
    assert all(one.value.strip() for one in values_on(BOOK, date(2026, 5, 4)))
