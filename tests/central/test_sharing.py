"""Organisations among each other: what rules show, what nobody sees, what is written down."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from centre_parts import (
    Organisation,
    ask,
    assert_feed_sound,
    line_to,
    make_organisation,
    push,
)

from arm.central.admin import NoSuchOrganisation
from arm.central.bulk import copy_documents
from arm.central.embedded import EmbeddedCentral
from arm.central.errors import BadRule, NoSuchRule
from arm.central.sharing import SharedField, SharingRule, add_rule, end_rule, rules

_regions = itertools.count(10)
_numbers = itertools.count(1)
BORN = "1994-03-12"


@dataclass
class Side:
    """One organisation with a connection of its first login, and short ways to push."""

    organisation: Organisation
    line: psycopg.Connection[Any]
    client: str = field(init=False)

    def __post_init__(self) -> None:
        self.client = f"w-{self.organisation.scope}"

    @property
    def scope(self) -> int:
        return self.organisation.scope

    def push(self, *ops: dict[str, Any]) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = push(self.line, self.client, self.scope, *ops)["results"]
        return results

    def new(self, record_id: str, kind: str, person: str, **values: Any) -> str:
        body = {name: {"b": 0, "p": None, "o": None, "n": new} for name, new in values.items()}
        op = {"id": record_id, "kind": kind, "op": "new", "person": person, "f": body}
        assert self.push(op)[0]["status"] == "applied"
        return record_id

    def set(self, record_id: str, kind: str, **values: Any) -> dict[str, Any]:
        (doc,) = [d for d in self.documents(kind, deleted=None) if d["id"] == record_id]
        body = {
            name: {"b": doc["fver"].get(name, 0), "p": None, "o": doc["body"].get(name), "n": new}
            for name, new in values.items()
        }
        op = {"id": record_id, "kind": kind, "op": "set", "person": doc["person"], "f": body}
        return self.push(op)[0]

    def delete(self, record_id: str, kind: str) -> dict[str, Any]:
        (doc,) = [d for d in self.documents(kind) if d["id"] == record_id]
        seen = {
            name: {"b": ver, "p": None, "o": doc["body"].get(name), "n": None}
            for name, ver in doc["fver"].items()
        }
        return self.push(
            {"id": record_id, "kind": kind, "op": "del", "person": doc["person"], "f": seen}
        )[0]

    def documents(self, kind: str, *, deleted: bool | None = False) -> list[dict[str, Any]]:
        rows = self.line.execute(
            "SELECT to_jsonb(d) FROM arm.doc d WHERE scope = %s AND kind = %s"
            " AND (%s::boolean IS NULL OR deleted = %s) ORDER BY id",
            (self.scope, kind, deleted, deleted),
        ).fetchall()
        return [row[0] for row in rows]

    def shown(self) -> list[dict[str, Any]]:
        """Projections: label → value of each."""
        return [
            {one["label"]: one["value"] for one in doc["body"]["facts"]}
            for doc in self.documents("shared_card")
        ]

    def card(self, person: str, *, number: str, born: str = BORN, **values: Any) -> str:
        """A person with a passport of this number."""
        self.new(person, "person", person, birth_date=born, **values)
        self.new(
            f"doc-{person}",
            "identity_document",
            person,
            person_id=person,
            country="UZB",
            series="FA",
            number=number,
        )
        return person


MakeSide = Callable[..., Side]


def today() -> date:
    """The centre's day; a run may go over midnight."""
    return datetime.now(UTC).date()


@pytest.fixture
def side(centre: EmbeddedCentral) -> Any:
    """Makes organisations of one region that no other test uses."""
    region = f"{next(_regions):02d}"
    with ExitStack() as stack:

        def make(kind: str, role: str = "center_specialist") -> Side:
            organisation = make_organisation(centre, people=2, region=region, role=role, kind=kind)
            line = stack.enter_context(line_to(organisation, organisation.logins[0]))
            return Side(organisation, line)

        yield make


def org_of(side: Side) -> str:
    return str(ask(side.line, "SELECT org FROM arm.organisation"))


def patent_rule(centre: EmbeddedCentral, giver: Side, taker: Side, **changes: Any) -> int:
    parts: dict[str, Any] = {
        "title": "Патент",
        "source": org_of(giver),
        "source_kind": "stay_permit",
        "fields": (SharedField("paid_through", "Патент оплачен по"),),
        "receiver": org_of(taker),
        "ground": "Соглашение № 1",
        "confidence": "medium",
        "only_where": (("permit_type", "patent"),),
        "newest_by": "issued_on",
    }
    return add_rule(centre.admin_dsn(), SharingRule(**parts | changes))


def passport() -> str:
    return f"{next(_numbers):07d}"


@pytest.fixture
def pair(centre: EmbeddedCentral, side: MakeSide) -> tuple[Side, Side, str]:
    """A centre and an employer with a card of the same man; the rule about patents; his passport.
    The centre also keeps what the employer must never see."""
    center, employer, number = side("center"), side("employer"), passport()
    patent_rule(centre, center, employer)
    center.card("c-" + number, number=number, phone="+7 900 СЕКРЕТ", surname="Каримов")
    center.new(
        "p-" + number,
        "stay_permit",
        "c-" + number,
        person_id="c-" + number,
        permit_type="patent",
        paid_through="2026-08-01",
        number="СЕКРЕТНЫЙ-НОМЕР",
    )
    center.new(
        "b-" + number, "bank_statement", "c-" + number, person_id="c-" + number, text="СЕКРЕТ"
    )
    employer.card("e-" + number, number=number)
    return center, employer, number


def test_the_receiver_of_a_card_sees_just_the_agreed_field(pair: tuple[Side, Side, str]) -> None:
    center, employer, number = pair
    assert employer.shown() == [{"Патент оплачен по": "2026-08-01"}]
    (doc,) = employer.documents("shared_card")
    assert doc["person"] == "e-" + number
    assert doc["body"]["person_id"] == "e-" + number
    assert doc["body"]["ground"] == "Соглашение № 1"
    assert doc["body"]["source"] == center.organisation.name
    assert center.documents("shared_card") == []
    assert_feed_sound(center.organisation)
    assert_feed_sound(employer.organisation)


def test_an_edit_at_the_source_reaches_the_receiver_in_the_same_push(
    pair: tuple[Side, Side, str],
) -> None:
    center, employer, number = pair
    assert center.set("p-" + number, "stay_permit", paid_through="2026-09-01")["status"] == (
        "applied"
    )
    assert employer.shown() == [{"Патент оплачен по": "2026-09-01"}]
    before = employer.documents("shared_card")[0]["ver"]
    center.set("p-" + number, "stay_permit", number="ДРУГОЙ")
    assert employer.documents("shared_card")[0]["ver"] == before  # nothing that was agreed


def test_the_newest_record_counts(pair: tuple[Side, Side, str]) -> None:
    center, employer, number = pair
    center.set("p-" + number, "stay_permit", issued_on="2026-01-01")
    more = {"person_id": "c-" + number, "permit_type": "patent", "paid_through": "2026-12-01"}
    center.new("a-" + number, "stay_permit", "c-" + number, issued_on="2026-06-01", **more)
    assert employer.shown() == [{"Патент оплачен по": "2026-12-01"}]
    center.delete("a-" + number, "stay_permit")
    assert employer.shown() == [{"Патент оплачен по": "2026-08-01"}]


@pytest.mark.parametrize("what", ["record", "card", "receivers card", "identifier", "field"])
def test_a_projection_goes_with_its_reason(pair: tuple[Side, Side, str], what: str) -> None:
    center, employer, number = pair
    match what:
        case "record":
            center.delete("p-" + number, "stay_permit")
        case "card":
            center.delete("c-" + number, "person")
        case "receivers card":
            employer.delete("e-" + number, "person")
        case "identifier":
            employer.set("doc-e-" + number, "identity_document", number="9999999")
        case "field":
            center.set("p-" + number, "stay_permit", paid_through=None)
    assert employer.shown() == []
    (gone,) = employer.documents("shared_card", deleted=True)
    assert gone["body"]["facts"] is None


def test_what_was_withdrawn_comes_back_in_the_same_document(pair: tuple[Side, Side, str]) -> None:
    center, employer, number = pair
    (first,) = employer.documents("shared_card")
    center.set("p-" + number, "stay_permit", paid_through=None)
    center.set("p-" + number, "stay_permit", paid_through="2026-10-01")
    (second,) = employer.documents("shared_card")
    assert second["id"] == first["id"]
    assert employer.shown() == [{"Патент оплачен по": "2026-10-01"}]


def test_a_rule_that_ends_takes_its_projections_along(
    centre: EmbeddedCentral, pair: tuple[Side, Side, str]
) -> None:
    center, employer, _ = pair
    ours = [one for one in rules(centre.admin_dsn()) if one.source == org_of(center)]
    assert end_rule(centre.admin_dsn(), ours[-1].rule, today()) == 1
    assert employer.shown() == []
    with pytest.raises(NoSuchRule):
        end_rule(centre.admin_dsn(), 99_999, today())


def test_a_rule_begins_on_its_day_and_the_first_greeting_of_a_day_notices(
    centre: EmbeddedCentral, side: MakeSide
) -> None:
    center, employer, number = side("center"), side("employer"), passport()
    for one in (center, employer):
        one.card(f"{one.scope}-{number}", number=number)
    who = f"{center.scope}-{number}"
    center.new(
        "p-" + number,
        "stay_permit",
        who,
        person_id=who,
        permit_type="patent",
        paid_through="2026-08-01",
    )
    tomorrow = today() + timedelta(days=1)
    rule = patent_rule(centre, center, employer, valid_from=tomorrow)
    assert employer.shown() == []
    with psycopg.connect(centre.admin_dsn()) as admin:  # as if a night had passed
        admin.execute("UPDATE share.rule SET valid_from = current_date WHERE rule = %s", (rule,))
        admin.execute("UPDATE share.day SET day = current_date - 1")
    ask(employer.line, "SELECT sync_v1.hello(%s, 1, 1, '[]')", employer.client)
    assert employer.shown() == [{"Патент оплачен по": "2026-08-01"}]


def test_a_rule_between_kinds_of_organisations_stays_in_its_region(
    centre: EmbeddedCentral, side: MakeSide
) -> None:
    center, tax, number = side("center"), side("tax"), passport()
    far = make_organisation(centre, people=1, region="99", kind="tax")
    rule = patent_rule(centre, center, tax, source="center", receiver="tax")
    try:
        with line_to(far, far.logins[0]) as line:
            stranger = Side(far, line)
            stranger.card("far-" + number, number=number)
            center.card("c-" + number, number=number)
            tax.card("t-" + number, number=number)
            permit = {"permit_type": "patent", "paid_through": "2026-08-01"}
            center.new(
                "p-" + number, "stay_permit", "c-" + number, person_id="c-" + number, **permit
            )
            assert tax.shown() == [{"Патент оплачен по": "2026-08-01"}]
            assert stranger.shown() == []
    finally:
        end_rule(centre.admin_dsn(), rule, today())


def test_no_rule_passes_on_statements_papers_or_remarks(
    centre: EmbeddedCentral, pair: tuple[Side, Side, str]
) -> None:
    center, employer, _ = pair
    for kind in ("bank_statement", "note", "attachment", "payment", "shared_card", "Bad kind"):
        with pytest.raises(BadRule):
            patent_rule(centre, center, employer, source_kind=kind)
    with pytest.raises(BadRule):
        patent_rule(centre, center, employer, ground="")
    with pytest.raises(NoSuchOrganisation):
        patent_rule(centre, center, employer, receiver="никто")


def test_the_employers_login_finds_the_rest_by_no_function_and_no_table(
    pair: tuple[Side, Side, str],
) -> None:
    _, employer, _ = pair
    line = employer.line
    relations = [
        row[0]
        for row in line.execute(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE n.nspname IN ('arm', 'share', 'sync_v1') AND relkind IN ('r', 'p', 'v', 'S')"
        )
    ]
    assert {"share.card", "share.card_key", "share.secret", "arm.doc"} <= set(relations)
    for relation in relations:
        try:
            rows = line.execute(f"SELECT t::text FROM {relation} AS t".encode()).fetchall()
        except psycopg.Error:
            continue
        assert not relation.startswith("share."), relation
        assert "СЕКРЕТ" not in str(rows)
    functions = line.execute(
        "SELECT format('%I.%I', n.nspname, p.proname), p.proargtypes::regtype[]::text[]"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
        " WHERE n.nspname IN ('arm', 'share', 'sync_v1')"
    ).fetchall()
    called = 0
    for name, types in functions:
        for values in tries(types, employer):
            try:
                said = str(
                    line.execute(f"SELECT {name}({', '.join(values)})::text".encode()).fetchall()
                )
                assert not name.startswith("share."), name
                called += 1
            except psycopg.Error as error:
                said = str(error)
            assert "СЕКРЕТ" not in said, name
    assert called > 10


def tries(types: list[str], employer: Side) -> list[list[str]]:
    """Arguments of every type, pointing at scopes of everybody."""
    found = []
    for scope in range(1, employer.scope + 1):
        known = {
            "integer": str(scope),
            "bigint": "0",
            "text": "''",
            "integer[]": f"'{{{scope}}}'",
            "bigint[]": "'{0}'",
            "text[]": "'{}'",
            "jsonb": "'[]'",
            "date": "current_date",
        }
        found.append([f"{known.get(one, 'NULL')}::{one}" for one in types])
    return found


def test_projections_and_notices_cannot_be_edited(pair: tuple[Side, Side, str]) -> None:
    center, employer, number = pair
    (doc,) = employer.documents("shared_card")
    assert employer.set(doc["id"], "shared_card", facts=[])["why"] == "read_only"
    assert employer.delete(doc["id"], "shared_card")["why"] == "read_only"
    forged = {
        "id": "forged-" + number,
        "kind": "shared_card",
        "op": "new",
        "person": "e-" + number,
        "f": {"facts": {"b": 0, "o": None, "n": []}},
    }
    assert employer.push(forged)[0]["why"] == "read_only"
    (line, *_) = center.documents("disclosure")
    assert center.set(line["id"], "disclosure", receiver="никто")["why"] == "read_only"
    assert center.delete(line["id"], "disclosure")["why"] == "read_only"
    assert employer.shown() == [{"Патент оплачен по": "2026-08-01"}]


def test_every_projected_field_has_a_line_in_the_register(
    centre: EmbeddedCentral, pair: tuple[Side, Side, str]
) -> None:
    began = today().isoformat()
    center, employer, number = pair
    patent_rule(
        centre,
        center,
        employer,
        title="Учёт",
        source_kind="registration",
        only_where=(),
        newest_by="valid_to",
        fields=(SharedField("valid_to", "На учёте до"), SharedField("address", "Адрес")),
    )
    who = "c-" + number
    center.new("r-" + number, "registration", who, person_id=who, valid_to="2026-10-01")
    center.set("r-" + number, "registration", address="г Приокск")
    center.set("p-" + number, "stay_permit", paid_through="2026-09-01")
    shown = [
        (one["label"], one["value"])
        for row in employer.line.execute(
            "SELECT delta->'facts'->'n' FROM arm.change WHERE scope = %s AND kind = 'shared_card'"
            " ORDER BY seq",
            (employer.scope,),
        )
        for one in row[0]
    ]
    written = [
        one["label"]
        for doc in center.documents("disclosure")
        for one in doc["body"]["what"]
        if doc["body"]["way"] == "projection"
    ]
    assert sorted(written) == sorted(label for label, _ in set(shown))
    for doc in center.documents("disclosure"):
        body = doc["body"]
        assert body["receiver"] == employer.organisation.name
        assert body["person_id"] == who
        assert body["by_whom"].startswith("правило")
        assert body["ground"]
        assert began <= body["disclosed_at"][:10] <= today().isoformat()
    assert "2026-09-01" not in json.dumps(center.documents("disclosure"))  # names, no values


def test_two_migrant_ids_of_one_man_are_told_to_both_whatever_way_the_number_is_typed(
    side: MakeSide,
) -> None:
    first, second, number = side("center"), side("university"), passport()
    first.card("a-" + number, number=number, migrant_id="40-0001-0000017")
    second.new(
        "b-" + number, "person", "b-" + number, birth_date=BORN, migrant_id="40-0002-0000025"
    )
    second.new(
        "d-" + number, "identity_document", "b-" + number,
        person_id="b-" + number, country="UZB", series="", number=f"fа {number[:3]} {number[3:]}",
    )  # fmt: skip
    for one, own, other in ((first, "40-0001-0000017", "40-0002-0000025"),
                            (second, "40-0002-0000025", "40-0001-0000017")):  # fmt: skip
        (doc,) = one.documents("alias_notice")
        assert (doc["body"]["migrant_id"], doc["body"]["alias"]) == (own, other)
        assert doc["body"]["person_id"] in {"a-" + number, "b-" + number}
    second.set("d-" + number, "identity_document", number="0000000")
    assert first.documents("alias_notice") == []
    assert second.documents("alias_notice") == []


def test_an_inn_ties_too_unless_the_birth_dates_contradict(side: MakeSide) -> None:
    first, second = side("center"), side("tax")
    number = next(_numbers)
    inn = valid_inn(number)
    for one, name, born in ((first, "a", BORN), (second, "b", BORN)):
        one.new(f"{name}-{inn}", "person", f"{name}-{inn}", inn=inn, birth_date=born,
                migrant_id=f"40-000{one.scope % 10}-{name}")  # fmt: skip
    assert len(first.documents("alias_notice")) == 1
    second.set(f"b-{inn}", "person", birth_date="1970-01-01")
    assert first.documents("alias_notice") == []
    wrong = inn[:-1] + str((int(inn[-1]) + 1) % 10)
    third = side("university")
    third.new("w-" + inn, "person", "w-" + inn, inn=wrong, migrant_id="40-0009-1")
    first.set(f"a-{inn}", "person", inn=wrong)
    assert first.documents("alias_notice") == []


def valid_inn(number: int) -> str:
    digits = f"77{number:08d}"
    for weights in ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)):
        total = sum(int(d) * w for d, w in zip(digits, weights, strict=True))
        digits += str(total % 11 % 10)
    return digits


def test_a_bridge_that_goes_leaves_two_persons(side: MakeSide) -> None:
    """Three cards hang together by the middle one; when it loses one identifier they part."""
    first, second, third, number = side("center"), side("university"), side("tax"), passport()
    inn = valid_inn(next(_numbers))
    first.card("a-" + number, number=number, migrant_id="40-0001-1")
    third.new("c-" + number, "person", "c-" + number, inn=inn, migrant_id="40-0003-3")
    second.card("b-" + number, number=number, inn=inn, migrant_id="40-0002-2")
    aliases = {doc["body"]["alias"] for doc in first.documents("alias_notice")}
    assert aliases == {"40-0002-2", "40-0003-3"}
    second.set("b-" + number, "person", inn=None)
    assert {d["body"]["alias"] for d in first.documents("alias_notice")} == {"40-0002-2"}
    assert third.documents("alias_notice") == []


def test_people_loaded_in_bulk_are_registered(centre: EmbeddedCentral, side: MakeSide) -> None:
    center, employer, number = side("center"), side("employer"), passport()
    patent_rule(centre, center, employer)
    employer.card("e-" + number, number=number)
    who = "c-" + number
    documents: list[tuple[str, str, dict[str, Any]]] = [
        ("person", who, {"birth_date": BORN}),
        ("identity_document", "d-" + number,
         {"person_id": who, "country": "UZB", "series": "FA", "number": number}),
        ("stay_permit", "p-" + number,
         {"person_id": who, "permit_type": "patent", "paid_through": "2026-08-01"}),
    ]  # fmt: skip
    with psycopg.connect(centre.admin_dsn()) as admin:
        copy_documents(admin, center.scope, documents)
    assert employer.shown() == [{"Патент оплачен по": "2026-08-01"}]
    assert_feed_sound(center.organisation)


# --- the registry


def ask_registry(line: psycopg.Connection[Any], **identifiers: str) -> list[dict[str, Any]]:
    question = ask(
        line, "SELECT sync_v1.registry_ask(%s::jsonb, 'проверка')", json.dumps(identifiers)
    )
    told: list[dict[str, Any]] = ask(line, "SELECT sync_v1.registry_answer(%s)", question)["told"]
    return told


def test_the_registry_tells_no_more_than_a_rule_permits(
    centre: EmbeddedCentral, pair: tuple[Side, Side, str], side: MakeSide
) -> None:
    center, employer, number = pair
    known = {"country": "UZB", "series": "FA", "number": number, "birth_date": BORN}
    curious = side("employer")
    assert ask_registry(curious.line, **known) == []
    assert ask_registry(curious.line, **known | {"number": "7777777"}) == []
    patent_rule(centre, center, curious, on_question=True)
    (told,) = ask_registry(curious.line, **known)
    assert told["facts"] == [
        {"field": "paid_through", "label": "Патент оплачен по", "value": "2026-08-01"}
    ]
    assert told["source"] == center.organisation.name
    assert set(told) == {"source", "heading", "facts", "ground", "confidence"}
    assert curious.shown() == []  # without a card there is no projection
    (written,) = [
        d["body"] for d in center.documents("disclosure") if d["body"]["way"] == "registry"
    ]
    assert written["receiver"] == curious.organisation.name
    assert written["by_whom"] == curious.organisation.logins[0]
    assert written["ground"] == "проверка"
    assert ask_registry(curious.line, **known | {"birth_date": "1990-01-01"}) == []
    assert ask_registry(employer.line, **known) == []


def test_the_answer_comes_only_when_the_question_is_committed(
    pair: tuple[Side, Side, str],
) -> None:
    _, employer, number = pair
    line = employer.line
    known = json.dumps({"country": "UZB", "series": "FA", "number": number, "birth_date": BORN})
    with line.transaction(force_rollback=True):
        question = ask(line, "SELECT sync_v1.registry_ask(%s::jsonb, 'проверка')", known)
        with pytest.raises(psycopg.Error) as refused, line.transaction():
            ask(line, "SELECT sync_v1.registry_answer(%s)", question)
        assert refused.value.sqlstate == "EO008"
    with pytest.raises(psycopg.Error) as refused:
        ask(line, "SELECT sync_v1.registry_answer(%s)", question)
    assert refused.value.sqlstate == "EO008"
    question = ask(line, "SELECT sync_v1.registry_ask(%s::jsonb, 'проверка')", known)
    organisation = employer.organisation
    with line_to(organisation, organisation.logins[1]) as colleague:
        with pytest.raises(psycopg.Error) as refused:
            ask(colleague, "SELECT sync_v1.registry_answer(%s)", question)
        assert refused.value.sqlstate == "EO008"


@pytest.mark.parametrize(
    ("identifiers", "ground"), [({"inn": "500100732259"}, " "), ({}, "x"), ({"inn": "1"}, "x")]
)
def test_a_question_needs_a_ground_and_an_identifier(
    side: MakeSide, identifiers: dict[str, str], ground: str
) -> None:
    with pytest.raises(psycopg.Error) as refused:
        ask(
            side("center").line,
            "SELECT sync_v1.registry_ask(%s::jsonb, %s)",
            json.dumps(identifiers),
            ground,
        )
    assert refused.value.sqlstate == "EO007"


def test_how_often_one_may_ask_is_a_table(centre: EmbeddedCentral, side: MakeSide) -> None:
    university = side("university")
    organisation = university.organisation
    with psycopg.connect(centre.admin_dsn()) as admin:
        admin.execute("INSERT INTO share.asking_limit VALUES ('university', 3, 5)")
    try:
        for _ in range(3):
            ask_registry(university.line, inn="500100732259")
        with pytest.raises(psycopg.Error) as refused:
            ask_registry(university.line, inn="500100732259")
        assert refused.value.sqlstate == "EO006"
        with line_to(organisation, organisation.logins[1]) as colleague:
            for _ in range(2):
                ask_registry(colleague, inn="500100732259")
            with pytest.raises(psycopg.Error) as refused:  # the organisation's day is full
                ask_registry(colleague, inn="500100732259")
            assert refused.value.sqlstate == "EO006"
    finally:
        with psycopg.connect(centre.admin_dsn()) as admin:
            admin.execute("DELETE FROM share.asking_limit WHERE role = 'university'")
            logged = admin.execute(
                "SELECT count(*), count(DISTINCT rolname), bool_and(ground = 'проверка')"
                " FROM share.question WHERE rolname = ANY (%s)",
                (list(organisation.logins),),
            ).fetchone()
    assert logged == (5, 2, True)


def test_the_registry_keeps_no_number_that_could_be_read(
    centre: EmbeddedCentral, pair: tuple[Side, Side, str]
) -> None:
    number = pair[2]
    with psycopg.connect(centre.admin_dsn()) as admin:
        kept = admin.execute(
            "SELECT (SELECT string_agg(t::text, ' ') FROM share.card_key t WHERE person <> %s),"
            " (SELECT string_agg(t::text, ' ') FROM share.question t)",
            ("c-" + number,),
        ).fetchone()
    assert kept is not None
    words = " ".join(part or "" for part in kept).replace(f"-{number}", "")
    assert number not in words
    assert BORN not in words


# --- requests


def request(center: Side, asked: Side, number: str, **changes: Any) -> dict[str, Any]:
    values = {
        "direction": "out",
        "to_org": int(org_of(asked)),
        "to_name": asked.organisation.name,
        "person_id": "c-" + number,
        "migrant_id": "40-0001-0000017",
        "subject": "Каримов, 1994",
        "question": "Поступил ли платёж за июль?",
        "ground": "Соглашение № 2",
        "due_on": "2026-08-10",
        "asked_by": "Орлова М. С.",
    } | changes
    body = {name: {"b": 0, "o": None, "n": new} for name, new in values.items() if new is not None}
    return {
        "id": "q-" + number,
        "kind": "info_request",
        "op": "new",
        "person": "c-" + number,
        "f": body,
    }


def test_a_request_and_its_answer_reach_just_the_two(
    centre: EmbeddedCentral, pair: tuple[Side, Side, str], side: MakeSide
) -> None:
    center, employer, number = pair
    other = side("tax")
    assert center.push(request(center, employer, number))[0]["status"] == "applied"
    (came,) = employer.documents("info_request")
    assert came["body"]["direction"] == "in"
    assert came["body"]["question"] == "Поступил ли платёж за июль?"
    assert came["body"]["person_id"] == "e-" + number  # their own card of the same man
    assert came["body"]["from_name"] == center.organisation.name
    assert other.documents("info_request") == []
    facts = [{"label": "Дата платежа", "value": "2026-07-08"}]
    employer.set(came["id"], "info_request", seen_at="2026-07-20T08:00:00+00:00")
    (sent,) = center.documents("info_request")
    assert sent["body"]["seen_at"] == "2026-07-20T08:00:00+00:00"
    done = employer.set(
        came["id"], "info_request", answer="Поступил", answer_facts=facts, answered_by="Лапин"
    )
    assert done["status"] == "applied"
    (sent,) = center.documents("info_request")
    assert sent["body"]["answer"] == "Поступил"
    assert sent["body"]["answer_facts"] == facts
    assert sent["id"] == "q-" + number
    asked = [d["body"] for d in center.documents("disclosure") if d["body"]["way"] == "request"]
    assert [one["receiver"] for one in asked] == [employer.organisation.name]
    (answered,) = [d["body"] for d in employer.documents("disclosure")]
    assert answered["way"] == "request_answer"
    assert [one["label"] for one in answered["what"]] == ["Текст ответа", "Дата платежа"]
    assert answered["by_whom"] == "Лапин"
    assert_feed_sound(center.organisation)
    assert_feed_sound(employer.organisation)


def test_each_side_of_a_request_writes_only_its_own_words(pair: tuple[Side, Side, str]) -> None:
    center, employer, number = pair
    center.push(request(center, employer, number))
    (came,) = employer.documents("info_request")
    assert employer.set(came["id"], "info_request", question="Другой")["why"] == "read_only"
    assert center.set("q-" + number, "info_request", answer="Да")["why"] == "read_only"
    assert center.delete("q-" + number, "info_request")["why"] == "read_only"
    center.set("q-" + number, "info_request", withdrawn_at="2026-07-21T08:00:00+00:00")
    (came,) = employer.documents("info_request")
    assert came["body"]["withdrawn_at"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"question": None}, "no_ground"),
        ({"ground": ""}, "no_ground"),
        ({"direction": "in"}, "read_only"),
        ({"answer": "сам себе"}, "read_only"),
        ({"to_org": 999_999}, "not_askable"),
        ({"to_org": "';--"}, "not_askable"),
    ],
)
def test_a_request_that_may_not_be_is_refused(
    pair: tuple[Side, Side, str], changes: dict[str, Any], why: str
) -> None:
    center, employer, number = pair
    assert center.push(request(center, employer, number, **changes))[0]["why"] == why
    assert employer.documents("info_request") == []


def test_offices_of_one_kind_do_not_even_learn_of_each_other(side: MakeSide) -> None:
    first, second, employer = side("center"), side("center"), side("employer")
    names = [one["name"] for one in ask(first.line, "SELECT sync_v1.organisations()")]
    assert employer.organisation.name in names
    assert second.organisation.name not in names


# --- many at once


def test_two_offices_that_push_into_each_other_never_wait_in_a_ring(
    centre: EmbeddedCentral, side: MakeSide
) -> None:
    """Each edit of either goes into the other's feed; new persons tie while it happens."""
    first, second = side("center"), side("university")
    patent_rule(centre, first, second)
    patent_rule(centre, second, first, title="Обратно")
    shared = [passport() for _ in range(6)]
    for number in shared[:3]:
        for one in (first, second):
            who = f"{one.scope}-{number}"
            one.card(who, number=number)
            permit = {"permit_type": "patent", "paid_through": "2026-01-01"}
            one.new(f"p-{who}", "stay_permit", who, person_id=who, **permit)
    errors: list[BaseException] = []

    def work(one: Side) -> None:
        try:
            for turn in range(24):
                number = shared[turn % 3]
                one.set(
                    f"p-{one.scope}-{number}", "stay_permit", paid_through=f"2026-02-{turn + 1:02d}"
                )
                if turn % 8 == 0:
                    number = shared[3 + turn // 8 % 3]
                    one.card(
                        f"{one.scope}-{number}", number=number, migrant_id=f"{one.scope}-{number}"
                    )
        except BaseException as error:  # noqa: BLE001  # told to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert not any(thread.is_alive() for thread in threads)
    for one, other in ((first, second), (second, first)):
        theirs = {
            doc["person"].split("-")[1]: doc["body"]["paid_through"]
            for doc in other.documents("stay_permit")
        }
        shown = {
            doc["person"].split("-")[1]: doc["body"]["facts"][0]["value"]
            for doc in one.documents("shared_card")
        }
        assert shown == theirs
        assert len(one.documents("alias_notice")) == 3
        assert_feed_sound(one.organisation)


def test_a_push_that_fails_at_the_other_side_changes_nothing_here(
    centre: EmbeddedCentral, pair: tuple[Side, Side, str]
) -> None:
    """Record, projection and disclosure are one transaction."""
    center, employer, number = pair
    before = len(center.documents("disclosure"))
    with psycopg.connect(centre.admin_dsn()) as admin:
        admin.execute("ALTER TABLE share.projection ADD CONSTRAINT broken CHECK (facts = '[]')"
                      " NOT VALID")  # fmt: skip
        admin.commit()
        with pytest.raises(psycopg.errors.CheckViolation):
            center.set("p-" + number, "stay_permit", paid_through="2026-11-01")
        admin.execute("ALTER TABLE share.projection DROP CONSTRAINT broken")
    assert employer.shown() == [{"Патент оплачен по": "2026-08-01"}]
    assert [d["body"]["paid_through"] for d in center.documents("stay_permit")] == ["2026-08-01"]
    assert len(center.documents("disclosure")) == before


def test_a_rules_dates_are_dates(centre: EmbeddedCentral, pair: tuple[Side, Side, str]) -> None:
    center, employer, _ = pair
    with pytest.raises(BadRule):
        patent_rule(
            centre, center, employer, valid_from=date(2026, 5, 1), valid_to=date(2026, 3, 1)
        )
