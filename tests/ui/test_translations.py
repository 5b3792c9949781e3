"""Every Russian text that a person may see has its English, also where the core has filled it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date

import pytest
from center_parts import Window
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from arm.casework import people, titles
from arm.casework.words import time_left
from arm.store.errors import SecondInstance
from installer.extract_texts import (
    TABLE,
    all_texts,
    in_order,
    known_texts,
    labels_of_fields,
    literals,
    missing_texts,
    pieces_of_f_strings,
    pieces_of_label,
    stale_texts,
    texts_of_errors,
    untranslatable,
)
from ui.casefile.case_page import CasePage
from ui.design.catalogue import Words
from ui.design.text import use_language
from ui.page import Page
from ui.widgets import Label
from ui.workspaces.center.cases import CasesPage
from ui.workspaces.center.intake import IntakePage
from ui.workspaces.center.today import TodayPage

RUSSIAN_BY_NAME = {"Русский"}
"""A language is offered in its own name."""


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(known_texts())


def test_every_text_has_its_english() -> None:
    missing = missing_texts()
    assert not missing, f"{len(missing)} texts, see installer/extract_texts.py: {list(missing)[:5]}"


def test_no_entry_is_left_of_a_text_that_is_gone() -> None:
    assert stale_texts() == []


def test_no_screen_builds_russian_out_of_pieces() -> None:
    assert untranslatable() == []


def test_the_table_is_in_order() -> None:
    assert TABLE.read_text(encoding="utf-8") == in_order(known_texts())


def test_english_keeps_the_places_to_fill() -> None:
    for russian, english in known_texts().items():
        assert _places(english) == _places(russian), russian


def test_counted_words_have_three_forms_in_russian_and_two_in_english() -> None:
    for russian, english in known_texts().items():
        if "|" in russian:
            assert (russian.count("|"), english.count("|")) == (2, 1), russian


def test_english_has_no_russian_letters() -> None:
    left = {text for text in known_texts().values() if re.search("[а-яёА-ЯЁ]", text)}
    assert left <= RUSSIAN_BY_NAME


def test_russian_texts_follow_the_rules_of_the_house() -> None:
    for text in all_texts():
        assert "!" not in text, text
        assert not re.search(r'[а-яё ]"|"[А-ЯЁа-яё]|[“”„]', text), f"«ёлочки»: {text}"
        assert not re.search(r"[а-яё,] В(ы|ас|ам|ами|аш\w*)\b", text), f"«вы»: {text}"
        assert not re.search(
            r"\b(еще|ее|мое|свое|чье|идет|ждет|придет|живет|ведет|введен|удален|сохранен|изменен|"
            r"счет\w*|учет\w*|прием\w*|отчет\w*|расчет\w*|заведен)\b",
            text.lower(),
        ), f"«ё»: {text}"
        assert not re.search(r"[а-яё»] – [а-яё«]", text), f"long dash in sentences: {text}"


def test_sentences_of_the_core_are_found_by_their_templates(words: Words) -> None:
    assert words.find("въезд 21.04, 7 раб. дней") == "entry 21.04, 7 working days"
    assert words.find("Законно до 13.05.2026") == "Lawful until 13.05.2026"
    assert words.find(time_left(date(2026, 5, 1), date(2026, 5, 6))) == "5 days late"
    assert words.find(time_left(date(2026, 5, 9), date(2026, 5, 8))) == "tomorrow"
    assert words.find("Отрывная часть: дом") == "Tear-off part: house"
    assert words.find("Документ, строка 12") == "Document, line 12"


def test_names_of_actions_are_found_with_their_labels(words: Words) -> None:
    assert words.find(titles.changed("person", ["phone"])) == "Changed: phone"
    assert words.find(titles.changed("person", ["phone", "inn"])) == "Changed: phone, INN"
    assert words.find(f"Отменено: {titles.added('note')}") == "Undone: Note added"


def test_a_filled_error_is_found_too(words: Words) -> None:
    error = SecondInstance(pid=4711)
    english = words.find(error.advice_text)
    assert english is not None
    assert "4711" in english
    assert not re.search("[а-яё]", english)


def test_words_of_people_stay_as_they_were_typed(words: Words) -> None:
    assert words.find("Каримов Улугбек") is None
    assert words.find("Пометка: позвонить брату") == "Mark: позвонить брату"
    assert words.find("KARIMOV") is None


def test_a_label_is_found_in_either_case() -> None:
    words = Words({"Телефон": "Phone", "ИНН": "INN", "патент оплачен": "patent paid"})
    assert words.find("телефон") == "phone"
    assert words.find("Патент оплачен") == "Patent paid"
    assert words.find("иНН") == "INN"


def test_numbers_choose_the_form(words: Words) -> None:
    assert words.find("1 день") == "1 day"
    assert words.find("3\u00a0дня") == "3\u00a0days"
    assert words.find("1 250\u00a0правок") == "1 250\u00a0edits"


def test_what_is_collected() -> None:
    tree = ast.parse(
        '"""Документ."""\nlog.info("в журнал")\nx = f"дел {n}, срок {day(on)}"\n'
        'y = t("Записать")\nz = counted(n, "день", "дня", "дней")\nw = a.replace("ё", "ее")\n'
        "v = f\"{'въезд' if entry else 'прибытие'} {on:%d.%m}\"\nq = a == \"патент\"\n"
    )
    assert set(literals(tree)) == {
        "дел {n}, срок {day}", "Записать", "день|дня|дней", "въезд {on}", "прибытие {on}",
        "въезд", "прибытие",
    }  # fmt: skip
    assert [line for line, _ in pieces_of_f_strings(tree)] == [3, 3]


def test_words_of_errors_and_labels_of_fields_are_collected() -> None:
    tree = ast.parse(
        'class WrongKey(E):\n    title: ClassVar[str] = "Не подошёл"\n    code = "x"\n'
        '    phone = field("Телефон", index=True)\n'
    )
    assert list(texts_of_errors(tree)) == ["Не подошёл"]
    assert list(labels_of_fields(tree)) == ["Телефон"]


def test_labels_of_boxes_are_collected_in_pieces() -> None:
    assert pieces_of_label("Отрывная часть: дом") == ["Отрывная часть", "дом"]
    assert pieces_of_label("Документ, строка 3") == ["Документ", "{label}, строка {number}"]
    assert pieces_of_label("12 месяцев") == ["{number} месяцев"]


@pytest.fixture
def in_english(dressed: QApplication) -> Iterator[None]:
    """The program speaks English during the test."""
    translators = use_language(dressed, "en")
    yield
    for translator in translators:
        dressed.removeTranslator(translator)
    use_language(dressed, "ru")


@pytest.mark.parametrize("page", [TodayPage, CasesPage, IntakePage])
def test_a_page_in_english_shows_nothing_in_russian_that_has_english(
    in_english: None, center: Window, qtbot: QtBot, page: type[Page]
) -> None:
    made = page(center.context())
    center.show(qtbot, made)
    assert _left_in_russian(made) == set()


@pytest.mark.parametrize("tab", ["overview", "documents", "terms", "notes", "history"])
def test_a_case_in_english_shows_nothing_in_russian_that_has_english(
    in_english: None, center: Window, qtbot: QtBot, tab: str
) -> None:
    found = people.find(center.store, people.Filter())
    (person,) = people.rows(center.store, found.rowids[:1])
    made = CasePage(center.context())
    center.show(qtbot, made, {"person_id": person.person_id, "tab": tab})
    assert _left_in_russian(made) == set()


def test_the_look_at_a_screen_sees_what_was_not_translated(
    dressed: QApplication, center: Window, qtbot: QtBot
) -> None:
    made = TodayPage(center.context())
    center.show(qtbot, made)
    assert {"Черновики", "Весь центр"} <= _left_in_russian(made)


def _left_in_russian(screen: QWidget) -> set[str]:
    """Texts of ours on the screen that the table could have said in English."""
    words = Words(known_texts())
    shown: set[str] = set()
    for part in screen.findChildren(QWidget):
        if part.isVisible() and isinstance(part, Label | QAbstractButton):
            shown.add(part.text())
        if part.isVisible() and isinstance(part, QLineEdit):
            shown |= {part.text(), part.placeholderText()}
    return {text for text in shown if words.find(text) not in {None, text}}


def _places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))
