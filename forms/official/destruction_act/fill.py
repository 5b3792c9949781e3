"""Facts of a case as they were, and what was done to them → the act of destruction.

The form of the act is free; what must stand in it is not (order of Roskomnadzor of 28.10.2022
№ 179, п. 3 and 5). ``extra`` comes from ``arm.casework.erasure``; its ``log`` holds one event a
line: time, scope, entry, records, events of theirs, hash, separated by tabs.
"""

from __future__ import annotations

from collections.abc import Mapping

from arm.law.tables import LawTables
from arm.model import CaseFacts
from forms.kit.sources import full_name, joined
from forms.kit.spec import Edition

EVENTS = 4
_COLUMNS = ("at", "scope", "seq", "records", "entries", "hash")
_NOTE = (
    "Выгрузка сделана из ленты изменений системы. Каждая запись ленты содержит отпечаток"
    " предыдущей (SHA-256): запись об уничтожении нельзя изменить или убрать незаметно."
    " «Записей» — сколько документов системы опустошено, «событий» — у скольких прежних записей"
    " ленты стёрто содержание."
)


def fill(
    facts: CaseFacts, extra: Mapping[str, str], edition: Edition, tables: LawTables
) -> dict[str, str]:
    """Everything on both pages; a processor or carriers that were not named become a dash."""
    del edition, tables
    person, office = facts.person, facts.office
    name = full_name(person.surname, person.given, person.patronymic) or full_name(
        person.surname_latin, person.given_latin
    )
    boxes = {
        "operator_name": joined(office.name, f"ИНН {office.inn}" if office.inn else ""),
        "processor": "—",
        "subject": name,
        "subject_sign": joined(
            f"Мигрант ID {person.migrant_id}" if person.migrant_id else "", f"запись {person.id}"
        ),
        "carriers": "—",
        "note": _NOTE,
    }
    for number, line in enumerate(extra.get("log", "").splitlines()[:EVENTS], 1):
        for column, text in zip(_COLUMNS, line.split("\t"), strict=True):
            boxes[f"event{number}_{column}"] = text
    return boxes
