"""Who works here: the office on forms, and the names behind logins."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields

from arm.model import Office
from arm.store.store import Store


def office(store: Store) -> Office:
    """The organisation at whose desk we sit, as set up on this workstation."""
    kept = store.meta("office") or {}
    known = {field.name for field in dataclass_fields(Office)}
    values = {"name": "", "short_name": "", "region": ""}
    values.update({name: text for name, text in kept.items() if name in known})
    return Office(**values)


def people(store: Store) -> dict[str, str]:
    """Full names by login, of everybody in the organisation we know of."""
    known: dict[str, str] = dict(store.meta("people") or {})
    known.setdefault(store.actor.login, store.actor.full_name)
    return known
