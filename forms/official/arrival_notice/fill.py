"""Facts of a case → boxes of the arrival notice (109-ФЗ ст. 20–23, приказ МВД России № 856)."""

from __future__ import annotations

from collections.abc import Mapping

from arm.law.tables import LawTables
from arm.model import CaseFacts
from arm.model.address import FormAddress, split_address
from forms.kit.sources import country_on_forms, document_on_forms, phone_ten_digits
from forms.kit.spec import Edition

PERMITS_ON_FORM = ("visa", "prp", "trp", "trp_education")
"""Only these have a square; a patent gives the right to work, the notice does not name it."""

_PERMIT_BOXES = (
    "permit_kind",
    "permit_series",
    "permit_number",
    "permit_issued",
    "permit_valid_to",
)


def fill(
    facts: CaseFacts, extra: Mapping[str, str], edition: Edition, tables: LawTables
) -> dict[str, str]:
    """Boxes that are not simply a field: countries, document names, phones, addresses."""
    del extra, edition, tables  # the notice depends on the case alone
    person = facts.person
    boxes = {
        "citizenship": _citizenship(person.citizenship),
        "birth_country": country_on_forms(person.birth_country),
        "phone": phone_ten_digits(person.phone),
    }
    if facts.document is not None:
        boxes["doc_type"] = document_on_forms(facts.document.document_type)
    if facts.permit is None or facts.permit.permit_type not in PERMITS_ON_FORM:
        boxes |= dict.fromkeys(_PERMIT_BOXES, "")
    if facts.registration is not None:
        boxes |= address_boxes("stay", facts.registration.address)
        boxes |= address_boxes("previous", facts.registration.previous_address)
    if facts.host is not None:
        boxes |= {
            "host_doc_type": document_on_forms(facts.host.document_type),
            "host_phone": phone_ten_digits(facts.host.phone),
        }
        boxes |= address_boxes("host", facts.host.address)
        boxes |= address_boxes("org", facts.host.organisation_address)
    return boxes


def address_boxes(prefix: str, text: str | None) -> dict[str, str]:
    """The four rows and five boxes of one address.

    What the splitting could not place is put after the street, so that the check finds the row
    too long and nothing disappears unseen.
    """
    address = split_address(text or "")
    rows = list(address.rows)
    rows[3] = " ".join((rows[3], *address.overflow)).strip()
    boxes = {f"{prefix}_row{number}": row for number, row in enumerate(rows, start=1)}
    return boxes | {f"{prefix}_{part}": getattr(address, part) for part in _PARTS}


_PARTS = tuple(
    name for name in FormAddress.__dataclass_fields__ if name not in ("rows", "overflow")
)


def _citizenship(code: str | None) -> str:
    return "ЛИЦО БЕЗ ГРАЖДАНСТВА" if code == "XXA" else country_on_forms(code)
