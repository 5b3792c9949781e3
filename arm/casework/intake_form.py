"""The form of a new intake: what is typed, how it is checked, how it is kept unfinished."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import date
from typing import Any

from arm.casework import reference
from arm.casework.errors import FieldProblem
from arm.casework.labels import short_name
from arm.casework.validation import NotADate, pair_problems, problem
from arm.casework.validation import parse_day as parse_typed_day
from arm.exchange.mrz import Mrz, read_mrz
from arm.model.names import guess_cyrillic
from arm.store.store import Draft, Store

SUBJECT = "intake"
"""The subject under which unfinished intakes are kept."""

_LIFETIME = 120
_DATES = ("birth_date", "issued_on", "valid_to", "entered_on")
_KINDS = {"TD1": "id_card", "TD2": "id_card", "TD3": "passport"}


@dataclass(frozen=True)
class IntakeForm:
    """A new person as typed or read from the document. Empty means not known yet."""

    surname: str = ""
    given: str = ""
    patronymic: str = ""
    surname_latin: str = ""
    given_latin: str = ""
    birth_date: date | None = None
    sex: str = ""
    """``M``, ``F`` or empty."""
    citizenship: str = ""
    """ISO 3166-1 alpha-3."""
    document_type: str = "passport"
    document_series: str = ""
    document_number: str = ""
    issued_on: date | None = None
    valid_to: date | None = None
    issued_by: str = ""
    entered_on: date | None = None
    purpose: str = ""
    card_series: str = ""
    card_number: str = ""
    route: str = ""
    phone: str = ""
    languages: frozenset[str] = frozenset()
    address: str = ""
    employer: str = ""
    inn: str = ""
    consent: bool = False
    mrz: str = ""
    """The machine-readable zone as it was read, if it was."""


FORM_FIELDS = tuple(field.name for field in dataclass_fields(IntakeForm))

_CHECKED = {
    "surname": ("person", "surname"),
    "given": ("person", "given"),
    "patronymic": ("person", "patronymic"),
    "surname_latin": ("person", "surname_latin"),
    "given_latin": ("person", "given_latin"),
    "birth_date": ("person", "birth_date"),
    "sex": ("person", "sex"),
    "citizenship": ("person", "citizenship"),
    "phone": ("person", "phone"),
    "inn": ("person", "inn"),
    "document_type": ("identity_document", "document_type"),
    "issued_on": ("identity_document", "issued_on"),
    "valid_to": ("identity_document", "valid_to"),
    "entered_on": ("migration_card", "entered_on"),
    "purpose": ("migration_card", "purpose"),
    "card_series": ("migration_card", "series"),
    "card_number": ("migration_card", "number"),
}
"""Which record's field each field of the form becomes, where there is something to check."""

_REQUIRED = (
    ("birth_date", "Укажите дату рождения"),
    ("citizenship", "Выберите гражданство"),
    ("document_number", "Укажите номер документа"),
)


def parse_day(text: str | None) -> date | None:
    """A day as typed; see :func:`arm.casework.validation.parse_day`."""
    return parse_typed_day(text)


def from_mrz(text: str, today: date) -> tuple[IntakeForm, Mrz]:
    """The form filled from a machine-readable zone; names in Cyrillic are a guess to confirm.

    Wrong check digits stand in the zone's ``problems``; what could be read is filled in anyway.
    Raises what :func:`arm.exchange.mrz.read_mrz` raises.
    """
    zone = read_mrz(text, today)
    citizenship = zone.nationality or zone.issuer or ""
    known = citizenship if citizenship in reference.countries() else ""
    form = IntakeForm(
        surname=guess_cyrillic(zone.surname, known) if zone.surname else "",
        given=guess_cyrillic(zone.given, known) if zone.given else "",
        surname_latin=zone.surname,
        given_latin=zone.given,
        birth_date=zone.birth_date,
        sex=zone.sex if zone.sex in ("M", "F") else "",
        citizenship=known,
        document_type=_KINDS.get(zone.kind, "passport"),
        document_series="",
        document_number=zone.number,
        valid_to=zone.expiry_date,
        mrz=text.strip(),
    )
    series, number = split_number(zone.number)
    return replace(form, document_series=series, document_number=number), zone


def split_number(number: str) -> tuple[str, str]:
    """Leading letters are the series, as Russian papers write it: ``FA4182907`` → FA, 4182907."""
    bare = number.replace(" ", "")
    letters = len(bare) - len(bare.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if 0 < letters <= 3 and bare[letters:].isdigit():
        return bare[:letters], bare[letters:]
    return "", bare


def check(form: IntakeForm, today: date) -> list[FieldProblem]:
    """What has to be put right before the person can be taken in."""
    found: list[FieldProblem] = []
    if not form.surname.strip() and not form.surname_latin.strip():
        found.append(FieldProblem("surname", "Укажите фамилию"))
    for field, text in _REQUIRED:
        if not getattr(form, field):
            found.append(FieldProblem(field, text))
    for field, (kind, name) in _CHECKED.items():
        value = getattr(form, field)
        value = value.strip() if isinstance(value, str) else value
        why = problem(kind, name, value or None, today)
        if why is not None:
            found.append(FieldProblem(field, why))
    if form.birth_date and today.year - form.birth_date.year > _LIFETIME:
        found.append(FieldProblem("birth_date", "Проверьте год рождения"))
    if form.birth_date and form.entered_on and form.entered_on < form.birth_date:
        found.append(FieldProblem("entered_on", "Въезд раньше рождения. Проверьте даты"))
    dates = {"issued_on": form.issued_on, "valid_to": form.valid_to}
    found += pair_problems(dates, set(dates))
    if bool(form.card_series.strip()) != bool(form.card_number.strip()):
        empty = "card_series" if form.card_number.strip() else "card_number"
        found.append(FieldProblem(empty, "У миграционной карты нужны и серия, и номер"))
    return found


def done_share(form: IntakeForm) -> int:
    """How much of the form is filled, in percent."""
    counted = (
        "surname", "given", "surname_latin", "birth_date", "citizenship", "document_number",
        "valid_to", "entered_on", "purpose", "card_number", "route", "phone", "consent",
    )  # fmt: skip
    return round(100 * sum(bool(getattr(form, name)) for name in counted) / len(counted))


def to_json(form: IntakeForm) -> dict[str, Any]:
    """The form as plain JSON; :func:`from_json` is the inverse."""
    kept: dict[str, Any] = {}
    for name in FORM_FIELDS:
        value = getattr(form, name)
        if isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, frozenset):
            value = sorted(value)
        kept[name] = value
    return kept


def from_json(kept: dict[str, Any]) -> IntakeForm:
    """A form from a draft; fields that are not known any more are passed over."""
    values = {name: value for name, value in kept.items() if name in FORM_FIELDS}
    for name in _DATES:
        try:
            values[name] = parse_typed_day(values.get(name))
        except NotADate:
            values[name] = None
    values["languages"] = frozenset(values.get("languages") or ())
    return IntakeForm(**values)


def save_draft(store: Store, form: IntakeForm, draft_id: str | None = None) -> str:
    """Keep an unfinished intake; returns its id for the next save."""
    title = short_name(form.surname, form.given) or form.surname_latin or "Без имени"
    return store.save_draft(SUBJECT, title, to_json(form), done_share(form), draft_id)


def drafts(store: Store) -> list[tuple[Draft, IntakeForm]]:
    """One's own unfinished intakes, newest first."""
    return [(draft, from_json(draft.body)) for draft in store.drafts(SUBJECT)]


def drop_draft(store: Store, draft_id: str) -> None:
    """Forget an unfinished intake."""
    store.drop_draft(draft_id)
