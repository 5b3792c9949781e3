"""A question or a task over the window: scrim and panel, Esc closes, focus stays inside."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ui.design.text import t
from ui.design.theme import color, current_theme
from ui.widgets.button import Button, IconButton
from ui.widgets.label import Label
from ui.widgets.painting import fill_box, overlay_host
from ui.widgets.tab_order import go_round, stops


class _Sheet(QFrame):
    """The panel of a dialog."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), 8, color("surface"), color("control"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()


class Dialog(QWidget):
    """Put parts into ``body`` and buttons with :meth:`add_button`, then :meth:`open`.

    ``closed`` comes always, ``accepted`` before it when the primary button was pressed.
    A large dialog gives ``height``; small ones take the height of their content.
    """

    accepted = Signal()
    closed = Signal()

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        width: int = 440,
        height: int | None = None,
        closable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog")
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self._width, self._height, self._closable = width, height, closable
        self._before: QWidget | None = None
        self._sheet = _Sheet(self)
        self._sheet.setObjectName("dialog-sheet")
        outer = QVBoxLayout(self._sheet)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self.header = QHBoxLayout()
        self.header.setContentsMargins(20, 16, 12, 4)
        self.header.setSpacing(12)
        self._title = Label(title, "screen" if height else "card", wrap=not height)
        self.header.addWidget(self._title, 0 if height else 1)
        self._close = IconButton("x", t("Закрыть"), size=28, shortcut_hint="Esc")
        self._close.setObjectName("dialog-close")
        self._close.clicked.connect(self.close_dialog)
        if not closable:
            self._close.hide()
        if height:
            self.header.addStretch(1)
        self.header.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(self.header)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(20, 0, 20, 16)
        self.body.setSpacing(12)
        if text:
            self.body.addWidget(Label(text, "body", "text2", wrap=True))
        outer.addLayout(self.body, 1)
        self.footer = QHBoxLayout()
        self.footer.setContentsMargins(20, 0, 20, 20)
        self.footer.setSpacing(8)
        self.footer.addStretch(1)
        outer.addLayout(self.footer)
        self._sheet.installEventFilter(self)
        self.hide()

    @property
    def sheet(self) -> QWidget:
        """The panel itself, for sizes in tests."""
        return self._sheet

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def add_button(
        self, text: str, kind: str = "secondary", icon: str | None = None, *, closes: bool = True
    ) -> Button:
        """A button at the right end of the footer. primary and danger-solid accept."""
        button = Button(text, icon, kind)
        button.setObjectName(f"dialog-{kind}")
        if closes and kind in ("primary", "danger-solid"):
            button.clicked.connect(self.accept)
        elif closes:
            button.clicked.connect(self.close_dialog)
        self.footer.addWidget(button)
        return button

    def open(self, host: QWidget | None = None) -> None:
        """Show over the window of ``host`` and take the focus."""
        window = overlay_host(host or self.parentWidget() or self)
        if window is not self:
            self.setParent(window)
            window.installEventFilter(self)
        self._before = QApplication.focusWidget()
        self.setGeometry(window.rect())
        self._place()
        self.show()
        self.raise_()
        self._focus_first()

    def accept(self) -> None:
        """Say yes and close."""
        self.accepted.emit()
        self.close_dialog()

    def close_dialog(self) -> None:
        """Close without saying yes; the focus goes back to where it was."""
        if self.isHidden():
            return
        parent = self.parentWidget()
        if parent is not None:
            parent.removeEventFilter(self)
        self.hide()
        # what had the focus may be gone by now: a panel that closed when the dialog opened
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
        self.closed.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        parent = self.parentWidget()
        if event.type() == QEvent.Type.Resize and parent is not None and watched is parent:
            self.setGeometry(parent.rect())
            self._place()
        elif event.type() == QEvent.Type.LayoutRequest and watched is self._sheet:
            self._place()  # a message came or went: nothing is squeezed, no hole is left
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._closable:
            self.close_dialog()
        event.accept()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's own name
        go_round(self._sheet, forward=next)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        veil = QColor(color("overlay"))
        veil.setAlphaF(0.6 if current_theme().dark else 0.4)
        QPainter(self).fillRect(self.rect(), veil)

    def resizeEvent(self, event: object) -> None:
        self._place()

    def _focus_first(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        wanted = [part for part in stops(self._sheet) if part is not self._close]
        # what is typed comes before the buttons, whichever were made first
        typed = [part for part in wanted if isinstance(part, QLineEdit | QPlainTextEdit)]
        first = next(iter(typed or wanted), self)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        room = self.size()
        wide = min(self._width, room.width() - 48)
        layout = self._sheet.layout()
        if self._height:
            tall = self._height
        elif layout is not None:
            tall = layout.totalHeightForWidth(wide) if layout.hasHeightForWidth() else 0
            tall = max(tall, layout.totalSizeHint().height() if tall <= 0 else tall)
        else:
            tall = 200
        tall = min(tall, room.height() - 48)
        left, top = (room.width() - wide) // 2, max(24, (room.height() - tall) // 2)
        self._sheet.setGeometry(left, top, wide, tall)
