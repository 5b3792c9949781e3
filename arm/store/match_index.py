"""Where another card of a person may be: keys in a table, and who waits to be compared.

Derived data. The table of keys may hold more than is true (a key of a person who changed since):
that costs a comparison, never a wrong answer. See ``docs/duplicates.md``.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

BLOCK: Final = 64
"""Cards taken of one key: a birth date that hundreds share (1 January) tells nothing by itself."""

_IDS = "IN (SELECT value FROM json_each(?))"


def note_changed(driver: Any, rowids: Iterable[int]) -> None:
    """These people came or changed: they wait to be compared. Commits nothing."""
    driver.executemany(
        "INSERT INTO to_compare (rowid_of, turn) VALUES (?, 1)"
        " ON CONFLICT (rowid_of) DO UPDATE SET turn = turn + 1",
        [(rowid,) for rowid in rowids],
    )


def note_new(driver: Any, *, after: int) -> None:
    """Everybody who was put into ``listing`` after this row id is new. Commits nothing."""
    driver.execute(
        "INSERT OR IGNORE INTO to_compare (rowid_of, turn)"
        " SELECT rowid, 1 FROM listing WHERE rowid > ?",
        (after,),
    )


def begin_anew(driver: Any) -> None:
    """Drop all keys and have everybody compared again. Found pairs stay until then."""
    driver.execute("DELETE FROM match_key")
    driver.execute("DELETE FROM match_held")
    driver.execute(
        "INSERT OR REPLACE INTO to_compare (rowid_of, turn) SELECT rowid, 1 FROM listing"
    )


def forget(driver: Any, rowids: Collection[int], person_ids: Collection[str]) -> None:
    """People are gone, or their card went into another one."""
    replace_keys(driver, dict.fromkeys(rowids, ()))
    asked = json.dumps(list(rowids))
    driver.execute(f"DELETE FROM match_held WHERE rowid_of {_IDS}", (asked,))
    driver.execute(f"DELETE FROM to_compare WHERE rowid_of {_IDS}", (asked,))
    for side in ("left_id", "right_id"):
        driver.execute(
            f"DELETE FROM suspected WHERE {side} {_IDS}", (json.dumps(list(person_ids)),)
        )


def replace_keys(driver: Any, wanted: Mapping[int, Sequence[int]]) -> None:
    """Give people (row id → keys) these keys instead of those they had."""
    held = {
        rowid: _unpacked(packed)
        for rowid, packed in driver.execute(
            f"SELECT rowid_of, keys FROM match_held WHERE rowid_of {_IDS}",
            (json.dumps(list(wanted)),),
        )
    }
    gone = [
        (key, rowid) for rowid, keys in held.items() for key in keys if key not in wanted[rowid]
    ]
    fresh = [
        (key, rowid)
        for rowid, keys in wanted.items()
        for key in keys
        if key not in held.get(rowid, ())
    ]
    driver.executemany("DELETE FROM match_key WHERE key = ? AND rowid_of = ?", gone)
    add_keys(driver, fresh)
    remember_keys(driver, {r: k for r, k in wanted.items() if tuple(held.get(r, ())) != tuple(k)})


def add_keys(driver: Any, rows: Sequence[tuple[int, int]]) -> None:
    """(key, row id) pairs; those that stand are passed over."""
    driver.executemany("INSERT OR IGNORE INTO match_key (key, rowid_of) VALUES (?, ?)", rows)


def remember_keys(driver: Any, keys: Mapping[int, Sequence[int]]) -> None:
    """Note which keys people have."""
    driver.executemany(
        "INSERT OR REPLACE INTO match_held (rowid_of, keys) VALUES (?, ?)",
        [(rowid, array("q", own).tobytes()) for rowid, own in keys.items()],
    )


def _unpacked(packed: bytes) -> Sequence[int]:
    numbers = array("q")
    numbers.frombytes(packed)
    return tuple(numbers)


def sharing(driver: Any, keys: Iterable[int]) -> set[int]:
    """Row ids of the people who share one of the keys."""
    found: set[int] = set()
    for key in keys:
        block = driver.execute(
            "SELECT rowid_of FROM match_key WHERE key = ? LIMIT ?", (key, BLOCK)
        ).fetchall()
        found.update(rowid for (rowid,) in block)
    return found


def waiting(driver: Any, limit: int) -> dict[int, int]:
    """Row id → turn of people who wait to be compared, the newest first."""
    rows: Iterable[tuple[int, int]] = driver.execute(
        "SELECT rowid_of, turn FROM to_compare ORDER BY rowid_of DESC LIMIT ?", (limit,)
    )
    return dict(rows)


def waiting_count(driver: Any) -> int:
    """How many people wait to be compared."""
    found: int = driver.execute("SELECT count(*) FROM to_compare").fetchone()[0]
    return found


def without_keys(driver: Any) -> list[int]:
    """Row ids of people who wait and have no keys yet: a first load leaves everybody so."""
    rows = driver.execute(
        "SELECT rowid_of FROM to_compare WHERE rowid_of NOT IN (SELECT rowid_of FROM match_held)"
    )
    return [rowid for (rowid,) in rows]


def compared(driver: Any, turns: Mapping[int, int]) -> None:
    """These people were compared as they were at that turn; who changed since waits on."""
    driver.executemany(
        "DELETE FROM to_compare WHERE rowid_of = ? AND turn = ?", list(turns.items())
    )
