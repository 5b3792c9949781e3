"""«Дубли»: pairs of cards that may be one person, and what people do about them.

The machine only finds and tells why. A person says «не дубль» or merges: field by field, with all
records of the other card. A merge can be taken apart again. See ``docs/duplicates.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework import merged
from arm.casework.cards import HeldCard, cards_of
from arm.casework.errors import CardsOfTwoOffices, CardsOverlap, MergeGone, PersonNotFound
from arm.casework.facts import of_person
from arm.casework.history import record_text
from arm.casework.labels import display, field_label, full_name, kind_title, short_full_name
from arm.casework.matching import Answer, Reason, compare
from arm.casework.merge_upkeep import mark_of, moving_kinds
from arm.casework.office import people
from arm.model import (
    NotDuplicate,
    Person,
    PersonMerge,
    Record,
    fields,
    from_wire,
    kinds,
    new_id,
    to_wire,
)
from arm.model.duplicate import pair, pair_id
from arm.store import tables
from arm.store.database import raw_of
from arm.store.store import ChangeSet, Store

SHOWN: Final = 200
"""Pairs in the list; more are counted."""
DECIDED: Final = 40

Side = Literal["keep", "other", "both"]
"""Whose value a field gets: the card that stays, the one that goes into it, or both (of a set)."""

_GROUPS = {"birth_place": "Место рождения"}
_NOT_CHOSEN = frozenset({"migrant_id"})
"""The card that stays keeps its number; the other number goes on finding it."""


@dataclass(frozen=True)
class PairLine:
    """One pair in the list. Names as people read them, ``born`` as дд.мм.гггг."""

    left_id: str
    right_id: str
    left_name: str
    right_name: str
    left_born: str
    right_born: str
    left_number: str
    right_number: str
    answer: Answer
    alike: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Decided:
    """A decision that can be taken back: a merge or a «не дубль»."""

    kind: Literal["merged", "apart"]
    id: str
    left_id: str
    right_id: str
    left_name: str
    right_name: str
    who: str
    at: datetime | None


@dataclass(frozen=True)
class FieldChoice:
    """One line of the comparison: a field, or fields that only make sense together."""

    name: str
    label: str
    keep: str
    other: str
    differs: bool
    choice: Side
    """What is proposed: nothing that is known is given up for an empty value."""
    is_set: bool
    names: tuple[str, ...]


@dataclass(frozen=True)
class RecordLine:
    """A record of a card: its kind and what it says, in words."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """Two cards side by side. ``keep`` is the one that would stay."""

    keep_id: str
    other_id: str
    keep_name: str
    other_name: str
    keep_number: str
    other_number: str
    answer: Answer
    alike: int
    reasons: tuple[Reason, ...]
    fields: tuple[FieldChoice, ...]
    keep_records: tuple[RecordLine, ...]
    other_records: tuple[RecordLine, ...]
    suspected: bool
    """Whether the search found this pair, or somebody put the two side by side by hand."""


@dataclass(frozen=True)
class MergedCard:
    """A card that went into the one on the screen. ``changed_since`` names what somebody changed
    in it afterwards: those edits stay with it."""

    merge_id: str
    person_id: str
    name: str
    number: str
    who: str
    at: datetime | None
    records: int
    changed_since: tuple[str, ...]


# --- what waits for people


@dataclass(frozen=True)
class _Found:
    left_id: str
    right_id: str
    answer: Answer
    alike: int
    evidence: frozenset[str]


def count(store: Store) -> int:
    """How many pairs wait for a decision."""
    with store.read() as session:
        return len(_open_pairs(raw_of(session)))


def suspects(store: Store, limit: int = SHOWN) -> list[PairLine]:
    """The pairs that wait for a decision: the surest first."""
    with store.read() as session:
        driver = raw_of(session)
        found = _open_pairs(driver)[:limit]
        cards = cards_of(
            driver, {one for pair_ in found for one in (pair_.left_id, pair_.right_id)}
        )
    return [
        _line(cards[one.left_id], cards[one.right_id])
        for one in found
        if one.left_id in cards and one.right_id in cards
    ]


def suspects_of(store: Store, person_id: str) -> list[PairLine]:
    """The pairs of one person that wait for a decision."""
    with store.read() as session:
        driver = raw_of(session)
        found = _open_pairs(driver, person_id)
        cards = cards_of(
            driver, {one for pair_ in found for one in (pair_.left_id, pair_.right_id)}
        )
    return [_line(cards[one.left_id], cards[one.right_id]) for one in found]


def _line(left: HeldCard, right: HeldCard) -> PairLine:
    verdict = compare(left.card, right.card)
    return PairLine(
        left.person_id,
        right.person_id,
        left.name,
        right.name,
        display("person", "birth_date", left.card.birth_date),
        display("person", "birth_date", right.card.birth_date),
        left.migrant_id,
        right.migrant_id,
        verdict.answer,
        verdict.alike,
        verdict.reasons,
    )


def _open_pairs(driver: Any, person_id: str | None = None) -> list[_Found]:
    """Suspected pairs without those that people have decided and about which nothing is new."""
    where = ""
    values: tuple[str, ...] = ()
    if person_id is not None:
        where, values = " WHERE s.left_id = ? OR s.right_id = ?", (person_id, person_id)
    rows = driver.execute(
        "SELECT s.left_id, s.right_id, s.answer, s.alike, s.evidence, n.seen FROM suspected s"
        " JOIN listing a ON a.person_id = s.left_id JOIN listing b ON b.person_id = s.right_id"
        " LEFT JOIN not_duplicate n ON n.person_id = s.left_id AND n.other_id = s.right_id"
        f" AND n.deleted = 0{where}",
        values,
    )
    found = [
        _Found(left, right, answer, alike, frozenset(json.loads(evidence)))
        for left, right, answer, alike, evidence, seen in rows
        if seen is None or set(json.loads(evidence)) - set(json.loads(seen))
    ]
    found += _left_by_crossing_merges(driver, person_id)
    found.sort(key=lambda one: (one.answer != "same", -one.alike, one.left_id, one.right_id))
    return list({(one.left_id, one.right_id): one for one in found}.values())


def _left_by_crossing_merges(driver: Any, person_id: str | None) -> Iterator[_Found]:
    """Two desks sent one card different ways: one way counts, the two targets wait for people."""
    merges = merged.everyone(driver) if person_id is None else merged.around(driver, [person_id])
    for edge in merges.edges:
        ends = merges.survivor(edge.person_id), merges.survivor(edge.other_id)
        if ends[0] != ends[1] and (person_id is None or person_id in ends):
            yield _Found(*pair(*ends), "perhaps", 0, frozenset())


def decided(store: Store, limit: int = DECIDED) -> list[Decided]:
    """The newest decisions, each of which can be taken back."""
    names = people(store)
    past = tables.history.c
    with store.read() as session:
        found: list[Decided] = []
        for merge in session.scalars(
            select(PersonMerge)
            .where(PersonMerge.state == "merged", PersonMerge.deleted.is_(False))
            .order_by(PersonMerge.id.desc())
            .limit(limit)
        ):
            who = names.get(merge.merged_by or "", merge.merged_by or "")
            found.append(_decided(session, "merged", merge, who, merge.merged_at))
        for apart in session.scalars(
            select(NotDuplicate).where(NotDuplicate.deleted.is_(False)).limit(limit)
        ):
            row = session.execute(
                select(past.actor, past.at)
                .where(past.person_id == apart.person_id, past.doc_id == apart.id)
                .order_by(past.id.desc())
                .limit(1)
            ).first()
            who = names.get(row.actor, row.actor) if row else ""
            at = datetime.fromisoformat(row.at) if row else None
            found.append(_decided(session, "apart", apart, who, at))
    found.sort(key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True)
    return found[:limit]


def _decided(
    session: Session,
    kind: Literal["merged", "apart"],
    record: PersonMerge | NotDuplicate,
    who: str,
    at: datetime | None,
) -> Decided:
    left, right = record.person_id or "", record.other_id or ""
    return Decided(
        kind, record.id, left, right, _name(session.get(Person, left)),
        _name(session.get(Person, right)), short_full_name(who), at,
    )  # fmt: skip


def _name(person: Person | None) -> str:
    if person is None:
        return ""
    return full_name(person.surname, person.given, person.patronymic) or full_name(
        person.surname_latin, person.given_latin
    )


# --- two cards side by side


def comparison(store: Store, keep_id: str, other_id: str) -> Comparison:
    """Everything that is needed to decide. Raises PersonNotFound, CardsOverlap."""
    names = people(store)
    with store.read() as session:
        driver = raw_of(session)
        keep, other = _two(session, keep_id, other_id)
        cards = cards_of(driver, [keep.id, other.id])
        suspected = any(
            one for one in _open_pairs(driver, keep.id) if other.id in (one.left_id, one.right_id)
        )
        records = [tuple(_record_lines(session, person.id, names)) for person in (keep, other)]
    verdict = compare(cards[keep.id].card, cards[other.id].card)
    return Comparison(
        keep.id, other.id, _name(keep), _name(other), keep.migrant_id or "", other.migrant_id or "",
        verdict.answer, verdict.alike, verdict.reasons, tuple(_choices(keep, other)),
        records[0], records[1], suspected,
    )  # fmt: skip


def _two(session: Session, keep_id: str, other_id: str) -> tuple[Person, Person]:
    found: list[Person] = []
    for asked in (keep_id, other_id):
        person = session.get(Person, merged.survivor_of(session, asked))
        if person is None or person.deleted:
            raise PersonNotFound(asked=asked)
        found.append(person)
    if found[0].id == found[1].id:
        raise CardsOverlap
    return found[0], found[1]


def _choices(keep: Person, other: Person) -> Iterator[FieldChoice]:
    specs = fields(Person)
    done: set[str] = set()
    for name, spec in specs.items():
        group = tuple(n for n, s in specs.items() if spec.group and s.group == spec.group) or (
            name,
        )
        if name in done or name in _NOT_CHOSEN:
            continue
        done.update(group)
        mine = [getattr(keep, one) for one in group]
        theirs = [getattr(other, one) for one in group]
        if not any(_known(value) for value in (*mine, *theirs)):
            continue
        is_set = spec.merge == "set"
        yield FieldChoice(
            name,
            _GROUPS.get(spec.group or "", field_label("person", name)),
            _joined(group, mine),
            _joined(group, theirs),
            mine != theirs,
            "both" if is_set else "keep" if any(_known(value) for value in mine) else "other",
            is_set,
            group,
        )


def _known(value: Any) -> bool:
    return value not in (None, "", frozenset())


def _joined(names: Iterable[str], values: Iterable[Any]) -> str:
    shown = (display("person", name, value) for name, value in zip(names, values, strict=True))
    return ", ".join(text for text in shown if text)


def _record_lines(
    session: Session, person_id: str, names: Mapping[str, str]
) -> Iterator[RecordLine]:
    for cls in moving_kinds():
        for record in of_person(session, cls, person_id):
            values = {name: to_wire(getattr(record, name)) for name in fields(cls)}
            yield RecordLine(cls.kind, kind_title(cls.kind), record_text(cls.kind, values, names))


# --- decisions


def not_duplicate(store: Store, left_id: str, right_id: str) -> ChangeSet:
    """Two persons: not asked again until something new speaks for one. Raises PersonNotFound."""
    require(store.actor, "edit")
    with store.write("Решено: не дубль") as session:
        left, right = _two(session, left_id, right_id)
        _decide_apart(session, left, right)
    return _changes(session)


def decide_apart(session: Session, person_id: str, others: Iterable[str]) -> None:
    """Within the caller's action: this person is none of these."""
    session.flush()
    for other_id in others:
        other = session.get(Person, merged.survivor_of(session, other_id))
        if other is not None and not other.deleted:
            _decide_apart(session, session.get_one(Person, person_id), other)


def _decide_apart(session: Session, left: Person, right: Person) -> None:
    session.flush()  # what goes back to its card counts already
    cards = cards_of(raw_of(session), [left.id, right.id])
    seen = compare(cards[left.id].card, cards[right.id].card).evidence
    one, other = pair(left.id, right.id)
    record = session.get(NotDuplicate, pair_id(one, other))
    if record is None:
        record = NotDuplicate(id=pair_id(one, other), scope=left.scope)
        session.add(record)
    record.deleted = False
    record.person_id, record.other_id = one, other
    record.seen = (record.seen or frozenset()) | seen


def ask_again(store: Store, left_id: str, right_id: str) -> ChangeSet:
    """Take «не дубль» back. Raises MergeGone if it was not decided."""
    require(store.actor, "edit")
    with store.write("Отменено решение «не дубль»") as session:
        record = session.get(NotDuplicate, pair_id(left_id, right_id))
        if record is None or record.deleted:
            raise MergeGone
        session.delete(record)
    return _changes(session)


def merge(
    store: Store, keep_id: str, other_id: str, choices: Mapping[str, Side] | None = None
) -> str:
    """Put one card into another; returns the id of the merge, by which it is taken apart.

    ``choices``: field → whose value, where it is not the proposed one. All records of the other
    card come over. Raises NotPermitted, PersonNotFound, CardsOverlap, CardsOfTwoOffices.
    """
    require(store.actor, "edit")
    with store.write("Карточки объединены") as session:
        keep, other = _two(session, keep_id, other_id)
        if keep.scope != other.scope:
            raise CardsOfTwoOffices
        record = PersonMerge(
            id=new_id(),
            scope=keep.scope,
            person_id=keep.id,
            other_id=other.id,
            state="merged",
            moved=frozenset(_move(session, other.id, keep.id)),
            taken=_take(keep, other, choices or {}),
            merged_at=store.clock.now(),
            merged_by=store.actor.login,
        )
        session.add(record)
        apart = session.get(NotDuplicate, pair_id(keep.id, other.id))
        if apart is not None and not apart.deleted:
            session.delete(apart)
    return record.id


def _move(session: Session, from_id: str, to_id: str) -> Iterator[str]:
    for cls in moving_kinds():
        for record in of_person(session, cls, from_id):
            record.person_id = to_id  # type: ignore[attr-defined]  # these kinds have it
            yield mark_of(record)


def _take(keep: Person, other: Person, choices: Mapping[str, Side]) -> dict[str, Any]:
    """Give the card its chosen values; returns what that changed, for taking it apart."""
    taken: dict[str, Any] = {}
    for line in _choices(keep, other):
        side = choices.get(line.name, line.choice)
        for name in line.names:
            before, theirs = getattr(keep, name), getattr(other, name)
            after = theirs if side == "other" else before
            if line.is_set and side == "both":
                after = before | theirs
            if after != before:
                setattr(keep, name, after)
                taken[name] = [to_wire(before), to_wire(after)]
    return taken


def unmerge(store: Store, merge_id: str) -> ChangeSet:
    """Take a merge apart: both cards stand again, with what happened since.

    What came over goes back, with the edits made to it since; a value taken from the other card
    goes back unless somebody changed it since; what was added since stays with the card that
    stayed. The pair then counts as «не дубль». Raises NotPermitted, MergeGone.
    """
    require(store.actor, "edit")
    with store.write("Карточки разъединены") as session:
        record = session.get(PersonMerge, merge_id)
        if record is None or record.deleted or record.state != "merged":
            raise MergeGone
        keep_id, other_id = record.person_id or "", record.other_id or ""
        stayed = merged.survivor_of(session, other_id)
        for one in _merges_of_pair(session, keep_id, other_id):
            _give_back(session, one, stayed)
            one.state = "undone"
        left, right = session.get(Person, stayed), session.get(Person, other_id)
        if left is not None and right is not None and left.id != right.id:
            _decide_apart(session, left, right)
    return _changes(session)


def _merges_of_pair(session: Session, keep_id: str, other_id: str) -> list[PersonMerge]:
    """All merges that hold the two together, whichever way round they were made."""
    two = (keep_id, other_id)
    return list(
        session.scalars(
            select(PersonMerge)
            .where(
                PersonMerge.person_id.in_(two),
                PersonMerge.other_id.in_(two),
                PersonMerge.state == "merged",
                PersonMerge.deleted.is_(False),
            )
            .order_by(PersonMerge.id)
        )
    )


def _give_back(session: Session, record: PersonMerge, stayed: str) -> None:
    for mark in record.moved:
        kind, _, record_id = mark.partition(":")
        cls = kinds().get(kind)
        moved: Any = None if cls is None else session.get(cls, record_id)
        if moved is not None and moved.person_id in (stayed, record.person_id):
            moved.person_id = record.other_id
    person = session.get(Person, record.person_id)
    if person is None:
        return
    specs = fields(Person)
    for name, (before, after) in (record.taken or {}).items():
        spec = specs.get(name)
        if spec is None:
            continue
        now = getattr(person, name)
        if spec.merge == "set":
            came = frozenset(after or ()) - frozenset(before or ())
            if came & now:
                setattr(person, name, now - came)
        elif to_wire(now) == after:
            setattr(person, name, from_wire(spec, before))


def merged_cards(store: Store, person_id: str) -> list[MergedCard]:
    """The cards that went into this one, newest merge first."""
    names = people(store)
    with store.read() as session:
        merges = merged.around(raw_of(session), [person_id])
        found = [
            _merged_card(session, edge.id, names)
            for edge in reversed(merges.edges)
            if merges.counted(edge) and merges.survivor(edge.other_id) == person_id
        ]
    return [one for one in found if one is not None]


def _merged_card(session: Session, merge_id: str, names: Mapping[str, str]) -> MergedCard | None:
    record = session.get(PersonMerge, merge_id)
    if record is None:
        return None
    other = session.get(Person, record.other_id)
    past = tables.history.c
    since = record.merged_at.isoformat() if record.merged_at else ""
    changed = session.scalars(
        select(past.field)
        .where(past.person_id == record.other_id, past.doc_id == record.other_id)
        .where(past.event.in_(("set", "settled")), past.at >= since)
        .distinct()
    )
    who = names.get(record.merged_by or "", record.merged_by or "")
    return MergedCard(
        record.id,
        record.other_id or "",
        _name(other),
        (other.migrant_id or "") if other is not None else "",
        short_full_name(who),
        record.merged_at,
        len(record.moved),
        tuple(field_label("person", name) for name in changed if name),
    )


def _changes(session: Session) -> ChangeSet:
    changed: ChangeSet = session.info["change_set"]
    return changed


__all__ = [
    "Comparison", "Decided", "FieldChoice", "MergedCard", "PairLine", "Record", "RecordLine",
    "Side", "ask_again", "comparison", "count", "decide_apart", "decided", "merge", "merged_cards",
    "not_duplicate", "suspects", "suspects_of", "unmerge",
]  # fmt: skip
