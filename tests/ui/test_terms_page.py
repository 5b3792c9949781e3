"""«Сроки»: by keyboard, marks and what is done with them, filters, export, the explanation."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from center_parts import Window, press, type_text
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from shell_parts import nameless

from arm.casework import people
from arm.casework.case import add_term, open_case
from arm.casework.people import Filter
from arm.casework.term_list import TermFilter, TermRow, find_terms, term_rows
from arm.casework.today import today
from ui.casefile.term_actions import SnoozeSheet
from ui.casefile.terms_page import TermsPage
from ui.widgets import DayStrip, Label, Menu, Popover
from ui.widgets.bulk_bar import BulkButton


@pytest.fixture
def page(qtbot: QtBot, center: Window) -> TermsPage:
    made = TermsPage(center.context())
    center.show(qtbot, made, {"mine": False})
    center.settle(60)
    return made


def current(page: TermsPage) -> TermRow:
    (term,) = term_rows(page.context.store, [page.table.current_id() or 0])
    assert term is not None
    return term


def groups(page: TermsPage) -> list[str]:
    found = [page.model.group_at(row) for row in page.model.group_rows()]
    return [f"{group.title} {group.count}" for group in found if group is not None]


def own_term(center: Window, title: str, days: int) -> str:
    """A term of the first of my people; returns whose."""
    found = people.find(center.store, Filter(preset="mine"))
    who = people.rows(center.store, found.rowids[:1])[0].person_id
    add_term(center.store, who, title, center.store.clock.today() + timedelta(days=days))
    return who


def go_to(center: Window, page: TermsPage, title: str) -> None:
    center.settle(200)
    page.table.setFocus()
    rows = term_rows(center.store, page.model.ids)
    page.table.set_current_id(next(row.id for row in rows if row and row.title == title))
    center.settle(60)


def test_everything_open_is_listed_in_groups_with_counts(center: Window, page: TermsPage) -> None:
    found = find_terms(center.store, TermFilter(mine=False))
    assert page.model.ids == found.ids
    assert [int(group.split()[-1]) for group in groups(page)] == [n for _, n in found.groups]
    assert page.subtitle().replace("\xa0", "") == str(len(found.ids))


def test_arrows_walk_enter_opens_the_case_and_space_marks(center: Window, page: TermsPage) -> None:
    page.table.setFocus()
    press(Qt.Key.Key_Home)
    first = page.table.current_id()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Space)
    assert page.model.marked == {page.table.current_id()} != {first}
    assert page.bulk.bar.isVisible()
    press(Qt.Key.Key_Escape)
    assert not page.model.marked
    press(Qt.Key.Key_Return)
    center.settle()
    assert center.went == [("case", {"person_id": current(page).key.person_id})]


def test_the_pane_explains_the_day(center: Window, page: TermsPage) -> None:
    page.filters.choose_rule("registration")
    center.settle(80)
    term = current(page)
    assert page.inspector.term == term
    strip = page.inspector.findChild(DayStrip)
    assert strip is not None
    assert f"{term.key.due_on:%d.%m}" in strip.accessibleName()


def test_ctrl_enter_settles_and_the_next_one_is_current(center: Window, page: TermsPage) -> None:
    own_term(center, "Позвонить", 0)
    go_to(center, page, "Позвонить")
    place = page.model.place_of(page.table.current_id() or 0)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    center.settle(220)
    assert center.toasts[-1][1]["undo"]
    assert "Позвонить" not in [row.title for row in term_rows(center.store, page.model.ids) if row]
    assert page.model.place_of(page.table.current_id() or 0) == min(place, len(page.model.ids) - 1)
    page.states.choose("done")
    center.settle(60)
    assert current(page).title == "Позвонить"
    assert page.inspector.reopen.isVisible()
    page.inspector.reopen.click()
    center.settle(220)
    assert page._stack.currentIndex() == 1, "nothing is done any more"


def test_f7_puts_off_with_a_reason_that_the_list_shows(center: Window, page: TermsPage) -> None:
    own_term(center, "Принести перевод", 5)
    go_to(center, page, "Принести перевод")
    press(Qt.Key.Key_F7)
    center.settle()
    sheet = page.window().findChild(SnoozeSheet)
    assert sheet is not None
    center.settle(30)
    assert sheet.why.hasFocus()
    type_text("переводчик занят")
    press(Qt.Key.Key_Return)
    center.settle(220)
    page.states.choose("snoozed")
    center.settle(60)
    look = page.model.look(1)
    assert look is not None
    assert look.text("left") == "отложен до 09.05"
    assert look.text("task") == "Принести перевод переводчик занят"
    page.inspector.wake.click()
    center.settle(220)
    assert not page.model.ids


def test_what_ends_today_cannot_be_put_off_and_the_sheet_says_why(
    center: Window, page: TermsPage
) -> None:
    own_term(center, "Позвонить", 0)
    go_to(center, page, "Позвонить")
    press(Qt.Key.Key_F7)
    center.settle(30)
    sheet = page.window().findChild(SnoozeSheet)
    assert sheet is not None
    assert not sheet.save.isEnabled()
    said = [label.text() for label in sheet.findChildren(Label)]
    assert "Последний день срока сегодня, откладывать некуда" in said


def test_marked_terms_are_handed_to_a_colleague(center: Window, page: TermsPage) -> None:
    ids = list(page.model.ids[:3])
    page.model.mark(ids, True)
    page.bulk.hand_over()
    center.settle()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, Menu)
    next(one for one in menu.actions() if one.objectName() == "hand-over-tihonova").trigger()
    menu.close()
    center.settle(220)
    assert {row.responsible for row in term_rows(center.store, ids) if row} == {"tihonova"}
    assert not page.model.marked


def test_without_a_line_it_is_said_when_the_colleague_will_see_it(
    center: Window, page: TermsPage
) -> None:
    workstation: Any = page.context.workstation
    workstation.sync = SimpleNamespace(state=SimpleNamespace(phase="offline"))
    page.model.mark(page.model.ids[:1], True)
    page.bulk.hand_over()
    center.settle()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, Menu)
    next(one for one in menu.actions() if one.objectName() == "hand-over-tihonova").trigger()
    menu.close()
    center.settle()
    assert center.toasts[-1][0].endswith("Связи нет: коллега увидит после обмена")


def test_marked_terms_are_put_off_where_their_day_allows(center: Window, page: TermsPage) -> None:
    who = own_term(center, "Сегодня же", 0)
    add_term(center.store, who, "Потерпит", center.store.clock.today() + timedelta(days=9))
    center.settle(220)
    rows = term_rows(center.store, page.model.ids)
    ids = [row.id for row in rows if row and row.title in ("Сегодня же", "Потерпит")]
    page.model.mark(ids, True)
    page.bulk.snooze()
    center.settle()
    sheet = page.window().findChild(SnoozeSheet)
    assert sheet is not None
    sheet.when.setText(f"{center.store.clock.today() + timedelta(days=2):%d.%m.%Y}")
    sheet.why.setText("ждём")
    sheet.save.click()
    center.settle(220)
    said = center.toasts[-1][0].replace("\xa0", " ")
    assert "1 срок. Осталось: 1 срок" in said


def test_what_is_done_to_the_current_one_leaves_the_marks(center: Window, page: TermsPage) -> None:
    page.table.set_current_id(page.model.ids[0])
    center.settle(60)
    marked = set(page.model.ids[2:4])
    page.model.mark(marked, True)
    page.inspector.done.click()
    center.settle(220)
    assert page.model.marked == marked


def test_not_needed_for_all_marked_is_one_action(center: Window, page: TermsPage) -> None:
    before = len(page.model.ids)
    page.model.mark(page.model.ids[:4], True)
    button = page.bulk.bar.findChild(BulkButton, "bulk-not-needed")
    assert button is not None
    button.click()
    center.settle(220)
    assert len(page.model.ids) == before - 4
    assert page.filters.shown == "open"


def test_more_than_one_action_can_change_is_not_marked(
    center: Window, page: TermsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.model.most_marked = 3
    page.table.setFocus()
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert not page.model.marked
    assert "не больше" in center.toasts[-1][0]
    monkeypatch.setattr("ui.casefile.term_bulk.MOST", 3)
    page.model.mark(page.model.ids[:4], True)
    page.bulk.settle("done")
    center.settle(220)
    assert len(page.model.marked) == 4, "nothing was done with them"


def test_letters_search_by_name_and_the_empty_answer_offers_a_way_out(
    center: Window, page: TermsPage
) -> None:
    page.table.setFocus()
    name = current(page).person_name.split()[0]
    type_text(name[0].lower())
    assert page.filters.search.hasFocus()
    page.filters.search.setText(name)
    center.settle(40)
    rows = term_rows(center.store, page.model.ids)
    assert rows
    assert all(row and name in row.person_name for row in rows)
    page.filters.search.setText("нет такого имени")
    center.settle(40)
    assert page._stack.currentIndex() == 1
    page._reset.click()
    center.settle(40)
    assert page._stack.currentIndex() == 0
    assert page.filters.search.text() == ""


def test_days_of_a_period_are_chosen_and_checked(center: Window, page: TermsPage) -> None:
    page.filters._ask_days()
    sheet = page.window().findChild(Popover, "periodSheet")
    assert sheet is not None
    first, last = (sheet.findChild(object, name) for name in ("periodFirst", "periodLast"))
    show = sheet.findChild(QPushButton, "periodShow")
    assert show is not None
    first.setText("10.06.2026")  # type: ignore[union-attr]  # found above
    last.setText("01.06.2026")  # type: ignore[union-attr]  # found above
    show.click()
    assert sheet.isVisible(), "a period ends after it begins"
    last.setText("30.06.2026")  # type: ignore[union-attr]  # found above
    show.click()
    center.settle(40)
    rows = [row for row in term_rows(center.store, page.model.ids) if row]
    assert rows
    assert all(date(2026, 6, 10) <= row.key.due_on <= date(2026, 6, 30) for row in rows)


def test_groups_by_rule_colleague_and_day(center: Window, page: TermsPage) -> None:
    own_term(center, "Позвонить", 0)
    center.settle(220)
    everything = sorted(page.model.ids)
    for how, title in (
        ("rule", "Поставить на учёт"),
        ("responsible", "Орлова Мария Сергеевна"),
        ("day", "Сегодня, 05.05.2026"),
    ):
        page.filters.choose_groups(how)  # type: ignore[arg-type]  # one of the groupings
        center.settle(40)
        assert sorted(page.model.ids) == everything
        assert any(title in group for group in groups(page)), groups(page)


def test_what_others_change_appears_and_the_current_line_stays(
    center: Window, page: TermsPage
) -> None:
    page.table.setFocus()
    press(Qt.Key.Key_Down)
    stays = page.table.current_id()
    own_term(center, "Новое дело", 1)
    center.settle(250)
    assert "Новое дело" in [row.title for row in term_rows(center.store, page.model.ids) if row]
    assert page.table.current_id() == stays


def test_another_page_asks_for_what_ends_today(center: Window, page: TermsPage) -> None:
    own_term(center, "К вечеру", 0)
    page.shown({"shown": "today", "mine": True})
    center.settle(60)
    rows = [row for row in term_rows(center.store, page.model.ids) if row]
    assert "К вечеру" in [row.title for row in rows]
    assert {row.state for row in rows} == {"today"}
    assert {row.responsible for row in rows} == {center.store.actor.login}
    assert today(center.store).counters.today == len(rows)


def test_the_list_is_written_as_a_spreadsheet_that_others_open(
    center: Window, page: TermsPage, tmp_path: Path
) -> None:
    path = tmp_path / "сроки.xlsx"
    page.bulk.ask_file = lambda *_asked: path
    page.table.setFocus()
    press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    center.settle()
    sheet = load_workbook(path).active
    assert sheet is not None
    titles = [cell.value for cell in sheet[1]]
    assert titles[:3] == ["Срок", "Осталось дней", "Фамилия, имя, отчество"]
    assert titles[-4:] == ["Состояние", "Отмечено", "Отложен до", "Почему отложен"]
    assert sheet.max_row == len(page.model.ids) + 1
    first = term_rows(center.store, page.model.ids[:1])[0]
    assert first is not None
    assert sheet["A2"].value.date() == first.key.due_on
    assert sheet["C2"].value == first.person_name
    assert "Выгружено" in center.toasts[-1][0]
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/office",
            "--headless",
            "--convert-to",
            "csv",
            "--outdir",
            str(tmp_path),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    lines = path.with_suffix(".csv").read_text(encoding="utf-8", errors="replace").splitlines()
    assert len(lines) == len(page.model.ids) + 1


def test_only_marked_terms_are_written(center: Window, page: TermsPage, tmp_path: Path) -> None:
    path = tmp_path / "сроки.xlsx"
    page.bulk.ask_file = lambda *_asked: path
    page.model.mark(page.model.ids[:3], True)
    page.bulk.export()
    center.settle()
    sheet = load_workbook(path).active
    assert sheet is not None
    assert sheet.max_row == 4


def test_a_list_that_cannot_be_read_says_so_and_is_read_again(
    center: Window, page: TermsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_asked: object) -> object:
        raise OSError("no disk")

    with monkeypatch.context() as away:
        away.setattr("ui.casefile.terms_page.find_terms", broken)
        page.reload()
        center.settle(40)
    assert page._trouble.isVisible()
    assert [type(one) for one in center.errors] == [OSError]
    center.errors.clear()
    page.reload()
    center.settle(40)
    assert not page._trouble.isVisible()


def test_a_case_seen_from_the_list_agrees_with_it(center: Window, page: TermsPage) -> None:
    term = current(page)
    seen = open_case(center.store, term.key.person_id).terms
    assert (term.key.rule, term.key.due_on) in {(one.rule, one.due_on) for one in seen}


def test_every_part_has_a_name_for_a_screen_reader(center: Window, page: TermsPage) -> None:
    page.model.mark(page.model.ids[:1], True)
    corner = "QAbstractButton "  # where the headers of Qt's own table meet, never shown
    assert [part for part in nameless(page) if part != corner] == []
    index = page.model.index(1, 1)
    assert page.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
