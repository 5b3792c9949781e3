"""Situations of deciding about the law on a workstation: packs, values, and what they change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text

from arm.access.errors import NotPermitted
from arm.casework import law_book, law_decisions, recompute
from arm.casework.errors import RecordGone
from arm.casework.law_decisions import (
    PackKnown,
    ReasonMissing,
    UnknownLawSigner,
    ValueUnfit,
    accept,
    decide_value,
    decisions,
    propose,
    withdraw,
)
from arm.exchange.signed_text import TextAltered, TextNotSigned, new_key, sign
from arm.law.ndfl import monthly_amount
from arm.store import tables
from arm.store.store import Store
from tests.casework.situations import as_actor, entry, person_with

ON = date(2026, 5, 5)
TWENTY_DAYS = """
[pack]
name = "Срок учёта 20 дней"
issued_on = 2026-05-01

[["registration.term"]]
key = "UZB"
valid_from = 2026-04-01
event = "entry"
days = 20
unit = "calendar"
first_day = "event"
text = "20 календарных дней со дня въезда"
act = "Новое соглашение"
published = 2026-03-20
source = "publication.pravo.gov.ru"
confidence = "H"
checked_on = 2026-05-01
"""
KEY, CODE = new_key("пароль")


@pytest.fixture
def chief(store: Store) -> Store:
    """The same workstation, with who may decide signed in."""
    recompute.begin(store)
    return as_actor(store, "lapina", "Лапина Анна Ильинична", "center_supervisor")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "нормы.toml"
    path.write_bytes(sign(TWENTY_DAYS, KEY, "пароль"))
    return path


def due_of(store: Store, person_id: str, rule: str) -> str | None:
    due = tables.due.c
    with store.read() as session:
        return session.scalar(
            select(due.due_on).where(due.person_id == person_id, due.rule == rule)
        )


def test_a_pack_shows_what_it_changes_before_it_is_accepted(chief: Store, pack: Path) -> None:
    moved = [person_with(chief, entry(date(2026, 4, day))) for day in (20, 21, 22)]
    person_with(chief, entry(date(2026, 4, 20)), citizenship="TJK")
    seen: list[tuple[int, int]] = []
    proposal = propose(chief, pack)
    found = recompute.effects(chief, proposal.book, lambda done, of: seen.append((done, of)))
    assert (found.people, found.changed, found.terms) == (4, 3, 3)
    assert found.by_rule == {"Поставить на учёт": 3}
    assert {one.person_id for one in found.moved} == set(moved)
    # 20.04 + 15 days, its own day counted = 04.05; + 20 = 09.05
    assert (found.moved[0].before, found.moved[0].after) == (date(2026, 5, 4), date(2026, 5, 9))
    assert seen == [(4, 4)]
    assert due_of(chief, moved[0], "registration") == "2026-05-04"
    assert decisions(chief) == []


def test_an_accepted_pack_moves_terms_and_taken_back_moves_them_back(
    chief: Store, pack: Path
) -> None:
    person = person_with(chief, entry(date(2026, 4, 20)))
    kept = accept(chief, propose(chief, pack), "письмо МВД", CODE)
    assert recompute.needed(chief)
    assert recompute.recompute(chief) == 1
    assert not recompute.needed(chief)
    assert due_of(chief, person, "registration") == "2026-05-09"
    later = person_with(chief, entry(date(2026, 4, 22)))
    assert due_of(chief, later, "registration") == "2026-05-11"

    withdraw(chief, kept, "принят по ошибке")
    assert recompute.recompute(chief) == 2
    assert due_of(chief, person, "registration") == "2026-05-04"
    (one,) = decisions(chief)
    assert not one.in_force
    assert (one.title, one.withdrawn_why) == ("Срок учёта 20 дней", "принят по ошибке")
    with pytest.raises(RecordGone):
        withdraw(chief, kept, "ещё раз")


def test_an_unknown_signer_is_compared_once(chief: Store, pack: Path, tmp_path: Path) -> None:
    proposal = propose(chief, pack)
    assert not proposal.known
    with pytest.raises(UnknownLawSigner, match=CODE):
        accept(chief, proposal, "письмо")
    with pytest.raises(UnknownLawSigner):
        accept(chief, proposal, "письмо", "0000-0000-0000-0000")
    accept(chief, proposal, "письмо", CODE.upper())
    with pytest.raises(PackKnown):
        propose(chief, pack)
    second = tmp_path / "второй.toml"
    second.write_bytes(sign(TWENTY_DAYS.replace("days = 20", "days = 21"), KEY, "пароль"))
    again = propose(chief, second)
    assert again.known
    accept(chief, again, "следующее письмо")
    row = law_book.rulebook(chief).tables.on("registration.term", ON, "UZB")
    assert row.integer("days") == 21


def test_an_altered_or_unsigned_pack_changes_nothing(chief: Store, pack: Path) -> None:
    whole = pack.read_bytes()
    pack.write_bytes(whole.replace(b"days = 20", b"days = 99"))
    with pytest.raises(TextAltered):
        propose(chief, pack)
    pack.write_bytes(TWENTY_DAYS.encode())
    with pytest.raises(TextNotSigned):
        propose(chief, pack)
    with pytest.raises(law_decisions.PackUnreadable):
        propose(chief, pack.with_name("нет такого"))
    assert law_book.rulebook(chief).fingerprint == law_book.of_decisions(()).book.fingerprint


def test_a_pack_altered_in_the_database_is_not_applied_and_said(chief: Store, pack: Path) -> None:
    accept(chief, propose(chief, pack), "письмо", CODE)
    with chief.merge() as session:
        session.execute(
            text("UPDATE law_pack SET content = replace(content, 'days = 20', 'days = 90')")
        )
    law_book.of_decisions.cache_clear()
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr(law_book.log, "warning", lambda *_words: None)
        (one,) = decisions(chief)
    assert one.unused == "Файл изменён после подписи или повреждён"
    assert not one.in_force
    assert law_book.rulebook(chief).tables.on("registration.term", ON, "UZB").integer("days") == 15


def test_only_who_may_decides(store: Store, pack: Path) -> None:
    row = law_book.rulebook(store).tables.on("ndfl.region", ON, "63")
    with pytest.raises(NotPermitted, match="подтверждение и исправление норм"):
        decide_value(store, row, "сверено")
    with pytest.raises(NotPermitted):
        propose(store, pack)


def test_a_corrected_coefficient_changes_the_sum_and_says_who(chief: Store) -> None:
    row = law_book.rulebook(chief).tables.on("ndfl.region", ON, "63")
    with pytest.raises(ReasonMissing):
        decide_value(chief, row, "  ", {"coefficient": Decimal("3.5")})
    decide_value(
        chief,
        row,
        "сверено с законом № 105-ГД",
        {"coefficient": Decimal("3.5")},
        act="Закон Самарской области № 105-ГД",
        published=date(2025, 12, 1),
    )
    now = law_book.rulebook(chief).tables.on("ndfl.region", ON, "63")
    assert now.decided is not None
    assert (now.decided.by, now.decided.on) == ("Лапина Анна Ильинична", ON)
    assert (now.confidence, now.act) == ("H", "Закон Самарской области № 105-ГД")
    assert now.published_on == date(2025, 12, 1)
    month = monthly_amount("63", ON, law_book.rulebook(chief).tables)
    assert (month.amount, month.confirmed) == (Decimal(11936), True)


def test_a_confirmed_value_keeps_its_numbers(chief: Store) -> None:
    row = law_book.rulebook(chief).tables.on("patent.reissue", ON)
    assert row.confidence == "M"
    decide_value(chief, row, "сверено с п. 8 ст. 13.3")
    now = law_book.rulebook(chief).tables.on("patent.reissue", ON)
    assert now.confidence == "H"
    assert dict(now.values) == dict(row.values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"coefficient": "три с половиной"}, "coefficient"),
        ({"koefficient": Decimal("3.5")}, "лишнее значение koefficient"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    chief: Store, values: dict[str, Decimal | str | None], said: str
) -> None:
    row = law_book.rulebook(chief).tables.on("ndfl.region", ON, "63")
    with pytest.raises(ValueUnfit, match=said):
        decide_value(chief, row, "сверено", values)  # type: ignore[arg-type]
    with pytest.raises(ValueUnfit, match="раньше"):
        decide_value(chief, row, "сверено", valid_to=date(2020, 1, 1))
    assert decisions(chief) == []


def test_the_later_of_two_decisions_holds(chief: Store) -> None:
    row = law_book.rulebook(chief).tables.on("ndfl.region", ON, "63")
    for coefficient in ("3.5", "3.45", "3.6"):
        decide_value(chief, row, f"решение {coefficient}", {"coefficient": Decimal(coefficient)})
    now = law_book.rulebook(chief).tables.on("ndfl.region", ON, "63")
    assert now.decimal("coefficient") == Decimal("3.6")
    assert [one.reason for one in decisions(chief)] == [
        "решение 3.6", "решение 3.45", "решение 3.5",
    ]  # fmt: skip
    withdraw(chief, decisions(chief)[0].id, "опечатка")
    now = law_book.rulebook(chief).tables.on("ndfl.region", ON, "63")
    assert now.decimal("coefficient") == Decimal("3.45")


def test_a_recompute_broken_off_goes_on_where_it_was(
    chief: Store, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [person_with(chief, entry(date(2026, 4, 20))) for _ in range(7)]
    monkeypatch.setattr(recompute, "STEP", 2)
    accept(chief, propose(chief, pack), "письмо", CODE)
    told: list[int] = []
    recompute.recompute(chief, lambda done, _of: told.append(done), lambda: len(told) == 2)
    assert told == [2, 4]
    assert recompute.needed(chief)
    moved = [due_of(chief, one, "registration") for one in sorted(people)]
    assert moved == ["2026-05-09"] * 4 + ["2026-05-04"] * 3
    assert recompute.recompute(chief, lambda done, _of: told.append(done)) == 3
    assert told == [2, 4, 6, 7]
    assert {due_of(chief, one, "registration") for one in people} == {"2026-05-09"}
    assert not recompute.needed(chief)


def test_effects_can_be_broken_off(
    chief: Store, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        person_with(chief, entry(date(2026, 4, 20)))
    monkeypatch.setattr(recompute, "STEP", 1)
    calls = iter([False, True])
    found = recompute.effects(chief, propose(chief, pack).book, None, lambda: next(calls))
    assert (found.people, found.complete) == (1, False)


def test_recomputed_is_the_same_as_derived_anew(chief: Store, pack: Path) -> None:
    for day in range(1, 25):
        person_with(chief, entry(date(2026, 4, day)), surname=f"Каримов{day}")
    accept(chief, propose(chief, pack), "письмо", CODE)
    recompute.recompute(chief)
    before = _rows(chief)
    with chief.merge(origin="load") as session:
        ids = session.scalars(text("SELECT id FROM person")).all()
        session.info["touched"].update(("person", one, one) for one in ids)
    assert _rows(chief) == before


def _rows(store: Store) -> list[list[object]]:
    with store.read() as session:
        return [
            [tuple(row) for row in session.execute(text(query))]
            for query in (
                "SELECT * FROM listing ORDER BY person_id",
                "SELECT person_id, rule, due_on, explanation FROM due ORDER BY 1, 2, 3",
            )
        ]
