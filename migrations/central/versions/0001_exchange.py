"""The exchange: documents, feed with hash chain, conflicts, row-level security.

A migration imports no project code: it must do the same for ever.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = ("central",)
depends_on = None

SQL = Path(__file__).resolve().parent.parent / "sql"
PARTS = ("tables", "policies")


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    driver.execute("SET LOCAL ROLE arm_owner")
    for part in PARTS:
        # without parameters the driver sends the text as it is: several statements, % untouched
        driver.execute((SQL / f"0001_{part}.sql").read_text("utf-8"))
    driver.execute("RESET ROLE")
