"""One value or one decision in full, beside the list: act, source, how sure, what was before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from arm.casework.law_decisions import Decided
from arm.casework.law_view import ValueLine
from arm.law.tables import NOT_FOUND
from ui.casefile.ground import Surface, between, scrolling
from ui.casefile.law_rows import look_of, state_text, value_text
from ui.design.text import fmt_date, fmt_time, t
from ui.widgets import (
    Banner,
    Button,
    EmptyState,
    Label,
    Link,
    Panel,
    Pill,
    Rule,
    clear_layout,
    column,
    row,
)

WIDTH = 360


class LawInspector(Panel):
    """``confirm``, ``correct`` and ``withdraw`` send what the person wants to decide."""

    confirm = Signal(object)
    correct = Signal(object)
    withdraw = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", padding=False, parent=parent)
        self.setObjectName("lawInspector")
        self.setFixedWidth(WIDTH)
        self._value: ValueLine | None = None
        inner = QWidget()
        self._stack = QVBoxLayout(inner)
        self._stack.setContentsMargins(16, 16, 16, 16)
        self._stack.setSpacing(12)
        self.confirm_button = Button(t("Подтвердить"), "stamp", "primary")
        self.confirm_button.setObjectName("lawConfirm")
        self.confirm_button.clicked.connect(lambda: self.confirm.emit(self._value))
        self.correct_button = Button(t("Исправить"), "pencil")
        self.correct_button.setObjectName("lawCorrect")
        self.correct_button.clicked.connect(lambda: self.correct.emit(self._value))
        self._foot = Surface(above=True)
        self._foot.setLayout(
            row(self.confirm_button, self.correct_button, None, margins=(16, 12, 16, 12))
        )
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(between(QWidget(), scrolling(inner, "lawFacts"), self._foot), 1)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Nothing is chosen."""
        self._begin(None)
        self._stack.addWidget(
            EmptyState("scale", t("Выберите норму"), t("Здесь будут акт, источник и история"))
        )
        self._stack.addStretch(1)

    def show_value(
        self, line: ValueLine, past: Sequence[ValueLine], *, may_decide: bool, can_confirm: bool
    ) -> None:
        """A value with what was and will be in force under the same key."""
        self._begin(line if may_decide else None)
        self.confirm_button.setVisible(can_confirm)
        kind, icon = look_of(line)
        about = Label(t(line.key_text) or t("для всех"), "secondary", "text2", wrap=True)
        self._stack.addLayout(column(Label(t(line.title), "section", wrap=True), about, gap=2))
        self._stack.addWidget(Label(value_text(line), "card", wrap=True))
        self._stack.addLayout(row(Pill(kind, t(line.confidence_text), icon), None))
        if line.row.note:
            self._stack.addWidget(Banner("warn", t(line.row.note)))
        elif line.row.confidence == "L" and not line.row.decided:
            words = t("Проверьте по тексту закона, прежде чем полагаться")
            self._stack.addWidget(Banner("warn", words))
        self._facts(line)
        decided = line.row.decided
        if decided is not None:
            self._stack.addWidget(Rule())
            said = t("{who}, {day}", who=decided.by, day=fmt_date(decided.on))
            title = t("Пакет «{name}»", name=decided.pack) if decided.pack else t("Решение")
            self._stack.addLayout(
                column(
                    Label(title, "section", wrap=True), Label(said, wrap=True),
                    Label(decided.reason, "body", "text2", wrap=True), gap=4,
                )
            )  # fmt: skip
            if may_decide:
                back = Link(t("Отменить решение"), small=True)
                back.setObjectName("lawWithdraw")
                back.clicked.connect(lambda: self.withdraw.emit(decided.id))
                self._stack.addLayout(row(back, None))
        self._past(line, past)
        self._stack.addStretch(1)

    def show_decision(self, one: Decided, *, may_decide: bool) -> None:
        """A decision, in force or taken back."""
        self._begin(None)
        self._stack.addWidget(Label(t(one.title), "card", wrap=True))
        if one.about:
            self._stack.addWidget(Label(t(one.about), "body", "text2", wrap=True))
        kinds = {"действует": "ok", "отменено": "neutral"}
        said = state_text(one)
        self._stack.addLayout(row(Pill(kinds.get(said, "bad"), t(said)), None))
        if one.unused:
            self._stack.addWidget(Banner("bad", t(one.unused)))
        self._fact(t("Кто решил"), one.by)
        if one.at is not None:
            self._fact(t("Когда"), f"{fmt_date(one.at)} {fmt_time(one.at)}")
        self._fact(t("Основание"), one.reason)
        if one.valid_from is not None:
            self._fact(t("Действует с"), fmt_date(one.valid_from))
        if one.withdrawn_at is not None:
            self._stack.addWidget(Rule())
            self._fact(t("Кто отменил"), one.withdrawn_by)
            self._fact(t("Отменено"), fmt_date(one.withdrawn_at))
            self._fact(t("Почему отменено"), one.withdrawn_why)
        elif may_decide:
            back = Button(t("Отменить решение"), "undo-2")
            back.setObjectName("lawWithdraw")
            back.clicked.connect(lambda: self.withdraw.emit(one.id))
            self._stack.addLayout(row(back, None))
        self._stack.addStretch(1)

    def _begin(self, decidable: ValueLine | None) -> None:
        clear_layout(self._stack)
        self._value = decidable
        self._foot.setVisible(decidable is not None)

    def _facts(self, line: ValueLine) -> None:
        published = line.row.published
        found = fmt_date(line.row.published_on) if line.row.published_on else t(NOT_FOUND)
        self._fact(t("Акт"), t(line.row.act))
        self._fact(t("Дата публикации"), found if published else "")
        self._fact(t("Действует"), line.period)
        self._fact(t("Источник"), t(line.row.source))
        self._fact(t("Сверено"), fmt_date(line.row.checked_on))
        self._fact(t("По ней считают"), ", ".join(t(one) for one in line.rules))

    def _fact(self, name: str, text: str) -> None:
        if not text:
            return
        words = Label(text, wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._stack.addLayout(column(Label(name, "secondary", "text3"), words, gap=2))

    def _past(self, line: ValueLine, past: Sequence[ValueLine]) -> None:
        if len(past) < 2:
            return
        self._stack.addWidget(Rule())
        self._stack.addWidget(Label(t("Как менялось"), "section"))
        for one in past:
            here = one.row == line.row
            words = Label("", wrap=True)
            words.set_runs(
                [
                    (f"{one.period}  ", "text" if here else "text3", "secondary"),
                    (t(one.value), "text" if here else "text2", "pill" if here else "secondary"),
                ]
            )
            self._stack.addWidget(words)
