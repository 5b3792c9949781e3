"""How a field's value is shown to people, in Russian."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from itertools import chain
from types import MappingProxyType
from typing import Any

from arm.casework import reference
from arm.model import Entry, fields, kinds

CODED: Mapping[tuple[str, str], Mapping[str, str]] = MappingProxyType(
    {
        ("person", "sex"): {"M": "мужской", "F": "женский"},
        ("identity_document", "document_type"): {
            "passport": "Паспорт",
            "id_card": "ID-карта",
            "travel_document": "Проездной документ",
            "birth_certificate": "Свидетельство о рождении",
            "other": "Другой документ",
        },
        ("migration_card", "purpose"): {
            "work": "Работа",
            "study": "Учёба",
            "private": "Частная",
            "tourism": "Туризм",
            "business": "Деловая",
            "official": "Служебная",
            "transit": "Транзит",
            "humanitarian": "Гуманитарная",
            "other": "Другая",
        },
        ("stay_permit", "permit_type"): {
            "patent": "Патент",
            "visa": "Виза",
            "work_permit": "Разрешение на работу",
            "trp": "РВП",
            "trp_education": "РВПО",
            "prp": "ВНЖ",
        },
        ("certificate", "certificate_type"): {
            "medical": "Медзаключение",
            "fingerprints": "Дактилоскопия",
            "exam": "Сертификат об экзамене",
            "insurance": "Полис ДМС",
            "translation": "Перевод паспорта",
            "contract": "Трудовой договор",
        },
        ("registration", "place_kind"): {
            "dwelling": "Жилое помещение",
            "other_premises": "Иное помещение",
            "organisation": "Организация",
        },
        ("host_party", "host_kind"): {
            "person": "Физическое лицо",
            "organisation": "Организация",
        },
        ("host_party", "document_type"): {
            "passport": "Паспорт",
            "residence_permit": "Вид на жительство",
            "other": "Другой документ",
        },
        ("consent", "purpose"): {"case": "ведение дела"},
        ("issued_form", "form"): {
            "arrival_notice": "Уведомление о прибытии",
            "case_card": "Карточка дела",
            "consent": "Согласие на обработку данных",
            "destruction_act": "Акт об уничтожении персональных данных",
            "disclosures": "Кому передавали сведения",
            "ndfl_receipt": "Квитанция на оплату НДФЛ",
        },
        ("info_request", "direction"): {"out": "от нас", "in": "нам"},
        ("disclosure", "way"): {
            "projection": "по правилу передачи",
            "request": "в запросе",
            "request_answer": "в ответе на запрос",
            "registry": "в ответе реестра",
            "export": "выгрузка",
            "print": "на бумаге",
        },
        ("route_step", "state"): {
            "done": "пройден",
            "repeat": "пройти заново",
            "not_needed": "не нужен",
        },
        ("person_merge", "state"): {
            "merged": "объединены",
            "undone": "разъединены",
        },
        ("deadline", "state"): {
            "open": "открыт",
            "done": "сделано",
            "not_needed": "не нужно",
        },
    }
)
"""Titles of coded fields by (kind, field)."""

WHO = MappingProxyType(
    {
        "applicant": "заявитель",
        "office": "центр",
        "employer": "работодатель",
        "host": "принимающая сторона",
        "university": "вуз",
        "police": "МВД",
        "tax": "налоговая инспекция",
    }
)
"""Who has to act on a term."""

RULES = MappingProxyType(
    {
        "registration": "Поставить на учёт",
        "registration_expiry": "Продлить учёт",
        "fingerprints": "Дактилоскопия",
        "medical": "Медосвидетельствование",
        "medical_expiry": "Обновить медосвидетельствование",
        "patent_application": "Заявление на патент",
        "patent_payment": "Оплата патента",
        "patent_reissue": "Переоформление патента",
        "permit_expiry": "Срок разрешительного документа",
        "stay_limit": "Срок пребывания",
        "document_expiry": "Срок паспорта",
        "insurance_expiry": "Срок полиса ДМС",
        "medical_validity": "Обновить медосвидетельствование",
        "manual": "Свой срок",
    }
)
"""Short names of the kinds of terms, for filters and history."""

_COUNTRY_FIELDS = frozenset({"citizenship", "birth_country", "country"})
_HIDDEN = frozenset(
    {"person_id", "case_id", "host_id", "sha256", "scope", "other_id", "moved", "taken", "seen"}
)


def field_label(kind: str, field: str | None) -> str:
    """The Russian name of a field, or of the whole record."""
    cls = kinds().get(kind)
    if cls is None:
        return field or kind
    if not field:
        return cls.title
    if field == "scope":
        return "Подразделение"
    spec = fields(cls).get(field)
    return spec.label if spec else field


def kind_title(kind: str) -> str:
    """What people call a kind of record."""
    cls = kinds().get(kind)
    return cls.title if cls else kind


def is_reference(field: str) -> bool:
    """Whether a field only points at another record: nothing to read in itself."""
    return field in _HIDDEN


def choices(kind: str, field: str) -> list[tuple[str, str]] | None:
    """The codes of a coded field with their titles, or ``None`` for free text."""
    coded = CODED.get((kind, field))
    if coded is not None:
        return list(coded.items())
    if field in _COUNTRY_FIELDS:
        return reference.country_choices()
    if field == "region":
        return list(reference.regions().items())
    if field in ("languages", "language"):
        return list(reference.languages().items())
    if (kind, field) == ("case_file", "route"):
        return [(route.code, route.title) for route in reference.routes()]
    return None


def is_coded(kind: str, field: str) -> bool:
    """Whether people read a title of ours there, not what somebody typed."""
    coded = (kind, field) in _NAMES or ("", field) in _NAMES
    return coded or field in ("languages", "language")


def titles_of(kind: str) -> frozenset[str]:
    """Every title of a code that a summary of such a record may name."""
    tables = [titles for (one, _), titles in CODED.items() if one == kind]
    countries = (title for _, title in reference.country_choices())
    return frozenset(chain(countries, *(titles.values() for titles in tables)))


def display(kind: str, field: str, value: Any, people: Mapping[str, str] | None = None) -> str:
    """A value for people: dates дд.мм.гггг, names of countries, titles of codes.

    ``value`` may be a Python value or its wire form. Empty gives an empty string.
    """
    if value is None or value in ("", [], frozenset()):
        return ""
    named = _NAMES.get((kind, field)) or _NAMES.get(("", field))
    if named is not None:
        return named(str(value))
    if field in ("languages", "language"):
        codes = [value] if isinstance(value, str) else sorted(value)
        return ", ".join(reference.languages().get(code, code) for code in codes)
    if field in ("responsible", "author", "added_by", "printed_by", "merged_by", "snoozed_by"):
        return (people or {}).get(str(value), str(value))
    if field == "contact_log":
        return "; ".join(_entry(entry, people or {}) for entry in value)
    return _plain(value)


def _entry(said: Any, people: Mapping[str, str]) -> str:
    """«14.07.2026 в 12:30 Орлова М. С.: просит перенести запись»."""
    entry = said if isinstance(said, Entry) else Entry.from_wire(said)
    who = short_full_name(people.get(entry.by, entry.by))
    return f"{_plain(entry.at)} {who}: {entry.text}"


def _titles(coded: Mapping[str, str]) -> Callable[[str], str]:
    return lambda code: coded.get(code, code)


_NAMES: Mapping[tuple[str, str], Callable[[str], str]] = MappingProxyType(
    {
        **{place: _titles(coded) for place, coded in CODED.items()},
        **{("", field): reference.country_name for field in _COUNTRY_FIELDS},
        ("", "region"): lambda code: reference.regions().get(code, code),
        ("case_file", "route"): reference.route_title,
        ("route_step", "step"): reference.step_title,
        ("deadline", "rule"): _titles(RULES),
    }
)
"""What turns a code into its name, by (kind, field) or by field alone."""


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone():%d.%m.%Y в %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, (dict, list)):
        return _composed(value)
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" == value[7:8]:
        return _from_iso(value)
    return str(value)


def _composed(value: dict[str, Any] | list[Any]) -> str:
    """Facts that passed between organisations: «Патент оплачен по: 01.08.2026; …»."""
    if isinstance(value, list):
        return "; ".join(map(_plain, value))
    if "label" not in value:
        return f"заполнено полей: {len(value)}"
    told = _plain(value["value"]) if value.get("value") else ""
    return f"{value['label']}: {told}" if told else str(value["label"])


def _from_iso(value: str) -> str:
    try:
        if len(value) == 10:
            return f"{date.fromisoformat(value):%d.%m.%Y}"
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    local = at.astimezone() if at.tzinfo else at.replace(tzinfo=UTC).astimezone()
    return f"{local:%d.%m.%Y в %H:%M}"


def full_name(surname: str | None, given: str | None, patronymic: str | None = None) -> str:
    """«Каримов Улугбек Шавкатович»."""
    return " ".join(part for part in (surname, given, patronymic) if part)


def short_name(surname: str | None, given: str | None, patronymic: str | None = None) -> str:
    """«Каримов У. Ш.»."""
    initials = " ".join(f"{part[0]}." for part in (given, patronymic) if part)
    return " ".join(part for part in (surname, initials) if part)


def short_full_name(name: str) -> str:
    """«Орлова Мария Сергеевна» → «Орлова М. С.»."""
    parts = name.split()
    return " ".join([*parts[:1], *(f"{part[0]}." for part in parts[1:])])


def joined_number(series: str | None, number: str | None) -> str:
    """Series and number of a document as people read them."""
    return f"{series} {number}" if series and number else series or number or ""
