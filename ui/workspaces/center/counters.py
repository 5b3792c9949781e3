"""The strip of figures above the page «Сегодня»; each leads to what it counts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from ui.design.icons import paint_icon
from ui.design.text import fmt_number
from ui.design.theme import color
from ui.widgets.painting import Ringed, draw_text, fill_box, text_width

HEIGHT = 56


@dataclass(frozen=True)
class Figure:
    """A number, what it is, and a line below."""

    key: str
    value: int | None
    words: str
    below: str = ""
    icon: str = ""
    color: str = "text3"


class _Cell(Ringed, QAbstractButton):
    """One figure of the strip."""

    def __init__(self, key: str, *, first: bool, last: bool) -> None:
        super().__init__()
        self._first, self._last = first, last
        self._figure = Figure(key, None, "")
        self.setObjectName(f"figure-{key}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_figure(self, figure: Figure) -> None:
        """Show this figure."""
        self._figure = figure
        value = "" if figure.value is None else fmt_number(figure.value)
        self.setAccessibleName(f"{value} {figure.words}".strip())
        self.setAccessibleDescription(figure.below)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            area = QRectF(self.rect()).adjusted(1 if self._first else 0, 1, -1, -1)
            fill_box(painter, area, 7 if self._first or self._last else 0, color("hover"))
        if not self._last:
            painter.fillRect(self.width() - 1, 0, 1, self.height(), color("hair"))
        figure, x = self._figure, 16.0
        if figure.icon:
            paint_icon(painter, figure.icon, x, (HEIGHT - 20) / 2, figure.color, 20)
            x += 32
        value = "–" if figure.value is None else fmt_number(figure.value)
        wide = text_width(value, "figure")
        draw_text(painter, QRectF(x, 0, wide + 2, HEIGHT), value, "figure", "text")
        x += wide + 14
        room = self.width() - x - 8
        draw_text(painter, QRectF(x, 11, room, 16), figure.words, "pill", "text")
        draw_text(painter, QRectF(x, 28, room, 16), figure.below, "secondary", "text2")


class FigureStrip(QWidget):
    """Figures side by side in one panel. ``chosen`` sends the key of the figure pressed."""

    chosen = Signal(str)

    def __init__(self, keys: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        self._cells: dict[str, _Cell] = {}
        for key in keys:
            cell = _Cell(key, first=key == keys[0], last=key == keys[-1])
            cell.clicked.connect(lambda _on=False, key=key: self.chosen.emit(key))
            line.addWidget(cell, 1)
            self._cells[key] = cell

    def show_figures(self, figures: list[Figure]) -> None:
        """Show these; keys are those given at the making."""
        for figure in figures:
            self._cells[figure.key].show_figure(figure)

    def paintEvent(self, event: QPaintEvent) -> None:
        fill_box(QPainter(self), QRectF(self.rect()), 8, color("surface"), color("hair"))
