"""Files travel: whole or not there, before the records that name them, keeping nobody waiting."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from centre_parts import (
    Desk,
    MakeDesk,
    Organisation,
    assert_feed_sound,
    assert_same,
    centre_documents,
    line_to,
    make_organisation,
)
from files_parts import (
    MIB,
    all_through,
    at_centre,
    attach,
    fingerprint,
    look,
    pieces_at_centre,
    place,
    scan,
)

from arm.casework.editing import delete_record
from arm.casework.errors import FileMissing, FileTooLarge
from arm.casework.files import fetch_file, pin, stop_fetching
from arm.central.admin import revoke
from arm.centre_errors import CentreUnreachable
from arm.model import Attachment
from arm.store import blobs
from arm.store.errors import FilesFull
from arm.store.transfers import Transfer
from arm.sync import files as files_module
from arm.sync.files import FileWire


def only_person(desk: Desk) -> str:
    return str(desk.rows("SELECT id FROM person")[0][0])


def open_at(desk: Desk, record_id: str) -> bytes:
    """A person opens a file that is at the centre."""
    fetch_file(desk.store, record_id)
    desk.engine.files.exchange()
    return look(desk, record_id)


# --- the way there and back


def test_a_scan_attached_here_is_opened_there(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who, content = only_person(first), scan(1)
    record = attach(first, who, content)
    assert place(first, who, record) == "unsent"
    all_through(first)
    assert place(first, who, record) == "here"
    assert at_centre(first.organisation, fingerprint(content)) == content
    second.sync()
    assert place(second, who, record) == "centre"
    with pytest.raises(FileMissing):
        look(second, record)
    assert open_at(second, record) == content
    assert place(second, who, record) == "here"
    assert_same(second)
    assert list(second.store.files.root.rglob("*.piece-*")) == []


def test_the_record_goes_only_after_the_last_piece(
    two: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    who, content = only_person(first), scan(2)
    record = attach(first, who, content)
    first.sync()
    assert record not in centre_documents(first.organisation)
    send = FileWire.put

    def break_at_the_third(self: FileWire, scope: int, sha256: str, n: int, piece: bytes) -> None:
        if n == 2:
            raise CentreUnreachable
        send(self, scope, sha256, n, piece)

    with monkeypatch.context() as patched:
        patched.setattr(FileWire, "put", break_at_the_third)
        with pytest.raises(CentreUnreachable):
            first.engine.files.exchange()
    first.sync()
    second.sync()
    assert record not in centre_documents(first.organisation)
    assert pieces_at_centre(first.organisation, fingerprint(content)) == [0, 1]
    assert first.engine.files.exchange().pieces_sent == 2
    first.sync()
    assert record in centre_documents(first.organisation)


def test_edits_typed_after_a_big_scan_do_not_wait_for_it(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    record = attach(first, who, scan(3))
    first.edit(who, phone="после скана")
    first.take_in("Принятый после скана")
    first.sync()
    second.sync()
    assert second.person(who).phone == "после скана"
    assert first.engine.state.pending == 1
    # again, while the operation of the file already stands at the end of the queue
    first.edit(who, phone="и ещё раз")
    first.sync()
    second.sync()
    assert second.person(who).phone == "и ещё раз"
    all_through(first)
    assert first.engine.state.pending == 0
    second.sync()
    assert record in centre_documents(first.organisation)
    for desk in two:
        assert_same(desk)
    assert_feed_sound(first.organisation)
    unnumbered = first.rows("SELECT count(*) FROM history WHERE cseq IS NOT NULL AND seq IS NULL")
    assert unnumbered == [(0,)]


def test_a_deleted_file_is_not_sent_and_its_return_is(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who, content = only_person(first), scan(4)
    record = attach(first, who, content)
    delete_record(first.store, "attachment", record)
    all_through(first)
    assert first.engine.state.pending == 0
    assert pieces_at_centre(first.organisation, fingerprint(content)) == []
    with first.store.write("Возвращён файл") as session:
        session.get_one(Attachment, record).deleted = False
    first.sync()
    assert first.engine.state.pending == 1
    all_through(first)
    second.sync()
    assert open_at(second, record) == content


def test_small_files_go_first_and_what_a_person_waits_for_before_them(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    who = only_person(first)
    theirs = attach(second, who, scan(5, 2 * MIB))
    all_through(second)
    first.sync()
    big = attach(first, who, scan(6, 3 * MIB))
    small = attach(first, who, scan(7, 5_000))
    fetch_file(first.store, theirs)
    order: list[str] = []

    def note(step: Transfer) -> None:
        if step.over:
            order.append(step.sha256)

    first.store.files.board.watch(note)
    first.engine.files.exchange()
    sizes = dict(first.rows("SELECT sha256, size FROM attachment"))
    assert [sizes[sha256] for sha256 in order] == [2 * MIB, 5_000, 3 * MIB]
    first.sync()
    assert {big, small} < centre_documents(first.organisation).keys()


def test_a_person_who_opens_a_file_overtakes_an_upload_under_way(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    who = only_person(first)
    theirs = attach(second, who, scan(8, MIB))
    all_through(second)
    first.sync()
    attach(first, who, scan(9, 4 * MIB))
    steps: list[tuple[str, bool]] = []

    def open_during_the_upload(step: Transfer) -> None:
        if not steps:
            fetch_file(first.store, theirs)
        steps.append((step.direction, step.over))

    first.store.files.board.watch(open_during_the_upload)
    first.engine.files.exchange()
    assert steps.index(("down", True)) < steps.index(("up", True))
    assert steps[0] == ("up", False)


def test_the_same_scan_in_one_scope_is_sent_once(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who, content = only_person(first), scan(10)
    attach(first, who, content)
    all_through(first)
    attach(second, who, content)
    assert second.engine.files.exchange().pieces_sent == 0
    second.sync()
    assert second.engine.state.pending == 0


def test_progress_is_told_and_kept(two: tuple[Desk, Desk]) -> None:
    first, _ = two
    who = only_person(first)
    attach(first, who, scan(11, 4 * MIB))
    seen: list[int] = []
    first.store.files.board.watch(lambda step: seen.append(step.percent))
    first.engine.files.exchange()
    assert seen == [25, 50, 75, 100, 100]


# --- lines that break


@pytest.mark.parametrize("count", [1_000, 500_000, 1_500_000, 2_600_000])
def test_a_line_cut_inside_a_piece_costs_that_piece_only(
    two: tuple[Desk, Desk], count: int
) -> None:
    first, second = two
    who, content = only_person(first), scan(count)
    record = attach(first, who, content)
    first.proxy.cut_after(count)
    with pytest.raises(CentreUnreachable):
        first.engine.files.exchange()
    first.proxy.restore()
    there = pieces_at_centre(first.organisation, fingerprint(content))
    assert first.engine.files.exchange().pieces_sent == 4 - len(there)
    first.sync()
    second.sync()
    fetch_file(second.store, record)
    second.proxy.cut_after(count)
    with pytest.raises(CentreUnreachable):
        second.engine.files.exchange()
    second.proxy.restore()
    here = len(list(second.store.files.root.rglob("*.piece-*")))
    assert second.engine.files.exchange().pieces_fetched == 4 - here
    assert look(second, record) == content


def test_a_piece_that_was_kept_badly_comes_again(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who, content = only_person(first), scan(12)
    record = attach(first, who, content)
    all_through(first)
    second.sync()
    fetch_file(second.store, record)
    second.proxy.cut_after(2_600_000)
    with pytest.raises(CentreUnreachable):
        second.engine.files.exchange()
    second.proxy.restore()
    (spoilt, *_) = sorted(second.store.files.root.rglob("*.piece-*"))
    spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"?")
    second.engine.files.exchange()
    assert look(second, record) == content


def test_a_stopped_download_goes_on_where_it_was(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who, content = only_person(first), scan(13)
    record = attach(first, who, content)
    all_through(first)
    second.sync()
    fetch_file(second.store, record)

    def stop(step: Transfer) -> None:
        if step.done == 2 * MIB:
            stop_fetching(second.store, record)

    unwatch = second.store.files.board.watch(stop)
    assert second.engine.files.exchange().fetched == 0
    assert place(second, who, record) == "centre"
    unwatch()
    fetch_file(second.store, record)
    assert second.engine.files.exchange().pieces_fetched == 2
    assert look(second, record) == content


# --- bytes that are not what they say


def test_a_spoilt_piece_is_refused_and_sent_again(
    two: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = two
    who, content = only_person(first), scan(14)
    attach(first, who, content)
    ask = FileWire._ask
    spoilt: list[int] = []

    def spoil_once(self: FileWire, query: str, values: tuple[object, ...]) -> object:
        if "blob_put" in query and values[2] == 1 and not spoilt:
            spoilt.append(1)
            values = (*values[:4], b"?" + bytes(values[4])[1:])  # type: ignore[arg-type, call-overload]
        return ask(self, query, values)

    monkeypatch.setattr(FileWire, "_ask", spoil_once)
    all_through(first)
    assert spoilt
    assert at_centre(first.organisation, fingerprint(content)) == content


def test_pieces_that_do_not_give_the_fingerprint_are_thrown_away(
    two: tuple[Desk, Desk],
) -> None:
    first, _ = two
    who, content = only_person(first), scan(15)
    attach(first, who, content)
    # somebody with the same rights has sent other bytes under this name, each piece well-formed
    with line_to(first.organisation, first.organisation.logins[1]) as connection:
        where = (first.organisation.scope, fingerprint(content))
        connection.execute("SELECT sync_v1.blob_missing(%s, %s, 4)", where)
        junk = b"junk" * 1_000
        connection.execute(
            "SELECT sync_v1.blob_put(%s, %s, 0, %s, %b)", (*where, fingerprint(junk), junk)
        )
    all_through(first)
    assert at_centre(first.organisation, fingerprint(content)) == content


def test_a_file_spoilt_at_the_centre_is_not_believed(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who, content = only_person(first), scan(16)
    record = attach(first, who, content)
    all_through(first)
    second.sync()
    with psycopg.connect(first.organisation.centre.admin_dsn()) as admin:
        admin.execute(
            "UPDATE arm.blob_chunk SET data = set_byte(data, 5, 255 - get_byte(data, 5))"
            " WHERE sha256 = %s AND n = 1",
            (fingerprint(content),),
        )
    fetch_file(second.store, record)
    ends: list[Transfer] = []
    second.store.files.board.watch(lambda step: ends.append(step) if step.over else None)
    second.engine.files.exchange()
    assert isinstance(ends[-1].error, files_module.FileSpoiltAtCentre)
    assert place(second, who, record) == "centre"
    with pytest.raises(FileMissing):
        look(second, record)


def test_a_file_damaged_here_before_it_was_sent_lets_the_record_go(
    two: tuple[Desk, Desk],
) -> None:
    first, second = two
    who, content = only_person(first), scan(17)
    record = attach(first, who, content)
    (path,) = [one for one in first.store.files.root.rglob("*") if one.is_file()]
    path.write_bytes(path.read_bytes()[:-9])
    all_through(first)
    assert place(first, who, record) == "lost"
    assert record in centre_documents(first.organisation)
    second.sync()
    fetch_file(second.store, record)
    second.engine.files.exchange()
    assert place(second, who, record) == "centre"
    # the paper is still in the folder: it is scanned again
    path.unlink()
    attach(first, who, content)
    all_through(first)
    assert open_at(second, record) == content


# --- who may ask


def test_another_organisation_can_neither_get_nor_guess_a_file(
    two: tuple[Desk, Desk], organisation: Organisation
) -> None:
    first, _ = two
    content = scan(18)
    attach(first, only_person(first), content)
    all_through(first)
    stranger = make_organisation(organisation.centre)
    there, nowhere = fingerprint(content), fingerprint(b"nobody has this")
    with line_to(stranger, stranger.logins[0]) as connection:
        answers = []
        for sha256 in (there, nowhere):
            said: list[object] = [
                connection.execute(query, (organisation.scope, sha256)).fetchone()
                for query in (
                    "SELECT sync_v1.blob_size(%s, %s)",
                    "SELECT sync_v1.blob_get(%s, %s, 0)",
                )
            ]
            for query in (
                "SELECT sync_v1.blob_missing(%s, %s, 4)",
                "SELECT sync_v1.blob_put(%s, %s, 0, '', '')",
                "SELECT sync_v1.blob_done(%s, %s)",
            ):
                with pytest.raises(psycopg.Error) as refused, connection.transaction():
                    connection.execute(query, (organisation.scope, sha256))
                said.append((refused.value.sqlstate, str(refused.value)))
            answers.append(said)
        assert answers[0] == answers[1]
        assert answers[0][0] == (None,)
        # in one's own scope a file of somebody else is as absent as any
        for sha256 in (there, nowhere):
            missing = connection.execute(
                "SELECT sync_v1.blob_missing(%s, %s, 4)", (stranger.scope, sha256)
            ).fetchone()
            assert missing == ([0, 1, 2, 3],)
        for table in ("arm.blob", "arm.blob_chunk", "arm.blob_00"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"SELECT 1 FROM {table}".encode())


def test_a_right_taken_away_keeps_the_file_here_and_the_queue_moving(
    two: tuple[Desk, Desk],
) -> None:
    first, _ = two
    who, content = only_person(first), scan(19)
    record = attach(first, who, content)
    centre = first.organisation.centre
    revoke(centre.admin_dsn(), first.login, first.organisation.scope)
    first.engine.files.exchange()
    assert place(first, who, record) == "refused"
    first.sync()
    assert first.engine.state.pending == 0
    assert first.engine.state.rejected == 1
    first.engine.files.exchange()
    assert first.store.files.get(fingerprint(content)) == content


# --- room


def test_a_file_larger_than_the_centre_takes_is_refused_at_once(two: tuple[Desk, Desk]) -> None:
    first, _ = two
    who = only_person(first)
    with pytest.raises(FileTooLarge, match="больше 50 МБ"):
        attach(first, who, bytes(50 * MIB + 1))
    centre = first.organisation.centre
    with psycopg.connect(centre.admin_dsn()) as admin:
        admin.execute("UPDATE arm.centre SET file_limit = 3145728")
    try:
        record = attach(first, who, scan(20))  # this workstation has not heard of it yet
        all_through(first)
        assert place(first, who, record) == "refused"
        assert first.engine.state.pending == 0
        with pytest.raises(FileTooLarge, match="больше 3 МБ"):
            attach(first, who, scan(21))
    finally:
        with psycopg.connect(centre.admin_dsn()) as admin:
            admin.execute("UPDATE arm.centre SET file_limit = 52428800")


def test_the_quota_lets_go_of_the_longest_unused_and_never_of_what_is_not_sent(
    two: tuple[Desk, Desk],
) -> None:
    first, _ = two
    who = only_person(first)
    pinned_person = first.take_in("Держать под рукой")
    clock = first.store.clock
    first.store.set_setting(blobs.QUOTA_SETTING, 10, everyone=True)
    old, looked_at, pinned = (
        attach(first, person, scan(seed, 2_500_000))
        for seed, person in ((22, who), (23, who), (24, pinned_person))
    )
    pin(first.store, pinned_person, on=True)
    all_through(first)
    clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    look(first, looked_at)
    unsent = [attach(first, who, scan(25, 2_400_000))]
    clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    unsent.append(attach(first, who, scan(26, 2_400_000)))
    assert place(first, who, old) == "centre"
    assert place(first, who, looked_at) == "here"
    unsent.append(attach(first, who, scan(27, 2_400_000)))
    assert place(first, who, looked_at) == "centre"
    # what is left is pinned or waits to be sent: nothing more fits, and nothing is let go of
    with pytest.raises(FilesFull):
        attach(first, who, scan(28, 2_400_000))
    assert place(first, pinned_person, pinned) == "here"
    assert [place(first, who, one) for one in unsent] == ["unsent"] * 3
    all_through(first)
    for seed, record in zip((25, 26, 27), unsent, strict=True):
        assert open_at(first, record) == scan(seed, 2_400_000)
    assert open_at(first, old) == scan(22, 2_500_000)
    assert blobs.taken(first.store) <= 10_000_000


def test_files_of_pinned_people_come_before_they_are_opened(two: tuple[Desk, Desk]) -> None:
    first, second = two
    who = only_person(first)
    other = first.take_in("Другой человек")
    wanted, unwanted = attach(first, who, scan(29, MIB)), attach(first, other, scan(30, MIB))
    all_through(first)
    second.sync()
    pin(second.store, who, on=True)
    second.engine.files.exchange()
    assert place(second, who, wanted) == "here"
    assert place(second, other, unwanted) == "centre"


# --- garbage


def test_files_leave_the_centre_after_the_last_record_and_the_time_of_undo(
    two: tuple[Desk, Desk],
) -> None:
    first, _ = two
    who, content = only_person(first), scan(31)
    records = [attach(first, who, content), attach(first, who, content, "копия.pdf")]
    all_through(first)
    there = first.organisation, fingerprint(content)
    dsn = first.organisation.centre.admin_dsn()

    def sweep(undo: str) -> None:
        with psycopg.connect(dsn) as admin:
            admin.execute("SELECT arm.sweep_blobs(%s::interval, '0 days')", (undo,))

    delete_record(first.store, "attachment", records[0])
    first.sync()
    sweep("0 days")
    assert at_centre(*there) == content
    delete_record(first.store, "attachment", records[1])
    first.sync()
    sweep("90 days")
    assert at_centre(*there) == content
    sweep("0 days")
    assert pieces_at_centre(*there) == []


def test_erasure_drops_a_file_that_no_other_record_names(two: tuple[Desk, Desk]) -> None:
    first, _ = two
    who, content = only_person(first), scan(32)
    record = attach(first, who, content)
    all_through(first)
    there = first.organisation, fingerprint(content)
    with psycopg.connect(first.organisation.centre.admin_dsn()) as admin:
        drop = "SELECT arm.drop_blobs(%s, %s)"
        where = (first.organisation.scope, fingerprint(content))
        assert admin.execute(drop, where).fetchone() == (0,)
        admin.execute("UPDATE arm.doc SET body = '{}' WHERE id = %s", (record,))
        assert admin.execute(drop, where).fetchone() == (4,)
        admin.rollback()
    assert at_centre(*there) == content


def test_a_record_that_moves_takes_its_file_along(
    two: tuple[Desk, Desk], organisation: Organisation
) -> None:
    first, _ = two
    content = scan(33)
    attach(first, only_person(first), content)
    all_through(first)
    other = make_organisation(organisation.centre)
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        admin.execute(
            "SELECT arm.copy_blob(%s, %s, %s)",
            (organisation.scope, other.scope, fingerprint(content)),
        )
    assert at_centre(other, fingerprint(content)) == content


def test_bytes_without_a_record_go_and_what_was_refused_stays(make_desk: MakeDesk) -> None:
    desk = make_desk(0)
    stray = desk.store.files.put(b"left by a crash")
    who = desk.take_in("Человек")
    kept = attach(desk, who, b"scan")
    desk.engine.files.exchange()
    assert not desk.store.files.has(stray)
    assert look(desk, kept) == b"scan"


def test_a_centre_set_back_gets_its_files_again(
    two: tuple[Desk, Desk], organisation: Organisation
) -> None:
    first, second = two
    who, content = only_person(first), scan(34)
    record = attach(first, who, content)
    all_through(first)
    second.sync()
    open_at(second, record)
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        # as restored from a backup made before the file came
        seq, chain = admin.execute(
            "SELECT seq, hash FROM arm.change WHERE scope = %s ORDER BY seq DESC OFFSET 1 LIMIT 1",
            (organisation.scope,),
        ).fetchone()  # type: ignore[misc]
        admin.execute(
            "DELETE FROM arm.change WHERE scope = %s AND seq > %s", (organisation.scope, seq)
        )
        admin.execute(
            "UPDATE arm.scope_head SET seq = %s, hash = %s WHERE scope = %s",
            (seq, chain, organisation.scope),
        )
        admin.execute(
            "DELETE FROM arm.taken t USING arm.client c WHERE c.client = %s"
            " AND t.client = c.client AND t.last_cseq >= c.last_cseq",
            (first.store.client_id,),
        )
        admin.execute("DELETE FROM arm.doc WHERE id = %s", (record,))
        admin.execute("DELETE FROM arm.doc_home WHERE id = %s", (record,))
        admin.execute("DELETE FROM arm.blob_chunk WHERE scope = %s", (organisation.scope,))
        admin.execute("DELETE FROM arm.blob WHERE scope = %s", (organisation.scope,))
        admin.execute(
            "UPDATE arm.client SET last_cseq = last_cseq - 1, last_op_hash ="
            " (SELECT %s) WHERE client = %s",
            (
                first.rows("SELECT op_hash FROM outbox_done ORDER BY cseq DESC LIMIT 1 OFFSET 1")[
                    0
                ][0],
                first.store.client_id,
            ),
        )
    first.sync()
    assert record not in centre_documents(organisation)  # it waits for its bytes again
    all_through(first)
    assert record in centre_documents(organisation)
    assert at_centre(organisation, fingerprint(content)) == content
    assert_feed_sound(organisation)
