"""«Сроки»: states, groups, filters, what was settled of late; read from one index."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from situations import as_actor, entry, passport, person_with

from arm.casework.case import add_term, close_case
from arm.casework.labels import RULES
from arm.casework.term_list import (
    FoundTerms,
    Grouping,
    Shown,
    TermFilter,
    TermRow,
    explanation_of,
    find_terms,
    group_title,
    ids_from,
    term_rows,
)
from arm.casework.terms import hand_over, keys_of, settle, snooze
from arm.clock import FixedClock
from arm.store.database import raw_of
from arm.store.store import Store

TUESDAY = date(2026, 5, 5)
DAYS = {
    "overdue": date(2026, 5, 1),
    "today": TUESDAY,
    "soon": date(2026, 5, 8),
    "ahead": date(2026, 6, 1),
}
EVERYBODY = TermFilter(mine=False)


def own_terms(store: Store) -> dict[str, str]:
    """One person with a term of their own in each state; nothing is computed of them."""
    who = person_with(store, route=None, citizenship="RUS")
    return {state: add_term(store, who, f"Дело: {state}", day) for state, day in DAYS.items()}


def lines(store: Store, found: FoundTerms) -> list[TermRow]:
    rows = term_rows(store, found.ids)
    assert None not in rows
    return [row for row in rows if row is not None]


def id_of(store: Store, title: str) -> int:
    found = lines(store, find_terms(store, EVERYBODY))
    return next(row.id for row in found if row.title == title)


def test_open_terms_come_by_urgency_with_their_counts(store: Store) -> None:
    own_terms(store)
    found = find_terms(store, TermFilter())
    assert found.groups == (("overdue", 1), ("today", 1), ("soon", 1), ("ahead", 1))
    assert [row.state for row in lines(store, found)] == ["overdue", "today", "soon", "ahead"]
    assert {state: n for state, n in found.counts.items() if n} == {
        "open": 4, "overdue": 1, "today": 1, "soon": 1, "ahead": 1,
    }  # fmt: skip


def test_one_state_alone(store: Store) -> None:
    own_terms(store)
    states: tuple[Shown, ...] = ("overdue", "today", "soon", "ahead")
    for state in states:
        found = find_terms(store, TermFilter(shown=state))
        assert [row.key.due_on for row in lines(store, found)] == [DAYS[state]]
        assert found.counts["open"] == 4, "the counts do not depend on what is listed"


def test_what_is_put_off_stands_last_and_returns_on_its_day(
    store: Store, clock: FixedClock
) -> None:
    own_terms(store)
    later = id_of(store, "Дело: soon")
    snooze(store, keys_of(store, [later]), date(2026, 5, 7), "ждём справку")
    found = find_terms(store, TermFilter())
    assert found.groups[-1] == ("snoozed", 1)
    row = lines(store, found)[-1]
    assert (row.id, row.snooze_reason, row.snoozed_until) == (
        later, "ждём справку", date(2026, 5, 7),
    )  # fmt: skip
    assert list(find_terms(store, TermFilter(shown="snoozed")).ids) == [later]
    assert not find_terms(store, TermFilter(shown="soon")).ids
    clock.advance(timedelta(days=2))
    assert ("snoozed", 1) not in find_terms(store, TermFilter()).groups


def test_what_was_settled_is_listed_for_thirty_days(store: Store, clock: FixedClock) -> None:
    records = own_terms(store)
    ids = [id_of(store, f"Дело: {state}") for state in ("overdue", "today")]
    settle(store, keys_of(store, ids[:1]))
    settle(store, keys_of(store, ids[1:]), "not_needed")
    (done,) = lines(store, find_terms(store, TermFilter(shown="done")))
    assert (done.title, done.state, done.settled_on) == ("Дело: overdue", "done", TUESDAY)
    assert done.key.deadline_id == records["overdue"]
    (not_needed,) = lines(store, find_terms(store, TermFilter(shown="not_needed")))
    assert not_needed.title == "Дело: today"
    assert find_terms(store, TermFilter()).counts["done"] == 1
    clock.advance(timedelta(days=31))
    assert not find_terms(store, TermFilter(shown="done")).ids
    assert find_terms(store, TermFilter()).counts["done"] == 0


def test_a_computed_term_that_was_settled_has_its_rules_name(store: Store) -> None:
    person_with(store, entry(date(2026, 4, 27)), passport(), citizenship="AZE")
    found = find_terms(store, TermFilter(rule="registration"))
    settle(store, keys_of(store, found.ids))
    (row,) = lines(store, find_terms(store, TermFilter(shown="done")))
    assert row.title == RULES["registration"]


def test_mine_are_those_i_am_responsible_for(store: Store) -> None:
    own_terms(store)
    handed = id_of(store, "Дело: today")
    hand_over(store, keys_of(store, [handed]), "tihonova")
    assert handed not in find_terms(store, TermFilter()).ids
    assert handed in find_terms(store, EVERYBODY).ids
    colleague = as_actor(store, "tihonova", "Тихонова Елена Викторовна")
    assert list(find_terms(colleague, TermFilter()).ids) == [handed]


def test_groups_by_rule_responsible_and_day(store: Store) -> None:
    own_terms(store)
    person_with(store, entry(date(2026, 4, 27)), passport(), citizenship="AZE", responsible=None)
    handed = id_of(store, "Дело: ahead")
    hand_over(store, keys_of(store, [handed]), "tihonova")
    names = {"orlova": "Орлова Мария", "tihonova": "Тихонова Елена"}
    titles: dict[Grouping, list[str]] = {}
    groupings: tuple[Grouping, ...] = ("rule", "responsible", "day")
    for grouping in groupings:
        found = find_terms(store, EVERYBODY, grouping)
        assert len(found.ids) == len(set(found.ids)) == sum(count for _, count in found.groups)
        titles[grouping] = [group_title(grouping, key, names) for key, _ in found.groups]
        place = 0
        for key, count in found.groups:
            rows = term_rows(store, found.ids[place : place + count])
            place += count
            assert {_value(row, grouping) for row in rows} == {key}
    assert titles["rule"][0] == "Поставить на учёт"
    assert titles["rule"][-1] == "Свой срок"
    assert titles["responsible"] == ["Орлова Мария", "Тихонова Елена", "Без ответственного"]
    assert titles["day"][:2] == ["01.05.2026", "05.05.2026"]


def _value(row: TermRow | None, grouping: Grouping) -> str:
    assert row is not None
    whose = row.responsible or ""
    return {"rule": row.key.rule, "responsible": whose}.get(grouping, row.key.due_on.isoformat())


def test_narrowed_by_rule_who_period_and_name(store: Store) -> None:
    own_terms(store)
    who = person_with(
        store, entry(date(2026, 4, 27)), passport(), citizenship="AZE", surname="Мамедов"
    )

    def found(**more: Any) -> set[str]:
        rows = lines(store, find_terms(store, TermFilter(mine=False, **more)))
        return {row.key.person_id for row in rows}

    assert found(rule="registration") == {who}
    assert found(text="mamedov") == {who}
    assert found(text="нет такого") == set()
    assert who not in found(rule="manual")
    assert who in found(who="applicant")
    rows = lines(store, find_terms(store, TermFilter(who="applicant")))
    assert {row.who for row in rows} == {"applicant"}
    rows = lines(store, find_terms(store, TermFilter(first=TUESDAY, last=date(2026, 5, 8))))
    assert all(TUESDAY <= row.key.due_on <= date(2026, 5, 8) for row in rows)
    assert {row.title for row in rows} >= {"Дело: today", "Дело: soon"}


def test_why_is_asked_of_one_term(store: Store) -> None:
    person_with(store, entry(date(2026, 4, 27)), passport(), citizenship="AZE")
    (due_id,) = find_terms(store, TermFilter(rule="registration")).ids
    why = explanation_of(store, due_id)
    assert why is not None
    assert [day.on for day in why.days][-1] == date(2026, 5, 7)
    assert explanation_of(store, due_id + 10_000) is None


def test_a_term_that_is_gone_leaves_an_empty_line(store: Store) -> None:
    own_terms(store)
    found = find_terms(store, TermFilter())
    person = lines(store, found)[0].key.person_id
    close_case(store, [person])
    assert term_rows(store, found.ids) == [None] * 4


@pytest.mark.parametrize("count", [0, 1, 3, 200_000])
def test_ids_are_taken_apart_in_pieces(count: int) -> None:
    wanted = [number * 7 - 9 for number in range(count)]
    text = "[" + ",".join(map(str, wanted)) + "]"
    assert list(ids_from(text)) == wanted


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (TermFilter(), "ix_due_responsible"),
        (TermFilter(rule="medical", who="applicant"), "ix_due_responsible"),
        (TermFilter(mine=False), "ix_due_day"),
        (TermFilter(mine=False, shown="overdue", rule="medical"), "ix_due_day"),
        (TermFilter(mine=False, shown="snoozed"), "ix_due_day"),
    ],
)
def test_lists_are_read_from_one_index_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch, wanted: TermFilter, index: str
) -> None:
    own_terms(store)
    asked: list[tuple[str, tuple[Any, ...]]] = []
    with store.read() as session:
        driver = raw_of(session)

        class Listening:
            def execute(self, sql: str, values: tuple[Any, ...] = ()) -> Any:
                asked.append((sql, values))
                return driver.execute(sql, values)

        monkeypatch.setattr("arm.casework.term_list.raw_of", lambda _session: Listening())
        find_terms(store, wanted)
        of_due = [one for one in asked if "FROM due" in one[0]]
        assert len(of_due) >= 3
        for sql, values in of_due:
            plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
            reads = [
                step for step in plan if "due" in step and ("SCAN" in step or "SEARCH" in step)
            ]
            assert reads
            assert all(f"COVERING INDEX {index}" in step for step in reads), plan
