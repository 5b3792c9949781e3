"""The count of days: what was counted, what was skipped, which day is the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.design.text import counted
from ui.design.theme import color
from ui.widgets.painting import draw_text, fill_box, text_width

CELL_WIDTH, CELL_HEIGHT, GAP = 62, 44, 4
MOST = 9
"""A longer count is folded even where it would fit: nobody reads thirty cells."""


@dataclass(frozen=True)
class DayCell:
    """``kind``: event, counted, skipped, last, or more (a gap «… 12 дней»)."""

    top: str
    bottom: str
    kind: str = "counted"


class DayStrip(QWidget):
    """Cells of 44 px in one row. What does not fit is folded in the middle: «… 12 дней».

    With ``rows`` a long count goes on in the next line instead, up to that many of them.
    """

    def __init__(
        self,
        days: Sequence[DayCell | tuple[str, str, str]] = (),
        parent: QWidget | None = None,
        *,
        rows: int = 1,
    ) -> None:
        super().__init__(parent)
        self._rows = rows
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(rows > 1)
        self.setSizePolicy(policy)
        self.set_days(days)

    def set_days(self, days: Sequence[DayCell | tuple[str, str, str]]) -> None:
        """Show other days: :class:`DayCell` or (top, bottom, kind)."""
        self._days = tuple(d if isinstance(d, DayCell) else DayCell(*d) for d in days)
        self._lines: dict[int, list[list[DayCell]]] = {}
        said = _folded(self._days, MOST)
        self.setAccessibleName(", ".join(f"{day.top}: {day.bottom}" for day in said))
        self.updateGeometry()
        self.update()

    def shown_in(self, width: int) -> list[DayCell]:
        """The cells that stand in a place of this width."""
        for most in range(MOST, 1, -1):
            cells = _folded(self._days, most)
            # A count that has a gap already is not folded again: its days are not all here.
            if _row_width(cells) <= width and (len(cells) == len(self._days) or not self._gap()):
                return cells
        return list(self._days[-1:])

    def lines_in(self, width: int) -> list[list[DayCell]]:
        """The cells as they stand in a place of this width, line by line."""
        if self._rows == 1:
            return [self.shown_in(width)]
        if width not in self._lines:  # a layout asks for the same width again and again
            a_line = max(2, (width + GAP) // (CELL_WIDTH + GAP))
            cells = _folded(self._days, a_line * self._rows)
            self._lines = {width: _in_lines(cells, width)}
        return self._lines[width]

    def hasHeightForWidth(self) -> bool:
        return self._rows > 1

    def heightForWidth(self, width: int) -> int:
        count = len(self.lines_in(width))
        return count * CELL_HEIGHT + (count - 1) * GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._rows > 1 and event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _gap(self) -> bool:
        return any(day.kind == "more" for day in self._days)

    def sizeHint(self) -> QSize:
        if self._rows > 1:
            return QSize(CELL_WIDTH, self.heightForWidth(max(self.width(), 2 * CELL_WIDTH)))
        return QSize(max(_row_width(_folded(self._days, MOST)), CELL_WIDTH), CELL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(_row_width(self._days[-1:]) if self._days else CELL_WIDTH, CELL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number, days in enumerate(self.lines_in(self.width())):
            x, y = 0, number * (CELL_HEIGHT + GAP)
            for day in days:
                wide = _cell_width(day)
                _paint_day(painter, QRectF(x, y, wide, CELL_HEIGHT), day)
                x += wide + GAP


def _folded(days: Sequence[DayCell], most: int) -> list[DayCell]:
    if len(days) <= most:
        return list(days)
    tail = most // 2
    head = most - 1 - tail
    hidden = counted(len(days) - head - tail, "день", "дня", "дней")
    return [*days[:head], DayCell("…", hidden, "more"), *days[len(days) - tail :]]


def _cell_width(day: DayCell) -> int:
    """62 px, or what «15-й, срок» takes: the last day's words are never cut."""
    return max(CELL_WIDTH, ceil(text_width(day.bottom, "scale")) + 10)


def _row_width(cells: Sequence[DayCell]) -> int:
    return sum(_cell_width(day) + GAP for day in cells) - GAP


def _in_lines(cells: Sequence[DayCell], width: int) -> list[list[DayCell]]:
    lines: list[list[DayCell]] = []
    taken = width + 1
    for cell in cells:
        wide = _cell_width(cell)
        if taken + GAP + wide > width:
            lines.append([])
            taken = -GAP
        lines[-1].append(cell)
        taken += GAP + wide
    return lines


def _paint_day(painter: QPainter, box: QRectF, day: DayCell) -> None:
    top, bottom, style = "text", "text3", "secondary"
    if day.kind == "counted":
        fill_box(painter, box, 6, color("accentTint"), color("accentLine"))
        top = bottom = "accentText"
        style = "smallStrong"
    elif day.kind == "last":
        fill_box(painter, box, 6, color("accent"))
        top = bottom = "onAccent"
        style = "smallStrong"
    elif day.kind in ("skipped", "more"):
        fill_box(painter, box, 6, color("subtle"))
        painter.setPen(QPen(color("control"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5.5, 5.5)
        top = "text3"
    else:
        fill_box(painter, box, 6, color("surface"), color("hair"))
    centre = Qt.AlignmentFlag.AlignHCenter
    above = QRectF(box.left() + 2, box.top() + 7, box.width() - 4, 16)
    below = QRectF(box.left() + 2, box.top() + 23, box.width() - 4, 14)
    draw_text(painter, above, day.top, style, top, centre)
    draw_text(painter, below, day.bottom, "scale", bottom, centre)
