"""Taking over a page of the centre's feed: records, conflicts, history, and the cursor with them.

Numbers of a scope have no gaps and each entry is chained to the one before by SHA-256, so every
workstation is a witness: a missing, changed or reordered entry is noticed before it is believed.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from arm.errors import ExpectedError
from arm.model import Person
from arm.store.database import raw_of
from arm.sync.documents import (
    Document,
    Touched,
    forget_past,
    forget_unknown,
    shapes,
    take_over,
    waiting_fields,
)

log = logging.getLogger(__name__)

_CONFLICT_COLUMNS = (
    "id", "doc_id", "kind", "person_id", "scope", "field", "base_value", "server_value",
    "mine_value", "server_actor", "server_at", "mine_actor", "mine_at", "state", "settled_value",
    "settled_by", "settled_at",
)  # fmt: skip
_CONFLICT_VALUES = {"base_value", "server_value", "mine_value", "settled_value"}
_KEEP_CONFLICT = (
    f"INSERT OR REPLACE INTO conflict ({', '.join(_CONFLICT_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(_CONFLICT_COLUMNS))})"
)
_KEEP_HISTORY = (
    "INSERT OR IGNORE INTO history"
    " (person_id, doc_id, kind, field, event, old, new, actor, at, scope, seq)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class FeedBroken(ExpectedError):
    """An entry is missing or was altered: nothing of the page is taken over."""

    code = "feed_broken"
    title = "Лента изменений центра нарушена у записи {seq}"
    advice = "Записи на этом компьютере целы. Сообщите администратору: код {scope}-{seq}"


def take_over_page(session: Session, said: Mapping[str, Any], client_id: str) -> int:
    """Apply one answer of ``sync_v1.pull``; returns how many entries it held.

    Cursor, records, history and conflicts change in the caller's transaction or not at all.
    Raises FeedBroken.
    """
    raw = raw_of(session)
    touched: Touched = session.info["touched"]
    changes = said["changes"]
    _check_chain(raw, changes)
    documents = [Document.from_json(one) for one in said["docs"]]
    take_over(session, documents, waiting_fields(session, [doc.id for doc in documents]), touched)
    by_id = {doc.id: doc for doc in documents}
    for change in changes:
        delta = json.loads(change["delta"]) if change["delta"] is not None else None
        if change["op"] == "B":
            _load_again(raw, change["scope"])
        elif change["op"] == "L" or _is_emptying(change, delta):
            _let_go(session, change, by_id.get(change["id"]), touched)
        elif delta is not None and change["op"] != "X":
            doc = by_id.get(change["id"])
            if change["op"] in {"C", "R"}:
                if doc is None or doc.scope == change["scope"]:
                    keep_conflict(session, delta)  # else the scope it went to tells it newer
                touched.add((change["kind"], change["id"], delta["person_id"]))
            shape = shapes().get(change["kind"])
            person = shape.person_of(doc.id, doc.body) if shape is not None and doc else None
            if doc is not None:  # of what has left meanwhile nothing is told any more
                _keep_history(raw, change, delta, person, client_id)
    return len(changes)


def _is_emptying(change: Mapping[str, Any], delta: Mapping[str, Any] | None) -> bool:
    """Whether a deletion has had its time; an erasure by law is another matter."""
    return change["op"] == "X" and delta is not None and bool(delta.get("emptied"))


def _let_go(
    session: Session, change: Mapping[str, Any], doc: Document | None, touched: Touched
) -> None:
    """A record left the scope or lost its content. If it is not in another scope that we see, it
    leaves this workstation; edits of it that wait are sent, answered, and kept if refused."""
    record_id, raw = change["id"], raw_of(session)
    if doc is not None and change["op"] == "L":
        # its open conflicts are told by the scope it went to
        raw.execute(
            "DELETE FROM conflict WHERE doc_id = ? AND scope = ?", (record_id, change["scope"])
        )
        return
    shape = shapes().get(change["kind"])
    person = shape.held_person(raw, record_id) if shape is not None else None
    forget_past(session, record_id, person or record_id)
    raw.execute("DELETE FROM conflict WHERE doc_id = ?", (record_id,))
    waits = raw.execute("SELECT 1 FROM outbox WHERE doc_id = ?", (record_id,)).fetchone()
    if doc is None and waits is None:
        forget_unknown(session, {record_id: change["kind"]}, touched)


def keep_past(session: Session, entries: list[dict[str, Any]], client_id: str) -> None:
    """Write the history of a time before this workstation; see ``sync_v1.entries``."""
    raw = raw_of(session)
    newest: dict[str, str] = {}
    for entry in entries:
        if entry["delta"] is not None and entry["op"] not in {"B", "L", "X"}:
            _keep_history(raw, entry, json.loads(entry["delta"]), entry["person"], client_id)
            person, at = entry["person"] or entry["id"], entry["made_at"] or entry["at"]
            newest[person] = max(at, newest.get(person, ""))
    # the list was computed before its past came; the last change is all of it that depends on that
    raw.executemany(
        "UPDATE listing SET updated_at = ? WHERE person_id = ? AND coalesce(updated_at, '') < ?",
        [(at, person, at) for person, at in newest.items()],
    )


def keep_conflict(session: Session, said: Mapping[str, Any]) -> None:
    """Remember a conflict as the centre tells it now, unless a decision made here, or the taking
    back of one, waits to go."""
    deciding = (
        raw_of(session)
        .execute(
            "SELECT json_extract(op, '$.op') FROM outbox"
            " WHERE doc_id = ? AND json_extract(op, '$.conflict') = ? ORDER BY cseq DESC LIMIT 1",
            (said["doc_id"], said["id"]),
        )
        .fetchone()
    )
    if deciding is not None and (deciding[0] == "reopen") != (said["state"] == "open"):
        return
    values = [
        json.dumps(said[name], ensure_ascii=False)
        if name in _CONFLICT_VALUES and said[name] is not None
        else said[name]
        for name in _CONFLICT_COLUMNS
    ]
    raw_of(session).execute(_KEEP_CONFLICT, values)


def _check_chain(raw: Any, changes: list[dict[str, Any]]) -> None:
    cursors: dict[int, tuple[int, str]] = {
        scope: (seq, chain) for scope, seq, chain in raw.execute("SELECT * FROM cursor")
    }
    for change in changes:
        scope, seq = change["scope"], change["seq"]
        before, chain = cursors[scope]
        if seq != before + 1 or change["hash"] != entry_hash(change, chain):
            log.error("feed of scope %s is broken after %s", scope, before)
            raise FeedBroken(scope=scope, seq=before + 1)
        cursors[scope] = (seq, change["hash"])
    raw.executemany(
        "UPDATE cursor SET seq = ?, hash = ? WHERE scope = ?",
        [(seq, chain, scope) for scope, (seq, chain) in cursors.items()],
    )


def entry_hash(change: Mapping[str, Any], before: str) -> str:
    """The hash of an entry as ``arm.append_change`` of the centre computes it.

    It covers the delta's hash rather than the delta, so that a delta can be erased by law and the
    chain still holds; a delta that is there must fit its hash, otherwise "" is returned.
    """
    delta = change["delta"]
    if delta is not None and _sha256(change["salt"] + delta) != change["delta_hash"]:
        return ""
    parts = (
        before,
        change["scope"],
        change["seq"],
        change["id"],
        change["kind"],
        change["op"],
        change["ver"],
        change["delta_hash"],
        change["actor"],
        change["author"],
        change["client"] or "",
        change["cseq"] or 0,
        change["made_at"] or "",
        change["at"],
    )
    return _sha256("|".join(map(str, parts)))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _load_again(raw: Any, scope: int) -> None:
    """Documents were loaded past the feed: read the scope once more, keeping what is newer."""
    raw.execute(
        "INSERT INTO hydrate (scope, after_id, total, loaded) VALUES (?, '', 0, 0)"
        " ON CONFLICT (scope) DO UPDATE SET after_id = '', loaded = 0",
        (scope,),
    )


def _keep_history(
    raw: Any,
    change: Mapping[str, Any],
    delta: Mapping[str, Any],
    person: str | None,
    client_id: str,
) -> None:
    if change["client"] == client_id and change["op"] in {"N", "S", "D", "R", "E"}:
        found = raw.execute(
            "UPDATE history SET scope = ?, seq = ? WHERE cseq = ? AND doc_id = ?",
            (change["scope"], change["seq"], change["cseq"], change["id"]),
        ).rowcount
        if found:
            return
    if change["op"] == "E" and change["kind"] != Person.kind:
        return  # the person's own line says that all of it moved
    head = (person or change["id"], change["id"], change["kind"])
    tail = (
        change["author"],
        change["made_at"] or change["at"],
        change["scope"],
        change["seq"],
    )
    raw.executemany(
        _KEEP_HISTORY,
        [
            (*head, name, event, _json(old), _json(new), *tail)
            for name, event, old, new in _lines(change["op"], delta)
        ],
    )


def _lines(op: str, delta: Mapping[str, Any]) -> list[tuple[str | None, str, Any, Any]]:
    """Field, event, old and new of each line that people will read."""
    match op:
        case "N":
            return [(None, "new", None, {name: said["n"] for name, said in delta.items()})]
        case "D":
            return [(None, "del", None, None)]
        case "C":
            return [(delta["field"], "conflict", delta["server_value"], delta["mine_value"])]
        case "R":
            return [(delta["field"], "settled", delta["server_value"], delta["settled_value"])]
        case "E":
            where = delta["scope"]
            return [("scope", "move", where["o"], where["n"])]
    lines: list[tuple[str | None, str, Any, Any]] = [
        (name, "set", said["o"], said["n"]) for name, said in delta.items() if name != "deleted"
    ]
    if "deleted" in delta:
        lines.append((None, "new", None, None))
    return lines


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
