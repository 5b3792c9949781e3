"""A person's case goes from one unit to another while everybody goes on working."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import psycopg
import pytest
from centre_parts import (
    Desk,
    MakeDesk,
    Organisation,
    assert_feed_sound,
    kept_somewhere,
    line_to,
)

from arm.casework import transfer as transfers
from arm.casework.errors import UnitIsClosed
from arm.central.admin import add_scope, grant, revoke
from arm.model import CaseFile, HostParty, IdentityDocument, Note, Registration, kinds
from arm.store.undo import undo_last


@pytest.fixture
def unit(organisation: Organisation) -> int:
    """A second unit of the test's organisation, open to the first login."""
    dsn = organisation.centre.admin_dsn()
    scope = add_scope(dsn, org=organisation.scope, title=f"Отдел {organisation.scope}")
    grant(dsn, organisation.logins[0], scope)
    return scope


@pytest.fixture
def three(make_desk: MakeDesk, unit: int) -> tuple[Desk, Desk, Desk]:
    """Desks that see both units, only the old one, only the new one; they hold one person."""
    both, old, new = (make_desk(place) for place in range(3))
    dsn = both.organisation.centre.admin_dsn()
    grant(dsn, new.login, unit)
    revoke(dsn, new.login, both.organisation.scope)
    take_in(both)
    for desk in (both, old, new):
        desk.sync()
    return both, old, new


def take_in(desk: Desk) -> str:
    who = desk.take_in("Мамедов", phone="1")
    with desk.store.write("Бумаги") as session:
        host = HostParty(surname="Козлова", phone="+7900")
        session.add_all([host, CaseFile(person_id=who), IdentityDocument(person_id=who)])
        session.flush()
        session.add(Registration(person_id=who, host_id=host.id, address="Тула"))
    return who


def only_person(desk: Desk) -> str:
    return str(desk.rows("SELECT id FROM person WHERE surname = 'Мамедов'")[0][0])


def sees_what_it_may(desk: Desk) -> None:
    """Ids, scopes and versions on the desk are exactly those its login may see."""
    with line_to(desk.organisation, desk.login) as line:
        theirs = set(line.execute("SELECT id, scope, ver FROM arm.doc"))
    ours = {
        row
        for cls in kinds().values()
        for row in desk.rows(f"SELECT id, scope, ver FROM {cls.__tablename__}")
    }
    assert ours == theirs


def all_converge(desks: tuple[Desk, ...]) -> None:
    for desk in desks * 2:
        desk.sync()
    for desk in desks:
        sees_what_it_may(desk)
        assert desk.engine.state.pending == 0
    organisation = desks[0].organisation
    for scope in scopes(organisation):
        assert_feed_sound(dataclasses.replace(organisation, scope=scope))


def scopes(organisation: Organisation) -> list[int]:
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        rows = admin.execute(
            "SELECT scope FROM arm.scope_head WHERE org ="
            " (SELECT org FROM arm.scope_head WHERE scope = %s)",
            (organisation.scope,),
        )
        return [scope for (scope,) in rows]


def moved(desk: Desk, who: str, scope: int) -> None:
    transfers.transfer(desk.store, who, scope)


def test_a_case_handed_over_leaves_one_unit_and_appears_in_the_other_whole(
    three: tuple[Desk, Desk, Desk], unit: int
) -> None:
    both, old, new = three
    who = only_person(both)
    moved(both, who, unit)
    assert {scope for (scope,) in both.rows("SELECT scope FROM identity_document")} == {unit}
    assert [unit.title for unit in transfers.units(both.store)] == [
        f"Отдел {both.organisation.scope}",
        f"ЦА-{both.organisation.name.split()[-1]}",
    ]
    all_converge(three)
    assert old.rows("SELECT id FROM person") == []
    assert old.rows("SELECT id FROM history WHERE person_id = ?", who) == []
    assert len(old.rows("SELECT id FROM host_party")) == 1  # it serves others there
    assert new.person(who).phone == "1"
    ((host,),) = new.rows(
        "SELECT h.surname FROM registration r JOIN host_party h ON h.id = host_id"
    )
    assert host == "Козлова"
    assert new.rows("SELECT event, field, old, new FROM history WHERE person_id = ?", who) == [
        ("move", "scope", both.organisation.scope, unit)
    ]
    # work goes on at both ends, from the place where the case is now
    both.edit(who, phone="2")
    new.edit(who, employer="ООО «Мир»")
    all_converge(three)
    assert new.person(who).phone == "2"
    assert both.person(who).employer == "ООО «Мир»"
    assert new.conflicts() == []


def test_new_papers_of_a_person_go_where_the_person_is(
    three: tuple[Desk, Desk, Desk], unit: int
) -> None:
    both, _, new = three
    who = only_person(both)
    moved(both, who, unit)
    with both.store.write("Заметка") as session:
        session.add(Note(person_id=who, text="вслед за делом"))
    all_converge(three)
    assert new.rows("SELECT text, scope FROM note") == [("вслед за делом", unit)]


def test_records_the_mover_had_not_seen_move_along(
    three: tuple[Desk, Desk, Desk], unit: int
) -> None:
    both, old, new = three
    who = only_person(both)
    with old.store.write("Заметка") as session:
        session.add(Note(person_id=who, text="раньше передачи"))
    old.sync()
    moved(both, who, unit)
    both.sync()
    all_converge(three)
    assert new.rows("SELECT text FROM note") == [("раньше передачи",)]
    assert old.rows("SELECT text FROM note") == []


@pytest.mark.parametrize("may_write_there", [True, False])
def test_what_was_typed_in_the_old_unit_after_the_move_is_not_lost(
    three: tuple[Desk, Desk, Desk], unit: int, may_write_there: bool
) -> None:
    both, old, new = three
    who = only_person(both)
    if may_write_there:
        grant(both.organisation.centre.admin_dsn(), old.login, unit)
    old.edit(who, employer="набрано до вести о передаче")
    with old.store.write("Заметка") as session:
        session.add(Note(person_id=who, text="и заметка"))
    moved(both, who, unit)
    both.sync()
    all_converge((old, both, new))
    if may_write_there:
        assert new.person(who).employer == "набрано до вести о передаче"
        assert new.rows("SELECT text, scope FROM note") == [("и заметка", unit)]
        assert old.person(who).employer == "набрано до вести о передаче"
        assert old.engine.state.rejected == 0
    else:
        assert old.rows("SELECT why FROM rejected") == [("moved",), ("moved",)]
        kept = kept_somewhere(both.organisation)
        assert "набрано до вести о передаче" in kept
        assert "и заметка" in kept
        assert old.rows("SELECT id FROM person") == []


def test_a_unit_that_is_closed_to_the_mover_takes_nothing(
    three: tuple[Desk, Desk, Desk], unit: int
) -> None:
    both, old, new = three
    who = only_person(both)
    with pytest.raises(UnitIsClosed):
        moved(old, who, unit)
    moved(both, who, unit)
    both.edit(who, phone="после передачи")
    revoke(both.organisation.centre.admin_dsn(), both.login, unit)
    all_converge(three)
    # the move is refused and kept; what was typed after it counts where the person still is
    assert [why for (why,) in both.rows("SELECT why FROM rejected")] == ["no_right_there"]
    assert old.person(who).phone == "после передачи"
    assert both.person(who).scope == both.organisation.scope
    assert {row[0] for row in both.rows("SELECT scope FROM registration")} == {
        both.organisation.scope
    }
    assert new.rows("SELECT id FROM person") == []


def test_another_organisations_scope_is_no_place_to_move_to(
    three: tuple[Desk, Desk, Desk], organisation: Organisation
) -> None:
    both, _, _ = three
    dsn = organisation.centre.admin_dsn()
    with psycopg.connect(dsn) as admin:
        row = admin.execute(
            "INSERT INTO arm.scope_head (org, title) VALUES (0, 'чужие') RETURNING scope"
        ).fetchone()
    assert row is not None
    grant(dsn, both.login, row[0])
    both.sync()
    moved(both, only_person(both), row[0])
    both.sync()
    assert [why for (why,) in both.rows("SELECT why FROM rejected")] == ["no_right_there"]
    assert both.person(only_person(both)).scope == organisation.scope
    sees_what_it_may(both)


def test_two_move_one_person_to_different_units(three: tuple[Desk, Desk, Desk], unit: int) -> None:
    both, old, new = three
    organisation = both.organisation
    dsn = organisation.centre.admin_dsn()
    third = add_scope(dsn, org=organisation.scope, title="Третий отдел")
    for login in (both.login, old.login):
        grant(dsn, login, third)
    both.sync()
    old.sync()
    who = only_person(both)
    moved(both, who, unit)
    moved(old, who, third)
    all_converge(three)
    assert new.person(who).scope == unit
    assert [why for (why,) in old.rows("SELECT why FROM rejected")] == ["moved"]


def test_taking_a_move_back_before_and_after_the_exchange(
    three: tuple[Desk, Desk, Desk], unit: int
) -> None:
    both, old, new = three
    who = only_person(both)
    ((host,),) = both.rows("SELECT host_id FROM registration")
    for exchanged in (False, True):
        moved(both, who, unit)
        if exchanged:
            all_converge(three)
            assert old.rows("SELECT id FROM person") == []
        assert undo_last(both.store).undone == 1
        assert both.person(who).scope == both.organisation.scope
        all_converge(three)
        assert old.person(who).phone == "1"
        assert new.rows("SELECT id FROM person") == []
        # the host of before, not a copy of a copy
        assert old.rows("SELECT host_id FROM registration") == [(host,)]
    assert undo_last(both.store).title == "Бумаги"


def test_open_conflicts_go_along(three: tuple[Desk, Desk, Desk], unit: int) -> None:
    both, old, new = three
    who = only_person(both)
    both.edit(who, phone="2")
    old.edit(who, phone="3")
    both.sync()
    old.sync()
    moved(both, who, unit)
    all_converge(three)
    assert old.conflicts() == []
    assert [one["mine_value"] for one in new.conflicts()] == ["3"]
    assert new.conflicts() == both.conflicts()


def test_a_move_that_waits_is_not_shown_as_taken_back_by_what_comes(
    three: tuple[Desk, Desk, Desk], unit: int
) -> None:
    both, old, _ = three
    who = only_person(both)
    moved(both, who, unit)
    old.edit(who, employer="ИП Ким")
    old.sync()
    both.engine._push = lambda wire, cancelled: (0, True)  # type: ignore[method-assign]
    both.sync()
    person = both.person(who)
    assert (person.employer, person.scope) == ("ИП Ким", unit)
    del both.engine._push
    all_converge(three)
    assert both.person(who).scope == unit


def test_a_lost_answer_moves_nothing_twice(
    three: tuple[Desk, Desk, Desk], unit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = three[0]
    who = only_person(both)
    moved(both, who, unit)
    before = both.engine._acknowledged

    def lost(*_: Any) -> int:
        monkeypatch.undo()
        both.proxy.cut()
        both.proxy.restore()
        raise psycopg.OperationalError

    monkeypatch.setattr(both.engine, "_acknowledged", lost)
    with pytest.raises(psycopg.OperationalError):
        both.sync()
    assert before is not None
    all_converge(three)
    assert [json.loads(op)["op"] for (op,) in both.rows("SELECT op FROM outbox_done")][-1] == "move"
    with psycopg.connect(both.organisation.centre.admin_dsn()) as admin:
        entries = admin.execute(
            "SELECT op, count(*) FROM arm.change WHERE id = %s AND op IN ('L', 'E') GROUP BY op",
            (who,),
        ).fetchall()
    assert sorted(entries) == [("E", 1), ("L", 1)]


def test_after_many_moves_everybody_has_exactly_what_they_may_see(
    three: tuple[Desk, Desk, Desk], unit: int
) -> None:
    both, old, new = three
    home = both.organisation.scope
    people = [both.take_in(f"Фамилия {number}") for number in range(6)]
    all_converge(three)
    for turn in range(12):
        who = people[turn % 6]
        moved(both, who, unit if both.person(who).scope == home else home)
        for desk in (old, new):
            if desk.rows("SELECT 1 FROM person WHERE id = ?", who):
                desk.edit(who, phone=f"метка-{turn}")
        three[turn % 3].sync()
    all_converge(three)
    kept = kept_somewhere(both.organisation) + kept_somewhere(
        dataclasses.replace(both.organisation, scope=unit)
    )
    typed = [desk.rows("SELECT new FROM history WHERE field = 'phone'") for desk in (old, new)]
    assert all(json.loads(token) in kept for rows in typed for (token,) in rows)
    for person in people:
        holders = [bool(desk.rows("SELECT 1 FROM person WHERE id = ?", person)) for desk in three]
        assert holders in ([True, True, False], [True, False, True])
