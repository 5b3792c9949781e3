"""${message}

A migration imports no project code: it must do the same for ever. Expand first, contract a release
later: workstations of the release before keep working. Functions of ``sync_v1`` keep their
signatures; a new meaning gets a new schema ``sync_v2``.
"""

from __future__ import annotations

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
