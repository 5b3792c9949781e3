"""The home is empty: join a centre, or start the demonstration."""

from __future__ import annotations

from importlib import import_module

from PySide6.QtCore import QDate, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from arm.errors import ExpectedError
from arm.password_file import DEMONSTRATION_PASSWORD
from arm.places import Home
from ui.background import Background
from ui.design.text import t
from ui.design.theme import color
from ui.error_words import error_line, error_words
from ui.shell.route_map import RouteMap
from ui.widgets.banner import Banner
from ui.widgets.button import Button, Link
from ui.widgets.dialog import Dialog
from ui.widgets.field import Field
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.line_edit import PasswordField, TextArea, TextField
from ui.widgets.progress import Spinner

DEMONSTRATION_PERSONS = 2000


class FirstRun(QWidget):
    """``ready`` sends the login that can sign in now."""

    ready = Signal(str)

    def __init__(self, home: Home, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("first-run")
        self.setAccessibleName(t("Первый запуск"))
        self._home, self._background = home, background
        form = QWidget()
        form.setFixedWidth(400)
        self._build(form)
        right = QWidget()
        box = QVBoxLayout(right)
        box.setContentsMargins(40, 24, 40, 24)
        box.addStretch(1)
        box.addLayout(row(None, form, None))
        box.addStretch(1)
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(RouteMap(t("Первый запуск")), 600)
        both.addWidget(right, 840)

    def _build(self, form: QWidget) -> None:
        box = QVBoxLayout(form)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(Label(t("Подключить рабочее место"), "title"))
        words = t("Адрес центра, логин и пароль даёт администратор вашей организации.")
        box.addWidget(Label(words, color="text2", wrap=True))
        self._address = TextField(placeholder="db.example.ru:5432/arm", size=40)
        self._address.setObjectName("centre-address")
        self._login = TextField(size=40)
        self._login.setObjectName("centre-login")
        self._password = PasswordField(size=40)
        self._password.setObjectName("centre-password")
        self._password.returnPressed.connect(self._join)
        box.addWidget(Field(t("Адрес центра"), self._address))
        box.addWidget(Field(t("Логин"), self._login))
        self._last = Field(t("Пароль"), self._password, hint=t("Им же откроется база здесь"))
        box.addWidget(self._last)
        self._join_button = Button(t("Подключить"), kind="primary", size=40)
        self._join_button.setObjectName("join")
        self._join_button.set_wide()
        self._join_button.clicked.connect(self._join)
        box.addWidget(self._join_button)
        self._demo = Link(t("Посмотреть программу на выдуманных данных"), "flask-conical")
        self._demo.setObjectName("start-demonstration")
        self._demo.clicked.connect(self._demonstrate)
        box.addWidget(self._demo)
        self._spinner = Spinner(16)
        self._doing = Label("", "secondary", "text2", elide=True)
        line = row(self._spinner, self._doing)
        line.setStretch(1, 1)
        box.addLayout(line)
        self._note = Banner("bad", "")
        self._note.setObjectName("first-run-note")
        box.addWidget(self._note)
        self._spinner.hide()
        self._note.hide()

    def _busy(self, doing: str) -> None:
        self._doing.setText(doing)
        self._spinner.setVisible(bool(doing))
        parts: tuple[QWidget, ...] = (
            self._address, self._login, self._password, self._join_button, self._demo,
        )  # fmt: skip
        for part in parts:
            part.setEnabled(not doing)

    def _join(self) -> None:
        address, login, password = (
            self._address.text().strip(), self._login.text().strip(), self._password.text(),
        )  # fmt: skip
        if not (address and login and password):
            self._last.set_state("error", t("Впишите адрес, логин и пароль"))
            return
        self._note.hide()
        self._busy(t("Подключаемся к центру…"))
        home = self._home

        def work() -> str:
            centre = import_module("arm.cli.join").centre_address(address)
            made = import_module("arm.joining").join(home, centre, login, password)
            return str(made or "")

        self._background.write(work, lambda phrase: self._joined(phrase, login), self._failed)

    def _joined(self, phrase: str, login: str) -> None:
        self._busy("")
        if not phrase:  # only the profile was lost: the phrase on paper still opens the records
            self.ready.emit(login)
            return
        words = t(
            "Запишите фразу на бумагу и уберите в сейф организации. Она откроет записи, если "
            "забудут все пароли. Больше программа её не покажет."
        )
        dialog = Dialog(t("Фраза восстановления"), words, width=520, closable=False, parent=self)
        area = TextArea(phrase, lines=3)
        area.setReadOnly(True)
        area.setObjectName("phrase")
        area.setAccessibleName(t("Фраза восстановления"))
        dialog.body.addWidget(area)
        dialog.add_button(t("Продолжить, фраза записана"), "primary")
        dialog.closed.connect(lambda: self.ready.emit(login))
        dialog.open(self)

    def _demonstrate(self) -> None:
        self._note.hide()
        self._busy(t("Готовим показ…"))
        home, today = self._home, QDate.currentDate().toPython()
        background = self._background

        def say(words: str) -> None:
            background.later(lambda: self._doing.setText(words))

        def work() -> str:
            accounts = import_module("arm.demonstration").start(
                home, DEMONSTRATION_PERSONS, today, DEMONSTRATION_PASSWORD, say
            )
            return str(accounts[0].login)

        def done(login: str) -> None:
            self._busy("")
            self.ready.emit(login)

        self._background.write(work, done, self._failed)

    def show_problem(self, error: ExpectedError) -> None:
        """Why there is no sign-in screen."""
        self._note.set_words(error_words(error)[0], error_line(error))
        self._note.show()

    def _failed(self, error: Exception) -> None:
        self._busy("")
        if not isinstance(error, ExpectedError):
            self._background.crashed.emit(error)
            words = t("Что-то пошло не так. Отчёт записан в журнал программы")
            self._note.set_words(t("Не получилось"), words)
        else:
            self._note.set_words(t("Не получилось"), error_line(error))
        self._note.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), color("surface"))
