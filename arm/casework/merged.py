"""Which card a person's other cards went into.

All merges that ever were, on all desks, give one answer: they are taken in the order of their ids,
and a merge counts if its card has not gone elsewhere already and no ring would close. So two desks
that merged A into B and B into A, or A into B and into C, agree without asking each other; a merge
that does not count leaves both cards for people to look at again.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from arm.store.database import raw_of

_IDS = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True)
class Edge:
    """One merge that stands: ``other_id`` went into ``person_id``."""

    id: str
    person_id: str
    other_id: str


@dataclass
class Merges:
    """The merges around some people. ``family``: everybody who ever had to do with one of them."""

    family: set[str] = field(default_factory=set)
    edges: list[Edge] = field(default_factory=list)
    """Merges that stand, in order; not all of them count."""
    into: dict[str, str] = field(default_factory=dict)
    """Card → the card it went into, by the merges that count."""

    def survivor(self, person_id: str) -> str:
        """The card under which this person is kept now."""
        while person_id in self.into:
            person_id = self.into[person_id]
        return person_id

    def absorbed(self, person_id: str) -> list[str]:
        """The cards that went into this one, at any remove."""
        return sorted(one for one in self.into if self.survivor(one) == person_id)

    def counted(self, edge: Edge) -> bool:
        """Whether this merge is the one by which its card went over."""
        return self.into.get(edge.other_id) == edge.person_id

    def count(self) -> None:
        """Work out which merges count."""
        for edge in sorted(self.edges, key=lambda one: one.id):
            if edge.other_id not in self.into and self.survivor(edge.person_id) != edge.other_id:
                self.into[edge.other_id] = edge.person_id


def around(driver: Any, person_ids: Collection[str]) -> Merges:
    """Everything about these people that merges have to say."""
    found = Merges(set(person_ids))
    if driver.execute("SELECT 1 FROM person_merge LIMIT 1").fetchone() is None:
        return found
    rows: dict[str, tuple[str, str, str, bool]] = {}
    asked: set[str] = set(person_ids)
    while asked:
        ids = json.dumps(list(asked))
        near = driver.execute(
            "SELECT id, person_id, other_id, state = 'merged' AND deleted = 0 FROM person_merge"
            f" WHERE person_id {_IDS} OR other_id {_IDS}",
            (ids, ids),
        ).fetchall()
        rows.update({row[0]: row for row in near})
        asked = {one for row in near for one in row[1:3] if one} - found.family
        found.family |= asked
    found.edges = [
        Edge(edge_id, into, other) for edge_id, into, other, stands in rows.values() if stands
    ]
    found.edges.sort(key=lambda edge: edge.id)
    found.count()
    return found


def everyone(driver: Any) -> Merges:
    """All merges of this workstation."""
    ids = driver.execute(
        "SELECT person_id FROM person_merge WHERE state = 'merged' AND deleted = 0"
    )
    return around(driver, {row[0] for row in ids.fetchall() if row[0]})


def survivor_of(session: Session, person_id: str) -> str:
    """The card under which this person is kept now, mostly the same."""
    driver = raw_of(session)
    return around(driver, [person_id]).survivor(person_id)


def cards_of_person(session: Session, person_id: str) -> list[str]:
    """This card and those that went into it."""
    return [person_id, *absorbed_by(session, person_id)]


def absorbed_by(session: Session, person_id: str) -> list[str]:
    """The cards that went into this one."""
    driver = raw_of(session)
    return around(driver, [person_id]).absorbed(person_id)
