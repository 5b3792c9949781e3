"""Pairs that may be one person are found, decided, merged and taken apart."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from arm.access.errors import NotPermitted
from arm.casework import duplicates, merged
from arm.casework.case import add_note, attach_file, open_case, set_field
from arm.casework.duplicate_watch import DuplicateWatch, compare_all, waiting
from arm.casework.errors import CardsOfTwoOffices, CardsOverlap, MergeGone, PersonNotFound
from arm.casework.history import history
from arm.casework.intake import IntakeForm, similar, take_in
from arm.casework.merge_upkeep import bring_over
from arm.casework.people import Filter, find, person_by_any_id
from arm.model import Note, Person, PersonMerge, Registration, StayPermit, kinds
from arm.store.backup import check
from arm.store.store import Store
from arm.store.undo import last_action, undo_last
from tests.casework.situations import as_actor, entry, passport, person_with

BORN = date(1991, 8, 12)


def karimov(store: Store, **values: Any) -> str:
    said = {
        "surname": "Каримов", "given": "Улугбек", "birth_date": BORN, "phone": "+79000000001",
        "migrant_id": "63-0017-0000011", "languages": frozenset({"uz"}),
    }  # fmt: skip
    return person_with(store, passport(), entry(date(2026, 4, 1)), **(said | values))


def karimov_again(store: Store, **values: Any) -> str:
    """The same person at another desk: from the zone of a new passport."""
    said = {
        "surname": None, "given": None, "surname_latin": "KARIMOV", "given_latin": "ULUGBEK",
        "birth_date": BORN, "phone": "+79000000002", "inn": "440580974723", "citizenship": "UZB",
        "migrant_id": "63-0018-0000026", "languages": frozenset({"ru"}),
    }  # fmt: skip
    records = (
        passport("0011223", "FB"),
        StayPermit(permit_type="patent", series="63", number="2600012345"),
        Registration(address="ул. Полевая, 3", registered_on=date(2026, 4, 4)),
    )
    return person_with(store, *records, **(said | values))


def two(store: Store) -> tuple[str, str]:
    ids = karimov(store), karimov_again(store)
    compare_all(store)
    return ids


def everything(store: Store) -> dict[str, Any]:
    """All that people see of all records."""
    found: dict[str, Any] = {}
    with store.read() as session:
        for kind, cls in kinds().items():
            if kind in ("person_merge", "not_duplicate"):
                continue
            for record in session.query(cls).all():
                values = {
                    column.key: getattr(record, column.key)
                    for column in cls.__table__.columns
                    if column.key not in ("fver", "ver")
                }
                found[f"{kind}:{record.id}"] = values
    return found


def test_new_pair_is_found_after_it_came(store: Store) -> None:
    left, right = karimov(store), karimov_again(store)
    person_with(store, surname="Назаров", given="Далер", birth_date=date(1980, 2, 3))
    assert waiting(store) == 3
    assert duplicates.count(store) == 0
    assert compare_all(store) == 3
    (line,) = duplicates.suspects(store)
    assert {line.left_id, line.right_id} == {left, right}
    assert line.answer == "perhaps"
    assert "Та же дата рождения" in [reason.text for reason in line.reasons]
    assert compare_all(store) == 0


def test_pair_goes_when_a_slip_is_corrected(store: Store) -> None:
    _, right = two(store)
    set_field(store, "person", right, "birth_date", "03.03.1975")
    compare_all(store)
    assert duplicates.suspects(store) == []


def test_person_changed_while_being_compared_is_compared_again(store: Store) -> None:
    left = karimov(store)
    with store.read() as session:
        driver: Any = session.connection().connection.driver_connection
        turns = dict(driver.execute("SELECT rowid_of, turn FROM to_compare").fetchall())
    set_field(store, "person", left, "birth_date", "03.03.1975")
    with store.read() as session:
        driver = session.connection().connection.driver_connection
        later = dict(driver.execute("SELECT rowid_of, turn FROM to_compare").fetchall())
    assert later.keys() == turns.keys()
    assert all(later[rowid] > turn for rowid, turn in turns.items())


def test_the_same_engine_answers_at_entry_before_anything_was_compared(store: Store) -> None:
    left = karimov(store)
    form = IntakeForm(surname_latin="KARIMOV", given_latin="ULUGBEK", birth_date=BORN)
    (found,) = similar(store, form)
    assert (found.person_id, found.answer) == (left, "perhaps")
    compare_all(store)
    assert [one.person_id for one in similar(store, form)] == [left]
    slip = replace(form, surname_latin="KARIMVO", birth_date=date(1991, 8, 13))
    assert [one.person_id for one in similar(store, slip)] == []
    slip = replace(form, surname_latin="KARIMVO", birth_date=date(1991, 12, 8))
    assert [one.person_id for one in similar(store, slip)] == [left]
    slip = replace(form, surname_latin="KARIMVO")
    assert [one.person_id for one in similar(store, slip)] == [left]


def test_many_at_once_get_their_keys_in_one_go(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arm.casework.duplicate_watch.MANY", 2)
    left, right = karimov(store), karimov_again(store)
    compare_all(store)
    assert [{one.left_id, one.right_id} for one in duplicates.suspects(store)] == [{left, right}]


def test_other_lists_of_names_begin_the_search_anew(store: Store) -> None:
    two(store)
    store.set_meta("match_rules", "of an older version")
    assert compare_all(store) == 2
    assert duplicates.count(store) == 1


def test_watch_finds_a_pair_by_itself_and_tells(store: Store) -> None:
    told: list[frozenset[tuple[str, str]]] = []
    store.listen(lambda change: told.append(change.records))
    watch = DuplicateWatch(store)
    watch.start()
    try:
        karimov(store)
        karimov_again(store)
        until = time.monotonic() + 20
        while not duplicates.count(store) and time.monotonic() < until:
            time.sleep(0.05)
        assert duplicates.count(store) == 1
    finally:
        watch.stop()
    assert any(kind == "suspected" for records in told for kind, _ in records)


# --- not a duplicate


def test_decided_pair_is_not_asked_again(store: Store) -> None:
    left, right = two(store)
    duplicates.not_duplicate(store, right, left)
    assert duplicates.suspects(store) == []
    set_field(store, "person", right, "phone", "+79000000077")
    compare_all(store)
    assert duplicates.suspects(store) == []
    (line,) = duplicates.decided(store)
    assert (line.kind, line.who) == ("apart", "Орлова М. С.")


def test_decided_pair_is_asked_again_when_an_identifier_agrees(store: Store) -> None:
    left, right = two(store)
    duplicates.not_duplicate(store, left, right)
    set_field(store, "person", left, "inn", "440580974723")
    compare_all(store)
    (line,) = duplicates.suspects(store)
    assert line.answer == "same"
    duplicates.not_duplicate(store, left, right)
    assert duplicates.suspects(store) == []


def test_decision_can_be_taken_back(store: Store) -> None:
    left, right = two(store)
    duplicates.not_duplicate(store, left, right)
    duplicates.ask_again(store, left, right)
    assert duplicates.count(store) == 1
    with pytest.raises(MergeGone):
        duplicates.ask_again(store, left, right)
    duplicates.not_duplicate(store, left, right)
    assert duplicates.count(store) == 0


# --- merging


def test_comparison_marks_what_differs_and_proposes_to_lose_nothing(store: Store) -> None:
    left, right = two(store)
    found = duplicates.comparison(store, left, right)
    lines = {line.name: line for line in found.fields}
    assert lines["phone"].differs
    assert lines["phone"].choice == "keep"
    assert (lines["inn"].keep, lines["inn"].choice) == ("", "other")
    assert lines["languages"].choice == "both"
    assert not lines["birth_date"].differs
    assert "migrant_id" not in lines
    assert {line.kind for line in found.other_records} == {
        "identity_document", "stay_permit", "registration", "case_file",
    }  # fmt: skip
    assert found.suspected


def test_merged_card_has_everything_of_both(store: Store) -> None:
    left, right = two(store)
    attach_file(store, right, "contract", "Договор.pdf", b"%PDF")
    add_note(store, right, "Просил перезвонить")
    duplicates.merge(store, left, right, {"phone": "other"})
    view = open_case(store, left)
    assert (view.person.phone, view.person.inn) == ("+79000000002", "440580974723")
    assert view.person.languages == {"uz", "ru"}
    assert view.person.surname_latin == "KARIMOV"
    assert len(view.identity_documents) == 2
    assert [note.text for note in view.notes] == ["Просил перезвонить"]
    assert [file.file_name for file in view.files] == ["Договор.pdf"]
    assert (len(view.permits), len(view.registrations)) == (1, 1)
    assert duplicates.suspects(store) == []
    (card,) = duplicates.merged_cards(store, left)
    assert (card.number, card.who) == ("63-0018-0000026", "Орлова М. С.")


def test_merged_card_is_found_by_its_number_and_opens_the_other(store: Store) -> None:
    left, right = two(store)
    duplicates.merge(store, left, right)
    assert open_case(store, right).person.id == left
    assert person_by_any_id(store, "63-0018-0000026") == left
    found = find(store, Filter(text="63-0018-0000026"))
    assert found.total == 1
    assert find(store, Filter()).total == 1
    assert check(store) == []


def test_history_of_both_cards_is_kept(store: Store) -> None:
    left, right = two(store)
    add_note(store, right, "До объединения")
    duplicates.merge(store, left, right)
    told = {line.what for line in history(store, left)}
    assert {"Добавлена заметка", "Карточки объединены", "Заведено дело"} <= told


def test_undo_takes_the_whole_merge_back(store: Store) -> None:
    left, right = two(store)
    before = everything(store)
    duplicates.merge(store, left, right, {"phone": "other"})
    assert last_action(store) == "Карточки объединены"
    undo_last(store)
    assert everything(store) == before
    assert open_case(store, right).person.id == right
    compare_all(store)
    assert duplicates.count(store) == 1


def test_taking_apart_gives_both_cards_back_as_they_were(store: Store) -> None:
    left, right = two(store)
    before = everything(store)
    merge_id = duplicates.merge(store, left, right, {"phone": "other"})
    duplicates.unmerge(store, merge_id)
    assert everything(store) == before
    assert find(store, Filter()).total == 2
    compare_all(store)
    assert duplicates.suspects(store) == []
    with pytest.raises(MergeGone):
        duplicates.unmerge(store, merge_id)


def test_what_happened_since_stays_with_the_card_it_belongs_to(store: Store) -> None:
    left, right = two(store)
    merge_id = duplicates.merge(store, left, right, {"phone": "other", "inn": "other"})
    permit = open_case(store, left).permits[0]
    set_field(store, "stay_permit", permit.id, "paid_through", "05.05.2026")
    set_field(store, "person", left, "phone", "+79000000099")
    add_note(store, left, "После объединения")
    set_field(store, "person", right, "profession", "повар")
    (card,) = duplicates.merged_cards(store, left)
    assert card.changed_since == ("Профессия",)
    duplicates.unmerge(store, merge_id)
    kept, other = open_case(store, left), open_case(store, right)
    assert other.permits[0].paid_through == date(2026, 5, 5)
    assert kept.permits == ()
    assert kept.person.phone == "+79000000099"
    assert kept.person.inn is None
    assert [note.text for note in kept.notes] == ["После объединения"]
    assert (other.person.profession, other.person.phone) == ("повар", "+79000000002")


def test_three_cards_one_after_another_come_apart_one_by_one(store: Store) -> None:
    left, right = two(store)
    third = person_with(
        store, passport("7654321", "AC"), surname="Каримов", given="Улугбек", birth_date=BORN
    )
    before = everything(store)
    first = duplicates.merge(store, right, third)
    second = duplicates.merge(store, left, right)
    assert open_case(store, third).person.id == left
    assert len(open_case(store, left).identity_documents) == 3
    duplicates.unmerge(store, first)
    assert len(open_case(store, third).identity_documents) == 1
    assert len(open_case(store, left).identity_documents) == 2
    duplicates.unmerge(store, second)
    assert everything(store) == before


def test_paper_added_to_a_merged_card_comes_over(store: Store) -> None:
    left, right = two(store)
    merge_id = duplicates.merge(store, left, right)
    with store.write("Добавлена заметка") as session:
        session.add(Note(person_id=right, text="Не знал об объединении"))
    assert bring_over(store) == 1
    assert bring_over(store) == 0
    assert [note.text for note in open_case(store, left).notes] == ["Не знал об объединении"]
    assert last_action(store) == "Добавлена заметка"
    duplicates.unmerge(store, merge_id)
    assert [note.text for note in open_case(store, right).notes] == ["Не знал об объединении"]


def test_what_cannot_be_merged_is_refused(store: Store) -> None:
    left, right = two(store)
    with pytest.raises(CardsOverlap):
        duplicates.merge(store, left, left)
    with pytest.raises(PersonNotFound):
        duplicates.merge(store, left, "nobody")
    admin = as_actor(store, "admin", "Админ", "admin")
    with pytest.raises(NotPermitted):
        duplicates.merge(admin, left, right)
    duplicates.merge(store, left, right)
    with pytest.raises(CardsOverlap):
        duplicates.merge(store, left, right)
    with store.write("Карточка другой организации") as session:
        other = Person(surname="Каримов", given="Улугбек", birth_date=BORN, scope=12)
        session.add(other)
    with pytest.raises(CardsOfTwoOffices):
        duplicates.merge(store, left, other.id)


def test_merges_count_in_one_order_however_they_arrive(store: Store) -> None:
    """A into B and B into A; A into B and into C: one answer, and nobody is merged by a ring."""

    def into(*edges: tuple[str, str, str]) -> merged.Merges:
        with store.write("Слияния") as session:
            for edge_id, other, keep in edges:
                session.add(PersonMerge(id=edge_id, person_id=keep, other_id=other, state="merged"))
        with store.read() as session:
            driver: Any = session.connection().connection.driver_connection
            return merged.around(driver, [edges[0][1]])

    ring = into(("2", "a", "b"), ("1", "b", "a"))
    assert (ring.survivor("a"), ring.survivor("b")) == ("a", "a")
    fork = into(("4", "x", "y"), ("3", "x", "z"))
    assert (fork.survivor("x"), fork.survivor("y"), fork.survivor("z")) == ("z", "y", "z")
    assert fork.family == {"x", "y", "z"}
    chain = into(("6", "k", "l"), ("7", "l", "m"))
    assert chain.absorbed("m") == ["k", "l"]


def test_decision_made_at_entry_is_not_asked_again(store: Store) -> None:
    known = karimov(store)
    form = IntakeForm(
        surname="Каримов", given="Улугбек", birth_date=BORN, citizenship="UZB", purpose="work",
        document_number="0011223", document_series="FB", entered_on=date(2026, 5, 1),
        route="patent",
    )  # fmt: skip
    taken = take_in(store, form, apart_from=[known, "somebody who is gone"])
    compare_all(store)
    assert duplicates.suspects(store) == []
    (line,) = duplicates.decided(store)
    assert {line.left_id, line.right_id} == {known, taken.person_id}
