"""Fitting words into rows of cells and into rectangles. Nothing is ever cut: what does not fit
is reported by returning ``None``.
"""

from __future__ import annotations

from dataclasses import dataclass

from forms.kit.fonts import drawable, width
from forms.kit.layout import Box

MM = 72 / 25.4
"""Points in a millimetre."""


def cells(value: str, box: Box) -> list[str] | None:
    """The letters of each row of cells, or ``None`` if there are more letters than cells.

    Words move whole to the next row while that fits; otherwise they run on from cell to cell.
    """
    counts = [row.count for row in box.rows]
    if len(value) <= counts[0]:
        return [value]
    if len(counts) == 1:
        return None
    whole = _whole_words(value, counts) if box.breaks else None
    return whole if whole is not None else _running(value, counts)


def _whole_words(value: str, counts: list[int]) -> list[str] | None:
    lines: list[str] = [""]
    for word in value.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if len(joined) <= counts[len(lines) - 1]:
            lines[-1] = joined
            continue
        if len(lines) == len(counts) or len(word) > counts[len(lines)]:
            return None
        lines.append(word)
    return lines


def _running(value: str, counts: list[int]) -> list[str] | None:
    if len(value) > sum(counts):
        return None
    lines = []
    for count in counts:
        lines.append(value[:count])
        value = value[count:]
    return [line for line in lines if line]


@dataclass(frozen=True)
class Run:
    """Words of one face, ``x`` points from the left edge of the rectangle."""

    x: float
    text: str
    face: str


@dataclass(frozen=True)
class Line:
    """A typeset line: ``top`` is how far its baseline lies under the top edge, in points."""

    top: float
    runs: tuple[Run, ...]


def line(value: str, box: Box) -> float | None:
    """The font size at which the words fit on the line of ``box``, or ``None``."""
    needed = width(drawable(value, box.face), box.face, box.size)
    room = box.rect.w * MM
    if needed <= room:
        return box.size
    size = box.size * room / needed
    return size if size >= box.size * box.shrink else None


def prose(value: str, box: Box) -> tuple[float, list[Line]] | None:
    """Wrapped lines and the font size, or ``None`` if the words do not fit the rectangle.

    A line feed starts a paragraph, an empty line leaves half a line, ``**bold**`` is set bold.
    """
    size = box.size
    while size >= box.size * box.shrink - 1e-6:
        lines = _paragraphs(value, box, size)
        if lines is not None:
            return size, lines
        size -= 0.25
    return None


def _paragraphs(value: str, box: Box, size: float) -> list[Line] | None:
    leading = box.leading * size / box.size
    lines: list[Line] = []
    top = size * 0.8
    for paragraph in value.split("\n"):
        if not paragraph.strip():
            top += leading / 2
            continue
        wrapped = _wrap(paragraph, box, size)
        if wrapped is None:
            return None
        for runs in wrapped:
            lines.append(Line(top, runs))
            top += leading
    bottom = lines[-1].top + size * 0.25 if lines else 0
    return lines if bottom <= box.rect.h * MM + 1e-6 else None


@dataclass(frozen=True)
class _Word:
    text: str
    face: str
    width: float
    glued: bool
    """Follows the word before without a space: the face changes inside a word."""


def _words(paragraph: str, box: Box, size: float) -> list[_Word]:
    found: list[_Word] = []
    after_space = True
    for index, part in enumerate(paragraph.split("**")):
        style = _bold(box.face) if index % 2 else box.face
        for number, piece in enumerate(drawable(part, style).split(" ")):
            after_space = after_space or number > 0
            if piece:
                found.append(_Word(piece, style, width(piece, style, size), not after_space))
                after_space = False
    return found


def _bold(name: str) -> str:
    return name if name.endswith("-bold") else f"{name.partition('-')[0]}-bold"


def _wrap(paragraph: str, box: Box, size: float) -> list[tuple[Run, ...]] | None:
    room = box.rect.w * MM
    space = width(" ", box.face, size)
    rows: list[list[_Word]] = [[]]
    used = 0.0
    for word in _words(paragraph, box, size):
        if word.width > room:
            return None
        gap = 0.0 if word.glued or not rows[-1] else space
        if used + gap + word.width > room and not word.glued:
            rows.append([])
            used, gap = 0.0, 0.0
        rows[-1].append(word)
        used += gap + word.width
    last = len(rows) - 1
    return [_place(row, box, space, last=index == last) for index, row in enumerate(rows)]


def _place(row: list[_Word], box: Box, space: float, *, last: bool) -> tuple[Run, ...]:
    spare = box.rect.w * MM - sum(word.width for word in row)
    gaps = sum(1 for word in row[1:] if not word.glued)
    justified = box.align == "justify" and not last and gaps > 0
    gap = spare / gaps if justified else space
    x = {"center": 0.5, "right": 1.0}.get(box.align, 0.0) * (spare - gap * gaps)
    runs: list[Run] = []
    for index, word in enumerate(row):
        if index and not word.glued:
            x += gap
        if runs and runs[-1].face == word.face and not justified:
            before = runs.pop()
            joined = before.text + ("" if word.glued else " ") + word.text
            runs.append(Run(before.x, joined, word.face))
        else:
            runs.append(Run(x, word.text, word.face))
        x += word.width
    return tuple(runs)
