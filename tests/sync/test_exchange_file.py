"""Exchange by file: an office without a network and its colleagues end up with the same, whatever
becomes of the files on their way."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import psycopg
import pytest
from centre_parts import (
    Desk,
    MakeDesk,
    Organisation,
    ask,
    assert_feed_sound,
    assert_same,
    centre_documents,
    kept_somewhere,
    line_to,
    make_organisation,
    open_desk,
)
from files_parts import all_through, at_centre, attach, fingerprint, look, scan

from arm.casework.exchange_file import (
    Brought,
    Learnt,
    export_file,
    export_keys,
    import_file,
    own_fingerprint,
)
from arm.casework.files import fetch_file
from arm.central.admin import grant, revoke, revoke_workstation
from arm.centre_errors import CentreUnreachable
from arm.exchange.signed_package import NotForUs, PackageAltered, PackageTruncated, UnknownSigner
from arm.model import Person
from arm.store.backup import backup as make_backup
from arm.sync.offline import AnswerForAnother, AnswerTooEarly, TakenIn
from arm.sync.package_keys import own_keys, recipients
from arm.sync.relay import PackageForked, RelayNeedsRight, RelayWire, RevokedSigner

Pair = tuple[Desk, Desk]


@pytest.fixture
def pair(make_desk: MakeDesk, tmp_path: Path) -> Pair:
    """A workstation that never meets the centre, and a colleague's that does. They have compared
    each other's codes once."""
    away, near = make_desk(0), make_desk(1)
    away.proxy.cut()
    near.take_in("Мамедов", given="Эльчин", phone="1", languages=frozenset({"az"}))
    all_through(near)
    export_keys(near.store, tmp_path / "ключи.eopack")
    learnt = import_file(
        away.store,
        away.engine,
        tmp_path / "ключи.eopack",
        trust=own_fingerprint(near.store),
    )
    assert isinstance(learnt, Learnt)
    return away, near


def carry(away: Desk, near: Desk, path: Path) -> Brought:
    """Write a file there, bring it here."""
    export_file(away.store, path)
    return bring(away, near, path)


def bring(away: Desk, near: Desk, path: Path) -> Brought:
    done = import_file(near.store, near.engine, path, trust=own_fingerprint(away.store))
    assert isinstance(done, Brought)
    return done


def answer(away: Desk, near: Desk, path: Path) -> TakenIn:
    """Carry the answer back."""
    done = import_file(away.store, away.engine, path)
    assert isinstance(done, TakenIn)
    return done


def round_trip(away: Desk, near: Desk, path: Path) -> tuple[Brought, TakenIn]:
    brought = carry(away, near, path)
    return brought, answer(away, near, brought.answer)


def person_named(desk: Desk, surname: str) -> str:
    return str(desk.rows("SELECT id FROM person WHERE surname = ?", surname)[0][0])


def assert_alike(*desks: Desk) -> None:
    for desk in desks:
        assert_same(desk)
    assert_feed_sound(desks[0].organisation)


# --- the way there and back


def test_an_office_without_a_network_gives_and_gets_everything(pair: Pair, tmp_path: Path) -> None:
    away, near = pair
    who, content = away.take_in("Юлдашев", phone="без сети"), scan(1)
    record = attach(away, who, content)
    brought, taken = round_trip(away, near, tmp_path / "обмен.eopack")
    assert (brought.report.operations, brought.report.applied, brought.report.files) == (2, 2, 1)
    assert (taken.acknowledged, taken.loaded) == (2, 3)
    assert away.store.pending() == 0
    assert away.person(person_named(away, "Мамедов")).given == "Эльчин"
    near.sync()
    assert near.person(who).phone == "без сети"
    assert at_centre(near.organisation, fingerprint(content)) == content
    fetch_file(near.store, record)
    near.engine.files.exchange()
    assert look(near, record) == content
    assert_alike(away, near)


def test_who_typed_and_who_brought_are_both_kept(pair: Pair, tmp_path: Path) -> None:
    away, near = pair
    who = away.take_in("Юлдашев")
    carry(away, near, tmp_path / "обмен.eopack")
    with psycopg.connect(near.organisation.centre.admin_dsn()) as admin:
        entry = admin.execute(
            "SELECT author, actor::text, client, cseq FROM arm.change WHERE id = %s", (who,)
        ).fetchone()
        noted = admin.execute(
            "SELECT login::text, relayer::text, first_cseq, last_cseq FROM arm.relay_log"
            " WHERE client = %s",
            (away.store.client_id,),
        ).fetchall()
    assert entry == (away.login, near.login, away.store.client_id, 1)
    assert noted == [(away.login, near.login, 1, 1)]


def test_several_rounds_bring_only_what_is_new(pair: Pair, tmp_path: Path) -> None:
    away, near = pair
    who = away.take_in("Юлдашев")
    for turn in range(3):
        away.edit(who, phone=f"там-{turn}")
        brought, taken = round_trip(away, near, tmp_path / f"{turn}.eopack")
        assert brought.report.repeated == 0
        near.sync()
        near.edit(who, employer=f"здесь-{turn}")
        near.sync()
        if turn:
            assert (taken.received, taken.loaded) == (1, 0)
            assert away.person(who).employer == f"здесь-{turn - 1}"
    round_trip(away, near, tmp_path / "последний.eopack")
    assert_alike(away, near)


def test_files_that_the_office_asked_for_come_with_the_answer(pair: Pair, tmp_path: Path) -> None:
    away, near = pair
    content = scan(2)
    record = attach(near, person_named(near, "Мамедов"), content)
    all_through(near)
    round_trip(away, near, tmp_path / "1.eopack")
    fetch_file(away.store, record)
    _, taken = round_trip(away, near, tmp_path / "2.eopack")
    assert taken.files == 1
    assert look(away, record) == content


def test_a_dispute_reaches_the_office_and_its_decision_the_centre(
    pair: Pair, tmp_path: Path
) -> None:
    away, near = pair
    round_trip(away, near, tmp_path / "1.eopack")
    who = person_named(away, "Мамедов")
    away.edit(who, phone="там")
    near.edit(who, phone="здесь")
    near.sync()
    brought, taken = round_trip(away, near, tmp_path / "2.eopack")
    assert (brought.report.conflicts, taken.conflicts) == (1, 1)
    near.sync()
    [conflict] = away.conflicts()
    assert [conflict] == near.conflicts()
    assert (conflict["server_value"], conflict["mine_value"]) == ("здесь", "там")
    assert_alike(away, near)


# --- files that come twice, late, partly, in the wrong order


def test_a_file_brought_twice_and_an_answer_taken_twice_change_nothing(
    pair: Pair, tmp_path: Path
) -> None:
    away, near = pair
    away.take_in("Юлдашев", languages=frozenset({"uz"}))
    brought = carry(away, near, tmp_path / "обмен.eopack")
    length = assert_feed_sound(near.organisation)
    again = bring(away, near, tmp_path / "обмен.eopack")
    assert (again.report.operations, again.report.repeated) == (1, 1)
    assert assert_feed_sound(near.organisation) == length
    first = answer(away, near, brought.answer)
    second = answer(away, near, again.answer)
    third = answer(away, near, brought.answer)
    assert first.acknowledged == 1
    for later in (second, third):
        assert (later.acknowledged, later.received, later.loaded) == (0, 0, 0)
    near.sync()
    assert_alike(away, near)


def test_files_brought_in_the_wrong_order(pair: Pair, tmp_path: Path) -> None:
    away, near = pair
    who = away.take_in("Юлдашев")
    export_file(away.store, tmp_path / "1.eopack")
    away.edit(who, phone="позже")
    export_file(away.store, tmp_path / "2.eopack")
    later = bring(away, near, tmp_path / "2.eopack")
    earlier = bring(away, near, tmp_path / "1.eopack")
    assert earlier.report.repeated == 1
    for done in (earlier, later, earlier):
        answer(away, near, done.answer)
    assert away.store.pending() == 0
    near.sync()
    assert near.person(who).phone == "позже"
    assert_alike(away, near)


def test_answers_taken_in_the_wrong_order(pair: Pair, tmp_path: Path) -> None:
    away, near = pair
    round_trip(away, near, tmp_path / "0.eopack")
    who = person_named(near, "Мамедов")
    answers = []
    for turn in range(2):
        near.edit(who, phone=f"{turn}")
        near.sync()
        answers.append(carry(away, near, tmp_path / f"{turn + 1}.eopack").answer)
    assert answer(away, near, answers[1]).received == 2
    assert answer(away, near, answers[0]).received == 0
    assert away.person(who).phone == "1"
    # an answer that begins after what is here would leave a gap
    near.edit(who, phone="2")
    near.sync()
    missing = carry(away, near, tmp_path / "3.eopack")
    backup = tmp_path / "records.db"
    make_backup(away.store.engine, backup)
    answer(away, near, missing.answer)
    near.edit(who, phone="3")
    near.sync()
    after = carry(away, near, tmp_path / "4.eopack")
    away.store.engine.dispose()
    (away.folder / "records.db").write_bytes(backup.read_bytes())
    for left in away.folder.glob("records.db-*"):
        left.unlink()
    with pytest.raises(AnswerTooEarly):
        answer(away, near, after.answer)
    assert away.person(who).phone == "1"
    answer(away, near, missing.answer)
    answer(away, near, after.answer)
    assert away.person(who).phone == "3"
    assert_alike(away, near)


def test_a_relay_broken_off_half_way_is_begun_again(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, near = pair
    content = scan(3)
    for number in range(250):
        away.take_in(f"Ф{number}")
    attach(away, person_named(away, "Ф1"), content)
    export_file(away.store, tmp_path / "обмен.eopack")
    for count in (20_000, 900_000, 3_200_000):
        near.proxy.cut_after(count)
        with pytest.raises(CentreUnreachable):
            bring(away, near, tmp_path / "обмен.eopack")
        near.proxy.restore()
        assert list(tmp_path.glob("*ответ*")) == []
    done = bring(away, near, tmp_path / "обмен.eopack")
    assert done.report.operations == 251
    taken = answer(away, near, done.answer)
    assert (taken.acknowledged, away.store.pending()) == (251, 0)
    near.sync()
    assert at_centre(near.organisation, fingerprint(content)) == content
    assert_alike(away, near)


def test_a_file_brought_after_the_office_went_by_itself(pair: Pair, tmp_path: Path) -> None:
    away, near = pair
    who = away.take_in("Юлдашев")
    attach(away, who, scan(4))
    export_file(away.store, tmp_path / "обмен.eopack")
    away.edit(who, phone="после файла")
    away.proxy.restore()  # the network was there for an hour
    all_through(away)
    identity = away.store.client_id
    done = bring(away, near, tmp_path / "обмен.eopack")
    assert done.report.repeated == done.report.operations
    taken = answer(away, near, done.answer)
    assert (taken.acknowledged, taken.loaded, taken.sent_again) == (0, 0, 0)
    all_through(away)
    near.sync()
    assert away.store.client_id == identity
    assert_alike(away, near)


def test_a_file_brought_before_the_office_goes_by_itself(pair: Pair, tmp_path: Path) -> None:
    """What went out in a file keeps its numbers: meeting the centre, it is the same workstation."""
    away, near = pair
    who = away.take_in("Юлдашев")
    attach(away, who, scan(5))
    away.edit(who, phone="в файле")
    identity = away.store.client_id
    carry(away, near, tmp_path / "обмен.eopack")
    away.edit(who, phone="после файла")
    away.proxy.restore()
    all_through(away)
    near.sync()
    assert away.store.client_id == identity
    assert away.store.pending() == 0
    assert near.person(who).phone == "после файла"
    assert_alike(away, near)


# --- files that must not be believed


def test_spoilt_files_are_refused_and_nothing_of_them_is_taken(pair: Pair, tmp_path: Path) -> None:
    away, near = pair
    away.take_in("Юлдашев")
    path = tmp_path / "обмен.eopack"
    export_file(away.store, path)
    whole = path.read_bytes()
    before = centre_documents(near.organisation)
    for spoilt, said in (
        (whole[: len(whole) // 2], PackageTruncated),
        (whole[:-70] + bytes([whole[-70] ^ 1]) + whole[-69:], PackageAltered),
    ):
        path.write_bytes(spoilt)
        with pytest.raises(said):
            bring(away, near, path)
    assert centre_documents(near.organisation) == before


def test_an_unknown_workstation_is_taken_only_with_its_code(pair: Pair, tmp_path: Path) -> None:
    away, near = pair
    away.take_in("Юлдашев")
    path = tmp_path / "обмен.eopack"
    exported = export_file(away.store, path)
    for trust in ("", "0000-0000-0000-0000"):
        with pytest.raises(UnknownSigner, match=exported.fingerprint):
            import_file(near.store, near.engine, path, trust=trust)
    import_file(near.store, near.engine, path, trust=exported.fingerprint)
    near.store.set_meta("package_keys_registered", None)
    near.engine.files.exchange()  # the centre tells the keys that were confirmed once
    import_file(near.store, near.engine, path)


def test_a_lost_workstation_can_no_longer_bring_files_read_them_or_get_new_keys(
    pair: Pair, tmp_path: Path
) -> None:
    away, near = pair
    away.take_in("Юлдашев")
    round_trip(away, near, tmp_path / "обмен.eopack")  # known at the centre from now on
    away.take_in("Подложный")
    path = tmp_path / "с потерянного.eopack"
    exported = export_file(away.store, path)
    box = own_keys(away.store).public[1]
    near.store.set_meta("package_keys_registered", None)
    near.engine.files.exchange()
    assert box in recipients(near.store)
    dsn = near.organisation.centre.admin_dsn()
    revoke_workstation(dsn, away.store.client_id, "потерян в дороге")
    before = centre_documents(near.organisation)
    # the colleague has not heard of it yet: the centre refuses
    with pytest.raises(RevokedSigner):
        import_file(near.store, near.engine, path)
    near.store.set_meta("package_keys_registered", None)
    near.engine.files.exchange()
    for trust in ("", exported.fingerprint):  # nor does a compared code help
        with pytest.raises(RevokedSigner):
            import_file(near.store, near.engine, path, trust=trust)
    assert box not in recipients(near.store)
    assert centre_documents(near.organisation) == before
    with line_to(near.organisation, away.login) as line, pytest.raises(psycopg.Error) as refused:
        ask(line, "SELECT sync_v1.register_keys(%s, 'new', 'new', %s)::text",
            away.store.client_id, away.login)  # fmt: skip
    assert refused.value.sqlstate == "EO010"


def test_another_organisation_can_neither_read_nor_bring_a_file(
    pair: Pair, tmp_path: Path, empty_database: Path
) -> None:
    away, near = pair
    away.take_in("Юлдашев")
    path = tmp_path / "обмен.eopack"
    exported = export_file(away.store, path)
    theirs = make_organisation(near.organisation.centre)
    stranger = open_desk(
        theirs, theirs.logins[0], tmp_path / "чужие", empty_database, away.store.clock
    )
    try:
        all_through(stranger)
        with pytest.raises(NotForUs):
            import_file(stranger.store, stranger.engine, path, trust=exported.fingerprint)
    finally:
        stranger.close()


def test_an_answer_for_another_workstation_is_refused(
    pair: Pair, tmp_path: Path, make_desk: MakeDesk
) -> None:
    away, near = pair
    away.take_in("Юлдашев")
    done = carry(away, near, tmp_path / "обмен.eopack")
    with pytest.raises(AnswerForAnother):
        import_file(near.store, near.engine, done.answer)
    third = make_desk(2)
    all_through(third)
    with pytest.raises(NotForUs):
        import_file(third.store, third.engine, done.answer)


# --- rights


def test_nobody_gains_rights_by_a_relay(
    pair: Pair, tmp_path: Path, organisation: Organisation
) -> None:
    away, near = pair
    dsn = organisation.centre.admin_dsn()
    with psycopg.connect(dsn, autocommit=True) as admin:
        row = admin.execute(
            "INSERT INTO arm.scope_head (org, title) SELECT org, 'Закрытый раздел'"
            " FROM arm.scope_head WHERE scope = %s RETURNING scope",
            (organisation.scope,),
        ).fetchone()
    assert row is not None
    closed = int(row[0])
    grant(dsn, near.login, closed)
    near.sync()
    with near.store.write("Принят человек в закрытый раздел") as session:
        session.add(Person(surname="Закрытый", scope=closed))
    near.sync()
    away.take_in("Юлдашев")
    round_trip(away, near, tmp_path / "1.eopack")
    assert away.rows("SELECT 1 FROM person WHERE surname = 'Закрытый'") == []
    # what its author may not write is refused at the centre, kept, and shown to its author
    with away.store.write("Правка без права") as session:
        session.add(Person(surname="Тайком", scope=closed))
    brought, taken = round_trip(away, near, tmp_path / "2.eopack")
    assert (brought.report.refused, taken.refused) == (1, 1)
    assert "Тайком" in kept_somewhere(organisation)
    assert away.engine.state.rejected == 1


def test_edits_beyond_the_relayers_rights_wait_for_somebody_else(
    pair: Pair, tmp_path: Path, organisation: Organisation
) -> None:
    away, near = pair
    who = away.take_in("Юлдашев")
    dsn = organisation.centre.admin_dsn()
    with psycopg.connect(dsn, autocommit=True) as admin:
        row = admin.execute(
            "INSERT INTO arm.scope_head (org, title) SELECT org, 'Второй раздел'"
            " FROM arm.scope_head WHERE scope = %s RETURNING scope",
            (organisation.scope,),
        ).fetchone()
    assert row is not None
    for login in (near.login, away.login):
        grant(dsn, login, int(row[0]), can_write=True)
    revoke(dsn, near.login, organisation.scope)
    with pytest.raises(RelayNeedsRight):
        carry(away, near, tmp_path / "обмен.eopack")
    assert who not in centre_documents(organisation)
    grant(dsn, near.login, organisation.scope)
    round_trip(away, near, tmp_path / "ещё раз.eopack")
    assert away.store.pending() == 0
    assert away.engine.state.rejected == 0


# --- memories that differ


def test_a_copied_workstation_is_told_and_nothing_is_taken(pair: Pair, tmp_path: Path) -> None:
    away, near = pair
    who = away.take_in("Юлдашев")
    backup = tmp_path / "records.db"
    make_backup(away.store.engine, backup)
    away.edit(who, phone="первая копия")
    carry(away, near, tmp_path / "1.eopack")
    length = assert_feed_sound(near.organisation)
    away.store.engine.dispose()
    (away.folder / "records.db").write_bytes(backup.read_bytes())
    for left in away.folder.glob("records.db-*"):
        left.unlink()
    away.edit(who, phone="вторая копия")
    with pytest.raises(PackageForked):
        carry(away, near, tmp_path / "2.eopack")
    assert assert_feed_sound(near.organisation) == length
    away.proxy.restore()
    for _ in range(2):
        away.sync()
    assert "вторая копия" in kept_somewhere(near.organisation)


def test_a_centre_that_was_set_back_asks_for_what_it_lost(
    pair: Pair, tmp_path: Path, organisation: Organisation
) -> None:
    away, near = pair
    who = away.take_in("Юлдашев")
    round_trip(away, near, tmp_path / "1.eopack")
    away.edit(who, phone="потерялось в центре")
    round_trip(away, near, tmp_path / "2.eopack")
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        # as restored from a backup made between the two
        last = admin.execute(
            "DELETE FROM arm.change WHERE scope = %s AND seq ="
            " (SELECT seq FROM arm.scope_head WHERE scope = %s) RETURNING seq",
            (organisation.scope, organisation.scope),
        ).fetchone()
        assert last is not None
        admin.execute(
            "UPDATE arm.scope_head h SET seq = c.seq, hash = c.hash FROM arm.change c"
            " WHERE h.scope = %s AND c.scope = h.scope AND c.seq = %s",
            (organisation.scope, last[0] - 1),
        )
        admin.execute(
            "UPDATE arm.doc SET ver = 1, body = body - 'phone', fver = fver - 'phone'"
            " WHERE id = %s",
            (who,),
        )
        admin.execute("UPDATE arm.centre SET feed_epoch = gen_random_uuid()")
        admin.execute(
            "DELETE FROM arm.taken WHERE client = %s AND last_cseq > 1", (away.store.client_id,)
        )
        first_hash = away.rows("SELECT op_hash FROM outbox_done WHERE cseq = 1")[0][0]
        admin.execute(
            "UPDATE arm.client SET last_cseq = 1, last_op_hash = %s WHERE client = %s",
            (first_hash, away.store.client_id),
        )
    brought, taken = round_trip(away, near, tmp_path / "3.eopack")
    assert brought.report.set_back
    assert taken.sent_again == 1
    brought, taken = round_trip(away, near, tmp_path / "4.eopack")
    assert (brought.report.applied, taken.acknowledged) == (1, 1)
    near.sync()
    assert near.person(who).phone == "потерялось в центре"
    assert_alike(away, near)


# --- everything at once


@pytest.mark.parametrize("seed", range(3))
def test_two_offices_by_file_and_two_by_network_converge(
    seed: int, make_desk: MakeDesk, tmp_path: Path
) -> None:
    """Edits everywhere; files are brought late, twice, out of order, by either colleague, and now
    and then lost."""
    chance = random.Random(seed)
    near = [make_desk(0, name="сеть-0"), make_desk(1, name="сеть-1")]
    away = [make_desk(2, name="файл-0"), make_desk(0, name="файл-1")]
    for desk in near:
        all_through(desk)
    export_keys(near[0].store, tmp_path / "ключи.eopack")
    for desk in near:
        desk.store.set_meta("package_keys_registered", None)
        all_through(desk)
    for desk in away:
        desk.proxy.cut()
        for one in near:
            export_keys(one.store, tmp_path / "ключи.eopack")
            import_file(
                desk.store,
                desk.engine,
                tmp_path / "ключи.eopack",
                trust=own_fingerprint(one.store),
            )
    carried: list[tuple[Desk, Path]] = []
    answers: list[tuple[Desk, Path]] = []
    tokens: list[str] = []

    def edit(desk: Desk) -> None:
        token = f"т-{seed}-{len(tokens)}"
        tokens.append(token)
        ids = [row[0] for row in desk.rows("SELECT id FROM person WHERE NOT deleted")]
        if not ids or chance.random() < 0.2:
            desk.take_in(token)
        else:
            field = chance.choice(("phone", "employer", "profession"))
            desk.edit(chance.choice(ids), **{field: token})

    def bring_one() -> None:
        if not carried:
            return
        desk, path = chance.choice(carried)
        if chance.random() < 0.6:
            carried.remove((desk, path))
        by = chance.choice(near)
        answers.append((desk, bring(desk, by, path).answer))

    def take_one() -> None:
        if answers:
            desk, path = answers.pop(chance.randrange(len(answers)))
            if path.exists() and chance.random() < 0.8:
                with contextlib.suppress(AnswerTooEarly):
                    answer(desk, near[0], path)

    for step in range(60):
        match chance.randrange(5):
            case 0 | 1:
                edit(chance.choice([*near, *away]))
            case 2:
                desk = chance.choice(away)
                path = tmp_path / f"{step}.eopack"
                export_file(desk.store, path)
                carried.append((desk, path))
            case 3:
                bring_one()
                take_one()
            case _:
                chance.choice(near).sync()
    for desk in (*near, *near):
        desk.sync()
    for turn in range(2):
        for place, desk in enumerate(away):
            round_trip(desk, near[place], tmp_path / f"конец-{turn}-{place}.eopack")
        for desk in near:
            desk.sync()
    text = kept_somewhere(near[0].organisation)
    assert [token for token in tokens if f'"{token}"' not in text] == []
    assert [desk.store.pending() for desk in (*near, *away)] == [0, 0, 0, 0]
    assert_alike(*near, *away)
    assert len({str(desk.conflicts()) for desk in (*near, *away)}) == 1


def test_the_wire_of_a_relay_stays_narrow(pair: Pair, organisation: Organisation) -> None:
    """Whatever a session sets, relaying only takes rights away."""
    _, near = pair
    stranger = make_organisation(organisation.centre)
    with RelayWire(near.engine.connect) as wire:
        assert wire.relay_for(stranger.logins[0], writing=True) == frozenset()
        assert wire.count(organisation.scope) == 0
        wire._ask("SELECT set_config('arm.relayed_scopes', %s, false)", (f"{{{stranger.scope}}}",))
        assert wire.count(stranger.scope) == 0
        wire._ask("SELECT set_config('arm.relayed_for', %s, false)", (stranger.logins[0],))
        assert wire.count(stranger.scope) == 0
