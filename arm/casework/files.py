"""The files of a case: where their bytes are, asking for those that are at the centre, pinning."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Final, Literal

from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework.errors import RecordGone
from arm.model import Attachment
from arm.store import blobs
from arm.store.blobs import PINNED_SETTING
from arm.store.database import raw_of
from arm.store.store import Store

MIB: Final = 1024 * 1024
FILE_LIMIT: Final = 50 * MIB
"""Where the centre has not said otherwise."""

Place = Literal["here", "unsent", "refused", "lost", "centre", "loading"]
"""``here``: on this workstation and at the centre. ``unsent``: only here, waits to be sent.
``refused``: only here, the centre did not take it. ``lost``: its bytes are damaged or gone.
``centre``: only at the centre. ``loading``: asked for, on its way or waiting for a line."""


def file_limit(store: Store) -> int:
    """The largest file that may be attached, bytes."""
    return int(store.meta("file_limit") or FILE_LIMIT)


def places_of(
    session: Session, store: Store, record_ids: Collection[str]
) -> dict[str, tuple[Place, int]]:
    """Where the files of these records are: record id → place and percent of the way."""
    found: dict[str, tuple[Place, int]] = {}
    for record_id, sha256, state, here, wanted, done, size in raw_of(session).execute(
        "SELECT a.id, a.sha256, b.state, b.here, b.wanted, b.done, b.size FROM attachment a"
        " LEFT JOIN blob b ON b.scope = a.scope AND b.sha256 = a.sha256"
        " WHERE a.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(record_ids)),),
    ):
        percent = 100 * done // size if size else 0
        # a scan of two scopes is one file on the disk
        on_disk = bool(here) or bool(sha256 and store.files.has(sha256))
        found[record_id] = (_place(state, on_disk, wanted), percent)
    return found


def _place(state: str | None, here: bool, wanted: int | None) -> Place:
    if state == "lost":
        return "lost"
    if here:
        return "unsent" if state == "unsent" else "refused" if state == "refused" else "here"
    return "loading" if wanted == 2 else "centre"


def fetch_file(store: Store, attachment_id: str) -> None:
    """Ask for a file of the centre: it comes at once or when there is a line. Raises RecordGone."""
    scope, sha256, size = _file(store, attachment_id)
    blobs.want(store, scope, sha256, size, 2)
    store.files.board.asked.set()


def stop_fetching(store: Store, attachment_id: str) -> None:
    """Ask no longer; what has come already is used when the file is asked for again."""
    scope, sha256, size = _file(store, attachment_id)
    blobs.want(store, scope, sha256, size, 0)


def _file(store: Store, attachment_id: str) -> tuple[int, str, int]:
    with store.read() as session:
        file = session.get(Attachment, attachment_id)
        if file is None or file.deleted or not file.sha256:
            raise RecordGone
        return file.scope, file.sha256, file.size or 0


def pinned(store: Store) -> frozenset[str]:
    """Persons whose files stay on this workstation."""
    return frozenset(store.setting(PINNED_SETTING, [], everyone=True))


def pin(store: Store, person_id: str, *, on: bool) -> None:
    """Keep the files of a person here, for work without a line; or no longer."""
    require(store.actor, "edit")
    kept = pinned(store) | {person_id} if on else pinned(store) - {person_id}
    store.set_setting(PINNED_SETTING, sorted(kept), everyone=True)
    if on:
        blobs.want_ahead(store)
        store.files.board.asked.set()
