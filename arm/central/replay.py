"""Documents of one scope compared with what its feed says of them.

The chain proves that nobody touched the feed; this proves that nobody touched a record past it.
Both sides are read in the order of ids, so memory stays constant however large the scope.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

import psycopg

AT_ONCE: Final = 5_000
_ENTRIES: Final = (
    "SELECT id, seq, op, ver, delta IS NULL OR salt IS NULL,"
    " CASE WHEN op IN ('N', 'S', 'D') THEN delta END"
    " FROM arm.change WHERE scope = %s AND op <> 'B' ORDER BY id, seq"
)
_DOCUMENTS: Final = "SELECT id, ver, deleted, fver, body FROM arm.doc WHERE scope = %s ORDER BY id"


class Difference(NamedTuple):
    """A record that is not what the feed made of it; ``what`` is Russian and names fields only."""

    id: str
    what: str


@dataclass
class Told:
    """What the entries about one record add up to."""

    ver: int = 0
    whole: bool = False
    """The record was made in this feed: there is nothing in it that the feed does not tell."""
    entered: bool = False
    """It came from another scope; what it was before is told there."""
    here: bool = False
    deleted: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    erased_at: list[int] = field(default_factory=list)
    """Numbers of entries without their content."""


@dataclass
class Replay:
    """What was found. ``bulk``: records that came past the feed, of ``bulk_told``; of these only
    the fields that were edited since can be compared."""

    documents: int = 0
    bulk: int = 0
    bulk_told: int = 0
    differences: list[Difference] = field(default_factory=list)


def replay(connection: psycopg.Connection[Any], scope: int) -> Replay:
    """Compare every record of a scope, and every conflict, with the feed."""
    found = Replay()
    erased = _erased(connection, scope)
    row = connection.execute(
        "SELECT coalesce(sum((delta->>'documents')::bigint), 0) FROM arm.change"
        " WHERE scope = %s AND op = 'B'",
        (scope,),
    ).fetchone()
    found.bulk_told = int(row[0]) if row else 0
    for record_id, told, document in _side_by_side(connection, scope):
        found.documents += document is not None
        differences = list(_compare(told, document, erased=record_id in erased))
        found.bulk += told is None or not (told.whole or told.entered)
        found.differences += [Difference(record_id, what) for what in differences]
    if found.bulk != found.bulk_told:
        found.differences.append(
            Difference("", f"мимо ленты загружено {found.bulk_told}, а есть {found.bulk}")
        )
    found.differences += _conflicts(connection, scope, erased)
    return found


def _erased(connection: psycopg.Connection[Any], scope: int) -> set[str]:
    """Records whose content was erased by law, as the entries of erasure name them."""
    rows = connection.execute(
        "SELECT jsonb_array_elements_text(delta->'ids') FROM arm.change"
        " WHERE scope = %s AND op = 'X'",
        (scope,),
    )
    return {row[0] for row in rows}


def _side_by_side(
    connection: psycopg.Connection[Any], scope: int
) -> Iterator[tuple[str, Told | None, tuple[Any, ...] | None]]:
    """Every id of either side, with what the feed tells and what is there."""
    with (
        connection.cursor(name="entries") as entries,
        connection.cursor(name="documents") as documents,
    ):
        for cursor, query in ((entries, _ENTRIES), (documents, _DOCUMENTS)):
            cursor.itersize = AT_ONCE
            cursor.execute(query, (scope,))
        held = next(documents, None)
        for record_id, rows in groupby(entries, itemgetter(0)):
            while held is not None and held[0] < record_id:
                yield held[0], None, held
                held = next(documents, None)
            here = held if held is not None and held[0] == record_id else None
            yield record_id, _told(rows), here
            if here is not None:
                held = next(documents, None)
        while held is not None:
            yield held[0], None, held
            held = next(documents, None)


def _told(rows: Iterator[tuple[Any, ...]]) -> Told:
    told = Told()
    for _, seq, op, ver, emptied, delta in rows:
        if emptied:
            told.erased_at.append(seq)
        match op:
            case "N":
                told.whole = True
            case "E":
                told = Told(entered=True, erased_at=told.erased_at)
        if op in {"N", "S", "D", "E", "L"}:
            told.ver, told.here = ver, op != "L"
        for name, said in (delta or {}).items():
            if name == "deleted":
                told.deleted = said["n"]
            else:
                told.values[name] = said["n"]
            told.versions[name] = ver
    return told


def _compare(told: Told | None, document: tuple[Any, ...] | None, *, erased: bool) -> Iterator[str]:
    if told is not None and told.erased_at and not erased:
        yield f"содержание стёрто без записи об уничтожении: {_some(told.erased_at)}"
    if document is None:
        if told is not None and told.here:
            yield "записи нет, хотя лента её не удаляла"
        return
    if erased:
        if document[4] != {} or not document[2]:
            yield "запись уничтожена, но в ней есть содержание"
    elif told is not None:  # otherwise it is counted among those that came past the feed
        yield from _compare_values(told, document)


def _compare_values(told: Told, document: tuple[Any, ...]) -> Iterator[str]:
    _, ver, deleted, versions, body = document
    emptied = deleted and body == {}  # long after a deletion
    wrong = [name for name, value in told.values.items() if body.get(name) != value and not emptied]
    if told.whole:
        wrong += [name for name in body if name not in told.values and body[name] is not None]
    if wrong:
        yield f"поля не такие, как в ленте: {', '.join(sorted(wrong))}"
    if told.ver and ver != told.ver:
        yield f"версия {ver}, а по ленте {told.ver}"
    if told.versions and bool(deleted) != told.deleted:
        yield "пометка удаления не такая, как в ленте"
    stale = [n for n, v in told.versions.items() if versions.get(n) != v and not emptied]
    if stale:
        yield f"версии полей не такие, как в ленте: {', '.join(sorted(stale))}"


def _some(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return shown if len(numbers) <= 5 else f"{shown} … всего {len(numbers)}"


def _conflicts(
    connection: psycopg.Connection[Any], scope: int, erased: set[str]
) -> Iterator[Difference]:
    last: dict[str, Mapping[str, Any]] = {
        delta["id"]: delta
        for (delta,) in connection.execute(
            "SELECT delta FROM arm.change WHERE scope = %s AND op IN ('C', 'R')"
            " AND delta IS NOT NULL ORDER BY seq",
            (scope,),
        )
    }
    rows = connection.execute(
        "SELECT id, doc_id, to_jsonb(c) FROM arm.conflict c WHERE scope = %s ORDER BY id", (scope,)
    )
    for conflict_id, doc_id, row in rows:
        said = last.pop(conflict_id, None)
        if said is None:
            if doc_id not in erased:
                yield Difference(doc_id, f"расхождения {conflict_id} нет в ленте")
        elif any(row.get(name) != value for name, value in said.items()):
            yield Difference(doc_id, f"расхождение {conflict_id} не такое, как в ленте")
    left = {
        record_id
        for (record_id,) in connection.execute(
            "SELECT DISTINCT id FROM arm.change WHERE scope = %s AND op = 'L'", (scope,)
        )
    }
    for conflict_id, said in last.items():
        if said.get("state") == "open" and said["doc_id"] in left:
            continue  # it went along to another scope
        yield Difference(said["doc_id"], f"расхождения {conflict_id} нет, хотя оно в ленте")
