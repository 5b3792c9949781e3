"""Arrival notices per second: ours, drawn from data with what is printed stored once and a string
a row of cells, against plain reportlab drawing of the same paper, a rectangle and a letter each.

``BENCH_FORMS`` sets how many forms are drawn (100); the plain way draws a tenth of them.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from bench.line import Line, higher_is_better, lower_is_better
from bench.sample_case import full_case
from forms import catalogue
from forms.kit.fonts import CAP_HEIGHT, font_name, glyph_width, width
from forms.kit.layout import PAGE_HEIGHT, PAGE_WIDTH, Area, Box, CellRow, Layout, Rule, Sample, Text
from forms.kit.wording import MM, cells

FORM = "arrival_notice"


def run() -> list[Line]:
    """Forms per CPU second, and the size of the file a form."""
    filled = catalogue.fill(FORM, full_case())
    layout = catalogue.form(FORM).edition(filled.edition).layout
    count = int(os.environ.get("BENCH_FORMS", "100"))
    few = max(count // 10, 1)
    catalogue.draw(filled)  # fonts are read once in the life of the program
    paper, ours = _timed(lambda: catalogue.draw_many([replace(filled) for _ in range(count)]))
    plain, theirs = _timed(lambda: plain_paper(layout, filled.boxes, few))
    single, alone = _timed(lambda: catalogue.draw(filled))
    plain_single, plain_alone = _timed(lambda: plain_paper(layout, filled.boxes, 1))
    rate, plain_rate = count / ours, few / theirs
    return [
        higher_is_better(
            "Уведомление о прибытии, 4 стр., пачкой", rate, "форм/с", "reportlab", plain_rate
        ),
        lower_is_better("Страница уведомления", 250 / rate, "мс", "reportlab", 250 / plain_rate),
        lower_is_better(
            "Одно уведомление до готового PDF", alone * 1000, "мс", "reportlab", plain_alone * 1000
        ),
        lower_is_better(
            "Файл на одно уведомление в пачке",
            len(paper) / count / 1024,
            "КиБ",
            "reportlab",
            len(plain) / few / 1024,
        ),
        lower_is_better(
            "Файл одного уведомления",
            len(single) / 1024,
            "КиБ",
            "reportlab",
            len(plain_single) / 1024,
        ),
    ]


def _timed(work: Callable[[], bytes]) -> tuple[bytes, float]:
    started = time.process_time()
    made = work()
    return made, time.process_time() - started


def plain_paper(layout: Layout, boxes: dict[str, str], count: int) -> bytes:
    """The usual way: everything drawn anew on each page, a rectangle and a letter a cell."""
    buffer = io.BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=(PAGE_WIDTH * MM, PAGE_HEIGHT * MM),
        pageCompression=1,
        initialFontName=font_name("mono"),
    )
    for _ in range(count):
        for page in layout.pages:
            canvas.setLineWidth(0.4)
            for item in page.prints:
                _plain_print(canvas, item)
            for box in page.boxes:
                _plain_box(canvas, box, boxes.get(box.id, ""))
            canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _plain_print(canvas: Any, item: Text | Rule | Area | Sample) -> None:
    if isinstance(item, Sample):
        _plain_cells(canvas, item.row, item.text, "mono-bold", 9.5)
    elif isinstance(item, Rule):
        canvas.line(item.x1 * MM, _up(item.y1), item.x2 * MM, _up(item.y2))
    elif isinstance(item, Area):
        rect = item.rect
        bottom = _up(rect.y + rect.h)
        filled = int(bool(item.fill))
        canvas.rect(rect.x * MM, bottom, rect.w * MM, rect.h * MM, stroke=1, fill=filled)
    else:
        canvas.setFont(font_name(item.face), item.size)
        for index, words in enumerate(item.text.split("\n")):
            spare = item.w * MM - width(words, item.face, item.size) if item.w else 0.0
            shift = {"center": 0.5, "right": 1.0}.get(item.align, 0.0) * spare
            y = _up(item.y) - index * item.leading
            canvas.drawString(item.x * MM + shift, y, words)


def _plain_box(canvas: Any, box: Box, value: str) -> None:
    for option in box.options:
        square = option.rect
        row = CellRow(square.x, square.y, 1, 0.0, square.w, square.h)
        _plain_cells(canvas, row, "X" if option.value == value else "", box.face, box.size)
    if box.kind == "line":
        canvas.setFont(font_name(box.face), box.size)
        canvas.drawString(box.rect.x * MM, _up(box.rect.y + box.rect.h) + 2.8, value)
    elif box.rows:
        parts = value.split(".") if box.kind == "date" else cells(value, box) or []
        parts += [""] * (len(box.rows) - len(parts))
        for row, part in zip(box.rows, parts, strict=True):
            _plain_cells(canvas, row, part, box.face, box.size)


def _plain_cells(canvas: Any, row: CellRow, letters: str, face: str, size: float) -> None:
    canvas.setFont(font_name(face), size)
    bottom, height = _up(row.y + row.h), row.h * MM
    base = bottom + (height - CAP_HEIGHT[face] * size) / 2
    inset = (row.w * MM - glyph_width(face) * size) / 2
    for index in range(row.count):
        left = (row.x + index * row.pitch) * MM
        canvas.rect(left, bottom, row.w * MM, height)
        if index < len(letters):
            canvas.drawString(left + inset, base, letters[index])


def _up(y: float) -> float:
    return (PAGE_HEIGHT - y) * MM
