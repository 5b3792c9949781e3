"""Which scopes a person may read and change, and what to tell them when that changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from arm.store.store import Store
from arm.sync.state import RightsChange
from arm.sync.wire import Head


def known_rights(store: Store) -> dict[int, str]:
    """Scopes that the last greeting said may only be read, with their titles."""
    return {one["scope"]: one["title"] for one in _scopes(store) if not one["can_write"]}


def rights_untold(store: Store) -> tuple[RightsChange, ...]:
    """Changes that the person has not been told of."""
    return tuple(RightsChange(**one) for one in store.meta("rights_untold", []))


def keep_rights(store: Store, heads: Iterable[Head]) -> tuple[RightsChange, ...]:
    """Remember what a greeting says of the person's scopes; returns all they are to be told."""
    before = {one["scope"]: one for one in _scopes(store)}
    now = {
        head.scope: {"scope": head.scope, "title": head.title, "can_write": head.can_write}
        for head in heads
    }
    untold = rights_untold(store)
    known = store.meta("scopes") is not None
    if now != before or not known:
        if known:
            untold += tuple(_changes(before, now))
            store.set_meta("rights_untold", [asdict(one) for one in untold])
        store.set_meta("scopes", list(now.values()))
        store.read_only = known_rights(store)
    return untold


def _scopes(store: Store) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = store.meta("scopes", [])
    return found


def _changes(
    before: Mapping[int, Mapping[str, Any]], now: Mapping[int, Mapping[str, Any]]
) -> Iterator[RightsChange]:
    for scope in sorted(before.keys() | now.keys()):
        was, became = before.get(scope), now.get(scope)
        if became is None and was is not None:
            yield RightsChange("taken", was["title"])
        elif became is not None and was is None:
            yield RightsChange("given", became["title"])
            if not became["can_write"]:
                yield RightsChange("read_only", became["title"])
        elif became is not None and was is not None and was["can_write"] != became["can_write"]:
            yield RightsChange("writable" if became["can_write"] else "read_only", became["title"])
