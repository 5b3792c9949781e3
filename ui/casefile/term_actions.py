"""What is done with open terms, on whichever screen: put off with a reason, hand over, settle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from arm.casework import law_book, terms
from arm.casework.errors import WrongValues
from arm.casework.office import people
from arm.casework.terms import Snoozed, TermKey
from arm.law.rulebook import RuleBook
from arm.store.store import Store
from ui.context import Context
from ui.design.text import counted, fmt_date, t
from ui.widgets import Button, DateField, Field, Label, Menu, Popover, TextField, row

Keys = Callable[[Store], Sequence[TermKey]]
"""Which terms are meant; asked on the writer thread, when it is their turn."""
REASON_LETTERS = 200


class Act(Protocol):
    """How a screen has something done to the records (``CaseDesk.act``)."""

    def __call__(
        self,
        fn: Callable[[Store], Any],
        *,
        said: str = "",
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None: ...


class TermActions:
    """The verbs over terms. ``act`` writes; everything can be taken back with «Отменить»."""

    def __init__(self, context: Context, act: Act) -> None:
        self._context, self._act = context, act

    def settle(self, keys: Keys, state: str, count: int = 1) -> None:
        """«Сделано» or «Не нужно»."""
        said = t("Срок отмечен выполненным") if state == "done" else t("Срок снят: не нужен")
        if count > 1:
            said = t("Отмечено: {terms}", terms=counted(count, "срок", "срока", "сроков"))
        self._act(lambda store: terms.settle(store, keys(store), state), said=said)

    def reopen(self, deadline_ids: Callable[[Store], Sequence[str]]) -> None:
        """Open settled terms again."""
        self._act(
            lambda store: terms.reopen(store, deadline_ids(store)), said=t("Срок снова открыт")
        )

    def wake(self, keys: Keys) -> None:
        """Bring terms back that were put off."""
        self._act(lambda store: terms.wake(store, keys(store)), said=t("Срок снова в работе"))

    def ask_snooze(
        self, anchor: QWidget, keys: Keys, due_on: date | None, side: str = "below"
    ) -> None:
        """The sheet of «Отложить»; ``due_on`` is the last day of the one term that is meant."""
        store = self._context.store
        self._context.background.read(
            lambda: law_book.rulebook(store),
            lambda book: self._ready(SnoozeSheet(store.clock.today, due_on, book), keys).open_at(
                anchor, side
            ),
            self._context.show_error,
            key="snooze",
        )

    def _ready(self, sheet: SnoozeSheet, keys: Keys) -> SnoozeSheet:
        def refuse(error: Exception) -> None:
            if isinstance(error, WrongValues):
                sheet.refuse(error)
            else:
                self._context.show_error(error)

        def snooze() -> None:
            until, reason = sheet.when.value(), sheet.why.text()
            self._act(
                lambda store: terms.snooze(store, keys(store), until, reason),
                done=lambda went: self._snoozed(sheet, went, until),
                failed=refuse,
            )

        sheet.save.clicked.connect(snooze)
        return sheet

    def _snoozed(self, sheet: SnoozeSheet, went: Snoozed, until: date | None) -> None:
        sheet.close_popover()
        said = t("Отложено до {day}", day=fmt_date(until))
        if went.done > 1 or went.refused:
            said += ": " + counted(went.done, "срок", "срока", "сроков")
        if went.refused:
            left = counted(went.refused, "срок", "срока", "сроков")
            said += ". " + t("Осталось: {terms}, их последний день слишком близко", terms=left)
        self._context.toast(said, icon="check", undo=True)

    def choose_colleague(
        self, anchor: QWidget, keys: Keys, now: str | None, side: str = "below"
    ) -> None:
        """A menu of the office's people; ``now`` is who is responsible."""
        store = self._context.store

        def show(names: dict[str, str]) -> None:
            menu = Menu(t("Кому передать"), anchor)
            for login, name in sorted(names.items(), key=lambda pair: pair[1]):
                run = partial(self._hand_over, keys, login, name)
                action = menu.add(name, run, "user-round", object_name=f"hand-over-{login}")
                action.setEnabled(login != now)
            menu.addSeparator()
            menu.add(
                t("Ответственному за дело"),
                partial(self._hand_over, keys, None, t("ответственному за дело")),
                "folder",
                object_name="hand-over-case",
            )
            corner = anchor.mapToGlobal(anchor.rect().bottomLeft())
            if side == "above":
                corner = anchor.mapToGlobal(anchor.rect().topLeft())
                corner.setY(corner.y() - menu.sizeHint().height() - 12)
            menu.popup(corner)

        self._context.background.read(
            lambda: people(store), show, self._context.show_error, key="hand-over"
        )

    def _hand_over(self, keys: Keys, login: str | None, name: str) -> None:
        said = t("Передано: {name}", name=name)
        sync = self._context.workstation.sync
        if login and sync is not None and sync.state.phase in ("offline", "paused", "stopped"):
            said += ". " + t("Связи нет: коллега увидит после обмена")
        self._act(lambda store: terms.hand_over(store, keys(store), login), said=said)


class SnoozeSheet(Popover):
    """Until which day, and why. Says at once how far a term may be put off."""

    def __init__(
        self,
        today: Callable[[], date],
        due_on: date | None,
        book: RuleBook,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(t("Отложить срок"), width=340, parent=parent)
        self.setObjectName("snoozeSheet")
        self._book = book
        last = terms.last_snooze(due_on, today(), book) if due_on else None
        self.when = DateField(last, today=today)
        self.when.setObjectName("snoozeUntil")
        self.why = TextField("", t("Например: ждём копию паспорта"))
        self.why.setObjectName("snoozeReason")
        self.why.setMaxLength(REASON_LETTERS)
        self._day = Field(t("До какого дня"), self.when, hint=self._bound(due_on, last, today()))
        self._reason = Field(t("Почему"), self.why)
        self.save = Button(t("Отложить"), "pause", "primary")
        self.save.setObjectName("snoozeSave")
        self.body.addWidget(Label(t("Отложить срок"), "card"))
        self.body.addWidget(self._day)
        self.body.addWidget(self._reason)
        self.body.addLayout(row(self.save, None))
        if due_on is not None and last is None:
            self.when.setEnabled(False)
            self.why.setEnabled(False)
            self.save.setEnabled(False)
        self.when.returnPressed.connect(self.why.setFocus)
        self.why.returnPressed.connect(self.save.click)

    def _bound(self, due_on: date | None, last: date | None, today: date) -> str:
        if due_on is None:
            return t("Сроки, которым это слишком поздно, останутся")
        if last is None:
            return t(terms.snooze_problem(due_on, due_on, today, self._book))
        if due_on < today:
            return t("Срок просрочен: не дальше {day}", day=fmt_date(last))
        return t("Не позже {day}, кануна последнего дня", day=fmt_date(last))

    def open_at(self, anchor: QWidget, side: str = "below") -> None:
        super().open_at(anchor, side)
        first = self.when if self.when.value() is None else self.why
        QTimer.singleShot(0, first, lambda: first.setFocus(Qt.FocusReason.PopupFocusReason))

    def refuse(self, error: WrongValues) -> None:
        """Say beside the fields what is wrong; what was typed stays."""
        fields = {"snoozed_until": self._day, "snooze_reason": self._reason}
        for field in fields.values():
            field.set_state("none")
        for problem in error.problems:
            field = fields.get(problem.field, self._day)
            field.set_state("error", t(problem.text))
        if self.when.problem():
            self._day.set_state("error", self.when.problem())
        self.fit()
