"""What other organisations show of a person by the sharing rules: read-only, with source, day and
ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from arm.casework.labels import display
from arm.casework.merged import cards_of_person
from arm.model import AliasNotice, SharedCard
from arm.store.store import Store

CONFIDENCE: Mapping[str, str] = MappingProxyType(
    {
        "high": "основание проверено",
        "medium": "основание требует проверки юристом",
        "low": "основание предварительное",
    }
)
"""How sure we are of a legal ground."""


@dataclass(frozen=True)
class SharedLine:
    """One thing another organisation shows: «Патент оплачен по 01.08.2026»."""

    id: str
    heading: str
    facts: tuple[tuple[str, str], ...]
    """Name and value, in words."""
    source: str
    as_of: date | None
    ground: str
    confidence: str


def shared(store: Store, person_id: str) -> list[SharedLine]:
    """What is shown of this person now, by heading. What was withdrawn is not listed."""
    with store.read() as session:
        query = (
            select(SharedCard)
            .where(
                SharedCard.person_id.in_(cards_of_person(session, person_id)),
                SharedCard.deleted.is_(False),
            )
            .order_by(SharedCard.heading, SharedCard.source, SharedCard.id)
        )
        return [
            SharedLine(
                id=one.id,
                heading=one.heading or "",
                facts=tuple((said["label"], in_words(said["value"])) for said in one.facts or ()),
                source=one.source or "",
                as_of=one.as_of,
                ground=one.ground or "",
                confidence=CONFIDENCE.get(one.confidence or "", ""),
            )
            for one in session.scalars(query)
        ]


def aliases(store: Store, person_id: str) -> list[str]:
    """Other Migrant IDs of the same human being, as the registry found them; all are valid."""
    with store.read() as session:
        query = select(AliasNotice.alias).where(
            AliasNotice.person_id.in_(cards_of_person(session, person_id)),
            AliasNotice.deleted.is_(False),
        )
        return sorted({alias for alias in session.scalars(query) if alias})


def in_words(value: Any) -> str:
    """A wire value as people read it: a day as 01.08.2026."""
    return display("", "", value)
