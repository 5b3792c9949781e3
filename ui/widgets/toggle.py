"""Choices seen at once: check box, radio, radio card, switch, segments."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QWidget,
)

from ui.design.icons import paint_icon
from ui.design.theme import color
from ui.widgets.label import Label
from ui.widgets.painting import Ringed, draw_check, draw_text, fill_box, text_width


class CheckBox(Ringed, QCheckBox):
    """A check box with its text; the third state is «часть». Hit area 28 px high."""

    ring_radius = 4.0

    def __init__(
        self, text: str = "", checked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setChecked(checked)
        self.setAccessibleName(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        wide = text_width(self.text(), "body") + 8 if self.text() else 0
        return QSize(ceil(16 + wide), 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(16, 28)

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        top = (self.height() - 16) / 2
        draw_box(painter, QRectF(0, top, 16, 16), self.checkState(), self.isEnabled())
        if self.text():
            box = QRectF(24, 0, self.width() - 24, self.height() - 0.5)
            ink = "text" if self.isEnabled() else "disabled"
            draw_text(painter, box, self.text(), "body", ink)


def draw_box(painter: QPainter, box: QRectF, state: Qt.CheckState, enabled: bool = True) -> None:
    """A 16 px check box; lists draw theirs with it too."""
    if state == Qt.CheckState.Unchecked:
        fill = color("surface" if enabled else "subtle")
        fill_box(painter, box, 4, fill, color("input" if enabled else "control"))
        return
    fill_box(painter, box, 4, color("accent" if enabled else "disabled"))
    ink = color("onAccent")
    if state == Qt.CheckState.Checked:
        draw_check(painter, box.center(), ink, 0.95)
    else:
        pen = QPen(ink, 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        middle = box.center()
        painter.drawLine(
            QPointF(middle.x() - 3.5, middle.y()), QPointF(middle.x() + 3.5, middle.y())
        )


def _draw_dot(painter: QPainter, box: QRectF, on: bool, enabled: bool = True) -> None:
    if on:
        line = color("accent" if enabled else "disabled")
        fill_box(painter, box, 8, color("surface"), line, 5)
    else:
        fill = color("surface" if enabled else "subtle")
        fill_box(painter, box, 8, fill, color("input" if enabled else "control"))


class Radio(Ringed, QRadioButton):
    """One of a few, with its text beside it. Neighbours in one parent exclude each other."""

    ring_radius = 8.0

    def __init__(self, text: str, checked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setChecked(checked)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(ceil(24 + text_width(self.text(), "body")), 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(16, 28)

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        top = (self.height() - 16) / 2
        _draw_dot(painter, QRectF(0, top, 16, 16), self.isChecked(), self.isEnabled())
        ink = "text" if self.isEnabled() else "disabled"
        box = QRectF(24, 0, self.width() - 24, self.height() - 0.5)
        draw_text(painter, box, self.text(), "body", ink)


class RadioCard(Ringed, QRadioButton):
    """One of a few as a card: title, words below, perhaps an icon. A whole card is the hit area."""

    ring_radius = 8.0

    def __init__(
        self,
        title: str,
        text: str = "",
        icon: str | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._icon = icon
        self._words = Label(text, "secondary", "text3", wrap=True, parent=self)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_words(self, text: str) -> None:
        """Change the words below the title."""
        self._words.setText(text)
        self.setAccessibleDescription(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        wide = max(text_width(self.text(), "bodyStrong") + 38 + 14, 160)
        return QSize(ceil(wide), self.heightForWidth(ceil(max(wide, 190))))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(max(self.width(), 160)))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        words = self._words.heightForWidth(max(40, width - 38 - 12)) if self._words.text() else 0
        return 10 + 20 + words + 10

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def resizeEvent(self, event: object) -> None:
        wide = self.width() - 38 - 12
        self._words.setGeometry(38, 30, wide, self._words.heightForWidth(max(40, wide)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box, enabled = QRectF(self.rect()), self.isEnabled()
        if not enabled:
            fill_box(painter, box, 8, color("subtle"), color("hair"))
        elif self.isChecked():
            fill_box(painter, box, 8, color("accentTint"), color("accent"), 2)
        else:
            fill = "hover" if self.underMouse() else "surface"
            fill_box(painter, box, 8, color(fill), color("control"))
        _draw_dot(painter, QRectF(12, 12, 16, 16), self.isChecked(), enabled)
        line = QRectF(38, 10, self.width() - 50 - (20 if self._icon else 0), 20)
        draw_text(painter, line, self.text(), "bodyStrong", "text" if enabled else "text3")
        if self._icon:
            paint_icon(painter, self._icon, self.width() - 28, 12, "text3")


class Switch(Ringed, QCheckBox):
    """On or off at once; for settings."""

    ring_radius = 8.0

    def __init__(self, text: str, checked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setChecked(checked)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        wide = text_width(self.text(), "body") + 8 if self.text() else 0
        return QSize(ceil(28 + wide), 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(28, 28)

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        top = (self.height() - 16) / 2
        on = self.isChecked()
        track = "accent" if on else "input"
        fill_box(
            painter, QRectF(0, top, 28, 16), 8, color(track if self.isEnabled() else "control")
        )
        fill_box(painter, QRectF(14 if on else 2, top + 2, 12, 12), 6, color("onAccent"))
        box = QRectF(36, 0, self.width() - 36, self.height() - 0.5)
        ink = "text" if self.isEnabled() else "disabled"
        draw_text(painter, box, self.text(), "body", ink)


class _Segment(Ringed, QAbstractButton):
    def __init__(self, text: str, size: int, icon: str | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._size = size
        self._icon = icon
        self.first = self.last = False

    def sizeHint(self) -> QSize:
        style = "buttonSmall" if self._size == 28 else "button"
        pad = 20 if self._size == 28 else 24
        wide = text_width(self.text(), style) + pad + (22 if self._icon else 0)
        return QSize(ceil(wide) + 1, self._size)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outer = QRectF(self.rect())
        box = outer.adjusted(1 if self.first else 0, 1, -1 if self.last else 0, -1)
        fill = "accentTint" if self.isChecked() else "hover" if self.underMouse() else ""
        if fill:
            painter.fillPath(_one_sided(box, 5, self.first, self.last), color(fill))
        if not self.last:
            painter.fillRect(QRectF(outer.right() - 1, 1, 1, outer.height() - 2), color("hair"))
        small = self._size == 28
        style = "buttonSmall" if small else "button"
        if not self.isChecked():
            style = "secondary" if small else "body"
        ink = "accentText" if self.isChecked() else "text2"
        if self._icon:
            paint_icon(painter, self._icon, 10, (self.height() - 16) / 2, ink)
            outer = outer.adjusted(22, 0, 0, 0)
        draw_text(
            painter,
            outer.adjusted(0, 0, 0, -0.5),
            self.text(),
            style,
            ink if self.isEnabled() else "disabled",
            Qt.AlignmentFlag.AlignHCenter,
        )


def _one_sided(box: QRectF, radius: float, left: bool, right: bool) -> QPainterPath:
    """A box rounded on the left end, the right end, both or none."""
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    square = QPainterPath()
    if not left:
        square.addRect(QRectF(box.left(), box.top(), radius, box.height()))
    if not right:
        square.addRect(QRectF(box.right() - radius, box.top(), radius, box.height()))
    return path.united(square)


class Segmented(QWidget):
    """A few views of one thing side by side; ← and → move. ``changed`` sends the value."""

    changed = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        value: str | None = None,
        *,
        name: str = "",
        size: int = 32,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._parts: dict[str, _Segment] = {}
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.setAccessibleName(name or " / ".join(text for _, text in options))
        for number, (key, text) in enumerate(options):
            part = _Segment(text, size, None, self)
            part.first, part.last = number == 0, number == len(options) - 1
            part.setObjectName(f"segment-{key}")
            part.clicked.connect(lambda _on=False, key=key: self.changed.emit(key))
            self._parts[key] = part
            self._group.addButton(part)
            box.addWidget(part)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        first = value if value is not None else next(iter(self._parts), None)
        if first is not None:
            self.set_value(first)

    def value(self) -> str:
        """The value of the chosen part."""
        return next((key for key, part in self._parts.items() if part.isChecked()), "")

    def set_value(self, value: str) -> None:
        """Choose without sending ``changed``."""
        if value in self._parts:
            self._parts[value].setChecked(True)

    def set_text(self, value: str, text: str) -> None:
        """Change the words of one part."""
        self._parts[value].setText(text)
        self._parts[value].setAccessibleName(text)
        self._parts[value].updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        fill_box(QPainter(self), QRectF(self.rect()), 6, color("surface"), color("control"))
