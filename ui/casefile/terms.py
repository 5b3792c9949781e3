"""Terms of a case: rows with «Почему?», «Сделано», and a term of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from arm.casework import case as casework
from arm.casework.case import CaseView, TermView
from arm.casework.errors import WrongValues
from arm.casework.terms import TermKey
from arm.law.deadlines import MANUAL
from ui.casefile.desk import CaseDesk
from ui.casefile.ground import see_through
from ui.casefile.term_actions import TermActions
from ui.casefile.why import WhyBlock
from ui.casefile.wording import term_pill
from ui.design.text import counted, fmt_date, t
from ui.widgets import (
    Button,
    DateField,
    DeadlineRow,
    EmptyState,
    Field,
    IconButton,
    Label,
    Link,
    Menu,
    Panel,
    Popover,
    TextField,
    clear_layout,
    row,
)

NEAR_DAYS = 90
"""The overview shows the terms of the next three months, the tab shows all."""
FORM_OF_RULE = {"registration": "arrival_notice", "patent_payment": "ndfl_receipt"}
"""Which form answers a term, where one does."""


class TermsPanel(Panel):
    """Open terms, the nearest first and opened. ``form_wanted`` sends the form that answers one."""

    form_wanted = Signal(str)
    all_wanted = Signal()

    def __init__(
        self,
        desk: CaseDesk,
        forms: frozenset[str],
        *,
        near_only: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(t("Сроки"), padding=False, parent=parent)
        self.setObjectName("termsPanel")
        self._desk, self._forms, self._near_only = desk, forms, near_only
        self.verbs = TermActions(desk.context, desk.act)
        self._open: set[tuple[str, date]] = set()
        self._touched = False
        self.add = Button(t("Добавить срок"), "plus", "ghost", 28)
        self.add.setObjectName("addTerm")
        self.add.clicked.connect(self.add_term)
        self.add_action(self.add)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self.body.addLayout(self._rows)
        self._person = ""
        self._shown_terms: tuple[str, tuple[TermView, ...]] = ("", ())

    def show_case(self, view: CaseView) -> None:
        """Show the terms of a case that was just read."""
        if view.person.id != self._person:
            self._person, self._touched = view.person.id, False
            self._open.clear()
        if (self._person, view.terms) == self._shown_terms and view.terms:
            return  # building rows anew would close what is open and move the focus
        self._shown_terms = (self._person, view.terms)
        self.set_count(len(view.terms) or None)
        clear_layout(self._rows)
        if not view.terms:
            self._rows.addWidget(
                EmptyState("calendar-check", t("Открытых сроков нет"), self._why_none(view))
            )
            return
        if not self._touched:
            first = view.terms[0]
            self._open = {first.key}
        today = self._desk.store.clock.today()
        shown = [term for term in view.terms if self._is_near(term)]
        for term in shown:
            self._rows.addWidget(self._row(term, today))
        if len(shown) < len(view.terms):
            self._rows.addWidget(self._rest(view.terms[len(shown) :]))

    def _is_near(self, term: TermView) -> bool:
        return not self._near_only or term.days_left <= NEAR_DAYS

    def _rest(self, later: Sequence[TermView]) -> QWidget:
        terms = counted(len(later), "срок", "срока", "сроков")
        words = t("Ещё {terms}, ближайший {day}", terms=terms, day=fmt_date(later[0].due_on))
        link = Link(words, small=True)
        link.setObjectName("laterTerms")
        link.clicked.connect(self.all_wanted)
        holder = QWidget()
        holder.setLayout(row(link, None, margins=(44, 3, 16, 4)))
        return holder

    def _why_none(self, view: CaseView) -> str:
        if view.case is not None and view.case.closed_on:
            return t("Дело закрыто, сроки не считаются")
        return t("Появятся, когда в деле будут даты въезда, учёта или документов")

    def _row(self, term: TermView, today: date) -> DeadlineRow:
        pill = term_pill(term.due_on, today, snoozed_until=term.snoozed_until)
        line = DeadlineRow(
            t(term.title),
            fmt_date(term.due_on),
            (pill.kind, pill.text, pill.icon or ""),
            who=", ".join(part for part in (t(term.who_text), term.responsible_name) if part),
            icon="circle-alert" if pill.kind in ("bad", "warn") else term.icon,
            icon_color={"bad": "badFill", "warn": "warnFill"}.get(pill.kind, "text3"),
            body=lambda: self._body(term, today),
        )
        line.setObjectName(f"term-{term.rule}")
        line.set_open(term.key in self._open)
        line.opened.connect(lambda opened: self._remember(term.key, opened))
        return line

    def _remember(self, key: tuple[str, date], opened: bool) -> None:
        self._touched = True
        (self._open.add if opened else self._open.discard)(key)

    def _body(self, term: TermView, today: date) -> QWidget:
        why = WhyBlock(term.explanation, self._actions(term), today)
        why.add_snooze(term.snoozed_until, term.snooze_reason, term.snoozed_by)
        return why

    def _key(self, term: TermView) -> TermKey:
        return TermKey(self._desk.person_id, term.rule, term.due_on, term.deadline_id)

    def _actions(self, term: TermView) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        menu = Menu(t("Отметить срок"))
        key = self._key(term)
        more = IconButton("ellipsis", t("Ещё о сроке"), size=28)
        more.setObjectName(f"termMore-{term.rule}")
        menu.add(t("Не нужно"), lambda: self.verbs.settle(lambda _: [key], "not_needed"), "ban")
        if term.snoozed_until is None:
            menu.add(
                t("Отложить…"),
                lambda: self.verbs.ask_snooze(more, lambda _: [key], term.due_on),
                "pause",
                object_name="termSnooze",
            )
        else:
            menu.add(
                t("Вернуть в работу"),
                lambda: self.verbs.wake(lambda _: [key]),
                "play",
                object_name="termWake",
            )
        menu.add(
            t("Передать коллеге…"),
            lambda: self.verbs.choose_colleague(more, lambda _: [key], term.responsible),
            "user-round-check",
            object_name="termHandOver",
        )
        if term.rule == MANUAL and term.deadline_id is not None:
            deadline = term.deadline_id
            menu.add(
                t("Удалить срок"),
                lambda: self._desk.act(
                    lambda store: casework.drop_term(store, deadline), said=t("Срок удалён")
                ),
                "trash-2",
            )
        more.clicked.connect(lambda: menu.popup(more.mapToGlobal(more.rect().bottomLeft())))
        menu.setParent(more, menu.windowFlags())
        done = Button(t("Сделано"), "check", "secondary", 28)
        done.setObjectName(f"termDone-{term.rule}")
        done.clicked.connect(lambda: self.verbs.settle(lambda _: [key], "done"))
        form = FORM_OF_RULE.get(term.rule, "")
        if form in self._forms:
            print_it = Button(t("Подготовить бланк"), "file-pen-line", "primary", 28)
            print_it.setObjectName(f"termForm-{term.rule}")
            print_it.clicked.connect(lambda: self.form_wanted.emit(form))
            line.addWidget(print_it)
        line.addWidget(done)
        line.addWidget(more)
        return holder

    def add_term(self) -> None:
        """Ask for a task and a date."""
        sheet = Popover(t("Новый срок"), width=320)
        sheet.setObjectName("termSheet")
        what = TextField("", t("Что нужно сделать"))
        what.setObjectName("termTitle")
        when = DateField(today=self._desk.store.clock.today)
        when.setObjectName("termDate")
        task = Field(t("Что сделать"), what)
        due = Field(t("До какого дня"), when, hint=t("«=» ставит сегодня, ↑ и ↓ сдвигают на день"))
        save = Button(t("Добавить"), "plus", "primary")
        save.setObjectName("termSave")

        def refuse(error: Exception) -> None:
            if not isinstance(error, WrongValues):
                self._desk.context.show_error(error)
                return
            for problem in error.problems:
                (due if problem.field == "due_on" else task).set_state("error", t(problem.text))

        def add() -> None:
            if when.problem():
                due.set_state("error", when.problem())
                return
            person, title, day = self._desk.person_id, what.text().strip(), when.value()
            self._desk.act(
                lambda store: casework.add_term(store, person, title, day),
                said=t("Срок добавлен"),
                done=lambda _id: sheet.close_popover(),
                failed=refuse,
            )

        save.clicked.connect(add)
        when.returnPressed.connect(add)
        what.returnPressed.connect(when.setFocus)
        sheet.body.addWidget(task)
        sheet.body.addWidget(due)
        sheet.body.addLayout(row(save, None))
        sheet.open_at(self.add)
        QTimer.singleShot(0, what, what.setFocus)


class TermsTab(QScrollArea):
    """The terms over the whole width, with what the counting rests on."""

    def __init__(self, panel: TermsPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panel = panel
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setObjectName("termsTab")
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addWidget(panel)
        words = t("Сроки считает программа по датам дела. Исправьте дату — срок пересчитается сам")
        box.addWidget(Label(words, "secondary", "text3", wrap=True))
        box.addStretch(1)
        self.setWidget(inner)
        see_through(self)

    def show_case(self, view: CaseView) -> None:
        self.panel.show_case(view)
