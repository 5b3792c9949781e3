"""The count of days: what was counted, what was skipped, which day is the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.design.theme import color
from ui.widgets.layout import WidthAware
from ui.widgets.painting import draw_text, fill_box

CELL_WIDTH, CELL_HEIGHT, GAP = 62, 44, 4


@dataclass(frozen=True)
class DayCell:
    """``kind``: event, counted, skipped, last, or more (a gap «… 12 дней»)."""

    top: str
    bottom: str
    kind: str = "counted"


class DayStrip(WidthAware, QWidget):
    """Cells of 62 × 44 px that wrap to further lines when the place is narrow."""

    def __init__(
        self, days: Sequence[DayCell | tuple[str, str, str]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_days(days)

    def set_days(self, days: Sequence[DayCell | tuple[str, str, str]]) -> None:
        """Show other days: :class:`DayCell` or (top, bottom, kind)."""
        self._days = tuple(d if isinstance(d, DayCell) else DayCell(*d) for d in days)
        self.setAccessibleName(", ".join(f"{day.top}: {day.bottom}" for day in self._days))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lines = -(-len(self._days) // self._per_line(width)) or 1
        return lines * (CELL_HEIGHT + GAP) - GAP

    def sizeHint(self) -> QSize:
        wide = len(self._days) * (CELL_WIDTH + GAP) - GAP
        tall = self.heightForWidth(self.width()) if self._laid_out else CELL_HEIGHT
        return QSize(max(wide, CELL_WIDTH), tall)

    def minimumSizeHint(self) -> QSize:
        return QSize(CELL_WIDTH, CELL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        per_line = self._per_line(self.width())
        for number, day in enumerate(self._days):
            line, place = divmod(number, per_line)
            x, y = place * (CELL_WIDTH + GAP), line * (CELL_HEIGHT + GAP)
            self._paint_day(painter, QRectF(x, y, CELL_WIDTH, CELL_HEIGHT), day)

    def _per_line(self, width: int) -> int:
        return max(1, (width + GAP) // (CELL_WIDTH + GAP))

    def _paint_day(self, painter: QPainter, box: QRectF, day: DayCell) -> None:
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
