"""«Дела»: found at each keystroke, selections, marks and what is done with them, the preview."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from center_parts import Window, press, type_text
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from arm.casework import case, people
from arm.casework.people import Filter, PersonRow
from arm.casework.printing import issued
from arm.model.names import to_latin_icao
from ui.casefile.wording import term_pill
from ui.tables.rows import Pill
from ui.widgets import CheckBox, Popover
from ui.widgets.bulk_bar import BulkButton
from ui.workspaces.center.cases import CasesPage
from ui.workspaces.center.finding import look_up
from ui.workspaces.center.highlight import search_marks
from ui.workspaces.center.people_columns import fmt_phone, status_pill

ROOT = Path(__file__).parents[2]


@pytest.fixture
def page(qtbot: QtBot, center: Window) -> CasesPage:
    made = CasesPage(center.context())
    center.show(qtbot, made)
    return made


def someone(center: Window, place: int = 0) -> PersonRow:
    found = people.find(center.store, Filter())
    return people.rows(center.store, found.rowids[place : place + 1])[0]


def search(center: Window, page: CasesPage, text: str) -> None:
    page.search.setFocus()
    page.search.selectAll()
    type_text(text)
    center.settle(40)


def listed(page: CasesPage) -> list[str]:
    looks = [page.model.look(row) for row in range(page.model.rowCount())]
    return [look.text("name") for look in looks if look is not None]


def test_everybody_with_an_open_case_is_listed(center: Window, page: CasesPage) -> None:
    assert len(page.model.ids) == people.counts(center.store)["all"]
    assert page.subtitle() == str(people.counts(center.store)["all"])


def test_typing_finds_a_person_in_the_other_script(center: Window, page: CasesPage) -> None:
    who = someone(center)
    search(center, page, to_latin_icao(who.surname or "").lower()[:9])
    assert who.name in listed(page)
    assert page.words.text().startswith(to_latin_icao(who.surname or "").lower()[:9])
    assert page.counted.text().startswith("· найдено")


def test_a_letter_typed_on_the_list_goes_to_the_search(center: Window, page: CasesPage) -> None:
    page.table.setFocus()
    type_text("к")
    center.settle(40)
    assert page.search.hasFocus()
    assert page.search.text() == "к"


def test_the_last_letter_wins(center: Window, page: CasesPage) -> None:
    page.search.setFocus()
    for char in "каримов":
        type_text(char)
    center.settle(40)
    wanted = people.find(center.store, Filter(text="каримов"))
    assert page.model.ids == wanted.rowids


def test_nobody_found_offers_a_near_spelling(center: Window, page: CasesPage) -> None:
    who = someone(center)
    search(center, page, f"{who.surname}щщщ")
    assert page._stack.currentIndex() == 1
    assert page._suggestion
    page._try.click()
    center.settle(40)
    assert page._stack.currentIndex() == 0
    assert page.search.text() == page._suggestion


def test_down_arrow_leads_from_the_search_into_the_list(center: Window, page: CasesPage) -> None:
    press(Qt.Key.Key_Home)
    page.search.setFocus()
    press(Qt.Key.Key_Down)
    assert page.table.hasFocus()
    first = page.table.current_id()
    press(Qt.Key.Key_Down)
    assert page.table.current_id() != first
    press(Qt.Key.Key_Return)
    center.settle()
    target, args = center.went[-1]
    assert target == "case"
    assert args["order"] == page.model.ids
    assert args["place"] == page.model.ids.index(page.table.current_id() or 0)


def test_a_selection_narrows_and_is_counted(center: Window, page: CasesPage) -> None:
    page.presets.choose("closed")
    center.settle()
    assert len(page.model.ids) == people.counts(center.store)["closed"]
    page.reset()
    center.settle()
    assert len(page.model.ids) == people.counts(center.store)["all"]


def test_citizenship_is_chosen_from_a_list(center: Window, page: CasesPage) -> None:
    page.citizenship.click()
    sheet = page.window().findChild(Popover)
    assert sheet is not None
    box = sheet.findChild(CheckBox, "citizenship-UZB")
    assert box is not None
    box.click()
    center.settle()
    wanted = people.find(center.store, Filter(citizenship=("UZB",)))
    assert page.model.ids == wanted.rowids
    assert page.citizenship.text() == "Гражданство: Узбекистан"


def test_a_saved_selection_comes_back(qtbot: QtBot, center: Window, page: CasesPage) -> None:
    page.citizenship.set_chosen(("TJK",))
    page._take_citizenship(("TJK",))
    center.settle()
    people.save_filter(center.store, "Таджикистан", page._filter, page._order)
    again = CasesPage(center.context())
    center.show(qtbot, again)
    own = [tab.preset for tab in again.presets._tabs if tab.preset.own]
    assert [one.title for one in own] == ["Таджикистан"]
    again.presets.choose(own[0].key)
    center.settle()
    assert again.model.ids == people.find(center.store, Filter(citizenship=("TJK",))).rowids


def test_sorting_by_birth_asks_the_store(center: Window, page: CasesPage) -> None:
    page._sort("born", descending=True)
    center.settle()
    rows = people.rows(center.store, page.model.ids[:20])
    born = [row.birth_date or "" for row in rows]
    assert born == sorted(born, reverse=True)


def test_columns_are_remembered(qtbot: QtBot, center: Window, page: CasesPage) -> None:
    page.arrangement.set_shown("phone", True)
    page.arrangement.set_width("citizenship", 150)
    page._keep_arrangement()
    center.settle()
    again = CasesPage(center.context())
    center.show(qtbot, again)
    shown = {placed.column.key: placed.width for placed in again.arrangement.shown()}
    assert shown["citizenship"] == 150
    assert "phone" in shown


def test_the_preview_shows_the_current_person(center: Window, page: CasesPage) -> None:
    press(Qt.Key.Key_Home) if page.table.hasFocus() else page.table.step(1)
    center.settle(80)
    current = page.table.current_id()
    assert current is not None
    who = people.rows(center.store, [current])[0]
    assert page.preview.person_id == who.person_id
    assert page.preview._name.text() == who.name


def test_an_edit_elsewhere_refreshes_the_row_and_keeps_the_place(
    center: Window, page: CasesPage
) -> None:
    who = someone(center, 3)
    page.table.set_current_id(who.rowid)
    case.set_field(center.store, "person", who.person_id, "phone", "+7 900 111-22-33")
    center.settle(250)
    assert page.table.current_id() == who.rowid
    look = page.model.look(page.model.row_of(who.rowid))
    assert look is not None
    assert look.text("phone") == "+7 900 111-22-33"
    assert look.unsent


def test_marked_cases_are_given_to_a_colleague(center: Window, page: CasesPage) -> None:
    ids = list(page.model.ids[:3])
    page.model.mark(ids, on=True)
    assert page.bulk.bar.isVisible()
    page.bulk.assign("tihonova", "Тихонова Елена Владимировна")
    center.settle(250)
    rows = people.rows(center.store, ids)
    assert {row.responsible for row in rows} == {"tihonova"}
    text, more = center.toasts[-1]
    assert "3 дела" in text.replace("\u00a0", " ")
    assert more["undo"]


def test_a_mark_is_put_and_taken_off(center: Window, page: CasesPage) -> None:
    page.model.mark(page.model.ids[:2], on=True)
    page.bulk.mark("перезвонить")
    center.settle(250)
    look = page.model.look(0)
    assert look is not None
    assert "перезвонить" in [tag.text for tag in look.tags]
    page.bulk.mark("")
    center.settle(250)
    look = page.model.look(0)
    assert look is not None
    assert look.tags == ()


def test_a_narrow_bar_keeps_its_verbs_as_icons(center: Window, page: CasesPage) -> None:
    assert center.host is not None
    center.host.resize(820, 640)
    page.model.mark(page.model.ids[:2], on=True)
    center.host.resize(560, 640)
    center.settle(30)
    bar = page.bulk.bar
    assert bar.geometry().right() <= page._left.width()
    for button in bar.findChildren(BulkButton):
        assert button.width() >= 32
        assert button.accessibleName()


def test_escape_takes_the_marks_off(center: Window, page: CasesPage) -> None:
    page.table.setFocus()
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(page.model.marked) == len(page.model.ids)
    press(Qt.Key.Key_Escape)
    assert page.model.marked == set()
    assert not page.bulk.bar.isVisible()


def test_the_list_is_written_as_a_spreadsheet(
    center: Window, page: CasesPage, tmp_path: Path
) -> None:
    path = tmp_path / "дела.xlsx"
    page.bulk.ask_file = lambda *_asked: path
    page.bulk.export()
    center.settle()
    sheet = load_workbook(path).active
    assert sheet is not None
    titles = [cell.value for cell in sheet[1]]
    assert titles[:3] == ["Фамилия и имя", "Гражданство", "Дата рождения"]
    assert sheet.max_row == len(page.model.ids) + 1
    first = people.rows(center.store, page.model.ids[:1])[0]
    assert sheet["A2"].value == first.name
    assert sheet["C2"].value.date().isoformat() == first.birth_date
    assert "Выгружено" in center.toasts[-1][0]


def test_a_broken_off_export_leaves_no_file(
    center: Window, page: CasesPage, tmp_path: Path
) -> None:
    path = tmp_path / "дела.xlsx"
    page.bulk.ask_file = lambda *_asked: path
    page.bulk.export()
    page.bulk.work.cancel()
    center.settle()
    assert not path.exists()
    assert "Прервано" in center.toasts[-1][0]


def test_forms_are_printed_for_all_marked(center: Window, page: CasesPage, tmp_path: Path) -> None:
    path = tmp_path / "карточки.pdf"
    page.bulk.ask_file = lambda *_asked: path
    ids = list(page.model.ids[:4])
    page.model.mark(ids, on=True)
    page.bulk.print_form("case_card", "Карточка дела")
    center.settle()
    persons = [row.person_id for row in people.rows(center.store, ids)]
    printed = sum(bool(issued(center.store, person)) for person in persons)
    left_out = 4 - printed
    assert bool(center.dialogs) == bool(left_out)
    assert path.exists() == bool(printed)
    if printed:
        assert path.read_bytes().startswith(b"%PDF")


def test_a_program_that_has_copied_a_table_ends_without_a_crash() -> None:
    program = (
        "from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from ui.tables.copying import as_table, keep_clipboard_as_text;"
        "board = app.clipboard(); board.setMimeData(as_table([], []));"
        "keep_clipboard_as_text(); print(repr(board.text()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, repr("\r\n") + "\n"), done.stderr


def test_copied_rows_paste_as_a_table(center: Window, page: CasesPage) -> None:
    page.model.mark(page.model.ids[:2], on=True)
    page.copy()
    center.settle()
    lines = QGuiApplication.clipboard().text().strip().split("\r\n")
    assert lines[0].split("\t")[0] == "Фамилия, имя, отчество"
    assert len(lines) == 3
    first = people.rows(center.store, page.model.ids[:1])[0]
    assert lines[1].startswith(first.name)


def test_a_damaged_read_says_so_and_can_be_repeated(center: Window, page: CasesPage) -> None:
    page._failed(people.PersonNotFound(asked="x"))
    assert page._trouble.isVisible()
    retry = page.findChild(type(page.choose_columns), "cases-retry")
    assert retry is not None
    retry.click()
    center.settle()
    assert not page._trouble.isVisible()


def test_every_control_has_a_name(center: Window, page: CasesPage) -> None:
    for part in (page.search, page.table, page.citizenship, page.choose_columns):
        assert part.accessibleName()
        assert part.objectName()
    QTest.qWait(1)


@pytest.mark.parametrize(
    ("typed", "name", "marked"),
    [
        ("karimov", "Каримов Улугбек", ["Каримов"]),
        ("карим улуг", "Каримов Улугбек", ["Карим", "Улуг"]),
        ("YOʻLDOSHEV", "Юлдашев Отабек", []),
        ("юлд", "Юлдашев Отабек", ["Юлд"]),
        ("4182", "Каримов Улугбек", []),
        ("семёнов", "Семенов Пётр", ["Семенов"]),
    ],
)
def test_found_letters_are_shown(typed: str, name: str, marked: list[str]) -> None:
    marks = search_marks(typed)
    found = [name[start : start + length] for start, length in marks(name)] if marks else []
    assert found == marked


def test_words_of_the_answer_name_what_was_meant(center: Window) -> None:
    who = someone(center)
    latin = to_latin_icao(who.surname or "").lower()
    answer = look_up(center.store, Filter(text=latin[:9]), people.Order())
    assert answer.words.startswith(f"{latin[:9]} → ")
    cyrillic = look_up(center.store, Filter(text=who.surname or ""), people.Order())
    assert cyrillic.words == ""
    assert cyrillic.counted.startswith("найдено")


def test_pills_say_a_status_in_words() -> None:
    assert status_pill("ok", "2026-05-13") == Pill("ok", "до 13.05.2026", "circle-check")
    assert status_pill(None, None) == Pill("neutral", "неизвестно", "circle-help")
    assert status_pill("bad", "2026-01-01", long=True) == Pill("bad", "Нет оснований", "octagon-x")


def test_days_left_follow_russian_plurals(center: Window) -> None:
    today = date(2026, 5, 5)
    days = {n: term_pill(today + timedelta(days=n), today).text for n in (-22, -1, 0, 1, 2, 11)}
    said = {n: text.replace("\xa0", " ") for n, text in days.items()}
    assert said == {-22: "на 22 дня", -1: "на 1 день", 0: "сегодня", 1: "завтра", 2: "2 дня",
                    11: "11 дней"}  # fmt: skip


def test_phones_are_grouped() -> None:
    assert fmt_phone("89000001240") == "+7 900 000-12-40"
    assert fmt_phone("+998 90 1234567") == "+998 90 1234567"
    assert fmt_phone(None) == ""
