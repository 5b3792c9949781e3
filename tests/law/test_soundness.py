"""The shipped tables are sound, and what makes them unsound is named."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

import arm.law
from arm.law.amendments import DAYS
from arm.law.calendar import Calendar, CalendarDay
from arm.law.rulebook import RuleBook, open_rulebook
from arm.law.soundness import problems
from arm.law.tables import LAW_FOLDER, BrokenLawTable, LawTables, Row, read_tables

BOOK = open_rulebook()
TABLE_NAME = re.compile(r"[a-z_]+\.[a-z_]+")


def with_row(table: str, **changes: object) -> RuleBook:
    """The shipped book, the first row of one table changed."""
    old = BOOK.tables.table(table)
    rows = (replace(old.rows[0], **changes), *old.rows[1:])  # type: ignore[arg-type]
    tables = {**BOOK.tables.tables, table: replace(old, rows=rows)}
    return RuleBook(LawTables(MappingProxyType(tables)), BOOK.calendar)


def rows() -> Iterator[Row]:
    return (row for table in BOOK.tables.tables.values() for row in table.rows)


def test_shipped_tables_are_sound() -> None:
    assert problems(BOOK) == []


def test_every_row_has_act_source_confidence_and_the_day_it_was_checked() -> None:
    for row in rows():
        assert row.act.strip()
        assert row.source.strip()
        assert row.confidence in ("H", "M", "L")
        assert row.checked_on >= date(2026, 11, 22)
        assert row.published_on is not None or row.published == "не найдена"


def test_known_days_of_publication_are_kept() -> None:
    """Number 0001202609180037 of the portal is of 18.09.2026, 0001202412240038 of 24.12.2024."""
    year = BOOK.tables.on("calendar.year", date(2027, 1, 1))
    assert year.published_on == date(2026, 9, 18)
    expiry = BOOK.tables.on("registration.expiry", date(2026, 1, 1))
    assert expiry.published_on == date(2024, 12, 24)


def test_row_that_does_not_say_when_it_was_published_is_named() -> None:
    (said,) = problems(with_row("stay.warning", published=""))
    assert "stay.warning с 01.01.2000" in said
    assert "published" in said


def test_row_checked_before_it_was_published_is_named() -> None:
    (said,) = problems(with_row("stay.warning", published=date(2026, 11, 23)))
    assert "раньше" in said


def test_rule_without_its_table_has_no_act() -> None:
    left = {name: one for name, one in BOOK.tables.tables.items() if name != "patent.payment"}
    said = problems(RuleBook(LawTables(MappingProxyType(left)), BOOK.calendar))
    assert said == ["правило patent_payment: нет таблицы patent.payment, то есть и акта"]


def test_row_that_does_not_say_how_to_count_is_named() -> None:
    (said,) = problems(with_row("medical.expiry", values=MappingProxyType({"days": 0})))
    assert "medical_expiry" in said


@pytest.mark.parametrize(("column", "value"), [("unit", "wroking"), ("first_day", "second")])
def test_misspelt_way_to_count_is_named_and_not_taken_for_another(column: str, value: str) -> None:
    """Otherwise the day of the event would silently be the last day."""
    old = BOOK.tables.table("employer.conclusion").rows[0]
    (said,) = problems(with_row("employer.conclusion", values={**old.values, column: value}))
    assert "employer.conclusion" in said
    assert column in said


def test_rule_whose_row_is_gone_from_a_shared_table_is_named() -> None:
    table = BOOK.tables.table("retention.keep")
    kept = tuple(row for row in table.rows if row.key != "consent")
    tables = {**BOOK.tables.tables, "retention.keep": replace(table, rows=kept)}
    said = problems(RuleBook(LawTables(MappingProxyType(tables)), BOOK.calendar))
    assert said == ["правило consent_keep: в таблице retention.keep нет строки consent"]


def test_year_of_the_calendar_without_its_act_is_named() -> None:
    planted = CalendarDay(date(2028, 1, 3), "holiday", "Новогодние каникулы", None)
    days = [CalendarDay(date(year, 1, 1), "holiday", "", None) for year in range(2020, 2028)]
    said = problems(RuleBook(BOOK.tables, Calendar([*days, planted])))
    assert said == ["производственный календарь, 2028 год: дни без акта"]
    said = problems(RuleBook(BOOK.tables, Calendar(days[:-1])))
    assert said == ["производственный календарь, 2027 год: акт без дней"]


def test_gap_overlap_or_missing_act_planted_in_a_shipped_file_is_refused() -> None:
    text = (LAW_FOLDER / "stay.toml").read_text(encoding="utf-8")
    for old, new, said in (
        ("valid_to = 2024-12-31", "valid_to = 2024-12-30", "нет нормы с 31.12.2024"),
        ("valid_to = 2024-12-31", "valid_to = 2025-01-01", "пересекаются"),
        ('act = "Внутреннее правило программы"\n', "", "не указан act"),
        ("published = ", 'published = "завтра"\nwas = ', "published"),
    ):
        assert old in text
        with pytest.raises(BrokenLawTable) as caught:
            read_tables(text.replace(old, new, 1), "stay")
        assert said in caught.value.title_text


def test_a_row_speaks_for_itself_before_the_head_of_its_table() -> None:
    text = (LAW_FOLDER / "registration.toml").read_text(encoding="utf-8")
    expiry = next(one for one in read_tables(text, "registration") if one.name.endswith("expiry"))
    assert [row.published for row in expiry.rows] == ["не найдена", date(2024, 12, 24)]


def test_every_table_that_the_code_names_is_there() -> None:
    """So each rule in ``arm/law/*.py`` finds a row, and every row has its act."""
    files = {path.stem for path in LAW_FOLDER.glob("*.toml")}
    named = {
        node.value
        for path in Path(arm.law.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and TABLE_NAME.fullmatch(node.value)
        and node.value.split(".")[0] in files
        and not node.value.endswith((".csv", ".toml"))
    }
    assert named >= {"stay.limit", "patent.reissue", "ndfl.deflator", "retention.keep"}
    assert named - {DAYS} <= set(BOOK.tables.tables)  # the days of a pack are no table
