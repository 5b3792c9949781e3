"""Invented people: plausible, repeatable, and true to the shapes of the model."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from arm.casework import reference
from arm.casework.demonstration import inn_of_person, people
from arm.model import fields, from_wire, kinds, migrant_id, to_wire
from arm.model.names import has_cyrillic, sound_key, to_latin_icao

ON = date(2026, 11, 24)
Made = list[tuple[str, str, dict[str, Any]]]


@pytest.fixture(scope="module")
def made() -> Made:
    return list(people(1_500, 7, ON, "40", 9, ("orlova", "lapin")))


def test_same_arguments_same_people(made: Made) -> None:
    again = list(people(1_500, 7, ON, "40", 9, ("orlova", "lapin")))
    assert made == again
    assert made != list(people(1_500, 8, ON, "40", 9, ("orlova", "lapin")))


def test_every_field_fits_the_model(made: Made) -> None:
    for kind, _, body in made:
        known = fields(kinds()[kind])
        for name, value in body.items():
            assert to_wire(from_wire(known[name], value)) == value, f"{kind}.{name}"


def test_ids_are_new_uuids_and_one_persons_lie_together(made: Made) -> None:
    ids = [record_id for kind, record_id, _ in made if kind != "host_party"]
    assert len(set(ids)) == len(ids)
    assert all(record_id[14] == "7" for record_id in ids)
    owners = [body.get("person_id", record_id) for kind, record_id, body in made
              if kind != "host_party"]  # fmt: skip
    by_id = [owner for _, owner in sorted(zip(ids, owners, strict=True))]
    assert sum(one != other for one, other in pairwise(by_id)) == 1_499


def test_hosts_come_before_those_who_live_there(made: Made) -> None:
    hosts: set[str] = set()
    for kind, record_id, body in made:
        if kind == "host_party":
            hosts.add(record_id)
        elif kind == "registration":
            assert body["host_id"] in hosts


def test_four_to_eight_records_a_person(made: Made) -> None:
    assert 4 <= len(made) / 1_500 <= 8


def test_papers_agree_with_each_other(made: Made) -> None:
    persons = {i: b for k, i, b in made if k == "person"}
    entered = {b["person_id"]: b["entered_on"] for k, _, b in made if k == "migration_card"}
    countries = reference.countries()
    for kind, _, body in made:
        owner = persons.get(body.get("person_id", ""))
        if kind == "person":
            assert migrant_id.check(body["migrant_id"])
            assert body["citizenship"] in countries
            assert not has_cyrillic(body["surname_latin"])
            assert has_cyrillic(body["surname"])
            assert body["birth_date"] < "2008-11-25"
        if kind == "identity_document":
            assert owner is not None
            assert body["country"] == owner["citizenship"]
            assert body["issued_on"] < body["valid_to"]
        if kind in {"registration", "stay_permit"}:
            assert body["valid_to"] >= entered[body["person_id"]]


def test_two_scripts_of_a_name_sound_alike(made: Made) -> None:
    names = {(b["surname"], b["surname_latin"]) for k, _, b in made if k == "person"}
    alike = sum(
        sound_key(russian) == sound_key(latin) or to_latin_icao(russian)[:2] == latin[:2]
        for russian, latin in names
    )
    assert alike / len(names) > 0.85


def test_terms_are_overdue_today_and_soon(made: Made) -> None:
    paid = Counter[str]()
    for kind, _, body in made:
        if kind == "stay_permit" and body["permit_type"] == "patent":
            left = (date.fromisoformat(body["paid_through"]) - ON).days
            paid["overdue" if left < 0 else "today" if not left else "later"] += 1
            paid["week"] += 0 < left <= 6
    assert paid["overdue"] > 0
    assert paid["today"] > 0
    assert paid["week"] > paid["today"]
    assert paid["later"] > 10 * (paid["overdue"] + paid["today"])


def test_telephones_and_migrant_ids_are_nobody_elses(made: Made) -> None:
    seen: dict[str, list[str]] = defaultdict(list)
    for kind, _, body in made:
        if kind == "person":
            for name in ("phone", "migrant_id"):
                if name in body:
                    seen[name].append(body[name])
    for values in seen.values():
        assert len(set(values)) == len(values)


def test_check_digits_of_inn() -> None:
    # the published example of order ММВ-7-6/435 gives the last two digits of 500100732259
    assert inn_of_person("5001007322") == "500100732259"
