"""What lists show, computed from the records in the same transaction that changed them.

``listing`` (one row a person), ``due`` (open terms) and the search index may be thrown away at
any time and made anew. They hold dates, not verdicts like «сегодня»: those are made when shown.
Reading goes through the driver, not the mapper: a first load brings 150,000 persons.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from arm.casework import law_book, merged, route_steps
from arm.casework.labels import joined_number
from arm.clock import Clock
from arm.law.deadlines import MANUAL, Status, Term, deadlines, status
from arm.law.explanation import Explanation
from arm.law.facts import StayFacts, Visit
from arm.law.rulebook import RuleBook
from arm.law.stay import warn_days
from arm.model.names import fold
from arm.store import match_index
from arm.store.database import raw_of
from arm.store.search_index import SearchEntry, doubt_index, index_people, remove_people
from arm.store.store import Store

log = logging.getLogger(__name__)

PAGE = 2_000
"""Persons a step: few statements, and a short wait for whoever wants to write next."""

_AT_ONCE = 500
"""Persons held in memory at once: more objects alive make the garbage collector slower."""

PERSON: Final = (
    "id", "migrant_id", "surname", "given", "patronymic", "surname_latin", "given_latin",
    "patronymic_latin", "birth_date", "citizenship", "phone", "inn", "snils",
)  # fmt: skip
GATHERED: Final = {
    "case_file": ("cases", ("id", "route", "opened_on", "closed_on", "responsible", "marked")),
    "identity_document": (
        "documents",
        ("document_type", "series", "number", "issued_on", "valid_to", "id"),
    ),
    "migration_card": (
        "cards",
        ("entered_on", "purpose", "stay_until", "left_on", "series", "number", "id"),
    ),
    "stay_permit": (
        "permits",
        ("permit_type", "series", "number", "issued_on", "valid_to", "paid_through", "id"),
    ),
    "registration": (
        "registrations",
        ("arrived_on", "registered_on", "valid_to", "removed_on", "id"),
    ),
    "certificate": ("certificates", ("certificate_type", "issued_on", "valid_to", "id")),
    "route_step": ("steps", ("step", "state", "done_on")),
    "deadline": (
        "deadlines",
        (
            "id",
            "case_id",
            "rule",
            "due_on",
            "title_text",
            "responsible",
            "state",
            "snoozed_until",
            "snooze_reason",
            "snoozed_by",
            "snoozed_for",
        ),
    ),
}
"""Kind → where its rows go in :class:`PersonRows`, and their columns after ``person_id``."""
LISTING = (
    "rowid", "person_id", "case_id", "migrant_id", "surname", "given", "patronymic", "name_latin",
    "sort_key", "birth_date", "citizenship", "document", "phone", "route", "steps_done",
    "steps_all", "status", "lawful_until", "status_reason", "next_due_on", "next_due_title",
    "responsible", "marked", "closed", "insurance_until", "updated_at",
)  # fmt: skip
DUE = (
    "person_id", "case_id", "deadline_id", "rule", "title", "detail", "icon", "who", "due_on",
    "responsible", "explanation", "snoozed_until", "snooze_reason", "snoozed_by",
)  # fmt: skip

_NO_STEPS: frozenset[str] = frozenset()

_IDS = "IN (SELECT value FROM json_each(?))"


@lru_cache(maxsize=16_384)
def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(slots=True)
class PersonRows:
    """The rows of one person that are not deleted, by kind; see :data:`GATHERED`."""

    person: Sequence[Any]
    """Columns :data:`PERSON`."""
    cases: list[Sequence[Any]] = field(default_factory=list)
    documents: list[Sequence[Any]] = field(default_factory=list)
    cards: list[Sequence[Any]] = field(default_factory=list)
    permits: list[Sequence[Any]] = field(default_factory=list)
    registrations: list[Sequence[Any]] = field(default_factory=list)
    certificates: list[Sequence[Any]] = field(default_factory=list)
    steps: list[Sequence[Any]] = field(default_factory=list)
    deadlines: list[Sequence[Any]] = field(default_factory=list)
    changed_at: str | None = None
    other_numbers: list[str] = field(default_factory=list)
    """Migrant IDs of cards that went into this one."""


class Derived(NamedTuple):
    """What is computed of one person: the line of the list, the open terms, what they are found
    by. Pure: the same rows, day and rules give the same."""

    line: tuple[Any, ...]
    terms: list[tuple[Any, ...]]
    entry: SearchEntry


def derived(rowid: int, rows: PersonRows, today: date, book: RuleBook) -> Derived:
    """Compute one person's derived rows; ``rowid`` is their place in ``listing``."""
    facts = _stay_facts(rows)
    terms = _open_terms(rows, deadlines(facts, book))
    ruled = _ruled(status(facts, today, book), terms)
    return Derived(_listing_row(rowid, rows, facts, ruled), terms, _search_entry(rowid, rows))


def refresh(
    session: Session, person_ids: Collection[str], clock: Clock, book: RuleBook | None = None
) -> None:
    """Recompute everything derived of these persons, within the caller's transaction.

    A person who is gone or deleted loses their rows.
    """
    driver = raw_of(session)
    rules = book or law_book.of_driver(driver).book
    ids = list(person_ids)
    for start in range(0, len(ids), _AT_ONCE):
        _refresh_page(session, driver, ids[start : start + _AT_ONCE], clock, rules)


def _refresh_page(
    session: Session, driver: Any, ids: Sequence[str], clock: Clock, book: RuleBook
) -> None:
    merges = merged.around(driver, ids)
    asked = json.dumps([*ids, *(merges.family.difference(ids))])
    found = _read(driver, asked)
    _take_out_merged(found, merges)
    held = _held(driver, asked)
    gone = {
        row[0]: person_id for person_id, (row, _) in held.items() if row and person_id not in found
    }
    if gone:
        driver.execute(f"DELETE FROM listing WHERE rowid {_IDS}", (json.dumps(list(gone)),))
        remove_people(session, gone)
        match_index.forget(driver, gone.keys(), gone.values())
    free = (driver.execute("SELECT max(rowid) FROM listing").fetchone()[0] or 0) + 1
    today = clock.today()
    writing = _Writing()
    entries: list[SearchEntry] = []
    for person_id, rows in found.items():
        listed, written = held.pop(person_id, (None, []))
        if listed is None:
            rowid, free = free, free + 1
        else:
            rowid = listed[0]
        now = derived(rowid, rows, today, book)
        writing.terms(written, now.terms)
        writing.line(listed, now.line)
        entries.append(now.entry)
    for _, written in held.values():
        writing.terms(written, [])
    writing.execute(driver)
    match_index.note_changed(driver, index_people(session, entries))


@dataclass(frozen=True, slots=True)
class Recomputed:
    """One person under other rules: the line and the open terms, as they stand and as they would
    be. Columns :data:`LISTING`, and :data:`DUE` with the row id in front of what stands."""

    person_id: str
    line: tuple[Sequence[Any], tuple[Any, ...]]
    terms: tuple[list[Sequence[Any]], list[tuple[Any, ...]]]


def under(driver: Any, ids: Sequence[str], today: date, book: RuleBook) -> list[Recomputed]:
    """What rules make of these persons; what they are found by does not depend on rules."""
    asked = json.dumps(ids)
    held = _held(driver, asked)
    found = []
    for person_id, rows in _read(driver, asked, history=False).items():
        line, written = held.get(person_id, (None, []))
        if line is None:  # a card that went into another one has no line
            continue
        facts = _stay_facts(rows)
        terms = _open_terms(rows, deadlines(facts, book))
        ruled = _ruled(status(facts, today, book), terms)
        now = (*line[:_RULED], *ruled, *line[_RULED + len(ruled) :])
        found.append(Recomputed(person_id, (line, now), (written, terms)))
    return found


def write_recomputed(driver: Any, recomputed: Collection[Recomputed]) -> list[str]:
    """Write what differs; returns the persons of whom something did."""
    writing = _Writing()
    changed = []
    for one in recomputed:
        (line, now), (written, terms) = one.line, one.terms
        if line != now or [row[1:] for row in written] != terms:
            writing.line(line, now)
            writing.terms(written, terms)
            changed.append(one.person_id)
    writing.execute(driver)
    return changed


def _take_out_merged(found: dict[str, PersonRows], merges: merged.Merges) -> None:
    """Leave out cards that went into others; their numbers go on finding the person."""
    for person_id in merges.into:
        rows = found.pop(person_id, None)
        stayed = found.get(merges.survivor(person_id))
        if rows is not None and stayed is not None and rows.person[1]:
            stayed.other_numbers.append(rows.person[1])


Held = dict[str, tuple[Sequence[Any] | None, list[Sequence[Any]]]]
"""Person → what stands of them: the row of ``listing``, the rows of ``due`` with their ids."""


def _held(driver: Any, asked: str) -> Held:
    held: Held = {
        row[1]: (row, [])
        for row in driver.execute(
            f"SELECT {', '.join(LISTING)} FROM listing WHERE person_id {_IDS}", (asked,)
        )
    }
    for row in driver.execute(
        f"SELECT id, {', '.join(DUE)} FROM due WHERE person_id {_IDS} ORDER BY id", (asked,)
    ):
        held.setdefault(row[1], (None, []))[1].append(row)
    return held


class _Writing:
    """What differs between the rows that stand and the rows as computed.

    Only that is written: each column of an index that is written anew costs an edit two pages.
    """

    def __init__(self) -> None:
        self._new: dict[str, list[tuple[Any, ...]]] = {"listing": [], "due": []}
        self._changed: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = {}
        self._settled: list[int] = []

    def line(self, before: Sequence[Any] | None, after: tuple[Any, ...]) -> None:
        """The line of one person."""
        if before is None:
            self._new["listing"].append(after)
        elif before != after:
            self._change("listing", LISTING, before, after, after[0])

    def terms(self, before: list[Sequence[Any]], after: list[tuple[Any, ...]]) -> None:
        """The terms of one person; ``before`` has their ids in front."""
        if not before:
            self._new["due"] += after
            return
        settled = {row[0] for row in before}
        standing = {row[1:]: row for row in before}
        fresh = [row for row in after if row not in standing]
        if fresh:
            # a term that moved or that people decided about is the same term: its row is kept
            unmatched = standing.keys() - set(after)
            by_rule = {_which(row): standing[row] for row in unmatched}
            for row in fresh:
                moved = by_rule.pop(_which(row), None)
                if moved is None:
                    self._new["due"].append(row)
                else:
                    settled.discard(moved[0])
                    self._change("due", DUE, moved[1:], row, moved[0])
        settled.difference_update(standing[row][0] for row in after if row in standing)
        self._settled += settled

    def _change(
        self,
        table: str,
        columns: Sequence[str],
        before: Sequence[Any],
        after: Sequence[Any],
        rowid: int,
    ) -> None:
        places = [n for n, value in enumerate(after) if value != before[n]]
        names = tuple(columns[n] for n in places)
        values = (*(after[n] for n in places), rowid)
        self._changed.setdefault((table, names), []).append(values)

    def execute(self, driver: Any) -> None:
        """Write it all."""
        if self._settled:
            driver.execute(f"DELETE FROM due WHERE id {_IDS}", (json.dumps(self._settled),))
        for (table, names), rows in self._changed.items():
            row_id = "rowid" if table == "listing" else "id"
            to = ", ".join(f"{name} = ?" for name in names)
            driver.executemany(f"UPDATE {table} SET {to} WHERE {row_id} = ?", rows)
        driver.executemany(_insert("listing", LISTING), self._new["listing"])
        driver.executemany(_insert("due", DUE), self._new["due"])


def _which(term: Sequence[Any]) -> tuple[str, str | None]:
    """A person has one computed term of a rule, and any number of their own."""
    return term[3], term[2] if term[3] == MANUAL else None


def write_new(
    driver: Any, lines: Sequence[tuple[Any, ...]], terms: Sequence[tuple[Any, ...]], *, after: int
) -> None:
    """Write the rows of people who are new here; row ids of ``lines`` count on from ``after``."""
    insert = _insert("listing", LISTING).replace("VALUES (?", f"VALUES (? + {after}", 1)
    driver.executemany(insert, lines)
    driver.executemany(_insert("due", DUE), terms)


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


Instead = Mapping[tuple[str, str], Mapping[str, Any]]
"""(table, record id) → values, in wire form, that the record is to be read with."""


def _read(
    driver: Any, asked: str, instead: Instead | None = None, *, history: bool = True
) -> dict[str, PersonRows]:
    persons = driver.execute(
        f"SELECT {', '.join(PERSON)} FROM person WHERE id {_IDS} AND deleted = 0", (asked,)
    ).fetchall()
    if instead:
        persons = [_with(instead, "person", PERSON, row) for row in persons]
    found = {row[0]: PersonRows(row) for row in persons}

    for table, (into, columns) in GATHERED.items():
        listed = ", ".join(columns)
        rows = driver.execute(
            f"SELECT person_id, {listed} FROM {table} WHERE person_id {_IDS} AND deleted = 0",
            (asked,),
        )
        held = rows.fetchall()
        if instead:
            names = ("person_id", *columns)
            held = [_with(instead, table, names, row) for row in held]
        for row in held:
            owner = found.get(row[0])
            if owner is not None:
                getattr(owner, into).append(row)
    if not history:
        return found
    changed = driver.execute(
        f"SELECT person_id, max(at) FROM history WHERE person_id {_IDS} GROUP BY person_id",
        (asked,),
    )
    for person_id, at in changed:
        if person_id in found:
            found[person_id].changed_at = at
    return found


def _with(
    instead: Instead, table: str, columns: Sequence[str], row: Sequence[Any]
) -> Sequence[Any]:
    values = instead.get((table, row[columns.index("id")])) if "id" in columns else None
    if not values:
        return row
    return tuple(values.get(name, held) for name, held in zip(columns, row, strict=True))


def _newest(rows: list[Sequence[Any]], *columns: int) -> Sequence[Any] | None:
    """The row with the latest date; rows without one come last, the later record id breaks ties."""
    if len(rows) <= 1:
        return rows[0] if rows else None
    return max(rows, key=lambda row: (next((row[c] for c in columns if row[c]), ""), row[-1]))


def current_case(rows: list[Sequence[Any]]) -> Sequence[Any] | None:
    """The open case opened last, otherwise the last one."""
    if len(rows) <= 1:
        return rows[0] if rows else None
    return max(rows, key=lambda row: (row[4] is None, row[3] or "", row[1]))


def _stay_facts(rows: PersonRows) -> StayFacts:
    case = current_case(rows.cases)
    document = _newest(rows.documents, 4)
    card = _newest(rows.cards, 1)
    permit = _newest(rows.permits, 4)
    place = _newest(rows.registrations, 2, 1)
    papers: dict[str, Sequence[Any]] = {}
    for paper in rows.certificates:
        before = papers.get(paper[1])
        if before is None or (paper[2] or paper[3] or "") > (before[2] or before[3] or ""):
            papers[paper[1]] = paper
    medical, insurance = papers.get("medical"), papers.get("insurance")
    prints = papers.get("fingerprints")
    done = _NO_STEPS
    if rows.steps:
        done = frozenset(step[1] for step in rows.steps if step[2] in ("done", "not_needed"))
    visits: tuple[Visit, ...] = ()
    if len(rows.cards) > 1:
        visits = tuple(
            Visit(entered, _day(other[4]))
            for other in rows.cards
            if (entered := _day(other[1])) is not None
        )
    return StayFacts(
        citizenship=rows.person[9],
        birth_date=_day(rows.person[8]),
        entered_on=_day(card[1]) if card else None,
        purpose=card[2] if card else None,
        stay_until=_day(card[3]) if card else None,
        left_on=_day(card[4]) if card else None,
        visits=visits,
        arrived_on=_day(place[1]) if place else None,
        registered_on=_day(place[2]) if place else None,
        registration_until=_day(place[3]) if place else None,
        registration_removed_on=_day(place[4]) if place else None,
        permit_type=permit[1] if permit else None,
        permit_issued_on=_day(permit[4]) if permit else None,
        permit_until=_day(permit[5]) if permit else None,
        paid_through=_day(permit[6]) if permit else None,
        document_type=document[1] if document else None,
        document_until=_day(document[5]) if document else None,
        insurance_until=_day(insurance[3]) if insurance else None,
        medical_on=_day(medical[2]) if medical else None,
        medical_until=_day(medical[3]) if medical else None,
        fingerprints_on=(_day(prints[2]) or date.min) if prints else None,
        route=case[2] if case else None,
        steps_done=done,
        closed=case is not None and case[4] is not None,
    )


def _open_terms(rows: PersonRows, computed: list[Term]) -> list[tuple[Any, ...]]:
    """Rows of ``due``: computed terms that nobody settled, and the terms people wrote."""
    case = current_case(rows.cases)
    case_id, responsible = (case[1], case[5]) if case else (None, None)
    person_id = rows.person[0]
    decided = rows.deadlines and _decided_terms(rows.deadlines)
    terms: list[tuple[Any, ...]] = []
    for term in computed:
        due_on = term.due_on.isoformat()
        own_id, whose, snooze = None, responsible, _NOT_SNOOZED
        if decided:
            if (term.rule, None) in decided.settled or (term.rule, due_on) in decided.settled:
                continue
            for said in decided.open.get((term.rule, due_on), ()):
                own_id, whose = said[1], said[6] or whose
                snooze = _snooze(said) or snooze
        why = term.explanation.to_json()
        terms.append(
            (
                person_id, case_id, own_id, term.rule, term.title, term.detail, term.icon,
                term.who, due_on, whose, why, *snooze,
            )
        )  # fmt: skip
    if case is not None and case[4] is not None:
        return terms
    for own in rows.deadlines:
        if own[3] != MANUAL or own[7] in ("done", "not_needed") or not own[4]:
            continue
        written = Explanation("Срок поставил специалист", _day(own[4]), _day(own[4]))
        why = written.to_json()
        terms.append(
            (
                person_id, case_id, own[1], MANUAL, own[5] or "Срок", "", "calendar-clock",
                "office", own[4], own[6] or responsible, why, *(_snooze(own) or _NOT_SNOOZED),
            )
        )  # fmt: skip
    return terms


_Snooze = tuple[str | None, str | None, str | None]
"""Until, why, by whom."""
_NOT_SNOOZED: Final[_Snooze] = (None, None, None)


def _snooze(said: Sequence[Any]) -> _Snooze | None:
    """Whether a term is put off; not if its last day has moved since."""
    return (said[8], said[9], said[10]) if said[8] and said[11] == said[4] else None


class _Decided(NamedTuple):
    """What people decided about computed terms, by rule and last day (``None``: whichever)."""

    settled: set[tuple[str, str | None]]
    open: dict[tuple[str, str | None], list[Sequence[Any]]]
    """The newest record comes last: two workstations may have written one each."""


def _decided_terms(deadlines: list[Sequence[Any]]) -> _Decided:
    """Take apart the records of one person's terms."""
    found = _Decided(set(), {})
    for said in sorted(deadlines, key=lambda row: row[1]):
        if said[3] == MANUAL:
            continue
        if said[7] in ("done", "not_needed"):
            found.settled.add((said[3], said[4]))
        else:
            found.open.setdefault((said[3], said[4]), []).append(said)
    return found


_RULED: Final = LISTING.index("status")
"""Where the columns begin that rules decide; all others follow from the records alone."""


def _ruled(verdict: Status, terms: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """``status``, ``lawful_until``, ``status_reason``, ``next_due_on``, ``next_due_title``."""
    nearest = min(terms, key=lambda term: term[8], default=None)
    return (
        verdict.kind,
        verdict.until.isoformat() if verdict.until else None,
        verdict.reason,
        nearest[8] if nearest else None,
        nearest[4] if nearest else None,
    )


def _listing_row(
    rowid: int, rows: PersonRows, facts: StayFacts, ruled: tuple[Any, ...]
) -> tuple[Any, ...]:
    person = rows.person
    case = current_case(rows.cases)
    document = _newest(rows.documents, 4)
    steps_done, steps_all = _steps(rows, facts)
    latin = " ".join([part for part in person[5:8] if part])
    return (
        rowid,
        person[0],
        case[1] if case else None,
        person[1],
        person[2],
        person[3],
        person[4],
        latin,
        fold(" ".join([part for part in person[2:5] if part])) or fold(latin),
        person[8],
        person[9],
        joined_number(document[2], document[3]) if document else None,
        person[10],
        case[2] if case else None,
        steps_done,
        steps_all,
        *ruled,
        case[5] if case else None,
        case[6] if case else None,
        1 if facts.closed else 0,
        facts.insurance_until.isoformat() if facts.insurance_until else None,
        rows.changed_at or (case[3] if case else None),
    )


def _steps(rows: PersonRows, facts: StayFacts) -> tuple[int | None, int | None]:
    marks = {step[1]: step[2] for step in rows.steps} if rows.steps else {}
    return route_steps.progress(facts, marks, {paper[1] for paper in rows.certificates})


def _search_entry(rowid: int, rows: PersonRows) -> SearchEntry:
    person = rows.person
    numbers = [joined_number(row[2], row[3]) for row in rows.documents]
    numbers += [joined_number(row[2], row[3]) for row in rows.permits]
    numbers += [joined_number(row[5], row[6]) for row in rows.cards]
    numbers += rows.other_numbers
    return SearchEntry(
        rowid,
        person[0],
        person[2],
        person[3],
        person[4],
        person[5],
        # Passports of some states print the patronymic among the given names.
        f"{person[6] or ''} {person[7]}" if person[7] else person[6],
        tuple([number for number in numbers if number]),
        (person[10],) if person[10] else (),
        person[11],
        person[12],
        person[1],
        person[8],
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """The facts of one person's stay, and what the state of each step of a route rests on."""

    facts: StayFacts
    marks: Mapping[str, route_steps.Mark]
    papers: frozenset[str]
    """Types of the certificates in the case."""

    @property
    def steps(self) -> tuple[route_steps.RouteState, ...]:
        """The steps of the person's route as they stand."""
        return route_steps.states(self.facts, self.marks, self.papers)


def standing(
    session: Session,
    person_id: str,
    instead: Instead | None = None,
    *,
    as_of: date | None = None,
) -> Standing | None:
    """What terms, status and steps of one person are computed from; ``None`` if gone. ``instead``
    tells what they would be with other values, ``as_of`` what they were on a past day, as far as
    today's records say when a thing happened."""
    rows = _read(raw_of(session), json.dumps([person_id]), instead).get(person_id)
    if rows is None:
        return None
    if as_of is not None:
        _leave_out_later(rows, as_of.isoformat())
    facts = _stay_facts(rows)
    marks = {step[1]: route_steps.Mark(step[2], _day(step[3])) for step in rows.steps}
    return Standing(facts, marks, frozenset(paper[1] for paper in rows.certificates))


_HAPPENED: Final = {
    "cases": (3, (4,)),
    "documents": (4, ()),
    "cards": (1, (4,)),
    "permits": (4, ()),
    "registrations": (1, (4,)),
    "certificates": (2, ()),
    "steps": (3, ()),
}
"""Kind of row → column of the day it came about, columns of what may have happened to it later."""


def _leave_out_later(rows: PersonRows, day: str) -> None:
    for kind, (begun, later) in _HAPPENED.items():
        known = [row for row in getattr(rows, kind) if not row[begun] or row[begun] <= day]
        setattr(rows, kind, [_without(row, later, day) for row in known])
    # a place where one had arrived and was not registered yet
    rows.registrations = [
        (*row[:2], None, None, *row[4:]) if (row[2] or "") > day else row
        for row in rows.registrations
    ]


def _without(row: Sequence[Any], columns: tuple[int, ...], day: str) -> Sequence[Any]:
    if not any((row[n] or "") > day for n in columns):
        return row
    return tuple(None if n in columns and (v or "") > day else v for n, v in enumerate(row))


def roll_day(store: Store, book: RuleBook | None = None) -> int:
    """Bring the verdicts that depend on today up to today; returns how many persons changed."""
    ids = _stale(store, book or law_book.rulebook(store))
    for start in range(0, len(ids), PAGE):
        with store.merge(origin="load") as session:
            session.info["touched"].update(
                ("person", person_id, person_id) for person_id in ids[start : start + PAGE]
            )
    return len(ids)


def _stale(store: Store, book: RuleBook) -> list[str]:
    today = store.clock.today()
    near = (today + timedelta(days=warn_days(today, book))).isoformat()
    with store.read() as session:
        rows = raw_of(session).execute(
            "SELECT person_id FROM listing WHERE (status IN ('ok', 'warn') AND lawful_until < ?) "
            "OR (status = 'ok' AND lawful_until <= ?)",
            (today.isoformat(), near),
        )
        return [row[0] for row in rows]


def rebuild(store: Store, progress: Callable[[int, int], None] | None = None) -> int:
    """Compute everything derived anew, whatever stands; returns the number of persons."""
    with store.merge(origin="load") as session:
        doubt_index(session)
        ids = [row[0] for row in raw_of(session).execute("SELECT id FROM person")]
    for start in range(0, len(ids), PAGE):
        with store.merge(origin="load") as session:
            session.info["touched"].update(
                ("person", person_id, person_id) for person_id in ids[start : start + PAGE]
            )
        if progress is not None:
            progress(min(start + PAGE, len(ids)), len(ids))
    return len(ids)
