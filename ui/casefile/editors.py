"""Editors of one value: what is typed becomes a value of the record or a sentence why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

from PySide6.QtWidgets import QWidget

from arm.casework import labels, reference
from ui.casefile.catalogue import EditSpec
from ui.casefile.wording import value_text
from ui.design.text import t
from ui.widgets import Choice, DateField, TextArea, TextField

EDITOR_SIZE = 28
"""Height of an editor that opens inside a line of text, px."""


class NotAValue(Exception):
    """What was typed cannot be kept; the text says why and what to do."""


class Editor(Protocol):
    """A widget with a way in and a way out for one value."""

    @property
    def widget(self) -> QWidget:
        """What is shown and focused."""

    def put(self, value: Any) -> None:
        """Show a value of the record."""

    def take(self) -> Any:
        """The value that is typed, None when empty. Raises :class:`NotAValue`."""

    def on_typed(self, told: Callable[[], None]) -> None:
        """Call ``told`` after each change made by a person."""

    def on_chosen(self, told: Callable[[], None]) -> None:
        """Call ``told`` when a person picked a whole value at once (from a list)."""


class TextEditor:
    """A line of text; spaces at the ends are dropped."""

    def __init__(self, placeholder: str = "", size: int = EDITOR_SIZE) -> None:
        self.field = TextField("", t(placeholder) if placeholder else "", size=size)

    @property
    def widget(self) -> QWidget:
        return self.field

    def put(self, value: Any) -> None:
        self.field.setText("" if value is None else str(value))

    def take(self) -> Any:
        return " ".join(self.field.text().split()) or None

    def on_typed(self, told: Callable[[], None]) -> None:
        self.field.textEdited.connect(lambda _text: told())

    def on_chosen(self, told: Callable[[], None]) -> None:
        """A line of text is never picked."""


class LongEditor:
    """A text of several lines: Enter saves, Shift+Enter begins a new line."""

    def __init__(self, placeholder: str = "", lines: int = 2) -> None:
        self.area = TextArea("", t(placeholder) if placeholder else "", lines=lines)

    @property
    def widget(self) -> QWidget:
        return self.area

    def put(self, value: Any) -> None:
        self.area.setPlainText("" if value is None else str(value))

    def take(self) -> Any:
        return self.area.toPlainText().strip() or None

    def on_typed(self, told: Callable[[], None]) -> None:
        self.area.textChanged.connect(told)

    def on_chosen(self, told: Callable[[], None]) -> None:
        """A text is never picked."""


class DateEditor:
    """A date дд.мм.гггг; «=» is today."""

    def __init__(self, today: Callable[[], date], size: int = EDITOR_SIZE) -> None:
        self.field = DateField(today=today, size=size)

    @property
    def widget(self) -> QWidget:
        return self.field

    def put(self, value: Any) -> None:
        self.field.setText(f"{value:%d.%m.%Y}" if value else "")

    def take(self) -> Any:
        problem = self.field.problem()
        if problem:
            raise NotAValue(problem)
        return self.field.value()

    def on_typed(self, told: Callable[[], None]) -> None:
        self.field.textEdited.connect(lambda _text: told())

    def on_chosen(self, told: Callable[[], None]) -> None:
        """A date is typed."""


class ChoiceEditor:
    """One code of a list."""

    def __init__(
        self, options: Sequence[tuple[str, str]], placeholder: str = "", size: int = EDITOR_SIZE
    ) -> None:
        shown = [(code, t(title)) for code, title in options]
        self._titles = {_folded(title): code for code, title in shown}
        self.field = Choice(shown, None, placeholder or t("выберите"), size=size)

    @property
    def widget(self) -> QWidget:
        return self.field

    def put(self, value: Any) -> None:
        self.field.set_value(value)

    def take(self) -> Any:
        text = _folded(self.field.text())
        if not text:
            return None
        if text in self._titles:
            return self._titles[text]
        if not self.field.edited():
            return self.field.value() or None
        raise NotAValue(t("«{typed}» нет в списке. Выберите подходящее", typed=self.field.text()))

    def on_typed(self, told: Callable[[], None]) -> None:
        self.field.textEdited.connect(lambda _text: told())

    def on_chosen(self, told: Callable[[], None]) -> None:
        self.field.changed.connect(lambda _value: told())


class LanguagesEditor(TextEditor):
    """Names of languages separated by commas ↔ a set of ISO 639-1 codes."""

    def put(self, value: Any) -> None:
        self.field.setText(value_text("person", "languages", value))

    def take(self) -> Any:
        known = {_folded(name): code for code, name in reference.languages().items()}
        known |= {_folded(t(name)): code for code, name in reference.languages().items()}
        codes = set()
        for word in self.field.text().replace(";", ",").split(","):
            name = _folded(word)
            if not name:
                continue
            found = known.get(name) or _only_one(known, name)
            if found is None:
                raise NotAValue(t("Язык «{name}» не найден. Проверьте название", name=word.strip()))
            codes.add(found)
        return frozenset(codes)


def _only_one(known: dict[str, str], beginning: str) -> str | None:
    """The code of the one language whose name begins so: «узб» is enough."""
    found = [code for name, code in known.items() if name.startswith(beginning)]
    return found[0] if len(found) == 1 else None


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е").strip()


def editor_for(
    kind: str, spec: EditSpec, today: Callable[[], date], size: int = EDITOR_SIZE
) -> Editor:
    """The editor of a field of a record."""
    if spec.editor == "date":
        return DateEditor(today, size)
    if spec.editor == "choice":
        options = labels.choices(kind, spec.field)
        if options is not None:
            return ChoiceEditor(options, size=size)
    if spec.editor == "languages":
        return LanguagesEditor(spec.placeholder, size)
    if spec.editor == "long":
        return LongEditor(spec.placeholder)
    return TextEditor(spec.placeholder, size)
