"""Edits that the centre did not accept: what was typed, why it was refused, what to do now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from arm.casework import titles
from arm.casework.labels import display, field_label, full_name, is_reference, short_full_name
from arm.casework.office import people
from arm.model import HostParty, fields, kinds
from arm.store import tables
from arm.store.store import Store
from arm.sync.refusals import refusal_text

_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "no_right": "Попросите администратора вернуть доступ и внесите правку заново",
        "no_right_there": "Попросите администратора открыть подразделение и передайте дело снова",
        "moved": "Уточните у коллег, где дело сейчас, и отправьте туда набранное",
        "no_record": "Уточните у администратора, кому передано дело, и отправьте туда набранное",
    }
)
_KEEP = "Скопируйте набранное, чтобы не набирать его второй раз"
"""For refusals whose reason says itself what to do."""

_NOT_TYPED = frozenset(
    {"address_gar", "author", "added_by", "edition", "printed_at", "printed_by", "written_at"}
)
"""What the program adds of itself: of no use to a person who types the edit again."""


@dataclass(frozen=True)
class TypedValue:
    """One field of a refused edit. An empty ``text`` means that the field was emptied."""

    label: str
    text: str
    field: str


@dataclass(frozen=True)
class RefusedEdit:
    """One edit that stayed on this computer. ``cseq`` is its key here, negative for those from
    before the workstation was numbered anew."""

    cseq: int
    person_id: str
    """Empty for what belongs to no single person (a host)."""
    person_name: str
    """Empty where nothing here tells it any more."""
    here: bool
    """Whether the person's case can still be opened on this computer."""
    kind: str
    what: str
    """«Изменён телефон»."""
    values: tuple[TypedValue, ...]
    who: str
    """A colleague who typed it at this computer; empty for the signed-in person."""
    why: str
    advice: str
    at: datetime
    """When the centre refused it."""
    typed_at: datetime


def refused(store: Store) -> list[RefusedEdit]:
    """All edits the centre refused, the newest first. Reading them changes nothing."""
    names = people(store)
    kept = tables.rejected.c
    with store.read() as session:
        rows = session.execute(
            select(tables.rejected).order_by(kept.at.desc(), kept.cseq.desc())
        ).all()
        if not rows:
            return []
        persons = {str(row.op["person"]) for row in rows if row.op.get("person")}
        listed = _listed(session, persons)
        known = _told(session, rows, persons) | listed
        hosts = _hosts(session, rows)
        actors = _actors(session, rows)
    mine = store.actor.login
    others = {key: actor for key, actor in actors.items() if actor != mine}
    found = []
    for row in rows:
        other = others.get((row.cseq, row.doc_id), "")
        who = short_full_name(names.get(other, other))
        found.append(_edit(row, names, known | hosts, listed, who))
    return found


def _edit(
    row: Row[Any],
    names: Mapping[str, str],
    known: Mapping[str, str],
    listed: Mapping[str, str],
    who: str,
) -> RefusedEdit:
    said: Mapping[str, Any] = row.op
    person_id = str(said.get("person") or "")
    return RefusedEdit(
        cseq=row.cseq,
        person_id=person_id if said["kind"] != HostParty.kind else "",
        person_name=known.get(person_id) or known.get(row.doc_id, ""),
        here=person_id in listed,
        kind=said["kind"],
        what=_what(said),
        values=tuple(_values(said, names, known)),
        who=who,
        why=refusal_text(row.why),
        advice=_ADVICE.get(row.why, _KEEP),
        at=datetime.fromisoformat(row.at),
        typed_at=datetime.fromisoformat(said["at"]),
    )


def _what(said: Mapping[str, Any]) -> str:
    kind = said["kind"]
    if said["op"] == "new":
        return titles.added(kind)
    if said["op"] == "del":
        return titles.deleted(kind)
    if said["op"] == "move":
        return "Передача дела в другое подразделение"
    if said["op"] == "resolve":
        label = ", ".join(field_label(kind, name) for name in said["f"])
        return f"Решение по расхождению: {label}"
    shown = [name for name in _in_order(said) if name != "address_gar"]
    return titles.changed(kind, shown or list(said["f"]))


def _in_order(said: Mapping[str, Any]) -> list[str]:
    """The fields as the screens order them; those of a newer program last."""
    cls = kinds().get(said["kind"])
    order = list(fields(cls)) if cls else []
    return sorted(said["f"], key=lambda name: order.index(name) if name in order else len(order))


def _values(
    said: Mapping[str, Any], names: Mapping[str, str], known: Mapping[str, str]
) -> Iterator[TypedValue]:
    kind = said["kind"]
    if said["op"] == "del":
        return
    for name in _in_order(said):
        if name in _NOT_TYPED or (is_reference(name) and name != "host_id"):
            continue
        change, label = said["f"][name], field_label(kind, name)
        if "n" not in change:
            yield from _combined(kind, name, change, names)
            continue
        value = change["n"]
        text = known.get(value, "") if name == "host_id" else display(kind, name, value, names)
        if text or said["op"] != "new":
            yield TypedValue(label, text, name)


def _combined(
    kind: str, name: str, change: Mapping[str, Any], names: Mapping[str, str]
) -> Iterator[TypedValue]:
    """A field in which both sides' changes combine: what came and what went."""
    label = field_label(kind, name)
    if "inc" in change:
        yield TypedValue(label, f"{change['inc']:+}", name)
    if came := change.get("add") or change.get("app"):
        yield TypedValue(label, display(kind, name, came, names), name)
    if gone := change.get("rem") or change.get("cut"):
        yield TypedValue(f"{label}: убрано", display(kind, name, gone, names), name)


def _listed(session: Session, persons: set[str]) -> dict[str, str]:
    """Names of the people whose cases are on this computer."""
    shown = tables.listing.c
    query = select(
        shown.person_id, shown.surname, shown.given, shown.patronymic, shown.name_latin
    ).where(shown.person_id.in_(persons))
    return {
        row.person_id: full_name(row.surname, row.given, row.patronymic) or row.name_latin or ""
        for row in session.execute(query)
    }


def _told(session: Session, rows: Sequence[Row[Any]], persons: set[str]) -> dict[str, str]:
    """Names of people who are gone from here, as history and the refused edits tell them."""
    past = tables.history.c
    query = select(past.person_id, past.new).where(
        past.person_id.in_(persons), past.kind == "person", past.event == "new"
    )
    found = {row.person_id: _name(row.new or {}) for row in session.execute(query)}
    for row in rows:
        if row.op["kind"] in ("person", HostParty.kind) and row.op["op"] == "new":
            typed = {name: change.get("n") for name, change in row.op["f"].items()}
            found[row.doc_id] = _name(typed)
    return found


def _name(values: Mapping[str, Any]) -> str:
    name = full_name(values.get("surname"), values.get("given"), values.get("patronymic"))
    latin = full_name(values.get("surname_latin"), values.get("given_latin"))
    return values.get("organisation") or name or latin


def _hosts(session: Session, rows: Sequence[Row[Any]]) -> dict[str, str]:
    """Names of the hosts that are still here and that these edits are about or point at."""
    wanted = {row.doc_id for row in rows if row.op["kind"] == HostParty.kind}
    wanted |= {row.op["f"]["host_id"].get("n") for row in rows if "host_id" in row.op["f"]}
    hosts = session.scalars(select(HostParty).where(HostParty.id.in_(wanted - {None})))
    return {
        host.id: host.organisation or full_name(host.surname, host.given, host.patronymic)
        for host in hosts
    }


def _actors(session: Session, rows: Sequence[Row[Any]]) -> dict[tuple[int, str], str]:
    """Whose edits they are: several people may work at one computer."""
    past = tables.history.c
    query = select(past.cseq, past.doc_id, past.actor).where(
        past.cseq.in_([row.cseq for row in rows])
    )
    return {(row.cseq, row.doc_id): row.actor for row in session.execute(query)}
