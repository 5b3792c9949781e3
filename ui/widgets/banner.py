"""A message in its place: offline, an error beside its cause, a change of the law."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.design.icons import paint_icon
from ui.design.theme import color
from ui.widgets.label import Label
from ui.widgets.layout import WidthAware
from ui.widgets.painting import fill_box

_LOOK = {
    "warn": ("warnTint", "warnLine", "warnFill", "triangle-alert"),
    "bad": ("badTint", "badLine", "badFill", "octagon-x"),
    "ok": ("okTint", "okLine", "okFill", "circle-check"),
    "accent": ("accentTint", "accentLine", "accentText", "info"),
    "neutral": ("subtle", "hair", "text3", "info"),
}


class Banner(WidthAware, QWidget):
    """``kind``: warn, bad, ok, accent or neutral. ``action`` is a button at the right end.

    ``flat`` is a strip without corners, for the width of the window.
    """

    def __init__(
        self,
        kind: str,
        title: str,
        text: str = "",
        action: QWidget | None = None,
        icon: str | None = None,
        *,
        flat: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind, self._icon, self._flat = kind, icon or _LOOK[kind][3], flat
        self._title = Label(title, "bodyStrong", wrap=not flat)
        self._text = Label(text, "secondary", "text2", wrap=not flat, elide=flat)
        if not text:
            self._text.hide()
        line = QHBoxLayout(self)
        line.setSpacing(12)
        self._words: QHBoxLayout | QVBoxLayout
        if flat:
            line.setContentsMargins(24 + 26, 4, 16, 4)
            self._words = QHBoxLayout()
            self._words.setSpacing(8)
        else:
            line.setContentsMargins(13 + 26, 13, 13, 13)
            self._words = QVBoxLayout()
            self._words.setSpacing(0)
        self._words.addWidget(self._title)
        self._words.addWidget(self._text, 1)
        line.addLayout(self._words, 1)
        if action is not None:
            line.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(not flat)
        self.setSizePolicy(policy)
        self._name()

    def set_words(
        self, title: str, text: str = "", kind: str | None = None, icon: str | None = None
    ) -> None:
        """Say something else, perhaps in another kind."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        if kind:
            self._kind, self._icon = kind, icon or _LOOK[kind][3]
        self._name()
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill, line, ink, _ = _LOOK[self._kind]
        if self._flat:
            painter.fillRect(self.rect(), color(fill))
            painter.fillRect(0, self.height() - 1, self.width(), 1, color(line))
            paint_icon(painter, self._icon, 24, (self.height() - 16) / 2, ink)
            return
        fill_box(painter, QRectF(self.rect()), 8, color(fill), color(line))
        paint_icon(painter, self._icon, 13, 15, ink)

    def _name(self) -> None:
        self.setAccessibleName(self._title.text())
        self.setAccessibleDescription(self._text.text())
