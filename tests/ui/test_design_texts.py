"""Every Russian text of the screens has its English."""

from __future__ import annotations

import ast
import re

from installer.extract_texts import (
    all_texts,
    known_texts,
    literals_of_screen,
    missing_texts,
    texts_of_errors,
)


def test_every_text_of_the_screens_has_its_english() -> None:
    missing = missing_texts()
    assert not missing, f"{len(missing)} texts, see installer/extract_texts.py: {list(missing)[:5]}"


def test_english_keeps_the_places_to_fill() -> None:
    for russian, english in known_texts().items():
        places = set(re.findall(r"\{(\w+)\}", russian))
        assert set(re.findall(r"\{(\w+)\}", english)) <= places, russian


def test_texts_of_the_window_are_collected() -> None:
    found = all_texts()
    assert "Войти" in found
    assert "Неверный логин или пароль" in found


def test_docstrings_logs_and_f_strings_are_no_texts() -> None:
    tree = ast.parse('"""Документ."""\nlog.info("в журнал")\nx = f"кусок {1}"\ny = t("Записать")\n')
    assert list(literals_of_screen(tree)) == ["Записать"]


def test_words_of_errors_are_collected() -> None:
    tree = ast.parse(
        'class WrongKey(E):\n    title: ClassVar[str] = "Не подошёл"\n    code = "x"\n'
    )
    assert list(texts_of_errors(tree)) == ["Не подошёл"]
