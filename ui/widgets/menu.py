"""A menu in our look: rounded, without a shadow, icons in the theme's colours."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QPainterPath, QRegion, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from ui.design.icons import icon as make_icon


class Menu(QMenu):
    """Add lines with :meth:`add`; the icon is drawn anew each time the menu opens."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setMinimumWidth(180)
        self._icons: list[tuple[QAction, str]] = []
        self.aboutToShow.connect(self._draw_icons)

    def add(
        self,
        text: str,
        run: Callable[[], object],
        icon: str | None = None,
        shortcut: str = "",
        *,
        checked: bool | None = None,
        object_name: str = "",
    ) -> QAction:
        """A line of the menu; ``shortcut`` is only shown."""
        action = QAction(f"{text}\t{shortcut}" if shortcut else text, self)
        action.setObjectName(object_name)
        if checked is not None:
            action.setCheckable(True)
            action.setChecked(checked)
        if icon:
            self._icons.append((action, icon))
        action.triggered.connect(lambda _on=False: run())
        self.addAction(action)
        return action

    def clear(self) -> None:
        """Take all lines away; their icons too."""
        self._icons.clear()
        super().clear()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Without a compositor a translucent window shows black corners: cut them off instead.
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 8, 8)
        self.setMask(QRegion(outline.toFillPolygon().toPolygon()))

    def _draw_icons(self) -> None:
        for action, name in self._icons:
            action.setIcon(make_icon(name, "text3"))
