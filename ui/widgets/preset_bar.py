"""The row of ready-made selections above the list: «Все 1 248», «Мои 186», one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from ui.design.icons import icon
from ui.design.text import fmt_number, t
from ui.design.theme import color
from ui.widgets import Button, IconButton
from ui.widgets.painting import Ringed, draw_text, fill_box, text_width

HEIGHT = 28


@dataclass(frozen=True)
class Preset:
    """One selection. ``own`` ones can be forgotten."""

    key: str
    title: str
    own: bool = False


class PresetTab(Ringed, QAbstractButton):
    """One selection with its count."""

    forget_asked = Signal()

    def __init__(self, preset: Preset, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset = preset
        self._count: int | None = None
        self.setObjectName(f"preset-{preset.key}")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_count(None)

    def set_count(self, count: int | None) -> None:
        """How many cases it has now; None while unknown."""
        self._count = count
        number = "" if count is None else f" {fmt_number(count)}"
        self.setAccessibleName(f"{self.preset.title}{number}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = text_width(self.preset.title, "bodyStrong") + 20
        if self._count is not None:
            width += text_width(fmt_number(self._count), "secondary") + 6
        return QSize(ceil(width), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        if on or self.underMouse():
            fill_box(painter, QRectF(self.rect()), 6, color("accentTint" if on else "hover"))
        ink = "accentText" if on else "text2"
        style = "bodyStrong" if on else "body"
        area = QRectF(10, 0, self.width() - 10, self.height())
        draw_text(painter, area, self.preset.title, style, ink)
        if self._count is not None:
            area.setLeft(10 + text_width(self.preset.title, style) + 6)
            draw_text(
                painter,
                area,
                fmt_number(self._count),
                "secondary",
                "accentText" if on else "text3",
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.preset.own and event.key() == Qt.Key.Key_Delete:
            self.forget_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.preset.own:
            return
        menu = QMenu(self)
        menu.addAction(icon("trash-2"), t("Удалить отбор"), self.forget_asked.emit)
        menu.popup(event.globalPos())


class PresetBar(QWidget):
    """Selections side by side; those that do not fit wait behind «…»."""

    chosen = Signal(str)
    save_asked = Signal()
    forget_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT + 17)
        self._tabs: list[PresetTab] = []
        self._counts: dict[str, int] = {}
        self._current = ""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(24, 8, 24, 9)
        self._row.setSpacing(4)
        self._more = IconButton("ellipsis", t("Другие отборы"), size=28)
        self._more.setObjectName("preset-more")
        self._more.clicked.connect(self._open_more)
        self.save = Button(t("Сохранить отбор"), "bookmark-plus", "ghost", 28)
        self.save.setObjectName("preset-save")
        self.save.clicked.connect(self.save_asked)

    def set_presets(self, presets: Sequence[Preset], current: str) -> None:
        """Show these selections, ``current`` chosen."""
        while self._row.count():
            self._row.takeAt(0)
        for tab in self._tabs:
            tab.hide()
            tab.deleteLater()
        self._tabs = []
        self._current = current
        for preset in presets:
            tab = PresetTab(preset, self)
            tab.set_count(self._counts.get(preset.key))
            tab.setChecked(preset.key == current)
            tab.clicked.connect(lambda _checked=False, key=preset.key: self.choose(key))
            tab.forget_asked.connect(lambda key=preset.key: self.forget_asked.emit(key))
            self._row.addWidget(tab)
            tab.show()
            self._tabs.append(tab)
        self._row.addWidget(self._more)
        self._row.addStretch(1)
        self._row.addWidget(self.save)
        self._fit()

    def set_counts(self, counts: dict[str, int]) -> None:
        """How many cases each selection has."""
        if counts == self._counts:
            return
        self._counts = dict(counts)
        for tab in self._tabs:
            tab.set_count(counts.get(tab.preset.key))
        self._fit()

    def mark(self, key: str) -> None:
        """Show a selection as the chosen one; sends nothing."""
        self._current = key
        for tab in self._tabs:
            tab.setChecked(tab.preset.key == key)
        self._fit()

    def choose(self, key: str) -> None:
        """Choose a selection as a click does."""
        self.mark(key)
        self.chosen.emit(key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))

    def _fit(self) -> None:
        aside = 0 if self.save.isHidden() else self.save.sizeHint().width() + 8
        room = self.width() - 48 - aside
        wide = [tab.sizeHint().width() + 4 for tab in self._tabs]
        everything = sum(wide) <= room
        left = room if everything else room - 32
        chosen = next((w for tab, w in zip(self._tabs, wide, strict=True) if tab.isChecked()), 0)
        left -= chosen
        for tab, width in zip(self._tabs, wide, strict=True):
            if tab.isChecked():
                tab.show()
                continue
            left -= width
            tab.setVisible(left >= 0)
        self._more.setVisible(not everything)

    def _open_more(self) -> None:
        menu = QMenu(self)
        for tab in self._tabs:
            if not tab.isVisible():
                key = tab.preset.key
                menu.addAction(tab.accessibleName(), lambda key=key: self.choose(key))
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))
