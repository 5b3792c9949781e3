"""«Расхождения»: nothing is chosen for a person, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from casefile_parts import (
    HostWindow,
    address_dispute,
    disputed,
    karimov,
    opened_office,
    opened_window,
)
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from arm.casework import conflicts
from arm.model import CaseFile, Registration
from arm.store.errors import DiskFull
from arm.store.store import Store
from arm.sync.engine import SyncEngine
from ui.casefile.conflicts_page import ConflictsPage


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def person(store: Store) -> str:
    made = karimov(store)
    address_dispute(store, made)
    return made


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    yield from opened_window(qtbot, store, (1280, 760))


@pytest.fixture
def page(window: HostWindow, person: str) -> ConflictsPage:
    shown = window.show_page(ConflictsPage, {})
    assert isinstance(shown, ConflictsPage)
    return shown


def labels(page: ConflictsPage) -> list[str]:
    return [row.disputed.label for row in page.rows]


def place_of(store: Store, person: str) -> Registration:
    with store.read() as session:
        return session.scalars(select(Registration).where(Registration.person_id == person)).one()


def test_nothing_is_chosen_and_saving_waits_for_every_field(page: ConflictsPage) -> None:
    assert labels(page) == ["Адрес", "Учёт до", "Заметка"]
    assert [row.choice for row in page.rows] == ["", "", ""]
    assert not page.save_button.isEnabled()
    page.rows[0].choose("mine")
    page.rows[1].choose("theirs")
    assert not page.save_button.isEnabled()
    page.rows[2].choose("base")
    assert page.save_button.isEnabled()


def test_number_keys_choose_and_arrows_walk(
    window: HostWindow, page: ConflictsPage, store: Store, person: str
) -> None:
    page.rows[0].setFocus()
    for row, key in zip(page.rows, (Qt.Key.Key_3, Qt.Key.Key_2, Qt.Key.Key_1), strict=True):
        QTest.keyClick(QApplication.focusWidget(), key)
        assert row.settled()
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
    assert [row.choice for row in page.rows] == ["theirs", "mine", "base"]
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    window.settle()
    place = place_of(store, person)
    assert place.address == "ул. Полевая, 3–8"
    assert f"{place.valid_to:%d.%m.%Y}" == "31.07.2026"
    assert conflicts.disputed(store) == []
    assert [case.person_id for case in conflicts.settled_today(store)] == [person]
    assert window.told.toasts == ["Решение сохранено"]


def test_own_value_is_kept_only_when_it_is_a_date(
    window: HostWindow, page: ConflictsPage, store: Store, person: str
) -> None:
    page.take_all("mine")
    until = page.rows[1]
    until.choose("own")
    editor = until.editor.widget
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "31.02.2026")
    assert not page.save_button.isEnabled()
    assert "феврал" in until.problem()
    editor.clear()
    QTest.keyClicks(editor, "20.07.2026")
    assert page.save_button.isEnabled()
    page.save()
    window.settle()
    assert f"{place_of(store, person).valid_to:%d.%m.%Y}" == "20.07.2026"


def test_both_remarks_can_be_taken_together(page: ConflictsPage) -> None:
    note = page.rows[2]
    both = note.findChild(QAbstractButton, f"conflict-{note.disputed.conflict_id}-both")
    assert both is not None
    both.click()
    assert note.choice == "own"
    assert "после 19:00" in note.words()
    assert "мессенджер" in note.words()


def test_choice_survives_looking_at_another_case(
    window: HostWindow, store: Store, person: str
) -> None:
    other = karimov(store)
    address_dispute(store, other)
    page = window.show_page(ConflictsPage, {"person_id": person})
    assert isinstance(page, ConflictsPage)
    page.rows[0].choose("theirs")
    page.rows[2].choose("own")
    QTest.keyClicks(page.rows[2].editor.widget, "own words")
    page.choose(other)
    window.settle()
    assert [row.choice for row in page.rows] == ["", "", ""]
    page.choose(person)
    window.settle()
    assert [row.choice for row in page.rows] == ["theirs", "", "own"]
    assert page.rows[2].words() == "own words"


def test_text_being_typed_survives_a_change_elsewhere(
    window: HostWindow, page: ConflictsPage, store: Store
) -> None:
    page.rows[2].choose("own")
    QTest.keyClicks(page.rows[2].editor.widget, "call at seven")
    karimov(store)
    window.settle()
    assert page.rows[2].typed() == ("call at seven",)


def test_dispute_settled_elsewhere_is_said_and_leaves_the_list(
    window: HostWindow, page: ConflictsPage, store: Store
) -> None:
    assert page.dispute is not None
    page.take_all("mine")
    decisions: dict[str, object] = {}
    for field in page.dispute.fields:
        decisions |= field.taking("theirs")
    conflicts.settle(store, decisions)
    page.save()
    window.settle()
    assert page.rows == []
    assert page.subtitle() == ""


def test_only_remarks_are_joined_and_a_colleague_is_not_typed(
    window: HostWindow, store: Store
) -> None:
    person = karimov(store)
    with store.read() as session:
        case = session.scalars(select(CaseFile).where(CaseFile.person_id == person)).one().id
    disputed(
        store, person,
        ("person", person, "phone", "1", "2", "3"),
        ("case_file", case, "responsible", None, "orlova", "tihonova"),
    )  # fmt: skip
    page = window.show_page(ConflictsPage, {"person_id": person})
    assert isinstance(page, ConflictsPage)
    phone, responsible = page.rows
    both = f"conflict-{phone.disputed.conflict_id}-both"
    assert phone.findChild(QAbstractButton, both) is None
    responsible.setFocus()
    QTest.keyClick(responsible, Qt.Key.Key_4)
    assert responsible.choice == "", "one of the versions is taken, nothing is typed"
    said = [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    assert "выберите вариант" in said


def test_line_of_what_is_shown_is_brought_into_sight(window: HostWindow, store: Store) -> None:
    for _ in range(14):
        address_dispute(store, karimov(store))
    page = window.show_page(ConflictsPage, {})
    assert isinstance(page, ConflictsPage)
    last = page.list.order(("dispute",))[-1]
    page.show_place(last)
    window.settle()
    QApplication.processEvents()
    line = page.list.line(last)
    assert line is not None
    assert line.isChecked()
    assert not line.visibleRegion().isEmpty()


def test_no_disputes_show_an_empty_page_and_the_exchange(window: HostWindow) -> None:
    page = window.show_page(ConflictsPage, {})
    assert isinstance(page, ConflictsPage)
    assert not page.save_button.isVisible()
    assert page.keys() == [], "no keys for what is not there"
    assert page.exchange.isVisible()
    assert not page.exchange.refresh_button.isVisible(), "without a centre there is no exchange"


def page_beside_an_exchange(
    qtbot: QtBot, store: Store
) -> tuple[SyncEngine, HostWindow, ConflictsPage]:
    """The page in a window whose exchange has no network."""

    def no_network() -> NoReturn:
        raise OSError("cut")

    engine = SyncEngine(store, no_network)
    host = HostWindow(store, sync=engine)
    qtbot.addWidget(host)
    page = host.show_page(ConflictsPage, {})
    assert isinstance(page, ConflictsPage)
    return engine, host, page


def test_exchange_panel_follows_the_engine(
    dressed: QApplication, qtbot: QtBot, store: Store, person: str
) -> None:
    engine, host, page = page_beside_an_exchange(qtbot, store)
    page.choose(person)
    engine.update_state(phase="exchanging", sent=14, pending=4, received=31)
    host.settle()
    said = [label.text() for label in page.exchange.findChildren(QLabel)]
    assert "Отправлено 14 из 18" in said
    assert "78 %" in said
    assert "Получено 31\u00a0изменение" in said
    assert not page.exchange.refresh_button.isEnabled()
    away = store.clock.now() - timedelta(hours=1, minutes=12)
    engine.update_state(phase="offline", offline_since=away)
    host.settle()
    said = [label.text() for label in page.exchange.findChildren(QLabel)]
    assert "Без связи 1 ч 12 мин" in said
    assert "Каримов Улугбек · ждёт" in said, "whose edits wait"
    host.close_all()


def test_counts_that_change_are_read_once_and_call_no_circle(
    dressed: QApplication, qtbot: QtBot, store: Store, person: str
) -> None:
    engine, host, page = page_beside_an_exchange(qtbot, store)
    told: list[None] = []
    page.exchange.counts_changed.connect(lambda: told.append(None))
    engine.update_state(conflicts=2)
    host.settle()
    assert len(told) == 1
    engine.update_state(conflicts=3)
    page.reload()
    host.settle()
    assert len(told) == 2
    host.close_all()


def test_list_that_cannot_be_read_offers_to_try_again(
    window: HostWindow, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_store: Store) -> NoReturn:
        raise DiskFull()

    with monkeypatch.context() as broken:
        broken.setattr(conflicts, "disputed", refuse)
        page = window.show_page(ConflictsPage, {})
    again = page.findChild(QAbstractButton, "conflictsRetry")
    assert again is not None
    assert again.isVisible()
    again.click()
    assert window.background.drain()
    assert not again.isVisible()
