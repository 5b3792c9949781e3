"""How a typed day is read, in every question to the law: 2026-05-04 or 04.05.2026."""

from __future__ import annotations

import re
from datetime import date
from typing import ClassVar

from arm.errors import ExpectedError

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_YEARS = range(1900, 2101)
"""A year far away is a slip of the finger, and no term reaches it."""


class NotADay(ExpectedError):
    """What was typed is no date."""

    code: ClassVar[str] = "law.not_a_day"
    title: ClassVar[str] = "Это не дата: «{typed}»"
    advice: ClassVar[str] = "Пишите год, месяц и день: 2026-05-04 или 04.05.2026"


def read_day(text: str) -> date:
    """The day, or ValueError for anything that is not certainly one."""
    if match := _ISO.fullmatch(text):
        year, month, number = match.groups()
    elif match := _DOTTED.fullmatch(text):
        number, month, year = match.groups()
    else:
        raise ValueError(text)
    if int(year) not in _YEARS:
        raise ValueError(text)
    return date(int(year), int(month), int(number))


def asked_day(typed: str) -> date:
    """The day that somebody asks about. Raises NotADay."""
    try:
        return read_day(typed)
    except ValueError as error:
        raise NotADay(typed=typed) from error
