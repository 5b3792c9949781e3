"""Situations of rows laid over the shipped tables: packs, corrections, a year of the calendar."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arm.errors import ExpectedError
from arm.law.amendments import (
    Amendment,
    BrokenPack,
    amended,
    new_problems,
    read_pack,
    read_rows,
    row_text,
    value_changes,
)
from arm.law.ndfl import monthly_amount
from arm.law.rulebook import open_rulebook
from arm.law.tables import BrokenLawTable, Decision, Row, Table

BOOK = open_rulebook()
DECISION = Decision("1", "Орлова Мария Сергеевна", date(2026, 11, 28), "сверено с текстом")
PACK = """
[pack]
name = "Нормы на 2027 год"
issued_on = 2026-12-01

[["ndfl.deflator"]]
valid_from = 2027-01-01
valid_to = 2027-12-31
value = 3.012
act = "Приказ Минэкономразвития России"
published = 2026-11-20
source = "publication.pravo.gov.ru"
confidence = "H"
checked_on = 2026-12-01
"""


def test_a_pack_brings_the_deflator_of_the_next_year() -> None:
    pack = read_pack(PACK, BOOK.tables)
    after = amended(BOOK, [Amendment(DECISION, pack.rows)])
    row = after.tables.on("ndfl.deflator", date(2027, 6, 1))
    assert row.decimal("value") == Decimal("3.012")
    assert row.decided == DECISION
    assert after.tables.on("ndfl.deflator", date(2026, 6, 1)).decided is None
    assert after.fingerprint != BOOK.fingerprint
    assert new_problems(BOOK, after) == []


def test_samaras_coefficient_corrected_gives_the_other_sum() -> None:
    on = date(2026, 5, 4)
    row = BOOK.tables.on("ndfl.region", on, "63")
    corrected = replace(row, values={**row.values, "coefficient": Decimal("3.5")}, confidence="H")
    after = amended(BOOK, [Amendment(DECISION, (corrected,))])
    before = monthly_amount("63", on, BOOK.tables)
    now = monthly_amount("63", on, after.tables)
    assert (before.amount, before.confirmed) == (Decimal(11766), False)
    assert (now.amount, now.confirmed) == (Decimal(11936), True)  # 1200 × 2.842 × 3.5 = 11936.40
    assert monthly_amount("63", date(2025, 5, 4), after.tables).amount == Decimal(10170)


def test_a_row_goes_through_its_text_unchanged() -> None:
    for table in BOOK.tables.tables.values():
        for row in table.rows:
            (back,) = read_rows(row_text(row), BOOK.tables)
            assert replace(back, values=dict(back.values)) == replace(row, values=dict(row.values))


def test_a_year_of_the_calendar_comes_whole() -> None:
    text = (
        PACK
        + """
[["calendar.year"]]
valid_from = 2028-01-01
valid_to = 2028-12-31
act = "Постановление Правительства"
published = 2027-09-20
source = "publication.pravo.gov.ru"
confidence = "H"
checked_on = 2027-09-21

[["calendar.day"]]
date = 2028-01-03
kind = "holiday"
reason = "Новогодние каникулы"
"""
    )
    pack = read_pack(text, BOOK.tables)
    after = amended(BOOK, [Amendment(DECISION, pack.rows, pack.days)])
    assert BOOK.calendar.is_preliminary(2028)
    assert not after.calendar.is_preliminary(2028)
    assert not after.calendar.is_working(date(2028, 1, 3))
    assert after.calendar.is_working(date(2028, 1, 4))
    assert after.calendar.working_days_in(2026) == BOOK.calendar.working_days_in(2026)


def test_a_year_of_days_without_its_act_is_a_new_problem() -> None:
    text = PACK + '\n[["calendar.day"]]\ndate = 2028-01-03\nkind = "holiday"\nreason = "Каникулы"\n'
    pack = read_pack(text, BOOK.tables)
    after = amended(BOOK, [Amendment(DECISION, pack.rows, pack.days)])
    assert new_problems(BOOK, after) == ["производственный календарь, 2028 год: дни без акта"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("не toml", "строка 1, знак 1"),
        ('[pack]\nname = "А"\n', "issued_on"),
        ("[[ndfl]]\n", "[pack]"),
        ('[pack]\nname = "А"\nissued_on = 2026-12-01\n', "ни одной нормы"),
        (PACK.replace('"ndfl.deflator"', '"ndfl.deflyator"'), "ndfl.deflyator"),
        (PACK.replace('[["ndfl.deflator"]]', '["ndfl.deflator"]'), "[["),
        (PACK + '[["calendar.day"]]\ndate = 2028-01-03\n', "calendar.day"),
    ],
)
def test_a_broken_pack_says_where(text: str, said: str) -> None:
    with pytest.raises(BrokenPack) as caught:
        read_pack(text, BOOK.tables)
    assert said in str(caught.value.params["problem"])


def test_a_row_of_a_pack_without_its_act_is_refused() -> None:
    with pytest.raises(BrokenLawTable) as caught:
        read_pack(PACK.replace('act = "Приказ Минэкономразвития России"\n', ""), BOOK.tables)
    assert caught.value.params["problem"] == "не указан act"


def test_the_effect_on_values_names_what_was_before() -> None:
    (change,) = value_changes(BOOK, read_pack(PACK, BOOK.tables).rows)
    assert change.before is None
    assert change.title == "Коэффициент-дефлятор для авансового платежа по патенту"


_DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_DAYS, st.one_of(st.none(), st.integers(0, 900))), max_size=6))
def test_laid_rows_never_overlap_and_hide_only_their_own_days(
    laid: list[tuple[date, int | None]],
) -> None:
    table = Table("t", "Таблица", BOOK.tables.table("ndfl.deflator").rows)
    for number, (start, length) in enumerate(laid):
        end = None if length is None else start + timedelta(days=length)
        row = _row(start, end, str(number))
        before = table
        table = table.with_row(row)
        for on in (start - timedelta(days=1), *([end + timedelta(days=1)] if end else [])):
            assert _act(table, on) == _act(before, on)
        for on in {start, end or date(2035, 1, 1)}:
            assert _act(table, on) == str(number)
    for earlier, later in zip(table.rows, table.rows[1:], strict=False):
        assert earlier.valid_to is not None
        assert earlier.valid_to < later.valid_from


def _row(start: date, end: date | None, act: str) -> Row:
    return Row("t", "", start, end, act, "источник", "H", date(2026, 1, 1), "", {}, "не найдена")


def _act(table: Table, on: date) -> str | None:
    row = table.find(on)
    return row.act if row else None


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60), st.integers(0, len(PACK)), st.integers(0, len(PACK)))
def test_no_altered_pack_crashes_the_reader(junk: str, start: int, end: int) -> None:
    with contextlib.suppress(ExpectedError):
        pack = read_pack(PACK[:start] + junk + PACK[max(start, end) :], BOOK.tables)
        assert pack.rows or pack.days
