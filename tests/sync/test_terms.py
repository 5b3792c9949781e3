"""Terms between two workstations of one office, over a real centre."""

from __future__ import annotations

from datetime import date
from functools import partial

from centre_parts import Desk, MakeDesk, assert_same

from arm.casework import derive
from arm.casework.case import TermView, add_record, open_case
from arm.casework.conflicts import dispute
from arm.casework.history import history
from arm.casework.term_list import TermFilter, find_terms, term_rows
from arm.casework.terms import TermKey, hand_over, keys_of, settle, snooze, wake
from arm.casework.today import today
from arm.model import CaseFile
from arm.store.undo import undo_last
from arm.sync.resolve import Settlement
from arm.sync.resolve import settle as settle_dispute

RULE = "registration"
EVE = date(2026, 7, 17)
"""Somebody who came on 9 July has to be registered by the 20th, a Monday."""


def pair(make_desk: MakeDesk) -> tuple[Desk, Desk, str]:
    """Two desks and somebody who came on 9 July and whose case is the first one's."""
    first, second = make_desk(0), make_desk(1)
    for desk in (first, second):
        desk.store.derive = partial(derive.refresh, clock=desk.store.clock)
    who = first.take_in("Мамедов", given="Эльчин", citizenship="AZE")
    with first.store.write("Заведено дело") as session:
        session.add(CaseFile(person_id=who, responsible=first.login))
    add_record(first.store, "migration_card", who, {"entered_on": date(2026, 7, 9)})
    exchange(first, second)
    return first, second, who


def exchange(*desks: Desk) -> None:
    for desk in (*desks, *desks):
        desk.sync()


def term(desk: Desk, who: str) -> TermView:
    return next(one for one in open_case(desk.store, who).terms if one.rule == RULE)


def key(desk: Desk, who: str) -> TermKey:
    found = term(desk, who)
    return TermKey(who, found.rule, found.due_on, found.deadline_id)


def shown(desk: Desk) -> list[str]:
    view = today(desk.store, rule=RULE)
    return [row.person_id for group in view.groups for row in group.rows]


def due_rows(desk: Desk) -> list[tuple[object, ...]]:
    return desk.rows(
        "SELECT person_id, rule, due_on, responsible, snoozed_until, snooze_reason, snoozed_by,"
        " deadline_id FROM due ORDER BY person_id, rule"
    )


def test_a_term_handed_over_is_on_the_colleagues_page_after_the_exchange(
    make_desk: MakeDesk,
) -> None:
    first, second, who = pair(make_desk)
    assert (shown(first), shown(second)) == ([who], [])
    hand_over(first.store, [key(first, who)], second.login)
    assert shown(first) == []
    exchange(first, second)
    assert shown(second) == [who]
    view = open_case(second.store, who)
    assert view.case is not None
    assert view.case.responsible == first.login, "the case itself stays"
    lines = [(one.field, one.new) for one in history(second.store, who) if one.kind == "deadline"]
    assert any(second.store.actor.full_name in new for _, new in lines), lines
    settle(second.store, keys_of(second.store, find_terms(second.store, TermFilter(rule=RULE)).ids))
    exchange(second, first)
    found = find_terms(first.store, TermFilter(shown="done", mine=False))
    (row,) = term_rows(first.store, found.ids)
    assert row is not None
    assert (row.key.rule, row.responsible) == (RULE, second.login)
    for desk in (first, second):
        assert_same(desk)


def test_a_term_put_off_is_away_on_both_and_undo_brings_it_back_on_both(
    make_desk: MakeDesk,
) -> None:
    first, second, who = pair(make_desk)
    snooze(first.store, [key(first, who)], EVE, "ждём копию паспорта")
    exchange(first, second)
    put_off = term(second, who)
    assert (put_off.snoozed_until, put_off.snooze_reason) == (EVE, "ждём копию паспорта")
    assert put_off.snoozed_by.startswith("Сотрудник")
    assert due_rows(first) == due_rows(second)
    undo_last(first.store)
    assert shown(first) == [who]
    exchange(first, second)
    assert term(second, who).snoozed_until is None
    assert due_rows(first) == due_rows(second)


def test_one_term_put_off_by_two_without_a_line_is_one_term(make_desk: MakeDesk) -> None:
    first, second, who = pair(make_desk)
    snooze(first.store, [key(first, who)], date(2026, 7, 16), "придёт в четверг")
    snooze(second.store, [key(second, who)], EVE, "ждём копию")
    exchange(first, second)
    assert due_rows(first) == due_rows(second)
    assert len([row for row in due_rows(first) if row[1] == RULE]) == 1
    assert first.conflicts() == second.conflicts() == []
    wake(second.store, [key(second, who)])
    exchange(second, first)
    assert shown(first) == [who]
    assert due_rows(first) == due_rows(second)


def test_two_days_for_one_record_are_settled_as_one_dispute(make_desk: MakeDesk) -> None:
    first, second, who = pair(make_desk)
    snooze(first.store, [key(first, who)], date(2026, 7, 15), "начали")
    exchange(first, second)
    snooze(first.store, [key(first, who)], date(2026, 7, 16), "придёт в четверг")
    snooze(second.store, [key(second, who)], EVE, "ждём копию")
    exchange(first, second)
    disputed = {one["field"] for one in first.conflicts()}
    assert {"snoozed_until", "snooze_reason"} <= disputed
    (field,) = dispute(first.store, who).fields
    assert field.label == "Отсрочка"
    assert {field.mine.text, field.theirs.text} == {
        "16.07.2026 придёт в четверг",
        "17.07.2026 ждём копию",
    }
    settle_dispute(
        first.store, [Settlement(one["id"], one["mine_value"]) for one in first.conflicts()]
    )
    exchange(first, second)
    assert (term(first, who).snoozed_until, term(first, who).snooze_reason) == (EVE, "ждём копию")
    assert due_rows(first) == due_rows(second)
