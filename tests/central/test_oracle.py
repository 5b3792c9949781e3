"""Nobody learns what is not theirs, whatever way they ask; ``ARM_TORTURE`` chooses how often."""

from __future__ import annotations

import os

import psycopg
import pytest
from torture.oracle import NoModel, Oracle
from torture.sizes import size

from arm.central.embedded import EmbeddedCentral


def test_no_query_of_any_way_tells_what_is_not_for_its_asker(centre: EmbeddedCentral) -> None:
    seed = int(os.environ.get("ARM_SEED", "20260714"))
    print(f"ARM_SEED={seed}")
    verdict = Oracle(centre, seed).run(size().oracle_queries)
    print(verdict)
    assert verdict.sound, f"ARM_SEED={seed}\n{verdict}"
    assert verdict.queries == size().oracle_queries
    assert verdict.secrets > verdict.queries // 4  # people did read what is theirs


def test_a_table_or_function_without_a_model_is_refused(centre: EmbeddedCentral) -> None:
    with psycopg.connect(centre.admin_dsn(), autocommit=True) as admin:
        for made, dropped in (
            (
                "CREATE TABLE arm.newcomer (a int); GRANT SELECT ON arm.newcomer TO arm_person",
                "DROP TABLE arm.newcomer",
            ),
            (
                "CREATE FUNCTION sync_v1.newcomer() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "DROP FUNCTION sync_v1.newcomer()",
            ),
        ):
            admin.execute(made)
            try:
                with pytest.raises(NoModel, match="newcomer"):
                    Oracle(centre, 7_000 + len(made), organisations=1).run(1)
            finally:
                admin.execute(dropped)
