"""Merges and decisions about duplicates; where to look for another card of a person."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "person_merge",
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("other_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("moved", sa.JSON(), nullable=True),
        sa.Column("taken", sa.JSON(), nullable=True),
        sa.Column("merged_at", sa.String(), nullable=True),
        sa.Column("merged_by", sa.String(), nullable=True),
        *_kept(),
    )
    op.create_table(
        "not_duplicate",
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("other_id", sa.String(), nullable=True),
        sa.Column("seen", sa.JSON(), nullable=True),
        *_kept(),
    )
    for table in ("person_merge", "not_duplicate"):
        for column in ("person_id", "other_id"):
            op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_table(
        "match_key",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("rowid_of", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "rowid_of"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "match_held",
        sa.Column("rowid_of", sa.Integer(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("rowid_of"),
    )
    op.create_table(
        "to_compare",
        sa.Column("rowid_of", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rowid_of"),
    )
    op.create_table(
        "suspected",
        sa.Column("left_id", sa.String(), nullable=False),
        sa.Column("right_id", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("alike", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("left_id", "right_id"),
    )
    op.create_index("ix_suspected_right_id", "suspected", ["right_id"])
    # everybody who is here already is compared once, in the background
    op.execute("INSERT INTO to_compare (rowid_of, turn) SELECT rowid, 1 FROM listing")


def _kept() -> tuple[sa.Column | sa.Constraint, ...]:
    return (
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("fver", sa.JSON(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    for table in (
        "suspected",
        "to_compare",
        "match_held",
        "match_key",
        "not_duplicate",
        "person_merge",
    ):
        op.drop_table(table)
