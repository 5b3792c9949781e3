"""What the workstation keeps beside the records: queues, cursors, history, and what is derived.

The shapes here and in ``migrations/local`` must agree; a test compares them.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

local = MetaData()

meta = Table(
    "meta",
    local,
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=False),
)
"""One value a name: ``client_id``, ``client_number``, ``feed_epoch``, ``schema``,
``migrant_counter``, ``office`` …"""

action = Table(
    "action",
    local,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("title", Text, nullable=False),  # what a person did, in Russian: «Изменён телефон»
    Column("actor", String, nullable=False),  # login
    Column("at", String, nullable=False),  # ISO 8601, UTC
    Column("undoes", Integer),  # the action that this one takes back
    Column("undone_by", Integer),
    sqlite_autoincrement=True,
)
"""One transaction of a person. Undo takes back the newest of one's own."""

outbox = Table(
    "outbox",
    local,
    Column("cseq", Integer, primary_key=True, autoincrement=True),
    Column("op_hash", String, nullable=False),
    Column("doc_id", String, nullable=False, index=True),
    Column("scope", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("op", JSON, nullable=False),
    Column("made_at", String, nullable=False),
    Column("action_id", Integer),
    sqlite_autoincrement=True,
)
"""Operations the centre has not acknowledged yet, oldest first."""

outbox_done = Table(
    "outbox_done",
    local,
    Column("cseq", Integer, primary_key=True),
    Column("op_hash", String, nullable=False),
    Column("doc_id", String, nullable=False),
    Column("op", JSON, nullable=False),
    Column("status", String, nullable=False),  # applied, merged, conflict, denied, invalid
    Column("acked_at", String, nullable=False),
)
"""Acknowledged operations, kept 90 days to recover a centre restored to an earlier point."""

cursor = Table(
    "cursor",
    local,
    Column("scope", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String, nullable=False),
)

hydrate = Table(
    "hydrate",
    local,
    Column("scope", Integer, primary_key=True),
    Column("after_id", String, nullable=False),
    Column("total", Integer, nullable=False),
    Column("loaded", Integer, nullable=False),
)
"""First loads under way; a row goes away when its scope is complete."""

conflict = Table(
    "conflict",
    local,
    Column("id", String, primary_key=True),  # the centre's id, the same on all workstations
    Column("doc_id", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("person_id", String, nullable=False, index=True),
    Column("scope", Integer, nullable=False),
    Column("field", String, nullable=False),
    Column("base_value", JSON),
    Column("server_value", JSON),
    Column("mine_value", JSON),
    Column("server_actor", String),
    Column("server_at", String),
    Column("mine_actor", String),
    Column("mine_at", String),
    Column("state", String, nullable=False, index=True),  # open, settled
    Column("settled_value", JSON),
    Column("settled_by", String),
    Column("settled_at", String),
)
"""Two edits of one field. ``mine`` is the edit that came second, ``server`` the one in force."""

rejected = Table(
    "rejected",
    local,
    Column("cseq", Integer, primary_key=True),
    Column("doc_id", String, nullable=False),
    Column("why", String, nullable=False),
    Column("op", JSON, nullable=False),
    Column("at", String, nullable=False),
    Column("client", String),  # which workstation this was then; the operation has its number
)
"""Edits the centre refused: kept and shown, never dropped."""

office_rejected = Table(
    "office_rejected",
    local,
    Column("client", String, primary_key=True),
    Column("cseq", Integer, primary_key=True),
    Column("actor", String, nullable=False),  # who was signed in when it was sent
    Column("author", String, nullable=False),  # who typed it
    Column("why", String, nullable=False),
    Column("op", JSON, nullable=False),
    Column("at", String, nullable=False),
)
"""Refused edits as the centre keeps them: of the whole office for supervisors, one's own otherwise,
from whichever computer."""

rejected_decision = Table(
    "rejected_decision",
    local,
    Column("id", String, primary_key=True),
    Column("client", String, nullable=False),
    Column("cseq", Integer, nullable=False),
    Column("what", String, nullable=False),  # handed_back, entered, closed
    Column("reason", Text, nullable=False),
    Column("author", String, nullable=False),
    Column("at", String, nullable=False),
    Column("n", Integer),  # the centre's number once it has the decision
    Index("ix_rejected_decision_edit", "client", "cseq"),
)
"""What people decided about refused edits. The newest of one edit counts; none is ever removed."""

held = Table(
    "held",
    local,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("op", JSON, nullable=False),
    Column("author", String, nullable=False),
    Column("held_at", String, nullable=False),
    Column("action_id", Integer),
    sqlite_autoincrement=True,
)
"""Edits of a person who is not signed in, to records that whoever is may not write: they would be
refused, so they wait for their author."""

history = Table(
    "history",
    local,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person_id", String, nullable=False),
    Column("doc_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("field", String),  # empty for the making or deletion of a record
    Column("event", String, nullable=False),  # new, set, del, conflict, settled, undo
    Column("old", JSON),
    Column("new", JSON),
    Column("actor", String, nullable=False),
    Column("at", String, nullable=False),
    Column("cseq", Integer),  # own edit: its operation
    Column("scope", Integer),
    Column("seq", Integer),  # centre's number once known
    Column("action_id", Integer),
    Index("ix_history_person", "person_id", "at"),
    Index("ix_history_cseq", "cseq", sqlite_where=text("cseq IS NOT NULL")),  # own edits only
    Index(
        "uq_history_feed",
        "scope",
        "seq",
        "field",
        unique=True,
        # own edits get their number later: until then they need no place in this index
        sqlite_where=text("seq IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
"""Every change of every field, own and others', shown to people. Looked up by person, also when one
record is meant: every index costs each edit a page, so there is none by record."""

blob = Table(
    "blob",
    local,
    Column("scope", Integer, primary_key=True),
    Column("sha256", String, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("state", String, nullable=False),  # unsent, sent, refused, lost
    Column("why", String),  # refused: no_right, too_large
    Column("here", Integer, nullable=False),  # whether the bytes are on this workstation
    Column("wanted", Integer, nullable=False),  # 0 no, 1 ahead of need, 2 somebody waits for it
    Column("done", Integer, nullable=False),  # bytes that the transfer under way has moved
    Column("used_at", String, nullable=False),
    Column("sent_at", String),
    Index("ix_blob_waiting", "state", sqlite_where=text("state = 'unsent'")),
    Index("ix_blob_wanted", "wanted", sqlite_where=text("wanted > 0")),
)
"""Files that were attached here or have been asked for; a file nobody here has touched has no row:
it is at the centre. Once a scope, because each scope has its own copy there."""

draft = Table(
    "draft",
    local,
    Column("id", String, primary_key=True),
    Column("subject", String, nullable=False),  # intake, note …
    Column("title", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("done_share", Integer, nullable=False),  # percent
    Column("actor", String, nullable=False),
    Column("saved_at", String, nullable=False),
)
"""Unfinished forms. Local to the workstation, encrypted with everything else."""

setting = Table(
    "setting",
    local,
    Column("actor", String, primary_key=True),  # login, or "" for the whole workstation
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=False),
)
"""Personal settings: theme, columns, saved filters, window."""


def _listed_by(*columns: str) -> Index:
    narrowed_by = [name for name in ("citizenship", "responsible", "route") if name not in columns]
    return Index(f"ix_listing_{columns[0]}", "closed", *columns, *narrowed_by)


listing = Table(
    "listing",
    local,
    Column("rowid", Integer, primary_key=True),
    Column("person_id", String, nullable=False, unique=True),
    Column("case_id", String),
    Column("migrant_id", String),
    Column("surname", Text),
    Column("given", Text),
    Column("patronymic", Text),
    Column("name_latin", Text),
    Column("sort_key", Text, nullable=False),  # folded surname + given + patronymic
    Column("birth_date", String),
    Column("citizenship", String),
    Column("document", Text),  # «FA 4182907»
    Column("phone", Text),
    Column("route", String),
    Column("steps_done", Integer),
    Column("steps_all", Integer),
    Column("status", String),  # ok, warn, bad, unknown, eaeu
    Column("lawful_until", String),
    Column("status_reason", Text),
    Column("next_due_on", String),
    Column("next_due_title", Text),
    Column("responsible", String),
    Column("marked", Text),
    Column("closed", Integer, nullable=False, default=0),
    Column("insurance_until", String),  # last day of the newest policy, inclusive
    Column("updated_at", String),
    # Each list is read in its order through one of these alone: the row itself, which is wide,
    # is fetched only for the lines on the screen. So each also has what lists are narrowed by.
    _listed_by("birth_date"),
    _listed_by("citizenship", "sort_key"),
    _listed_by("document"),
    _listed_by("lawful_until"),
    _listed_by("migrant_id"),
    # the rarer orders are sorted from this one, still without the rows themselves
    _listed_by("name_latin", "phone", "marked", "steps_done"),
    _listed_by("next_due_on", "sort_key"),
    _listed_by("responsible", "sort_key"),
    _listed_by("sort_key", "insurance_until"),
    _listed_by("status", "sort_key"),
    _listed_by("updated_at"),
)
"""One row a person for lists: derived in the same transaction as the records it shows."""

due = Table(
    "due",
    local,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person_id", String, nullable=False, index=True),
    Column("case_id", String),
    Column("deadline_id", String),  # the record, where people decided something about the term
    Column("rule", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("detail", Text),
    Column("icon", String),
    Column("who", String),  # applicant, office, employer, host
    Column("due_on", String, nullable=False),
    Column("responsible", String),
    Column("explanation", JSON, nullable=False),
    Column("snoozed_until", String),  # the day on which it comes back to «Сегодня»
    Column("snooze_reason", Text),
    Column("snoozed_by", String),  # login
    # «Сроки» are listed and counted from one of these alone, whatever they are narrowed by
    Index("ix_due_day", "due_on", "responsible", "rule", "who", "snoozed_until"),
    Index("ix_due_responsible", "responsible", "due_on", "rule", "who", "snoozed_until"),
    sqlite_autoincrement=True,
)
"""Open terms, computed and manual. Derived: may be thrown away and made anew."""

match_key = Table(
    "match_key",
    local,
    Column("key", Integer, primary_key=True),  # 64-bit hash, see arm.casework.matching.keys
    Column("rowid_of", Integer, primary_key=True),  # of listing
    sqlite_with_rowid=False,
)
"""Where to look for another card of a person: cards that share a key are compared."""

match_held = Table(
    "match_held",
    local,
    Column("rowid_of", Integer, primary_key=True),
    Column("keys", LargeBinary, nullable=False),  # 8 bytes each
)
"""Which keys a person has in ``match_key``, to take them out again."""

to_compare = Table(
    "to_compare",
    local,
    Column("rowid_of", Integer, primary_key=True),
    Column("turn", Integer, nullable=False),  # grows with each change: none is missed meanwhile
)
"""People who came or changed and are not compared with the others yet."""

suspected = Table(
    "suspected",
    local,
    Column("left_id", String, primary_key=True),
    Column("right_id", String, primary_key=True, index=True),
    Column("answer", String, nullable=False),  # same, perhaps
    Column("alike", Integer, nullable=False),
    Column("evidence", JSON, nullable=False),
)
"""Pairs of cards that may be one person. Derived: each workstation finds the same ones."""
witness = Table(
    "witness",
    local,
    Column("scope", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("hash", String, primary_key=True),
    Column("seen_at", String, nullable=False),  # ISO 8601, UTC
    Column("lost_at", String),  # when the centre no longer had it
    Column("found", String),  # what the centre had instead; empty: nothing
    Column("explained_by", String),  # login of who took note of it
    Column("explained_at", String),
)
"""Entries of the feed that this workstation saw, the older the rarer. Those that the centre no
longer has (``lost_at``) stay: they are the evidence that its history was rewritten or cut."""

reading = Table(
    "reading",
    local,
    Column("chain", String, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("actor", String, nullable=False),  # login of who looked
    Column("person_id", String, nullable=False),
    Column("kind", String, nullable=False),  # open, print, export, search
    Column("ground", Text, nullable=False),  # page, form or list
    Column("at", String, nullable=False),  # ISO 8601, UTC
    Column("hash", String, nullable=False),
    Column("sent", Integer, nullable=False),
    Index("ix_reading_unsent", "chain", "n", sqlite_where=text("sent = 0")),
    sqlite_with_rowid=False,  # each page less is a tenth of a millisecond less at each look
)
"""Who looked at whose card, chained like the feed; the centre gets it with the next exchange."""

secret = Table(
    "secret",
    local,
    Column("name", String, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""Keys derived once and kept inside the encrypted file (the file store's name key)."""
