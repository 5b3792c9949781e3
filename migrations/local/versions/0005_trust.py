"""What this workstation saw of the centre's history, and who looked at whose card here."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "witness",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("seen_at", sa.String(), nullable=False),
        sa.Column("lost_at", sa.String()),
        sa.Column("found", sa.String()),
        sa.Column("explained_by", sa.String()),
        sa.Column("explained_at", sa.String()),
        sa.PrimaryKeyConstraint("scope", "seq", "hash"),
    )
    op.create_table(
        "reading",
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "n"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_reading_unsent", "reading", ["chain", "n"], sqlite_where=sa.text("sent = 0")
    )


def downgrade() -> None:
    op.drop_table("reading")
    op.drop_table("witness")
