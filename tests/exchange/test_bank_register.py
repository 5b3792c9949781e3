"""Registers of banks: what is guessed, what is remembered, what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arm.exchange import bank_register
from arm.exchange.bank_register import RegisterChanged, RegisterUnreadable
from arm.exchange.dbf import is_dbf, read_dbf
from arm.exchange.register_mapping import RegisterMapping
from arm.exchange.statement import Statement

CORPUS = Path(__file__).parent / "corpus"
CSV = (CORPUS / "register.csv").read_text("utf-8")


def read(content: bytes) -> Statement:
    found = bank_register.guess_mapping(content)
    assert found.sure
    return bank_register.read(content, found.mapping)


@pytest.mark.parametrize("file", ["register.csv", "register.dbf", "register.xlsx"])
def test_columns_are_known_by_their_headings(file: str) -> None:
    first, second, third = read((CORPUS / file).read_bytes()).payments
    assert (first.payer, first.payer_inn) == ("Турсунов Улугбек", "204373256833")
    assert [p.kopecks for p in (first, second, third)] == [813700, 1627400, 400050]
    assert [p.on for p in (first, third)] == [date(2026, 5, 4), date(2026, 5, 5)]
    assert (first.number, second.payer_inn) == ("17", "492979563648")
    assert "НДФЛ" in third.purpose


def test_what_has_no_field_is_kept_under_its_heading() -> None:
    statement = read(CSV.encode())
    assert statement.payments[1].more == {"Канал": "банкомат"}
    assert statement.payments[0].purpose == "НДФЛ; патент 59 7877461735"
    assert [p.line for p in statement.payments] == [3, 4, 5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "koi8-r"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_encoding_and_separator_are_found_out(encoding: str, separator: str) -> None:
    text = CSV.replace('"НДФЛ; патент 59 7877461735"', "НДФЛ").replace(";", separator)
    assert [p.payer for p in read(text.encode(encoding)).payments] == [
        "Турсунов Улугбек", "Зокиров Сафарали", "KARIMOV DALER",
    ]  # fmt: skip


def test_the_register_of_sberbank_needs_no_headings() -> None:
    statement = read((CORPUS / "sber.txt").read_bytes())
    first = statement.payments[0]
    assert statement.version == "Сбербанк, реестр платежей"
    assert (first.payer, first.kopecks, first.number) == (
        "Турсунов Улугбек", 813700, "100200300401",
    )  # fmt: skip
    assert (first.on, first.more["Адрес"], first.more["Комиссия"]) == (
        date(2026, 5, 4), "Пермь, Ленина 1", "40,69",
    )  # fmt: skip
    assert statement.total_kopecks == 2841150


def test_the_register_with_tags_is_read_wherever_they_stand() -> None:
    first = read((CORPUS / "sber_tags.txt").read_bytes()).payments[0]
    assert (first.kopecks, first.on) == (813700, date(2026, 5, 4))
    assert (first.more["CLIENTDOCNO"], first.more["method_pay"]) == ("204373256833", "online")


def test_a_total_that_does_not_agree_is_told() -> None:
    statement = read(CSV.replace("28 411,50", "28 411,51").encode())
    assert [(p.line, p.field) for p in statement.problems] == [(6, "Итог")]


def test_a_count_that_does_not_agree_is_told() -> None:
    content = (CORPUS / "sber.txt").read_bytes().replace(b"=3;", b"=4;")
    assert [(p.line, p.field) for p in read(content).problems] == [(4, "Дата")]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [("8 137,00", "восемь", (3, "Сумма")), ("8 137,00", "-5", (3, "Сумма")),
     (";касса", ";касса;лишнее", (3, "")),
     ("04.05.2026 10:15", "31.02.2026", (3, "Дата операции"))],
)  # fmt: skip
def test_a_faulty_row_is_named_and_the_others_are_read(
    old: str, new: str, place: tuple[int, str]
) -> None:
    statement = read(CSV.replace(old, new, 1).encode())
    assert place in {(p.line, p.field) for p in statement.problems}
    assert {"Зокиров Сафарали", "KARIMOV DALER"} <= {p.payer for p in statement.payments}


def test_a_mapping_remembered_as_json_reads_the_next_file() -> None:
    mapping = bank_register.guess_mapping(CSV.encode()).mapping
    remembered = RegisterMapping.from_json(replace(mapping, name="Банк «Пермь»").to_json())
    later = CSV.replace("04.05.2026", "06.05.2026").replace("Реестр", "Другой реестр\r\nРеестр")
    statement = bank_register.read(later.encode(), remembered)
    assert (len(statement.payments), statement.version) == (3, "Банк «Пермь»")
    assert statement.problems == ()


def test_a_bank_that_moved_its_columns_is_noticed_before_any_sum_is_read() -> None:
    mapping = bank_register.guess_mapping(CSV.encode()).mapping
    with pytest.raises(RegisterChanged):
        bank_register.read(CSV.replace("Сумма", "Комиссия").encode(), mapping)


def test_a_bank_that_sends_another_kind_of_file_is_noticed() -> None:
    mapping = bank_register.guess_mapping(CSV.encode()).mapping
    with pytest.raises(RegisterChanged):
        bank_register.read((CORPUS / "register.dbf").read_bytes(), mapping)


@pytest.mark.parametrize(
    ("days", "first"),
    [(("05/13/2026", "05/04/2026"), "month"), (("13/05/2026", "04/05/2026"), "day"),
     (("20260513", "20260504"), "year")],
)  # fmt: skip
def test_the_order_of_day_and_month_is_told_by_a_day_over_twelve(
    days: tuple[str, str], first: str
) -> None:
    text = f"Дата;ФИО;Сумма\n{days[0]};Турсунов Улугбек;1.00\n{days[1]};Зокиров Сафарали;2.00\n"
    found = bank_register.guess_mapping(text.encode())
    assert found.mapping.day_first == first
    statement = bank_register.read(text.encode(), found.mapping)
    assert [p.on for p in statement.payments] == [date(2026, 5, 13), date(2026, 5, 4)]


@pytest.mark.parametrize(
    ("written", "kopecks"),
    [("1.234,50", 123450), ("1 234,50", 123450), ("1234,5 руб.", 123450), ("1234", 123400),
     ("1'234,50", 123450), ("1.234", None), ("12,345", None)],
)  # fmt: skip
def test_sums_with_thousands_are_understood_or_named(written: str, kopecks: int | None) -> None:
    text = f"Дата;ФИО;Сумма\n04.05.2026;Турсунов Улугбек;{written}\n04.05.2026;Зокиров С;2,00\n"
    payments = read(text.encode()).payments
    assert [p.kopecks for p in payments] == ([kopecks, 200] if kopecks else [200])


def test_columns_guessed_by_their_look_alone_wait_for_a_person() -> None:
    rows = "04.05.2026;Турсунов Улугбек;204373256833;8137.00;40.69\n" * 3
    found = bank_register.guess_mapping(rows.encode())
    assert not found.sure
    assert found.mapping.columns == {"on": (0,), "payer": (1,), "payer_inn": (2,), "kopecks": (3,)}
    assert found.mapping.decimal == "."


def test_a_sum_in_a_workbook_is_exact() -> None:
    assert bank_register._cell(8137.1) == "8137.10"
    assert bank_register._cell(0.1 + 0.2) == "0.30"
    assert bank_register._cell(492979563648.0) == "492979563648"


def test_a_deleted_record_of_a_table_is_no_payment() -> None:
    table = read_dbf((CORPUS / "register.dbf").read_bytes())
    assert (len(table.rows), table.encoding, table.missing) == (3, "cp866", 0)


def test_a_table_cut_short_says_how_many_records_are_missing() -> None:
    content = (CORPUS / "register.dbf").read_bytes()
    statement = read(content[:-120])
    assert len(statement.payments) == 2
    assert "не хватает записей: 2" in statement.problems[0].text


def test_a_text_that_begins_with_a_nought_is_no_table() -> None:
    assert not is_dbf(b"04-05-2026;10-15-00;5600;0012;100200300401;" * 20)
    with pytest.raises(ValueError):
        read_dbf(b"04-05-2026;" * 20)


def test_a_damaged_workbook_is_refused() -> None:
    content = (CORPUS / "register.xlsx").read_bytes()
    with pytest.raises(RegisterUnreadable):
        bank_register.guess_mapping(content[: len(content) // 2])


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"name": "a", "kind": "picture", "columns": {}}',
             '{"name": "a", "kind": "text", "columns": {"kopecks": [-1]}}',
             '{"name": "a", "kind": "text", "columns": {"price": [1]}}',
             '{"name": "a", "kind": "text", "columns": {}, "encoding": "rot13"}',
             '{"name": "a", "kind": "text", "columns": {}, "surprise": 1}'],
)  # fmt: skip
def test_a_damaged_mapping_is_no_mapping(text: str) -> None:
    with pytest.raises(ValueError):
        RegisterMapping.from_json(text)
