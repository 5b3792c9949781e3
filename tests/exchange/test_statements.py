"""Whatever a clerk picks as a statement: read, or refused with what to ask the bank for."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from arm.exchange.register_mapping import RegisterMapping
from arm.exchange.statements import (
    ArchiveStatement,
    DocumentStatement,
    EmptyStatement,
    OldWorkbook,
    PdfStatement,
    PictureStatement,
    RegisterColumnsUnknown,
    StatementRefused,
    SwiftStatement,
    XmlStatement,
    read_statement,
)
from arm.exchange.treasury_tff import TreasuryVersionUnknown, shipped_profiles

CORPUS = Path(__file__).parent / "corpus"


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("file", "format_", "count"),
    [("kl_to_1c.txt", "1CClientBankExchange", 4), ("sber.txt", "register", 3),
     ("sber_tags.txt", "register", 3), ("register.csv", "register", 3),
     ("register.dbf", "register", 3), ("register.xlsx", "register", 3)],
)  # fmt: skip
def test_a_statement_is_told_by_its_content(file: str, format_: str, count: int) -> None:
    statement = read_statement((CORPUS / file).read_bytes(), "без имени")
    assert (statement.format, len(statement.payments)) == (format_, count)
    assert statement.problems == ()


def test_a_treasury_file_waits_for_its_version_and_is_read_once_confirmed() -> None:
    content = (CORPUS / "treasury.BD0").read_bytes()
    with pytest.raises(TreasuryVersionUnknown) as raised:
        read_statement(content, "t.BD0")
    (profile,) = raised.value.preview.fitting
    assert len(read_statement(content, "t.BD0", profile=profile).payments) == 2
    confirmed = shipped_profiles()[0].confirmed_for("TXBD190101")
    assert len(read_statement(content, "t.BD0", profiles=(confirmed,)).payments) == 2


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", EmptyStatement),
        (b"\xef\xbb\xbf\r\n", EmptyStatement),
        (b"\x00" * 100, EmptyStatement),
        (b"%PDF-1.7\n...", PdfStatement),
        (b"\xff\xd8\xff\xe0JFIF", PictureStatement),
        (b"\x89PNG\r\n", PictureStatement),
        (b"Rar!\x1a\x07", ArchiveStatement),
        (b"PK\x03\x04 torn", ArchiveStatement),
        (zipped("kl_to_1c.txt"), ArchiveStatement),
        (zipped("word/document.xml"), DocumentStatement),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook", OldWorkbook),
        (b"{\\rtf1", DocumentStatement),
        (b"<!DOCTYPE html><html>", DocumentStatement),
        ('<?xml version="1.0"?><Document xmlns="urn:iso:camt.053">'.encode("utf-16"), XmlStatement),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Document/>', XmlStatement),
        (b"{1:F01BANK}", SwiftStatement),
        (b":20:START\r\n:25:4070", SwiftStatement),
        (b'{"payments": []}', StatementRefused),
        (b"MZ\x90\x00", StatementRefused),
        ("Здравствуйте! Высылаем выписку.".encode("cp1251"), StatementRefused),
    ],
)
def test_other_files_are_refused_with_what_to_ask_for(
    content: bytes, refusal: type[StatementRefused]
) -> None:
    with pytest.raises(refusal) as raised:
        read_statement(content, "выписка.dat")
    assert type(raised.value) is refusal
    assert "выписка.dat" in raised.value.title_text
    assert raised.value.advice_text


def test_a_register_of_an_unknown_bank_is_explained_once_and_then_read() -> None:
    text = "1;Турсунов Улугбек;А1;8137\r\n2;Зокиров Сафарали;А2;16274\r\n"
    with pytest.raises(RegisterColumnsUnknown) as raised:
        read_statement(text.encode("cp1251"), "r.txt")
    guess = raised.value.guess
    assert guess.rows[0] == (1, ["1", "Турсунов Улугбек", "А1", "8137"])
    assert "Турсунов" not in repr(raised.value.params)
    columns = {"payer": (1,), "kopecks": (3,)}
    told = RegisterMapping("Банк", "text", columns, separator=";", width=4)
    remembered = RegisterMapping.from_json(told.to_json())
    statement = read_statement(text.encode("cp1251"), "r.txt", mapping=remembered)
    assert [(p.payer, p.kopecks) for p in statement.payments] == [
        ("Турсунов Улугбек", 813700), ("Зокиров Сафарали", 1627400),
    ]  # fmt: skip
