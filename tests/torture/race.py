"""The cursor race: writers commit in another order than they began, a reader goes by its cursor.

Each writer appends a few entries, waits a random moment, and commits or rolls back; the reader
pulls with its cursor as every workstation does. What was committed and never seen is missed. The
same race is run over a ``bigserial`` cursor, the one that everybody writes first: if that misses
nothing, the race was no race.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from centre_parts import line_to

from torture.stage import Stage

WRITERS = 16
SCOPES = 8
PAGE = 500
ROLLED_BACK = 0.1
LONGEST_WAIT = 0.004

_SETTING = f"""
DROP SCHEMA IF EXISTS race CASCADE;
CREATE SCHEMA race;
CREATE TABLE race.serial (n bigserial PRIMARY KEY, token bigint NOT NULL);
CREATE TABLE race.committed (token bigint NOT NULL);
CREATE SEQUENCE race.tokens;

CREATE PROCEDURE race.write(p_cursor text, p_scopes int[], p_changes int, p_each int)
LANGUAGE plpgsql AS $$
DECLARE
    v_left  int := p_changes;
    v_now   int;
    v_token bigint;
    v_scope int;
BEGIN
    WHILE v_left > 0 LOOP
        v_scope := p_scopes[1 + floor(random() * cardinality(p_scopes))::int];
        v_now := least(v_left, 1 + floor(random() * 2 * p_each)::int);
        FOR i IN 1 .. v_now LOOP
            v_token := nextval('race.tokens');
            IF p_cursor = 'bigserial' THEN
                INSERT INTO race.serial (token) VALUES (v_token);
            ELSE
                PERFORM arm.append_change(v_scope, 'race', 'race', 'S', 1,
                    jsonb_build_object('t', v_token), 'race', NULL, NULL, NULL);
            END IF;
            INSERT INTO race.committed VALUES (v_token);
        END LOOP;
        PERFORM pg_sleep(random() * {LONGEST_WAIT});
        IF random() < {ROLLED_BACK} THEN
            ROLLBACK;
        ELSE
            COMMIT;
            v_left := v_left - v_now;
        END IF;
    END LOOP;
END
$$;
"""


@dataclass
class Raced:
    """``missed``: committed and never seen. ``gaps``: numbers that did not follow their
    forerunner. ``behind``: the most that was committed and not yet seen at a reader's step."""

    cursor: str
    committed: int = 0
    missed: int = 0
    twice: int = 0
    gaps: int = 0
    seconds: float = 0.0
    steps: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        share = 100 * self.missed / max(self.committed, 1)
        return (
            f"{self.cursor:<10} {self.committed:>9,} committed, {self.missed:>7,} missed"
            f" ({share:.2f} %), {self.twice} twice, {self.gaps} gaps,"
            f" {self.committed / max(self.seconds, 0.001):,.0f}/s"
        )


class Reader:
    """Goes by cursor; a page after another."""

    def __init__(
        self, raced: Raced, line: psycopg.Connection[Any], scopes: tuple[int, ...]
    ) -> None:
        self.raced = raced
        self.line = line
        self.cursors = dict.fromkeys(scopes, 0)
        self.seen: set[int] = set()

    def step(self) -> int:
        """One page; returns how long it was."""
        self.raced.steps += 1
        tokens = self._serial() if self.raced.cursor == "bigserial" else self._feed()
        before = len(self.seen)
        self.seen.update(tokens)
        self.raced.twice += len(tokens) - (len(self.seen) - before)
        return len(tokens)

    def _serial(self) -> list[int]:
        (scope,) = self.cursors
        rows = self.line.execute(
            "SELECT n, token FROM race.serial WHERE n > %s ORDER BY n LIMIT %s",
            (self.cursors[scope], PAGE),
        ).fetchall()
        if rows:
            self.cursors[scope] = rows[-1][0]
        return [token for _, token in rows]

    def _feed(self) -> list[int]:
        row = self.line.execute(
            "SELECT sync_v1.pull(1, %s::int[], %s::bigint[], %s)",
            (list(self.cursors), list(self.cursors.values()), PAGE),
        ).fetchone()
        assert row is not None
        tokens = []
        for change in row[0]["changes"]:
            if change["seq"] != self.cursors[change["scope"]] + 1:
                self.raced.gaps += 1
            self.cursors[change["scope"]] = change["seq"]
            tokens.append(json.loads(change["delta"])["t"])
        return tokens


@contextmanager
def _at_work(
    stage: Stage, cursor: str, scopes: tuple[int, ...], changes: int, each: int
) -> Iterator[tuple[list[threading.Thread], list[str]]]:
    failures: list[str] = []

    def write(share: int) -> None:
        try:
            with psycopg.connect(stage.centre.admin_dsn(), autocommit=True) as line:
                line.execute("CALL race.write(%s, %s, %s, %s)", (cursor, list(scopes), share, each))
        except psycopg.Error as error:
            failures.append(str(error))

    threads = [
        threading.Thread(target=write, args=(changes // WRITERS,), daemon=True)
        for _ in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    yield threads, failures
    for thread in threads:
        thread.join()


def race(stage: Stage, changes: int, cursor: str = "locked", each: int = 4) -> Raced:
    """So many committed changes by sixteen writers at once, about ``each`` in a transaction.

    ``cursor`` is "locked" (the product's: ``arm.append_change`` and ``sync_v1.pull``) or
    "bigserial".
    """
    raced = Raced(cursor)
    scopes = stage.fresh_scopes(SCOPES)
    stage.admin.execute(_SETTING)
    login = stage.logins[0]
    reading = line_to(stage.organisation, login) if cursor == "locked" else stage.admin
    reader = Reader(raced, reading, scopes if cursor == "locked" else scopes[:1])
    began = time.monotonic()
    with _at_work(stage, cursor, scopes, changes, each) as (threads, failures):
        while any(thread.is_alive() for thread in threads):
            if not reader.step():
                time.sleep(0.001)
    raced.seconds = time.monotonic() - began
    while reader.step():
        pass
    raced.failures += failures
    committed = {row[0] for row in stage.admin.execute("SELECT token FROM race.committed")}
    raced.committed, raced.missed = len(committed), len(committed - reader.seen)
    raced.gaps += len(reader.seen - committed)
    stage.admin.execute("DROP SCHEMA race CASCADE")
    if reading is not stage.admin:
        reading.close()
    return raced
