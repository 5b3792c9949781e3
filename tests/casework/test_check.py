"""«arm check» over what is really derived: lists and the search index, damaged each in turn."""

from __future__ import annotations

from typing import Any

import pytest

from arm.casework import people
from arm.store.backup import check, mend_derived
from arm.store.store import Store
from tests.casework.situations import passport, person_with

DAMAGES = {
    "a person's words are gone": "DELETE FROM search_words WHERE rowid = 2",
    "a person's fragments are gone": "DELETE FROM search_fragments WHERE rowid = 2",
    "a person has a word too many": (
        "DELETE FROM search_words WHERE rowid = 2;"
        "INSERT INTO search_words (rowid, words) VALUES (2, 'чужой')"
    ),
    "words of nobody": "INSERT INTO search_words (rowid, words) VALUES (99, 'призрак')",
    "the surname looked up is another": (
        "UPDATE search_person SET surname = 'чужой' WHERE rowid = 2"
    ),
    "nobody looks it up": "DELETE FROM search_person WHERE rowid = 2",
}


@pytest.fixture
def three(store: Store) -> Store:
    """Three people, one of whom was renamed and has two documents."""
    person_with(store, passport("1111111"), surname="Каримов")
    renamed = person_with(store, passport("2222222"), passport("3333333"), surname="Юлдашев")
    person_with(store, surname="Ли", given="Ван", phone="+7 900 000-11-22")
    people_named = people.row_of(store, renamed)
    assert people_named is not None
    return store


def spoil(store: Store, statements: str) -> None:
    with store.merge() as session:
        raw: Any = session.connection().connection.driver_connection
        for statement in statements.split(";"):
            raw.execute(statement)


def test_after_honest_work_nothing_is_found(three: Store) -> None:
    assert check(three) == []


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_a_search_index_that_is_not_of_these_records_is_found_and_mended(
    three: Store, damage: str
) -> None:
    spoil(three, DAMAGES[damage])
    found = check(three)
    assert {finding.subject for finding in found} == {"search"}
    assert all(finding.advice for finding in found)
    assert check(three) == found, "looking changes nothing"
    assert mend_derived(three) == 3
    assert check(three) == []
