"""The reference lists: complete, consistent, with every code once."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pytest

from arm.places import RESOURCES

LISTS = {
    "countries": "country", "regions": "region", "languages": "language", "purposes": "purpose",
    "routes": "route", "document_types": "document_type",
}  # fmt: skip


def _rows(name: str) -> list[dict[str, Any]]:
    with (RESOURCES / "reference" / f"{name}.toml").open("rb") as file:
        rows: list[dict[str, Any]] = tomllib.load(file)[LISTS[name]]
    return rows


@pytest.mark.parametrize("name", LISTS)
def test_every_code_stands_once(name: str) -> None:
    codes = [row["code"] for row in _rows(name)]
    assert len(set(codes)) == len(codes)


def test_countries_have_all_codes_and_names() -> None:
    rows = _rows("countries")
    assert len(rows) >= 250
    for row in rows:
        assert row["name"]
        assert row["full_name"]
        assert row["form_name"] == row["form_name"].upper()
        assert not any("a" <= c <= "z" for c in (row["name"] + row["full_name"]).lower())
    for key in ("alpha2", "numeric"):
        codes = [row[key] for row in rows if row[key]]
        assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("code", "alpha2", "numeric", "form_name"),
    [
        ("UZB", "UZ", "860", "УЗБЕКИСТАН"),
        ("KGZ", "KG", "417", "КИРГИЗИЯ"),
        ("MDA", "MD", "498", "МОЛДОВА"),
        ("BLR", "BY", "112", "БЕЛАРУСЬ"),
        ("ABH", "AB", "895", "АБХАЗИЯ"),
        ("OST", "OS", "896", "ЮЖНАЯ ОСЕТИЯ"),
        ("XXA", "", "", "ЛИЦО БЕЗ ГРАЖДАНСТВА"),
    ],
)
def test_wording_of_the_forms(code: str, alpha2: str, numeric: str, form_name: str) -> None:
    row = next(row for row in _rows("countries") if row["code"] == code)
    assert (row["alpha2"], row["numeric"], row["form_name"]) == (alpha2, numeric, form_name)


def test_eighty_nine_regions() -> None:
    rows = _rows("regions")
    assert len(rows) == 89
    assert all(len(row["code"]) == 2 for row in rows)


def test_purposes_in_the_order_of_the_notice() -> None:
    assert [row["code"] for row in _rows("purposes")] == [
        "official", "tourism", "business", "study", "work", "private", "transit",
        "humanitarian", "other",
    ]  # fmt: skip


def test_routes_lead_somewhere() -> None:
    routes = {row["code"]: row for row in _rows("routes")}
    assert set(routes) == {
        "patent", "study", "residence", "eaeu_work", "family", "consultation",
    }  # fmt: skip
    purposes = {row["code"] for row in _rows("purposes")}
    for code, row in routes.items():
        steps = [step["code"] for step in row.get("step", [])]
        assert len(set(steps)) == len(steps)
        assert bool(steps) == (code != "consultation")
        assert set(row["purposes"]) <= purposes
        assert row["citizenships"] in {"visa_free", "eaeu", "any"}
    assert [step["code"] for step in routes["patent"]["step"]] == [
        "registration", "medical", "fingerprints", "exam", "patent_application",
        "patent_issue", "patent_payment",
    ]  # fmt: skip


def test_every_route_says_what_it_rests_on() -> None:
    for row in _rows("routes"):
        assert row["act"], row["code"]
        assert row["source"], row["code"]
        assert row["confidence"] in {"H", "M", "L"}, row["code"]
        assert isinstance(row["checked_on"], date), row["code"]
