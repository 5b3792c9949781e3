"""«Права»: every role and what it may, by keyboard and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from casefile_parts import HostWindow, opened_office, opened_window
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shell_parts import type_text

from arm.casework import rights_view
from arm.store.store import Store
from ui.casefile.rights_page import RightsPage


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    yield from opened_window(qtbot, store)


def page_in(window: HostWindow) -> RightsPage:
    page = window.show_page(RightsPage, {})
    assert isinstance(page, RightsPage)
    return page


def spoken(page: RightsPage) -> list[str]:
    """The rows as a screen reader says them."""
    index = page.model.index
    return [
        str(index(row).data(Qt.ItemDataRole.AccessibleTextRole))
        for row in range(page.model.rowCount())
    ]


def test_it_opens_on_ones_own_role_with_the_focus_in_the_list(window: HostWindow) -> None:
    page = page_in(window)
    assert page.role.value() == "center_specialist"
    assert QApplication.focusWidget() is page.list
    assert page.list.currentIndex().row() == 0
    assert len(spoken(page)) == len(rights_view.rows_of("center_specialist"))


def test_every_row_says_what_may_be_done_and_by_which_article(window: HostWindow) -> None:
    page = page_in(window)
    for said, shown in zip(spoken(page), rights_view.rows_of("center_specialist"), strict=True):
        assert said.startswith(f"{shown.title}: ")
        if any(shown.marks):
            assert said.endswith(shown.law)
            assert shown.law
        else:
            assert said.endswith("нельзя")


def test_arrows_go_through_the_rights_and_the_row_in_front_is_seen(window: HostWindow) -> None:
    page = page_in(window)
    QTest.keyClick(page.list, Qt.Key.Key_End)
    last = page.list.currentIndex()
    assert last.row() == page.model.rowCount() - 1
    assert page.list.viewport().rect().contains(page.list.visualRect(last))
    QTest.keyClick(page.list, Qt.Key.Key_Up)
    assert page.list.currentIndex().row() == last.row() - 1
    QTest.keyClick(page.list, Qt.Key.Key_Home)
    assert page.list.currentIndex().row() == 0


def test_another_role_is_chosen_by_keyboard_and_its_rights_are_shown(window: HostWindow) -> None:
    page = page_in(window)
    before = spoken(page)
    page.role.setFocus()
    supervisor = next(one for one in rights_view.roles() if one.code == "center_supervisor")
    page.role.selectAll()
    type_text(page.role, f"{supervisor.place} · {supervisor.title}")
    QTest.keyClick(page.role, Qt.Key.Key_Return)
    assert page.role.value() == "center_supervisor"
    assert spoken(page) != before
    assert len(spoken(page)) == len(rights_view.rows_of(page.role.value()))
    assert page.list.currentIndex().row() == 0


@pytest.mark.parametrize("role", [one.code for one in rights_view.roles()])
def test_every_role_has_its_page(window: HostWindow, role: str) -> None:
    page = page_in(window)
    page.role.set_value(role)
    assert any("нельзя" not in said for said in spoken(page))


def test_a_role_of_a_later_centre_is_shown_the_first_one(window: HostWindow, store: Store) -> None:
    store.actor = replace(store.actor, role="role_of_tomorrow")
    page = page_in(window)
    assert page.role.value() == rights_view.roles()[0].code
    assert spoken(page)
