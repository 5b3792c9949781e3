"""A long list as XLSX: rows a second and peak memory, each writer in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from arm.exchange.list_xlsx import Column, ColumnKind, write_list
from bench.line import Line, higher_is_better, lower_is_better

ROWS = int(os.environ.get("BENCH_PERSONS", "150000"))
KINDS: tuple[ColumnKind, ...] = ("text", "text", "date", "int", "money")
COLUMNS = [Column(f"c{n}", f"Столбец {n + 1}", KINDS[n % 5], 16) for n in range(25)]
FIRST_DAY = date(2026, 1, 1)


def rows(n: int) -> Iterator[list[Any]]:
    """``n`` rows of 25 cells: names, trades, dates, counts, sums in kopecks."""
    trades = ("каменщик", "повар", "маляр")
    for number in range(n):
        day = FIRST_DAY + timedelta(number % 365)
        yield [
            (f"Юлдашев Улугбек {number}", trades[number % 3], day, number, 818_500 + number)[c % 5]
            for c in range(25)
        ]


def _ours(path: Path, n: int) -> None:
    write_list(path, COLUMNS, rows(n), n)


def _openpyxl(path: Path, n: int, *, write_only: bool = False) -> None:
    import openpyxl  # noqa: PLC0415 – its memory must not be counted against the other writers

    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet() if write_only else book.active
    sheet.append([column.title for column in COLUMNS])
    for row in rows(n):
        sheet.append(row)
    book.save(path)


def _openpyxl_write_only(path: Path, n: int) -> None:
    _openpyxl(path, n, write_only=True)


def _xlsxwriter(path: Path, n: int) -> None:
    import xlsxwriter  # noqa: PLC0415 – as above

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    money = book.add_format({"num_format": "#,##0.00"})
    for at, column in enumerate(COLUMNS):
        sheet.write_string(0, at, column.title)
    for number, row in enumerate(rows(n), 1):
        for at, value in enumerate(row):
            kind = KINDS[at % 5]
            if kind == "text":
                sheet.write_string(number, at, value)
            elif kind == "date":
                sheet.write_datetime(number, at, value, day)
            elif kind == "money":
                sheet.write_number(number, at, value / 100, money)
            else:
                sheet.write_number(number, at, value)
    book.close()


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "ours": _ours,
    "openpyxl": _openpyxl,
    "openpyxl write_only": _openpyxl_write_only,
    "xlsxwriter constant_memory": _xlsxwriter,
}


def measured(writer: str, n: int) -> dict[str, float]:
    """Rows a second and peak memory in MB of one writer, in a fresh process."""
    command = [sys.executable, "-m", "bench.xlsx", writer, str(n)]
    answer = subprocess.run(command, capture_output=True, check=True, text=True)
    figures: dict[str, float] = json.loads(answer.stdout)
    return figures


def _child(writer: str, n: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        started, worked = time.perf_counter(), time.process_time()
        WRITERS[writer](path, n)
        seconds, worked = time.perf_counter() - started, time.process_time() - worked
        size = path.stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = {
        "rows_per_second": n / seconds,
        "seconds": seconds,
        "cpu_seconds": worked,
        "peak_mb": peak / 1024,
        "extra_mb": (peak - before) / 1024,
        "file_mb": size / 1e6,
    }
    print(json.dumps(figures))


def run() -> list[Line]:
    """Against openpyxl's normal mode, and for the record against the faster libraries."""
    found = {writer: measured(writer, ROWS) for writer in WRITERS}
    ours, normal = found["ours"], found["openpyxl"]
    rows_text = f"{ROWS:,}".replace(",", " ")
    name = f"XLSX, {rows_text} × 25"
    rate = "rows_per_second"
    memory = lower_is_better(
        f"{name}, peak memory", ours["peak_mb"], "MB", "openpyxl", normal["peak_mb"]
    )
    rates = [
        higher_is_better(name, ours[rate], "rows/s", writer, figures[rate])
        for writer, figures in found.items()
        if writer != "ours"
    ]
    return [*rates, memory]


if __name__ == "__main__":
    _child(sys.argv[1], int(sys.argv[2]))
