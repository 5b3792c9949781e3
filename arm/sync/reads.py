"""The register of reading on its way to the centre."""

from __future__ import annotations

from typing import Final

from arm.store import read_log
from arm.store.store import Store
from arm.sync.wire import Wire

AT_ONCE: Final = 500
MENDINGS: Final = 2


def send_reads(store: Store, wire: Wire) -> int:
    """Send all rows that wait; returns how many. A chain that the centre can't continue goes on
    under another name; nothing is dropped."""
    sent, disagreements = 0, 0
    while disagreements <= MENDINGS:
        with store.read() as session:
            chain, rows = read_log.unsent(session, AT_ONCE)
        if not rows:
            break
        said = wire.reads(store.client_id, chain, rows)
        with store.merge() as session:
            read_log.acknowledge(session, chain, said["last"])
            if said["stop"] is not None:
                disagreements += 1
                _, left = read_log.unsent(session, 1)
                if said["stop"] != "gap" or not left or left[0][0] != said["last"] + 1:
                    read_log.begin_anew(store, session, chain)
        sent += sum(1 for row in rows if row[0] <= said["last"])
    return sent
