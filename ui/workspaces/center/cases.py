"""«Дела»: everybody in one list, found at each keystroke."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from arm.casework import people, reference
from arm.casework.case import open_case
from arm.casework.office import people as colleagues
from arm.casework.people import PRESET_TITLES, PRESETS, Filter, Order
from arm.errors import ExpectedError
from forms.catalogue import all_forms
from ui.design.text import fmt_number, t
from ui.page import Keys, Page
from ui.tables.chooser import WIDTH as CHOOSER_WIDTH
from ui.tables.chooser import ColumnChooser
from ui.tables.columns import Arrangement
from ui.tables.copying import as_table
from ui.tables.model import PagedModel
from ui.tables.rows import Group, RowLook
from ui.tables.view import RowTable
from ui.widgets import Banner, Button, EmptyState, Label, Popover, SearchField, row
from ui.widgets.preset_bar import Preset, PresetBar
from ui.workspaces.center.bulk_actions import BulkActions
from ui.workspaces.center.citizenship_filter import CitizenshipFilter
from ui.workspaces.center.finding import Answer, aligned_rows, look_up
from ui.workspaces.center.highlight import search_marks
from ui.workspaces.center.naming import NameBubble
from ui.workspaces.center.parts import Surface
from ui.workspaces.center.people_columns import ORDER_OF, PersonLook, columns
from ui.workspaces.center.preview import Preview

if TYPE_CHECKING:
    from arm.casework.case import CaseView
    from arm.store.store import ChangeSet
    from ui.context import Context

ARRANGEMENT_SETTING = "columns.cases"
SLOW = 25.0
"""A search slower than this (ms) makes the next one wait until the hand rests."""
REST = 30
SKELETON_AFTER = 300
GATHER = 120
"""Changes that come together refresh the list once (ms)."""
COPY_LIMIT = 20_000


class CasesPage(Page):
    """Search, selections, the list, the pane of the current person, the bar of marked rows."""

    page_id: ClassVar[str] = "cases"
    title: ClassVar[str] = "Дела"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._filter = Filter()
        self._order = Order()
        self._counts: dict[str, int] = {}
        self._suggestion = ""
        self._loaded = False
        self._wanted_person = ""
        self._look = PersonLook(context.workstation.clock.today(), {})
        self._make_table()
        self._make_timers()
        self._lay_out()
        self._connect()
        self._read_settings()

    # --- what the window asks ---------------------------------------------------------------

    def heading(self) -> str:
        return t("Дела")

    def subtitle(self) -> str:
        total = self._counts.get("all")
        return "" if total is None else fmt_number(total)

    def keys(self) -> Keys:
        return [
            ("/", t("искать")),
            ("↑ ↓", t("выбрать")),
            (t("Пробел"), t("отметить")),
            ("Enter", t("открыть")),
            ("Ctrl A", t("отметить все")),
            ("Ctrl E", t("выгрузить")),
        ]

    def shown(self, args: Mapping[str, object]) -> None:
        """``text`` searches, ``preset`` chooses a selection, ``person_id`` becomes current."""
        text, preset = args.get("text"), args.get("preset")
        if isinstance(preset, str):
            self._take_preset(preset)
        if isinstance(text, str):
            self.search.setText(text)
        wanted = args.get("person_id")
        if isinstance(wanted, str):
            self._wanted_person = wanted
        if not self._loaded or text is not None or preset is not None:
            self._find()
        elif self._wanted_person:
            self._go_to_wanted()
        self._count()
        if not self.search.hasFocus():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def data_changed(self, change: ChangeSet) -> None:
        self._refresh.start()
        if self.preview.person_id in change.persons:
            self._load_preview()

    # --- making -----------------------------------------------------------------------------

    def _make_table(self) -> None:
        store, background = self.context.store, self.context.background
        self.model = PagedModel(
            columns(),
            read=background.read,
            fetch=lambda ids: aligned_rows(store, ids),
            present=self._present,
            parent=self,
        )
        self.arrangement = Arrangement(self.model.columns)
        self.table = RowTable(self.model, self.arrangement)
        self.table.setObjectName("cases-table")
        self.table.setAccessibleName(t("Список дел"))
        self.table.set_order("name", False)

    def _present(self, found: people.PersonRow | None) -> RowLook:
        return self._look(found)

    def _make_timers(self) -> None:
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._find)
        self._refresh = QTimer(self, singleShot=True, interval=GATHER)
        self._refresh.timeout.connect(self._refresh_all)
        self._skeleton = QTimer(self, singleShot=True, interval=SKELETON_AFTER)
        self._skeleton.timeout.connect(lambda: self.table.set_loading(not self._loaded))
        self._glance = QTimer(self, singleShot=True, interval=40)
        self._glance.timeout.connect(self._load_preview)

    def _lay_out(self) -> None:
        self.presets = PresetBar()
        self.search = SearchField(t("Найти по имени, паспорту, телефону"), key_cap="/", delay=0)
        self.search.setObjectName("cases-search")
        self.search.setAccessibleName(t("Поиск дел"))
        self.search.setFixedWidth(320)
        self.citizenship = CitizenshipFilter()
        right = Qt.AlignmentFlag.AlignRight
        self.words = Label("", "secondary", "text2", elide=True, align=right)
        self.counted = Label("", "secondary", "text2")
        self.choose_columns = Button(t("Столбцы"), "columns-3")
        self.choose_columns.setObjectName("cases-columns")
        tools = Surface(Qt.Edge.BottomEdge)
        line = row(
            self.search, self.citizenship, self.words, self.counted, self.choose_columns, gap=8
        )
        line.setStretch(2, 1)
        line.setContentsMargins(24, 12, 24, 13)
        tools.setLayout(line)
        left = QWidget()
        self._left = left
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.presets)
        column.addWidget(tools)
        self._trouble = self._make_trouble()
        column.addWidget(self._trouble)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._make_nothing())
        column.addWidget(holder, 1)
        self.preview = Preview([(form.id, form.title) for form in all_forms()])
        self.bulk = BulkActions(self.context, self.model, left)
        self.bulk.arrangement = lambda: self.arrangement
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(left, 1)
        outer.addWidget(self.preview)

    def _make_trouble(self) -> QWidget:
        again = Button(t("Повторить"), "refresh-cw", size=28)
        again.setObjectName("cases-retry")
        again.clicked.connect(self._find)
        self._banner = Banner("bad", "", "", again)
        holder = Surface()
        holder.setLayout(row(self._banner, margins=(24, 12, 24, 12)))
        holder.layout().setStretch(0, 1)  # type: ignore[union-attr]  # just set
        holder.hide()
        return holder

    def _make_nothing(self) -> QWidget:
        self._try = Button("", "search")
        self._try.setObjectName("cases-suggestion")
        self._try.clicked.connect(lambda: self.search.setText(self._suggestion))
        self._reset = Button(t("Сбросить отбор"), "x")
        self._reset.setObjectName("cases-reset")
        self._reset.clicked.connect(self.reset)
        intake = Button(t("Новый приём"), "plus")
        intake.setObjectName("cases-intake")
        intake.clicked.connect(lambda: self.context.navigate("intake", {}))
        self._nothing = EmptyState("search-x", "", "", self._try, self._reset, intake)
        ground = Surface()
        ground.setLayout(row(self._nothing))
        return ground

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._rest.start())
        self.search.installEventFilter(self)
        self.presets.chosen.connect(self._take_preset_and_find)
        self.presets.save_asked.connect(self._save_filter)
        self.presets.forget_asked.connect(self._forget_filter)
        self.citizenship.changed.connect(self._take_citizenship)
        self.choose_columns.clicked.connect(self._open_chooser)
        self.table.current_changed.connect(self._current_changed)
        self.table.opened.connect(self.open_rowid)
        self.table.sort_asked.connect(self._sort)
        self.table.typed.connect(self._typed)
        self.table.search_asked.connect(self._go_to_search)
        self.table.copy_asked.connect(self.copy)
        self.table.arrangement_changed.connect(self._keep_arrangement)
        self.table.horizontalHeader().customContextMenuRequested.connect(self._open_chooser)
        self.model.trouble.connect(self._failed)
        self.preview.open_asked.connect(self.open_person)
        self.preview.print_asked.connect(self._print)
        QShortcut(QKeySequence("Ctrl+E"), self, self.bulk.export)
        QShortcut(QKeySequence("Ctrl+F"), self, self._go_to_search)

    def _read_settings(self) -> None:
        store = self.context.store

        def read() -> tuple[object, dict[str, str], list[people.SavedFilter]]:
            kept = store.setting(ARRANGEMENT_SETTING)
            return kept, colleagues(store), people.saved_filters(store)

        def arrived(known: tuple[object, dict[str, str], list[people.SavedFilter]]) -> None:
            kept, names, saved = known
            self._look = PersonLook(self.context.workstation.clock.today(), names)
            if kept:
                self.arrangement = Arrangement(self.model.columns, kept)
                self.table.arrangement = self.arrangement
                self.table.apply_arrangement()
            self._show_presets(saved)

        self._saved: list[people.SavedFilter] = []
        self._show_presets([])
        self.context.background.read(read, arrived, key="cases-settings")

    # --- finding ----------------------------------------------------------------------------

    def _find(self) -> None:
        self._filter = Filter(
            text=self.search.text(),
            preset=self._filter.preset,
            citizenship=self._filter.citizenship,
            responsible=self._filter.responsible,
            route=self._filter.route,
            status=self._filter.status,
        )
        store, wanted, order = self.context.store, self._filter, self._order
        if not self._loaded:
            self._skeleton.start()
        self.context.background.read(
            lambda: look_up(store, wanted, order), self._arrived, self._failed, key="cases-find"
        )

    def _arrived(self, answer: Answer) -> None:
        self._loaded = True
        self._skeleton.stop()
        self.table.set_loading(False)
        self._trouble.hide()
        self._rest.setInterval(REST if answer.found.milliseconds > SLOW else 0)
        self.table.set_marks(search_marks(answer.asked.text))
        groups = [Group(t(title), count) for title, count in answer.found.groups]
        self.model.show(answer.found.rowids, groups, answer.first)
        self.words.setText(answer.words)
        self.words.setToolTip(t(answer.found.hint))
        self.counted.setText(f"· {answer.counted}" if answer.words else answer.counted)
        self.counted.setToolTip(t(answer.found.hint))
        self._show_nothing(answer)
        if self._wanted_person:
            self._go_to_wanted()
        elif self.table.current_id() is None and answer.found.rowids:
            self.table.set_current_id(answer.found.rowids[0], scroll=False)

    def _show_nothing(self, answer: Answer) -> None:
        empty = not answer.found.rowids
        self._stack.setCurrentIndex(1 if empty else 0)
        if not empty:
            return
        typed = answer.asked.text.strip()
        self._suggestion = answer.suggestion
        self._try.setVisible(bool(answer.suggestion))
        self._try.setText(t("Искать «{name}»", name=answer.suggestion))
        narrowed = bool(answer.asked.citizenship) or answer.asked.preset != "all"
        self._reset.setVisible(narrowed)
        if typed:
            text = t("Ищем по ФИО, паспорту, телефону и Мигрант ID")
            if answer.suggestion:
                text = t("Похоже на «{name}».", name=answer.suggestion) + " " + text
            self._nothing.set_words(
                t("Никого не нашли по «{typed}»", typed=typed), text, "search-x"
            )
        elif narrowed:
            self._nothing.set_words(
                t("В этом отборе никого нет"), t("Снимите условия или выберите «Все»"), "filter"
            )
        else:
            self._nothing.set_words(
                t("Дел пока нет"), t("Начните с паспорта первого человека"), "folder-open"
            )

    def _failed(self, error: Exception) -> None:
        self._skeleton.stop()
        self.table.set_loading(False)
        title, advice = t("Не удалось прочитать список"), t("Повторите. Набранное сохранено")
        if isinstance(error, ExpectedError):
            title, advice = t(error.title_text), t(error.advice_text)
        self._banner.set_words(title, advice)
        self._trouble.show()
        if not isinstance(error, ExpectedError):
            self.context.show_error(error)

    def _refresh_all(self) -> None:
        if self._loaded:
            self._find()
        self._count()

    def _count(self) -> None:
        store = self.context.store

        def read() -> tuple[dict[str, int], list[tuple[str, int]]]:
            return people.counts(store), people.citizenships(store)

        self.context.background.read(read, self._counted, key="cases-counts")

    def _counted(self, known: tuple[dict[str, int], list[tuple[str, int]]]) -> None:
        self._counts, states = known
        self.presets.set_counts(self._counts)
        self.citizenship.set_options(
            [(code, t(reference.country_name(code)), count) for code, count in states]
        )
        self.header_changed.emit()

    # --- selections -------------------------------------------------------------------------

    def _show_presets(self, saved: list[people.SavedFilter]) -> None:
        self._saved = saved
        built_in = [Preset(key, t(PRESET_TITLES[key])) for key in PRESETS]
        own = [Preset(f"own:{one.id}", one.title, own=True) for one in saved]
        self.presets.set_presets([*built_in, *own], self._filter.preset)

    def _take_preset_and_find(self, key: str) -> None:
        self._take_preset(key)
        self._find()

    def _take_preset(self, key: str) -> None:
        own = next((one for one in self._saved if f"own:{one.id}" == key), None)
        if own is None:
            self._filter = Filter(preset=key, citizenship=self._filter.citizenship)
            self.presets.mark(key)
            return
        self._filter, self._order = own.filter, own.order
        self.search.blockSignals(True)
        self.search.setText(own.filter.text)
        self.search.blockSignals(False)
        self.citizenship.set_chosen(own.filter.citizenship)
        self._show_order()

    def _take_citizenship(self, codes: tuple[str, ...]) -> None:
        self._filter = Filter(text=self._filter.text, preset=self._filter.preset, citizenship=codes)
        self._find()

    def reset(self) -> None:
        """Everybody again, what is typed stays."""
        self.citizenship.set_chosen(())
        self._filter = Filter()
        self.presets.choose("all")

    def _save_filter(self) -> None:
        store, wanted, order = self.context.store, self._filter, self._order
        title = " ".join(
            part
            for part in (
                t(PRESET_TITLES.get(wanted.preset, "")) if wanted.preset != "all" else "",
                ", ".join(t(reference.country_name(code)) for code in wanted.citizenship),
                wanted.text.strip(),
            )
            if part
        )

        def save(name: str) -> None:
            self.context.background.write(
                lambda: (people.save_filter(store, name, wanted, order), store),
                lambda _saved: self._reload_saved(t("Отбор «{name}» сохранён", name=name)),
                self.context.show_error,
            )

        bubble = NameBubble(t("Сохранить отбор"), t("Название отбора"), title, t("Сохранить"), self)
        bubble.named.connect(save)
        bubble.open_at(self.presets.save)

    def _forget_filter(self, key: str) -> None:
        store, filter_id = self.context.store, key.removeprefix("own:")
        self.context.background.write(
            lambda: people.delete_filter(store, filter_id),
            lambda _nothing: self._reload_saved(t("Отбор удалён")),
            self.context.show_error,
        )

    def _reload_saved(self, words: str) -> None:
        store = self.context.store
        self.context.background.read(
            lambda: people.saved_filters(store), self._show_presets, key="cases-saved"
        )
        self.context.toast(words)

    def _sort(self, key: str, descending: bool) -> None:
        self._order = Order(ORDER_OF.get(key, "name"), descending)
        self._show_order()
        self._find()

    def _show_order(self) -> None:
        key = next((k for k, column in ORDER_OF.items() if column == self._order.column), "name")
        self.table.set_order(key, self._order.descending)

    # --- columns ----------------------------------------------------------------------------

    def _open_chooser(self) -> None:
        sheet = Popover(t("Столбцы списка"), width=CHOOSER_WIDTH, parent=self)
        sheet.body.setContentsMargins(9, 9, 9, 7)
        chooser = ColumnChooser(self.arrangement)
        chooser.changed.connect(self.table.apply_arrangement)
        chooser.changed.connect(self._keep_arrangement)
        sheet.body.addWidget(chooser)
        sheet.open_at(self.choose_columns)
        chooser.start()

    def _keep_arrangement(self) -> None:
        store, kept = self.context.store, self.arrangement.remembered()
        self.context.background.write(lambda: store.set_setting(ARRANGEMENT_SETTING, kept))

    # --- the current person -----------------------------------------------------------------

    def _current_changed(self, rowid: object) -> None:
        if rowid is None:
            self.preview.clear()
        else:
            self._glance.start()

    def _load_preview(self) -> None:
        rowid = self.table.current_id()
        if rowid is None or not self.preview.isVisible():
            return
        store = self.context.store

        def read() -> CaseView | None:
            found = people.rows(store, [rowid])
            return open_case(store, found[0].person_id) if found else None

        self.context.background.read(read, self._show_preview, key="cases-preview")

    def _show_preview(self, view: CaseView | None) -> None:
        if view is None:
            self.preview.clear()
        else:
            self.preview.show_case(view, self.context.workstation.clock.today())

    def _go_to_wanted(self) -> None:
        store, wanted = self.context.store, self._wanted_person
        self._wanted_person = ""
        self.context.background.read(
            lambda: people.rowid_of(store, wanted),
            self.table.set_current_id,
            key="cases-wanted",
        )

    def open_rowid(self, rowid: object) -> None:
        """Open the case behind a row."""
        store = self.context.store
        if not isinstance(rowid, int):
            return

        def arrived(found: list[people.PersonRow]) -> None:
            if found:
                self.open_person(found[0].person_id)

        self.context.background.read(
            lambda: people.rows(store, [rowid]), arrived, self.context.show_error, "cases-open"
        )

    def open_person(self, person_id: str) -> None:
        """Open a case; from there Alt+↑ and Alt+↓ walk along this list."""
        current = self.table.current_id()
        listed = current is not None and current in self.model.ids
        place = self.model.ids.index(current) if listed and current is not None else -1
        self.context.navigate(
            "case", {"person_id": person_id, "order": self.model.ids, "place": place}
        )

    def _print(self, person_id: str, form_id: str) -> None:
        self.context.navigate("case", {"person_id": person_id, "print": form_id})

    # --- keyboard ---------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_PageDown):
                self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
                if self.table.current_id() is None:
                    self.table.step(1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                current = self.table.current_id()
                if current is not None and not self._rest.isActive():
                    self.open_rowid(current)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.model.marked:
            self.model.unmark_all()
            event.accept()
        elif event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            event.accept()
        elif event.key() == Qt.Key.Key_Slash and not event.modifiers():
            self._go_to_search()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _go_to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _typed(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.setText(text)
        self.search.end(False)

    def copy(self) -> None:
        """Marked rows, or the current one, as a table for a spreadsheet."""
        current = self.table.current_id()
        wanted = self.model.marked or ({current} if current is not None else set())
        if not wanted:
            return
        ids = [rowid for rowid in self.model.ids if rowid in wanted] or sorted(wanted)
        store = self.context.store
        shown = [placed.column for placed in self.arrangement.shown()]

        def arrived(rows: list[people.PersonRow | None]) -> None:
            looks = self.model.looks_of(rows)
            QGuiApplication.clipboard().setMimeData(as_table(shown, looks))
            self.context.toast(t("Скопировано строк: {count}", count=len(looks)), icon="copy")

        self.context.background.read(
            lambda: aligned_rows(store, ids[:COPY_LIMIT]), arrived, self.context.show_error
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.preview.setVisible(self.width() >= 860)
