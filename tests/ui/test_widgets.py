"""Situations of the parts: typing, choosing, keys, focus, names for the screen reader."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from widget_parts import put, type_text

from ui.widgets import (
    Choice,
    DateField,
    RadioCard,
    SearchField,
    Segmented,
    TextArea,
    TextField,
)

# --- dates


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("05.05.2026", date(2026, 5, 5)),
        ("5.5.26", date(2026, 5, 5)),
        ("05052026", date(2026, 5, 5)),
        ("5/5/2026", date(2026, 5, 5)),
        ("12.08.91", date(1991, 8, 12)),
        ("29.02.2024", date(2024, 2, 29)),
    ],
)
def test_date_is_understood_however_it_is_typed(
    window: QWidget, typed: str, expected: date
) -> None:
    field = DateField(today=lambda: date(2026, 5, 5))
    put(window, field)
    field.setText(typed)
    assert field.value() == expected
    assert field.problem() == ""


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("31.04.2026", "В апреле 30 дней. Проверьте дату"),
        ("29.02.2026", "В феврале 28 дней"),
        ("01.13.2026", "Месяца 13 нет"),
        ("05.05", "Дата неполная"),
        ("01.01.0202", "Год 202"),
    ],
)
def test_impossible_date_says_what_is_wrong(window: QWidget, typed: str, words: str) -> None:
    field = DateField(today=lambda: date(2026, 5, 5))
    field.setText(typed)
    assert field.value() is None
    assert words in field.problem()


def test_dots_come_by_themselves_while_typing(window: QWidget) -> None:
    field = DateField(today=lambda: date(2026, 5, 5))
    put(window, field)
    field.setFocus()
    type_text(field, "05052026")
    assert field.text() == "05.05.2026"


def test_equals_sign_is_today_and_arrows_move_by_a_day(window: QWidget) -> None:
    field = DateField(today=lambda: date(2026, 5, 31))
    put(window, field)
    field.setFocus()
    type_text(field, "=")
    assert field.text() == "31.05.2026"
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == date(2026, 6, 1)


def test_date_is_sent_once_it_is_complete(window: QWidget) -> None:
    field, sent = DateField(today=lambda: date(2026, 5, 5)), []
    field.date_changed.connect(sent.append)
    put(window, field)
    field.setFocus()
    type_text(field, "31.04.2026")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sent == []
    field.selectAll()
    type_text(field, "30.04.26")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sent == [date(2026, 4, 30)]
    assert field.text() == "30.04.2026"


# --- typing


def test_arriving_value_does_not_overwrite_what_is_being_typed(window: QWidget) -> None:
    field = TextField("Каримов")
    put(window, field)
    field.setFocus()
    type_text(field, "а")
    field.put("Рахимов")
    assert field.text() == "Каримова"


def test_arriving_value_is_shown_when_nobody_types(window: QWidget) -> None:
    field = TextField("Каримов")
    put(window, field)
    field.put("Рахимов")
    assert field.text() == "Рахимов"


def test_escape_gives_back_the_text_before(window: QWidget) -> None:
    field, sent = TextField("Каримов"), []
    field.committed.connect(sent.append)
    put(window, field)
    field.setFocus()
    type_text(field, "xyz")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "Каримов"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sent == []


def test_enter_sends_a_changed_text_once(window: QWidget) -> None:
    field, sent = TextField("А"), []
    field.committed.connect(sent.append)
    put(window, field)
    field.setFocus()
    type_text(field, "Б")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sent == ["АБ"]


def test_note_of_several_lines_is_sent_by_ctrl_enter(window: QWidget) -> None:
    area, sent = TextArea("один"), []
    area.committed.connect(sent.append)
    put(window, area)
    area.setFocus()
    type_text(area, "два ")
    QTest.keyClick(area, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sent == ["два один"]


def test_search_waits_for_a_pause_in_typing(window: QWidget, qtbot: QtBot) -> None:
    field, sent = SearchField("Найти"), []
    field.searched.connect(sent.append)
    put(window, field)
    field.setFocus()
    type_text(field, "кар")
    assert sent == []
    qtbot.waitUntil(lambda: sent == ["кар"], timeout=2000)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: sent == ["кар", ""], timeout=2000)


# --- choosing


COUNTRIES = [("UZB", "Узбекистан"), ("TJK", "Таджикистан", "tojikiston"), ("KGZ", "Киргизия")]


def test_choice_is_found_by_a_part_of_its_name(window: QWidget) -> None:
    choice, sent = Choice(COUNTRIES), []
    choice.changed.connect(sent.append)
    put(window, choice)
    choice.setFocus()
    type_text(choice, "джик")
    QTest.keyClick(choice, Qt.Key.Key_Return)
    assert choice.value() == "TJK"
    assert choice.text() == "Таджикистан"
    assert sent == ["TJK"]


def test_choice_is_found_by_its_other_words(window: QWidget) -> None:
    choice = Choice(COUNTRIES)
    put(window, choice)
    choice.setFocus()
    type_text(choice, "tojik")
    QTest.keyClick(choice, Qt.Key.Key_Return)
    assert choice.value() == "TJK"


def test_text_that_is_no_option_is_not_kept(window: QWidget) -> None:
    choice, other = Choice(COUNTRIES, "UZB"), TextField()
    put(window, choice, other)
    choice.setFocus()
    choice.selectAll()
    type_text(choice, "Нарния")
    other.setFocus()
    assert choice.value() == "UZB"
    assert choice.text() == "Узбекистан"


def test_emptied_choice_is_no_choice(window: QWidget) -> None:
    choice, other = Choice(COUNTRIES, "UZB"), TextField()
    put(window, choice, other)
    choice.setFocus()
    choice.selectAll()
    QTest.keyClick(choice, Qt.Key.Key_Delete)
    other.setFocus()
    assert choice.value() == ""


def test_segments_move_by_arrows_and_send_the_value(window: QWidget) -> None:
    parts, sent = Segmented([("mine", "Мои"), ("all", "Весь центр")]), []
    parts.changed.connect(sent.append)
    put(window, parts)
    QTest.mouseClick(parts.findChild(QAbstractButton, "segment-all"), Qt.MouseButton.LeftButton)
    assert parts.value() == "all"
    assert sent == ["all"]
    parts.set_value("mine")
    assert sent == ["all"]


def test_cards_exclude_each_other(window: QWidget) -> None:
    one, two = RadioCard("Патент на работу", "безвизовый въезд"), RadioCard("Учёба")
    put(window, one, two)
    one.setChecked(True)
    QTest.mouseClick(two, Qt.MouseButton.LeftButton)
    assert two.isChecked()
    assert not one.isChecked()
