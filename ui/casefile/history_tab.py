"""«История»: every change of every field of a case, with a filter by field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from arm.casework.case import CaseView
from arm.casework.history import HistoryLine, history
from ui.casefile.changes import (
    ChangeList,
    ChangeRow,
    change_row,
    faces,
    mentions,
    rows_by_day,
)
from ui.casefile.desk import CaseDesk
from ui.casefile.looks import LooksButton
from ui.design.text import counted, t
from ui.widgets import Choice, EmptyState, Label, SearchField


class HistoryTab(QWidget):
    """Reads when it is shown; the newest change stands first."""

    def __init__(self, desk: CaseDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyTab")
        self._desk = desk
        self._lines: list[HistoryLine] = []
        self._person = ""
        self.field = Choice([("", t("Все поля"))], "", t("Поле"))
        self.field.setObjectName("historyField")
        self.field.setAccessibleName(t("Показать изменения поля"))
        self.field.setFixedWidth(260)
        self.field.changed.connect(lambda _value: self._show())
        self.search = SearchField(t("Кто или что"))
        self.search.setObjectName("historySearch")
        self.search.setFixedWidth(260)
        self.search.searched.connect(lambda _text: self._show())
        self._count = Label("", "secondary", "text3")
        self.list = ChangeList(t("История дела"))
        self.list.setObjectName("historyList")
        self._empty = EmptyState("history", t("Изменений нет"))
        self._stack, panel = faces(self.list, self._empty)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.field)
        bar.addWidget(self.search)
        bar.addStretch(1)
        bar.addWidget(self._count)
        bar.addWidget(LooksButton(desk))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addLayout(bar)
        box.addWidget(panel, 1)

    def show_case(self, view: CaseView) -> None:
        """Read the history if it is looked at."""
        if view.person.id != self._person:
            self._person = view.person.id
            self._lines = []
            self._stack.setCurrentIndex(0)
        if self.isVisible():
            self.load()

    def load(self) -> None:
        """Read the newest changes."""
        store, person = self._desk.store, self._desk.person_id
        self._desk.context.background.read(
            lambda: history(store, person),
            self._take,
            self._desk.context.show_error,
            key=("history", id(self)),
        )

    def _take(self, lines: Sequence[HistoryLine]) -> None:
        self._lines = list(lines)
        names = sorted({line.field_label for line in lines if line.field})
        chosen = self.field.value()
        self.field.set_options([("", t("Все поля")), *((name, t(name)) for name in names)])
        self.field.set_value(chosen if chosen in names else "")
        self._show()

    def _show(self) -> None:
        wanted, words = self.field.value(), self.search.text().casefold().split()
        found = [
            line
            for line in self._lines
            if (not wanted or line.field_label == wanted) and mentions(line, words)
        ]
        self.list.rows.show(rows_by_day(found, _row))
        self._count.setText(counted(len(found), "изменение", "изменения", "изменений"))
        if wanted or words:
            self._empty.set_words(t("Изменений не нашли"), t("Измените поиск или фильтр"))
        else:
            self._empty.set_words(t("Изменений нет"), t("Здесь появится каждая правка"))
        self._stack.setCurrentIndex(1 if found else 2)


def _row(line: HistoryLine) -> ChangeRow:
    return change_row(line, waiting=not line.sent and line.source == "own")
