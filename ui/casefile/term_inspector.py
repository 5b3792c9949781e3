"""The pane right of «Сроки»: why this day, how it stands, what can be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from arm.casework.reference import country_name
from arm.casework.term_list import TermRow
from arm.law.explanation import Explanation
from ui.casefile.ground import Surface, scrolling
from ui.casefile.term_actions import TermActions
from ui.casefile.why import WhyBlock
from ui.casefile.wording import term_pill
from ui.design.text import fmt_date, t
from ui.design.theme import color
from ui.widgets import (
    Button,
    EmptyState,
    IconButton,
    Label,
    Link,
    Menu,
    Pill,
    Rule,
    clear_layout,
    row,
)

WIDTH = 360
SIDE = 16


class TermInspector(QWidget):
    """One term; its verbs stay below while the explanation scrolls."""

    open_asked = Signal(str)

    def __init__(
        self,
        verbs: TermActions,
        today: Callable[[], date],
        colleague: Callable[[str | None], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("term-inspector")
        self.setFixedWidth(WIDTH)
        self._verbs, self._today, self._colleague = verbs, today, colleague
        self.term: TermRow | None = None
        self._shown: tuple[TermRow, Explanation | None] | None = None
        inner = QWidget()
        self._box = QVBoxLayout(inner)
        self._box.setContentsMargins(SIDE, 14, SIDE, 14)
        self._box.setSpacing(8)
        self._foot = self._make_foot()
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scrolling(inner, "term-inspector-area"), 1)
        column.addWidget(self._foot)
        nothing = EmptyState(
            "calendar-clock", t("Выберите срок"), t("Здесь появится, откуда взялся его день")
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(nothing)
        self._stack.addWidget(whole)

    def _make_foot(self) -> QWidget:
        self.done = Button(t("Сделано"), "check", "primary")
        self.done.setObjectName("term-done")
        self.done.clicked.connect(self.settle)
        self.snooze = Button(t("Отложить"), "pause")
        self.snooze.setObjectName("term-snooze")
        self.snooze.clicked.connect(self.ask_snooze)
        self.wake = Button(t("Вернуть"), "play")
        self.wake.setObjectName("term-wake")
        self.wake.clicked.connect(self._wake)
        self.reopen = Button(t("Открыть снова"), "rotate-ccw", "primary")
        self.reopen.setObjectName("term-reopen")
        self.reopen.clicked.connect(self._reopen)
        self.more = IconButton("ellipsis", t("Ещё о сроке"), kind="secondary")
        self.more.setObjectName("term-more")
        self.more.clicked.connect(self._open_more)
        foot = Surface(above=True)
        line = QHBoxLayout(foot)
        line.setContentsMargins(SIDE, 12, SIDE, 12)
        line.setSpacing(8)
        for part in (self.done, self.reopen, self.snooze, self.wake):
            line.addWidget(part)
        line.addStretch(1)
        line.addWidget(self.more)
        return foot

    # --- showing ----------------------------------------------------------------------------

    def clear(self) -> None:
        """Nothing is chosen."""
        self.term = self._shown = None
        self._stack.setCurrentIndex(0)

    def show_term(self, term: TermRow, why: Explanation | None) -> None:
        """Show this term; what is shown already is not built anew."""
        self.term = term
        self._stack.setCurrentIndex(1)
        if self._shown == (term, why):
            return
        self._shown = (term, why)
        clear_layout(self._box)
        name = Link(term.person_name)
        name.setObjectName("term-person")
        name.clicked.connect(lambda: self.open_asked.emit(term.key.person_id))
        state = t(country_name(term.citizenship))
        self._box.addLayout(row(name, None, Label(state, "secondary", "text3")))
        self._box.addWidget(Rule())
        self._box.addWidget(Label(t(term.title), "card", wrap=True))
        pill = term_pill(term.key.due_on, self._today(), term.settled, term.snoozed_until)
        day = Label("", "body")
        day.set_runs([(t("до "), "text2", "body"), (fmt_date(term.key.due_on), "text", "section")])
        self._box.addLayout(row(day, Pill(pill.kind, pill.text, pill.icon), None, gap=8))
        self._add_facts(term)
        if why is not None:
            block = WhyBlock(why, today=self._today(), narrow=True)
            block.add_snooze(
                term.snoozed_until, term.snooze_reason, self._colleague(term.snoozed_by)
            )
            self._box.addWidget(Rule())
            self._box.addWidget(block)
        self._box.addStretch(1)
        self._show_verbs(term)

    def _add_facts(self, term: TermRow) -> None:
        facts = (
            (t("Кто делает"), t(term.who_text)),
            (t("Ответственный"), self._colleague(term.responsible) or t("никто")),
            (t("Отмечено"), fmt_date(term.settled_on) if term.settled_on else ""),
        )
        for name, value in facts:
            if value:
                label = Label(name, "secondary", "text3")
                label.setFixedWidth(104)
                self._box.addLayout(row(label, Label(value), None, gap=8))

    def _show_verbs(self, term: TermRow) -> None:
        settled, away = term.settled is not None, term.snoozed_until is not None
        self.done.setVisible(not settled)
        self.reopen.setVisible(settled)
        self.snooze.setVisible(not settled and not away)
        self.wake.setVisible(not settled and away)

    # --- acting -----------------------------------------------------------------------------

    def settle(self) -> None:
        """«Сделано»."""
        if self.term is not None and self.term.settled is None:
            key = self.term.key
            self._verbs.settle(lambda _: [key], "done")

    def ask_snooze(self) -> None:
        """«Отложить»."""
        if self.term is not None and self.term.settled is None:
            key = self.term.key
            self._verbs.ask_snooze(self.snooze, lambda _: [key], key.due_on, "above")

    def _wake(self) -> None:
        if self.term is not None:
            key = self.term.key
            self._verbs.wake(lambda _: [key])

    def _reopen(self) -> None:
        record = self.term.key.deadline_id if self.term is not None else None
        if record:
            self._verbs.reopen(lambda _: [record])

    def _open_more(self) -> None:
        term = self.term
        if term is None:
            return
        menu = Menu(t("Ещё о сроке"), self.more)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.add(
            t("Открыть дело"), lambda: self.open_asked.emit(term.key.person_id), "folder-open",
            "Enter",
        )  # fmt: skip
        if term.settled is None:
            menu.add(
                t("Не нужно"), lambda: self._verbs.settle(lambda _: [term.key], "not_needed"),
                "ban", object_name="term-not-needed",
            )  # fmt: skip
            menu.add(
                t("Передать коллеге…"),
                lambda: self._verbs.choose_colleague(
                    self.more, lambda _: [term.key], term.responsible, "above"
                ),
                "user-round-check",
                object_name="term-hand-over",
            )
        corner = self.more.mapToGlobal(self.more.rect().topRight())
        size = menu.sizeHint()
        corner.setX(corner.x() - size.width())
        corner.setY(corner.y() - size.height() - 4)
        menu.popup(corner)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, 0, 1, self.height(), color("hair"))
