"""What a form still waits for: numbered rows with an editor each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from forms.kit.layout import Box
from ui.casefile.catalogue import spec_of
from ui.casefile.editors import (
    ChoiceEditor,
    DateEditor,
    Editor,
    LongEditor,
    TextEditor,
    editor_for,
)
from ui.casefile.print_work import Waiting
from ui.design.text import counted, t
from ui.design.theme import color
from ui.widgets import Field, TextField, clear_layout
from ui.widgets.painting import draw_text, fill_box

TYPING_PAUSE_MS = 150
"""How long after the last key the sheet is drawn anew."""


class Badge(QWidget):
    """The number that stands both here and on the sheet."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self.current = False
        self.settled = False
        self.setFixedSize(20, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = "accent" if self.current else "ok" if self.settled else "warn"
        ink = "onAccent" if self.current else "surface"
        fill_box(painter, QRectF(self.rect()), 10, color(ground))
        centre = Qt.AlignmentFlag.AlignHCenter
        draw_text(painter, QRectF(self.rect()), str(self.number), "scaleStrong", ink, centre)


def box_editor(box: Box, today: Callable[[], date]) -> Editor:
    """The editor of a box that no record fills."""
    if box.kind == "choice":
        options = [(option.value, t(option.label or option.value)) for option in box.options]
        return ChoiceEditor(options, size=32)
    if box.kind == "date":
        return DateEditor(today, 32)
    if box.kind == "prose":
        return LongEditor(lines=2)
    return TextEditor(size=32)


class BoxRow(QWidget):
    """Number, name, editor, and under it what is wrong or where the text goes."""

    typed = Signal(str)
    finished = Signal(str)
    pointed = Signal(str)

    def __init__(
        self, number: int, waiting: Waiting, value: Any, today: Callable[[], date]
    ) -> None:
        super().__init__()
        self.waiting = waiting
        self.key = waiting.key
        self.setObjectName(f"printBox-{waiting.key}")
        self.badge = Badge(number)
        target = waiting.target
        if target is not None:
            spec = spec_of(target.kind, target.field)
            self.editor = editor_for(target.kind, spec, today, size=32)
        else:
            self.editor = box_editor(waiting.box, today)
        self.editor.put(value)
        self.widget = self.editor.widget
        self.widget.setObjectName(f"printBoxEditor-{waiting.key}")
        self.field = Field(t(waiting.label), self.widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_PAUSE_MS)
        self._timer.timeout.connect(lambda: self.typed.emit(self.key))
        self.editor.on_typed(self._on_typed)
        self.editor.on_chosen(self._finish)
        self.widget.installEventFilter(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 10, 16, 10)
        line.setSpacing(10)
        line.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.field, 1)
        self.show_waiting(waiting)
        self._count()

    def take(self) -> Any:
        """The value typed. Raises :class:`NotAValue`."""
        return self.editor.take()

    def show_waiting(self, waiting: Waiting | None) -> None:
        """What the check says now; None = the row is right."""
        self.badge.settled = waiting is None
        self.badge.update()
        kept = self.waiting.target is not None
        if waiting is None:
            words = t("Записано в дело") if kept else t("Только на этот лист")
            self.field.set_state("ok", words)
            return
        self.waiting = waiting
        problem = waiting.problems[0]
        if problem.kind == "missing" and not waiting.alone:
            names = [one.label.partition(": ")[2] or one.label for one in waiting.problems]
            empty = ", ".join(map(t, names))
            self.field.set_state("none", t("На листе пусто: {boxes}", boxes=empty))
        elif problem.kind == "missing":
            words = t("Появится на листе и в деле") if kept else t("Только на этот лист")
            self.field.set_state("none", words)
        else:
            self.field.set_state("error", t(problem.text))

    def say(self, text: str) -> None:
        """What is wrong with the typed text; it stays as it is."""
        self.field.set_state("error", text)

    def set_current(self, current: bool) -> None:
        if self.badge.current != current:
            self.badge.current = current
            self.badge.update()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("selected" if self.badge.current else "surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.widget.setFocus(Qt.FocusReason.MouseFocusReason)
        self.pointed.emit(self.key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.pointed.emit(self.key)
        elif event.type() == QEvent.Type.FocusOut or (
            event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)  # type: ignore[attr-defined]  # a key press has a key
        ):
            QTimer.singleShot(0, self, self._finish)
        return False

    def _on_typed(self) -> None:
        self._count()
        self._timer.start()

    def _finish(self) -> None:
        self._timer.stop()
        self.finished.emit(self.key)

    def _count(self) -> None:
        box = self.waiting.box
        room = box.exact or (box.capacity if box.kind == "cells" else 0)
        line = self.widget
        if room and self.waiting.alone and isinstance(self.editor, TextEditor):
            assert isinstance(line, TextField)
            typed = len(line.text().strip())
            line.set_suffix(t("{typed} из {room}", typed=typed, room=room) if typed else "")


class BoxList(QWidget):
    """All rows of one form. Rows stay until another form is chosen, so that typing goes on."""

    typed = Signal(str)
    finished = Signal(str)
    pointed = Signal(str)

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.rows: dict[str, BoxRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def clear(self) -> None:
        """Another form is shown."""
        clear_layout(self._column)
        self.rows.clear()

    def show_waiting(self, waiting: Sequence[Waiting], values: dict[str, Any]) -> None:
        """Add rows for what is new, tell the old rows how they stand. Numbers never move."""
        open_ones = {one.key: one for one in waiting}
        for key, shown in self.rows.items():
            shown.show_waiting(open_ones.get(key))
        for one in waiting:
            if one.key in self.rows:
                continue
            shown = BoxRow(len(self.rows) + 1, one, values.get(one.key), self._today)
            shown.typed.connect(self.typed)
            shown.finished.connect(self.finished)
            shown.pointed.connect(self._on_pointed)
            self.rows[one.key] = shown
            self._column.addWidget(shown)

    def current(self) -> str:
        """The key of the row the keyboard is in, or empty."""
        return next((key for key, shown in self.rows.items() if shown.badge.current), "")

    def set_current(self, key: str) -> None:
        for row_key, shown in self.rows.items():
            shown.set_current(row_key == key)

    def focus(self, key: str) -> None:
        """Bring the keyboard to a row."""
        if key in self.rows:
            self.rows[key].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_pointed(self, key: str) -> None:
        self.set_current(key)
        self.pointed.emit(key)


def waiting_title(count: int) -> str:
    """«Не хватает 3 полей», «Всё заполнено»."""
    if not count:
        return t("Всё заполнено")
    return t("Не хватает {fields}", fields=counted(count, "поля", "полей", "полей"))
