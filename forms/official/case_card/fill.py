"""Facts of a case → the case card.

Computed terms are known to casework, not to forms: it hands them over in ``extra["terms"]``, one a
line: ``гггг-мм-дд``, what to do and on what ground, separated by tabs. ``extra["notes"]`` is text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from arm.law.tables import LawTables
from arm.model import CaseFacts, IdentityDocument
from forms.kit.sources import (
    country,
    full_name,
    joined,
    named,
    route_steps,
    route_title,
    words,
)
from forms.kit.spec import Edition

ON_FRONT = {"document": 9, "term": 8}
"""Rows of each table on the front page; the back takes the rest."""
ROWS = {"document": 24, "term": 20}
STEPS = 10

_PERMITS = {
    "visa": "Виза",
    "patent": "Патент",
    "work_permit": "Разрешение на работу",
    "trp": "РВП",
    "trp_education": "РВПО",
    "prp": "ВНЖ",
}
_CERTIFICATES = {
    "medical": "Медицинское заключение",
    "fingerprints": "Дактилоскопия",
    "exam": "Экзамен",
    "insurance": "Полис ДМС",
    "translation": "Перевод документа",
    "contract": "Трудовой договор",
}
_STATES = {"repeat": "пройти снова", "not_needed": "не нужен"}
_SEX = {"M": "мужской", "F": "женский"}


def fill(
    facts: CaseFacts, extra: Mapping[str, str], edition: Edition, tables: LawTables
) -> dict[str, str]:
    """Everything on the card; what the tables cannot hold is counted in the last row."""
    del edition, tables
    boxes = _person(facts) | _stay(facts) | _route(facts)
    documents = [line.cells() for line in _documents(facts)]
    terms = [line.cells(facts.on) for line in sorted(_terms(facts, extra.get("terms", "")))]
    boxes |= _table("document", ("name", "number", "issued", "valid", "by"), documents)
    boxes |= _table("term", ("on", "what", "why"), terms)
    more = len(documents) > ON_FRONT["document"] or len(terms) > ON_FRONT["term"]
    boxes["footer"] = (
        f"Напечатал(а): {facts.filled_by}, {facts.on:%d.%m.%Y}. "
        "Содержит персональные данные: храните в деле."
    )
    back = more or bool(extra.get("notes"))
    boxes["more_name"] = boxes["full_name"] if back else ""
    boxes["more_footer"] = boxes["footer"] if back else ""
    return boxes


def _person(facts: CaseFacts) -> dict[str, str]:
    person = facts.person
    given = [one.given_on for one in facts.consents if one.given_on and not one.withdrawn_on]
    languages = sorted(
        named("languages", "language", code) for code in person.languages or frozenset()
    )
    return {
        "full_name": full_name(person.surname, person.given, person.patronymic),
        "latin_name": full_name(person.surname_latin, person.given_latin, person.patronymic_latin),
        "qr": person.migrant_id or "",
        "sex": _SEX.get(person.sex or "", ""),
        "citizenship": country(person.citizenship),
        "birth_place": joined(country(person.birth_country), person.birth_place),
        "languages": ", ".join(languages),
        "route": route_title(facts.case.route) if facts.case else "",
        "consent": f"дано {words(max(given))}" if given else "нет",
    }


def _stay(facts: CaseFacts) -> dict[str, str]:
    host, card = facts.host, facts.card
    boxes: dict[str, str] = {}
    if host is not None:
        name = full_name(host.surname, host.given, host.patronymic)
        boxes["host"] = joined(host.organisation, name, host.phone)
    if card is not None:
        boxes["purpose"] = named("purposes", "purpose", card.purpose)
    return boxes


def _route(facts: CaseFacts) -> dict[str, str]:
    touched = {step.step: step for step in facts.steps}
    boxes: dict[str, str] = {}
    steps = route_steps(facts.case.route if facts.case else None)
    for number, (code, title) in enumerate(steps[:STEPS], start=1):
        step = touched.get(code)
        state = step.state if step else None
        if state == "done":
            said = joined("пройден", words(step.done_on) if step else "", by=" ")
        elif step is not None and step.planned_on and state is None:
            said = f"записан {words(step.planned_on)}"
        else:
            said = _STATES.get(state or "", "впереди")
        boxes |= {f"step{number}_title": f"{number}. {title}", f"step{number}_state": said}
    return boxes


@dataclass(frozen=True)
class _Document:
    name: str
    number: str
    issued: date | None
    valid: date | None
    by: str

    def cells(self) -> tuple[str, ...]:
        return (self.name, self.number, words(self.issued), words(self.valid), self.by)


def _documents(facts: CaseFacts) -> Iterator[_Document]:
    for paper in facts.documents:
        yield _Document(
            _identity_name(paper),
            joined(paper.series, paper.number, by=" "),
            paper.issued_on,
            paper.valid_to,
            paper.issued_by or "",
        )
    for card in facts.cards:
        number = joined(card.series, card.number, by=" ")
        yield _Document("Миграционная карта", number, card.entered_on, card.stay_until, "")
    for permit in facts.permits:
        yield _Document(
            _PERMITS.get(permit.permit_type or "", "Разрешительный документ"),
            joined(permit.series, permit.number, by=" "),
            permit.issued_on,
            permit.valid_to,
            permit.issued_by or "",
        )
    for one in facts.certificates:
        yield _Document(
            _CERTIFICATES.get(one.certificate_type or "", "Справка"),
            one.number or "",
            one.issued_on,
            one.valid_to,
            one.issued_by or "",
        )


def _identity_name(paper: IdentityDocument) -> str:
    return named("document_types", "document_type", paper.document_type) or "Документ"


@dataclass(frozen=True, order=True)
class _Term:
    on: date
    what: str
    why: str

    def cells(self, today: date) -> tuple[str, ...]:
        late = (today - self.on).days
        return (words(self.on), self.what, f"просрочено, дней: {late}" if late > 0 else self.why)


def _terms(facts: CaseFacts, computed: str) -> Iterator[_Term]:
    """Terms handed over by casework, or else the last days that the papers themselves name."""
    for deadline in facts.deadlines:
        if deadline.state == "open" and deadline.due_on and deadline.rule == "manual":
            yield _Term(deadline.due_on, deadline.title_text or "", "записано в деле")
    lines = [line.split("\t") for line in computed.splitlines() if line.strip()]
    for day, what, why in lines:
        yield _Term(date.fromisoformat(day), what, why)
    if not lines:
        yield from _last_days(facts)


def _last_days(facts: CaseFacts) -> Iterator[_Term]:
    document, card, permit, place = facts.document, facts.card, facts.permit, facts.registration
    if card is not None and card.stay_until:
        yield _Term(card.stay_until, "Срок пребывания", "миграционная карта")
    if place is not None and place.valid_to and not place.removed_on:
        yield _Term(place.valid_to, "Учёт по месту пребывания", "отрывная часть уведомления")
    if permit is not None:
        name = _PERMITS.get(permit.permit_type or "", "Разрешительный документ")
        if permit.paid_through:
            yield _Term(permit.paid_through, f"{name}: последний оплаченный день", "платежи")
        if permit.valid_to:
            yield _Term(permit.valid_to, f"{name}: последний день", "документ")
    if document is not None and document.valid_to:
        yield _Term(document.valid_to, f"{_identity_name(document)}: последний день", "документ")
    for one in facts.certificates:
        if one.valid_to:
            name = _CERTIFICATES.get(one.certificate_type or "", "Справка")
            yield _Term(one.valid_to, f"{name}: последний день", "документ")


def _table(name: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> dict[str, str]:
    room = ROWS[name]
    if len(rows) > room:
        left = len(rows) - room + 1
        rows = [*rows[: room - 1], *[tuple([f"и ещё {left}"] + [""] * (len(columns) - 1))]]
    return {
        f"{name}{number}_{column}": value
        for number, row in enumerate(rows, start=1)
        for column, value in zip(columns, row, strict=True)
    }
