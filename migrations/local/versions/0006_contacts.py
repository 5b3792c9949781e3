"""Visits and calls of a case: their number and a line about each."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("ALTER TABLE case_file ADD COLUMN contacts INTEGER")
    op.execute("ALTER TABLE case_file ADD COLUMN contact_log JSON")


def downgrade() -> None:
    op.execute("ALTER TABLE case_file DROP COLUMN contact_log")
    op.execute("ALTER TABLE case_file DROP COLUMN contacts")
