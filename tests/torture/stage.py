"""Where all this happens: one organisation of a real centre, and scopes made anew for each play."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import psycopg
from centre_parts import Organisation, make_organisation

from arm.central.admin import grant, revoke
from arm.central.embedded import EmbeddedCentral

PLAYS_A_REGION = 1_000
"""A region numbers at most 8,999 workstations, and every play makes some new ones."""


@dataclass
class Stage:
    """``admin`` is the administrator's own line, in autocommit: the checker's eyes."""

    centre: EmbeddedCentral
    organisation: Organisation
    admin: psycopg.Connection[Any]
    plays: itertools.count[int]

    @classmethod
    def build(cls, centre: EmbeddedCentral, people: int) -> Stage:
        """An organisation of its own in a provisioned centre."""
        organisation = make_organisation(centre, people=people)
        admin = psycopg.connect(centre.admin_dsn(), autocommit=True)
        admin.execute("UPDATE arm.centre SET workstations_a_day = 1000000")  # plays make many
        return cls(centre, organisation, admin, itertools.count())

    @property
    def logins(self) -> tuple[str, ...]:
        return self.organisation.logins

    def fresh_scopes(self, count: int) -> tuple[int, ...]:
        """New empty scopes of the organisation, which its people see and write from now on; what
        was before is nobody's any more."""
        turn = next(self.plays)
        self._number_in_a_region_with_room(turn)
        scopes = tuple(
            self.admin.execute(
                "INSERT INTO arm.scope_head (org, title) SELECT org, %s FROM arm.scope_head"
                " WHERE scope = %s RETURNING scope",
                (f"Отдел {turn}-{place}", self.organisation.scope),
            ).fetchall()[0][0]
            for place in range(count)
        )
        logins = list(self.logins)
        self.admin.execute("DELETE FROM arm.grants WHERE rolname = ANY (%s)", (logins,))
        self.admin.execute(
            "UPDATE arm.account SET home_scope = %s WHERE rolname = ANY (%s)", (scopes[0], logins)
        )
        for login in logins:
            for scope in scopes:
                self.admin.execute(
                    "INSERT INTO arm.grants (rolname, scope) VALUES (%s, %s)", (login, scope)
                )
        return scopes

    def _number_in_a_region_with_room(self, turn: int) -> None:
        if turn % PLAYS_A_REGION == 0:
            self.admin.execute(
                "UPDATE arm.organisation SET region = %s WHERE org ="
                " (SELECT org FROM arm.scope_head WHERE scope = %s)",
                (f"{10 + turn // PLAYS_A_REGION:02}", self.organisation.scope),
            )

    def set_grant(self, login: str, scope: int, right: str) -> None:
        """``right`` is "", "r" or "w"; through the product's own administration."""
        dsn = self.centre.admin_dsn()
        if right:
            grant(dsn, login, scope, can_write=right == "w")
        else:
            revoke(dsn, login, scope)

    def close(self) -> None:
        self.admin.close()
