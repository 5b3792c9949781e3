"""Months of a patent: paid, due, gap, ahead; a mark for today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets.painting import draw_text, fill_box

GAP, BOX_TOP, BOX_HEIGHT = 4, 18, 28


@dataclass(frozen=True)
class Month:
    """``kind``: paid, due, gap or future. ``text`` stands in the box, ``caption`` below."""

    title: str
    kind: str
    text: str = ""
    caption: str = ""
    tip: str = ""


_SPOKEN = {"paid": "оплачено", "due": "пора оплатить", "gap": "не оплачено", "future": "впереди"}


class CoverageStrip(QWidget):
    """One box a patent month. ``today``: (index of the month, share of it that has passed)."""

    def __init__(
        self,
        months: Sequence[Month] = (),
        today: tuple[int, float] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_months(months, today)

    def set_months(self, months: Sequence[Month], today: tuple[int, float] | None = None) -> None:
        """Show other months."""
        self._months, self._today = tuple(months), today
        self.setAccessibleName(
            "; ".join(f"{month.title}: {t(_SPOKEN[month.kind])}" for month in self._months)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        captions = any(month.caption for month in self._months)
        return QSize(max(1, len(self._months)) * 68, BOX_TOP + BOX_HEIGHT + (18 if captions else 3))

    def minimumSizeHint(self) -> QSize:
        return QSize(max(1, len(self._months)) * 44, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            for number, month in enumerate(self._months):
                if self._box(number).contains(event.pos()):
                    said = month.tip or f"{month.title}: {t(_SPOKEN[month.kind])}"
                    QToolTip.showText(event.globalPos(), said, self)
                    return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        centre = Qt.AlignmentFlag.AlignHCenter
        for number, month in enumerate(self._months):
            box = self._box(number)
            now = self._today is not None and self._today[0] == number
            above = QRectF(box.left(), 0, box.width(), 16)
            style, ink = ("smallStrong", "text") if now else ("secondary", "text2")
            draw_text(painter, above, month.title, style, ink, centre)
            self._paint_month(painter, box, month)
            if month.caption:
                below = QRectF(box.left() - 4, box.bottom() + 1, box.width() + 8, 16)
                draw_text(painter, below, month.caption, "scale", "text3", centre)
        if self._today is not None and self._today[0] < len(self._months):
            box = self._box(self._today[0])
            x = box.left() + box.width() * self._today[1]
            fill_box(painter, QRectF(x - 1, box.top() - 3, 2, BOX_HEIGHT + 6), 1, color("text"))

    def _box(self, number: int) -> QRectF:
        count = max(1, len(self._months))
        wide = (self.width() - GAP * (count - 1)) / count
        left = round(number * (wide + GAP))
        right = round(number * (wide + GAP) + wide)
        return QRectF(left, BOX_TOP, right - left, BOX_HEIGHT)

    def _paint_month(self, painter: QPainter, box: QRectF, month: Month) -> None:
        ink = "text3"
        if month.kind == "paid":
            fill_box(painter, box, 4, color("okTint"), color("okLine"))
            if not month.text:
                paint_icon(painter, "check", box.center().x() - 8, box.center().y() - 8, "ok")
            ink = "ok"
        elif month.kind == "due":
            fill_box(painter, box, 4, color("warnTint"), color("warnFill"))
            ink = "warn"
        elif month.kind == "gap":
            fill_box(painter, box, 4, color("badTint"))
            self._hatch(painter, box)
            fill_box(painter, box, 4, None, color("badFill"))
            ink = "bad"
        else:
            fill_box(painter, box, 4, color("canvas"), color("hair"))
        if month.text:
            centre = Qt.AlignmentFlag.AlignHCenter
            draw_text(painter, box.adjusted(2, 0, -2, -0.5), month.text, "pill", ink, centre)

    def _hatch(self, painter: QPainter, box: QRectF) -> None:
        # Qt's own BDiagPattern is finer than the drawing and does not scale with the screen.
        painter.save()
        clip = QPainterPath()
        clip.addRoundedRect(box, 4, 4)
        painter.setClipPath(clip)
        painter.setPen(QPen(color("badLine"), 1))
        step, tall = 8.5, box.height()
        x = box.left() - tall
        lines = []
        while x < box.right():
            lines.append(QLineF(x, box.bottom(), x + tall, box.top()))
            x += step
        painter.drawLines(lines)
        painter.restore()
