"""Programs of several ages at one centre: what each writes and reads, and who must update."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from centre_parts import Desk, MakeDesk, assert_feed_sound, centre_documents, line_to

from arm.central.embedded import EmbeddedCentral
from arm.centre_errors import ProgramTooOld
from arm.store import capture
from arm.sync import engine, wire

NOW = 6
"""The centre's schema in these tests. At 3 «profession» became «occupation» and its values codes;
at 5 «occupation» became «work»."""


@pytest.fixture(autouse=True)
def grown_centre(centre: EmbeddedCentral) -> Iterator[None]:
    """A centre some schemas further on; as it was afterwards."""
    with psycopg.connect(centre.admin_dsn()) as admin:
        before = admin.execute("SELECT schema_cur, schema_min FROM arm.centre").fetchone()
        admin.execute("UPDATE arm.centre SET schema_cur = %s, schema_min = 1", (NOW,))
        admin.execute(
            "INSERT INTO arm.shape_change (since, kind, field, becomes, recode) VALUES"
            """ (3, 'person', 'profession', 'occupation', '{"повар": "cook"}'),"""
            " (5, 'person', 'occupation', 'work', '{}')"
        )
    yield
    with psycopg.connect(centre.admin_dsn()) as admin:
        admin.execute("DELETE FROM arm.shape_change")
        admin.execute("UPDATE arm.centre SET schema_cur = %s, schema_min = %s", before)


@contextmanager
def program(schema: int) -> Iterator[None]:
    """Everything inside is done by a program of that schema."""
    with pytest.MonkeyPatch.context() as patched:
        for module in (capture, engine, wire):
            patched.setattr(module, "SCHEMA", schema)
        yield


def set_least(desk: Desk, schema: int) -> None:
    with psycopg.connect(desk.organisation.centre.admin_dsn()) as admin:
        admin.execute("UPDATE arm.centre SET schema_min = %s", (schema,))


@pytest.mark.parametrize("schema", [NOW, NOW - 1, NOW - 2, NOW - 5])
def test_a_program_of_any_age_that_is_let_in_exchanges_in_its_own_words(
    make_desk: MakeDesk, schema: int
) -> None:
    desk, newest = make_desk(0), make_desk(1)
    field = "profession" if schema < 3 else None  # today's model knows only the oldest name
    with program(schema):
        who = desk.take_in("Мамедов", **({"profession": "повар"} if field else {}))
        desk.edit(who, phone="1")
        desk.sync()
        assert desk.engine.state.pending == 0
    there = centre_documents(desk.organisation)[who]
    assert there["phone"] == "1"
    if field:
        assert there["work"] == "cook"
        assert "profession" not in there
    with program(NOW):
        newest.sync()
        assert newest.person(who).phone == "1"
        newest.edit(who, phone="2")
        newest.sync()
    with program(schema):
        desk.sync()
        assert desk.person(who).phone == "2"
        if field:
            assert desk.person(who).profession == "повар"  # as its program calls it
            desk.edit(who, profession="сварщик")
            desk.sync()
            assert desk.conflicts() == []
    if field:
        assert centre_documents(desk.organisation)[who]["work"] == "сварщик"
    assert_feed_sound(desk.organisation)


def test_a_lagging_program_loads_a_scope_in_its_own_words(make_desk: MakeDesk) -> None:
    newest, old = make_desk(0), make_desk(1)
    with program(NOW):
        who = newest.take_in("Мамедов")
        newest.sync()
    with psycopg.connect(newest.organisation.centre.admin_dsn()) as admin:
        admin.execute(
            """UPDATE arm.doc SET body = body || '{"work": "cook"}',"""
            """ fver = fver || '{"work": 1}' WHERE id = %s""",
            (who,),
        )
    with program(1):
        old.sync()
        assert old.person(who).profession == "повар"
        old.edit(who, profession="сварщик")
        old.sync()
        assert old.conflicts() == []


def test_unknown_fields_stay_byte_for_byte(make_desk: MakeDesk) -> None:
    desk = make_desk()
    odd = json.dumps({"глубоко": [1, 1.10, {"é": "\u2028", "": None}], "b": True})
    with program(1):
        who = desk.take_in("Мамедов", profession="повар")
        desk.sync()
    dsn = desk.organisation.centre.admin_dsn()
    with psycopg.connect(dsn) as admin:
        admin.execute(
            "UPDATE arm.doc SET body = body || jsonb_build_object('unheard_of', %s::jsonb)"
            " WHERE id = %s",
            (odd, who),
        )
        before = admin.execute(
            "SELECT (body->'unheard_of')::text FROM arm.doc WHERE id = %s", (who,)
        ).fetchone()
    with program(1):
        desk.sync()
        desk.edit(who, profession="сварщик", phone="1")
        desk.delete(who)
        with desk.store.write("Возвращён") as session:
            session.get_one(type(desk.person(who)), who).deleted = False
        desk.sync()
        assert desk.engine.state.rejected == 0
    with psycopg.connect(dsn) as admin:
        after = admin.execute(
            "SELECT (body->'unheard_of')::text FROM arm.doc WHERE id = %s", (who,)
        ).fetchone()
    assert after == before


def test_below_the_least_schema_the_queue_drains_and_nothing_comes(make_desk: MakeDesk) -> None:
    desk, newest = make_desk(0), make_desk(1)
    with program(1):
        who = desk.take_in("Мамедов", profession="повар")
        desk.sync()
    set_least(desk, 4)
    with program(NOW):
        newest.sync()
        newest.edit(who, phone="новое")
        newest.sync()
    with program(1):
        desk.edit(who, profession="сварщик")
        with pytest.raises(ProgramTooOld):
            desk.sync()
    assert desk.engine.state.pending == 0
    assert desk.person(who).phone is None or desk.rows("SELECT seq FROM cursor") == [(1,)]
    assert centre_documents(desk.organisation)[who]["work"] == "сварщик"
    with line_to(desk.organisation, desk.login) as line, pytest.raises(psycopg.Error) as refused:
        line.execute("SELECT sync_v1.pull(1, %s, %s, 10)", ([desk.organisation.scope], [0]))
    assert refused.value.sqlstate == "EO002"
    with program(NOW):  # after the update the scope is read anew, the place in the feed is kept
        desk.sync()
        assert desk.person(who).phone == "новое"


def test_records_that_are_there_take_the_new_names_with_the_revision(make_desk: MakeDesk) -> None:
    desk = make_desk()
    who = f"old-{desk.organisation.scope}"
    with psycopg.connect(desk.organisation.centre.admin_dsn()) as admin:
        admin.execute(
            "INSERT INTO arm.doc (id, kind, scope, person, ver, fver, body) VALUES"
            """ (%s, 'person', %s, %s, 1, '{"profession": 1}', '{"profession": "повар"}')""",
            (who, desk.organisation.scope, who),
        )
        for since in (3, 5):
            admin.execute("SELECT arm.reshape_documents(%s)", (since,))
        held: Any = admin.execute("SELECT body, fver FROM arm.doc WHERE id = %s", (who,)).fetchone()
    assert held == ({"work": "cook"}, {"work": 1})
