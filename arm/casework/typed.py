"""What one operation says, in words: for edits that wait, that were refused, that are exported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from arm.casework import titles
from arm.casework.labels import display, field_label, full_name, is_reference
from arm.casework.merged import around
from arm.model import HostParty, Person, fields, kinds
from arm.store import tables
from arm.store.database import raw_of

Said = Mapping[str, Any]
"""An operation, see docs/store.md."""

_NAME_FIELDS = ("surname", "given", "patronymic", "surname_latin", "given_latin")

NOT_TYPED = frozenset(
    {"address_gar", "author", "added_by", "edition", "printed_at", "printed_by", "written_at"}
)
"""What the program adds of itself: of no use to a person who types the edit again."""


@dataclass(frozen=True)
class TypedValue:
    """One field of an edit. An empty ``text`` means that the field was emptied. ``now`` is what the
    case says at present."""

    label: str
    text: str
    field: str
    now: str = ""


@dataclass(frozen=True)
class Names:
    """Who operations are about. ``here``: people whose cases are on this computer."""

    logins: Mapping[str, str]
    known: Mapping[str, str]
    here: frozenset[str]


def names_for(session: Session, ops: Sequence[Said], logins: Mapping[str, str]) -> Names:
    """Names for these operations, also of people who are gone from here."""
    persons = {str(op["person"]) for op in ops if op.get("person")}
    into = _cards_now(session, persons)
    listed = _listed(session, persons | set(into.values()))
    here = frozenset(one for one in persons if into.get(one, one) in listed)
    known = _typed_anew(ops) | person_names(session, persons) | _hosts(session, ops)
    return Names(logins, known, here)


def person_names(session: Session, persons: set[str]) -> dict[str, str]:
    """Names of these people, deleted ones and those who are gone from here as well."""
    names = _told(session, persons)
    for person in session.scalars(select(Person).where(Person.id.in_(persons))):
        names[person.id] = _name({name: getattr(person, name) for name in fields(Person)})
    names |= _listed(session, persons)
    missing = {one for one in persons if not names.get(one)}
    into = _cards_now(session, missing)
    if into:  # the card went into another one, whose name is the same human being's
        others = person_names(session, set(into.values()))
        names |= {one: others.get(other, "") for one, other in into.items()}
    return names


def person_of(op: Said) -> str:
    """Whose case an operation belongs to; empty for what belongs to no single person (a host)."""
    return str(op.get("person") or "") if op["kind"] != HostParty.kind else ""


def name_of(op: Said, names: Names) -> str:
    """Whom an operation is about; empty where nothing here tells it any more."""
    return names.known.get(str(op.get("person") or "")) or names.known.get(op["id"], "")


def what(said: Said) -> str:
    """«Изменён телефон»."""
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
    if said["op"] == "reopen":
        label = ", ".join(field_label(kind, name) for name in said["f"])
        return f"Решение по расхождению отменено: {label}"
    shown = [name for name in in_order(said) if name != "address_gar"]
    return titles.changed(kind, shown or list(said["f"]))


def in_order(said: Said) -> list[str]:
    """The fields as the screens order them; those of a newer program last."""
    cls = kinds().get(said["kind"])
    order = list(fields(cls)) if cls else []
    return sorted(said["f"], key=lambda name: order.index(name) if name in order else len(order))


def values(said: Said, names: Names) -> Iterator[TypedValue]:
    """What was typed, field by field; a deletion typed nothing."""
    kind = said["kind"]
    if said["op"] == "del":
        return
    for name in in_order(said):
        if name in NOT_TYPED or (is_reference(name) and name != "host_id"):
            continue
        change, label = said["f"][name], field_label(kind, name)
        if "n" not in change:
            yield from _combined(kind, name, change, names.logins)
            continue
        value = change["n"]
        if name == "host_id":
            text = names.known.get(value, "")
        else:
            text = display(kind, name, value, names.logins)
        if text or said["op"] != "new":
            yield TypedValue(label, text, name)


def _combined(
    kind: str, name: str, change: Mapping[str, Any], logins: Mapping[str, str]
) -> Iterator[TypedValue]:
    """A field in which both sides' changes combine: what came and what went."""
    label = field_label(kind, name)
    if "inc" in change:
        yield TypedValue(label, f"{change['inc']:+}", name)
    if came := change.get("add") or change.get("app"):
        yield TypedValue(label, display(kind, name, came, logins), name)
    if gone := change.get("rem") or change.get("cut"):
        yield TypedValue(f"{label}: убрано", display(kind, name, gone, logins), name)


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


def _cards_now(session: Session, persons: set[str]) -> dict[str, str]:
    """Card → the card it went into, for those that went into another one."""
    driver = raw_of(session)
    merges = around(driver, persons)
    return {one: merges.survivor(one) for one in persons if one in merges.into}


def _told(session: Session, persons: set[str]) -> dict[str, str]:
    """Names of people who are gone from here, as history tells them: what they were taken in with
    and what somebody changed since."""
    past = tables.history.c
    query = (
        select(past.person_id, past.field, past.old, past.new)
        .where(past.person_id.in_(persons), past.kind == Person.kind)
        .where(or_(past.event == "new", past.field.in_(_NAME_FIELDS)))
        .order_by(past.id)
    )
    said: dict[str, dict[str, Any]] = {}
    for row in session.execute(query):
        of_one = said.setdefault(row.person_id, {})
        if row.field is None:
            of_one |= row.new or {}
        else:
            of_one[row.field] = row.new or row.old
    return {person_id: _name(values) for person_id, values in said.items()}


def _typed_anew(ops: Iterable[Said]) -> dict[str, str]:
    """Names of people and hosts that these operations themselves bring."""
    found = {}
    for op in ops:
        if op["kind"] in ("person", HostParty.kind) and op["op"] == "new":
            typed = {name: change.get("n") for name, change in op["f"].items()}
            found[op["id"]] = _name(typed)
    return found


def _name(values: Mapping[str, Any]) -> str:
    name = full_name(values.get("surname"), values.get("given"), values.get("patronymic"))
    latin = full_name(values.get("surname_latin"), values.get("given_latin"))
    return values.get("organisation") or name or latin


def _hosts(session: Session, ops: Sequence[Said]) -> dict[str, str]:
    """Names of the hosts that are still here and that these edits are about or point at."""
    wanted = {op["id"] for op in ops if op["kind"] == HostParty.kind}
    wanted |= {op["f"]["host_id"].get("n") for op in ops if "host_id" in op["f"]}
    hosts = session.scalars(select(HostParty).where(HostParty.id.in_(wanted - {None})))
    return {
        host.id: host.organisation or full_name(host.surname, host.given, host.patronymic)
        for host in hosts
    }


def beside_the_present(session: Session, said: Said, names: Names) -> Iterator[TypedValue]:
    """As :func:`values`, with what the case says of these fields now."""
    cls = kinds().get(said["kind"])
    record = session.get(cls, said["id"]) if cls is not None and said["op"] != "new" else None
    for one in values(said, names):
        if record is None or record.deleted or one.field not in fields(type(record)):
            yield one
            continue
        now = getattr(record, one.field)
        if one.field == "host_id":
            text = names.known.get(now or "", "")
        else:
            text = display(said["kind"], one.field, now, names.logins)
        yield replace(one, now=text)
