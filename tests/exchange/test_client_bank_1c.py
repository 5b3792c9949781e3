"""Statements of 1C's exchange format: every encoding, every kind of damage, there and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arm.exchange import client_bank_1c
from arm.exchange.statement import Statement, StatementPayment

SAMPLE = Path(__file__).parent / "corpus" / "kl_to_1c.txt"
TEXT = SAMPLE.read_bytes().decode("cp1251")


def read(text: str, encoding: str = "cp1251") -> Statement:
    return client_bank_1c.read(text.encode(encoding))


def problem(statement: Statement) -> tuple[int, str]:
    (only,) = statement.problems
    return only.line, only.field


def line_of(text: str, fragment: str) -> int:
    return text[: text.index(fragment)].count("\n") + 1


def test_a_statement_of_a_day_is_read_whole() -> None:
    statement = client_bank_1c.read(SAMPLE.read_bytes())
    first = statement.payments[0]
    assert (statement.format, statement.version) == ("1CClientBankExchange", "1.03")
    assert (statement.encoding, statement.account) == ("cp1251", "03100643000000018500")
    assert statement.first_day == statement.last_day == date(2026, 5, 4)
    assert statement.total_kopecks == 2737400 == sum(p.kopecks for p in statement.payments)
    assert (first.line, first.number, first.kopecks) == (20, "1", 400000)
    assert (first.payer, first.payer_inn, first.status) == (
        "Турсунов Улугбек",
        "204373256833",
        "13",
    )
    assert first.received_on == date(2026, 5, 4)
    assert first.more["ПлательщикБанк1"] == "ПАО СБЕРБАНК"
    assert statement.problems == ()


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_the_encoding_and_the_line_ends_do_not_matter(encoding: str, ending: str) -> None:
    content = TEXT.replace("\r\n", ending).encode(encoding)
    statement = client_bank_1c.read(content)
    assert client_bank_1c.recognise(content)
    assert statement.payments == client_bank_1c.read(SAMPLE.read_bytes()).payments
    assert statement.encoding == {"utf-8-sig": "utf-8", "utf-16": "utf-8"}.get(encoding, encoding)


def test_an_encoding_that_the_header_gets_wrong_is_found_by_the_words() -> None:
    assert read(TEXT, "cp866").encoding == "cp866"
    assert "Кодировка=Windows" in TEXT


def test_unknown_keys_are_kept() -> None:
    text = TEXT.replace("Очередность=5", "Очередность=5\r\nНовоеПоле=как есть", 1)
    assert read(text).payments[0].more["НовоеПоле"] == "как есть"


def test_a_purpose_in_pieces_is_joined() -> None:
    whole = "НазначениеПлатежа=НДФЛ аванс патент"
    text = TEXT.replace(
        whole, "НазначениеПлатежа1=НДФЛ аванс\r\nНазначениеПлатежа2=за\r\nНазначениеПлатежа6=май"
    )
    assert read(text).payments[1].purpose == "НДФЛ аванс за май"


def test_a_purpose_broken_into_two_lines_is_one_purpose() -> None:
    text = TEXT.replace("=НДФЛ аванс патент", "=НДФЛ аванс\r\nпатент")
    statement = read(text)
    assert statement.payments[1].purpose == "НДФЛ аванс патент"
    assert statement.problems == ()


def test_a_purpose_that_begins_on_the_next_line_is_read() -> None:
    text = TEXT.replace("=НДФЛ аванс патент", "=\r\nНДФЛ аванс патент")
    assert read(text).payments[1].purpose == "НДФЛ аванс патент"


def test_spaces_about_keys_and_values_do_not_matter() -> None:
    text = TEXT.replace("=", " = ").replace("\r\n", " \r\n  ")
    plain, loose = read(TEXT), read(text)
    assert loose.payments == plain.payments
    assert loose.problems == ()


@pytest.mark.parametrize(
    ("written", "kopecks"),
    [("4000.00", 400000), ("4000,5", 400050), ("4000-05", 400005), ("4 000.01", 400001),
     ("4000", 400000), ("4000=10", 400010)],
)  # fmt: skip
def test_sums_are_whole_kopecks_however_written(written: str, kopecks: int) -> None:
    assert read(TEXT.replace("4000.00", written, 1)).payments[0].kopecks == kopecks


@pytest.mark.parametrize("written", ["", "сорок", "1e5", "12.345", "-4000.00", "0.00", "9" * 5000])
def test_a_document_whose_sum_is_unknown_is_left_out_and_named(written: str) -> None:
    text = TEXT.replace("Сумма=4000.00", f"Сумма={written}", 1)
    statement = read(text)
    assert [p.number for p in statement.payments] == ["2", "3", "4"]
    assert [(p.line, p.field) for p in statement.problems] == [
        (12, "ВсегоПоступило"),
        (line_of(text, f"Сумма={written}"), "Сумма"),
    ]


def test_a_day_that_does_not_exist_is_named_and_the_payment_stays() -> None:
    text = TEXT.replace("ДатаПоступило=04.05.2026", "ДатаПоступило=31.02.2026", 1)
    statement = read(text)
    assert problem(statement) == (line_of(text, "ДатаПоступило=31"), "ДатаПоступило")
    assert statement.payments[0].received_on is None
    assert len(statement.payments) == 4


@pytest.mark.parametrize("written", ["", "0", "00.00.0000"])
def test_a_bank_that_writes_nothing_for_a_day_means_nothing(written: str) -> None:
    text = TEXT.replace("ДатаПоступило=04.05.2026", f"ДатаПоступило={written}", 1)
    assert read(text).payments[0].received_on is None
    assert read(text).problems == ()


def test_a_total_that_does_not_agree_is_told_with_both_sums() -> None:
    statement = read(TEXT.replace("ВсегоПоступило=27374.00", "ВсегоПоступило=27373.99"))
    assert problem(statement) == (12, "ВсегоПоступило")
    assert "27373.99" in statement.problems[0].text
    assert "27374.00" in statement.problems[0].text


def test_a_balance_that_does_not_agree_is_told() -> None:
    text = TEXT.replace("КонецРасчСчет", "КонечныйОстаток=1.00\r\nКонецРасчСчет")
    assert problem(read(text)) == (line_of(text, "КонечныйОстаток"), "КонечныйОстаток")


def test_money_that_went_out_is_not_counted_as_come_in() -> None:
    account = "03100643000000018500"
    text = TEXT.replace(f"ПолучательСчет={account}", "ПолучательСчет=40101", 1)
    text = text.replace("ПлательщикСчет=40817810690506640343", f"ПлательщикСчет={account}", 1)
    assert {p.field for p in read(text).problems} == {"ВсегоПоступило", "ВсегоСписано"}
    mended = text.replace("=27374.00", "=23374.00").replace(
        "ВсегоСписано=0.00", "ВсегоСписано=4000"
    )
    assert read(mended).problems == ()


def test_two_days_of_one_account_are_counted_together() -> None:
    start, end = TEXT.index("СекцияРасчСчет"), TEXT.index("СекцияДокумент")
    section = TEXT[start:end]
    two = section.replace("27374.00", "27000") + section.replace("27374.00", "374.00")
    statement = read(TEXT.replace(section, two))
    assert (statement.total_kopecks, statement.problems) == (2737400, ())


def test_a_document_without_its_end_is_read_and_named() -> None:
    text = TEXT.replace("КонецДокумента\r\n", "", 1)
    statement = read(text)
    assert len(statement.payments) == 4
    assert problem(statement) == (20, "КонецДокумента")


def test_a_document_without_its_first_line_is_read_and_named() -> None:
    at = TEXT.index("СекцияДокумент", TEXT.index("КонецДокумента"))
    text = TEXT[:at] + TEXT[TEXT.index("\n", at) + 1 :]
    statement = read(text)
    assert len(statement.payments) == 4
    assert statement.problems[0].field == "СекцияДокумент"


def test_two_documents_run_together_are_not_taken_for_one_payment() -> None:
    at = TEXT.index("КонецДокумента")
    text = TEXT[:at] + TEXT[TEXT.index("Номер=2") :]
    statement = read(text)
    assert [p.number for p in statement.payments] == ["3", "4"]
    assert (line_of(text, "Номер=2"), "Номер") in {(p.line, p.field) for p in statement.problems}


def test_a_file_cut_in_the_middle_of_a_sum_does_not_credit_the_piece() -> None:
    cut = TEXT[: TEXT.rindex("Сумма=") + len("Сумма=4")]
    statement = read(cut)
    assert len(statement.payments) == 3
    assert {p.field for p in statement.problems} == {
        "ВсегоПоступило", "КонецДокумента", "КонецФайла",
    }  # fmt: skip


def test_a_line_that_is_no_pair_is_passed_over_and_named() -> None:
    text = TEXT.replace("ВидОплаты=01", "мусор\r\nВидОплаты=01", 1)
    statement = read(text)
    assert problem(statement) == (line_of(text, "мусор"), "мусор")
    assert len(statement.payments) == 4


def test_zero_bytes_are_told_and_do_not_reach_the_texts() -> None:
    content = SAMPLE.read_bytes().replace("Турсунов".encode("cp1251"), b"\x00\x00\x00", 1)
    statement = client_bank_1c.read(content)
    assert problem(statement) == (25, "")
    assert all("\x00" not in value for p in statement.payments for value in p.more.values())


def test_other_files_are_not_taken_for_this_format() -> None:
    assert not client_bank_1c.recognise(b"")
    assert not client_bank_1c.recognise("дата;сумма\n1;2".encode("cp1251"))
    assert not client_bank_1c.recognise(b"%PDF-1.7")


def test_a_written_statement_opens_in_1c() -> None:
    lines = client_bank_1c.write(read(TEXT)).decode("cp1251").split("\r\n")
    assert lines[:3] == ["1CClientBankExchange", "ВерсияФормата=1.03", "Кодировка=Windows"]
    assert lines[-2:] == ["КонецФайла", ""]
    assert "Сумма=4000.00" in lines
    assert "Дата=04.05.2026" in lines


def test_letters_that_the_encoding_lacks_are_written_by_their_nearest() -> None:
    statement = read(TEXT)
    payment = replace(statement.payments[0], payer="Қодиров Ҷамшед Ғафурович")
    again = client_bank_1c.read(client_bank_1c.write(replace(statement, payments=(payment,))))
    assert again.payments[0].payer == "Кодиров Чамшед Гафурович"


_LETTERS = st.text(
    st.sampled_from("АБЯабвё«»№ ABCxyz0123456789/|;:.,-=\"'"), max_size=30
).map(lambda text: " ".join(text.split()))  # fmt: skip
_DIGITS = st.text("0123456789", max_size=20)
_DAYS = st.none() | st.dates(date(1995, 1, 1), date(2090, 12, 31))
_KEYS = st.sampled_from(["Очередность", "ПлательщикБанк1", "ВидОплаты", "НовоеПоле", "Плательщик3"])


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    count = draw(st.integers(0, 6))
    account = draw(st.text("0123456789", min_size=1, max_size=20))
    payments = tuple(draw(payment(account)) for _ in range(count))
    total = sum(p.kopecks for p in payments) if draw(st.booleans()) else None
    return Statement(
        format="1CClientBankExchange",
        version="1.03",
        encoding="cp1251",
        account=account,
        first_day=draw(_DAYS),
        last_day=draw(_DAYS),
        payments=payments,
        total_kopecks=total,
    )


def payment(account: str) -> st.SearchStrategy[StatementPayment]:
    return st.builds(
        StatementPayment,
        line=st.just(0), number=st.text("0123456789", min_size=1, max_size=6),
        on=st.dates(date(1995, 1, 1), date(2090, 12, 31)), received_on=_DAYS,
        kopecks=st.integers(1, 10**15), payer=_LETTERS, payer_inn=_DIGITS, payer_kpp=_DIGITS,
        payer_account=_DIGITS, payer_bik=_DIGITS, payee=_LETTERS, payee_inn=_DIGITS,
        payee_kpp=_DIGITS, payee_account=st.just(account), purpose=_LETTERS, kbk=_DIGITS,
        oktmo=_DIGITS, status=_DIGITS, uin=_DIGITS,
        more=st.dictionaries(_KEYS, _LETTERS).map(
            lambda more: {"СекцияДокумент": "Платежное поручение", **more}
        ),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(statements())
def test_what_is_written_is_read_back_the_same(statement: Statement) -> None:
    again = client_bank_1c.read(client_bank_1c.write(statement))
    assert again.problems == ()
    bare = tuple(replace(p, line=0) for p in again.payments)
    assert replace(again, payments=bare) == statement
