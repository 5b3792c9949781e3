"""Alembic's entry point for the central database.

The connection comes from the caller (``arm central provision``), which has also prepared the roles
and the schema that the migrations fill. Tables and policies change step by step, by revisions;
functions hold no data, so each provisioning simply replaces them by the newest text, in the order
of the files' names. A revision that changes what a function depends on drops it first.
"""

from __future__ import annotations

from pathlib import Path

from alembic import context

FUNCTIONS = Path(__file__).resolve().parent / "functions"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=None,
    version_table="revision",
    version_table_schema="arm",
)
with context.begin_transaction():
    context.run_migrations()
    driver = context.config.attributes["connection"].connection.driver_connection
    # they speak of the newest tables: a rehearsal that stops at an older revision has none
    at_head = set(context.get_context().get_current_heads()) == set(context.script.get_heads())
    driver.execute("SET LOCAL ROLE arm_owner")
    for path in sorted(FUNCTIONS.glob("*.sql")) if at_head else ():
        # without parameters the driver sends the text as it is: several statements, % untouched
        driver.execute(path.read_text("utf-8"))
    driver.execute("RESET ROLE")
    if at_head:
        driver.execute("SELECT share.register_first()")
