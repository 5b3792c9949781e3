"""The print dialog: the sheet is the PDF, typing fills sheet and case, prints are remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from casefile_parts import HostWindow, karimov, opened_office, opened_window
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from arm.casework import case as casework
from arm.casework import printing
from arm.model import Person
from arm.store.store import Store
from forms import catalogue
from ui.casefile.case_page import CasePage
from ui.casefile.forms_page import FormsPage, LineButton
from ui.casefile.journal_page import JournalPage
from ui.casefile.print_dialog import PrintDialog
from ui.casefile.print_work import paint_pages, set_paper
from ui.casefile.rendering import page_count, render_page

INN = "500100732259"
"""Control digits are right."""


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
def dialog(window: HostWindow, person: str) -> PrintDialog:
    page = window.show_page(CasePage, {"person_id": person})
    assert isinstance(page, CasePage)
    opened = PrintDialog(window.context, person, "Каримов Улугбек Шавкатович", "ndfl_receipt")
    opened.ask_printers = lambda: ["МФУ, окно 4"]
    window.context.open_dialog(opened)
    opened.load()
    window.settle()
    return opened


def line_of(dialog: PrintDialog, key: str) -> QLineEdit:
    editor = dialog.boxes.rows[key].widget
    assert isinstance(editor, QLineEdit)
    return editor


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def fill_gaps(window: HostWindow, dialog: PrintDialog) -> None:
    """Type everything the receipt waits for."""
    texts = {"person.inn": INN, "oktmo": "29701000"}
    for key in list(dialog.boxes.rows):
        editor = line_of(dialog, key)
        editor.setFocus()
        QTest.keyClicks(editor, texts[key])
        QTest.keyClick(editor, Qt.Key.Key_Return)
        window.settle()


def test_gaps_are_numbered_on_the_sheet_and_in_the_list(dialog: PrintDialog) -> None:
    drawn = dialog.session.last
    assert drawn is not None
    assert [problem.box for problem in drawn.filled.problems] == ["oktmo", "payer_inn"]
    assert list(dialog.boxes.rows) == ["oktmo", "person.inn"]
    assert [row.badge.number for row in dialog.boxes.rows.values()] == [1, 2]
    assert sorted(dialog._marks) == [1, 2]
    assert not dialog.go.isEnabled()
    assert dialog.gaps.isVisible()
    assert dialog.save.isEnabled()


def test_typed_inn_is_on_the_sheet_and_in_the_case(
    window: HostWindow, dialog: PrintDialog, store: Store, person: str
) -> None:
    editor = line_of(dialog, "person.inn")
    editor.setFocus()
    QTest.keyClicks(editor, INN)
    QTest.qWait(250)
    window.settle()
    assert dialog.session.last is not None
    assert INN in text_of(dialog.session.last.pdf)
    with store.read() as session:
        assert session.scalars(select(Person.inn).where(Person.id == person)).one() is None
    QTest.keyClick(editor, Qt.Key.Key_Return)
    window.settle()
    with store.read() as session:
        assert session.scalars(select(Person.inn).where(Person.id == person)).one() == INN
    assert dialog.boxes.rows["person.inn"].field.state == "ok"


def test_wrong_inn_is_refused_beside_its_box_and_stays_typed(
    window: HostWindow, dialog: PrintDialog, store: Store, person: str
) -> None:
    editor = line_of(dialog, "person.inn")
    editor.setFocus()
    QTest.keyClicks(editor, "500100732250")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    window.settle()
    assert dialog.boxes.rows["person.inn"].field.state == "error"
    assert editor.text() == "500100732250"
    with store.read() as session:
        assert session.scalars(select(Person.inn).where(Person.id == person)).one() is None


def test_complete_form_may_be_printed(window: HostWindow, dialog: PrintDialog) -> None:
    fill_gaps(window, dialog)
    assert dialog.session.last is not None
    assert dialog.session.last.filled.problems == []
    assert dialog.go.isEnabled()
    assert not dialog.gaps.isVisible()


def test_saved_pdf_is_remembered_and_prints_again_exactly(
    window: HostWindow, dialog: PrintDialog, store: Store, person: str, tmp_path: Path
) -> None:
    target = tmp_path / "квитанция.pdf"
    dialog.ask_path = lambda _parent, _name: target
    fill_gaps(window, dialog)
    dialog.output.keep.setChecked(True)
    assert dialog.session.last is not None
    shown = dialog.session.last.pdf
    dialog.save.click()
    window.settle()
    assert target.read_bytes() == shown
    [line] = printing.issued(store, person)
    boxes = printing.boxes(store, line.id)
    assert catalogue.draw_boxes(line.form, line.edition, boxes) == shown
    [kept] = casework.attachments(store, person)
    assert casework.read_file(store, kept.id) == shown
    casework.set_field(store, "person", person, "surname", "Каримова")
    window.settle()
    dialog.show_issued(line)
    window.settle()
    assert dialog.session.last.pdf == shown
    dialog.choose("ndfl_receipt")
    window.settle()
    assert "Каримова" in text_of(dialog.session.last.pdf)


def test_months_change_the_sum(window: HostWindow, dialog: PrintDialog) -> None:
    assert dialog.session.last is not None
    one = dialog.session.last.filled.boxes["sum"]
    dialog.session.answer("months", "12")
    window.settle()
    assert dialog.session.last.filled.boxes["sum"] != one
    assert "12 мес" in dialog.session.last.filled.boxes["period"]


def test_without_a_printer_the_file_is_the_way(window: HostWindow, dialog: PrintDialog) -> None:
    dialog.output.show_printers(())
    assert not dialog.go.isVisible()
    assert not dialog.gaps.isVisible()
    assert dialog.save.isEnabled()
    assert dialog.save._kind == "primary"


def test_unwritable_place_is_said_and_nothing_is_remembered(
    window: HostWindow, dialog: PrintDialog, store: Store, person: str, tmp_path: Path
) -> None:
    dialog.ask_path = lambda _parent, _name: tmp_path / "нет" / "такой.pdf"
    dialog.save.click()
    window.settle()
    assert "Файл не записать" in str(window.told.errors[0])
    assert printing.issued(store, person) == []


def test_printed_pages_equal_the_preview(dialog: PrintDialog, tmp_path: Path) -> None:
    assert dialog.session.last is not None
    pdf = dialog.session.last.pdf
    device = QPrinter(QPrinter.PrinterMode.HighResolution)
    device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    set_paper(device)
    device.setOutputFileName(str(tmp_path / "paper.pdf"))
    told: list[tuple[int, int]] = []
    sides = paint_pages(device, pdf, (), lambda n, all_: told.append((n, all_)), lambda: False)
    assert sides == page_count(pdf) == 1
    assert told == [(1, 1)]
    paper = blurred((tmp_path / "paper.pdf").read_bytes())
    seen = blurred(pdf)
    shifted = seen.copy(3, 3, seen.width(), seen.height())  # three millimetres off
    assert apart(paper, seen) < apart(paper, shifted) / 4


def blurred(pdf: bytes) -> QImage:
    """A page at a point a millimetre: thin lines no longer depend on where pixels fall."""
    smooth = Qt.TransformationMode.SmoothTransformation
    fill = Qt.AspectRatioMode.IgnoreAspectRatio
    return render_page(pdf, 0, 8).image.scaled(210, 297, fill, smooth)


def apart(one: QImage, other: QImage) -> int:
    """By how much two pictures differ, point by point."""
    points = [(x, y) for x in range(0, 210, 2) for y in range(0, 297, 2)]
    return sum(
        abs(one.pixelColor(*at).lightness() - other.pixelColor(*at).lightness()) for at in points
    )


def test_cancelled_printing_stops_before_the_next_page(dialog: PrintDialog, tmp_path: Path) -> None:
    assert dialog.session.last is not None
    device = QPrinter()
    device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    device.setOutputFileName(str(tmp_path / "none.pdf"))
    pdf = dialog.session.last.pdf
    assert paint_pages(device, pdf, (0, 0, 0), lambda *_: None, lambda: True) == 0


def test_forms_are_found_by_name(dialog: PrintDialog) -> None:
    dialog.forms.search.setText("прибыт")
    assert dialog.forms.forms() == ["arrival_notice"]


def test_every_form_draws_every_page(window: HostWindow, dialog: PrintDialog) -> None:
    for spec in dialog.session.forms():
        dialog.choose(spec.id)
        window.settle()
        assert dialog.session.last is not None
        for page in range(dialog.session.last.sheet.pages):
            dialog.session.set_page(page)
            window.settle()
            assert dialog.session.last.sheet.page == page
    assert window.told.errors == []


def test_form_is_printed_for_a_person_found_by_name(
    window: HostWindow, store: Store, person: str
) -> None:
    page = window.show_page(FormsPage, {})
    line = page.findChild(LineButton, "formLine-case_card")
    assert line is not None
    line.click()
    search = window.findChild(QLineEdit, "pickerSearch")
    assert search is not None
    search.setText("karimov")
    QTest.keyClick(search, Qt.Key.Key_Return)
    window.settle()
    QTest.keyClick(search, Qt.Key.Key_Return)
    window.settle()
    opened = window.told.dialogs[-1]
    assert isinstance(opened, PrintDialog)
    assert opened.session.form_id == "case_card"
    assert opened.session.person_id == person


def test_recent_print_opens_as_it_was_filed(window: HostWindow, store: Store, person: str) -> None:
    printing.remember(store, person, "case_card", catalogue.form("case_card").editions[-1].id, {})
    [line] = printing.recent(store)
    page = window.show_page(FormsPage, {})
    shown = page.findChild(QAbstractButton, f"recentPrint-{line.id}")
    assert shown is not None
    shown.click()
    window.settle()
    opened = window.told.dialogs[-1]
    assert isinstance(opened, PrintDialog)
    assert opened.session.reprint == line


def test_journal_names_people_and_opens_their_case(
    window: HostWindow, store: Store, person: str
) -> None:
    casework.set_field(store, "person", person, "phone", "+7 900 111-22-33")
    page = window.show_page(JournalPage, {})
    assert isinstance(page, JournalPage)
    model = page.list.rows
    texts = [str(model.data(model.index(n, 0))) for n in range(model.rowCount())]
    assert any("Каримов" in text and "+7 900 111-22-33" in text for text in texts)
    page.list.activated.emit(model.index(1, 0))
    assert window.told.visited[-1] == ("case", {"person_id": person, "tab": "history"})
    page.whose.changed.emit("other")
    page.whose.set_value("other")
    page.search.searched.emit("")
    assert model.rowCount() == 0
