"""«Не принято центром»: what was typed is readable, and looking at it loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from casefile_parts import HostWindow, address_dispute, karimov, opened_office, opened_window
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import delete, func, select

from arm.casework.case import open_case, set_field
from arm.store import tables
from arm.store.store import Store
from arm.sync.engine import SyncEngine
from arm.sync.queue import Batch, acknowledge
from ui.casefile.conflicts_page import ConflictsPage
from ui.casefile.desk import CaseDesk
from ui.casefile.history_tab import HistoryTab
from ui.casefile.journal_page import JournalPage
from ui.widgets import EmptyState


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    yield from opened_window(qtbot, store, (1280, 760))


def refuse(store: Store, person: str, field: str, value: str, at: str, why: str) -> None:
    """An edit that goes out and comes back refused, through the exchange's own code."""
    with store.merge() as session:
        session.execute(delete(tables.outbox))
    set_field(store, "person", person, field, value)
    with store.read() as session:
        cseq, op = session.execute(select(tables.outbox.c.cseq, tables.outbox.c.op)).one()
    said = {"results": [{"cseq": cseq, "status": "denied", "why": why}], "docs": []}
    with store.merge() as session:
        acknowledge(session, Batch(11, (cseq,), (json.dumps(op),), ("orlova",), ()), said, at)
        session.info["touched"].add(("person", person, person))


@pytest.fixture
def person(store: Store) -> str:
    made = karimov(store)
    refuse(store, made, "phone", "+7 900 000-77-01", "2026-05-05T06:00:00+00:00", "no_right")
    refuse(store, made, "employer", "ООО «Мир»", "2026-05-05T07:00:00+00:00", "bad_op")
    return made


def opened(window: HostWindow, **args: object) -> ConflictsPage:
    page = window.show_page(ConflictsPage, args)
    assert isinstance(page, ConflictsPage)
    return page


def button(page: ConflictsPage, name: str) -> QAbstractButton:
    found = page.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def said(page: ConflictsPage) -> list[str]:
    QApplication.processEvents()  # what was put into a layout is shown with the next event
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible()]


def kept(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(tables.rejected)) or 0


def items(page: ConflictsPage) -> list[QAbstractButton]:
    return [
        one
        for one in page.findChildren(QAbstractButton)
        if one.objectName().startswith("refused-") and one.isVisible()
    ]


def test_without_disputes_the_newest_refusal_is_shown_with_reason_and_typed_value(
    window: HostWindow, store: Store, person: str
) -> None:
    page = opened(window)
    words = said(page)
    assert "Не принято центром" in words
    assert "Расхождений нет" not in words
    assert "Центр не понял правку: обновите программу и внесите её заново" in words
    assert "ООО «Мир»" in words
    assert page.subtitle() == "центр не принял 2\u00a0правки"
    assert [one.isChecked() for one in items(page)] == [True, False]
    items(page)[1].click()
    assert "+7 900 000-77-01" in said(page)
    assert "Попросите администратора вернуть доступ и внесите правку заново" in said(page)
    assert kept(store) == 2, "looking deletes nothing"


def test_case_opens_and_values_are_copied(window: HostWindow, person: str) -> None:
    page = opened(window)
    button(page, "refusedCopy").click()
    copied = QGuiApplication.clipboard().text()
    assert copied.splitlines()[0] == "Каримов Улугбек Шавкатович · Изменён работодатель"
    assert copied.splitlines()[1].endswith(": ООО «Мир»")
    assert window.told.toasts == ["Скопировано"]
    button(page, "refusedOpenCase").click()
    assert window.told.visited == [("case", {"person_id": person})]


def test_keys_walk_the_refused_edits_and_copy_them(window: HostWindow, person: str) -> None:
    page = opened(window)
    hints = page.keys()
    assert ("Ctrl C", "скопировать") in hints
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Down)
    assert [one.isChecked() for one in items(page)] == [False, True]
    assert "+7 900 000-77-01" in said(page)
    QTest.keyClick(items(page)[1], Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "+7 900 000-77-01" in QGuiApplication.clipboard().text()
    assert items(page)[1].hasFocus()
    QTest.keyClick(items(page)[1], Qt.Key.Key_Up)
    assert [one.isChecked() for one in items(page)] == [True, False]
    assert "ООО «Мир»" in said(page)


def test_choices_in_a_dispute_survive_a_look_and_are_not_saved_from_there(
    window: HostWindow, store: Store, person: str
) -> None:
    address_dispute(store, person)
    page = opened(window)
    assert [row.disputed.label for row in page.rows] == ["Адрес", "Учёт до", "Заметка"]
    page.take_all("mine")
    items(page)[0].click()
    window.settle()
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    window.settle()
    assert "ООО «Мир»" in said(page)
    assert window.told.toasts == []
    page.choose(person)
    window.settle()
    assert not page.refused_view.isVisible()
    assert [row.choice for row in page.rows] == ["mine", "mine", "mine"]


def test_edit_on_the_screen_stays_when_something_changes_elsewhere(
    window: HostWindow, store: Store, person: str
) -> None:
    page = opened(window)
    items(page)[1].click()
    address_dispute(store, karimov(store))
    window.settle()
    assert "+7 900 000-77-01" in said(page)
    assert [one.isChecked() for one in items(page)] == [False, True]


def test_case_that_is_gone_from_here_cannot_be_opened(
    window: HostWindow, store: Store, person: str
) -> None:
    with store.merge() as session:
        session.execute(delete(tables.listing))
    page = opened(window)
    assert not button(page, "refusedOpenCase").isEnabled()
    assert button(page, "refusedOpenCase").toolTip() == "Этого дела нет на этом компьютере"
    assert "ООО «Мир»" in said(page)


def test_link_in_the_exchange_leads_to_the_refused_edits(
    dressed: QApplication, qtbot: QtBot, store: Store, person: str
) -> None:
    def no_network() -> NoReturn:
        raise OSError("cut")

    address_dispute(store, person)
    host = HostWindow(store, sync=SyncEngine(store, no_network))
    qtbot.addWidget(host)
    host.show()
    page = opened(host)
    assert page.rows
    link = button(page, "exchangeRefused")
    assert link.text() == "Не принято: 2"
    link.click()
    ((where, args),) = host.told.visited
    assert where == "conflicts"
    page.shown(args)
    host.settle()
    assert "ООО «Мир»" in said(page)
    host.close_all()


def test_page_without_refusals_does_not_speak_of_them(window: HostWindow, store: Store) -> None:
    address_dispute(store, karimov(store))
    assert "Не принято центром" not in said(opened(window))


def test_empty_journal_speaks_of_a_filter_only_when_there_is_one(
    window: HostWindow, store: Store
) -> None:
    page = window.show_page(JournalPage, {})
    assert isinstance(page, JournalPage)
    (empty,) = [one for one in page.findChildren(EmptyState) if one.isVisible()]
    assert empty.accessibleDescription() == "Здесь появится каждая правка"
    page.whose.set_value("own")
    page.whose.changed.emit("own")
    assert empty.accessibleDescription() == "Измените поиск или фильтр"


def test_empty_history_speaks_of_a_filter_only_when_there_is_one(
    window: HostWindow, store: Store
) -> None:
    person = karimov(store)
    with store.merge() as session:
        session.execute(delete(tables.history))
    desk = CaseDesk(window.context)
    desk.person_id = person
    tab = HistoryTab(desk, window)
    tab.show()
    tab.show_case(open_case(store, person))
    window.settle()
    (empty,) = [one for one in tab.findChildren(EmptyState) if one.isVisible()]
    assert empty.accessibleDescription() == "Здесь появится каждая правка"
    tab.search.setText("нет такого")
    tab.search.searched.emit("нет такого")
    assert empty.accessibleDescription() == "Измените поиск или фильтр"
