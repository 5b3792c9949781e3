"""What happens on the reader thread when somebody types into the search field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from arm.casework import people
from arm.casework.people import Filter, Found, Order, PersonRow
from arm.model.names import fold, has_cyrillic
from arm.store.store import Store
from ui.design.text import fmt_number, t

FIRST_ROWS = 60
"""Rows read together with the ids, so that the first paint waits for nothing: two screens."""

NAMES_IN_HINT = 2
TYPED_SHOWN = 12


@dataclass(frozen=True)
class Answer:
    """A search's answer: what was asked, the ids, the first rows, and words about them."""

    asked: Filter
    found: Found
    first: list[PersonRow | None]
    words: str
    counted: str
    suggestion: str = ""
    """A spelling that would find somebody, when this one found nobody."""


def look_up(store: Store, wanted: Filter, order: Order) -> Answer:
    """Search, and read the first rows."""
    found = people.find(store, wanted, order)
    first = aligned_rows(store, found.rowids[:FIRST_ROWS])
    suggestion = ""
    if wanted.text.strip() and not found.rowids:
        suggestion = _near_spelling(store, wanted.text)
    return Answer(wanted, found, first, _words(wanted, first), _counted(wanted, found), suggestion)


def aligned_rows(store: Store, rowids: Sequence[int]) -> list[PersonRow | None]:
    """One row an id, in the same order; None for a person who is gone meanwhile."""
    by_id = {row.rowid: row for row in people.rows(store, rowids)}
    return [by_id.get(rowid) for rowid in rowids]


def _words(wanted: Filter, first: Sequence[PersonRow | None]) -> str:
    """«karimov → Каримов, Керимов», if the search meant other letters than were typed."""
    typed = wanted.text.strip()
    meant = _meant(typed, first) if typed else []
    shown = typed if len(typed) <= TYPED_SHOWN else typed[:TYPED_SHOWN] + "…"
    return f"{shown} → {', '.join(meant)}" if meant else ""


def _counted(wanted: Filter, found: Found) -> str:
    """«найдено 14», «найдено 500+»; nothing while nothing is searched."""
    if not wanted.text.strip():
        return ""
    count = fmt_number(len(found.rowids)) + ("+" if found.more else "")
    return t("найдено {count}", count=count)


def _meant(typed: str, first: Sequence[PersonRow | None]) -> list[str]:
    """The surnames a Latin or mistyped word led to, at most two."""
    letters = fold(typed)
    if not letters or any(char.isdigit() for char in letters):
        return []
    known = [row.surname for row in first if row and row.surname]
    if has_cyrillic(typed) and any(fold(name).startswith(letters) for name in known):
        return []
    return list(dict.fromkeys(_masculine(name) for name in known))[:NAMES_IN_HINT]


def _masculine(surname: str) -> str:
    """«Каримова» and «Каримов» are one surname."""
    return surname[:-1] if surname.endswith(("ова", "ева", "ёва", "ина")) else surname


def _near_spelling(store: Store, typed: str) -> str:
    """The surname that a shorter beginning of the text finds; empty when nothing is near."""
    text = " ".join(typed.split())
    if any(char.isdigit() for char in text):
        return ""
    for length in range(len(text) - 1, 2, -1):
        found = people.find(store, Filter(text=text[:length]), Order())
        if found.rowids:
            row = next(iter(people.rows(store, found.rowids[:1])), None)
            return (row.surname or row.name) if row else ""
    return ""
