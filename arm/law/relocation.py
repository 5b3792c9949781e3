"""Impatriants: on which decree a family may move, and the steps with each member's own terms.

Decree 702 (a list of states) and decree 883 (people of interest to Russia); rows of
``resources/law/relocation.toml``. Nothing here decides who is worthy: where a commission or an
officer decides, the answer says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal, NamedTuple

from arm.law.deadlines import Term, deadlines
from arm.law.explanation import Explanation, explain
from arm.law.facts import StayFacts
from arm.law.rulebook import RuleBook
from arm.law.tables import Row

Decree = Literal["702", "883"]
DECREES: tuple[Decree, ...] = ("702", "883")

EVENTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "visa_from": ("Начало визы", "виза"),
        "trp_on": ("Выдано РВП", "РВП"),
        "petition_on": ("Подано прошение", "прошение"),
    }
)
"""Facts from which steps count: what happened, and the same in a word."""
_COMMON_STEPS = frozenset({"registration", "fingerprints", "medical"})


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the family. ``role``: as the family says it («заявитель», «дочь»)."""

    role: str
    stay: StayFacts
    resident_of: str | None = None
    """A state where the person lives permanently, if not the one of the citizenship."""
    events: Mapping[str, date] = field(default_factory=dict)
    """``visa_from``, ``trp_on``, ``petition_on``."""


class GroundAnswer(NamedTuple):
    """Whether a decree may apply. ``open``: a commission or an officer decides; ``no``: not."""

    decree: Decree
    kind: Literal["open", "no", "ask"]
    text: str
    act: str
    confidence: str


class Step(NamedTuple):
    """One step of one person. Without facts for its term both days are empty."""

    key: str
    title: str
    text: str
    who: str
    not_before: date | None
    due_on: date | None
    act: str
    confidence: str
    note: str
    explanation: Explanation | None


class MemberRoute(NamedTuple):
    """The steps of one member in their order, and the terms that everybody in Russia has."""

    role: str
    steps: tuple[Step, ...]
    terms: tuple[Term, ...]


def grounds(member: Member, on: date, book: RuleBook) -> tuple[GroundAnswer, ...]:
    """Which decrees may apply to a person on a day."""
    return tuple(
        _ground(decree, row, member, on, book)
        for decree in DECREES
        if (row := book.tables.find("relocation.ground", on, decree)) is not None
    )


def _ground(decree: Decree, row: Row, member: Member, on: date, book: RuleBook) -> GroundAnswer:
    said = row.text("text")
    if decree == "883":
        return GroundAnswer(decree, "open", said, row.act, row.confidence)
    states = [one for one in (member.stay.citizenship, member.resident_of) if one]
    if not states:
        return GroundAnswer(decree, "ask", f"Гражданство не указано. {said}", row.act, "H")
    for state in states:
        listed = book.tables.find("relocation.state", on, state)
        if listed is not None:
            return GroundAnswer(decree, "open", said, f"{row.act}; {listed.act}", row.confidence)
    return GroundAnswer(decree, "no", "Государства нет в перечне", row.act, row.confidence)


def family_route(
    decree: Decree, members: tuple[Member, ...], on: date, book: RuleBook
) -> tuple[MemberRoute, ...]:
    """The route of each member by the rows in force on a day; each counts from own facts."""
    rows = [
        row
        for row in book.tables.table("relocation.step").rows
        if row.covers(on) and row.key.startswith(f"{decree}.")
    ]
    rows.sort(key=lambda row: row.integer("order"))
    return tuple(
        MemberRoute(
            member.role,
            tuple(_step(row, member, book) for row in rows),
            tuple(term for term in deadlines(member.stay, book) if term.rule in _COMMON_STEPS),
        )
        for member in members
    )


def _step(row: Row, member: Member, book: RuleBook) -> Step:
    why = _counted(row, member, book)
    day = why.due_on if why else None
    waits = row.has("bound") and row.text("bound") == "from"
    return Step(
        row.key,
        row.text("title"),
        row.text("text"),
        row.text("who"),
        day if waits else None,
        None if waits else day,
        row.act,
        row.confidence,
        row.note,
        why,
    )


def _counted(row: Row, member: Member, book: RuleBook) -> Explanation | None:
    if not row.has("event") or not row.has("days"):
        return None
    event = row.text("event")
    happened = member.events.get(event)
    if happened is None:
        return None
    named, label = EVENTS[event]
    return explain(row, book, named, happened, book.due(row, happened), label=label)
