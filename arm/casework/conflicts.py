"""Two people changed one field: what was, both edits, and the choice a person makes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from arm.casework import conflict_grounds, derive, law_book
from arm.casework.case import attachments_in
from arm.casework.conflict_grounds import Effect, Place, effects
from arm.casework.errors import ConflictGone
from arm.casework.labels import choices, display, field_label, kind_title, short_full_name
from arm.casework.office import people
from arm.casework.papers import AttachmentLine
from arm.casework.settling import RECORD, settle
from arm.casework.typed import person_names
from arm.casework.without_dispute import MergedField, merged
from arm.law.stay import visit_limit
from arm.model import FieldSpec, fields, kinds, to_wire
from arm.store import tables
from arm.store.capture import wire
from arm.store.store import Store

__all__ = [
    "OWN_EDIT", "RECORD", "Choice", "ConflictField", "ConflictPart", "Dispute", "DisputedCase",
    "MergedField", "SettledDispute", "SettledField", "dispute", "disputed", "effect_of", "settle",
    "settled", "settled_today",
]  # fmt: skip

OWN_EDIT: Final = "Ваша правка"
"""Stands for the name of whoever is signed in."""
_GROUP_LABELS = {
    "address": "Адрес",
    "number": "Серия и номер",
    "birth_place": "Место рождения",
    "document": "Документ",
    "snooze": "Отсрочка",
}
_FOLLOWING = frozenset({"address_gar", "snoozed_by"})
"""Not shown and not typed: they go with the field they belong to, or become empty."""


@dataclass(frozen=True)
class Choice:
    """One of the values: as kept (wire form), as shown, whose and from when."""

    value: Any
    text: str
    who: str
    at: datetime | None


@dataclass(frozen=True)
class ConflictPart:
    """One field within a choice; a group (series and number) has several. ``key`` names it in a
    decision; without ``conflict_id`` nobody disputes it, but it goes with the others."""

    conflict_id: str
    kind: str
    record_id: str
    field: str
    label: str
    base: Any
    mine: Any
    theirs: Any

    @property
    def key(self) -> str:
        return self.conflict_id or f"{self.kind}/{self.record_id}/{self.field}"


@dataclass(frozen=True)
class ConflictField:
    """One choice to make. ``conflict_id`` is the first disputed part's."""

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
    evidence: tuple[AttachmentLine, ...] = ()
    """Files that show the document this was copied from."""
    effects: Mapping[str, Effect] = dataclasses.field(default_factory=dict)
    """What «base», «mine», «theirs» would do to stay and terms; empty if it is all the same."""
    record_state: str = ""
    """``deleted`` or ``missing``, if the record is no longer in the case."""

    @property
    def typed_parts(self) -> tuple[ConflictPart, ...]:
        """What a person fills in to write a value of their own."""
        return tuple(part for part in self.parts if part.field not in _FOLLOWING)

    def taking(self, side: str) -> dict[str, Any]:
        """The settlement that takes ``base``, ``mine`` or ``theirs``: part's key → value."""
        return {part.key: getattr(part, side) for part in self.parts}

    def writing(self, *typed: Any) -> dict[str, Any]:
        """The settlement that writes values of one's own, one for each of ``typed_parts``; what
        follows them becomes empty."""
        own = dict(zip((part.key for part in self.typed_parts), typed, strict=True))
        return {part.key: own.get(part.key) for part in self.parts}


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
    own: bool = True
    """Whether the signed-in person is one of the two."""


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
    own: bool = True
    """Whether one of the edits is the signed-in person's: then it stands as ``mine``."""


@dataclass(frozen=True)
class SettledField:
    """A dispute that is over, with all its versions. ``chosen.who`` decided."""

    label: str
    kind: str
    field: str
    base: Choice
    mine: Choice
    theirs: Choice
    chosen: Choice


@dataclass(frozen=True)
class SettledDispute:
    """What was disputed about one person and how it was decided, the newest first."""

    person_id: str
    name: str
    fields: tuple[SettledField, ...]


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
    conflict = tables.conflict.c
    with store.read() as session:
        rows = session.execute(
            select(tables.conflict).where(conflict.state == state).order_by(conflict.id)
        ).all()
        persons = person_names(session, {row.person_id for row in rows}) if rows else {}
    by_person: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, []).append(row)
    found = [
        _case(person_id, persons.get(person_id, ""), of_one, store, names)
        for person_id, of_one in by_person.items()
    ]
    found.sort(key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True)
    return found


def _case(
    person_id: str, name: str, rows: Sequence[Row[Any]], store: Store, names: Mapping[str, str]
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
        name=" ".join(name.split()[:2]),
        labels=tuple(_label(group).lower() for group in groups),
        total=len(groups),
        who=_both([_you(actor, store, names) for actor in actors]),
        at=max(instants, default=None),
        settled_how=_how(first, store, names) if first.state == "settled" else "",
        own=store.actor.login in actors,
    )


def _both(who: Sequence[str]) -> str:
    return f"{who[0]} и {who[1]}" if len(who) == 2 else ", ".join(who)


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
    """What is disputed about one person. Raises ConflictGone if nothing is."""
    names = people(store)
    conflict = tables.conflict.c
    with store.read() as session:
        rows = session.execute(
            select(tables.conflict)
            .where(conflict.person_id == person_id, conflict.state == "open")
            .order_by(conflict.kind, conflict.doc_id, conflict.field)
        ).all()
        if not rows:
            raise ConflictGone
        reader = _Reader(session, store, person_id, names)
        found = tuple(reader.field(group) for group in _grouped(rows))
        together = merged(session, store, person_id, rows, names)
        base_at = _base_at(session, rows[0])
        name = person_names(session, {person_id}).get(person_id, "")
    first = found[0]
    login = store.actor.login
    return Dispute(
        person_id=person_id,
        name=name,
        mine_name=first.mine.who,
        theirs_name=first.theirs.who,
        mine_at=first.mine.at,
        theirs_at=first.theirs.at,
        base_at=base_at,
        fields=found,
        merged_without_dispute=together,
        own=any(login in (row.mine_actor, row.server_actor) for row in rows),
    )


def settled(store: Store, person_id: str) -> SettledDispute:
    """All versions of what was ever disputed about one person and decided. Raises ConflictGone."""
    names = people(store)
    conflict = tables.conflict.c
    with store.read() as session:
        rows = session.execute(
            select(tables.conflict)
            .where(conflict.person_id == person_id, conflict.state == "settled")
            .order_by(conflict.settled_at.desc(), conflict.kind, conflict.doc_id, conflict.field)
        ).all()
        if not rows:
            raise ConflictGone
        name = person_names(session, {person_id}).get(person_id, "")
    fields_ = [_settled_field(group, store, names) for group in _grouped(rows, apart="settled_at")]
    return SettledDispute(person_id, name, tuple(fields_))


def _settled_field(
    group: Sequence[Row[Any]], store: Store, names: Mapping[str, str]
) -> SettledField:
    first = group[0]
    mine_side, their_side = _sides(first, store)
    decided = _words(group, "settled", names)
    who = "вы" if first.settled_by == store.actor.login else names.get(first.settled_by or "", "")
    return SettledField(
        _label(group),
        first.kind,
        first.field,
        _choice(group, "base", store, names),
        _choice(group, mine_side, store, names),
        _choice(group, their_side, store, names),
        Choice(first.settled_value, decided, who, _instant(first.settled_at)),
    )


def _spec(kind: str, field: str) -> FieldSpec | None:
    cls = kinds().get(kind)
    return fields(cls).get(field) if cls else None


def _grouped(rows: Iterable[Row[Any]], apart: str = "id") -> list[list[Row[Any]]]:
    """Fields of one record that only make sense together are one choice; several disputes about
    one and the same field, and decisions made ``apart`` in time, are not."""
    found: dict[tuple[str, ...], list[Row[Any]]] = {}
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        spec = _spec(row.kind, row.field)
        number = seen[row.doc_id, row.field] = seen.get((row.doc_id, row.field), -1) + 1
        group = (spec.group or row.field) if spec else row.field
        when = str(row.settled_at) if apart == "settled_at" else ""
        key = (row.doc_id, group, str(number), when)
        found.setdefault(key, []).append(row)
    for group in found.values():
        order = list(fields(kinds()[group[0].kind])) if group[0].kind in kinds() else []
        group.sort(key=lambda row: order.index(row.field) if row.field in order else 0)
    return list(found.values())


def _label(group: Sequence[Row[Any]]) -> str:
    first = group[0]
    if first.field == RECORD:
        return f"{kind_title(first.kind)}: удаление"
    spec = _spec(first.kind, first.field)
    if spec is not None and spec.group and (len(group) > 1 or _partners(first)):
        return _GROUP_LABELS.get(spec.group, spec.label)
    return field_label(first.kind, first.field)


def _partners(row: Row[Any]) -> list[str]:
    """Fields that only make sense together with this one, itself included, as screens order them;
    empty if it stands alone."""
    spec = _spec(row.kind, row.field)
    if spec is None or spec.group is None:
        return []
    specs = fields(kinds()[row.kind])
    return [name for name, other in specs.items() if other.group == spec.group]


def _sides(row: Row[Any], store: Store) -> tuple[str, str]:
    """«ваша правка» is always the signed-in person's own, whichever came to the centre first."""
    if row.server_actor == store.actor.login != row.mine_actor:
        return "server", "mine"
    return "mine", "server"


class _Reader:
    """Reads one dispute within a session."""

    def __init__(
        self, session: Session, store: Store, person_id: str, names: Mapping[str, str]
    ) -> None:
        self._session, self._store = session, store
        self._person_id, self._names = person_id, names

    def field(self, group: Sequence[Row[Any]]) -> ConflictField:
        """One choice to make, with all that helps to make it."""
        first = group[0]
        cls = kinds().get(first.kind)
        record = self._session.get(cls, first.doc_id) if cls is not None else None
        parts = self._parts(group, record)
        options = choices(first.kind, first.field) if len(parts) == 1 else None
        mine_side, their_side = _sides(first, self._store)
        return ConflictField(
            conflict_id=first.id,
            kind=first.kind,
            record_id=first.doc_id,
            field=first.field,
            label=_label(group),
            base=self._version(group, parts, "base", "base"),
            mine=self._version(group, parts, "mine", mine_side),
            theirs=self._version(group, parts, "theirs", their_side),
            hint=_hint(self._session, self._person_id, first),
            editor=_editor(first, options),
            choices=tuple(options or ()),
            parts=parts,
            evidence=conflict_grounds.evidence(
                attachments_in(self._session, self._store, self._person_id, self._names),
                first.kind,
                record,
            ),
            effects=self._effects(first, parts),
            record_state=(
                "missing" if record is None
                else "deleted" if record.deleted and first.field != RECORD
                else ""
            ),
        )  # fmt: skip

    def _parts(self, group: Sequence[Row[Any]], record: Any) -> tuple[ConflictPart, ...]:
        first = group[0]
        mine_side, their_side = _sides(first, self._store)
        disputed_by = {row.field: row for row in group}
        found = []
        for name in _partners(first) or [first.field]:
            row = disputed_by.get(name)
            if row is not None:
                sides = [getattr(row, f"{side}_value") for side in ("base", mine_side, their_side)]
            elif record is None:
                continue
            else:
                sides = self._undisputed(first, name, record, (mine_side, their_side))
            conflict_id = row.id if row is not None else ""
            label = field_label(first.kind, name)
            found.append(ConflictPart(conflict_id, first.kind, first.doc_id, name, label, *sides))
        return tuple(found)

    def _undisputed(
        self, row: Row[Any], name: str, record: Any, sides: tuple[str, str]
    ) -> list[Any]:
        """What the base and each side had in a field that belongs to the disputed one."""
        starts = [at for at in (_instant(row.mine_at), _instant(row.server_at)) if at]
        past = tables.history.c
        query = (
            select(past.old, past.new, past.actor, past.at)
            .where(past.doc_id == row.doc_id, past.field == name)
            .where(past.person_id == self._person_id, past.event.in_(("set", "undo", "settled")))
            .order_by(past.at, past.id)
        )
        since = min(starts, default=None)
        changes = [
            change
            for change in self._session.execute(query)
            if since is not None and datetime.fromisoformat(change.at) >= since
        ]
        now = wire(fields(type(record))[name], getattr(record, name))
        base = changes[0].old if changes else now
        found = [base]
        for side in sides:
            actor = getattr(row, f"{side}_actor")
            own = [change.new for change in changes if change.actor == actor]
            found.append(own[-1] if own else base)
        return found

    def _version(
        self, group: Sequence[Row[Any]], parts: Sequence[ConflictPart], side: str, column: str
    ) -> Choice:
        whose = _choice(group, column, self._store, self._names)
        texts = [
            display(part.kind, part.field, getattr(part, side), self._names)
            for part in parts
            if part.field not in _FOLLOWING
        ]
        return Choice(whose.value, " ".join(text for text in texts if text), whose.who, whose.at)

    def _effects(self, row: Row[Any], parts: Sequence[ConflictPart]) -> Mapping[str, Effect]:
        if row.field == RECORD:
            return {}
        versions = {
            side: {part.field: getattr(part, side) for part in parts}
            for side in ("base", "mine", "theirs")
        }
        place = Place(self._person_id, row.kind, row.doc_id)
        return effects(self._session, place, versions, self._store.clock.today())


def effect_of(store: Store, person_id: str, disputed_field: ConflictField, own: Any) -> Effect:
    """What a value of one's own (typed, Python) would do, told beside the versions."""
    part = disputed_field.typed_parts[0]
    versions = {side: {part.field: getattr(part, side)} for side in ("base", "mine", "theirs")}
    versions["own"] = {part.field: to_wire(own)}
    with store.read() as session:
        place = Place(person_id, part.kind, part.record_id)
        found = effects(session, place, versions, store.clock.today())
    return found.get("own", Effect((), None))


def _words(group: Sequence[Row[Any]], side: str, names: Mapping[str, str]) -> str:
    texts = [
        display(row.kind, row.field, getattr(row, f"{side}_value"), names)
        for row in group
        if row.field not in _FOLLOWING
    ]
    return " ".join(text for text in texts if text)


def _choice(group: Sequence[Row[Any]], side: str, store: Store, names: Mapping[str, str]) -> Choice:
    first = group[0]
    actor = "" if side == "base" else getattr(first, f"{side}_actor") or ""
    at = None if side == "base" else _instant(getattr(first, f"{side}_at"))
    who = OWN_EDIT if actor and actor == store.actor.login else names.get(actor, actor)
    return Choice(getattr(first, f"{side}_value"), _words(group, side, names), who, at)


def _editor(row: Row[Any], options: list[tuple[str, str]] | None) -> str:
    if options:
        return "choice"
    spec = _spec(row.kind, row.field)
    return "date" if spec is not None and str(spec.column_type) == "DATE" else "text"


def _hint(session: Session, person_id: str, row: Row[Any]) -> str:
    """What the law says of this field."""
    if row.kind == "registration" and row.field == "valid_to":
        stand = derive.standing(session, person_id)
        limit = visit_limit(stand.facts, law_book.of_session(session).book) if stand else None
        if limit is not None:
            return f"{limit.good} — {limit.until:%d.%m.%Y}"
    return ""


def _base_at(session: Session, row: Row[Any]) -> datetime | None:
    """When the value both started from was written."""
    past = tables.history.c
    earliest = min((at for at in (row.mine_at, row.server_at) if at), default=None)
    query = select(past.at).where(past.person_id == row.person_id, past.doc_id == row.doc_id)
    if earliest is not None:
        query = query.where(past.at < earliest)
    found = session.scalar(query.order_by(past.at.desc()).limit(1))
    return _instant(found)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
