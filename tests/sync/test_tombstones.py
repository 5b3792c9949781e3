"""Deletions: taken back for ninety days, emptied after, and the chain of the feed holds."""

from __future__ import annotations

import json

import psycopg
import pytest
from centre_parts import Desk, assert_same, centre_documents

from arm.central.admin import empty_tombstones
from arm.store.errors import DeletedForGood, NothingToUndo
from arm.store.undo import undo_last
from arm.sync.feed import entry_hash


def only_person(desk: Desk) -> str:
    return str(desk.rows("SELECT id FROM person")[0][0])


def tidy(desk: Desk, days: int) -> int:
    return empty_tombstones(desk.organisation.centre.admin_dsn(), days=days)


def test_a_deletion_is_taken_back_with_all_that_was_there(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.delete(who)
    first.sync()
    second.sync()
    tidy(first, 90)
    undo_last(first.store)
    for desk in (first, second, first):
        desk.sync()
    for desk in two:
        person = desk.person(who)
        assert (person.deleted, person.surname, person.phone) == (False, "Мамедов", "+79000003170")
        assert_same(desk)


def test_an_emptied_record_leaves_nothing_but_the_fact(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="прежний")
    first.delete(who)
    first.sync()
    second.sync()
    assert tidy(first, 0) >= 1
    for desk in two:
        desk.sync()
        assert desk.person(who).surname is None
        assert desk.person(who).deleted
        assert desk.rows("SELECT id FROM history WHERE doc_id = ?", who) == []
        assert_same(desk)
    there = centre_documents(first.organisation)[who]
    assert {"surname", "phone"}.isdisjoint(there)
    assert tidy(first, 0) == 0
    with psycopg.connect(first.organisation.centre.admin_dsn()) as admin:
        left = admin.execute(
            "SELECT op, delta::text FROM arm.change WHERE id = %s ORDER BY seq", (who,)
        ).fetchall()
    *past, (last, said) = left
    assert past == [("N", None), ("S", None), ("D", None)]
    assert (last, json.loads(said)) == ("X", {"ids": [who], "person": "", "emptied": True})
    assert chain_holds(first)


def chain_holds(desk: Desk) -> bool:
    """The chain of the whole feed, recomputed from what is left."""
    with psycopg.connect(
        desk.organisation.centre.admin_dsn(), row_factory=psycopg.rows.dict_row
    ) as admin:
        rows = admin.execute(
            "SELECT *, delta::text AS delta, arm.instant(at) AS at FROM arm.change"
            " WHERE scope = %s ORDER BY seq",
            (desk.organisation.scope,),
        ).fetchall()
    before = ""
    for row in rows:
        if entry_hash(row, before) != row["hash"]:
            return False
        before = row["hash"]
    return bool(rows)


def test_an_undo_that_comes_too_late_says_so(two: tuple[Desk, Desk]) -> None:
    first, _ = two
    first.delete(only_person(first))
    first.sync()
    tidy(first, 0)
    first.sync()
    with pytest.raises(DeletedForGood, match="Удалён человек"):
        undo_last(first.store)
    assert first.engine.state.pending == 0
    with pytest.raises(DeletedForGood, match="Принят человек"):  # each is named once
        undo_last(first.store)
    with pytest.raises(NothingToUndo):
        undo_last(first.store)


def test_an_undo_made_without_network_after_the_emptying_is_refused_and_kept(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    who = only_person(first)
    first.delete(who)
    first.sync()
    tidy(first, 0)
    undo_last(first.store)  # this desk has not heard of the emptying yet
    first.sync()
    assert [why for (why,) in first.rows("SELECT why FROM rejected")] == ["emptied"]
    assert first.person(who).surname is None
    second.sync()
    for desk in two:
        assert_same(desk)
