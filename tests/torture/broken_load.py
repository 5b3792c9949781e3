"""A first load that is killed again and again must end as one that nobody disturbed.

The workstation is the product's: pages by COPY, rows computed in a second process, lists, terms
and the search index. After the last kill it is left alone; then every row of its file is compared
with those of a workstation of the same office that loaded in one go.
"""

from __future__ import annotations

import hashlib
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from centre_parts import KEY, PASSWORD
from nursery import Nursery, kill
from sync.workstation_process import open_workstation

from arm.casework.demonstration import people
from arm.central.bulk import copy_documents
from arm.central.embedded import EmbeddedCentral
from arm.model import kinds
from arm.store import tables
from arm.store.database import open_database
from torture.stage import Stage

PATIENCE_SECONDS = 600.0
"""So long one life may go without bringing anything."""
DERIVED = {"listing": "rowid", "due": "id", "search_person": "rowid"}
"""Tables made of the records, and the column that only says in which order rows came."""


@dataclass
class Outcome:
    """``differ``: tables that are not the same; ``failures``: what a process died of."""

    records: int = 0
    kills: int = 0
    amid_pages: int = 0
    seconds: float = 0.0
    differ: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.differ and not self.failures and self.amid_pages > 0

    def __str__(self) -> str:
        return (
            f"{self.records:,} records, {self.kills} kills, {self.amid_pages} of them between the"
            f" first page and the last, {self.seconds:.1f} s; differ: {self.differ or 'nothing'}"
            + "".join(f"\n{told}" for told in self.failures)
        )


@dataclass(frozen=True)
class Plan:
    """``page``: records a page."""

    seed: int
    persons: int
    kills: int
    page: int = 5_000


def break_first_load(centre: EmbeddedCentral, folder: Path, empty: Path, plan: Plan) -> Outcome:
    """Load people into a workstation that is killed meanwhile."""
    stage = Stage.build(centre, people=2)
    (scope,) = stage.fresh_scopes(1)
    stage.close()
    invented = people(plan.persons, plan.seed, date(2026, 7, 14), "77", 9, list(stage.logins))
    with psycopg.connect(centre.admin_dsn()) as admin:
        records = copy_documents(admin, scope, invented)
    with psycopg.connect(centre.admin_dsn(), autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE arm.doc")
    broken, whole = (
        _order(centre, folder / login, empty, login, scope, plan.page) for login in stage.logins[:2]
    )
    outcome = Outcome(records)
    began = time.monotonic()
    with Nursery(Path(__file__).parents[1] / "sync/workstation_process.py") as nursery:
        _live_and_die(nursery, broken, random.Random(plan.seed), plan.kills, outcome)
    outcome.seconds = time.monotonic() - began
    digests = [_loaded_and_digested(order) for order in (broken, whole)]
    outcome.differ = [name for name, digest in digests[0].items() if digests[1][name] != digest]
    return outcome


def _order(
    centre: EmbeddedCentral, folder: Path, empty: Path, login: str, scope: int, page: int
) -> dict[str, Any]:
    folder.mkdir(parents=True)
    shutil.copy(empty, folder / "records.db")
    return {
        "folder": str(folder), "login": login, "scope": scope, "host": centre.host,
        "port": centre.port, "dbname": centre.database, "password": PASSWORD, "run": login,
        "filling": True, "lists": True, "engine": {"page_size": page},
    }  # fmt: skip


def _live_and_die(
    nursery: Nursery, order: dict[str, Any], chance: random.Random, kills: int, outcome: Outcome
) -> None:
    """Lives long enough to bring, on the average, their share of the whole."""
    share = outcome.records / (kills + 1)
    for _ in range(kills):
        process = nursery.start(order)
        before, _ = _progress(order)
        enough, patience = chance.uniform(0, 2) * share, time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < patience:
            loaded, state = _progress(order)
            if loaded - before >= enough or state == "complete":
                break
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.3))
        kill(process)
        outcome.kills += 1
        loaded, state = _progress(order)
        outcome.amid_pages += state == "under way" and loaded > 0
        told = Path(order["folder"]) / "failure.txt"
        if told.exists():
            outcome.failures.append(told.read_text("utf-8"))
            return


def _progress(order: dict[str, Any]) -> tuple[int, str]:
    """Records that have come so far, and «not begun», «under way» or «complete»."""
    engine = open_database(Path(order["folder"]) / "records.db", KEY)
    with engine.connect() as connection:
        loaded, begun = connection.exec_driver_sql(
            "SELECT (SELECT sum(loaded) FROM hydrate WHERE after_id NOT LIKE '~%'),"
            " EXISTS (SELECT 1 FROM cursor)"
        ).one()
    engine.dispose()
    if loaded is not None:
        return loaded, "under way"
    return 0, "complete" if begun else "not begun"


def _loaded_and_digested(order: dict[str, Any]) -> dict[str, str]:
    """End the load, and tell each table by a hash of its rows."""
    store, engine = open_workstation(order)
    engine.exchange()
    engine.close()
    with store.read() as session:
        raw: Any = session.connection().connection.driver_connection
        digests = {name: _digest(rows) for name, rows in _tables(raw)}
        digests["integrity"] = str(raw.execute("PRAGMA integrity_check").fetchall())
    store.engine.dispose()
    return digests


def _tables(raw: Any) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    for cls in kinds().values():
        name = cls.__tablename__
        yield name, raw.execute(f"SELECT * FROM {name} ORDER BY id")
    for name, place in DERIVED.items():
        table = tables.local.tables.get(name)
        columns = [row[1] for row in raw.execute(f"PRAGMA table_info({name})")]
        assert table is None or set(columns) == {column.name for column in table.columns}
        wanted = ", ".join(column for column in columns if column != place)
        yield name, raw.execute(f"SELECT {wanted} FROM {name} ORDER BY {wanted}")
    # what people find: all words of the index with how often each stands there
    for name in ("search_words", "search_fragments"):
        raw.execute(f"CREATE VIRTUAL TABLE temp.told_{name} USING fts5vocab(main, {name}, row)")
        yield name, raw.execute(f"SELECT term, doc, cnt FROM temp.told_{name} ORDER BY term")


def _digest(rows: Iterator[tuple[Any, ...]]) -> str:
    found, count = hashlib.sha256(), 0
    for row in rows:
        found.update(repr(row).encode())
        count += 1
    return f"{count} rows {found.hexdigest()[:16]}"
