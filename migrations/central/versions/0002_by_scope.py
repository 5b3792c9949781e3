"""Records, feed and conflicts are split by scope, the unit that everything is asked by.

Sixteen parts on one server; on a distributed PostgreSQL the same column says which node a row
lives on. ``doc_home`` keeps ids unique across the parts, which no index of a split table can.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    driver.execute("SET LOCAL ROLE arm_owner")
    driver.execute((SQL / "0002_by_scope.sql").read_text("utf-8"))
    driver.execute("RESET ROLE")
