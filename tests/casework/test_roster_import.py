"""A list from an employer: good lines are taken in once, faulty ones are named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from arm.access.errors import NotPermitted
from arm.casework.case import open_case
from arm.casework.people import Filter, find
from arm.casework.roster_import import import_people
from arm.exchange.roster import Roster, RosterRow, read_roster
from arm.model import migrant_id
from arm.store.store import Store
from tests.casework.situations import as_actor, passport, person_with

HEADING = (
    "n,surname,given,patronymic,surname_lat,given_lat,birth_date,citizenship,passport_series,"
    "passport_number,inn,patent_series,patent_number,patent_issued,patent_region,profession\n"
)
LINES = (
    "1,Джураев,Рашад,Каримович,JURAEV,RASHAD,12.10.1992,TJK,AC,610846881,440580974723,59,"
    "5699224467,25.01.2026,59,каменщик\n"
    "2,Каримов,Далер,Назарович,KARIMOV,DALER,31.03.1988,UZB,AB,4853154,749779007466,59,"
    "1127783514,21.01.2026,59,бетонщик\n"
)


def roster(tmp_path: Path, text: str) -> Roster:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    return read_roster(path, date(2026, 5, 5))


def test_list_of_an_employer_becomes_cases(store: Store, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = import_people(
        store, roster(tmp_path, HEADING + LINES), lambda done, total: seen.append((done, total))
    )
    assert (report.imported, report.already_known, report.problems) == (2, 0, [])
    assert seen == [(2, 2)]
    view = open_case(store, report.person_ids[0])
    assert view.name == "Джураев Рашад Каримович"
    assert migrant_id.check(view.person.migrant_id or "")
    assert view.person.inn == "440580974723"
    patent = view.permits[0]
    assert (patent.number, patent.region, patent.issued_on) == (
        "5699224467",
        "59",
        date(2026, 1, 25),
    )
    assert view.case is not None
    assert view.case.route == "patent"
    assert find(store, Filter(text="juraev")).total == 1


def test_same_list_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    import_people(store, roster(tmp_path, HEADING + LINES))
    again = import_people(store, roster(tmp_path, HEADING + LINES))
    assert (again.imported, again.already_known) == (0, 2)
    assert [one.line for one in again.known] == [2, 3]
    assert find(store, Filter()).total == 2


def test_person_known_by_passport_or_inn_is_not_taken_in_twice(store: Store) -> None:
    by_passport = person_with(store, passport("4853154", "AB"))
    by_inn = person_with(store, inn="440580974723", surname="Другой")
    report = import_people(
        store,
        Roster(
            (
                RosterRow(2, surname="Каримов", document_series="ab", document_number="4853154"),
                RosterRow(3, surname="Джураев", inn="440580974723"),
                RosterRow(4, surname="Назаров", birth_date=date(1990, 10, 24)),
                RosterRow(5, surname="Назаров", birth_date=date(1990, 10, 24)),
            ),
            (),
        ),
    )
    assert [(one.line, one.why) for one in report.known] == [
        (2, "тот же документ"),
        (3, "тот же ИНН"),
        (5, "то же имя и дата рождения"),
    ]
    assert [one.person_id for one in report.known[:2]] == [by_passport, by_inn]
    assert report.imported == 1


def test_faulty_line_is_named_and_the_others_are_kept(store: Store) -> None:
    report = import_people(
        store,
        Roster(
            (
                RosterRow(2, surname="Каримов", phone="12"),
                RosterRow(3, surname="Назаров", snils="112-233-445 95"),
                RosterRow(4, surname="Рахимов", citizenship="ZZZ"),
            ),
            (),
        ),
    )
    assert report.imported == 1
    assert [(one.line, one.column) for one in report.problems] == [
        (2, "Телефон"),
        (4, "Гражданство"),
    ]


def test_stopped_import_keeps_the_pages_that_are_done(store: Store) -> None:
    rows = tuple(
        RosterRow(n, surname="Назаров", document_number=str(5_000_000 + n)) for n in range(501)
    )
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 1

    report = import_people(store, Roster(rows, ()), cancelled=cancelled)
    assert report.imported == 500
    rest = import_people(store, Roster(rows, ()))
    assert (rest.imported, rest.already_known) == (1, 500)


def test_role_without_the_right_imports_nobody(store: Store) -> None:
    keeper = as_actor(store, "admin", "Администратор", "admin")
    with pytest.raises(NotPermitted):
        import_people(keeper, Roster((RosterRow(2, surname="Назаров"),), ()))
