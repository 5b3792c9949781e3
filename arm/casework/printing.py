"""What was printed: edition, who, when, and the data as filed, so that it prints again exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from arm.access.rights import require
from arm.casework.errors import PersonNotFound, RecordGone
from arm.casework.labels import full_name
from arm.casework.office import people
from arm.casework.read_log import note_look
from arm.model import IssuedForm, Person, new_id
from arm.store import tables
from arm.store.store import Store


@dataclass(frozen=True)
class IssuedLine:
    """One printed form."""

    id: str
    person_id: str
    person_name: str
    form: str
    edition: str
    printed_at: datetime | None
    printed_by: str
    """Full name."""


def remember(
    store: Store, person_id: str, form: str, edition: str, boxes: Mapping[str, str]
) -> str:
    """Keep what was printed; returns the id for :func:`boxes`. Raises NotPermitted."""
    require(store.actor, "print")
    record = IssuedForm(
        id=new_id(),
        person_id=person_id,
        form=form,
        edition=edition,
        boxes=dict(boxes),
        printed_at=store.clock.now(),
        printed_by=store.actor.login,
    )
    with store.write("Напечатана форма") as session:
        person = session.get(Person, person_id)
        if person is None or person.deleted:
            raise PersonNotFound(asked=person_id)
        session.add(record)
    note_look(store, [person_id], "print", form)
    return record.id


def boxes(store: Store, issued_id: str) -> dict[str, str]:
    """The data of a printed form exactly as it was filed. Raises RecordGone."""
    with store.read() as session:
        record = session.get(IssuedForm, issued_id)
        if record is None or record.deleted:
            raise RecordGone
        return dict(record.boxes or {})


def issued(store: Store, person_id: str) -> list[IssuedLine]:
    """The forms printed for one person, newest first."""
    return _lines(store, _query().where(IssuedForm.person_id == person_id))


def recent(store: Store, limit: int = 100) -> list[IssuedLine]:
    """The newest printed forms of the office."""
    return _lines(store, _query().limit(limit))


def _query() -> Select[Any]:
    shown = tables.listing.c
    return (
        select(
            IssuedForm.id,
            IssuedForm.person_id,
            IssuedForm.form,
            IssuedForm.edition,
            IssuedForm.printed_at,
            IssuedForm.printed_by,
            shown.surname,
            shown.given,
            shown.patronymic,
            shown.name_latin,
        )
        .outerjoin(tables.listing, IssuedForm.person_id == shown.person_id)
        .where(IssuedForm.deleted.is_(False))
        .order_by(IssuedForm.printed_at.desc(), IssuedForm.id.desc())
    )


def _lines(store: Store, query: Select[Any]) -> list[IssuedLine]:
    names = people(store)
    with store.read() as session:
        rows = session.execute(query).all()
    return [
        IssuedLine(
            id=row.id,
            person_id=row.person_id or "",
            person_name=full_name(row.surname, row.given, row.patronymic) or row.name_latin or "",
            form=row.form or "",
            edition=row.edition or "",
            printed_at=row.printed_at,
            printed_by=names.get(row.printed_by or "", row.printed_by or ""),
        )
        for row in rows
    ]
