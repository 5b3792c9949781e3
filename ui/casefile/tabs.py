"""The tabs of a case with their counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from ui.design.text import t
from ui.design.theme import color
from ui.widgets.painting import Ringed, draw_text, text_width


class _Tab(Ringed, QAbstractButton):
    def __init__(self, key: str, text: str, number: int) -> None:
        super().__init__()
        self.key = key
        self._count = ""
        self._hint = f"Ctrl+{number}"
        self.setText(text)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setObjectName(f"tab-{key}")
        self.setToolTip(self._hint)
        self.set_count(None)

    def set_count(self, count: int | None) -> None:
        self._count = str(count) if count else ""
        self.setAccessibleName(f"{self.text()} {self._count}".strip())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        # The wider of the two weights, so that tabs do not move when one is chosen.
        wide = text_width(self.text(), "section")
        wide += text_width(self._count, "secondary") + 6 if self._count else 0
        return QSize(ceil(wide) + 1, 36)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        style = "section" if on else "body"
        wide = text_width(self.text(), style)
        ink = "text" if on or self.underMouse() else "text2"
        draw_text(painter, QRectF(0, 0, wide + 1, self.height()), self.text(), style, ink)
        if self._count:
            rest = QRectF(wide + 6, 0, self.width() - wide - 6, self.height())
            draw_text(painter, rest, self._count, "secondary", "text3")
        if on:
            painter.fillRect(0, self.height() - 2, self.width(), 2, color("accent"))


class TabStrip(QWidget):
    """``chosen`` sends the key of the tab; ← and → walk."""

    chosen = Signal(str)

    def __init__(self, tabs: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(t("Вкладки дела"))
        self._tabs: dict[str, _Tab] = {}
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(20)
        for number, (key, text) in enumerate(tabs, start=1):
            tab = _Tab(key, text, number)
            tab.clicked.connect(lambda _on=False, key=key: self.chosen.emit(key))
            self._tabs[key] = tab
            box.addWidget(tab)
        box.addStretch(1)
        self.setFixedHeight(40)

    def keys(self) -> list[str]:
        return list(self._tabs)

    def current(self) -> str:
        return next((key for key, tab in self._tabs.items() if tab.isChecked()), "")

    def select(self, key: str) -> None:
        """Show as chosen, without telling."""
        self._tabs[key].setChecked(True)

    def set_count(self, key: str, count: int | None) -> None:
        """The grey number behind a name; nothing for none."""
        self._tabs[key].set_count(count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        keys = self.keys()
        place = (keys.index(self.current()) + step) % len(keys)
        tab = self._tabs[keys[place]]
        tab.setFocus(Qt.FocusReason.TabFocusReason)
        tab.click()
