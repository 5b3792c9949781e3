"""The SQL part of a keystroke: our index against the usual ``LIKE '%text%'`` over one column.

``entries`` and ``keystrokes`` serve the other benches and tests.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from arm.access.keys import new_key
from arm.casework.demonstration import people
from arm.model.names import fold
from arm.store.database import create_database, writing
from arm.store.search import SearchEntry, compact, index_people, search
from bench.line import Line, higher_is_better, lower_is_better, percentile

PERSONS = int(os.environ.get("BENCH_PERSONS", "150000"))
PAGE = 5_000
"""People a transaction, as in a first load."""
TARGETS = 60


def entries(n: int, seed: int = 7, on: date = date(2026, 11, 24)) -> Iterator[SearchEntry]:
    """Search entries of ``n`` invented people; row ids count from 1."""
    rowid = 0
    person: dict[str, Any] = {}
    documents: list[str] = []
    made = people(n, seed, on, "63", 9, ("orlova", "lapin"))
    for kind, record_id, body in made:
        if kind == "person":
            if person:
                rowid += 1
                yield _entry(rowid, person, documents)
            person, documents = {"id": record_id, **body}, []
        elif kind in {"identity_document", "stay_permit", "migration_card"}:
            documents.append(body.get("series", "") + body["number"])
    yield _entry(rowid + 1, person, documents)


def _entry(rowid: int, person: dict[str, Any], documents: list[str]) -> SearchEntry:
    phone = person.get("phone")
    return SearchEntry(
        rowid=rowid,
        person_id=person["id"],
        surname=person["surname"],
        given=person["given"],
        patronymic=person.get("patronymic"),
        surname_latin=person["surname_latin"],
        given_latin=person["given_latin"],
        documents=tuple(documents),
        phones=(phone,) if phone else (),
        inn=person.get("inn"),
        migrant_id=person["migrant_id"],
        birth_date=person["birth_date"],
    )


def keystrokes(known: Sequence[SearchEntry], targets: int = TARGETS, seed: int = 5) -> list[str]:
    """What a field holds after every key while ``targets`` people are looked for in turn: by
    surname, surname and name, Latin spelling, passport, end of the telephone, wrong layout."""
    rnd = random.Random(seed)
    typed: list[str] = []
    for number in range(targets):
        sought = rnd.choice(known)
        surname, given = sought.surname or "", sought.given or ""
        wanted = (
            surname,
            f"{surname} {given}",
            f"{given[:4]} {surname[:4]}",
            (sought.surname_latin or "").lower(),
            sought.documents[0],
            (sought.phones or ("+79000000000",))[0][-7:],
            surname.lower().translate(_WRONG_LAYOUT),
        )[number % 7]
        typed += [wanted[:length] for length in range(1, len(wanted) + 1)]
    return [text for text in typed if text.strip()]


_WRONG_LAYOUT = str.maketrans(
    "йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
)


def fill(engine: Engine, known: Iterable[SearchEntry]) -> float:
    """Index everybody page by page; returns the seconds it took."""
    page: list[SearchEntry] = []
    spent = 0.0
    for entry in known:
        page.append(entry)
        if len(page) == PAGE:
            spent += _write(engine, partial(_index, page))
            page.clear()
    spent += _write(engine, partial(_index, page))
    return spent + _write(engine, compact)


def _index(page: Sequence[SearchEntry], session: Session) -> None:
    index_people(session, page)


def _write(engine: Engine, work: Callable[[Session], None]) -> float:
    started = time.perf_counter()
    with Session(writing(engine)) as session:
        work(session)
        session.commit()
    return time.perf_counter() - started


def _fill_plain(engine: Engine, known: Sequence[SearchEntry]) -> float:
    """The usual way: one column of joined text, and one trigram index over it."""

    def create(session: Session) -> None:
        run = session.connection().exec_driver_sql
        run("CREATE TABLE plain (id INTEGER PRIMARY KEY, text TEXT)")
        run("CREATE VIRTUAL TABLE plain_fts USING fts5(text, tokenize='trigram')")

    def insert(rows: list[tuple[int, str]], session: Session) -> None:
        run = session.connection().exec_driver_sql
        run("INSERT INTO plain VALUES (?, ?)", rows)
        run("INSERT INTO plain_fts (rowid, text) VALUES (?, ?)", rows)

    spent = _write(engine, create)
    for start in range(0, len(known), PAGE):
        page = [(entry.rowid, _joined(entry)) for entry in known[start : start + PAGE]]
        spent += _write(engine, partial(insert, page))
    return spent


def _joined(entry: SearchEntry) -> str:
    parts = (
        entry.surname, entry.given, entry.patronymic, entry.surname_latin, entry.given_latin,
        *entry.documents, *entry.phones, entry.inn, entry.migrant_id,
    )  # fmt: skip
    return fold(" ".join(part for part in parts if part))


def _times(typed: Iterable[str], look: Callable[[str], object]) -> list[float]:
    spent = []
    for text in typed:
        started = time.perf_counter()
        look(text)
        spent.append((time.perf_counter() - started) * 1_000)
    return spent


def run() -> list[Line]:
    """Keystroke p50 and p95 in milliseconds, and people indexed a second."""
    known = list(entries(PERSONS))
    typed = keystrokes(known)
    with TemporaryDirectory() as folder:
        engine = create_database(Path(folder) / "search.db", new_key())
        ours_filled = fill(engine, known)
        plain_filled = _fill_plain(engine, known)
        with Session(engine) as session:
            connection = session.connection()
            ours = _times(typed, lambda text: search(session, text))
            plain = _times(
                typed[::9],  # every ninth key: a full scan takes its time
                lambda text: connection.exec_driver_sql(
                    "SELECT id FROM plain WHERE text LIKE ? LIMIT 500", (f"%{fold(text)}%",)
                ).fetchall(),
            )
        engine.dispose()
    people_text = f"{PERSONS:,}".replace(",", " ")
    return [
        lower_is_better(
            f"search, SQL of a keystroke, {people_text} people, p50",
            percentile(ours, 50), "ms", "LIKE '%…%'", percentile(plain, 50),
        ),
        lower_is_better(
            f"search, SQL of a keystroke, {people_text} people, p95",
            percentile(ours, 95), "ms", "LIKE '%…%'", percentile(plain, 95),
        ),
        higher_is_better(
            "search, people indexed", len(known) / ours_filled, "people/s",
            "one trigram column", len(known) / plain_filled,
        ),
    ]  # fmt: skip
