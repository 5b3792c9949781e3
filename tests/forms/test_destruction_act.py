"""The act of destruction: every detail that order № 179 asks for is on the paper."""

from __future__ import annotations

from collections.abc import Callable

from case_papers import empty_case, full_case

from forms import catalogue

HASH = "9f" * 32
EXTRA = {
    "number": "14/2026",
    "destroyed_on": "28.11.2026",
    "categories": "человек (1), документ (2), файл (7)",
    "system": "«Единое окно»",
    "method": "удаление содержания записей",
    "reason": "отозвано согласие (152-ФЗ, ст. 21 ч. 5)",
    "destroyer": "Тихонова Елена Викторовна",
    "position": "руководитель смены",
    "log": f"28.11.2026 15:04:11\t1\t4711\t31\t84\t{HASH}",
}


def test_the_act_and_the_extract_hold_what_the_order_asks_for(
    pdf_text: Callable[[bytes], str],
) -> None:
    filled = catalogue.fill("destruction_act", full_case(), EXTRA)
    assert filled.problems == []
    act, extract, rest = pdf_text(catalogue.draw(filled)).split("\f")
    assert rest == ""
    for words in (  # п. 3 of the order, letter by letter
        "АНО «Региональный центр поддержки мигрантов»",
        "443001, г. Самара, ул. Садовая, д. 1",
        "Юлдашев Улугбек Шавкатович",
        "Мигрант ID 63-0001-0000017",
        "Тихонова Елена Викторовна",
        "руководитель смены",
        "подпись",
        "человек (1), документ (2), файл (7)",
        "«Единое окно»",
        "удаление содержания записей",
        "152-ФЗ, ст. 21 ч. 5",
        "28.11.2026",
        "14/2026",
    ):
        assert words in act, words
    for words in (  # п. 5: the extract of the log
        "Юлдашев Улугбек Шавкатович",
        "человек (1), документ (2), файл (7)",
        "«Единое окно»",
        "152-ФЗ, ст. 21 ч. 5",
        "28.11.2026 15:04:11",
        "4711",
        HASH,
    ):
        assert words in extract, words


def test_an_act_without_a_deed_names_what_is_missing() -> None:
    filled = catalogue.fill("destruction_act", empty_case())
    missing = {one.box for one in filled.problems if one.kind == "missing"}
    assert missing >= {"number", "subject", "categories", "method", "reason", "destroyed_on"}
    assert "event1_at" in missing
    assert "destroyer" in missing
