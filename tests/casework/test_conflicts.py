"""Two people changed one field: both edits are shown, a person chooses, nothing is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, insert

from arm.access.errors import NotPermitted
from arm.casework.case import attach_file, open_case, set_field
from arm.casework.conflicts import dispute, disputed, settle, settled_today
from arm.casework.duplicates import merge
from arm.casework.errors import ConflictGone, WrongValues
from arm.casework.people import Filter, find, rows
from arm.casework.today import today
from arm.model import Person, Registration
from arm.store import tables
from arm.store.store import Store
from tests.casework.situations import as_actor, entry, passport, person_with


def mamedov(store: Store) -> tuple[str, Registration]:
    place = Registration(
        address="ул. Садовая, 7–51", address_gar="gar-mine", arrived_on=date(2026, 4, 21),
        registered_on=date(2026, 4, 24), valid_to=date(2026, 7, 31),
    )  # fmt: skip
    person_id = person_with(
        store, entry(date(2026, 4, 21)), place, passport(),
        surname="Мамедов", given="Эльчин", citizenship="AZE", phone="+7 900 000-31-70",
    )  # fmt: skip
    return person_id, place


def dispute_over(
    store: Store, person_id: str, kind: str, doc_id: str, field: str,
    base: Any, mine: Any, theirs: Any, **more: Any,
) -> str:  # fmt: skip
    """A conflict as it arrives from the centre."""
    conflict_id = f"conflict-{kind}-{field}"
    row = {
        "id": conflict_id, "doc_id": doc_id, "kind": kind, "person_id": person_id, "scope": 11,
        "field": field, "base_value": base, "server_value": theirs, "mine_value": mine,
        "server_actor": "tihonova", "server_at": "2026-05-05T09:15:00+00:00",
        "mine_actor": "orlova", "mine_at": "2026-05-05T08:41:00+00:00", "state": "open", **more,
    }  # fmt: skip
    with store.merge(origin="sync") as session:
        session.execute(insert(tables.conflict).values(**row))
        session.info["touched"].add((kind, doc_id, person_id))
    return conflict_id


def test_dispute_of_the_mockup(store: Store) -> None:
    person_id, place = mamedov(store)
    attach_file(store, person_id, "contract", "Договор найма.pdf", b"%PDF")
    for field, base, mine, theirs in (
        ("address", "ул. Садовая, 7–15", "ул. Садовая, 7–51", "ул. Полевая, 3–8"),
        ("address_gar", None, "gar-mine", "gar-theirs"),
        ("valid_to", "2026-04-30", "2026-07-31", "2026-07-19"),
    ):
        dispute_over(store, person_id, "registration", place.id, field, base, mine, theirs)
    (waiting,) = disputed(store)
    assert (waiting.name, waiting.total) == ("Мамедов Эльчин", 2)
    assert waiting.labels == ("адрес", "учёт до")
    assert waiting.who == "вы и Тихонова Е. В."
    found = dispute(store, person_id)
    address, until = found.fields
    assert (address.base.text, address.mine.text, address.theirs.text) == (
        "ул. Садовая, 7–15", "ул. Садовая, 7–51", "ул. Полевая, 3–8",
    )  # fmt: skip
    assert [file.file_name for file in address.evidence] == ["Договор найма.pdf"]
    assert address.theirs.who == "Тихонова Елена Викторовна"
    assert address.taking("theirs") == {
        "conflict-registration-address": "ул. Полевая, 3–8",
        "conflict-registration-address_gar": "gar-theirs",
    }
    assert (until.mine.text, until.theirs.text) == ("31.07.2026", "19.07.2026")
    assert until.editor == "date"
    assert until.hint.endswith("19.07.2026")
    assert today(store).counters.conflicts == 1
    row = rows(store, find(store, Filter()).rowids)[0]
    assert row.conflict


def test_colleague_sees_their_own_edit_as_theirs(store: Store) -> None:
    person_id, _ = mamedov(store)
    dispute_over(store, person_id, "person", person_id, "phone", "1", "2", "3")
    colleague = as_actor(store, "tihonova", "Тихонова Елена Викторовна")
    (field,) = dispute(colleague, person_id).fields
    assert (field.mine.text, field.theirs.text) == ("3", "2")


def test_choice_is_written_and_the_dispute_leaves_the_list(store: Store) -> None:
    person_id, place = mamedov(store)
    dispute_over(
        store, person_id, "registration", place.id, "valid_to",
        "2026-04-30", "2026-07-31", "2026-07-19",
    )  # fmt: skip
    (field,) = dispute(store, person_id).fields
    assert settle(store, field.taking("theirs")) == 1
    assert open_case(store, person_id).registrations[0].valid_to == date(2026, 7, 19)
    assert disputed(store) == []
    (settled,) = settled_today(store)
    assert settled.settled_how == "выбрана правка: Тихонова Е. В."
    with pytest.raises(ConflictGone):
        settle(store, field.taking("mine"))
    with pytest.raises(ConflictGone):
        dispute(store, person_id)


def test_value_of_ones_own_is_checked_like_any_typed_value(store: Store) -> None:
    person_id, place = mamedov(store)
    dispute_over(
        store, person_id, "registration", place.id, "valid_to",
        "2026-04-30", "2026-07-31", "2026-07-19",
    )  # fmt: skip
    (field,) = dispute(store, person_id).fields
    with pytest.raises(WrongValues) as problem:
        settle(store, field.writing("31.06.2026"))
    assert problem.value.problems[0].field == field.conflict_id
    settle(store, field.writing("20.07.2026"))
    assert open_case(store, person_id).registrations[0].valid_to == date(2026, 7, 20)
    assert settled_today(store)[0].settled_how == "введено вручную"


def test_own_address_empties_the_code_that_belonged_to_the_old_one(store: Store) -> None:
    person_id, place = mamedov(store)
    for field, base, mine, theirs in (
        ("address", "а", "ул. Садовая, 7–51", "в"),
        ("address_gar", None, "gar-mine", "gar-theirs"),
    ):
        dispute_over(store, person_id, "registration", place.id, field, base, mine, theirs)
    (field,) = dispute(store, person_id).fields
    settle(store, field.writing("ул. Новая, 1"))
    now = open_case(store, person_id).registrations[0]
    assert (now.address, now.address_gar) == ("ул. Новая, 1", None)


def test_fields_that_one_person_changed_are_listed_as_merged(store: Store) -> None:
    person_id, place = mamedov(store)
    set_field(store, "person", person_id, "employer", "ООО «Заречный хлеб»")
    dispute_over(
        store, person_id, "registration", place.id, "valid_to",
        "2026-04-30", "2026-07-31", "2026-07-19",
    )  # fmt: skip
    (merged,) = dispute(store, person_id).merged_without_dispute
    assert (merged.label, merged.value, merged.whose) == (
        "Работодатель", "ООО «Заречный хлеб»", "ваша правка",
    )  # fmt: skip


def test_files_are_told_by_their_names_among_what_was_merged(store: Store) -> None:
    person_id, place = mamedov(store)
    with store.merge() as session:  # the case is an old one
        session.execute(delete(tables.history))
    attach_file(store, person_id, "contract", "Договор найма.pdf", b"%PDF")
    dispute_over(
        store, person_id, "registration", place.id, "valid_to",
        "2026-04-30", "2026-07-31", "2026-07-19",
    )  # fmt: skip
    (merged,) = dispute(store, person_id).merged_without_dispute
    assert (merged.label, merged.value.split(",")[0]) == ("Файл", "Договор найма.pdf")
    assert "application/pdf" not in merged.value


def test_whether_a_record_stays_is_disputed_in_words(store: Store) -> None:
    person_id, place = mamedov(store)
    dispute_over(store, person_id, "registration", place.id, "deleted", False, False, True)
    (case,) = disputed(store)
    assert case.labels == ("учёт по месту пребывания: удаление",)
    assert dispute(store, person_id).fields[0].label == "Учёт по месту пребывания: удаление"


def test_dispute_about_a_card_that_went_into_another_has_a_name(store: Store) -> None:
    keep, _ = mamedov(store)
    other = person_with(store, surname="Мамедов", given="Э.", citizenship="AZE")
    dispute_over(store, other, "person", other, "phone", "1", "2", "3")
    merge(store, keep, other, {})
    assert [case.name for case in disputed(store)] == ["Мамедов Э."]
    with store.merge(origin="sync") as session:
        session.execute(delete(tables.history))
        session.execute(delete(Person).where(Person.id == other))
    assert [case.name for case in disputed(store)] == ["Мамедов Эльчин"]
    assert dispute(store, other).name == "Мамедов Эльчин"


def test_citizenship_is_chosen_from_the_list(store: Store) -> None:
    person_id, _ = mamedov(store)
    dispute_over(store, person_id, "person", person_id, "citizenship", "AZE", "GEO", "ARM")
    (field,) = dispute(store, person_id).fields
    assert field.editor == "choice"
    assert (field.mine.text, field.theirs.text) == ("Грузия", "Армения")


def test_role_without_the_right_settles_nothing(store: Store) -> None:
    person_id, _ = mamedov(store)
    dispute_over(store, person_id, "person", person_id, "phone", "1", "2", "3")
    desk = as_actor(store, "desk", "Стойка", "center_desk")
    with pytest.raises(NotPermitted):
        settle(desk, {"conflict-person-phone": "2"})
    assert len(disputed(store)) == 1
