"""The panel at the right of a case: «Что если» and «План». Nothing in it is kept."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from arm.casework import law_book, what_if
from arm.casework.route_plan import route_plan
from arm.casework.what_if import Ground
from arm.law.rulebook import RuleBook
from ui.casefile.desk import CaseDesk
from ui.casefile.plan_tab import PlanTab
from ui.casefile.what_if import WhatIfTab
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import IconButton, Rule, Segmented, column, row

WIDE, NARROW = 384, 360


class CaseAside(QWidget):
    """``closed`` tells that it was put away; what was tried out is forgotten, and that is said."""

    closed = Signal()

    def __init__(self, desk: CaseDesk) -> None:
        super().__init__()
        self.setObjectName("caseAside")
        self.setAccessibleName(t("Что если"))
        self._desk = desk
        self._found: tuple[Ground, RuleBook] | None = None
        self.questions = WhatIfTab(desk)
        self.plan = PlanTab(desk)
        self.views = Segmented(
            [("what_if", t("Что если")), ("plan", t("План"))], name=t("Что показать"), size=28
        )
        self.views.changed.connect(self._show_view)
        away = IconButton("x", t("Закрыть"), size=28, shortcut_hint="Esc")
        away.setObjectName("asideClose")
        away.clicked.connect(self.leave)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.questions)
        self._stack.addWidget(self.plan)
        head = row(self.views, None, away, gap=8, margins=(16, 6, 8, 6))
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(column(head, Rule(), gap=0))
        box.addWidget(self._stack, 1)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether the panel stands beside the case."""
        return not self.isHidden()

    def open_view(self, view: str) -> None:
        """Show the panel with one of its views in front."""
        self.views.set_value(view)
        self._show_view(view)
        self.show()
        self.read()

    def _show_view(self, view: str) -> None:
        self._stack.setCurrentWidget(self.plan if view == "plan" else self.questions)
        answer = self.questions.answer
        if view == "plan" and self._found is not None and answer is not None:
            ground, book = self._found
            tried = bool(self.questions.changes())
            self.plan.show_plan(route_plan(ground, book, answer.facts), answer.facts.route, tried)

    def read(self) -> None:
        """Read the facts anew, off this thread."""
        store, person = self._desk.store, self._desk.person_id

        def work() -> tuple[Ground, RuleBook]:
            return what_if.ground(store, person), law_book.rulebook(store)

        self._desk.context.background.read(
            work, self._show, self._desk.context.show_error, key=("what-if", id(self))
        )

    def _show(self, found: tuple[Ground, RuleBook]) -> None:
        ground, book = found
        if ground.person_id != self._desk.person_id or not self.is_open:
            return
        first = self.questions.answer is None
        self.questions.show_ground(ground, book)
        self._found = found
        self._show_view(self.views.value())
        if first and self.views.value() == "what_if":
            self.questions.begin()

    def leave(self) -> None:
        """Put the panel away."""
        if not self.is_open:
            return
        self.hide()
        self._found = None
        if self.questions.forgotten():
            words = t("«Что если» закрыто: в деле ничего не изменилось")
            self._desk.context.toast(words, icon="info")
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, 0, 1, self.height(), color("hair"))
