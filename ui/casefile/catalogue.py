"""Which fields of which record people edit, with which editor, in which order.

A new field of the model appears on the screens by one line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from arm.model import fields, kinds

Editor = Literal["text", "long", "date", "choice", "languages"]


@dataclass(frozen=True)
class EditSpec:
    """How one field is edited. ``wide`` fields take a whole row of the form."""

    field: str
    editor: Editor = "text"
    wide: bool = False
    placeholder: str = ""


@dataclass(frozen=True)
class NewPaper:
    """A paper that can be added from the menu: a kind of record with its first values."""

    kind: str
    title: str
    icon: str
    values: tuple[tuple[str, str], ...] = ()


def _date(field: str) -> EditSpec:
    return EditSpec(field, "date", placeholder="дд.мм.гггг")


def _choice(field: str, *, wide: bool = False) -> EditSpec:
    return EditSpec(field, "choice", wide=wide)


FORMS: dict[str, tuple[EditSpec, ...]] = {
    "person": (
        EditSpec("surname", placeholder="Как в паспорте"),
        EditSpec("surname_latin"),
        EditSpec("given"),
        EditSpec("given_latin"),
        EditSpec("patronymic"),
        EditSpec("patronymic_latin"),
        _date("birth_date"),
        _choice("sex"),
        _choice("citizenship"),
        _choice("birth_country"),
        EditSpec("birth_place", wide=True),
        EditSpec("inn"),
        EditSpec("snils"),
        EditSpec("employer"),
        EditSpec("profession"),
        EditSpec("phone", placeholder="+7 900 000-00-00"),
        EditSpec("email"),
        EditSpec("languages", "languages", wide=True, placeholder="узбекский, русский"),
    ),
    "identity_document": (
        _choice("document_type"),
        _choice("country"),
        EditSpec("series"),
        EditSpec("number"),
        _date("issued_on"),
        _date("valid_to"),
        EditSpec("issued_by", wide=True, placeholder="Как в паспорте"),
    ),
    "migration_card": (
        EditSpec("series"),
        EditSpec("number"),
        _date("entered_on"),
        _choice("purpose"),
        _date("stay_until"),
        _date("left_on"),
    ),
    "stay_permit": (
        _choice("permit_type"),
        _choice("region"),
        EditSpec("series"),
        EditSpec("number"),
        _date("issued_on"),
        _date("valid_to"),
        _date("paid_through"),
        EditSpec("profession"),
        EditSpec("issued_by", wide=True),
    ),
    "certificate": (
        _choice("certificate_type"),
        EditSpec("number"),
        _date("issued_on"),
        _date("valid_to"),
        EditSpec("issued_by", wide=True),
    ),
    "registration": (
        EditSpec("address", "long", wide=True, placeholder="Город, улица, дом, квартира"),
        _choice("place_kind"),
        _date("arrived_on"),
        _date("registered_on"),
        _date("valid_to"),
        EditSpec("right_of_use", wide=True, placeholder="Договор найма, дата и номер"),
        EditSpec("previous_address", "long", wide=True),
        _date("removed_on"),
    ),
    "host_party": (
        _choice("host_kind", wide=True),
        EditSpec("surname"),
        EditSpec("given"),
        EditSpec("patronymic"),
        EditSpec("phone"),
        _choice("document_type"),
        EditSpec("document_series"),
        EditSpec("document_number"),
        _date("document_issued_on"),
        _date("document_valid_to"),
        EditSpec("address", "long", wide=True),
        EditSpec("organisation", wide=True),
        EditSpec("organisation_inn"),
        EditSpec("organisation_address", "long", wide=True),
    ),
}

PAPERS: tuple[NewPaper, ...] = (
    NewPaper("identity_document", "Паспорт", "book-user", (("document_type", "passport"),)),
    NewPaper("identity_document", "Другой документ личности", "id-card", ()),
    NewPaper("migration_card", "Миграционная карта", "id-card", ()),
    NewPaper("registration", "Учёт по месту пребывания", "map-pin", ()),
    NewPaper("stay_permit", "Патент", "badge-check", (("permit_type", "patent"),)),
    NewPaper("stay_permit", "Виза", "plane", (("permit_type", "visa"),)),
    NewPaper("stay_permit", "РВП", "badge-check", (("permit_type", "trp"),)),
    NewPaper("stay_permit", "ВНЖ", "badge-check", (("permit_type", "prp"),)),
    NewPaper("certificate", "Медзаключение", "stethoscope", (("certificate_type", "medical"),)),
    NewPaper("certificate", "Отпечатки", "fingerprint", (("certificate_type", "fingerprints"),)),
    NewPaper(
        "certificate", "Сертификат об экзамене", "graduation-cap", (("certificate_type", "exam"),)
    ),
    NewPaper("certificate", "Полис ДМС", "heart-pulse", (("certificate_type", "insurance"),)),
    NewPaper(
        "certificate", "Перевод паспорта", "languages", (("certificate_type", "translation"),)
    ),
    NewPaper("certificate", "Трудовой договор", "file-text", (("certificate_type", "contract"),)),
)


def label_of(kind: str, field: str) -> str:
    """The field's Russian name, the same on screens, in conflicts and in history."""
    return fields(kinds()[kind])[field].label


def spec_of(kind: str, field: str) -> EditSpec:
    """How a field is edited; a field outside the forms is plain text."""
    for spec in FORMS.get(kind, ()):
        if spec.field == field:
            return spec
    return EditSpec(field)
