"""An edit that the centre did not accept: why, what was typed, and what one can do with it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from arm.casework.refused import RefusedEdit, TypedValue
from ui.casefile.conflict_parts import Reassurance, Surface
from ui.casefile.ground import scrolling
from ui.casefile.wording import initials, moment_text, said
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import Avatar, Banner, Button, Label, Panel, clear_layout, column, row
from ui.widgets.painting import Ringed, draw_text

LABEL_WIDTH = 176


def name_of(edit: RefusedEdit) -> str:
    """Whom the edit is about."""
    if edit.person_name:
        return edit.person_name
    return t("Человек без имени") if edit.person_id else t("Принимающая сторона")


def shown_value(edit: RefusedEdit, typed: TypedValue) -> str:
    """The typed value as people read it; an emptied field says so."""
    return said(edit.kind, typed.field, typed.text) or t("пусто")


def as_text(edit: RefusedEdit) -> str:
    """The whole edit for the clipboard: whose, what, and a line a field."""
    lines = [f"{name_of(edit)} · {t(edit.what)}"]
    lines += [f"{t(typed.label)}: {shown_value(edit, typed)}" for typed in edit.values]
    return "\n".join(lines)


class RefusedItem(Ringed, QAbstractButton):
    """One refused edit in the list at the left."""

    def __init__(self, edit: RefusedEdit, when: str) -> None:
        super().__init__()
        self.edit, self._when = edit, when
        self.setText(name_of(edit))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setObjectName(f"refused-{edit.cseq}")
        self.setAccessibleName(f"{name_of(edit)}, {t(edit.what)}, {when}")
        self.setAccessibleDescription(t(edit.why))

    def sizeHint(self) -> QSize:
        return QSize(240, 73)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(self.rect(), color("selected"))
            painter.fillRect(0, 0, 3, self.height() - 1, color("accent"))
        elif self.underMouse():
            painter.fillRect(self.rect(), color("hover"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))
        paint_icon(painter, "cloud-alert", self.width() - 32.0, 12, "badFill")
        room = self.width() - 32
        draw_text(painter, QRectF(16, 10, room - 24, 20), self.text(), "bodyStrong", "text")
        draw_text(painter, QRectF(16, 31, room, 16), t(self.edit.what), "secondary", "text2")
        below = ", ".join(part for part in (self.edit.who, self._when) if part)
        draw_text(painter, QRectF(16, 48, room, 16), below, "secondary", "text3")


class _Typed(QWidget):
    """A field and the whole of what was typed into it, in as many lines as it takes."""

    def __init__(self, label: str, text: str, *, emptied: bool) -> None:
        super().__init__()
        name = Label(label, "body", "text3", wrap=True)
        name.setFixedWidth(LABEL_WIDTH)
        value = Label(text, "body", "text3" if emptied else "text", wrap=True)
        value.setAccessibleName(f"{label}: {text}")
        box = QHBoxLayout(self)
        box.setContentsMargins(15, 7, 15, 8)
        box.setSpacing(8)
        box.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        box.addWidget(value, 1, Qt.AlignmentFlag.AlignTop)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, color("hair"))


class RefusedView(QWidget):
    """The middle of the page for one refused edit. Looking at it changes nothing."""

    case_wanted = Signal(str)
    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit: RefusedEdit | None = None
        self._avatar = Avatar("", 36)
        self._name = Label("", "screen", elide=True)
        self._about = Label("", "secondary", "text2", wrap=True)
        self.copy_button = Button(t("Скопировать"), "copy", "secondary", 28)
        self.copy_button.setObjectName("refusedCopy")
        self.copy_button.clicked.connect(self.copy)
        self.open_button = Button(t("Открыть дело"), "arrow-up-right", "secondary", 28)
        self.open_button.setObjectName("refusedOpenCase")
        self.open_button.clicked.connect(self._open_case)
        head = Surface(below=True)
        words = column(self._name, self._about, gap=0)
        top = row(
            self._avatar,
            words,
            self.copy_button,
            self.open_button,
            gap=12,
            margins=(24, 16, 24, 13),
        )
        top.setStretch(1, 1)
        head.setLayout(top)
        self._why = Banner("bad", "", icon="cloud-alert")
        self._why.setObjectName("refusedWhy")
        self._values = Panel(t("Что было набрано"), padding=False)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._values.body.addLayout(self._rows)
        note = Reassurance(
            t("Правка осталась на этом компьютере. В деле сейчас то, что хранит центр.")
        )
        inner = QWidget()
        body = column(self._why, self._values, note, None, gap=12, margins=(24, 16, 24, 16))
        inner.setLayout(body)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(head)
        box.addWidget(scrolling(inner, "refusedEdit"), 1)

    def show_edit(self, edit: RefusedEdit, today: date) -> None:
        """Show one edit; nothing moves when it is the one already shown."""
        if edit == self.edit:
            return
        self.edit = edit
        name = name_of(edit)
        self._name.setText(name)
        words = name.split()
        self._avatar.set_initials(initials(words[0], words[1] if len(words) > 1 else None))
        told = [t(edit.what), *([edit.who] if edit.who else []), moment_text(edit.typed_at, today)]
        self._about.setText(" · ".join(told))
        self._why.set_words(t(edit.why), t(edit.advice))
        self.open_button.setVisible(bool(edit.person_id))
        self.open_button.setEnabled(edit.here)
        self.open_button.setToolTip("" if edit.here else t("Этого дела нет на этом компьютере"))
        clear_layout(self._rows)
        for typed in edit.values:
            text = shown_value(edit, typed)
            self._rows.addWidget(_Typed(t(typed.label), text, emptied=not typed.text))
        self._values.setVisible(bool(edit.values))

    def copy(self) -> None:
        """Put the whole edit on the clipboard."""
        if self.edit is not None:
            QGuiApplication.clipboard().setText(as_text(self.edit))
            self.copied.emit()

    def _open_case(self) -> None:
        if self.edit is not None and self.edit.here:
            self.case_wanted.emit(self.edit.person_id)
