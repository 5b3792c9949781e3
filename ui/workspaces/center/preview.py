"""The pane right of the list: what must be known of a person without opening the case."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QScrollArea, QVBoxLayout, QWidget

from ui.casefile.wording import term_pill
from ui.design.icons import icon
from ui.design.text import fmt_date, fmt_time, t
from ui.tables.rows import Pill as PillLook
from ui.widgets import Avatar, Button, EmptyState, Label, Pill, column, row
from ui.workspaces.center.parts import FactLine, KeyValue, RouteBar, Surface
from ui.workspaces.center.people_columns import (
    fmt_phone,
    fmt_updated,
    status_pill,
)

if TYPE_CHECKING:
    from arm.casework.case import CaseView, EventLine

WIDTH = 320
TERMS_SHOWN = 4
EVENTS_SHOWN = 4


class _Section(Surface):
    """A part of the pane with its padding and the hairline under it."""

    def __init__(self, *, last: bool = False) -> None:
        super().__init__(None if last else Qt.Edge.BottomEdge)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(16, 12, 16, 13)
        self.box.setSpacing(0)


class Preview(Surface):
    """Shows one case, nothing, or that several are marked. Parts are made once and refilled."""

    open_asked = Signal(str)
    print_asked = Signal(str, str)
    """Person and form."""

    def __init__(self, forms: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(Qt.Edge.LeftEdge, parent=parent)
        self.setObjectName("preview")
        self.setAccessibleName(t("Кратко о деле"))
        self.setFixedWidth(WIDTH)
        self._person_id = ""
        self._forms = forms
        self._body = Surface()
        stack = QVBoxLayout(self._body)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        for part in (
            self._make_head(),
            self._make_status(),
            self._make_terms(),
            self._make_route(),
            self._make_contacts(),
            self._make_events(),
        ):
            stack.addWidget(part)
        stack.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        self._scroll.setWidget(self._body)
        self._nothing = EmptyState(
            "mouse-pointer-click",
            t("Выберите человека"),
            t("Здесь появятся его сроки, маршрут и контакты"),
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.addWidget(self._scroll)
        outer.addWidget(self._nothing)
        self.clear()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 600)

    @property
    def person_id(self) -> str:
        """Whose case is shown; empty when nobody's."""
        return self._person_id

    def clear(self) -> None:
        """Nobody is chosen."""
        self._person_id = ""
        self._scroll.hide()
        self._nothing.show()

    def show_case(self, view: CaseView, today: date) -> None:
        """Fill the pane with a case."""
        self._person_id = view.person.id
        self._avatar.set_initials(view.initials)
        self._name.setText(view.name)
        known = view.person.migrant_id
        self._migrant_id.setText(t("Мигрант ID {number}", number=known) if known else "")
        self._migrant_id.setVisible(bool(known))
        self._fill_status(view)
        self._fill_terms(view, today)
        self._fill_route(view)
        self._fill_contacts(view, today)
        self._fill_events(view.events, today)
        self._nothing.hide()
        self._scroll.show()

    # --- making -----------------------------------------------------------------------------

    def _make_head(self) -> QWidget:
        part = _Section()
        self._avatar = Avatar("", 40)
        self._name = Label("", "card", wrap=True)
        self._migrant_id = Label("", "secondary", "text2")
        words = column(self._name, self._migrant_id, gap=0)
        head = row(self._avatar, words, gap=12)
        head.setStretch(1, 1)
        self._open = Button(t("Открыть дело"), "folder-open", "primary")
        self._open.setObjectName("preview-open")
        self._open.clicked.connect(lambda: self.open_asked.emit(self._person_id))
        self._print = Button(t("Печать"), "printer", menu=self._make_menu())
        self._print.setObjectName("preview-print")
        part.box.addLayout(head)
        part.box.addSpacing(12)
        part.box.addLayout(row(self._open, self._print, None))
        return part

    def _make_menu(self) -> QMenu:
        menu = QMenu()
        for form_id, title in self._forms:
            menu.addAction(
                icon("printer"),
                title,
                lambda form_id=form_id: self.print_asked.emit(self._person_id, form_id),
            )
        return menu

    def _make_status(self) -> QWidget:
        part = _Section()
        self._status = Pill("neutral", "", large=True)
        self._reason = Label("", "secondary", "text2", wrap=True)
        part.box.addLayout(row(self._status, None))
        part.box.addSpacing(6)
        part.box.addWidget(self._reason)
        return part

    def _make_terms(self) -> QWidget:
        part = _Section()
        part.box.addWidget(Label(t("Ближайшие сроки"), "section"))
        part.box.addSpacing(6)
        self._terms = [FactLine() for _ in range(TERMS_SHOWN)]
        for line in self._terms:
            part.box.addWidget(line)
        self._no_terms = Label(t("Открытых сроков нет"), "secondary", "text3")
        part.box.addWidget(self._no_terms)
        return part

    def _make_route(self) -> QWidget:
        self._route_part = part = _Section()
        part.box.addWidget(Label(t("Маршрут"), "section"))
        part.box.addSpacing(6)
        self._route = RouteBar()
        self._route_words = Label("", "secondary", "text3", wrap=True)
        part.box.addWidget(self._route)
        part.box.addWidget(self._route_words)
        return part

    def _make_contacts(self) -> QWidget:
        part = _Section()
        self._contacts = {
            key: KeyValue(title)
            for key, title in (
                ("phone", t("Телефон")),
                ("employer", t("Работает")),
                ("address", t("Живёт")),
                ("responsible", t("Специалист")),
                ("updated", t("Обновлено")),
            )
        }
        for line in self._contacts.values():
            part.box.addWidget(line)
        return part

    def _make_events(self) -> QWidget:
        self._events_part = part = _Section(last=True)
        part.box.addWidget(Label(t("Последнее"), "section"))
        part.box.addSpacing(6)
        self._events = [FactLine() for _ in range(EVENTS_SHOWN)]
        for line in self._events:
            part.box.addWidget(line)
        return part

    # --- filling ----------------------------------------------------------------------------

    def _fill_status(self, view: CaseView) -> None:
        until = view.status.until.isoformat() if view.status.until else None
        closed = view.case.closed_on if view.case else None
        pill = status_pill(view.status.kind, until, long=True)
        if closed is not None:
            pill = PillLook("neutral", t("Дело закрыто {day}", day=fmt_date(closed)), "archive")
        if pill is not None:
            self._status.set_status(pill.kind, pill.text, pill.icon)
        self._reason.setText(t(view.status.reason))
        self._reason.setVisible(bool(view.status.reason))

    def _fill_terms(self, view: CaseView, today: date) -> None:
        for line, term in zip(self._terms, view.terms, strict=False):
            pill = term_pill(term.due_on, today, snoozed_until=term.snoozed_until)
            line.show_fact(term.icon, t(term.title), pill=pill)
        for line in self._terms[len(view.terms) :]:
            line.hide()
        self._no_terms.setVisible(not view.terms)

    def _fill_route(self, view: CaseView) -> None:
        self._route_part.setVisible(bool(view.steps))
        if not view.steps:
            return
        number = next(
            (n for n, step in enumerate(view.steps, 1) if step.state in ("current", "repeat")),
            None,
        )
        count = len(view.steps)
        words = t("шаг {number} из {count}", number=number, count=count)
        if number is None:
            words = t("все шаги пройдены")
        self._route.show_steps([step.state for step in view.steps], words)
        step = view.steps[(number or count) - 1]
        title, caption = t(step.title), t(step.caption)
        self._route_words.setText(f"{title}: {caption}" if caption else title)

    def _fill_contacts(self, view: CaseView, today: date) -> None:
        place = view.registration.address if view.registration else None
        updated = view.row.updated_at if view.row else None
        values = {
            "phone": fmt_phone(view.person.phone),
            "employer": view.person.employer or "",
            "address": place or "",
            "responsible": view.responsible_name,
            "updated": fmt_updated(updated, today),
        }
        for key, line in self._contacts.items():
            line.show_value(values[key])

    def _fill_events(self, events: tuple[EventLine, ...], today: date) -> None:
        for line, event in zip(self._events, events, strict=False):
            same_day = event.at.astimezone().date() == today
            when = fmt_time(event.at) if same_day else fmt_date(event.at.astimezone().date())[:5]
            line.show_fact(event.icon, t(event.title), tail=when)
        for line in self._events[len(events) :]:
            line.hide()
        self._events_part.setVisible(bool(events))
