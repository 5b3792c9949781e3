"""The register of controlled persons: unchecked, clear or found, and a sign to call a person.

The program keeps only whether somebody looked, when, and what they saw. A hit is never a refusal:
the answer is a text that asks for a human being (115-ФЗ ст. 31.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from arm.law.explanation import full_date
from arm.law.rulebook import RuleBook

CheckState = Literal["unchecked", "clear", "found"]

_UNTRUE = "Проверка {on} записана будущим днём: проверьте ещё раз"


@dataclass(frozen=True, slots=True)
class ControlledCheck:
    """The state on a day and what to do about it."""

    state: CheckState
    sign: str
    """What stops the work, in Russian; empty if nothing does."""
    valid_until: date | None
    """The last day on which the check is trusted; ``None`` if there is none to trust."""
    act: str
    restrictions: tuple[str, ...] = ()
    """What the law forbids to somebody on the register; only for ``found``."""

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look before the work goes on."""
        return bool(self.sign)


def controlled_check(
    result: CheckState, checked_on: date | None, on: date, book: RuleBook
) -> ControlledCheck:
    """What a check says today. An old one no longer says «clear»; «found» stays until a new check,
    because nobody may be let through only because time has passed.

    Raises :class:`arm.law.tables.NoRuleForDay` before the register existed.
    """
    register = book.tables.on("controlled.register", on)
    trusted = book.tables.on("controlled.check", on)
    if result == "unchecked" or checked_on is None:
        return ControlledCheck("unchecked", "Не проверен по реестру: проверьте", None, register.act)
    until = checked_on + timedelta(days=trusted.integer("days"))
    if result == "found":
        rows = book.tables.table("controlled.restriction").rows
        forbidden = tuple(row.text("text") for row in rows if row.covers(on))
        return ControlledCheck("found", register.text("text"), until, register.act, forbidden)
    if checked_on > on:
        sign = _UNTRUE.format(on=full_date(checked_on))
        return ControlledCheck("unchecked", sign, None, register.act)
    if until < on:
        sign = f"Проверка {full_date(checked_on)} устарела: проверьте ещё раз"
        return ControlledCheck("unchecked", sign, None, register.act)
    return ControlledCheck("clear", "", until, register.act)
