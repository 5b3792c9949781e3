"""Which column of somebody's list means what: headings in Russian and English, loosely worded."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_EXACT: Final = {
    "дата рожд": "birth_date", "д р": "birth_date", "др": "birth_date", "dob": "birth_date",
    "birthday": "birth_date", "born": "birth_date", "серия": "document_series",
    "series": "document_series", "номер": "document_number", "number": "document_number",
    "имя": "given", "name": "given", "first name": "given", "given name": "given",
    "given names": "given", "firstname": "given", "last name": "surname", "lastname": "surname",
    "family name": "surname", "middle name": "patronymic", "middlename": "patronymic",
    "full name": "full_name", "fullname": "full_name", "фио": "full_name", "ф и о": "full_name",
    "страна": "citizenship", "country": "citizenship", "nationality": "citizenship",
    "тел": "phone", "моб": "phone", "mobile": "phone", "inn": "inn", "tin": "inn",
    "должность": "profession", "специальность": "profession", "организация": "employer",
    "n": "n", "nn": "n", "n п п": "n", "п п": "n",
    "предприятие": "employer", "company": "employer", "mail": "email", "e mail": "email",
    "дата въезда в рф": "entered_on", "entry date": "entered_on", "въезд": "entered_on",
}  # fmt: skip

_LATIN: Final = ("лат", "lat", "англ", "eng")
_NAMES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("surname", ("фамил", "surname", "last name", "family name")),
    ("patronymic", ("отчеств", "patronymic", "middle name")),
    ("full_name", ("фио", "full name", "полное имя")),
    ("given", ("имя", "given", "first name")),
)
_PLAIN: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("birth_date", ("рожден", "birth")),
    ("entered_on", ("въезд", "entry", "entered", "arriv")),
    ("citizenship", ("гражданств", "подданств", "citizenship", "nationality")),
    ("sex", ("пол", "sex", "gender")),
    ("phone", ("телефон", "phone", "мобильн")),
    ("email", ("почта", "email", "mail")),
    ("inn", ("инн", "inn")),
    ("snils", ("снилс", "snils")),
    ("profession", ("професс", "должност", "специальн", "profession", "position", "occupation")),
    ("employer", ("работодат", "организац", "employer", "company")),
)
_PATENT: Final = ("патент", "patent")
_DOCUMENT: Final = ("паспорт", "документ", "удостоверен", "passport", "document")


def field_of(heading: str) -> str | None:
    """The field that a heading means, or None if it means nothing we keep."""
    plain = " ".join(re.sub(r"[\W_]+", " ", heading.lower().replace("ё", "е")).split())
    plain = plain.replace("ф и о", "фио")
    if plain in _EXACT:
        return _EXACT[plain]
    if not plain and "№" in heading:
        return "n"
    if _says(plain, _PATENT):
        return _of_paper(plain, "patent")
    if _says(plain, _DOCUMENT):
        return _of_paper(plain, "document")
    for name, words in _NAMES:
        if _says(plain, words):
            return f"{name}_latin" if _says(plain, _LATIN) else name
    return next((name for name, words in _PLAIN if _says(plain, words)), None)


def _says(plain: str, words: Sequence[str]) -> bool:
    """Whether a word of the heading begins with one of these; short ones must stand alone."""
    return any(
        f" {word} " in f" {plain} "
        if len(word) <= 3 and word not in _LATIN
        else f" {word}" in f" {plain}"
        for word in words
    )


def _of_paper(plain: str, subject: str) -> str | None:
    series = _says(plain, ("сери", "series"))
    number = _says(plain, ("номер", "number", "no", "num"))
    if series and not number:
        return f"{subject}_series"
    if _says(plain, ("действ", "valid", "expir", "оконч", "срок", "годен")):
        return f"{subject}_valid_to"
    if _says(plain, ("выда", "issue", "дата", "date")):
        by_whom = _says(plain, ("кем", "by", "орган"))
        return None if by_whom else f"{subject}_issued_on"
    if subject == "patent" and _says(plain, ("регион", "region", "субъект")):
        return "patent_region"
    if _says(plain, ("вид", "тип", "type", "kind", "страна", "country")):
        return None
    return f"{subject}_number" if number and not series else subject


def columns_of(headings: Sequence[str]) -> dict[int, str]:
    """The field of each column by its place; of two columns for one field the first counts."""
    found: dict[int, str] = {}
    for at, heading in enumerate(headings):
        name = field_of(heading) if heading.strip() else None
        if name is not None and name not in found.values():
            found[at] = name
    return found


def names_somebody(fields: dict[int, str]) -> bool:
    """Whether a row with these columns can be a heading: a name and one thing more."""
    held = set(fields.values()) - {"n"}
    return len(held) >= 2 and bool(
        held & {"surname", "surname_latin", "full_name", "full_name_latin"}
    )
