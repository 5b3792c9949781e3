"""The case page: header that stays, tabs, keys, and what happens to the case as a whole."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from arm.casework import case as casework
from arm.casework import contacts, office, people, reference, transfer
from arm.casework.case import CaseView
from arm.casework.errors import PersonNotFound
from arm.casework.labels import short_full_name
from arm.errors import ExpectedError
from arm.store.store import ChangeSet, Store
from forms import catalogue
from ui.casefile.aside import NARROW, WIDE, CaseAside
from ui.casefile.catalogue import NewPaper
from ui.casefile.desk import CaseDesk
from ui.casefile.documents_tab import DocumentsTab
from ui.casefile.ground import covered, is_narrow
from ui.casefile.header import TABS, CaseHeader
from ui.casefile.history_tab import HistoryTab
from ui.casefile.inline import InlineField, ValueText
from ui.casefile.notes_tab import NotesTab
from ui.casefile.overview import Overview
from ui.casefile.print_dialog import PrintDialog
from ui.casefile.request_form import open_request
from ui.casefile.terms import TermsPanel, TermsTab
from ui.context import Context
from ui.design.text import t
from ui.page import ActionSpec, Keys, Page
from ui.widgets import (
    Button,
    Choice,
    EmptyState,
    Field,
    IconButton,
    Label,
    Popover,
    Skeleton,
    TextField,
    row,
)


class SavedMark(QWidget):
    """«Сохранено» in the top bar, said only after the commit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("savedMark")
        self._words = Label("", "secondary", "text3")
        box = row(self._words, gap=6, margins=(4, 0, 4, 0))
        self.setLayout(box)
        self.say("")

    def say(self, text: str) -> None:
        self._words.setText(text)
        self.setAccessibleName(text)


class CasePage(Page):
    """One person's case. Arguments: ``person_id``; ``tab``; ``print``; ``order`` and ``place``."""

    page_id = "case"
    title = "Дело"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.desk = CaseDesk(context, self)
        self.desk.loaded.connect(self._on_loaded)
        self.desk.failed.connect(self._on_failed)
        self._order: array[int] = array("q")
        self._place = -1
        self._pending_print: str | None = None
        self._stale: dict[str, bool] = {}
        known = frozenset(spec.id for spec in catalogue.all_forms())
        self.header = CaseHeader(context.store.clock.today)
        self.header.show_forms([(s.id, t(s.title)) for s in catalogue.all_forms()])
        self.overview = Overview(self.desk, TermsPanel(self.desk, known, near_only=True))
        self.documents = DocumentsTab(self.desk)
        self.terms = TermsTab(TermsPanel(self.desk, known))
        self.notes = NotesTab(self.desk)
        self.history = HistoryTab(self.desk)
        self._tabs: dict[str, QWidget] = {
            "overview": self.overview,
            "documents": self.documents,
            "terms": self.terms,
            "notes": self.notes,
            "history": self.history,
        }
        self.aside = CaseAside(self.desk)
        self.aside.closed.connect(self._on_aside_closed)
        self.saved = SavedMark()
        self.desk.saving.connect(lambda: self.saved.say(t("Сохраняем…")))
        self.desk.saved.connect(lambda: self.saved.say(t("Сохранено")))
        self.previous = IconButton("chevron-up", t("Предыдущее дело списка"), shortcut_hint="Alt+↑")
        self.previous.setObjectName("casePrevious")
        self.next = IconButton("chevron-down", t("Следующее дело списка"), shortcut_hint="Alt+↓")
        self.next.setObjectName("caseNext")
        self._lay_out()
        self._connect()
        self._bind_keys()

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        for tab in self._tabs.values():
            self._stack.addWidget(tab)
        whole = QWidget()
        body = QVBoxLayout(whole)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.header)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self._stack, 1)
        below.addWidget(self.aside)
        body.addLayout(below, 1)
        wait = QWidget()
        waiting = QVBoxLayout(wait)
        waiting.setContentsMargins(24, 24, 24, 24)
        waiting.addWidget(Skeleton((0.4, 0.7, 0.9, 0.6, 0.8)))
        waiting.addStretch(1)
        again = Button(t("Повторить"), "refresh-cw")
        again.setObjectName("caseRetry")
        again.clicked.connect(self._retry)
        lists = Button(t("К списку дел"), "folder-open")
        lists.setObjectName("caseToList")
        lists.clicked.connect(lambda: self.context.navigate("cases", {}))
        self._wrong = EmptyState("folder", t("Дело не открылось"), "", again, lists)
        self._states = QStackedLayout(self)
        for part in (wait, whole, self._wrong):
            self._states.addWidget(part)

    def _connect(self) -> None:
        self.header.tabs.chosen.connect(self.show_tab)
        self.header.step_done.connect(self._complete_step)
        self.header.step_undone.connect(self._reopen_step)
        self.header.print_wanted.connect(self.open_print)
        self.header.what_if_wanted.connect(self.toggle_what_if)
        self.header.duplicates_wanted.connect(
            lambda: self.context.navigate("duplicates", {"person_id": self.desk.person_id})
        )
        self.header.id_copied.connect(
            lambda: self.context.toast(t("Мигрант ID скопирован"), icon="copy")
        )
        self.overview.document_chosen.connect(self._open_document)
        self.overview.paper_wanted.connect(self._begin_paper)
        self.overview.history_wanted.connect(lambda: self.show_tab("history"))
        self.overview.shared.request_wanted.connect(self.ask_organisation)
        self.overview.shared.register_wanted.connect(self._show_register)
        self.overview.terms.all_wanted.connect(lambda: self.show_tab("terms"))
        for panel in (self.overview.terms, self.terms.panel):
            panel.form_wanted.connect(self.open_print)
        self.previous.clicked.connect(lambda: self._walk(-1))
        self.next.clicked.connect(lambda: self._walk(1))

    def _bind_keys(self) -> None:
        for number, (key, _text) in enumerate(TABS, start=1):
            self._key(f"Ctrl+{number}", partial(self.show_tab, key))
        self._key("Ctrl+P", lambda: self.open_print(""))
        self._key("F2", self.edit)
        self._key("F7", self.toggle_what_if)
        self._key("Alt+Up", lambda: self._walk(-1))
        self._key("Alt+Down", lambda: self._walk(1))

    def _key(self, keys: str, run: Callable[[], object]) -> None:
        # Of the window, not of the focus: a hidden page's keys sleep by themselves.
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(lambda: None if covered(self) else run())

    # -- the window asks ------------------------------------------------------------------------

    def heading(self) -> str:
        return self.desk.view.short_name if self.desk.view else t("Дело")

    def crumb(self) -> tuple[str, str] | None:
        return ("cases", t("Дела"))

    def keys(self) -> Keys:
        keys = [
            ("Ctrl P", t("печать")),
            ("Ctrl 1…5", t("вкладки")),
            ("F2", t("изменить поле")),
            ("F7", t("что если")),
        ]
        if len(self._order) > 1:
            keys.append(("Alt ↑ ↓", t("соседнее дело")))
        return [*keys, ("Alt ←", t("назад"))]

    def commands(self) -> list[ActionSpec]:
        return [
            ActionSpec(
                "what_if",
                "Что если: изменить сведения и увидеть сроки",
                "circle-help",
                "F7",
                lambda _context: self.open_aside("what_if"),
                words="сценарий примерить пересчитать сроки",
            ),
            ActionSpec(
                "route_plan",
                "План: какой шаг не позже какого дня",
                "route",
                "",
                lambda _context: self.open_aside("plan"),
                words="маршрут успеть дни",
            ),
        ]

    def top_widgets(self) -> list[QWidget]:
        # The window shows what it is given: neighbours only where there is an order to walk.
        walk = [self.previous, self.next] if len(self._order) > 1 else []
        return [*walk, self.saved]

    def shown(self, args: Mapping[str, object]) -> None:
        person_id = args.get("person_id")
        order = args.get("order")
        if isinstance(order, array):
            place = args.get("place")
            self._order = order
            self._place = place if isinstance(place, int) else -1
        elif isinstance(person_id, str) and person_id != self.desk.person_id:
            self._order, self._place = array("q"), -1
        self._show_walk()
        if isinstance(person_id, str) and person_id != self.desk.person_id:
            self.aside.leave()
            self._states.setCurrentIndex(0)
            self.saved.say("")
            self.show_tab("overview")
        tab = args.get("tab")
        if isinstance(tab, str) and tab in self._tabs:
            self.show_tab(tab)
        wanted = args.get("print")
        self._pending_print = wanted if isinstance(wanted, str) else None
        self.desk.open(person_id if isinstance(person_id, str) else self.desk.person_id)

    def data_changed(self, change: ChangeSet) -> None:
        if self.desk.person_id and self.desk.concerns(change):
            self.desk.reload(by_others=change.origin == "sync")

    def may_leave(self) -> bool:
        """Typed text is saved on the way out; text that cannot be kept holds the page."""
        for field in self.findChildren(InlineField):
            field.submit()
        held = [field for field in self.findChildren(InlineField) if field.state == "editing"]
        for field in held:
            field.editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)
        if not held:
            self.aside.leave()
        return not held

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        for sheet in self.window().findChildren(Popover):
            sheet.close_popover()

    # -- the case arrives -----------------------------------------------------------------------

    def _on_loaded(self, by_others: bool) -> None:
        view = self.desk.view
        if view is None:
            return
        self._states.setCurrentIndex(1)
        self.header.show_case(view)
        self.documents.took(view)
        # Only what is looked at is built now; the other tabs when they come to the front.
        self._stale = dict.fromkeys(self._tabs, by_others)
        self._refresh_tab()
        self._fill_menu(view)
        if self.aside.is_open:
            self.aside.read()
        self.header_changed.emit()
        if self._pending_print is not None:
            form, self._pending_print = self._pending_print, None
            self.open_print(form)

    def _retry(self) -> None:
        self.desk.reload()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, ExpectedError):
            self.context.show_error(error)
            return
        icon = "search-x" if isinstance(error, PersonNotFound) else "folder"
        self._wrong.set_words(t(error.title_text), t(error.advice_text), icon)
        self._states.setCurrentIndex(2)

    def _refresh_tab(self) -> None:
        key, view = self.header.tabs.current(), self.desk.view
        if view is None or key not in self._stale:
            return
        by_others = self._stale.pop(key)
        if key == "overview":
            self.overview.show_case(view, by_others=by_others)
        elif key == "documents":
            self.documents.show_case(view, by_others=by_others)
        elif key == "notes":
            self.notes.show_case(view, by_others=by_others)
        elif key == "terms":
            self.terms.show_case(view)
        else:
            self.history.show_case(view)

    # -- tabs and fields ------------------------------------------------------------------------

    def show_tab(self, key: str) -> None:
        """Bring a tab to the front."""
        self.header.tabs.select(key)
        self._stack.setCurrentWidget(self._tabs[key])
        self._refresh_tab()
        if key == "history" and self.desk.person_id:
            self.history.load()

    def edit(self) -> None:
        """F2: edit the field in focus, or the first empty one of what is shown."""
        focused, now = self.focusWidget(), self._stack.currentWidget()
        if isinstance(focused, ValueText):
            focused.edit_wanted.emit()
        elif now is self.documents:
            self.documents.form().edit_first()
        elif now is self.notes:
            self.notes.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.show_tab("overview")
            self.overview.contacts.edit_first()

    def _open_document(self, kind: str, record_id: str) -> None:
        self.show_tab("documents")
        self.documents.choose(kind, record_id)

    def _begin_paper(self, paper: NewPaper) -> None:
        self.show_tab("documents")
        self.documents.begin(paper)

    # -- what if --------------------------------------------------------------------------------

    def toggle_what_if(self) -> None:
        """F7: open the panel, or put it away."""
        if self.aside.is_open:
            self.aside.leave()
        else:
            self.open_aside("what_if")

    def open_aside(self, view: str) -> None:
        """Show «Что если» or «План» beside the case."""
        if self.desk.view is None:
            return
        self.overview.show_side(False)
        self.aside.open_view(view)

    def _on_aside_closed(self) -> None:
        self.overview.show_side(True)
        self.header.what_if.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.aside.setFixedWidth(NARROW if is_narrow(self) else WIDE)

    # -- route ----------------------------------------------------------------------------------

    def _complete_step(self, code: str, day: object) -> None:
        person = self.desk.person_id
        self.desk.act(
            lambda store: casework.complete_step(store, person, code, day),  # type: ignore[arg-type]  # Qt sends a date as object
            said=t("Шаг отмечен пройденным"),
        )

    def _reopen_step(self, code: str) -> None:
        person = self.desk.person_id
        self.desk.act(
            lambda store: casework.reopen_step(store, person, code), said=t("Отметка снята")
        )

    # -- printing -------------------------------------------------------------------------------

    def open_print(self, form_id: str = "") -> PrintDialog | None:
        """Open the print dialog, on a form if one is named."""
        view = self.desk.view
        if view is None:
            return None
        dialog = PrintDialog(self.context, view.person.id, view.name, form_id)
        dialog.history_wanted.connect(lambda: self.show_tab("history"))
        self.context.open_dialog(dialog)
        dialog.load()
        return dialog

    # -- other organisations --------------------------------------------------------------------

    def ask_organisation(self) -> None:
        """Begin a request to another organisation about this person."""
        view = self.desk.view
        if view is not None:
            open_request(self.context, view.person.id, view.name, self._asked)

    def _asked(self, request_id: str) -> None:
        self.context.toast(
            t("Запрос уйдёт с ближайшим обменом"),
            icon="mail",
            action=t("Открыть"),
            on_action=lambda: self.context.navigate("requests", {"request_id": request_id}),
        )

    def _show_register(self) -> None:
        view = self.desk.view
        if view is not None:
            self.context.navigate("disclosures", {"person_id": view.person.id, "name": view.name})

    # -- the list's order -----------------------------------------------------------------------

    def _show_walk(self) -> None:
        self.previous.setEnabled(self._place > 0)
        self.next.setEnabled(0 <= self._place < len(self._order) - 1)

    def _walk(self, step: int) -> None:
        place = self._place + step
        if self._place < 0 or not 0 <= place < len(self._order) or not self.may_leave():
            return
        store, rowid, order = self.context.store, self._order[place], self._order

        def go(found: list[people.PersonRow]) -> None:
            if found:
                self._place = place
                target = {"person_id": found[0].person_id, "order": order, "place": place}
                self.shown(target)

        self.context.background.read(
            lambda: people.rows(store, [rowid]), go, self.context.show_error, key="case-walk"
        )

    # -- the case as a whole --------------------------------------------------------------------

    def _fill_menu(self, view: CaseView) -> None:
        menu = self.header.more_menu
        menu.clear()
        person = view.person.id
        who = view.responsible_name or t("никто")
        menu.add(
            t("Назначить: {who}", who=who),
            self._ask_responsible,
            "user-check",
            object_name="caseAssign",
        )
        marked = view.case is not None and bool(view.case.marked)
        if marked:
            menu.add(t("Снять пометку"), lambda: self._mark(None), "flag", object_name="caseUnmark")
        else:
            menu.add(t("Пометить"), self._ask_mark, "flag", object_name="caseMark")
        menu.add(t("Выбрать маршрут"), self._ask_route, "route", object_name="caseRoute")
        menu.add(
            t("Записать обращение"), self._ask_contact, "sticky-note", object_name="caseContact"
        )
        menu.add(
            t("Передать в другое подразделение"),
            self._ask_unit,
            "arrow-right",
            object_name="caseTransfer",
        )
        menu.add(
            t("Изменить личные данные"),
            lambda: self._open_document("person", person),
            "user-pen",
            object_name="casePerson",
        )
        if view.conflicts:
            menu.add(
                t("Решить расхождения"),
                lambda: self.context.navigate("conflicts", {"person_id": person}),
                "git-compare-arrows",
                object_name="caseConflicts",
            )
        menu.addSeparator()
        closed = view.case is not None and view.case.closed_on is not None
        if closed:
            menu.add(t("Открыть дело снова"), self._reopen, "folder-open", object_name="caseReopen")
        else:
            menu.add(t("Закрыть дело"), self._close, "archive", object_name="caseClose")

    def _close(self) -> None:
        person = self.desk.person_id
        self.desk.act(lambda store: casework.close_case(store, [person]), said=t("Дело закрыто"))

    def _reopen(self) -> None:
        person = self.desk.person_id
        self.desk.act(
            lambda store: casework.reopen_case(store, [person]), said=t("Дело открыто снова")
        )

    def _mark(self, text: str | None) -> None:
        person = self.desk.person_id
        said = t("Дело помечено: {mark}", mark=text) if text else t("Пометка снята")
        self.desk.act(lambda store: casework.mark(store, [person], text), said=said)

    def _ask_mark(self) -> None:
        sheet = Popover(t("Пометка"), width=300)
        words = TextField("", t("Например: перезвонить"))
        words.setObjectName("markText")
        save = Button(t("Пометить"), "flag", "primary")
        save.setObjectName("markSave")

        def keep() -> None:
            text = words.text().strip()
            if text:
                sheet.close_popover()
                self._mark(text)

        save.clicked.connect(keep)
        words.returnPressed.connect(keep)
        sheet.body.addWidget(Field(t("Пометка в списке дел"), words))
        sheet.body.addLayout(row(save, None))
        sheet.open_at(self.header.more)
        words.setFocus()

    def _ask_contact(self) -> None:
        sheet = Popover(t("Обращение"), width=340)
        words = TextField("", t("Например: просит перенести запись"))
        words.setObjectName("contactText")
        save = Button(t("Записать"), "check", "primary")
        save.setObjectName("contactSave")

        def keep() -> None:
            text, person = words.text().strip(), self.desk.person_id
            if text:
                sheet.close_popover()
                self.desk.act(
                    lambda store: contacts.log_contact(store, person, text),
                    said=t("Обращение записано"),
                )

        save.clicked.connect(keep)
        words.returnPressed.connect(keep)
        view = self.desk.view
        so_far = (view.case.contacts or 0) if view is not None and view.case is not None else 0
        hint = t("Обращений по делу: {count}", count=so_far)
        sheet.body.addWidget(Field(t("О чём"), words, hint=hint))
        sheet.body.addLayout(row(save, None))
        sheet.open_at(self.header.more)
        words.setFocus()

    def _ask_unit(self) -> None:
        store = self.context.store
        self.context.background.read(
            lambda: transfer.units(store), self._offer_units, self.context.show_error
        )

    def _offer_units(self, units: list[transfer.Unit]) -> None:
        view = self.desk.view
        if view is None:
            return
        now = view.person.scope
        options = [(str(unit.scope), unit.title) for unit in units if unit.scope != now]
        if not options:
            self.context.toast(t("Вам открыто только это подразделение"), icon="info")
            return
        titles = dict(options)

        def keep(chosen: str) -> None:
            person, scope = self.desk.person_id, int(chosen)
            self.desk.act(
                lambda store: transfer.transfer(store, person, scope),
                said=t("Дело передано: {unit}", unit=titles[chosen]),
            )

        self._offer(t("Подразделение"), options, "", keep)

    def _ask_responsible(self) -> None:
        store = self.context.store
        self.context.background.read(
            lambda: office.people(store), self._offer_people, self.context.show_error
        )

    def _offer_people(self, names: dict[str, str]) -> None:
        view = self.desk.view
        now = view.case.responsible if view is not None and view.case is not None else None
        options = sorted(names.items(), key=lambda pair: pair[1])

        def keep(login: str) -> None:
            who = short_full_name(names.get(login, login)) if login else t("никто")
            person = self.desk.person_id
            self.desk.act(
                lambda store: casework.assign(store, [person], login or None),
                said=t("Ответственный: {who}", who=who),
            )

        self._offer(t("Ответственный"), [("", t("Никто")), *options], now or "", keep)

    def _ask_route(self) -> None:
        view = self.desk.view
        if view is None or view.case is None:
            return
        case = view.case

        def keep(route: str) -> None:
            def write(store: Store) -> object:
                return casework.set_field(store, "case_file", case.id, "route", route or None)

            self.desk.act(write, said=t("Маршрут изменён"))

        routes = [(one.code, t(one.title)) for one in reference.routes()]
        options = [("", t("Без маршрута")), *routes]
        self._offer(t("Маршрут"), options, case.route or "", keep)

    def _offer(self, name: str, options: list[tuple[str, str]], now: str, keep: object) -> None:
        sheet = Popover(name, width=320)
        choice = Choice(options, now)
        choice.setObjectName("caseOffer")

        def take(value: str) -> None:
            sheet.close_popover()
            keep(value)  # type: ignore[operator]  # a function of this class

        choice.changed.connect(take)
        sheet.body.addWidget(Field(name, choice, hint=t("Выберите из списка или начните вводить")))
        sheet.open_at(self.header.more)
        choice.setFocus()
