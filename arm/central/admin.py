"""What an administrator does at a centre: organisations, people, their rights, a look at it all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from arm.central.admin_session import Connection, admin_session, one_row
from arm.central.errors import (
    BadIdleMinutes,
    BadLogin,
    BadOrganisationRole,
    BadRegion,
    LoginTaken,
    NoSuchOrganisation,
    NoSuchPerson,
    NoSuchWorkstation,
    OrganisationExists,
)
from arm.central.provision import provision, revision
from arm.central.sharing import ORG_ROLES

__all__ = [
    "CentralStatus",
    "OrganisationStatus",
    "add_org",
    "add_person",
    "add_scope",
    "empty_tombstones",
    "grant",
    "limit_idle",
    "lock",
    "provision",
    "revoke",
    "revoke_workstation",
    "set_password",
    "status",
    "sweep_files",
    "switch_off",
    "unlock",
    "was_restored",
    "workstations",
]

LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,59}")
RESERVED = re.compile(r"pg_.*|arm_.*|postgres|public|none")
CONNECTIONS_OF_A_PERSON = 20
TOMBSTONE_DAYS = 90
"""How long a deletion can be taken back."""


@dataclass(frozen=True)
class OrganisationStatus:
    """One organisation as the administrator sees it: numbers only."""

    org: int
    name: str
    short_name: str
    role: str
    region: str
    scope: int
    people: tuple[str, ...]
    """Logins that may sign in."""
    workstations: int
    documents: int
    feed: int
    """Number of the newest entry of the feed."""
    open_conflicts: int


@dataclass(frozen=True)
class CentralStatus:
    """State of a centre."""

    postgres: str
    revision: str
    tls: bool
    """Whether the server offers encryption."""
    size_bytes: int
    rejected: int
    organisations: tuple[OrganisationStatus, ...] = field(default=())


def add_org(
    admin_dsn: str,
    *,
    name: str,
    short_name: str,
    region: str,
    region_name: str = "",
    address: str = "",
    inn: str = "",
    phone: str = "",
    oktmo: str = "",
    role: str = "center",
) -> int:
    """Add an organisation with one scope for its records; returns that scope.

    ``region`` is the two-digit code, ``role`` one of ``sharing.ORG_ROLES``.
    Raises OrganisationExists, BadRegion, BadOrganisationRole.
    """
    if role not in ORG_ROLES:
        raise BadOrganisationRole(role=role)
    if not re.fullmatch(r"[0-9]{2}", region):
        raise BadRegion(region=region)
    with admin_session(admin_dsn) as connection:
        try:
            row = one_row(
                connection,
                "INSERT INTO arm.organisation"
                " (name, short_name, region, region_name, address, inn, phone, oktmo, role)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING org",
                (name, short_name, region, region_name, address, inn, phone, oktmo, role),
            )
        except psycopg.errors.UniqueViolation as error:
            raise OrganisationExists(name=name) from error
        scope = one_row(
            connection,
            "INSERT INTO arm.scope_head (org, title) VALUES (%s, %s) RETURNING scope",
            (row[0], short_name),
        )
        return int(scope[0])


def add_scope(admin_dsn: str, *, org: int | str, title: str) -> int:
    """Add a unit of an organisation: a scope with a feed and rights of its own.

    Nobody sees it until it is granted to them. Raises NoSuchOrganisation.
    """
    with admin_session(admin_dsn) as connection:
        row = one_row(
            connection,
            "INSERT INTO arm.scope_head (org, title) VALUES (%s, %s) RETURNING scope",
            (_organisation(connection, org), title),
        )
        return int(row[0])


def limit_idle(admin_dsn: str, *, org: int | str, minutes: int | None) -> None:
    """Lock the screens of an organisation after so many idle minutes at the latest (1 to 60); None
    leaves it to each person. Workstations learn it with their next exchange.

    Raises NoSuchOrganisation, BadIdleMinutes.
    """
    if minutes is not None and not 1 <= minutes <= 60:
        raise BadIdleMinutes(minutes=minutes)
    with admin_session(admin_dsn) as connection:
        connection.execute(
            "UPDATE arm.organisation SET idle_minutes = %s WHERE org = %s",
            (minutes, _organisation(connection, org)),
        )


def empty_tombstones(admin_dsn: str, *, days: int = TOMBSTONE_DAYS) -> int:
    """Take the content out of records that were deleted so long ago; returns how many.

    That they were, who deleted them and when stays, and so does the chain of the feed.
    """
    with admin_session(admin_dsn) as connection:
        row = one_row(
            connection,
            "SELECT arm.empty_tombstones(now() - make_interval(days => %s))",
            (days,),
        )
        connection.execute(
            "DELETE FROM arm.taken WHERE at < now() - make_interval(days => %s)", (days,)
        )
        return int(row[0])


def was_restored(admin_dsn: str) -> None:
    """Say that the database comes from a backup: every workstation reads its scopes anew and sends
    again what the centre has lost. They notice by themselves where its history differs from theirs;
    this makes them look in any case."""
    with admin_session(admin_dsn) as connection:
        connection.execute("UPDATE arm.centre SET feed_epoch = gen_random_uuid()")


def add_person(
    admin_dsn: str, *, login: str, full_name: str, role: str, org: int | str, password: str
) -> None:
    """Give a person a login of their own that reads and writes the organisation's records.

    ``org`` is a scope of the organisation (what :func:`add_org` returned), its name or short name.
    The password leaves this process only as a SCRAM verifier.
    Raises BadLogin, LoginTaken, NoSuchOrganisation.
    """
    if not LOGIN.fullmatch(login) or RESERVED.fullmatch(login):
        raise BadLogin(login=login)
    with admin_session(admin_dsn) as connection:
        number = _organisation(connection, org)
        home = one_row(
            connection, "SELECT min(scope) FROM arm.scope_head WHERE org = %s", (number,)
        )[0]
        if connection.execute(
            "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", (login,)
        ).fetchone():
            raise LoginTaken(login=login)
        connection.execute(
            sql.SQL(
                "CREATE ROLE {} LOGIN CONNECTION LIMIT {} PASSWORD {} IN ROLE arm_person"
            ).format(
                sql.Identifier(login),
                sql.Literal(CONNECTIONS_OF_A_PERSON),
                sql.Literal(_verifier(connection, login, password)),
            )
        )
        connection.execute(
            "INSERT INTO arm.account (rolname, org, full_name, role, home_scope)"
            " VALUES (%s, %s, %s, %s, %s)",
            (login, number, full_name, role, home),
        )
        connection.execute("INSERT INTO arm.grants (rolname, scope) VALUES (%s, %s)", (login, home))


def grant(admin_dsn: str, login: str, scope: int, *, can_write: bool = True) -> None:
    """Let a person see a scope, and write to it; repeats change ``can_write``.

    Raises NoSuchPerson.
    """
    with admin_session(admin_dsn) as connection:
        _account(connection, login)
        connection.execute(
            "INSERT INTO arm.grants (rolname, scope, can_write) VALUES (%s, %s, %s)"
            " ON CONFLICT (rolname, scope) DO UPDATE SET can_write = excluded.can_write",
            (login, scope, can_write),
        )


def revoke(admin_dsn: str, login: str, scope: int) -> None:
    """Close a scope to a person. What they typed offline is kept at the centre as rejected."""
    with admin_session(admin_dsn) as connection:
        _account(connection, login)
        connection.execute(
            "DELETE FROM arm.grants WHERE rolname = %s AND scope = %s", (login, scope)
        )


def set_password(admin_dsn: str, login: str, password: str, *, temporary: bool = False) -> None:
    """A new password for a person; nothing is exchanged under a ``temporary`` one until the
    person has replaced it. Raises NoSuchPerson."""
    with admin_session(admin_dsn) as connection:
        _account(connection, login)
        connection.execute(
            "UPDATE arm.account SET must_change = %s WHERE rolname = %s AND must_change <> %s",
            (temporary, login, temporary),
        )
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                sql.Identifier(login), sql.Literal(_verifier(connection, login, password))
            )
        )


def switch_off(admin_dsn: str, login: str) -> None:
    """A person has left: no more login; their name stays in history. Raises NoSuchPerson."""
    with admin_session(admin_dsn) as connection:
        _account(connection, login)
        connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(login)))
        connection.execute("UPDATE arm.account SET active = false WHERE rolname = %s", (login,))
        connection.execute("DELETE FROM arm.grants WHERE rolname = %s", (login,))
    _hang_up(admin_dsn, login)


def lock(admin_dsn: str, login: str) -> None:
    """Shut a person out until :func:`unlock`: no login, open connections end. What they typed
    stays on their workstation and goes out afterwards. Raises NoSuchPerson."""
    with admin_session(admin_dsn) as connection:
        _account(connection, login)
        connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(login)))
        connection.execute(
            "UPDATE arm.account SET locked_until = 'infinity' WHERE rolname = %s", (login,)
        )
    _hang_up(admin_dsn, login)


def unlock(admin_dsn: str, login: str) -> None:
    """Let a locked person in again. Raises NoSuchPerson; who has left stays outside."""
    with admin_session(admin_dsn) as connection:
        _account(connection, login)
        connection.execute(
            "UPDATE arm.account SET locked_until = NULL WHERE rolname = %s", (login,)
        )
        if one_row(connection, "SELECT active FROM arm.account WHERE rolname = %s", (login,))[0]:
            connection.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(login)))


@dataclass(frozen=True)
class WorkstationStatus:
    """One workstation as the administrator sees it. Instants are UTC, ISO 8601."""

    client: str
    org: str
    number: int
    registered_by: str
    last_login: str
    seen_at: str
    revoked_at: str | None
    why: str | None


def workstations(admin_dsn: str) -> tuple[WorkstationStatus, ...]:
    """Every workstation the centre knows, the one seen last first."""
    with admin_session(admin_dsn) as connection:
        rows = connection.execute(
            "SELECT client, o.short_name, number, rolname::text, last_rolname::text,"
            " arm.instant(seen_at), arm.instant(revoked_at), revoked_why"
            " FROM arm.client JOIN arm.organisation o USING (org) ORDER BY seen_at DESC"
        ).fetchall()
    return tuple(WorkstationStatus(*row) for row in rows)


def revoke_workstation(
    admin_dsn: str, client: str, why: str = "", *, switch_off_logins: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Shut a lost workstation out for good; on its next greeting it puts its unsent work aside and
    forgets its keys. Exchange files that it signs are refused, and new ones are not written for it
    to read. Returns the logins seen on it that are still open: whoever has the computer
    may know their passwords, so they should get new ones, or be switched off here.

    Raises NoSuchWorkstation, NoSuchPerson.
    """
    with admin_session(admin_dsn) as connection:
        row = connection.execute(
            "UPDATE arm.client SET revoked_at = coalesce(revoked_at, now()), revoked_why = %s"
            " WHERE client = %s RETURNING rolname::text, last_rolname::text",
            (why, client),
        ).fetchone()
        if row is None:
            raise NoSuchWorkstation(client=client)
        connection.execute(
            "UPDATE arm.package_key SET revoked_at = now()"
            " WHERE client = %s AND revoked_at IS NULL",
            (client,),
        )
        authors = connection.execute(
            "SELECT DISTINCT actor::text FROM arm.change WHERE client = %s", (client,)
        ).fetchall()
    for login in switch_off_logins:
        switch_off(admin_dsn, login)
    seen = {*row, *(actor for (actor,) in authors)}
    for login in seen:
        _hang_up(admin_dsn, login)  # an exchange under way goes on under the old greeting otherwise
    with admin_session(admin_dsn) as connection:
        open_ = connection.execute(
            "SELECT rolname::text FROM arm.account WHERE active AND rolname = ANY (%s::text[])"
            " ORDER BY 1",
            (sorted(seen),),
        ).fetchall()
    return tuple(login for (login,) in open_)


def _hang_up(admin_dsn: str, login: str) -> None:
    """End the login's connections: the right to log in is asked only when one begins."""
    with admin_session(admin_dsn) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (login,)
        )


def sweep_files(admin_dsn: str) -> int:
    """Drop files that no record can lead to any more; returns how many."""
    with admin_session(admin_dsn) as connection:
        return int(one_row(connection, "SELECT arm.sweep_blobs()")[0])


def status(admin_dsn: str) -> CentralStatus:
    """What the centre holds, in numbers. Raises CentreNotReady and as :func:`provision`."""
    with admin_session(admin_dsn) as connection:
        rows = connection.execute(
            "SELECT o.org, o.name, o.short_name, o.role, o.region, min(h.scope),"
            " ARRAY(SELECT rolname::text FROM arm.account a WHERE a.org = o.org AND active"
            "       ORDER BY rolname),"
            " (SELECT count(*) FROM arm.client c WHERE c.org = o.org),"
            " (SELECT count(*) FROM arm.doc d WHERE d.scope = ANY (array_agg(h.scope))"
            "       AND NOT deleted),"
            " sum(h.seq)::bigint,"
            " (SELECT count(*) FROM arm.conflict f WHERE f.scope = ANY (array_agg(h.scope))"
            "       AND state = 'open')"
            " FROM arm.organisation o JOIN arm.scope_head h USING (org)"
            " GROUP BY o.org ORDER BY o.org"
        ).fetchall()
        one = one_row(
            connection,
            "SELECT current_setting('server_version'), current_setting('ssl') = 'on',"
            " pg_database_size(current_database()), (SELECT count(*) FROM arm.rejected)",
        )
        return CentralStatus(
            postgres=str(one[0]),
            revision=revision(connection),
            tls=bool(one[1]),
            size_bytes=int(one[2]),
            rejected=int(one[3]),
            organisations=tuple(
                OrganisationStatus(
                    org=row[0],
                    name=row[1],
                    short_name=row[2],
                    role=row[3],
                    region=row[4],
                    scope=row[5],
                    people=tuple(row[6]),
                    workstations=row[7],
                    documents=row[8],
                    feed=row[9],
                    open_conflicts=row[10],
                )
                for row in rows
            ),
        )


def _verifier(connection: Connection, login: str, password: str) -> str:
    """The password as PostgreSQL keeps it, so that the clear one reaches neither wire nor log."""
    return connection.pgconn.encrypt_password(
        password.encode(), login.encode(), b"scram-sha-256"
    ).decode()


def _organisation(connection: Connection, org: int | str) -> int:
    row = connection.execute(
        "SELECT org FROM arm.organisation JOIN arm.scope_head USING (org)"
        " WHERE name = %s OR short_name = %s OR scope::text = %s ORDER BY org LIMIT 1",
        (str(org), str(org), str(org)),
    ).fetchone()
    if row is None:
        raise NoSuchOrganisation(organisation=org)
    return int(row[0])


def _account(connection: Connection, login: str) -> None:
    if not connection.execute("SELECT 1 FROM arm.account WHERE rolname = %s", (login,)).fetchone():
        raise NoSuchPerson(login=login)
