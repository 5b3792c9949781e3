"""Who changed what and when: of one case, and of the whole office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework import titles
from arm.casework.labels import display, field_label, full_name, is_reference, kind_title
from arm.casework.merged import cards_of_person
from arm.casework.office import people
from arm.casework.transfer import unit_titles
from arm.model import HostParty
from arm.store import tables
from arm.store.store import Store

Source = Literal["own", "other", "sync"]
"""Made by the signed-in person, by a colleague, or by another organisation or the centre."""

_SETTLED = {
    "conflict": "Расхождение: {label}",
    "settled": "Решено расхождение: {label}",
}


@dataclass(frozen=True)
class HistoryLine:
    """One change of one field, or the making or deletion of a record."""

    at: datetime
    who: str
    """Full name, or the login where we don't know the name."""
    what: str
    """What a person did: «Изменён телефон»."""
    field_label: str
    old: str
    new: str
    source: Source
    kind: str
    record_id: str
    field: str | None
    event: str
    """``new``, ``set``, ``del``, ``conflict``, ``settled``, ``undo``."""
    action_id: int | None
    sent: bool
    """Whether the centre has it."""


@dataclass(frozen=True)
class JournalLine:
    """One line of the office's journal."""

    id: int
    at: datetime
    who: str
    person_id: str
    person_name: str
    kind: str
    field: str | None
    what: str
    field_label: str
    old: str
    new: str
    source: Source


def history(store: Store, person_id: str, limit: int = 500) -> list[HistoryLine]:
    """All changes of one case, newest first. Raises NotPermitted."""
    require(store.actor, "see_history")
    names = people(store)
    with store.read() as session:
        return person_history(session, store, person_id, names, limit)


def person_history(
    session: Session, store: Store, person_id: str, names: Mapping[str, str], limit: int
) -> list[HistoryLine]:
    """As :func:`history`, within a session of the caller and without the check of rights."""
    past, action = tables.history.c, tables.action.c
    query = (
        select(tables.history, action.title.label("title"))
        .outerjoin(tables.action, past.action_id == action.id)
        # what happened to the cards that went into this one is the person's history as well
        .where(past.person_id.in_(cards_of_person(session, person_id)))
        .order_by(past.at.desc(), past.id.desc())
        .limit(limit)
    )
    rows = session.execute(query).all()
    hosts = _pointed_at(store, session, rows)
    return [_line(row, store, names, hosts) for row in rows]


def _pointed_at(store: Store, session: Session, rows: Iterable[Row[Any]]) -> dict[str | int, str]:
    """Names of what these changes are about or point at and that is no person: hosts, units."""
    return dict(unit_titles(store)) | _host_names(session, rows)


def _host_names(session: Session, rows: Iterable[Row[Any]]) -> dict[str, str]:
    """Names of the hosts that these changes are about or point at."""
    wanted = {row.doc_id for row in rows if row.kind == HostParty.kind}
    for row in rows:
        if row.field == "host_id":
            wanted |= {row.old, row.new} - {None}
    if not wanted:
        return {}
    hosts = session.scalars(select(HostParty).where(HostParty.id.in_(wanted)))
    return {
        host.id: host.organisation or full_name(host.surname, host.given, host.patronymic)
        for host in hosts
    }


def _line(
    row: Row[Any], store: Store, names: Mapping[str, str], hosts: Mapping[str | int, str]
) -> HistoryLine:
    old, new = _shown(row, row.old, names, hosts), _shown(row, row.new, names, hosts)
    return HistoryLine(
        at=datetime.fromisoformat(row.at),
        who=names.get(row.actor, row.actor),
        what=_what(row),
        field_label=field_label(row.kind, row.field),
        old=old,
        new=new,
        source=_source(row.actor, store, names),
        kind=row.kind,
        record_id=row.doc_id,
        field=row.field,
        event=row.event,
        action_id=row.action_id,
        sent=row.seq is not None,
    )


def _what(row: Row[Any]) -> str:
    if row.event in _SETTLED:
        return _SETTLED[row.event].format(label=field_label(row.kind, row.field))
    if row.title:
        return str(row.title)
    if row.event == "move":
        return "Дело передано в другое подразделение"
    if row.event == "new":
        return titles.added(row.kind)
    if row.event == "del":
        return titles.deleted(row.kind)
    return titles.changed(row.kind, [row.field]) if row.field else kind_title(row.kind)


def _shown(
    row: Row[Any], value: Any, names: Mapping[str, str], hosts: Mapping[str | int, str]
) -> str:
    if row.field in {"host_id", "scope"}:
        return hosts.get(value, "")
    if row.field:
        return display(row.kind, row.field, value, names)
    if not isinstance(value, dict):
        return ""
    return record_text(row.kind, value, names)


_NOT_TELLING = frozenset({"boxes", "author", "added_by", "edition", "printed_at", "printed_by"})
_TELLING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "attachment": ("file_name", "added_at"),
        "info_request": ("question",),
        "disclosure": ("receiver", "what", "disclosed_at"),
    }
)
"""Fields of records whose first ones are numbers and codes of the program."""


def record_text(kind: str, values: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A whole record in one line, its telling fields first."""
    if kind == "person":
        return full_name(values.get("surname"), values.get("given"), values.get("patronymic"))
    telling = _TELLING.get(kind, values)
    parts = [
        display(kind, field, values[field], names)
        for field in telling
        if field in values
        and field not in _NOT_TELLING
        and not is_reference(field)
        and values[field] not in (None, "", [])
    ]
    return ", ".join(part for part in parts[:4] if part)


def _source(actor: str, store: Store, names: Mapping[str, str]) -> Source:
    if actor == store.actor.login:
        return "own"
    return "other" if actor in names else "sync"


def recent(
    store: Store, limit: int = 200, before: int | None = None, person_id: str | None = None
) -> list[JournalLine]:
    """The newest changes of the whole office. ``before``: the id of the last line shown so far.

    Raises NotPermitted.
    """
    require(store.actor, "see_history")
    names = people(store)
    past, action, shown = tables.history.c, tables.action.c, tables.listing.c
    query = (
        select(
            tables.history,
            action.title.label("title"),
            shown.surname,
            shown.given,
            shown.patronymic,
            shown.name_latin,
        )
        .outerjoin(tables.action, past.action_id == action.id)
        .outerjoin(tables.listing, past.person_id == shown.person_id)
        .order_by(past.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(past.id < before)
    if person_id is not None:
        query = query.where(past.person_id == person_id)
    with store.read() as session:
        rows = session.execute(query).all()
        hosts = _pointed_at(store, session, rows)
    return [
        JournalLine(
            id=row.id,
            at=datetime.fromisoformat(row.at),
            who=names.get(row.actor, row.actor),
            person_id=row.person_id,
            person_name=full_name(row.surname, row.given, row.patronymic)
            or row.name_latin
            or hosts.get(row.doc_id, ""),
            kind=row.kind,
            field=row.field,
            what=_what(row),
            field_label=field_label(row.kind, row.field),
            old=_shown(row, row.old, names, hosts),
            new=_shown(row, row.new, names, hosts),
            source=_source(row.actor, store, names),
        )
        for row in rows
    ]
