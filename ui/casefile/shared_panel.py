"""What other organisations show of this person, and the ways to ask them more."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from arm.casework.case import CaseView
from arm.casework.shared import SharedLine
from ui.design.text import fmt_date, t
from ui.design.theme import color
from ui.widgets import Button, Label, Link, Panel, clear_layout, row


class _Shared(QWidget):
    """One heading: its facts, then source and day; the ground is in the hint and read aloud."""

    def __init__(self, line: SharedLine) -> None:
        super().__init__()
        self.setObjectName(f"shared-{line.id}")
        box = QVBoxLayout(self)
        box.setContentsMargins(15, 8, 15, 9)
        box.setSpacing(2)
        for label, value in line.facts:
            name = Label(t(label), "body", "text2", elide=True)
            fact = row(name, Label(value, "bodyStrong"), gap=8)
            fact.setStretch(0, 1)
            box.addLayout(fact)
        day = t("на {day}", day=fmt_date(line.as_of)) if line.as_of else ""
        source = ", ".join(
            part for part in (t("по сведениям: {who}", who=line.source), day) if part
        )
        box.addWidget(Label(source, "secondary", "text3", wrap=True))
        box.addWidget(Label(line.ground, "secondary", "text3", wrap=True))
        if line.confidence:
            self.setToolTip(t(line.confidence))
        told = [f"{t(label)}: {value}" for label, value in line.facts]
        self.setAccessibleName(", ".join([t(line.heading), *told, source, line.ground]))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, color("hair"))


class SharedPanel(Panel):
    """Read-only: the centre keeps these details up to date."""

    request_wanted = Signal()
    register_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(t("Другие организации"), padding=False, parent=parent)
        self.setObjectName("sharedPanel")
        ask = Button(t("Запросить"), "mail", "ghost", 28)
        ask.setObjectName("sharedAsk")
        ask.clicked.connect(self.request_wanted)
        self.add_action(ask)
        self._shown: object = None
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self.body.addLayout(self._rows)
        register = Link(t("Кому передавали сведения"), small=True)
        register.setObjectName("sharedRegister")
        register.clicked.connect(self.register_wanted)
        self.body.addLayout(row(register, None, margins=(15, 8, 15, 9)))

    def show_case(self, view: CaseView) -> None:
        """Show what has come; nothing moves when it is the same."""
        if (view.shared, view.aliases) == self._shown:
            return
        self._shown = (view.shared, view.aliases)
        clear_layout(self._rows)
        for alias in view.aliases:
            note = Label(
                t("Второй Мигрант ID этого человека: {alias}. Действуют оба.", alias=alias),
                "secondary",
                "text2",
                wrap=True,
            )
            self._rows.addLayout(row(note, margins=(15, 8, 15, 4)))
        for line in view.shared:
            self._rows.addWidget(_Shared(line))
        if not view.shared and not view.aliases:
            words = Label(t("Пока ничего не передавали"), "secondary", "text3")
            self._rows.addLayout(row(words, None, margins=(15, 10, 15, 2)))
