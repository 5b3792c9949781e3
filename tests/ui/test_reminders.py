"""Terms that end today or are overdue: one quiet notice, each term once a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtTest import QTest
from shell_parts import PASSWORD, ROOM, PlainPage

from arm.casework.case import add_term
from arm.casework.reminders import note_told, reminder
from arm.casework.terms import TermKey, hand_over, snooze
from arm.clock import FixedClock
from arm.model import CaseFile, Person, new_id
from arm.places import Home
from arm.store.store import Store
from ui.page import PageSpec
from ui.shell import reminders
from ui.shell.frame import Frame
from ui.shell.notices import NoticesPanel
from ui.widgets import Button, Dialog

Open = Callable[[Home], Frame]


class Terms(PlainPage):
    page_id = "terms"
    title = "Сроки"


@pytest.fixture(autouse=True)
def with_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = (*ROOM.pages, PageSpec("terms", "Сроки", "clock", Terms))
    monkeypatch.setattr(reminders, "GATHER", 0)
    monkeypatch.setattr("shell_parts.ROOM", replace(ROOM, pages=pages))


def signed_in(frame: Frame) -> Frame:
    frame.sign_in("orlova", PASSWORD)
    settle(frame)
    assert frame.main is not None
    return frame


def settle(frame: Frame) -> None:
    for _ in range(3):
        QTest.qWait(20)
        assert frame.background.drain(20_000)


def said(frame: Frame) -> list[str]:
    assert frame.main is not None
    notices = [one for one in frame.main.notices.all if one.key == reminders.KEY]
    return [one.title.replace("\xa0", " ") for one in notices]


def store_of(frame: Frame) -> Store:
    assert frame.main is not None
    return frame.main.workstation.store


def term(store: Store, days: int) -> TermKey:
    """A term of Orlova's, so many days from today."""
    person = Person(id=new_id(), surname="Каримов", given="Улугбек")
    with store.write("Заведено дело") as session:
        session.add(person)
        session.add(CaseFile(person_id=person.id, responsible="orlova"))
    due = store.clock.today() + timedelta(days=days)
    return TermKey(person.id, "manual", due, add_term(store, person.id, "Позвонить", due))


def test_nothing_is_said_while_nothing_ends(open_frame: Open, own_home: Home) -> None:
    frame = signed_in(open_frame(own_home))
    term(store_of(frame), 3)
    settle(frame)
    assert said(frame) == []


def test_a_term_of_today_is_told_quietly_and_leads_to_the_list(
    open_frame: Open, own_home: Home
) -> None:
    frame = signed_in(open_frame(own_home))
    for _ in range(3):
        term(store_of(frame), 0)
    settle(frame)
    assert said(frame) == ["Сегодня истекают 3 срока"]
    assert frame.main is not None
    assert frame.main.notices.unseen
    assert not [one for one in frame.findChildren(Dialog) if one.isVisible()]
    frame.main.top.bell.click()
    panel = frame.findChild(NoticesPanel)
    assert panel is not None
    next(one for one in panel.findChildren(Button) if one.text() == "Показать").click()
    page = frame.main._pages["terms"]
    assert isinstance(page, Terms)
    assert page.told[-1] == {"shown": "today", "mine": True}


def test_at_midnight_what_is_left_is_told_anew(
    open_frame: Open, own_home: Home, clock: FixedClock
) -> None:
    frame = signed_in(open_frame(own_home))
    term(store_of(frame), 0)
    term(store_of(frame), 1)
    settle(frame)
    assert said(frame) == ["Сегодня истекает 1 срок"]
    assert frame.main is not None
    frame.main.notices.seen()
    clock.advance(timedelta(days=1))
    frame.main._on_minute()
    settle(frame)
    assert said(frame) == ["Сегодня истекает 1 срок, просрочено 1"]
    assert frame.main.notices.unseen


def test_each_term_is_told_once_a_day(open_frame: Open, own_home: Home) -> None:
    frame = signed_in(open_frame(own_home))
    store = store_of(frame)
    term(store, -2)
    settle(frame)
    assert said(frame) == ["У вас 1 срок просрочен"]
    assert not reminder(store).fresh
    frame.sign_out()
    signed_in(frame)
    assert said(frame) == [], "told already today"
    term(store_of(frame), 0)
    settle(frame)
    assert said(frame) == ["Сегодня истекает 1 срок, просрочено 1"]


def test_what_is_put_off_or_handed_over_is_not_told(open_frame: Open, own_home: Home) -> None:
    frame = signed_in(open_frame(own_home))
    store = store_of(frame)
    late, mine = term(store, -2), term(store, 0)
    settle(frame)
    snooze(store, [late], store.clock.today() + timedelta(days=2), "болеет")
    settle(frame)
    assert said(frame) == ["Сегодня истекает 1 срок"]
    store.set_meta("people", {"orlova": "Орлова Мария", "lapin": "Лапин Денис"})
    hand_over(store, [mine], "lapin")
    settle(frame)
    assert said(frame) == []


def test_told_terms_of_another_day_are_forgotten(open_frame: Open, own_home: Home) -> None:
    frame = signed_in(open_frame(own_home))
    store = store_of(frame)
    term(store, 0)
    found = reminder(store)
    note_told(store, found.on - timedelta(days=1), found.fresh)
    assert reminder(store).fresh == found.fresh
    note_told(store, found.on, found.fresh)
    assert not reminder(store).fresh
