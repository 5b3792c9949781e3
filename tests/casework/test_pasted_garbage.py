"""What a clipboard, a scanner or a slip of the hand brings into fields."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from arm.casework import case, intake
from arm.casework.errors import WrongValues
from arm.casework.people import Filter, Order, find
from arm.model import CaseFile, Registration, fields, kinds, plain
from arm.store import tables
from arm.store.store import Store
from tests.casework.situations import entry, passport, person_with

GARBAGE = (
    "a\x00b",
    "a\ud800b",
    "\u202eابج\u202c",
    "👩\u200d👩\u200d👧\u200d👦",
    "я" * 100_000,
    "строка\r\nещё\tстрока",
    "\x1b[31m",
    "\ufeff",
    "'; DROP TABLE person; --",
    "{surname} %s %(x)s \\",
)


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
def test_in_any_field_it_is_kept_plain_or_refused(store: Store, text: str) -> None:
    papers = (passport(), entry(date(2026, 7, 1)), Registration(address="Заводская, 4"))
    person_id = person_with(store, *papers)
    with store.read() as session:
        case_id = session.scalars(select(CaseFile.id)).one()
    places = [("person", person_id), ("case_file", case_id)]
    places += [(paper.kind, paper.id) for paper in papers]
    for kind, record_id in places:
        for name in fields(kinds()[kind]):
            if not name.endswith("_id"):
                with suppress(WrongValues):
                    case.set_field(store, kind, record_id, name, text)
    with suppress(WrongValues):
        case.add_note(store, person_id, text)
    assert_plain_and_short(store)
    assert case.open_case(store, person_id).person.id == person_id
    find(store, Filter(text=text), Order())


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
def test_at_intake_it_never_breaks_the_form_or_its_draft(store: Store, text: str) -> None:
    form = intake.IntakeForm()
    for name, value in vars(form).items():
        if isinstance(value, str):
            form = replace(form, **{name: text})
    form = replace(form, birth_date=date(1990, 1, 1), citizenship="UZB")
    draft = store.save_draft("intake", text, {"surname": text})
    assert [one.id for one in store.drafts("intake")] == [draft]
    intake.similar(store, form)
    intake.from_mrz(text, store.clock.today())
    with suppress(WrongValues):
        intake.take_in(store, form)
    assert_plain_and_short(store)


def assert_plain_and_short(store: Store) -> None:
    """Whatever goes to the centre is text that PostgreSQL keeps, and not a book."""
    with store.read() as session:
        said = list(session.scalars(select(tables.outbox.c.op)))
    texts = [one["n"] for op in said for one in op["f"].values() if isinstance(one.get("n"), str)]
    assert all(text == plain(text) and len(text) <= 20_000 for text in texts)
