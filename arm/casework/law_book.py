"""The law as this workstation applies it: the shipped tables, and over them the decisions of the
organisation – rule packs it accepted, values it confirmed or corrected – in the order they were
made. The same records give the same book on every workstation.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from arm.errors import ExpectedError
from arm.exchange import signed_text
from arm.law.amendments import Amendment, amended, read_pack, read_rows
from arm.law.rulebook import RuleBook, open_rulebook
from arm.law.tables import Decision
from arm.store.database import raw_of
from arm.store.store import Store

log = logging.getLogger(__name__)


KINDS: Final = frozenset({"law_pack", "law_value"})
"""Kinds of records that are decisions about norms."""


@dataclass(frozen=True)
class Unused:
    """A decision that can't be applied here, and why, in Russian."""

    id: str
    why: str


@dataclass(frozen=True)
class BookInForce:
    """The book, and what of the decisions could not be put into it."""

    book: RuleBook
    unused: tuple[Unused, ...]


def rulebook(store: Store) -> RuleBook:
    """The book by which this workstation counts."""
    return in_force(store).book


def in_force(store: Store) -> BookInForce:
    """The book, with the decisions that could not be applied (an altered pack, a later table)."""
    with store.read() as session:
        return of_session(session)


def decisions(store: Store) -> tuple[Kept, ...]:
    """The decisions in force, in the order they are laid over the tables."""
    with store.read() as session:
        return decisions_of(raw_of(session))


def of_session(session: Session) -> BookInForce:
    """As :func:`in_force`, within a transaction."""
    return of_driver(raw_of(session))


def of_driver(driver: Any) -> BookInForce:
    """As :func:`in_force`. Asked at every edit: where nobody decided anything, two empty tables."""
    return of_decisions(decisions_of(driver))


def decisions_of(driver: Any) -> tuple[Kept, ...]:
    """The decisions in force, in the order they are laid over the tables."""
    kept = [
        Kept(table, *row)
        for table, name in (("law_pack", "name"), ("law_value", "''"))
        for row in driver.execute(
            f"SELECT id, content, {name}, reason, decided_by, decided_at FROM {table}"
            " WHERE deleted = 0 AND withdrawn_at IS NULL AND content IS NOT NULL"
        )
    ]
    return tuple(sorted(kept, key=lambda one: (one.decided_at or "", one.id)))


class Kept(NamedTuple):
    """A decision as its record keeps it."""

    kind: str
    id: str
    content: str
    name: str
    reason: str | None
    decided_by: str | None
    decided_at: str | None


@lru_cache(maxsize=8)
def of_decisions(kept: tuple[Kept, ...]) -> BookInForce:
    """The shipped tables with these over them."""
    book, unused = open_rulebook(), []
    amendments: list[Amendment] = []
    for one in kept:
        try:
            amendments.append(amendment(book, one))
        except ExpectedError as error:
            unused.append(Unused(one.id, error.title_text))
            log.warning("a decision about the law is not applied: %s (%s)", one.id, error.code)
    return BookInForce(amended(book, amendments), tuple(unused))


def amendment(book: RuleBook, one: Kept) -> Amendment:
    """What one decision lays over the tables. Raises BrokenPack, BrokenLawTable, and the errors of
    :func:`arm.exchange.signed_text.read`: a pack is checked wherever it is used."""
    on = datetime.fromisoformat(one.decided_at).astimezone().date() if one.decided_at else date.min
    decision = Decision(one.id, one.decided_by or "", on, one.reason or "", one.name)
    if one.kind == "law_pack":
        pack = read_pack(signed_text.read(one.content.encode()).text, book.tables)
        return Amendment(decision, pack.rows, pack.days)
    return Amendment(decision, read_rows(one.content, book.tables))
