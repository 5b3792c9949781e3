"""Erasure by an administrator, where no workstation can do it, and its traces on the disk."""

from __future__ import annotations

from typing import Any

import psycopg

from arm.central.admin_session import admin_session, one_row, protected
from arm.centre_errors import NobodyToErase

_TABLES = ("arm.change", "arm.doc", "arm.conflict", "arm.rejected")


def erase_person(
    admin_dsn: str, org: int, person: str, ground: str, act: str
) -> list[dict[str, Any]]:
    """Erase one person from all scopes of an organisation (``org``: one of them, as ``org add``
    printed it); returns the entry of erasure of each scope.

    Old rows are then cleared from the tables' files; write-ahead logs and backups keep theirs until
    their term. Raises NobodyToErase and as ``admin_session``.
    """
    try:
        with admin_session(admin_dsn) as connection:
            said = one_row(
                connection,
                "SELECT arm.erase_person(ARRAY(SELECT h.scope FROM arm.scope_head h"
                " JOIN arm.scope_head n USING (org) WHERE n.scope = %s),"
                " %s, %s, %s, session_user::text, NULL)",
                (org, person, ground, act),
            )
    except psycopg.Error as error:
        if error.sqlstate == "EO021":
            raise NobodyToErase() from error
        raise
    clear_old_rows(admin_dsn)
    receipts: list[dict[str, Any]] = said[0]
    return receipts


def clear_old_rows(admin_dsn: str) -> None:
    """Have PostgreSQL drop the versions of rows that nobody sees any more."""
    address, _ = protected(admin_dsn)
    with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
        for table in _TABLES:
            connection.execute(f"VACUUM {table}".encode())
