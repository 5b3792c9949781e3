"""A new request to another organisation about one person."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from arm.casework import requests
from arm.casework.errors import WrongValues
from arm.casework.requests import ROLES, NewRequest, Organisation
from arm.errors import ExpectedError
from ui.context import Context
from ui.design.text import t
from ui.widgets import Button, Choice, DateField, Dialog, Field, TextArea, TextField


class RequestDialog(Dialog):
    """To whom, what, on what ground, by when. Nothing typed goes away before it is kept."""

    def __init__(
        self,
        context: Context,
        person_id: str,
        name: str,
        organisations: list[Organisation],
        sent: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(t("Новый запрос"), name, width=560, parent=parent)
        self.setObjectName("requestDialog")
        self._context, self._person, self._sent = context, person_id, sent
        self._known = {str(one.org): one for one in organisations}
        self.to = Choice(
            [(str(one.org), one.name, t(ROLES.get(one.role, one.role))) for one in organisations],
            placeholder=t("Организация"),
        )
        self.to.setObjectName("requestTo")
        self.question = TextArea("", t("Поступил ли платёж за июль?"), lines=3)
        self.question.setObjectName("requestQuestion")
        self.what = TextField("", t("Дата платежа; сумма"))
        self.what.setObjectName("requestWhat")
        self.ground = TextField("", t("Закон и статья или соглашение"))
        self.ground.setObjectName("requestGround")
        self.due = DateField(today=context.store.clock.today)
        self.due.setObjectName("requestDue")
        self.fields = {
            "to": Field(t("Кому"), self.to, required=True),
            "question": Field(t("Что нужно узнать"), self.question, required=True),
            "what": Field(t("Отдельные сведения"), self.what, note=t("через точку с запятой")),
            "ground": Field(t("Основание"), self.ground, required=True),
            "due_on": Field(t("Ответить до"), self.due),
        }
        for field in self.fields.values():
            self.body.addWidget(field)
        if not organisations:
            self.fields["to"].set_state(
                "warning", t("Список организаций придёт с ближайшим обменом")
            )
        self.add_button(t("Отмена"), "ghost")
        self.send_button: Button = self.add_button(
            t("Отправить запрос"), "primary", "mail", closes=False
        )
        self.send_button.setObjectName("requestSend")
        self.send_button.clicked.connect(self.send)

    def send(self) -> None:
        """Keep the request; it goes with the next exchange."""
        for field in self.fields.values():
            field.set_state("none")
        to = self._known.get(self.to.value())
        if to is None:
            self.fields["to"].set_state("error", t("Выберите организацию"))
            self.to.setFocus()
            return
        new = NewRequest(
            to=to,
            question=self.question.toPlainText(),
            ground=self.ground.text(),
            due_on=self.due.value(),
            person_id=self._person,
            what=tuple(self.what.text().split(";")),
        )
        store = self._context.store
        self.send_button.setEnabled(False)
        self._context.background.write(lambda: requests.send(store, new), self._kept, self._failed)

    def _kept(self, request_id: str) -> None:
        self.accept()
        self._sent(request_id)

    def _failed(self, error: Exception) -> None:
        self.send_button.setEnabled(True)
        if isinstance(error, WrongValues):
            for problem in error.problems:
                self.fields[problem.field].set_state("error", t(problem.text))
            self.fields[error.problems[0].field].editor.setFocus()
        elif isinstance(error, ExpectedError):
            self.fields["to"].set_state("error", t(error.title_text))
        else:
            self._context.show_error(error)


def open_request(context: Context, person_id: str, name: str, sent: Callable[[str], None]) -> None:
    """Ask whom one may ask, then open the form."""
    store = context.store

    def show(known: list[Organisation]) -> None:
        context.open_dialog(RequestDialog(context, person_id, name, known, sent))

    context.background.read(lambda: requests.organisations(store), show, context.show_error)
