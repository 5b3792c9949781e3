"""«Нормы и календарь»: every value in force on a day, what came since, the year, the decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from arm.casework import law_book, law_decisions, law_view
from arm.casework.law_decisions import Decided
from arm.casework.law_view import DayMark, ValueLine, YearView
from arm.law.rulebook import RuleBook
from arm.store.store import ChangeSet
from ui.casefile.law_calendar import Legend, YearCalendar, said
from ui.casefile.law_dialogs import ConfirmDialog, CorrectDialog, WithdrawDialog, open_pack
from ui.casefile.law_inspector import LawInspector
from ui.casefile.law_rows import LawList, spoken_decision, spoken_value
from ui.context import Context
from ui.design.text import counted, fmt_date, t
from ui.page import Keys, Page
from ui.widgets import (
    Banner,
    Button,
    CheckBox,
    DateField,
    EmptyState,
    IconButton,
    Label,
    Panel,
    SearchField,
    Segmented,
    row,
)
from ui.widgets.row_list import RowList

_FIRST_YEAR, _LAST_YEAR = 2014, 2040


@dataclass(frozen=True)
class Shown:
    """What one reading brings."""

    book: RuleBook
    values: list[ValueLine]
    changes: list[ValueLine]
    decisions: list[Decided]
    year: YearView


class LawPage(Page):
    """Four views of one book; the inspector at the right explains the chosen line."""

    page_id = "law"
    title = "Нормы и календарь"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        today = context.store.clock.today()
        self._book: RuleBook | None = None
        self._may = law_decisions.may_decide(context.store)
        self._year = today.year
        self.mode = Segmented(
            [
                ("values", t("Действуют")), ("changes", t("Изменилось после")),
                ("calendar", t("Календарь")), ("decisions", t("Решения")),
            ],
            "values", name=t("Что показать"),
        )  # fmt: skip
        self.mode.setObjectName("lawMode")
        self.mode.changed.connect(lambda _mode: self._show_mode())
        self.day = DateField(today, today=context.store.clock.today)
        self.day.setObjectName("lawDay")
        self.day.setAccessibleName(t("На какой день"))
        self.day.setFixedWidth(116)
        self.day.date_changed.connect(lambda _day: self.read())
        self.search = SearchField(t("Норма, регион, акт"))
        self.search.setObjectName("lawSearch")
        self.search.setMinimumWidth(200)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(120)
        self._soon.timeout.connect(self.read)
        self.search.textChanged.connect(lambda _text: self._soon.start())
        self.unsure = CheckBox(t("Только неподтверждённые"))
        self.unsure.setObjectName("lawUnsure")
        self.unsure.toggled.connect(lambda _on: self.read())
        self.count = Label("", "secondary", "text3")
        self.pack = Button(t("Принять пакет…"), "file-down")
        self.pack.setObjectName("lawPackOpen")
        self.pack.clicked.connect(self.choose_pack)
        self.pack.setVisible(self._may)
        self.ask_file = _ask_file
        self._build()
        self._show_mode()

    # --- building

    def _build(self) -> None:
        self.values = RowList(spoken_value, parent=self)
        self.changes = RowList(spoken_value, parent=self)
        self.decided = RowList(spoken_decision, parent=self)
        self.lists = {
            "values": LawList(self.values, t("Нормы, которые действуют")),
            "changes": LawList(self.changes, t("Нормы, которые изменились")),
            "decisions": LawList(self.decided, t("Решения о нормах")),
        }
        self.stack = QStackedWidget()
        self._empty: dict[str, EmptyState] = {}
        self._places: dict[str, QStackedWidget] = {}
        for name, shown in self.lists.items():
            shown.setObjectName(f"law-{name}")
            shown.selectionModel().currentChanged.connect(self._on_current)
            empty = EmptyState("scale", "")
            place = QStackedWidget()
            place.addWidget(shown)
            place.addWidget(empty)
            self._empty[name], self._places[name] = empty, place
            self.stack.addWidget(place)
        self._calendar_view = self._calendar()
        self.stack.addWidget(self._calendar_view)
        panel = Panel("", padding=False)
        panel.body.setContentsMargins(0, 0, 0, 0)
        panel.body.addWidget(self.stack, 1)
        self.inspector = LawInspector()
        self.inspector.confirm.connect(
            lambda line: self.context.open_dialog(ConfirmDialog(self.context, line))
        )
        self.inspector.correct.connect(self._correct)
        self.inspector.withdraw.connect(
            lambda one: self.context.open_dialog(WithdrawDialog(self.context, one))
        )
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(panel, 1)
        both.addWidget(self.inspector)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addLayout(row(self.mode, self.day, self.search, self.unsure, None, self.pack, gap=12))
        box.addWidget(self.count)
        box.addLayout(both, 1)
        self.setFocusProxy(self.lists["values"])

    def _calendar(self) -> QWidget:
        whole = QWidget()
        self.calendar = YearCalendar()
        self._day_said = Label("", "body", elide=True)
        self.calendar.day_changed.connect(self._say_day)
        self._year_said = Label("", "section")
        self._year_act = Label("", "secondary", "text2", wrap=True)
        self._year_warning = Banner("warn", t("Год предварительный: акта о переносах ещё нет"))
        earlier = IconButton("chevron-left", t("Год назад"))
        later = IconButton("chevron-right", t("Год вперёд"))
        earlier.setObjectName("yearBefore")
        later.setObjectName("yearAfter")
        earlier.clicked.connect(lambda: self._go_year(-1))
        later.clicked.connect(lambda: self._go_year(1))
        box = QVBoxLayout(whole)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(8)
        self._year_said.setFixedWidth(40)
        line = row(earlier, self._year_said, later, self._day_said, gap=8)
        line.setStretch(3, 1)
        box.addLayout(line)
        box.addWidget(self._year_act)
        box.addWidget(self._year_warning)
        box.addWidget(self.calendar, 1)
        box.addWidget(Legend())
        return whole

    # --- what the window asks

    def subtitle(self) -> str:
        return t("по каким актам считаются сроки и суммы")

    def keys(self) -> Keys:
        if self.mode.value() == "calendar":
            return [("← →|↑ ↓", t("день")), ("PgUp|PgDn", t("год"))]
        keys = [("↑ ↓", t("норма")), ("/", t("найти"))]
        may_correct = self._may and self.mode.value() != "decisions"
        return [*keys, ("Enter", t("исправить"))] if may_correct else keys

    def shown(self, args: Mapping[str, object]) -> None:
        self.read()
        self._front().setFocus(Qt.FocusReason.OtherFocusReason)

    def data_changed(self, change: ChangeSet) -> None:
        if any(kind in law_book.KINDS for kind, _ in change.records):
            self.read()

    def keyPressEvent(self, event: object) -> None:
        key = event.key()  # type: ignore[attr-defined]  # Qt's key event
        step = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(key)
        if key == Qt.Key.Key_Slash:
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif step is not None and self.mode.value() == "calendar":
            self._go_year(step)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._may:
            line = self._current_value()
            if line is not None:
                self._correct(line)
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]  # as above

    # --- reading

    def read(self) -> None:
        """Read the book and everything it says for the chosen day."""
        store, text, unsure = self.context.store, self.search.text(), self.unsure.isChecked()
        on, year = self.day.value() or store.clock.today(), self._year

        def work() -> Shown:
            book = law_book.rulebook(store)
            return Shown(
                book,
                law_view.values_on(book, on, text, unconfirmed=unsure),
                law_view.changed_since(book, on, text),
                law_decisions.decisions(store),
                law_view.year_view(book, year),
            )

        self.context.background.read(work, self._take, self.context.show_error, key="law-page")

    def _take(self, found: Shown) -> None:
        self._book = found.book
        for name, model, rows in (
            ("values", self.values, found.values), ("changes", self.changes, found.changes),
            ("decisions", self.decided, found.decisions),
        ):  # fmt: skip
            self._fill(name, model, rows)
        self._show_year(found.year)
        self._say_empty()
        self._say_count()
        self._on_current()

    def _fill(self, name: str, model: RowList[ValueLine] | RowList[Decided], rows: list) -> None:  # type: ignore[type-arg]  # of either kind
        shown = self.lists[name]
        held = shown.currentIndex().row()
        before = _key(model.rows[held]) if 0 <= held < len(model.rows) else None
        model.show(rows)
        places = [n for n, one in enumerate(rows) if _key(one) == before]
        if rows:
            index = model.index(places[0] if places else min(max(held, 0), len(rows) - 1))
            shown.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        self._places[name].setCurrentIndex(0 if rows else 1)

    def _say_empty(self) -> None:
        searched = bool(self.search.text().strip())
        day = fmt_date(self.day.value())
        words = {
            "values": (t("Ничего не нашлось"), t("Попробуйте другое слово или другой день")),
            "changes": (t("После {day} ничего не менялось", day=day), ""),
            "decisions": (t("Решений пока нет"), t("Здесь будет, кто и на чём подтвердил норму")),
        }
        for name, empty in self._empty.items():
            title, text = words["values"] if searched and name == "changes" else words[name]
            empty.set_words(title, text)

    def _say_count(self) -> None:
        mode = self.mode.value()
        rows = {"values": self.values.rows, "changes": self.changes.rows}.get(mode)
        self.count.setVisible(rows is not None)
        if rows is None:
            return
        unsure = sum(1 for one in rows if one.row.confidence != "H")
        words = counted(len(rows), "норма", "нормы", "норм")
        self.count.setText(t("{count}, не подтверждено: {unsure}", count=words, unsure=unsure))

    # --- showing

    def _show_mode(self) -> None:
        mode = self.mode.value()
        self.stack.setCurrentWidget(self._places.get(mode, self._calendar_view))
        lists = mode in ("values", "changes")
        for part in (self.day, self.search, self.unsure):
            part.setVisible(lists)
        self.unsure.setVisible(mode == "values")
        self.inspector.setVisible(mode != "calendar")
        self._say_count()
        self._on_current()
        self.header_changed.emit()

    def _front(self) -> QWidget:
        mode = self.mode.value()
        return self.calendar if mode == "calendar" else self.lists[mode]

    def _current_value(self) -> ValueLine | None:
        mode = self.mode.value()
        if mode not in ("values", "changes"):
            return None
        found: ValueLine | None = self.lists[mode].currentIndex().data(Qt.ItemDataRole.UserRole)
        return found

    def _on_current(self, *_indexes: object) -> None:
        line = self._current_value()
        if line is not None and self._book is not None:
            self.inspector.show_value(
                line,
                law_view.history(self._book, line.row),
                may_decide=self._may,
                can_confirm=line.row.confidence != "H",
            )
            return
        one = self.lists["decisions"].currentIndex().data(Qt.ItemDataRole.UserRole)
        if self.mode.value() == "decisions" and one is not None:
            self.inspector.show_decision(one, may_decide=self._may)
        else:
            self.inspector.show_nothing()

    def _show_year(self, view: YearView) -> None:
        self._year_said.setText(str(view.year))
        working = counted(view.working, "рабочий день", "рабочих дня", "рабочих дней")
        act = t(view.row.act) if view.row else t("только праздники ст. 112 ТК РФ")
        self._year_act.setText(f"{working}. {act}")
        self._year_warning.setVisible(view.preliminary)
        day = self.calendar.day()
        self.calendar.show_year(view, day.on if day else self.context.store.clock.today())

    def _say_day(self, mark: DayMark) -> None:
        self._day_said.setText(said(mark))

    def _go_year(self, step: int) -> None:
        year = self._year + step
        if _FIRST_YEAR <= year <= _LAST_YEAR:
            self._year = year
            self.read()

    # --- deciding

    def _correct(self, line: ValueLine) -> None:
        if self._book is not None:
            columns = dict(self._book.tables.tables[line.row.table].columns)
            self.context.open_dialog(CorrectDialog(self.context, line, columns))

    def choose_pack(self) -> None:
        """Ask for a file and show what the pack in it would change."""
        path = self.ask_file(self)
        if path is not None:
            open_pack(self.context, path)


def _key(one: ValueLine | Decided) -> object:
    if isinstance(one, ValueLine):
        return one.row.table, one.row.key, one.row.valid_from
    return one.id


def _ask_file(host: QWidget) -> Path | None:
    chosen, _ = QFileDialog.getOpenFileName(
        host, t("Пакет норм"), "", t("Пакеты норм") + " (*.toml);;" + t("Все файлы") + " (*)"
    )
    return Path(chosen) if chosen else None
