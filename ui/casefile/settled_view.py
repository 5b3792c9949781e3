"""A dispute that is over: every version with its author and time, and what was decided."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QRectF, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from arm.casework.conflicts import RECORD, Choice, SettledDispute, SettledField
from ui.casefile.ground import Reassurance, Surface, scrolling
from ui.casefile.wording import initials, moment_text, said, short_name, whose
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import Avatar, Button, Label, Panel, clear_layout, column, row
from ui.widgets.painting import fill_box

LABEL_WIDTH = 92


class SettledView(QWidget):
    """The middle of the page for a settled dispute. Looking at it changes nothing."""

    case_wanted = Signal(str)
    history_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.dispute: SettledDispute | None = None
        self._avatar = Avatar("", 36)
        self._name = Label("", "screen", elide=True)
        about = t("Спор решён. Здесь все варианты: кто, когда и что записал.")
        history = Button(t("История дела"), "history", "secondary", 28)
        history.setObjectName("settledHistory")
        history.clicked.connect(lambda: self._emit(self.history_wanted))
        open_case = Button(t("Открыть дело"), "arrow-up-right", "secondary", 28)
        open_case.setObjectName("settledOpenCase")
        open_case.clicked.connect(lambda: self._emit(self.case_wanted))
        head = Surface(below=True)
        words = column(self._name, Label(about, "secondary", "text2", wrap=True), gap=0)
        top = row(self._avatar, words, history, open_case, gap=12, margins=(24, 16, 24, 13))
        top.setStretch(1, 1)
        head.setLayout(top)
        self._fields = QVBoxLayout()
        self._fields.setSpacing(12)
        note = Reassurance(
            t("Передумали сразу — отмените решение: Ctrl Z. Позже впишите верное прямо в деле.")
        )
        inner = QWidget()
        inner.setLayout(column(self._fields, note, None, gap=12, margins=(24, 16, 24, 16)))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(head)
        box.addWidget(scrolling(inner, "settledFields"), 1)

    def show_dispute(self, dispute: SettledDispute, today: date) -> None:
        """Show what was decided about one person."""
        self.dispute = dispute
        self._name.setText(dispute.name or t("Человек без имени"))
        words = self._name.text().split()
        self._avatar.set_initials(initials(words[0], words[1] if len(words) > 1 else None))
        clear_layout(self._fields)
        for one in dispute.fields:
            self._fields.addWidget(_panel(one, today))

    def _emit(self, signal: SignalInstance) -> None:
        if self.dispute is not None:
            signal.emit(self.dispute.person_id)


def _panel(one: SettledField, today: date) -> Panel:
    panel = Panel(t(one.label), padding=False)
    grid = QGridLayout()
    grid.setContentsMargins(15, 10, 15, 12)
    grid.setHorizontalSpacing(8)
    versions = ((t("Было"), one.base), (whose(one.mine.who), one.mine),
                (whose(one.theirs.who), one.theirs))  # fmt: skip
    for place, (title, version) in enumerate(versions):
        taken = version.value == one.chosen.value
        grid.addWidget(_Version(one, title, version, today, taken=taken), 0, place)
        grid.setColumnStretch(place, 1)
    who = short_name(one.chosen.who) if one.chosen.who != "вы" else t("вы")
    decided = Label("", "body", wrap=True)
    decided.setObjectName("settledDecision")
    decided.set_runs(
        [
            (_text(one, one.chosen) or t("пусто"), "text", "bodyStrong"),
            (f" — {t('решено')}: {who}, {moment_text(one.chosen.at, today)}", "text3", "body"),
        ]
    )
    panel.body.addLayout(grid)
    panel.body.addLayout(column(decided, margins=(15, 0, 15, 12)))
    return panel


def _text(one: SettledField, version: Choice) -> str:
    if one.field == RECORD:
        return t("удалить запись") if version.value else t("оставить запись")
    return said(one.kind, one.field, version.text)


class _Version(QWidget):
    """One version; the one that was taken stands out."""

    def __init__(
        self, one: SettledField, title: str, version: Choice, today: date, *, taken: bool
    ) -> None:
        super().__init__()
        self._taken = taken
        when = moment_text(version.at, today) if version.at else ""
        text = _text(one, version) or t("пусто")
        self.setAccessibleName(f"{title}: {text}")
        head = f"{title}, {when}" if when else title
        box = QVBoxLayout(self)
        box.setContentsMargins(11, 8, 11, 9)
        box.setSpacing(2)
        box.addWidget(Label(text, "bodyStrong" if taken else "body", wrap=True))
        box.addWidget(Label(head, "secondary", "text3", wrap=True))
        box.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        ground, line = ("okTint", "okFill") if self._taken else ("surface", "hair")
        fill_box(QPainter(self), QRectF(self.rect()), 6, color(ground), color(line))
