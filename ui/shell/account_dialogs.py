"""Forgotten password, and one more person on this computer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from arm.access.errors import TooManyAttempts, WrongPassword
from arm.access.passwords import problems, require_good
from arm.errors import ExpectedError
from arm.places import Home
from arm.profile import Account
from ui.background import Background
from ui.design.text import t
from ui.error_words import error_line
from ui.shell.people_words import short_name
from ui.widgets.button import Button
from ui.widgets.choice import Choice
from ui.widgets.dialog import Dialog
from ui.widgets.field import Field
from ui.widgets.line_edit import PasswordField, TextArea, TextField

if TYPE_CHECKING:
    from arm.workstation import Workstation


class WorkDialog(Dialog):
    """A dialog whose primary button starts work on another thread and shows what went wrong."""

    def __init__(
        self, title: str, text: str, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, text, width=480, parent=parent)
        self._background = background
        self.add_button(t("Вернуться"))

    def run(
        self,
        work: Callable[[], object],
        done: Callable[[], None],
        last: Field,
        words: Callable[[ExpectedError], str],
    ) -> None:
        """Do ``work``; an expected error is told under :meth:`field_of` it, ``last`` by default;
        other errors are reported."""
        self.setEnabled(False)

        def after(_result: object) -> None:
            self.setEnabled(True)
            done()
            self.close_dialog()

        def wrong(error: Exception) -> None:
            self.setEnabled(True)
            if isinstance(error, ExpectedError):
                field = self.field_of(error) or last
                field.set_state("error", words(error))
                field.editor.setFocus()
            else:
                self._background.crashed.emit(error)

        self._background.write(work, after, wrong)

    def field_of(self, error: ExpectedError) -> Field | None:
        """Where an error belongs, if not under the last field."""
        return None

    def enters(self, button: Button, *lines: PasswordField | TextField) -> None:
        """Enter in any of these lines presses the button, as soon as it may be pressed."""
        for line in lines:
            line.returnPressed.connect(button.click)  # a disabled button ignores it


class ForgottenPassword(WorkDialog):
    """Explains recovery, and does it for who holds the organisation's phrase."""

    def __init__(
        self,
        home: Home,
        accounts: Sequence[Account],
        login: str,
        background: Background,
        done: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        text = t(
            "Записи зашифрованы, обойти пароль нельзя. Администратор задаёт новый пароль в центре, "
            "затем здесь вводят фразу восстановления организации и тот же новый пароль. "
            "Данные останутся на месте."
        )
        super().__init__(t("Забыли пароль?"), text, background, parent)
        self.setObjectName("forgotten-password")
        self._home, self._done = home, done
        options = [(a.login, short_name(a.full_name)) for a in accounts]
        self._who = Choice(options, login)
        self._phrase = TextArea(lines=2)
        self._phrase.setObjectName("recovery-phrase")
        self._phrase.textChanged.connect(self._look)
        self._new = PasswordField(size=32)
        self._new.setObjectName("new-password")
        self._new.textChanged.connect(self._look)
        self.body.addWidget(Field(t("Учётная запись"), self._who))
        hint = t("Её записали при подключении рабочего места; лежит в сейфе организации")
        self._phrase_field = Field(t("Фраза восстановления"), self._phrase, hint=hint)
        self.body.addWidget(self._phrase_field)
        self._new_field = Field(t("Новый пароль"), self._new)
        self.body.addWidget(self._new_field)
        self._set = self.add_button(t("Задать пароль"), "primary", closes=False)
        self._set.setObjectName("set-password")
        self._set.clicked.connect(self._submit)
        self.enters(self._set, self._new)
        self._look()

    def _look(self) -> None:
        self._set.setEnabled(bool(self._phrase.text().strip() and self._new.text()))

    def _submit(self) -> None:
        home, login = self._home, self._who.value()
        phrase, password = self._phrase.text().strip(), self._new.text()

        def work() -> None:
            require_good(password, login)
            keys = import_module("arm.access.keys").KeyFile(home.keys)
            keys.add_person(login, password, keys.recover(phrase))

        self._phrase_field.set_state()
        self.run(work, self._done, self._new_field, error_line)


class AddAccount(WorkDialog):
    """Lets a person of the organisation sign in here; somebody who already can must help."""

    def __init__(
        self,
        home: Home,
        accounts: Sequence[Account],
        background: Background,
        done: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        text = t(
            "Учётную запись заводит администратор центра. Чтобы открыть ей базу этого компьютера, "
            "нужен пароль того, кто здесь уже работает, и связь с центром."
        )
        super().__init__(t("Другая учётная запись"), text, background, parent)
        self.setObjectName("add-account-dialog")
        self._home, self._done = home, done
        self._login = TextField()
        self._login.setObjectName("new-login")
        self._password = PasswordField(size=32)
        self._password.setObjectName("new-login-password")
        options = [(a.login, short_name(a.full_name)) for a in accounts]
        self._by = Choice(options, accounts[0].login if accounts else None)
        self._by_password = PasswordField(size=32)
        self._by_password.setObjectName("helper-password")
        self.body.addWidget(Field(t("Логин в центре"), self._login))
        self.body.addWidget(Field(t("Её пароль"), self._password))
        self.body.addWidget(Field(t("Кто подтверждает"), self._by))
        self._last = Field(t("Пароль того, кто подтверждает"), self._by_password)
        self.body.addWidget(self._last)
        self._add = self.add_button(t("Добавить"), "primary", closes=False)
        self._add.setObjectName("add-account-button")
        self._add.clicked.connect(self._submit)
        self.enters(self._add, self._login, self._password, self._by_password)
        for field in (self._login, self._password, self._by_password):
            field.textChanged.connect(self._look)
        self._look()

    def _look(self) -> None:
        typed = (self._login.text(), self._password.text(), self._by_password.text())
        self._add.setEnabled(all(typed))

    def _submit(self) -> None:
        home, login = self._home, self._login.text().strip()
        password, by, by_password = (
            self._password.text(),
            self._by.value(),
            self._by_password.text(),
        )

        def work() -> None:
            import_module("arm.joining").join_too(home, login, password, by, by_password)

        self.run(work, self._done, self._last, error_line)


class ChangePassword(WorkDialog):
    """One's own password, here and at the centre; says as it is typed what is still wrong."""

    def __init__(
        self,
        workstation: Workstation,
        background: Background,
        done: Callable[[], None],
        parent: QWidget | None = None,
        *,
        temporary: bool = False,
    ) -> None:
        text = t(
            "Пароль один: он открывает базу на этом компьютере и пускает в центр. Нужна связь с "
            "центром. Менять его по расписанию не требуется — только если кто-то мог его узнать."
        )
        if temporary:
            text = t(
                "Нынешний пароль временный: его знает тот, кто его задал. Придумайте свой — после "
                "этого начнётся обмен с центром. До тех пор всё, что вы вносите, хранится здесь."
            )
        title = t("Задайте свой пароль") if temporary else t("Сменить пароль")
        super().__init__(title, text, background, parent)
        self.setObjectName("change-password")
        self._workstation, self._done = workstation, done
        self._old, self._new, self._again = (PasswordField(size=32) for _ in range(3))
        for field, name in (
            (self._old, "old-password"), (self._new, "new-password"), (self._again, "again"),
        ):  # fmt: skip
            field.setObjectName(name)
            field.textChanged.connect(self._look)
        old = t("Временный пароль") if temporary else t("Прежний пароль")
        self._old_field = Field(old, self._old)
        self.body.addWidget(self._old_field)
        hint = t("От 12 знаков; удобнее всего фраза из нескольких слов")
        self._new_field = Field(t("Новый пароль"), self._new, hint=hint)
        self.body.addWidget(self._new_field)
        self._last = Field(t("Новый пароль ещё раз"), self._again)
        self.body.addWidget(self._last)
        self._change = self.add_button(t("Сменить"), "primary", closes=False)
        self._change.setObjectName("change-password-button")
        self._change.clicked.connect(self._submit)
        self.enters(self._change, self._old, self._new, self._again)
        self._look()

    def field_of(self, error: ExpectedError) -> Field | None:
        wrong = isinstance(error, WrongPassword | TooManyAttempts)
        return self._old_field if wrong else None

    def _look(self) -> None:
        self._old_field.set_state("none")
        new, again = self._new.text(), self._again.text()
        found = problems(new, self._workstation.account.login) if new else []
        self._new_field.set_state(*(("error", t(found[0])) if found else ("none",)))
        differ = bool(again) and not new.startswith(again)
        self._last.set_state(*(("error", t("Пароли не совпадают")) if differ else ("none",)))
        self._change.setEnabled(bool(self._old.text() and new and not found and new == again))

    def _submit(self) -> None:
        workstation, old, new = self._workstation, self._old.text(), self._new.text()
        self.run(lambda: workstation.change_password(old, new), self._done, self._last, error_line)
