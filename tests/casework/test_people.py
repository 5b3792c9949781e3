"""Finding people, the page «Сегодня», and lists for export."""

from __future__ import annotations

from datetime import date

import pytest

from arm.access.errors import NotPermitted
from arm.casework.case import assign, close_case
from arm.casework.errors import PersonNotFound
from arm.casework.lists import LISTS, cases, deadlines, filtered
from arm.casework.people import (
    Filter,
    Order,
    citizenships,
    counts,
    delete_filter,
    find,
    person_by_any_id,
    rows,
    save_filter,
    saved_filters,
)
from arm.casework.today import today, urgent
from arm.casework.words import plural, time_left
from arm.model import Certificate, Person
from arm.store.store import Store
from tests.casework.situations import as_actor, entry, passport, person_with


@pytest.fixture
def office(store: Store) -> dict[str, str]:
    """Five cases: overdue, due today, due this week, quiet, and one of a colleague."""
    return {
        "overdue": person_with(
            store, entry(date(2026, 4, 21)), surname="Мамедов", given="Эльчин", citizenship="AZE"
        ),
        "today": person_with(
            store, entry(date(2026, 4, 23)), surname="Попеску", given="Ион", citizenship="MDA"
        ),
        "week": person_with(
            store, entry(date(2026, 5, 1), purpose="private"), surname="Нгуен", given="Лан",
            citizenship="VNM", route=None,
        ),
        "quiet": person_with(
            store, passport(valid_to=date(2031, 5, 23)),
            Certificate(certificate_type="insurance", valid_to=date(2027, 1, 1)),
            surname="Юлдашев", given="Отабек",
        ),
        "colleague": person_with(
            store, surname="Рахимов", given="Далер", citizenship="TJK", responsible="tihonova"
        ),
    }  # fmt: skip


def names(store: Store, wanted: Filter, order: Order | None = None) -> list[str]:
    return [row.surname or "" for row in rows(store, find(store, wanted, order).rowids)]


def test_list_is_in_the_order_of_names(store: Store, office: dict[str, str]) -> None:
    assert names(store, Filter()) == ["Мамедов", "Нгуен", "Попеску", "Рахимов", "Юлдашев"]
    assert names(store, Filter(), Order("name", descending=True))[0] == "Юлдашев"


@pytest.mark.parametrize(
    ("preset", "surnames"),
    [
        ("mine", {"Мамедов", "Нгуен", "Попеску", "Юлдашев"}),
        ("overdue", {"Мамедов"}),
        ("due_week", {"Мамедов", "Попеску"}),
        ("no_insurance", {"Мамедов", "Попеску", "Рахимов"}),
        ("closed", set()),
    ],
)
def test_built_in_filters(
    store: Store, office: dict[str, str], preset: str, surnames: set[str]
) -> None:
    found = set(names(store, Filter(preset=preset)))
    assert found == surnames
    assert counts(store)[preset] == len(surnames)


def test_closed_case_moves_to_its_own_filter(store: Store, office: dict[str, str]) -> None:
    close_case(store, [office["quiet"]])
    assert "Юлдашев" not in names(store, Filter())
    assert names(store, Filter(preset="closed")) == ["Юлдашев"]
    assert names(store, Filter(text="юлдашев")) == ["Юлдашев"]


def test_filters_combine_with_search(store: Store, office: dict[str, str]) -> None:
    assert names(store, Filter(text="рахимов", preset="mine")) == []
    assert names(store, Filter(text="рахимов", responsible="tihonova")) == ["Рахимов"]
    found = find(store, Filter(text="ион", citizenship=("MDA", "AZE")))
    assert sum(count for _, count in found.groups) == found.total == 1


def test_unknown_dates_come_last_both_ways(store: Store, office: dict[str, str]) -> None:
    for descending in (False, True):
        found = names(store, Filter(), Order("lawful_until", descending))
        assert set(found[:2]) == {"Мамедов", "Попеску"}


def test_unsent_rows_are_marked(store: Store, office: dict[str, str]) -> None:
    found = rows(store, find(store, Filter(preset="unsent")).rowids)
    assert len(found) == 5
    assert all(row.unsent and not row.conflict for row in found)


def test_rows_that_are_gone_are_left_out(store: Store, office: dict[str, str]) -> None:
    assert rows(store, [999_999]) == []
    assert rows(store, []) == []


def test_own_filter_is_kept_and_forgotten(store: Store) -> None:
    saved = save_filter(store, "Таджики без полиса", Filter(citizenship=("TJK",)), Order("phone"))
    assert saved_filters(store) == [saved]
    again = save_filter(store, "Таджики без полиса", Filter(citizenship=("TJK", "UZB")))
    assert saved_filters(store) == [again]
    delete_filter(store, again.id)
    assert saved_filters(store) == []


def test_citizenships_are_counted(store: Store, office: dict[str, str]) -> None:
    assert dict(citizenships(store)) == {"AZE": 1, "MDA": 1, "VNM": 1, "UZB": 1, "TJK": 1}


def test_unknown_id_is_explained(store: Store) -> None:
    with pytest.raises(PersonNotFound) as problem:
        person_by_any_id(store, "63-0000-0000000")
    assert "63-0000-0000000" in str(problem.value)


def test_today_groups_terms_by_urgency(store: Store, office: dict[str, str]) -> None:
    view = today(store, mine=True)
    assert [group.kind for group in view.groups] == ["overdue", "today"]
    late = view.groups[0].rows[0]
    assert (late.person_name, late.title) == ("Мамедов Эльчин", "Поставить на учёт")
    assert (late.detail, late.left_text) == ("въезд 21.04, 7 раб. дней", "на 5 дней")
    due = view.groups[1].rows[0]
    assert (due.person_name, due.left_text) == ("Попеску Ион", "сегодня")
    assert due.explanation.days[-1].label == "7-й, срок"
    assert (view.counters.overdue, view.counters.today, view.counters.cases) == (1, 1, 4)
    assert urgent(store) == 2


def test_whole_office_and_one_kind_of_term(store: Store, office: dict[str, str]) -> None:
    assign(store, [office["overdue"]], "tihonova")
    assert today(store, mine=True).counters.overdue == 0
    assert today(store, mine=False).counters.overdue == 1
    assert today(store, mine=False, rule="medical").attention == 0


@pytest.mark.parametrize(
    ("count", "text"), [(1, "1 срок"), (2, "2 срока"), (5, "5 сроков"), (11, "11 сроков"),
                        (21, "21 срок"), (112, "112 сроков")],
)  # fmt: skip
def test_nouns_follow_numbers(count: int, text: str) -> None:
    assert plural(count, "срок", "срока", "сроков") == text


@pytest.mark.parametrize(
    ("due", "text"),
    [(date(2026, 4, 13), "на 22 дня"), (date(2026, 5, 5), "сегодня"),
     (date(2026, 5, 6), "завтра"), (date(2026, 5, 13), "8 дней")],
)  # fmt: skip
def test_time_left_in_words(due: date, text: str) -> None:
    assert time_left(due, date(2026, 5, 5)) == text


def test_list_of_cases_for_export(store: Store, office: dict[str, str]) -> None:
    source = cases(store)
    lines = list(source.rows)
    assert source.total == len(lines) == 5
    assert set(lines[0]) == {column.key for column in source.columns}
    assert (lines[0]["surname"], lines[0]["citizenship"]) == ("Мамедов", "Азербайджан")
    assert lines[0]["responsible"] == "Орлова Мария Сергеевна"
    narrow = filtered(store, Filter(preset="overdue"), Order(), ("surname", "phone"))
    assert [column.key for column in narrow.columns] == ["surname", "phone"]
    assert narrow.total == 1


def test_list_of_terms_for_export(store: Store, office: dict[str, str]) -> None:
    source = deadlines(store)
    lines = list(source.rows)
    assert source.total == len(lines)
    assert lines[0]["days_left"] == -5
    only = deadlines(store, "попеску")
    found = list(only.rows)
    assert only.total == len(found)
    assert {line["name"] for line in found} == {"Попеску Ион"}
    assert set(LISTS) == {"cases", "deadlines"}


def test_role_without_the_right_exports_nothing(store: Store) -> None:
    with pytest.raises(NotPermitted):
        cases(as_actor(store, "desk", "Стойка", "center_desk"))


def test_a_person_is_found_by_the_whole_latin_name_of_the_passport(store: Store) -> None:
    with store.write("Заведён человек") as session:
        session.add(
            Person(
                surname="Аббасов",
                given="Рашад",
                patronymic="Эльнур оглы",
                surname_latin="ABBASOV",
                given_latin="RASHAD",
                patronymic_latin="ELNUR OGLU",
            )
        )
    assert find(store, Filter(text="ABBASOV RASHAD ELNUR OGLU"), Order()).total == 1
