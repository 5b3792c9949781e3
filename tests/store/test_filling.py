"""An empty workstation is filled without its secondary indexes, and has them all afterwards."""

from __future__ import annotations

from sqlalchemy.orm import Session

from arm.store.filling import begin_filling, end_filling
from arm.store.search import search
from arm.store.search_index import SearchEntry, index_people
from arm.store.store import Store


def _indexes(store: Store) -> set[tuple[str, str]]:
    with store.read() as session:
        found = session.connection().exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        return {(name, " ".join(sql.split())) for name, sql in found}


def _list_somebody(session: Session) -> None:
    session.connection().exec_driver_sql(
        "INSERT INTO listing (person_id, sort_key, closed) VALUES ('p', 'иванов', 0)"
    )


def test_indexes_after_filling_are_those_of_a_new_workstation(store: Store) -> None:
    before = _indexes(store)
    with store.merge("load") as session:
        begin_filling(session)
    assert len(_indexes(store)) < len(before) - 12
    with store.merge("load") as session:
        _list_somebody(session)
        end_filling(session)
    assert _indexes(store) == before


def test_a_workstation_with_people_keeps_its_indexes_while_another_scope_comes(
    store: Store,
) -> None:
    before = _indexes(store)
    with store.merge("load") as session:
        _list_somebody(session)
        begin_filling(session)
    assert _indexes(store) == before


def test_while_one_of_two_scopes_is_still_loading_filling_goes_on(store: Store) -> None:
    before = _indexes(store)
    with store.merge("load") as session:
        begin_filling(session)
        run = session.connection().exec_driver_sql
        run("INSERT INTO hydrate (scope, after_id, total, loaded) VALUES (7, 'a/b', 9, 1)")
        run("INSERT INTO hydrate (scope, after_id, total, loaded) VALUES (8, '~0', 9, 9)")
        end_filling(session)
    assert _indexes(store) != before
    with store.merge("load") as session:
        session.connection().exec_driver_sql("UPDATE hydrate SET after_id = '~0'")
        end_filling(session)
    assert _indexes(store) == before


def test_people_are_found_while_the_workstation_is_being_filled(store: Store) -> None:
    with store.merge("load") as session:
        begin_filling(session)
        index_people(session, [SearchEntry(1, "p", "Назаров", "Далер")])
    with store.read() as session:
        assert list(search(session, "назар").rowids) == [1]
