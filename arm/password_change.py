"""A change of one's own password in two places that no transaction joins: the key file here and the
login at the centre.

First both passwords open the key file, then the centre is told, then the old one goes from the key
file. Whenever a crash comes between, the person gets in with either password, and the next
connection finds out which one the centre took and ends the change accordingly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from arm.access.errors import PasswordUnchanged, WrongPassword
from arm.access.keys import KeyFile
from arm.access.passwords import require_good
from arm.central.connect import connect_to_any
from arm.central.embedded import EmbeddedCentral
from arm.centre_errors import WrongCentrePassword
from arm.places import Home
from arm.profile import Centre

Connection = psycopg.Connection[Any]


def change_password(home: Home, centre: Centre | None, login: str, old: str, new: str) -> None:
    """Replace a person's own password here and at the centre; with a centre only while it answers.

    Raises BadPassword, PasswordUnchanged, WrongPassword, CentreUnreachable, WrongCentrePassword.
    """
    require_good(new, login)
    if new == old:
        raise PasswordUnchanged()
    keys = KeyFile(home.keys)
    if centre is None:
        keys.change_password(login, old, new)
        return
    with reach(home, centre, login, old) as line:  # before anything changes: the centre is there
        keys.begin_change(login, old, new)
        tell_centre(line, login, new)
    keys.end_change(login, changed=True)


def reach(home: Home, centre: Centre, login: str, password: str) -> Connection:
    """A connection to whichever of the centre's servers answers."""
    servers = tuple(centre.servers)
    if centre.embedded:
        servers = ((centre.host, EmbeddedCentral(home.central).start().port),)
    return connect_to_any(servers, centre.database, login, password)


def tell_centre(line: Connection, login: str, new: str) -> None:
    """A person's own connection sets their new password; it travels as a SCRAM verifier."""
    verifier = line.pgconn.encrypt_password(new.encode(), login.encode(), b"scram-sha-256")
    with line.transaction():
        line.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(login), sql.Literal(verifier.decode())
            )
        )
        line.execute("SELECT sync_v1.password_changed()")


def settled(
    keys: KeyFile, login: str, typed: str, connect: Callable[[str], Connection]
) -> Connection:
    """A connection for who signed in with ``typed``, ending a change that a crash left half done.

    ``connect`` takes a password. Raises as it does.
    """
    if not keys.change_begun(login):
        return connect(typed)
    try:
        old: str | None = keys.old_password(login, typed)
    except WrongPassword:
        old = None  # it is the old password that was typed
    try:
        line = connect(typed)
    except WrongCentrePassword:
        if old is None:
            raise  # the centre has the new password already: the person must type that one
        line = connect(old)
        tell_centre(line, login, typed)
    keys.end_change(login, changed=old is not None)
    return line
