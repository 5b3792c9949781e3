"""Scans to the centre and back, against the bare driver moving the same bytes in like pieces."""

from __future__ import annotations

import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from arm import joining
from arm.casework.editing import attach_file
from arm.casework.files import fetch_file
from arm.central.admin import add_org, add_person, provision
from arm.central.embedded import EmbeddedCentral
from arm.model import Person
from arm.places import Home
from arm.profile import Centre
from arm.sync.engine import SyncEngine
from arm.sync.files import PIECE
from arm.workstation import Workstation, open_workstation
from bench.line import Line, higher_is_better

MEGABYTES = 48
SCANS = 60
SMALL = 300_000
"""Small ones, as scanners make them."""
LOGIN, PASSWORD = "bench", "северное-сияние-7"


def run() -> list[Line]:
    """Megabytes a second of one big file, and scans a second of small ones."""
    with TemporaryDirectory(prefix="okno-bench-") as folder:
        root = Path(folder)
        with EmbeddedCentral(root / "central") as running:
            centre = Centre(running.host, running.port, running.database)
            dsn = running.admin_dsn()
            provision(dsn)
            org = add_org(dsn, name="Замеры", short_name="Замеры", region="77")
            add_person(
                dsn,
                login=LOGIN,
                full_name="Замер",
                role="center_specialist",
                org=org,
                password=PASSWORD,
            )
            bare_up, bare_down, bare_small = _bare(dsn)
            up, ids = _send(_open(root / "first", centre))
            small = _send_small(_open(root / "first", centre, join=False))
            down = _fetch(_open(root / "second", centre), ids)
    return [
        higher_is_better("файл в центр", up, "МБ/с", "голый драйвер", bare_up),
        higher_is_better("файл из центра", down, "МБ/с", "голый драйвер", bare_down),
        higher_is_better("сканы по 300 КБ в центр", small, "шт/с", "голый драйвер", bare_small),
    ]


def _open(root: Path, centre: Centre, *, join: bool = True) -> Workstation:
    there = Home(root)
    if join:
        joining.join(there, centre, LOGIN, PASSWORD)
    return open_workstation(there, LOGIN, PASSWORD)


def _engine(here: Workstation) -> SyncEngine:
    if here.sync is None:
        raise RuntimeError("the workstation has no centre")
    return here.sync


def _bare(dsn: str) -> tuple[float, float, float]:
    piece = random.Random(1).randbytes(PIECE)
    with psycopg.connect(dsn, autocommit=True) as line:
        line.execute("CREATE TABLE public.bare (n int PRIMARY KEY, data bytea STORAGE EXTERNAL)")
        started = time.perf_counter()
        for n in range(MEGABYTES):
            line.execute("INSERT INTO public.bare VALUES (%s, %b)", (n, piece))
        up = MEGABYTES / (time.perf_counter() - started)
        started = time.perf_counter()
        with line.cursor(binary=True) as cursor:
            for n in range(MEGABYTES):
                cursor.execute("SELECT data FROM public.bare WHERE n = %s", (n,)).fetchone()
        down = MEGABYTES / (time.perf_counter() - started)
        started = time.perf_counter()
        for n in range(SCANS):
            line.execute("INSERT INTO public.bare VALUES (%s, %b)", (MEGABYTES + n, piece[:SMALL]))
        small = SCANS / (time.perf_counter() - started)
        line.execute("DROP TABLE public.bare")
    return up, down, small


def _send(here: Workstation) -> tuple[float, list[str]]:
    with here:
        _engine(here).exchange()
        with here.store.write("Замер") as session:
            session.add(Person(id="bench-person", surname="Замеров"))
        content = random.Random(2).randbytes(MEGABYTES * PIECE)
        record = attach_file(here.store, "bench-person", "contract", "большой.pdf", content)
        started = time.perf_counter()
        _engine(here).files.exchange()
        took = time.perf_counter() - started
        _engine(here).exchange()
        return MEGABYTES / took, [record]


def _send_small(here: Workstation) -> float:
    with here:
        for number in range(SCANS):
            content = random.Random(100 + number).randbytes(SMALL)
            attach_file(here.store, "bench-person", "contract", f"скан-{number}.jpg", content)
        started = time.perf_counter()
        sent = _engine(here).files.exchange().sent
        return sent / (time.perf_counter() - started)


def _fetch(here: Workstation, ids: list[str]) -> float:
    with here:
        _engine(here).exchange()
        for record in ids:
            fetch_file(here.store, record)
        started = time.perf_counter()
        _engine(here).files.exchange()
        return MEGABYTES / (time.perf_counter() - started)
