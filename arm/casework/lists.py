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
from arm.casework.people import Filter, Order, PersonRow, find, rows
from arm.casework.read_log import note_look
from arm.casework.reference import country_name, route_title
from arm.exchange.list_xlsx import Column
from arm.store import tables
from arm.store.store import Store
from arm.sync.documents import raw_of

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


LISTS: Mapping[str, Callable[[Store, str], ListSource]] = MappingProxyType(
    {"cases": cases, "deadlines": deadlines}
)
"""Lists by the code that ``arm export`` takes."""
