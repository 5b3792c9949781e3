"""What helps to choose between versions: files of the document concerned, and what each value would
do to the lawful stay and the terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from arm.casework import derive, law_book
from arm.casework.case import AttachmentLine
from arm.law.deadlines import deadlines, status
from arm.law.explanation import Explanation
from arm.model import kinds

SHOWN = 2
"""So many consequences fit under a version."""

_SHOWN_BY = {
    "person": ("identity_document", "passport", "id_card", "birth_certificate"),
    "registration": ("registration", "contract"),
}
"""What else a file may be about that shows a field of such a record."""
_TYPE_FIELDS = ("document_type", "permit_type", "certificate_type")

Versions = Mapping[str, Mapping[str, Any]]
"""Version («base», «mine», «theirs», «own») → values of the record's fields in wire form."""


@dataclass(frozen=True)
class Effect:
    """What a version would mean: «Законно до 19.07.2026», «Продлить учёт: до 19.07.2026».

    ``why`` explains the first of the lines.
    """

    lines: tuple[str, ...]
    why: Explanation | None


class Place(NamedTuple):
    """Which record of whose case."""

    person_id: str
    kind: str
    record_id: str


def evidence(files: Iterable[AttachmentLine], kind: str, record: Any) -> tuple[AttachmentLine, ...]:
    """Of the files of a case those that show the document a field was copied from."""
    about = {kind, *_SHOWN_BY.get(kind, ())}
    if record is not None:
        about.add(record.id)
        about |= {str(getattr(record, name, None)) for name in _TYPE_FIELDS}
    return tuple(file for file in files if file.about in about)


def effects(session: Session, place: Place, versions: Versions, today: date) -> dict[str, Effect]:
    """What each version would do, in so far as they differ; empty if they come to the same."""
    cls = kinds().get(place.kind)
    if cls is None:
        return {}
    row = (cls.__tablename__, place.record_id)
    found = {
        version: _outlook(session, place.person_id, {row: values}, today)
        for version, values in versions.items()
    }
    if any(outlook is None for outlook in found.values()):
        return {}
    outlooks = {version: outlook for version, outlook in found.items() if outlook is not None}
    subjects = dict.fromkeys(subject for outlook in outlooks.values() for subject in outlook)
    differing = [
        subject
        for subject in subjects
        if len({outlook.get(subject, _NOTHING)[0] for outlook in outlooks.values()}) > 1
    ][:SHOWN]
    if not differing:
        return {}
    return {version: _effect(outlook, differing) for version, outlook in outlooks.items()}


Outlook = dict[str, tuple[str, Explanation | None]]
"""Status and terms: what about → how it is said, why."""
_NOTHING: tuple[str, Explanation | None] = ("", None)


def _outlook(
    session: Session, person_id: str, instead: derive.Instead, today: date
) -> Outlook | None:
    book = law_book.of_session(session).book
    stand = derive.standing(session, person_id, instead)
    if stand is None:
        return None
    verdict = status(stand.facts, today, book)
    found: Outlook = {"": (verdict.text, verdict.explanation)}
    for term in deadlines(stand.facts, book):
        found[term.title] = (f"{term.title}: до {term.due_on:%d.%m.%Y}", term.explanation)
    return found


def _effect(outlook: Outlook, differing: list[str]) -> Effect:
    lines = [outlook.get(subject, (f"{subject}: нет", None)) for subject in differing]
    why = next((explanation for _, explanation in lines if explanation is not None), None)
    return Effect(tuple(text for text, _ in lines), why)
