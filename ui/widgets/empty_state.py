"""Nothing to show: one icon, one sentence, the next useful action."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.design.icons import paint_icon
from ui.design.theme import color
from ui.widgets.label import Label
from ui.widgets.painting import fill_box


class _Round(QWidget):
    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.setFixedSize(44, 44)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(0, 0, 44, 44), 22, color("subtle"))
        paint_icon(painter, self._icon, 11, 11, "text3", 22)


class EmptyState(QWidget):
    """Centred in its place. ``actions`` are buttons, the useful one first."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str = "",
        *actions: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._round = _Round(icon)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._title = Label(title, "card", align=centre, wrap=True)
        self._text = Label(text, "body", "text2", align=centre, wrap=True)
        self._text.setMaximumWidth(280)
        self._title.setMaximumWidth(420)
        if not text:
            self._text.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 20)
        box.setSpacing(4)
        box.addStretch(1)
        box.addWidget(self._round, 0, centre)
        box.addSpacing(6)
        box.addLayout(_centred(self._title))
        box.addLayout(_centred(self._text))
        if actions:
            box.addSpacing(8)
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addStretch(1)
            for action in actions:
                line.addWidget(action)
            line.addStretch(1)
            box.addLayout(line)
        box.addStretch(1)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def set_words(self, title: str, text: str = "", icon: str | None = None) -> None:
        """Say something else."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        if icon:
            self._round.set_icon(icon)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)


def _centred(part: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.addStretch(1)
    line.addWidget(part, 100)
    line.addStretch(1)
    return line
