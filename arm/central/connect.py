"""How to reach a centre: encrypted unless it is this very machine, and never waiting for ever."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from arm.centre_errors import (
    CentreOnlyReads,
    CentreUnreachable,
    FormerServer,
    TlsRequired,
    WrongCentrePassword,
)
from arm.errors import ExpectedError

CONNECT_SECONDS = 10
ONE_OF_SEVERAL_SECONDS = 4
"""A server that was switched off does not even refuse; its standby should not wait for it long."""
SILENCE_MILLISECONDS = 30_000
"""How long sent bytes may stay unconfirmed before the operating system gives the socket up."""

_SERVER_LIMITS = " ".join(
    (
        "-c statement_timeout=120000",
        "-c lock_timeout=10000",
        "-c idle_in_transaction_session_timeout=60000",
        "-c timezone=UTC",
        "-c datestyle=ISO",
    )
)

# A refusal comes before any session exists, so it carries no SQLSTATE: only the server's words,
# in the server's language.
_WRONG_PASSWORD = (
    "password authentication failed",
    "no password supplied",
    "не прошёл проверку подлинности",
    "не прошла проверку подлинности",
    "role",  # «role "x" is not permitted to log in»: an account that was switched off
    "роль",
)
_NOT_PROTECTED = (
    "does not support ssl",
    "no encryption",
    "channel binding",
    "certificate",
    "ssl error",
    "без шифрования",
    "не поддерживает ssl",
)
_ONLY_READS = ("session is read-only", "hot standby", "только чтение", "горяч")


def is_local(host: str) -> bool:
    """Whether ``host`` is this machine: then the traffic never leaves it and needs no TLS."""
    if host in {"", "localhost"} or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def connection_parameters(  # noqa: PLR0917  # the order of every PostgreSQL client
    host: str,
    port: int,
    dbname: str,
    user: str,
    password: str,
    authority: Path | None = None,
    *,
    one_of_several: bool = False,
) -> dict[str, Any]:
    """Parameters for ``psycopg.connect``.

    Away from this machine the connection is encrypted and the server must prove, by SCRAM channel
    binding, that it knows the person's password verifier: a machine in the middle can't, whatever
    certificate it shows (RFC 5802 §6). With ``authority`` (a file of root certificates) the
    certificate and the host's name are checked as well. A server that only reads (a standby, or
    one that is being recovered) is refused: what it tells is of the past. ``one_of_several`` is not
    waited for as long.
    """
    parameters: dict[str, Any] = {
        "host": host,
        "port": port,
        "dbname": dbname,
        "user": user,
        "password": password,
        "application_name": "edinoe-okno",
        "connect_timeout": ONE_OF_SEVERAL_SECONDS if one_of_several else CONNECT_SECONDS,
        "target_session_attrs": "read-write",
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": SILENCE_MILLISECONDS,
        "options": _SERVER_LIMITS,
        "client_encoding": "UTF8",
    }
    if is_local(host):
        parameters["sslmode"] = "prefer"
    else:
        parameters["channel_binding"] = "require"
        parameters["sslmode"] = "verify-full" if authority else "require"
    if authority:
        parameters["sslrootcert"] = str(authority)
    return parameters


def connect(  # noqa: PLR0917  # as connection_parameters
    host: str,
    port: int,
    dbname: str,
    user: str,
    password: str,
    authority: Path | None = None,
    *,
    one_of_several: bool = False,
) -> psycopg.Connection[Any]:
    """A connection in autocommit mode.

    Raises CentreUnreachable, WrongCentrePassword or TlsRequired.
    """
    parameters = connection_parameters(
        host, port, dbname, user, password, authority, one_of_several=one_of_several
    )
    try:
        return psycopg.connect(
            make_conninfo("", **parameters), autocommit=True, prepare_threshold=2
        )
    except psycopg.OperationalError as error:
        raise refusal(error, host, user) from error


def connect_to_any(
    servers: Sequence[tuple[str, int]],
    dbname: str,
    user: str,
    password: str,
    accept: Callable[[psycopg.Connection[Any]], bool] = lambda _: True,
) -> psycopg.Connection[Any]:
    """A connection to the first of these servers that takes edits and that ``accept`` takes.

    Raises as :func:`connect`: why the best of them was not reached; FormerServer where all that
    answered were turned away.
    """
    failures: list[ExpectedError] = []
    for host, port in servers:
        try:
            connection = connect(
                host, port, dbname, user, password, one_of_several=len(servers) > 1
            )
        except ExpectedError as error:
            failures.append(error)
            continue
        try:
            if len(servers) == 1 or accept(connection):
                return connection
            failures.append(FormerServer(host=host))
        except psycopg.OperationalError as error:  # it went away before it answered
            failures.append(refusal(error, host, user))
        connection.close()
    # a server that answers and refuses tells more than one that is silent
    raise next((one for one in failures if type(one) is not CentreUnreachable), failures[0])


def refusal(error: psycopg.OperationalError, host: str, user: str) -> ExpectedError:
    """Why a connection was not made, as one of our errors."""
    words = str(error).lower()
    if any(sign in words for sign in _NOT_PROTECTED):
        return TlsRequired(host=host)
    if any(sign in words for sign in _WRONG_PASSWORD):
        return WrongCentrePassword(login=user)
    if any(sign in words for sign in _ONLY_READS):
        return CentreOnlyReads()
    return CentreUnreachable()
