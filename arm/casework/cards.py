"""Cards as they are compared: read straight from the records, many at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from typing import Any

from arm.casework.labels import full_name, joined_number
from arm.casework.matching import Card

_IDS = "IN (SELECT value FROM json_each(?))"
_COMPARED = tuple(field.name for field in fields(Card) if field.name != "documents")
"""Columns of ``person`` that are fields of a card by the same name."""


@dataclass(frozen=True)
class HeldCard:
    """A card that stands, with what people recognise it by. ``papers``: number and last day of
    each identity document, newest first."""

    rowid: int
    person_id: str
    migrant_id: str
    card: Card
    papers: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Surname, given name, patronymic; the Latin name where there is no Cyrillic one."""
        card = self.card
        return full_name(card.surname, card.given, card.patronymic) or full_name(
            card.surname_latin, card.given_latin
        )


def read_cards(driver: Any, rowids: Collection[int]) -> dict[int, HeldCard]:
    """The cards at these rows of ``listing``; rows that are gone are left out."""
    if not rowids:
        return {}
    among = f"(SELECT person_id FROM listing WHERE rowid {_IDS})"
    return {one.rowid: one for one in _read(driver, among, json.dumps(list(rowids)))}


def cards_of(driver: Any, person_ids: Collection[str]) -> dict[str, HeldCard]:
    """The cards of these people, also of one that went into another card (its row id is 0)."""
    among = "(SELECT value FROM json_each(?))"
    return {one.person_id: one for one in _read(driver, among, json.dumps(list(person_ids)))}


def _read(driver: Any, among: str, asked: str) -> Iterator[HeldCard]:
    papers: dict[str, list[tuple[str, str, str, str]]] = {}
    for person_id, country, series, number, until, issued in driver.execute(
        "SELECT person_id, country, series, number, valid_to, issued_on FROM identity_document"
        f" WHERE person_id IN {among} AND deleted = 0",
        (asked,),
    ):
        papers.setdefault(person_id, []).append(
            (issued or until or "", joined_number(series, number), until or "", country or "")
        )
    for rowid, person_id, migrant_id, *values in driver.execute(
        f"SELECT l.rowid, p.id, p.migrant_id, {', '.join(f'p.{name}' for name in _COMPARED)}"
        " FROM person p LEFT JOIN listing l ON l.person_id = p.id"
        f" WHERE p.id IN {among} AND p.deleted = 0",
        (asked,),
    ).fetchall():
        known = dict(zip(_COMPARED, (value or "" for value in values), strict=True))
        newest = sorted(papers.get(person_id, ()), reverse=True)
        yield HeldCard(
            rowid or 0,
            person_id,
            migrant_id or "",
            Card(
                documents=tuple((country, number) for _, number, _, country in newest if number),
                **known,
            ),
            tuple((number, until) for _, number, until, _ in newest),
        )
