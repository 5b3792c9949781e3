"""One long task over a list: what is done, how far it has come, «Прервать»."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.background import Task
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import ProgressLine, row
from ui.widgets.painting import fill_box

if TYPE_CHECKING:
    from ui.context import Context


class _Work(QWidget):
    """A running task over the list: what, how far, «Прервать»."""

    def __init__(self, text: str, cancel: Callable[[], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self.setObjectName("bulk-progress")
        self.line = ProgressLine(text, cancel)
        self.setLayout(row(self.line, margins=(16, 12, 16, 14)))
        self.resize(420, 64)
        self.show()
        self.raise_()

    def place(self) -> None:
        """Above the bulk bar, in the middle."""
        parent = self._host
        self.move((parent.width() - self.width()) // 2, parent.height() - 64 - 76)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.place()

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        fill_box(QPainter(self), area, 8, color("raised"), color("control"))


class LongWork(QObject):
    """Runs one task at a time and shows it over its host."""

    def __init__(self, context: Context, host: QWidget) -> None:
        super().__init__(host)
        self._context, self._host = context, host
        self._task: Task | None = None
        self._work: _Work | None = None

    @property
    def running(self) -> bool:
        """Whether a task is under way."""
        return self._task is not None

    def run(
        self,
        text: str,
        work: Callable[[Callable[[int, int], None], Callable[[], bool]], object],
        done: Callable[..., None],
        path: Path,
    ) -> None:
        """Begin, unless another task is under way; broken off, it leaves no file at ``path``."""
        if self._task is not None:
            return

        def finish(result: object) -> None:
            self._end()
            done(result)

        def fail(error: Exception) -> None:
            self._end()
            self._context.show_error(error)

        shown = _Work(text, self.cancel, self._host)
        self._work = shown
        shown.place()
        self._task = self._context.background.task(
            work,
            finish,
            fail,
            progress=shown.line.set_progress,
            undo=lambda: path.unlink(missing_ok=True),
        )

    def cancel(self) -> None:
        """Break off what runs; nothing half-written stays."""
        if self._task is not None and self._task.cancel():
            self._end()
            self._context.toast(t("Прервано. Файл не записан"))

    def _end(self) -> None:
        self._task = None
        if self._work is not None:
            self._work.hide()
            self._work.deleteLater()
            self._work = None
