"""People with patents, as payments are matched with them: from a list or from this workstation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from arm.casework.labels import joined_number
from arm.casework.matching import Card, digits_of
from arm.casework.payment_index import HeldPatent, Holder
from arm.casework.reference import regions
from arm.exchange.roster import RosterRow
from arm.model.names import fold
from arm.store.store import Store


def holders_of_roster(rows: Iterable[RosterRow]) -> list[Holder]:
    """The people of a list; ``id`` is their number in the list (its column «n»), else their
    place."""
    return [_of_row(row, row.n or str(place)) for place, row in enumerate(rows, 1)]


def _of_row(row: RosterRow, number: str) -> Holder:
    passport = joined_number(row.document_series, row.document_number)
    card = Card(
        row.surname, row.given, row.patronymic,
        row.surname_latin, row.given_latin, row.patronymic_latin,
        citizenship=row.citizenship,
        documents=((row.citizenship, passport),) if row.document_number else (),
        inn=row.inn,
    )  # fmt: skip
    patents: tuple[HeldPatent, ...] = ()
    if row.patent_number:
        patents = (
            HeldPatent(
                region_code(row.patent_region),
                digits_of(f"{row.patent_series}{row.patent_number}"),
                row.patent_issued_on,
            ),
        )
    return Holder(number, card, patents)


def region_code(written: str) -> str:
    """A region by its two digits or its name; empty if it is neither."""
    code, wanted = written.strip().zfill(2), fold(written)
    if code in regions():
        return code
    return next((known for known, name in regions().items() if wanted and fold(name) == wanted), "")


_NAMES = (
    "surname", "given", "patronymic", "surname_latin", "given_latin", "patronymic_latin",
    "citizenship", "inn",
)  # fmt: skip
_PEOPLE = (
    f"SELECT p.id, {', '.join(f'p.{name}' for name in _NAMES)} FROM person p"
    " JOIN listing l ON l.person_id = p.id WHERE p.deleted = 0 ORDER BY p.id"
)
_PATENTS = (
    "SELECT id, person_id, region, series, number, issued_on FROM stay_permit"
    " WHERE permit_type = 'patent' AND deleted = 0 ORDER BY id"
)
_DOCUMENTS = (
    "SELECT person_id, country, series, number FROM identity_document"
    " WHERE number IS NOT NULL AND deleted = 0 ORDER BY id"
)


def holders_here(store: Store) -> list[Holder]:
    """Everybody on this workstation who has a patent or an ИНН; merged cards as one person."""
    with store.read() as session:
        patents = _patents(session)
        documents: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for person, country, series, number in session.execute(text(_DOCUMENTS)):
            documents[person].append((country or "", joined_number(series, number)))
        return [
            Holder(
                person,
                Card(
                    **{name: value or "" for name, value in zip(_NAMES, values, strict=True)},
                    documents=tuple(documents.get(person, ())),
                ),
                tuple(patents.get(person, ())),
            )
            for person, *values in session.execute(text(_PEOPLE))
            if person in patents or values[-1]
        ]


def _patents(session: Session) -> dict[str, list[HeldPatent]]:
    found: dict[str, list[HeldPatent]] = defaultdict(list)
    for identity, person, region, series, number, issued in session.execute(text(_PATENTS)):
        digits = digits_of(f"{series or ''}{number or ''}")
        day = date.fromisoformat(issued) if issued else None
        found[person].append(HeldPatent(region or "", digits, day, identity))
    return found
