"""«Нормы и календарь»: reading, deciding and accepting a pack, by keyboard and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from casefile_parts import HostWindow, karimov, opened_office, opened_window
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shell_parts import type_text

from arm.casework import law_book, law_decisions, recompute
from arm.casework.law_view import ValueLine
from arm.exchange.signed_text import new_key, sign
from arm.law.ndfl import monthly_amount
from arm.store.store import Store
from ui.casefile.law_dialogs import ConfirmDialog, CorrectDialog, PackDialog, WithdrawDialog
from ui.casefile.law_page import LawPage

KEY, CODE = new_key("пароль")
PACK = """
[pack]
name = "Срок учёта"
issued_on = 2026-05-01

[["stay.document_expiry"]]
valid_from = 2002-11-01
event = "document_end"
days = 30
unit = "calendar"
first_day = "next"
text = "Замените документ за 30 дней"
act = "Новый закон"
published = 2026-05-01
source = "publication.pravo.gov.ru"
confidence = "H"
checked_on = 2026-05-01
"""


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    yield from opened_office(tmp_path, empty_database)


@pytest.fixture
def window(dressed: QApplication, qtbot: QtBot, store: Store) -> Iterator[HostWindow]:
    store.actor = replace(store.actor, role="center_supervisor")
    yield from opened_window(qtbot, store)


def page_in(window: HostWindow) -> LawPage:
    page = window.show_page(LawPage, {})
    assert isinstance(page, LawPage)
    return page


def key(part: QWidget, code: Qt.Key) -> None:
    QTest.keyClick(part, code)


def search(window: HostWindow, page: LawPage, words: str) -> list[ValueLine]:
    page.search.setText(words)
    QTest.qWait(150)
    window.settle()
    return page.values.rows


def test_every_norm_in_force_is_listed_and_spoken_with_how_sure_it_is(window: HostWindow) -> None:
    page = page_in(window)
    assert page.window().focusWidget() is page.lists["values"]
    assert len(page.values.rows) > 80
    index = page.values.index(0)
    said = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    line = page.values.rows[0]
    assert said.startswith(line.title)
    assert said.endswith(line.confidence_text)


def test_a_region_is_found_by_name_and_explained(window: HostWindow) -> None:
    page = page_in(window)
    (line,) = search(window, page, "самарская коэффициент аванс")
    assert line.row.key == "63"
    shown = " ".join(
        label.text() for label in page.inspector.findChildren(QWidget) if hasattr(label, "text")
    )
    assert "Источники спорят" in shown or line.row.note in shown
    assert "10\u00a0170" in shown  # what was before
    assert page.inspector.confirm_button.isVisible()


def test_another_day_shows_what_was_in_force_then(window: HostWindow) -> None:
    page = page_in(window)
    page.day.setText("01.06.2022")
    page.day.committed.emit("01.06.2022")
    rows = search(window, page, "узбекистан")
    assert any("7 рабочих" not in one.value for one in rows)
    found = search(window, page, "дефлятор")
    assert [one.value for one in found] == ["1,98"] or [one.value for one in found] == ["1,980"]


def test_a_coefficient_is_corrected_by_keyboard_and_taken_back(
    window: HostWindow, store: Store
) -> None:
    page = page_in(window)
    search(window, page, "самарская коэффициент аванс")
    page.lists["values"].setFocus()
    key(page.lists["values"], Qt.Key.Key_Return)
    dialog = window.told.dialogs[-1]
    assert isinstance(dialog, CorrectDialog)
    field = dialog.values["coefficient"]
    assert field.text() == "3,45"
    field.selectAll()
    type_text(field, "три")
    key(dialog.decide_button, Qt.Key.Key_Space)
    assert dialog.fields["coefficient"].state == "error"
    field.selectAll()
    type_text(field, "3,5")
    key(dialog.decide_button, Qt.Key.Key_Space)
    window.settle()
    assert dialog.reason_field.state == "error"  # no ground was given
    dialog.reason.setPlainText("сверено с законом")
    key(dialog.decide_button, Qt.Key.Key_Space)
    window.settle()
    month = monthly_amount("63", date(2026, 5, 5), law_book.rulebook(store).tables)
    assert month.amount == Decimal(11936)
    (line,) = page.values.rows
    assert line.confidence_text == "решено здесь"

    page.inspector.withdraw.emit(line.row.decided.id if line.row.decided else "")
    back = window.told.dialogs[-1]
    assert isinstance(back, WithdrawDialog)
    back.reason.setPlainText("опечатка")
    key(back.decide_button, Qt.Key.Key_Space)
    window.settle()
    (line,) = page.values.rows
    assert line.row.decided is None
    assert window.told.errors == []


def test_a_norm_is_confirmed_as_it_stands(window: HostWindow, store: Store) -> None:
    page = page_in(window)
    search(window, page, "переоформления патента")
    key(page.inspector.confirm_button, Qt.Key.Key_Space)
    dialog = window.told.dialogs[-1]
    assert isinstance(dialog, ConfirmDialog)
    dialog.reason.setPlainText("сверено с п. 8 ст. 13.3")
    key(dialog.decide_button, Qt.Key.Key_Space)
    window.settle()
    row = law_book.rulebook(store).tables.on("patent.reissue", date(2026, 5, 5))
    assert row.confidence == "H"
    assert not page.inspector.confirm_button.isVisible()


def test_a_pack_says_whose_terms_move_before_it_is_accepted(
    window: HostWindow, store: Store, tmp_path: Path
) -> None:
    karimov(store)
    recompute.begin(store)
    path = tmp_path / "нормы.toml"
    path.write_bytes(sign(PACK, KEY, "пароль"))
    page = page_in(window)
    page.ask_file = lambda _host: path
    page.choose_pack()
    window.settle()
    dialog = window.told.dialogs[-1]
    assert isinstance(dialog, PackDialog)
    assert dialog.effects is not None
    assert dialog.effects.people >= 1
    assert dialog.decide_button.isEnabled()
    dialog.reason.setPlainText("письмо")
    key(dialog.decide_button, Qt.Key.Key_Space)
    window.settle()
    assert dialog.code_field.state == "error"
    assert law_decisions.decisions(store) == []
    type_text(dialog.code, CODE)
    key(dialog.decide_button, Qt.Key.Key_Space)
    window.settle()
    (one,) = law_decisions.decisions(store)
    assert one.title == "Срок учёта"
    page.mode.set_value("decisions")
    page.mode.changed.emit("decisions")
    assert [row.title for row in page.decided.rows] == ["Срок учёта"]


def test_an_altered_pack_is_refused_with_words(
    window: HostWindow, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "нормы.toml"
    path.write_bytes(sign(PACK, KEY, "пароль").replace(b"30", b"90"))
    page = page_in(window)
    page.ask_file = lambda _host: path
    page.choose_pack()
    window.settle()
    assert [type(error).__name__ for error in window.told.errors] == ["TextAltered"]
    window.told.errors.clear()


def test_a_year_is_walked_through_by_keys(window: HostWindow) -> None:
    page = page_in(window)
    page.mode.set_value("calendar")
    page.mode.changed.emit("calendar")
    calendar = page.calendar
    calendar.setFocus()
    window.settle()
    page.grab()
    for _ in range(400):
        day = calendar.day()
        assert day is not None
        if day.on == date(2026, 6, 12):
            break
        key(calendar, Qt.Key.Key_Right if day.on < date(2026, 6, 12) else Qt.Key.Key_Left)
    assert calendar.accessibleName() == "12.06.2026, пт: праздник, День России"
    key(page, Qt.Key.Key_PageDown)
    key(page, Qt.Key.Key_PageDown)
    window.settle()
    assert page._year_warning.isVisible()  # 2028 has no act yet
    page.grab()


def test_who_may_not_decide_sees_everything_and_no_buttons(
    dressed: QApplication, qtbot: QtBot, store: Store
) -> None:
    for window in opened_window(qtbot, store):
        page = page_in(window)
        assert len(page.values.rows) > 80
        assert not page.pack.isVisible()
        assert not page.inspector.correct_button.isVisible()
        key(page.lists["values"], Qt.Key.Key_Return)
        assert window.told.dialogs == []
