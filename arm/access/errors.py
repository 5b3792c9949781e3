"""What can go wrong with keys and rights, said in the caseworker's words."""

from __future__ import annotations

from typing import ClassVar

from arm.errors import ExpectedError


class WrongPassword(ExpectedError):
    """The password, or the recovery phrase, opens nothing. Also said for an unknown login."""

    code: ClassVar[str] = "wrong_password"
    title: ClassVar[str] = "Неверный логин или пароль"
    advice: ClassVar[str] = (
        "Проверьте раскладку и Caps Lock и введите пароль ещё раз. "
        "Забытый пароль меняет администратор"
    )


class TooManyAttempts(ExpectedError):
    """Wrong passwords one after another; ``seconds`` are left until one is tried again."""

    code: ClassVar[str] = "too_many_attempts"
    title: ClassVar[str] = "Неверный пароль введён много раз подряд"
    advice: ClassVar[str] = "Следующая попытка через {wait}. Раньше не подойдёт и верный пароль"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(wait=f"{seconds // 60}:{seconds % 60:02}")


class WeakPassword(ExpectedError):
    """Too short to protect a copied file."""

    code: ClassVar[str] = "weak_password"
    title: ClassVar[str] = "Пароль слишком короткий"
    advice: ClassVar[str] = "Нужно не меньше {least} знаков; подойдёт фраза из нескольких слов"


class NoKeys(ExpectedError):
    """There is no key file."""

    code: ClassVar[str] = "no_keys"
    title: ClassVar[str] = "Файл ключей не найден"
    advice: ClassVar[str] = "Верните его из резервной копии: {path}. Без него база не откроется"


class KeysExist(ExpectedError):
    """A new key file would overwrite one: the database behind it could never be opened again."""

    code: ClassVar[str] = "keys_exist"
    title: ClassVar[str] = "В этой папке уже есть файл ключей"
    advice: ClassVar[str] = "Выберите пустую папку или войдите в имеющееся рабочее место: {path}"


class DamagedKeys(ExpectedError):
    """The key file can't be read."""

    code: ClassVar[str] = "damaged_keys"
    title: ClassVar[str] = "Файл ключей повреждён"
    advice: ClassVar[str] = "Верните его из резервной копии: {path}. Записи в базе целы"


class LastPerson(ExpectedError):
    """Nobody could open the database afterwards."""

    code: ClassVar[str] = "last_person"
    title: ClassVar[str] = "Это последний человек с доступом к базе"
    advice: ClassVar[str] = "Сначала добавьте другого человека, затем уберите этого"


class KeyringUnavailable(ExpectedError):
    """This computer has no password store that we trust."""

    code: ClassVar[str] = "keyring_unavailable"
    title: ClassVar[str] = "На этом компьютере нет защищённого хранилища паролей"
    advice: ClassVar[str] = "Входите по паролю: запоминание входа здесь недоступно"


class NotPermitted(ExpectedError):
    """The role does not include the action."""

    code: ClassVar[str] = "not_permitted"
    title: ClassVar[str] = "Для вашей роли это действие недоступно: {action_title}"
    advice: ClassVar[str] = "Обратитесь к руководителю смены или администратору"


class DamagedSalvage(ExpectedError):
    """The file of unsent work can't be read."""

    code: ClassVar[str] = "damaged_salvage"
    title: ClassVar[str] = "Файл с неотправленной работой повреждён: {path}"
    advice: ClassVar[str] = "Возьмите другую его копию"


class BadPassword(ExpectedError):
    """A new password that would be guessed."""

    code: ClassVar[str] = "bad_password"
    title: ClassVar[str] = "Этот пароль не подойдёт"
    advice: ClassVar[str] = "{why}"


class PasswordUnchanged(ExpectedError):
    """The new password is the old one."""

    code: ClassVar[str] = "password_unchanged"
    title: ClassVar[str] = "Новый пароль совпадает с прежним"
    advice: ClassVar[str] = "Придумайте другой"


class NoBackup(ExpectedError):
    """There is no backup in this folder."""

    code: ClassVar[str] = "no_backup"
    title: ClassVar[str] = "В этой папке нет резервной копии: {path}"
    advice: ClassVar[str] = "Список копий покажет «arm backup list»"


class BackupRefused(ExpectedError):
    """The backup itself does not open; nothing was replaced."""

    code: ClassVar[str] = "backup_refused"
    title: ClassVar[str] = "Резервная копия не открывается: {why}"
    advice: ClassVar[str] = "Возьмите другую копию. Записи рабочего места не тронуты: {path}"
