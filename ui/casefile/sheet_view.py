"""The paper in the print dialog: one rendered page with numbered marks over the boxes that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from ui.casefile.rendering import Sheet
from ui.design.text import t
from ui.design.theme import Theme, color

MARGIN = 16
BADGE = 18

_PAPER = Theme("light")  # paper is white in the dark theme too


@dataclass(frozen=True)
class Mark:
    """A box that wants attention. ``rect_mm`` is x, y, width, height from the top left corner."""

    number: int
    page: int
    rect_mm: tuple[float, float, float, float]
    label: str


class Paper(QWidget):
    """Paints the sheet and the marks on it, and says which mark was pressed."""

    mark_pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet: Sheet | None = None
        self._marks: tuple[Mark, ...] = ()
        self._current = 0
        self._dots_per_mm = 2.5
        self.setObjectName("printPaper")
        self.setAccessibleName(t("Лист"))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def sheet(self) -> Sheet | None:
        return self._sheet

    def show_sheet(self, sheet: Sheet | None) -> None:
        self._sheet = sheet
        self._resize()

    def set_scale(self, dots_per_mm: float) -> None:
        """Logical pixels a millimetre of paper."""
        self._dots_per_mm = dots_per_mm
        self._resize()

    def set_marks(self, marks: Sequence[Mark], current: int) -> None:
        self._marks, self._current = tuple(marks), current
        names = ", ".join(f"{mark.number}: {mark.label}" for mark in marks)
        self.setAccessibleDescription(names)
        self.update()

    def set_current(self, number: int) -> None:
        self._current = number
        self.update()

    def mark_rect(self, mark: Mark) -> QRectF:
        """Where the box lies in this widget."""
        x, y, width, height = (side * self._dots_per_mm for side in mark.rect_mm)
        origin = self._page_rect().topLeft()
        return QRectF(origin.x() + x, origin.y() + y, width, height)

    def sizeHint(self) -> QSize:
        if self._sheet is None:
            return QSize(400, 400)
        return QSize(
            round(self._sheet.width_mm * self._dots_per_mm) + 2 * MARGIN,
            round(self._sheet.height_mm * self._dots_per_mm) + 2 * MARGIN,
        )

    def _resize(self) -> None:
        self.setMinimumSize(self.sizeHint() if self._sheet else QSize(0, 0))
        self.updateGeometry()
        self.update()

    def _page_rect(self) -> QRectF:
        if self._sheet is None:
            return QRectF()
        width = self._sheet.width_mm * self._dots_per_mm
        height = self._sheet.height_mm * self._dots_per_mm
        return QRectF(max(MARGIN, round((self.width() - width) / 2)), MARGIN, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("pressed"))
        if self._sheet is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        page = self._page_rect()
        painter.drawImage(page, self._sheet.image)
        painter.setPen(QPen(color("control"), 1))
        painter.drawRect(page.adjusted(-0.5, -0.5, 0.5, 0.5))
        shown = [mark for mark in self._marks if mark.page == self._sheet.page]
        for mark in shown:
            self._tint(painter, mark)
        for mark in shown:
            self._badge(painter, mark)

    def _tint(self, painter: QPainter, mark: Mark) -> None:
        current = mark.number == self._current
        rect = self.mark_rect(mark)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        painter.fillRect(rect, _PAPER.color("accentTint" if current else "warnTint"))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(
            QPen(_PAPER.color("accent" if current else "warnFill"), 2 if current else 1.5)
        )
        painter.drawRect(rect)

    def _badge(self, painter: QPainter, mark: Mark) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = self._badge_rect(mark)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PAPER.color("accent" if mark.number == self._current else "warn"))
        painter.drawEllipse(circle)
        font = QFont(self.font())
        font.setPixelSize(10 if mark.number < 100 else 8)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(_PAPER.color("onAccent"))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(mark.number))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _badge_rect(self, mark: Mark) -> QRectF:
        corner = self.mark_rect(mark).topRight()
        return QRectF(
            corner - QPointF(BADGE / 2, BADGE / 2), corner + QPointF(BADGE / 2, BADGE / 2)
        )

    def _mark_at(self, where: QPointF) -> Mark | None:
        if self._sheet is None:
            return None
        for mark in self._marks:
            if mark.page == self._sheet.page and (
                self._badge_rect(mark).contains(where) or self.mark_rect(mark).contains(where)
            ):
                return mark
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mark = self._mark_at(event.position())
        if mark is not None:
            self.mark_pressed.emit(mark.number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        mark = self._mark_at(event.position())
        self.setToolTip(mark.label if mark else "")
        self.setCursor(Qt.CursorShape.PointingHandCursor if mark else Qt.CursorShape.ArrowCursor)


class SheetView(QScrollArea):
    """The paper with scroll bars. ``width_changed`` tells that «по ширине» must be worked out
    anew."""

    width_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.paper = Paper()
        self.setWidget(self.paper)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setObjectName("printSheet")
        self.setAccessibleName(t("Просмотр листа"))

    def fit_scale(self, width_mm: float) -> float:
        """Logical pixels a millimetre with which a page of this width fills the view."""
        room = self.viewport().width() - 2 * MARGIN
        return max(1.0, min(6.0, room / width_mm))

    def reveal(self, mark: Mark) -> None:
        """Scroll until the box is in sight."""
        rect = self.paper.mark_rect(mark)
        centre = rect.center().toPoint()
        self.ensureVisible(centre.x(), centre.y(), 40, self.viewport().height() // 3)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # PySide's stub names a narrower type
        self.width_changed.emit()
