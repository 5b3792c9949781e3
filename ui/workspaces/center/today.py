"""«Сегодня»: what burns, what is unfinished, where one left off."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from arm.casework import people, printing
from arm.casework.labels import RULES
from arm.casework.people import Filter, Order, PersonRow
from arm.casework.printing import IssuedLine
from arm.casework.today import DueRow, TodayView
from arm.casework.today import today as read_today
from forms.catalogue import all_forms
from ui.casefile.wording import term_pill
from ui.design.text import fmt_date, fmt_day, fmt_number, fmt_time, plural, t
from ui.page import Keys, Page
from ui.tables.columns import Arrangement, Column
from ui.tables.model import PagedModel
from ui.tables.rows import Group, RowLook, Sign, Words
from ui.tables.view import RowTable
from ui.widgets import Banner, Button, EmptyState, Link, Menu, Panel, Segmented, row
from ui.workspaces.center.counters import Figure, FigureStrip
from ui.workspaces.center.drafts_panel import DraftsPanel
from ui.workspaces.center.parts import PressLine
from ui.workspaces.center.people_columns import fmt_updated

if TYPE_CHECKING:
    from arm.store.store import ChangeSet, Store
    from ui.context import Context

SIDE = 376
RECENT = 7
PRINTED = 5
GATHER = 200
FIGURES = ("overdue", "today", "cases", "conflicts", "unsent")
_GROUP_ICONS = {"overdue": ("octagon-x", "badFill"), "today": ("triangle-alert", "warnFill")}


@dataclass(frozen=True)
class Desk:
    """Everything the page shows, read at once."""

    view: TodayView
    recent: list[PersonRow]
    printed: list[IssuedLine]


def read_desk(store: Store, mine: bool, rule: str | None) -> Desk:
    """Terms, figures, drafts, the cases one changed last, the papers printed last."""
    found = people.find(store, Filter(preset="mine"), Order("updated_at", descending=True))
    return Desk(
        read_today(store, mine, rule),
        people.rows(store, found.rowids[:RECENT]),
        printing.recent(store, PRINTED),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("icon", "", 28, kind="sign"),
        Column("person", t("Человек"), 168, kind="name", locked=True),
        Column("task", t("Что сделать"), 200, kind="words", stretch=True),
        Column("due_on", t("Срок"), 96, kind="date"),
        Column("left", t("Осталось"), 124, kind="pill"),
        Column("open", "", 32, kind="sign"),
    )


def _at_once(
    fn: Callable[[], Any],
    done: Callable[[Any], None],
    failed: Callable[[Exception], None] | None = None,  # noqa: ARG001 - the shape of Read
    key: str | None = None,  # noqa: ARG001
) -> None:
    """The rows are at hand already: nothing to wait for."""
    done(fn())


class TodayPage(Page):
    """Figures, terms by urgency, drafts and the way back to one's last cases."""

    page_id: ClassVar[str] = "today"
    title: ClassVar[str] = "Сегодня"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._rule: str | None = None
        self._rows: list[DueRow] = []
        self._on = context.workstation.clock.today()
        self._read = False
        self._later = QTimer(self, singleShot=True, interval=GATHER)
        self._later.timeout.connect(self.reload)
        self._lay_out()
        QShortcut(QKeySequence("F5"), self, self.reload)

    def heading(self) -> str:
        return t("Сегодня")

    def subtitle(self) -> str:
        return fmt_day(self.context.workstation.clock.today())

    def keys(self) -> Keys:
        return [
            ("↑ ↓", t("выбрать")),
            ("Enter", t("открыть дело")),
            ("Ctrl N", t("новый приём")),
        ]

    def shown(self, args: Mapping[str, object]) -> None:
        self.reload()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def data_changed(self, change: ChangeSet) -> None:
        self._later.start()

    # --- making -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.figures = FigureStrip(FIGURES)
        self.figures.chosen.connect(self._follow)
        again = Button(t("Повторить"), "refresh-cw", size=28)
        again.clicked.connect(self.reload)
        self._trouble = Banner("bad", t("Не удалось прочитать сроки"), "", again)
        self._trouble.hide()
        side = QWidget()
        side.setFixedWidth(SIDE)
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(16)
        for part in (self._make_drafts(), self._make_recent(), self._make_printed()):
            right.addWidget(part)
        right.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(side)
        scroll.setFixedWidth(SIDE)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        work = row(self._make_attention(), scroll, gap=16)
        work.setStretch(0, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 16, 24, 16)
        outer.setSpacing(16)
        outer.addWidget(self.figures)
        outer.addWidget(self._trouble)
        outer.addLayout(work, 1)

    def _make_attention(self) -> QWidget:
        self._panel = Panel(t("Требуют внимания"), padding=False)
        self.whose = Segmented((("mine", t("Мои")), ("all", t("Весь центр"))), "mine", size=28)
        self.whose.setObjectName("today-whose")
        self.whose.changed.connect(lambda _value: self.reload())
        self._kind = Button(t("Вид срока"), "list-filter", "ghost", 28, dropdown=True)
        self._kind.setObjectName("today-kind")
        self._kind.clicked.connect(self._open_kinds)
        self._panel.add_action(self.whose)
        self._panel.add_action(self._kind)
        self.model = PagedModel(
            _columns(),
            read=_at_once,
            fetch=lambda places: [self._rows[place] for place in places],
            present=self._look,
            parent=self,
        )
        self.table = RowTable(
            self.model,
            Arrangement(self.model.columns),
            left=16,
            checks=False,
            row_height=36,
            group_height=32,
            header=False,
        )
        self.table.setObjectName("today-table")
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setAccessibleName(t("Требуют внимания"))
        self.table.opened.connect(self._open_row)
        self.table.pressed_row.connect(self._open_row)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        week = Button(t("Показать дела"), "folder-open")
        week.clicked.connect(lambda: self.context.navigate("cases", {}))
        self._nothing = EmptyState("sun", t("На сегодня всё сделано"), "", week)
        self._stack.addWidget(self._nothing)
        self._panel.body.addWidget(holder, 1)
        return self._panel

    def _make_drafts(self) -> QWidget:
        self.drafts = DraftsPanel(self.context)
        self.drafts.dropped.connect(self.reload)
        return self.drafts

    def _make_recent(self) -> QWidget:
        self._recent_panel = Panel(t("Недавние дела"), padding=False)
        more = Link(t("Все мои дела"), small=True)
        more.setObjectName("today-mine")
        more.clicked.connect(lambda: self.context.navigate("cases", {"preset": "mine"}))
        self._recent_panel.add_action(more)
        self._recent = [PressLine() for _ in range(RECENT)]
        for number, line in enumerate(self._recent):
            line.setObjectName(f"today-recent-{number}")
            self._recent_panel.body.addWidget(line)
        return self._recent_panel

    def _make_printed(self) -> QWidget:
        self._printed_panel = Panel(t("Напечатано"), padding=False)
        self._printed = [PressLine() for _ in range(PRINTED)]
        for number, line in enumerate(self._printed):
            line.setObjectName(f"today-printed-{number}")
            self._printed_panel.body.addWidget(line)
        self._printed_panel.hide()
        return self._printed_panel

    # --- reading ----------------------------------------------------------------------------

    def reload(self) -> None:
        """Read everything anew; what is current stays current."""
        store, mine, rule = self.context.store, self.whose.value() == "mine", self._rule
        self.context.background.read(
            lambda: read_desk(store, mine, rule), self._arrived, self._failed, key="today"
        )

    def _arrived(self, desk: Desk) -> None:
        self._read = True
        self._trouble.hide()
        self._on = desk.view.on
        self._show_figures(desk.view)
        self._show_terms(desk.view)
        self.drafts.show_drafts(desk.view.drafts)
        self._show_recent(desk.recent)
        self._show_printed(desk.printed)

    def _failed(self, error: Exception) -> None:
        self._trouble.show()
        self.context.show_error(error)

    def _show_figures(self, view: TodayView) -> None:
        now = view.counters
        later = t("ещё {count} на неделе", count=fmt_number(now.soon))
        words = plural(now.overdue, "срок просрочен", "срока просрочено", "сроков просрочено")
        case_words = plural(now.cases, "дело в работе", "дела в работе", "дел в работе")
        self.figures.show_figures(
            [
                Figure(
                    "overdue",
                    now.overdue,
                    words,
                    t("начните с них") if now.overdue else t("ничего не горит"),
                    "octagon-x" if now.overdue else "circle-check",
                    "badFill" if now.overdue else "okFill",
                ),
                Figure(
                    "today",
                    now.today,
                    plural(now.today, "срок сегодня", "срока сегодня", "сроков сегодня"),
                    later,
                    "triangle-alert" if now.today else "circle-check",
                    "warnFill" if now.today else "okFill",
                ),
                Figure(
                    "cases", now.cases, case_words, t("у вас") if view.mine else t("во всём центре")
                ),
                Figure(
                    "conflicts",
                    now.conflicts,
                    plural(now.conflicts, "расхождение", "расхождения", "расхождений"),
                    t("ждут вашего решения") if now.conflicts else t("правки сошлись"),
                    "git-compare-arrows" if now.conflicts else "",
                    "warnFill",
                ),
                Figure(
                    "unsent",
                    now.unsent,
                    plural(now.unsent, "правка ждёт", "правки ждут", "правок ждут"),
                    t("уйдут при связи") if now.unsent else t("всё отправлено в центр"),
                    "cloud-off" if now.unsent else "",
                    "warnFill",
                ),
            ]
        )

    def _show_terms(self, view: TodayView) -> None:
        self._rows = [due for group in view.groups for due in group.rows]
        groups = []
        for group in view.groups:
            icon, token = _GROUP_ICONS.get(group.kind, ("", ""))
            title = t(group.title)
            if group.kind == "today":
                title = t("Сегодня, {day}", day=fmt_date(view.on))
            groups.append(Group(title, len(group.rows), icon, token, group.count))
        self._panel.set_count(fmt_number(view.attention))
        self.model.show(array("q", range(len(self._rows))), groups)
        self._stack.setCurrentIndex(0 if self._rows else 1)
        self._nothing.set_words(
            t("На сегодня всё сделано") if self._rule is None else t("Таких сроков нет"),
            t("На ближайшую неделю сроков нет"),
            "sun",
        )

    def _look(self, due: DueRow) -> RowLook:
        return RowLook(
            {
                "icon": Sign(due.icon),
                "person": due.person_name,
                "task": Words(t(due.title), t(due.detail)),
                "due_on": fmt_date(due.due_on),
                "left": term_pill(due.due_on, self._on),
                "open": Sign("chevron-right"),
            }
        )

    def _show_recent(self, rows: list[PersonRow]) -> None:
        for line, person in zip(self._recent, rows, strict=False):
            when = fmt_updated(person.updated_at, self._on)
            line.show_line(
                "folder-open",
                person.name,
                when,
                partial(self._open_person, person.person_id),
            )
        for line in self._recent[len(rows) :]:
            line.hide()
        self._recent_panel.setVisible(bool(rows))

    def _show_printed(self, issued: list[IssuedLine]) -> None:
        titles = {form.id: form.title for form in all_forms()}
        for line, paper in zip(self._printed, issued, strict=False):
            when = fmt_time(paper.printed_at) if paper.printed_at else ""
            if paper.printed_at and paper.printed_at.astimezone().date() != self._on:
                when = fmt_date(paper.printed_at.astimezone().date())[:5]
            line.show_line(
                "printer",
                f"{paper.person_name}: {titles.get(paper.form, paper.form)}",
                when,
                partial(self._open_person, paper.person_id),
            )
        for line in self._printed[len(issued) :]:
            line.hide()
        self._printed_panel.setVisible(bool(issued))

    # --- acting -----------------------------------------------------------------------------

    def _open_row(self, place: object) -> None:
        if isinstance(place, int) and 0 <= place < len(self._rows):
            self._open_person(self._rows[place].person_id)

    def _open_person(self, person_id: str) -> None:
        self.context.navigate("case", {"person_id": person_id})

    def _open_kinds(self) -> None:
        menu = Menu(t("Вид срока"), self)
        menu.add(t("Любой"), lambda: self._take_rule(None), checked=self._rule is None)
        menu.addSeparator()
        for rule, title in RULES.items():
            menu.add(t(title), partial(self._take_rule, rule), checked=self._rule == rule)
        menu.popup(self._kind.mapToGlobal(self._kind.rect().bottomLeft()))

    def _take_rule(self, rule: str | None) -> None:
        self._rule = rule
        self._kind.setText(t(RULES[rule]) if rule else t("Вид срока"))
        self._kind.updateGeometry()
        self.reload()

    def _follow(self, figure: str) -> None:
        """Each figure opens its list."""
        mine = self.whose.value() == "mine"
        if figure == "conflicts":
            self.context.navigate("conflicts", {})
        elif figure == "unsent":
            self.context.navigate("cases", {"preset": "unsent"})
        elif figure == "cases":
            self.context.navigate("cases", {"preset": "mine" if mine else "all"})
        else:
            self.context.navigate("terms", {"shown": figure, "mine": mine})
