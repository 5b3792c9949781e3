"""The case file on the screen: one person, their route, terms, papers and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from arm.casework import derive, law_book
from arm.casework.duplicates import MergedCard, PairLine, merged_cards, suspects_of
from arm.casework.editing import (
    add_note,
    add_record,
    add_term,
    assign,
    attach_file,
    close_case,
    complete_step,
    delete_record,
    drop_term,
    mark,
    read_file,
    reopen_case,
    reopen_step,
    set_field,
    set_fields,
    settle_term,
)
from arm.casework.errors import PersonNotFound
from arm.casework.facts import of_person, read_facts
from arm.casework.files import (
    fetch_file,
    file_limit,
    pin,
    pinned,
    places_of,
    stop_fetching,
)
from arm.casework.history import HistoryLine, person_history
from arm.casework.labels import (
    WHO,
    display,
    full_name,
    short_full_name,
    short_name,
)
from arm.casework.merged import survivor_of
from arm.casework.office import people
from arm.casework.papers import AttachmentLine, DocumentLine, document_lines
from arm.casework.people import PersonRow, row_of
from arm.casework.shared import SharedLine, aliases, shared
from arm.casework.terms import TermState, is_snoozed, state_of
from arm.law.deadlines import MANUAL, Status, status
from arm.law.explanation import Explanation, restore
from arm.law.rulebook import RuleBook
from arm.model import (
    Attachment,
    CaseFacts,
    CaseFile,
    Certificate,
    HostParty,
    IdentityDocument,
    MigrationCard,
    Note,
    Person,
    Registration,
    RouteStep,
    StayPermit,
    to_wire,
)
from arm.store import tables
from arm.store.store import Store

__all__ = [
    "AttachmentLine",
    "CaseView",
    "ContactLine",
    "DocumentLine",
    "EventLine",
    "NoteView",
    "StepView",
    "TermView",
    "add_note",
    "add_record",
    "add_term",
    "assign",
    "attach_file",
    "attachments",
    "close_case",
    "complete_step",
    "delete_record",
    "drop_term",
    "fetch_file",
    "file_limit",
    "mark",
    "open_case",
    "pin",
    "pinned",
    "read_file",
    "reopen_case",
    "reopen_step",
    "set_field",
    "set_fields",
    "settle_term",
    "stop_fetching",
    "summary",
]

EVENTS_SHOWN = 8

_EVENT_ICONS = {
    "person": "user-pen",
    "identity_document": "book-user",
    "migration_card": "id-card",
    "stay_permit": "badge-check",
    "registration": "map-pin",
    "certificate": "file-check",
    "note": "sticky-note",
    "attachment": "paperclip",
    "issued_form": "printer",
    "deadline": "calendar-clock",
    "route_step": "route",
    "consent": "signature",
    "case_file": "folder",
    "shared_card": "building-2",
    "alias_notice": "fingerprint",
    "info_request": "mail",
    "disclosure": "share-2",
}


@dataclass(frozen=True)
class StepView:
    """One step of the route. ``caption`` is a date or «4 из 12 месяцев»."""

    code: str
    title: str
    state: str
    """``done``, ``current``, ``repeat``, ``ahead``, ``not_needed``."""
    caption: str


@dataclass(frozen=True)
class TermView:
    """One open term. ``deadline_id``: the record, if people decided something about it."""

    rule: str
    title: str
    detail: str
    icon: str
    who: str
    due_on: date
    days_left: int
    explanation: Explanation
    deadline_id: str | None
    responsible: str | None
    responsible_name: str
    """Only if it is not who has the case: «Тихонова Е. В.»."""
    state: TermState
    snoozed_until: date | None
    """Set while it is put off."""
    snooze_reason: str
    snoozed_by: str
    """Short name of who put it off."""

    @property
    def key(self) -> tuple[str, date]:
        """What tells it from the other terms of the case."""
        own = self.deadline_id if self.rule == MANUAL else None
        return own or self.rule, self.due_on

    @property
    def who_text(self) -> str:
        """Who acts, in Russian."""
        return WHO.get(self.who, self.who)


@dataclass(frozen=True)
class NoteView:
    """A remark with its author."""

    id: str
    text: str
    author: str
    author_name: str
    written_at: datetime | None


@dataclass(frozen=True)
class EventLine:
    """One happening of the case for the timeline."""

    at: datetime
    icon: str
    title: str
    who: str


@dataclass(frozen=True)
class ContactLine:
    """One contact: its field, label and displayed value."""

    field: str
    label: str
    value: str


@dataclass(frozen=True)
class CaseView:
    """Everything the case page shows, detached from the database."""

    person: Person
    case: CaseFile | None
    row: PersonRow | None
    facts: CaseFacts
    name: str
    short_name: str
    status: Status
    steps: tuple[StepView, ...]
    terms: tuple[TermView, ...]
    documents: tuple[DocumentLine, ...]
    identity_documents: tuple[IdentityDocument, ...]
    cards: tuple[MigrationCard, ...]
    permits: tuple[StayPermit, ...]
    registrations: tuple[Registration, ...]
    certificates: tuple[Certificate, ...]
    registration: Registration | None
    host: HostParty | None
    notes: tuple[NoteView, ...]
    events: tuple[EventLine, ...]
    contacts: tuple[ContactLine, ...]
    files: tuple[AttachmentLine, ...]
    shared: tuple[SharedLine, ...]
    """What other organisations show of this person."""
    aliases: tuple[str, ...]
    """Other Migrant IDs of the same human being."""
    files_pinned: bool
    """Whether the files stay on this workstation, for work without a line."""
    unsent: int
    conflicts: int
    responsible_name: str
    merged: tuple[MergedCard, ...] = ()
    """Cards that went into this one."""
    maybe: tuple[PairLine, ...] = ()
    """Pairs with this card that wait for a decision."""

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        parts = [part for part in (self.person.surname, self.person.given) if part]
        return "".join(part[0] for part in parts).upper() or "—"


def open_case(store: Store, person_id: str, book: RuleBook | None = None) -> CaseView:
    """Read the whole case at once. Of a card that went into another one, the other one is opened.

    Raises :class:`PersonNotFound`.
    """
    rules = book or law_book.rulebook(store)
    today = store.clock.today()
    names = people(store)
    with store.read() as session:
        person_id = survivor_of(session, person_id)
    held = pinned(store)
    row = row_of(store, person_id)
    with store.read() as session:
        facts = read_facts(session, store, person_id)
        stand = derive.standing(session, person_id)
        if stand is None:
            raise PersonNotFound(asked=person_id)
        files = attachments_in(session, store, person_id, names)
        terms = _terms(session, facts, today, rules, names)
        notes = _notes(session, person_id, names)
        lines = person_history(session, store, person_id, names, limit=60)
        unsent, conflicts = _waiting(session, person_id)
    person = facts.person
    planned = {step.step: step for step in facts.steps if step.step}
    return CaseView(
        person=person,
        case=facts.case,
        row=row,
        facts=facts,
        name=full_name(person.surname, person.given, person.patronymic)
        or full_name(person.surname_latin, person.given_latin),
        short_name=short_name(person.surname, person.given, person.patronymic),
        status=status(stand.facts, today, rules),
        steps=tuple(
            StepView(step.code, step.title, step.state, _step_caption(step, facts, planned))
            for step in stand.steps
        ),
        terms=terms,
        documents=document_lines(facts, files, today),
        identity_documents=facts.documents,
        cards=facts.cards,
        permits=facts.permits,
        registrations=facts.registrations,
        certificates=facts.certificates,
        registration=facts.registration,
        host=facts.host,
        notes=notes,
        events=_events(lines),
        contacts=_contacts(person),
        files=files,
        shared=tuple(shared(store, person_id)),
        aliases=tuple(aliases(store, person_id)),
        files_pinned=person_id in held,
        unsent=unsent,
        conflicts=conflicts,
        responsible_name=_name_of(facts.case, names),
        merged=tuple(merged_cards(store, person_id)),
        maybe=tuple(suspects_of(store, person_id)),
    )


def _name_of(case: CaseFile | None, names: dict[str, str]) -> str:
    if case is None or not case.responsible:
        return ""
    return short_full_name(names.get(case.responsible, case.responsible))


def _step_caption(step: Any, facts: CaseFacts, planned: dict[str, RouteStep]) -> str:
    permit = facts.permit
    if step.code == "patent_payment" and permit is not None and permit.permit_type == "patent":
        return patent_months(permit)
    record = planned.get(step.code)
    if step.state in ("current", "ahead", "repeat") and record is not None and record.planned_on:
        return f"записан на {record.planned_on:%d.%m.%Y}"
    if step.state == "repeat":
        return "пройти заново"
    if step.state == "not_needed":
        return "не нужен"
    return f"{step.on:%d.%m.%Y}" if step.on else ""


def patent_months(permit: StayPermit) -> str:
    """«4 из 12 месяцев»: how many months of a patent are paid."""
    start, paid = permit.issued_on, permit.paid_through
    if start is None:
        return ""
    if paid is None:
        return "оплата не внесена"
    after = paid + timedelta(days=1)
    months = (after.year - start.year) * 12 + after.month - start.month
    return f"{max(months, 0)} из 12 месяцев"


def _terms(
    session: Session, facts: CaseFacts, today: date, book: RuleBook, names: Mapping[str, str]
) -> tuple[TermView, ...]:
    due = tables.due.c
    rows = session.execute(
        select(tables.due).where(due.person_id == facts.person.id).order_by(due.due_on, due.id)
    )
    whose = facts.case.responsible if facts.case else None
    return tuple(_term(row, today, book, names, whose) for row in rows)


def _term(
    row: Any, today: date, book: RuleBook, names: Mapping[str, str], whose: str | None
) -> TermView:
    def short(login: str | None) -> str:
        return short_full_name(names.get(login, login)) if login else ""

    due_on = date.fromisoformat(row.due_on)
    away = is_snoozed(row.snoozed_until, today)
    return TermView(
        row.rule,
        row.title,
        row.detail or "",
        row.icon or "calendar-clock",
        row.who or "",
        due_on,
        (due_on - today).days,
        restore(row.explanation, book),
        row.deadline_id,
        row.responsible,
        short(row.responsible) if row.responsible != whose else "",
        state_of(due_on, today, book=book),
        date.fromisoformat(row.snoozed_until) if away else None,
        row.snooze_reason or "",
        short(row.snoozed_by),
    )


def _notes(session: Session, person_id: str, names: dict[str, str]) -> tuple[NoteView, ...]:
    found = [
        NoteView(
            note.id,
            note.text or "",
            note.author or "",
            short_full_name(names.get(note.author or "", note.author or "")),
            note.written_at,
        )
        for note in of_person(session, Note, person_id)
    ]
    return tuple(reversed(found))


def _waiting(session: Session, person_id: str) -> tuple[int, int]:
    unsent = session.scalar(
        select(func.count())
        .select_from(tables.outbox)
        .where(func.json_extract(tables.outbox.c.op, "$.person") == person_id)
    )
    conflict = tables.conflict.c
    disputed = session.scalar(
        select(func.count())
        .select_from(tables.conflict)
        .where(conflict.person_id == person_id, conflict.state == "open")
    )
    return unsent or 0, disputed or 0


def attachments(store: Store, person_id: str) -> list[AttachmentLine]:
    """The files of a case, newest first."""
    names = people(store)
    with store.read() as session:
        return list(attachments_in(session, store, person_id, names))


def attachments_in(
    session: Session, store: Store, person_id: str, names: Mapping[str, str]
) -> tuple[AttachmentLine, ...]:
    """As :func:`attachments`, within a session of the caller."""
    files = of_person(session, Attachment, person_id)
    places = places_of(session, store, [file.id for file in files])
    found = [
        AttachmentLine(
            file.id,
            file.about or "",
            file.file_name or "",
            file.media_type or "",
            file.size or 0,
            file.added_at,
            short_full_name(names.get(file.added_by or "", file.added_by or "")),
            file.sha256 or "",
            *places[file.id],
        )
        for file in files
    ]
    return tuple(reversed(found))


def _events(lines: list[HistoryLine]) -> tuple[EventLine, ...]:
    events: list[EventLine] = []
    seen: set[tuple[str, str]] = set()
    for line in lines:
        # one action touches many fields: the timeline tells it once
        mark_of = (line.at.isoformat(timespec="seconds"), line.what)
        if mark_of in seen:
            continue
        seen.add(mark_of)
        icon = _EVENT_ICONS.get(line.kind, "circle-dot")
        events.append(EventLine(line.at, icon, line.what, short_full_name(line.who)))
        if len(events) == EVENTS_SHOWN:
            break
    return tuple(events)


def _contacts(person: Person) -> tuple[ContactLine, ...]:
    shown = (
        ("phone", "Телефон"),
        ("email", "Почта"),
        ("languages", "Языки"),
        ("employer", "Работает"),
        ("profession", "Профессия"),
    )
    return tuple(
        ContactLine(field, label, display("person", field, getattr(person, field)))
        for field, label in shown
    )


def summary(store: Store, person_id: str) -> dict[str, Any]:
    """The case for other programs: plain JSON values under stable keys (``docs/casework.md``)."""
    view = open_case(store, person_id)
    person = view.person
    return {
        "person_id": person.id,
        "migrant_id": person.migrant_id,
        "name": view.name,
        "name_latin": full_name(person.surname_latin, person.given_latin, person.patronymic_latin),
        "birth_date": to_wire(person.birth_date),
        "citizenship": person.citizenship,
        "status": {
            "kind": view.status.kind,
            "until": to_wire(view.status.until),
            "reason": view.status.reason,
        },
        "route": view.case.route if view.case else None,
        "steps": [
            {"step": one.code, "title": one.title, "state": one.state, "caption": one.caption}
            for one in view.steps
        ],
        "deadlines": [
            {
                "rule": one.rule,
                "title": one.title,
                "due_on": to_wire(one.due_on),
                "days_left": one.days_left,
                "state": one.state,
                "snoozed_until": to_wire(one.snoozed_until),
                "responsible": one.responsible,
                "who": one.who,
                "act": one.explanation.act,
                "confidence": one.explanation.confidence,
            }
            for one in view.terms
        ],
        "documents": [
            {
                "kind": one.kind,
                "title": one.title,
                "number": one.number,
                "until": to_wire(one.until),
                "state": one.state,
            }
            for one in view.documents
        ],
        "registration": _registration_summary(view.registration),
        "notes": [one.text for one in view.notes],
        "contacts": {one.field: one.value for one in view.contacts},
        "unsent": view.unsent,
        "conflicts": view.conflicts,
    }


def _registration_summary(one: Registration | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "address": one.address,
        "registered_on": to_wire(one.registered_on),
        "valid_to": to_wire(one.valid_to),
        "removed_on": to_wire(one.removed_on),
    }
