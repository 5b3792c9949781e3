"""The migrations and the mapped classes describe the same database."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from arm.model import Base
from arm.store.database import MIGRATIONS, newest_revision
from arm.store.store import Store
from arm.store.tables import local


def test_migrated_database_has_exactly_the_tables_of_the_model(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_object": _is_ours},
        )
        assert compare_metadata(context, [Base.metadata, local]) == []


def _is_ours(_thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """The search index is described by its own module, not by a metadata."""
    return not (kind == "table" and reflected and (name or "").startswith("search"))


def test_the_newest_file_name_is_the_head_that_alembic_sees() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [newest_revision()]


def test_migrations_import_no_project_code() -> None:
    for path in Path(MIGRATIONS).rglob("*.py"):
        source = path.read_text("utf-8")
        assert "arm." not in source, path
        assert "import arm" not in source, path
