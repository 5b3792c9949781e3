"""Terms that are put off, handed over, settled and opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from situations import as_actor, entry, passport, person_with

from arm.access.errors import NotPermitted
from arm.casework.case import TermView, add_term, open_case, set_field, summary
from arm.casework.errors import RecordGone, WrongValues
from arm.casework.history import history
from arm.casework.terms import (
    TermKey,
    TermState,
    hand_over,
    keys_of,
    last_snooze,
    reopen,
    settle,
    snooze,
    state_of,
    wake,
)
from arm.casework.today import today, urgent
from arm.clock import FixedClock
from arm.law.rulebook import open_rulebook
from arm.law.tables import LawTables
from arm.model import Deadline
from arm.store.store import Store
from arm.store.undo import undo_last

TUESDAY = date(2026, 5, 5)


def arrived(store: Store, on: date = date(2026, 4, 27), **more: str) -> str:
    """Somebody who came on a day and is not registered: by 07.05 if they came on 27.04."""
    return person_with(store, entry(on), passport(), **{"citizenship": "AZE", **more})


def term(store: Store, person_id: str, rule: str = "registration") -> TermView:
    return next(one for one in open_case(store, person_id).terms if one.rule == rule)


def key(person_id: str, found: TermView) -> TermKey:
    return TermKey(person_id, found.rule, found.due_on, found.deadline_id)


def shown(store: Store, *, mine: bool = True, rule: str = "registration") -> list[str]:
    view = today(store, mine=mine, rule=rule)
    return [row.person_id for group in view.groups for row in group.rows]


def why_not(problem: pytest.ExceptionInfo[WrongValues]) -> dict[str, str]:
    return {one.field: one.text for one in problem.value.problems}


@pytest.mark.parametrize(
    ("due", "state"),
    [
        (date(2026, 5, 4), "overdue"),
        (date(2026, 5, 5), "today"),
        (date(2026, 5, 6), "soon"),
        (date(2026, 5, 12), "soon"),
        (date(2026, 5, 13), "ahead"),
    ],
)
def test_state_of_an_open_term_on_tuesday(due: date, state: TermState) -> None:
    assert state_of(due, TUESDAY) == state


def test_what_people_said_of_a_term_outweighs_its_day() -> None:
    assert state_of(date(2026, 4, 1), TUESDAY, "done") == "done"
    assert state_of(date(2026, 4, 1), TUESDAY, "not_needed") == "not_needed"
    assert state_of(date(2026, 4, 1), TUESDAY, "open") == "overdue"


@pytest.mark.parametrize(
    ("due", "last"),
    [
        (date(2026, 5, 20), date(2026, 5, 19)),
        (date(2026, 5, 7), date(2026, 5, 6)),
        (date(2026, 5, 6), None),
        (date(2026, 5, 5), None),
        (date(2026, 5, 4), date(2026, 5, 8)),
        (date(2026, 1, 1), date(2026, 5, 8)),
    ],
)
def test_a_term_is_put_off_to_its_eve_and_an_overdue_one_for_three_days(
    due: date, last: date | None
) -> None:
    assert last_snooze(due, TUESDAY, open_rulebook()) == last


def test_a_term_put_off_leaves_today_and_comes_back_by_itself(
    store: Store, clock: FixedClock
) -> None:
    who = arrived(store)
    found = term(store, who)
    assert found.due_on == date(2026, 5, 7)
    assert shown(store) == [who]
    snooze(store, [key(who, found)], date(2026, 5, 6), "ждём копию паспорта")
    assert shown(store) == []
    put_off = term(store, who)
    assert put_off.snoozed_until == date(2026, 5, 6)
    assert (put_off.snooze_reason, put_off.snoozed_by) == ("ждём копию паспорта", "Орлова М. С.")
    clock.advance(timedelta(days=1))
    assert shown(store) == [who]
    assert term(store, who).snoozed_until is None


def test_other_programs_learn_how_a_term_stands(store: Store) -> None:
    who = arrived(store)
    snooze(store, [key(who, term(store, who))], date(2026, 5, 6), "ждём копию")
    hand_over(store, [key(who, term(store, who))], "tihonova")
    told = next(one for one in summary(store, who)["deadlines"] if one["rule"] == "registration")
    stands = (told["state"], told["snoozed_until"], told["responsible"])
    assert stands == ("soon", "2026-05-06", "tihonova")


def test_undo_brings_a_term_back_at_once(store: Store) -> None:
    who = arrived(store)
    snooze(store, [key(who, term(store, who))], "06.05.2026", "придёт завтра")
    assert undo_last(store).title == "Срок отложен до 06.05.2026"
    assert shown(store) == [who]
    assert term(store, who).deadline_id is None


def test_a_term_is_not_put_off_past_its_eve(store: Store) -> None:
    who = arrived(store)
    with pytest.raises(WrongValues) as problem:
        snooze(store, [key(who, term(store, who))], date(2026, 5, 7), "потом")
    assert why_not(problem) == {
        "snoozed_until": "Не позже 06.05.2026: это канун последнего дня срока"
    }
    assert shown(store) == [who]


def test_what_ends_today_or_tomorrow_is_not_put_off(store: Store) -> None:
    for came, said in ((date(2026, 4, 23), "сегодня"), (date(2026, 4, 24), "завтра")):
        who = arrived(store, came)
        with pytest.raises(WrongValues) as problem:
            snooze(store, [key(who, term(store, who))], date(2026, 5, 6), "потом")
        assert said in why_not(problem)["snoozed_until"]


def test_an_office_that_allows_no_day_puts_off_no_overdue_term(store: Store) -> None:
    who = arrived(store, date(2026, 4, 1))
    book, name = open_rulebook(), "desk.snooze_overdue"
    table = book.tables.tables[name]
    none = replace(table, rows=tuple(replace(row, values={"days": 0}) for row in table.rows))
    strict = replace(book, tables=LawTables({**book.tables.tables, name: none}), _memo={})
    with pytest.raises(WrongValues) as problem:
        snooze(store, [key(who, term(store, who))], date(2026, 5, 6), "болеет", strict)
    assert why_not(problem) == {"snoozed_until": "Просроченный срок откладывать нельзя"}


def test_an_overdue_term_may_be_put_off_for_three_days(store: Store, clock: FixedClock) -> None:
    who = arrived(store, date(2026, 4, 1))
    late, before = key(who, term(store, who)), urgent(store)
    with pytest.raises(WrongValues) as problem:
        snooze(store, [late], date(2026, 5, 9), "болеет")
    assert "не дальше 08.05.2026" in why_not(problem)["snoozed_until"]
    snooze(store, [late], date(2026, 5, 8), "болеет")
    assert shown(store) == []
    assert urgent(store) == before - 1
    clock.advance(timedelta(days=3))
    assert shown(store) == [who]


def test_a_reason_and_a_day_are_asked_for(store: Store) -> None:
    who = arrived(store)
    with pytest.raises(WrongValues) as problem:
        snooze(store, [key(who, term(store, who))], None, "  ")
    assert set(why_not(problem)) == {"snoozed_until", "snooze_reason"}


def test_of_several_terms_those_are_put_off_that_may_be(store: Store) -> None:
    soon_due, due_today = arrived(store), arrived(store, date(2026, 4, 23))
    keys = [key(who, term(store, who)) for who in (soon_due, due_today)]
    went = snooze(store, keys, date(2026, 5, 6), "праздники")
    assert (went.done, went.refused) == (1, 1)
    assert shown(store) == [due_today]


def test_a_term_whose_day_moved_is_back(store: Store) -> None:
    who = person_with(store)
    own = add_term(store, who, "Принести перевод", "20.05.2026")
    snooze(store, [key(who, term(store, who, "manual"))], date(2026, 5, 15), "переводчик занят")
    set_field(store, "deadline", own, "due_on", "08.05.2026")
    assert term(store, who, "manual").snoozed_until is None
    assert shown(store, rule="manual") == [who]


def test_a_term_is_brought_back_by_hand(store: Store) -> None:
    who = arrived(store)
    snooze(store, [key(who, term(store, who))], date(2026, 5, 6), "придёт завтра")
    wake(store, [key(who, term(store, who))])
    assert shown(store) == [who]


def test_what_two_workstations_put_off_comes_back_together(store: Store) -> None:
    """Neither knew of the other: there are two records of one term."""
    who = arrived(store)
    found = term(store, who)
    with store.write("Чужая правка") as session:
        for reason in ("раз", "два"):
            session.add(
                Deadline(
                    person_id=who, rule=found.rule, due_on=found.due_on, state="open",
                    snoozed_until=date(2026, 5, 6), snoozed_for=found.due_on,
                    snooze_reason=reason, snoozed_by="tihonova",
                )
            )  # fmt: skip
    assert term(store, who).snooze_reason == "два"
    wake(store, [key(who, term(store, who))])
    assert shown(store) == [who]


def test_a_term_handed_over_is_the_colleagues_whoever_has_the_case(store: Store) -> None:
    mine, also_mine = arrived(store), arrived(store, surname="Мамедов")
    hand_over(store, [key(who, term(store, who)) for who in (mine, also_mine)], "tihonova")
    colleague = as_actor(store, "tihonova", "Тихонова Елена Викторовна")
    assert shown(store) == []
    assert set(shown(colleague)) == {mine, also_mine}
    view = open_case(store, mine)
    assert view.case is not None
    assert view.case.responsible == "orlova"
    assert term(store, mine).responsible_name == "Тихонова Е. В."
    assert "Срок передан: Тихонова Е. В. (2)" in {line.what for line in history(store, mine)}
    undo_last(store)
    assert set(shown(store)) == {mine, also_mine}


def test_a_term_put_off_and_handed_over_stays_one_record(store: Store) -> None:
    who = arrived(store)
    snooze(store, [key(who, term(store, who))], date(2026, 5, 6), "придёт завтра")
    hand_over(store, [key(who, term(store, who))], "tihonova")
    found = term(store, who)
    assert (found.responsible, found.snoozed_until) == ("tihonova", date(2026, 5, 6))
    settle(store, [key(who, found)])
    assert "registration" not in {one.rule for one in open_case(store, who).terms}
    with store.read() as session:
        assert session.query(Deadline).count() == 1


def test_nobody_outside_the_office_gets_a_term(store: Store) -> None:
    who = arrived(store)
    with pytest.raises(WrongValues) as problem:
        hand_over(store, [key(who, term(store, who))], "petrov")
    assert set(why_not(problem)) == {"responsible"}


def test_settled_terms_are_opened_again(store: Store) -> None:
    who = arrived(store)
    settle(store, [key(who, term(store, who))], "not_needed")
    with store.read() as session:
        (record,) = session.query(Deadline)
    assert (record.state, record.settled_on) == ("not_needed", TUESDAY)
    reopen(store, [record.id])
    assert shown(store) == [who]
    with pytest.raises(RecordGone):
        reopen(store, ["0000"])


def test_many_terms_are_one_action(store: Store) -> None:
    people = [arrived(store, surname=f"Каримов{number}") for number in range(7)]
    ids = [row.due_id for group in today(store, rule="registration").groups for row in group.rows]
    keys = keys_of(store, ids)
    assert {one.person_id for one in keys} == set(people)
    settle(store, keys)
    assert shown(store) == []
    undo_last(store)
    assert len(shown(store)) == 7


def test_the_analyst_decides_nothing(store: Store) -> None:
    who = arrived(store)
    found = key(who, term(store, who))
    analyst = as_actor(store, "analyst", "Аналитик", "region_analyst")
    for act in (
        lambda: settle(analyst, [found]),
        lambda: snooze(analyst, [found], date(2026, 5, 6), "потом"),
        lambda: hand_over(analyst, [found], "tihonova"),
        lambda: wake(analyst, [found]),
        lambda: reopen(analyst, []),
    ):
        with pytest.raises(NotPermitted):
            act()
