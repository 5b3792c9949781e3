"""Drawing. What is printed on the form is drawn once a document as a Form XObject; each value is
one string of a monospaced face whose letters are spaced by the cell pitch. That is what makes a
page cost about a millisecond: see ``bench/forms.py``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from forms.kit import wording
from forms.kit.check import Problem, fits, parse_date
from forms.kit.fonts import CAP_HEIGHT, drawable, font_name, glyph_width, width
from forms.kit.layout import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Area,
    Box,
    CellRow,
    Layout,
    Page,
    Rect,
    Rule,
    Sample,
    Text,
)
from forms.kit.qr import modules
from forms.kit.wording import MM

CELL_LINE = 0.4
"""Thickness of the lines around cells, in points."""
CROSS = "X"
_SAMPLE_SIZE = 9.5
_WARN_LINE, _WARN_FILL, _WARN_BADGE = "#C27803", "#FCF1DA", "#855000"


@dataclass(frozen=True)
class Sheet:
    """One filled form to draw: its paper, the values as on paper, and what to mark."""

    layout: Layout
    boxes: Mapping[str, str]
    problems: Sequence[Problem] = ()


def draw(sheets: Iterable[Sheet], title: str) -> bytes:
    """A PDF of all sheets, one after another. The same input gives the same bytes.

    A value that does not fit its box is not drawn at all: half a name on an official paper is
    worse than an empty row.
    """
    buffer = io.BytesIO()
    canvas = _canvas(buffer)
    canvas.setTitle(title)
    canvas.setCreator("Единое окно")
    backgrounds: dict[int, str] = {}
    for sheet in sheets:
        for page in sheet.layout.pages:
            if page.optional and not any(sheet.boxes.get(box.id) for box in page.boxes):
                continue
            name = backgrounds.get(id(page))
            if name is None:
                name = backgrounds[id(page)] = f"page{len(backgrounds)}"
                canvas.beginForm(name)
                _print_page(canvas, page)
                canvas.endForm()
            marked = [problem for problem in sheet.problems if problem.page == page.number]
            _tint(canvas, page, marked)
            canvas.doForm(name)
            _fill_page(canvas, page, sheet.boxes)
            _number(canvas, marked)
            canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _canvas(buffer: io.BytesIO) -> Any:
    from reportlab import rl_config  # noqa: PLC0415  # loading it is for the first print only
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    rl_config.useA85 = 0  # streams as bytes, not as letters: a fifth smaller and faster
    return Canvas(
        buffer,
        pagesize=(PAGE_WIDTH * MM, PAGE_HEIGHT * MM),
        invariant=1,
        pageCompression=1,
        initialFontName=font_name("mono"),
        lang="ru-RU",
    )


@cache
def _color(web: str) -> Any:
    from reportlab.lib.colors import HexColor  # noqa: PLC0415  # for the first print only

    return HexColor(web)


def _up(y: float) -> float:
    """Millimetres from the top → points from the bottom."""
    return (PAGE_HEIGHT - y) * MM


# -- what is printed on the form ---------------------------------------------------------------


def _print_page(canvas: Any, page: Page) -> None:
    canvas.setStrokeColor(_color("#000000"))  # not whatever the page drew before
    canvas.setFillColor(_color("#000000"))
    canvas.setLineWidth(CELL_LINE)
    _cell_grid(canvas, page)
    for item in page.prints:
        if isinstance(item, Text):
            _text(canvas, item)
        elif isinstance(item, Rule):
            _rule(canvas, item)
        elif isinstance(item, Area):
            _area(canvas, item)
    for box in page.boxes:
        if box.kind == "line" and box.underline:
            base = _up(box.rect.y + box.rect.h)
            canvas.setLineWidth(CELL_LINE)
            canvas.setStrokeColor(_color("#000000"))
            canvas.line(box.rect.x * MM, base, (box.rect.x + box.rect.w) * MM, base)


def _cell_grid(canvas: Any, page: Page) -> None:
    canvas.addLiteral(_grid(page))
    for item in page.prints:
        if isinstance(item, Sample):
            text = canvas.beginText()
            text.setFont(font_name("mono-bold"), _SAMPLE_SIZE)
            _letters(text, item.row, item.text, "mono-bold", _SAMPLE_SIZE)
            text.setCharSpace(0)  # it would outlive the text object
            canvas.drawText(text)


@cache  # a page of the notice has 1 200 cells; writing their numbers takes longer than all the rest
def _grid(page: Page) -> str:
    """All cells of the page as one path: separate cells are rectangles, touching ones a frame and
    partitions."""
    rows = [row for box in page.boxes for row in box.rows]
    rows += [item.row for item in page.prints if isinstance(item, Sample)]
    squares = [option.rect for box in page.boxes for option in box.options]
    rows += [CellRow(square.x, square.y, 1, square.w + 1, square.w, square.h) for square in squares]
    path: list[str] = []
    for row in rows:
        bottom, height = _up(row.y + row.h), row.h * MM
        apart = row.pitch - row.w > 0.05
        for index in range(row.count if apart else 1):
            x = (row.x + index * row.pitch) * MM
            w = (row.w if apart else row.count * row.pitch) * MM
            path.append(f"{x:.2f} {bottom:.2f} {w:.2f} {height:.2f} re")
        for index in range(1, 1 if apart else row.count):
            x = (row.x + index * row.pitch) * MM
            path.append(f"{x:.2f} {bottom:.2f} m {x:.2f} {bottom + height:.2f} l")
    return "\n".join([*path, "S"]) if path else ""


def _text(canvas: Any, item: Text) -> None:
    canvas.setFillColor(_color(item.color))
    text = canvas.beginText()
    text.setFont(font_name(item.face), item.size)
    for index, words in enumerate(item.text.split("\n")):
        shown = drawable(words, item.face)
        spare = item.w * MM - width(shown, item.face, item.size) if item.w else 0.0
        shift = {"center": 0.5, "right": 1.0}.get(item.align, 0.0) * spare
        text.setTextOrigin(item.x * MM + shift, _up(item.y) - index * item.leading)
        text.textOut(shown)
    canvas.drawText(text)


def _rule(canvas: Any, item: Rule) -> None:
    canvas.setStrokeColor(_color(item.color))
    canvas.setLineWidth(item.width * MM)
    canvas.setDash([length * MM for length in item.dash])
    canvas.line(item.x1 * MM, _up(item.y1), item.x2 * MM, _up(item.y2))
    canvas.setDash([])


def _area(canvas: Any, item: Area) -> None:
    rect = item.rect
    if item.fill:
        canvas.setFillColor(_color(item.fill))
    if item.stroke:
        canvas.setStrokeColor(_color(item.stroke))
        canvas.setLineWidth(item.width * MM)
    canvas.roundRect(
        rect.x * MM,
        _up(rect.y + rect.h),
        rect.w * MM,
        rect.h * MM,
        item.radius * MM,
        stroke=int(bool(item.stroke)),
        fill=int(bool(item.fill)),
    )


# -- what people fill ----------------------------------------------------------------------------


def _fill_page(canvas: Any, page: Page, boxes: Mapping[str, str]) -> None:
    text = canvas.beginText()
    style = ("", 0.0, "")
    for box in page.boxes:
        value = boxes.get(box.id, "")
        if not value or not fits(box, value):
            continue
        if box.kind == "qr":
            _qr(canvas, box.rect, value)
            continue
        wanted = (box.face, box.size, box.color)
        if wanted != style:
            text.setFont(font_name(box.face), box.size)
            if box.color != style[2]:
                text.setFillColor(_color(box.color))
            style = wanted
        if box.kind in ("line", "prose"):
            _words(text, box, value)
            style = ("", 0.0, box.color)
        else:
            _in_cells(text, box, value)
    text.setCharSpace(0)
    canvas.drawText(text)


def _in_cells(text: Any, box: Box, value: str) -> None:
    if box.kind == "choice":
        square = next((o.rect for o in box.options if o.value == value), None)
        if square is not None:
            row = CellRow(square.x, square.y, 1, 0.0, square.w, square.h)
            _letters(text, row, CROSS, box.face, box.size)
        return
    if box.kind == "date":
        if parse_date(value) is None:
            return
        parts = value.split(".")
    else:
        parts = wording.cells(value, box) or []
    for row, part in zip(box.rows, parts, strict=False):
        if part:
            _letters(text, row, part, box.face, box.size)


def _letters(text: Any, row: CellRow, letters: str, face: str, size: float) -> None:
    advance = glyph_width(face) * size
    text.setTextOrigin(
        row.x * MM + (row.w * MM - advance) / 2,
        _up(row.y + row.h) + (row.h * MM - CAP_HEIGHT[face] * size) / 2,
    )
    text.setCharSpace(row.pitch * MM - advance)
    # reading programs would see a space after each spread letter: tell them the word
    spoken = letters.encode("utf-16-be").hex()
    text._code.append(f"/Span<</ActualText<feff{spoken}>>>BDC")  # noqa: SLF001
    text.textOut(drawable(letters, face))
    text._code.append("EMC")  # noqa: SLF001


def _words(text: Any, box: Box, value: str) -> None:
    text.setCharSpace(0)
    rect = box.rect
    if box.kind == "line":
        size = wording.line(value, box) or box.size
        shown = drawable(value, box.face)
        spare = rect.w * MM - width(shown, box.face, size)
        shift = {"center": 0.5, "right": 1.0}.get(box.align, 0.0) * spare
        text.setFont(font_name(box.face), size)
        text.setTextOrigin(rect.x * MM + shift, _up(rect.y + rect.h) + box.size * 0.27)
        text.textOut(shown)
        return
    fitted = wording.prose(value, box)
    if fitted is None:
        return
    size, lines = fitted
    for row in lines:
        for run in row.runs:
            text.setFont(font_name(run.face), size)
            text.setTextOrigin(rect.x * MM + run.x, _up(rect.y) - row.top)
            text.textOut(run.text)


def _qr(canvas: Any, rect: Rect, value: str) -> None:
    """Dark modules as one path, neighbours in a row joined."""
    grid = modules(value)
    step = min(rect.w, rect.h) * MM / len(grid)
    left, top = rect.x * MM, _up(rect.y)
    path = canvas.beginPath()
    for number, row in enumerate(grid):
        start = None
        for column, dark in enumerate([*row, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                y = top - (number + 1) * step
                path.rect(left + start * step, y, (column - start) * step, step)
                start = None
    canvas.setFillColor(_color("#000000"))
    canvas.drawPath(path, stroke=0, fill=1)


# -- problems, numbered --------------------------------------------------------------------------


def _tint(canvas: Any, page: Page, problems: Sequence[Problem]) -> None:
    """Amber behind the boxes with problems, under what is printed."""
    names = {problem.box for problem in problems}
    if not names:
        return
    canvas.setStrokeColor(_color(_WARN_LINE))
    canvas.setFillColor(_color(_WARN_FILL))
    canvas.setLineWidth(1.1)
    for box in page.boxes:
        if box.id not in names:
            continue
        for rect in box.parts:
            bottom = _up(rect.y + rect.h + 0.7)
            width_pt, height_pt = (rect.w + 1.4) * MM, (rect.h + 1.4) * MM
            left = (rect.x - 0.7) * MM
            canvas.roundRect(left, bottom, width_pt, height_pt, 1.2 * MM, stroke=1, fill=1)


def _number(canvas: Any, problems: Sequence[Problem]) -> None:
    """The number of each problem at the upper right corner of its box."""
    if not problems:
        return
    canvas.setFont(font_name("sans-bold"), 7.5)
    for problem in problems:
        rect = Rect(*problem.rect_mm)
        x, y = min(rect.x + rect.w + 0.9, PAGE_WIDTH - 4) * MM, _up(rect.y - 0.4)
        canvas.setFillColor(_color(_WARN_BADGE))
        canvas.circle(x, y, 2.1 * MM, stroke=0, fill=1)
        canvas.setFillColor(_color("#FFFFFF"))
        canvas.drawCentredString(x, y - 2.6, str(problem.number))
