"""Loading very many documents at once, for the demonstration and for taking over old systems.

They bypass ``push``: no operation, no merge. The feed gets one entry that says so, chained like any
other, and every workstation reads the scope again on seeing it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

Document = tuple[str, str, Mapping[str, Any]]
"""Kind, id, and the fields in wire form (``arm.model.to_wire``), without empty ones."""

_COLUMNS = "(id, kind, scope, person, ver, fver, body)"


def copy_documents(
    admin_conn: psycopg.Connection[Any], scope: int, documents: Iterable[Document]
) -> int:
    """Load new documents into ``scope``; all of them or none. Returns how many.

    The connection is an administrator's. Raises psycopg.errors.UniqueViolation if an id exists.
    """
    count = 0
    digest = hashlib.sha256()

    def rows() -> Iterator[tuple[object, ...]]:
        nonlocal count
        for kind, record_id, body in documents:
            text = json.dumps(body, ensure_ascii=False)
            digest.update(f"{record_id}|{text}\n".encode())
            person = body.get("person_id") or record_id
            versions = json.dumps(dict.fromkeys(body, 1))
            yield (record_id, kind, scope, person, 1, versions, text)
            count += 1

    with admin_conn.transaction(), admin_conn.cursor() as cursor:
        cursor.execute("SELECT 1 FROM arm.scope_head WHERE scope = %s", (scope,))
        if cursor.fetchone() is None:
            raise ValueError(f"no scope {scope}")
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_catalog.pg_roles WHERE rolname = current_user"
        )
        if cursor.fetchone() == (True,):
            with cursor.copy(f"COPY arm.doc {_COLUMNS} FROM STDIN") as copy:
                for row in rows():
                    copy.write_row(row)
        else:  # PostgreSQL has no COPY into a table with row-level security
            cursor.executemany(
                f"INSERT INTO arm.doc {_COLUMNS} VALUES (%s, %s, %s, %s, %s, %s, %s)", rows()
            )
        # all heads, as the registry may have something to tell any organisation about these people;
        # but not before the long part is done: nobody sees the rows until the commit
        cursor.execute("SELECT share.hold_all()")
        summary = {"documents": count, "sha256": digest.hexdigest()}
        cursor.execute(
            "SELECT arm.append_change(%s, '', '', 'B', 0, %s, session_user::text,"
            " NULL, NULL, NULL)",
            (scope, Jsonb(summary)),
        )
        cursor.execute("SELECT share.register_scope(%s)", (scope,))
    admin_conn.execute("ANALYZE arm.doc")
    return count
