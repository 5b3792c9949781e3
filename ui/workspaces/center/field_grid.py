"""A grid of labelled fields made from a list: what the intake asks, in the order of Tab."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.design.text import t
from ui.widgets import Choice, DateField, Field, TextField

Value = str | date | None


@dataclass(frozen=True)
class Asked:
    """One field: ``span`` columns wide; ``options`` for a choice."""

    name: str
    label: str
    kind: Literal["text", "date", "choice"] = "text"
    required: bool = False
    span: int = 1
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    upper: bool = False
    """Capitals only, as in a passport's Latin lines."""


class FieldGrid(QWidget):
    """Fields in columns. ``edited`` tells that a person changed one: its name."""

    edited = Signal(str)

    def __init__(
        self,
        asked: Sequence[Asked],
        columns: int,
        today: Callable[[], date],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._today = today
        self._asked = {one.name: one for one in asked}
        self.fields: dict[str, Field] = {}
        self._quiet = False
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        line = place = 0
        for one in asked:
            if place + one.span > columns:
                line, place = line + 1, 0
            field = Field(one.label, self._editor(one), one.required, hint=one.hint)
            grid.addWidget(field, line, place, 1, one.span, Qt.AlignmentFlag.AlignTop)
            self.fields[one.name] = field
            place += one.span
        for column in range(columns):
            grid.setColumnStretch(column, 1)

    def editor(self, name: str) -> TextField:
        """The line that a field is typed in."""
        made = self.fields[name].editor
        assert isinstance(made, TextField)
        return made

    def first(self) -> TextField:
        """The first field in the order of Tab."""
        return self.editor(next(iter(self.fields)))

    def value(self, name: str) -> Value:
        """What stands in a field: text, a date, or None for an empty or unfinished date."""
        editor = self.editor(name)
        if isinstance(editor, DateField):
            return editor.value()
        if isinstance(editor, Choice):
            return editor.value()
        return " ".join(editor.text().split())

    def text(self, name: str) -> str:
        """What stands in a field of text or choice."""
        found = self.value(name)
        return found if isinstance(found, str) else ""

    def day(self, name: str) -> date | None:
        """What stands in a field of a date."""
        found = self.value(name)
        return found if isinstance(found, date) else None

    def put(self, values: Mapping[str, Value]) -> None:
        """Fill fields; nothing is sent."""
        self._quiet = True
        for name, value in values.items():
            editor = self.editor(name)
            if isinstance(editor, DateField):
                editor.setText(f"{value:%d.%m.%Y}" if isinstance(value, date) else "")
            elif isinstance(editor, Choice):
                editor.set_value(value if isinstance(value, str) else "")
            else:
                editor.setText(value if isinstance(value, str) else "")
                editor.setCursorPosition(0)
        self._quiet = False

    def set_mark(self, name: str, mark: str, note: str = "") -> None:
        """``ok``: read from the document; ``typed``: by hand; empty: nothing there."""
        field = self.fields[name]
        field.set_state("ok" if mark == "ok" else "none")
        editor = self.editor(name)
        if not isinstance(editor, Choice) and mark == "typed":
            editor.set_trailing("pencil", "text3")
        field.set_note(note)

    def show_problem(self, name: str, text: str) -> None:
        """Say what is wrong under the field; empty takes it back."""
        field = self.fields[name]
        if text:
            field.set_state("error", text)
        elif field.state == "error":
            self.set_mark(name, "typed" if self.value(name) else "")

    def unfinished(self) -> list[tuple[str, str]]:
        """Dates that are no dates: (name, what is wrong)."""
        found: list[tuple[str, str]] = []
        for name in self.fields:
            editor = self.editor(name)
            if isinstance(editor, DateField) and editor.problem():
                found.append((name, editor.problem()))
        return found

    def _editor(self, one: Asked) -> TextField:
        editor: TextField
        if one.kind == "date":
            editor = DateField(today=self._today)
        elif one.kind == "choice":
            editor = Choice(one.options, placeholder=t("выберите"))
            editor.changed.connect(lambda _value, name=one.name: self._tell(name))
        else:
            editor = TextField()
        editor.setObjectName(f"intake-{one.name}")
        if one.kind != "choice":
            editor.textChanged.connect(lambda _text, name=one.name: self._tell(name))
        if one.upper:
            editor.textEdited.connect(lambda text, line=editor: _capitals(line, text))
        return editor

    def _tell(self, name: str) -> None:
        if not self._quiet:
            self.edited.emit(name)


def _capitals(line: TextField, text: str) -> None:
    if text != text.upper():
        place = line.cursorPosition()
        line.setText(text.upper())
        line.setCursorPosition(place)
