"""The demonstration's other organisations: cards of the same invented people, rules, requests."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from arm.casework.demonstration import Made
from arm.model import migrant_id

TAX, UNIVERSITY, EMPLOYER = "tax", "university", "employer"
CARDS: Final = {TAX: 24, UNIVERSITY: 10, EMPLOYER: 12}
"""How many people each of them knows."""
_SPACE: Final = uuid.UUID("5f1c6c1e-2f0c-4f57-9c53-3f4a0a6f2d11")


@dataclass(frozen=True)
class Sides:
    """Names and numbers of the organisations; ``center`` is the demonstration's own office."""

    numbers: dict[str, int]
    names: dict[str, str]
    region: str


@dataclass
class Asked:
    """Requests as each side keeps them, and which document of one is which of the other."""

    documents: dict[str, list[Made]] = field(default_factory=dict)
    pairs: list[tuple[str, str, str, str]] = field(default_factory=list)
    """(asker, its document, asked, its document)."""


def cards(made: Iterable[Made], side: str, sides: Sides, on: date) -> list[Made]:
    """What ``side`` keeps of people whom the centre knows too: a card, the same passport, and one
    thing that only they know."""
    known = _by_person(made)
    chosen = [one for one in known.values() if _fits(one, side)][: CARDS[side]]
    found: list[Made] = []
    for number, parts in enumerate(chosen):
        person, passport = parts["person"][1], parts["identity_document"][1]
        own = card_id(side, parts["person"][0])
        names = ("surname", "given", "patronymic", "surname_latin", "given_latin", "birth_date",
                 "citizenship", "sex", "inn", "migrant_id")  # fmt: skip
        body = {name: person[name] for name in names if name in person}
        if side == UNIVERSITY and number < 2:
            # entered before they came to the centre: a number of the university's own
            body["migrant_id"] = migrant_id.make(sides.region, 8_901, number)
        found += [
            ("person", own, body),
            ("identity_document", card_id(side, passport["person_id"] + "/passport"),
             passport | {"person_id": own}),
            _own_fact(side, own, on, number),
        ]  # fmt: skip
    return found


def card_id(side: str, person_id: str) -> str:
    """The id of a partner's card: the same at every demonstration."""
    return str(uuid.uuid5(_SPACE, f"{side}/{person_id}"))


def _own_fact(side: str, own: str, on: date, number: int) -> Made:
    fact_id = card_id(side, own + "/fact")
    match side:
        case "tax":
            day = on - timedelta(3 + number % 20)
            return ("tax_credit", fact_id, {"person_id": own, "credited_on": day.isoformat()})
        case "university":
            until = date(on.year + 1 + number % 3, 6, 30)
            return ("enrolment", fact_id, {"person_id": own, "study_until": until.isoformat()})
    since = on - timedelta(40 + 11 * number)
    return ("employment", fact_id, {"person_id": own, "works_since": since.isoformat()})


def _by_person(made: Iterable[Made]) -> dict[str, dict[str, tuple[str, dict[str, Any]]]]:
    found: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {}
    for kind, record_id, body in made:
        person_id = record_id if kind == "person" else body.get("person_id")
        if person_id:
            found.setdefault(person_id, {}).setdefault(kind, (record_id, body))
    return found


def _fits(parts: dict[str, tuple[str, dict[str, Any]]], side: str) -> bool:
    case = parts.get("case_file", ("", {}))[1]
    if "closed_on" in case or "identity_document" not in parts:
        return False
    if side == UNIVERSITY:
        return case.get("route") == "study"
    return parts.get("stay_permit", ("", {}))[1].get("permit_type") == "patent"


def requests(made: Sequence[Made], sides: Sides, on: date, asker: str) -> Asked:
    """A few requests in every state, both ways."""
    asked = Asked()
    workers = [one for one in _by_person(made).values() if _fits(one, TAX)]
    students = [one for one in _by_person(made).values() if _fits(one, UNIVERSITY)]
    plan = (
        ("center", TAX, workers, 0, "Поступил ли платёж за прошлый месяц?", -2, "answered"),
        ("center", TAX, workers, 1, "На какой код ОКТМО зачтён платёж?", 2, "seen"),
        ("center", UNIVERSITY, students, 0, "До какого дня действует договор об обучении?", 5, ""),
        (EMPLOYER, "center", workers, 2, "Продлён ли патент на следующий месяц?", -1, ""),
        (UNIVERSITY, "center", students, 1, "Поставлен ли студент на учёт по новому адресу?", 4,
         ""),
        (TAX, "center", workers, 3, "Подтвердите дату выдачи патента", 6, ""),
    )  # fmt: skip
    for number, (who, whom, people, place, question, due, state) in enumerate(plan):
        if place < len(people):
            parts = people[place]
            _one(asked, number, who, whom, parts, sides, question, on, due, state, asker)
    return asked


def _one(  # noqa: PLR0917 – one request, its facts in the order of the plan
    asked: Asked,
    number: int,
    who: str,
    whom: str,
    parts: dict[str, tuple[str, dict[str, Any]]],
    sides: Sides,
    question: str,
    on: date,
    due: int,
    state: str,
    asker: str,
) -> None:
    person_id, person = parts["person"]
    ours = {
        side: person_id if side == "center" else card_id(side, person_id) for side in (who, whom)
    }
    sent = datetime(on.year, on.month, on.day, 6, 10 + number, tzinfo=UTC) - timedelta(days=3)
    name = " ".join(person[n] for n in ("surname", "given", "patronymic") if n in person)
    common: dict[str, Any] = {
        "migrant_id": person.get("migrant_id"),
        "subject": f"{name}, {date.fromisoformat(person['birth_date']):%d.%m.%Y}",
        "question": question,
        "ground": "Соглашение об обмене сведениями от 12.01.2026 № 4-О",
        "due_on": (on + timedelta(due)).isoformat(),
        "asked_by": asker if who == "center" else "Ответственный исполнитель",
        "asked_at": sent.isoformat(),
    }
    if state:
        common["seen_at"] = (sent + timedelta(hours=20)).isoformat()
    if state == "answered":
        common |= {
            "answer": "Платёж поступил и зачтён.",
            "answer_facts": [{"label": "Дата зачисления", "value": f"{sent:%d.%m.%Y}"}],
            "answered_by": "Громова Ирина Павловна",
            "answered_at": (sent + timedelta(hours=26)).isoformat(),
        }
    ids = {side: card_id(side, f"request-{number}") for side in (who, whom)}
    for side, way in ((who, "out"), (whom, "in")):
        body = common | {
            "direction": way,
            "from_org": sides.numbers[who],
            "from_name": sides.names[who],
            "to_org": sides.numbers[whom],
            "to_name": sides.names[whom],
            "person_id": ours[side],
        }
        asked.documents.setdefault(side, []).append(("info_request", ids[side], body))
    asked.pairs.append((who, ids[who], whom, ids[whom]))
