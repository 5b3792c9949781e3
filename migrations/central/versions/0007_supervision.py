"""Refused edits and what was decided about them: numbered per organisation, for supervisors.

The refusals that are there get their numbers here, before anybody can read on from one.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    driver.execute("SET LOCAL ROLE arm_owner")
    driver.execute((SQL / "0007_supervision.sql").read_text("utf-8"))
    driver.execute("RESET ROLE")
    driver.execute(
        "UPDATE arm.rejected r SET n = counted.n FROM (SELECT client, cseq,"
        " row_number() OVER (PARTITION BY org ORDER BY at, client, cseq) AS n FROM arm.rejected)"
        " AS counted WHERE r.client = counted.client AND r.cseq = counted.cseq"
    )
    driver.execute(
        "INSERT INTO arm.supervision_head (org, n)"
        " SELECT org, max(n) FROM arm.rejected GROUP BY org"
    )
