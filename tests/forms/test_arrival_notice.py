"""The arrival notice: what is on paper, and what is said before it is printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from case_papers import changed, empty_case, full_case
from PIL import Image, ImageStat

from arm.model import StayPermit
from forms import catalogue
from forms.kit.layout import Box, CellRow
from forms.kit.spec import NoEdition

FORM = "arrival_notice"
BEFORE_628 = date(2024, 5, 5)


def cells(box: Box) -> list[int]:
    return [row.count for row in box.rows]


def layout(on: date = date(2026, 11, 22)) -> dict[str, Box]:
    return catalogue.form(FORM).edition_for(on).layout.boxes


def test_full_case_has_nothing_to_complain_about() -> None:
    assert catalogue.fill(FORM, full_case()).problems == []


def test_text_on_paper_is_read_back_in_both_scripts(pdf_text: Callable[[bytes], str]) -> None:
    text = pdf_text(catalogue.draw(catalogue.fill(FORM, full_case())))
    for words in (
        "УВЕДОМЛЕНИЕ О ПРИБЫТИИ",
        "ЮЛДАШЕВ",
        "YOʻLDOSHEV",
        "SHAVKAT OʻGʻLI",
        "ШАВКАТОВИЧ",
        "УЗБЕКИСТАН",
        "Г. ФЕРГАНА",
        "4182907",
        "1234567",
        "9276000102",
        "САМАРСКАЯ ОБЛ",
        "СОКОЛОВА",
        "ОТРЫВНАЯ ЧАСТЬ БЛАНКА",
    ):
        assert words in text, words
    assert text.count("ЮЛДАШЕВ") == 2  # the first page and the slip
    assert text.count("\f") == 4


@pytest.mark.parametrize(
    ("box", "counts"),
    [
        ("surname", [28]),
        ("surname_latin", [22]),
        ("given", [28]),
        ("given_latin", [23]),
        ("patronymic", [24]),
        ("patronymic_latin", [22]),
        ("citizenship", [26]),
        ("birth_date", [2, 2, 4]),
        ("birth_country", [25]),
        ("birth_place", [31]),
        ("doc_type", [29]),
        ("doc_series", [6]),
        ("doc_number", [21]),
        ("birth_act_number", [21]),
        ("birth_act_office", [31, 31, 31]),
        ("permit_number", [21]),
        ("phone", [10]),
        ("profession", [27]),
        ("card_series", [4]),
        ("card_number", [13]),
        ("representatives", [26] * 5),
        ("stay_row1", [31]),
        ("right_of_use", [22] * 5),
        ("cadastral", [20]),
        ("actual_row3", [31]),
        ("host_patronymic", [23]),
        ("host_doc_type", [10]),
        ("host_doc_series", [4]),
        ("host_doc_number", [12]),
        ("slip_citizenship", [27]),
        ("slip_doc_series", [6]),
        ("slip_doc_number", [10]),
        ("slip_stay_until", [2, 2, 4]),
        ("host_phone", [10]),
        ("org_name", [26, 16]),
        ("org_inn", [13]),
        ("slip_host_patronymic", [23]),
    ],
)
def test_cells_are_as_many_as_on_the_blank(box: str, counts: list[int]) -> None:
    assert cells(layout()[box]) == counts


def test_older_edition_has_no_latin_rows_and_names_of_27_cells() -> None:
    old = layout(BEFORE_628)
    assert "surname_latin" not in old
    assert "birth_act_number" not in old
    assert cells(old["surname"]) == [27]
    assert [option.value for option in old["permit_kind"].options][-1] == "trp_education"


@pytest.mark.parametrize(
    ("on", "edition"),
    [
        (date(2023, 1, 1), "856-867"),
        (date(2025, 2, 4), "856-867"),
        (date(2025, 2, 5), "856-628"),
        (date(2026, 11, 22), "856-628"),
    ],
)
def test_edition_follows_the_day(on: date, edition: str) -> None:
    assert catalogue.form(FORM).edition_for(on).id == edition


def test_day_before_the_first_known_edition_is_refused_in_words() -> None:
    with pytest.raises(NoEdition) as caught:
        catalogue.fill(FORM, full_case(on=date(2022, 12, 31)))
    assert "31.12.2022" in caught.value.title_text


def test_paper_that_was_not_compared_with_the_official_one_says_so() -> None:
    for edition in catalogue.form(FORM).editions:
        assert edition.confidence in ("M", "L")
        assert "Сверьте" in edition.draft
    assert "сверьте" in catalogue.form(FORM).subtitle


def test_name_of_forty_letters_is_reported_and_not_drawn(
    pdf_text: Callable[[bytes], str],
) -> None:
    name = "Абдурахмонбегалиходжаевский-Ниёзмухаммад"
    assert len(name) == 40
    facts = full_case()
    changed(facts.person, surname=name)
    filled = catalogue.fill(FORM, facts)
    (problem,) = filled.problems
    assert (problem.kind, problem.box, problem.source) == (
        "overflow",
        "surname",
        "person.surname",
    )
    assert "знаков 40, клеток 28" in problem.text
    text = pdf_text(catalogue.draw(filled))
    assert name[:10].upper() not in text
    assert filled.boxes["surname"] == name.upper()


def test_name_that_fills_every_cell_is_drawn_whole(pdf_text: Callable[[bytes], str]) -> None:
    name = "Абдурахмонбегалиходжаевский"
    facts = full_case()
    changed(facts.person, surname=name + "А")
    filled = catalogue.fill(FORM, facts)
    assert filled.problems == []
    assert (name + "А").upper() in pdf_text(catalogue.draw(filled))


def test_latin_letters_in_a_russian_row_are_invalid() -> None:
    facts = full_case()
    changed(facts.person, given="Jasur")
    (problem,) = catalogue.fill(FORM, facts).problems
    assert (problem.kind, problem.box) == ("invalid", "given")


def test_tajik_letter_in_a_russian_row_is_invalid_not_replaced() -> None:
    facts = full_case()
    changed(facts.person, surname="Ҳоҷиев")
    filled = catalogue.fill(FORM, facts)
    assert [problem.box for problem in filled.problems] == ["surname"]
    assert filled.boxes["surname"] == "ҲОҶИЕВ"


def test_empty_case_lists_what_is_missing_in_reading_order() -> None:
    problems = catalogue.fill(FORM, empty_case()).problems
    assert [problem.number for problem in problems] == list(range(1, len(problems) + 1))
    assert {problem.kind for problem in problems} == {"missing"}
    named = [problem.box for problem in problems]
    assert named[:3] == ["surname", "given", "citizenship"]
    for box in ("birth_date", "doc_number", "entered_on", "stay_row1", "host_kind"):
        assert box in named
    assert not any(box.startswith("slip_host") for box in named)  # copies are said once
    pages = [problem.page for problem in problems]
    assert pages == sorted(pages)


def test_organisation_as_host_needs_its_name_and_inn() -> None:
    facts = full_case()
    changed(facts.host, host_kind="organisation", document_number=None, document_type=None)
    boxes = {problem.box for problem in catalogue.fill(FORM, facts).problems}
    assert {"org_name", "org_inn", "org_row1"} <= boxes
    assert "host_doc_number" not in boxes


def test_patent_is_not_marked_but_a_visa_is() -> None:
    facts = full_case()
    assert "permit_number" not in catalogue.fill(FORM, facts).boxes
    visa = StayPermit(id="v", scope=1, permit_type="visa", series="20", number="1234567")
    filled = catalogue.fill(FORM, full_case(permit=visa))
    assert filled.boxes["permit_kind"] == "visa"
    assert [problem.box for problem in filled.problems] == ["permit_issued", "permit_valid_to"]


def test_typed_value_reaches_the_page_and_the_slip() -> None:
    facts = full_case()
    changed(facts.person, surname=None)
    filled = catalogue.fill(FORM, facts, {"surname": "юлдошев"})
    assert filled.problems == []
    assert filled.boxes["surname"] == filled.boxes["slip_surname"] == "ЮЛДОШЕВ"


def test_wrong_check_digit_of_the_host_organisation_is_found() -> None:
    facts = full_case()
    changed(facts.host, organisation_inn="7707083890")
    assert [p.box for p in catalogue.fill(FORM, facts).problems] == ["org_inn"]


def test_foreign_phone_does_not_go_into_ten_cells() -> None:
    facts = full_case()
    changed(facts.person, phone="+998 90 123-45-67")
    (problem,) = catalogue.fill(FORM, facts).problems
    assert (problem.box, problem.kind) == ("phone", "invalid")


def test_part_of_an_address_that_no_row_takes_is_not_lost() -> None:
    facts = full_case()
    lost = "у старого колодца за магазином"
    changed(facts.registration, address=f"Самарская обл, д. Ключи, СНТ Ромашка-2, {lost}")
    filled = catalogue.fill(FORM, facts)
    (problem,) = filled.problems
    assert (problem.box, problem.kind) == ("stay_row4", "overflow")
    assert lost.upper() in filled.boxes["stay_row4"]


def test_number_too_long_for_the_slip_alone_points_at_the_document() -> None:
    facts = full_case()
    changed(facts.document, number="123456789012")
    (problem,) = catalogue.fill(FORM, facts).problems
    assert (problem.box, problem.page, problem.capacity) == ("slip_doc_number", 3, 10)
    assert problem.source == "identity_document.number"


def test_missing_mark_offers_the_squares_of_the_blank() -> None:
    problems = {problem.box: problem for problem in catalogue.fill(FORM, empty_case()).problems}
    assert problems["sex"].choices == (("M", "мужской"), ("F", "женский"))
    assert problems["surname"].choices == ()


def dark_share(page: Path, row: CellRow, index: int, dpi: int) -> float:
    """How dark the inside of one cell is."""
    scale = dpi / 25.4
    left = row.x + index * row.pitch
    frame = (left + 0.6, row.y + 0.6, left + row.w - 0.6, row.y + row.h - 0.6)
    with Image.open(page) as image:
        inside = image.convert("L").crop(tuple(round(side * scale) for side in frame))
        return 1 - ImageStat.Stat(inside).mean[0] / 255


def test_each_letter_stands_inside_its_cell(
    pdf_images: Callable[[bytes, int], list[Path]],
) -> None:
    filled = catalogue.fill(FORM, full_case())
    page = pdf_images(catalogue.draw(filled), 150)[0]
    row = layout()["surname"].rows[0]
    letters = len(filled.boxes["surname"])
    shares = [dark_share(page, row, index, 150) for index in range(row.count)]
    assert all(share > 0.05 for share in shares[:letters]), shares
    assert all(share < 0.01 for share in shares[letters:]), shares


def test_cross_stands_in_the_square_of_the_answer(
    pdf_images: Callable[[bytes, int], list[Path]],
) -> None:
    filled = catalogue.fill(FORM, full_case())
    page = pdf_images(catalogue.draw(filled), 150)[0]
    with Image.open(page) as image:
        darkest = {}
        for option in layout()["purpose"].options:
            square, scale = option.rect, 150 / 25.4
            sides = (square.x + 0.7, square.y + 0.7, square.x + square.w - 0.7)
            frame = (*sides, square.y + square.h - 0.7)
            inside = image.convert("L").crop(tuple(round(side * scale) for side in frame))
            darkest[option.value] = inside.getextrema()[0]
    assert min(darkest, key=darkest.__getitem__) == "work"
    assert sum(value < 128 for value in darkest.values()) == 1


def test_problem_rectangle_lies_where_the_number_is_drawn(
    pdf_images: Callable[[bytes, int], list[Path]],
) -> None:
    filled = catalogue.fill(FORM, empty_case())
    plain = pdf_images(catalogue.draw(filled), 60)[0].read_bytes()
    marked_pdf = catalogue.draw(filled, mark_problems=True)
    page = pdf_images(marked_pdf, 60)[0]
    assert page.read_bytes() != plain
    x, y, w, h = filled.problems[0].rect_mm
    assert 0 < x < x + w < 210
    assert 0 < y < y + h < 297
    with Image.open(page) as image:
        badge = image.convert("L").getpixel(
            (round((x + w + 0.9 - 1.3) * 60 / 25.4), round((y - 0.4) * 60 / 25.4))
        )
    assert badge < 140
