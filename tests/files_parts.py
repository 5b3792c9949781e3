"""Parts for tests of files on their way: attaching, and a look at both ends that trusts neither."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import psycopg
from centre_parts import Desk, Organisation

from arm.casework.editing import attach_file, read_file
from arm.casework.files import Place, places_of

MIB = 1024 * 1024


def scan(seed: int, size: int = 3 * MIB + 17) -> bytes:
    """Bytes of a scan, the same for the same seed."""
    return random.Random(seed).randbytes(size)


def attach(desk: Desk, person_id: str, content: bytes, name: str = "паспорт.pdf") -> str:
    """As a caseworker does; returns the id of the record."""
    return attach_file(desk.store, person_id, "identity_document", name, content)


def all_through(desk: Desk) -> None:
    """What the two threads of a workstation do: records, files, the records that waited."""
    desk.sync()
    desk.engine.files.exchange()
    desk.sync()


def look(desk: Desk, record_id: str) -> bytes:
    """The bytes as a person sees them."""
    return read_file(desk.store, record_id)


def place(desk: Desk, _person_id: str, record_id: str) -> Place:
    """Where the screen says that the file is."""
    with desk.store.read() as session:
        return places_of(session, desk.store, [record_id])[record_id][0]


def at_centre(organisation: Organisation, sha256: str) -> bytes | None:
    """The whole file as plain SQL finds it, or None; a file that is not whole has no size."""
    with psycopg.connect(organisation.centre.admin_dsn()) as connection:
        rows: list[Any] = connection.execute(
            "SELECT c.data FROM arm.blob b JOIN arm.blob_chunk c USING (scope, sha256)"
            " WHERE b.scope = %s AND b.sha256 = %s AND b.size IS NOT NULL ORDER BY c.n",
            (organisation.scope, sha256),
        ).fetchall()
    return b"".join(bytes(row[0]) for row in rows) if rows else None


def pieces_at_centre(organisation: Organisation, sha256: str) -> list[int]:
    """Numbers of the pieces that are there, whole file or not."""
    with psycopg.connect(organisation.centre.admin_dsn()) as connection:
        return [
            row[0]
            for row in connection.execute(
                "SELECT n FROM arm.blob_chunk WHERE scope = %s AND sha256 = %s ORDER BY n",
                (organisation.scope, sha256),
            )
        ]


def fingerprint(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()
