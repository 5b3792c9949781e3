"""«Журнал»: the newest changes of the whole office, older ones as one scrolls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from arm.casework import history
from arm.casework.history import JournalLine
from arm.errors import ExpectedError
from arm.store.store import ChangeSet
from ui.casefile.changes import (
    ChangeList,
    ChangeRow,
    change_row,
    faces,
    mentions,
    rows_by_day,
)
from ui.casefile.retention import RetentionButton
from ui.context import Context
from ui.design.text import t
from ui.page import Keys, Page
from ui.widgets import Button, EmptyState, Label, SearchField, Segmented

PAGE = 200


class JournalPage(Page):
    """Everything that was changed, by whom and when; Enter opens the case."""

    page_id = "journal"
    title = "Журнал"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._lines: list[JournalLine] = []
        self._all_read = False
        self._reading = False
        self.whose = Segmented(
            [("all", t("Все")), ("own", t("Мои")), ("other", t("Коллеги"))], name=t("Чьи изменения")
        )
        self.whose.setObjectName("journalWhose")
        self.whose.changed.connect(lambda _value: self._show())
        self.search = SearchField(t("Человек, поле или значение"))
        self.search.setObjectName("journalSearch")
        self.search.setFixedWidth(320)
        self.search.searched.connect(lambda _text: self._show())
        self._note = Label("", "secondary", "text3")
        self.list = ChangeList(t("Журнал изменений"), with_subject=True)
        self.list.setObjectName("journalList")
        self.list.near_end.connect(self._more)
        self.list.opened.connect(
            lambda person: context.navigate("case", {"person_id": person, "tab": "history"})
        )
        again = Button(t("Повторить"), "refresh-cw")
        again.clicked.connect(self.reload)
        self._empty = EmptyState("history", t("Изменений нет"))
        self._wrong = EmptyState("lock", t("Журнал не открылся"), "", again)
        self._stack, panel = faces(self.list, self._empty, self._wrong)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.search)
        bar.addWidget(self.whose)
        bar.addStretch(1)
        bar.addWidget(self._note)
        bar.addWidget(RetentionButton(context))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addLayout(bar)
        box.addWidget(panel, 1)

    def subtitle(self) -> str:
        return t("последние изменения на этом рабочем месте")

    def keys(self) -> Keys:
        return [("↑ ↓", t("изменение")), ("Enter", t("открыть дело"))]

    def shown(self, args: Mapping[str, object]) -> None:
        self.reload()

    def data_changed(self, change: ChangeSet) -> None:
        if self.isVisible() and self.list.verticalScrollBar().value() == 0:
            self.reload()

    def reload(self) -> None:
        """Read the newest changes."""
        store = self.context.store
        self.context.background.read(
            lambda: history.recent(store, PAGE), self._take, self._failed, key="journal"
        )

    def _take(self, lines: list[JournalLine]) -> None:
        self._lines = lines
        self._all_read = len(lines) < PAGE
        self._show()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, ExpectedError):
            self.context.show_error(error)
            return
        self._wrong.set_words(t(error.title_text), t(error.advice_text))
        self._stack.setCurrentIndex(3)

    def _more(self) -> None:
        if self._reading or self._all_read or not self._lines:
            return
        self._reading = True
        store, before = self.context.store, self._lines[-1].id

        def add(older: list[JournalLine]) -> None:
            self._reading = False
            self._all_read = len(older) < PAGE
            last = self._lines[-1].at.astimezone().date() if self._lines else None
            self._lines += older
            self.list.rows.append(self._rows(older, last))

        self.context.background.read(
            lambda: history.recent(store, PAGE, before), add, self._failed, key="journal-more"
        )

    def _show(self) -> None:
        rows = self._rows(self._lines, None)
        self.list.rows.show(rows)
        if self.whose.value() != "all" or self.search.text().strip():
            self._empty.set_words(t("Изменений не нашли"), t("Измените поиск или фильтр"))
        else:
            self._empty.set_words(t("Изменений нет"), t("Здесь появится каждая правка"))
        self._stack.setCurrentIndex(1 if rows else 2)
        self._note.setText(
            "" if self._all_read else t("прокрутите вниз, чтобы увидеть более ранние")
        )

    def _rows(self, lines: Sequence[JournalLine], day: date | None) -> list[ChangeRow]:
        whose, words = self.whose.value(), self.search.text().casefold().split()
        found = (
            line
            for line in lines
            if (whose == "all" or (line.source == "own") == (whose == "own"))
            and mentions(line, words, line.person_name)
        )
        return rows_by_day(found, _row, day)


def _row(line: JournalLine) -> ChangeRow:
    subject = line.person_name or t("Человек без имени")
    return change_row(line, subject=subject, key=line.person_id)
