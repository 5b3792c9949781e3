"""Terms that are put off with a reason, and lists of terms read from one index."""

from collections.abc import Sequence

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("ALTER TABLE deadline ADD COLUMN snoozed_until DATE")
    op.execute("ALTER TABLE deadline ADD COLUMN snooze_reason VARCHAR")
    op.execute("ALTER TABLE deadline ADD COLUMN snoozed_by VARCHAR")
    op.execute("ALTER TABLE deadline ADD COLUMN snoozed_for DATE")
    op.execute("ALTER TABLE due ADD COLUMN snoozed_until VARCHAR")
    op.execute("ALTER TABLE due ADD COLUMN snooze_reason TEXT")
    op.execute("ALTER TABLE due ADD COLUMN snoozed_by VARCHAR")
    op.execute("DROP INDEX IF EXISTS ix_due_due_on")
    op.execute("DROP INDEX IF EXISTS ix_due_responsible")
    op.execute("CREATE INDEX ix_due_day ON due (due_on, responsible, rule, who, snoozed_until)")
    op.execute(
        "CREATE INDEX ix_due_responsible ON due (responsible, due_on, rule, who, snoozed_until)"
    )
    op.execute("CREATE INDEX ix_deadline_settled_on ON deadline (settled_on)")


def downgrade() -> None:
    op.execute("DROP INDEX ix_deadline_settled_on")
    op.execute("DROP INDEX ix_due_responsible")
    op.execute("DROP INDEX ix_due_day")
    op.execute("CREATE INDEX ix_due_due_on ON due (due_on)")
    op.execute("CREATE INDEX ix_due_responsible ON due (responsible, due_on)")
    for column in ("snoozed_until", "snooze_reason", "snoozed_by"):
        op.execute(f"ALTER TABLE due DROP COLUMN {column}")
    for column in ("snoozed_until", "snooze_reason", "snoozed_by", "snoozed_for"):
        op.execute(f"ALTER TABLE deadline DROP COLUMN {column}")
