"""«Сроки»: every term of the office in one list, by urgency, rule, colleague or day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from arm.casework.office import people
from arm.casework.term_list import (
    SHOWN_TITLES,
    FoundTerms,
    Grouping,
    Shown,
    TermFilter,
    TermRow,
    explanation_of,
    find_terms,
    group_title,
    term_rows,
)
from arm.errors import ExpectedError
from ui.casefile.ground import Surface
from ui.casefile.term_actions import TermActions
from ui.casefile.term_bulk import TermBulk
from ui.casefile.term_columns import TermLook, term_columns
from ui.casefile.term_filters import TermFilters
from ui.casefile.term_inspector import TermInspector
from ui.design.text import fmt_number, t
from ui.page import Keys, Page
from ui.tables.columns import Arrangement
from ui.tables.model import PagedModel
from ui.tables.rows import Group, RowLook
from ui.tables.view import RowTable
from ui.widgets import Banner, Button, EmptyState, row
from ui.widgets.preset_bar import Preset, PresetBar

if TYPE_CHECKING:
    from arm.law.explanation import Explanation
    from arm.store.store import ChangeSet, Store
    from ui.context import Context

FIRST_ROWS = 60
SKELETON_AFTER = 300
GATHER = 150
"""Changes that come together refresh the list once (ms)."""
GLANCE = 40
SETTLED: tuple[Shown, ...] = ("done", "not_needed")
_LOOKS = {"overdue": ("octagon-x", "badFill"), "today": ("triangle-alert", "warnFill")}


@dataclass(frozen=True)
class Answer:
    """What was asked, what was found, the first lines, the colleagues' names."""

    asked: TermFilter
    grouping: Grouping
    found: FoundTerms
    first: list[TermRow | None]
    names: dict[str, str]
    groups: list[Group]


def look_up(store: Store, wanted: TermFilter, grouping: Grouping) -> Answer:
    """Find, and read the first lines: the first paint waits for nothing."""
    found = find_terms(store, wanted, grouping)
    first = term_rows(store, found.ids[:FIRST_ROWS])
    names, today = people(store), store.clock.today().isoformat()
    groups = [_group(grouping, key, count, names, today) for key, count in found.groups]
    return Answer(wanted, grouping, found, first, names, groups)


def _group(grouping: Grouping, key: str, count: int, names: Mapping[str, str], today: str) -> Group:
    title = t(group_title(grouping, key, names))
    if grouping == "day" and key == today:
        title = t("Сегодня, {day}", day=title)
    icon, token = _LOOKS.get(key, ("", "text3"))
    return Group(title, count, icon, token)


class TermsPage(Page):
    """States, filters, the list, why this day, the bar of marked terms."""

    page_id: ClassVar[str] = "terms"
    title: ClassVar[str] = "Сроки"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._loaded = False
        self._total: int | None = None
        self._place = -1
        self._look = TermLook(self._today(), {})
        self._make_table()
        self._make_timers()
        self.verbs = TermActions(context, self._act)
        self._lay_out()
        self._connect()

    def _today(self) -> Any:
        return self.context.store.clock.today()

    # --- what the window asks ---------------------------------------------------------------

    def heading(self) -> str:
        return t("Сроки")

    def subtitle(self) -> str:
        return "" if self._total is None else fmt_number(self._total)

    def keys(self) -> Keys:
        return [
            ("/", t("искать")),
            (t("Пробел"), t("отметить")),
            ("Enter", t("открыть")),
            ("Ctrl Enter", t("сделано")),
            ("F7", t("отложить")),
            ("Ctrl E", t("выгрузить")),
        ]

    def shown(self, args: Mapping[str, object]) -> None:
        """``shown`` chooses a state, ``mine``, ``text`` and ``rule`` narrow."""
        if self.filters.take(args):
            self._mark_state()
            self.reload()
        elif not self._loaded:
            self.reload()
        if not self.filters.search.hasFocus():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def data_changed(self, change: ChangeSet) -> None:
        self._later.start()

    # --- making -----------------------------------------------------------------------------

    def _make_table(self) -> None:
        store, background = self.context.store, self.context.background
        self.model = PagedModel(
            term_columns(),
            read=background.read,
            fetch=lambda ids: term_rows(store, ids),
            present=self._present,
            parent=self,
        )
        self.table = RowTable(self.model, Arrangement(self.model.columns))
        self.table.setObjectName("terms-table")
        self.table.setAccessibleName(t("Список сроков"))

    def _colleague(self, login: str | None) -> str:
        return self._look.colleague(login)

    def _present(self, term: TermRow | None) -> RowLook:
        return self._look(term)

    def _make_timers(self) -> None:
        self._later = QTimer(self, singleShot=True, interval=GATHER)
        self._later.timeout.connect(self.reload)
        self._skeleton = QTimer(self, singleShot=True, interval=SKELETON_AFTER)
        self._skeleton.timeout.connect(lambda: self.table.set_loading(not self._loaded))
        self._glance = QTimer(self, singleShot=True, interval=GLANCE)
        self._glance.timeout.connect(self._load_inspector)

    def _lay_out(self) -> None:
        self.states = PresetBar()
        self.states.save.hide()
        self.states.set_presets(
            [Preset(key, t(title)) for key, title in SHOWN_TITLES.items()], "open"
        )
        self.filters = TermFilters(self._today)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.states)
        column.addWidget(self.filters)
        self._trouble = self._make_trouble()
        column.addWidget(self._trouble)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._make_nothing())
        column.addWidget(holder, 1)
        self.inspector = TermInspector(self.verbs, self._today, self._colleague)
        of_marked = TermActions(self.context, partial(self._act, unmark=True))
        self.bulk = TermBulk(self.context, self.model, of_marked, left)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(left, 1)
        outer.addWidget(self.inspector)

    def _make_trouble(self) -> QWidget:
        again = Button(t("Повторить"), "refresh-cw", size=28)
        again.setObjectName("terms-retry")
        again.clicked.connect(self.reload)
        self._banner = Banner("bad", "", "", again)
        holder = Surface()
        line = row(self._banner, margins=(24, 12, 24, 12))
        line.setStretch(0, 1)
        holder.setLayout(line)
        holder.hide()
        return holder

    def _make_nothing(self) -> QWidget:
        self._reset = Button(t("Сбросить условия"), "x")
        self._reset.setObjectName("terms-reset")
        self._reset.clicked.connect(self.filters.reset)
        self._everybody = Button(t("Показать весь центр"), "users")
        self._everybody.setObjectName("terms-everybody")
        self._everybody.clicked.connect(self.filters.show_everybody)
        self._nothing = EmptyState("calendar-check", "", "", self._reset, self._everybody)
        ground = Surface()
        ground.setLayout(row(self._nothing))
        return ground

    def _connect(self) -> None:
        self.states.chosen.connect(self._take_state)
        self.filters.changed.connect(self.reload)
        self.filters.search.installEventFilter(self)
        self.table.current_changed.connect(self._current_changed)
        self.table.opened.connect(self.open_term)
        self.table.typed.connect(self._typed)
        self.table.search_asked.connect(self._go_to_search)
        self.model.trouble.connect(self._failed)
        self.inspector.open_asked.connect(self._open_person)
        for keys, run in (
            ("Ctrl+E", self.bulk.export),
            ("Ctrl+F", self._go_to_search),
            ("Ctrl+Return", self._settle),
            ("F7", self._snooze),
        ):
            QShortcut(QKeySequence(keys), self, run)

    # --- finding ----------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the list anew; what is current stays current."""
        store, wanted, grouping = self.context.store, self.filters.wanted(), self.filters.grouping
        if not self._loaded:
            self._skeleton.start()
        self.context.background.read(
            lambda: look_up(store, wanted, grouping), self._arrived, self._failed, key="terms-find"
        )

    def _arrived(self, answer: Answer) -> None:
        self._loaded = True
        self._skeleton.stop()
        self.table.set_loading(False)
        self._trouble.hide()
        self._look = TermLook(self._today(), answer.names)
        total = answer.found.counts["open"]
        if total != self._total:
            self._total = total
            self.header_changed.emit()
        self.states.set_counts({str(key): count for key, count in answer.found.counts.items()})
        had, place = self.table.current_id() is not None, self._place
        self.model.show(answer.found.ids, answer.groups, answer.first)
        self._show_nothing(answer)
        ids = answer.found.ids
        if self.table.current_id() is None and ids:
            # what was done leaves the list: the next one takes its place
            following = min(max(place, 0), len(ids) - 1) if had else 0
            self.table.set_current_id(ids[following], scroll=had)
        else:
            self._glance.start()

    def _show_nothing(self, answer: Answer) -> None:
        empty = not answer.found.ids
        self._stack.setCurrentIndex(1 if empty else 0)
        if not empty:
            return
        asked = answer.asked
        self._reset.setVisible(asked.narrowed)
        self._everybody.setVisible(asked.mine)
        if asked.narrowed:
            self._nothing.set_words(
                t("Таких сроков нет"), t("Снимите часть условий или выберите другое состояние"),
                "search-x",
            )  # fmt: skip
        elif asked.shown in SETTLED:
            self._nothing.set_words(
                t("За последние 30 дней ничего не отмечали"), "", "calendar-check"
            )
        elif asked.mine:
            self._nothing.set_words(
                t("У вас таких сроков нет"), t("Сроки считаются по датам в делах"),
                "calendar-check",
            )  # fmt: skip
        else:
            self._nothing.set_words(
                t("Таких сроков нет"), t("Сроки считаются по датам в делах"), "calendar-check"
            )

    def _failed(self, error: Exception) -> None:
        self._skeleton.stop()
        self.table.set_loading(False)
        title, advice = t("Не удалось прочитать сроки"), t("Повторите. Набранное сохранено")
        if isinstance(error, ExpectedError):
            title, advice = t(error.title_text), t(error.advice_text)
        self._banner.set_words(title, advice)
        self._trouble.show()
        if not isinstance(error, ExpectedError):
            self.context.show_error(error)

    def _take_state(self, key: str) -> None:
        before = self.filters.shown
        self.filters.shown = next(one for one in SHOWN_TITLES if one == key)
        if (before in SETTLED) != (self.filters.shown in SETTLED):
            self.model.unmark_all()
        self._mark_state()
        self.reload()

    def _mark_state(self) -> None:
        self.states.mark(self.filters.shown)
        self.bulk.show_settled(self.filters.shown in SETTLED)

    # --- the current term -------------------------------------------------------------------

    def _current_changed(self, term_id: object) -> None:
        if term_id is None:
            self.inspector.clear()
            return
        if isinstance(term_id, int):
            self._place = self.model.place_of(term_id)
        self._glance.start()

    def _load_inspector(self) -> None:
        term_id = self.table.current_id()
        if term_id is None:
            self.inspector.clear()
            return
        store = self.context.store

        def read() -> tuple[TermRow | None, Explanation | None]:
            (term,) = term_rows(store, [term_id])
            return term, explanation_of(store, term_id) if term_id > 0 else None

        self.context.background.read(read, self._show_term, key="terms-inspector")

    def _show_term(self, known: tuple[TermRow | None, Explanation | None]) -> None:
        term, why = known
        if term is None:
            self.inspector.clear()
        elif term.id == self.table.current_id():
            self.inspector.show_term(term, why)

    def open_term(self, term_id: object) -> None:
        """Open the case a term belongs to."""
        store = self.context.store
        if not isinstance(term_id, int):
            return

        def arrived(found: list[TermRow | None]) -> None:
            if found and found[0] is not None:
                self._open_person(found[0].key.person_id)

        self.context.background.read(
            lambda: term_rows(store, [term_id]), arrived, self.context.show_error, "terms-open"
        )

    def _open_person(self, person_id: str) -> None:
        self.context.navigate("case", {"person_id": person_id})

    # --- acting -----------------------------------------------------------------------------

    def _act(
        self,
        fn: Callable[[Store], Any],
        *,
        said: str = "",
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        unmark: bool = False,
    ) -> None:
        store = self.context.store

        def after(result: Any) -> None:
            if unmark:
                self.model.unmark_all()
            if said:
                self.context.toast(said, icon="check", undo=True)
            if done is not None:
                done(result)

        self.context.background.write(lambda: fn(store), after, failed or self.context.show_error)

    def _settle(self) -> None:
        if self.filters.shown in SETTLED:
            return
        if self.model.marked:
            self.bulk.settle("done")
        else:
            self.inspector.settle()

    def _snooze(self) -> None:
        if self.filters.shown in SETTLED:
            return
        if self.model.marked:
            self.bulk.snooze()
        else:
            self.inspector.ask_snooze()

    # --- keyboard ---------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.filters.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown):
                self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.open_term(self.table.current_id())
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.model.marked:
            self.model.unmark_all()
        elif event.key() == Qt.Key.Key_Escape and self.filters.search.text():
            self.filters.search.clear()
        elif event.key() == Qt.Key.Key_Slash and not event.modifiers():
            self._go_to_search()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _go_to_search(self) -> None:
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def _typed(self, text: str) -> None:
        search = self.filters.search
        search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        search.setText(text)
        search.end(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.inspector.setVisible(self.width() >= 900)
