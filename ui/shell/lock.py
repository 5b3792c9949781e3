"""The locked screen: everything typed stays behind it; the password brings it back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.design.text import t
from ui.design.theme import color
from ui.shell.people_words import initials, short_name
from ui.shell.waiting_line import WaitingLine
from ui.widgets.button import Button, Link
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.line_edit import PasswordField
from ui.widgets.pill import Avatar

_WAKING = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}


class IdleWatch(QObject):
    """Tells when nobody has touched the window for a while.

    Listens at the native window only, which gets few events, not at the application, where a
    Python filter would slow every event down.
    """

    idle = Signal()

    def __init__(self, minutes: Callable[[], int], parent: QObject) -> None:
        super().__init__(parent)
        self._minutes = minutes
        self._since = QElapsedTimer()
        self._since.start()
        self._timer = QTimer(self)
        self._timer.setInterval(5000)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def watch(self, window: QWidget) -> None:
        """Listen at this window; call after it was shown."""
        handle = window.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)

    def look(self) -> None:
        """Has the time come?"""
        if self._since.elapsed() >= self._minutes() * 60_000:
            self.idle.emit()

    def restart(self) -> None:
        """Somebody is here."""
        self._since.restart()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _WAKING:
            self._since.restart()
        return False


class LockScreen(QWidget):
    """``submitted`` sends the password; ``leaving`` asks to sign out."""

    submitted = Signal(str)
    leaving = Signal()

    def __init__(self, full_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lock-screen")
        self.setAccessibleName(t("Экран заблокирован"))
        self.password = PasswordField()
        self.password.setObjectName("unlock-password")
        self.password.returnPressed.connect(self._submit)
        self._field = Field(t("Пароль"), self.password)
        self._waiting = WaitingLine(self._field)
        self.password.textEdited.connect(self._on_typing)
        self._enter = Button(t("Продолжить"), kind="primary", size=40, shortcut_hint="Enter")
        self._enter.setObjectName("unlock")
        self._enter.set_wide()
        self._enter.clicked.connect(self._submit)
        other = Link(t("Войти под другой учётной записью"))
        other.setObjectName("sign-out")
        other.clicked.connect(self.leaving)
        form = QWidget()
        form.setFixedWidth(360)
        box = QVBoxLayout(form)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(row(None, Avatar(initials(full_name), 48), None))
        box.addLayout(row(None, Label(short_name(full_name), "name"), None))
        words = t("Экран заблокирован. Набранное осталось на месте")
        box.addLayout(row(None, Label(words, color="text2"), None))
        box.addSpacing(12)
        box.addWidget(self._field)
        box.addSpacing(8)
        box.addWidget(self._enter)
        box.addLayout(row(None, other, None))
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(row(None, form, None))
        outer.addStretch(1)

    def begin(self) -> None:
        """An empty line with the focus in it."""
        self._waiting.stop()
        self.password.clear()
        self._field.set_state("none")
        self.set_busy(False)
        self.password.setFocus()

    def set_busy(self, busy: bool) -> None:
        """While the password is being checked."""
        self._enter.setEnabled(not busy)
        self.password.setEnabled(not busy)

    def show_wrong_password(self) -> None:
        """Beside the password."""
        self.set_busy(False)
        self._field.set_state("error", t("Пароль не подошёл. Проверьте раскладку и Caps Lock"))
        self.password.selectAll()
        self.password.setFocus()

    def show_wait(self, seconds: int) -> None:
        """Passwords have to wait; what was typed stays. 0 changes nothing."""
        if not seconds:
            return
        self.set_busy(False)
        if not self._waiting.on:
            self.password.selectAll()
        self._waiting.begin(seconds)
        self.password.setFocus()

    def show_error(self, words: str) -> None:
        """Something else than the password stands in the way."""
        self.set_busy(False)
        self._field.set_state("error", words)
        self.password.setFocus()

    def show_held(self) -> None:
        """Somebody wants to sign out while a field holds what can't be kept."""
        words = t("Набранное ещё не записано: введите пароль и закончите поле")
        self._field.set_state("error", words)
        self.password.setFocus()

    def _on_typing(self) -> None:
        if not self._waiting.on:
            self._field.set_state("none")

    def _submit(self) -> None:
        if self.password.text():
            self.submitted.emit(self.password.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), color("canvas"))
