"""Requests to other organisations and from them: asking, reading, answering, withdrawing.

Both ends work offline: what is written here goes with the next exchange, and the centre carries it
to the other side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework.errors import FieldProblem, PersonNotFound, RecordGone, WrongValues
from arm.casework.labels import full_name
from arm.casework.office import office
from arm.model import InfoRequest, Person, new_id
from arm.store.store import Store

State = Literal["sent", "seen", "answered", "withdrawn"]
STATES: Mapping[State, str] = MappingProxyType(
    {
        "sent": "отправлен",
        "seen": "прочитан",
        "answered": "отвечен",
        "withdrawn": "отозван",
    }
)
Preset = Literal["open", "in", "out", "overdue", "all"]
PRESETS: Mapping[Preset, str] = MappingProxyType(
    {
        "open": "Ждут ответа",
        "in": "Нам",
        "out": "От нас",
        "overdue": "Просрочены",
        "all": "Все",
    }
)
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "center": "центр адаптации",
        "tax": "налоговый орган",
        "university": "вуз",
        "employer": "работодатель",
        "region": "регион",
    }
)
"""Kinds of organisations, in words."""


@dataclass(frozen=True)
class Organisation:
    """Somebody a request may be sent to."""

    org: int
    name: str
    role: str


@dataclass(frozen=True)
class Fact:
    """One asked detail and its answer; an empty ``value`` is not answered."""

    label: str
    value: str = ""


@dataclass(frozen=True)
class RequestView:
    """One request with its answer."""

    id: str
    incoming: bool
    state: State
    other: str
    """The organisation at the other end."""
    person_id: str
    """Our own card of the person; empty if we have none."""
    migrant_id: str
    subject: str
    question: str
    facts: tuple[Fact, ...]
    ground: str
    due_on: date | None
    overdue: bool
    asked_by: str
    asked_at: datetime | None
    seen_at: datetime | None
    answer: str
    answered_by: str
    answered_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether an answer is still expected."""
        return self.state in {"sent", "seen"}


@dataclass(frozen=True)
class NewRequest:
    """What is asked of whom. ``what`` names single details that the answer is to have."""

    to: Organisation
    question: str
    ground: str
    due_on: date | None
    person_id: str
    what: tuple[str, ...] = field(default=())


def organisations(store: Store) -> list[Organisation]:
    """Whom this office may ask, as the centre last told."""
    known = store.meta("organisations") or []
    return [Organisation(one["org"], one["name"], one["role"]) for one in known]


def requests(
    store: Store, preset: Preset = "all", person_id: str | None = None
) -> list[RequestView]:
    """Requests of the office or about one person: those that wait first, by their day."""
    today = store.clock.today()
    query = select(InfoRequest).where(InfoRequest.deleted.is_(False))
    if person_id is not None:
        query = query.where(InfoRequest.person_id == person_id)
    with store.read() as session:
        found = [_view(one, today) for one in session.scalars(query)]
    wanted = {
        "all": lambda _one: True,
        "open": lambda one: one.waits,
        "in": lambda one: one.incoming,
        "out": lambda one: not one.incoming,
        "overdue": lambda one: one.overdue,
    }[preset]
    return sorted(filter(wanted, found), key=_order)


def _order(one: RequestView) -> tuple[bool, str, float]:
    asked = one.asked_at.timestamp() if one.asked_at else 0.0
    return (not one.waits, one.due_on.isoformat() if one.due_on and one.waits else "~", -asked)


def to_answer(store: Store) -> int:
    """How many requests of others wait for our answer."""
    query = select(func.count()).where(
        InfoRequest.deleted.is_(False),
        InfoRequest.direction == "in",
        InfoRequest.answered_at.is_(None),
        InfoRequest.withdrawn_at.is_(None),
    )
    with store.read() as session:
        return session.scalar(query) or 0


def request(store: Store, request_id: str) -> RequestView:
    """One request. Raises RecordGone."""
    with store.read() as session:
        return _view(_present(session, request_id), store.clock.today())


def send(store: Store, new: NewRequest) -> str:
    """Ask another organisation about a person; returns the id of the request.

    Raises WrongValues, PersonNotFound, NotPermitted.
    """
    require(store.actor, "request")
    problems = [
        FieldProblem(name, text)
        for name, filled, text in (
            ("question", new.question.strip(), "Напишите, что нужно узнать"),
            ("ground", new.ground.strip(), "Укажите основание: без него запрос не примут"),
        )
        if not filled
    ]
    if new.due_on is not None and new.due_on < store.clock.today():
        problems.append(FieldProblem("due_on", "Срок ответа уже прошёл"))
    if problems:
        raise WrongValues(problems)
    record = InfoRequest(
        id=new_id(),
        direction="out",
        from_name=office(store).name,
        to_org=new.to.org,
        to_name=new.to.name,
        person_id=new.person_id,
        question=new.question.strip(),
        what=[one.strip() for one in new.what if one.strip()] or None,
        ground=new.ground.strip(),
        due_on=new.due_on,
        asked_by=store.actor.full_name,
        asked_at=store.clock.now(),
    )
    with store.write("Отправлен запрос") as session:
        person = session.get(Person, new.person_id)
        if person is None or person.deleted:
            raise PersonNotFound(asked=new.person_id)
        record.migrant_id = person.migrant_id
        record.subject = _subject(person)
        session.add(record)
    return record.id


def withdraw(store: Store, request_id: str) -> None:
    """Take back one's own request that is not answered yet. Raises RecordGone, NotPermitted."""
    require(store.actor, "request")
    with store.write("Отозван запрос") as session:
        record = _present(session, request_id)
        if record.direction == "out" and record.answered_at is None:
            record.withdrawn_at = store.clock.now()


def mark_seen(store: Store, request_id: str) -> None:
    """Tell the asker that the request was opened here; a second time changes nothing."""
    with store.read() as session:
        one = _present(session, request_id)
        if one.direction != "in" or one.seen_at is not None:
            return
    with store.write("Прочитан запрос") as session:
        record = _present(session, request_id)
        record.seen_at = store.clock.now()
        record.seen_by = store.actor.login


def answer(store: Store, request_id: str, text: str, facts: Sequence[Fact] = ()) -> None:
    """Answer a request of another organisation, or correct the answer.

    Raises WrongValues if there is nothing to say, RecordGone, NotPermitted.
    """
    require(store.actor, "request")
    said = [{"label": one.label, "value": one.value.strip()} for one in facts if one.value.strip()]
    if not text.strip() and not said:
        raise WrongValues([FieldProblem("answer", "Напишите ответ или заполните сведения")])
    with store.write("Дан ответ на запрос") as session:
        record = _present(session, request_id)
        if record.direction != "in":
            raise RecordGone
        now = store.clock.now()
        if record.seen_at is None:
            record.seen_at, record.seen_by = now, store.actor.login
        record.answer = text.strip() or None
        record.answer_facts = said or None
        record.answered_by = store.actor.full_name
        record.answered_at = now


def _present(session: Session, request_id: str) -> InfoRequest:
    record = session.get(InfoRequest, request_id)
    if record is None or record.deleted:
        raise RecordGone
    return record


def _subject(person: Person) -> str:
    name = full_name(person.surname, person.given, person.patronymic) or full_name(
        person.surname_latin, person.given_latin
    )
    born = f"{person.birth_date:%d.%m.%Y}" if person.birth_date else ""
    return ", ".join(part for part in (name, born) if part)


def _state(one: InfoRequest) -> State:
    if one.withdrawn_at is not None:
        return "withdrawn"
    if one.answered_at is not None:
        return "answered"
    return "sent" if one.seen_at is None else "seen"


def _view(one: InfoRequest, today: date) -> RequestView:
    state = _state(one)
    incoming = one.direction == "in"
    given = {said["label"]: said.get("value", "") for said in one.answer_facts or ()}
    labels = list(dict.fromkeys([*(one.what or ()), *given]))
    return RequestView(
        id=one.id,
        incoming=incoming,
        state=state,
        other=(one.from_name if incoming else one.to_name) or "",
        person_id=one.person_id or "",
        migrant_id=one.migrant_id or "",
        subject=one.subject or "",
        question=one.question or "",
        facts=tuple(Fact(label, given.get(label, "")) for label in labels),
        ground=one.ground or "",
        due_on=one.due_on,
        overdue=state in {"sent", "seen"} and one.due_on is not None and one.due_on < today,
        asked_by=one.asked_by or "",
        asked_at=one.asked_at,
        seen_at=one.seen_at,
        answer=one.answer or "",
        answered_by=one.answered_by or "",
        answered_at=one.answered_at,
    )
