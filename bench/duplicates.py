"""Finding the other cards of one person among many: keys against comparing with everybody.

``BENCH_DUPLICATE_PERSONS`` sets how many people there are (150,000).
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from arm.access.keys import new_key
from arm.casework.demonstration import people
from arm.casework.match_keys import keys
from arm.casework.matching import Card, compare
from arm.store import match_index
from arm.store.database import create_database, writing
from bench.line import Line, lower_is_better, percentile
from bench.search import PAGE, PERSONS

DAY = date(2026, 11, 24)

COUNT = int(os.environ.get("BENCH_DUPLICATE_PERSONS", str(PERSONS)))
ASKED = 400
NAIVE = 5


def cards(n: int) -> Iterator[Card]:
    """Cards of ``n`` invented people with their passports."""
    person: dict[str, Any] = {}
    documents: list[tuple[str, str]] = []
    from_body = (
        "surname", "given", "patronymic", "surname_latin", "given_latin", "patronymic_latin",
        "birth_date", "sex", "citizenship", "inn", "phone",
    )  # fmt: skip
    for kind, _, body in people(n, 7, DAY, "63", 9, ("orlova", "lapin")):
        if kind == "person":
            if person:
                yield Card(documents=tuple(documents), **person)
            person, documents = {name: body.get(name) or "" for name in from_body}, []
        elif kind == "identity_document":
            documents.append((body.get("country", ""), f"{body.get('series', '')}{body['number']}"))
    yield Card(documents=tuple(documents), **person)


def run() -> list[Line]:
    """Milliseconds to look one person up and compare, and how many cards were compared."""
    known = list(cards(COUNT))
    with TemporaryDirectory() as folder:
        engine = create_database(Path(folder) / "duplicates.db", new_key())
        rows = sorted((key, rowid) for rowid, card in enumerate(known, 1) for key in keys(card))
        with Session(writing(engine)) as session:
            driver: Any = session.connection().connection.driver_connection
            for start in range(0, len(rows), PAGE * 4):
                match_index.add_keys(driver, rows[start : start + PAGE * 4])
            session.commit()
        asked = known[:: max(1, len(known) // ASKED)]
        spent, near = array("d"), array("q")
        with Session(engine) as session:
            driver = session.connection().connection.driver_connection
            for card in asked:
                started = time.perf_counter()
                found = match_index.sharing(driver, keys(card))
                for rowid in found:
                    compare(card, known[rowid - 1])
                spent.append((time.perf_counter() - started) * 1_000)
                near.append(len(found))
        engine.dispose()
    naive = []
    for card in asked[:NAIVE]:
        started = time.perf_counter()
        for other in known:
            compare(card, other)
        naive.append((time.perf_counter() - started) * 1_000)
    many = f"{COUNT:,}".replace(",", " ")
    everybody = "compared with everybody"
    return [
        lower_is_better(
            f"duplicates, one person among {many}, p50", percentile(spent, 50), "ms",
            everybody, percentile(naive, 50),
        ),
        lower_is_better(
            f"duplicates, one person among {many}, p95", percentile(spent, 95), "ms",
            everybody, percentile(naive, 95),
        ),
        lower_is_better(
            f"duplicates, cards compared for one person among {many}, p50",
            percentile(near, 50), "cards", everybody, COUNT,
        ),
    ]  # fmt: skip
