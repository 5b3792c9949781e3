"""People in situations, for the tests of casework."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from arm.model import CaseFile, IdentityDocument, MigrationCard, Person, new_id
from arm.store.store import Store


def as_actor(store: Store, login: str, full_name: str, role: str = "center_specialist") -> Store:
    """The same records with another person signed in."""
    return Store(
        store.engine,
        store.clock,
        replace(store.actor, login=login, full_name=full_name, role=role),
        store.files,
        store.derive,
    )


def person_with(
    store: Store,
    *records: Any,
    surname: str = "Каримов",
    given: str = "Улугбек",
    citizenship: str = "UZB",
    route: str | None = "patent",
    responsible: str | None = "orlova",
    **values: Any,
) -> str:
    """A person with a case and any further records (their ``person_id`` is filled in here)."""
    person = Person(id=new_id(), surname=surname, given=given, citizenship=citizenship, **values)
    with store.write("Заведено дело") as session:
        session.add(person)
        session.add(
            CaseFile(
                person_id=person.id,
                route=route,
                opened_on=store.clock.today(),
                responsible=responsible,
            )
        )
        for record in records:
            record.person_id = person.id
            session.add(record)
    return person.id


def passport(number: str = "4182907", series: str | None = "FA", **values: Any) -> IdentityDocument:
    """A passport."""
    return IdentityDocument(document_type="passport", series=series, number=number, **values)


def entry(on: date, purpose: str = "work", **values: Any) -> MigrationCard:
    """An entry to Russia."""
    return MigrationCard(entered_on=on, purpose=purpose, **values)
