"""The case file: what it shows, and that each change is one action that can be taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from arm.access.errors import NotPermitted
from arm.casework.case import (
    add_note,
    add_record,
    add_term,
    assign,
    attach_file,
    attachments,
    complete_step,
    delete_record,
    open_case,
    read_file,
    reopen_step,
    set_field,
    set_fields,
    settle_term,
    summary,
)
from arm.casework.errors import PersonNotFound, RecordGone, WrongValues
from arm.casework.facts import case_facts
from arm.casework.history import history, recent
from arm.casework.people import row_of
from arm.casework.printing import boxes, issued, remember
from arm.casework.printing import recent as recently_printed
from arm.casework.validation import NotADate, parse_day
from arm.clock import FixedClock
from arm.model import Certificate, Registration, StayPermit
from arm.store.store import Store
from arm.store.undo import last_action, undo_last
from tests.casework.situations import as_actor, entry, passport, person_with


def karimov(store: Store) -> str:
    """The case of the mockup."""
    return person_with(
        store,
        passport(issued_on=date(2021, 5, 24), valid_to=date(2031, 5, 23)),
        entry(date(2025, 12, 20), series="4625", number="1180342"),
        StayPermit(
            permit_type="patent", series="40", number="2600184417", issued_on=date(2026, 1, 14),
            valid_to=date(2027, 1, 13), paid_through=date(2026, 5, 13),
        ),
        Registration(registered_on=date(2025, 12, 22), valid_to=date(2026, 5, 13)),
        Certificate(
            certificate_type="medical", number="2217", issued_on=date(2025, 12, 24),
            valid_to=date(2026, 12, 24),
        ),
        Certificate(certificate_type="fingerprints", issued_on=date(2025, 12, 25)),
        Certificate(certificate_type="exam", valid_to=date(2028, 12, 26)),
        patronymic="Шавкатович",
        birth_date=date(1991, 8, 12),
        phone="+7 900 000-12-40",
        languages=frozenset({"uz", "ru"}),
    )  # fmt: skip


def test_case_of_the_mockup(store: Store) -> None:
    view = open_case(store, karimov(store))
    assert view.name == "Каримов Улугбек Шавкатович"
    assert view.short_name == "Каримов У. Ш."
    assert view.initials == "КУ"
    assert (view.status.text, view.status.reason) == ("Законно до 13.05.2026", "патент оплачен")
    assert [step.state for step in view.steps] == [*["done"] * 6, "current"]
    assert view.steps[0].caption == "22.12.2025"
    assert view.steps[-1].caption == "4 из 12 месяцев"
    shown = {term.title: (term.due_on, term.days_left, term.who_text) for term in view.terms}
    assert shown["Оплатить НДФЛ за патент"] == (date(2026, 5, 13), 8, "заявитель")
    assert shown["Продлить учёт по месту пребывания"] == (date(2026, 5, 13), 8, "центр")
    papers = {(line.title, line.number): (line.caption, line.state) for line in view.documents}
    assert papers["Паспорт", "FA 4182907"] == ("до 23.05.2031", "ok")
    assert papers["Миграционная карта", "4625 1180342"] == ("цель «работа»", "none")
    assert papers["Учёт по месту пребывания", ""] == ("истекает 13.05", "warn")
    contacts = {line.field: line.value for line in view.contacts}
    assert contacts["languages"] == "русский, узбекский"


def test_missing_case_says_so(store: Store) -> None:
    with pytest.raises(PersonNotFound):
        open_case(store, "nobody")


def test_phone_is_changed_shown_in_history_and_taken_back(store: Store) -> None:
    person_id = karimov(store)
    changed = set_field(store, "person", person_id, "phone", "+7 900 000-99-99")
    assert changed.persons == {person_id}
    assert last_action(store) == "Изменён телефон"
    line = history(store, person_id)[0]
    assert (line.what, line.field_label) == ("Изменён телефон", "Телефон")
    assert (line.old, line.new) == ("+7 900 000-12-40", "+7 900 000-99-99")
    assert (line.who, line.source, line.sent) == ("Орлова Мария Сергеевна", "own", False)
    undo_last(store)
    assert open_case(store, person_id).person.phone == "+7 900 000-12-40"


def test_typed_date_is_understood_and_a_wrong_one_explained(store: Store) -> None:
    person_id = karimov(store)
    permit = open_case(store, person_id).permits[0]
    set_field(store, "stay_permit", permit.id, "paid_through", "13.06.2026")
    row = row_of(store, person_id)
    assert row is not None
    assert (row.lawful_until, row.status) == ("2026-06-13", "ok")
    with pytest.raises(WrongValues) as problem:
        set_field(store, "stay_permit", permit.id, "paid_through", "31.04.2026")
    assert problem.value.problems[0].text == "В апреле 30 дней. Проверьте дату"
    assert problem.value.problems[0].field == "paid_through"


@pytest.mark.parametrize(
    ("text", "day"),
    [("05.05.2026", date(2026, 5, 5)), ("5.5.2026", date(2026, 5, 5)),
     ("2026-05-05", date(2026, 5, 5)), ("", None), ("29.02.2028", date(2028, 2, 29))],
)  # fmt: skip
def test_days_as_people_type_them(text: str, day: date | None) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize("text", ["29.02.2026", "05.13.2026", "вчера", "32.01.2026"])
def test_days_that_do_not_exist(text: str) -> None:
    with pytest.raises(NotADate):
        parse_day(text)


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("person", "phone", "123"),
        ("person", "email", "почта"),
        ("person", "citizenship", "XYZ"),
        ("person", "snils", "112-233-445 96"),
        ("person", "surname_latin", "КАРИМОВ"),
        ("person", "sex", "мужской"),
    ],
)
def test_value_that_cannot_be_right_is_refused(
    store: Store, kind: str, field: str, value: str
) -> None:
    person_id = karimov(store)
    with pytest.raises(WrongValues):
        set_field(store, kind, person_id, field, value)


def test_valid_snils_and_inn_are_kept(store: Store) -> None:
    person_id = karimov(store)
    set_fields(store, "person", person_id, {"snils": "112-233-445 95", "inn": "440580974723"})
    assert last_action(store) == "Изменены: СНИЛС, ИНН"


def test_end_before_beginning_is_refused_and_nothing_is_kept(store: Store) -> None:
    person_id = karimov(store)
    passport_id = open_case(store, person_id).identity_documents[0].id
    with pytest.raises(WrongValues):
        set_field(store, "identity_document", passport_id, "valid_to", "01.01.2020")
    assert open_case(store, person_id).identity_documents[0].valid_to == date(2031, 5, 23)


def test_document_is_added_deleted_and_brought_back(store: Store) -> None:
    person_id = karimov(store)
    policy = add_record(
        store, "certificate", person_id,
        {"certificate_type": "insurance", "number": "М-552810", "valid_to": "08.05.2026"},
    )  # fmt: skip
    view = open_case(store, person_id)
    assert any(term.title == "Продлить полис ДМС" for term in view.terms)
    delete_record(store, "certificate", policy)
    assert all(line.record_id != policy for line in open_case(store, person_id).documents)
    with pytest.raises(RecordGone):
        set_field(store, "certificate", policy, "number", "1")
    undo_last(store)
    assert any(line.record_id == policy for line in open_case(store, person_id).documents)


def test_empty_record_is_not_added(store: Store) -> None:
    with pytest.raises(WrongValues):
        add_record(store, "certificate", karimov(store), {"number": "", "valid_to": ""})


def test_host_is_shared_and_shown_with_the_registration(store: Store) -> None:
    person_id = karimov(store)
    host = add_record(store, "host_party", None, {"host_kind": "person", "surname": "Петров"})
    registration = open_case(store, person_id).registrations[0]
    set_field(store, "registration", registration.id, "host_id", host)
    shown = open_case(store, person_id).host
    assert shown is not None
    assert shown.surname == "Петров"


def test_step_is_passed_and_opened_again(store: Store) -> None:
    person_id = person_with(store, entry(date(2026, 4, 21)))
    complete_step(store, person_id, "registration", date(2026, 4, 23))
    steps = open_case(store, person_id).steps
    assert (steps[0].state, steps[0].caption) == ("done", "23.04.2026")
    assert steps[1].state == "current"
    reopen_step(store, person_id, "registration")
    assert open_case(store, person_id).steps[0].state == "repeat"


def test_own_term_is_written_and_settled(store: Store) -> None:
    person_id = karimov(store)
    term_id = add_term(store, person_id, "Принести перевод паспорта", "12.05.2026")
    own = next(term for term in open_case(store, person_id).terms if term.rule == "manual")
    assert (own.title, own.deadline_id) == ("Принести перевод паспорта", term_id)
    assert own.explanation.rule_text == "Срок поставлен вручную"
    settle_term(store, person_id, "manual", own.due_on, deadline_id=term_id)
    assert all(term.rule != "manual" for term in open_case(store, person_id).terms)


def test_settled_payment_comes_back_for_the_next_month(store: Store) -> None:
    person_id = karimov(store)
    settle_term(store, person_id, "patent_payment", date(2026, 5, 13))
    assert "patent_payment" not in {term.rule for term in open_case(store, person_id).terms}
    permit = open_case(store, person_id).permits[0]
    set_field(store, "stay_permit", permit.id, "paid_through", date(2026, 6, 13))
    found = {term.rule: term.due_on for term in open_case(store, person_id).terms}
    assert found["patent_payment"] == date(2026, 6, 13)


def test_term_without_a_day_is_not_written(store: Store) -> None:
    with pytest.raises(WrongValues) as problem:
        add_term(store, karimov(store), "", "")
    assert {one.field for one in problem.value.problems} == {"title_text", "due_on"}


def test_note_has_its_author(store: Store) -> None:
    person_id = karimov(store)
    add_note(store, person_id, "Просит звонить после 18:00")
    note = open_case(store, person_id).notes[0]
    assert (note.text, note.author_name) == ("Просит звонить после 18:00", "Орлова М. С.")


def test_scan_is_kept_and_marks_its_document(store: Store) -> None:
    person_id = karimov(store)
    file_id = attach_file(store, person_id, "passport", "паспорт.jpg", b"\xff\xd8 picture")
    assert read_file(store, file_id) == b"\xff\xd8 picture"
    (file,) = attachments(store, person_id)
    assert (file.file_name, file.media_type, file.here) == ("паспорт.jpg", "image/jpeg", True)
    line = next(one for one in open_case(store, person_id).documents if one.title == "Паспорт")
    assert line.has_scan


def test_cases_are_given_to_a_colleague_in_one_action(store: Store) -> None:
    people = [karimov(store), person_with(store, surname="Назаров")]
    changed = assign(store, people, "tihonova")
    assert changed.persons == set(people)
    rows = [row_of(store, one) for one in people]
    assert [row.responsible for row in rows if row] == ["tihonova", "tihonova"]
    assert last_action(store) == "Назначен ответственный: Тихонова Е. В. (2)"
    undo_last(store)
    row = row_of(store, people[1])
    assert row is not None
    assert row.responsible == "orlova"


def test_printed_form_can_be_printed_again_exactly(store: Store) -> None:
    person_id = karimov(store)
    issued_id = remember(store, person_id, "arrival_notice", "2025-02-05", {"surname": "КАРИМОВ"})
    assert boxes(store, issued_id) == {"surname": "КАРИМОВ"}
    (line,) = issued(store, person_id)
    assert (line.form, line.printed_by) == ("arrival_notice", "Орлова Мария Сергеевна")
    assert [one.id for one in recently_printed(store)] == [issued_id]


def test_facts_for_forms_carry_terms_and_notes(store: Store) -> None:
    person_id = karimov(store)
    add_note(store, person_id, "Просит звонить после 18:00")
    facts = case_facts(store, person_id)
    assert facts.office.region == "63"
    assert facts.filled_by == "Орлова Мария Сергеевна"
    assert facts.extra["notes"] == "Просит звонить после 18:00"
    day, what, ground = facts.extra["terms"].splitlines()[0].split("\t")
    assert (day, what) == ("2026-05-13", "Оплатить НДФЛ за патент")
    assert "115-ФЗ" in ground


def test_journal_pages_backwards(store: Store, clock: FixedClock) -> None:
    person_id = karimov(store)
    for number in range(5):
        clock.advance(timedelta(minutes=1))
        add_note(store, person_id, f"Заметка {number}")
    first = recent(store, limit=3)
    assert first[0].new.startswith("Заметка 4")
    assert first[0].person_name == "Каримов Улугбек Шавкатович"
    later = recent(store, limit=3, before=first[-1].id)
    assert later[0].id < first[-1].id


def test_history_needs_the_right_to_see_it(store: Store) -> None:
    person_id = karimov(store)
    desk = as_actor(store, "desk", "Стойка", "center_desk")
    with pytest.raises(NotPermitted):
        history(desk, person_id)
    with pytest.raises(NotPermitted):
        set_field(desk, "person", person_id, "phone", "+7 900 111-22-33")


def test_summary_is_plain_json_with_its_documented_keys(store: Store) -> None:
    found = summary(store, karimov(store))
    assert set(found) >= {
        "person_id", "migrant_id", "name", "name_latin", "birth_date", "citizenship", "status",
        "route", "steps", "deadlines", "documents", "registration", "notes", "contacts",
    }  # fmt: skip
    assert found["status"] == {"kind": "ok", "until": "2026-05-13", "reason": "патент оплачен"}
