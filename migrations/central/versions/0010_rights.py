"""Rights of roles in the database itself; accounts that are locked or must change their password;
workstations that were revoked.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    driver.execute("SET LOCAL ROLE arm_owner")
    driver.execute((SQL / "0010_rights.sql").read_text("utf-8"))
    driver.execute("RESET ROLE")
