"""«Что если» and «План» beside a case, by keyboard: ask, see, leave, keep."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from casefile_parts import HostWindow, karimov, opened_office, opened_window
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from arm.casework import case as casework
from arm.model import CaseFile, MigrationCard, Person, Registration, StayPermit, new_id
from arm.store.store import Store
from arm.store.undo import undo_last
from ui.casefile.case_page import CasePage
from ui.casefile.plan_tab import PlanRow
from ui.casefile.what_if import MoveRow, WhatIfTab
from ui.casefile.why import WhyBlock
from ui.widgets import Choice, Label


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def person(store: Store) -> str:
    return karimov(store)


@pytest.fixture
def newcomer(store: Store) -> str:
    """Entered to work on 27 April, nothing done yet."""
    found = Person(id=new_id(), surname="Рахимов", given="Шерзод", citizenship="UZB")
    with store.write("Заведено дело") as session:
        session.add(found)
        session.add(CaseFile(person_id=found.id, route="patent", opened_on=date(2026, 5, 4)))
        session.add(MigrationCard(person_id=found.id, entered_on=date(2026, 4, 27), purpose="work"))
    return found.id


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    yield from opened_window(qtbot, store)


def opened(window: HostWindow, person: str) -> CasePage:
    shown = window.show_page(CasePage, {"person_id": person})
    assert isinstance(shown, CasePage)
    return shown


@pytest.fixture
def page(window: HostWindow, person: str) -> CasePage:
    return opened(window, person)


def ask(window: HostWindow, page: CasePage) -> WhatIfTab:
    """F7, as a person does."""
    QTest.keyClick(page, Qt.Key.Key_F7)
    window.settle()
    assert page.aside.isVisible()
    return page.aside.questions


def editor(page: CasePage, fact: str) -> QLineEdit:
    found = page.findChild(QLineEdit, f"ask-{fact}-editor")
    assert found is not None
    return found


def type_date(field: QLineEdit, digits: str) -> None:
    """Over what stands there; the dots come by themselves."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, digits)


def moves(page: CasePage) -> dict[str, str]:
    """Rule → what the row says aloud."""
    QApplication.processEvents()
    rows = page.findChildren(MoveRow)
    return {
        row.objectName().removeprefix("move-"): plain(row.accessibleName())
        for row in rows
        if row.isVisible()
    }


def button(root: QWidget, name: str) -> QPushButton:
    found = root.findChild(QPushButton, name)
    assert found is not None, name
    return found


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def words(part: QWidget) -> str:
    QApplication.processEvents()
    return plain("\n".join(label.text() for label in part.findChildren(Label) if label.isVisible()))


def test_the_first_fact_has_the_keyboard_and_nothing_moves_yet(
    window: HostWindow, page: CasePage
) -> None:
    tab = ask(window, page)
    assert QApplication.focusWidget() is editor(page, "entered_on")
    assert editor(page, "entered_on").text() == "20.12.2025"
    assert moves(page) == {}
    assert "Измените сведение" in words(tab)
    assert not tab.keep.isEnabled()
    hints = page.keys()
    assert ("F7", "что если") in hints


def test_another_day_of_entry_moves_the_terms_at_once(
    window: HostWindow, store: Store, newcomer: str
) -> None:
    page = opened(window, newcomer)
    before = casework.summary(store, newcomer)
    tab = ask(window, page)
    type_date(editor(page, "entered_on"), "04052026")
    said = moves(page)
    assert set(said) == {
        "registration", "medical", "fingerprints", "patent_application", "stay_limit",
    }  # fmt: skip
    assert said["registration"] == "Поставить на учёт, 11.05.2026 → 18.05.2026, +7 дней"
    assert "Законно до 01.08.2026" in tab.findChild(QWidget, "statusThen").accessibleName()  # type: ignore[union-attr]  # part of the tab
    assert casework.summary(store, newcomer) == before


def test_tab_goes_as_one_reads(window: HostWindow, store: Store, newcomer: str) -> None:
    page = opened(window, newcomer)
    tab = ask(window, page)
    type_date(editor(page, "entered_on"), "04052026")
    QApplication.processEvents()
    passed = []
    for _ in range(12):
        now = QApplication.focusWidget()
        assert now is not None
        passed.append(now.objectName())
        if now is tab.forget:
            break
        QTest.keyClick(now, Qt.Key.Key_Tab)
    assert passed == [
        "ask-entered_on-editor", "ask-entered_on-back", "ask-purpose-editor",
        "ask-registration_until-editor", "askMore", *["moveWhy"] * 5, "whatIfKeep",
        "whatIfForget",
    ]  # fmt: skip


def test_half_a_date_asks_nothing(window: HostWindow, store: Store, newcomer: str) -> None:
    page = opened(window, newcomer)
    tab = ask(window, page)
    type_date(editor(page, "entered_on"), "0405")
    assert moves(page) == {}
    assert tab.changes() == {}
    QTest.keyClick(editor(page, "entered_on"), Qt.Key.Key_Return)
    problem = page.findChild(Label, "ask-entered_on-problem")
    assert problem is not None
    assert "Дата неполная" in problem.text()
    assert problem.isVisible()


def test_the_new_day_is_explained(window: HostWindow, store: Store, newcomer: str) -> None:
    page = opened(window, newcomer)
    ask(window, page)
    type_date(editor(page, "entered_on"), "04052026")
    row = page.findChild(MoveRow, "move-registration")
    assert row is not None
    why = row.findChild(QWidget, "moveWhy")
    assert why is not None
    QApplication.processEvents()
    why.setFocus()
    QTest.keyClick(why, Qt.Key.Key_Return)
    block = row.findChild(WhyBlock)
    assert block is not None
    assert "04.05.2026" in words(block)
    # the explanation that stands open follows the next question
    type_date(editor(page, "entered_on"), "03052026")
    QApplication.processEvents()
    assert "03.05.2026" in words(row)


def test_escape_leaves_and_says_that_nothing_is_kept(
    window: HostWindow, store: Store, newcomer: str
) -> None:
    page = opened(window, newcomer)
    pending = store.pending()
    tab = ask(window, page)
    type_date(editor(page, "entered_on"), "04052026")
    tab.more.setFocus()
    QTest.keyClick(tab.more, Qt.Key.Key_Escape)
    assert not page.aside.isVisible()
    assert window.told.toasts == ["«Что если» закрыто: в деле ничего не изменилось"]
    assert QApplication.focusWidget() is page.header.what_if
    assert store.pending() == pending
    # opened again, it begins with the case
    ask(window, page)
    assert editor(page, "entered_on").text() == "27.04.2026"


def test_leaving_without_a_question_says_nothing(window: HostWindow, page: CasePage) -> None:
    ask(window, page)
    QTest.keyClick(page, Qt.Key.Key_F7)
    assert not page.aside.isVisible()
    assert window.told.toasts == []


def test_another_case_forgets_the_question(
    window: HostWindow, page: CasePage, newcomer: str
) -> None:
    ask(window, page)
    type_date(editor(page, "registration_until"), "13062026")
    page.shown({"person_id": newcomer})
    window.settle()
    assert not page.aside.isVisible()
    assert "ничего не изменилось" in window.told.toasts[0]


def test_months_paid_are_chosen_from_a_list(window: HostWindow, page: CasePage) -> None:
    ask(window, page)
    months = editor(page, "pay_months")
    assert isinstance(months, Choice)
    months.setFocus()
    QTest.keyClicks(months, "3")
    QTest.keyClick(months, Qt.Key.Key_Return)
    assert moves(page) == {
        "patent_payment": "Оплатить НДФЛ за патент, 13.05.2026 → 13.08.2026, +92 дня"
    }


def test_one_more_fact_is_added_by_its_name(window: HostWindow, page: CasePage) -> None:
    tab = ask(window, page)
    tab.more._choose("left_on")
    window.settle()
    QTest.qWait(20)
    assert QApplication.focusWidget() is editor(page, "left_on")
    type_date(editor(page, "left_on"), "05052026")
    assert "уйдёт" in moves(page)["patent_payment"]


def test_a_fact_put_back_is_no_question(window: HostWindow, page: CasePage) -> None:
    tab = ask(window, page)
    type_date(editor(page, "registration_until"), "13062026")
    assert set(moves(page)) == {"registration_expiry"}
    QTest.mouseClick(button(page, "ask-registration_until-back"), Qt.MouseButton.LeftButton)
    assert moves(page) == {}
    assert editor(page, "registration_until").text() == "13.05.2026"
    assert tab.changes() == {}


def registered_until(store: Store, person: str) -> date | None:
    with store.read() as session:
        query = select(Registration).where(Registration.person_id == person)
        return session.scalars(query).one().valid_to


def test_keeping_one_fact_is_a_step_of_its_own_with_undo(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    tab = ask(window, page)
    type_date(editor(page, "registration_until"), "13062026")
    tab.keep.setFocus()
    QTest.keyClick(tab.keep, Qt.Key.Key_Return)
    sheet = window.findChild(QWidget, "whatIfSheet")
    assert sheet is not None
    assert "13.05.2026 → 13.06.2026" in words(sheet)
    assert registered_until(store, person) == date(2026, 5, 13)
    QTest.keyClick(button(sheet, "enter-registration"), Qt.Key.Key_Return)
    window.settle()
    assert registered_until(store, person) == date(2026, 6, 13)
    assert window.told.toasts[-1].startswith("Внесено в дело")
    # what was a question is the case now
    assert tab.changes() == {}
    assert moves(page) == {}
    assert page.aside.isVisible()
    undo_last(store)
    window.settle()
    assert editor(page, "registration_until").text() == "13.05.2026"


def test_a_refused_value_is_told_in_the_sheet_and_stays(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    tab = ask(window, page)
    tab.more._choose("permit_until")
    window.settle()
    type_date(editor(page, "permit_until"), "01012020")  # before the day of issue
    tab.keep.click()
    sheet = window.findChild(QWidget, "whatIfSheet")
    assert sheet is not None
    button(sheet, "enter-stay_permit").click()
    window.settle()
    assert sheet.isVisible()
    assert len(words(sheet).splitlines()) > 3
    with store.read() as session:
        held = session.scalars(select(StayPermit).where(StayPermit.person_id == person)).one()
        assert held.valid_to == date(2027, 1, 13)
    assert tab.changes() == {"permit_until": date(2020, 1, 1)}


def test_what_is_not_paid_yet_is_not_offered(window: HostWindow, page: CasePage) -> None:
    tab = ask(window, page)
    months = editor(page, "pay_months")
    assert isinstance(months, Choice)
    months._choose("2")
    assert moves(page)
    assert not tab.keep.isEnabled()


def test_a_question_survives_a_colleagues_edit(
    window: HostWindow, page: CasePage, store: Store, person: str
) -> None:
    ask(window, page)
    type_date(editor(page, "registration_until"), "13062026")
    with store.merge("sync") as session:
        card = session.scalars(select(MigrationCard).where(MigrationCard.person_id == person)).one()
        card.entered_on = date(2025, 12, 19)
        session.info["touched"].add(("migration_card", card.id, person))
    window.settle()
    assert editor(page, "entered_on").text() == "19.12.2025"
    assert page.aside.questions.changes() == {"registration_until": date(2026, 6, 13)}
    assert set(moves(page)) == {"registration_expiry"}


def test_each_key_is_answered_within_five_milliseconds(
    window: HostWindow, store: Store, newcomer: str
) -> None:
    page = opened(window, newcomer)
    tab = ask(window, page)
    field = editor(page, "entered_on")
    spent = []
    for day in range(1, 13):
        started = time.thread_time()  # of this thread alone: neighbours don't count
        field.setText(f"{day:02}.05.2026")
        spent.append(time.thread_time() - started)
    assert tab.changes() == {"entered_on": date(2026, 5, 12)}
    assert sorted(spent)[len(spent) // 2] < 0.005


# --- the plan


def plan_of(page: CasePage) -> dict[str, str]:
    return {
        row.objectName().removeprefix("plan-"): plain(row.accessibleName())
        for row in page.findChildren(PlanRow)
    }


def test_the_plan_names_each_step_with_its_day_and_free_days(
    window: HostWindow, store: Store, newcomer: str
) -> None:
    page = opened(window, newcomer)
    ask(window, page)
    segment = page.findChild(QWidget, "segment-plan")
    assert segment is not None
    segment.setFocus()
    QTest.keyClick(segment, Qt.Key.Key_Space)
    said = plan_of(page)
    assert said["medical"] == "Медосвидетельствование, не позже 21.05.2026, 11 раб. дней"
    assert said["patent_application"].startswith("Заявление на патент, не позже 26.05.2026")
    assert "Всё можно успеть" in words(page.aside.plan)
    row = page.findChild(PlanRow, "plan-medical")
    assert row is not None
    row.set_open(True)
    assert "Результат нужен для шага «Заявление на патент»" in words(row)
    assert "Настройка центра" in words(row)


def test_the_plan_follows_what_is_tried_out(
    window: HostWindow, store: Store, newcomer: str
) -> None:
    page = opened(window, newcomer)
    ask(window, page)
    type_date(editor(page, "entered_on"), "04052026")
    page.aside.open_view("plan")
    window.settle()
    assert plan_of(page)["patent_application"].startswith("Заявление на патент, не позже 02.06")
    assert "(предположение)" in page.aside.plan.text()
    # back to the case
    page.aside.open_view("what_if")
    page.aside.questions.reset()
    page.aside.open_view("plan")
    window.settle()
    QApplication.processEvents()
    assert "предположение" not in page.aside.plan.text()
    assert "не позже 26.05.2026" in page.aside.plan.text()


def test_the_plan_says_what_cannot_be_done_in_time(
    window: HostWindow, store: Store, newcomer: str
) -> None:
    with store.write("Изменено: дата въезда") as session:
        query = select(MigrationCard).where(MigrationCard.person_id == newcomer)
        session.scalars(query).one().entered_on = date(2026, 4, 2)
    page = opened(window, newcomer)
    page.open_aside("plan")
    window.settle()
    assert "не успеть" in plan_of(page)["patent_application"]
    said = words(page.aside.plan)
    assert "В срок не успеть" in said
    assert "штраф" in said


def test_the_plan_is_copied_as_text(window: HostWindow, store: Store, newcomer: str) -> None:
    page = opened(window, newcomer)
    page.open_aside("plan")
    window.settle()
    page.aside.plan.copy.setFocus()
    QTest.keyClick(page.aside.plan.copy, Qt.Key.Key_Return)
    text = QGuiApplication.clipboard().text()
    assert text.startswith("Рахимов Ш. План: Патент на работу, 05.05.2026")
    assert "Заявление на патент: не позже 26.05.2026" in text
    assert window.told.toasts == ["План скопирован"]


def test_the_plan_is_saved_as_a_sheet_to_print(
    window: HostWindow,
    store: Store,
    newcomer: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "план.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
    page = opened(window, newcomer)
    page.open_aside("plan")
    window.settle()
    page.aside.plan.paper.click()
    window.settle()
    document = pypdfium2.PdfDocument(target)
    said = " ".join(document[0].get_textpage().get_text_range().split())
    document.close()
    assert "Рахимов Ш. План: Патент на работу, 05.05.2026" in said
    assert "Заявление на патент: не позже 26.05.2026" in said
    assert window.told.toasts == ["План сохранён: план.pdf"]


def test_a_folder_that_refuses_is_told(
    window: HostWindow,
    store: Store,
    newcomer: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "нет такой папки" / "план.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
    page = opened(window, newcomer)
    page.open_aside("plan")
    window.settle()
    page.aside.plan.paper.click()
    window.settle()
    assert [type(error).__name__ for error in window.told.errors] == ["NotWritable"]
    assert window.told.toasts == []


def test_a_case_without_a_route_says_what_to_do(
    window: HostWindow, store: Store, newcomer: str
) -> None:
    with store.write("Изменено: маршрут") as session:
        query = select(CaseFile).where(CaseFile.person_id == newcomer)
        session.scalars(query).one().route = None
    page = opened(window, newcomer)
    page.open_aside("plan")
    window.settle()
    assert "Выберите маршрут" in words(page.aside.plan)
    assert not page.aside.plan.copy.isEnabled()


def test_both_are_found_in_the_palette_while_a_case_is_shown(
    window: HostWindow, page: CasePage
) -> None:
    commands = {command.action_id: command for command in page.commands()}
    commands["route_plan"].run(window.context)
    window.settle()
    assert page.aside.isVisible()
    assert page.aside.views.value() == "plan"
    assert plan_of(page).keys() == {"patent_payment"}
