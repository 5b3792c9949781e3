"""What every form has in common."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from case_papers import changed, empty_case, full_case

from arm.model import Person, fields, kinds
from forms import catalogue
from forms.kit import wording
from forms.kit.check import inn_is_right
from forms.kit.fonts import font_name
from forms.kit.layout import BrokenLayout, Rect, read_layout
from forms.kit.spec import NoEdition, UnknownForm

FORMS = [
    "arrival_notice",
    "ndfl_receipt",
    "consent",
    "case_card",
    "disclosures",
    "destruction_act",
]
EDITIONS = [(spec.id, edition.id) for spec in catalogue.all_forms() for edition in spec.editions]


def test_forms_are_listed_in_their_order() -> None:
    assert [spec.id for spec in catalogue.all_forms()] == FORMS
    assert [spec.pages for spec in catalogue.all_forms()] == [4, 1, 2, 2, 5, 2]


@pytest.mark.parametrize("form_id", FORMS)
def test_same_boxes_give_the_same_bytes(form_id: str) -> None:
    filled = catalogue.fill(form_id, full_case())
    first = catalogue.draw(filled)
    assert catalogue.draw_boxes(form_id, filled.edition, filled.boxes) == first
    shuffled = dict(reversed(filled.boxes.items()))
    assert catalogue.draw_boxes(form_id, filled.edition, shuffled) == first


def test_old_filing_is_printed_again_on_its_own_edition() -> None:
    filled = catalogue.fill("arrival_notice", full_case(on=date(2024, 5, 5)))
    assert filled.edition == "856-867"
    paper = catalogue.draw(filled)
    assert catalogue.draw_boxes("arrival_notice", "856-867", filled.boxes) == paper
    assert catalogue.draw_boxes("arrival_notice", "856-628", filled.boxes) != paper


@pytest.mark.parametrize("form_id", FORMS)
def test_only_our_faces_are_used_and_all_are_embedded(form_id: str) -> None:
    paper = catalogue.draw(catalogue.fill(form_id, full_case()), mark_problems=True)
    for absent in (b"Helvetica", b"Times-Roman", b"/Type1"):
        assert absent not in paper
    assert paper.count(b"/FontFile2") == paper.count(b"/Type /FontDescriptor") > 0


@pytest.mark.parametrize(("form_id", "edition"), EDITIONS)
def test_layout_stays_on_the_sheet_and_names_real_fields(form_id: str, edition: str) -> None:
    known = {f"{kind}.{name}" for kind, cls in kinds().items() for name in fields(cls)}
    known |= {"office.name", "office.short_name", "office.address"}
    for box in catalogue.form(form_id).edition(edition).layout.boxes.values():
        assert 0 < box.rect.x < box.rect.x + box.rect.w <= 206, box
        assert 0 < box.rect.y < box.rect.y + box.rect.h <= 293, box
        assert box.label
        assert box.label[0].isupper()
        assert box.source is None or box.source in known, box


def _overlap(one: Rect, two: Rect) -> bool:
    return (
        one.x + 0.05 < two.x + two.w
        and two.x + 0.05 < one.x + one.w
        and one.y + 0.05 < two.y + two.h
        and two.y + 0.05 < one.y + one.h
    )


@pytest.mark.parametrize(("form_id", "edition"), EDITIONS)
def test_no_two_boxes_lie_over_each_other(form_id: str, edition: str) -> None:
    for page in catalogue.form(form_id).edition(edition).layout.pages:
        parts = [
            (box.id, Rect(row.x, row.y, (row.count - 1) * row.pitch + row.w, row.h))
            for box in page.boxes
            for row in box.rows
        ]
        parts += [(box.id, option.rect) for box in page.boxes for option in box.options]
        parts += [(box.id, box.rect) for box in page.boxes if not box.rows and not box.options]
        for index, (name, rect) in enumerate(parts):
            for other, second in parts[index + 1 :]:
                assert not _overlap(rect, second), (name, other)


def test_many_people_share_what_the_form_prints() -> None:
    facts = full_case()
    filled = [catalogue.fill("arrival_notice", facts) for _ in range(5)]
    together = catalogue.draw_many(filled)
    alone = catalogue.draw(filled[0])
    assert together.count(b"/Subtype /Form") == alone.count(b"/Subtype /Form") == 4
    assert len(together) < 2 * len(alone)


def test_case_about_nobody_in_particular_never_fails() -> None:
    for spec in catalogue.all_forms():
        filled = catalogue.fill(spec.id, empty_case())
        assert catalogue.draw(filled, mark_problems=True).startswith(b"%PDF")


def test_unknown_form_and_edition_are_said_in_words() -> None:
    with pytest.raises(UnknownForm) as caught:
        catalogue.fill("arival_notice", full_case())
    assert "arrival_notice" in caught.value.advice_text
    with pytest.raises(NoEdition):
        catalogue.draw_boxes("consent", "1999", {})


def test_letters_no_face_can_draw_are_reported_not_dropped() -> None:
    facts = full_case()
    changed(facts.person, employer="ООО «龍»")
    (problem,) = catalogue.fill("case_card", facts).problems
    assert (problem.kind, problem.box) == ("invalid", "employer")
    assert "龍" in problem.text


def test_long_line_is_set_smaller_and_a_longer_one_reported() -> None:
    box = catalogue.form("case_card").edition("1").layout.boxes["employer"]
    font_name(box.face)
    assert wording.line("ООО «Стройка»", box) == box.size
    smaller = wording.line("ООО «Строительная компания Волга-1»", box)
    assert smaller is not None
    assert box.size * box.shrink <= smaller < box.size
    assert wording.line("Общество с ограниченной ответственностью " * 3, box) is None


def test_words_move_whole_to_the_next_row_of_cells() -> None:
    box = catalogue.form("arrival_notice").edition("856-628").layout.boxes["right_of_use"]
    lines = wording.cells("ДОГОВОР НАЙМА ЖИЛОГО ПОМЕЩЕНИЯ ОТ 01.09.2026", box)
    assert lines == ["ДОГОВОР НАЙМА ЖИЛОГО", "ПОМЕЩЕНИЯ ОТ", "01.09.2026"]
    dense = "Я" * 110
    assert wording.cells(dense, box) == ["Я" * 22] * 5
    assert wording.cells(dense + "Я", box) is None


def test_date_that_does_not_exist_is_invalid_and_not_drawn() -> None:
    filled = catalogue.fill("arrival_notice", full_case(), {"birth_date": "31.02.1991"})
    assert [(p.box, p.kind) for p in filled.problems] == [("birth_date", "invalid")]
    assert catalogue.draw(filled).startswith(b"%PDF")


@pytest.mark.parametrize("inn", ["7727406020", "7707083893", "123456789047", "500100732259"])
def test_right_inn_passes(inn: str) -> None:
    assert inn_is_right(inn)


@pytest.mark.parametrize("inn", ["7727406021", "123456789048", "12345", "", "77274060²0"])
def test_wrong_inn_does_not(inn: str) -> None:
    assert not inn_is_right(inn)


def test_mistake_in_a_layout_names_the_item(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('[[pages]]\nitems = [{ box = "a", kind = "cells", label = "А" }]\n')
    with pytest.raises(BrokenLayout, match="page 1"):
        read_layout(broken)
    twice = '{ box = "a", kind = "line", label = "А", rect = [1, 1, 9, 4] }'
    broken.write_text(f"[[pages]]\nitems = [{twice}, {twice}]\n")
    with pytest.raises(BrokenLayout, match="twice"):
        read_layout(broken)


def test_person_who_is_nobody_leaves_no_name_in_the_pdf_of_another() -> None:
    first = catalogue.draw(catalogue.fill("case_card", full_case()))
    other = Person(id="x", scope=1, surname="Назаров", given="Лазиз")
    second = catalogue.draw(catalogue.fill("case_card", full_case(person=other)))
    assert first != second
    assert catalogue.draw(catalogue.fill("case_card", full_case())) == first
