"""First load of a whole office into a new workstation, against the raw COPY of the same rows."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from arm import joining
from arm.central.connect import connect
from arm.central.embedded import EmbeddedCentral
from arm.demonstration import PEOPLE
from arm.password_file import DEMONSTRATION_PASSWORD
from arm.places import Home
from arm.profile import Centre
from arm.workstation import open_workstation
from bench.line import Line, higher_is_better
from bench.stage import home


def _raw_copy(centre: Centre) -> float:
    person = PEOPLE[1]
    with connect(
        centre.host, centre.port, centre.database, person.login, DEMONSTRATION_PASSWORD
    ) as connection:
        counted = 0
        started = time.perf_counter()
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY (SELECT id, kind, body, fver, ver FROM arm.doc) TO STDOUT") as out,
        ):
            for row in out.rows():
                counted += bool(row)
        return counted / (time.perf_counter() - started)


def run() -> list[Line]:
    """Documents per second, search index and derived rows included."""
    central = EmbeddedCentral(home().central).start()
    centre = Centre(central.host, central.port, central.database)
    raw = _raw_copy(centre)
    person = PEOPLE[1]
    with TemporaryDirectory() as folder:
        fresh = Home(Path(folder))
        joining.join(fresh, centre, person.login, DEMONSTRATION_PASSWORD)
        with open_workstation(fresh, person.login, DEMONSTRATION_PASSWORD) as here:
            if here.sync is None:
                raise RuntimeError("the workstation has no centre")
            started = time.perf_counter()
            loaded = here.sync.exchange().loaded
            ours = loaded / (time.perf_counter() - started)
    return [higher_is_better("первая загрузка", ours, "зап./с", "чистый COPY", raw)]
