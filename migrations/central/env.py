"""Alembic's entry point for the central database.

The connection comes from the caller (``arm central provision``), which has also prepared the roles
and the schema that the migrations fill.
"""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=None,
    version_table="revision",
    version_table_schema="arm",
)
with context.begin_transaction():
    context.run_migrations()
