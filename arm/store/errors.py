"""What can go wrong with the database on this workstation, said in the caseworker's words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Final

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from arm.errors import ExpectedError


class NoDatabase(ExpectedError):
    """There is no database where one was expected."""

    code: ClassVar[str] = "no_database"
    title: ClassVar[str] = "База на этом компьютере не найдена"
    advice: ClassVar[str] = (
        "Проверьте, что папка программы на месте: {path}. "
        "Если её перенесли, верните её или настройте рабочее место заново"
    )


class DatabaseExists(ExpectedError):
    """A new database would overwrite one that is there."""

    code: ClassVar[str] = "database_exists"
    title: ClassVar[str] = "В этой папке уже есть база"
    advice: ClassVar[str] = "Выберите другую папку или откройте имеющуюся базу: {path}"


class PlainFile(ExpectedError):
    """The file is an ordinary SQLite database: not ours, or somebody took the encryption off."""

    code: ClassVar[str] = "plain_file"
    title: ClassVar[str] = "Файл базы не зашифрован, программа его не открывает"
    advice: ClassVar[str] = (
        "Этот файл создала не программа. Уберите его из папки и верните свою базу "
        "из резервной копии: {path}"
    )


class WrongKey(ExpectedError):
    """The key does not belong to this file; nothing was opened."""

    code: ClassVar[str] = "wrong_key"
    title: ClassVar[str] = "Ключ не подходит к этой базе"
    advice: ClassVar[str] = (
        "Файл ключей и файл базы взяты с разных рабочих мест. "
        "Верните оба файла из одной резервной копии: {path}"
    )


class DamagedFile(ExpectedError):
    """Bytes of the database changed on the disk."""

    code: ClassVar[str] = "damaged_file"
    title: ClassVar[str] = "Файл базы повреждён"
    advice: ClassVar[str] = (
        "Закройте программу, скопируйте всю её папку на другой диск и позовите администратора: "
        "записи восстановят с сервера или из резервной копии"
    )


class OldSqlite(ExpectedError):
    """This SQLite has the WAL-reset bug (fixed in 3.51.3, 13 March 2026)."""

    code: ClassVar[str] = "old_sqlite"
    title: ClassVar[str] = "Библиотека базы данных устарела ({version}) и может испортить записи"
    advice: ClassVar[str] = "Установите программу заново из полного пакета; нужна версия {needed}"


class NotEncrypting(ExpectedError):
    """The database library cannot encrypt; it would have written plain text."""

    code: ClassVar[str] = "not_encrypting"
    title: ClassVar[str] = "Библиотека базы данных не умеет шифровать"
    advice: ClassVar[str] = "Установите программу заново из полного пакета"


class NewerSchema(ExpectedError):
    """A newer version of the program wrote this database."""

    code: ClassVar[str] = "newer_schema"
    title: ClassVar[str] = "База создана более новой версией программы"
    advice: ClassVar[str] = "Обновите программу на этом компьютере. Записи не изменены"


class SecondInstance(ExpectedError):
    """Another process has this home open."""

    code: ClassVar[str] = "second_instance"
    title: ClassVar[str] = "Программа уже открыта на этом компьютере"
    advice: ClassVar[str] = (
        "Перейдите в её окно. Если окна нет, завершите процесс {pid} и откройте программу снова"
    )


class DiskFull(ExpectedError):
    """There was no room; the transaction was taken back whole."""

    code: ClassVar[str] = "disk_full"
    title: ClassVar[str] = "На диске нет места, изменение не сохранено"
    advice: ClassVar[str] = "Освободите место и сохраните ещё раз: введённое остаётся на экране"


class CannotWrite(ExpectedError):
    """The disk refused to write or to read for a reason other than room."""

    code: ClassVar[str] = "cannot_write"
    title: ClassVar[str] = "Диск не читает или не записывает, изменение не сохранено"
    advice: ClassVar[str] = (
        "Проверьте, что диск подключён и папка программы доступна для записи, "
        "затем повторите: введённое остаётся на экране"
    )


class DatabaseBusy(ExpectedError):
    """Another program holds the database file."""

    code: ClassVar[str] = "database_busy"
    title: ClassVar[str] = "Файл базы занят другой программой"
    advice: ClassVar[str] = (
        "Закройте программы, которые копируют или проверяют папку, и повторите действие"
    )


class MissingAttachment(ExpectedError):
    """The bytes of an attachment are not on this workstation."""

    code: ClassVar[str] = "missing_attachment"
    title: ClassVar[str] = "Файла нет на этом компьютере"
    advice: ClassVar[str] = "Подключитесь к серверу и откройте файл ещё раз: он загрузится"


class DamagedAttachment(ExpectedError):
    """The bytes of an attachment changed on the disk."""

    code: ClassVar[str] = "damaged_attachment"
    title: ClassVar[str] = "Файл на этом компьютере повреждён"
    advice: ClassVar[str] = (
        "Откройте его при подключении к серверу или приложите снова с исходного документа"
    )


class FilesFull(ExpectedError):
    """The quota of attachments on this workstation is used up."""

    code: ClassVar[str] = "files_full"
    title: ClassVar[str] = "Место для файлов на этом компьютере закончилось ({quota_mb} МБ)"
    advice: ClassVar[str] = (
        "Попросите администратора увеличить место для файлов в настройках рабочего места"
    )


class NothingToUndo(ExpectedError):
    """There is no action of this person left to take back."""

    code: ClassVar[str] = "nothing_to_undo"
    title: ClassVar[str] = "Отменять нечего"
    advice: ClassVar[str] = "Все ваши изменения уже отменены или сделаны не вами"


class DeletedForGood(ExpectedError):
    """The deletion is so old that the centre has emptied the record."""

    code: ClassVar[str] = "deleted_for_good"
    title: ClassVar[str] = "Удалённое уже не вернуть: {what}"
    advice: ClassVar[str] = (
        "Через 90 дней после удаления содержание записи стирается. Внесите её заново"
    )


class ScopeIsReadOnly(ExpectedError):
    """The signed-in person may read this unit's records but not change them."""

    code: ClassVar[str] = "scope_is_read_only"
    title: ClassVar[str] = "Дела подразделения «{unit}» вам можно только читать"
    advice: ClassVar[str] = (
        "Попросите администратора вернуть право изменять их: введённое остаётся на экране"
    )


_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""EFBIG is what a file system or a limit answers when one file may grow no further."""


def from_sqlite(error: dbapi2.Error) -> ExpectedError | None:
    """The expected situation behind a database error, or None if it is a bug of ours."""
    code = getattr(error, "sqlite_errorcode", 0)
    match code & 0xFF:
        case dbapi2.SQLITE_FULL:
            return DiskFull()
        case dbapi2.SQLITE_CORRUPT | dbapi2.SQLITE_NOTADB:
            return DamagedFile()
        case dbapi2.SQLITE_IOERR | dbapi2.SQLITE_READONLY | dbapi2.SQLITE_CANTOPEN:
            return CannotWrite()
        case dbapi2.SQLITE_BUSY | dbapi2.SQLITE_LOCKED:
            return DatabaseBusy()
    return None


def from_os(error: OSError) -> ExpectedError:
    """The expected situation behind a failed file operation."""
    return DiskFull() if error.errno in _NO_ROOM else CannotWrite()


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's errors inside into expected ones; bugs pass through unchanged."""
    try:
        yield
    except DBAPIError as error:
        cause = error.orig
        known = from_sqlite(cause) if isinstance(cause, dbapi2.Error) else None
        if known is None:
            raise
        raise known from error
    except dbapi2.Error as error:
        known = from_sqlite(error)
        if known is None:
            raise
        raise known from error
