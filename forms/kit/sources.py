"""From the facts of a case to the words on paper."""

from __future__ import annotations

import tomllib
import unicodedata
from datetime import date
from functools import cache
from typing import Any

from arm.model import CaseFacts
from arm.places import RESOURCES
from forms.kit.layout import Box, Layout


def from_facts(layout: Layout, facts: CaseFacts) -> dict[str, str]:
    """The boxes whose ``source`` names a field that is known."""
    found = {}
    for box in layout.boxes.values():
        if box.source:
            value = words(lookup(facts, box.source))
            if value:
                found[box.id] = value
    return found


def lookup(facts: CaseFacts, source: str) -> Any:
    """The value of ``kind.field`` among the present records, ``None`` if there is no record."""
    kind, _, name = source.partition(".")
    record = {
        "person": facts.person,
        "identity_document": facts.document,
        "migration_card": facts.card,
        "stay_permit": facts.permit,
        "registration": facts.registration,
        "host_party": facts.host,
        "case_file": facts.case,
        "office": facts.office,
    }[kind]
    return None if record is None else getattr(record, name)


def words(value: Any) -> str:
    """A value as it is written on paper: dates ``дд.мм.гггг``, nothing for unknown."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return str(value)


def on_paper(box: Box, value: str) -> str:
    """The value with the spaces and letters that the box prints."""
    if box.kind in ("choice", "qr"):
        return value
    value = unicodedata.normalize("NFC", value)
    if box.kind != "prose":
        value = " ".join(value.split())
    return value.upper() if box.upper else value.strip()


def phone_ten_digits(phone: str | None) -> str:
    """A Russian phone as the ten digits after +7; other numbers keep all their digits."""
    digits = "".join(letter for letter in phone or "" if letter.isdigit())
    return digits[1:] if len(digits) == 11 and digits[0] in "78" else digits


def country(code: str | None) -> str:
    """The short Russian name of a country by its alpha-3 code; the code itself if unknown."""
    return named("countries", "country", code)


def country_on_forms(code: str | None) -> str:
    """The country as official forms spell it."""
    return _reference("countries", "country", "form_name").get(code or "", country(code))


def document_on_forms(code: str | None) -> str:
    """The kind of an identity document as official forms spell it; empty if unknown."""
    return _reference("document_types", "document_type", "form_name").get(code or "", "")


def region(code: str | None) -> str:
    """The name of a region by its two-digit code; the code itself if unknown."""
    return named("regions", "region", code)


def oktmo_of_region(code: str | None) -> str:
    """The first two digits of the region's municipality codes (ОКТМО); empty if unknown."""
    return _reference("regions", "region", "oktmo").get(code or "", "")


def named(file: str, table: str, code: str | None) -> str:
    """The Russian name in a reference list; the code itself if the list lacks it."""
    return _reference(file, table, "name").get(code or "", code or "")


def full_name(*parts: str | None) -> str:
    """Surname, given name and patronymic in one string."""
    return " ".join(part for part in parts if part)


def joined(*parts: str | None, by: str = ", ") -> str:
    """The parts that are known."""
    return by.join(part for part in parts if part)


@cache
def route_steps(route: str | None) -> tuple[tuple[str, str], ...]:
    """``(code, title)`` of the steps of a route, in order; empty for an unknown route."""
    path = RESOURCES / "reference" / "routes.toml"
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["route"]:
        if row["code"] == route:
            return tuple((step["code"], step["title"]) for step in row["step"])
    return ()


@cache
def route_title(route: str | None) -> str:
    """The name of a route; empty for an unknown one."""
    path = RESOURCES / "reference" / "routes.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["route"]
    return next((row["title"] for row in rows if row["code"] == route), "")


@cache  # reference lists ship with the program
def _reference(file: str, table: str, column: str) -> dict[str, str]:
    path = RESOURCES / "reference" / f"{file}.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))[table]
    return {row["code"]: row[column] for row in rows if column in row}
