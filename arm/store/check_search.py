"""Whether the search index holds exactly the words of the people who are here.

The index keeps no text, so it cannot be read back; but it can list every word of every row. What it
lists is compared, person by person, with what a fresh index of the same words lists.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy.orm import Session

from arm.store.database import raw_of
from arm.store.search_index import REHEARSED, Indexed

_MASK: Final = (1 << 64) - 1
_COLUMNS: Final = {"search_words": "words", "search_fragments": "fragments"}
Digests = dict[str, dict[int, int]]
"""Table → row → what its words add up to."""


def index_digests(session: Session) -> Digests:
    """What the index holds of everybody: one pass over it."""
    raw = raw_of(session)
    return {table: _digests(raw, "main", table) for table in _COLUMNS}


def expect_indexing(session: Session) -> list[Indexed]:
    """Have everybody who is derived in this session noted in the list returned."""
    noted: list[Indexed] = []
    session.info[REHEARSED] = noted
    return noted


def names_looked_up(session: Session, persons: list[str]) -> set[tuple[Any, ...]]:
    """The rows that surnames are looked up in, of these persons: id first."""
    raw = raw_of(session)
    return set(
        raw.execute(
            "SELECT person_id, rowid, surname, given, surname_latin, names, numbers, mark"
            " FROM search_person WHERE person_id IN (SELECT value FROM json_each(?))",
            (json.dumps(persons),),
        )
    )


def differing(session: Session, noted: list[Indexed], held: Digests) -> set[tuple[Any, ...]]:
    """Those noted (id first) whose words in the index are not theirs. Inside a rehearsal only:
    what is made here for comparison goes with it."""
    raw = raw_of(session)
    texts = {
        "search_words": [(one.rowid, one.words) for one in noted],
        "search_fragments": [(one.rowid, one.fragments) for one in noted],
    }
    wrong: set[tuple[Any, ...]] = set()
    for table, column in _COLUMNS.items():
        made = raw.execute(
            "SELECT sql FROM main.sqlite_master WHERE name = ?", (table,)
        ).fetchone()[0]
        raw.execute(made.replace(f"TABLE {table}", f"TABLE temp.{table}", 1))
        raw.executemany(f"INSERT INTO temp.{table} (rowid, {column}) VALUES (?, ?)", texts[table])
        fresh = _digests(raw, "temp", table)
        raw.execute(f"DROP TABLE temp.{table}")
        wrong |= {
            (one.person_id,) for one in noted if fresh.get(one.rowid) != held[table].get(one.rowid)
        }
    return wrong


def forget_ghosts(session: Session) -> None:
    """Take words out of the index that belong to no row of the list."""
    raw = raw_of(session)
    listed = {row[0] for row in raw.execute("SELECT rowid FROM listing")}
    for table, held in index_digests(session).items():
        raw.executemany(
            f"DELETE FROM {table} WHERE rowid = ?", [(row,) for row in held.keys() - listed]
        )


def _digests(raw: Any, schema: str, table: str) -> dict[int, int]:
    raw.execute(
        f"CREATE VIRTUAL TABLE temp.check_words USING fts5vocab({schema}, {table}, instance)"
    )
    found: dict[int, int] = {}
    before, digest = None, 0
    for term, row in raw.execute("SELECT term, doc FROM temp.check_words"):
        if term != before:  # terms come in order: each is hashed once
            before = term
            digest = int.from_bytes(blake2b(term.encode(), digest_size=8).digest())
        found[row] = (found.get(row, 0) + digest) & _MASK
    raw.execute("DROP TABLE temp.check_words")
    return found
