"""The register of reading at the centre: is each workstation's chain whole?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg


class BrokenRead(NamedTuple):
    """A row that does not follow from the one before it in its chain."""

    org: int
    chain: str
    n: int


def broken_reads(connection: psycopg.Connection[Any]) -> Iterator[BrokenRead]:
    """Recompute every chain away from the server; constant memory."""
    with connection.cursor(name="reads") as rows:
        rows.itersize = 5_000
        rows.execute(
            "SELECT org, chain, n, actor, person, kind, ground, at, hash FROM arm.reading"
            " ORDER BY chain, n"
        )
        before: tuple[str, int, str] = ("", 0, "")
        for org, chain, n, *said, kept in rows:
            last, link = (before[1], before[2]) if chain == before[0] else (0, "")
            text = "|".join((link, chain, str(n), *said))
            if n != last + 1 or hashlib.sha256(text.encode()).hexdigest() != kept:
                yield BrokenRead(org, chain, n)
            before = (chain, n, kept)
