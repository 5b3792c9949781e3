"""Whose payment is it: the sample with its truth, and one situation after another."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from payment_parts import (
    ACCOUNT,
    DAY,
    codes,
    holder,
    matched,
    one,
    payment,
    sample,
    sample_holders,
    sample_truth,
    tables,
)

from arm.casework.payment_habits import Decision, Habits
from arm.casework.payment_index import HeldPatent, build_index, slips
from arm.casework.payment_matching import Matched, match_payments, order_key


def sample_matched() -> tuple[Matched, ...]:
    index = build_index(sample_holders())
    return match_payments(sample().payments, index, tables(), account=ACCOUNT)


# --- the sample


@pytest.fixture(scope="module")
def answers() -> tuple[Matched, ...]:
    return sample_matched()


@pytest.mark.parametrize("truth", sample_truth(), ids=lambda row: f"{row['line']}-{row['kind']}")
def test_every_line_of_the_sample_ends_as_its_truth_says(
    truth: dict[str, str], answers: tuple[Matched, ...]
) -> None:
    found = answers[int(truth["line"]) - 1]
    wanted = truth["person"] if int(truth["person"]) > 0 else ""
    assert (found.payment.number, found.verdict) == (truth["no"], truth["verdict"])
    assert found.person == wanted
    assert found.namesakes == (truth["person"] == "-1")
    if found.verdict != "look":
        assert str(found.months) == truth["months"]
    elif wanted:
        assert found.candidates[0].person == wanted
    assert found.reasons


def test_two_namesakes_of_the_sample_stand_first_and_nobody_is_chosen(
    answers: tuple[Matched, ...],
) -> None:
    found = answers[79]
    assert [c.person for c in found.candidates[:2]] == ["13", "14"]
    assert found.candidates[0].score == found.candidates[1].score


# --- beyond doubt


def test_equal_inn_and_name_with_a_whole_month_is_credited() -> None:
    found = one()
    assert (found.verdict, found.person, found.months) == ("credit", "1", 1)
    assert codes(found) >= {"inn=", "patent=", "name=", "father=", "sum="}
    assert found.patent == HeldPatent("59", "591127783514", date(2026, 1, 21))
    assert found.wrong_fields == ()


@pytest.mark.parametrize(
    "payer",
    [
        "КАРИМОВ Д.",
        "Д.Н. Каримов",
        "КАРИМОВ ДАЛЕР",
        "Далер Каримов",
        "KARIMOV DALER",
        "Karimov Daler Nazarovich",
        "КаримовДалерНазарович",
        "КАРИМОВДАЛЕР НАЗАРОВИЧ",
        "Kаpимов Дaлep",  # Latin letters among the Cyrillic ones
        "Карим0в Далер",
        "Керимов Далер",
        "Каримова Далера",
        "Каримов Далир",
    ],
)
def test_any_way_to_write_the_name_does_beside_an_equal_inn(payer: str) -> None:
    found = one(payer=payer, purpose="НДФЛ за патент")
    assert (found.verdict, found.person) == ("credit", "1")


def test_several_months_in_one_sum_are_counted_by_the_rate_of_the_day() -> None:
    assert one(kopecks=3 * 813_700).months == 3
    december = one(kopecks=3 * 710_000, on=date(2025, 12, 1), payee_kpp="770801001")
    assert (december.verdict, december.months) == ("credit", 3)


def test_a_third_party_pays_with_the_migrants_inn_and_patent_number() -> None:
    found = one(payer="Сидорова Анна", purpose="НДФЛ по патенту 59 №1127783514")
    assert (found.verdict, found.person) == ("credit", "1")


def test_an_employer_pays_with_the_migrants_inn_and_names_him() -> None:
    found = one(payer='ООО "Строй"', purpose="6644368404//590401001//Каримов Далер//НДФЛ патент")
    assert (found.verdict, found.person) == ("credit", "1")


def test_without_an_inn_the_patents_number_with_the_whole_name_is_as_strong() -> None:
    found = one(payer_inn="0")
    assert (found.verdict, found.person) == ("warn", "1")
    assert [field.field for field in found.wrong_fields] == ["payer_inn"]


def test_inn_in_the_purpose_with_the_whole_name_is_as_strong() -> None:
    found = one(payer_inn="", purpose="НДФЛ ИНН 749779007466 патент")
    assert (found.verdict, found.person) == ("warn", "1")


# --- warnings


def test_old_kpp_of_the_payee_is_a_warning_from_the_day_it_changed() -> None:
    found = one(payee_kpp="770801001")
    assert (found.verdict, found.person, found.months) == ("warn", "1", 1)
    (field,) = found.wrong_fields
    assert (field.field, field.stands, field.should_be) == ("kpp", "770801001", "770701001")
    before = one(payee_kpp="770801001", on=date(2025, 12, 4), kopecks=710_000)
    assert before.verdict == "credit"


def test_another_status_is_a_warning() -> None:
    found = one(status="02")
    assert found.verdict == "warn"
    assert [(f.field, f.should_be) for f in found.wrong_fields] == [("status", "13")]


def test_months_in_the_purpose_other_than_the_sum_pays_are_a_warning() -> None:
    found = one(purpose="НДФЛ за 3 мес. по патенту 59 1127783514")
    assert (found.verdict, found.months) == ("warn", 1)


def test_a_payment_before_the_patent_is_issued_is_credited_with_a_warning() -> None:
    found = one([holder(patents=())])
    assert (found.verdict, found.person, found.months) == ("warn", "1", 1)
    assert found.patent is None


# --- a person has to look


@pytest.mark.parametrize(
    "inn", ["749779007456", "747979007466", "74977900746", "7497790074666", "740779007466"]
)
def test_a_slip_in_the_inn_is_looked_at_with_the_true_person_first(inn: str) -> None:
    found = one([holder("2", surname="Каримов", inn="749779007900"), holder()], payer_inn=inn)
    assert (found.verdict, found.person, found.candidates[0].person) == ("look", "1", "1")
    assert ("payer_inn", "749779007466") in {(f.field, f.should_be) for f in found.wrong_fields}


def test_the_employers_own_inn_is_looked_at_and_clarified() -> None:
    found = one(
        payer='ООО "Строй-61"',
        payer_inn="6909988420",
        purpose="6909988420//590401001//Каримов Далер Назарович//НДФЛ по патенту",
    )
    assert (found.verdict, found.person) == ("look", "1")
    assert "employer✕" in codes(found)
    assert found.wrong_fields[0].should_be == "749779007466"


@pytest.mark.parametrize("kopecks", [400_000, 710_000, 813_600, 1_627_401, 13 * 813_700, 0])
def test_a_sum_of_no_whole_months_is_looked_at(kopecks: int) -> None:
    found = one(kopecks=kopecks)
    assert (found.verdict, found.person) == ("look", "1")
    assert "sum✕" in codes(found)


def test_a_latin_name_without_inn_is_looked_at_even_with_the_passport() -> None:
    found = one(payer="KARIMOV DALER", payer_inn="0", purpose="NDFL PATENT AB4853154 KARIMOV DALER")
    assert (found.verdict, found.person) == ("look", "1")
    assert "passport=" in codes(found)


def test_another_regions_oktmo_is_looked_at_and_clarified() -> None:
    found = one(oktmo="45382000")
    assert (found.verdict, found.person) == ("look", "1")
    assert [(f.field, f.stands, f.should_be) for f in found.wrong_fields] == [
        ("oktmo", "45382000", "57")
    ]


def test_a_patent_of_moscow_is_paid_under_oktmo_of_its_region_pair_since_they_are_one() -> None:
    moscow = [holder(patents=(HeldPatent("77", "771127783514", date(2026, 1, 21)),))]
    purpose = "НДФЛ по патенту 77 1127783514"
    paid = {"kopecks": 1_000_000, "oktmo": "46744000", "purpose": purpose}
    assert one(moscow, **paid).verdict == "credit"
    before = one(moscow, **paid | {"on": date(2025, 8, 1), "kopecks": 890_000})
    assert before.verdict == "look"


def test_another_treasury_account_is_looked_at() -> None:
    assert one(payee_account="03100643000000014800").verdict == "look"


def test_a_slip_in_the_kbk_is_looked_at_and_clarified() -> None:
    found = one(kbk="18210102040011000118")
    assert (found.verdict, found.person) == ("look", "1")
    assert [(f.field, f.should_be) for f in found.wrong_fields] == [("kbk", "18210102040011000110")]


def test_the_employers_kbk_with_a_patent_in_the_purpose_is_looked_at() -> None:
    assert one(kbk="18210102010011000110").verdict == "look"


def test_an_inn_of_one_person_under_the_name_of_another_is_looked_at() -> None:
    other = holder("2", surname="Назаров", given="Лазиз", patronymic="", surname_latin="",
                   given_latin="", inn="322962108883", documents=(), patents=())  # fmt: skip
    found = one([holder(), other], payer="Назаров Лазиз", purpose="НДФЛ за патент")
    assert found.verdict == "look"
    assert {c.person for c in found.candidates} == {"1", "2"}


def test_another_persons_patent_number_in_the_purpose_is_looked_at() -> None:
    other = holder("2", surname="Назаров", given="Лазиз", inn="322962108883", documents=(),
                   patents=(HeldPatent("59", "598044999245", None),))  # fmt: skip
    found = one([holder(), other], purpose="НДФЛ по патенту 59 8044999245")
    assert found.verdict == "look"
    assert "number✕" in codes(found)


def test_a_second_person_named_in_the_purpose_is_looked_at() -> None:
    other = holder("2", surname="Назаров", given="Лазиз", patronymic="", surname_latin="NAZAROV",
                   given_latin="LAZIZ", inn="322962108883", documents=(), patents=())  # fmt: skip
    found = one([holder(), other], kopecks=2 * 813_700, purpose="НДФЛ за себя и за Назарова Лазиза")
    assert (found.verdict, found.person) == ("look", "1")
    assert "several✕" in codes(found)


def test_another_patronymic_beside_an_equal_inn_is_looked_at() -> None:
    assert one(payer="Каримов Далер Саидович", purpose="НДФЛ").verdict == "look"


def test_a_brother_paying_under_his_own_name_is_looked_at() -> None:
    assert one(payer="Каримов Сухроб Назарович", purpose="НДФЛ за патент").verdict == "look"


def test_one_inn_held_by_two_cards_is_looked_at() -> None:
    found = one([holder(), holder("2", documents=(), patents=())])
    assert found.verdict == "look"


def test_a_day_before_the_known_requisites_is_looked_at() -> None:
    assert one(on=date(2020, 1, 1), kopecks=535_000).verdict == "look"


def test_a_payment_without_any_day_is_looked_at() -> None:
    assert one(on=None, received_on=None).verdict == "look"


# --- namesakes


NAMESAKES = [
    holder("13", surname="Назаров", given="Улугбек", patronymic="Назарович", inn="650598435202"),
    holder("14", surname="Назаров", given="Улугбек", patronymic="", inn="920430002600"),
]


def test_namesakes_are_never_settled_by_the_machine() -> None:
    found = one(NAMESAKES, payer="Назаров Улугбек", payer_inn="", purpose="НДФЛ за патент")
    assert (found.verdict, found.person, found.namesakes) == ("look", "", True)
    assert [c.person for c in found.candidates] == ["13", "14"]


def test_namesakes_stay_unsettled_where_a_payer_paid_for_one_of_them_before() -> None:
    paid = payment(payer="Назаров Улугбек", payer_inn="", purpose="НДФЛ за патент")
    habits = Habits([Decision(paid.payer_account, paid.payer, "14")] * 3)
    (found,) = matched(paid, people=NAMESAKES, habits=habits)
    assert (found.verdict, found.person) == ("look", "")
    assert found.candidates[0].person == "14"
    assert "раз: 3" in found.candidates[0].reasons[-1].text


def test_the_inn_tells_namesakes_apart() -> None:
    people = [holder("13", inn="650598435202", patents=()), holder("14")]
    found = one(people, purpose="НДФЛ")
    assert (found.verdict, found.person) == ("credit", "14")


# --- nobody, nothing, again


def test_a_stranger_is_unknown_and_the_months_are_of_the_region_paid_to() -> None:
    found = one(payer="Зокиров Сафарали", payer_inn="492979563648", purpose="НДФЛ аванс патент")
    assert (found.verdict, found.person, found.months) == ("unknown", "", 1)
    assert found.candidates == ()


@pytest.mark.parametrize(
    ("kbk", "purpose"),
    [
        ("18210604012021000110", "Транспортный налог за 2025 год"),
        ("18210102040012100110", "Пени по НДФЛ за патент"),
        ("18811690040046000140", "Штраф МВД"),
        ("18210504010021000110", "Налог в связи с применением патентной системы"),
        ("18210102010011000110", "НДФЛ 13 % с зарплаты за май"),
    ],
)
def test_another_tax_is_passed_over(kbk: str, purpose: str) -> None:
    found = one(kbk=kbk, purpose=purpose)
    assert (found.verdict, found.person, found.months) == ("ignore", "1", 0)


def test_money_going_out_is_passed_over() -> None:
    found = one(payer_account=ACCOUNT, payee_account="40817810690506640343")
    assert found.verdict == "ignore"


def test_a_repeated_order_is_a_duplicate_of_the_first() -> None:
    first, second = matched(payment(), payment(line=40))
    assert (first.verdict, second.verdict) == ("credit", "duplicate")
    assert (second.person, second.months, second.repeats) == ("1", 0, 1)


def test_a_repeat_with_a_cut_purpose_is_read_from_the_fuller_one() -> None:
    short = payment(purpose="НДФЛ", payer="", payer_inn="749779007466")
    first, second = matched(short, payment())
    assert (first.verdict, second.verdict) == ("duplicate", "credit")


def test_an_order_known_from_a_former_statement_is_a_duplicate() -> None:
    (found,) = matched(payment(), known={order_key(payment()): "1"})
    assert (found.verdict, found.person, found.repeats) == ("duplicate", "1", 0)


def test_two_orders_of_one_person_on_one_day_with_two_numbers_are_two_payments() -> None:
    assert [m.verdict for m in matched(payment(), payment(number="2"))] == ["credit", "credit"]


def test_one_number_on_a_shared_account_from_two_payers_is_looked_at_not_dropped() -> None:
    other = holder("2", surname="Назаров", given="Лазиз", patronymic="", surname_latin="",
                   given_latin="", inn="322962108883", documents=(), patents=())  # fmt: skip
    second = payment(payer="Назаров Лазиз", payer_inn="322962108883", purpose="НДФЛ")
    found = matched(payment(), second, people=[holder(), other])
    assert [m.verdict for m in found] == ["look", "look"]
    assert [m.person for m in found] == ["1", "2"]


def test_equal_orders_without_a_number_are_looked_at() -> None:
    found = matched(payment(number=""), payment(number=""))
    assert [m.verdict for m in found] == ["look", "look"]


# --- learned corrections


def test_a_payer_who_paid_for_somebody_before_is_a_suggestion_not_a_credit() -> None:
    paid = payment(payer="Сидорова Анна", payer_inn="500100732259", purpose="НДФЛ за патент")
    (before,) = matched(paid)
    assert before.verdict == "unknown"
    habits = Habits([Decision(paid.payer_account, "", "1")])
    (found,) = matched(paid, habits=habits)
    assert (found.verdict, found.person) == ("look", "1")
    assert "habit≈" in codes(found)


def test_accounts_that_many_people_pay_through_teach_nothing() -> None:
    paid = payment(
        payer="", payer_inn="", payer_account="30232810100000000001", purpose="НДФЛ за патент"
    )
    (found,) = matched(paid, habits=Habits([Decision(paid.payer_account, "", "1")]))
    assert found.verdict == "unknown"


# --- always


def test_a_slip_is_symmetric() -> None:
    assert all("749779007466" in slips(near) for near in set(slips("749779007466")))


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_people_and_payments_changes_nothing_but_the_order(
    chance: random.Random,
) -> None:
    people, payments = sample_holders(), list(sample().payments)
    straight = match_payments(payments, build_index(people), tables(), account=ACCOUNT)
    chance.shuffle(people)
    chance.shuffle(payments)
    shuffled = match_payments(payments, build_index(people), tables(), account=ACCOUNT)
    assert sorted(_told(m) for m in straight) == sorted(_told(m) for m in shuffled)


def _told(found: Matched) -> tuple[object, ...]:
    return (
        found.payment.number, found.payment.purpose, found.payment.payer, found.verdict,
        found.person, found.months, tuple(c.person for c in found.candidates),
        tuple(r.text for r in found.reasons if r.code != "repeat"),
    )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    inn=st.sampled_from(["749779007466", "749779007456", "", "0", "6909988420", "500100732259"]),
    payer=st.sampled_from(
        ["Каримов Далер Назарович", "KARIMOV DALER", "Каримов Д.", "Назаров Лазиз", "", "ООО «Я»"]
    ),
    purpose=st.sampled_from(
        [
            "НДФЛ",
            "патент 59 1127783514",
            "патент 59 8044999245",
            "ИНН 749779007466",
            "AB4853154",
            "за Назарова Лазиза",
            "//Каримов Далер Назарович//",
        ]
    ),
    kopecks=st.sampled_from([813_700, 1_627_400, 400_000]),
)
def test_nobody_is_credited_without_the_inn_or_a_number_as_strong(
    inn: str, payer: str, purpose: str, kopecks: int
) -> None:
    other = holder("2", surname="Назаров", given="Лазиз", patronymic="", surname_latin="NAZAROV",
                   given_latin="LAZIZ", inn="322962108883", documents=(),
                   patents=(HeldPatent("59", "598044999245", None),))  # fmt: skip
    paid = payment(payer_inn=inn, payer=payer, purpose=purpose, kopecks=kopecks)
    (found,) = matched(paid, people=[holder(), other])
    if found.credited:
        strong = {"1": ("749779007466", "1127783514"), "2": ("322962108883", "8044999245")}
        said = f"{inn} {purpose}"
        assert any(number in said for number in strong[found.person])
        assert found.payment.kopecks % 813_700 == 0


def test_progress_is_told_and_a_cancelled_run_stops() -> None:
    told: list[tuple[int, int]] = []
    many = [replace(payment(), number=str(n)) for n in range(600)]
    matched(*many, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, 600)
    assert told[-1] == (600, 600)
    assert len(told) > 2
    stopped = matched(*many, cancelled=lambda: True)
    assert stopped == []


def test_the_day_of_the_sample_is_the_day_of_its_rates() -> None:
    assert {found.on for found in sample().payments} == {DAY}
