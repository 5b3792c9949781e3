"""One transaction of a centre's administrator, whose refusals speak our language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from arm.central.connect import is_local, refusal
from arm.central.errors import BadAddress, NotEnoughRights
from arm.centre_errors import CentreNotReady

Connection = psycopg.Connection[tuple[Any, ...]]


def protected(admin_dsn: str) -> tuple[str, dict[str, Any]]:
    """The administrator's connection string and its parts; away from this machine it asks for
    TLS whatever it said about it. Raises BadAddress."""
    try:
        known = dict(conninfo_to_dict(admin_dsn))
    except psycopg.ProgrammingError:
        raise BadAddress() from None  # its words repeat the string, and a password may be in it
    hosts = str(known.get("hostaddr") or known.get("host") or "").split(",")
    if not all(is_local(host) for host in hosts) and known.get("sslmode") not in {
        "verify-ca",
        "verify-full",
    }:
        known["sslmode"] = "require"
    return make_conninfo("", **known), known


@contextmanager
def admin_session(admin_dsn: str) -> Iterator[Connection]:
    """A transaction that commits at the end.

    Raises BadAddress, CentreUnreachable, WrongCentrePassword, TlsRequired, NotEnoughRights,
    CentreNotReady.
    """
    admin_dsn, known = protected(admin_dsn)
    try:
        connection = psycopg.connect(admin_dsn, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise refusal(error, str(known.get("host", "")), str(known.get("user", ""))) from error
    try:
        with connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotEnoughRights(why=error.diag.message_primary or "") from error
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise CentreNotReady() from error


def one_row(connection: Connection, query: str, values: tuple[object, ...] = ()) -> tuple[Any, ...]:
    """The one row that ``query`` must give."""
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return row
