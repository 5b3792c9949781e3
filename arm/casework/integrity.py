"""Is everything here whole, and is the centre's history the one that was seen here?"""

from __future__ import annotations

from typing import Literal

from arm.centre_errors import CentreUnreachable
from arm.store.backup import Finding, check
from arm.store.database import raw_of
from arm.store.store import Store
from arm.sync import witness
from arm.sync.engine import SyncEngine

Compared = Literal["compared", "unreachable", "none"]
"""Whether the centre was asked: it was, it could not be reached, there is none."""


def check_all(store: Store, sync: SyncEngine | None) -> tuple[list[Finding], Compared]:
    """Everything that is not as it should be, here and between here and the centre."""
    compared = _compare(store, sync)
    found = check(store)
    if any(one.subject == "file" for one in found):
        return found, compared  # a spoilt file makes nonsense of the rest
    for lost in witness.lost_marks(store):
        if not lost.explained_at:
            what = "в центре её нет" if not lost.found else "в центре другая"
            text = f"Запись {lost.seq} области {lost.scope} видели здесь {lost.seen_at}, {what}"
            found.append(Finding("centre", "error", text))
    return found, compared


def _compare(store: Store, sync: SyncEngine | None) -> Compared:
    """Ask the centre about every mark and about how far each feed was read."""
    if sync is None:
        return "none"
    with store.read() as session:
        fresh = witness.anything_new(session)
    if fresh:
        with store.merge() as session:
            witness.remember(store, session)
    with store.read() as session:
        seen = witness.marks(session)
        known = raw_of(session).execute("SELECT count(*) FROM cursor").fetchone()[0]
    if not seen and not known:
        return "none"
    try:
        with sync.conversation() as wire:
            lost = wire.witness(store.client_id, seen)
    except CentreUnreachable:
        return "unreachable"
    with store.merge() as session:
        witness.take_note(store, session, lost)
    return "compared"
