"""Changes of a case: each function is one action and one transaction that «Отменить» takes back."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework import reference, terms, titles
from arm.casework.errors import (
    FieldProblem,
    FileMissing,
    FileTooLarge,
    PersonNotFound,
    RecordGone,
    WrongValues,
)
from arm.casework.facts import of_person, present_case
from arm.casework.files import MIB, file_limit
from arm.casework.labels import short_full_name
from arm.casework.office import people
from arm.casework.validation import pair_problems, parse_fields
from arm.law.deadlines import MANUAL
from arm.model import (
    Attachment,
    CaseFile,
    Deadline,
    Note,
    Person,
    Record,
    RouteStep,
    fields,
    kinds,
    new_id,
    plain,
)
from arm.store import blobs
from arm.store.store import ChangeSet, Store


def set_field(store: Store, kind: str, record_id: str, field: str, value: Any) -> ChangeSet:
    """Change one field. ``value`` may be as typed («05.05.2026»).

    Raises :class:`WrongValues`, :class:`RecordGone`, NotPermitted and the errors of the store.
    """
    return set_fields(store, kind, record_id, {field: value})


def set_fields(
    store: Store, kind: str, record_id: str, values: Mapping[str, Any], title: str | None = None
) -> ChangeSet:
    """Change several fields of one record in one action. Raises as :func:`set_field`."""
    require(store.actor, "edit")
    parsed, problems = parse_fields(kind, values, store.clock.today())
    if problems:
        raise WrongValues(problems)
    with store.write(title or titles.changed(kind, list(parsed))) as session:
        record = _present(session, kind, record_id)
        _put(record, parsed)
        contradictions = pair_problems(record, set(parsed))
        if contradictions:
            raise WrongValues(contradictions)
    return _changes(session)


def _put(record: Record, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if getattr(record, name) != value:
            setattr(record, name, value)


def _present(session: Session, kind: str, record_id: str) -> Record:
    record = session.get(kinds()[kind], record_id)
    if record is None or record.deleted:
        raise RecordGone
    return record


def _changes(session: Session) -> ChangeSet:
    changed: ChangeSet = session.info["change_set"]
    return changed


def add_record(store: Store, kind: str, person_id: str | None, values: Mapping[str, Any]) -> str:
    """Add a document, permit, registration … to a case; returns its id.

    ``person_id`` is ignored by kinds that belong to nobody (a host party). Raises
    :class:`WrongValues`, :class:`PersonNotFound`.
    """
    require(store.actor, "edit")
    cls = kinds()[kind]
    parsed, problems = parse_fields(kind, values, store.clock.today())
    problems += pair_problems(parsed, set(parsed))
    if not any(value not in (None, frozenset()) for value in parsed.values()):
        problems.append(FieldProblem(next(iter(values), ""), "Заполните хотя бы одно поле"))
    if problems:
        raise WrongValues(problems)
    record = cls(id=new_id(), **parsed)
    with store.write(titles.added(kind)) as session:
        if "person_id" in fields(cls):
            _person(session, person_id or "")
            record.person_id = person_id  # type: ignore[attr-defined]  # looked up on the line above
        session.add(record)
    return record.id


def _person(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None or person.deleted:
        raise PersonNotFound(asked=person_id)
    return person


def delete_record(store: Store, kind: str, record_id: str) -> ChangeSet:
    """Delete a record; history keeps it, «Отменить» brings it back."""
    require(store.actor, "edit")
    with store.write(titles.deleted(kind)) as session:
        session.delete(_present(session, kind, record_id))
    return _changes(session)


# --- steps of the route


def complete_step(
    store: Store,
    person_id: str,
    step: str,
    done_on: date | None = None,
    *,
    state: str = "done",
) -> ChangeSet:
    """Mark a step as passed (``done``), to be repeated (``repeat``) or ``not_needed``."""
    title = {"done": "Пройден шаг", "repeat": "Пройти заново", "not_needed": "Шаг не нужен"}[state]
    values = {"state": state, "done_on": (done_on or store.clock.today())}
    if state != "done":
        values["done_on"] = None
    return _mark_step(store, person_id, step, values, f"{title}: {reference.step_title(step)}")


def reopen_step(store: Store, person_id: str, step: str) -> ChangeSet:
    """Take the mark of a step back; a step that papers prove must be repeated."""
    title = f"Шаг открыт снова: {reference.step_title(step)}"
    return _mark_step(store, person_id, step, {"state": "repeat", "done_on": None}, title)


def _mark_step(
    store: Store, person_id: str, step: str, values: Mapping[str, Any], title: str
) -> ChangeSet:
    require(store.actor, "edit")
    with store.write(title) as session:
        _person(session, person_id)
        marks = [one for one in of_person(session, RouteStep, person_id) if one.step == step]
        if marks:
            _put(marks[-1], values)
        else:
            case = present_case(of_person(session, CaseFile, person_id))
            session.add(
                RouteStep(
                    person_id=person_id, case_id=case.id if case else None, step=step, **values
                )
            )
    return _changes(session)


# --- terms


def add_term(
    store: Store,
    person_id: str,
    title: str,
    due_on: date | str | None,
    responsible: str | None = None,
) -> str:
    """Write a term of one's own; returns the id of its record."""
    values = {
        "rule": MANUAL,
        "title_text": title,
        "due_on": due_on,
        "responsible": responsible or store.actor.login,
        "state": "open",
    }
    parsed, problems = parse_fields("deadline", values, store.clock.today())
    if not parsed.get("title_text"):
        problems.append(FieldProblem("title_text", "Напишите, что нужно сделать"))
    if not parsed.get("due_on") and not any(one.field == "due_on" for one in problems):
        problems.append(FieldProblem("due_on", "Укажите дату"))
    if problems:
        raise WrongValues(problems)
    require(store.actor, "edit")
    record = Deadline(id=new_id(), person_id=person_id, **parsed)
    with store.write("Добавлен срок") as session:
        _person(session, person_id)
        case = present_case(of_person(session, CaseFile, person_id))
        record.case_id = case.id if case else None
        session.add(record)
    return record.id


def settle_term(
    store: Store,
    person_id: str,
    rule: str,
    due_on: date,
    *,
    deadline_id: str | None = None,
    state: str = "done",
) -> ChangeSet:
    """Mark a term ``done`` or ``not_needed``. A computed term comes back with its next period."""
    return terms.settle(store, [terms.TermKey(person_id, rule, due_on, deadline_id)], state)


def drop_term(store: Store, deadline_id: str) -> ChangeSet:
    """Delete a term that a person wrote."""
    return delete_record(store, "deadline", deadline_id)


# --- notes and files


def add_note(store: Store, person_id: str, text: str) -> str:
    """Add a remark signed by the present person; returns its id."""
    require(store.actor, "edit")
    if not plain(text).strip():
        raise WrongValues([FieldProblem("text", "Напишите заметку")])
    _, problems = parse_fields("note", {"text": text}, store.clock.today())
    if problems:
        raise WrongValues(problems)
    note = Note(
        id=new_id(),
        person_id=person_id,
        text=text.strip(),
        author=store.actor.login,
        written_at=store.clock.now(),
    )
    with store.write("Добавлена заметка") as session:
        _person(session, person_id)
        session.add(note)
    return note.id


def attach_file(store: Store, person_id: str, about: str, name: str, content: bytes) -> str:
    """Keep a scan or a file with the case; returns the id of its record.

    ``about``: a kind, a document type, or the id of the record it shows. Raises WrongValues,
    FileTooLarge, FilesFull and the errors of the store.
    """
    require(store.actor, "edit")
    if not content:
        raise WrongValues([FieldProblem("file_name", "Файл пустой. Выберите другой")])
    limit = file_limit(store)
    if len(content) > limit:
        raise FileTooLarge(name=name, limit_mb=limit // MIB)
    blobs.make_room(store, len(content))
    now = store.clock.now()
    with store.write("Добавлен файл") as session:
        _person(session, person_id)
        # within the transaction: whoever clears away bytes without a record waits for its end
        sha256 = store.files.put(content)
        record = Attachment(
            id=new_id(),
            person_id=person_id,
            about=about,
            file_name=name,
            media_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
            size=len(content),
            sha256=sha256,
            added_at=now,
            added_by=store.actor.login,
        )
        session.add(record)
        session.flush()
        blobs.keep(session, record.scope, sha256, len(content), now.isoformat())
        return record.id


def read_file(store: Store, attachment_id: str) -> bytes:
    """The bytes of an attachment. Raises :class:`FileMissing` if they are not here."""
    with store.read() as session:
        file = session.get(Attachment, attachment_id)
        if file is None or file.deleted or not file.sha256:
            raise RecordGone
        sha256, scope = file.sha256, file.scope
    if not store.files.has(sha256):
        raise FileMissing
    content = store.files.get(sha256)
    assert hashlib.sha256(content).hexdigest() == sha256
    blobs.used(store, scope, sha256)
    return content


# --- the case itself


def assign(store: Store, person_ids: Collection[str], login: str | None) -> ChangeSet:
    """Give cases to a caseworker; ``None`` leaves them to nobody."""
    name = short_full_name(people(store).get(login or "", login or "")) or "никто"
    return _change_cases(
        store, person_ids, {"responsible": login}, f"Назначен ответственный: {name}"
    )


def mark(store: Store, person_ids: Collection[str], text: str | None) -> ChangeSet:
    """Put a mark on cases, or take it off."""
    title = f"Пометка: {text}" if text else "Снята пометка"
    return _change_cases(store, person_ids, {"marked": text or None}, title)


def close_case(store: Store, person_ids: Collection[str]) -> ChangeSet:
    """Close cases today: their terms go away, the records stay."""
    require(store.actor, "close_case")
    return _change_cases(store, person_ids, {"closed_on": store.clock.today()}, "Дело закрыто")


def reopen_case(store: Store, person_ids: Collection[str]) -> ChangeSet:
    """Open closed cases again."""
    require(store.actor, "close_case")
    return _change_cases(store, person_ids, {"closed_on": None}, "Дело открыто снова")


def _change_cases(
    store: Store, person_ids: Collection[str], values: Mapping[str, Any], title: str
) -> ChangeSet:
    require(store.actor, "edit")
    ids = list(dict.fromkeys([person_ids] if isinstance(person_ids, str) else person_ids))
    shown = title if len(ids) == 1 else f"{title} ({len(ids)})"
    with store.write(shown) as session:
        for start in range(0, len(ids), 500):
            page = ids[start : start + 500]
            by_person: dict[str, list[CaseFile]] = {}
            for case in session.scalars(
                select(CaseFile).where(CaseFile.person_id.in_(page), CaseFile.deleted.is_(False))
            ):
                by_person.setdefault(case.person_id or "", []).append(case)
            for cases in by_person.values():
                present = present_case(cases)
                if present is not None:
                    _put(present, values)
    return _changes(session)
