"""Refused edits of the office: who sees them, what can be done, and that each decision is kept.
And the way out of a computer with unsent work. With real desks around a real centre."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
import pytest

from arm.access.errors import NotPermitted
from arm.casework import derive, kept_work, refused
from arm.casework.errors import NotAnExport, RefusalGone, WrongValues
from arm.central.admin import add_person, grant, provision, revoke
from arm.central.embedded import EmbeddedCentral
from arm.clock import FixedClock
from arm.model import CaseFile, Note, Person, new_id
from arm.store.store import Store
from arm.sync.engine import SyncEngine
from tests.centre_parts import PASSWORD, Desk, Organisation, line_to, make_organisation, open_desk

Open = Callable[..., Desk]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCentral]:
    with EmbeddedCentral(tmp_path_factory.mktemp("centre")) as running:
        provision(running.admin_dsn())
        yield running


@pytest.fixture
def organisation(centre: EmbeddedCentral) -> Organisation:
    made = make_organisation(centre, people=2)
    boss = f"boss-{made.scope}"
    add_person(
        centre.admin_dsn(), login=boss, full_name="Орлова Мария Сергеевна",
        role="center_supervisor", org=made.scope, password=PASSWORD,
    )  # fmt: skip
    return replace(made, logins=(*made.logins, boss))


def at_desk(desk: Desk, login: str, role: str, clock: FixedClock) -> Desk:
    """The same computer with this person signed in, and lists derived as in the program."""
    actor = replace(desk.store.actor, login=login, full_name=f"Сотрудник {login}", role=role)
    store = Store(
        desk.store.engine, clock, actor, desk.store.files, partial(derive.refresh, clock=clock)
    )
    organisation, proxy = desk.organisation, desk.proxy
    engine = SyncEngine(store, lambda: line_to(organisation, login, proxy), office_seconds=0)
    return Desk(organisation, login, store, engine, proxy, desk.folder)


@pytest.fixture
def sit(organisation: Organisation, tmp_path: Path, empty_database: Path) -> Iterator[Open]:
    opened: list[Desk] = []
    clock = FixedClock(datetime(2026, 5, 5, 12, tzinfo=UTC))

    def sit(place: int, role: str = "center_specialist", at: Desk | None = None) -> Desk:
        login = organisation.logins[place]
        if at is None:
            at = open_desk(organisation, login, tmp_path / login, empty_database, clock)
            opened.append(at)
        return at_desk(at, login, role, clock)

    yield sit
    for desk in opened:
        desk.close()


def loses_the_right(desk: Desk) -> None:
    revoke(desk.organisation.centre.admin_dsn(), desk.login, desk.organisation.scope)


def gets_it_back(desk: Desk) -> None:
    grant(desk.organisation.centre.admin_dsn(), desk.login, desk.organisation.scope)


def person_with_case(desk: Desk, surname: str) -> str:
    person = Person(id=new_id(), surname=surname, given="Эльчин")
    with desk.store.write("Заведено дело") as session:
        session.add(person)
        session.add(CaseFile(person_id=person.id, route="patent"))
        session.add(Note(person_id=person.id, text="Просит звонить"))
    return person.id


@pytest.fixture
def quarrel(sit: Open) -> tuple[Desk, Desk, str]:
    """An author whose phone number was refused, and the supervisor at another desk."""
    author, boss = sit(0), sit(2, "center_supervisor")
    person = person_with_case(author, "Мамедов")
    author.sync()
    boss.sync()
    author.edit(person, phone="+7 900 000-31-70")
    loses_the_right(author)
    author.sync()
    boss.sync()
    return author, boss, person


def test_supervisor_sees_what_a_colleague_typed_and_why_it_was_refused(
    quarrel: tuple[Desk, Desk, str],
) -> None:
    author, boss, person = quarrel
    (edit,) = refused.refused(boss.store)
    assert edit.person_id == person
    assert edit.what == "Изменён телефон"
    assert [(one.text, one.now) for one in edit.values] == [("+7 900 000-31-70", "")]
    assert (edit.own, edit.elsewhere) == (False, True)
    assert edit.who == "Сотрудник p."
    assert "доступ к ней закрыт" in edit.why
    assert (boss.engine.state.rejected, boss.engine.state.office_rejected) == (0, 1)
    assert (author.engine.state.rejected, author.engine.state.office_rejected) == (1, 0)


def test_colleagues_who_do_not_supervise_see_nothing_of_it(
    quarrel: tuple[Desk, Desk, str], sit: Open
) -> None:
    other = sit(1)
    other.sync()
    assert refused.refused(other.store) == []
    assert other.rows("SELECT count(*) FROM office_rejected") == [(0,)]
    _, boss, _ = quarrel
    at_the_bosses_computer = sit(1, at=boss)
    assert refused.refused(at_the_bosses_computer.store) == []
    with pytest.raises(NotPermitted):
        refused.hand_back(at_the_bosses_computer.store, "какая-нибудь:1", "Посмотри")


def test_edit_handed_back_reaches_the_author_with_the_supervisors_words(
    quarrel: tuple[Desk, Desk, str],
) -> None:
    author, boss, _ = quarrel
    (edit,) = refused.refused(boss.store)
    with pytest.raises(WrongValues):
        refused.hand_back(boss.store, edit.key, "  ")
    refused.hand_back(boss.store, edit.key, "Доступ вернули, внеси ещё раз")
    assert not refused.refused(boss.store)[0].decisions[-1].sent
    boss.sync()
    assert refused.refused(boss.store)[0].decisions[-1].sent
    gets_it_back(author)
    author.sync()
    (own,) = refused.refused(author.store)
    assert own.handed_back is not None
    assert own.handed_back.reason == "Доступ вернули, внеси ещё раз"
    assert author.engine.state.rejected == 1, "it still waits for the author"


def test_author_enters_it_anew_and_everybody_knows(quarrel: tuple[Desk, Desk, str]) -> None:
    author, boss, person = quarrel
    gets_it_back(author)
    author.sync()
    (edit,) = refused.refused(author.store)
    assert refused.enter(author.store, edit.key) == person
    assert author.engine.state.rejected == 0
    author.sync()
    boss.sync()
    assert boss.person(person).phone == "+7 900 000-31-70"
    assert refused.refused(boss.store) == []
    (done,) = refused.dealt_with(boss.store)
    assert [(one.title, one.who) for one in done.decisions] == [("Внесено заново", "Сотрудник p.")]
    with pytest.raises(RefusalGone):
        refused.enter(author.store, edit.key)


def test_supervisor_enters_it_on_the_authors_behalf_and_history_says_who(
    quarrel: tuple[Desk, Desk, str],
) -> None:
    author, boss, person = quarrel
    (edit,) = refused.refused(boss.store)
    refused.enter(boss.store, edit.key)
    assert boss.person(person).phone == "+7 900 000-31-70"
    boss.sync()
    gets_it_back(author)
    author.sync()
    assert author.person(person).phone == "+7 900 000-31-70"
    assert refused.refused(author.store) == []
    last = author.rows(
        "SELECT actor FROM history WHERE doc_id = ? AND field = 'phone' AND seq IS NOT NULL", person
    )
    assert last == [(boss.login,)]


def test_closing_needs_a_reason_and_keeps_it(quarrel: tuple[Desk, Desk, str]) -> None:
    author, boss, _ = quarrel
    (edit,) = refused.refused(boss.store)
    with pytest.raises(WrongValues):
        refused.close(boss.store, edit.key, "")
    refused.close(boss.store, edit.key, "Дело передано соседнему центру")
    assert boss.engine.state.office_rejected == 0
    boss.sync()
    author.sync()
    assert refused.refused(author.store) == []
    (done,) = refused.dealt_with(author.store)
    assert done.decisions[-1].reason == "Дело передано соседнему центру"
    assert done.values[0].text == "+7 900 000-31-70", "what was typed is kept for ever"
    assert author.engine.state.rejected == 0
    with psycopg.connect(author.organisation.centre.admin_dsn()) as connection:
        rows = connection.execute(
            "SELECT what, reason, actor::text FROM arm.rejected_decision WHERE client = %s",
            (author.store.client_id,),
        ).fetchall()
    assert rows == [("closed", "Дело передано соседнему центру", boss.login)]


def test_decision_made_without_network_goes_later_and_only_once(
    quarrel: tuple[Desk, Desk, str],
) -> None:
    author, boss, _ = quarrel
    boss.proxy.cut()
    (edit,) = refused.refused(boss.store)
    refused.close(boss.store, edit.key, "Не нужно")
    boss.proxy.restore()
    boss.sync()
    with boss.store.merge() as session:  # the answer was lost
        session.connection().exec_driver_sql("UPDATE rejected_decision SET n = NULL")
    boss.sync()
    author.sync()
    assert len(refused.dealt_with(author.store)[0].decisions) == 1


def test_login_cannot_decide_about_an_edit_it_may_not_see(
    quarrel: tuple[Desk, Desk, str], organisation: Organisation
) -> None:
    author, _, _ = quarrel
    ((cseq,),) = author.rows("SELECT cseq FROM rejected")
    said = (
        f'[{{"id": "x1", "client": "{author.store.client_id}", "cseq": {cseq}, '
        '"decision": "closed", "reason": "чужое", "author": "x", "at": "2026-05-05T12:00:00Z"}]'
    )
    with line_to(organisation, organisation.logins[1]) as connection:
        kept = connection.execute("SELECT sync_v1.decide_rejected(%s::jsonb)", (said,)).fetchone()
        assert kept == ([],)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO arm.rejected_decision (id) VALUES ('x2')")


def test_new_person_who_was_refused_comes_back_whole(sit: Open) -> None:
    author, boss = sit(0), sit(2, "center_supervisor")
    author.sync()
    boss.sync()
    loses_the_right(author)
    old = person_with_case(author, "Мамедов")
    author.sync()
    assert author.rows("SELECT count(*) FROM person") == [(0,)]
    assert len(refused.refused(author.store)) == 3
    boss.sync()
    case = next(edit for edit in refused.refused(boss.store) if edit.kind == "case_file")
    assert case.person_name == "Мамедов Эльчин"
    new = refused.enter(boss.store, case.key)
    assert new != old
    assert refused.refused(boss.store) == []
    assert boss.person(new).surname == "Мамедов"
    assert boss.rows("SELECT route FROM case_file WHERE person_id = ?", new) == [("patent",)]
    assert boss.rows("SELECT text FROM note WHERE person_id = ?", new) == [("Просит звонить",)]
    boss.sync()
    assert boss.engine.state.rejected == 0


# --- leaving with unsent work


def test_work_is_counted_by_its_author_and_drafts_are_counted_too(sit: Open) -> None:
    first = sit(0)
    person = person_with_case(first, "Мамедов")
    first.store.save_draft("intake", "Рахимова Нигора", {"surname": "Рахимова"}, 20)
    second = sit(1, at=first)
    second.edit(person, phone="1")
    mine, theirs = kept_work.unsent(second.store)
    assert (mine.login, mine.waiting, mine.drafts) == (second.login, 1, 0)
    assert (theirs.login, theirs.waiting, theirs.drafts) == (first.login, 3, 1)
    assert theirs.edits == 3


def test_exported_file_is_read_by_people_and_entered_at_another_desk(
    sit: Open, tmp_path: Path
) -> None:
    first = sit(0)
    person = person_with_case(first, "Мамедов")
    first.sync()
    first.edit(person, phone="+7 900 000-31-70")
    added = person_with_case(first, "Рахимова")
    first.store.save_draft("intake", "Назаров", {"surname": "Назаров"}, 10)
    path = tmp_path / "правки.txt"
    assert kept_work.export(first.store, path) == 5
    words = path.read_text("utf-8").split("===")[0]
    assert "Мамедов Эльчин · Изменён телефон" in words
    assert "+7 900 000-31-70" in words
    assert "ждёт отправки" in words
    assert "Черновик «Назаров»" in words
    second = sit(1)
    second.sync()
    result = kept_work.enter_from(second.store, path)
    assert (result.entered, result.left, result.drafts) == (4, (), 1)
    assert second.person(person).phone == "+7 900 000-31-70"
    assert [draft.title for draft in second.store.drafts()] == ["Назаров"]
    again = kept_work.enter_from(second.store, path)
    assert (again.entered, again.drafts) == (0, 0)
    assert len(second.rows("SELECT id FROM person WHERE surname = 'Рахимова'")) == 1
    assert added not in str(second.rows("SELECT id FROM person"))
    second.sync()
    first.sync()
    assert first.person(person).phone == "+7 900 000-31-70"


def test_edit_of_a_record_that_is_not_here_is_named_and_the_rest_is_entered(
    sit: Open, tmp_path: Path
) -> None:
    first = sit(0)
    person = person_with_case(first, "Мамедов")
    first.sync()
    first.edit(person, phone="+7 900 000-31-70")
    person_with_case(first, "Рахимова")
    path = tmp_path / "правки.txt"
    kept_work.export(first.store, path)
    stranger = sit(1)  # has never exchanged: the first person is unknown here
    result = kept_work.enter_from(stranger.store, path)
    assert result.entered == 3
    (left,) = result.left
    assert left.endswith("Изменён телефон: записи здесь нет")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"just text", b"=== {}"])
def test_file_that_is_no_export_is_refused(sit: Open, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "чужой.txt"
    path.write_bytes(content)
    with pytest.raises(NotAnExport):
        kept_work.enter_from(sit(0).store, path)
