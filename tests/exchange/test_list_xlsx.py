"""Lists as XLSX: every cell with its type, nothing left behind when stopped."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from arm.exchange import list_xlsx
from arm.exchange.list_xlsx import (
    Column,
    ExportStopped,
    ListTooLong,
    write_list,
)
from arm.exchange.whole_file import NotWritable, write_whole

COLUMNS = (
    Column("name", "Фамилия, имя, отчество", width=34),
    Column("born", "Дата рождения", "date", 12),
    Column("months", "Месяцев", "int", 9),
    Column("paid", "Оплачено, ₽", "money", 14),
)
ROWS: list[tuple[Any, ...]] = [
    ("Юлдашев Улугбек", date(1990, 5, 15), 4, 818_500),
    ("Жўраев <Ҷ> & «сын»", "1998-02-04", 0, Decimal("8185.50")),
    ("  пробелы по краям ", None, -3, -1),
    ("=СУММ(A1)", date(1899, 12, 31), None, 0),
    ("две\nстроки", date(2026, 2, 28), 10**16, None),
    ("_x0041_ и \x07 звонок", "неизвестно", 7, 5),
]


def _cells(path: Path) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_every_cell_comes_back_with_its_type(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    assert write_list(path, COLUMNS, ROWS) == len(ROWS)
    head, *rows = _cells(path)
    assert head == [column.title for column in COLUMNS]
    assert rows[0] == ["Юлдашев Улугбек", datetime(1990, 5, 15), 4, 8185.0]
    assert rows[1] == ["Жўраев <Ҷ> & «сын»", datetime(1998, 2, 4), 0, 8185.5]
    assert rows[2] == ["  пробелы по краям ", None, -3, -0.01]
    assert rows[3] == ["=СУММ(A1)", "31.12.1899", None, 0]
    assert rows[4] == ["две\nстроки", datetime(2026, 2, 28), str(10**16), None]
    assert rows[5][1] == "неизвестно"


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_list(path, COLUMNS, ROWS)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert sheet["A5"].data_type == "s"


def test_widths_frozen_heading_filter_and_formats(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_list(path, COLUMNS, ROWS, sheet="Дела: на 24/11")
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    assert sheet.title == "Дела  на 24 11"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:D7"
    assert sheet.column_dimensions["A"].width == 34
    assert sheet["B2"].number_format == "dd\\.mm\\.yyyy"
    assert sheet["D2"].number_format == "#,##0.00"
    assert sheet["A1"].font.b
    assert sheet.print_title_rows == "$1:$1"


def test_rows_may_be_mappings(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_list(path, COLUMNS, [{"name": "Холов", "paid": 100}])
    assert _cells(path)[1] == ["Холов", None, None, 1.0]


def test_empty_list_has_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    reports: list[tuple[int, int | None]] = []
    assert write_list(path, COLUMNS, [], progress=lambda *p: reports.append(p)) == 0
    assert len(_cells(path)) == 1
    assert reports == [(0, None)]


def test_progress_names_rows_done_and_total(tmp_path: Path) -> None:
    reports: list[tuple[int, int | None]] = []
    rows = (("Холов", None, n, None) for n in range(2_500))
    write_list(tmp_path / "a.xlsx", COLUMNS, rows, 2_500, progress=lambda *p: reports.append(p))
    assert reports == [(1_000, 2_500), (2_000, 2_500), (2_500, 2_500)]


def test_stopped_export_leaves_nothing(tmp_path: Path) -> None:
    drawn = 0

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal drawn
        for number in range(100_000):
            drawn += 1
            yield ("Холов", None, number, None)

    with pytest.raises(ExportStopped):
        write_list(tmp_path / "a.xlsx", COLUMNS, rows(), cancelled=lambda: drawn > 3_000)
    assert drawn < 5_000
    assert list(tmp_path.iterdir()) == []


def test_stopped_export_keeps_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_list(path, COLUMNS, ROWS)
    before = path.read_bytes()
    with pytest.raises(ExportStopped):
        write_list(path, COLUMNS, ROWS, cancelled=lambda: True)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_rows_that_fail_leave_nothing(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        yield ("Холов", None, 1, None)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        write_list(tmp_path / "a.xlsx", COLUMNS, rows())
    assert list(tmp_path.iterdir()) == []


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotWritable):
        write_list(tmp_path / "nowhere" / "a.xlsx", COLUMNS, ROWS)


def test_more_rows_than_a_sheet_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_xlsx, "MOST_ROWS", 3)
    with pytest.raises(ListTooLong):
        write_list(tmp_path / "a.xlsx", COLUMNS, ROWS)
    assert list(tmp_path.iterdir()) == []


def test_columns_beyond_z(tmp_path: Path) -> None:
    columns = [Column(f"c{n}", f"Столбец {n}") for n in range(60)]
    path = tmp_path / "wide.xlsx"
    write_list(path, columns, [[f"{n}" for n in range(60)]])
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert sheet["BH2"].value == "59"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
def test_any_text_can_be_exported_and_read_back(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "text.xlsx"
    write_list(path, [Column("t", "Текст")], [[f"<{text}>"] for text in texts])
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    for text, row in zip(texts, rows[1:], strict=True):
        kept = "".join(c for c in str(row[0]) if c.isalnum())
        assert kept == "".join(c for c in text if c.isalnum())


def test_package_names_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_list(path, COLUMNS, ROWS)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "[Content_Types].xml"


def test_libreoffice_reads_every_cell(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    assert office, "LibreOffice Calc is in the list of system packages (libreoffice-calc-nogui)"
    path = tmp_path / "list.xlsx"
    write_list(path, COLUMNS, ROWS)
    # 44 = comma, 34 = quotes, 76 = UTF-8, and cells as they are shown
    subprocess.run(
        [
            office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
            "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true",
            "--outdir", str(tmp_path), str(path),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [column.title for column in COLUMNS]
    assert rows[1][:3] == ["Юлдашев Улугбек", "15.05.1990", "4"]
    assert rows[2][:2] == ["Жўраев <Ҷ> & «сын»", "04.02.1998"]
    assert rows[4][:2] == ["=СУММ(A1)", "31.12.1899"]
    assert rows[5][0] == "две\nстроки"
    assert rows[6][0] == "_x0041_ и  звонок"  # not the letter A that the escape would mean
    assert [row[3].replace(",", "") for row in rows[1:3]] == ["8185.00", "8185.50"]


def test_what_a_killed_export_left_yesterday_is_swept_away(tmp_path: Path) -> None:
    old, fresh, other = (
        tmp_path / name
        for name in (".arm-0123456789abcdef.part", ".arm-fedcba9876543210.part", ".others.part")
    )
    for left in (old, fresh, other):
        left.write_text("Каримов", encoding="utf-8")
    for left in (old, other):
        os.utime(left, (1_000_000_000, 1_000_000_000))
    write_whole(tmp_path / "list.bin", b"list")
    assert {one.name for one in tmp_path.iterdir()} == {"list.bin", fresh.name, other.name}
