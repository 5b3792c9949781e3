"""The left side of «Расхождения»: what waits for a decision, what was refused, what is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from arm.casework.conflicts import DisputedCase
from arm.casework.refused import RefusedEdit
from ui.casefile.conflict_parts import CaseItem, ListLine, Reassurance, Surface
from ui.casefile.ground import scrolling
from ui.casefile.refused_view import RefusedItem
from ui.casefile.wording import day_text, moment_text
from ui.design.text import t
from ui.widgets import Label, Rule, clear_layout, column, row

WIDTH = 240
Kind = Literal["dispute", "settled", "refused", "done"]
Chosen = tuple[Kind, str]
"""What stands in the middle: a person's dispute, or a refused edit by its key."""


@dataclass
class Lists:
    """All that the list shows."""

    open: list[DisputedCase] = field(default_factory=list)
    settled: list[DisputedCase] = field(default_factory=list)
    refused: list[RefusedEdit] = field(default_factory=list)
    done: list[RefusedEdit] = field(default_factory=list)


class _Section:
    """A heading with a count, and the lines under it; hidden while empty unless it stays."""

    def __init__(self, title: str, name: str, *, stays: bool = False) -> None:
        self._stays = stays
        self._count = Label("", "secondary", "text3")
        self._count.setObjectName(name)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        self.widget = QWidget()
        heading = row(Label(title, "section"), None, self._count, margins=(16, 12, 16, 8))
        self.widget.setLayout(column(heading, Rule(), self._lines, gap=0))

    def fill(self, items: Sequence[QAbstractButton]) -> None:
        clear_layout(self._lines)
        for item in items:
            self._lines.addWidget(item)
        self._count.setText(str(len(items)))
        self.widget.setVisible(self._stays or bool(items))


class ConflictsList(Surface):
    """``chosen`` sends what somebody wants to see in the middle."""

    chosen = Signal(tuple)
    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self._lists = Lists()
        self._items: dict[Chosen, QAbstractButton] = {}
        self._own = _Section(t("Нужно решить"), "openCount", stays=True)
        self._others = _Section(t("Спорят коллеги"), "othersCount")
        self._settled = _Section(t("Решены сегодня"), "settledCount")
        self._refused = _Section(t("Не принято центром"), "refusedCount")
        self._office = _Section(t("Не принято у коллег"), "officeRefusedCount")
        self._done = _Section(t("Разобраны"), "doneCount")
        inner = QWidget()
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        for section in self._sections():
            stack.addWidget(section.widget)
        note = Reassurance(t("Ни одна правка не теряется: все варианты остаются в истории дела."))
        stack.addLayout(column(note, margins=(16, 16, 16, 16)))
        stack.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scrolling(inner, "disputedList"))

    def _sections(self) -> tuple[_Section, ...]:
        return (self._own, self._others, self._refused, self._office, self._settled, self._done)

    def show_lists(self, lists: Lists, today: date) -> None:
        """Show other lists."""
        self._lists = lists
        self._items = {}
        self._own.fill([self._case(one, today) for one in lists.open if one.own])
        self._others.fill([self._case(one, today) for one in lists.open if not one.own])
        self._settled.fill([self._case(one, today, "settled") for one in lists.settled])
        self._refused.fill([self._edit(one, today) for one in lists.refused if one.own])
        self._office.fill([self._edit(one, today) for one in lists.refused if not one.own])
        self._done.fill([self._edit(one, today, "done") for one in lists.done])

    def _case(self, case: DisputedCase, today: date, kind: Kind = "dispute") -> QAbstractButton:
        over = kind == "settled"
        when = moment_text(case.at, today) if over else day_text(case.at, today)
        return self._keep((kind, case.person_id), CaseItem(case, when, settled=over))

    def _edit(self, edit: RefusedEdit, today: date, kind: Kind = "refused") -> QAbstractButton:
        return self._keep((kind, edit.key), RefusedItem(edit, moment_text(edit.at, today)))

    def _keep(self, place: Chosen, item: ListLine) -> QAbstractButton:
        item.clicked.connect(lambda _on=False: self.chosen.emit(place))
        item.stepped.connect(self.stepped)
        self._items[place] = item
        return item

    def mark(self, place: Chosen | None) -> None:
        """Mark what stands in the middle."""
        for known, item in self._items.items():
            item.setChecked(known == place)

    def set_decided(self, person: str, decided: int) -> None:
        """How many fields of a dispute have a choice."""
        item = self._items.get(("dispute", person))
        if isinstance(item, CaseItem):
            item.set_decided(decided)

    def order(self, kinds: Sequence[Kind]) -> list[Chosen]:
        """What can be walked through, as it stands in the list."""
        return [place for place in self._items if place[0] in kinds]

    def focus(self, place: Chosen, how: Callable[[QAbstractButton], None]) -> None:
        """Do something with the line of ``place``, if there is one."""
        if place in self._items:
            how(self._items[place])
