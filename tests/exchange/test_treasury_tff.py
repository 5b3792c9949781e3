"""Files of the Federal Treasury: known and unknown versions, damage, totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arm.exchange import treasury_tff
from arm.exchange.statement import Statement
from arm.exchange.treasury_tff import Profile, TreasuryVersionUnknown

CONTENT = (Path(__file__).parent / "corpus" / "treasury.BD0").read_bytes()
TEXT = CONTENT.decode("cp1251")
(PROFILE,) = treasury_tff.shipped_profiles()


def read(text: str, profile: Profile = PROFILE) -> Statement:
    return treasury_tff.read(text.encode("cp1251"), profile)


def test_payments_are_read_by_a_confirmed_profile() -> None:
    statement = treasury_tff.read(CONTENT, PROFILE)
    first, second = statement.payments
    assert (statement.version, statement.encoding) == ("TXBD190101", "cp1251")
    assert (statement.account, statement.total_kopecks) == ("03100643000000018500", 2441100)
    assert statement.first_day == statement.last_day == date(2026, 5, 4)
    assert (first.line, first.number, first.kopecks) == (5, "101", 813700)
    assert (first.on, first.received_on) == (date(2026, 4, 30), date(2026, 5, 4))
    assert (first.payer, first.payer_inn, first.status) == (
        "Турсунов Улугбек",
        "204373256833",
        "13",
    )
    assert (first.kbk, first.oktmo, first.uin) == ("18210102040011000110", "57701000", "0")
    assert first.more["GUID"] == "guid-1"
    assert second.purpose == "НДФЛ аванс патент"
    assert statement.problems == ()


def test_a_code_that_stands_only_in_the_part_is_the_payments() -> None:
    second = read(TEXT).payments[1]
    assert second.kbk == "18210102040011000110"
    assert second.more["BDPDST1.SUM"] == "16274.00"


def test_an_unknown_version_is_shown_to_a_person_and_not_guessed() -> None:
    with pytest.raises(TreasuryVersionUnknown) as raised:
        treasury_tff.read(CONTENT)
    preview = raised.value.preview
    assert preview.version == "TXBD190101"
    assert preview.records["BDPD"][0][12] == "Турсунов Улугбек"
    assert preview.fitting == (PROFILE,)
    assert "TXBD190101" in str(raised.value)
    assert "Турсунов" not in repr(raised.value.params)


def test_a_version_once_confirmed_is_read_by_itself() -> None:
    confirmed = Profile.from_json(PROFILE.confirmed_for("TXBD190101").to_json())
    statement = treasury_tff.read(CONTENT, remembered=(confirmed,))
    assert len(statement.payments) == 2


def test_another_order_of_columns_is_another_profile() -> None:
    columns = {"VTOPER": ("NUM_PP", "DATE_PP", "SUM_PP", "INN_PAY", "CNAME_PAY", "PURPOSE")}
    profile = Profile("ВТ", (), "VTOPER", "VTNOPER", columns)
    text = "FK|TXVT260101|\nVT|1|\nVTOPER|7|04.05.2026|8137.00|204373256833|Турсунов|НДФЛ|\n"
    (payment,) = read(text, profile).payments
    assert (payment.number, payment.kopecks, payment.payer) == ("7", 813700, "Турсунов")


def test_a_version_that_only_newer_programs_know_fits_no_profile() -> None:
    newer = TEXT.replace("BDPDST", "BDPLST").replace("BDPD", "BDPL")
    with pytest.raises(TreasuryVersionUnknown) as raised:
        treasury_tff.read(newer.encode("cp1251"))
    assert raised.value.preview.fitting == ()
    assert set(raised.value.preview.records) == {"FK", "FROM", "TO", "BD", "BDPL", "BDPLST"}


def test_a_record_with_a_field_too_few_is_left_out_and_named() -> None:
    statement = read(TEXT.replace("|Турсунов Улугбек", "", 1))
    assert [p.number for p in statement.payments] == ["102"]
    assert [(p.line, p.field) for p in statement.problems] == [(4, "SUM_TOTAL"), (5, "BDPD")]


def test_a_record_cut_at_its_end_is_left_out_and_named() -> None:
    statement = read(TEXT[: TEXT.rindex("BDPDST") - len("||||\r\n")])
    assert [p.number for p in statement.payments] == ["101"]
    assert (7, "BDPD") in {(p.line, p.field) for p in statement.problems}


@pytest.mark.parametrize(("written", "field"), [("восемь", "SUM_PP"), ("-1.00", "SUM_PP")])
def test_a_payment_whose_sum_is_unknown_is_left_out(written: str, field: str) -> None:
    statement = read(TEXT.replace("|8137.00|0|", f"|{written}|0|", 1))
    assert [p.number for p in statement.payments] == ["102"]
    assert (5, field) in {(p.line, p.field) for p in statement.problems}


def test_a_day_that_does_not_exist_is_named_and_the_payment_stays() -> None:
    statement = read(TEXT.replace("|30.04.2026|8137", "|31.04.2026|8137", 1))
    assert statement.payments[0].on is None
    assert [(p.line, p.field) for p in statement.problems] == [(5, "DATE_PP")]


def test_a_split_that_does_not_make_up_the_payment_is_told() -> None:
    statement = read(TEXT.replace("57701000|8137.00|", "57701000|8100.00|"))
    assert [(p.line, p.field) for p in statement.problems] == [(5, "SUM")]
    assert statement.payments[0].kopecks == 813700


def test_a_count_that_does_not_agree_is_told() -> None:
    statement = read(TEXT.replace("||2|24411.00|", "||3|24411.00|"))
    assert [(p.line, p.field) for p in statement.problems] == [(4, "KOL")]


def test_a_part_without_its_payment_is_named() -> None:
    lines = TEXT.split("\r\n")
    del lines[4]
    statement = read("\n".join(lines))
    assert (5, "BDPDST") in {(p.line, p.field) for p in statement.problems}
    assert len(statement.payments) == 1


def test_a_profile_that_lacks_columns_crashes_nothing() -> None:
    statement = read(TEXT, replace(PROFILE, columns={}))
    assert statement.payments == ()
    assert statement.problems
