"""The search index: folded names to sort by, words with prefixes, fragments of three letters."""

from collections.abc import Sequence

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE search_person (
            rowid INTEGER PRIMARY KEY,
            person_id VARCHAR NOT NULL,
            surname TEXT NOT NULL,
            given TEXT NOT NULL,
            surname_latin TEXT NOT NULL,
            names TEXT NOT NULL,
            numbers TEXT NOT NULL,
            mark INTEGER NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ix_search_person_surname ON search_person (surname, given)")
    op.execute("CREATE INDEX ix_search_person_latin ON search_person (surname_latin, given)")
    op.execute(
        """
        CREATE VIRTUAL TABLE search_words USING fts5(
            words, content='', contentless_delete=1, detail=none, prefix='1 2 3',
            tokenize='unicode61 remove_diacritics 0'
        )
        """
    )
    op.execute(
        """
        CREATE VIRTUAL TABLE search_fragments USING fts5(
            fragments, content='', contentless_delete=1, detail=none,
            tokenize='trigram case_sensitive 1'
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE search_fragments")
    op.execute("DROP TABLE search_words")
    op.execute("DROP TABLE search_person")
