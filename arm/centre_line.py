"""The way of one workstation to its centre, whichever of the centre's servers that is today."""

from __future__ import annotations

from typing import Any

import psycopg

from arm.access.keys import KeyFile
from arm.central.connect import connect_to_any
from arm.central.embedded import EmbeddedCentral
from arm.password_change import settled
from arm.places import Home
from arm.profile import Centre
from arm.store.store import Store

KNOWN_LINE = "server_line"
"""Name, among the store's own values, of the newest timeline that this workstation has met."""


class CentreLine:
    """Call it for a connection. Who answered last is asked first; a server that was the centre
    before and has come back by itself is turned away."""

    def __init__(self, centre: Centre, home: Home, login: str, password: str, store: Store) -> None:
        self._centre = centre
        self._home = home
        self._login = login
        self._password = password
        self._store = store
        self._servers = list(centre.servers)

    def __call__(self) -> psycopg.Connection[Any]:
        """Raises as :func:`arm.central.connect.connect_to_any`."""
        if self._centre.embedded:
            self._servers = [(self._centre.host, EmbeddedCentral(self._home.central).start().port)]
        connection = settled(KeyFile(self._home.keys), self._login, self._password, self._reach)
        answered = (connection.info.host, connection.info.port)
        if answered in self._servers:
            self._servers.remove(answered)
            self._servers.insert(0, answered)
        return connection

    def use_password(self, password: str) -> None:
        """The person changed it."""
        self._password = password

    def _reach(self, password: str) -> psycopg.Connection[Any]:
        servers = tuple(self._servers)
        return connect_to_any(servers, self._centre.database, self._login, password, self._accept)

    def _accept(self, connection: psycopg.Connection[Any]) -> bool:
        """False for a server whose timeline is older than one met before. A centre restored on
        purpose has a new epoch and is taken as it is."""
        try:
            row = connection.execute("SELECT sync_v1.server_line()").fetchone()
        except psycopg.errors.UndefinedFunction:
            return True  # a centre from before there were several servers
        said: dict[str, Any] = row[0] if row else {}
        known = self._store.meta(KNOWN_LINE) or {}
        same = all(said[name] == known.get(name) for name in ("system", "epoch"))
        if same and said["timeline"] < known["timeline"]:
            return False
        if said != known:
            self._store.set_meta(KNOWN_LINE, said)
        return True
