"""Setting up a centre from nothing, on every PostgreSQL that is here."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from centre_parts import PASSWORD, Organisation, line_to, make_organisation
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from psycopg import sql
from psycopg.conninfo import make_conninfo

from arm.central.admin import (
    add_org,
    add_person,
    provision,
    set_password,
    status,
)
from arm.central.bulk import copy_documents
from arm.central.connect import connect, connection_parameters, refusal
from arm.central.embedded import EmbeddedCentral, wheel_binaries
from arm.central.errors import (
    BadLogin,
    BadRegion,
    LoginTaken,
    NoSuchOrganisation,
    NotEnoughRights,
    OrganisationExists,
    PostgresNotUtf8,
)
from arm.central.membership import membership
from arm.centre_errors import (
    CentreNotReady,
    CentreUnreachable,
    TlsRequired,
    WrongCentrePassword,
)


def servers() -> list[Path]:
    """Program folders: the two of the wheel, and those of the operating system from 15 on."""
    own = wheel_binaries()
    older = own.parent.parent / "pginstall" / "bin"
    system = (Path(f"/usr/lib/postgresql/{version}/bin") for version in range(15, 19))
    return [folder for folder in (own, older, *system) if (folder / "initdb").exists()]


@pytest.fixture(scope="module", params=servers(), ids=lambda folder: folder.parent.name)
def fresh(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedCentral]:
    """A server of one version with nothing of ours in it."""
    with EmbeddedCentral(tmp_path_factory.mktemp("fresh"), request.param) as running:
        yield running


def test_a_bare_server_becomes_a_centre_and_may_be_told_so_twice(fresh: EmbeddedCentral) -> None:
    revision = provision(fresh.admin_dsn())
    assert provision(fresh.admin_dsn()) == revision
    organisation = make_organisation(fresh, people=2)
    with line_to(organisation, organisation.logins[0]) as line:
        known = membership(line)
        assert known.scope == organisation.scope
        assert known.office.name == organisation.name
        assert set(known.people) == set(organisation.logins)
        hello = line.execute("SELECT sync_v1.hello('w1', 1, 1, '[]')").fetchone()
        assert hello is not None
        assert hello[0]["client_number"] == 1
    said = status(fresh.admin_dsn())
    assert said.revision == revision
    assert [one.name for one in said.organisations] == [organisation.name]
    assert said.organisations[0].workstations == 1


def test_a_database_that_is_not_there_is_made(fresh: EmbeddedCentral) -> None:
    provision(fresh.admin_dsn("sovsem_novaya"))
    assert status(fresh.admin_dsn("sovsem_novaya")).organisations == ()


def test_an_ordinary_administrator_without_superuser_rights_is_enough(
    fresh: EmbeddedCentral,
) -> None:
    with psycopg.connect(fresh.admin_dsn("postgres"), autocommit=True) as admin:
        admin.execute("CREATE ROLE office_admin LOGIN CREATEROLE PASSWORD 'дежурный'")
        admin.execute("CREATE DATABASE offices OWNER office_admin")
        # roles are shared by all databases: an administrator who finds them must be let in
        if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = 'arm_owner'").fetchone():
            admin.execute(
                "GRANT arm_owner, arm_sharer, arm_admin, arm_person TO office_admin"
                " WITH ADMIN OPTION"
            )
    dsn = make_conninfo(fresh.admin_dsn("offices"), user="office_admin", password="дежурный")
    provision(dsn)
    scope = add_org(dsn, name="Второй офис", short_name="ВО", region="54")
    add_person(dsn, login="ivanova", full_name="И", role="center_desk", org="ВО", password=PASSWORD)
    with psycopg.connect(dsn) as line:
        assert copy_documents(line, scope, [("person", "p1", {"surname": "Ли"})]) == 1
    assert status(dsn).organisations[0].documents == 1
    with connect(fresh.host, fresh.port, "offices", "ivanova", PASSWORD) as line:
        rows = line.execute("SELECT body->>'surname' FROM arm.doc").fetchall()
        assert rows == [("Ли",)]


def test_somebody_without_rights_is_told_so(centre: EmbeddedCentral) -> None:
    organisation = make_organisation(centre, people=1)
    dsn = make_conninfo(centre.admin_dsn(), user=organisation.logins[0], password=PASSWORD)
    with pytest.raises(NotEnoughRights):
        provision(dsn)
    with pytest.raises(NotEnoughRights):
        add_org(dsn, name="Чужая", short_name="Ч", region="77")


def test_a_database_in_another_encoding_is_refused(centre: EmbeddedCentral) -> None:
    with psycopg.connect(centre.admin_dsn("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE koi TEMPLATE template0 ENCODING 'KOI8R' LOCALE 'C'")
    with pytest.raises(PostgresNotUtf8):
        provision(centre.admin_dsn("koi"))


def test_a_server_without_our_tables_is_named(centre: EmbeddedCentral) -> None:
    with pytest.raises(CentreNotReady):
        status(centre.admin_dsn("postgres"))


def test_people_and_organisations_are_checked(
    centre: EmbeddedCentral, organisation: Organisation
) -> None:
    dsn, scope = centre.admin_dsn(), organisation.scope
    for login in ("Орлова", "a", "1abc", "pg_x", 'a"b', "postgres", "arm_owner", "a" * 61):
        with pytest.raises(BadLogin):
            add_person(dsn, login=login, full_name="x", role="admin", org=scope, password="p")
    with pytest.raises(LoginTaken):
        add_person(
            dsn, login=organisation.logins[0], full_name="x", role="a", org=scope, password="p"
        )
    with pytest.raises(NoSuchOrganisation):
        add_person(dsn, login="nikto", full_name="x", role="a", org="Нет такой", password="p")
    with pytest.raises(OrganisationExists):
        add_org(dsn, name=organisation.name, short_name="x", region="77")
    with pytest.raises(BadRegion):
        add_org(dsn, name="x", short_name="x", region="7")


def test_workstations_are_numbered_within_their_region(centre: EmbeddedCentral) -> None:
    numbers = []
    for region in ("61", "61", "62"):
        organisation = make_organisation(centre, people=1, region=region)
        with line_to(organisation, organisation.logins[0]) as line:
            for place in range(2):
                client = f"n-{organisation.scope}-{place}"
                row = line.execute("SELECT sync_v1.hello(%s, 1, 1, '[]')", (client,)).fetchone()
                assert row is not None
                numbers.append((region, row[0]["client_number"]))
    assert numbers == [("61", 1), ("61", 2), ("61", 3), ("61", 4), ("62", 1), ("62", 2)]


def test_passwords_are_real_and_never_travel_in_the_clear(
    centre: EmbeddedCentral, organisation: Organisation
) -> None:
    login = organisation.logins[0]
    with pytest.raises(WrongCentrePassword):
        connect(centre.host, centre.port, centre.database, login, "не тот")
    with pytest.raises(WrongCentrePassword):
        connect(centre.host, centre.port, centre.database, "nobody-here", "не тот")
    set_password(centre.admin_dsn(), login, "новый-пароль")
    connect(centre.host, centre.port, centre.database, login, "новый-пароль").close()
    with pytest.raises(WrongCentrePassword):
        line_to(organisation, login)
    with psycopg.connect(centre.admin_dsn()) as admin:
        row = admin.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", (login,)
        ).fetchone()
    assert row is not None
    assert row[0].startswith("SCRAM-SHA-256$")
    assert "пароль" not in centre.log.read_text("utf-8")


def test_away_from_this_machine_only_encrypted_and_proven_connections(
    centre: EmbeddedCentral, organisation: Organisation
) -> None:
    far = connection_parameters("centre.example", 5432, "d", "u", "p")
    assert (far["sslmode"], far["channel_binding"]) == ("require", "require")
    assert connection_parameters("127.0.0.1", 5432, "d", "u", "p")["sslmode"] == "prefer"
    checked = connection_parameters("centre.example", 5432, "d", "u", "p", Path("/ca.pem"))
    assert checked["sslmode"] == "verify-full"
    # a server that offers no encryption, asked as if it were far away
    near = connection_parameters(
        centre.host, centre.port, centre.database, organisation.logins[0], PASSWORD
    )
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(make_conninfo("", **(near | {"sslmode": "require"})))
    with pytest.raises(TlsRequired):
        raise_refusal(refused.value)


def give_certificate(server: EmbeddedCentral) -> None:
    """A self-made certificate, as an office without an authority of its own would have."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "centre.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    parts = {
        "server.crt": certificate.public_bytes(serialization.Encoding.PEM),
        "server.key": key.private_bytes(serialization.Encoding.PEM, form, plain),
    }
    owner = server.cluster.stat()
    for file_name, content in parts.items():
        path = server.cluster / file_name
        path.write_bytes(content)
        path.chmod(0o600)
        os.chown(path, owner.st_uid, owner.st_gid)


def test_encryption_is_used_where_the_server_has_it_and_missed_where_not(
    fresh: EmbeddedCentral,
) -> None:
    provision(fresh.admin_dsn())
    organisation = make_organisation(fresh, people=1)
    give_certificate(fresh)
    with psycopg.connect(fresh.admin_dsn(), autocommit=True) as admin:
        row = admin.execute("SELECT setting FROM pg_settings WHERE name = 'ssl_library'").fetchone()
        able = row == ("OpenSSL",)
        if able:
            admin.execute("ALTER SYSTEM SET ssl = on")
            admin.execute("SELECT pg_reload_conf()")
    login = organisation.logins[0]
    far = connection_parameters("centre.example", fresh.port, fresh.database, login, PASSWORD)
    dsn = make_conninfo("", **far, hostaddr=fresh.host)
    if not able:
        with pytest.raises(psycopg.OperationalError) as refused:
            psycopg.connect(dsn)
        assert isinstance(refusal(refused.value, "centre.example", login), TlsRequired)
        return
    until = time.monotonic() + 10
    while not (
        line := psycopg.connect(make_conninfo(dsn, sslmode="prefer", channel_binding="prefer"))
    ).pgconn.ssl_in_use:
        line.close()
        assert time.monotonic() < until
    line.close()
    with psycopg.connect(dsn) as line:
        assert line.pgconn.ssl_in_use
        assert membership(line).login == login
    wrong = make_conninfo(dsn, password="не тот")
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(wrong)
    assert isinstance(refusal(refused.value, "centre.example", login), WrongCentrePassword)


def raise_refusal(error: psycopg.OperationalError) -> None:
    raise refusal(error, "centre.example", "u")


def test_nobody_answers(centre: EmbeddedCentral, tmp_path: Path) -> None:
    with pytest.raises(CentreUnreachable):
        connect("127.0.0.1", 1, "d", "u", "p")
    with EmbeddedCentral(tmp_path / "other") as other:
        dsn = other.admin_dsn()
    with pytest.raises(CentreUnreachable):
        provision(dsn)


def test_the_embedded_server_survives_its_starter_and_a_crash(tmp_path: Path) -> None:
    first = EmbeddedCentral(tmp_path / "centre").start()
    try:
        provision(first.admin_dsn())
        again = EmbeddedCentral(tmp_path / "centre").start()  # as another process would
        assert again.port == first.port
        organisation = make_organisation(again, people=1)
        again.stop(crash=True)
        assert not first.running
        first.start()
        assert first.port == again.port
        line_to(organisation, organisation.logins[0]).close()
        mode = (tmp_path / "centre" / "centre.json").stat().st_mode & 0o777
        assert mode == 0o600
    finally:
        first.stop()
    assert not first.running


def test_documents_loaded_in_bulk_are_announced_in_the_feed(
    centre: EmbeddedCentral, organisation: Organisation
) -> None:
    documents = [("person", f"bulk-{organisation.scope}-{n}", {"surname": "Ли"}) for n in range(50)]
    with psycopg.connect(centre.admin_dsn()) as admin:
        assert copy_documents(admin, organisation.scope, documents) == 50
        with pytest.raises(psycopg.errors.UniqueViolation):
            copy_documents(admin, organisation.scope, documents[:1])
    with line_to(organisation, organisation.logins[0]) as line:
        row = line.execute(
            "SELECT sync_v1.pull(1, %s, '{0}', 10)", ([organisation.scope],)
        ).fetchone()
        assert row is not None
        (entry,) = row[0]["changes"]
        assert (entry["op"], entry["seq"]) == ("B", 1)
        assert '"documents": 50' in entry["delta"]


def test_a_password_with_quotes_and_percent_is_just_a_password(
    centre: EmbeddedCentral, organisation: Organisation
) -> None:
    hard = "a'b\"c%s\\ пробел;--"
    set_password(centre.admin_dsn(), organisation.logins[0], hard)
    line = connect(centre.host, centre.port, centre.database, organisation.logins[0], hard)
    assert line.execute(sql.SQL("SELECT 1")).fetchone() == (1,)
    line.close()


def test_a_centre_of_the_first_revision_keeps_all_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the tables held before they were split by scope is there after it, and goes on."""
    with EmbeddedCentral(tmp_path / "old") as running:
        dsn = running.admin_dsn()
        monkeypatch.setattr("arm.central.provision.NEWEST", "0001")
        assert provision(dsn) == "0001"
        with psycopg.connect(dsn) as admin:  # the functions are of today: they come at the end
            admin.execute(
                "INSERT INTO arm.organisation (name, short_name, region)"
                " VALUES ('Старый', 'С', '77');"
                "INSERT INTO arm.scope_head (org, title, seq, hash) VALUES (1, 'С', 1, 'h');"
                "INSERT INTO arm.doc (id, kind, scope, person, ver, fver, body)"
                " SELECT 'p' || n, 'person', 1, 'p' || n, 1, '{}', '{}'"
                " FROM generate_series(1, 1000) AS n;"
                "INSERT INTO arm.change (scope, seq, id, kind, op, ver, delta_hash, actor, author,"
                " at, hash) VALUES (1, 1, '', '', 'B', 0, 'd', 'admin', 'admin', now(), 'h')"
            )
            before = admin.execute("SELECT * FROM arm.doc ORDER BY id").fetchall()
            feed = admin.execute("SELECT * FROM arm.change ORDER BY seq").fetchall()
        monkeypatch.undo()
        assert provision(dsn) > "0001"
        with psycopg.connect(dsn) as admin:
            assert admin.execute("SELECT * FROM arm.doc ORDER BY id").fetchall() == before
            assert admin.execute("SELECT * FROM arm.change ORDER BY seq").fetchall() == feed
            homes = admin.execute("SELECT count(*) FROM arm.doc_home").fetchone()
            assert homes == (1_000,)
        add_person(
            dsn, login="old", full_name="И", role="center_specialist", org="С", password=PASSWORD
        )
        with connect(running.host, running.port, running.database, "old", PASSWORD) as line:
            seen = line.execute("SELECT sync_v1.count(1)").fetchone()
            assert seen == (1_000,)
