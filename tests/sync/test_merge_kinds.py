"""Fields in which both sides' work adds up: counters and lists of entries."""

from __future__ import annotations

import shutil
from pathlib import Path

from centre_parts import Desk, MakeDesk, assert_feed_sound, assert_same, centre_documents

from arm.casework.contacts import log_contact
from arm.model import CaseFile
from arm.store.backup import check
from arm.store.undo import undo_last


def with_case(desk: Desk) -> str:
    who = desk.take_in("Мамедов")
    with desk.store.write("Дело") as session:
        session.add(CaseFile(person_id=who, route="patent"))
    return who


def contacts(desk: Desk) -> tuple[int | None, list[str]]:
    with desk.store.read() as session:
        case = session.query(CaseFile).one()
        return case.contacts, [entry.text for entry in case.contact_log]


def all_same(*desks: Desk) -> None:
    for desk in desks * 2:
        desk.sync()
    for desk in desks:
        assert desk.conflicts() == []
        assert_same(desk)
    assert_feed_sound(desks[0].organisation)


def test_contacts_counted_at_two_desks_without_network_add_up(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    who = with_case(first)
    first.sync()
    second.sync()
    log_contact(first.store, who, "первый звонок")
    for number in range(2):
        log_contact(second.store, who, f"визит {number}")
    assert contacts(second) == (2, ["визит 0", "визит 1"])
    assert check(second.store) == []
    all_same(first, second)
    for desk in (first, second):
        assert contacts(desk) == (3, ["первый звонок", "визит 0", "визит 1"])


def test_taking_back_a_contact_takes_only_that_one(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    who = with_case(first)
    log_contact(first.store, who, "раньше")
    first.sync()
    second.sync()
    log_contact(first.store, who, "по ошибке")
    log_contact(second.store, who, "коллега")
    all_same(first, second)
    assert undo_last(first.store).undone == 2
    all_same(first, second)
    for desk in (first, second):
        assert contacts(desk) == (2, ["раньше", "коллега"])


def test_a_deleted_case_that_comes_back_counts_what_it_counted(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    who = with_case(first)
    for number in range(3):
        log_contact(first.store, who, f"звонок {number}")
    first.sync()
    second.sync()
    with second.store.write("Удалено дело") as session:
        session.delete(session.query(CaseFile).one())
    second.sync()
    undo_last(second.store)
    all_same(first, second)
    for desk in (first, second):
        assert contacts(desk) == (3, [f"звонок {number}" for number in range(3)])


def test_what_two_copies_of_a_workstation_had_not_sent_counts_once(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    first = make_desk(0)
    who = with_case(first)
    first.sync()
    log_contact(first.store, who, "до копии")  # not sent: both copies have it
    first.edit(who, phone="до копии")
    first.store.engine.dispose()
    shutil.copytree(first.folder, tmp_path / "копия")
    copy = make_desk(0, name="копия")
    log_contact(first.store, who, "подлинник")
    log_contact(copy.store, who, "копия")
    first.sync()
    first.edit(who, phone="после")
    first.sync()
    before = copy.store.client_id
    copy.sync()
    assert copy.store.client_id != before
    all_same(first, copy)
    for desk in (first, copy):
        assert contacts(desk) == (3, ["до копии", "подлинник", "копия"])
        assert desk.person(who).phone == "после"
        assert desk.engine.state.rejected == 0


def test_a_refusal_that_the_other_copy_was_told_is_told_to_this_one_too(
    make_desk: MakeDesk, tmp_path: Path
) -> None:
    first = make_desk(0)
    who = first.take_in("Мамедов")
    first.sync()
    first.edit_as_a_bug_would(who, employer="до\x00после")
    first.store.engine.dispose()
    shutil.copytree(first.folder, tmp_path / "копия")
    copy = make_desk(0, name="копия")
    first.edit(who, phone="1")
    first.sync()
    copy.edit(who, email="2")
    copy.sync()
    assert [why for (why,) in copy.rows("SELECT why FROM rejected")] == ["bad_op"]
    all_same(first, copy)
    assert centre_documents(first.organisation)[who]["email"] == "2"
