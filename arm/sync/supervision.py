"""Refused edits of the office and what was decided about them, to and from the centre.

The centre tells supervisors of all, others of their own; the place up to which this workstation has
read is kept per login, for several people may work at one computer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from arm.centre_errors import CentreNotReady
from arm.store.database import raw_of
from arm.store.store import Store
from arm.sync.wire import Wire

ENTRIES = 500
DECISIONS = 100
DEALT_WITH = (
    "(json_extract(r.op, '$.erased') IS NOT NULL OR EXISTS"
    " (SELECT 1 FROM rejected_decision d WHERE d.client = r.client"
    " AND d.cseq = json_extract(r.op, '$.cseq') AND d.what IN ('entered', 'closed')))"
)
"""Whether somebody dealt with the refused edit ``r``, or nothing of it is left. An edit that was
handed back still waits."""


def supervises(role: str) -> bool:
    """Whether this role sees the refused edits of the whole office."""
    return role.endswith("_supervisor")


def exchange_decisions(store: Store, wire: Wire) -> bool:
    """Send decisions, take over what is new; tells whether anything came or went."""
    try:
        sent = _send(store, wire)
        return _take(store, wire) or sent
    except CentreNotReady:
        return False  # an older centre has no such functions; decisions wait until it has


def decisions_wait(session: Session) -> bool:
    """Whether the centre lacks a decision made here."""
    found = raw_of(session).execute("SELECT 1 FROM rejected_decision WHERE n IS NULL LIMIT 1")
    return found.fetchone() is not None


def _send(store: Store, wire: Wire) -> bool:
    with store.read() as session:
        waiting = [
            dict(zip(("id", "client", "cseq", "decision", "reason", "author", "at"), row,
                     strict=True))
            for row in raw_of(session).execute(
                "SELECT id, client, cseq, what, reason, author, at FROM rejected_decision"
                " WHERE n IS NULL ORDER BY at LIMIT ?",
                (DECISIONS,),
            )
        ]  # fmt: skip
    if not waiting:
        return False
    kept = wire.decide_rejected(waiting)
    with store.merge() as session:
        raw_of(session).executemany(
            # the true number comes with the next reading
            "UPDATE rejected_decision SET n = 0 WHERE id = ? AND n IS NULL",
            [(one,) for one in kept],
        )
    return bool(kept)


def _take(store: Store, wire: Wire) -> bool:
    key = f"office_rejected:{store.actor.login}"
    place: dict[str, Any] = store.meta(key) or {"n": 0, "supervises": False, "epoch": None}
    epoch = store.meta("feed_epoch")
    came = False
    while True:
        said = wire.office_rejected(place["n"])
        if place["epoch"] != epoch or place["supervises"] != said["supervises"]:
            # another centre's memory, or another right to look: read all of it once more
            again = place["n"] > 0
            place = {"n": 0, "supervises": said["supervises"], "epoch": epoch}
            store.set_meta(key, place)
            if again:
                continue
        entries = said["entries"]
        if not entries:
            return came
        with store.merge() as session:
            for entry in entries:
                _keep(session, entry)
            place = place | {"n": entries[-1]["n"]}
            store.set_meta(key, place)
        came = True
        if len(entries) < ENTRIES:
            return came


def _keep(session: Session, entry: Mapping[str, Any]) -> None:
    raw = raw_of(session)
    if entry["what"] == "decision":
        raw.execute(
            "INSERT OR REPLACE INTO rejected_decision"
            " (id, client, cseq, what, reason, author, at, n) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [entry[name] for name in ("id", "client", "cseq", "decision", "reason", "author", "at",
                                      "n")],
        )  # fmt: skip
        return
    operation = _readable(entry["op"])
    if operation is not None:
        raw.execute(
            "INSERT OR REPLACE INTO office_rejected (client, cseq, actor, author, why, op, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (entry["client"], entry["cseq"], entry["actor"], entry["author"], entry["why"],
             json.dumps(operation, ensure_ascii=False), entry["at"]),
        )  # fmt: skip


def _readable(text: str) -> dict[str, Any] | None:
    """The operation; what no program can read stays at the centre and with its author."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    fits = isinstance(said, dict) and isinstance(said.get("f"), dict)
    return said if fits and all(isinstance(one, dict) for one in said["f"].values()) else None
