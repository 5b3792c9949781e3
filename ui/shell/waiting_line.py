"""The wait after wrong passwords, counted down under the line where the password is typed."""

from __future__ import annotations

from math import ceil
from time import monotonic

from PySide6.QtCore import QObject, QTimer

from ui.design.text import t
from ui.widgets.field import Field


class WaitingLine(QObject):
    """Only shows: whether a password is tried is decided where the keys are. So the line stays
    usable, and Enter asks again."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._field = field
        self._until = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._show)

    @property
    def on(self) -> bool:
        """Whether the wait is being shown."""
        return self._timer.isActive()

    def begin(self, seconds: int) -> None:
        """Count down from here; 0 shows nothing."""
        self.stop()
        if seconds > 0:
            self._until = monotonic() + seconds
            self._timer.start()
            self._show()

    def stop(self) -> None:
        """Show nothing any more."""
        if self.on:
            self._timer.stop()
            self._field.set_state("none")

    def _show(self) -> None:
        seconds = ceil(self._until - monotonic())
        if seconds <= 0:
            self._timer.stop()
            self._field.set_state("none", t("Пароль можно ввести снова"))
            return
        wait = f"{seconds // 60}:{seconds % 60:02}"
        said = t("Пароль не подошёл много раз подряд. Следующая попытка через {wait}", wait=wait)
        self._field.set_state("error", said)
