"""Short messages at the bottom of the window, six seconds each, with «Отменить»."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget
from shiboken6 import isValid

from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.design.tokens import SIZE
from ui.widgets.painting import Ringed, draw_text, fill_box, overlay_host, text_width

SECONDS = 6.0
_MAX_SHOWN = 3
_GEOMETRY = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move, QEvent.Type.Resize)


class _Word(Ringed, QAbstractButton):
    """The action of a toast."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setAccessibleName(text)
        self.setObjectName("toast-action")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(ceil(text_width(self.text(), "button")) + 16, 32)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = QColor(self.palette().color(self.foregroundRole()))
        toast = self.parent()
        if isinstance(toast, Toast):
            ink = toast.ink()
        if self.underMouse():
            veil = QColor(ink)
            veil.setAlphaF(0.12)
            fill_box(painter, QRectF(self.rect()), 6, veil)
        centre = Qt.AlignmentFlag.AlignHCenter
        draw_text(painter, QRectF(self.rect()), self.text(), "button", ink, centre)


class Toast(QWidget):
    """One message, 44 px high. ``kind``: plain or bad."""

    gone = Signal()

    def __init__(
        self,
        text: str,
        *,
        kind: str = "plain",
        icon: str | None = None,
        action: str | None = None,
        on_action: Callable[[], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text, self._kind = text, kind
        self._icon = icon or ("octagon-x" if kind == "bad" else "check")
        self.setObjectName("toast")
        self.setAccessibleName(text)
        self._word: _Word | None = None
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 8, 0)
        line.addStretch(1)
        if action:
            self._word = _Word(action, self)
            line.addWidget(self._word)
            self._word.clicked.connect(self._act)
        self._on_action = on_action
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.gone)
        self.setToolTip(text)

    def start(self) -> None:
        """Begin the six seconds; while the mouse is over the toast they wait."""
        self._timer.start(round(SECONDS * 1000))

    def ink(self) -> QColor:
        """The colour of the text."""
        return color("onTooltip" if self._kind == "plain" else "onAccent")

    def text(self) -> str:
        """What it says."""
        return self._text

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self.start()

    def sizeHint(self) -> QSize:
        wide = 14 + 16 + 10 + text_width(self._text, "body") + 14
        if self._word is not None:
            wide += self._word.sizeHint().width() + 16
        return QSize(ceil(wide), 44)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = color("tooltip" if self._kind == "plain" else "badSolid")
        fill_box(painter, QRectF(self.rect()), 8, ground)
        token = "onTooltip" if self._kind == "plain" else "onAccent"
        paint_icon(painter, self._icon, 14, 14, token)
        right = self._word.sizeHint().width() + 16 if self._word else 14
        box = QRectF(40, 0, self.width() - 40 - right, self.height() - 0.5)
        draw_text(painter, box, self._text, "body", self.ink())

    def _act(self) -> None:
        self._timer.stop()
        if self._on_action is not None:
            self._on_action()
        self.gone.emit()


class ToastHost(QObject):
    """Shows toasts over a window, the newest lowest, at most three."""

    def __init__(self, window: QWidget, bottom: int = SIZE["statusBar"] + 16) -> None:
        super().__init__(window)
        self._window = window
        self._bottom = bottom
        self._shown: list[Toast] = []
        self._bars: list[QWidget] = []
        window.installEventFilter(self)

    @property
    def shown(self) -> tuple[Toast, ...]:
        """The toasts that can be seen now."""
        return tuple(self._shown)

    def show(
        self,
        text: str,
        *,
        kind: str = "plain",
        icon: str | None = None,
        action: str | None = None,
        on_action: Callable[[], None] | None = None,
        undo: bool = False,
    ) -> Toast:
        """Add a toast; ``undo`` without an ``action`` names it «Отменить».

        The same words said again replace those that are still there.
        """
        word = action or (t("Отменить") if undo else None)
        for same in [old for old in self._shown if old.text() == text]:
            self._remove(same)
        toast = Toast(
            text, kind=kind, icon=icon, action=word, on_action=on_action, parent=self._window
        )
        toast.gone.connect(lambda: self._remove(toast))
        self._shown.append(toast)
        while len(self._shown) > _MAX_SHOWN:
            self._remove(self._shown[0])
        self._place()
        toast.show()
        toast.raise_()
        toast.start()
        return toast

    def clear(self) -> None:
        """Take all toasts away."""
        for toast in list(self._shown):
            self._remove(toast)

    def stand_above(self, bar: QWidget) -> None:
        """``bar`` was shown, moved or hidden: toasts leave it free while it is in sight."""
        self._bars = [kept for kept in self._bars if kept is not bar and isValid(kept)]
        if bar.isVisible():
            self._bars.append(bar)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _floor(self) -> int:
        bars = [bar for bar in self._bars if isValid(bar) and bar.isVisible()]
        tops = [bar.mapTo(self._window, QPoint(0, 0)).y() - 8 for bar in bars]
        return min((self._window.height() - self._bottom, *tops))

    def _remove(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        y = self._floor() if self._shown else 0
        for toast in reversed(self._shown):
            wide = min(max(toast.sizeHint().width(), 320), self._window.width() - 48)
            y -= 44
            toast.setGeometry((self._window.width() - wide) // 2, y, wide, 44)
            y -= 8


class _Watch(QObject):
    def __init__(self, bar: QWidget) -> None:
        super().__init__(bar)
        self._bar = bar

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _GEOMETRY:
            host = overlay_host(self._bar).findChild(
                ToastHost, options=Qt.FindChildOption.FindDirectChildrenOnly
            )
            if isinstance(host, ToastHost):
                host.stand_above(self._bar)
        return False


def keep_toasts_above(bar: QWidget) -> None:
    """Messages of the window never cover this bar and its buttons."""
    bar.installEventFilter(_Watch(bar))
