"""Dated tables refuse what nobody could compute from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from arm.law.tables import BrokenLawTable, NoRuleForDay, load_tables, read_tables

HEAD = """
[tables.rate]
title = "Ставка"
columns = { value = "decimal" }
"""


def row(first: str, last: str | None = None, **changes: str) -> str:
    lines = {
        "valid_from": first,
        "value": "2.842",
        "act": '"Приказ № 1"',
        "source": '"газета"',
        "confidence": '"H"',
        "checked_on": "2026-11-22",
    }
    if last:
        lines["valid_to"] = last
    lines |= changes
    return "\n[[rate]]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items() if v)


def test_number_is_read_exactly() -> None:
    (table,) = read_tables(HEAD + row("2026-01-01"), "test")
    assert table.on(date(2030, 1, 1)).decimal("value") == Decimal("2.842")
    assert table.name == "test.rate"


def test_neighbouring_rows_give_each_day_its_own() -> None:
    text = HEAD + row("2025-01-01", "2025-12-31", value="1.5") + row("2026-01-01")
    (table,) = read_tables(text, "test")
    assert table.on(date(2025, 12, 31)).decimal("value") == Decimal("1.5")
    assert table.on(date(2026, 1, 1)).decimal("value") == Decimal("2.842")
    with pytest.raises(NoRuleForDay):
        table.on(date(2024, 12, 31))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (row("2026-01-01") + row("2026-06-01"), "пересекаются"),
        (row("2026-01-01", "2026-06-01") + row("2026-06-01"), "пересекаются"),
        (row("2026-01-01", "2026-05-30") + row("2026-06-01"), "нет нормы с 31.05.2026"),
        (row("2026-01-01", act=""), "не указан act"),
        (row("2026-01-01", act='" "'), "не указан act"),
        (row("2026-01-01", source=""), "не указан source"),
        (row("2026-01-01", confidence='"X"'), "confidence"),
        (row("2026-01-01", checked_on=""), "checked_on"),
        (row("2026-01-01", valid_from='"2026"'), "valid_from"),
        (row("2026-01-01", "2025-01-01"), "раньше"),
        (row("2026-01-01", value='"много"'), "value должно быть вида decimal"),
        (row("2026-01-01", value=""), "нет значения value"),
        (row("2026-01-01", valeu="1.0"), "лишнее значение valeu"),
        ("", "нет ни одной строки"),
    ],
)
def test_mistake_in_a_row_is_named(rows: str, said: str) -> None:
    with pytest.raises(BrokenLawTable) as caught:
        read_tables(HEAD + rows, "test")
    assert said in caught.value.title_text


def test_gap_is_allowed_only_where_the_table_says_so() -> None:
    rows = row("2026-01-01", "2026-05-30") + row("2026-06-01")
    (table,) = read_tables(HEAD + "gaps = true\n" + rows, "test")
    assert table.find(date(2026, 5, 31)) is None


def test_keys_have_their_own_days() -> None:
    text = HEAD + row("2026-01-01", key='"77"') + row("2026-01-01", key='"78"', value="3")
    (table,) = read_tables(text, "test")
    assert table.keys() == ("77", "78")
    assert table.on(date(2026, 1, 1), "78").decimal("value") == 3
    assert table.find(date(2026, 1, 1)) is None


def test_rows_of_an_undeclared_table_are_refused() -> None:
    with pytest.raises(BrokenLawTable, match="раздел «raet»"):
        read_tables(HEAD + row("2026-01-01") + "\n[[raet]]\nvalue = 1\n", "test")


def test_file_that_is_no_toml_is_a_message_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "rate.toml").write_text("[tables.rate\n", encoding="utf-8")
    with pytest.raises(BrokenLawTable) as caught:
        load_tables(tmp_path)
    assert "rate.toml" in caught.value.advice_text


def test_every_shipped_table_is_sound() -> None:
    tables = load_tables().tables
    assert {"ndfl.deflator", "ndfl.region", "payment_requisites.patent"} <= set(tables)
    for table in tables.values():
        assert table.title
        assert all(row.checked_on >= date(2026, 1, 1) for row in table.rows)
