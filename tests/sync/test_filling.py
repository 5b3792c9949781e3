"""A first load with a second process gives what the ordinary one gives, whatever comes between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import psycopg
import pytest
from centre_parts import Desk, MakeDesk, Organisation, assert_same

from arm.casework import derive
from arm.casework.demonstration import people
from arm.casework.filling import Filling
from arm.central.bulk import copy_documents
from arm.centre_errors import CentreUnreachable
from arm.model import Person
from arm.sync import first_load

PEOPLE = 150
TABLES = {
    "listing": "rowid, ",
    "due": "id, ",
    "search_person": "rowid, ",
    "history": "id, ",
}
"""Tables that are compared, and columns that may differ: row numbers follow the order of coming."""


@pytest.fixture
def filled(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> Organisation:
    """An organisation whose records are worth a second process."""
    monkeypatch.setattr(first_load, "WORTH_FILLING", 1)
    documents = people(PEOPLE, organisation.scope, date(2026, 7, 14), "77", 9, ["person"])
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        copy_documents(admin, organisation.scope, documents)
    return organisation


MakeFilled = Callable[..., Desk]


@pytest.fixture
def make_filled(filled: Organisation, make_desk: MakeDesk) -> MakeFilled:
    """A desk that loads by way of a second process and derives what lists show."""

    def make(place: int = 0, kind: Callable[..., Any] = Filling, **options: Any) -> Desk:
        desk = make_desk(place, page_size=100, **options)
        desk.engine._filler = partial(kind, desk.store.clock)
        desk.store.derive = partial(derive.refresh, clock=desk.store.clock)
        return desk

    return make


def derived_rows(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """What lists and search show, without row numbers."""
    found = {}
    for table, without in TABLES.items():
        names = [row[1] for row in desk.rows(f"PRAGMA table_info({table})")]
        kept = ", ".join(name for name in names if name not in without)
        found[table] = sorted(desk.rows(f"SELECT {kept} FROM {table}"), key=repr)
    for table in ("search_words", "search_fragments"):
        words = desk.rows(
            f"SELECT p.person_id FROM {table} f JOIN search_person p ON p.rowid = f.rowid"
        )
        found[table] = sorted(words)
    return found


def found_by(desk: Desk, word: str) -> list[Any]:
    return sorted(
        desk.rows(
            "SELECT p.person_id FROM search_words f JOIN search_person p ON p.rowid = f.rowid"
            " WHERE search_words MATCH ?",
            f'"{word}"*',
        )
    )


def indexes(desk: Desk) -> list[Any]:
    return desk.rows("SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name")


def assert_like_the_ordinary_way(desk: Desk, make_filled: MakeFilled) -> None:
    plain = make_filled(2, name="обычное")
    plain.engine._filler = None
    plain.sync()
    desk.sync()
    assert_same(desk)
    ours, theirs = derived_rows(desk), derived_rows(plain)
    assert theirs["listing"]
    for table, rows in theirs.items():
        assert ours[table] == rows, table
    assert indexes(desk) == indexes(plain)
    some = desk.rows("SELECT surname FROM search_person ORDER BY rowid LIMIT 20")
    for (surname,) in some:
        assert found_by(desk, surname) == found_by(plain, surname) != []
    assert desk.rows("SELECT * FROM hydrate") == []


def test_both_ways_give_the_same_lists_terms_and_words(make_filled: MakeFilled) -> None:
    desk = make_filled()
    assert desk.sync().loaded == len(desk.rows("SELECT 1 FROM person")) + _others(desk)
    assert_like_the_ordinary_way(desk, make_filled)


def _others(desk: Desk) -> int:
    kinds = "case_file identity_document migration_card stay_permit registration certificate"
    kinds += " route_step deadline note consent host_party attachment issued_form"
    return sum(desk.rows(f"SELECT count(*) FROM {kind}")[0][0] for kind in kinds.split())


class Interrupted(Filling):
    """Calls ``between`` before the third page is kept."""

    between: Callable[[Filling], None]
    taken = 0

    def keep(self, session: Any, page: Any) -> None:
        type(self).taken += 1
        if type(self).taken == 3:
            type(self).between(self)
        super().keep(session, page)


def interrupted(between: Callable[[Filling], None]) -> type[Filling]:
    return type("Now", (Interrupted,), {"between": staticmethod(between), "taken": 0})


def test_the_second_process_dies_and_the_load_goes_on(make_filled: MakeFilled) -> None:
    desk = make_filled(kind=interrupted(lambda filling: filling._process.kill()))
    desk.sync()
    assert_like_the_ordinary_way(desk, make_filled)


def test_a_record_that_is_here_already_is_not_written_twice(
    make_filled: MakeFilled, filled: Organisation
) -> None:
    """Somebody took a person in while the load was under way, and it comes back as a page."""
    desk = make_filled()
    with psycopg.connect(filled.centre.admin_dsn()) as admin:
        late = admin.execute(
            "SELECT id FROM arm.doc WHERE scope = %s AND kind = 'person' ORDER BY id DESC LIMIT 1",
            (filled.scope,),
        ).fetchone()
    assert late is not None

    def take_in(_: Filling) -> None:
        raw = desk.store._own_session()
        assert raw is not None
        raw.add(Person(id=late[0], scope=filled.scope, surname="Здесь раньше", ver=0, fver={}))
        raw.flush()

    desk.engine._filler = partial(interrupted(take_in), desk.store.clock)
    desk.sync()
    assert_like_the_ordinary_way(desk, make_filled)
    assert desk.person(late[0]).surname != "Здесь раньше"


def test_a_cut_line_stops_the_load_and_the_next_exchange_goes_on(make_filled: MakeFilled) -> None:
    desk = make_filled()
    desk.proxy.cut_after(150_000)
    with pytest.raises(CentreUnreachable):
        desk.sync()
    partly = desk.rows("SELECT count(*) FROM person")[0][0]
    assert 0 < partly < PEOPLE
    desk.proxy.restore()
    desk.sync()
    assert_like_the_ordinary_way(desk, make_filled)


def test_a_cancelled_load_goes_on_where_it_stopped(make_filled: MakeFilled) -> None:
    desk = make_filled()
    stop = False

    def ask(_: Filling) -> None:
        nonlocal stop
        stop = True

    desk.engine._filler = partial(interrupted(ask), desk.store.clock)
    desk.engine.exchange(lambda: stop)
    assert 0 < desk.rows("SELECT count(*) FROM person")[0][0] < PEOPLE
    assert desk.rows("SELECT loaded > 0 FROM hydrate") == [(1,)]
    assert_like_the_ordinary_way(desk, make_filled)
