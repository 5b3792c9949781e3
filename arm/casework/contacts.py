"""Visits and calls of a case: counted for the office's report, each with a line about it."""

from __future__ import annotations

from sqlalchemy import select

from arm.access.rights import require
from arm.casework.errors import PersonNotFound
from arm.model import CaseFile, Entry
from arm.store.store import ChangeSet, Store


def log_contact(store: Store, person_id: str, words: str) -> ChangeSet:
    """Note a visit or a call. Two colleagues may do so at once: both count and both lines stay.

    Raises NotPermitted, PersonNotFound and the errors of ``Store.write``.
    """
    require(store.actor, "edit")
    entry = Entry(store.clock.now(), store.actor.login, words.strip())
    with store.write("Записано обращение") as session:
        case = session.scalars(
            select(CaseFile)
            .where(CaseFile.person_id == person_id, ~CaseFile.deleted)
            .order_by(CaseFile.closed_on.is_not(None), CaseFile.id.desc())
            .limit(1)
        ).first()
        if case is None:
            raise PersonNotFound(asked=person_id)
        case.contacts = (case.contacts or 0) + 1
        case.contact_log = (*case.contact_log, entry)
    changed: ChangeSet = session.info["change_set"]
    return changed
