"""The case page: fields edited in place, papers, files, steps, what colleagues change meanwhile."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from casefile_parts import HostWindow, karimov, opened_office, opened_window
from PySide6.QtCore import QEvent, QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from arm.casework import case as casework
from arm.casework import people
from arm.model import Attachment, MigrationCard, Person
from arm.store.store import Store
from arm.store.undo import undo_last
from ui.casefile.case_page import CasePage
from ui.casefile.catalogue import PAPERS
from ui.casefile.files import pasted
from ui.casefile.inline import InlineField
from ui.casefile.why import day_cells


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def person(store: Store) -> str:
    return karimov(store)


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    yield from opened_window(qtbot, store)


@pytest.fixture
def page(window: HostWindow, person: str) -> CasePage:
    shown = window.show_page(CasePage, {"person_id": person})
    assert isinstance(shown, CasePage)
    return shown


def phone_field(page: CasePage) -> InlineField:
    return page.overview.contacts.fields["phone"]


def type_keys(part: QWidget, text: str) -> None:
    """Key by key, in any alphabet (QTest knows Latin keys only)."""
    for letter in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(part, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))


def type_over(field: InlineField, text: str) -> QLineEdit:
    """Open the field and replace its text as a person does."""
    field.begin()
    editor = field.editor.widget
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    type_keys(editor, text)
    return editor


def kept_phone(store: Store, person: str) -> str | None:
    with store.read() as session:
        found = session.get(Person, person)
        assert found is not None
        return found.phone


def test_typed_phone_is_kept_and_saved_is_said_after_the_commit(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    field = phone_field(page)
    editor = type_over(field, "+7 900 111-22-33")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert field.state == "saving"
    assert field.note.text() == ""
    window.settle()
    assert kept_phone(store, person) == "+7 900 111-22-33"
    assert field.note.text() == "Сохранено"
    assert field.display.text() == "+7 900 111-22-33"


def test_leaving_a_field_saves_it(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    type_over(phone_field(page), "+7 900 111-22-44")
    page.overview.contacts.fields["email"].display.setFocus()
    window.settle()
    assert kept_phone(store, person) == "+7 900 111-22-44"


def test_refused_text_stays_beside_its_field(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    field = phone_field(page)
    editor = type_over(field, "123")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    window.settle()
    assert field.state == "editing"
    assert editor.text() == "123"
    assert "от 10 до 15 цифр" in field.note.text()
    assert kept_phone(store, person) == "+7 900 000-12-40"


def test_escape_takes_typed_text_back(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    field = phone_field(page)
    editor = type_over(field, "+7 900 999-99-99")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    window.settle()
    assert field.state == "shown"
    assert field.display.text() == kept_phone(store, person) == "+7 900 000-12-40"


def test_text_being_typed_survives_a_colleagues_edit(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    field = phone_field(page)
    editor = type_over(field, "+7 900 111")
    with store.merge("sync") as session:
        found = session.get(Person, person)
        assert found is not None
        found.phone = "+7 900 555-55-55"
        found.employer = "ООО «Заречный хлеб»"
        session.info["touched"].add(("person", person, person))
    window.settle()
    assert editor.text() == "+7 900 111"
    assert field.note.text() == "изменено коллегой: +7 900 555-55-55"
    assert page.overview.contacts.fields["employer"].display.text() == "ООО «Заречный хлеб»"
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert field.display.text() == "+7 900 555-55-55"


def test_typed_text_is_saved_when_the_page_is_left(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    type_over(phone_field(page), "+7 900 111-22-55")
    assert page.may_leave()
    page.shown({"person_id": karimov(store)})
    window.settle()
    assert kept_phone(store, person) == "+7 900 111-22-55"
    assert phone_field(page).state == "shown"
    assert phone_field(page).display.text() == "+7 900 000-12-40"


def test_half_a_date_holds_the_page(window: HostWindow, page: CasePage) -> None:
    field = page.overview.registration.fields["valid_to"]
    type_over(field, "31.02.2026")
    assert not page.may_leave()
    assert "феврал" in field.note.text()
    field.revert()
    assert page.may_leave()


def test_undone_edit_comes_back_to_the_screen(
    window: HostWindow, page: CasePage, store: Store
) -> None:
    field = phone_field(page)
    QTest.keyClick(type_over(field, "+7 900 111-22-33"), Qt.Key.Key_Return)
    window.settle()
    undo_last(store)
    window.settle()
    assert field.display.text() == "+7 900 000-12-40"


def test_languages_are_typed_by_name(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    field = page.overview.contacts.fields["languages"]
    QTest.keyClick(type_over(field, "таджикский, рус"), Qt.Key.Key_Return)
    window.settle()
    with store.read() as session:
        found = session.get(Person, person)
        assert found is not None
        assert found.languages == frozenset({"tg", "ru"})
    QTest.keyClick(type_over(field, "клингонский"), Qt.Key.Key_Return)
    assert "клингонский" in field.note.text()


def test_keys_walk_the_tabs(window: HostWindow, page: CasePage) -> None:
    for number, key in enumerate(page.header.tabs.keys(), start=1):
        QTest.keyClick(page, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)
        assert page.header.tabs.current() == key
    window.settle()


def test_step_is_passed_on_a_day_and_opened_again(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    from_view = page.desk.view
    assert from_view is not None
    place = [step.code for step in from_view.steps].index("exam")
    page.header.step_done.emit("exam", store.clock.today())
    window.settle()
    assert page.desk.view is not None
    assert page.desk.view.steps[place].state == "done"
    assert page.desk.view.steps[place].caption == "05.05.2026"
    page.header.step_undone.emit("exam")
    window.settle()
    assert page.desk.view.steps[place].state == "repeat"


def test_status_pill_opens_its_explanation(window: HostWindow, page: CasePage) -> None:
    page.header.status.click()
    sheet = window.findChild(QWidget, "statusExplanation")
    assert sheet is not None
    assert sheet.isVisible()
    assert sheet.findChild(QWidget, "whyBlock") is not None


def test_first_typed_field_makes_the_new_paper(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    card = next(paper for paper in PAPERS if paper.kind == "migration_card")
    page.show_tab("documents")
    page.documents.begin(card)
    form = page.documents.form()
    QTest.keyClick(type_over(form.fields["series"], "4626"), Qt.Key.Key_Return)
    window.settle()
    with store.read() as session:
        series = session.scalars(
            select(MigrationCard.series).where(MigrationCard.person_id == person)
        ).all()
    assert sorted(series) == ["4625", "4626"]
    assert page.documents.form().record_id is not None


def test_deleted_paper_can_be_brought_back(
    window: HostWindow, page: CasePage, store: Store
) -> None:
    assert page.desk.view is not None
    exam = next(one for one in page.desk.view.certificates if one.certificate_type == "exam")
    page.show_tab("documents")
    page.documents.choose("certificate", exam.id)
    page.documents.delete.click()
    window.settle()
    assert exam.id not in [one.id for one in page.desk.view.certificates]
    undo_last(store)
    window.settle()
    assert exam.id in [one.id for one in page.desk.view.certificates]


def scan(folder: Path) -> Path:
    image = QImage(40, 60, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    path = folder / "паспорт.png"
    assert image.save(str(path))
    return path


def test_scan_is_attached_looked_at_exported_and_deleted(
    window: HostWindow, page: CasePage, store: Store, tmp_path: Path
) -> None:
    assert page.desk.view is not None
    passport = page.desk.view.identity_documents[0]
    page.show_tab("documents")
    page.documents.choose("identity_document", passport.id)
    path = scan(tmp_path)
    files = page.documents.files
    files.choose_files = lambda _parent: [path]
    files.attach_button.click()
    window.settle()
    line = next(one for one in page.desk.view.documents if one.record_id == passport.id)
    assert line.has_scan
    [kept] = page.desk.view.files
    target = tmp_path / "вышло.png"
    files.choose_target = lambda _parent, _name: target
    for name in ("fileExport", "fileLook"):
        button = files.findChild(QAbstractButton, name)
        assert button is not None
        button.click()
        window.settle()
    assert target.read_bytes() == path.read_bytes() == casework.read_file(store, kept.id)
    viewer = window.told.dialogs[-1]
    assert viewer.view.paper.sheet is not None  # type: ignore[attr-defined]  # the viewer of files
    delete = files.findChild(QAbstractButton, "fileDelete")
    assert delete is not None
    delete.click()
    window.settle()
    assert page.desk.view.files == ()


def test_picture_on_the_clipboard_becomes_a_file(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    mime = QMimeData()
    mime.setImageData(image)
    QGuiApplication.clipboard().setMimeData(mime)
    page.show_tab("documents")
    page.documents.files.paste()
    window.settle()
    with store.read() as session:
        [made] = session.scalars(select(Attachment).where(Attachment.person_id == person))
    assert made.media_type == "image/png"
    assert QImage.fromData(casework.read_file(store, made.id)).size() == image.size()


def test_unreadable_file_is_named_and_nothing_is_kept(
    window: HostWindow, page: CasePage, tmp_path: Path
) -> None:
    page.documents.files.attach([tmp_path / "нет такого.pdf"])
    window.settle()
    assert "нет такого.pdf" in str(window.told.errors[0])
    assert page.desk.view is not None
    assert page.desk.view.files == ()


def test_dropped_files_are_read_from_their_urls(tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.pdf")), QUrl("https://example.org/b.pdf")])
    assert pasted(mime) == ([tmp_path / "a.pdf"], None)


def test_note_being_typed_outlives_its_window(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    page.show_tab("notes")
    type_keys(page.notes.editor, "Перезвонить")
    page.notes.hide()  # as at signing out, closing, or going to another page
    window.settle()
    (draft,) = store.drafts(f"note:{person}")
    assert draft.body == {"text": "Перезвонить"}

    page.hide()
    again = window.show_page(CasePage, {"person_id": person, "tab": "notes"})
    assert isinstance(again, CasePage)
    window.settle()
    assert again.notes.editor.toPlainText() == "Перезвонить"
    again.notes.add()
    window.settle()
    again.notes.hide()
    window.settle()
    assert store.drafts() == []


def test_note_is_written_and_typed_text_survives_another_persons_case(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    other = karimov(store)
    page.show_tab("notes")
    type_keys(page.notes.editor, "Перезвонить")
    page.shown({"person_id": other, "tab": "notes"})
    window.settle()
    assert page.notes.editor.toPlainText() == ""
    page.shown({"person_id": person, "tab": "notes"})
    window.settle()
    assert page.notes.editor.toPlainText() == "Перезвонить"
    page.notes.add()
    window.settle()
    assert page.desk.view is not None
    assert "Перезвонить" in [note.text for note in page.desk.view.notes]
    assert page.notes.editor.toPlainText() == ""


def test_history_shows_old_and_new_and_filters_by_field(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    casework.set_field(store, "person", person, "phone", "+7 900 111-22-33")
    casework.set_field(store, "person", person, "employer", "ООО «Хлеб»")
    page.show_tab("history")
    window.settle()
    page.history.field.set_value("Телефон")
    page.history.field.changed.emit("Телефон")
    model = page.history.list.rows
    texts = [str(model.data(model.index(n, 0))) for n in range(model.rowCount())]
    assert any("+7 900 000-12-40" in text and "+7 900 111-22-33" in text for text in texts)
    assert not any("Хлеб" in text for text in texts)


def test_own_term_is_added_and_settled(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    page.overview.terms.add_term()
    sheet = window.findChild(QWidget, "termSheet")
    assert sheet is not None
    title = sheet.findChild(QLineEdit, "termTitle")
    when = sheet.findChild(QLineEdit, "termDate")
    save = sheet.findChild(QAbstractButton, "termSave")
    assert title is not None
    assert when is not None
    assert save is not None
    type_keys(title, "Забрать перевод")
    save.click()
    window.settle()
    assert sheet.isVisible(), "without a date the sheet stays"
    type_keys(when, "=")
    save.click()
    window.settle()
    assert page.desk.view is not None
    term = next(one for one in page.desk.view.terms if one.title == "Забрать перевод")
    assert term.days_left == 0
    casework.settle_term(store, person, term.rule, term.due_on, deadline_id=term.deadline_id)
    window.settle()
    assert "Забрать перевод" not in [one.title for one in page.desk.view.terms]


def test_long_count_is_folded_and_a_last_day_is_counted_from_today(
    page: CasePage, store: Store
) -> None:
    assert page.desk.view is not None
    payment = next(t for t in page.desk.view.terms if t.rule == "patent_payment")
    cells = day_cells(payment.explanation.days, store.clock.today())
    assert [cell.kind for cell in cells] == ["event", "more", "last"]
    assert cells[1].bottom.startswith("7")


def test_missing_person_gets_a_message_and_a_way_out(window: HostWindow) -> None:
    page = window.show_page(CasePage, {"person_id": "nobody"})
    button = page.findChild(QAbstractButton, "caseToList")
    assert button is not None
    assert button.isVisible()
    button.click()
    assert window.told.visited[-1][0] == "cases"
    assert window.told.errors == []


def test_neighbours_are_walked_in_the_order_of_the_list(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    karimov(store)
    found = people.find(store, people.Filter())
    order = array("q", found.rowids)
    ids = [one.person_id for one in people.rows(store, list(order))]
    page.shown({"person_id": ids[0], "order": order, "place": 0})
    window.settle()
    assert not page.previous.isEnabled()
    QTest.keyClick(page, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    window.settle()
    assert page.desk.person_id == ids[1]
    assert not page.next.isEnabled()


def test_everything_that_takes_the_keyboard_has_a_name(window: HostWindow, page: CasePage) -> None:
    for key in list(page.header.tabs.keys()):
        page.show_tab(key)
        window.settle()
    unnamed = [
        part.objectName() or type(part).__name__
        for part in page.findChildren(QWidget)
        if isinstance(part, (QAbstractButton, QLineEdit, QPlainTextEdit))
        and part.isEnabled()
        and not part.accessibleName()
        and not (isinstance(part, QAbstractButton) and part.text())
    ]
    assert unnamed == []
