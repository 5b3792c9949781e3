"""Terms at the desk: their state, and what people decide about them – settle, put off, hand over.

The same for a computed term and for one that a person wrote. Each function is one action and one
transaction that «Отменить» takes back, however many terms it touches.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework import law_book
from arm.casework.errors import FieldProblem, PersonNotFound, RecordGone, WrongValues
from arm.casework.facts import present_case
from arm.casework.labels import short_full_name
from arm.casework.office import people
from arm.casework.validation import parse_fields
from arm.law.deadlines import MANUAL
from arm.law.rulebook import RuleBook, open_rulebook
from arm.model import CaseFile, Deadline, Person
from arm.store.store import ChangeSet, Store

TermState = Literal["ahead", "soon", "today", "overdue", "done", "not_needed"]

STATE_TITLES: dict[TermState, str] = {
    "overdue": "Просрочено",
    "today": "Сегодня",
    "soon": "Скоро",
    "ahead": "Впереди",
    "done": "Сделано",
    "not_needed": "Не нужно",
}
"""What people call the states, the most urgent first."""

_DAY = timedelta(days=1)
_PAGE = 500


def state_of(
    due_on: date, today: date, settled: str | None = None, book: RuleBook | None = None
) -> TermState:
    """How a term stands on a day. ``settled``: what a person said of it (``done``,
    ``not_needed``), or nothing. Whether it is put off besides is :func:`is_snoozed`."""
    if settled == "done":
        return "done"
    if settled == "not_needed":
        return "not_needed"
    if due_on < today:
        return "overdue"
    if due_on == today:
        return "today"
    return "soon" if due_on <= today + soon(today, book or open_rulebook()) else "ahead"


def soon(on: date, book: RuleBook) -> timedelta:
    """How long before its last day a term is «скоро»: a dated value of ``desk.toml``."""
    return _days("desk.soon", on, book)


def _days(table: str, on: date, book: RuleBook) -> timedelta:
    row = book.find(table, on)
    return timedelta(days=row.integer("days") if row else 0)


def is_snoozed(until: date | str | None, today: date) -> bool:
    """Whether a term that was put off stays away on this day: it comes back by itself."""
    if until is None:
        return False
    return (date.fromisoformat(until) if isinstance(until, str) else until) > today


def last_snooze(due_on: date, today: date, book: RuleBook) -> date | None:
    """Until which day a term may be put off at most, ``None`` if not at all.

    Not past the eve of its last day; an overdue one for a few days (a dated value).
    """
    late = _days("desk.snooze_overdue", today, book)
    last = today + late if due_on < today else due_on - _DAY
    return last if last > today else None


@dataclass(frozen=True)
class TermKey:
    """One open term: whose, which rule, its last day; ``deadline_id`` if there is a record."""

    person_id: str
    rule: str
    due_on: date
    deadline_id: str | None = None


@dataclass(frozen=True)
class Snoozed:
    """How putting off several terms went."""

    done: int
    refused: int
    """Terms whose last day does not allow it."""


def keys_of(store: Store, due_ids: Sequence[int]) -> list[TermKey]:
    """The open terms behind rows of the list; those that are gone are left out."""
    with store.read() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT person_id, rule, due_on, deadline_id FROM due "
            "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY due_on, id",
            (json.dumps(list(due_ids)),),
        )
        return [TermKey(one[0], one[1], date.fromisoformat(one[2]), one[3]) for one in rows]


# --- what people decide


def settle(store: Store, keys: Sequence[TermKey], state: str = "done") -> ChangeSet:
    """Mark terms ``done`` or ``not_needed``. A computed one comes back with its next period."""
    title = "Срок отмечен: сделано" if state == "done" else "Срок отмечен: не нужно"
    return _decide(store, keys, {"state": state, "settled_on": store.clock.today()}, title)


def reopen(store: Store, deadline_ids: Sequence[str]) -> ChangeSet:
    """Open settled terms again. Raises RecordGone."""
    require(store.actor, "edit")
    with store.write(_counted("Срок открыт снова", len(deadline_ids))) as session:
        for deadline_id in deadline_ids:
            record = session.get(Deadline, deadline_id)
            if record is None or record.deleted:
                raise RecordGone
            _put(record, {"state": "open", "settled_on": None})
    return _changes(session)


def snooze(
    store: Store,
    keys: Sequence[TermKey],
    until: date | str | None,
    reason: str,
    book: RuleBook | None = None,
) -> Snoozed:
    """Put terms off until a day, with a reason; those whose last day doesn't allow it stay.

    Raises :class:`WrongValues` if none may be put off until then, or day or reason are missing.
    """
    parsed, problems = parse_fields(
        "deadline", {"snoozed_until": until, "snooze_reason": reason}, store.clock.today()
    )
    day = parsed.get("snoozed_until")
    if day is None and not any(one.field == "snoozed_until" for one in problems):
        problems.append(FieldProblem("snoozed_until", "Укажите, до какого дня отложить"))
    if not parsed.get("snooze_reason"):
        problems.append(FieldProblem("snooze_reason", "Напишите, почему срок отложен"))
    if problems or day is None:
        raise WrongValues(problems)
    today, rules = store.clock.today(), book or law_book.rulebook(store)
    allowed = [key for key in keys if not snooze_problem(key.due_on, day, today, rules)]
    if not allowed:
        why = snooze_problem(keys[0].due_on, day, today, rules) if keys else "Срока уже нет"
        raise WrongValues([FieldProblem("snoozed_until", why)])
    title = f"Срок отложен до {day:%d.%m.%Y}"
    values = {
        "snoozed_until": day,
        "snooze_reason": parsed["snooze_reason"],
        "snoozed_by": store.actor.login,
    }
    _decide(store, allowed, values, title)
    return Snoozed(len(allowed), len(keys) - len(allowed))


def snooze_problem(due_on: date, until: date, today: date, book: RuleBook) -> str:
    """Why a term may not be put off until this day, in Russian; empty if it may."""
    last = last_snooze(due_on, today, book)
    if last is None and due_on < today:
        return "Просроченный срок откладывать нельзя"
    if last is None:
        when = "сегодня" if due_on == today else "завтра"
        return f"Последний день срока {when}, откладывать некуда"
    if until <= today:
        return "Отложить можно до завтра или более позднего дня"
    if until <= last:
        return ""
    if due_on < today:
        return f"Срок просрочен, отложить его можно не дальше {last:%d.%m.%Y}"
    return f"Не позже {last:%d.%m.%Y}: это канун последнего дня срока"


def wake(store: Store, keys: Sequence[TermKey]) -> ChangeSet:
    """Bring back terms that were put off."""
    values = dict.fromkeys(("snoozed_until", "snooze_reason", "snoozed_by", "snoozed_for"))
    return _decide(store, keys, values, "Срок возвращён в работу")


def hand_over(store: Store, keys: Sequence[TermKey], login: str | None) -> ChangeSet:
    """Make a colleague responsible for terms, whoever has the case; ``None`` gives them back to
    who has it. Raises :class:`WrongValues`."""
    names = people(store)
    if login is not None and login not in names:
        raise WrongValues([FieldProblem("responsible", "Такого сотрудника нет. Выберите другого")])
    name = short_full_name(names[login]) if login else "ответственному за дело"
    return _decide(store, keys, {"responsible": login}, f"Срок передан: {name}")


def _decide(store: Store, keys: Sequence[TermKey], values: dict[str, Any], title: str) -> ChangeSet:
    """Write the same about all these terms, in the record of each or in a new one."""
    require(store.actor, "edit")
    with store.write(_counted(title, len(keys))) as session:
        for start in range(0, len(keys), _PAGE):
            page = keys[start : start + _PAGE]
            for key, case_id, records in _with_records(session, page):
                put = dict(values)
                if put.get("snoozed_until"):
                    put["snoozed_for"] = key.due_on
                if records and None in put.values():
                    for record in records:  # of two workstations each may have written one
                        _put(record, put)
                elif records:
                    _put(records[-1], put)
                else:
                    session.add(
                        Deadline(
                            person_id=key.person_id, case_id=case_id, rule=key.rule,
                            due_on=key.due_on, **{"state": "open", **put},
                        )
                    )  # fmt: skip
    return _changes(session)


def _with_records(
    session: Session, keys: Sequence[TermKey]
) -> Iterator[tuple[TermKey, str | None, list[Deadline]]]:
    """Each term with its person's case and the records that tell of it, the newest last."""
    persons = {key.person_id for key in keys}
    known = set(
        session.scalars(select(Person.id).where(Person.id.in_(persons), Person.deleted.is_(False)))
    )
    cases: dict[str, list[CaseFile]] = {}
    for case in session.scalars(
        select(CaseFile).where(CaseFile.person_id.in_(persons), CaseFile.deleted.is_(False))
    ):
        cases.setdefault(case.person_id or "", []).append(case)
    by_id: dict[str, Deadline] = {}
    by_term: dict[tuple[str | None, str | None, date | None], list[Deadline]] = {}
    for record in session.scalars(
        select(Deadline)
        .where(Deadline.person_id.in_(persons), Deadline.deleted.is_(False))
        .order_by(Deadline.id)
    ):
        by_id[record.id] = record
        if record.rule != MANUAL:
            term = (record.person_id, record.rule, record.due_on)
            by_term.setdefault(term, []).append(record)
    for key in keys:
        if key.person_id not in known:
            raise PersonNotFound(asked=key.person_id)
        if key.rule == MANUAL:
            own = by_id.get(key.deadline_id or "")
            if own is None:
                raise RecordGone
            found = [own]
        else:
            found = by_term.get((key.person_id, key.rule, key.due_on), [])
        here = present_case(cases.get(key.person_id, ()))
        yield key, here.id if here else None, found


def _put(record: Deadline, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(record, name) != value:
            setattr(record, name, value)


def _counted(title: str, count: int) -> str:
    return title if count == 1 else f"{title} ({count})"


def _changes(session: Session) -> ChangeSet:
    changed: ChangeSet = session.info["change_set"]
    return changed
