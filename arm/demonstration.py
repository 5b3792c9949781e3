"""The demonstration: a centre on this machine, an office with accounts, invented people.

The same steps an administrator takes in earnest, so that what is shown is what works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date

import psycopg

from arm.casework.demonstration import people
from arm.central.admin import add_org, add_person, provision, status
from arm.central.bulk import copy_documents
from arm.central.embedded import EmbeddedCentral
from arm.central.errors import LoginTaken
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


def prepare_centre(
    central: EmbeddedCentral, persons: int, on: date, password: str, say: Say
) -> None:
    """Tables, two offices, accounts, and ``persons`` invented people in the first office.

    Goes on where a preparation was broken off: what is there stays as it is.
    """
    dsn = central.admin_dsn()
    provision(dsn)
    there = {one.name: one for one in status(dsn).organisations}
    scopes = [
        there[office.name].scope if office.name in there else add_org(dsn, **asdict(office))
        for office in (OFFICE, SECOND_OFFICE)
    ]
    for person, scope in (*((p, scopes[0]) for p in PEOPLE), (NEIGHBOUR, scopes[1])):
        with suppress(LoginTaken):
            add_person(
                dsn,
                login=person.login,
                full_name=person.full_name,
                role=person.role,
                org=scope,
                password=password,
            )
    if OFFICE.name in there and there[OFFICE.name].documents:
        return
    say(f"Выдумываем людей: {persons}")
    documents = people(
        persons, SEED, on, OFFICE.region, BULK_WORKSTATION, [p.login for p in PEOPLE]
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        copy_documents(connection, scopes[0], documents)


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
