"""A small sheet beside the part that opened it; a press outside or Esc closes it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget
from shiboken6 import isValid

from ui.design.theme import color
from ui.widgets.painting import fill_box, overlay_host
from ui.widgets.tab_order import go_round


class Popover(QFrame):
    """Lives inside the window, so it needs no help of the desktop and never loses its corners.

    Put parts into ``body``, then :meth:`open_at`. ``side``: below, above or right of the anchor.
    """

    closed = Signal()

    def __init__(self, name: str = "", *, width: int = 320, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("popover")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._wide = width
        self._anchor: QWidget | None = None
        self._side = "below"
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 12, 12, 12)
        self.body.setSpacing(8)
        self.hide()

    def open_at(self, anchor: QWidget, side: str = "below") -> None:
        """Show beside ``anchor``, kept inside the window."""
        self._anchor, self._side = anchor, side
        self.setParent(overlay_host(anchor))
        self.fit()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # app exists

    def fit(self) -> None:
        """Take the room that the content needs now."""
        window, anchor = self.parentWidget(), self._anchor
        if window is None or anchor is None:
            return
        self.body.invalidate()
        wide = min(self._wide, window.width() - 16)
        hint = self.body.totalHeightForWidth(wide)
        tall = hint if hint > 0 else self.body.totalSizeHint().height()
        tall = min(max(tall, 40), window.height() - 16)
        corner = anchor.mapTo(window, QPoint(0, 0))
        x, y = corner.x(), corner.y() + anchor.height() + 4
        if self._side == "above":
            y = corner.y() - tall - 4
        elif self._side == "right":
            x, y = corner.x() + anchor.width() + 4, corner.y() + anchor.height() - tall
        x = min(max(8, x), window.width() - wide - 8)
        y = min(max(8, y), window.height() - tall - 8)
        self.setGeometry(x, y, wide, tall)

    def _follow(self) -> None:
        if isValid(self) and self.isVisible():
            self.fit()

    def close_popover(self) -> None:
        """Close; the focus goes back to the anchor."""
        if self.isHidden():
            return
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self.hide()
        if self._anchor is not None:
            self._anchor.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            inside = isinstance(watched, QWidget) and (
                watched is self or self.isAncestorOf(watched)
            )
            if isinstance(watched, QWidget) and not inside and watched.window() is self.window():
                self.close_popover()
                return watched is self._anchor
        elif event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            QTimer.singleShot(0, self._follow)  # the anchor finds its new place first
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_popover()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's own name
        return go_round(self, forward=next) or super().focusNextPrevChild(next)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), 8, color("raised"), color("control"))
