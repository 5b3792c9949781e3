"""«Формы и печать»: all forms of the office and what was printed lately."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from arm.casework import people, printing
from arm.casework.people import Filter, PersonRow
from arm.casework.printing import IssuedLine
from arm.errors import ExpectedError
from arm.store.store import ChangeSet
from forms import catalogue
from forms.catalogue import FormSpec
from forms.kit.spec import NoEdition, UnknownForm
from ui.casefile.ground import see_through
from ui.casefile.print_dialog import PrintDialog
from ui.casefile.wording import capitalised, moment_text, short_name
from ui.context import Context
from ui.design.icons import paint_icon
from ui.design.text import counted, fmt_date, t
from ui.design.theme import color
from ui.page import Keys, Page
from ui.widgets import Button, EmptyState, Label, Panel, Popover, SearchField, clear_layout, column
from ui.widgets.painting import Ringed, draw_text

FOUND_SHOWN = 8


class LineButton(Ringed, QAbstractButton):
    """A pressable row of two lines with an icon and words at the right."""

    ring_radius = 4.0

    def __init__(self, icon: str, title: str, below: str, aside: str = "") -> None:
        super().__init__()
        self._icon, self._below, self._aside = icon, below, aside
        self.setText(title)
        self.setAccessibleName(", ".join(part for part in (title, below, aside) if part))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(320, 53)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            painter.fillRect(self.rect(), color("hover"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))
        paint_icon(painter, self._icon, 16, 18, "text3")
        right = self.width() - 16.0
        if self._aside:
            draw_text(
                painter,
                QRectF(right - 160, 7, 160, 20),
                self._aside,
                "secondary",
                "text3",
                Qt.AlignmentFlag.AlignRight,
            )
            right -= 168
        draw_text(painter, QRectF(44, 7, right - 44, 20), self.text(), "bodyStrong", "text")
        below = QRectF(44, 28, self.width() - 60, 16)
        draw_text(painter, below, self._below, "secondary", "text3")


class PersonPicker(Popover):
    """Find the person a form is printed for: name, passport, phone, Migrant ID."""

    def __init__(self, context: Context, title: str, chosen: Callable[[PersonRow], None]) -> None:
        super().__init__(title, width=380)
        self.setObjectName("personPicker")
        self._context, self._chosen = context, chosen
        self.search = SearchField(t("Для кого: имя, паспорт, телефон"))
        self.search.setObjectName("pickerSearch")
        self.search.searched.connect(self._find)
        self.search.returnPressed.connect(self._take_first)
        self._first: PersonRow | None = None
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.body.addWidget(Label(title, "card", elide=True))
        self.body.addWidget(self.search)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)
        self.setMinimumHeight(120)

    def begin(self, anchor: QWidget) -> None:
        """Open beside what was pressed, ready to type."""
        self._rows.addSpacing(FOUND_SHOWN * 53)
        self.open_at(anchor)
        self._find("")
        QTimer.singleShot(0, self.search, self.search.setFocus)

    def _find(self, text: str) -> None:
        store = self._context.store

        def read() -> list[PersonRow]:
            found = people.find(store, Filter(text=text))
            return people.rows(store, list(found.rowids[:FOUND_SHOWN]))

        self._context.background.read(read, self._show, self._context.show_error, key="picker")

    def _show(self, rows: list[PersonRow]) -> None:
        clear_layout(self._rows)
        self._first = rows[0] if rows else None
        for one in rows:
            below = " · ".join(part for part in (one.document, one.migrant_id) if part)
            line = LineButton("user", one.name, below)
            line.setObjectName(f"pick-{one.person_id}")
            line.clicked.connect(lambda _on=False, one=one: self._take(one))
            self._rows.addWidget(line)
        if not rows:
            self._rows.addWidget(Label(t("Никого не нашли. Проверьте написание"), "body", "text2"))
        self._rows.addStretch(1)

    def _take_first(self) -> None:
        if self._first is not None:
            self._take(self._first)

    def _take(self, one: PersonRow) -> None:
        self.close_popover()
        self._chosen(one)


class FormsPage(Page):
    """Forms at the left; press one and name the person. Recent prints at the right."""

    page_id = "forms"
    title = "Формы и печать"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.search = SearchField(t("Найти форму"))
        self.search.setObjectName("formsSearch")
        self.search.textChanged.connect(self._narrow)
        self._buttons: list[tuple[LineButton, FormSpec]] = []
        self._forms = Panel(t("Все формы"), padding=False)
        self._recent = Panel(t("Печатали недавно"), padding=False)
        self._recent_rows = QVBoxLayout()
        self._recent_rows.setSpacing(0)
        self._recent.body.addLayout(self._recent_rows)
        self._lay_out()
        self._fill_forms()

    def _lay_out(self) -> None:
        left = column(self._forms, None, gap=16)
        right = column(self._recent, None, gap=16)
        inner = QWidget()
        box = QHBoxLayout(inner)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(16)
        box.addLayout(left, 1)
        box.addLayout(right, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inner)
        see_through(area)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _fill_forms(self) -> None:
        on = self.context.store.clock.today()
        self.search.setFixedWidth(200)
        self._forms.add_action(self.search)
        group = ""
        specs = catalogue.all_forms()
        self._forms.set_count(len(specs))
        for spec in specs:
            if spec.group != group:
                group = spec.group
                head = column(Label(t(group), "smallStrong", "text2"), margins=(16, 8, 16, 6))
                self._forms.body.addLayout(head)
            pages = counted(spec.pages, "страница", "страницы", "страниц")
            line = LineButton(
                "file-text", t(spec.title), f"{t(spec.subtitle)} · {pages}", edition_words(spec, on)
            )
            line.setObjectName(f"formLine-{spec.id}")
            line.clicked.connect(partial(self._pick, line, spec))
            self._buttons.append((line, spec))
            self._forms.body.addWidget(line)

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        for line, spec in self._buttons:
            whole = f"{spec.title} {spec.subtitle} {spec.group}".casefold()
            line.setVisible(all(word in whole for word in words))

    # -- the window asks ------------------------------------------------------------------------

    def keys(self) -> Keys:
        return [("Tab", t("форма")), ("Enter", t("напечатать для человека"))]

    def shown(self, args: Mapping[str, object]) -> None:
        self.reload()

    def data_changed(self, change: ChangeSet) -> None:
        if any(kind == "issued_form" for kind, _id in change.records):
            self.reload()

    def reload(self) -> None:
        """Read what was printed lately."""
        store = self.context.store
        self.context.background.read(
            lambda: printing.recent(store, 40), self._show_recent, self._failed, key="forms-recent"
        )

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, ExpectedError):
            self.context.show_error(error)
            return
        clear_layout(self._recent_rows)
        again = Button(t("Повторить"), "refresh-cw")
        again.clicked.connect(self.reload)
        wrong = EmptyState("file-x", t(error.title_text), t(error.advice_text), again)
        self._recent_rows.addWidget(wrong)

    def _show_recent(self, lines: list[IssuedLine]) -> None:
        clear_layout(self._recent_rows)
        self._recent.set_count(len(lines) or None)
        today = self.context.store.clock.today()
        for line in lines:
            when = capitalised(moment_text(line.printed_at, today))
            shown = LineButton(
                "printer",
                line.person_name or t("Человек без имени"),
                f"{form_title(line.form)} · {short_name(line.printed_by)}",
                when,
            )
            shown.setObjectName(f"recentPrint-{line.id}")
            shown.clicked.connect(partial(self._reprint, line))
            self._recent_rows.addWidget(shown)
        if not lines:
            self._recent_rows.addWidget(
                EmptyState("printer", t("Ещё ничего не печатали"), t("Выберите форму слева"))
            )

    # -- printing -------------------------------------------------------------------------------

    def _pick(self, anchor: LineButton, spec: FormSpec) -> None:
        def chosen(one: PersonRow) -> None:
            self.open_print(one.person_id, one.name, spec.id)

        PersonPicker(self.context, t(spec.title), chosen).begin(anchor)

    def _reprint(self, line: IssuedLine) -> None:
        dialog = self.open_print(line.person_id, line.person_name, line.form)
        dialog.session.loaded.connect(partial(dialog.show_issued, line))

    def open_print(self, person_id: str, name: str, form_id: str) -> PrintDialog:
        """Open the print dialog on a form."""
        dialog = PrintDialog(self.context, person_id, name, form_id)
        self.context.open_dialog(dialog)
        dialog.load()
        return dialog


def form_title(form_id: str) -> str:
    """The form's title; a form that is gone keeps its id."""
    try:
        return t(catalogue.form(form_id).title)
    except UnknownForm:
        return form_id


def edition_words(spec: FormSpec, on: date) -> str:
    """«ред. с 05.02.2025»."""
    try:
        edition = spec.edition_for(on)
    except NoEdition:
        return t("сейчас не действует")
    return t("ред. с {day}", day=fmt_date(edition.valid_from))
