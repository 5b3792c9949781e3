"""The demonstration: a centre on this machine, an office with accounts, invented people.

The same steps an administrator takes in earnest, so that what is shown is what works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from itertools import chain, islice
from typing import Any

import psycopg

from arm.casework import demonstration_partners as partners
from arm.casework.demonstration import Made, people
from arm.central.admin import add_org, add_person, provision, status
from arm.central.bulk import copy_documents
from arm.central.embedded import EmbeddedCentral
from arm.central.errors import LoginTaken
from arm.central.sharing import SharedField, SharingRule, add_rule, rules
from arm.joining import join, join_too
from arm.model import Office
from arm.places import Home
from arm.profile import Account, Centre, read_profile
from arm.store.database import InstanceLock

SEED = 2026
"""The same people at every demonstration."""

BULK_WORKSTATION = 9
"""Number of the invented workstation that gave the demonstration people their Migrant IDs. The
centre numbers real ones from 1: a demonstration does not come to nine."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Person:
    """An account of the demonstration office."""

    login: str
    full_name: str
    role: str


PEOPLE = (
    Person("orlova", "Орлова Мария Сергеевна", "center_specialist"),
    Person("lapin", "Лапин Денис Андреевич", "center_specialist"),
    Person("tikhonova", "Тихонова Елена Викторовна", "center_supervisor"),
)
NEIGHBOUR = Person("sokolov", "Соколов Пётр Ильич", "center_specialist")
"""Works in the second organisation and sees nothing of the first."""

OFFICE = Office(
    name="Миграционный центр «Северный»",
    short_name="ММЦ «Северный»",
    region="40",
    region_name="Приокская область",
    address="Приокская область, г. Приокск, ул. Заводская, д. 4",
    inn="4000118827",
    phone="+7 900 000-00-04",
    oktmo="29701000",
)
SECOND_OFFICE = Office(
    name="Миграционный центр «Южный»",
    short_name="ММЦ «Южный»",
    region="40",
    region_name="Приокская область",
)


TAX_OFFICE = Office(
    name="ИФНС России № 7 по Приокской области",
    short_name="ИФНС № 7",
    region="40",
    region_name="Приокская область",
)
UNIVERSITY_OFFICE = Office(
    name="Приокский государственный университет",
    short_name="ПГУ",
    region="40",
    region_name="Приокская область",
)
EMPLOYER_OFFICE = Office(
    name="ООО «Волжский бетон»",
    short_name="Волжский бетон",
    region="40",
    region_name="Приокская область",
)
PARTNERS = {
    partners.TAX: (
        TAX_OFFICE,
        Person("gromova", "Громова Ирина Павловна", "tax_inspector"),
    ),
    partners.UNIVERSITY: (
        UNIVERSITY_OFFICE,
        Person("zaitsev", "Зайцев Антон Юрьевич", "university_specialist"),
    ),
    partners.EMPLOYER: (
        EMPLOYER_OFFICE,
        Person("belova", "Белова Ольга Николаевна", "employer_hr"),
    ),
}
"""Other organisations that know some of the same people."""

_AGREEMENT = "Соглашение об обмене сведениями от 12.01.2026 № 4-О"
RULES = (
    SharingRule(
        "Патент", "center", "stay_permit",
        (SharedField("paid_through", "Патент оплачен по"),
         SharedField("valid_to", "Патент действует до")),
        "employer", f"ТК РФ, ст. 327.3; {_AGREEMENT}", "medium",
        only_where=(("permit_type", "patent"),), newest_by="issued_on",
    ),
    SharingRule(
        "Патент", "center", "stay_permit",
        (SharedField("paid_through", "Патент оплачен по"), SharedField("region", "Регион")),
        "tax", f"НК РФ, ст. 227.1; {_AGREEMENT}", "medium",
        only_where=(("permit_type", "patent"),), newest_by="issued_on",
    ),
    SharingRule(
        "Учёт по месту пребывания", "center", "registration",
        (SharedField("valid_to", "На учёте до"),),
        "university", f"109-ФЗ, ст. 22; {_AGREEMENT}", "medium", newest_by="registered_on",
    ),
    SharingRule(
        "Платежи по патенту", "tax", "tax_credit",
        (SharedField("credited_on", "Последний платёж зачтён"),),
        "center", f"НК РФ, ст. 102; {_AGREEMENT}", "low", newest_by="credited_on",
    ),
    SharingRule(
        "Обучение", "university", "enrolment", (SharedField("study_until", "Учится до"),),
        "center", f"115-ФЗ, ст. 17; {_AGREEMENT}", "medium", newest_by="study_until",
    ),
    SharingRule(
        "Работа", "employer", "employment", (SharedField("works_since", "Работает с"),),
        "center", f"115-ФЗ, ст. 13; {_AGREEMENT}", "medium", newest_by="works_since",
    ),
)  # fmt: skip
"""Invented agreements: which grounds hold is for a lawyer to say."""

FIRST_RECORDS = 4_000
"""Among these records are the people whom other organisations know too."""


def prepare_centre(
    central: EmbeddedCentral, persons: int, on: date, password: str, say: Say
) -> None:
    """Tables, two offices, accounts, and ``persons`` invented people in the first office.

    Goes on where a preparation was broken off: what is there stays as it is.
    """
    dsn = central.admin_dsn()
    provision(dsn)
    there = {one.name: one for one in status(dsn).organisations}
    kinds = {office.name: role for role, (office, _) in PARTNERS.items()}
    offices = (OFFICE, SECOND_OFFICE, *(office for office, _ in PARTNERS.values()))
    scopes = {
        office.name: there[office.name].scope
        if office.name in there
        else add_org(dsn, **asdict(office), role=kinds.get(office.name, "center"))
        for office in offices
    }
    staff = [
        *((person, OFFICE) for person in PEOPLE),
        (NEIGHBOUR, SECOND_OFFICE),
        *((person, office) for office, person in PARTNERS.values()),
    ]
    for person, office in staff:
        with suppress(LoginTaken):
            add_person(
                dsn,
                login=person.login,
                full_name=person.full_name,
                role=person.role,
                org=scopes[office.name],
                password=password,
            )
    if OFFICE.name in there and there[OFFICE.name].documents:
        return
    if not rules(dsn):
        for rule in RULES:
            add_rule(dsn, rule)
    say(f"Выдумываем людей: {persons}")
    documents = people(
        persons, SEED, on, OFFICE.region, BULK_WORKSTATION, [p.login for p in PEOPLE]
    )
    first = list(islice(documents, FIRST_RECORDS))
    with psycopg.connect(dsn) as connection:  # all of it or nothing
        _load(connection, scopes, first, documents, on)


def _load(
    connection: psycopg.Connection[Any],
    scopes: Mapping[str, int],
    first: Sequence[Made],
    others: Iterable[Made],
    on: date,
) -> None:
    """Everybody at the centre, and what the partners know of some of the first."""
    numbers: dict[str, int] = dict(
        connection.execute("SELECT name, org FROM arm.organisation").fetchall()
    )
    names = {"center": OFFICE.name} | {role: one.name for role, (one, _) in PARTNERS.items()}
    sides = partners.Sides(
        numbers={role: numbers[name] for role, name in names.items()},
        names=names,
        region=OFFICE.region,
    )
    asked = partners.requests(first, sides, on, PEOPLE[0].full_name)
    mine = asked.documents.get("center", [])
    copy_documents(connection, scopes[OFFICE.name], chain(first, others, mine))
    for role, (office, _) in PARTNERS.items():
        made = partners.cards(first, role, sides, on) + asked.documents.get(role, [])
        copy_documents(connection, scopes[office.name], made)
    for asker, asker_doc, one, doc in asked.pairs:
        connection.execute(
            "INSERT INTO share.request VALUES (%s, %s, %s, %s)",
            (scopes[names[asker]], asker_doc, scopes[names[one]], doc),
        )


def start(home: Home, persons: int, on: date, password: str, say: Say) -> Sequence[Account]:
    """The whole demonstration in one home, up to an empty workstation; the first load follows at
    the first exchange. May be repeated after it was broken off. Raises SecondInstance while
    another process is at it."""
    home.root.mkdir(parents=True, exist_ok=True)
    with InstanceLock(home.root / "preparing.lock"):
        central = EmbeddedCentral(home.central).start()
        prepare_centre(central, persons, on, password, say)
        centre = Centre(central.host, central.port, central.database, embedded=True)
        first, *others = PEOPLE
        if not home.profile.exists():
            join(home, centre, first.login, password, demonstration=True)
        for person in others:
            if read_profile(home.profile).account(person.login) is None:
                join_too(home, person.login, password, first.login, password)
    return read_profile(home.profile).accounts
