"""Right of the intake: is this person known already, and what does their case have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.design.icons import paint_icon
from ui.design.text import NBSP, t
from ui.design.theme import color
from ui.widgets import Avatar, Button, EmptyState, Label, Link, Panel, clear_layout, column, row
from ui.widgets.painting import fill_box
from ui.workspaces.center.parts import FactLine

if TYPE_CHECKING:
    from arm.casework.intake import KnownFact
    from arm.casework.similar import Similar

_SIGNS = {
    "=": ("equal", "ok", "совпало"),
    "≈": ("equal-approximately", "warn", "похоже"),
    "✕": ("x", "bad", "разное"),
}


class _SignIcon(QWidget):
    """Equal, similar or different, with words for a screen reader."""

    def __init__(self, sign: str) -> None:
        super().__init__()
        self._look = _SIGNS.get(sign)
        self.setFixedSize(16, 16)
        self.setAccessibleName(t(self._look[2]) if self._look else t("неизвестно"))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._look:
            paint_icon(QPainter(self), self._look[0], 1, 1, self._look[1], 14)


class _Head(QWidget):
    """Amber head of the card: «Похоже, это уже есть», the share, the reason."""

    def __init__(self) -> None:
        super().__init__()
        self.title = Label(t("Похоже, это уже есть"), "card")
        self.share = Label("", "section", "warn")
        self.reason = Label("", "secondary", "text2", wrap=True)
        top = row(26, self.title, None, self.share, gap=0)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(4)
        box.addLayout(top)
        box.addWidget(self.reason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()).adjusted(0, 0, 0, 8), 7, color("warnTint"))
        painter.fillRect(0, self.height() - 8, self.width(), 8, color("warnTint"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("warnLine"))
        paint_icon(painter, "copy", 16, 13, "warnFill", 18)


class DuplicateCard(Panel):
    """One case that may be the same person, compared field by field, and the decision."""

    open_asked = Signal(str)
    continue_asked = Signal(str)
    other_asked = Signal(str)
    all_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(padding=False, parent=parent)
        self.setObjectName("intake-duplicate")
        self.setAccessibleName(t("Похоже, это уже есть"))
        self.set_line("warnFill")
        self._person_id = ""
        self._head = _Head()
        self._avatar = Avatar("", 36)
        self._name = Label("", "section", elide=True)
        self._number = Label("", "secondary", "text2")
        self._open = Button(t("Открыть"), "arrow-up-right", size=28)
        self._open.setObjectName("duplicate-open")
        self._open.clicked.connect(lambda: self.open_asked.emit(self._person_id))
        who = row(self._avatar, column(self._name, self._number, gap=0), self._open, gap=12)
        who.setStretch(1, 1)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnMinimumWidth(0, 76)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._same = Button(t("Продолжить это дело"), "folder-open", "primary")
        self._same.setObjectName("duplicate-continue")
        self._same.clicked.connect(lambda: self.continue_asked.emit(self._person_id))
        self._other = Button(t("Завести новое: это другой человек"))
        self._other.setObjectName("duplicate-other")
        self._other.clicked.connect(lambda: self.other_asked.emit(self._person_id))
        for button in (self._same, self._other):
            button.set_wide()
        self.body.addWidget(self._head)
        self.body.addLayout(column(who, self._grid, gap=10, margins=(15, 12, 15, 12)))
        self._all = Link(t("Похожие карточки в «Дублях»"), small=True)
        self._all.setObjectName("duplicate-all")
        self._all.clicked.connect(lambda: self.all_asked.emit(self._person_id))
        self.body.addLayout(
            column(self._same, self._other, row(self._all, None), margins=(15, 4, 15, 9))
        )

    @property
    def person_id(self) -> str:
        """Whose case is compared."""
        return self._person_id

    def show_similar(self, found: Similar, others: int) -> None:
        """Compare with this case; ``others`` more are waiting behind it."""
        self._person_id = found.person_id
        self._head.share.setText(f"{found.score}{NBSP}%")
        reason = t(found.reason)
        if others:
            reason += ". " + t("Похожих дел ещё: {count}", count=others)
        self._head.reason.setText(reason)
        parts = found.name.split()
        self._avatar.set_initials("".join(part[0] for part in parts[:2]).upper())
        self._name.setText(found.name)
        self._number.setText(t("ID {number}", number=found.migrant_id) if found.migrant_id else "")
        self._compare(found.lines)

    def take_focus(self) -> None:
        """The keyboard comes here to decide."""
        self._same.setFocus(Qt.FocusReason.TabFocusReason)

    def _compare(self, lines: Sequence[tuple[str, str, str, str]]) -> None:
        clear_layout(self._grid)
        self._grid.addWidget(Label(t("Сейчас"), "pill", "text3"), 0, 1)
        self._grid.addWidget(Label(t("В деле"), "pill", "text3"), 0, 2)
        for number, (label, now, known, sign) in enumerate(lines, 1):
            self._grid.addWidget(Label(t(label), "secondary", "text3"), number, 0)
            self._grid.addWidget(Label(t(now) if now else "–", "secondary", elide=True), number, 1)
            self._grid.addWidget(
                Label(t(known) if known else "–", "secondary", elide=True), number, 2
            )
            self._grid.addWidget(_SignIcon(sign), number, 3)


class IntakeSide(QWidget):
    """Duplicate, what its case has, or that nobody like this is known."""

    open_asked = Signal(str)
    continue_asked = Signal(str)
    other_asked = Signal(str)
    all_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = DuplicateCard()
        self.card.open_asked.connect(self.open_asked)
        self.card.continue_asked.connect(self.continue_asked)
        self.card.other_asked.connect(self.other_asked)
        self.card.all_asked.connect(self.all_asked)
        self._known = Panel(t("Что уже известно по делу"))
        self._facts = QVBoxLayout()
        self._facts.setSpacing(0)
        self._known.body.addLayout(self._facts)
        self._calm = Panel(t("Проверка на повтор"))
        self._words = EmptyState("users", "", "")
        self._calm.body.addWidget(self._words)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 16, 16, 16)
        box.setSpacing(16)
        for part in (self.card, self._known, self._calm):
            box.addWidget(part)
        box.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.show_nobody(asked=False)

    def show_nobody(self, *, asked: bool) -> None:
        """Nobody similar, or not enough is known to look."""
        self.card.hide()
        self._known.hide()
        self._calm.show()
        if asked:
            self._words.set_words(
                t("Похожих дел нет"),
                t("Сравнили имя в обеих графиках, дату рождения и номер документа"),
                "user-round-check",
            )
        else:
            self._words.set_words(
                t("Ещё не проверено"),
                t("Введите фамилию и дату рождения: посмотрим, нет ли уже такого дела"),
                "users",
            )

    def show_similar(self, found: Similar, others: int, known: Sequence[KnownFact]) -> None:
        """Compare with the likeliest case."""
        self._calm.hide()
        self.card.show_similar(found, others)
        self.card.show()
        clear_layout(self._facts)
        for fact in known:
            line = FactLine()
            self._facts.addWidget(line)
            line.show_fact(fact.icon, t(fact.title), tail=t(fact.value))
        self._known.setVisible(bool(known))

    def show_decided(self, name: str) -> None:
        """A decision was made about the similar case."""
        self.card.hide()
        self._known.hide()
        self._calm.show()
        self._words.set_words(
            t("Решено: это другой человек"),
            t("Дело «{name}» останется отдельным", name=name),
            "user-round-check",
        )
