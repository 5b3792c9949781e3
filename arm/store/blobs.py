"""What this workstation knows of files: which are here, which the centre has, which may leave.

The bytes themselves are in :class:`arm.store.files.FileStore`. Rows and bytes are changed in the
order that a crash between them can only leave bytes without a row, never a promise without bytes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from arm.store.database import raw_of
from arm.store.errors import FilesFull
from arm.store.store import Store

QUOTA_SETTING: Final = "files_quota_mb"
QUOTA_MB: Final = 2_048
PINNED_SETTING: Final = "pinned_files"
"""Setting of the whole workstation: ids of persons whose files stay here."""

AHEAD_BYTES: Final = 2 * 1024 * 1024
AHEAD_DAYS: Final = 30
"""Files up to this size, added within these days, are fetched before anybody asks."""

_PINNED: Final = (
    "sha256 IN (SELECT a.sha256 FROM attachment a WHERE NOT a.deleted AND a.person_id IN"
    " (SELECT value FROM json_each(coalesce((SELECT s.value FROM setting s"
    f" WHERE s.actor = '' AND s.key = '{PINNED_SETTING}'), '[]'))))"
)
_NAMED_BY_QUEUE: Final = (
    "sha256 IN (SELECT json_extract(op, '$.f.sha256.n') FROM outbox WHERE kind = 'attachment'"
    " AND json_extract(op, '$.f.sha256.n') IS NOT NULL)"
)
_NAMED_BY_REFUSED: Final = (
    "sha256 IN (SELECT json_extract(op, '$.f.sha256.n') FROM rejected WHERE json_valid(op)"
    " AND json_extract(op, '$.f.sha256.n') IS NOT NULL)"
)

_MOVED: Final = (
    "UPDATE OR IGNORE blob SET scope = (SELECT a.scope FROM attachment a"
    " WHERE a.sha256 = blob.sha256 LIMIT 1) WHERE NOT EXISTS (SELECT 1 FROM attachment a"
    " WHERE a.sha256 = blob.sha256 AND a.scope = blob.scope) AND EXISTS"
    f" (SELECT 1 FROM attachment a WHERE a.sha256 = blob.sha256) AND NOT {_NAMED_BY_QUEUE}"
)
"""A person moved to another scope with their files: the centre has them there too."""
_AHEAD: Final = (
    "SELECT a.scope, a.sha256, coalesce(a.size, 0) FROM attachment a"
    " LEFT JOIN blob b ON b.scope = a.scope AND b.sha256 = a.sha256"
    " WHERE NOT a.deleted AND a.sha256 IS NOT NULL AND coalesce(b.here, 0) = 0"
    f" AND coalesce(b.wanted, 0) = 0 AND (a.{_PINNED} OR (a.size <= ? AND a.added_at > ?"
    " AND a.person_id IN (SELECT c.person_id FROM case_file c"
    " WHERE c.responsible = ? AND c.closed_on IS NULL AND NOT c.deleted)))"
    " ORDER BY a.added_at DESC"
)


def keep(session: Session, scope: int, sha256: str, size: int, at: str) -> None:
    """A file was put here: it waits to be sent, unless the centre has it already."""
    raw_of(session).execute(
        "INSERT INTO blob (scope, sha256, size, state, here, wanted, done, used_at)"
        " VALUES (?, ?, ?, 'unsent', 1, 0, 0, ?) ON CONFLICT (scope, sha256) DO UPDATE SET"
        " here = 1, used_at = excluded.used_at, size = excluded.size, why = NULL,"
        " state = CASE state WHEN 'sent' THEN 'sent' ELSE 'unsent' END",
        (scope, sha256, size, at),
    )


def came(store: Store, scope: int, sha256: str, content: bytes) -> None:
    """A file has arrived from the centre whole: keep it. Raises as ``FileStore.put``."""
    now, size = store.clock.now().isoformat(), len(content)
    with store.merge() as session:
        store.files.put(content)
        raw_of(session).execute(
            "INSERT INTO blob (scope, sha256, size, state, here, wanted, done, used_at, sent_at)"
            " VALUES (?, ?, ?, 'sent', 1, 0, 0, ?, ?) ON CONFLICT (scope, sha256) DO UPDATE SET"
            " here = 1, wanted = 0, done = 0, used_at = excluded.used_at, size = excluded.size,"
            " state = 'sent', why = NULL",
            (scope, sha256, size, now, now),
        )


def sent(store: Store, scope: int, sha256: str) -> None:
    """The centre has the file whole."""
    _end(store, scope, sha256, "'sent'", None)


def refuse(store: Store, scope: int, sha256: str, why: str) -> None:
    """The centre does not take the file. Its operation goes and is refused in its turn; where none
    waits, the file was only offered in case the centre had lost it."""
    _end(store, scope, sha256, f"CASE WHEN {_NAMED_BY_QUEUE} THEN 'refused' ELSE 'sent' END", why)


def lose(store: Store, scope: int, sha256: str) -> None:
    """The bytes that were to be sent are damaged or gone: the record goes without them."""
    _end(store, scope, sha256, "'lost'", None)


def _end(store: Store, scope: int, sha256: str, state: str, why: str | None) -> None:
    now = store.clock.now().isoformat()
    with store.merge() as session:
        raw_of(session).execute(
            f"UPDATE blob SET state = {state}, why = ?, done = 0, sent_at = ?, here = ?"
            " WHERE scope = ? AND sha256 = ?",
            (why, now, int(store.files.has(sha256)), scope, sha256),
        )


def want(store: Store, scope: int, sha256: str, size: int, degree: int) -> None:
    """Ask for a file of the centre: 2 at once, 1 ahead of need, 0 no longer."""
    now = store.clock.now().isoformat()
    with store.merge() as session:
        raw_of(session).execute(
            "INSERT INTO blob (scope, sha256, size, state, here, wanted, done, used_at)"
            " VALUES (?, ?, ?, 'sent', 0, ?, 0, ?) ON CONFLICT (scope, sha256) DO UPDATE SET"
            " wanted = CASE WHEN here THEN 0 ELSE excluded.wanted END, used_at = excluded.used_at",
            (scope, sha256, size, degree, now),
        )


def want_ahead(store: Store) -> None:
    """Ask for what will probably be looked at: files of pinned people, and small new ones of the
    signed-in person's open cases, as far as they fit without anything having to leave."""
    since = (store.clock.now() - timedelta(days=AHEAD_DAYS)).isoformat()
    with store.read() as session:
        rows = raw_of(session).execute(_AHEAD, (AHEAD_BYTES, since, store.actor.login)).fetchall()
    room = quota(store) - taken(store)
    for scope, sha256, size in rows:
        room -= size
        if room < 0:
            return
        want(store, scope, sha256, size, 1)


def is_wanted(store: Store, scope: int, sha256: str) -> bool:
    """Whether somebody here has asked for a file that is not here."""
    with store.read() as session:
        found = raw_of(session).execute(
            "SELECT 1 FROM blob WHERE scope = ? AND sha256 = ? AND wanted > 0 AND NOT here",
            (scope, sha256),
        )
        return found.fetchone() is not None


def moved(store: Store, scope: int, sha256: str, done: int) -> None:
    """How many bytes of a transfer have gone."""
    with store.merge() as session:
        raw_of(session).execute(
            "UPDATE blob SET done = ? WHERE scope = ? AND sha256 = ?", (done, scope, sha256)
        )


def used(store: Store, scope: int, sha256: str) -> None:
    """A file was looked at: it will be among the last to make room."""
    with store.merge() as session:
        raw_of(session).execute(
            "UPDATE blob SET used_at = ? WHERE scope = ? AND sha256 = ?",
            (store.clock.now().isoformat(), scope, sha256),
        )


def doubt_sent(session: Session) -> None:
    """The centre was set back: whatever is here is offered to it again, if only to hear that it
    still has it."""
    raw_of(session).execute("UPDATE blob SET state = 'unsent' WHERE state = 'sent' AND here")


# --- room


def quota(store: Store) -> int:
    """How much room files may take, bytes."""
    return int(store.setting(QUOTA_SETTING, QUOTA_MB, everyone=True)) * 1_000_000


def taken(store: Store) -> int:
    """How much room files take now, bytes."""
    with store.read() as session:
        return int(
            raw_of(session)
            .execute(
                "SELECT coalesce(sum(size), 0) FROM"
                " (SELECT sha256, max(size) AS size FROM blob WHERE here GROUP BY sha256)"
            )
            .fetchone()[0]
        )


def make_room(store: Store, needed: int) -> None:
    """Let go of the files longest unused until ``needed`` more bytes fit into the quota: only of
    those that the centre has, that nobody pinned and that no operation under way names.

    Raises FilesFull, having let go of nothing, when that would not be enough.
    """
    allowed = quota(store)
    excess = taken(store) + needed - allowed
    if excess <= 0:
        return
    going: list[str] = []
    with store.merge() as session:
        raw = raw_of(session)
        for sha256, size in raw.execute(
            "SELECT sha256, max(size) FROM blob WHERE here GROUP BY sha256"
            " HAVING min(state = 'sent') AND max(wanted) = 0"
            f" AND NOT {_PINNED} AND NOT {_NAMED_BY_QUEUE} ORDER BY max(used_at), sha256"
        ).fetchall():
            if excess <= 0:
                break
            going.append(sha256)
            excess -= size
        if excess > 0:
            raise FilesFull(quota_mb=allowed // 1_000_000)
        raw.executemany("UPDATE blob SET here = 0 WHERE sha256 = ?", [(one,) for one in going])
    for sha256 in going:
        store.files.drop(sha256)


def tidy(store: Store, *, strangers: bool = False) -> None:
    """Forget files that no record here names any more: deleted for good, or of a scope that is no
    longer ours. What operations under way or refused ones name stays: its author may want it back.

    ``strangers``: look also for bytes without a row, which takes a walk through the folder.
    """
    with store.merge() as session:  # whoever adds a file is in a transaction of their own: not now
        raw = raw_of(session)
        raw.execute(_MOVED)
        gone = raw.execute(
            "DELETE FROM blob WHERE NOT EXISTS (SELECT 1 FROM attachment a"
            " WHERE a.sha256 = blob.sha256 AND a.scope = blob.scope)"
            f" AND NOT {_NAMED_BY_QUEUE} AND NOT {_NAMED_BY_REFUSED} RETURNING sha256"
        ).fetchall()
        known = {
            row[0] for row in raw.execute("SELECT sha256 FROM blob WHERE here OR wanted OR done")
        }
        if strangers:
            store.files.drop_strangers(known)
    for (sha256,) in gone:
        if sha256 not in known:
            store.files.drop(sha256)
            store.files.drop_pieces(sha256)
