"""Edits that the centre refused: their author reads what was typed, why, and what to do."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from arm.casework.case import set_field
from arm.casework.duplicates import merge
from arm.casework.refused import RefusedEdit, refused
from arm.model import HostParty, Note, Person, Registration, new_id
from arm.store import tables
from arm.store.store import Store
from arm.sync.queue import Batch, acknowledge
from tests.casework.situations import as_actor, person_with

AT = "2026-05-05T12:30:00+00:00"


def answer(store: Store, why: str, *, at: str = AT, forgotten: bool = False) -> None:
    """The centre refuses everything that waits, as its answer is taken over by the exchange."""
    with store.read() as session:
        rows = session.execute(select(tables.outbox).order_by(tables.outbox.c.cseq)).all()
    batch = Batch(
        scope=11,
        cseqs=tuple(row.cseq for row in rows),
        texts=tuple(json.dumps(row.op) for row in rows),
        authors=tuple("orlova" for _ in rows),
        ids=tuple((row.doc_id, row.kind) for row in rows) if forgotten else (),
    )
    results = [{"cseq": row.cseq, "status": "denied", "why": why} for row in rows]
    with store.merge() as session:
        acknowledge(session, batch, {"results": results, "docs": []}, at)


def sent(store: Store) -> None:
    """What waits is taken by the centre."""
    with store.merge() as session:
        session.execute(delete(tables.outbox))


def typed(edit: RefusedEdit) -> list[tuple[str, str]]:
    return [(value.label, value.text) for value in edit.values]


def rows_kept(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(tables.rejected)) or 0


def test_nothing_refused_is_an_empty_list(store: Store) -> None:
    person_with(store)
    assert refused(store) == []


def test_changed_field_is_told_with_its_value_reason_and_advice(store: Store) -> None:
    person_id = person_with(store, patronymic="Шавкатович")
    sent(store)
    set_field(store, "person", person_id, "phone", "+7 900 000-31-70")
    answer(store, "no_right")
    (edit,) = refused(store)
    assert (edit.person_id, edit.here, edit.kind) == (person_id, True, "person")
    assert edit.person_name == "Каримов Улугбек Шавкатович"
    assert edit.what == "Изменён телефон"
    assert [text for _, text in typed(edit)] == ["+7 900 000-31-70"]
    assert "доступ изменили" in edit.why
    assert edit.advice == "Попросите администратора вернуть доступ и внесите правку заново"
    assert edit.at.isoformat() == AT
    assert edit.typed_at == store.clock.now()
    assert edit.who == "", "the signed-in person's own"


def test_newest_refusal_stands_first_and_reading_deletes_nothing(store: Store) -> None:
    person_id = person_with(store)
    sent(store)
    set_field(store, "person", person_id, "phone", "+7 900 000-00-01")
    answer(store, "no_right", at="2026-05-04T09:00:00+00:00")
    set_field(store, "person", person_id, "employer", "ООО «Мир»")
    answer(store, "bad_op")
    for _ in range(2):
        assert [edit.what for edit in refused(store)] == ["Изменён работодатель", "Изменён телефон"]
    assert rows_kept(store) == 2


def test_taken_in_person_who_is_gone_from_here_still_has_a_name(store: Store) -> None:
    person_id = person_with(store, surname="Мамедов", given="Эльчин", citizenship="AZE")
    answer(store, "no_right", forgotten=True)
    with store.read() as session:
        assert session.get(Person, person_id) is None
    edits = {edit.kind: edit for edit in refused(store)}
    assert {edit.person_name for edit in edits.values()} == {"Мамедов Эльчин"}
    assert not any(edit.here for edit in edits.values())
    assert edits["person"].what == "Заведён человек"
    assert ("Гражданство", "Азербайджан") in typed(edits["person"])
    assert edits["case_file"].what == "Заведено дело"


def test_edit_of_a_person_who_is_gone_is_named_from_history(store: Store) -> None:
    person_id = person_with(store)
    sent(store)
    set_field(store, "person", person_id, "phone", "+7 900 000-00-02")
    answer(store, "no_record", forgotten=True)
    (edit,) = refused(store)
    assert (edit.person_name, edit.here) == ("Каримов Улугбек", False)
    assert "администратора" in edit.advice


def test_name_that_was_changed_since_is_told_of_a_person_who_is_gone(store: Store) -> None:
    person_id = person_with(store)
    sent(store)
    set_field(store, "person", person_id, "surname", "Керимов")
    answer(store, "no_record", forgotten=True)
    (edit,) = refused(store)
    assert (edit.person_name, edit.here) == ("Керимов Улугбек", False)


def test_edit_of_a_card_that_went_into_another_opens_that_one(store: Store) -> None:
    keep, other = person_with(store, patronymic="Шавкатович"), person_with(store)
    sent(store)
    set_field(store, "person", other, "phone", "+7 900 000-00-02")
    answer(store, "no_right")
    merge(store, keep, other, {})
    (edit,) = [edit for edit in refused(store) if edit.what == "Изменён телефон"]
    assert (edit.person_name, edit.here) == ("Каримов Улугбек", True)
    with store.merge() as session:
        session.execute(delete(tables.history))
        session.execute(delete(Person).where(Person.id == other))
    (edit,) = [edit for edit in refused(store) if edit.what == "Изменён телефон"]
    assert (edit.person_name, edit.here) == ("Каримов Улугбек Шавкатович", True)


def test_dates_codes_sets_hosts_and_emptied_fields_are_read_by_people(store: Store) -> None:
    host = HostParty(id=new_id(), host_kind="organisation", organisation="ООО «Стройлиния»")
    place = Registration(address="ул. Садовая, 7–51", registered_on=date(2026, 4, 24))
    person_id = person_with(store, place, phone="+7 900 000-00-03", languages=frozenset({"uz"}))
    with store.write("Добавлена принимающая сторона") as session:
        session.add(host)
    sent(store)
    with store.write("Правки") as session:
        kept, person = session.get(Registration, place.id), session.get(Person, person_id)
        assert kept is not None
        assert person is not None
        kept.host_id, kept.valid_to, kept.address_gar = host.id, date(2026, 7, 31), "gar-1"
        person.sex, person.phone, person.languages = "M", None, frozenset({"ru"})
    answer(store, "no_right")
    edits = {edit.kind: typed(edit) for edit in refused(store)}
    assert edits["registration"] == [
        ("Принимающая сторона", "ООО «Стройлиния»"),
        ("Учёт до", "31.07.2026"),
    ]
    assert {text for _, text in edits["person"]} == {"мужской", "", "русский", "узбекский"}
    assert ("Языки: убрано", "узбекский") in edits["person"]


def test_deleting_and_deciding_that_were_refused_are_named(store: Store) -> None:
    note = Note(text="Просит звонить", author="orlova", written_at=store.clock.now())
    person_with(store, note)
    sent(store)
    with store.write("Удалена заметка") as session:
        gone = session.get(Note, note.id)
        assert gone is not None
        session.delete(gone)
    answer(store, "no_right")
    (edit,) = refused(store)
    assert (edit.what, edit.values) == ("Удалена заметка", ())
    with store.merge() as session:
        (row,) = session.execute(select(tables.rejected)).all()
        change = {"b": 1, "p": None, "o": "Просит звонить", "n": "Просит писать"}
        decided: dict[str, Any] = row.op | {"op": "resolve", "conflict": "c", "f": {"text": change}}
        session.execute(update(tables.rejected).values(op=decided))
    (edit,) = refused(store)
    assert edit.what.startswith("Решение по расхождению: ")
    assert [text for _, text in typed(edit)] == ["Просит писать"]


def test_colleague_at_the_same_computer_is_named(store: Store) -> None:
    person_id = person_with(store)
    sent(store)
    colleague = as_actor(store, "tihonova", "Тихонова Елена Викторовна")
    set_field(colleague, "person", person_id, "phone", "+7 900 000-00-04")
    answer(store, "no_right")
    (edit,) = refused(store)
    assert edit.who == "Тихонова Е. В."
    (own,) = refused(colleague)
    assert own.who == ""


@pytest.mark.parametrize("why", ["bad_op", "id_taken", "of_a_newer_centre"])
def test_reason_that_says_what_to_do_comes_with_the_advice_to_copy(store: Store, why: str) -> None:
    person_with(store)
    answer(store, why)
    for edit in refused(store):
        assert "заново" in edit.why
        assert edit.advice == "Скопируйте набранное, чтобы не набирать его второй раз"


def test_field_of_a_newer_program_is_shown_by_its_name(store: Store) -> None:
    person_id = person_with(store)
    sent(store)
    set_field(store, "person", person_id, "phone", "+7 900 000-00-05")
    with store.merge() as session:
        (row,) = session.execute(select(tables.outbox)).all()
        newer = {"shoe_size": {"b": 0, "p": None, "o": None, "n": 43}}
        session.execute(update(tables.outbox).values(op=row.op | {"f": row.op["f"] | newer}))
    answer(store, "bad_op")
    (edit,) = refused(store)
    assert typed(edit)[-1] == ("shoe_size", "43")
