"""The papers of a case as one list: what each is, how long it holds, whether it is scanned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from arm.casework.files import Place
from arm.casework.labels import CODED, display, joined_number
from arm.model import (
    CaseFacts,
    Certificate,
    IdentityDocument,
    MigrationCard,
    Registration,
    StayPermit,
)

SOON = timedelta(days=30)
"""A paper that ends within this time is amber."""

_PAPER_ICONS = {
    "passport": "book-user",
    "id_card": "id-card",
    "patent": "badge-check",
    "visa": "stamp",
    "exam": "graduation-cap",
    "insurance": "heart-pulse",
    "medical": "stethoscope",
    "fingerprints": "fingerprint",
    "contract": "file-text",
    "translation": "languages",
}


@dataclass(frozen=True)
class DocumentLine:
    """One paper in the list of documents."""

    kind: str
    record_id: str
    title: str
    number: str
    until: date | None
    caption: str
    """«до 23.05.2031», «цель «работа»», «истекает 13.05»."""
    state: Literal["ok", "warn", "bad", "none"]
    icon: str
    has_scan: bool


@dataclass(frozen=True)
class AttachmentLine:
    """A file of the case and where its bytes are. ``percent``: how far a transfer has come."""

    id: str
    about: str
    file_name: str
    media_type: str
    size: int
    added_at: datetime | None
    added_by: str
    sha256: str
    place: Place
    percent: int = 0

    @property
    def here(self) -> bool:
        """Whether it can be shown without the centre."""
        return self.place in {"here", "unsent", "refused"}


def document_lines(
    facts: CaseFacts, files: tuple[AttachmentLine, ...], today: date
) -> tuple[DocumentLine, ...]:
    """The papers of a case for its list: what, number, how long, and whether there is a scan."""
    scanned = {file.about for file in files}
    lines = [_identity_line(one, scanned, today) for one in facts.documents]
    lines += [_permit_line(one, scanned, today) for one in facts.permits]
    lines += [_card_line(one, scanned) for one in facts.cards[:1]]
    lines += [_registration_line(one, scanned, today) for one in facts.registrations[:1]]
    lines += [_paper_line(one, scanned, today) for one in facts.certificates]
    return tuple(lines)


def _validity(until: date | None, today: date) -> tuple[str, Literal["ok", "warn", "bad", "none"]]:
    if until is None:
        return "", "none"
    if until < today:
        return f"истёк {until:%d.%m.%Y}", "bad"
    if until - today <= SOON:
        return f"истекает {until:%d.%m}", "warn"
    return f"до {until:%d.%m.%Y}", "ok"


def _identity_line(one: IdentityDocument, scanned: set[str], today: date) -> DocumentLine:
    caption, state = _validity(one.valid_to, today)
    return DocumentLine(
        "identity_document",
        one.id,
        display("identity_document", "document_type", one.document_type) or "Документ",
        joined_number(one.series, one.number),
        one.valid_to,
        caption,
        state,
        _PAPER_ICONS.get(one.document_type or "", "id-card"),
        bool(scanned & {one.id, one.document_type, "identity_document"}),
    )


def _permit_line(one: StayPermit, scanned: set[str], today: date) -> DocumentLine:
    caption, state = _validity(one.valid_to, today)
    return DocumentLine(
        "stay_permit",
        one.id,
        display("stay_permit", "permit_type", one.permit_type) or "Разрешение",
        joined_number(one.series, one.number),
        one.valid_to,
        caption,
        state,
        _PAPER_ICONS.get(one.permit_type or "", "badge-check"),
        bool(scanned & {one.id, one.permit_type, "stay_permit"}),
    )


def _card_line(one: MigrationCard, scanned: set[str]) -> DocumentLine:
    purpose = CODED["migration_card", "purpose"].get(one.purpose or "", "").lower()
    return DocumentLine(
        "migration_card",
        one.id,
        "Миграционная карта",
        joined_number(one.series, one.number),
        one.stay_until,
        f"цель «{purpose}»" if purpose else "",
        "none",
        "id-card",
        bool(scanned & {one.id, "migration_card"}),
    )


def _registration_line(one: Registration, scanned: set[str], today: date) -> DocumentLine:
    caption, state = _validity(one.valid_to, today)
    if one.removed_on is not None:
        caption, state = f"снят с учёта {one.removed_on:%d.%m.%Y}", "none"
    return DocumentLine(
        "registration",
        one.id,
        "Учёт по месту пребывания",
        "",
        one.valid_to,
        caption,
        state,
        "map-pin",
        bool(scanned & {one.id, "registration"}),
    )


def _paper_line(one: Certificate, scanned: set[str], today: date) -> DocumentLine:
    caption, state = _validity(one.valid_to, today)
    if not caption and one.issued_on is not None:
        caption = f"от {one.issued_on:%d.%m.%Y}"
    return DocumentLine(
        "certificate",
        one.id,
        display("certificate", "certificate_type", one.certificate_type) or "Справка",
        one.number or "",
        one.valid_to,
        caption,
        state,
        _PAPER_ICONS.get(one.certificate_type or "", "file-text"),
        bool(scanned & {one.id, one.certificate_type, "certificate"}),
    )
