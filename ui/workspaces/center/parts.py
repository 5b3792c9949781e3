"""Small painted parts that the pages of the centre share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.design.icons import paint_icon
from ui.design.theme import color
from ui.tables.rows import Pill
from ui.widgets.painting import Ringed, draw_text, fill_box, text_width
from ui.widgets.pill import paint_pill, pill_width

GAP = 8


class FactLine(QWidget):
    """One fact in a column: icon, words that may be cut, and a pill or grey words at the end."""

    def __init__(self, height: int = 28, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = self._text = self._tail = ""
        self._pill: Pill | None = None
        self.setFixedHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_fact(self, icon: str, text: str, *, pill: Pill | None = None, tail: str = "") -> None:
        """Show this fact; the line becomes visible."""
        self._icon, self._text, self._pill, self._tail = icon, text, pill, tail
        spoken = [text, pill.text if pill else "", tail]
        self.setAccessibleName(", ".join(part for part in spoken if part))
        self.setToolTip(text)
        self.setVisible(True)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = self.height()
        right = float(self.width())
        if self._pill is not None:
            wide = pill_width(self._pill.text, self._pill.icon)
            box = QRectF(right - wide, (height - 22) / 2, wide, 22)
            paint_pill(painter, box, self._pill.kind, self._pill.text, self._pill.icon)
            right -= wide + GAP
        elif self._tail:
            room = text_width(self._tail, "secondary")
            area = QRectF(right - room, 0, room + 1, height)
            draw_text(painter, area, self._tail, "secondary", "text3")
            right -= room + GAP
        if self._icon:
            paint_icon(painter, self._icon, 0, (height - 16) / 2, "text3")
        left = 16.0 + GAP if self._icon else 0.0
        draw_text(painter, QRectF(left, 0, right - left, height), self._text, "body", "text")


class RouteBar(QWidget):
    """A route as short bars: passed, present, ahead; and «шаг 3 из 7»."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states: tuple[str, ...] = ()
        self._words = ""
        self.setFixedHeight(24)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_steps(self, states: Sequence[str], words: str) -> None:
        """``states``: done, current, repeat, ahead, not_needed."""
        self._states, self._words = tuple(states), words
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        count = max(1, len(self._states))
        words = text_width(self._words, "secondary") + GAP
        wide = max(6.0, min(24.0, (self.width() - words) / count - 4))
        tokens = {"done": "okFill", "current": "accent", "repeat": "warnFill"}
        x = 0.0
        for state in self._states:
            box = QRectF(x, (self.height() - 6) / 2, wide, 6)
            fill_box(painter, box, 3, color(tokens.get(state, "control")))
            x += wide + 4
        area = QRectF(x + GAP / 2, 0, self.width() - x, self.height())
        draw_text(painter, area, self._words, "secondary", "text2")


class KeyValue(QWidget):
    """«Телефон  +7 900 000-12-40»: a grey name and its value on one line."""

    def __init__(self, name: str, column: int = 108, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._column, self._value = name, column, ""
        self.setFixedHeight(24)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_value(self, value: str) -> None:
        """Show a value; an empty one hides the line."""
        self._value = value
        self.setAccessibleName(f"{self._name}: {value}")
        self.setToolTip(value)
        self.setVisible(bool(value))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = self.height()
        draw_text(painter, QRectF(0, 0, self._column, height), self._name, "secondary", "text3")
        left = self._column + 12
        area = QRectF(left, 0, self.width() - left, height)
        draw_text(painter, area, self._value, "body", "text")


class Surface(QWidget):
    """A plain white ground, with a hairline on the side that is asked for."""

    def __init__(
        self, edge: Qt.Edge | None = None, ground: str = "surface", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._edge, self._ground = edge, ground

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(self._ground))
        hair = color("hair")
        if self._edge == Qt.Edge.LeftEdge:
            painter.fillRect(0, 0, 1, self.height(), hair)
        elif self._edge == Qt.Edge.RightEdge:
            painter.fillRect(self.width() - 1, 0, 1, self.height(), hair)
        elif self._edge == Qt.Edge.TopEdge:
            painter.fillRect(0, 0, self.width(), 1, hair)
        elif self._edge == Qt.Edge.BottomEdge:
            painter.fillRect(0, self.height() - 1, self.width(), 1, hair)


class PressLine(Ringed, QAbstractButton):
    """A line of a list that leads somewhere: icon, words, grey words at the end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = self._tail = ""
        self._run: Callable[[], None] = _stay
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._press)
        self.hide()

    def show_line(self, icon: str, text: str, tail: str, run: Callable[[], None]) -> None:
        """Show these words; a press runs ``run``."""
        self._icon, self._tail, self._run = icon, tail, run
        self.setText(text)
        self.setAccessibleName(f"{text}, {tail}" if tail else text)
        self.show()
        self.update()

    def _press(self) -> None:
        self._run()

    def sizeHint(self) -> QSize:
        return QSize(160, 33)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            painter.fillRect(self.rect(), color("hover"))
        height = self.height() - 1
        painter.fillRect(0, height, self.width(), 1, color("hair"))
        right = self.width() - 16.0
        if self._tail:
            room = text_width(self._tail, "secondary")
            area = QRectF(right - room, 0, room + 1, height)
            draw_text(painter, area, self._tail, "secondary", "text3")
            right -= room + GAP
        paint_icon(painter, self._icon, 16, (height - 16) / 2, "text3")
        draw_text(painter, QRectF(40, 0, right - 40, height), self.text(), "body", "text")


def _stay() -> None:
    """A line that shows nothing yet leads nowhere."""
