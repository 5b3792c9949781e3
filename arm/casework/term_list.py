"""«Сроки»: which terms a page lists, in which order and groups, and its lines.

The whole answer is row ids, read from one index; lines are fetched for the screen alone. Open terms
are rows of ``due``; those that people settled are their records, under negative ids.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from arm.casework import law_book
from arm.casework.labels import RULES, WHO
from arm.casework.office import people
from arm.casework.terms import STATE_TITLES, TermKey, TermState, is_snoozed, soon, state_of
from arm.law.explanation import Explanation, restore
from arm.law.rulebook import RuleBook
from arm.store.database import raw_of
from arm.store.search import search
from arm.store.store import Store

Shown = Literal["open", "overdue", "today", "soon", "ahead", "snoozed", "done", "not_needed"]
Grouping = Literal["urgency", "rule", "responsible", "day"]

SHOWN_TITLES: Mapping[Shown, str] = MappingProxyType(
    {
        "open": "Открытые",
        "overdue": "Просрочено",
        "today": "Сегодня",
        "soon": "Скоро",
        "ahead": "Впереди",
        "snoozed": "Отложены",
        "done": "Сделано",
        "not_needed": "Не нужно",
    }
)
"""What may be listed."""
GROUPING_TITLES: Mapping[Grouping, str] = MappingProxyType(
    {
        "urgency": "по срочности",
        "rule": "по виду срока",
        "responsible": "по ответственному",
        "day": "по дням",
    }
)
SETTLED_DAYS: Final = 30
"""How long what was settled is listed."""

_SEARCH_LIMIT = 500
_PIECE = 65_536
"""Letters of ids taken apart at once: longer pieces would make the window's thread wait."""
_OPEN_STATES: tuple[TermState, ...] = ("overdue", "today", "soon", "ahead")
_SETTLED = (
    "(SELECT -d.rowid AS id, d.person_id AS person_id, d.due_on AS due_on, d.rule AS rule, "
    "coalesce(d.responsible, l.responsible) AS responsible, NULL AS snoozed_until "
    "FROM deadline d JOIN listing l ON l.person_id = d.person_id "
    "WHERE d.deleted = 0 AND d.state = ? AND d.settled_on >= ? AND d.settled_on <= ?)"
)


@dataclass(frozen=True)
class TermFilter:
    """Which terms. ``first`` and ``last`` bound the last day of a term, both inclusive."""

    shown: Shown = "open"
    mine: bool = True
    text: str = ""
    rule: str | None = None
    who: str | None = None
    """Who acts; not asked of settled terms."""
    first: date | None = None
    last: date | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state and whose it is leaves terms out."""
        return bool(self.text.strip() or self.rule or self.who or self.first or self.last)


@dataclass(frozen=True)
class FoundTerms:
    """Row ids in order; ``groups``: (key, count) of neighbouring rows; ``counts``: how many there
    would be of each state."""

    ids: array[int]
    groups: tuple[tuple[str, int], ...]
    counts: Mapping[Shown, int]


@dataclass(frozen=True, slots=True)
class TermRow:
    """One line of the list."""

    id: int
    key: TermKey
    person_name: str
    citizenship: str | None
    title: str
    detail: str
    icon: str
    who: str
    responsible: str | None
    state: TermState
    settled_on: date | None
    snoozed_until: date | None
    """Set while it is put off."""
    snooze_reason: str
    snoozed_by: str | None

    @property
    def settled(self) -> str | None:
        """``done``, ``not_needed`` or nothing."""
        return self.state if self.state in ("done", "not_needed") else None

    @property
    def who_text(self) -> str:
        """Who acts, in Russian."""
        return WHO.get(self.who, self.who)


def group_title(grouping: Grouping, key: str, names: Mapping[str, str]) -> str:
    """The heading of a group, in Russian."""
    if grouping == "rule":
        return RULES.get(key, key)
    if grouping == "responsible":
        return names.get(key, key) or "Без ответственного"
    if grouping == "day":
        return f"{date.fromisoformat(key):%d.%m.%Y}"
    return SHOWN_TITLES["snoozed"] if key == "snoozed" else STATE_TITLES[_state(key)]


def _state(key: str) -> TermState:
    return next(state for state in STATE_TITLES if state == key)


# --- finding


def find_terms(
    store: Store, wanted: TermFilter, grouping: Grouping = "urgency", book: RuleBook | None = None
) -> FoundTerms:
    """The ids of all terms that fit, grouped, and how many there are of each state."""
    today, rules = store.clock.today(), book or law_book.rulebook(store)
    with store.read() as session:
        asked = _Asked(session, store, wanted, today, rules)
        counts = asked.counts()
        if wanted.shown in ("done", "not_needed"):
            parts = [asked.settled()]
        elif grouping == "urgency" or wanted.shown == "snoozed":
            parts = [asked.open(awake=True), asked.open(awake=False)]
        else:
            parts = [asked.open(awake=None)]
        found: list[tuple[str, array[int]]] = []
        for part in parts:
            found += part.grouped(grouping)
    if grouping == "responsible":
        names = people(store)
        found.sort(key=lambda group: (not group[0], names.get(group[0], group[0])))
    elif grouping == "rule":
        order = {rule: place for place, rule in enumerate(RULES)}
        found.sort(key=lambda group: order.get(group[0], len(order)))
    ids: array[int] = array("q")
    for _, members in found:
        ids.extend(members)
    return FoundTerms(ids, tuple((key, len(members)) for key, members in found), counts)


class _Part:
    """Terms of one kind: where they stand and on which conditions. ``one`` is the key of their
    only group by urgency; otherwise it follows from the day."""

    def __init__(
        self, asked: _Asked, source: str, where: Sequence[str], values: Sequence[Any], one: str = ""
    ) -> None:
        self._asked, self._source, self._one = asked, source, one
        self._where = f" WHERE {' AND '.join(where)}" if where else ""
        self._values = tuple(values)

    def grouped(self, grouping: Grouping) -> list[tuple[str, array[int]]]:
        """Each group with its ids, by day within it."""
        column = {"rule": "rule", "responsible": "responsible"}.get(grouping, "due_on")
        order = "due_on" if column == "due_on" else f"{column}, due_on"
        driver = raw_of(self._asked.session)
        counted = driver.execute(
            f"SELECT {column}, count(*) FROM {self._source}{self._where} "
            f"GROUP BY {column} ORDER BY {column}",
            self._values,
        ).fetchall()
        (text,) = driver.execute(
            f"SELECT json_group_array(id) FROM (SELECT id FROM {self._source}{self._where} "
            f"ORDER BY {order})",
            self._values,
        ).fetchone()
        ids = ids_from(text)
        found: list[tuple[str, array[int]]] = []
        start = 0
        for value, count in counted:
            key = self._key(grouping, value)
            members = ids[start : start + count]
            start += count
            if found and found[-1][0] == key:
                found[-1][1].extend(members)
            else:
                found.append((key, members))
        return found

    def _key(self, grouping: Grouping, value: str | None) -> str:
        if grouping != "urgency":
            return value or ""
        return self._one or self._asked.urgency(value or "")


class _Asked:
    """One question, with what it needs to know of the day."""

    def __init__(
        self, session: Session, store: Store, wanted: TermFilter, today: date, book: RuleBook
    ) -> None:
        self.session, self._wanted, self._today, self._book = session, wanted, today, book
        self._where: list[str] = []
        self._values: list[Any] = []
        if wanted.mine:
            self._add("responsible = ?", store.actor.login)
        if wanted.rule:
            self._add("rule = ?", wanted.rule)
        if wanted.first:
            self._add("due_on >= ?", wanted.first.isoformat())
        if wanted.last:
            self._add("due_on <= ?", wanted.last.isoformat())
        if wanted.text.strip():
            rowids = search(session, wanted.text, limit=_SEARCH_LIMIT).rowids
            self._add(
                "person_id IN (SELECT person_id FROM listing "
                "WHERE rowid IN (SELECT value FROM json_each(?)))",
                json.dumps(list(rowids)),
            )

    def _add(self, condition: str, value: Any) -> None:
        self._where.append(condition)
        self._values.append(value)

    def _open_conditions(self) -> tuple[list[str], list[Any]]:
        where, values = list(self._where), list(self._values)
        if self._wanted.who:
            where.append("who = ?")
            values.append(self._wanted.who)
        return where, values

    def open(self, *, awake: bool | None) -> _Part:
        """Open terms that are not put off, that are, or all."""
        where, values = self._open_conditions()
        shown, today = self._wanted.shown, self._today.isoformat()
        if shown in _OPEN_STATES:
            first, last = self._span(_state(shown))
            for condition, day in (("due_on >= ?", first), ("due_on <= ?", last)):
                if day is not None:
                    where.append(condition)
                    values.append(day.isoformat())
        if awake or shown in _OPEN_STATES:
            where.append("(snoozed_until IS NULL OR snoozed_until <= ?)")
            values.append(today)
        if awake is False or shown == "snoozed":
            where.append("snoozed_until > ?")
            values.append(today)
        return _Part(self, "due", where, values, "snoozed" if awake is False else "")

    def settled(self) -> _Part:
        """Terms that people settled of late."""
        state = self._wanted.shown
        values = [*self._settled_span(state), *self._values]
        return _Part(self, _SETTLED, self._where, values, state)

    def _settled_span(self, state: str) -> list[str]:
        since = self._today - timedelta(days=SETTLED_DAYS)
        return [state, since.isoformat(), self._today.isoformat()]

    def _span(self, state: TermState) -> tuple[date | None, date | None]:
        one, near = timedelta(days=1), self._today + soon(self._today, self._book)
        return {
            "overdue": (None, self._today - one),
            "today": (self._today, self._today),
            "soon": (self._today + one, near),
            "ahead": (near + one, None),
        }[state]

    def urgency(self, due_on: str) -> str:
        """The state of an open term by its last day."""
        return state_of(date.fromisoformat(due_on), self._today, book=self._book)

    def counts(self) -> dict[Shown, int]:
        """How many terms there are of each state, whichever is listed."""
        found: dict[Shown, int] = dict.fromkeys(SHOWN_TITLES, 0)
        driver, today = raw_of(self.session), self._today.isoformat()
        where, values = self._open_conditions()
        clause = f" WHERE {' AND '.join(where)}" if where else ""
        away = "snoozed_until IS NOT NULL AND snoozed_until > ?"
        rows = driver.execute(
            f"SELECT due_on, count(*), sum({away}) FROM due{clause} GROUP BY due_on",
            (today, *values),
        ).fetchall()
        for due_on, count, snoozed in rows:
            state: Any = self.urgency(due_on)
            found[state] += count - snoozed
            found["snoozed"] += snoozed
            found["open"] += count
        clause = f" WHERE {' AND '.join(self._where)}" if self._where else ""
        settled: tuple[Shown, Shown] = ("done", "not_needed")
        for said in settled:
            (found[said],) = driver.execute(
                f"SELECT count(*) FROM {_SETTLED}{clause}",
                (*self._settled_span(said), *self._values),
            ).fetchone()
        return found


def ids_from(text: str) -> array[int]:
    """The numbers of a JSON list, taken apart in short pieces."""
    found: array[int] = array("q")
    start, end = 1, len(text) - 1
    while start < end:
        stop = text.find(",", min(start + _PIECE, end))
        stop = end if stop < 0 else stop
        found.extend(json.loads(f"[{text[start:stop]}]"))
        start = stop + 1
    return found


# --- lines

_DUE_COLUMNS = (
    "d.id, d.person_id, d.deadline_id, d.rule, d.title, d.detail, d.icon, d.who, d.due_on, "
    "d.responsible, d.snoozed_until, d.snooze_reason, d.snoozed_by, NULL, NULL"
)
_RECORD_COLUMNS = (
    "-d.rowid, d.person_id, d.id, d.rule, d.title_text, '', 'calendar-check', '', d.due_on, "
    "coalesce(d.responsible, l.responsible), NULL, NULL, NULL, d.state, d.settled_on"
)
_NAME = ", l.surname, l.given, l.patronymic, l.name_latin, l.citizenship"


def term_rows(
    store: Store, ids: Sequence[int], book: RuleBook | None = None
) -> list[TermRow | None]:
    """One line an id, in the same order; ``None`` for a term that is gone meanwhile."""
    if not ids:
        return []
    today, rules = store.clock.today(), book or law_book.rulebook(store)
    found: dict[int, TermRow] = {}
    with store.read() as session:
        driver = raw_of(session)
        for columns, table, key, part in (
            (_DUE_COLUMNS, "due", "d.id", [one for one in ids if one > 0]),
            (_RECORD_COLUMNS, "deadline", "d.rowid", [-one for one in ids if one < 0]),
        ):
            if part:
                rows = driver.execute(
                    f"SELECT {columns}{_NAME} FROM {table} d JOIN listing l "
                    f"ON l.person_id = d.person_id "
                    f"WHERE {key} IN (SELECT value FROM json_each(?))",
                    (json.dumps(list(part)),),
                )
                found.update((row[0], _row(row, today, rules)) for row in rows)
    return [found.get(one) for one in ids]


def _row(row: Sequence[Any], today: date, book: RuleBook) -> TermRow:
    due_on = date.fromisoformat(row[8]) if row[8] else today
    name = " ".join(part for part in row[15:18] if part) or row[18] or ""
    away = is_snoozed(row[10], today)
    return TermRow(
        id=row[0],
        key=TermKey(row[1], row[3], due_on, row[2]),
        person_name=name,
        citizenship=row[19],
        title=row[4] or RULES.get(row[3], row[3]),
        detail=row[5] or "",
        icon=row[6] or "calendar-clock",
        who=row[7] or "",
        responsible=row[9],
        state=state_of(due_on, today, row[13], book),
        settled_on=date.fromisoformat(row[14]) if row[14] else None,
        snoozed_until=date.fromisoformat(row[10]) if away else None,
        snooze_reason=row[11] or "",
        snoozed_by=row[12],
    )


def explanation_of(store: Store, due_id: int, book: RuleBook | None = None) -> Explanation | None:
    """Why an open term is as it is; ``None`` if it is gone."""
    with store.read() as session:
        row = (
            raw_of(session)
            .execute("SELECT explanation FROM due WHERE id = ?", (due_id,))
            .fetchone()
        )
    return restore(row[0], book or law_book.rulebook(store)) if row else None


__all__ = [
    "GROUPING_TITLES",
    "SHOWN_TITLES",
    "FoundTerms",
    "Grouping",
    "Shown",
    "TermFilter",
    "TermRow",
    "explanation_of",
    "find_terms",
    "group_title",
    "ids_from",
    "term_rows",
]
