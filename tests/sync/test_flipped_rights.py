"""Rights that come and go in the middle of an exchange: found by the storm."""

from __future__ import annotations

from typing import Any

from centre_parts import (
    Desk,
    MakeDesk,
    Organisation,
    assert_same,
    kept_somewhere,
    make_organisation,
)

from arm.central.admin import grant, revoke
from arm.model import Note, Person
from arm.sync.wire import Hello, Wire


def test_a_record_that_a_short_lived_right_let_in_leaves_with_it(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    other = make_organisation(organisation.centre, people=1)
    dsn, desk = organisation.centre.admin_dsn(), make_desk()
    desk.sync()
    desk.store.actor = type(desk.store.actor)(desk.login, desk.login, "", other.scope)
    desk.take_in("Залётный")
    in_the_midst(desk, lambda: grant(dsn, desk.login, other.scope))
    desk.sync()
    revoke(dsn, desk.login, other.scope)
    desk.sync()
    assert "Залётный" in kept_somewhere(other)
    assert desk.rows("SELECT surname FROM person") == []
    assert_same(desk)


def test_papers_of_a_person_whose_move_was_refused_leave_with_the_person(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    other = make_organisation(organisation.centre, people=1)
    desk = make_desk()
    who = taken_in_with_a_note(desk)
    desk.sync()
    with desk.store.write("Передано") as session:
        session.move(session.get_one(Person, who), other.scope)
    revoke(organisation.centre.admin_dsn(), desk.login, organisation.scope)
    desk.sync()
    desk.sync()
    assert desk.rows("SELECT surname FROM person") == []
    assert desk.rows("SELECT text FROM note") == []


def test_papers_of_a_person_moved_twice_leave_with_the_person(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    still_ours, other = (make_organisation(organisation.centre, people=1) for _ in range(2))
    dsn, desk = organisation.centre.admin_dsn(), make_desk()
    grant(dsn, desk.login, still_ours.scope)
    who = taken_in_with_a_note(desk)
    desk.sync()
    for target in (still_ours.scope, other.scope):
        with desk.store.write("Передано") as session:
            session.move(session.get_one(Person, who), target)
    revoke(dsn, desk.login, organisation.scope)
    desk.sync()
    desk.sync()
    assert desk.rows("SELECT surname FROM person") == []
    assert desk.rows("SELECT text FROM note") == []


def test_papers_of_a_person_whose_twofold_move_was_refused_are_where_the_person_is(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    others = [make_organisation(organisation.centre, people=1) for _ in range(2)]
    desk = make_desk()
    who = taken_in_with_a_note(desk)
    desk.sync()
    for other in others:
        with desk.store.write("Передано") as session:
            session.move(session.get_one(Person, who), other.scope)
    desk.sync()
    desk.sync()
    assert desk.rows("SELECT scope FROM person") == [(organisation.scope,)]
    assert desk.rows("SELECT scope FROM note") == [(organisation.scope,)]
    assert_same(desk)


def test_the_same_record_stays_if_the_right_does(
    make_desk: MakeDesk, organisation: Organisation
) -> None:
    other = make_organisation(organisation.centre, people=1)
    dsn, desk = organisation.centre.admin_dsn(), make_desk()
    desk.sync()
    desk.store.actor = type(desk.store.actor)(desk.login, desk.login, "", other.scope)
    desk.take_in("Новый")
    in_the_midst(desk, lambda: grant(dsn, desk.login, other.scope))
    desk.sync()
    desk.sync()
    assert desk.rows("SELECT surname FROM person") == [("Новый",)]
    assert {scope for (scope,) in desk.rows("SELECT scope FROM cursor")} == {
        organisation.scope,
        other.scope,
    }


def taken_in_with_a_note(desk: Desk) -> str:
    who = desk.take_in("Мамедов")
    with desk.store.write("Заметка") as session:
        session.add(Note(person_id=who, text="только для своих"))
    return who


def in_the_midst(desk: Desk, act: Any) -> None:
    """Have ``act`` done once between the next greeting and what follows it."""
    greet = desk.engine._greet

    def and_then(wire: Wire) -> Hello:
        hello = greet(wire)
        act()
        del desk.engine._greet  # type: ignore[method-assign]
        return hello

    desk.engine._greet = and_then  # type: ignore[method-assign]
