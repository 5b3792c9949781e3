"""Handing a person's case over to another unit of the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arm.access.rights import require
from arm.casework.errors import UnitIsClosed
from arm.model import Person
from arm.store.store import ChangeSet, Store


@dataclass(frozen=True)
class Unit:
    """A unit whose records the signed-in person may change."""

    scope: int
    title: str


def units(store: Store) -> list[Unit]:
    """Where the signed-in person may hand cases over, by title; known since the last exchange."""
    open_ones = [one for one in store.meta("scopes", []) if one["can_write"]]
    return sorted((Unit(one["scope"], one["title"]) for one in open_ones), key=_title)


def unit_titles(store: Store) -> Mapping[str | int, str]:
    """Titles of all units that the signed-in person may see."""
    return {one["scope"]: one["title"] for one in store.meta("scopes", [])}


def transfer(store: Store, person_id: str, scope: int) -> ChangeSet:
    """Hand a person over to another unit, with all their papers.

    Raises NotPermitted, UnitIsClosed and the errors of ``Store.write``.
    """
    require(store.actor, "edit")
    target = next((unit for unit in units(store) if unit.scope == scope), None)
    if target is None:
        raise UnitIsClosed()
    with store.write(f"Дело передано: {target.title}") as session:
        session.move(session.get_one(Person, person_id), scope)
    changed: ChangeSet = session.info["change_set"]
    return changed


def _title(unit: Unit) -> str:
    return unit.title
