"""Letting go of a person whose records the law made the centre erase.

What was said goes from everywhere it lies here: records, history, acknowledged operations,
conflicts, refusals, drafts, terms, lists, search, scans. That there was a record stays, as an empty
and deleted one, and so do the numbers and hashes of the operations, which hold the queue's chain.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from arm.model import fields, kinds
from arm.store.database import raw_of
from arm.store.operations import canonical
from arm.store.search_index import compact
from arm.store.store import Store
from arm.sync.documents import Touched, shapes

ERASED: Final = "erased"
"""Why an operation was refused; also the mark of an operation whose content is gone."""
SCRUB: Final = "scrub"
"""Name in ``meta`` of the wish to write the file anew without what was erased."""

_IDS: Final = "IN (SELECT value FROM json_each(?))"
_KEPT: Final = ("cseq", "prev", "id", "kind", "op", "scope", "schema", "at", "person")


class Sentence(NamedTuple):
    """Whom to erase, and what must be known of them before their records are replaced. No
    ``person``: only these records, which another office had passed on."""

    ids: list[str]
    person: str
    names: list[str]
    files: list[str]


def sentenced(session: Session, changes: Iterable[Mapping[str, Any]]) -> list[Sentence]:
    """Whom a page of the feed, not taken over yet, tells us to erase."""
    found = []
    for change in changes:
        if change["op"] == "X":
            said = json.loads(change["delta"])
            if said.get("emptied"):
                continue  # a deletion that has had its time: the tombstone stays
            found.append(_sentence(raw_of(session), said["ids"], said["person"]))
    return found


def _sentence(raw: Any, ids: Collection[str], person: str) -> Sentence:
    everything = sorted({*ids, person} - {""})
    asked = json.dumps(everything)
    return Sentence(everything, person, _names(raw, person), _files(raw, asked))


def erase_person(store: Store, session: Session, ids: Collection[str], person: str) -> None:
    """Erase these records and everything about this person, within the caller's transaction."""
    erase_here(store, session, _sentence(raw_of(session), ids, person))


def erase_here(store: Store, session: Session, sentence: Sentence) -> None:
    """Carry the sentence out, within the caller's transaction.

    An edit that still waits is left alone: its number must go to the centre, which refuses it; then
    :func:`erase_refused` takes the rest.
    """
    raw, touched = raw_of(session), session.info["touched"]
    before, person, asked = raw.total_changes, sentence.person, json.dumps(sentence.ids)
    rows = raw.execute(f"SELECT doc_id FROM outbox WHERE doc_id {_IDS}", (asked,))
    waiting = {row[0] for row in rows.fetchall()}
    _empty_records(raw, set(sentence.ids) - waiting, person, touched)
    raw.execute(f"DELETE FROM history WHERE person_id {_IDS} OR doc_id {_IDS}", (asked, asked))
    raw.execute(f"DELETE FROM conflict WHERE person_id {_IDS}", (asked,))
    raw.execute(f"DELETE FROM conflict WHERE doc_id {_IDS}", (asked,))
    raw.execute(f"DELETE FROM suspected WHERE left_id {_IDS} OR right_id {_IDS}", (asked, asked))
    for table in ("outbox_done", "rejected"):
        _empty_operations(raw, table, asked, person)
    for table in ("office_rejected", "held"):
        raw.execute(
            f"DELETE FROM {table} WHERE json_extract(op, '$.id') {_IDS}"
            f" OR json_extract(op, '$.person') {_IDS}",
            (asked, asked),
        )
    _drop_drafts(raw, person, sentence.names)
    _drop_files(store, raw, sentence.files)
    if raw.total_changes > before:
        store.set_meta(SCRUB, True)


def erase_refused(store: Store, session: Session, results: Iterable[Mapping[str, Any]]) -> None:
    """Of operations that the centre refused because their person was erased nothing stays but that
    there was an edit."""
    raw = raw_of(session)
    for cseq in [one["cseq"] for one in results if one.get("why") == ERASED]:
        row = raw.execute(
            "SELECT doc_id, json_extract(op, '$.person') FROM outbox_done WHERE cseq = ?", (cseq,)
        ).fetchone()
        if row is not None:
            erase_person(store, session, [row[0]], row[1] or row[0])


def _names(raw: Any, person: str) -> list[str]:
    """What a draft about this person would hold: number of a document, or surname with name; as
    the records say it now and as history says it was."""
    said: dict[str, set[Any]] = {"surname": set(), "given": set(), "number": set()}
    for surname, given in raw.execute("SELECT surname, given FROM person WHERE id = ?", (person,)):
        said["surname"].add(surname)
        said["given"].add(given)
    for (number,) in raw.execute(
        "SELECT number FROM identity_document WHERE person_id = ?", (person,)
    ):
        said["number"].add(number)
    for field, new in raw.execute(
        "SELECT field, new FROM history WHERE person_id = ? AND new IS NOT NULL"
        " AND kind IN ('person', 'identity_document')",
        (person,),
    ):
        value = json.loads(new)
        for name, values in said.items():
            told = value.get(name) if isinstance(value, dict) else value if field == name else None
            values.add(told)
    pairs = [f"{s}\n{g}" for s in said["surname"] for g in said["given"] if s and g]
    return [number for number in said["number"] if number] + pairs


def _files(raw: Any, asked: str) -> list[str]:
    """Fingerprints that only these records name."""
    return [
        row[0]
        for row in raw.execute(
            f"SELECT DISTINCT sha256 FROM attachment WHERE sha256 IS NOT NULL AND id {_IDS}"
            f" EXCEPT SELECT sha256 FROM attachment WHERE NOT deleted AND id NOT {_IDS}",
            (asked, asked),
        )
    ]


def _empty_records(raw: Any, ids: Collection[str], person: str, touched: Touched) -> None:
    asked = json.dumps(sorted(ids))
    for kind, cls in kinds().items():
        shape = shapes()[kind]
        columns = [f"{name} = ?" for name in fields(cls)]
        emptied = raw.execute(
            f"UPDATE {shape.table} SET {', '.join(columns)}, fver = '{{}}', deleted = 1,"
            f" ver = ver + 1 WHERE id {_IDS} AND NOT (fver = '{{}}' AND deleted) RETURNING id",
            (*shape.empty, asked),
        ).fetchall()
        touched.update((kind, record_id, person or None) for (record_id,) in emptied)


def _empty_operations(raw: Any, table: str, asked: str, person: str) -> None:
    rows = raw.execute(
        f"SELECT cseq, op FROM {table} WHERE json_extract(op, '$.erased') IS NULL"
        f" AND (doc_id {_IDS} OR json_extract(op, '$.person') = ?)",
        (asked, person or "-"),
    ).fetchall()
    raw.executemany(
        f"UPDATE {table} SET op = ? WHERE cseq = ?", [(_emptied(op), cseq) for cseq, op in rows]
    )


def _emptied(text: str) -> str:
    said = json.loads(text)
    return canonical({name: said[name] for name in _KEPT if name in said} | {"f": {}, ERASED: True})


def _drop_drafts(raw: Any, person: str, names: list[str]) -> None:
    for draft_id, title, body in raw.execute("SELECT id, title, body FROM draft").fetchall():
        text = f"{title} {json.loads(body)}".casefold()
        about = any(all(part.casefold() in text for part in name.split("\n")) for name in names)
        if about or (person and person in text):
            raw.execute("DELETE FROM draft WHERE id = ?", (draft_id,))


def _drop_files(store: Store, raw: Any, files: list[str]) -> None:
    for sha256 in files:
        raw.execute("DELETE FROM blob WHERE sha256 = ?", (sha256,))
        store.files.drop(sha256)


def scrub(store: Store) -> bool:
    """Write the file anew if something was erased since: deleted pages, old words of the search
    index and the copies that upgrades laid beside the file go. Seconds for 150,000 persons."""
    if not store.meta(SCRUB):
        return False
    with store.merge() as session:
        compact(session)
    store.write_anew()
    store.set_meta(SCRUB, None)
    return True
