"""Perhaps we know this person already: duplicates found at entry, field by field.

The comparison is that of :mod:`arm.casework.matching`, as for cards that stand already; here it is
told beside what is being typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from arm.casework.cards import HeldCard, read_cards
from arm.casework.intake_form import IntakeForm
from arm.casework.labels import full_name, joined_number
from arm.casework.match_keys import keys
from arm.casework.matching import Answer, Card, Sign, Verdict, compare
from arm.casework.reference import country_name
from arm.model.name_likeness import FAIR, likeness, readings
from arm.model.names import fold
from arm.store import match_index
from arm.store.database import raw_of
from arm.store.search import search
from arm.store.search_index import number_key
from arm.store.store import Store

CANDIDATES = 60
WAITING = 200
"""Of the people who came a moment ago and have no keys yet, so many are compared as well."""


@dataclass(frozen=True)
class Similar:
    """A case that may be the same person. ``lines``: label, typed now, in the case, sign."""

    person_id: str
    name: str
    migrant_id: str
    score: int
    """How alike the two cards are, 0–100."""
    lines: tuple[tuple[str, str, str, Sign], ...]
    reason: str
    """«Нашли дело с тем же именем и датой рождения»."""
    answer: Answer = "perhaps"


def similar(store: Store, form: IntakeForm, limit: int = 5) -> list[Similar]:
    """Cases that may be this person, the likeliest first."""
    card = card_of(form)
    with store.read() as session:
        driver = raw_of(session)
        rowids = set(_by_search(session, form))
        rowids |= match_index.sharing(driver, keys(card))
        rowids |= set(match_index.waiting(driver, WAITING))
        held = read_cards(driver, rowids).values()
    judged = [(one, compare(card, one.card)) for one in held]
    found = [_told(form, one, verdict) for one, verdict in judged if verdict.answer != "different"]
    found.sort(key=lambda one: (-one.score, one.person_id))
    return found[:limit]


def card_of(form: IntakeForm) -> Card:
    """What is typed, as a card to compare."""
    number = joined_number(form.document_series.strip(), form.document_number.strip())
    return Card(
        surname=form.surname.strip(),
        given=form.given.strip(),
        patronymic=form.patronymic.strip(),
        surname_latin=form.surname_latin.strip(),
        given_latin=form.given_latin.strip(),
        birth_date=form.birth_date.isoformat() if form.birth_date else "",
        sex=form.sex,
        citizenship=form.citizenship,
        documents=(("", number),) if number else (),
        inn=form.inn.strip(),
        phone=form.phone.strip(),
    )


def _by_search(session: Session, form: IntakeForm) -> list[int]:
    """Whom the search of people finds: it knows everybody even before the keys are made."""
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


def _told(form: IntakeForm, other: HeldCard, verdict: Verdict) -> Similar:
    mine, theirs = card_of(form), other.card
    signs = {reason.code: reason.sign for reason in verdict.reasons}
    number = joined_number(form.document_series.strip(), form.document_number.strip())
    paper, until = _same_paper(number, other)
    until_now = form.valid_to.isoformat() if form.valid_to else ""
    surname = name_sign(mine.surname, mine.surname_latin, theirs.surname, theirs.surname_latin)
    lines: tuple[tuple[str, str, str, Sign], ...] = (
        (
            "Фамилия",
            mine.surname or mine.surname_latin,
            theirs.surname or theirs.surname_latin,
            surname,
        ),
        (
            "Имя",
            mine.given or mine.given_latin,
            theirs.given or theirs.given_latin,
            name_sign(mine.given, mine.given_latin, theirs.given, theirs.given_latin),
        ),
        ("Рождение", _day(mine.birth_date), _day(theirs.birth_date), signs.get("birth", "")),
        (
            "Страна",
            country_name(mine.citizenship),
            country_name(theirs.citizenship),
            signs.get("country", ""),
        ),
        ("Документ", number, paper, _plain_sign(number_key(number), number_key(paper))),
        ("Действует до", _day(until_now), _day(until), _plain_sign(until_now, until)),
    )
    return Similar(
        other.person_id,
        other.name,
        other.migrant_id,
        verdict.alike,
        lines,
        f"{_reason(signs)}. Проверьте, прежде чем заводить новое",
        verdict.answer,
    )


def _reason(signs: dict[str, Sign]) -> str:
    if signs.get("inn") == "=":
        return "Нашли дело с тем же ИНН"
    if signs.get("document") == "=":
        return "Нашли дело с тем же документом"
    if signs.get("birth") == "=" and signs.get("surname") != "✕":
        return "Нашли дело с тем же именем и датой рождения"
    return "Нашли похожее дело"


def _same_paper(number: str, other: HeldCard) -> tuple[str, str]:
    """The document of the case to compare with: the same one if it is there, else the newest."""
    wanted = number_key(number)
    for known, until in other.papers:
        if wanted and number_key(known) == wanted:
            return known, until
    return other.papers[0] if other.papers else ("", "")


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
    alike = likeness(
        readings(now.strip(), now_latin.strip(), surname=True),
        readings(known, known_latin, surname=True),
    )
    return "≈" if alike is not None and alike >= FAIR else "✕"


def _plain_sign(now: str, known: str) -> Sign:
    if not now or not known:
        return ""
    return "=" if now == known else "✕"


def _day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    return f"{date.fromisoformat(text):%d.%m.%Y}"
