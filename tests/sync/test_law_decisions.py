"""A value corrected without a network on one desk counts on the other after both have exchanged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from centre_parts import Desk, MakeDesk, make_organisation, open_desk

from arm.casework import law_book, law_decisions
from arm.central.embedded import EmbeddedCentral
from arm.clock import FixedClock
from arm.law.ndfl import monthly_amount
from arm.store.store import Store

ON = date(2026, 7, 14)


@pytest.fixture
def organisation(centre: EmbeddedCentral) -> Any:
    """Supervisors: they may decide about the law."""
    return make_organisation(centre, role="center_supervisor", region="63")


def as_role(desk: Desk, role: str) -> Store:
    desk.store.actor = replace(desk.store.actor, role=role)
    return desk.store


def decide(desk: Desk, coefficient: str, reason: str) -> None:
    store = as_role(desk, "center_supervisor")
    row = law_book.rulebook(store).tables.on("ndfl.region", ON, "63")
    law_decisions.decide_value(store, row, reason, {"coefficient": Decimal(coefficient)})


def month_at(desk: Desk) -> tuple[Decimal, str, str]:
    tables = law_book.rulebook(desk.store).tables
    row = tables.on("ndfl.region", ON, "63")
    month = monthly_amount("63", ON, tables)
    return month.amount, row.confidence, row.decided.by if row.decided else ""


def test_a_coefficient_corrected_offline_reaches_the_other_desk(make_desk: MakeDesk) -> None:
    away, near = make_desk(0), make_desk(1)
    away.sync()
    near.sync()
    assert month_at(near) == (Decimal(11766), "L", "")
    away.proxy.cut()
    decide(away, "3.5", "сверено с текстом закона")
    assert month_at(away) == (Decimal(11936), "H", away.store.actor.full_name)
    assert month_at(near) == (Decimal(11766), "L", "")
    away.proxy.restore()
    away.sync()
    near.sync()
    assert month_at(near) == month_at(away) == (Decimal(11936), "H", away.store.actor.full_name)
    (seen,) = law_decisions.decisions(near.store)
    assert (seen.reason, seen.by) == ("сверено с текстом закона", away.store.actor.full_name)


def test_of_two_offline_decisions_the_later_holds_on_both_desks(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    first.sync()
    second.sync()
    decide(first, "3.45", "по проекту")
    assert isinstance(second.store.clock, FixedClock)
    second.store.clock.advance(timedelta(minutes=5))
    decide(second, "3.5", "по принятому закону")
    for desk in (first, second, first, second):
        desk.sync()
    assert month_at(first) == month_at(second)
    assert month_at(first)[0] == Decimal(11936)
    assert len(law_decisions.decisions(first.store)) == 2
    assert first.conflicts() == []


def test_the_centre_refuses_a_decision_of_who_may_not(
    centre: EmbeddedCentral, tmp_path: Path, empty_database: Path
) -> None:
    """The database is the gate: a program that lets a specialist decide changes nothing there."""
    specialists = make_organisation(centre, role="center_specialist", region="63")
    clock = FixedClock(datetime(2026, 7, 14, 9, 30, tzinfo=UTC))
    desk, other = (
        open_desk(specialists, login, tmp_path / login, empty_database, clock)
        for login in specialists.logins[:2]
    )
    try:
        desk.sync()
        decide(desk, "9.9", "на слух")
        desk.sync()
        other.sync()
        assert law_decisions.decisions(other.store) == []
        refused = desk.rows("SELECT why FROM rejected")
        assert [row[0] for row in refused] == ["no_right"]
    finally:
        desk.close()
        other.close()
