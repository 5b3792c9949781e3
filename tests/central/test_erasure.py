"""Erasure at the centre: what was passed on to other organisations goes too; their own stays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from centre_parts import ask, dump, line_to, make_organisation

from arm.central.audit import audit
from arm.central.embedded import EmbeddedCentral
from tests.central.test_sharing import Side, patent_rule

_numbers = itertools.count(9_000_001)
PAID = "2031-04-17"


@pytest.fixture
def passed_on(centre: EmbeddedCentral) -> Iterator[tuple[Side, Side, str]]:
    """A centre that may erase tells an employer how long a patent is paid."""
    number = str(next(_numbers))
    with ExitStack() as stack:

        def side(kind: str, role: str) -> Side:
            organisation = make_organisation(centre, people=1, region="89", role=role, kind=kind)
            line = stack.enter_context(line_to(organisation, organisation.logins[0]))
            return Side(organisation, line)

        center, employer = (
            side("center", "center_supervisor"),
            side("employer", "center_specialist"),
        )
        patent_rule(centre, center, employer)
        person = center.card(f"c-{number}", number=number, surname="Забываемый")
        permit = {"person_id": person, "permit_type": "patent", "paid_through": PAID}
        center.new(f"p-{number}", "stay_permit", person, **permit)
        employer.card(f"e-{number}", number=number, surname="Остающийся")
        assert employer.shown() == [{"Патент оплачен по": PAID}]
        yield center, employer, number


def test_what_was_passed_on_goes_too_and_every_chain_holds(
    centre: EmbeddedCentral, passed_on: tuple[Side, Side, str]
) -> None:
    center, employer, number = passed_on
    said = ask(
        center.line, "SELECT sync_v1.erase(%s, %s, 'goal', '7')", center.client, f"c-{number}"
    )
    assert [one["scope"] for one in said] == [center.scope]
    kept = dump(centre)
    assert "Забываемый" not in kept
    assert PAID not in kept
    assert "Остающийся" in kept, "the employer's own card is the employer's"
    assert employer.shown() == []
    for one in (center, employer):
        report = audit(centre.admin_dsn(), scopes=[one.scope])
        assert report.findings == []
        assert report.erased > 0
    with psycopg.connect(centre.admin_dsn()) as admin:
        row = admin.execute(
            "SELECT count(*) FROM share.card WHERE person = %s", (f"c-{number}",)
        ).fetchone()
    assert row == (0,)
    # the employer goes on with its own card, and nothing of the other comes back
    assert employer.set(f"e-{number}", "person", phone="+7 1")["status"] == "applied"
    assert employer.shown() == []


def test_a_late_edit_of_the_erased_leaves_no_words(
    centre: EmbeddedCentral, passed_on: tuple[Side, Side, str]
) -> None:
    center, _, number = passed_on
    person = f"c-{number}"
    ask(center.line, "SELECT sync_v1.erase(%s, %s, 'goal', '8')", center.client, person)
    late: list[dict[str, Any]] = [
        {
            "id": person,
            "kind": "person",
            "op": "set",
            "person": person,
            "f": {"phone": {"b": 1, "p": None, "o": None, "n": "опоздавшие-слова"}},
        },
        {
            "id": f"n-{number}",
            "kind": "note",
            "op": "new",
            "person": person,
            "f": {"text": {"b": 0, "p": None, "o": None, "n": "опоздавшие-слова"}},
        },
    ]
    results = center.push(*late)
    assert [(one["status"], one["why"]) for one in results] == [("denied", "erased")] * 2
    assert "опоздавшие-слова" not in dump(centre)
