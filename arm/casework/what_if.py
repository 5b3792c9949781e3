"""What would follow from other facts: terms that move, appear or go away, and the status.

Nothing is written by a question. :func:`compare` is pure; :func:`ground` reads what it starts
from; :func:`entries` and :func:`enter` put an answer into the case in a step of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from itertools import groupby, zip_longest
from types import MappingProxyType
from typing import ClassVar, Literal

from arm.casework import derive
from arm.casework.editing import add_record, set_fields
from arm.casework.errors import PersonNotFound
from arm.casework.facts import read_facts
from arm.casework.merged import survivor_of
from arm.casework.route_steps import Mark
from arm.errors import ExpectedError
from arm.law.catalogue import EVENTS, FACTS, read_fact
from arm.law.deadlines import MANUAL, Status, Term, deadlines, status
from arm.law.explanation import full_date
from arm.law.facts import StayFacts, Visit
from arm.law.ndfl import LONGEST_MONTHS, month_end_of, months_covered, paid_through
from arm.law.rulebook import RuleBook
from arm.law.stay import patent_paid_through
from arm.model import CaseFacts, Deadline
from arm.store.store import Store

Change = Literal["moved", "appears", "gone", "same"]
Changes = Mapping[str, object]
"""Facts as they would be: fields of :class:`StayFacts`, :data:`PAY_MONTHS`,
:data:`ENTERED_AGAIN`."""
Settled = frozenset[tuple[str | None, date | None]]
"""Terms that people settled: rule and date."""

PAY_MONTHS = "pay_months"
"""So many months of a patent paid on the day of the question."""
ENTERED_AGAIN = "entered_again_on"
"""A new entry after a departure (``left_on``)."""

_ORDER: tuple[Change, ...] = ("moved", "appears", "gone", "same")
_PERMIT = ("permit_issued_on", "permit_until", "paid_through")
_OF_OLD_PLACE = (
    "stay_until", "arrived_on", "registered_on", "registration_until", "registration_removed_on",
)  # fmt: skip
"""What a new entry begins anew."""


class UnknownChange(ExpectedError):
    """A fact that no answer depends on."""

    code: ClassVar[str] = "law.unknown_fact"
    title: ClassVar[str] = "Сведения «{fact}» нет"
    advice: ClassVar[str] = "Есть: {known}"


class WrongMonths(ExpectedError):
    """A number of months that nobody pays."""

    code: ClassVar[str] = "law.months"
    title: ClassVar[str] = "Не понять «{fact}={value}»"
    advice: ClassVar[str] = "Патент оплачивают на срок от 1 до {most} месяцев"


@dataclass(frozen=True)
class Place:
    """The field of a record where a fact is kept; ``paper``: the type of that certificate."""

    kind: str
    field: str
    paper: str = ""


PLACES: Mapping[str, Place] = MappingProxyType(
    {
        "entered_on": Place("migration_card", "entered_on"),
        "purpose": Place("migration_card", "purpose"),
        "stay_until": Place("migration_card", "stay_until"),
        "left_on": Place("migration_card", "left_on"),
        "citizenship": Place("person", "citizenship"),
        "birth_date": Place("person", "birth_date"),
        "arrived_on": Place("registration", "arrived_on"),
        "registered_on": Place("registration", "registered_on"),
        "registration_until": Place("registration", "valid_to"),
        "registration_removed_on": Place("registration", "removed_on"),
        "permit_type": Place("stay_permit", "permit_type"),
        "permit_issued_on": Place("stay_permit", "issued_on"),
        "permit_until": Place("stay_permit", "valid_to"),
        "paid_through": Place("stay_permit", "paid_through"),
        "document_until": Place("identity_document", "valid_to"),
        "medical_on": Place("certificate", "issued_on", "medical"),
        "medical_until": Place("certificate", "valid_to", "medical"),
        "fingerprints_on": Place("certificate", "issued_on", "fingerprints"),
        "insurance_until": Place("certificate", "valid_to", "insurance"),
        "route": Place("case_file", "route"),
    }
)
"""Facts that one field of one record keeps."""


@dataclass(frozen=True)
class Move:
    """What becomes of one term. ``days``: gained (over 0) or lost, for one that moved."""

    change: Change
    before: Term | None
    after: Term | None
    days: int = 0

    @property
    def term(self) -> Term:
        """The term as it would be; one that goes away as it was."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Comparison:
    """The answer. ``notes``: what to beware of, in Russian."""

    on: date
    facts: StayFacts
    """As they would be."""
    before: Status
    after: Status
    moves: tuple[Move, ...]
    notes: tuple[str, ...] = ()

    @property
    def status_days(self) -> int | None:
        """Days of lawful stay gained or lost, where both ends are known."""
        if self.before.until is None or self.after.until is None:
            return None
        return (self.after.until - self.before.until).days

    def changed(self) -> tuple[Move, ...]:
        """The terms that would not stay as they are."""
        return tuple(move for move in self.moves if move.change != "same")


def compare(
    facts: StayFacts, changes: Changes, on: date, book: RuleBook, settled: Settled = frozenset()
) -> Comparison:
    """Status on the day and all terms, by the facts as they are and as they would be."""
    new, notes = _changed(facts, changes, on, book)
    before, after = open_terms(facts, book, settled), open_terms(new, book, settled)
    rules = dict.fromkeys(term.rule for term in (*before, *after))
    moves = [
        _move(*pair)
        for rule in rules
        for pair in zip_longest(
            [term for term in before if term.rule == rule],
            [term for term in after if term.rule == rule],
        )
    ]
    moves.sort(key=lambda move: (_ORDER.index(move.change), move.term.due_on, move.term.rule))
    return Comparison(
        on, new, status(facts, on, book), status(new, on, book), tuple(moves), tuple(notes)
    )


def open_terms(facts: StayFacts, book: RuleBook, settled: Settled) -> list[Term]:
    """The terms by these facts that nobody settled, the nearest first."""
    return [
        term
        for term in deadlines(facts, book)
        if (term.rule, term.due_on) not in settled and (term.rule, None) not in settled
    ]


def _move(before: Term | None, after: Term | None) -> Move:
    if before is None:
        return Move("appears", None, after)
    if after is None:
        return Move("gone", before, None)
    days = (after.due_on - before.due_on).days
    return Move("moved" if days else "same", before, after, days)


def _changed(
    facts: StayFacts, changes: Changes, on: date, book: RuleBook
) -> tuple[StayFacts, list[str]]:
    notes: list[str] = []
    plain = {name: value for name, value in changes.items() if name in _FIELDS}
    happened = {name: day for name, day in changes.items() if name in EVENTS}
    if happened:
        kept = {**(facts.events or {}), **happened}
        plain["events"] = {name: day for name, day in kept.items() if day is not None}
    if plain.get("permit_type", facts.permit_type) != facts.permit_type:
        # the days of the paper he has say nothing of another one
        plain = {**dict.fromkeys(_PERMIT), **plain}
    new = replace(facts, **plain)  # type: ignore[arg-type]  # names and values of its own fields
    if new.entered_on != facts.entered_on:
        new = replace(new, visits=_moved_visits(facts, new.entered_on))
        if facts.arrived_on == facts.entered_on and "arrived_on" not in changes:
            # who arrived at the place on the day of entry would have arrived on the new one
            new = replace(new, arrived_on=new.entered_on)
    again = changes.get(ENTERED_AGAIN)
    if isinstance(again, date):
        new = _entered_again(new, again, changes, notes)
    months = changes.get(PAY_MONTHS)
    if isinstance(months, int):
        new = _paid(new, months, on, book, notes)
    notes += _contradictions(new)
    return new, notes


def _moved_visits(facts: StayFacts, entered: date | None) -> tuple[Visit, ...]:
    others = tuple(visit for visit in facts.visits if visit.entered_on != facts.entered_on)
    if not others or entered is None:
        return others
    return (*others, Visit(entered))


def _entered_again(new: StayFacts, again: date, changes: Changes, notes: list[str]) -> StayFacts:
    left = new.left_on
    if new.entered_on is not None and left is None:
        notes.append("День выезда не указан: считаем, что выезд и новый въезд в один день")
    if new.entered_on is not None and again < (left or new.entered_on):
        notes.append("Новый въезд раньше выезда: проверьте даты")
    past = tuple(visit for visit in new.visits if visit.entered_on != new.entered_on)
    if new.entered_on is not None:
        past = (*past, Visit(new.entered_on, left or again))
    anew = {name: changes.get(name) for name in _OF_OLD_PLACE}
    return replace(
        new,
        entered_on=again,
        left_on=None,
        visits=(*past, Visit(again)),
        steps_done=new.steps_done - {"registration"},
        **anew,  # type: ignore[arg-type]  # names and values of its own fields
    )


def _paid(new: StayFacts, months: int, on: date, book: RuleBook, notes: list[str]) -> StayFacts:
    """The patent as it would be if so many months were paid today."""
    issued, paid = new.permit_issued_on, patent_paid_through(new, book)
    if new.permit_type != "patent" or issued is None or paid is None:
        notes.append("Оплатить можно патент, у которого известна дата выдачи")
        return new
    if paid < on:
        ended = full_date(paid + timedelta(days=1))
        notes.append(f"Патент прекращён {ended}: новый платёж его не возобновит")
        return new
    done = months_covered(issued, paid)
    total = min(done + months, LONGEST_MONTHS)
    if total < done + months:
        notes.append(f"Патент оплачивают не больше чем за {LONGEST_MONTHS} месяцев со дня выдачи")
    rule = month_end_of(book.find("patent.month_end", issued))
    return replace(new, paid_through=max(paid, paid_through(issued, max(total, 1), rule)))


def _contradictions(new: StayFacts) -> list[str]:
    """Days that can't both be right: the answer is only as good as they are."""
    entered = new.entered_on
    if entered is None:
        return []
    found = []
    if new.left_on is None and new.arrived_on is not None and new.arrived_on < entered:
        found.append(f"Прибытие {full_date(new.arrived_on)} раньше въезда: проверьте даты")
    if new.left_on is None and new.registered_on is not None and new.registered_on < entered:
        found.append(f"Учёт с {full_date(new.registered_on)} раньше въезда: проверьте даты")
    return found


_FIELDS = frozenset(one.name for one in fields(StayFacts))
ASKED: Mapping[str, str] = MappingProxyType(
    {
        **FACTS,
        **EVENTS,
        "left_on": "когда выехал",
        ENTERED_AGAIN: "новый въезд после выезда",
        PAY_MONTHS: "оплатить столько месяцев патента сегодня",
    }
)
"""Facts that may be changed, as one explains them to a person."""


def read_changes(typed: Mapping[str, str]) -> Changes:
    """Changes from typed words; an empty value takes a fact away.

    Raises UnknownChange, WrongMonths and :class:`arm.law.typed.FactUnreadable`.
    """
    changes: dict[str, object] = {}
    for name, text in typed.items():
        if name not in ASKED:
            raise UnknownChange(fact=name, known=", ".join(ASKED))
        changes[name] = _read(name, text) if text else None
    return changes


def _read(name: str, text: str) -> object:
    if name == PAY_MONTHS:
        return _months(name, text)
    # days that no rule reads by this name are written like any other day
    return read_fact(name if name in FACTS or name in EVENTS else "entered_on", text)


def _months(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LONGEST_MONTHS:
        raise WrongMonths(fact=name, value=text, most=LONGEST_MONTHS)
    return int(text)


# --- what a question starts from


@dataclass(frozen=True)
class Ground:
    """One person's facts, with the records that keep them."""

    person_id: str
    migrant_id: str | None
    on: date
    facts: StayFacts
    marks: Mapping[str, Mark]
    """What people recorded at the steps of the route."""
    papers: frozenset[str]
    """Types of the certificates in the case."""
    settled: Settled
    records: Mapping[str, str | None]
    """Fact → the record that keeps it; ``None``: there is none yet."""


def ground(store: Store, person_id: str, on: date | None = None) -> Ground:
    """The facts of one person; on a past day without what happened later, as far as the records
    say when. Raises :class:`PersonNotFound`.
    """
    today = store.clock.today()
    day = on or today
    with store.read() as session:
        person_id = survivor_of(session, person_id)
        stand = derive.standing(session, person_id, as_of=day if day < today else None)
        if stand is None:
            raise PersonNotFound(asked=person_id)
        case = read_facts(session, store, person_id)
    return Ground(
        person_id,
        case.person.migrant_id,
        day,
        stand.facts,
        stand.marks,
        stand.papers,
        settled_terms(case.deadlines),
        MappingProxyType({name: _record(case, place) for name, place in PLACES.items()}),
    )


def settled_terms(kept: Iterable[Deadline]) -> Settled:
    """The computed terms among these that a person settled."""
    return frozenset(
        (one.rule, one.due_on)
        for one in kept
        if one.rule != MANUAL and one.state in ("done", "not_needed")
    )


def standing_on(ground: Ground, book: RuleBook) -> tuple[Status, list[Term]]:
    """Status and open terms of a person on the day of the ground."""
    return status(ground.facts, ground.on, book), open_terms(ground.facts, book, ground.settled)


def _record(case: CaseFacts, place: Place) -> str | None:
    if place.paper:
        papers = (one for one in case.certificates if one.certificate_type == place.paper)
        return next((one.id for one in papers), None)
    held = {
        "person": case.person,
        "case_file": case.case,
        "migration_card": case.card,
        "registration": case.registration,
        "stay_permit": case.permit,
        "identity_document": case.document,
    }[place.kind]
    return held.id if held is not None else None


# --- putting it into the case


@dataclass(frozen=True)
class Entry:
    """Changed facts that belong to one record; ``record_id`` is empty for one to be made."""

    kind: str
    record_id: str | None
    paper: str
    facts: tuple[str, ...]
    values: Mapping[str, object]


def entries(ground: Ground, changes: Changes) -> list[Entry]:
    """Changed facts by the record that would keep them. What no field keeps is left out: months
    that are not paid yet, an entry without its card."""

    def record(name: str) -> tuple[str, str, str]:
        place = PLACES[name]
        return place.kind, place.paper, ground.records[name] or ""

    kept = sorted((name for name in changes if name in PLACES), key=record)
    return [
        Entry(
            kind,
            record_id or None,
            paper,
            tuple(names := list(group)),
            MappingProxyType({PLACES[name].field: changes[name] for name in names}),
        )
        for (kind, paper, record_id), group in groupby(kept, record)
    ]


def enter(store: Store, person_id: str, entry: Entry) -> None:
    """Write the facts of one record: one action that «Отменить» takes back.

    Raises as :func:`arm.casework.editing.set_fields`.
    """
    if entry.record_id is not None:
        set_fields(store, entry.kind, entry.record_id, entry.values)
        return
    typed = {"certificate_type": entry.paper} if entry.paper else {}
    add_record(store, entry.kind, person_id, {**typed, **entry.values})
