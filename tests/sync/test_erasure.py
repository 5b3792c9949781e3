"""A person is erased by law: nothing of what was said stays anywhere, the chains hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from centre_parts import (
    KEY,
    Desk,
    MakeDesk,
    Organisation,
    assert_same,
    dump,
    line_to,
    make_organisation,
)
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from psycopg import sql

from arm.central.audit import audit
from arm.central.embedded import EmbeddedCentral
from arm.centre_errors import MayNotErase, NobodyToErase
from arm.model import Attachment, IdentityDocument, Note
from arm.store.backup import check

TOKENS = ("Щербатюк", "Всеволод", "токен-заметки", "77ZZ0099", "токен-спора", "токен-отказа")
SCAN = b"scan with token-scan inside" * 50


@pytest.fixture
def organisation(centre: EmbeddedCentral) -> Organisation:
    """An organisation whose people may erase."""
    return make_organisation(centre, people=2, role="center_supervisor")


def work(first: Desk, second: Desk) -> str:
    """A person with papers, a scan, edits, a deleted note and a conflict; at both desks."""
    who = first.take_in(TOKENS[0], given=TOKENS[1], phone="+7 1")
    first.take_in("Соседов", given="Оставшийся")
    sha256 = first.store.files.put(SCAN)
    with first.store.write("Добавлены бумаги") as session:
        session.add(IdentityDocument(person_id=who, document_type="passport", number=TOKENS[3]))
        session.add(Note(person_id=who, text=TOKENS[2]))
        session.add(Attachment(person_id=who, sha256=sha256, file_name=f"{TOKENS[0]}.pdf"))
    first.sync()
    second.sync()
    first.edit(who, phone="+7 2")
    second.edit(who, phone=TOKENS[4])
    for desk in (first, second, first):
        desk.sync()
    first.store.save_draft("intake", TOKENS[0], {"surname": TOKENS[0], "given": TOKENS[1]})
    return who


def erase(desk: Desk, person: str) -> list[dict[str, Any]]:
    with desk.engine.conversation() as wire:
        return wire.erase(desk.store.client_id, person, "withdrawal", "1/2026")


def pages(path: Path) -> Iterator[bytes]:
    """Every page of an encrypted database, decrypted; free ones too."""
    with path.open("rb") as file:
        number = 0
        while len(page := file.read(4096)) == 4096:
            number += 1
            start = 16 if number == 1 else 0
            iv = page[4096 - 80 : 4096 - 64]
            cipher = Cipher(algorithms.AES(KEY), modes.CBC(iv)).decryptor()
            yield cipher.update(page[start : 4096 - 80])


def left_at(desk: Desk) -> bytes:
    """Everything that lies in the desk's folder, decrypted."""
    with desk.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    (database,) = desk.folder.glob("records.db")
    assert not [path for path in desk.folder.glob("records.db-wal") if path.stat().st_size]
    content = b"".join(pages(database))
    assert b"CREATE TABLE person" in content, "the pages were decrypted"
    return content


def assert_nothing_left(desk: Desk) -> None:
    content = left_at(desk)
    for token in TOKENS:
        assert token.encode() not in content, (desk.login, token)
        assert json.dumps(token).strip('"').encode() not in content, (desk.login, token)
    assert not [path for path in (desk.folder / "files").rglob("*") if path.is_file()]


def assert_centre_forgot(organisation: Organisation) -> None:
    said = dump(organisation.centre)
    for token in TOKENS:
        assert token not in said, token
    assert "Соседов" in said, "the neighbour stays"


def test_nothing_stays_at_the_centre_nor_at_any_desk(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    who = work(first, second)
    assert TOKENS[0].encode() in left_at(first)
    assert TOKENS[4] in dump(first.organisation.centre)
    (receipt,) = erase(first, who)
    assert receipt["records"] == 4
    assert_centre_forgot(first.organisation)
    first.sync()
    assert_nothing_left(first)
    # the second desk was away all the while; it forgets when it comes back
    assert TOKENS[0].encode() in left_at(second)
    second.sync()
    assert_nothing_left(second)
    report = audit(first.organisation.centre.admin_dsn(), scopes=[first.organisation.scope])
    assert report.findings == []
    assert report.erased == receipt["entries"] > 5
    for desk in (first, second):
        assert_same(desk)
        assert [one.text for one in check(desk.store)] == []
        assert desk.rows("SELECT surname FROM person WHERE NOT deleted") == [("Соседов",)]
    second.edit(second.rows("SELECT id FROM person WHERE NOT deleted")[0][0], phone="+7 3")
    second.sync()
    first.sync()
    assert_same(first)


def test_edits_that_waited_are_refused_told_and_not_kept(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    who = work(first, second)
    # the second desk goes on working without a network
    second.edit(who, employer=TOKENS[5])
    with second.store.write("Добавлена заметка") as session:
        session.add(Note(person_id=who, text=f"{TOKENS[5]} в заметке"))
    kept = second.take_in("Другая", given="Запись")
    erase(first, who)
    second.sync()
    assert second.engine.state.pending == 0
    refused = second.rows("SELECT why, op FROM rejected ORDER BY cseq")
    assert [why for why, _ in refused] == ["erased", "erased"]
    assert second.person(kept).surname == "Другая"
    assert_nothing_left(second)
    assert_centre_forgot(first.organisation)
    assert [one.text for one in check(second.store)] == []
    assert audit(first.organisation.centre.admin_dsn(), scopes=[first.organisation.scope]).ok


def test_edits_typed_during_the_exchange_leave_with_the_next(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    who = work(first, second)
    erase(first, who)
    pull = second.engine._pull

    def typed_meanwhile(*args: Any) -> int:
        second.edit(who, employer=TOKENS[5])
        second.engine._pull = pull  # type: ignore[method-assign]
        return pull(*args)

    second.engine._pull = typed_meanwhile  # type: ignore[method-assign]
    second.sync()
    assert second.engine.state.pending == 1
    second.sync()
    assert second.engine.state.pending == 0
    assert_nothing_left(second)
    assert_centre_forgot(first.organisation)


def test_a_desk_that_loads_the_scope_anew_forgets_too(make_desk: MakeDesk) -> None:
    first, second = make_desk(0), make_desk(1)
    who = work(first, second)
    erase(first, who)
    # its cursor is thrown away: it will never read the entry of erasure
    with second.store.merge() as session:
        raw: Any = session.connection().connection.driver_connection
        raw.execute("DELETE FROM cursor")
    second.sync()
    assert_nothing_left(second)
    assert_same(second)


def test_only_who_may_erases_and_only_what_is_there(
    centre: EmbeddedCentral, make_desk: MakeDesk
) -> None:
    first = make_desk(0)
    who = first.take_in("Щербатюк")
    first.sync()
    with pytest.raises(NobodyToErase):
        erase(first, "нет такого")
    simple = make_organisation(centre, people=1)
    with (
        line_to(simple, simple.logins[0]) as line,
        pytest.raises(psycopg.Error, match="may not erase"),
    ):
        line.execute("SELECT sync_v1.erase('x', %s, 'goal', '1')", (who,))
    for statement in (
        "UPDATE arm.change SET delta = NULL, salt = NULL",
        "DELETE FROM arm.erased",
        "SELECT arm.erase_person('{1}', 'x', 'goal', '1', 'x', 'x')",
        "UPDATE arm.reading SET actor = 'x'",
        "DELETE FROM arm.witness",
    ):
        with (
            line_to(first.organisation, first.login) as line,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            line.execute(statement)
    assert first.person(who).surname == "Щербатюк"
    assert MayNotErase.code == "may_not_erase"


def test_the_feed_is_still_only_added_to_even_for_who_may_erase(make_desk: MakeDesk) -> None:
    """The one permitted change of an entry is the loss of its content."""
    first = make_desk(0)
    first.take_in("Щербатюк")
    first.sync()
    dsn = first.organisation.centre.admin_dsn()
    with psycopg.connect(dsn) as admin:
        admin.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(first.login)))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            admin.execute("UPDATE arm.change SET author = 'x'")
