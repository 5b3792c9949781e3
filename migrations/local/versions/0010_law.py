"""What people decided about the law: rule packs, and values confirmed or corrected."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "law_pack",
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("content", sa.String(), nullable=True),
        *_decided(),
        *_common(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "law_value",
        sa.Column("law_table", sa.String(), nullable=True),
        sa.Column("law_key", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("content", sa.String(), nullable=True),
        *_decided(),
        *_common(),
        sa.PrimaryKeyConstraint("id"),
    )


def _decided() -> tuple[sa.Column, ...]:
    return (
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.String(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.String(), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=True),
    )


def _common() -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("fver", sa.JSON(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
    )
