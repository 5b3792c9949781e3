"""Perhaps we know this person already: duplicates found at entry, field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy.orm import Session

from arm.casework.intake_form import IntakeForm
from arm.casework.labels import full_name, joined_number
from arm.casework.reference import country_name
from arm.model.names import fold, latin_key, masculine_key, sound_key
from arm.store.search import search
from arm.store.search_index import number_key
from arm.store.store import Store

Sign = Literal["=", "≈", "✕", ""]
"""Equal, similar, different; empty where one side is not known."""

LIKELY = 70
"""From this score a case is shown."""
CANDIDATES = 60

_WEIGHTS = {
    "surname": {"=": 30, "≈": 25},
    "given": {"=": 25, "≈": 19},
    "birth": {"=": 36, "≈": 15},
    "country": {"=": 5, "≈": 0},
    "patronymic": {"=": 4, "≈": 3},
}
_DIFFERENT_SEX = 25
_SAME_DOCUMENT = 99
_SAME_NUMBER = 98


@dataclass(frozen=True)
class Similar:
    """A case that may be the same person. ``lines``: label, typed now, in the case, sign."""

    person_id: str
    name: str
    migrant_id: str
    score: int
    """0–100."""
    lines: tuple[tuple[str, str, str, Sign], ...]
    reason: str
    """«Нашли дело с тем же именем и датой рождения»."""


@dataclass(frozen=True)
class _Candidate:
    person_id: str
    migrant_id: str
    surname: str
    given: str
    patronymic: str
    surname_latin: str
    given_latin: str
    birth_date: str
    sex: str
    citizenship: str
    inn: str
    documents: tuple[tuple[str, str], ...]
    """Number as people read it and last day, newest first."""


def similar(store: Store, form: IntakeForm, limit: int = 5) -> list[Similar]:
    """Cases that may be this person, the likeliest first."""
    with store.read() as session:
        rowids = _candidates(session, form)
        found = [_compare(form, one) for one in _read(session, rowids)]
    found = [one for one in found if one.score >= LIKELY]
    found.sort(key=lambda one: (-one.score, one.person_id))
    return found[:limit]


def _candidates(session: Session, form: IntakeForm) -> list[int]:
    """People who share a number or sound alike: few enough to compare one by one."""
    questions: list[str] = []
    number = joined_number(form.document_series, form.document_number)
    if len(number_key(number)) >= 5:
        questions.append(number)
    if form.inn.strip():
        questions.append(form.inn.strip())
    born = f" {form.birth_date:%d.%m.%Y}" if form.birth_date else ""
    for surname, given in (
        (form.surname, form.given),
        (form.surname_latin, form.given_latin),
    ):
        words = full_name(surname.strip(), given.strip())
        if words:
            questions.append(words)
            if born and surname.strip():
                questions.append(surname.strip() + born)
    found: dict[int, None] = {}
    for question in questions:
        found.update(dict.fromkeys(search(session, question, limit=CANDIDATES).rowids))
    return list(found)[: CANDIDATES * 2]


def _read(session: Session, rowids: Sequence[int]) -> list[_Candidate]:
    if not rowids:
        return []
    driver: Any = session.connection().connection.driver_connection
    asked = json.dumps(list(rowids))
    papers: dict[str, list[tuple[str, str, str]]] = {}
    for person_id, series, number, until, issued in driver.execute(
        "SELECT d.person_id, d.series, d.number, d.valid_to, d.issued_on "
        "FROM identity_document d JOIN listing l ON l.person_id = d.person_id "
        "WHERE d.deleted = 0 AND l.rowid IN (SELECT value FROM json_each(?))",
        (asked,),
    ):
        papers.setdefault(person_id, []).append(
            (issued or until or "", joined_number(series, number), until or "")
        )
    found: list[_Candidate] = []
    for row in driver.execute(
        "SELECT p.id, p.migrant_id, p.surname, p.given, p.patronymic, p.surname_latin, "
        "p.given_latin, p.birth_date, p.sex, p.citizenship, p.inn "
        "FROM person p JOIN listing l ON l.person_id = p.id "
        "WHERE p.deleted = 0 AND l.rowid IN (SELECT value FROM json_each(?))",
        (asked,),
    ):
        newest_first = sorted(papers.get(row[0], ()), reverse=True)
        numbers = tuple((number, until) for _, number, until in newest_first)
        known: tuple[Any, ...] = (*(value or "" for value in row), numbers)
        found.append(_Candidate(*known))
    return found


def _compare(form: IntakeForm, other: _Candidate) -> Similar:
    surname = name_sign(form.surname, form.surname_latin, other.surname, other.surname_latin)
    given = name_sign(form.given, form.given_latin, other.given, other.given_latin)
    patronymic = name_sign(form.patronymic, "", other.patronymic, "")
    born_now = form.birth_date.isoformat() if form.birth_date else ""
    birth = _date_sign(born_now, other.birth_date)
    country = _plain_sign(form.citizenship, other.citizenship)
    paper_now = joined_number(form.document_series.strip(), form.document_number.strip())
    paper, until = _same_paper(paper_now, other)
    number = _plain_sign(number_key(paper_now), number_key(paper))
    until_now = form.valid_to.isoformat() if form.valid_to else ""
    signs = {
        "surname": surname,
        "given": given,
        "birth": birth,
        "country": country,
        "patronymic": patronymic,
    }
    score = sum(_WEIGHTS[part].get(sign, 0) for part, sign in signs.items())
    if form.sex and other.sex and form.sex != other.sex:
        score -= _DIFFERENT_SEX
    reason = "Нашли дело с тем же именем и датой рождения"
    if birth != "=" or surname == "✕":
        reason = "Нашли похожее дело"
    if number == "=" and (birth != "✕" or country == "="):
        score, reason = max(score, _SAME_DOCUMENT), "Нашли дело с тем же документом"
    if form.inn and form.inn == other.inn:
        score, reason = max(score, _SAME_NUMBER), "Нашли дело с тем же ИНН"
    lines: tuple[tuple[str, str, str, Sign], ...] = (
        (
            "Фамилия",
            form.surname or form.surname_latin,
            other.surname or other.surname_latin,
            surname,
        ),
        ("Имя", form.given or form.given_latin, other.given or other.given_latin, given),
        ("Рождение", _day(born_now), _day(other.birth_date), birth),
        ("Страна", country_name(form.citizenship), country_name(other.citizenship), country),
        ("Документ", paper_now, paper, number),
        ("Действует до", _day(until_now), _day(until), _plain_sign(until_now, until)),
    )
    return Similar(
        other.person_id,
        full_name(other.surname, other.given, other.patronymic)
        or full_name(other.surname_latin, other.given_latin),
        other.migrant_id,
        max(0, min(score, 100)),
        lines,
        f"{reason}. Проверьте, прежде чем заводить новое",
    )


def _same_paper(number: str, other: _Candidate) -> tuple[str, str]:
    """The document of the case to compare with: the same one if it is there, else the newest."""
    wanted = number_key(number)
    for known, until in other.documents:
        if wanted and number_key(known) == wanted:
            return known, until
    return other.documents[0] if other.documents else ("", "")


def name_sign(now: str, now_latin: str, known: str, known_latin: str) -> Sign:
    """How like two names are, each known in Cyrillic, in Latin, or both."""
    mine = [name for name in (now.strip(), now_latin.strip()) if name]
    theirs = [name for name in (known, known_latin) if name]
    if not mine or not theirs:
        return ""
    if now.strip() and known and fold(now) == fold(known):
        return "="
    if not (now.strip() and known) and {fold(one) for one in mine} & {fold(one) for one in theirs}:
        return "="
    keys = {masculine_key(latin_key(one)) for one in mine}
    if keys & {masculine_key(latin_key(one)) for one in theirs}:
        return "≈"
    sounds = {sound_key(one) for one in mine}
    return "≈" if sounds & {sound_key(one) for one in theirs} else "✕"


def _date_sign(now: str, known: str) -> Sign:
    """Equal; one digit wrong or day and month swapped; different."""
    if not now or not known:
        return ""
    if now == known:
        return "="
    wrong = sum(a != b for a, b in zip(now, known, strict=False))
    swapped = now[:4] == known[:4] and now[5:7] == known[8:10] and now[8:10] == known[5:7]
    return "≈" if wrong == 1 or swapped else "✕"


def _plain_sign(now: str, known: str) -> Sign:
    if not now or not known:
        return ""
    return "=" if now == known else "✕"


def _day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    return f"{date.fromisoformat(text):%d.%m.%Y}"
