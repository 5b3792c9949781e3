"""Who a login is at the centre: asked by a person's own connection, when a workstation joins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import psycopg

from arm.central.errors import NoSuchPerson
from arm.centre_errors import CentreNotReady
from arm.model import Office


@dataclass(frozen=True)
class Membership:
    """A person's account, their organisation, and everybody in it."""

    login: str
    full_name: str
    role: str
    scope: int
    """Home scope: where new records go."""
    office: Office
    people: dict[str, str]
    """Login → full name, the person included, those who left too."""


def membership(connection: psycopg.Connection[Any]) -> Membership:
    """The account of the connected person.

    Raises NoSuchPerson for a login without an account, CentreNotReady for another database.
    """
    try:
        row = connection.execute("SELECT sync_v1.whoami()").fetchone()
    except (
        psycopg.errors.UndefinedFunction,
        psycopg.errors.InvalidSchemaName,
        psycopg.errors.InsufficientPrivilege,
    ) as error:
        raise CentreNotReady() from error
    said: Mapping[str, Any] | None = row[0] if row else None
    if said is None or said["account"] is None:
        raise NoSuchPerson(login=connection.info.user)
    account = said["account"]
    return Membership(
        login=account["rolname"],
        full_name=account["full_name"],
        role=account["role"],
        scope=account["home_scope"],
        office=office_from(said["office"]),
        people={one["login"]: one["full_name"] for one in said["colleagues"]},
    )


def office_from(said: Mapping[str, Any]) -> Office:
    """The organisation as the model knows it."""
    return Office(**{one.name: said[one.name] for one in fields(Office)})
