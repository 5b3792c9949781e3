"""The case card and the consent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from case_papers import changed, empty_case, full_case

from arm.law.tables import Row, read_tables
from arm.model import Certificate
from forms import catalogue
from forms.kit.fonts import FACES, missing_letters
from forms.official.consent.fill import LANGUAGES, wording


def test_card_shows_person_papers_route_and_terms(pdf_text: Callable[[bytes], str]) -> None:
    filled = catalogue.fill("case_card", full_case())
    assert filled.problems == []
    text = pdf_text(catalogue.draw(filled))
    for words in (
        "Юлдашев Улугбек Шавкатович",
        "63-0001-0000017",
        "Узбекистан, г. Фергана",
        "Патент на работу",
        "FA 4182907",
        "Медицинское заключение",
        "пройден 04.09.2026",
        "Принести перевод свидетельства о браке",
        "дано 02.09.2026",
    ):
        assert words in text, words
    assert text.count("\f") == 1


def test_card_takes_the_back_when_papers_do_not_fit_the_front(
    pdf_text: Callable[[bytes], str],
) -> None:
    many = tuple(
        Certificate(id=f"e{n}", scope=1, certificate_type="translation", number=f"П-{n}")
        for n in range(40)
    )
    filled = catalogue.fill("case_card", full_case(certificates=many))
    text = pdf_text(catalogue.draw(filled))
    assert text.count("\f") == 2
    assert "П-5" in text
    assert "и ещё 20" in text


def test_card_orders_terms_and_names_the_late_one() -> None:
    facts = full_case()
    changed(facts.card, stay_until=date(2026, 11, 20))
    boxes = catalogue.fill("case_card", facts).boxes
    assert (boxes["term1_on"], boxes["term1_why"]) == ("20.11.2026", "просрочено, дней: 2")
    days = [boxes[f"term{n}_on"] for n in range(1, 6)]
    assert days == sorted(days, key=lambda day: day.split(".")[::-1])


def test_card_prefers_terms_that_casework_computed() -> None:
    extra = {"terms": "2026-12-05\tОтпечатки\t274-ФЗ\n2026-11-25\tОплата\tст. 227.1 НК РФ"}
    boxes = catalogue.fill("case_card", full_case(), extra).boxes
    assert [boxes[f"term{n}_what"] for n in (1, 2, 3)] == [
        "Оплата",
        "Принести перевод свидетельства о браке",
        "Отпечатки",
    ]


def test_card_loses_no_term_between_its_pages(pdf_text: Callable[[bytes], str]) -> None:
    lines = "\n".join(f"2027-01-{day:02}\tДело номер {day}\tоснование" for day in range(1, 13))
    text = pdf_text(catalogue.draw(catalogue.fill("case_card", full_case(), {"terms": lines})))
    assert [day for day in range(1, 13) if f"Дело номер {day}" not in text] == []


def test_every_ground_of_the_law_fits_into_the_card() -> None:
    tables = ("medical", "patent", "registration", "stay")
    acts = {row.act for name in tables for row in _rows_of_law(name)}
    lines = [f"2027-01-{day:02}\tПродлить учёт\t{act}" for day, act in enumerate(sorted(acts), 1)]
    for start in range(0, len(lines), 10):
        extra = {"terms": "\n".join(lines[start : start + 10])}
        assert catalogue.fill("case_card", full_case(), extra).problems == []


def _rows_of_law(name: str) -> list[Row]:
    text = Path(f"resources/law/{name}.toml").read_text(encoding="utf-8")
    return [row for table in read_tables(text, name) for row in table.rows]


def test_card_of_an_unknown_person_asks_only_for_the_name() -> None:
    problems = catalogue.fill("case_card", empty_case()).problems
    assert [problem.box for problem in problems] == ["full_name"]


REQUIRED_BY_LAW = (
    "Юлдашев Улугбек Шавкатович",
    "FA 4182907, выдан 24.05.2021, МВД 30101",
    "Самарская обл, г Самара",
    "АНО «Региональный центр поддержки мигрантов», ИНН 7707083893",
    "443001, г. Самара, ул. Садовая, д. 1",
    "Цель",
    "Какие данные",
    "Кому поручается",
    "Действия и способы",
    "Срок и отзыв",
    "Подпись",
)


def test_consent_has_every_element_of_article_9(pdf_text: Callable[[bytes], str]) -> None:
    filled = catalogue.fill("consent", full_case(), {"language": "ru"})
    assert filled.problems == []
    text = pdf_text(catalogue.draw(filled))
    for words in REQUIRED_BY_LAW:
        assert words in text, words
    assert text.count("\f") == 1


@pytest.mark.parametrize(
    ("citizenship", "language", "words"),
    [
        ("UZB", "uz", "Norasmiy tarjima"),
        ("TJK", "tg", "Тарҷумаи ғайрирасмӣ"),
        ("KGZ", "ky", "Расмий эмес котормо"),
    ],
)
def test_consent_has_a_translation_on_the_back_marked_unofficial(
    pdf_text: Callable[[bytes], str], citizenship: str, language: str, words: str
) -> None:
    facts = full_case()
    changed(facts.person, citizenship=citizenship)
    filled = catalogue.fill("consent", facts)
    assert filled.problems == []
    text = pdf_text(catalogue.draw(filled))
    assert text.count("\f") == 2
    front, back = text.split("\f")[:2]
    assert words in back
    title = wording()[language]["title"].replace(
        "ʻ", "‘"
    )  # PT Sans lacks the one, prints the other
    assert title in back
    assert words not in front


def test_consent_of_a_person_with_no_known_language_has_one_page() -> None:
    facts = full_case()
    changed(facts.person, citizenship="VNM", languages=frozenset())
    boxes = catalogue.fill("consent", facts).boxes
    assert not any(name.startswith("t_") for name in boxes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_translation_misses_no_part(language: str) -> None:
    captions_of_the_signature = {"signed_name", "signed_on"}
    assert set(wording()[language]) == set(wording()["ru"]) - captions_of_the_signature


@pytest.mark.parametrize("face", sorted(FACES))
def test_every_face_has_the_letters_of_our_people(face: str) -> None:
    letters = "ЁёҚқҒғҲҳҶҷӮӯӢӣҮүӨөҢңӘәҺһ" + "OʻGʻoʻgʻ’«»–№"
    assert missing_letters(letters, face) == []
