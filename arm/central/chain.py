"""The hash chain of one scope, recomputed away from the server, row by row.

The statement asks for plain columns only and uses no function of ours: whoever changed the centre's
functions as well as its rows is found out all the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import psycopg

Damage = Literal["altered", "unchained", "missing", "repeated"]

# «|» between columns and nothing for NULL: a line then holds what was hashed as one piece.
_ROWS: Final = (
    "COPY (SELECT at, hash, salt, scope, seq, id, kind, op, ver, delta_hash, actor, author, client,"
    " coalesce(cseq, 0), made_at, delta FROM arm.change WHERE scope = {scope} ORDER BY seq)"
    " TO STDOUT (DELIMITER '|', NULL '')"
)
_HASHED: Final = 12
"""Columns from ``scope`` to ``made_at``; the delta comes after them."""
_SEQ, _DELTA_HASH = 1, 6
_ESCAPED: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


@dataclass(frozen=True)
class Break:
    """One place where the chain does not hold: its first and last number."""

    seq: int
    until: int
    damage: Damage


@dataclass
class Chain:
    """What was found of one scope's chain."""

    scope: int
    rows: int = 0
    erased: int = 0
    """Entries whose content was erased by law."""
    seq: int = 0
    hash: str = ""
    """The newest entry."""
    breaks: list[Break] = field(default_factory=list)


def read_chain(connection: psycopg.Connection[Any], scope: int) -> Chain:
    """Recompute the chain of a scope from its first entry; constant memory."""
    chain, sha = Chain(scope), hashlib.sha256
    before, last = b"", 0
    connection.execute("SET LOCAL TimeZone = 'UTC'")
    connection.execute("SET LOCAL DateStyle = 'ISO'")
    with connection.cursor() as cursor, cursor.copy(_ROWS.format(scope=int(scope))) as copy:
        for block in copy:  # each step counts: there may be a hundred million of them
            line = bytes(block)
            if b"\\" in line:
                at, kept, salt, *columns = _columns(line)
            else:
                at, kept, salt, rest = line.split(b"|", 3)
                columns = rest.split(b"|", _HASHED)
            delta = columns[_HASHED][:-1]
            seq = int(columns[_SEQ])
            follows = seq == last + 1
            if not follows:
                chain.breaks.append(_gap(last, seq))
            if not salt and not delta:
                chain.erased += 1
            elif sha(salt + delta).hexdigest().encode() != columns[_DELTA_HASH]:
                chain.breaks.append(Break(seq, seq, "altered"))
            columns[_HASHED] = _instant(at)
            made = sha(before + b"|" + b"|".join(columns)).hexdigest().encode()
            # after a gap nothing can be said of the entry that follows it
            if made != kept and follows:
                chain.breaks.append(Break(seq, seq, "unchained"))
            before, last = kept, seq
            chain.rows += 1
    chain.seq, chain.hash = last, before.decode()
    return chain


def _gap(last: int, seq: int) -> Break:
    if seq > last:
        return Break(last + 1, seq - 1, "missing")
    return Break(seq, seq, "repeated")


def _instant(at: bytes) -> bytes:
    """«2026-07-14 09:30:00.5+00» → «2026-07-14T09:30:00.500000Z», as the centre hashed it."""
    if len(at) != 29:  # the server leaves out zeros at the end
        at = (at[:-3] if b"." in at else at[:-3] + b".").ljust(26, b"0") + b"+00"
    return at[:10] + b"T" + at[11:26] + b"Z"


def _columns(line: bytes) -> list[bytes]:
    """Columns of a line that had something to escape; the last keeps its end of line."""
    columns = [b""]
    plain, *escaped = line.split(b"\\")
    pieces = iter([plain, *escaped])
    _take(columns, next(pieces))
    for piece in pieces:
        if piece:
            columns[-1] += _ESCAPED.get(piece[:1], piece[:1])
            _take(columns, piece[1:])
        else:  # two backslashes are one
            columns[-1] += b"\\"
            _take(columns, next(pieces, b""))
    return columns


def _take(columns: list[bytes], piece: bytes) -> None:
    first, *others = piece.split(b"|")
    columns[-1] += first
    columns += others
