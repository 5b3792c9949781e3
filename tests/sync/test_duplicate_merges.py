"""Two desks merge the same cards without a network, each in its own way: they end up the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from centre_parts import Desk, MakeDesk, Organisation, assert_feed_sound, assert_same

from arm.casework import derive, duplicates, merged
from arm.casework.duplicate_watch import compare_all
from arm.casework.filling import Filling
from arm.casework.merge_upkeep import bring_over, moving_kinds
from arm.model import IdentityDocument, Note, Person
from arm.store.backup import check
from arm.store.undo import undo_last

BORN = date(1990, 4, 5)


@pytest.fixture
def desks(make_desk: MakeDesk) -> tuple[Desk, Desk]:
    """Two desks whose lists are derived."""
    opened = make_desk(0), make_desk(1)
    for desk in opened:
        desk.store.derive = partial(derive.refresh, clock=desk.store.clock)
    return opened


def card(desk: Desk, number: str, given: str = "Далер") -> str:
    """A card with a passport and a note."""
    with desk.store.write("Заведено дело") as session:
        person = Person(surname="Назаров", given=given, birth_date=BORN, phone=f"+7900{number}")
        session.add(person)
        session.flush()
        session.add(IdentityDocument(person_id=person.id, country="TJK", number=number))
        session.add(Note(person_id=person.id, text=f"заметка {number}"))
    return person.id


def until_quiet(*desks: Desk) -> None:
    """Exchange and follow up on all desks until nothing more moves."""
    for _ in range(4):
        for desk in desks:
            desk.sync()
            bring_over(desk.store)
            desk.sync()


def owners(desk: Desk) -> dict[str, str]:
    """Record → person, for all records about people that are not deleted."""
    return {
        row[0]: row[1]
        for cls in moving_kinds()
        for row in desk.rows(f"SELECT id, person_id FROM {cls.__tablename__} WHERE deleted = 0")
    }


def survivors(desk: Desk, *cards: str) -> tuple[str, ...]:
    with desk.store.read() as session:
        return tuple(merged.survivor_of(session, one) for one in cards)


def assert_agreed(organisation: Organisation, first: Desk, second: Desk, *cards: str) -> None:
    """The same answer on both desks, nothing hangs on a merged card, nobody is asked whose a
    record is, and lists show each person once."""
    assert_same(first)
    assert_same(second)
    assert survivors(first, *cards) == survivors(second, *cards)
    standing = set(survivors(first, *cards))
    for desk in (first, second):
        assert set(owners(desk).values()) == standing
        assert [one for one in desk.conflicts() if one["field"] == "person_id"] == []
        listed = {row[0] for row in desk.rows("SELECT person_id FROM listing")}
        assert listed == standing
    assert owners(first) == owners(second)
    assert_feed_sound(organisation)


Merge = Callable[[Desk, str, str, str], Any]
BOTH_WAYS: dict[str, tuple[Merge, Merge, int]] = {
    "the same pair": (
        lambda desk, a, b, c: duplicates.merge(desk.store, a, b),
        lambda desk, a, b, c: duplicates.merge(desk.store, a, b),
        2,
    ),
    "the other way round": (
        lambda desk, a, b, c: duplicates.merge(desk.store, a, b),
        lambda desk, a, b, c: duplicates.merge(desk.store, b, a),
        2,
    ),
    "a chain": (
        lambda desk, a, b, c: duplicates.merge(desk.store, a, b),
        lambda desk, a, b, c: duplicates.merge(desk.store, c, a),
        1,
    ),
    "one card two ways": (
        lambda desk, a, b, c: duplicates.merge(desk.store, b, a),
        lambda desk, a, b, c: duplicates.merge(desk.store, c, a),
        2,
    ),
    "a ring of three": (
        lambda desk, a, b, c: (
            duplicates.merge(desk.store, b, a),
            duplicates.merge(desk.store, c, b),
        ),
        lambda desk, a, b, c: duplicates.merge(desk.store, a, c),
        1,
    ),
}


@pytest.mark.parametrize("how", list(BOTH_WAYS))
def test_two_desks_merge_without_a_network(
    organisation: Organisation, desks: tuple[Desk, Desk], how: str
) -> None:
    first, second = desks
    cards = card(first, "400000001"), card(first, "400000002"), card(first, "400000003")
    first.sync()
    second.sync()
    one, other, people = BOTH_WAYS[how]
    one(first, *cards)
    other(second, *cards)
    until_quiet(first, second)
    assert_agreed(organisation, first, second, *cards)
    assert len(set(survivors(first, *cards))) == people
    numbers = "SELECT number FROM identity_document WHERE deleted = 0 ORDER BY number"
    assert [row[0] for row in second.rows(numbers)] == ["400000001", "400000002", "400000003"]


def test_card_sent_two_ways_leaves_a_pair_for_people(desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    a, b, c = card(first, "400000001"), card(first, "40000", "Рустам"), card(first, "40001", "Али")
    first.sync()
    second.sync()
    duplicates.merge(first.store, b, a)
    duplicates.merge(second.store, c, a)
    until_quiet(first, second)
    for desk in desks:
        compare_all(desk.store)
        (line,) = duplicates.suspects(desk.store)
        assert {line.left_id, line.right_id} == {b, c}


def test_colleague_without_a_network_goes_on_with_the_merged_card(
    organisation: Organisation, desks: tuple[Desk, Desk]
) -> None:
    first, second = desks
    a, b = card(first, "400000001"), card(first, "400000002")
    first.sync()
    second.sync()
    merge_id = duplicates.merge(first.store, a, b)
    with second.store.write("Добавлена заметка") as session:
        session.add(Note(person_id=b, text="без сети"))
    second.edit(b, profession="повар")
    until_quiet(first, second)
    assert_agreed(organisation, first, second, a, b)
    (line,) = duplicates.merged_cards(second.store, a)
    assert line.changed_since == ("Профессия",)
    duplicates.unmerge(second.store, merge_id)
    until_quiet(first, second)
    assert_agreed(organisation, first, second, a, b)
    assert survivors(first, b) == (b,)
    notes = {
        row[1] for row in first.rows("SELECT person_id, text FROM note WHERE person_id = ?", b)
    }
    assert notes == {"заметка 400000002", "без сети"}
    assert first.person(b).profession == "повар"


def test_one_desk_takes_apart_what_the_other_merges_on(
    organisation: Organisation, desks: tuple[Desk, Desk]
) -> None:
    first, second = desks
    a, b, c = card(first, "400000001"), card(first, "400000002"), card(first, "400000003")
    merge_id = duplicates.merge(first.store, a, b)
    first.sync()
    second.sync()
    duplicates.unmerge(first.store, merge_id)
    duplicates.merge(second.store, c, a)
    until_quiet(first, second)
    assert_agreed(organisation, first, second, a, b, c)
    assert survivors(first, a, b, c) == (c, b, c)
    assert [row[0] for row in first.rows(
        "SELECT number FROM identity_document WHERE person_id = ?", b
    )] == ["400000002"]  # fmt: skip


def test_both_desks_take_one_merge_apart(
    organisation: Organisation, desks: tuple[Desk, Desk]
) -> None:
    first, second = desks
    a, b = card(first, "400000001"), card(first, "400000002")
    merge_id = duplicates.merge(first.store, a, b, {"phone": "other"})
    first.sync()
    second.sync()
    for desk in desks:
        duplicates.unmerge(desk.store, merge_id)
    until_quiet(first, second)
    assert_agreed(organisation, first, second, a, b)
    assert first.person(a).phone == "+7900400000001"
    assert first.conflicts() == []


def test_both_desks_decide_that_two_cards_are_two_people(
    organisation: Organisation, desks: tuple[Desk, Desk]
) -> None:
    first, second = desks
    a, b = card(first, "400000001"), card(first, "400000002")
    first.sync()
    second.sync()
    compare_all(second.store)
    assert duplicates.count(second.store) == 1
    for desk in desks:
        duplicates.not_duplicate(desk.store, a, b)
    until_quiet(first, second)
    assert_agreed(organisation, first, second, a, b)
    for desk in desks:
        compare_all(desk.store)
        assert duplicates.count(desk.store) == 0
        assert desk.conflicts() == []


def test_undone_merge_is_undone_everywhere(
    organisation: Organisation, desks: tuple[Desk, Desk]
) -> None:
    first, second = desks
    a, b = card(first, "400000001"), card(first, "400000002")
    duplicates.merge(first.store, a, b)
    first.sync()
    second.sync()
    undo_last(first.store)
    until_quiet(first, second)
    assert_agreed(organisation, first, second, a, b)
    assert survivors(second, a, b) == (a, b)


@pytest.mark.parametrize("in_a_second_process", [False, True])
def test_new_workstation_lists_merged_people_once(
    desks: tuple[Desk, Desk],
    make_desk: MakeDesk,
    monkeypatch: pytest.MonkeyPatch,
    *,
    in_a_second_process: bool,
) -> None:
    first, _ = desks
    a, b, c = card(first, "400000001"), card(first, "400000002"), card(first, "400000003", "Али")
    duplicates.merge(first.store, a, b)
    first.sync()
    options: dict[str, Any] = {}
    if in_a_second_process:
        monkeypatch.setattr("arm.sync.first_load.WORTH_FILLING", 1)
        options["filler"] = partial(Filling, first.store.clock)
    third = make_desk(2, **options)
    third.store.derive = partial(derive.refresh, clock=third.store.clock)
    third.sync()
    assert {row[0] for row in third.rows("SELECT person_id FROM listing")} == {a, c}
    assert compare_all(third.store) >= 2
    # the past comes after the lists: when a case was changed is not looked at here
    assert [one for one in check(third.store) if one.subject == "search"] == []
