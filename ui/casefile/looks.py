"""«Кто смотрел»: who opened, printed or exported this card; for those who supervise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QGridLayout, QWidget

from arm.access.rights import may
from arm.casework.labels import short_full_name
from arm.casework.read_log import Looks, who_looked
from ui.casefile.desk import CaseDesk
from ui.design.text import fmt_instant, t
from ui.widgets import Banner, Button, Label, Popover

SHOWN = 12


class LooksButton(Button):
    """Asks this workstation and, if it can be reached, the centre."""

    def __init__(self, desk: CaseDesk, parent: QWidget | None = None) -> None:
        super().__init__(t("Кто смотрел"), "eye", "ghost", 32, parent=parent)
        self.setObjectName("historyLooks")
        self._desk = desk
        self.setVisible(may(desk.store.actor, "manage_accounts"))
        self.clicked.connect(self._ask)

    def _ask(self) -> None:
        context, person = self._desk.context, self._desk.person_id
        ask: Callable[[], Looks] = partial(
            who_looked, context.store, context.workstation.sync, person
        )
        self.setEnabled(False)
        context.background.read(ask, self._show, self._failed, key=("looks", id(self)))

    def _failed(self, error: Exception) -> None:
        self.setEnabled(True)
        self._desk.context.show_error(error)

    def _show(self, looks: Looks) -> None:
        self.setEnabled(True)
        sheet = Popover(t("Кто смотрел"), width=440)
        sheet.setObjectName("looksSheet")
        sheet.body.setContentsMargins(16, 16, 16, 16)
        sheet.body.addWidget(Label(t("Кто смотрел дело"), "card"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        for number, look in enumerate(looks.lines[:SHOWN]):
            grid.addWidget(Label(fmt_instant(look.at), "secondary", "text3"), number, 0)
            grid.addWidget(Label(short_full_name(look.who)), number, 1)
            grid.addWidget(Label(t(look.what), color="text2"), number, 2)
        sheet.body.addLayout(grid)
        if not looks.lines:
            sheet.body.addWidget(Label(t("Никто не смотрел"), color="text2"))
        elif len(looks.lines) > SHOWN:
            words = t("и ещё {count}", count=len(looks.lines) - SHOWN)
            sheet.body.addWidget(Label(words, "secondary", "text3"))
        if not looks.whole:
            title = t("Центр недоступен")
            text = t("Здесь только просмотры с этого компьютера")
            sheet.body.addWidget(Banner("warn", title, text))
        sheet.open_at(self)
