"""Loading very many documents at once, for the demonstration and for taking over old systems.

They bypass ``push``: no operation, no merge. The feed gets one entry that says so, chained like any
other, and every workstation reads the scope again on seeing it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

Document = tuple[str, str, Mapping[str, Any]]
"""Kind, id, and the fields in wire form (``arm.model.to_wire``), without empty ones."""


def copy_documents(
    admin_conn: psycopg.Connection[Any], scope: int, documents: Iterable[Document]
) -> int:
    """Load new documents into ``scope``; all of them or none. Returns how many.

    The connection is an administrator's. Raises psycopg.errors.UniqueViolation if an id exists.
    """
    count = 0
    digest = hashlib.sha256()
    with admin_conn.transaction(), admin_conn.cursor() as cursor:
        cursor.execute("SELECT 1 FROM arm.scope_head WHERE scope = %s FOR UPDATE", (scope,))
        if cursor.fetchone() is None:
            raise ValueError(f"no scope {scope}")
        with cursor.copy(
            "COPY arm.doc (id, kind, scope, person, ver, fver, body) FROM STDIN"
        ) as copy:
            for kind, record_id, body in documents:
                text = json.dumps(body, ensure_ascii=False)
                digest.update(f"{record_id}|{text}\n".encode())
                person = body.get("person_id") or record_id
                versions = json.dumps(dict.fromkeys(body, 1))
                copy.write_row((record_id, kind, scope, person, 1, versions, text))
                count += 1
        summary = {"documents": count, "sha256": digest.hexdigest()}
        cursor.execute(
            "SELECT arm.append_change(%s, '', '', 'B', 0, %s, session_user::text,"
            " NULL, NULL, NULL)",
            (scope, Jsonb(summary)),
        )
    admin_conn.execute("ANALYZE arm.doc")
    return count
