"""Facts of a case → consent to the processing of personal data.

Everything that ст. 9 ч. 4 of 152-ФЗ asks for is on the Russian page. The translation is for the
person who signs, and is left out of the boxes when the language is Russian.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from arm.law.tables import LawTables
from arm.model import CaseFacts
from forms.kit.sources import full_name, joined, words
from forms.kit.spec import Edition

LANGUAGES = ("uz", "tg", "ky")
"""Languages of the unofficial translations (ISO 639-1)."""

_BY_CITIZENSHIP = {"UZB": "uz", "TJK": "tg", "KGZ": "ky"}
_PROSE = ("intro", "purpose", "data", "processor", "actions", "term")


def fill(
    facts: CaseFacts, extra: Mapping[str, str], edition: Edition, tables: LawTables
) -> dict[str, str]:
    """The words of the document, who signs it, and the translation if one is wanted."""
    del tables
    russian = wording()["ru"]
    person, office = facts.person, facts.office
    boxes = {name: russian[name] for name in _PROSE}
    boxes |= {
        "subject_name": full_name(person.surname, person.given, person.patronymic),
        "subject_document": _document(facts),
        "operator_name": joined(office.name, f"ИНН {office.inn}" if office.inn else ""),
        "footer": (
            f"Редакция текста {edition.id}. Подготовил(а): {facts.filled_by}, "
            f"{facts.on:%d.%m.%Y}. Мигрант ID {person.migrant_id or 'не присвоен'}"
        ),
    }
    language = translation_language(facts, extra.get("language", "auto"))
    if language:
        boxes |= {f"t_{name}": text for name, text in wording()[language].items()}
    else:
        boxes |= {f"t_{name}": "" for name in _COPIED}
    return boxes


_COPIED = (
    "subject_name",
    "subject_document",
    "subject_address",
    "subject_representative",
    "operator_name",
    "operator_place",
    "footer",
)


def translation_language(facts: CaseFacts, asked: str) -> str:
    """The language of the back page; empty = no translation.

    ``auto``: the language of the citizenship, otherwise the first one the person speaks.
    """
    if asked in LANGUAGES:
        return asked
    if asked != "auto":
        return ""
    own = _BY_CITIZENSHIP.get(facts.person.citizenship or "")
    if own:
        return own
    return next((one for one in LANGUAGES if one in (facts.person.languages or ())), "")


@cache
def wording() -> dict[str, dict[str, str]]:
    """The texts by language."""
    path = Path(__file__).with_name("wording.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _document(facts: CaseFacts) -> str:
    document = facts.document
    if document is None or not document.number:
        return ""
    return joined(
        joined(document.series, document.number, by=" "),
        f"выдан {words(document.issued_on)}" if document.issued_on else "",
        document.issued_by,
    )
