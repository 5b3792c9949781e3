"""Files travel: whether the centre has them, whether they are here, how far a transfer has come."""

from collections.abc import Sequence

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute("ALTER TABLE blob RENAME TO blob_before")
    op.execute(
        """
        CREATE TABLE blob (
            scope INTEGER NOT NULL,
            sha256 VARCHAR NOT NULL,
            size INTEGER NOT NULL,
            state VARCHAR NOT NULL,
            why VARCHAR,
            here INTEGER NOT NULL,
            wanted INTEGER NOT NULL,
            done INTEGER NOT NULL,
            used_at VARCHAR NOT NULL,
            sent_at VARCHAR,
            PRIMARY KEY (scope, sha256)
        )
        """
    )
    op.execute("CREATE INDEX ix_blob_waiting ON blob (state) WHERE state = 'unsent'")
    op.execute("CREATE INDEX ix_blob_wanted ON blob (wanted) WHERE wanted > 0")
    op.execute("CREATE INDEX ix_attachment_sha256 ON attachment (sha256)")
    # files stayed where they were attached until now: all of them are still to be sent
    op.execute(
        """
        INSERT INTO blob (scope, sha256, size, state, here, wanted, done, used_at)
        SELECT DISTINCT a.scope, b.sha256, b.size, 'unsent', 1, 0, 0, ''
        FROM blob_before b JOIN attachment a ON a.sha256 = b.sha256
        """
    )
    op.execute("DROP TABLE blob_before")
