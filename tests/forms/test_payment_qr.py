"""The payment barcode's text: written as the standard says, read even when others slipped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arm.model.payment_qr import LIMITS, NotPaymentCode, UnfitPayment, build, parse
from forms.kit.qr import LONGEST, modules

FIELDS = {
    "Name": "Казначейство России (ФНС России)",
    "PersonalAcc": "03100643000000018500",
    "BankName": "ОТДЕЛЕНИЕ ТУЛА БАНКА РОССИИ",
    "BIC": "017003983",
    "CorrespAcc": "40102810445370000059",
    "Sum": "3000000",
    "Purpose": "НДФЛ фикс. аванс. платеж по патенту, 3 мес.",
    "PayeeINN": "7727406020",
    "PayerINN": "123456789047",
    "DrawerStatus": "13",
    "KPP": "770701001",
    "CBC": "18210102040011000110",
    "OKTMO": "46744000",
    "PaytReason": "0",
    "TaxPeriod": "0",
    "DocNo": "0",
    "DocDate": "0",
    "LastName": "ТЕСТОВ",
    "FirstName": "ТЕСТ",
    "PayerIdType": "10",
    "TechCode": "03",
}

VECTOR = (
    "ST00012|Name=Казначейство России (ФНС России)|PersonalAcc=03100643000000018500|"
    "BankName=ОТДЕЛЕНИЕ ТУЛА БАНКА РОССИИ|BIC=017003983|CorrespAcc=40102810445370000059|"
    "Sum=3000000|Purpose=НДФЛ фикс. аванс. платеж по патенту, 3 мес.|PayeeINN=7727406020|"
    "PayerINN=123456789047|DrawerStatus=13|KPP=770701001|CBC=18210102040011000110|"
    "OKTMO=46744000|PaytReason=0|TaxPeriod=0|DocNo=0|DocDate=0|LastName=ТЕСТОВ|"
    "FirstName=ТЕСТ|PayerIdType=10|TechCode=03"
)


def test_known_vector_is_written_and_read() -> None:
    assert build(FIELDS) == VECTOR
    assert len(VECTOR) == 438
    assert len(VECTOR.encode()) == 530
    assert parse(VECTOR).fields == FIELDS
    assert parse(VECTOR.encode()).problems == ()


def test_required_requisites_come_first_whatever_the_order() -> None:
    assert build(dict(reversed(FIELDS.items()))).startswith("ST00012|Name=")


def test_separator_gives_way_to_a_value_that_holds_it() -> None:
    text = build(FIELDS | {"Purpose": "НДФЛ|патент"})
    assert text[7] == "~"
    assert parse(text).fields["Purpose"] == "НДФЛ|патент"


def test_older_encoding_reads_back() -> None:
    text = build(FIELDS, encoding="1")
    assert parse(text.encode("cp1251")).fields["LastName"] == "ТЕСТОВ"
    with pytest.raises(UnfitPayment, match="кодировке"):
        build(FIELDS | {"LastName": "Ҳоҷиев"}, encoding="1")


def test_cyrillic_key_and_slips_of_other_programs_are_put_right() -> None:
    code = parse(VECTOR.replace("CBC=", "СВС=").replace("|TechCode=03", "|Docldx=5|") + "")
    assert code.fields["CBC"] == "18210102040011000110"
    assert code.fields["DocIdx"] == "5"
    assert len(code.problems) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"BIC": ""}, "нет реквизита BIC"),
        ({"PersonalAcc": "0310064300000001850О"}, "только цифры"),
        ({"BankName": "Б" * 46}, "46 знаков, помещается 45"),
        ({"Colour": "red"}, "нет в стандарте"),
    ],
)
def test_unfit_requisite_is_named(change: dict[str, str], said: str) -> None:
    with pytest.raises(UnfitPayment) as caught:
        build(FIELDS | change)
    assert said in caught.value.title_text


@pytest.mark.parametrize(
    "text", ["", "ST", "https://example.org", "ST00022|Name=x", "ST00012|Name"]
)
def test_other_code_is_a_message_not_a_traceback(text: str) -> None:
    with pytest.raises(NotPaymentCode):
        parse(text)


def test_bytes_of_another_encoding_are_refused() -> None:
    with pytest.raises(NotPaymentCode):
        parse(VECTOR.encode("cp1251"))


@given(
    st.text(
        alphabet=st.characters(
            codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="~"
        ),
        min_size=1,
        max_size=LIMITS["Purpose"],
    )
)
def test_any_purpose_reads_back(purpose: str) -> None:
    text = build(FIELDS | {"Purpose": purpose})
    assert parse(text).fields["Purpose"] == purpose


def test_value_with_every_separator_is_refused() -> None:
    with pytest.raises(UnfitPayment, match="разделители"):
        build(FIELDS | {"Purpose": "|~^;#@"})


def test_code_is_square_and_too_much_text_is_refused() -> None:
    grid = modules(VECTOR)
    assert {len(row) for row in grid} == {len(grid)}
    with pytest.raises(ValueError, match="bytes"):
        modules("Я" * LONGEST)
