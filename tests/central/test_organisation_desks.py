"""Two offices with real workstations: what one shows and asks, the other has on its computer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
from centre_parts import Desk, assert_feed_sound, assert_same, make_organisation, open_desk

from arm.casework import disclosures, requests
from arm.casework.requests import Fact, NewRequest
from arm.casework.shared import aliases, shared
from arm.central.embedded import EmbeddedCentral
from arm.central.sharing import SharedField, SharingRule, add_rule
from arm.clock import FixedClock
from arm.model import IdentityDocument, SharedCard, StayPermit
from arm.store import tables

NOON = datetime(2026, 7, 14, 9, 30, tzinfo=UTC)


@pytest.fixture
def offices(
    centre: EmbeddedCentral, tmp_path: Path, empty_database: Path
) -> Iterator[tuple[Desk, Desk]]:
    """A centre and an employer that knows the same man; the rule about patents between them."""
    made = []
    for kind in ("center", "employer"):
        organisation = make_organisation(centre, people=1, region="95", kind=kind)
        folder = tmp_path / kind
        login = organisation.logins[0]
        made.append(open_desk(organisation, login, folder, empty_database, FixedClock(NOON)))
    center, employer = made
    numbers = {}
    with psycopg.connect(centre.admin_dsn()) as admin:
        for name, org in admin.execute("SELECT name, org FROM arm.organisation"):
            numbers[name] = str(org)
    rule = SharingRule(
        "Патент", numbers[center.organisation.name], "stay_permit",
        (SharedField("paid_through", "Патент оплачен по"),),
        numbers[employer.organisation.name], "Соглашение", "medium",
    )  # fmt: skip
    add_rule(centre.admin_dsn(), rule)
    yield center, employer
    for desk in made:
        desk.close()


def card(desk: Desk, migrant_id: str, number: str) -> str:
    who = desk.take_in("Каримов", given="Улугбек", birth_date=date(1991, 8, 12),
                       migrant_id=migrant_id)  # fmt: skip
    with desk.store.write("Добавлен документ") as session:
        session.add(IdentityDocument(person_id=who, country="UZB", series="FA", number=number))
    return who


def both_ways(*desks: Desk) -> None:
    for desk in (*desks, *desks):
        desk.sync()


def test_a_projection_is_on_the_receivers_computer_and_disclosed_at_the_source(
    offices: tuple[Desk, Desk],
) -> None:
    center, employer = offices
    theirs, ours = card(center, "95-0001-1", "4100001"), card(employer, "95-0002-2", "4100001")
    with center.store.write("Добавлен патент") as session:
        session.add(StayPermit(person_id=theirs, permit_type="patent", number="СЕКРЕТ",
                               paid_through=date(2026, 8, 1)))  # fmt: skip
    both_ways(center, employer)
    (line,) = shared(employer.store, ours)
    assert line.facts == (("Патент оплачен по", "01.08.2026"),)
    assert (line.source, line.ground) == (center.organisation.name, "Соглашение")
    assert aliases(employer.store, ours) == ["95-0001-1"]
    assert aliases(center.store, theirs) == ["95-0002-2"]
    (told,) = disclosures.of_person(center.store, theirs)
    assert (told.receiver, told.what) == (employer.organisation.name, ("Патент оплачен по",))
    names = employer.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'"
    )
    dump = str([employer.rows(f'SELECT * FROM "{name}"') for (name,) in names])
    assert "2026-08-01" in dump
    assert "СЕКРЕТ" not in dump
    for desk in offices:
        assert_same(desk)
        assert_feed_sound(desk.organisation)


def test_a_projection_edited_by_a_bug_is_refused_and_comes_back_right(
    offices: tuple[Desk, Desk],
) -> None:
    center, employer = offices
    theirs, ours = card(center, "95-0003-1", "4100002"), card(employer, "95-0003-1", "4100002")
    with center.store.write("Добавлен патент") as session:
        session.add(StayPermit(person_id=theirs, paid_through=date(2026, 8, 1)))
    both_ways(center, employer)
    with employer.store.write("Ошибка программы") as session:
        session.query(SharedCard).one().facts = []
    employer.sync()
    assert [row[0] for row in employer.rows("SELECT why FROM rejected")] == ["read_only"]
    assert shared(employer.store, ours)[0].facts == (("Патент оплачен по", "01.08.2026"),)


def test_a_request_is_asked_and_answered_with_both_ends_offline_meanwhile(
    offices: tuple[Desk, Desk],
) -> None:
    center, employer = offices
    theirs = card(center, "95-0004-1", "4100003")
    ours = card(employer, "95-0004-1", "4100003")
    both_ways(center, employer)
    (known,) = [
        one
        for one in requests.organisations(employer.store)
        if one.name == center.organisation.name
    ]
    sent = requests.send(
        employer.store,
        NewRequest(known, "Продлён ли патент?", "ТК РФ", date(2026, 7, 20), ours, ("Оплачен по",)),
    )
    assert requests.request(employer.store, sent).state == "sent"
    both_ways(employer, center)
    (came,) = requests.requests(center.store, "in")
    assert (came.person_id, came.other) == (theirs, employer.organisation.name)
    assert requests.to_answer(center.store) == 1
    requests.answer(center.store, came.id, "Продлён", [Fact("Оплачен по", "01.09.2026")])
    both_ways(center, employer)
    answered = requests.request(employer.store, sent)
    assert (answered.state, answered.answer) == ("answered", "Продлён")
    assert answered.facts == (Fact("Оплачен по", "01.09.2026"),)
    assert requests.to_answer(center.store) == 0
    ways = {line.way for line in disclosures.of_office(center.store)}
    assert "в ответе на запрос" in ways
    for desk in offices:
        assert_same(desk)
        with desk.store.read() as session:
            assert session.query(tables.rejected).all() == []
            assert session.query(tables.conflict).all() == []


def test_what_an_office_hands_over_by_hand_is_written_down_once(
    offices: tuple[Desk, Desk],
) -> None:
    center, _ = offices
    who = card(center, "95-0005-1", "4100004")
    disclosures.hand_over(
        center.store, who, receiver="Посольство", what=["Паспорт"], ground="Просьба", way="print"
    )
    center.sync()
    (line,) = disclosures.of_person(center.store, who)
    assert (line.receiver, line.way, line.what) == ("Посольство", "на бумаге", ("Паспорт",))
    assert center.rows("SELECT count(*) FROM rejected") == [(0,)]
    assert_same(center)
