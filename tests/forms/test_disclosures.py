"""The extract from the register of disclosures, as the person concerned takes it home."""

from __future__ import annotations

from collections.abc import Callable

from case_papers import full_case

from forms import catalogue
from forms.official.disclosures.fill import FIRST, ROOM


def lines(count: int) -> str:
    return "\n".join(
        f"{day % 28 + 1:02d}.11.2026 09:30\tИФНС № 7 по Приокской области\tПатент оплачен по\t"
        f"Соглашение № {day}\tпо правилу передачи, правило {day} «Патент»"
        for day in range(count)
    )


def test_each_line_says_who_what_when_and_why(pdf_text: Callable[[bytes], str]) -> None:
    filled = catalogue.fill("disclosures", full_case(), {"disclosures": lines(2)})
    assert filled.problems == []
    text = " ".join(pdf_text(catalogue.draw(filled)).split())
    assert "Записей: 2" in text
    for words in ("ИФНС № 7 по", "Патент оплачен по", "Соглашение № 1", "02.11.2026", "152-ФЗ"):
        assert words in text, words


def test_nothing_passed_on_is_said_too(pdf_text: Callable[[bytes], str]) -> None:
    paper = catalogue.draw(catalogue.fill("disclosures", full_case()))
    assert "Сведения никому не передавали" in pdf_text(paper)
    assert "страница 2" not in pdf_text(paper)


def test_many_lines_take_further_pages_and_too_many_are_counted(
    pdf_text: Callable[[bytes], str],
) -> None:
    filled = catalogue.fill("disclosures", full_case(), {"disclosures": lines(FIRST + 1)})
    text = pdf_text(catalogue.draw(filled))
    assert "страница 2" in text
    assert "страница 3" not in text
    filled = catalogue.fill("disclosures", full_case(), {"disclosures": lines(ROOM + 10)})
    assert filled.boxes[f"line{ROOM}_what"].startswith("и ещё записей: 11")
    assert f"Записей: {ROOM + 10}" in pdf_text(catalogue.draw(filled))
