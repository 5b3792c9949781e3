"""The journal speaks of people and papers, never of ids and codes."""

from __future__ import annotations

from arm.casework import case
from arm.casework.history import history, recent
from arm.casework.printing import remember
from arm.casework.titles import changed
from arm.model import HostParty, Person, Registration
from arm.store.store import Store


def test_a_host_is_named_wherever_a_change_points_at_it(store: Store) -> None:
    with store.write("Заведён человек") as session:
        person = Person(surname="Каримов", given="Улугбек")
        session.add(person)
        session.flush()
        registration = Registration(person_id=person.id, address="ул. Садовая, 7")
        host = HostParty(surname="Ковалёва", given="Анна")
        session.add_all([registration, host])
    case.set_field(store, "registration", registration.id, "host_id", host.id)
    pointed = next(line for line in history(store, person.id) if line.field == "host_id")
    assert pointed.new == "Ковалёва Анна"
    about_host = next(line for line in recent(store) if line.kind == "host_party")
    assert about_host.person_name == "Ковалёва Анна"
    assert host.id not in str(recent(store)[0])


def test_a_printed_form_is_called_by_its_title(store: Store) -> None:
    with store.write("Заведён человек") as session:
        person = Person(surname="Каримов", given="Улугбек")
        session.add(person)
    remember(store, person.id, "arrival_notice", "856-628", {"surname": "КАРИМОВ"})
    line = next(one for one in recent(store) if one.kind == "issued_form")
    assert line.new == "Уведомление о прибытии"


def test_the_participle_agrees_with_its_noun() -> None:
    said = {
        "Изменён телефон": ("person", "phone"),
        "Изменена цель въезда": ("migration_card", "purpose"),
        "Изменена фамилия": ("person", "surname"),
        "Изменено гражданство": ("person", "citizenship"),
    }
    assert {changed(kind, [field]) for kind, field in said.values()} == set(said)
