"""Who looked at whose card: noted at each look, told to those who may ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from arm.access.rights import may, require
from arm.casework.office import people
from arm.centre_errors import CentreNotReady, CentreUnreachable
from arm.store import read_log
from arm.store.database import raw_of
from arm.store.store import Store
from arm.sync.engine import SyncEngine

Kind = Literal["open", "print", "export", "search"]

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "open": "открытие дела",
        "print": "печать формы",
        "export": "выгрузка списка",
        "search": "поиск командой",
    }
)
"""What was done, in Russian."""
ONE_BY_ONE = 1_000
"""A list longer than this is noted as one line with its length."""
SHOWN = 500


@dataclass(frozen=True)
class Look:
    """One look at a card. ``what`` is Russian; ``ground`` names the page, form or list."""

    at: datetime
    login: str
    who: str
    kind: str
    what: str
    ground: str


@dataclass(frozen=True)
class Looks:
    """Who looked, the newest first. ``whole``: the centre answered, so looks from other
    workstations are among them."""

    lines: tuple[Look, ...]
    whole: bool


def note_look(store: Store, person_ids: Sequence[str], kind: Kind, ground: str) -> None:
    """Note that the signed-in person looked at these cards. Raises as ``Store.merge``."""
    if len(person_ids) > ONE_BY_ONE:
        person_ids, ground = [read_log.EVERYBODY], f"{ground}: {len(person_ids)}"
    if person_ids:
        read_log.note(store, person_ids, kind, ground)


def who_looked(store: Store, sync: SyncEngine | None, person_id: str) -> Looks:
    """Looks at one card: one's own, or everybody's for who supervises.

    Here and, where the centre can be reached, at every workstation. Raises NotPermitted.
    """
    require(store.actor, "see_history")
    told, whole = _at_the_centre(sync, person_id)
    mine = None if may(store.actor, "manage_accounts") else store.actor.login
    with store.read() as session:
        rows = raw_of(session).execute(
            "SELECT chain, n, actor, kind, ground, at FROM reading WHERE person_id = ?"
            " ORDER BY at DESC LIMIT ?",
            (person_id, SHOWN),
        )
        here = {(row[0], row[1]): row[2:] for row in rows if mine in {None, row[2]}}
    for one in told:
        here[one["chain"], one["n"]] = (one["actor"], one["kind"], one["ground"], one["at"])
    names = people(store)
    lines = [
        Look(
            datetime.fromisoformat(at),
            actor,
            names.get(actor, actor),
            kind,
            KINDS.get(kind, kind),
            ground,
        )
        for actor, kind, ground, at in here.values()
    ]
    return Looks(tuple(sorted(lines, key=lambda line: line.at, reverse=True))[:SHOWN], whole)


def _at_the_centre(sync: SyncEngine | None, person_id: str) -> tuple[list[dict[str, Any]], bool]:
    if sync is not None:
        with suppress(CentreUnreachable, CentreNotReady), sync.conversation() as wire:
            return wire.readings(person_id, SHOWN), True
    return [], sync is None
