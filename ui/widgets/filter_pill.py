"""«Гражданство: любое»: what a list is narrowed by, in words; a press lets one choose."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.design.icons import paint_icon
from ui.design.theme import color
from ui.widgets.painting import Ringed, draw_text, fill_box, text_width

HEIGHT = 24


class FilterPill(Ringed, QAbstractButton):
    """A filter in words, with a chevron."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """What the filter lets through."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(ceil(text_width(self.text(), "pill")) + 36, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), 6, color("accentTint"))
        area = QRectF(8, 0, self.width() - 30, HEIGHT)
        draw_text(painter, area, self.text(), "pill", "accentText")
        paint_icon(painter, "chevron-down", self.width() - 22, 5, "accentText", 14)
