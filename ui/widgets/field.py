"""A labelled field with a line under it for hints, warnings and errors."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ui.design.icons import paint_icon
from ui.design.text import t
from ui.widgets.label import Label
from ui.widgets.layout import WidthAware, row
from ui.widgets.line_edit import TextField, set_look

_LINE = {"error": ("bad", "circle-alert"), "warning": ("warn", "triangle-alert")}


class _SmallIcon(QWidget):
    """A 14 px icon in a line of text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look: tuple[str, str] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_look(self, icon: str, token: str) -> None:
        """Which icon in which colour."""
        self._look = (icon, token)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(14, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._look:
            paint_icon(QPainter(self), self._look[0], 0, 1, self._look[1], 14)


class Field(WidthAware, QWidget):
    """Label, editor, and a line below. States: ``none``, ``ok``, ``warning``, ``error``.

    ``ok`` shows a green check inside the editor; ``error`` and ``warning`` colour the border and
    show the text below with an icon, so that meaning never rests on colour alone.
    """

    def __init__(
        self,
        label: str,
        editor: QWidget | None = None,
        required: bool = False,
        *,
        hint: str = "",
        note: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor: QWidget = editor if editor is not None else TextField()
        self._hint = hint
        self._state = "none"
        self._name = label
        self.label = Label(label, "pill", "text2", elide=True)
        self.label.setBuddy(self.editor)
        self._mark = Label("*", "pill", "bad")
        self._mark.setToolTip(t("Нужно заполнить"))
        if not required:
            self._mark.hide()
        self._note = Label(note, "secondary", "text3")
        if not note:
            self._note.hide()
        self._line = Label("", "secondary", "text3", wrap=True)
        self._icon = _SmallIcon()
        heading = row(self.label, self._mark, self._note, gap=4)
        heading.setStretch(0, 1)
        if required:
            # The mark stands right behind the word, not at the far end.
            heading.setStretch(0, 0)
            heading.insertStretch(2, 1)
            self.label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        below = row(self._icon, self._line, gap=6)
        below.setStretch(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(heading)
        box.addWidget(self.editor)
        box.addLayout(below)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.editor)
        self.editor.setAccessibleName(label)
        if not self.editor.objectName():
            self.editor.setObjectName(f"field-{label}")
        self.set_state("none", hint)

    @property
    def state(self) -> str:
        """``none``, ``ok``, ``warning`` or ``error``."""
        return self._state

    def set_note(self, text: str) -> None:
        """Grey words at the right end of the label's line."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def set_hint(self, text: str) -> None:
        """Change the words that stand below while nothing is wrong."""
        self._hint = text
        if self._state in ("none", "ok"):
            self.set_state(self._state)

    def set_state(self, state: str = "none", text: str | None = None) -> None:
        """Show a state; without a text the hint returns."""
        said = self._hint if text is None else text
        before, self._state = self._state, state
        set_look(self.editor, "state", state)
        token, icon = _LINE.get(state, ("text3", ""))
        self._icon.setVisible(bool(icon and said))
        if icon:
            self._icon.set_look(icon, token)
        self._line.setText(said)
        self._line.set_color(token)
        self._line.setVisible(bool(said))
        self.editor.setAccessibleDescription(said)
        if isinstance(self.editor, TextField) and type(self.editor).__name__ != "Choice":
            if state == "ok":
                self.editor.set_trailing("check", "ok")
            elif before == "ok":
                self.editor.set_trailing(None)
