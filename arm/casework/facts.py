"""Everything known of one person, read at once and detached: for forms, screens and the law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from arm.casework import law_book
from arm.casework.disclosures import for_paper
from arm.casework.errors import PersonNotFound
from arm.casework.office import office
from arm.law.deadlines import MANUAL
from arm.law.explanation import restore
from arm.model import (
    CaseFacts,
    CaseFile,
    Certificate,
    Consent,
    Deadline,
    HostParty,
    IdentityDocument,
    MigrationCard,
    Note,
    Person,
    Record,
    Registration,
    RouteStep,
    StayPermit,
)
from arm.store import tables
from arm.store.store import Store

R = TypeVar("R", bound=Record)


def case_facts(store: Store, person_id: str) -> CaseFacts:
    """The facts of one case today. Raises :class:`PersonNotFound`.

    ``extra`` carries what only casework knows: open terms (``terms``), remarks (``notes``)
    and who received details of the person (``disclosures``).
    """
    with store.read() as session:
        facts = read_facts(session, store, person_id)
        notes = [note.text for note in of_person(session, Note, person_id) if note.text]
        extra = {"terms": _terms(session, person_id), "notes": "\n".join(reversed(notes))}
    extra["disclosures"] = for_paper(store, person_id)
    return replace(facts, extra={name: text for name, text in extra.items() if text})


def _terms(session: Session, person_id: str) -> str:
    """Computed terms, one a line: date, what to do and on what ground, separated by tabs."""
    due, book = tables.due.c, law_book.of_session(session).book
    query = select(due.due_on, due.title, due.explanation).where(
        due.person_id == person_id, due.rule != MANUAL
    )
    return "\n".join(
        f"{row.due_on}\t{row.title}\t{restore(row.explanation, book).act}"
        for row in session.execute(query.order_by(due.due_on, due.id))
    )


def read_facts(session: Session, store: Store, person_id: str) -> CaseFacts:
    """As :func:`case_facts`, within a session of the caller."""
    person = session.get(Person, person_id)
    if person is None or person.deleted:
        raise PersonNotFound(asked=person_id)
    documents = newest_first(of_person(session, IdentityDocument, person_id), "issued_on")
    cards = newest_first(of_person(session, MigrationCard, person_id), "entered_on")
    permits = newest_first(of_person(session, StayPermit, person_id), "issued_on")
    places = newest_first(
        of_person(session, Registration, person_id), "registered_on", "arrived_on"
    )
    registration = next(iter(places), None)
    return CaseFacts(
        on=store.clock.today(),
        office=office(store),
        filled_by=store.actor.full_name,
        person=person,
        case=present_case(of_person(session, CaseFile, person_id)),
        document=next(iter(documents), None),
        card=next(iter(cards), None),
        permit=next(iter(permits), None),
        registration=registration,
        host=_host(session, registration),
        documents=documents,
        cards=cards,
        permits=permits,
        registrations=places,
        certificates=newest_first(
            of_person(session, Certificate, person_id), "issued_on", "valid_to"
        ),
        steps=tuple(of_person(session, RouteStep, person_id)),
        deadlines=tuple(of_person(session, Deadline, person_id)),
        consents=newest_first(of_person(session, Consent, person_id), "given_on"),
    )


def of_person(session: Session, cls: type[R], person_id: str) -> list[R]:
    """All records of a kind about a person that are not deleted, in the order of making."""
    query = (
        select(cls)
        .where(cls.person_id == person_id, cls.deleted.is_(False))  # type: ignore[attr-defined]  # every kind about a person has it
        .order_by(cls.id)
    )
    return list(session.scalars(query))


def newest_first(records: Sequence[R], *dates: str) -> tuple[R, ...]:
    """Sorted by the first known of these dates, the latest first; undated ones last."""

    def key(record: R) -> tuple[date, str]:
        known = (getattr(record, name) for name in dates)
        return next((day for day in known if day), date.min), record.id

    return tuple(sorted(records, key=key, reverse=True))


def present_case(cases: Sequence[CaseFile]) -> CaseFile | None:
    """The open case opened last, otherwise the last one."""
    return max(
        cases,
        key=lambda case: (case.closed_on is None, case.opened_on or date.min, case.id),
        default=None,
    )


def _host(session: Session, registration: Registration | None) -> HostParty | None:
    if registration is None or registration.host_id is None:
        return None
    host = session.get(HostParty, registration.host_id)
    return None if host is None or host.deleted else host
