"""Any file that a clerk gives for a statement: told apart by its content, never by its name."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import ClassVar, Final

from arm.errors import ExpectedError
from arm.exchange import bank_register, client_bank_1c, treasury_tff
from arm.exchange.register_mapping import Guess, RegisterMapping
from arm.exchange.statement import Statement
from arm.exchange.statement_values import utf16_as_utf8

_LARGEST: Final = 500_000_000


class StatementRefused(ExpectedError):
    """A file that is no statement we can read."""

    code: ClassVar[str] = "statement.unknown"
    title: ClassVar[str] = "Такую выписку программа не читает: «{name}»"
    advice: ClassVar[str] = (
        "Попросите в банке выписку в формате 1С («1CClientBankExchange», kl_to_1c.txt)"
        " или реестр в CSV, DBF или XLSX"
    )


class EmptyStatement(StatementRefused):
    """Nothing in the file."""

    code: ClassVar[str] = "statement.empty"
    title: ClassVar[str] = "Файл «{name}» пуст"
    advice: ClassVar[str] = "Скачайте его из банка ещё раз: при скачивании он потерялся"


class TooLargeStatement(StatementRefused):
    """More than a year of payments of a region."""

    code: ClassVar[str] = "statement.too_large"
    title: ClassVar[str] = "Файл «{name}» слишком велик"
    advice: ClassVar[str] = "Попросите в банке выписку за день или за месяц, а не за всё время"


class XmlStatement(StatementRefused):
    """camt.053 and other XML."""

    code: ClassVar[str] = "statement.xml"
    title: ClassVar[str] = "Файл «{name}» в формате XML (camt или похожем)"
    advice: ClassVar[str] = (
        "Попросите в банке ту же выписку в формате 1С («1CClientBankExchange», kl_to_1c.txt)"
    )


class PdfStatement(StatementRefused):
    """A statement to be looked at."""

    code: ClassVar[str] = "statement.pdf"
    title: ClassVar[str] = "Файл «{name}» в формате PDF: его можно смотреть, но не сверять"
    advice: ClassVar[str] = (
        "В банк-клиенте выберите вместо PDF выгрузку в 1С или попросите её у банка"
    )


class ArchiveStatement(StatementRefused):
    """A ZIP, RAR or 7z."""

    code: ClassVar[str] = "statement.archive"
    title: ClassVar[str] = "Это архив, а не выписка: «{name}»"
    advice: ClassVar[str] = "Распакуйте его и выберите файл выписки внутри"


class PictureStatement(StatementRefused):
    """A scan or a photograph."""

    code: ClassVar[str] = "statement.picture"
    title: ClassVar[str] = "Это картинка, а не выписка: «{name}»"
    advice: ClassVar[str] = (
        "По снимку платежи не сверить. Попросите в банке выписку в формате 1С"
        " («1CClientBankExchange», kl_to_1c.txt)"
    )


class DocumentStatement(StatementRefused):
    """Word, RTF, a page of the internet."""

    code: ClassVar[str] = "statement.document"
    title: ClassVar[str] = "Это документ или веб-страница, а не выписка: «{name}»"
    advice: ClassVar[str] = (
        "Попросите в банке выписку в формате 1С («1CClientBankExchange», kl_to_1c.txt)"
        " или реестр в CSV, DBF или XLSX"
    )


class OldWorkbook(StatementRefused):
    """A workbook of Excel 97, or something of Word's."""

    code: ClassVar[str] = "statement.xls"
    title: ClassVar[str] = "Файл «{name}» в старом формате Microsoft Office"
    advice: ClassVar[str] = "Откройте его и сохраните как XLSX, потом выберите снова"


class SwiftStatement(StatementRefused):
    """MT940 and its kin."""

    code: ClassVar[str] = "statement.swift"
    title: ClassVar[str] = "Файл «{name}» в формате SWIFT (MT940)"
    advice: ClassVar[str] = (
        "Попросите в банке ту же выписку в формате 1С («1CClientBankExchange», kl_to_1c.txt)"
    )


class RegisterColumnsUnknown(StatementRefused):
    """A register of a bank that nobody has explained yet. ``guess`` is what it looks like."""

    code: ClassVar[str] = "statement.register_columns"
    title: ClassVar[str] = "В реестре «{name}» не ясно, что в каком столбце"
    advice: ClassVar[str] = "Укажите столбцы суммы, даты и плательщика. Программа их запомнит"

    def __init__(self, name: str, guess: Guess) -> None:
        # the rows hold names of people: they are no parameter, parameters get into logs
        super().__init__(name=name)
        self.guess = guess


def read_statement(
    content: bytes,
    name: str,
    *,
    mapping: RegisterMapping | None = None,
    remembered: Sequence[RegisterMapping] = (),
    profile: treasury_tff.Profile | None = None,
    profiles: Sequence[treasury_tff.Profile] = (),
) -> Statement:
    """Read whatever statement this is.

    ``mapping`` and ``profile``: what a person has just confirmed for this file; ``remembered``
    and ``profiles``: what was confirmed before. Raises a :class:`StatementRefused` that says what
    to ask the bank for, :class:`RegisterColumnsUnknown` or
    :class:`~arm.exchange.treasury_tff.TreasuryVersionUnknown` with what a person has to look at.
    """
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe\x1a"):
        raise EmptyStatement(name=name)
    if len(content) > _LARGEST:
        raise TooLargeStatement(name=name)
    if mapping is not None:
        return bank_register.read(content, mapping)
    if profile is not None:
        return treasury_tff.read(content, profile)
    refused = _foreign(content)
    if refused is not None:
        raise refused(name=name)
    if client_bank_1c.recognise(content):
        return client_bank_1c.read(content)
    if treasury_tff.recognise(content):
        return treasury_tff.read(content, remembered=profiles)
    guess = bank_register.guess_mapping(content, remembered)
    if guess.sure:
        return bank_register.read(content, guess.mapping)
    if not _is_table(guess):
        raise StatementRefused(name=name)
    raise RegisterColumnsUnknown(name, guess)


def _is_table(guess: Guess) -> bool:
    """Whether a person could find columns here: two rows of two cells, one of them a letter."""
    wide = [cells for _, cells in guess.rows if len([cell for cell in cells if cell]) >= 2]
    letters = sum(cell.isprintable() for cells in wide for cell in cells)
    return len(wide) >= 2 and letters * 10 >= 9 * sum(map(len, wide))


# ------------------------------------------------------------------------ other formats

_STARTS: Final[tuple[tuple[type[StatementRefused], tuple[bytes, ...]], ...]] = (
    (PdfStatement, (b"%PDF",)),
    (
        PictureStatement,
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM6", b"RIFF",
         b"\0\0\0\x1cftyp", b"\0\0\0\x18ftyp"),
    ),
    (ArchiveStatement, (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")),
    (DocumentStatement, (b"{\\rtf",)),
    (OldWorkbook, (b"\xd0\xcf\x11\xe0",)),
    (StatementRefused, (b"MZ", b"\x7fELF", b"SQLite format 3")),
)  # fmt: skip


def _foreign(content: bytes) -> type[StatementRefused] | None:
    """What else the file is, if it is something else for certain."""
    for refused, starts in _STARTS:
        if content.startswith(starts):
            return refused
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zipped(content)
    start = utf16_as_utf8(content[:4096]).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    tests: tuple[tuple[type[StatementRefused], Callable[[bytes], bool]], ...] = (
        (DocumentStatement, lambda text: text.startswith((b"<!doctype html", b"<html"))),
        (XmlStatement, lambda text: text.startswith((b"<?xml", b"<document", b"<camt"))),
        (SwiftStatement, lambda text: text.startswith((b"{1:", b":20:"))),
        (StatementRefused, lambda text: text.startswith((b"{", b"["))),
    )
    return next((refused for refused, test in tests if test(start)), None)


def _zipped(content: bytes) -> type[StatementRefused] | None:
    """A workbook is an archive too; a document of Word is another."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return ArchiveStatement
    if any(name.startswith("word/") for name in names):
        return DocumentStatement
    workbook = any(name.startswith("xl/") for name in names)
    return None if workbook else ArchiveStatement
