"""«Запросы»: what other organisations ask us and what we ask them, with the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from arm.casework import requests
from arm.casework.errors import RecordGone
from arm.casework.requests import Fact, RequestView
from arm.errors import ExpectedError
from arm.store.store import ChangeSet
from ui.casefile.ground import Reassurance, Surface, between, is_narrow, scrolling
from ui.casefile.request_answer import AnswerPanel
from ui.casefile.request_form import open_request
from ui.casefile.request_parts import FactRow, RequestItem, question_rows, state_pill
from ui.casefile.wording import error_text, initials, moment_text
from ui.context import Context
from ui.design.text import counted, t
from ui.page import Keys, Page
from ui.widgets import (
    Avatar,
    Button,
    EmptyState,
    Label,
    Panel,
    Pill,
    Rule,
    Segmented,
    Skeleton,
    clear_layout,
    column,
    row,
)

LIST_WIDTH = 380
NARROW_LIST = 320
_WAIT, _ONE, _NOTHING, _WRONG = range(4)


class RequestsPage(Page):
    """Arguments: ``request_id`` shows that request; ``person_id`` with ``name`` opens the form of
    a new one about that person."""

    page_id = "requests"
    title = "Запросы"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._all: list[RequestView] = []
        self._items: dict[str, RequestItem] = {}
        self._chosen = ""
        self._wanted = ""
        self.preset = Segmented(
            [("open", t("Ждут ответа")), ("in", t("Нам")), ("out", t("От нас")), ("all", t("Все"))],
            name=t("Какие запросы"),
            size=28,
        )
        self.preset.setObjectName("requestsPreset")
        self.preset.changed.connect(lambda _value: self._on_preset())
        self._build_list()
        self._build_middle()
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._side)
        outer.addWidget(Rule(vertical=True))
        outer.addWidget(self._states, 1)

    def _build_list(self) -> None:
        self._side = Surface()
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        inner = QWidget()
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addLayout(self._list)
        self._none = Label(t("Таких запросов нет"), "secondary", "text3")
        stack.addLayout(row(self._none, margins=(16, 14, 16, 14)))
        stack.addStretch(1)
        box = QVBoxLayout(self._side)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(row(self.preset, None, margins=(16, 12, 16, 11)))
        box.addWidget(Rule())
        box.addWidget(scrolling(inner, "requestList"), 1)
        self._side.setFixedWidth(LIST_WIDTH)

    def _build_middle(self) -> None:
        self._avatar = Avatar("", 36)
        self._name = Label("", "screen", elide=True)
        self._about = Label("", "secondary", "text2", wrap=True)
        self._state = QHBoxLayout()
        self.withdraw = Button(t("Отозвать"), "undo-2", "secondary", 28)
        self.withdraw.setObjectName("requestWithdraw")
        self.withdraw.clicked.connect(self._withdraw)
        self.open_case = Button(t("Открыть дело"), "arrow-up-right", "secondary", 28)
        self.open_case.setObjectName("requestOpenCase")
        self.open_case.clicked.connect(self._open_case)
        head = Surface(below=True)
        words = column(self._name, self._about, gap=0)
        top = row(
            self._avatar, words, self._state, self.withdraw, self.open_case,
            gap=12, margins=(24, 16, 24, 13),
        )  # fmt: skip
        top.setStretch(1, 1)
        head.setLayout(top)
        self._question = Panel(t("Запрос"), padding=False)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._question.body.addLayout(self._rows)
        self.answer = AnswerPanel(self.context)
        self.answer.answered.connect(self._answer)
        note = Reassurance(t("Запрос и ответ видят только две организации."))
        inner = QWidget()
        inner.setLayout(
            column(self._question, self.answer, note, None, gap=12, margins=(24, 16, 24, 16))
        )
        whole = between(head, scrolling(inner, "requestBody"), self.answer.foot)
        wait = QWidget()
        wait.setLayout(column(Skeleton(), None, margins=(24, 24, 24, 24)))
        to_cases = Button(t("Открыть дела"), "folder-open")
        to_cases.setObjectName("requestsToCases")
        to_cases.clicked.connect(lambda: self.context.navigate("cases", {}))
        how = t("Новый запрос начинают из дела человека")
        nothing = EmptyState("mail", t("Запросов нет"), how, to_cases)
        again = Button(t("Повторить"), "refresh-cw")
        again.clicked.connect(self.reload)
        self._wrong = EmptyState("mail", "", "", again)
        self._states = QStackedWidget()
        for part in (wait, whole, nothing, self._wrong):
            self._states.addWidget(part)

    # -- the window asks ------------------------------------------------------------------------

    def subtitle(self) -> str:
        waiting = sum(1 for one in self._all if one.incoming and one.waits)
        if not waiting:
            return ""
        return t(
            "{requests} нашего ответа",
            requests=counted(waiting, "запрос ждёт", "запроса ждут", "запросов ждут"),
        )

    def keys(self) -> Keys:
        one = self._one()
        if one is None or not one.incoming or one.state == "withdrawn":
            return [("↑ ↓", t("запрос"))]
        return [("↑ ↓", t("запрос")), ("Ctrl Enter", t("ответить"))]

    def shown(self, args: Mapping[str, object]) -> None:
        wanted, person = args.get("request_id"), args.get("person_id")
        self._wanted = wanted if isinstance(wanted, str) else ""
        self.reload()
        if isinstance(person, str):
            open_request(self.context, person, str(args.get("name", "")), self._sent)

    def data_changed(self, change: ChangeSet) -> None:
        if any(kind == "info_request" for kind, _ in change.records):
            self.reload()

    def resizeEvent(self, event: object) -> None:
        self._side.setFixedWidth(NARROW_LIST if is_narrow(self) else LIST_WIDTH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None or not self._items:
            super().keyPressEvent(event)
        else:
            self._walk(step)

    def _walk(self, step: int) -> None:
        known = list(self._items)
        place = known.index(self._chosen) + step if self._chosen in known else 0
        if 0 <= place < len(known):
            self.choose(known[place])
            self._items[known[place]].setFocus(Qt.FocusReason.TabFocusReason)

    # -- reading --------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the list again."""
        store = self.context.store
        self.context.background.read(
            lambda: requests.requests(store), self._take, self._failed, key="requests"
        )

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, ExpectedError):
            self.context.show_error(error)
        elif self._states.currentIndex() != _ONE:  # what was typed stays on the screen
            self._wrong.set_words(t(error.title_text), t(error.advice_text))
            self._states.setCurrentIndex(_WRONG)

    def _take(self, found: Sequence[RequestView]) -> None:
        self._all = list(found)
        if self._wanted in {one.id for one in found}:
            self._chosen, self._wanted = self._wanted, ""
            if self._chosen not in {one.id for one in self._listed()}:
                self.preset.set_value("all")
        self._show_list()
        self.header_changed.emit()

    def _listed(self) -> list[RequestView]:
        preset = self.preset.value()
        return [
            one
            for one in self._all
            if preset == "all"
            or (preset == "open" and one.waits)
            or (preset == "in" and one.incoming)
            or (preset == "out" and not one.incoming)
        ]

    def _show_list(self) -> None:
        listed = self._listed()
        clear_layout(self._list)
        self._items = {}
        for one in listed:
            item = RequestItem(one)
            item.clicked.connect(lambda _on=False, key=one.id: self.choose(key))
            item.stepped.connect(self._walk)
            self._items[one.id] = item
            self._list.addWidget(item)
        self._none.setVisible(bool(self._all) and not listed)
        if not self._all:
            self._states.setCurrentIndex(_NOTHING)
            return
        here = {one.id for one in self._all}
        if self._chosen not in here:
            self._chosen = listed[0].id if listed else self._all[0].id
        if self._chosen in self._items:
            self._items[self._chosen].setChecked(True)
        self._show_one()

    def _on_preset(self) -> None:
        listed = [one.id for one in self._listed()]
        if listed and self._chosen not in listed:
            self._chosen = ""
        self._show_list()

    def choose(self, request_id: str) -> None:
        """Show a request; an answer being typed is kept. The asker learns that it was opened."""
        self._chosen = request_id
        self._items[request_id].setChecked(True)
        self._show_one()
        one = self._one()
        if one is not None and one.incoming and one.seen_at is None:
            store = self.context.store
            self.context.background.write(
                lambda: requests.mark_seen(store, request_id), None, self._failed
            )

    def _one(self) -> RequestView | None:
        return next((one for one in self._all if one.id == self._chosen), None)

    def _show_one(self) -> None:
        one = self._one()
        if one is None:
            return
        today = self.context.store.clock.today()
        words = [*one.subject.split(",")[0].split(), "", ""]
        self._avatar.set_initials(initials(words[0] or None, words[1] or None))
        self._name.setText(one.subject or t("Человек без имени"))
        way = t("от: {who}", who=one.other) if one.incoming else t("кому: {who}", who=one.other)
        self._about.setText(" · ".join(part for part in (way, one.migrant_id) if part))
        clear_layout(self._state)
        kind, icon, said = state_pill(one)
        self._state.addWidget(Pill(kind, said, icon))
        self.withdraw.setVisible(not one.incoming and one.waits)
        self.open_case.setVisible(bool(one.person_id))
        clear_layout(self._rows)
        asked = moment_text(one.asked_at, today) if one.asked_at else ""
        for label, text in question_rows(one, asked):
            self._rows.addWidget(FactRow(label, text))
        answered = moment_text(one.answered_at, today) if one.answered_at else ""
        self.answer.show_request(one, answered)
        self._states.setCurrentIndex(_ONE)
        self.header_changed.emit()

    # -- acting ---------------------------------------------------------------------------------

    def _answer(self, request_id: str, text: str, facts: Sequence[Fact]) -> None:
        store = self.context.store

        def kept(_none: object) -> None:
            self.answer.done(request_id)
            self.context.toast(t("Ответ уйдёт с ближайшим обменом"), icon="check")

        self.context.background.write(
            lambda: requests.answer(store, request_id, text, facts), kept, self._not_done
        )

    def _withdraw(self) -> None:
        store, request_id = self.context.store, self._chosen
        self.context.background.write(
            lambda: requests.withdraw(store, request_id),
            lambda _none: self.context.toast(t("Запрос отозван"), icon="undo-2"),
            self._not_done,
        )

    def _not_done(self, error: Exception) -> None:
        if isinstance(error, ExpectedError) and not isinstance(error, RecordGone):
            self.context.toast(error_text(error), kind="bad", icon="circle-alert")
        else:
            self.context.show_error(error)

    def _sent(self, request_id: str) -> None:
        self._wanted = request_id
        self.context.toast(t("Запрос уйдёт с ближайшим обменом"), icon="mail")
        self.reload()

    def _open_case(self) -> None:
        one = self._one()
        if one is not None:
            self.context.navigate("case", {"person_id": one.person_id})
