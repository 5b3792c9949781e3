"""What the intake asks, and how the form of casework and the fields on the screen correspond."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from arm.casework import reference
from arm.casework.intake import IntakeForm
from arm.casework.intake_form import split_number
from arm.casework.labels import choices, joined_number
from ui.design.text import t
from ui.workspaces.center.field_grid import Asked, FieldGrid, Value

COLUMNS = 4
READ_FROM_ZONE = (
    "surname_latin", "given_latin", "birth_date", "citizenship", "document", "valid_to", "sex",
)  # fmt: skip
"""Fields that a check digit or the zone itself vouches for."""
GUESSED = ("surname", "given")
_SAME = (
    "surname", "given", "patronymic", "surname_latin", "given_latin", "sex", "citizenship",
    "document_type", "issued_by", "purpose",
)  # fmt: skip
_SAME_DATES = ("birth_date", "issued_on", "valid_to", "entered_on")
_SAME_CONTACTS = ("phone", "employer", "inn", "address")
FIELD_OF: Mapping[str, str] = {
    "document_number": "document",
    "document_series": "document",
    "card_series": "card",
    "card_number": "card",
    "languages": "language",
}
"""Where on the screen a field of the form stands, if the names differ."""


@dataclass(frozen=True)
class Host:
    """Who receives the person, as far as it is known at the desk."""

    kind: str = ""
    """``person``, ``organisation`` or empty."""
    name: str = ""
    phone: str = ""
    inn: str = ""

    def record(self) -> dict[str, Any]:
        """The fields of a host party; empty when nothing was typed."""
        if not self.name:
            return {}
        if self.kind == "organisation":
            return {
                "host_kind": "organisation",
                "organisation": self.name,
                "organisation_inn": self.inn or None,
                "phone": self.phone or None,
            }
        surname, _, rest = self.name.partition(" ")
        given, _, patronymic = rest.partition(" ")
        return {
            "host_kind": "person",
            "surname": surname,
            "given": given or None,
            "patronymic": patronymic or None,
            "phone": self.phone or None,
        }


def passport_asked() -> list[Asked]:
    """The passport, the entry and the migration card, as in the mockup, then the rest."""
    states = _translated(reference.country_choices())
    return [
        Asked("surname", t("Фамилия"), required=True),
        Asked("given", t("Имя")),
        Asked("patronymic", t("Отчество")),
        Asked("birth_date", t("Дата рождения"), "date", required=True),
        Asked("surname_latin", t("Фамилия латиницей"), upper=True),
        Asked("given_latin", t("Имя латиницей"), upper=True),
        Asked("citizenship", t("Гражданство"), "choice", required=True, options=states),
        Asked("document", t("Номер паспорта"), required=True, upper=True),
        Asked("valid_to", t("Действует до"), "date"),
        Asked("entered_on", t("Дата въезда"), "date"),
        Asked("purpose", t("Цель въезда"), "choice", options=_options("migration_card", "purpose")),
        Asked("card", t("Миграционная карта")),
        Asked("sex", t("Пол"), "choice", options=_options("person", "sex")),
        Asked(
            "document_type",
            t("Вид документа"),
            "choice",
            options=_options("identity_document", "document_type"),
        ),
        Asked("issued_on", t("Дата выдачи"), "date"),
        Asked("issued_by", t("Кем выдан")),
    ]


def contacts_asked() -> list[Asked]:
    """How to reach the person, where they stay and who receives them."""
    return [
        Asked("phone", t("Телефон")),
        Asked(
            "language",
            t("Язык общения"),
            "choice",
            options=_translated(reference.languages().items()),
        ),
        Asked("employer", t("Работодатель")),
        Asked("inn", t("ИНН")),
        Asked("address", t("Адрес места пребывания"), span=4),
        Asked(
            "host_kind",
            t("Кто принимает"),
            "choice",
            options=(("person", t("Человек")), ("organisation", t("Организация"))),
        ),
        Asked("host_name", t("ФИО или название принимающей стороны"), span=2),
        Asked("host_phone", t("Телефон принимающей стороны")),
    ]


def _options(kind: str, field: str) -> tuple[tuple[str, str], ...]:
    return _translated(choices(kind, field) or ())


def _translated(options: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((code, t(title)) for code, title in options)


def read_form(passport: FieldGrid, contacts: FieldGrid, before: IntakeForm) -> IntakeForm:
    """The form as it stands on the screen; ``before`` keeps route, consent and zone."""
    values: dict[str, Any] = {name: passport.text(name) for name in _SAME}
    values |= {name: passport.day(name) for name in _SAME_DATES}
    values |= {name: contacts.text(name) for name in _SAME_CONTACTS}
    series, number = split_number(passport.text("document"))
    card_series, card_number = split_card(passport.text("card"))
    language = contacts.text("language")
    return replace(
        before,
        document_series=series,
        document_number=number,
        card_series=card_series,
        card_number=card_number,
        languages=frozenset((language,)) if language else frozenset(),
        **values,
    )


def read_host(contacts: FieldGrid) -> Host:
    """The receiving side as typed."""
    return Host(contacts.text("host_kind"), contacts.text("host_name"), contacts.text("host_phone"))


def passport_values(form: IntakeForm) -> dict[str, Value]:
    """What the first grid shows of a form."""
    values: dict[str, Value] = {name: getattr(form, name) for name in (*_SAME, *_SAME_DATES)}
    values["document"] = joined_number(form.document_series, form.document_number)
    values["card"] = joined_number(form.card_series, form.card_number)
    return values


def contact_values(form: IntakeForm, host: Host) -> dict[str, Value]:
    """What the second grid shows of a form."""
    values: dict[str, Value] = {name: getattr(form, name) for name in _SAME_CONTACTS}
    values["language"] = next(iter(sorted(form.languages)), "")
    values |= {"host_kind": host.kind, "host_name": host.name, "host_phone": host.phone}
    return values


def split_card(text: str) -> tuple[str, str]:
    """«46 26 0048175» → («4626», «0048175»): a card has a series of four digits."""
    digits = "".join(char for char in text if char.isdigit())
    if len(digits) <= 4 or any(char.isalpha() for char in text):
        return "", text.strip()
    return digits[:4], digits[4:]


def marks_after_zone(good: bool) -> dict[str, tuple[str, str]]:
    """Marks of the fields a zone filled: field → (mark, note)."""
    mark = "ok" if good else "typed"
    marks = dict.fromkeys(READ_FROM_ZONE, (mark, ""))
    return marks | dict.fromkeys(GUESSED, (mark, t("подобрано")))
