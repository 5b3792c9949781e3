"""Exchange files: public keys of workstations, and a record of who relayed what."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    driver.execute("SET LOCAL ROLE arm_owner")
    driver.execute((SQL / "0009_exchange_file.sql").read_text("utf-8"))
    driver.execute("RESET ROLE")
