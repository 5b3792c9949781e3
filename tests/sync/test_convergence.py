"""Two or three desks and what they see of each other's work."""

from __future__ import annotations

import pytest
from centre_parts import (
    Desk,
    MakeDesk,
    assert_feed_sound,
    assert_same,
    centre_documents,
    kept_somewhere,
    line_to,
)

from arm.model import CaseFile, IdentityDocument, Note, Person
from arm.sync.resolve import ConflictIsSettled, Settlement, settle


def only_person(desk: Desk) -> str:
    return str(desk.rows("SELECT id FROM person")[0][0])


def test_a_new_person_appears_at_the_other_desk(two: tuple[Desk, Desk]) -> None:
    first, second = two
    person = second.person(only_person(first))
    assert (person.surname, person.given, person.phone) == ("Мамедов", "Эльчин", "+79000003170")
    assert person.languages == frozenset({"az"})
    for desk in two:
        assert_same(desk)
        assert desk.engine.state.pending == 0
    assert assert_feed_sound(first.organisation) == 1


def test_different_fields_edited_without_network_merge(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="+79000000001")
    second.edit(who, employer="ООО «Заречный хлеб»")
    for desk in (first, second, first):
        desk.sync()
    for desk in two:
        person = desk.person(who)
        assert (person.phone, person.employer) == ("+79000000001", "ООО «Заречный хлеб»")
        assert desk.conflicts() == []
        assert_same(desk)


def test_one_field_edited_by_both_is_shown_to_both_and_settled(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="+79000000001")
    second.edit(who, phone="+79000000002")
    first.sync()
    assert second.sync().conflicts == 1
    first.sync()
    for desk in two:
        (conflict,) = desk.conflicts()
        assert conflict["doc_id"] == who
        assert conflict["field"] == "phone"
        assert conflict["base_value"] == "+79000003170"
        assert conflict["server_value"] == "+79000000001"
        assert conflict["mine_value"] == "+79000000002"
        assert conflict["server_actor"] == first.login
        assert conflict["mine_actor"] == second.login
        assert desk.engine.state.conflicts == 1
        # until somebody decides, both desks show the value in force
        assert desk.person(who).phone == "+79000000001"
        assert_same(desk)

    changed = settle(first.store, [Settlement(conflict["id"], "+79000000002")])
    assert changed.persons == {who}
    assert first.conflicts() == []
    for desk in (first, second):
        desk.sync()
    for desk in two:
        assert desk.conflicts() == []
        assert desk.person(who).phone == "+79000000002"
        settled = desk.rows("SELECT state, settled_value, settled_by FROM conflict")
        assert settled == [("settled", '"+79000000002"', first.login)]
        assert_same(desk)
    assert_feed_sound(first.organisation)


def test_keeping_the_value_in_force_also_settles(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="1")
    second.edit(who, phone="2")
    first.sync()
    second.sync()
    settle(second.store, [Settlement(second.conflicts()[0]["id"], "1")])
    second.sync()
    first.sync()
    for desk in two:
        assert desk.conflicts() == []
        assert desk.person(who).phone == "1"
    with pytest.raises(ConflictIsSettled):
        settle(second.store, [Settlement(second.rows("SELECT id FROM conflict")[0][0], "2")])


def test_both_settle_the_same_conflict_differently(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="1")
    second.edit(who, phone="2")
    for desk in (first, second, first):
        desk.sync()
    settle(first.store, [Settlement(first.conflicts()[0]["id"], "3")])
    settle(second.store, [Settlement(second.conflicts()[0]["id"], "4")])
    for desk in (first, second, first):
        desk.sync()
    for desk in two:
        (conflict,) = desk.conflicts()
        assert (conflict["server_value"], conflict["mine_value"]) == ("3", "4")
        assert desk.person(who).phone == "3"
    text = kept_somewhere(first.organisation)
    assert all(f'"{value}"' in text for value in "1234")


def test_three_desks_one_field_two_conflicts(make_desk: MakeDesk) -> None:
    desks = [make_desk(place) for place in range(3)]
    who = desks[0].take_in("Рахимова", phone="0")
    for desk in desks:
        desk.sync()
    for place, desk in enumerate(desks):
        desk.edit(who, phone=f"от {place}")
    for desk in desks * 2:
        desk.sync()
    for desk in desks:
        assert {c["mine_value"] for c in desk.conflicts()} == {"от 1", "от 2"}
        assert {c["server_value"] for c in desk.conflicts()} == {"от 0"}
    first = desks[0]
    chosen = next(c["id"] for c in first.conflicts() if c["mine_value"] == "от 1")
    settle(first.store, [Settlement(chosen, "от 1")])
    for desk in desks * 2:
        desk.sync()
    for desk in desks:
        (left,) = desk.conflicts()
        assert (left["server_value"], left["mine_value"]) == ("от 1", "от 2")
        assert desk.person(who).phone == "от 1"
        assert_same(desk)
    assert_feed_sound(first.organisation)


def test_the_same_value_typed_twice_is_no_conflict(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    for desk in two:
        desk.edit(who, phone="+79990000000")
    for desk in (first, second, first):
        desk.sync()
    for desk in two:
        assert desk.conflicts() == []
        assert_same(desk)


def test_languages_added_and_removed_on_both_sides_combine(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, languages=frozenset({"az", "ru"}))
    second.edit(who, languages=frozenset({"tr"}))
    for desk in (first, second, first):
        desk.sync()
    for desk in two:
        assert desk.person(who).languages == frozenset({"ru", "tr"})
        assert desk.conflicts() == []
        assert_same(desk)


def test_several_edits_of_one_field_before_the_network_comes(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    for step in range(5):
        first.edit(who, phone=f"шаг {step}")
    first.sync()
    second.sync()
    assert second.person(who).phone == "шаг 4"
    assert first.conflicts() == []
    assert_same(first)


def test_one_goes_on_editing_a_value_that_lost(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="их")
    first.sync()
    for text in ("мой 1", "мой 2", "мой 3"):
        second.edit(who, phone=text)
    second.sync()
    (conflict,) = second.conflicts()
    assert (conflict["server_value"], conflict["mine_value"]) == ("их", "мой 3")
    assert conflict["base_value"] == "+79000003170"
    text = kept_somewhere(first.organisation)
    assert "мой 1" in text
    assert "мой 2" in text


def test_an_edit_made_while_its_forerunner_is_under_way(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="раз")

    def edit_after_push(state: object) -> None:
        if first.engine.state.sent == 1 and first.person(who).phone == "раз":
            stop()
            first.edit(who, phone="два")

    stop = first.engine.listen(edit_after_push)
    first.sync()
    first.sync()
    second.sync()
    assert second.person(who).phone == "два"
    assert second.conflicts() == []
    assert_same(first)


def test_a_pulled_field_does_not_overwrite_what_waits(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="их", employer="ИП Ким")
    first.sync()
    second.edit(who, phone="мой")
    # the feed comes, the queue does not go: as if the answer to the push had been lost for ever
    second.engine._push = lambda wire, cancelled: (0, True)  # type: ignore[method-assign]
    second.sync()
    person = second.person(who)
    assert (person.phone, person.employer) == ("мой", "ИП Ким")
    del second.engine._push
    second.edit(who, phone="мой 2")  # typed by somebody who has still not seen theirs
    second.sync()
    (conflict,) = second.conflicts()
    assert (conflict["server_value"], conflict["mine_value"]) == ("их", "мой 2")
    assert second.person(who).phone == "их"


def test_deletion_goes_to_the_other_desk_and_back_again(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.delete(who)
    first.sync()
    second.sync()
    assert second.person(who).deleted
    with second.store.write("Возвращён человек") as session:
        session.get_one(Person, who).deleted = False
    second.sync()
    first.sync()
    assert not first.person(who).deleted
    assert first.person(who).surname == "Мамедов"
    for desk in two:
        assert desk.conflicts() == []
        assert_same(desk)


def test_deletion_meeting_an_edit_deletes_nothing_silently(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="новый")
    first.sync()
    second.delete(who)
    second.sync()
    first.sync()
    for desk in two:
        (conflict,) = desk.conflicts()
        assert conflict["field"] == "deleted"
        assert (conflict["server_value"], conflict["mine_value"]) == (False, True)
        assert not desk.person(who).deleted
        assert_same(desk)
    settle(first.store, [Settlement(conflict["id"], True)])
    first.sync()
    second.sync()
    for desk in two:
        assert desk.person(who).deleted
        assert desk.conflicts() == []
        assert_same(desk)


def test_an_edit_meeting_a_deletion_can_bring_the_record_back(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.delete(who)
    first.sync()
    second.edit(who, phone="новый")
    second.sync()
    first.sync()
    for desk in two:
        (conflict,) = desk.conflicts()
        assert (conflict["field"], conflict["server_value"]) == ("deleted", True)
    settle(second.store, [Settlement(conflict["id"], False)])
    second.sync()
    first.sync()
    for desk in two:
        person = desk.person(who)
        assert (person.deleted, person.phone) == (False, "новый")
        assert desk.conflicts() == []
        assert_same(desk)


def test_records_of_all_sorts_arrive_whole(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    who = first.take_in("Попеску", given="Ион")
    now = first.store.clock.now()
    with first.store.write("Документы") as session:
        session.add(CaseFile(person_id=who, route="patent", opened_on=now.date()))
        session.add(IdentityDocument(person_id=who, series="FA", number="4182907"))
        session.add(Note(person_id=who, text="«Ёлка» \\ \t\n \U0001f600", written_at=now))
    first.sync()
    second.sync()
    assert_same(second)
    assert_same(first)
    with second.store.read() as session:
        note = session.query(Note).one()
        assert note.written_at == now
        assert note.text == "«Ёлка» \\ \t\n \U0001f600"


def test_a_character_that_the_centre_cannot_keep_does_not_stop_the_queue(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    who = only_person(first)
    first.edit_as_a_bug_would(who, employer="до\x00после")
    first.edit(who, phone="следующая правка")
    first.sync()
    second.sync()
    assert second.person(who).phone == "следующая правка"
    ((why, op),) = first.rows("SELECT why, op FROM rejected")
    assert why == "bad_op"
    assert "после" in op
    assert first.engine.state.rejected == 1
    assert first.person(who).employer is None
    assert_same(first)


def test_what_a_clipboard_brings_along_reaches_the_others_as_plain_text(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, employer="ООО\x00 «Мир\ud800»\x1b", languages=frozenset({"uz\x00"}))
    first.sync()
    second.sync()
    assert second.person(who).employer == first.person(who).employer == "ООО «Мир»"
    assert second.person(who).languages == frozenset({"uz"})
    assert first.engine.state.rejected == 0


def test_history_tells_who_did_what_on_both_desks(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    first.edit(who, phone="раз")
    first.sync()
    second.sync()
    query = "SELECT event, field, old, new, actor, seq FROM history WHERE doc_id = ? ORDER BY seq"
    theirs, ours = second.rows(query, who), first.rows(query, who)
    assert [row[0] for row in theirs] == ["new", "set"]
    assert theirs[1] == ("set", "phone", '"+79000003170"', '"раз"', first.login, 2)
    assert [row[5] for row in ours] == [1, 2]
    assert ours[1] == theirs[1]


def test_a_person_of_another_desk_is_the_author_on_a_shared_workstation(
    make_desk: MakeDesk,
) -> None:
    morning = make_desk(0, name="общий")
    who = morning.take_in("Саттаров")
    morning.store.engine.dispose()
    evening = make_desk(1, name="общий")
    evening.sync()
    reader = make_desk(2)
    reader.sync()
    ((author,),) = reader.rows("SELECT actor FROM history WHERE doc_id = ?", who) or [(None,)]
    assert author is None or author == morning.login
    with line_to(reader.organisation, reader.login) as line:
        row = line.execute(
            "SELECT author, actor::text FROM arm.change WHERE id = %s", (who,)
        ).fetchone()
    assert row == (morning.login, evening.login)


def test_everything_typed_is_kept_whatever_happens(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    tokens = []
    for turn in range(4):
        for place, desk in enumerate(two):
            token = f"метка-{turn}-{place}"
            desk.edit(who, phone=token, employer=token)
            tokens.append(token)
        two[turn % 2].sync()
    for desk in (first, second, first, second):
        desk.sync()
    text = kept_somewhere(first.organisation)
    assert [token for token in tokens if token not in text] == []
    assert_feed_sound(first.organisation)
    assert centre_documents(first.organisation)[who]["phone"] in tokens
    for desk in two:
        assert_same(desk)
