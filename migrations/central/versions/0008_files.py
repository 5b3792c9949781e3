"""Scans and files: in pieces, split by scope like the records that name them."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    driver.execute("SET LOCAL ROLE arm_owner")
    driver.execute((SQL / "0008_files.sql").read_text("utf-8"))
    driver.execute("RESET ROLE")
