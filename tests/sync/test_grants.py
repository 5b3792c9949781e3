"""Rights that are given, narrowed and taken away: what comes, what leaves, what is told."""

from __future__ import annotations

import psycopg
import pytest
from centre_parts import Desk, MakeDesk, Organisation, assert_same, kept_somewhere
from files_parts import all_through, attach, scan

from arm.central.admin import grant, revoke
from arm.centre_errors import TooManyWorkstations
from arm.model import CaseFile
from arm.store.errors import ScopeIsReadOnly
from arm.sync.state import RightsChange


def only_person(desk: Desk) -> str:
    return str(desk.rows("SELECT id FROM person")[0][0])


def attached(desk: Desk, who: str, content: bytes) -> str:
    """The fingerprint of a file that was attached."""
    record = attach(desk, who, content)
    return str(desk.rows("SELECT sha256 FROM attachment WHERE id = ?", record)[0][0])


def title(organisation: Organisation) -> str:
    return f"ЦА-{organisation.name.split()[-1]}"


def test_of_a_scope_that_was_taken_away_nothing_stays_but_what_was_refused(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    organisation, who = first.organisation, only_person(first)
    first.edit(who, phone="1")
    second.edit(who, phone="2")
    first.sync()
    second.sync()
    assert second.conflicts()
    seen = attached(second, who, scan(1))
    all_through(second)
    late = scan(2)
    refused = attached(second, who, late)
    second.edit(who, employer="не отправлено")
    revoke(organisation.centre.admin_dsn(), second.login, organisation.scope)
    all_through(second)
    for table in ("person", "attachment", "conflict", "cursor", "hydrate"):
        assert second.rows(f"SELECT * FROM {table}") == [], table
    # what its author typed and was refused is all that history still tells
    told = second.rows("SELECT DISTINCT doc_id FROM history")
    assert set(told) <= set(second.rows("SELECT doc_id FROM rejected"))
    assert second.rows("SELECT count(*) FROM rejected") == [(2,)]
    assert "не отправлено" in kept_somewhere(organisation)
    # the file of a refused edit is all that its author has left of it
    assert second.rows("SELECT sha256 FROM blob") == [(refused,)]
    assert not second.store.files.has(seen)
    assert second.store.files.get(refused) == late
    assert second.engine.state.rights == (RightsChange("taken", title(organisation)),)
    assert second.engine.state.rejected == 2


def test_a_scope_that_is_given_back_is_loaded_whole_and_told(two: tuple[Desk, Desk]) -> None:
    first, second = two
    organisation = first.organisation
    dsn = organisation.centre.admin_dsn()
    with first.store.write("Дело") as session:
        session.add(CaseFile(person_id=only_person(first), route="patent"))
    first.sync()
    revoke(dsn, second.login, organisation.scope)
    second.sync()
    grant(dsn, second.login, organisation.scope)
    second.sync()
    assert_same(second)
    assert second.rows("SELECT count(*) FROM history")[0][0] > 0
    assert [one.what for one in second.engine.state.rights] == ["taken", "given"]
    second.engine.rights_told()
    assert second.engine.state.rights == ()
    assert second.store.meta("rights_untold") == []


def test_who_may_only_read_is_told_before_typing_is_lost(two: tuple[Desk, Desk]) -> None:
    first, second = two
    organisation, who = first.organisation, only_person(first)
    dsn = organisation.centre.admin_dsn()
    grant(dsn, second.login, organisation.scope, can_write=False)
    second.edit(who, phone="ещё не знает")
    second.sync()
    assert [why for (why,) in second.rows("SELECT why FROM rejected")] == ["no_right"]
    assert second.engine.state.rights == (RightsChange("read_only", title(organisation)),)
    with pytest.raises(ScopeIsReadOnly, match=title(organisation)):
        second.edit(who, phone="уже знает")
    assert second.person(who).phone == "+79000003170"
    first.edit(who, phone="видно и читателю")
    first.sync()
    second.sync()
    assert second.person(who).phone == "видно и читателю"
    grant(dsn, second.login, organisation.scope)
    second.sync()
    second.edit(who, phone="снова можно")
    second.sync()
    assert_same(second)
    assert [one.what for one in second.engine.state.rights] == ["read_only", "writable"]


def test_the_right_only_to_read_is_remembered_after_a_restart(two: tuple[Desk, Desk]) -> None:
    first, second = two
    dsn = first.organisation.centre.admin_dsn()
    grant(dsn, second.login, first.organisation.scope, can_write=False)
    second.sync()
    again = type(second.engine)(second.store, second.engine._connect)
    assert again.state.rights == second.engine.state.rights
    assert dict(second.store.read_only) == {first.organisation.scope: title(first.organisation)}


def test_own_changes_that_come_back_are_not_counted_as_received(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    before = first.engine.state.today_received
    for number in range(3):
        first.edit(who, phone=str(number))
    assert first.sync().received == 0
    assert first.engine.state.today_received == before
    assert second.sync().received == 3


def test_a_login_cannot_use_up_the_numbers_of_a_region(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.sync()
    with psycopg.connect(desk.organisation.centre.admin_dsn()) as admin:
        (limit,) = admin.execute("SELECT workstations_a_day FROM arm.centre").fetchone() or (0,)
        # a region of its own: other tests of this centre may have come to the end of theirs
        admin.execute(
            "UPDATE arm.organisation SET region = '78' WHERE org ="
            " (SELECT org FROM arm.scope_head WHERE scope = %s)",
            (desk.organisation.scope,),
        )
    line = desk.engine._connect()

    def register(number: int) -> None:
        name = f"{desk.organisation.scope}-{number}"
        line.execute("SELECT sync_v1.hello(%s, 1, 2, '[]')", (name,))

    for number in range(limit - 1):  # the desk itself is the first
        register(number)
    with pytest.raises(psycopg.Error) as refusal:
        register(limit)
    line.close()
    assert refusal.value.sqlstate == "EO006"
    desk.sync()  # whoever is known goes on
    with desk.store.merge():
        desk.store.set_meta("client_id", "brand-new")
    with pytest.raises(TooManyWorkstations):
        desk.sync()
