"""What stands beside a disputed field, and settling by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from casefile_parts import (
    HostWindow,
    address_dispute,
    disputed,
    karimov,
    opened_office,
    opened_window,
)
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from arm.casework import conflicts
from arm.casework.case import attach_file
from arm.model import IdentityDocument, Note, Registration
from arm.store.store import Store
from arm.store.undo import undo_last
from ui.casefile.conflict_field import ConflictRow
from ui.casefile.conflicts_page import ConflictsPage
from ui.casefile.evidence_pane import EvidencePane
from ui.casefile.files import FileViewer
from ui.casefile.why import WhyBlock


def scan(side: int = 40) -> bytes:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes for the format
    return bytes(kept.data())


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def person(store: Store) -> str:
    return karimov(store)


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    yield from opened_window(qtbot, store, (1280, 760))


def opened(window: HostWindow, **args: object) -> ConflictsPage:
    page = window.show_page(ConflictsPage, args)
    assert isinstance(page, ConflictsPage)
    return page


def one_of(store: Store, cls: Any) -> Any:
    with store.read() as session:
        return session.scalars(select(cls)).one()


def row_of(page: ConflictsPage, field: str) -> ConflictRow:
    return next(row for row in page.rows if row.disputed.field == field)


def press(window: HostWindow, key: Qt.Key, *, control: bool = False) -> None:
    """To whatever has the keyboard, also while another window of the test run is in front."""
    held = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(window.focusWidget() or window, key, held)


def said(row: ConflictRow) -> str:
    QApplication.processEvents()
    return " | ".join(label.text() for label in row.findChildren(QLabel) if label.isVisible())


# --- the scan


def test_scan_of_the_document_opens_beside_the_field_and_is_zoomed_by_keys(
    window: HostWindow, store: Store, person: str
) -> None:
    attach_file(store, person, "contract", "Договор найма.png", scan())
    address_dispute(store, person)
    page = opened(window)
    row = row_of(page, "address")
    row.setFocus()
    assert "Договор найма.png" in said(row)
    press(window, Qt.Key.Key_5)
    window.settle()
    pane = row.findChild(EvidencePane)
    assert pane is not None
    assert pane.isVisible()
    assert pane.view.paper.sheet is not None, "the page is shown, decrypted in memory"
    before = pane.view.paper.sizeHint().width()
    larger = pane.findChild(QAbstractButton, "evidenceLarger")
    assert larger is not None
    larger.setFocus()
    press(window, Qt.Key.Key_Space)
    assert pane.view.paper.sizeHint().width() > before
    whole = pane.findChild(QAbstractButton, "evidenceWhole")
    assert whole is not None
    whole.click()
    window.settle()
    (viewer,) = window.told.dialogs
    assert isinstance(viewer, FileViewer)
    viewer.close_dialog()
    row.setFocus()
    press(window, Qt.Key.Key_5)
    assert not row.findChildren(EvidencePane) or not pane.isVisible()


def test_file_that_is_not_here_yet_is_said_in_the_pane(
    window: HostWindow, store: Store, person: str
) -> None:
    attach_file(store, person, "contract", "Договор найма.png", scan())
    for kept in store.files.root.rglob("*"):
        if kept.is_file():
            kept.unlink()
    address_dispute(store, person)
    page = opened(window)
    row = row_of(page, "address")
    row.toggle_evidence()
    window.settle()
    assert "Файл ещё не загружен на этот компьютер" in said(row)
    assert window.told.errors == []


def test_scans_of_other_documents_are_not_shown_beside_the_field(
    window: HostWindow, store: Store, person: str
) -> None:
    passport = one_of(store, IdentityDocument).id
    attach_file(store, person, passport, "Паспорт.png", scan())
    attach_file(store, person, "medical", "Справка.png", scan())
    disputed(store, person, ("identity_document", passport, "number", "1", "2", "3"))
    page = opened(window)
    assert [file.file_name for file in page.rows[0].disputed.evidence] == ["Паспорт.png"]


# --- the law


def test_what_each_value_would_do_stands_under_it_with_its_computation(
    window: HostWindow, store: Store, person: str
) -> None:
    address_dispute(store, person)
    page = opened(window)
    row = row_of(page, "valid_to")
    assert "до 31.07.2026" in said(row)
    assert "до 19.07.2026" in said(row)
    row.setFocus()
    press(window, Qt.Key.Key_2)
    press(window, Qt.Key.Key_6)
    why = row.findChild(WhyBlock)
    assert why is not None
    assert "31.07.2026" in said(row)
    press(window, Qt.Key.Key_3)
    assert "19.07.2026" in " ".join(
        label.text() for block in row.findChildren(WhyBlock) for label in block.findChildren(QLabel)
    )


def test_typed_date_is_weighed_too(window: HostWindow, store: Store, person: str) -> None:
    address_dispute(store, person)
    page = opened(window)
    row = row_of(page, "valid_to")
    row.setFocus()
    press(window, Qt.Key.Key_4)
    QTest.keyClicks(row.editor.widget, "25.06.2026")
    window.settle()
    assert "до 25.06.2026" in said(row)


def test_value_that_changes_no_term_has_no_consequences(
    window: HostWindow, store: Store, person: str
) -> None:
    disputed(store, person, ("person", person, "phone", "1", "2", "3"))
    page = opened(window)
    assert not page.rows[0].disputed.effects


# --- groups


def test_number_and_series_settle_as_one_and_own_ones_are_typed_apart(
    window: HostWindow, store: Store, person: str
) -> None:
    passport = one_of(store, IdentityDocument).id
    disputed(store, person, ("identity_document", passport, "number", "4182907", "4182970", "7"))
    page = opened(window)
    (row,) = page.rows
    assert row.disputed.label == "Серия и номер"
    assert row.disputed.mine.text == "FA 4182970"
    row.setFocus()
    press(window, Qt.Key.Key_4)
    series, number = (editor.widget for editor in row.editors)
    assert isinstance(series, QLineEdit)
    assert isinstance(number, QLineEdit)
    assert (series.text(), number.text()) == ("FA", "4182970"), "one mends what one typed"
    series.setText("FB")
    series.textEdited.emit("FB")
    press(window, Qt.Key.Key_Return)
    window.settle()
    kept = one_of(store, IdentityDocument)
    assert (kept.series, kept.number) == ("FB", "4182970")


# --- the keyboard


def test_whole_dispute_is_settled_with_numbers_and_enter(
    window: HostWindow, store: Store, person: str
) -> None:
    address_dispute(store, person)
    page = opened(window)
    page.rows[0].setFocus()
    for key in (Qt.Key.Key_3, Qt.Key.Key_2, Qt.Key.Key_1):
        press(window, key)
        press(window, Qt.Key.Key_Return)
    window.settle()
    assert conflicts.disputed(store) == []
    place = one_of(store, Registration)
    assert (place.address, f"{place.valid_to:%d.%m.%Y}") == ("ул. Полевая, 3–8", "31.07.2026")


def test_enter_on_a_field_without_a_choice_goes_nowhere(
    window: HostWindow, store: Store, person: str
) -> None:
    address_dispute(store, person)
    page = opened(window)
    page.rows[1].setFocus()
    press(window, Qt.Key.Key_Return)
    assert window.focusWidget() is page.rows[1]
    assert len(conflicts.disputed(store)) == 1


def test_choices_are_taken_back_one_by_one_before_anything_else_is_undone(
    window: HostWindow, store: Store, person: str
) -> None:
    address_dispute(store, person)
    page = opened(window)
    page.rows[0].setFocus()
    press(window, Qt.Key.Key_2)
    press(window, Qt.Key.Key_3)
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_1)
    assert [row.choice for row in page.rows] == ["theirs", "base", ""]
    press(window, Qt.Key.Key_Z, control=True)
    assert [row.choice for row in page.rows] == ["theirs", "", ""]
    press(window, Qt.Key.Key_Z, control=True)
    assert [row.choice for row in page.rows] == ["mine", "", ""]
    press(window, Qt.Key.Key_Z, control=True)
    assert [row.choice for row in page.rows] == ["", "", ""]
    assert len(conflicts.disputed(store)) == 1


def test_undone_decision_brings_the_dispute_back(
    window: HostWindow, store: Store, person: str
) -> None:
    note = one_of(store, Note).id
    disputed(store, person, ("note", note, "text", "a", "b", "c"))
    page = opened(window)
    page.take_all("mine")
    page.save()
    window.settle()
    assert page.rows == []
    assert undo_last(store).undone == 1
    window.settle()
    assert [row.disputed.field for row in page.rows] == ["text"]
    assert one_of(store, Note).text == "Просит звонить после 18:00"


def test_arrows_walk_the_list_when_the_keyboard_is_there(
    window: HostWindow, store: Store, person: str
) -> None:
    other = karimov(store)
    for one in (person, other):
        disputed(store, one, ("person", one, "phone", "1", "2", "3"))
    page = opened(window)
    first, second = page.list.order(("dispute",))
    page.show_place(first)
    window.settle()
    page.list.focus(first)
    press(window, Qt.Key.Key_Down)
    window.settle()
    assert page.dispute is not None
    assert page.dispute.person_id == second[1]
    press(window, Qt.Key.Key_Up)
    window.settle()
    assert page.dispute.person_id == first[1]


# --- settled, deleted, gone


def test_settled_dispute_shows_all_versions_and_who_decided(
    window: HostWindow, store: Store, person: str
) -> None:
    address_dispute(store, person)
    page = opened(window)
    page.take_all("theirs")
    page.save()
    window.settle()
    page.show_place(("settled", person))
    window.settle()
    words = [label.text() for label in page.settled_view.findChildren(QLabel)]
    for version in ("ул. Садовая, 7–15", "ул. Садовая, 7–51", "ул. Полевая, 3–8"):
        assert version in words
    assert any("решено: вы" in text for text in words)


def test_record_to_be_deleted_needs_no_choice_for_its_fields(
    window: HostWindow, store: Store, person: str
) -> None:
    note = one_of(store, Note).id
    disputed(
        store, person,
        ("note", note, "deleted", False, True, False),
        ("note", note, "text", "a", "b", "c"),
    )  # fmt: skip
    page = opened(window)
    record, text = row_of(page, "deleted"), row_of(page, "text")
    record.setFocus()
    press(window, Qt.Key.Key_2)
    assert text.moot
    assert not text.cards["mine"].isEnabled()
    assert page.save_button.isEnabled()
    press(window, Qt.Key.Key_3)
    assert not text.moot
    assert not page.save_button.isEnabled()
    press(window, Qt.Key.Key_2)
    page.save()
    window.settle()
    assert conflicts.disputed(store) == []
    with store.read() as session:
        kept = session.get(Note, note)
        assert kept is not None
        assert (kept.deleted, kept.text) == (True, "Просит звонить после 18:00")


def test_dispute_about_a_record_that_is_gone_from_here_can_be_put_aside(
    window: HostWindow, store: Store, person: str
) -> None:
    disputed(store, person, ("note", "gone-note", "text", "a", "b", "c"))
    page = opened(window)
    assert "Записи нет на этом компьютере" in said(page.rows[0])
    page.take_all("mine")
    page.save()
    window.settle()
    assert conflicts.disputed(store) == []
    (field,) = conflicts.settled(store, person).fields
    assert (field.mine.text, field.chosen.text) == ("b", "b")


def test_dispute_of_a_deleted_person_still_has_a_name(
    window: HostWindow, store: Store, person: str
) -> None:
    disputed(store, person, ("person", person, "deleted", False, False, True))
    with store.write("Удалён") as session:
        for note in session.scalars(select(Note)):
            session.delete(note)
    with store.merge() as session:
        session.connection().exec_driver_sql("UPDATE person SET deleted = 1")
        session.info["touched"].add(("person", person, person))
    page = opened(window)
    assert page.dispute is not None
    assert page.dispute.name == "Каримов Улугбек Шавкатович"
    assert [case.name for case in conflicts.disputed(store)] == ["Каримов Улугбек"]
