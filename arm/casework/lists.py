"""Lists as they are exported: columns with Russian headings, and rows one page at a time."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from arm.access.rights import require
from arm.casework.labels import WHO, full_name
from arm.casework.office import people
from arm.casework.people import Filter, Order, PersonRow, find, rowids_of, rows
from arm.casework.read_log import note_look
from arm.casework.reference import country_name, route_title
from arm.casework.term_list import TermRow, term_rows
from arm.casework.terms import STATE_TITLES
from arm.exchange.list_xlsx import Column
from arm.store import tables
from arm.store.database import raw_of
from arm.store.store import Store

PAGE = 2_000

STATUS_TEXT = MappingProxyType(
    {
        "ok": "Законно",
        "warn": "Скоро закончится",
        "bad": "Нет оснований",
        "unknown": "Неизвестно",
        "eaeu": "ЕАЭС",
    }
)
"""Names of the kinds of status."""

CASE_COLUMNS = (
    Column("surname", "Фамилия", "text", 22),
    Column("given", "Имя", "text", 18),
    Column("patronymic", "Отчество", "text", 20),
    Column("name_latin", "Латиницей", "text", 26),
    Column("migrant_id", "Мигрант ID", "text", 17),
    Column("birth_date", "Дата рождения", "date", 14),
    Column("citizenship", "Гражданство", "text", 16),
    Column("document", "Документ", "text", 16),
    Column("phone", "Телефон", "text", 18),
    Column("route", "Маршрут", "text", 20),
    Column("steps_done", "Пройдено шагов", "int", 10),
    Column("steps_all", "Всего шагов", "int", 10),
    Column("status", "Статус", "text", 16),
    Column("lawful_until", "Законно до", "date", 14),
    Column("status_reason", "Основание", "text", 28),
    Column("next_due_on", "Ближайший срок", "date", 14),
    Column("next_due_title", "Что сделать", "text", 34),
    Column("insurance_until", "Полис ДМС до", "date", 14),
    Column("responsible", "Специалист", "text", 28),
    Column("marked", "Пометка", "text", 20),
    Column("closed", "Закрыто", "text", 10),
)
"""Columns of the list of cases."""

DEADLINE_COLUMNS = (
    Column("due_on", "Срок", "date", 14),
    Column("days_left", "Осталось дней", "int", 10),
    Column("name", "Фамилия, имя, отчество", "text", 34),
    Column("migrant_id", "Мигрант ID", "text", 17),
    Column("citizenship", "Гражданство", "text", 16),
    Column("phone", "Телефон", "text", 18),
    Column("title", "Что сделать", "text", 36),
    Column("detail", "Почему", "text", 28),
    Column("who", "Кто делает", "text", 20),
    Column("responsible", "Специалист", "text", 28),
)
"""Columns of the list of terms."""


TERM_COLUMNS = (
    *DEADLINE_COLUMNS,
    Column("state", "Состояние", "text", 14),
    Column("settled_on", "Отмечено", "date", 14),
    Column("snoozed_until", "Отложен до", "date", 14),
    Column("snooze_reason", "Почему отложен", "text", 30),
)
"""Columns of the terms that «Сроки» lists."""


@dataclass(frozen=True)
class ListSource:
    """A list ready to be written. ``rows`` can be gone through once."""

    columns: Sequence[Column]
    rows: Iterator[Mapping[str, Any]]
    total: int


def cases(store: Store, text: str = "") -> ListSource:
    """All open cases by name, or those a search finds, best first. Raises NotPermitted."""
    return filtered(store, Filter(text=text), Order())


def filtered(
    store: Store, wanted: Filter, order: Order, columns: Sequence[str] | None = None
) -> ListSource:
    """The list on the screen: its filter, its order, its columns."""
    found = find(store, wanted, order)
    return chosen(store, found.rowids, columns)


def chosen(store: Store, rowids: array[int], columns: Sequence[str] | None = None) -> ListSource:
    """Given rows of the list, in their order. Raises NotPermitted."""
    require(store.actor, "export")
    note_look(store, _persons(store, rowids), "export", "cases")
    known = {column.key: column for column in CASE_COLUMNS}
    shown = [known[key] for key in columns if key in known] if columns else list(CASE_COLUMNS)
    return ListSource(shown, _case_rows(store, rowids), len(rowids))


def _persons(store: Store, rowids: Collection[int]) -> list[str]:
    with store.read() as session:
        asked = json.dumps(list(rowids))
        rows = raw_of(session).execute(
            "SELECT person_id FROM listing WHERE rowid IN (SELECT value FROM json_each(?))",
            (asked,),
        )
        return [person_id for (person_id,) in rows]


def _case_rows(store: Store, rowids: array[int]) -> Iterator[Mapping[str, Any]]:
    names = people(store)
    for start in range(0, len(rowids), PAGE):
        for row in rows(store, rowids[start : start + PAGE]):
            yield _case_row(row, names)


def _case_row(row: PersonRow, names: Mapping[str, str]) -> Mapping[str, Any]:
    shown: dict[str, Any] = {column.key: getattr(row, column.key) for column in CASE_COLUMNS}
    shown["citizenship"] = country_name(row.citizenship)
    shown["route"] = route_title(row.route)
    shown["status"] = STATUS_TEXT.get(row.status or "", "")
    shown["responsible"] = names.get(row.responsible or "", row.responsible or "")
    shown["closed"] = "да" if row.closed else ""
    return shown


def deadlines(store: Store, text: str = "") -> ListSource:
    """All open terms by date; with ``text`` only of the people a search finds."""
    require(store.actor, "export")
    wanted = set(find(store, Filter(text=text)).rowids) if text.strip() else None
    query = select(tables.due.c.person_id)
    if wanted is not None:
        query = query.join(
            tables.listing, tables.due.c.person_id == tables.listing.c.person_id
        ).where(tables.listing.c.rowid.in_(wanted))
    with store.read() as session:
        whose = session.scalars(query).all()
    note_look(store, sorted(set(whose)), "export", "deadlines")
    return ListSource(DEADLINE_COLUMNS, _due_rows(store, wanted), len(whose))


def _due_rows(store: Store, wanted: set[int] | None) -> Iterator[Mapping[str, Any]]:
    names, today = people(store), store.clock.today()
    due, shown = tables.due.c, tables.listing.c
    query = (
        select(
            due.id,
            due.due_on,
            due.title,
            due.detail,
            due.who,
            due.responsible,
            shown.rowid,
            shown.surname,
            shown.given,
            shown.patronymic,
            shown.name_latin,
            shown.migrant_id,
            shown.citizenship,
            shown.phone,
        )
        .join(tables.listing, due.person_id == shown.person_id)
        .order_by(due.due_on, due.id)
    )
    with store.read() as session:
        for row in session.execute(query.execution_options(yield_per=PAGE)):
            if wanted is not None and row.rowid not in wanted:
                continue
            yield {
                "due_on": row.due_on,
                "days_left": (date.fromisoformat(row.due_on) - today).days,
                "name": full_name(row.surname, row.given, row.patronymic) or row.name_latin,
                "migrant_id": row.migrant_id,
                "citizenship": country_name(row.citizenship),
                "phone": row.phone,
                "title": row.title,
                "detail": row.detail,
                "who": WHO.get(row.who or "", ""),
                "responsible": names.get(row.responsible or "", row.responsible or ""),
            }


def listed_terms(store: Store, ids: Sequence[int]) -> ListSource:
    """Given rows of «Сроки», in their order. Raises NotPermitted."""
    require(store.actor, "export")
    return ListSource(TERM_COLUMNS, _term_rows(store, ids), len(ids))


def _term_rows(store: Store, ids: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    names, today = people(store), store.clock.today()
    looked_at: set[str] = set()
    for start in range(0, len(ids), PAGE):
        terms = [term for term in term_rows(store, ids[start : start + PAGE]) if term is not None]
        looked_at.update(term.key.person_id for term in terms)
        whose = rows(store, list(rowids_of(store, [term.key.person_id for term in terms])))
        persons = {row.person_id: row for row in whose}
        for term in terms:
            person = persons.get(term.key.person_id)
            if person is not None:
                yield _term_row(term, person, names, today)
    note_look(store, sorted(looked_at), "export", "deadlines")


def _term_row(
    term: TermRow, person: PersonRow, names: Mapping[str, str], today: date
) -> Mapping[str, Any]:
    left = (term.key.due_on - today).days
    return {
        "due_on": term.key.due_on,
        "days_left": None if term.settled else left,
        "name": person.name,
        "migrant_id": person.migrant_id,
        "citizenship": country_name(person.citizenship),
        "phone": person.phone,
        "title": term.title,
        "detail": term.detail,
        "who": WHO.get(term.who, ""),
        "responsible": names.get(term.responsible or "", term.responsible or ""),
        "state": "Отложен" if term.snoozed_until else STATE_TITLES[term.state],
        "settled_on": term.settled_on,
        "snoozed_until": term.snoozed_until,
        "snooze_reason": term.snooze_reason if term.snoozed_until else "",
    }


LISTS: Mapping[str, Callable[[Store, str], ListSource]] = MappingProxyType(
    {"cases": cases, "deadlines": deadlines}
)
"""Lists by the code that ``arm export`` takes."""
