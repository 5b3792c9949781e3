"""Bringing a PostgreSQL database to the shape of a centre.

Run by an administrator of PostgreSQL (a superuser, or a role with CREATEROLE that owns the
database). May be run again: what is there stays.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from arm.central.admin_session import Connection, admin_session, one_row, protected
from arm.central.connect import refusal
from arm.central.errors import NotEnoughRights, PostgresNotUtf8, PostgresTooOld
from arm.rights_matrix import rights_matrix

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "central"
OLDEST_POSTGRES = 150000
NEWEST = "head"


def provision(admin_dsn: str) -> str:
    """Bring the database that ``admin_dsn`` names to the newest revision; returns that revision.

    Makes the database if the server has none of that name. Raises PostgresTooOld, PostgresNotUtf8,
    NotEnoughRights, CentreUnreachable, WrongCentrePassword, TlsRequired.
    """
    admin_dsn, known = protected(admin_dsn)
    _make_database(admin_dsn, known)
    with admin_session(admin_dsn) as connection:
        _check_server(connection)
        _make_roles(connection)
        _close_to_the_public(connection)
        _tell_the_disk(connection)
    _migrate(admin_dsn)
    with admin_session(admin_dsn) as connection:
        if connection.execute("SELECT to_regclass('arm.role_right')").fetchone() != (None,):
            _write_rights(connection)
            connection.execute("SELECT arm.keep_sight(NULL)")
        return revision(connection)


def _make_database(admin_dsn: str, known: dict[str, Any]) -> None:
    name = str(known.get("dbname") or known.get("user") or "postgres")
    try:
        psycopg.connect(admin_dsn, connect_timeout=10).close()
    except psycopg.OperationalError as missing:
        try:
            connection = psycopg.connect(
                make_conninfo(admin_dsn, dbname="postgres"), autocommit=True, connect_timeout=10
            )
        except psycopg.OperationalError:
            raise refusal(
                missing, str(known.get("host", "")), str(known.get("user", ""))
            ) from missing
        with connection:
            if connection.execute(
                "SELECT 1 FROM pg_catalog.pg_database WHERE datname = %s", (name,)
            ).fetchone():
                raise refusal(
                    missing, str(known.get("host", "")), str(known.get("user", ""))
                ) from missing
            try:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                        sql.Identifier(name)
                    )
                )
            except psycopg.errors.InsufficientPrivilege as error:
                raise NotEnoughRights(why=error.diag.message_primary or "") from error


def _check_server(connection: Connection) -> None:
    if connection.info.server_version < OLDEST_POSTGRES:
        raise PostgresTooOld(found=connection.info.parameter_status("server_version"))
    encoding = one_row(connection, "SELECT current_setting('server_encoding')")[0]
    if encoding != "UTF8":
        raise PostgresNotUtf8(found=encoding)


def _make_roles(connection: Connection) -> None:
    """Roles are shared by all databases of a server, so they may be there already."""
    for role in ("arm_owner", "arm_sharer", "arm_person", "arm_admin"):
        if not connection.execute(
            "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", (role,)
        ).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    superuser = one_row(
        connection, "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
    )[0]
    if not superuser:
        # PostgreSQL 16 and later give a role's maker the right to join it, but do not join it
        connection.execute("GRANT arm_owner, arm_sharer, arm_admin TO CURRENT_USER")


def _close_to_the_public(connection: Connection) -> None:
    name = sql.Identifier(connection.info.dbname)
    for statement in (
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO arm_person").format(name),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
    ):
        connection.execute(statement)
    for schema, owner in (
        ("arm", "arm_owner"),
        ("sync_v1", "arm_owner"),
        ("share", "arm_sharer"),
    ):
        if not connection.execute(
            "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s", (schema,)
        ).fetchone():
            connection.execute(
                sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(
                    sql.Identifier(schema), sql.Identifier(owner)
                )
            )
    connection.execute("GRANT USAGE, CREATE ON SCHEMA arm TO arm_admin")


def _tell_the_disk(connection: Connection) -> None:
    """A page anywhere costs what the next one costs: true of every disk but a turning one.

    Otherwise the planner sorts a whole scope rather than read its first page in order. What an
    administrator has said for this database stays.
    """
    if not connection.execute(
        "SELECT 1 FROM pg_catalog.pg_db_role_setting s, unnest(setconfig) AS said"
        " WHERE s.setdatabase = (SELECT oid FROM pg_catalog.pg_database"
        " WHERE datname = current_database()) AND s.setrole = 0"
        " AND said LIKE 'random_page_cost=%'"
    ).fetchone():
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET random_page_cost = 1.1").format(
                sql.Identifier(connection.info.dbname)
            )
        )


def _migrate(admin_dsn: str) -> None:
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(admin_dsn, connect_timeout=10),
        poolclass=NullPool,
        hide_parameters=True,
    )
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, NEWEST)
    finally:
        engine.dispose()


def _write_rights(connection: Connection) -> None:
    """The table of rights as this program ships it, all at once."""
    wanted = set(rights_matrix().allowed)
    held = set(connection.execute("SELECT role, kind, action FROM arm.role_right").fetchall())
    rows = "SELECT * FROM unnest(%s::text[], %s::text[], %s::text[])"
    for statement, cells in (
        (f"DELETE FROM arm.role_right WHERE (role, kind, action) IN ({rows})", held - wanted),
        (f"INSERT INTO arm.role_right {rows}", wanted - held),
    ):
        if cells:
            connection.execute(
                statement.encode(), [list(part) for part in zip(*cells, strict=True)]
            )


def revision(connection: Connection) -> str:
    return str(one_row(connection, "SELECT version_num FROM arm.revision")[0])
