"""The overview of a case: terms, papers and registration at the left, events and contacts right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from arm.casework.case import CaseView, DocumentLine
from ui.casefile.catalogue import PAPERS, NewPaper
from ui.casefile.desk import HOST, CaseDesk
from ui.casefile.ground import is_narrow, see_through
from ui.casefile.inline import InlineField
from ui.casefile.record_form import RecordForm
from ui.casefile.shared_panel import SharedPanel
from ui.casefile.terms import TermsPanel
from ui.casefile.wording import capitalised, moment_text
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import (
    Button,
    EmptyState,
    Event,
    Label,
    Link,
    Menu,
    Panel,
    Rule,
    Timeline,
    clear_layout,
)
from ui.widgets.painting import Ringed, draw_text, text_width
from ui.widgets.pill import paint_pill, pill_width


class DocumentCell(Ringed, QAbstractButton):
    """One paper: icon, title and number, and at the right its term or what is wrong."""

    ring_radius = 4.0

    def __init__(self, line: DocumentLine, *, left: bool, last: bool) -> None:
        super().__init__()
        line = replace(line, title=t(line.title), caption=t(line.caption))
        self._line, self._left, self._last = line, left, last
        self.setObjectName(f"document-{line.kind}")
        self.setText(f"{line.title} {line.number}".strip())
        missing = "" if line.has_scan else t("нет скана")
        self.setAccessibleName(", ".join(p for p in (self.text(), line.caption, missing) if p))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if missing:
            self.setToolTip(t("Скан не приложен"))

    def sizeHint(self) -> QSize:
        return QSize(260, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line, wide, tall = self._line, self.width(), self.height()
        if self.underMouse():
            painter.fillRect(self.rect(), color("hover"))
        if not self._last:
            painter.fillRect(0, tall - 1, wide, 1, color("hair"))
        if self._left:
            painter.fillRect(wide - 1, 0, 1, tall, color("hair"))
        paint_icon(painter, line.icon, 16, 8, "text3")
        right = self._paint_right(painter, wide - 16.0)
        room = QRectF(42, 0, right - 42 - 8, tall - 1)
        draw_text(painter, room, line.title, "body", "text")
        taken = text_width(line.title, "body") + 4
        if line.number and taken < room.width() - 24:
            draw_text(painter, room.adjusted(taken, 0, 0, 0), line.number, "body", "text3")

    def _paint_right(self, painter: QPainter, right: float) -> float:
        line, tall = self._line, self.height()
        if line.state in ("warn", "bad"):
            icon = "triangle-alert" if line.state == "warn" else "octagon-x"
            wide = pill_width(line.caption, icon)
            box = QRectF(right - wide, (tall - 23) / 2, wide, 22)
            paint_pill(painter, box, line.state, line.caption, icon)
            return right - wide
        if not line.has_scan and line.kind != "migration_card" and not line.caption:
            wide = pill_width(t("нет скана"), "scan")
            box = QRectF(right - wide, (tall - 23) / 2, wide, 22)
            paint_pill(painter, box, "neutral", t("нет скана"), "scan")
            return right - wide
        wide = round(text_width(line.caption, "body"))
        draw_text(
            painter, QRectF(right - wide, 0, wide + 1, tall - 1), line.caption, "body", "text2"
        )
        right -= wide
        if not line.has_scan:
            paint_icon(painter, "scan", right - 22, 9, "text3", 14)
            right -= 26
        return right


class DocumentsPanel(Panel):
    """All papers in two columns. ``chosen`` opens one, ``add_wanted`` begins a new one."""

    chosen = Signal(str, str)
    add_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(t("Документы"), padding=False, parent=parent)
        self.setObjectName("documentsPanel")
        add = Button(t("Добавить"), "plus", "ghost", 28, menu=papers_menu(self.add_wanted.emit))
        add.setObjectName("addDocument")
        self.add_action(add)
        self._lines: tuple[DocumentLine, ...] = ()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self.body.addLayout(self._grid)

    def show_case(self, view: CaseView) -> None:
        """Show the papers of a case that was just read."""
        lines = view.documents
        if lines == self._lines and lines:
            return
        self._lines = lines
        clear_layout(self._grid)
        self.set_count(len(lines) or None)
        if not lines:
            empty = EmptyState("files", t("Документов ещё нет"), t("Начните с паспорта"))
            self._grid.addWidget(empty, 0, 0, 1, 2)
            return
        rows = -(-len(lines) // 2)
        for place, line in enumerate(lines):
            across, down = divmod(place, rows)
            cell = DocumentCell(line, left=across == 0, last=down == rows - 1)
            cell.clicked.connect(
                lambda _on=False, line=line: self.chosen.emit(line.kind, line.record_id)
            )
            self._grid.addWidget(cell, down, across)
        for across in (0, 1):
            self._grid.setColumnStretch(across, 1)


def papers_menu(chosen: Callable[[NewPaper], object]) -> Menu:
    """The menu of papers that can be added; ``chosen`` is called with a :class:`NewPaper`."""
    menu = Menu(t("Какой документ добавить"))
    for number, paper in enumerate(PAPERS):
        menu.add(
            t(paper.title),
            partial(chosen, paper),
            paper.icon,
            object_name=f"addPaper-{number}",
        )
    return menu


class Overview(QScrollArea):
    """Both columns in one scroll area, so that the header stays while they move."""

    document_chosen = Signal(str, str)
    paper_wanted = Signal(object)
    history_wanted = Signal()

    def __init__(self, desk: CaseDesk, terms: TermsPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setObjectName("caseOverview")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.terms = terms
        self.documents = DocumentsPanel()
        self.documents.chosen.connect(self.document_chosen)
        self.documents.add_wanted.connect(self.paper_wanted)
        self.registration = RecordForm(
            desk,
            "registration",
            ("address", "registered_on", "valid_to", "right_of_use"),
            name_width=112,
            names={"right_of_use": "Основание", "registered_on": "На учёте с"},
        )
        self.host = RecordForm(
            desk,
            HOST,
            ("surname", "given", "phone", "organisation"),
            columns=2,
            name_width=112,
            names={"surname": "Фамилия", "organisation": "Организация"},
        )
        self.contacts = RecordForm(
            desk,
            "person",
            ("phone", "email", "languages", "employer", "profession"),
            names={"employer": "Работает"},
        )
        self.timeline = Timeline(empty=t("Изменений нет"))
        self.shared = SharedPanel()
        self._shown_events: object = None
        self._lay_out()

    def _lay_out(self) -> None:
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        self._left.addWidget(self.terms)
        self._left.addWidget(self.documents)
        self._left.addWidget(self._registration_panel())
        self._left.addStretch(1)
        events = Panel(t("События"), padding=False)
        events.setObjectName("eventsPanel")
        whole = Link(t("Вся история"), small=True)
        whole.setObjectName("allHistory")
        whole.clicked.connect(self.history_wanted)
        whole.setContentsMargins(0, 0, 8, 0)
        events.add_action(whole)
        events.body.addWidget(self.timeline)
        self._right.addWidget(events)
        contacts = Panel(t("Контакты"))
        contacts.setObjectName("contactsPanel")
        contacts.body.setContentsMargins(15, 5, 11, 7)
        edit = Button(t("Изменить"), "pencil", "ghost", 28)
        edit.setObjectName("editContacts")
        edit.clicked.connect(self.contacts.edit_first)
        contacts.add_action(edit)
        contacts.body.addWidget(self.contacts)
        self._right.addWidget(contacts)
        self._right.addWidget(self.shared)
        self._right.addStretch(1)
        inner = QWidget()
        self._columns = QHBoxLayout(inner)
        self._columns.addLayout(self._left, 1)
        self._side = QWidget()
        self._side.setLayout(self._right)
        self._right.setContentsMargins(0, 0, 0, 0)
        self._columns.addWidget(self._side)
        self.setWidget(inner)
        see_through(self)
        self.verticalScrollBar().rangeChanged.connect(lambda _low, _high: self._fit())
        self._fit()

    def _registration_panel(self) -> Panel:
        panel = Panel(t("Учёт по месту пребывания"))
        panel.setObjectName("registrationPanel")
        panel.body.setContentsMargins(15, 5, 15, 9)
        panel.body.setSpacing(4)
        edit = Button(t("Изменить"), "pencil", "ghost", 28)
        edit.setObjectName("editRegistration")
        edit.clicked.connect(self.registration.edit_first)
        panel.add_action(edit)
        panel.body.addWidget(self.registration)
        panel.body.addWidget(Rule())
        panel.body.addWidget(Label(t("Принимающая сторона"), "secondary", "text3"))
        panel.body.addWidget(self.host)
        return panel

    def show_case(self, view: CaseView, *, by_others: bool = False) -> None:
        """Show a case that was just read."""
        self.terms.show_case(view)
        self.documents.show_case(view)
        self.registration.show_record(view.registration, by_others=by_others)
        self.host.show_record(view.host, by_others=by_others)
        self.host.setEnabled(view.registration is not None or view.host is not None)
        self.contacts.show_record(view.person, by_others=by_others)
        self.shared.show_case(view)
        today = self._desk.store.clock.today()
        if (view.events, today) == self._shown_events:
            return
        self._shown_events = (view.events, today)
        self.timeline.set_events(
            [
                Event(
                    t(line.title),
                    " · ".join(
                        p for p in (capitalised(moment_text(line.at, today)), line.who) if p
                    ),
                    line.icon,
                )
                for line in view.events
            ]
        )

    def show_side(self, shown: bool) -> None:
        """The right column makes room for a panel beside the case."""
        self._side.setVisible(shown)

    def fields(self) -> list[InlineField]:
        """Every field that can be edited here, in reading order."""
        forms = (self.registration, self.host, self.contacts)
        return [field for form in forms for field in form.fields.values()]

    def _fit(self) -> None:
        narrow = is_narrow(self)
        side, gap = (20, 12) if narrow else (24, 16)
        # The scroll bar stands in the margin, so that panels end where the header ends.
        bar = self.verticalScrollBar()
        right = side - (bar.sizeHint().width() if bar.maximum() else 0)
        self._columns.setContentsMargins(side, gap, right, gap)
        self._columns.setSpacing(gap)
        self._left.setSpacing(gap)
        self._right.setSpacing(gap)
        self._side.setFixedWidth(320 if narrow else 344)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


__all__ = ["DocumentsPanel", "NewPaper", "Overview", "papers_menu"]
