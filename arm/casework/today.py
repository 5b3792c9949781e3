"""What burns today: terms by urgency, mine or the whole office's, and unfinished forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from arm.casework import law_book
from arm.casework.intake_form import SUBJECT
from arm.casework.labels import WHO, full_name
from arm.casework.terms import soon
from arm.casework.words import time_left
from arm.law.explanation import Explanation, restore
from arm.law.rulebook import RuleBook
from arm.store import tables
from arm.store.store import Draft, Store

GroupKind = Literal["overdue", "today", "soon"]

GROUP_TITLES: dict[GroupKind, str] = {
    "overdue": "Просрочено",
    "today": "Сегодня",
    "soon": "На неделе",
}
"""The states of terms (:func:`arm.casework.terms.state_of`) that want attention."""
ROWS_SHOWN = 200
"""Rows of one group on the screen; the group's count tells how many there are."""


@dataclass(frozen=True)
class DueRow:
    """One term of one person."""

    due_id: int
    person_id: str
    person_name: str
    rule: str
    title: str
    detail: str
    icon: str
    who: str
    due_on: date
    days_left: int
    left_text: str
    """«на 5 дней», «сегодня», «завтра», «3 дня»."""
    responsible: str | None
    deadline_id: str | None
    explanation: Explanation

    @property
    def who_text(self) -> str:
        """Who acts, in Russian."""
        return WHO.get(self.who, self.who)


@dataclass(frozen=True)
class DueGroup:
    """Terms of one urgency; ``rows`` are the first of ``count``."""

    kind: GroupKind
    title: str
    count: int
    rows: tuple[DueRow, ...]


@dataclass(frozen=True)
class Counters:
    """The figures above the lists."""

    overdue: int
    today: int
    soon: int
    """After today, within the week."""
    cases: int
    """Open cases: mine or everybody's."""
    conflicts: int
    unsent: int
    drafts: int


@dataclass(frozen=True)
class TodayView:
    """The page «Сегодня»."""

    on: date
    mine: bool
    counters: Counters
    groups: tuple[DueGroup, ...]
    drafts: tuple[Draft, ...]

    @property
    def attention(self) -> int:
        """How many terms want attention."""
        return sum(group.count for group in self.groups)


def today(
    store: Store, mine: bool = True, rule: str | None = None, book: RuleBook | None = None
) -> TodayView:
    """Terms that are overdue, due today and due soon, but those that are put off.

    ``rule`` shows one kind of term only (:data:`arm.casework.labels.RULES`).
    """
    rules = book or law_book.rulebook(store)
    on = store.clock.today()
    spans: dict[GroupKind, tuple[date | None, date]] = {
        "overdue": (None, on - timedelta(days=1)),
        "today": (on, on),
        "soon": (on + timedelta(days=1), on + soon(on, rules)),
    }
    login = store.actor.login if mine else None
    with store.read() as session:
        groups = tuple(
            _group(session, kind, [*_conditions(*spans[kind], login, rule), _awake(on)], on, rules)
            for kind in GROUP_TITLES
        )
        cases = _cases(session, login)
        conflicts = _open_conflicts(session)
        unsent = session.scalar(select(func.count()).select_from(tables.outbox)) or 0
    drafts = tuple(store.drafts(SUBJECT))
    by_kind = {group.kind: group.count for group in groups}
    return TodayView(
        on=on,
        mine=mine,
        counters=Counters(
            overdue=by_kind["overdue"],
            today=by_kind["today"],
            soon=by_kind["soon"],
            cases=cases,
            conflicts=conflicts,
            unsent=unsent,
            drafts=len(drafts),
        ),
        groups=tuple(group for group in groups if group.count),
        drafts=drafts,
    )


def _conditions(
    first: date | None, last: date, login: str | None, rule: str | None
) -> list[ColumnElement[bool]]:
    due = tables.due.c
    conditions = [due.due_on <= last.isoformat()]
    if first is not None:
        conditions.append(due.due_on >= first.isoformat())
    if login is not None:
        conditions.append(due.responsible == login)
    if rule is not None:
        conditions.append(due.rule == rule)
    return conditions


def _awake(on: date) -> ColumnElement[bool]:
    """Terms that are not put off on this day."""
    until = tables.due.c.snoozed_until
    return or_(until.is_(None), until <= on.isoformat())


def _group(
    session: Session,
    kind: GroupKind,
    conditions: Sequence[ColumnElement[bool]],
    on: date,
    book: RuleBook,
) -> DueGroup:
    due, shown = tables.due.c, tables.listing.c
    count = session.scalar(select(func.count()).select_from(tables.due).where(*conditions)) or 0
    # of overdue terms the latest are shown first: an old one is rarely news
    order = due.due_on.desc() if kind == "overdue" else due.due_on.asc()
    query = (
        select(tables.due, shown.surname, shown.given, shown.patronymic, shown.name_latin)
        .join(tables.listing, due.person_id == shown.person_id)
        .where(*conditions)
        .order_by(order, due.id)
        .limit(ROWS_SHOWN)
    )
    rows = tuple(_row(row, on, book) for row in session.execute(query))
    return DueGroup(kind, GROUP_TITLES[kind], count, rows)


def _row(row: Row[Any], on: date, book: RuleBook) -> DueRow:
    due_on = date.fromisoformat(row.due_on)
    return DueRow(
        due_id=row.id,
        person_id=row.person_id,
        person_name=full_name(row.surname, row.given) or row.name_latin or "",
        rule=row.rule,
        title=row.title,
        detail=row.detail or "",
        icon=row.icon or "calendar-clock",
        who=row.who or "",
        due_on=due_on,
        days_left=(due_on - on).days,
        left_text=time_left(due_on, on),
        responsible=row.responsible,
        deadline_id=row.deadline_id,
        explanation=restore(row.explanation, book),
    )


def _cases(session: Session, login: str | None) -> int:
    shown = tables.listing.c
    query = select(func.count()).select_from(tables.listing).where(shown.closed == 0)
    if login is not None:
        query = query.where(shown.responsible == login)
    return session.scalar(query) or 0


def _open_conflicts(session: Session) -> int:
    conflict = tables.conflict.c
    query = select(func.count(func.distinct(conflict.person_id))).where(conflict.state == "open")
    return session.scalar(query) or 0


def urgent(store: Store) -> int:
    """How many terms are overdue or due today: the number beside «Сегодня» in the sidebar."""
    query = (
        select(func.count())
        .select_from(tables.due)
        .where(tables.due.c.due_on <= store.clock.today().isoformat())
        .where(tables.due.c.responsible == store.actor.login, _awake(store.clock.today()))
    )
    with store.read() as session:
        return session.scalar(query) or 0
