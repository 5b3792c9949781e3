"""Who looked at a case, and whose data are due for destruction: for supervisors only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from casefile_parts import HostWindow, karimov, opened_office, opened_window
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from arm.model import CaseFile, Person, new_id
from arm.store import read_log
from arm.store.store import Store
from ui.casefile.case_page import CasePage
from ui.casefile.journal_page import JournalPage
from ui.casefile.looks import LooksButton
from ui.casefile.retention import RetentionButton, RetentionDialog
from ui.widgets import Label, Popover


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    for store in opened_office(tmp_path, empty_database):
        store.actor = replace(store.actor, role="center_supervisor")
        yield store


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    yield from opened_window(qtbot, store)


def words(part: QWidget) -> str:
    return " ".join(label.text() for label in part.findChildren(Label))


def test_opening_a_card_is_logged_once_and_shown_to_the_supervisor(
    window: HostWindow, store: Store
) -> None:
    person = karimov(store)
    read_log.note(store, [person], "print", "case_card")
    page = window.show_page(CasePage, {"person_id": person})
    assert isinstance(page, CasePage)
    page.desk.reload()
    window.settle()
    with store.read() as session:
        _, rows = read_log.unsent(session, 10)
    assert [(row[2], row[3]) for row in rows] == [(person, "print"), (person, "open")]
    page.show_tab("history")
    button = page.findChild(LooksButton)
    assert button is not None
    assert button.isVisibleTo(page)
    button.click()
    window.settle()
    (sheet,) = window.findChildren(Popover, "looksSheet")
    said = words(sheet)
    assert "открытие дела" in said
    assert "печать формы" in said
    sheet.close_popover()


def test_a_specialist_is_not_offered_either(window: HostWindow, store: Store) -> None:
    store.actor = replace(store.actor, role="center_specialist")
    page = window.show_page(CasePage, {"person_id": karimov(store)})
    button = page.findChild(LooksButton)
    assert button is not None
    assert not button.isVisibleTo(page)
    journal = JournalPage(window.context)
    offered = journal.findChild(RetentionButton)
    assert offered is not None
    assert not offered.isVisibleTo(journal)
    journal.deleteLater()


def long_closed(store: Store) -> str:
    person = Person(id=new_id(), surname="Давний", given="Пётр")
    with store.write("Заведено дело") as session:
        session.add(person)
        session.add(CaseFile(person_id=person.id, closed_on=date(2019, 3, 1)))
    return person.id


def test_whose_data_are_due_is_listed_and_opens_the_case(window: HostWindow, store: Store) -> None:
    person = long_closed(store)
    page = window.show_page(JournalPage, {})
    button = page.findChild(RetentionButton)
    assert button is not None
    button.click()
    window.settle()
    (dialog,) = window.told.dialogs
    assert isinstance(dialog, RetentionDialog)
    said = words(dialog)
    assert "достигнута цель обработки" in said
    assert "152-ФЗ" in said
    name = dialog.findChild(QAbstractButton, f"due-{person}")
    assert name is not None
    assert name.text() == "Давний Пётр"
    name.click()
    assert window.told.visited == [("case", {"person_id": person})]


def test_nothing_due_is_said_too(window: HostWindow, store: Store) -> None:
    page = window.show_page(JournalPage, {})
    button = page.findChild(RetentionButton)
    assert button is not None
    button.click()
    window.settle()
    (dialog,) = window.told.dialogs
    assert isinstance(dialog, RetentionDialog)
    assert not dialog.findChildren(QWidget, "retentionList")
    assert window.told.errors == []
