"""«Сроки хранения»: whose data are due for destruction, by when and why; nothing goes by itself."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from arm.access.rights import may
from arm.casework.erasure import DuePerson, retention
from arm.errors import ExpectedError
from ui.casefile.wording import error_text
from ui.context import Context
from ui.design.text import counted, fmt_date, t
from ui.widgets import Button, Dialog, EmptyState, Label, Skeleton

SHOWN = 200


class RetentionButton(Button):
    """Only for who may destroy."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(t("Сроки хранения"), "calendar-clock", "ghost", 32, parent=parent)
        self.setObjectName("journalRetention")
        self.setVisible(may(context.store.actor, "erase"))
        self.clicked.connect(lambda: RetentionDialog(context).ask())


class RetentionDialog(Dialog):
    """Reads when it opens; a press on a name opens the case."""

    def __init__(self, context: Context) -> None:
        super().__init__(t("Сроки хранения"), width=760, height=560)
        self.setObjectName("retentionDialog")
        self._context = context
        self._today: date = context.store.clock.today()
        self._wait = Skeleton((0.5, 0.8, 0.6))
        self.body.addWidget(self._wait)

    def ask(self) -> None:
        """Open and read."""
        context, today = self._context, self._today
        context.open_dialog(self)
        context.background.read(
            lambda: retention(context.store, today), self._show, self._failed, key="retention"
        )

    def _failed(self, error: Exception) -> None:
        self._wait.hide()
        if not isinstance(error, ExpectedError):
            self.close_dialog()
            self._context.show_error(error)
            return
        self.body.addWidget(EmptyState("lock", t("Список не открылся"), error_text(error)))

    def _show(self, due: list[DuePerson]) -> None:
        self._wait.hide()
        if not due:
            words = t("Здесь появятся люди, чьи данные пора уничтожить")
            self.body.addWidget(EmptyState("calendar-check", t("Уничтожать нечего"), words), 1)
            return
        people = counted(len(due), "человек", "человека", "человек")
        text = t("{people}: срок хранения истёк или согласие отозвано", people=people)
        self.body.addWidget(Label(text, color="text2", wrap=True))
        inner = QWidget()
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        for number, one in enumerate(due[:SHOWN]):
            self._line(grid, number, one)
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(grid)
        box.addStretch(1)
        area = QScrollArea()
        area.setObjectName("retentionList")
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inner)
        for part in (area.viewport(), inner):
            part.setAutoFillBackground(False)
        self.body.addWidget(area, 1)
        note = t("Уничтожает руководитель командой «arm erase»: она же составляет акт")
        self.body.addWidget(Label(note, "secondary", "text3", wrap=True))

    def _line(self, grid: QGridLayout, number: int, one: DuePerson) -> None:
        late = one.reason.last_day < self._today
        day = Label(fmt_date(one.reason.last_day), color="bad" if late else "text")
        grid.addWidget(day, number, 0)
        name = Button(one.name or t("Человек без имени"), None, "ghost", 28)
        name.setObjectName(f"due-{one.person_id}")
        name.clicked.connect(lambda: self._open(one.person_id))
        grid.addWidget(name, number, 1)
        ground = f"{t(one.reason.text)} · {one.reason.act}"
        grid.addWidget(Label(ground, "secondary", "text2"), number, 2)

    def _open(self, person_id: str) -> None:
        self.close_dialog()
        self._context.navigate("case", {"person_id": person_id})
