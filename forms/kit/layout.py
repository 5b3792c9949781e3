"""A form's paper as data: pages, what is printed on them, and the boxes people fill.

All lengths in a layout file are millimetres from the top left corner of an A4 sheet; font sizes
are points. A page lists its ``items`` in reading order:

- ``{ text = "…", x|col, y, size, face, align, w, leading }``: printed words, ``y`` is the baseline;
- ``{ rule = [x1, y1, x2, y2], width, dash, color }``: a line;
- ``{ area = [x, y, w, h], fill, stroke, width, radius }``: a rectangle;
- ``{ sample = "АБВ…", x|col, y }``: letters printed in cells;
- ``{ box = "id", kind = "…", label = "…", … }``: something to fill, see :class:`Box`.

A page with ``cells = { left, pitch, w, h }`` has a grid: ``col = 3`` means the fourth column.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

PAGE_WIDTH = 210.0
PAGE_HEIGHT = 297.0

Kind = Literal["cells", "date", "choice", "line", "prose", "qr"]
Letters = Literal["any", "russian", "latin", "digits"]
Align = Literal["left", "center", "right", "justify"]


@dataclass(frozen=True)
class Rect:
    """A rectangle in millimetres from the top left corner of the page."""

    x: float
    y: float
    w: float
    h: float

    def as_tuple(self) -> tuple[float, float, float, float]:
        """``(x, y, w, h)``."""
        return (self.x, self.y, self.w, self.h)


@dataclass(frozen=True)
class CellRow:
    """Cells side by side."""

    x: float
    y: float
    count: int
    pitch: float
    w: float
    h: float


@dataclass(frozen=True)
class Option:
    """One square of a choice: ``value`` in the box puts a cross here."""

    value: str
    label: str
    rect: Rect


@dataclass(frozen=True)
class Text:
    """Printed words; several lines are separated by a line feed."""

    x: float
    y: float
    text: str
    size: float
    face: str
    align: Align
    w: float
    leading: float
    color: str


@dataclass(frozen=True)
class Rule:
    """A printed line."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    dash: tuple[float, ...]
    color: str


@dataclass(frozen=True)
class Area:
    """A printed rectangle."""

    rect: Rect
    fill: str
    stroke: str
    width: float
    radius: float


@dataclass(frozen=True)
class Sample:
    """Letters printed in cells."""

    row: CellRow
    text: str


@dataclass(frozen=True)
class Box:
    """A place to fill.

    Kinds: ``cells`` – a letter a cell, over one or several rows; ``date`` – cells for day, month
    and year, the value is ``дд.мм.гггг``; ``choice`` – squares, the value is that of one option;
    ``line`` – words on a line; ``prose`` – wrapped words in a rectangle; ``qr`` – a barcode of the
    value.
    """

    id: str
    label: str
    kind: Kind
    page: int
    rect: Rect
    rows: tuple[CellRow, ...] = ()
    options: tuple[Option, ...] = ()
    source: str | None = None
    """``kind.field`` of the record that fills it."""
    required: bool = False
    required_when: str = ""
    """``box`` – required if that box is filled; ``box=a|b`` – if it holds one of the values."""
    upper: bool = False
    letters: Letters = "any"
    exact: int = 0
    """How many letters the value must have; 0 = any number that fits."""
    pattern: str = ""
    """A regular expression that the whole value must match."""
    pattern_help: str = ""
    """What to say if it does not, in Russian."""
    inn: bool = False
    """Whether the value is an ИНН with check digits."""
    breaks: bool = True
    """Whether words move whole to the next row of cells."""
    face: str = "mono"
    size: float = 10.0
    align: Align = "left"
    leading: float = 0.0
    shrink: float = 1.0
    """Down to which part of ``size`` words may be set smaller to fit; 1 = not at all."""
    color: str = "#000000"
    underline: bool = True
    copy_of: str = ""
    """The box whose value is repeated here, as on a tear-off slip."""

    @property
    def parts(self) -> tuple[Rect, ...]:
        """The rectangles of the box, one a printed row."""
        found: dict[float, list[Rect]] = {}
        for part in _part_rects(self.rows, self.options) or [self.rect]:
            found.setdefault(part.y, []).append(part)
        return tuple(_union(parts) for parts in found.values())

    @property
    def capacity(self) -> int:
        """How many letters fit, for cells and dates."""
        return sum(row.count for row in self.rows)


@dataclass(frozen=True)
class Page:
    """One side of a sheet."""

    number: int
    optional: bool
    """Printed only if something on it is filled."""
    prints: tuple[Text | Rule | Area | Sample, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Layout:
    """All pages of one edition of a form."""

    pages: tuple[Page, ...]

    @property
    def boxes(self) -> dict[str, Box]:
        """Boxes by id, in reading order."""
        return {box.id: box for page in self.pages for box in page.boxes}


class BrokenLayout(ValueError):
    """A layout file that does not describe a paper: a mistake in the program's own files."""


def read_layout(path: Path) -> Layout:
    """Read a layout file. Raises :class:`BrokenLayout` naming the item."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    defaults = content.get("defaults", {})
    pages = tuple(
        _page(number, raw, defaults) for number, raw in enumerate(content["pages"], start=1)
    )
    layout = Layout(pages)
    ids = [box.id for page in pages for box in page.boxes]
    if len(ids) != len(set(ids)):
        twice = next(box for box in ids if ids.count(box) > 1)
        raise BrokenLayout(f"{path.name}: box {twice!r} is there twice")
    for box in layout.boxes.values():
        for other in (box.required_when.partition("=")[0], box.copy_of):
            if other and other not in layout.boxes:
                raise BrokenLayout(f"{path.name}: {box.id!r} depends on unknown box {other!r}")
    return layout


def _page(number: int, raw: Mapping[str, Any], defaults: Mapping[str, Any]) -> Page:
    grid = raw.get("cells", {})
    prints: list[Text | Rule | Area | Sample] = []
    boxes: list[Box] = []
    for item in raw["items"]:
        try:
            made = _item(number, item, grid, defaults)
        except (KeyError, TypeError) as error:
            raise BrokenLayout(f"page {number}, {item}: {error}") from error
        if isinstance(made, Box):
            boxes.append(made)
        else:
            prints.append(made)
    return Page(number, bool(raw.get("optional", False)), tuple(prints), tuple(boxes))


def _item(
    number: int, item: Mapping[str, Any], grid: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Text | Rule | Area | Sample | Box:
    if "box" in item:
        return _box(number, item, grid, {**defaults.get("box", {}), **item})
    if "text" in item:
        style = {**defaults.get("text", {}), **item}
        size = float(style.get("size", 9))
        return Text(
            x=_x(item, grid),
            y=float(item["y"]),
            text=item["text"],
            size=size,
            face=style.get("face", "serif"),
            align=style.get("align", "left"),
            w=float(style.get("w", 0)),
            leading=float(style.get("leading", size * 1.15)),
            color=style.get("color", "#000000"),
        )
    if "rule" in item:
        x1, y1, x2, y2 = (float(value) for value in item["rule"])
        dash = tuple(float(value) for value in item.get("dash", ()))
        color = item.get("color", "#000000")
        return Rule(x1, y1, x2, y2, float(item.get("width", 0.2)), dash, color)
    if "area" in item:
        return Area(
            _rect(item["area"]),
            fill=item.get("fill", ""),
            stroke=item.get("stroke", ""),
            width=float(item.get("width", 0.2)),
            radius=float(item.get("radius", 0)),
        )
    if "sample" in item:
        return Sample(_row(item, grid, len(item["sample"])), item["sample"])
    raise KeyError("neither text, rule, area, sample nor box")


def _box(
    number: int, item: Mapping[str, Any], grid: Mapping[str, Any], style: Mapping[str, Any]
) -> Box:
    kind = cast("Kind", item["kind"])
    rows: tuple[CellRow, ...] = ()
    options: tuple[Option, ...] = ()
    if kind == "cells":
        lines = item.get("rows", [item])
        rows = tuple(_row(line, grid, int(line["count"])) for line in lines)
    elif kind == "date":
        rows = tuple(
            _row({**item, "col": item["col"] + step}, grid, count)
            for step, count in zip(item.get("steps", (0, 3, 6)), (2, 2, 4), strict=True)
        )
    elif kind == "choice":
        options = tuple(
            Option(
                option["value"],
                option["label"],
                Rect(_x(option, grid), float(option["y"]), *_square(option, grid)),
            )
            for option in item["options"]
        )
    elif kind not in ("line", "prose", "qr"):
        raise KeyError(f"unknown kind {kind!r}")
    size = float(style.get("size", 10.0))
    return Box(
        id=item["box"],
        label=item["label"],
        kind=kind,
        page=number,
        rect=_around(item, rows, options),
        rows=rows,
        options=options,
        source=item.get("source"),
        required=bool(item.get("required", False)),
        required_when=item.get("required_when", ""),
        upper=bool(style.get("upper", False)),
        letters=style.get("letters", "any"),
        exact=int(item.get("exact", 0)),
        pattern=item.get("pattern", ""),
        pattern_help=item.get("pattern_help", ""),
        inn=bool(item.get("inn", False)),
        breaks=bool(style.get("breaks", True)),
        face=style.get("face", "mono"),
        size=size,
        align=style.get("align", "left"),
        leading=float(style.get("leading", size * 1.25)),
        shrink=float(style.get("shrink", 1.0)),
        color=style.get("color", "#000000"),
        underline=bool(style.get("underline", True)),
        copy_of=item.get("copy_of", ""),
    )


def _row(item: Mapping[str, Any], grid: Mapping[str, Any], count: int) -> CellRow:
    return CellRow(
        x=_x(item, grid),
        y=float(item["y"]),
        count=count,
        pitch=float(item.get("pitch", grid["pitch"])),
        w=float(item.get("cell", grid["w"])),
        h=float(item.get("h", grid["h"])),
    )


def _square(option: Mapping[str, Any], grid: Mapping[str, Any]) -> tuple[float, float]:
    side = option.get("side")
    return (float(side), float(side)) if side else (float(grid["w"]), float(grid["h"]))


def _x(item: Mapping[str, Any], grid: Mapping[str, Any]) -> float:
    if "x" in item:
        return float(item["x"])
    return float(grid["left"]) + float(item["col"]) * float(grid["pitch"])


def _rect(values: list[float]) -> Rect:
    x, y, w, h = (float(value) for value in values)
    return Rect(x, y, w, h)


def _around(
    item: Mapping[str, Any], rows: tuple[CellRow, ...], options: tuple[Option, ...]
) -> Rect:
    """The rectangle around everything of a box, for showing where it is."""
    parts = _part_rects(rows, options)
    return _union(parts) if parts else _rect(item["rect"])


def _part_rects(rows: tuple[CellRow, ...], options: tuple[Option, ...]) -> list[Rect]:
    cells = [Rect(r.x, r.y, (r.count - 1) * r.pitch + r.w, r.h) for r in rows]
    return cells + [option.rect for option in options]


def _union(parts: list[Rect]) -> Rect:
    left, top = min(part.x for part in parts), min(part.y for part in parts)
    right = max(part.x + part.w for part in parts)
    bottom = max(part.y + part.h for part in parts)
    return Rect(round(left, 2), round(top, 2), round(right - left, 2), round(bottom - top, 2))
