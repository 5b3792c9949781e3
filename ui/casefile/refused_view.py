"""An edit that the centre did not accept: why, what was typed, and what one can do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from arm.access.rights import may
from arm.casework import refused
from arm.casework.errors import RefusalGone
from arm.casework.refused import Decision, RefusedEdit, TypedValue
from arm.store.store import Store
from ui.casefile.ground import Reassurance, Surface, scrolling
from ui.casefile.side_list import ListLine
from ui.casefile.wording import initials, moment_text, said
from ui.context import Context
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.widgets import (
    Avatar,
    Banner,
    Button,
    Dialog,
    Event,
    Field,
    Label,
    Panel,
    TextArea,
    Timeline,
    clear_layout,
    column,
    keep_toasts_above,
    row,
)
from ui.widgets.painting import draw_hair_below, draw_text

LABEL_WIDTH = 176
Act = Callable[[Store, str, str], None]
"""Decides about an edit, by its key, with a reason."""


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


class RefusedItem(ListLine):
    """One refused edit in the list at the left."""

    def __init__(self, edit: RefusedEdit, when: str) -> None:
        super().__init__()
        self.edit, self._when = edit, when
        name = edit.person_name
        self.setText(" ".join(name.split()[:2]) if name else name_of(edit))
        self.setObjectName(f"refused-{edit.key}")
        self.setAccessibleName(f"{name_of(edit)}, {t(edit.what)}, {when}")
        self.setAccessibleDescription(t(edit.why))

    def sizeHint(self) -> QSize:
        return QSize(240, 73)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.paint_ground()
        icon, token = _mark(self.edit)
        paint_icon(painter, icon, self.width() - 32.0, 12, token)
        room = self.width() - 32
        draw_text(painter, QRectF(16, 10, room - 24, 20), self.text(), "bodyStrong", "text")
        draw_text(painter, QRectF(16, 31, room, 16), t(self.edit.what), "secondary", "text2")
        below = ", ".join(part for part in (self.edit.who, self._when) if part)
        draw_text(painter, QRectF(16, 48, room, 16), below, "secondary", "text3")


def _mark(edit: RefusedEdit) -> tuple[str, str]:
    if edit.handed_back is not None:
        return "rotate-ccw", "warnFill"
    if any(one.what != "handed_back" for one in edit.decisions):
        return "check", "ok"
    return "cloud-alert", "badFill"


class _Typed(QWidget):
    """A field and the whole of what was typed into it, in as many lines as it takes; below it what
    the case says now, where that is something else."""

    def __init__(self, label: str, text: str, now: str, *, emptied: bool) -> None:
        super().__init__()
        name = Label(label, "body", "text3", wrap=True)
        name.setFixedWidth(LABEL_WIDTH)
        value = Label(text, "body", "text3" if emptied else "text", wrap=True)
        value.setAccessibleName(f"{label}: {text}")
        box = QHBoxLayout(self)
        box.setContentsMargins(15, 7, 15, 8)
        box.setSpacing(8)
        box.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        below = Label(t("сейчас в деле: {now}", now=now), "secondary", "text3", wrap=True)
        below.setVisible(bool(now) and now != text)
        box.addLayout(column(value, below, gap=1), 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_hair_below(QPainter(self), self)


class RefusedView(QWidget):
    """The middle of the page for one refused edit. Looking at it changes nothing; ``decided`` tells
    that somebody decided about it."""

    case_wanted = Signal(str)
    decided = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
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
        self._word = Banner("warn", "", "", icon="rotate-ccw")
        self._word.setObjectName("refusedHandedBack")
        self._why = Banner("bad", "", icon="cloud-alert")
        self._why.setObjectName("refusedWhy")
        self._values = Panel(t("Что было набрано"), padding=False)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._values.body.addLayout(self._rows)
        self._decisions = Panel(t("Решения"), padding=False)
        self._timeline = Timeline()
        self._decisions.body.addWidget(self._timeline)
        self._note = Reassurance("")
        inner = QWidget()
        inner.setLayout(
            column(self._word, self._why, self._values, self._decisions, self._note, None, gap=12,
                   margins=(24, 16, 24, 16))
        )  # fmt: skip
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(head)
        box.addWidget(scrolling(inner, "refusedEdit"), 1)
        box.addWidget(self._build_footer())

    def _build_footer(self) -> QWidget:
        self._foot = Surface(above=True)
        self._foot.setFixedHeight(56)
        self.close_button = Button(t("Закрыть с причиной…"), None, "ghost")
        self.close_button.setObjectName("refusedClose")
        self.close_button.clicked.connect(self._ask_close)
        self.back_button = Button(t("Вернуть автору…"), "rotate-ccw")
        self.back_button.setObjectName("refusedHandBack")
        self.back_button.clicked.connect(self._ask_hand_back)
        self.enter_button = Button(t("Внести заново"), "pencil", "primary")
        self.enter_button.setObjectName("refusedEnter")
        self.enter_button.clicked.connect(self.enter)
        parts = (self.close_button, None, self.back_button, self.enter_button)
        self._foot.setLayout(row(*parts, margins=(24, 1, 24, 0)))
        keep_toasts_above(self._foot)
        return self._foot

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
        told += [t("за другим компьютером")] if edit.elsewhere else []
        self._about.setText(" · ".join(told))
        back = edit.handed_back
        self._word.setVisible(back is not None)
        if back is not None:
            by_whom = t("Правку вернули: {who}", who=back.who) if back.who else ""
            self._word.set_words(by_whom or t("Вы вернули правку автору"), back.reason)
        self._why.set_words(t(edit.why), t(edit.advice))
        self.open_button.setVisible(bool(edit.person_id))
        self.open_button.setEnabled(edit.here)
        self.open_button.setToolTip("" if edit.here else t("Этого дела нет на этом компьютере"))
        clear_layout(self._rows)
        for typed in edit.values:
            text, now = shown_value(edit, typed), said(edit.kind, typed.field, typed.now)
            self._rows.addWidget(_Typed(t(typed.label), text, now, emptied=not typed.text))
        self._values.setVisible(bool(edit.values))
        self._timeline.set_events([_event(one, today) for one in reversed(edit.decisions)])
        self._decisions.setVisible(bool(edit.decisions))
        over = any(one.what != "handed_back" for one in edit.decisions)
        self._note.set_text(
            t("Набранное хранится и после решения.") if over
            else t("Правка цела. В деле сейчас то, что хранит центр.")
        )  # fmt: skip
        self._foot.setVisible(not over)
        supervises = may(self._context.store.actor, "supervise")
        self.back_button.setVisible(supervises and not edit.own)
        self.enter_button.setText(t("Внести заново") if edit.own else t("Внести за автора"))

    # -- deciding -------------------------------------------------------------------------------

    def copy(self) -> None:
        """Put the whole edit on the clipboard."""
        if self.edit is not None:
            QGuiApplication.clipboard().setText(as_text(self.edit))
            self._context.toast(t("Скопировано"), icon="clipboard")

    def enter(self) -> None:
        """Enter the edit anew, as one's own action that can be undone."""
        if self.edit is None or not self._foot.isVisible():
            return
        store, key = self._context.store, self.edit.key
        self._context.background.write(
            lambda: refused.enter(store, key), lambda _person: self._on_entered(), self._failed
        )

    def _on_entered(self) -> None:
        self._context.toast(t("Внесено заново"), icon="check")
        self.decided.emit()

    def _ask_close(self) -> None:
        self._ask(
            t("Закрыть правку"),
            t("Набранное останется здесь, но больше не будет ждать решения."),
            t("Почему она не нужна"),
            t("Закрыть правку"),
            refused.close,
            t("Правка закрыта"),
        )

    def _ask_hand_back(self) -> None:
        self._ask(
            t("Вернуть автору"),
            t("Автор увидит ваши слова на своём компьютере после обмена."),
            t("Что сделать с правкой"),
            t("Вернуть автору"),
            refused.hand_back,
            t("Правка возвращена автору"),
        )

    def _ask(
        self, title: str, text: str, label: str, button: str, act: Act, done: str
    ) -> None:  # fmt: skip
        if self.edit is None:
            return
        store, key = self._context.store, self.edit.key

        def decide(reason: str) -> None:
            self._context.background.write(
                lambda: act(store, key, reason), lambda _none: after(), self._failed
            )

        def after() -> None:
            self._context.toast(done, icon="check")
            self.decided.emit()

        self._context.open_dialog(ReasonDialog(title, text, label, button, decide))

    def _failed(self, error: Exception) -> None:
        self._context.show_error(error)
        if isinstance(error, RefusalGone):
            self.decided.emit()

    def _open_case(self) -> None:
        if self.edit is not None and self.edit.here:
            self.case_wanted.emit(self.edit.person_id)


def _event(one: Decision, today: date) -> Event:
    title = f"{t(one.title)}: {one.reason}" if one.reason else t(one.title)
    meta = f"{one.who or t('вы')}, {moment_text(one.at, today)}"
    if not one.sent:
        meta += f" · {t('ждёт отправки')}"
    icon = {"handed_back": "rotate-ccw", "entered": "pencil", "closed": "check"}[one.what]
    return Event(title, meta, icon)


class ReasonDialog(Dialog):
    """Asks for a reason; without one there is no decision."""

    def __init__(
        self, title: str, text: str, label: str, button: str, decide: Callable[[str], None]
    ) -> None:
        super().__init__(title, text, width=480)
        self.setObjectName("reasonDialog")
        self._decide = decide
        self.reason = TextArea(lines=3)
        self.reason.setObjectName("reason")
        self.reason.setAccessibleName(label)
        self.reason.textChanged.connect(self._look)
        self.body.addWidget(Field(label, self.reason))
        self.add_button(t("Отмена"))
        self._yes = self.add_button(button, "primary")
        self._yes.clicked.connect(lambda: self._decide(self.reason.toPlainText()))
        self._look()

    def _look(self) -> None:
        self._yes.setEnabled(bool(self.reason.toPlainText().strip()))
