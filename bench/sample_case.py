"""A case with all its papers, filled alike on every run: what forms are drawn from in
measurements and tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from arm.model import (
    CaseFacts,
    CaseFile,
    Certificate,
    Consent,
    Deadline,
    HostParty,
    IdentityDocument,
    MigrationCard,
    Office,
    Person,
    Registration,
    RouteStep,
    StayPermit,
)

ADDRESS = "Самарская обл, г Самара, ул Ново-Садовая, д 106, корп 2, кв 48"

OFFICE = Office(
    name="АНО «Региональный центр поддержки мигрантов»",
    short_name="ММЦ «Самара»",
    region="63",
    region_name="Самарская область",
    address="443001, г. Самара, ул. Садовая, д. 1",
    inn="7707083893",
    phone="+7 846 200-00-00",
    oktmo="36701000",
)


def _person() -> Person:
    return Person(
        id="p1",
        scope=1,
        migrant_id="63-0001-0000017",
        surname="Юлдашев",
        given="Улугбек",
        patronymic="Шавкатович",
        surname_latin="YOʻLDOSHEV",
        given_latin="ULUGʻBEK",
        patronymic_latin="SHAVKAT OʻGʻLI",
        birth_date=date(1991, 8, 12),
        sex="M",
        citizenship="UZB",
        birth_country="UZB",
        birth_place="г. Фергана",
        phone="+7 927 600-01-02",
        email="u.yuldashev@example.org",
        inn="123456789047",
        snils="11223344595",
        employer="ООО «Стройлиния»",
        profession="подсобный рабочий",
        languages=frozenset({"uz", "ru"}),
    )


def _host() -> HostParty:
    return HostParty(
        id="h1",
        scope=1,
        host_kind="person",
        surname="Соколова",
        given="Анна",
        patronymic="Петровна",
        document_type="passport",
        document_series="3610",
        document_number="123456",
        document_issued_on=date(2010, 3, 5),
        address=ADDRESS,
        phone="8 (846) 200-10-20",
    )


def _registration() -> Registration:
    return Registration(
        id="r1",
        scope=1,
        person_id="p1",
        host_id="h1",
        address=ADDRESS,
        place_kind="dwelling",
        right_of_use="Договор найма от 01.09.2026 № 12",
        previous_address="Оренбургская обл, г Оренбург, ул Терешковой, д 10, кв 5",
        arrived_on=date(2026, 9, 2),
        registered_on=date(2026, 9, 4),
        valid_to=date(2026, 11, 29),
    )


def _document() -> IdentityDocument:
    return IdentityDocument(
        id="d1",
        scope=1,
        person_id="p1",
        document_type="passport",
        country="UZB",
        series="FA",
        number="4182907",
        issued_on=date(2021, 5, 24),
        valid_to=date(2031, 5, 23),
        issued_by="МВД 30101",
    )


def _card() -> MigrationCard:
    return MigrationCard(
        id="c1",
        scope=1,
        person_id="p1",
        series="4625",
        number="1234567",
        entered_on=date(2026, 9, 1),
        purpose="work",
        stay_until=date(2026, 11, 29),
    )


def _patent() -> StayPermit:
    return StayPermit(
        id="s1",
        scope=1,
        person_id="p1",
        permit_type="patent",
        series="63",
        number="2600184417",
        issued_on=date(2026, 10, 1),
        paid_through=date(2026, 11, 30),
        region="63",
        issued_by="ГУ МВД России по Самарской области",
    )


def _medical() -> Certificate:
    return Certificate(
        id="e1",
        scope=1,
        person_id="p1",
        certificate_type="medical",
        number="М-1182",
        issued_on=date(2026, 9, 10),
        valid_to=date(2027, 9, 9),
    )


def full_case(**changes: Any) -> CaseFacts:
    """A patent holder in Samara with everything known, on 22 November 2026."""
    document, card, patent, medical = _document(), _card(), _patent(), _medical()
    registration = _registration()
    facts = CaseFacts(
        on=date(2026, 11, 22),
        office=OFFICE,
        filled_by="Орлова Мария Сергеевна",
        person=_person(),
        case=CaseFile(id="k1", scope=1, person_id="p1", route="patent", opened_on=date(2026, 9, 2)),
        document=document,
        card=card,
        permit=patent,
        registration=registration,
        host=_host(),
        documents=(document,),
        cards=(card,),
        permits=(patent,),
        registrations=(registration,),
        certificates=(medical,),
        steps=(
            RouteStep(
                id="t1",
                scope=1,
                person_id="p1",
                case_id="k1",
                step="registration",
                state="done",
                done_on=date(2026, 9, 4),
            ),
        ),
        deadlines=(
            Deadline(
                id="l1",
                scope=1,
                person_id="p1",
                rule="manual",
                due_on=date(2026, 12, 1),
                title_text="Принести перевод свидетельства о браке",
                state="open",
            ),
        ),
        consents=(Consent(id="o1", scope=1, person_id="p1", given_on=date(2026, 9, 2)),),
    )
    return replace(facts, **changes)
