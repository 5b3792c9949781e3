"""Organisations among each other: registry of Migrant IDs, sharing rules, projections, requests.

What ties organisations together lies in a schema of its own whose owner, ``arm_sharer``, is the
only one to see across them; people and even ``arm_owner``, in whose name ``push`` writes, reach it
through functions alone.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    for role, part in (("arm_owner", "doors"), ("arm_sharer", "tables")):
        driver.execute(f"SET LOCAL ROLE {role}")
        driver.execute((SQL / f"0003_sharing_{part}.sql").read_text("utf-8"))
        driver.execute("RESET ROLE")
