"""Terms on the case page: put off, brought back, handed to a colleague."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from casefile_parts import HostWindow, karimov, opened_office, opened_window
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from arm.casework.case import TermView
from arm.store.store import Store
from ui.casefile.case_page import CasePage
from ui.casefile.term_actions import SnoozeSheet
from ui.widgets import IconButton, Label, Menu

RULE = "patent_payment"


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    store.set_meta("people", {"orlova": "Орлова Мария", "tihonova": "Тихонова Елена Викторовна"})
    yield from opened_window(qtbot, store)


@pytest.fixture
def page(window: HostWindow, store: Store) -> CasePage:
    shown = window.show_page(CasePage, {"person_id": karimov(store)})
    assert isinstance(shown, CasePage)
    return shown


def payment(page: CasePage) -> TermView:
    assert page.desk.view is not None
    return next(one for one in page.desk.view.terms if one.rule == RULE)


def pick(page: CasePage, window: HostWindow, action: str) -> None:
    """«…» beside «Сделано» of the opened term, then a line of its menu."""
    more = page.overview.findChild(IconButton, f"termMore-{RULE}")
    assert more is not None
    menu = more.findChild(Menu)
    assert menu is not None
    next(one for one in menu.actions() if one.objectName() == action).trigger()
    window.settle()


def test_a_term_is_put_off_with_a_reason_and_brought_back(
    page: CasePage, window: HostWindow
) -> None:
    eve = payment(page).due_on - timedelta(days=1)
    pick(page, window, "termSnooze")
    sheet = window.findChild(SnoozeSheet)
    assert sheet is not None
    assert sheet.when.value() == eve, "the farthest day is offered"
    sheet.save.click()
    window.settle()
    assert sheet.isVisible(), "without a reason the sheet stays"
    sheet.why.setText("ждём зарплату")
    sheet.when.setText(f"{eve + timedelta(days=1):%d.%m.%Y}")
    sheet.save.click()
    window.settle()
    assert sheet.isVisible(), "the last day itself is too late"
    assert sheet.why.text() == "ждём зарплату"
    sheet.when.setText(f"{eve:%d.%m.%Y}")
    QTest.keyClick(sheet.why, Qt.Key.Key_Return)
    window.settle()
    assert payment(page).snooze_reason == "ждём зарплату"
    said = page.overview.findChild(Label, "snoozedUntil")
    assert said is not None
    assert said.text().startswith(f"до {eve:%d.%m.%Y}: ждём зарплату")
    pick(page, window, "termWake")
    assert payment(page).snoozed_until is None


def test_a_term_is_handed_to_a_colleague(page: CasePage, window: HostWindow) -> None:
    pick(page, window, "termHandOver")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, Menu)
    next(one for one in menu.actions() if one.objectName() == "hand-over-tihonova").trigger()
    menu.close()
    window.settle()
    found = payment(page)
    assert (found.responsible, found.responsible_name) == ("tihonova", "Тихонова Е. В.")
