"""The longest time that a screen of an organisation may stay open unattended."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    driver.execute("SET LOCAL ROLE arm_owner")
    driver.execute((SQL / "0011_idle_lock.sql").read_text("utf-8"))
    driver.execute("RESET ROLE")
