"""Spoiled statements: a few hundred a reader here, as many as told by hand (docs/torture.md)."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest
from torture.statement_fuzz import READERS, fuzz

from arm.errors import ExpectedError
from arm.exchange import bank_register, client_bank_1c, treasury_tff
from arm.exchange.bank_register import RegisterUnreadable
from arm.exchange.statements import read_statement

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize("reader", READERS)
def test_no_spoiled_statement_crashes_or_hangs_a_reader(reader: str) -> None:
    tally = fuzz(reader, 80 if reader == "xlsx" else 250)
    assert tally.failures == []
    assert tally.inputs >= 80


BIG = {
    "openings": "СекцияДокумент=Платежное поручение\n" * 30_000,
    "endings": "КонецДокумента\n" * 60_000,
    "one key": "1CClientBankExchange\nСекцияДокумент\n" + "Ключ=1\nКлюч=2\n" * 40_000,
    "purpose lines": "1CClientBankExchange\nСекцияДокумент\nНазначениеПлатежа=а\n"
    + "б\n" * 100_000,
    "lines without a sign": "1CClientBankExchange\nСекцияДокумент\n" + "мусор\n" * 100_000,
    "bad sums": "1CClientBankExchange\n" + "СекцияДокумент\nСумма=?\nКонецДокумента\n" * 20_000,
    "spaces": "1CClientBankExchange\nСекцияДокумент" + " " * 1_000_000,
    "signs": "1CClientBankExchange\nСекцияДокумент\n" + "=" * 1_000_000,
    "bars": "FK|" + "|" * 1_000_000,
    "records": "FK|TX|\n" + "BDPD|1|\nBDPDST|1|\n" * 40_000,
    "separators": ("Дата;ФИО;Сумма\n" + ";" * 1_000_000),
    "quotes": "Дата;ФИО;Сумма\n" + '"' * 1_000_000,
    "open quotes": "Дата;ФИО;Сумма\n" + '"a;b\n' * 60_000,
    "digits": "Дата;ФИО;Сумма\n" + "7" * 1_000_000,
    "letters": "Дата;ФИО;Сумма\n" + "а б " * 250_000,
    "brackets": "[" * 1_000_000,
}


@pytest.mark.parametrize("name", BIG)
def test_large_damage_takes_time_in_proportion(name: str) -> None:
    content = BIG[name].encode("cp1251")
    began = time.process_time()
    for read in (
        client_bank_1c.read,
        lambda held: treasury_tff.read(held, treasury_tff.shipped_profiles()[0]),
        lambda held: bank_register.read(held, bank_register.guess_mapping(held).mapping),
        lambda held: read_statement(held, "x"),
    ):
        try:
            read(content)
        except ExpectedError as refusal:
            assert refusal.advice_text  # noqa: PT017 – either outcome is right, a crash is not
    assert time.process_time() - began < 20


@pytest.mark.parametrize("number", [b"1048576", b"9" * 300])
def test_a_row_with_a_damaged_number_does_not_make_a_million_rows(number: bytes) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(CORPUS / "register.xlsx") as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name).replace(b'<row r="5"', b'<row r="%s"' % number)
            new.writestr(name, part)
    with pytest.raises(RegisterUnreadable):
        bank_register.guess_mapping(made.getvalue())
