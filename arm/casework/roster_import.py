"""People from a list that somebody sent: good lines become cases, each faulty one is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework.intake_form import split_number
from arm.casework.labels import full_name, joined_number
from arm.casework.reference import regions
from arm.casework.validation import pair_problems, parse_fields
from arm.exchange.roster import LineProblem, Roster, RosterRow
from arm.model import (
    CaseFile,
    IdentityDocument,
    MigrationCard,
    Person,
    Record,
    StayPermit,
    new_id,
)
from arm.model.names import fold
from arm.store.database import raw_of
from arm.store.search_index import number_key
from arm.store.store import Store

PAGE = 500
"""Lines a transaction: an interrupted import keeps what is done and can be run again."""

_COLUMNS = {
    "surname": "Фамилия",
    "birth_date": "Дата рождения",
    "citizenship": "Гражданство",
    "number": "Номер документа",
    "inn": "ИНН",
    "snils": "СНИЛС",
    "phone": "Телефон",
    "email": "Почта",
    "issued_on": "Дата выдачи",
    "valid_to": "Действует до",
    "entered_on": "Дата въезда",
    "surname_latin": "Фамилия латиницей",
    "given_latin": "Имя латиницей",
}


@dataclass(frozen=True)
class AlreadyKnown:
    """A line about somebody who has a case."""

    line: int
    person_id: str
    why: str
    """«тот же документ», «тот же ИНН»."""


@dataclass(frozen=True)
class ImportReport:
    """What became of a list."""

    imported: int
    already_known: int
    person_ids: list[str]
    """New persons, in the order of the list."""
    problems: list[LineProblem]
    known: list[AlreadyKnown]


@dataclass(frozen=True)
class _Made:
    row: RosterRow
    person_id: str
    records: tuple[Record, ...]


def import_people(
    store: Store,
    roster: Roster,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ImportReport:
    """Take in everybody on the list who is not known yet.

    Known are people with the same document or ИНН; where a line has neither, the same name, birth
    date and citizenship. Stopping keeps the pages that are done. Raises NotPermitted and the
    errors of the store.
    """
    require(store.actor, "intake")
    known_keys = _known(store)
    report = ImportReport(0, 0, [], [], [])
    person_ids: list[str] = []
    total = len(roster.rows)
    for start in range(0, total, PAGE):
        if cancelled is not None and cancelled():
            break
        page = roster.rows[start : start + PAGE]
        made = list(_prepare(store, page, known_keys, report))
        if made:
            with store.write(f"Загружен список людей ({len(made)})") as session:
                for one in made:
                    _keep(session, store, one)
            person_ids.extend(one.person_id for one in made)
        if progress is not None:
            progress(min(start + PAGE, total), total)
    return ImportReport(
        imported=len(person_ids),
        already_known=len(report.known),
        person_ids=person_ids,
        problems=report.problems,
        known=report.known,
    )


def _known(store: Store) -> dict[str, str]:
    """Whoever can be recognised by a number or by name and birth: key → person."""
    found: dict[str, str] = {}
    with store.read() as session:
        driver = raw_of(session)
        for person_id, surname, given, born, citizenship, inn in driver.execute(
            "SELECT id, surname, given, birth_date, citizenship, inn FROM person WHERE deleted = 0"
        ):
            found[_name_key(surname, given, born, citizenship)] = person_id
            if inn:
                found[f"inn:{number_key(inn)}"] = person_id
        for person_id, series, number in driver.execute(
            "SELECT person_id, series, number FROM identity_document "
            "WHERE deleted = 0 AND number IS NOT NULL"
        ):
            found[_document_key(series, number)] = person_id
    return found


def _document_key(series: str | None, number: str | None) -> str:
    return f"document:{number_key(joined_number(series, number))}"


def _name_key(surname: str | None, given: str | None, born: str | None, country: str | None) -> str:
    return f"name:{fold(full_name(surname, given))}:{born or ''}:{country or ''}"


def _prepare(
    store: Store, page: Sequence[RosterRow], known: dict[str, str], report: ImportReport
) -> Iterator[_Made]:
    for row in page:
        keys = _keys(row)
        same = next(((known[key], why) for key, why in keys if key in known), None)
        if same is not None:
            report.known.append(AlreadyKnown(row.line, *same))
            continue
        person_id = new_id()
        records = tuple(_records(store, row, person_id, report.problems))
        if not records:
            continue
        known.update((key, person_id) for key, _ in keys)
        yield _Made(row, person_id, records)


def _keys(row: RosterRow) -> list[tuple[str, str]]:
    keys: list[tuple[str, str]] = []
    if row.document_number:
        keys.append((_document_key(row.document_series, row.document_number), "тот же документ"))
    if row.inn:
        keys.append((f"inn:{number_key(row.inn)}", "тот же ИНН"))
    if not keys:
        born = row.birth_date.isoformat() if row.birth_date else ""
        name = (row.surname or row.surname_latin, row.given or row.given_latin)
        keys.append((_name_key(*name, born, row.citizenship), "то же имя и дата рождения"))
    return keys


def _records(
    store: Store, row: RosterRow, person_id: str, problems: list[LineProblem]
) -> Iterator[Record]:
    """The records of one line; none if any value cannot be right."""
    today = store.clock.today()
    made: list[Record] = []
    faults = 0
    for cls, values in _values(row):
        present = {name: value for name, value in values.items() if value not in ("", None)}
        if not present and cls is not Person:
            continue
        parsed, wrong = parse_fields(cls.kind, present, today)
        wrong += pair_problems(parsed, set(parsed))
        problems.extend(
            LineProblem(row.line, _COLUMNS.get(one.field, ""), one.text) for one in wrong
        )
        faults += len(wrong)
        if cls is Person:
            made.append(Person(id=person_id, **parsed))
        else:
            made.append(cls(person_id=person_id, **parsed))
    if not faults:
        yield from made


def _values(row: RosterRow) -> Iterator[tuple[type[Record], dict[str, Any]]]:
    yield (
        Person,
        {
            "surname": row.surname,
            "given": row.given,
            "patronymic": row.patronymic,
            "surname_latin": row.surname_latin.upper(),
            "given_latin": row.given_latin.upper(),
            "patronymic_latin": row.patronymic_latin.upper(),
            "birth_date": row.birth_date,
            "sex": row.sex,
            "citizenship": row.citizenship,
            "phone": row.phone,
            "email": row.email,
            "inn": row.inn,
            "snils": row.snils,
            "profession": row.profession,
            "employer": row.employer,
        },
    )
    series, number = row.document_series, row.document_number
    if number and not series:
        series, number = split_number(number)
    yield (
        IdentityDocument,
        {
            "document_type": "passport" if number else "",
            "country": row.citizenship if number else "",
            "series": series,
            "number": number,
            "issued_on": row.document_issued_on,
            "valid_to": row.document_valid_to,
        },
    )
    yield (
        MigrationCard,
        {
            "entered_on": row.entered_on,
            "purpose": "work" if row.entered_on and row.patent_number else "",
        },
    )
    yield (
        StayPermit,
        {
            "permit_type": "patent" if row.patent_number else "",
            "series": row.patent_series,
            "number": row.patent_number,
            "issued_on": row.patent_issued_on,
            "valid_to": row.patent_valid_to,
            "region": _region(row.patent_region),
            "profession": row.profession if row.patent_number else "",
        },
    )


def _region(written: str) -> str:
    """A region by its two digits or its name; anything else is left out."""
    code = written.strip().zfill(2) if written.strip().isdigit() else ""
    if code in regions():
        return code
    wanted = fold(written)
    return next((known for known, name in regions().items() if wanted and fold(name) == wanted), "")


def _keep(session: Session, store: Store, one: _Made) -> None:
    for record in one.records:
        if isinstance(record, Person):
            record.migrant_id = store.next_migrant_id(session)
        session.add(record)
    session.add(
        CaseFile(
            person_id=one.person_id,
            route="patent" if one.row.patent_number else None,
            opened_on=store.clock.today(),
            responsible=store.actor.login,
        )
    )
