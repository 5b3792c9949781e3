"""The case file: which way a person goes and how far they have come."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Date, Integer
from sqlalchemy.orm import Mapped

from arm.model.record import Entry, EntryList, Facet, Instant, Record, field


class CaseFile(Record):
    """One person's case in one office. ``route`` names a route of
    ``resources/reference/routes.toml``; a case without one is a consultation."""

    __tablename__ = "case_file"
    kind: ClassVar[str] = "case_file"
    title: ClassVar[str] = "Дело"
    facet: ClassVar[Facet] = "case"

    person_id: Mapped[str | None] = field("Человек", index=True)
    route: Mapped[str | None] = field("Маршрут")
    opened_on: Mapped[date | None] = field("Открыто", Date)
    closed_on: Mapped[date | None] = field("Закрыто", Date)
    responsible: Mapped[str | None] = field("Ответственный", index=True)
    """Login of the caseworker."""
    marked: Mapped[str | None] = field("Пометка")
    contacts: Mapped[int | None] = field("Обращений по делу", Integer, merge="counter")
    """Visits and calls, whoever took them: the office reports their number."""
    contact_log: Mapped[tuple[Entry, ...]] = field("Журнал обращений", EntryList, merge="notes")


class RouteStep(Record):
    """What happened at one step of the route. Steps nobody has touched have no record."""

    __tablename__ = "route_step"
    kind: ClassVar[str] = "route_step"
    title: ClassVar[str] = "Шаг маршрута"
    facet: ClassVar[Facet] = "case"

    person_id: Mapped[str | None] = field("Человек", index=True)
    case_id: Mapped[str | None] = field("Дело")
    step: Mapped[str | None] = field("Шаг")
    """Code of the step in ``routes.toml``."""
    state: Mapped[str | None] = field("Состояние")
    """``done``, ``repeat`` (must be done again), ``not_needed``; otherwise ahead."""
    done_on: Mapped[date | None] = field("Пройден", Date)
    planned_on: Mapped[date | None] = field("Записан на", Date)


class Deadline(Record):
    """What people decided about a term: a term of their own (``rule`` = ``manual``); that a
    computed one, told by ``rule`` and ``due_on``, is done, not needed, put off or somebody's.
    Computed terms themselves are derived, never stored here.
    """

    __tablename__ = "deadline"
    kind: ClassVar[str] = "deadline"
    title: ClassVar[str] = "Срок"
    facet: ClassVar[Facet] = "case"

    person_id: Mapped[str | None] = field("Человек", index=True)
    case_id: Mapped[str | None] = field("Дело")
    rule: Mapped[str | None] = field("Правило")
    due_on: Mapped[date | None] = field("Срок", Date)
    title_text: Mapped[str | None] = field("Что сделать")
    responsible: Mapped[str | None] = field("Кто делает")
    state: Mapped[str | None] = field("Состояние")
    """``open``, ``done``, ``not_needed``."""
    settled_on: Mapped[date | None] = field("Отмечено", Date, index=True)
    snoozed_until: Mapped[date | None] = field("Отложен до", Date, group="snooze")
    """The day on which it comes back to «Сегодня»."""
    snooze_reason: Mapped[str | None] = field("Почему отложен", group="snooze")
    snoozed_by: Mapped[str | None] = field("Кто отложил", group="snooze")
    snoozed_for: Mapped[date | None] = field("Отложен при сроке", Date)
    """The last day as it was then: if it moves, the term is back."""


class Note(Record):
    """A remark. Notes are added, not merged: two people's notes both stay."""

    __tablename__ = "note"
    kind: ClassVar[str] = "note"
    title: ClassVar[str] = "Заметка"
    facet: ClassVar[Facet] = "case"

    person_id: Mapped[str | None] = field("Человек", index=True)
    text: Mapped[str | None] = field("Заметка")
    author: Mapped[str | None] = field("Автор")
    written_at: Mapped[datetime | None] = field("Записано", Instant)
