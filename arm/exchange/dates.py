"""Dates as people type them in lists."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

RELEASED: Final = date(2026, 11, 1)
"""Stands in for today where nobody says what day it is; only two-digit years depend on it."""

_MONTHS: Final = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
    "октября", "ноября", "декабря",
)  # fmt: skip
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{4}|\d{2})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{1,2})")
_WORDS: Final = re.compile(r"(\d{1,2})\s*([а-яё]{3,8})\.?\s*(\d{4}|\d{2})")
_CLOSE: Final = re.compile(r"(\d{2})(\d{2})(\d{4})")
_TAIL: Final = re.compile(
    r"(?:[t\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?z?|\s*(?:года|год|г)\.?)\Z"
)


class DateProblem(ValueError):
    """Not a date; the message says in Russian what to do."""


def read_date(text: str, *, today: date | None = None, past: bool = False) -> date:
    """The day meant by ``text``: 15.05.1990, 15/05/90, 1990-05-15, 15 мая 1990 г., 15051990.

    The day always precedes the month, as everywhere in Russia. A two-digit year is of this
    century unless ``past`` (birth dates) and it would lie after ``today``. Raises
    :class:`DateProblem`.
    """
    plain = _TAIL.sub("", " ".join(text.lower().split())).strip().rstrip(".")
    if match := _YEAR_FIRST.fullmatch(plain):
        year, month, day = match.groups()
    elif (match := _DAY_FIRST.fullmatch(plain)) or (match := _CLOSE.fullmatch(plain)):
        day, month, year = match.groups()
    elif match := _WORDS.fullmatch(plain):
        day, word, year = match.groups()
        month = _month(word, text)
    else:
        raise DateProblem(f"Дата «{text[:40]}» не понята. Запишите её так: 15.05.1990")
    number = int(year) if len(year) == 4 else 2000 + int(year)
    try:
        found = date(number, int(month), int(day))
        if len(year) == 2 and past and found > (today or RELEASED):
            found = date(number - 100, int(month), int(day))
    except ValueError as error:
        raise DateProblem(
            f"Даты «{text[:40]}» не бывает. Запишите день, месяц и год: 15.05.1990"
        ) from error
    if not 1900 <= found.year <= 2100:
        raise DateProblem(f"Год {found.year} в дате «{text[:40]}» невозможен. Проверьте его")
    return found


def _month(word: str, text: str) -> str:
    for number, name in enumerate(_MONTHS, 1):
        # «сент», «сентября» or «сентябрь»
        if name.startswith(word) or name[:-1] == word[:-1]:
            return str(number)
    raise DateProblem(f"Месяц в дате «{text[:40]}» не понят. Запишите её так: 15.05.1990")
