"""How typed facts are read, in every question to the law. A day is 2026-05-04 or 04.05.2026."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import ClassVar, get_type_hints

from arm.errors import ExpectedError
from arm.law.facts import LawfulPeriod, Visit
from arm.law.stay_count import PERIOD_NAMES

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_YEARS = range(1900, 2101)
"""A year far away is a slip of the finger, and no term reaches it."""


class NotADay(ExpectedError):
    """What was typed is no date."""

    code: ClassVar[str] = "law.not_a_day"
    title: ClassVar[str] = "Это не дата: «{typed}»"
    advice: ClassVar[str] = "Пишите год, месяц и день: 2026-05-04 или 04.05.2026"


class UnknownFact(ExpectedError):
    """No rule reads a fact of this name."""

    code: ClassVar[str] = "law.unknown_fact"
    title: ClassVar[str] = "Правило «{rule}» не знает сведения «{fact}»"
    advice: ClassVar[str] = "Ему нужны: {known}"


class FactUnreadable(ExpectedError):
    """A value that is not of the fact's kind."""

    code: ClassVar[str] = "law.fact_unreadable"
    title: ClassVar[str] = "Не понять «{fact}={value}»"
    advice: ClassVar[str] = "Пишите {fact}={example}"


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


_EXAMPLES: Mapping[object, str] = MappingProxyType(
    {
        date | None: "2026-05-04",
        bool | None: "да",
        tuple[Visit, ...]: "2026-01-10/2026-02-01,2026-05-04",
        tuple[LawfulPeriod, ...]: "patent:2026-02-01/2026-05-31",
    }
)


def example_of(kind: object) -> str:
    """How one writes a value of a kind of fact; empty for a word."""
    return _EXAMPLES.get(kind, "")


def read_value(name: str, value: str, kind: object, example: str = "") -> object:
    """The value of a fact as its kind. Raises FactUnreadable."""
    try:
        if kind == date | None:
            return read_day(value.strip())
        if kind == bool | None:
            return {"да": True, "нет": False}[value.strip().lower()]
        if kind == tuple[Visit, ...]:
            return tuple(_visit(one) for one in value.split(","))
        if kind == tuple[LawfulPeriod, ...]:
            return tuple(_period(one) for one in value.split(","))
    except (ValueError, KeyError) as error:
        shown = example or example_of(kind)
        raise FactUnreadable(fact=name, value=value, example=shown) from error
    return value


def check_codes(given: Mapping[str, str], codes: Mapping[str, Collection[str]]) -> None:
    """«Узбекистан» is no code, and the general rule would answer wrongly for it.

    Raises FactUnreadable.
    """
    for name, value in given.items():
        if name in codes and value not in codes[name]:
            raise FactUnreadable(fact=name, value=value, example="|".join([*codes[name]][:9]))


def read_facts(
    subject: str, cls: type, typed: Mapping[str, str], codes: Mapping[str, Collection[str]]
) -> dict[str, object]:
    """The fields of a class of facts from what was typed; an empty value is not known.

    Raises UnknownFact, FactUnreadable.
    """
    kinds = get_type_hints(cls)
    for name in typed:
        if name not in kinds:
            raise UnknownFact(rule=subject, fact=name, known=", ".join(kinds))
    given = {name: value for name, value in typed.items() if value}
    check_codes(given, codes)
    return {name: read_value(name, value, kinds[name]) for name, value in given.items()}


def _visit(text: str) -> Visit:
    entered, _, left = text.partition("/")
    return Visit(read_day(entered.strip()), read_day(left.strip()) if left else None)


def _period(text: str) -> LawfulPeriod:
    kind, _, days = text.strip().partition(":")
    if kind not in PERIOD_NAMES:
        raise ValueError(text)
    first, _, last = days.partition("/")
    return LawfulPeriod(kind, read_day(first.strip()), read_day(last.strip()) if last else None)
