"""What is wrong with a filled form, found before anything is drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from forms.kit import wording
from forms.kit.fonts import missing_letters
from forms.kit.layout import Box, Layout
from forms.kit.qr import LONGEST

ProblemKind = Literal["missing", "overflow", "invalid"]

DATE_FORM = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
_RUSSIAN = re.compile(r"[А-ЯЁа-яё0-9 .,:;()\"«»№/'’+-]*")
_LATIN = re.compile(r"[A-Za-z0-9 .,'’ʻʼ‘/-]*")
_DIGITS = re.compile(r"[0-9]*")


@dataclass(frozen=True)
class Problem:
    """Something that keeps a box from being right on paper."""

    number: int
    """Its number in the list and on the marked preview, from 1."""
    box: str
    label: str
    kind: ProblemKind
    text: str
    """What is wrong and what to do, in Russian."""
    source: str | None
    """``kind.field`` of the record to correct, if there is one."""
    page: int
    rect_mm: tuple[float, float, float, float]
    """``x, y, w, h`` in millimetres from the top left corner of the page."""
    choices: tuple[tuple[str, str], ...] = ()
    """``(value, label)`` of the squares, if the box is a choice."""
    capacity: int = 0
    """How many letters the cells hold; 0 = not counted in letters."""


def check(layout: Layout, boxes: Mapping[str, str]) -> list[Problem]:
    """Every problem of the values, in reading order and numbered. The values are as on paper.

    What is wrong in the same way with a box and its copy on the slip is said once.
    """
    found: list[Problem] = []
    known = layout.boxes
    for box in known.values():
        fault = _fault(box, boxes)
        if fault is not None:
            kind, text = fault
            if box.copy_of in {problem.box for problem in found if problem.kind == kind}:
                continue
            found.append(
                Problem(
                    number=len(found) + 1,
                    box=box.id,
                    label=box.label,
                    kind=kind,
                    text=text,
                    source=known[box.copy_of].source if box.copy_of else box.source,
                    page=box.page,
                    rect_mm=box.rect.as_tuple(),
                    choices=tuple((one.value, one.label) for one in box.options),
                    capacity=box.capacity,
                )
            )
    return found


def parse_date(text: str) -> date | None:
    """The day written ``дд.мм.гггг``, or ``None`` if there is no such day."""
    match = DATE_FORM.fullmatch(text)
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def required(box: Box, boxes: Mapping[str, str]) -> bool:
    """Whether the box must be filled, given the other ones."""
    if box.required:
        return True
    if not box.required_when:
        return False
    other, equals, values = box.required_when.partition("=")
    present = boxes.get(other, "")
    return present in values.split("|") if equals else bool(present)


def fits(box: Box, value: str) -> bool:
    """Whether the value can be drawn whole."""
    if box.kind == "cells":
        return wording.cells(value, box) is not None
    if box.kind == "line":
        return wording.line(value, box) is not None
    if box.kind == "prose":
        return wording.prose(value, box) is not None
    return box.kind != "qr" or len(value.encode()) <= LONGEST


def _fault(box: Box, boxes: Mapping[str, str]) -> tuple[ProblemKind, str] | None:
    value = boxes.get(box.id, "")
    if not value:
        if required(box, boxes):
            return "missing", "Не заполнено. Впишите здесь или в деле"
        return None
    wrong = _invalid(box, value)
    if wrong:
        return "invalid", wrong
    if not fits(box, value):
        return "overflow", _too_long(box, value)
    return None


def _too_long(box: Box, value: str) -> str:
    if box.kind == "cells":
        return (
            f"Не помещается: знаков {len(value)}, клеток {box.capacity}. "
            "Сократите по правилам заполнения или впишите от руки"
        )
    return "Не помещается в отведённое место. Сократите текст"


def _invalid(box: Box, value: str) -> str | None:
    if box.kind == "date":
        return None if parse_date(value) else f"«{value}» — не дата. Впишите день, месяц и год"
    if box.kind == "choice":
        known = [option.value for option in box.options]
        return None if value in known else f"«{value}» — такой отметки на бланке нет"
    if box.kind == "qr":
        return None
    return _wrong_letters(box, value) or _wrong_length(box, value)


def _wrong_letters(box: Box, value: str) -> str | None:
    if box.letters == "russian" and not _RUSSIAN.fullmatch(value):
        return "Здесь пишут русскими буквами. Впишите так, как в переводе паспорта"
    if box.letters == "latin" and not _LATIN.fullmatch(value):
        return "Здесь пишут латинскими буквами. Впишите так, как в паспорте"
    if box.letters == "digits" and not _DIGITS.fullmatch(value):
        return "Здесь только цифры"
    absent = missing_letters(value.replace("\n", " "), box.face)
    return f"Знак «{absent[0]}» не напечатать. Замените его" if absent else None


def _wrong_length(box: Box, value: str) -> str | None:
    if box.exact and len(value) != box.exact:
        return f"Нужно знаков: {box.exact}, вписано {len(value)}"
    if box.pattern and not re.fullmatch(box.pattern, value):
        return box.pattern_help
    if box.inn and not inn_is_right(value):
        return "ИНН с ошибкой: контрольные цифры не сходятся. Сверьте с документом"
    return None


def inn_is_right(inn: str) -> bool:
    """Whether ten or twelve digits end in right check digits (приказ ФНС ЕД-7-14/617@)."""
    if not (inn.isascii() and inn.isdigit()) or len(inn) not in _INN_WEIGHTS:
        return False
    digits = [int(digit) for digit in inn]
    return all(
        sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11 % 10
        == digits[len(weights)]
        for weights in _INN_WEIGHTS[len(inn)]
    )


_INN_WEIGHTS = {
    10: ((2, 4, 10, 3, 5, 9, 4, 6, 8),),
    12: ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)),
}
