"""Small matters of the ground that parts stand on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.design.icons import paint_icon
from ui.design.style import FLOATING_BAR
from ui.design.theme import color
from ui.design.tokens import SIZE
from ui.widgets import Dialog, Label, Rule
from ui.widgets.painting import fill_box


class Surface(QWidget):
    """A strip in the colour of panels."""

    def __init__(self, *, below: bool = False, above: bool = False) -> None:
        super().__init__()
        self._below, self._above = below, above

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        if self._below:
            painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))
        if self._above:
            painter.fillRect(0, 0, self.width(), 1, color("hair"))


class Reassurance(QWidget):
    """A quiet grey note."""

    def __init__(self, text: str) -> None:
        super().__init__()
        box = QHBoxLayout(self)
        box.setContentsMargins(38, 11, 12, 11)
        self._words = Label(text, "secondary", "text2", wrap=True)
        box.addWidget(self._words)

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._words.setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), 8, color("subtle"), color("hair"))
        paint_icon(painter, "info", 12, 12, "text3")


def scrolling(inner: QWidget, name: str = "") -> QScrollArea:
    """A scroll area without a frame that lets the ground of its panel shine through."""
    area = QScrollArea()
    area.setObjectName(name)
    area.setWidgetResizable(True)
    area.setProperty(FLOATING_BAR, True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(inner)
    see_through(area)
    return area


class AsHighAsNeeded(QScrollArea):
    """Takes the height of its content; where there is less room, it is scrolled."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setProperty(FLOATING_BAR, True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_content(inner)

    def show_content(self, inner: QWidget) -> None:
        """Put this in the place of what was there."""
        self.setWidget(inner)
        see_through(self)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        inner = self.widget()
        layout = inner.layout() if inner is not None else None
        if layout is None:
            return 0
        wanted = layout.totalHeightForWidth(width)
        return wanted if wanted > 0 else layout.totalSizeHint().height()

    def sizeHint(self) -> QSize:
        return QSize(100, self.heightForWidth(max(100, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 40)


def fields_area(name: str, heads: QLayout, fields: QLayout, below: QLayout) -> QScrollArea:
    """Fields in columns under their heads, and what belongs to all of them below a line."""
    inner = QWidget()
    stack = QVBoxLayout(inner)
    stack.setContentsMargins(0, 0, 0, 0)
    stack.setSpacing(0)
    stack.addLayout(heads)
    stack.addLayout(fields)
    stack.addWidget(Rule())
    stack.addLayout(below)
    stack.addStretch(1)
    return scrolling(inner, name)


def between(head: QWidget, area: QWidget, foot: QWidget) -> QWidget:
    """What scrolls between a head and a foot that stay."""
    whole = QWidget()
    box = QVBoxLayout(whole)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    box.addWidget(head)
    box.addWidget(area, 1)
    box.addWidget(foot)
    return whole


def see_through(area: QScrollArea) -> None:
    """Qt paints the window's colour behind scrolled content unless told not to.

    Nor is the area a stop of Tab, with nothing to see: the parts inside are, and it follows them.
    """
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    inner = area.widget()
    if inner is not None:
        inner.setAutoFillBackground(False)


def covered(part: QWidget) -> bool:
    """Whether a dialog lies over the window: the keys belong to it then."""
    return any(dialog.isVisible() for dialog in part.window().findChildren(Dialog))


def is_narrow(part: QWidget) -> bool:
    """Whether the window is so small that paddings shrink (the sidebar is a rail then)."""
    return part.window().width() < SIZE["railBelowWidth"]
