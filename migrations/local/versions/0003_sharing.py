"""What passes between organisations: projections, notices, requests, disclosures."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _shared_card()
    _alias_notice()
    _info_request()
    _disclosure()


def _shared_card() -> None:
    op.create_table(
        "shared_card",
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("rule", sa.Integer(), nullable=True),
        sa.Column("heading", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("source_role", sa.String(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("confidence", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.String(), nullable=True),
        *_common(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_shared_card_person_id"), "shared_card", ["person_id"], unique=False)


def _alias_notice() -> None:
    op.create_table(
        "alias_notice",
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("migrant_id", sa.String(), nullable=True),
        sa.Column("alias", sa.String(), nullable=True),
        sa.Column("found_at", sa.String(), nullable=True),
        *_common(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_alias_notice_person_id"), "alias_notice", ["person_id"], unique=False)


def _info_request() -> None:
    op.create_table(
        "info_request",
        sa.Column("direction", sa.String(), nullable=True),
        sa.Column("from_org", sa.Integer(), nullable=True),
        sa.Column("from_name", sa.String(), nullable=True),
        sa.Column("to_org", sa.Integer(), nullable=True),
        sa.Column("to_name", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("migrant_id", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("what", sa.JSON(), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("asked_at", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.String(), nullable=True),
        sa.Column("seen_at", sa.String(), nullable=True),
        sa.Column("seen_by", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answer_facts", sa.JSON(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.String(), nullable=True),
        *_common(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_info_request_person_id"), "info_request", ["person_id"], unique=False)


def _disclosure() -> None:
    op.create_table(
        "disclosure",
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("receiver", sa.String(), nullable=True),
        sa.Column("receiver_role", sa.String(), nullable=True),
        sa.Column("way", sa.String(), nullable=True),
        sa.Column("by_whom", sa.String(), nullable=True),
        sa.Column("what", sa.JSON(), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("confidence", sa.String(), nullable=True),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("disclosed_at", sa.String(), nullable=True),
        *_common(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_disclosure_person_id"), "disclosure", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_disclosure_disclosed_at"), "disclosure", ["disclosed_at"], unique=False
    )


def _common() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("ver", sa.Integer(), nullable=False),
        sa.Column("fver", sa.JSON(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
    ]


def downgrade() -> None:
    op.drop_table("disclosure")
    op.drop_table("info_request")
    op.drop_table("alias_notice")
    op.drop_table("shared_card")
