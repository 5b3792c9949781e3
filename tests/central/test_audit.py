"""Each way of damaging a centre's history is done for real, by its administrator, and found."""

from __future__ import annotations

import hashlib
import json
import random
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from centre_parts import Organisation, line_to, make_organisation

from arm.central.audit import AuditReport, audit, audit_within
from arm.central.bulk import copy_documents
from arm.central.embedded import EmbeddedCentral
from arm.central.heads import (
    ForgedHeads,
    NoSigningKey,
    NotAHeadsFile,
    UnsignedHeads,
    make_keys,
    read_heads,
    signed_heads,
)
from arm.cli.main import main

CLIENT = "place"


def push(organisation: Organisation, client: str, operations: list[dict[str, Any]]) -> None:
    """Operations of one workstation as it would send them."""
    said, prev = [], ""
    for cseq, operation in enumerate(operations, 1):
        said.append(json.dumps(operation | {"cseq": cseq, "prev": prev}, ensure_ascii=False))
        prev = hashlib.sha256(said[-1].encode()).hexdigest()
    with line_to(organisation, organisation.logins[0]) as line:
        line.execute("SELECT sync_v1.hello(%s, 1, 1, '[]')", (client,))
        for start in range(0, len(said), 200):
            part = said[start : start + 200]
            row = line.execute(
                "SELECT sync_v1.push(%s, 1, %s, %s, %s, %s)",
                (
                    client,
                    organisation.scope,
                    list(range(start + 1, start + len(part) + 1)),
                    part,
                    [organisation.logins[0]] * len(part),
                ),
            ).fetchone()
            assert row is not None
            assert row[0]["stop"] is None
            assert all(one["status"] in {"applied", "conflict"} for one in row[0]["results"]), row


def new(record: str, **values: Any) -> dict[str, Any]:
    fields = {name: {"b": 0, "p": None, "o": None, "n": value} for name, value in values.items()}
    return {"id": record, "kind": "person", "op": "new", "person": record, "f": fields, "at": "t"}


def change(record: str, base: int, name: str, old: Any, value: Any) -> dict[str, Any]:
    said = {"b": base, "p": None, "o": old, "n": value}
    return {"id": record, "kind": "person", "op": "set", "person": record, "f": {name: said}}


@pytest.fixture(scope="module")
def lived(centre: EmbeddedCentral) -> Organisation:
    """An organisation with a little past: made, edited, disputed, deleted, with awkward texts.

    Whoever damages it does so in a transaction that is rolled back."""
    organisation = make_organisation(centre, people=1)
    mark = organisation.scope
    awkward = 'ООО "Ромашка" \\ труба | табуляция\tи\nстрока'
    operations = []
    for n in range(30):
        who = f"p{mark}-{n}"
        operations += [
            {**new(who, surname="Ли", phone=f"+7{n}", employer=awkward), "scope": mark},
            change(who, 1, "phone", f"+7{n}", f"+8{n}"),
        ]
    operations.append(change(f"p{mark}-1", 0, "phone", "+70", "+9"))  # somebody came between
    fields = {"surname": {"b": 1, "o": "Ли"}, "phone": {"b": 2, "o": "+82"}}
    fields["employer"] = {"b": 1, "o": awkward}
    operations.append(
        {"id": f"p{mark}-2", "kind": "person", "op": "del", "person": f"p{mark}-2", "f": fields}
    )
    for operation in operations:
        operation.setdefault("scope", mark)
    push(organisation, f"{CLIENT}-{mark}", operations)
    return organisation


def audited(organisation: Organisation) -> AuditReport:
    return audit(organisation.centre.admin_dsn(), scopes=[organisation.scope])


@contextmanager
def damaging(organisation: Organisation) -> Iterator[psycopg.Connection[Any]]:
    """The administrator at work; whatever they do is taken back."""
    with psycopg.connect(organisation.centre.admin_dsn()) as admin:
        yield admin
        admin.rollback()


def test_an_honest_history_holds(lived: Organisation) -> None:
    report = audited(lived)
    assert report.findings == []
    assert report.entries == 62
    assert report.documents == 30


FLIPS = (
    "id = id || '1'",
    "kind = 'note'",
    "op = 'D'",
    "ver = ver + 1",
    'delta = delta || \'{"phone": {"o": null, "n": "+1"}}\'',
    "salt = 'x' || salt",
    "delta_hash = repeat('0', 64)",
    "actor = 'postgres'",
    "author = 'postgres'",
    "client = 'another'",
    "cseq = cseq + 1000000",
    "made_at = '2020-01-01'",
    "at = at + interval '1 microsecond'",
    "hash = repeat('0', 64)",
    "delta = NULL, salt = NULL",  # somebody pretends that the law asked for it
    "delta = NULL",
)


@pytest.mark.parametrize("flip", FLIPS)
def test_each_column_of_an_entry_is_guarded(lived: Organisation, flip: str) -> None:
    scope = lived.scope
    with damaging(lived) as admin:
        run(admin, f"UPDATE arm.change SET {flip} WHERE scope = {scope} AND seq = 17")
        report = audit_within(admin, scopes=[scope])
    assert report.findings
    about = [one for one in report.findings if one.seq in {17, 18} or "17" in one.text]
    assert about, report.findings
    assert all(one.text and one.advice for one in report.findings)


DAMAGES: dict[str, Callable[[psycopg.Connection[Any], int], None]] = {
    "an entry is deleted": lambda c, s: run(
        c, f"DELETE FROM arm.change WHERE scope = {s} AND seq = 9"
    ),
    "two entries change places": lambda c, s: run(
        c,
        f"UPDATE arm.change SET seq = -1 WHERE scope = {s} AND seq = 5;"
        f"UPDATE arm.change SET seq = 5 WHERE scope = {s} AND seq = 6;"
        f"UPDATE arm.change SET seq = 6 WHERE scope = {s} AND seq = -1",
    ),
    "the end is cut off": lambda c, s: run(
        c, f"DELETE FROM arm.change WHERE scope = {s} AND seq > 50"
    ),
    "the end is cut off and the head says so": lambda c, s: run(
        c,
        f"DELETE FROM arm.change WHERE scope = {s} AND seq > 50;"
        f"UPDATE arm.scope_head SET seq = 50, hash = (SELECT hash FROM arm.change WHERE"
        f" scope = {s} AND seq = 50) WHERE scope = {s}",
    ),
    "the head is changed": lambda c, s: run(
        c, f"UPDATE arm.scope_head SET hash = 'x' WHERE scope = {s}"
    ),
    "an entry is slipped in": lambda c, s: run(
        c,
        f"INSERT INTO arm.change SELECT scope, 63, id, kind, op, ver, delta, salt, delta_hash,"
        f" actor, author, client, cseq, made_at, at, hash FROM arm.change WHERE scope = {s}"
        f" AND seq = 10; UPDATE arm.scope_head SET seq = 63 WHERE scope = {s}",
    ),
    "a value of a record": lambda c, s: run(
        c, f"UPDATE arm.doc SET body = body || '{{\"phone\": \"+1\"}}' WHERE id = 'p{s}-3'"
    ),
    "a value is added to a record": lambda c, s: run(
        c, f"UPDATE arm.doc SET body = body || '{{\"inn\": \"1\"}}' WHERE id = 'p{s}-3'"
    ),
    "a value is taken out of a record": lambda c, s: run(
        c, f"UPDATE arm.doc SET body = body - 'phone' WHERE id = 'p{s}-3'"
    ),
    "a deleted record is back": lambda c, s: run(
        c, f"UPDATE arm.doc SET deleted = false WHERE id = 'p{s}-2'"
    ),
    "a record is marked deleted": lambda c, s: run(
        c, f"UPDATE arm.doc SET deleted = true WHERE id = 'p{s}-4'"
    ),
    "the version of a record": lambda c, s: run(
        c, f"UPDATE arm.doc SET ver = ver + 1 WHERE id = 'p{s}-4'"
    ),
    "the version of a field": lambda c, s: run(
        c, f"UPDATE arm.doc SET fver = fver || '{{\"phone\": 7}}' WHERE id = 'p{s}-4'"
    ),
    "a record is gone": lambda c, s: run(c, f"DELETE FROM arm.doc WHERE id = 'p{s}-4'"),
    "a record is put in past the feed": lambda c, s: run(
        c,
        "INSERT INTO arm.doc (id, kind, scope, person, ver, fver, body)"
        f" VALUES ('q{s}', 'person', {s}, 'q{s}', 1, '{{}}', '{{}}')",
    ),
    "a conflict is changed": lambda c, s: run(
        c, f"UPDATE arm.conflict SET mine_value = '\"+5\"' WHERE scope = {s}"
    ),
    "a conflict is gone": lambda c, s: run(c, f"DELETE FROM arm.conflict WHERE scope = {s}"),
}


def run(connection: psycopg.Connection[Any], statements: str) -> None:
    for statement in statements.split(";"):
        assert connection.execute(statement).rowcount > 0  # type: ignore[arg-type]


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_each_damage_is_found(lived: Organisation, damage: str) -> None:
    with damaging(lived) as admin:
        DAMAGES[damage](admin, lived.scope)
        report = audit_within(admin, scopes=[lived.scope])
    assert report.findings, damage
    assert {one.scope for one in report.findings} == {lived.scope}


def long_history(centre: EmbeddedCentral, entries: int) -> Organisation:
    """A feed made quickly, of the right shape."""
    organisation = make_organisation(centre, people=1)
    with psycopg.connect(centre.admin_dsn()) as admin:
        admin.execute(
            f"""
            DO $$ DECLARE n bigint; BEGIN
            FOR n IN 1..{entries} LOOP
                PERFORM arm.append_change({organisation.scope}, 'c' || n, 'conflict', 'C', 1,
                    jsonb_build_object('id', 'k' || n, 'doc_id', 'c' || n, 'phone', n::text),
                    'x', 'w', n, NULL);
            END LOOP; END $$"""
        )
    return organisation


def test_whatever_row_of_a_long_history_is_damaged_it_is_found(centre: EmbeddedCentral) -> None:
    """One random byte of one random row, many times: found each time, and at its place."""
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    entries, rounds = 6_000, 150
    organisation = long_history(centre, entries)
    scope = organisation.scope
    columns = ("id", "kind", "salt", "delta_hash", "author", "client", "hash")
    damaged = {chance.randint(1, entries) for _ in range(rounds)}
    with psycopg.connect(centre.admin_dsn()) as admin:
        for seq in damaged:
            column = chance.choice(columns)
            (kept,) = admin.execute(
                f"SELECT {column} FROM arm.change WHERE scope = %s AND seq = %s",
                (scope, seq),
            ).fetchone() or ("",)
            place = chance.randrange(len(kept))
            letters = string.ascii_lowercase + string.digits
            other = chance.choice([one for one in letters if one != kept[place]])
            admin.execute(
                f"UPDATE arm.change SET {column} = %s WHERE scope = %s AND seq = %s",
                (kept[:place] + other + kept[place + 1 :], scope, seq),
            )
    report = audited(organisation)
    found = {one.seq for one in report.findings if one.subject == "chain"}
    missed = {seq for seq in damaged if not {seq, seq + 1} & found}
    # a changed hash shows at its own entry and at the next; the last has no next
    assert not missed, (seed, missed)
    assert not found - damaged - {seq + 1 for seq in damaged}


def test_records_loaded_past_the_feed_are_counted_and_their_edits_compared(
    organisation: Organisation,
) -> None:
    scope, dsn = organisation.scope, organisation.centre.admin_dsn()
    with psycopg.connect(dsn) as admin:
        copy_documents(admin, scope, [("person", f"b{scope}-{n}", {"inn": "1"}) for n in range(9)])
    operation = change(f"b{scope}-1", 1, "inn", "1", "2") | {"scope": scope}
    push(organisation, f"other-{scope}", [operation])
    report = audited(organisation)
    assert (report.findings, report.bulk) == ([], 9)
    with damaging(organisation) as admin:
        run(admin, f"UPDATE arm.doc SET body = '{{\"inn\": \"3\"}}' WHERE id = 'b{scope}-1'")
        findings = audit_within(admin, scopes=[scope]).findings
        assert [one.record for one in findings] == [f"b{scope}-1"]
        run(admin, f"DELETE FROM arm.doc WHERE id = 'b{scope}-5'")
        assert len(audit_within(admin, scopes=[scope]).findings) == 2


def test_a_signed_list_of_heads_tells_a_history_that_was_rewritten_as_a_whole(
    lived: Organisation, tmp_path: Path
) -> None:
    dsn, scope = lived.centre.admin_dsn(), lived.scope
    public = make_keys(tmp_path / "key.pem")
    path = tmp_path / "heads.json"
    path.write_text(json.dumps(signed_heads(dsn, tmp_path / "key.pem"), ensure_ascii=False))
    heads = read_heads(path, public)
    assert audit(dsn, scopes=[scope], seen=heads).ok
    with damaging(lived) as admin:  # everything is made anew, so that it holds by itself
        rewrite_the_end(admin, scope)
        assert audit_within(admin, scopes=[scope]).ok  # by itself it holds …
        (finding,) = audit_within(admin, scopes=[scope], seen=heads).findings
    # … but not before witnesses
    assert (finding.subject, finding.scope, finding.seq) == ("witness", scope, 62)


def rewrite_the_end(admin: psycopg.Connection[Any], scope: int) -> None:
    """Another author for the newest entry, and everything that follows from it."""
    run(
        admin,
        f"UPDATE arm.change SET author = 'x' WHERE scope = {scope} AND seq = 62;"
        "UPDATE arm.change c SET hash = arm.sha256_hex(concat_ws('|', (SELECT hash FROM arm.change"
        " p WHERE p.scope = c.scope AND p.seq = 61), scope, seq, id, kind, op, ver, delta_hash,"
        " actor, author, client, cseq, coalesce(made_at, ''), arm.instant(at)))"
        f" WHERE scope = {scope} AND seq = 62;"
        "UPDATE arm.scope_head h SET hash = (SELECT hash FROM arm.change c WHERE"
        f" c.scope = h.scope AND c.seq = 62) WHERE scope = {scope}",
    )


def test_a_list_of_heads_that_was_touched_is_no_witness(
    lived: Organisation, tmp_path: Path
) -> None:
    public = make_keys(tmp_path / "key.pem")
    said = signed_heads(lived.centre.admin_dsn(), tmp_path / "key.pem")
    path = tmp_path / "heads.json"
    said["heads"][0]["seq"] += 1
    path.write_text(json.dumps(said))
    with pytest.raises(ForgedHeads):
        read_heads(path, public)
    path.write_text(json.dumps({name: said[name] for name in said if name != "signature"}))
    with pytest.raises(UnsignedHeads):
        read_heads(path, public)
    assert read_heads(path, None)
    path.write_text("{}")
    with pytest.raises(NotAHeadsFile):
        read_heads(path, None)
    with pytest.raises(NoSigningKey):
        signed_heads(lived.centre.admin_dsn(), path)
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0


def test_the_commands_speak_of_it(
    organisation: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dsn, scope = organisation.centre.admin_dsn(), organisation.scope
    push(organisation, f"spoken-{scope}", [new(f"z{scope}", surname="Ли") | {"scope": scope}])
    key, heads = str(tmp_path / "key.pem"), str(tmp_path / "heads.json")
    assert main(("central", "heads-key", key)) == 0
    assert main(("central", "heads", dsn, "--sign", key, "--out", heads, "--json")) == 0
    assert main(("central", "heads-verify", heads, dsn, "--key", f"{key}.pub")) == 0
    assert "подпись верна" in capsys.readouterr().out
    words = ("central", "audit", dsn, "--scope", str(scope), "--heads", heads, "--json")
    assert main(words) == 0
    capsys.readouterr()
    with psycopg.connect(dsn) as admin:
        run(admin, f"DELETE FROM arm.change WHERE scope = {scope}")
    assert main(words) == 1
    said = json.loads(capsys.readouterr().out)
    assert not said["ok"]
    assert {one["subject"] for one in said["findings"]} == {"chain", "witness", "documents"}
    assert main(("central", "heads-verify", heads, dsn)) == 1
    assert main(words[:-1]) == 1
    assert "Найдено: 3" in capsys.readouterr().out
