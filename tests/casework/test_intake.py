"""From a passport's zone to a case; people we know already are recognised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from arm.access.errors import NotPermitted
from arm.casework.case import open_case
from arm.casework.errors import WrongValues
from arm.casework.intake import (
    IntakeForm,
    check,
    continue_case,
    drafts,
    first_terms,
    from_mrz,
    known_about,
    routes_for,
    save_draft,
    similar,
    take_in,
)
from arm.casework.people import Filter, find, person_by_any_id, row_of
from arm.casework.similar import name_sign
from arm.casework.today import today
from arm.exchange.mrz import build_td3
from arm.law.rulebook import open_rulebook
from arm.model import Certificate, Consent, StayPermit, migrant_id
from arm.store.store import Store
from tests.casework.situations import as_actor, entry, passport, person_with

TODAY = date(2026, 5, 5)
BOOK = open_rulebook()
ZONE = "P<TJKJURAEV<<SUHROB<<<<<<<<<<<<<<<<<<<<<<<<<\n4027719059TJK9802045M3401181<<<<<<<<<<<<<<<0"

JURAEV = IntakeForm(
    surname="Джураев",
    given="Сухроб",
    patronymic="Эркинович",
    surname_latin="JURAEV",
    given_latin="SUHROB",
    birth_date=date(1998, 2, 4),
    sex="M",
    citizenship="TJK",
    document_number="402771905",
    valid_to=date(2034, 1, 18),
    entered_on=date(2026, 5, 3),
    purpose="work",
    card_series="4626",
    card_number="0048175",
    route="patent",
    phone="+7 900 000-12-40",
    languages=frozenset({"tg", "ru"}),
    consent=True,
)


def test_zone_of_a_passport_fills_the_form() -> None:
    form, zone = from_mrz(ZONE, TODAY)
    assert zone.problems == ()
    assert (form.surname_latin, form.given_latin) == ("JURAEV", "SUHROB")
    assert (form.surname, form.given) == ("Джураев", "Сухроб")
    assert (form.citizenship, form.document_number) == ("TJK", "402771905")
    assert (form.birth_date, form.valid_to) == (date(1998, 2, 4), date(2034, 1, 18))
    assert (form.sex, form.document_type) == ("M", "passport")


def test_letters_before_the_number_become_the_series() -> None:
    zone = build_td3(
        surname="Karimov",
        given="Ulugbek",
        number="FA4182907",
        nationality="UZB",
        birth_date=date(1991, 8, 12),
        sex="M",
        expiry_date=date(2031, 5, 23),
    )
    form, _ = from_mrz(zone, TODAY)
    assert (form.document_series, form.document_number) == ("FA", "4182907")


def test_taking_in_makes_everything_in_one_action(store: Store) -> None:
    draft_id = save_draft(store, JURAEV)
    taken = take_in(store, JURAEV, draft_id)
    view = open_case(store, taken.person_id)
    assert view.name == "Джураев Сухроб Эркинович"
    assert migrant_id.check(taken.migrant_id)
    assert view.identity_documents[0].number == "402771905"
    assert view.cards[0].number == "0048175"
    assert view.case is not None
    assert (view.case.route, view.case.responsible) == ("patent", "orlova")
    assert view.person.languages == frozenset({"tg", "ru"})
    assert {term.rule for term in view.terms} >= {"registration", "medical", "patent_application"}
    with store.read() as session:
        assert [one.person_id for one in session.query(Consent)] == [taken.person_id]
    assert drafts(store) == []
    assert person_by_any_id(store, taken.migrant_id.replace("-", " ")) == taken.person_id


def test_first_terms_before_the_case_exists() -> None:
    found = {term.rule: term.due_on for term in first_terms(JURAEV, BOOK)}
    assert found["registration"] == date(2026, 5, 18)
    assert found["patent_application"] == date(2026, 6, 1)
    assert first_terms(replace(JURAEV, route="consultation"), BOOK) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"surname": "", "surname_latin": ""}, "surname"),
        ({"birth_date": None}, "birth_date"),
        ({"birth_date": date(2026, 6, 1)}, "birth_date"),
        ({"citizenship": "ZZZ"}, "citizenship"),
        ({"document_number": ""}, "document_number"),
        ({"entered_on": date(2027, 1, 1)}, "entered_on"),
        ({"surname_latin": "ДЖУРАЕВ"}, "surname_latin"),
        ({"phone": "12"}, "phone"),
        ({"card_series": ""}, "card_series"),
        ({"issued_on": date(2035, 1, 1)}, "issued_on"),
        ({"inn": "123456789012"}, "inn"),
        ({"given": "Сухр0б"}, "given"),
    ],
)
def test_wrong_field_is_named_and_nothing_is_made(
    store: Store, change: dict[str, object], field: str
) -> None:
    form = replace(JURAEV, **change)  # type: ignore[arg-type]
    assert field in {one.field for one in check(form, TODAY)}
    with pytest.raises(WrongValues):
        take_in(store, form)
    assert find(store, Filter()).total == 0


def test_complete_form_has_no_problems() -> None:
    assert check(JURAEV, TODAY) == []


def test_draft_waits_on_the_page_today_with_its_progress(store: Store) -> None:
    draft_id = save_draft(store, replace(JURAEV, phone="", consent=False, route=""))
    shown = today(store).drafts
    assert [(one.id, one.title) for one in shown] == [(draft_id, "Джураев С.")]
    assert 60 <= shown[0].done_share < 100
    (draft, form), *rest = drafts(store)
    assert rest == []
    assert form == replace(JURAEV, phone="", consent=False, route="")
    assert save_draft(store, form, draft.id) == draft_id


def test_person_of_the_mockup_is_recognised_in_another_spelling(store: Store) -> None:
    known = person_with(
        store,
        passport("401882193", None, valid_to=date(2026, 3, 20)),
        surname="Жураев",
        given="Сухроб",
        citizenship="TJK",
        birth_date=date(1998, 2, 4),
    )
    person_with(store, surname="Джураев", given="Далер", birth_date=date(1990, 1, 1))
    found = similar(store, JURAEV)
    assert [one.person_id for one in found] == [known]
    assert found[0].score == 91
    assert [(line[0], line[3]) for line in found[0].lines] == [
        ("Фамилия", "≈"),
        ("Имя", "="),
        ("Рождение", "="),
        ("Страна", "="),
        ("Документ", "✕"),
        ("Действует до", "✕"),
    ]


def test_same_passport_is_the_same_person_whatever_the_name(store: Store) -> None:
    known = person_with(
        store, passport("402771905", None), surname="Журабеков", citizenship="TJK",
    )  # fmt: skip
    found = similar(store, JURAEV)
    assert [(one.person_id, one.score) for one in found] == [(known, 99)]


def test_same_inn_is_the_same_person(store: Store) -> None:
    known = person_with(store, surname="Другой", given="Человек", inn="440580974723")
    found = similar(store, replace(JURAEV, inn="440580974723"))
    assert found[0].person_id == known


def test_namesake_born_another_day_is_not_shown(store: Store) -> None:
    person_with(
        store, surname="Джураев", given="Сухроб", citizenship="TJK", birth_date=date(1971, 11, 30)
    )
    assert similar(store, JURAEV) == []


def test_one_wrong_digit_in_the_birth_date_is_still_shown(store: Store) -> None:
    person_with(
        store, surname="Джураев", given="Сухроб", citizenship="TJK", birth_date=date(1998, 2, 5)
    )
    found = similar(store, JURAEV)
    assert found[0].lines[2][3] == "≈"


@pytest.mark.parametrize(
    ("now", "now_latin", "known", "known_latin", "sign"),
    [
        ("Юлдашев", "", "Юлдашев", "YULDASHEV", "="),
        ("", "YOʻLDOSHEV", "Юлдашев", "", "≈"),
        ("Каримов", "", "Керимов", "", "≈"),
        ("Каримов", "", "Назаров", "", "✕"),
        ("", "", "Назаров", "", ""),
    ],
)
def test_names_are_compared_across_scripts(
    now: str, now_latin: str, known: str, known_latin: str, sign: str
) -> None:
    assert name_sign(now, now_latin, known, known_latin) == sign


def test_known_person_is_continued_not_doubled(store: Store) -> None:
    known = person_with(
        store,
        passport("401882193", None),
        entry(date(2025, 1, 10), left_on=date(2026, 2, 10)),
        StayPermit(permit_type="patent", issued_on=date(2025, 2, 13), valid_to=date(2026, 2, 12)),
        Certificate(certificate_type="exam", valid_to=date(2028, 11, 20)),
        Certificate(certificate_type="fingerprints", issued_on=date(2025, 11, 18)),
        surname="Жураев",
        given="Сухроб",
        citizenship="TJK",
        route=None,
    )
    facts = {one.title: one.value for one in known_about(store, known)}
    assert facts == {
        "Патент 2025 года": "до 12.02.2026",
        "Экзамен": "до 20.11.2028",
        "Отпечатки сданы": "18.11.2025",
        "Выезд из России": "10.02.2026",
    }
    taken = continue_case(store, known, JURAEV)
    assert taken.person_id == known
    assert find(store, Filter()).total == 1
    view = open_case(store, known)
    assert view.person.surname == "Жураев"
    assert view.person.surname_latin == "JURAEV"
    assert len(view.identity_documents) == 2
    assert view.facts.card is not None
    assert view.facts.card.entered_on == date(2026, 5, 3)
    row = row_of(store, known)
    assert row is not None
    assert row.route == "patent"


def test_routes_follow_citizenship_and_purpose() -> None:
    found = {one.code: one for one in routes_for(JURAEV, TODAY, BOOK)}
    assert found["patent"].recommended
    assert not found["eaeu_work"].available
    assert found["eaeu_work"].reason
    kyrgyz = {one.code: one for one in routes_for(replace(JURAEV, citizenship="KGZ"), TODAY, BOOK)}
    assert kyrgyz["eaeu_work"].recommended
    assert not kyrgyz["patent"].available


def test_role_without_the_right_takes_nobody_in(store: Store) -> None:
    keeper = as_actor(store, "admin", "Администратор", "admin")
    with pytest.raises(NotPermitted):
        take_in(keeper, JURAEV)
    assert find(store, Filter()).total == 0
