"""«Сегодня»: figures, terms by urgency, drafts, the way back to one's cases."""

from __future__ import annotations

from datetime import timedelta

from center_parts import Window, press
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from arm.casework import case, people
from arm.casework.people import Filter
from ui.workspaces.center.drafts_panel import DraftLine
from ui.workspaces.center.today import TodayPage


def make_page(qtbot: QtBot, center: Window) -> TodayPage:
    page = TodayPage(center.context())
    center.show(qtbot, page)
    return page


def first_person(center: Window) -> str:
    found = people.find(center.store, Filter(preset="mine"))
    return people.rows(center.store, found.rowids[:1])[0].person_id


def test_a_term_of_today_stands_under_today(qtbot: QtBot, center: Window) -> None:
    who = first_person(center)
    case.add_term(center.store, who, "Позвонить работодателю", center.store.clock.today())
    page = make_page(qtbot, center)
    group = next(row for row in page._rows if row.title == "Позвонить работодателю")
    assert group.days_left == 0
    titles = [page.model.group_at(row) for row in page.model.group_rows()]
    assert any(one is not None and one.title.startswith("Сегодня, 05.05.2026") for one in titles)


def test_an_overdue_term_says_by_how_much(qtbot: QtBot, center: Window) -> None:
    who = first_person(center)
    day = center.store.clock.today() - timedelta(days=5)
    case.add_term(center.store, who, "Забрать справку", day)
    page = make_page(qtbot, center)
    place = next(n for n, row in enumerate(page._rows) if row.title == "Забрать справку")
    look = page.model.look(page.model.row_of(place))
    assert look is not None
    assert look.text("left") == "на 5\xa0дней"
    assert look.text("due_on") == "30.04.2026"


def test_enter_opens_the_case_of_the_term(qtbot: QtBot, center: Window) -> None:
    page = make_page(qtbot, center)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Home)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert center.went == [("case", {"person_id": page._rows[0].person_id})]


def test_mine_and_the_whole_centre_differ(qtbot: QtBot, center: Window) -> None:
    page = make_page(qtbot, center)
    mine = len(page._rows)
    page.whose.set_value("all")
    page.whose.changed.emit("all")
    center.settle()
    assert len(page._rows) > mine


def test_a_kind_of_term_narrows_the_list(qtbot: QtBot, center: Window) -> None:
    page = make_page(qtbot, center)
    page._take_rule("patent_payment")
    center.settle()
    assert {row.rule for row in page._rows} <= {"patent_payment"}
    page._take_rule("document_expiry")
    center.settle()
    assert {row.rule for row in page._rows} <= {"document_expiry"}


def test_figures_lead_to_what_they_count(qtbot: QtBot, center: Window) -> None:
    page = make_page(qtbot, center)
    for key, target in (
        ("overdue", ("terms", {"shown": "overdue", "mine": True})),
        ("unsent", ("cases", {"preset": "unsent"})),
        ("conflicts", ("conflicts", {})),
    ):
        page.figures._cells[key].setFocus()
        press(Qt.Key.Key_Return)
        assert center.went[-1] == target


def test_a_draft_is_continued_from_here(qtbot: QtBot, center: Window) -> None:
    draft = center.store.save_draft("intake", "Джураев С.", {}, 60)
    page = make_page(qtbot, center)
    line = page.drafts.findChild(DraftLine, f"draft-{draft}")
    assert line is not None
    assert "60" in line.accessibleName()
    line.setFocus()
    press(Qt.Key.Key_Return)
    assert center.went == [("intake", {"draft_id": draft})]


def test_a_forgotten_draft_can_be_brought_back(qtbot: QtBot, center: Window) -> None:
    draft = center.store.save_draft("intake", "Джураев С.", {"surname": "Джураев"}, 60)
    page = make_page(qtbot, center)
    line = page.drafts.findChild(DraftLine, f"draft-{draft}")
    assert line is not None
    line.setFocus()
    press(Qt.Key.Key_Delete)
    center.settle()
    assert center.store.drafts() == []
    text, more = center.toasts[-1]
    assert "Джураев" in text
    more["on_action"]()
    center.settle()
    assert center.store.drafts()[0].body == {"surname": "Джураев"}


def test_a_change_by_a_colleague_appears(qtbot: QtBot, center: Window) -> None:
    page = make_page(qtbot, center)
    who = first_person(center)
    case.add_term(center.store, who, "Новый срок коллеги", center.store.clock.today())
    center.settle(300)
    assert any(row.title == "Новый срок коллеги" for row in page._rows)


def test_a_quiet_day_says_so(qtbot: QtBot, center: Window, dressed: QApplication) -> None:
    page = make_page(qtbot, center)
    page._take_rule("manual")
    center.settle()
    assert page._rows == []
    assert page._stack.currentIndex() == 1
    assert page._nothing.accessibleName() == "Таких сроков нет"
