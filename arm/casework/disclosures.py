"""The register of disclosures: who received which details of whom, when, on what ground.

The centre adds a line for everything that leaves by rules, requests and questions to the registry;
what an office hands to third parties itself, it writes down here. Lines are never changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from sqlalchemy import Select, select

from arm.access.rights import require
from arm.casework.errors import FieldProblem, PersonNotFound, WrongValues
from arm.casework.labels import CODED, full_name
from arm.casework.merged import cards_of_person
from arm.casework.office import people
from arm.casework.shared import CONFIDENCE
from arm.casework.typed import person_names
from arm.model import Disclosure, Person, new_id
from arm.store import tables
from arm.store.store import Store

WAYS: Final[Mapping[str, str]] = MappingProxyType(dict(CODED[("disclosure", "way")]))
OFFICE_LINES: Final = 500


@dataclass(frozen=True)
class DisclosureLine:
    """One line of the register."""

    id: str
    person_id: str
    person_name: str
    receiver: str
    way: str
    """«по правилу передачи», «в ответе на запрос» …"""
    by_whom: str
    what: tuple[str, ...]
    """Names of the details, no values."""
    ground: str
    confidence: str
    at: datetime | None


def of_person(store: Store, person_id: str) -> list[DisclosureLine]:
    """Everything that was passed on about one person, newest first. Raises NotPermitted."""
    require(store.actor, "see_history")
    with store.read() as session:
        cards = cards_of_person(session, person_id)
    return _lines(store, _query().where(Disclosure.person_id.in_(cards)))


def of_office(
    store: Store, *, receiver: str = "", way: str = "", limit: int = OFFICE_LINES
) -> list[DisclosureLine]:
    """The newest lines of the office, of one receiver or one way if given. Raises NotPermitted."""
    require(store.actor, "see_history")
    query = _query().limit(limit)
    if receiver:
        query = query.where(Disclosure.receiver == receiver)
    if way:
        query = query.where(Disclosure.way == way)
    return _lines(store, query)


def receivers(store: Store) -> list[str]:
    """Everybody who ever received anything, by name."""
    query = select(Disclosure.receiver).where(Disclosure.deleted.is_(False)).distinct()
    with store.read() as session:
        return sorted(name for name in session.scalars(query) if name)


def hand_over(
    store: Store,
    person_id: str,
    *,
    receiver: str,
    what: Sequence[str],
    ground: str,
    way: Literal["export", "print"],
) -> str:
    """Write down what was given to a third party by hand; returns the id of the line.

    Raises WrongValues, PersonNotFound, NotPermitted.
    """
    require(store.actor, "print")
    labels = [one.strip() for one in what if one.strip()]
    problems = [
        FieldProblem(name, text)
        for name, filled, text in (
            ("receiver", receiver.strip(), "Укажите, кому переданы сведения"),
            ("what", labels, "Перечислите, какие сведения переданы"),
            ("ground", ground.strip(), "Укажите основание передачи"),
        )
        if not filled
    ]
    if problems:
        raise WrongValues(problems)
    record = Disclosure(
        id=new_id(),
        person_id=person_id,
        receiver=receiver.strip(),
        way=way,
        by_whom=store.actor.full_name,
        what=[{"field": "", "label": label} for label in labels],
        ground=ground.strip(),
        disclosed_at=store.clock.now(),
    )
    with store.write("Переданы сведения") as session:
        person = session.get(Person, person_id)
        if person is None or person.deleted:
            raise PersonNotFound(asked=person_id)
        session.add(record)
    return record.id


def for_paper(store: Store, person_id: str) -> str:
    """The register of one person as the form ``disclosures`` reads it: one a line, tabs between
    when, who, what, ground, way."""
    return "\n".join(
        "\t".join(
            " ".join(part.split())
            for part in (
                f"{one.at.astimezone():%d.%m.%Y %H:%M}" if one.at else "",
                one.receiver,
                "; ".join(one.what),
                one.ground,
                ", ".join(part for part in (one.way, one.by_whom) if part),
            )
        )
        for one in _lines(store, _of(store, person_id))
    )


def _of(store: Store, person_id: str) -> Select[Any]:
    with store.read() as session:
        cards = cards_of_person(session, person_id)
    return _query().where(Disclosure.person_id.in_(cards))


def _query() -> Select[Any]:
    shown = tables.listing.c
    return (
        select(Disclosure, shown.surname, shown.given, shown.patronymic, shown.name_latin)
        .outerjoin(tables.listing, Disclosure.person_id == shown.person_id)
        .where(Disclosure.deleted.is_(False))
        .order_by(Disclosure.disclosed_at.desc(), Disclosure.id.desc())
    )


def _lines(store: Store, query: Select[Any]) -> list[DisclosureLine]:
    names = people(store)
    with store.read() as session:
        rows = session.execute(query).all()
        gone = {one.person_id or "" for one, *name in rows if not any(name)}
        told = person_names(session, gone) if gone else {}
        return [
            DisclosureLine(
                id=one.id,
                person_id=one.person_id or "",
                person_name=full_name(surname, given, patronymic)
                or latin
                or told.get(one.person_id or "", ""),
                receiver=one.receiver or "",
                way=WAYS.get(one.way or "", one.way or ""),
                by_whom=names.get(one.by_whom or "", one.by_whom or ""),
                what=tuple(dict.fromkeys(said.get("label", "") for said in one.what or ())),
                ground=one.ground or "",
                confidence=CONFIDENCE.get(one.confidence or "", ""),
                at=one.disclosed_at,
            )
            for one, surname, given, patronymic, latin in rows
        ]
