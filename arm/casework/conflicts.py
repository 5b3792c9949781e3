"""Two people changed one field: what was, both edits, and the choice a person makes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework import derive
from arm.casework.errors import ConflictGone, FieldProblem, PersonNotFound, WrongValues
from arm.casework.facts import of_person
from arm.casework.labels import (
    choices,
    display,
    field_label,
    full_name,
    is_reference,
    short_full_name,
)
from arm.casework.office import people
from arm.casework.validation import NotADate, parse_value, problem
from arm.law.rulebook import open_rulebook
from arm.law.stay import visit_limit
from arm.model import Attachment, FieldSpec, fields, kinds, to_wire
from arm.store import tables
from arm.store.store import Store
from arm.sync.resolve import Settlement
from arm.sync.resolve import settle as send_settlements

_GROUP_LABELS = {
    "address": "Адрес",
    "number": "Серия и номер",
    "birth_place": "Место рождения",
    "document": "Документ",
}


@dataclass(frozen=True)
class Choice:
    """One of the values: as kept (wire form), as shown, whose and from when."""

    value: Any
    text: str
    who: str
    at: datetime | None


@dataclass(frozen=True)
class ConflictPart:
    """One field within a choice; a group (series and number) has several."""

    conflict_id: str
    field: str
    label: str
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class ConflictField:
    """One choice to make. ``conflict_id`` is the first part's."""

    conflict_id: str
    kind: str
    record_id: str
    field: str
    label: str
    base: Choice
    mine: Choice
    theirs: Choice
    hint: str
    editor: str
    """How to write one's own value: ``date``, ``choice``, ``text``."""
    choices: tuple[tuple[str, str], ...]
    parts: tuple[ConflictPart, ...]

    def taking(self, side: str) -> dict[str, Any]:
        """The settlement that takes ``base``, ``mine`` or ``theirs``: conflict id → value."""
        return {part.conflict_id: getattr(part, side) for part in self.parts}

    def writing(self, typed: Any) -> dict[str, Any]:
        """The settlement that writes a value of one's own; fields tied to it become empty."""
        rest = {part.conflict_id: None for part in self.parts[1:]}
        return {self.parts[0].conflict_id: typed, **rest}


@dataclass(frozen=True)
class MergedField:
    """A field that only one of the two changed: taken over without asking."""

    label: str
    value: str
    whose: str


@dataclass(frozen=True)
class DisputedCase:
    """One case in the list of disputes."""

    person_id: str
    name: str
    labels: tuple[str, ...]
    total: int
    who: str
    """«вы и Тихонова Е. В.»."""
    at: datetime | None
    settled_how: str = ""
    """For settled ones: «выбрана ваша правка»."""


@dataclass(frozen=True)
class Dispute:
    """Everything to be decided about one person."""

    person_id: str
    name: str
    mine_name: str
    theirs_name: str
    mine_at: datetime | None
    theirs_at: datetime | None
    base_at: datetime | None
    fields: tuple[ConflictField, ...]
    merged_without_dispute: tuple[MergedField, ...]


def disputed(store: Store) -> list[DisputedCase]:
    """Cases that wait for a decision, the newest first."""
    return _cases(store, "open")


def settled_today(store: Store) -> list[DisputedCase]:
    """Cases whose disputes were settled today, the newest first."""
    today = store.clock.today()
    return [
        one
        for one in _cases(store, "settled")
        if one.at is not None and one.at.astimezone().date() == today
    ]


def _cases(store: Store, state: str) -> list[DisputedCase]:
    names = people(store)
    conflict, shown = tables.conflict.c, tables.listing.c
    query = (
        select(tables.conflict, shown.surname, shown.given, shown.patronymic, shown.name_latin)
        .outerjoin(tables.listing, conflict.person_id == shown.person_id)
        .where(conflict.state == state)
    )
    with store.read() as session:
        rows = session.execute(query).all()
    by_person: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, []).append(row)
    found = [_case(person_id, of_one, store, names) for person_id, of_one in by_person.items()]
    found.sort(key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True)
    return found


def _case(
    person_id: str, rows: Sequence[Row[Any]], store: Store, names: Mapping[str, str]
) -> DisputedCase:
    groups = _grouped(rows)
    first = rows[0]
    actors = dict.fromkeys(
        actor for row in rows for actor in (row.mine_actor, row.server_actor) if actor
    )
    instants = [
        at
        for row in rows
        for at in (_instant(row.settled_at), _instant(row.mine_at), _instant(row.server_at))
        if at is not None
    ]
    return DisputedCase(
        person_id=person_id,
        name=full_name(first.surname, first.given) or first.name_latin or "",
        labels=tuple(_label(group).lower() for group in groups),
        total=len(groups),
        who=" и ".join(_you(actor, store, names) for actor in actors),
        at=max(instants, default=None),
        settled_how=_how(first, store, names) if first.state == "settled" else "",
    )


def _you(actor: str, store: Store, names: Mapping[str, str]) -> str:
    return "вы" if actor == store.actor.login else short_full_name(names.get(actor, actor))


def _how(row: Row[Any], store: Store, names: Mapping[str, str]) -> str:
    for side, actor in (("mine", row.mine_actor), ("server", row.server_actor)):
        if row.settled_value == getattr(row, f"{side}_value"):
            if actor == store.actor.login:
                return "выбрана ваша правка"
            return f"выбрана правка: {short_full_name(names.get(actor or '', actor or ''))}"
    if row.settled_value == row.base_value:
        return "оставлено как было"
    return "введено вручную"


def dispute(store: Store, person_id: str) -> Dispute:
    """What is disputed about one person. Raises PersonNotFound, or ConflictGone if nothing is."""
    names = people(store)
    conflict = tables.conflict.c
    with store.read() as session:
        person = session.get(kinds()["person"], person_id)
        if person is None:
            raise PersonNotFound(asked=person_id)
        rows = session.execute(
            select(tables.conflict)
            .where(conflict.person_id == person_id, conflict.state == "open")
            .order_by(conflict.kind, conflict.doc_id, conflict.field)
        ).all()
        if not rows:
            raise ConflictGone
        groups = _grouped(rows)
        merged = _merged(session, store, person_id, rows, names)
        found = tuple(_field(session, person_id, group, store, names) for group in groups)
        base_at = _base_at(session, rows[0])
        name = full_name(
            getattr(person, "surname", None),
            getattr(person, "given", None),
            getattr(person, "patronymic", None),
        )
    first = found[0]
    return Dispute(
        person_id=person_id,
        name=name,
        mine_name=first.mine.who,
        theirs_name=first.theirs.who,
        mine_at=first.mine.at,
        theirs_at=first.theirs.at,
        base_at=base_at,
        fields=found,
        merged_without_dispute=merged,
    )


def _spec(kind: str, field: str) -> FieldSpec | None:
    cls = kinds().get(kind)
    return fields(cls).get(field) if cls else None


def _grouped(rows: Iterable[Row[Any]]) -> list[list[Row[Any]]]:
    """Fields of one record that only make sense together are one choice."""
    found: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        spec = _spec(row.kind, row.field)
        key = (row.doc_id, (spec.group or row.field) if spec else row.field)
        found.setdefault(key, []).append(row)
    for group in found.values():
        order = list(fields(kinds()[group[0].kind])) if group[0].kind in kinds() else []
        group.sort(key=lambda row: order.index(row.field) if row.field in order else 0)
    return list(found.values())


def _label(group: Sequence[Row[Any]]) -> str:
    first = group[0]
    spec = _spec(first.kind, first.field)
    if len(group) > 1 and spec is not None and spec.group:
        return _GROUP_LABELS.get(spec.group, spec.label)
    return field_label(first.kind, first.field)


def _field(
    session: Session,
    person_id: str,
    group: Sequence[Row[Any]],
    store: Store,
    names: Mapping[str, str],
) -> ConflictField:
    first = group[0]
    # «ваша правка» is always the signed-in person's own, whichever came to the centre first
    mine_side, their_side = ("mine", "server")
    if first.server_actor == store.actor.login != first.mine_actor:
        mine_side, their_side = ("server", "mine")
    options = choices(first.kind, first.field) if len(group) == 1 else None
    return ConflictField(
        conflict_id=first.id,
        kind=first.kind,
        record_id=first.doc_id,
        field=first.field,
        label=_label(group),
        base=_choice(group, "base", store, names),
        mine=_choice(group, mine_side, store, names),
        theirs=_choice(group, their_side, store, names),
        hint=_hint(session, person_id, first),
        editor=_editor(first, options),
        choices=tuple(options or ()),
        parts=tuple(
            ConflictPart(
                row.id,
                row.field,
                field_label(row.kind, row.field),
                row.base_value,
                getattr(row, f"{mine_side}_value"),
                getattr(row, f"{their_side}_value"),
            )
            for row in group
        ),
    )


def _choice(group: Sequence[Row[Any]], side: str, store: Store, names: Mapping[str, str]) -> Choice:
    texts = [
        display(row.kind, row.field, getattr(row, f"{side}_value"), names)
        for row in group
        if row.field != "address_gar"
    ]
    first = group[0]
    actor = "" if side == "base" else getattr(first, f"{side}_actor") or ""
    at = None if side == "base" else _instant(getattr(first, f"{side}_at"))
    who = "Ваша правка" if actor and actor == store.actor.login else names.get(actor, actor)
    return Choice(
        getattr(first, f"{side}_value"), " ".join(text for text in texts if text), who, at
    )


def _editor(row: Row[Any], options: list[tuple[str, str]] | None) -> str:
    if options:
        return "choice"
    spec = _spec(row.kind, row.field)
    return "date" if spec is not None and str(spec.column_type) == "DATE" else "text"


def _hint(session: Session, person_id: str, row: Row[Any]) -> str:
    """What in the case helps to choose."""
    if row.kind == "registration" and row.field == "valid_to":
        stand = derive.standing(session, person_id)
        limit = visit_limit(stand.facts, open_rulebook()) if stand else None
        if limit is not None:
            return f"{limit.good} — {limit.until:%d.%m.%Y}"
    if row.kind == "registration" and row.field in ("address", "address_gar"):
        about = {"contract", "registration", row.doc_id}
        for file in of_person(session, Attachment, person_id):
            if file.about in about:
                return f"В деле есть файл: {file.file_name}"
    return ""


def _base_at(session: Session, row: Row[Any]) -> datetime | None:
    """When the value both started from was written."""
    past = tables.history.c
    earliest = min((at for at in (row.mine_at, row.server_at) if at), default=None)
    query = select(past.at).where(past.doc_id == row.doc_id)
    if earliest is not None:
        query = query.where(past.at < earliest)
    found = session.scalar(query.order_by(past.at.desc()).limit(1))
    return _instant(found)


def _merged(
    session: Session,
    store: Store,
    person_id: str,
    rows: Sequence[Row[Any]],
    names: Mapping[str, str],
) -> tuple[MergedField, ...]:
    """Fields changed since the dispute began that only one person changed."""
    starts = [at for row in rows for at in (row.mine_at, row.server_at) if at]
    if not starts:
        return ()
    disputed_fields = {(row.doc_id, row.field) for row in rows}
    past = tables.history.c
    query = (
        select(past.doc_id, past.kind, past.field, past.new, past.actor, past.at)
        .where(
            past.person_id == person_id,
            past.event == "set",
            past.field.is_not(None),
            past.at >= min(starts)[:10],
        )
        .order_by(past.at.desc(), past.id.desc())
    )
    found: dict[tuple[str, str], MergedField] = {}
    for row in session.execute(query):
        key = (row.doc_id, row.field)
        if key in disputed_fields or key in found or is_reference(row.field):
            continue
        value = json.loads(row.new) if isinstance(row.new, str) and row.new[:1] == '"' else row.new
        whose = "ваша правка" if row.actor == store.actor.login else names.get(row.actor, row.actor)
        found[key] = MergedField(
            field_label(row.kind, row.field), display(row.kind, row.field, value, names), whose
        )
    return tuple(found.values())


def settle(store: Store, decisions: Mapping[str, Any]) -> int:
    """Decide disputes: conflict id → value (typed, Python or wire form); returns how many.

    All variants stay in history. Raises NotPermitted, :class:`WrongValues` (``field`` is the
    conflict id), :class:`ConflictGone`.
    """
    require(store.actor, "settle_conflict")
    conflict = tables.conflict.c
    with store.read() as session:
        rows = {
            row.id: row
            for row in session.execute(
                select(tables.conflict).where(
                    conflict.id.in_(list(decisions)), conflict.state == "open"
                )
            )
        }
    if len(rows) < len(decisions):
        raise ConflictGone
    today = store.clock.today()
    problems: list[FieldProblem] = []
    settlements: list[Settlement] = []
    for conflict_id, typed in decisions.items():
        row = rows[conflict_id]
        value, why = _value(row, typed, today)
        if why is not None:
            problems.append(FieldProblem(conflict_id, why))
        settlements.append(Settlement(conflict_id, to_wire(value)))
    if problems:
        raise WrongValues(problems)
    send_settlements(store, settlements)
    return len(settlements)


def _value(row: Row[Any], typed: Any, today: date) -> tuple[Any, str | None]:
    if typed in (row.base_value, row.mine_value, row.server_value):
        return typed, None
    spec = _spec(row.kind, row.field)
    if spec is None:
        return typed, None
    try:
        value = parse_value(spec, typed)
    except (ValueError, TypeError) as error:
        return typed, str(error) if isinstance(error, NotADate) else "Проверьте значение"
    return value, problem(row.kind, row.field, value, today)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
