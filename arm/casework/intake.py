"""Taking a person in: from the passport's zone to a case with its first terms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework import derive, reference
from arm.casework.duplicates import decide_apart
from arm.casework.errors import PersonNotFound, WrongValues
from arm.casework.facts import of_person, present_case
from arm.casework.intake_form import (
    IntakeForm,
    check,
    drafts,
    drop_draft,
    from_mrz,
    parse_day,
    save_draft,
)
from arm.casework.labels import display
from arm.casework.similar import Similar, similar
from arm.law.deadlines import Term, deadlines
from arm.law.facts import StayFacts
from arm.law.rulebook import RuleBook
from arm.model import (
    CaseFile,
    Certificate,
    Consent,
    IdentityDocument,
    MigrationCard,
    Person,
    Registration,
    StayPermit,
    new_id,
)
from arm.store.search_index import number_key
from arm.store.store import Store

__all__ = [
    "IntakeForm",
    "KnownFact",
    "RouteChoice",
    "Similar",
    "TakenIn",
    "check",
    "continue_case",
    "drafts",
    "drop_draft",
    "first_terms",
    "from_mrz",
    "known_about",
    "parse_day",
    "routes_for",
    "save_draft",
    "similar",
    "take_in",
]

CONSENT_EDITION = "2025-09-01"
"""Text of the consent in the form that 156-ФЗ of 24.06.2025 asks for since that day."""

_FIRST_RULES = ("registration", "medical", "fingerprints", "patent_application", "stay_limit")


@dataclass(frozen=True)
class RouteChoice:
    """A route on the intake screen. ``reason`` says why it is not available."""

    code: str
    title: str
    caption: str
    available: bool
    recommended: bool
    reason: str = ""


@dataclass(frozen=True)
class TakenIn:
    """What was made: the new person, or the case that was continued."""

    person_id: str
    case_id: str
    migrant_id: str


@dataclass(frozen=True)
class KnownFact:
    """Something a found case already has: «Экзамен действует», «до 20.11.2028»."""

    icon: str
    title: str
    value: str


def routes_for(form: IntakeForm, on: date, book: RuleBook) -> list[RouteChoice]:
    """All routes; those that citizenship shuts out are not available, the fitting one is
    recommended."""
    rules = book
    regime = _regime(form.citizenship, on, rules)
    found: list[RouteChoice] = []
    taken = False
    for route in reference.routes():
        reason = ""
        if form.citizenship and route.regime not in ("any", regime):
            reason = (
                "только граждане ЕАЭС"
                if route.regime == "eaeu"
                else "только для граждан безвизовых стран вне ЕАЭС"
            )
        fits = not reason and form.purpose in route.purposes and bool(form.citizenship)
        found.append(
            RouteChoice(
                route.code, route.title, route.caption, not reason, fits and not taken, reason
            )
        )
        taken = taken or fits
    return found


def _regime(citizenship: str, on: date, book: RuleBook) -> str:
    if book.listed("stay.eaeu", on, citizenship):
        return "eaeu"
    return "visa_free" if book.listed("stay.visa_free", on, citizenship) else "visa"


def first_terms(form: IntakeForm, book: RuleBook) -> list[Term]:
    """The terms that begin with this entry, if the chosen route is taken."""
    if form.route == "consultation":
        return []
    facts = StayFacts(
        citizenship=form.citizenship or None,
        birth_date=form.birth_date,
        entered_on=form.entered_on,
        purpose=form.purpose or None,
        document_type=form.document_type,
        document_until=form.valid_to,
        route=form.route or None,
    )
    terms = deadlines(facts, book)
    return [term for term in terms if term.rule in _FIRST_RULES]


def take_in(
    store: Store,
    form: IntakeForm,
    draft_id: str | None = None,
    apart_from: Collection[str] = (),
) -> TakenIn:
    """Make the person, the document, the card, the case and the consent in one action.

    The draft, if any, goes away. ``apart_from``: similar people of whom it was decided that this is
    somebody else. Raises NotPermitted, :class:`WrongValues`, errors of the store.
    """
    require(store.actor, "intake")
    today = store.clock.today()
    problems = check(form, today)
    if problems:
        raise WrongValues(problems)
    with store.write("Заведено дело") as session:
        person = Person(
            id=new_id(), migrant_id=store.next_migrant_id(session), **_person_values(form)
        )
        session.add(person)
        case = CaseFile(
            id=new_id(),
            person_id=person.id,
            route=form.route or None,
            opened_on=today,
            responsible=store.actor.login,
        )
        session.add(case)
        _add_papers(session, person.id, form, today)
        decide_apart(session, person.id, apart_from)
        if draft_id is not None:
            store.drop_draft(draft_id)
    return TakenIn(person.id, case.id, person.migrant_id or "")


def continue_case(
    store: Store, person_id: str, form: IntakeForm, draft_id: str | None = None
) -> TakenIn:
    """The person is known: add the new document and entry to the case, reopen it.

    Names are not overwritten, only what was empty is filled. Raises as :func:`take_in`.
    """
    require(store.actor, "intake")
    today = store.clock.today()
    problems = check(form, today)
    if problems:
        raise WrongValues(problems)
    with store.write("Продолжено дело") as session:
        person = session.get(Person, person_id)
        if person is None or person.deleted:
            raise PersonNotFound(asked=person_id)
        for name, value in _person_values(form).items():
            if value not in (None, frozenset()) and getattr(person, name) in (None, frozenset()):
                setattr(person, name, value)
        if form.phone.strip():
            person.phone = form.phone.strip()
        case = present_case(of_person(session, CaseFile, person_id))
        if case is None:
            case = CaseFile(id=new_id(), person_id=person_id, opened_on=today)
            session.add(case)
        case.closed_on = None
        case.route = form.route or case.route
        case.responsible = case.responsible or store.actor.login
        _add_papers(session, person_id, form, today)
        if draft_id is not None:
            store.drop_draft(draft_id)
    return TakenIn(person_id, case.id, person.migrant_id or "")


def _person_values(form: IntakeForm) -> dict[str, Any]:
    texts = {
        "surname": form.surname,
        "given": form.given,
        "patronymic": form.patronymic,
        "surname_latin": form.surname_latin.upper(),
        "given_latin": form.given_latin.upper(),
        "sex": form.sex,
        "citizenship": form.citizenship,
        "phone": form.phone,
        "employer": form.employer,
        "inn": form.inn,
    }
    values: dict[str, Any] = {name: text.strip() or None for name, text in texts.items()}
    values["birth_date"] = form.birth_date
    values["languages"] = form.languages
    return values


def _add_papers(session: Session, person_id: str, form: IntakeForm, today: date) -> None:
    """The document, the entry, the place and the consent, unless the case has the same already."""
    number = number_key(form.document_series + form.document_number)
    known = of_person(session, IdentityDocument, person_id)
    if number not in {number_key((one.series or "") + (one.number or "")) for one in known}:
        session.add(
            IdentityDocument(
                person_id=person_id,
                document_type=form.document_type or None,
                country=form.citizenship or None,
                series=form.document_series.strip() or None,
                number=form.document_number.strip() or None,
                issued_on=form.issued_on,
                valid_to=form.valid_to,
                issued_by=form.issued_by.strip() or None,
            )
        )
    entries = {one.entered_on for one in of_person(session, MigrationCard, person_id)}
    if (form.entered_on or form.card_number.strip()) and form.entered_on not in entries:
        session.add(
            MigrationCard(
                person_id=person_id,
                series=form.card_series.strip() or None,
                number=form.card_number.strip() or None,
                entered_on=form.entered_on,
                purpose=form.purpose or None,
            )
        )
    if form.address.strip():
        session.add(
            Registration(
                person_id=person_id, address=form.address.strip(), arrived_on=form.entered_on
            )
        )
    if form.consent:
        session.add(
            Consent(
                person_id=person_id,
                purpose="case",
                given_on=today,
                edition=CONSENT_EDITION,
                language="ru",
            )
        )


def known_about(store: Store, person_id: str) -> list[KnownFact]:
    """What a found case already has, so that it need not be done again."""
    found: list[KnownFact] = []
    with store.read() as session:
        for permit in of_person(session, StayPermit, person_id)[-2:]:
            name = display("stay_permit", "permit_type", permit.permit_type) or "Разрешение"
            if permit.issued_on:
                name = f"{name} {permit.issued_on.year} года"
            found.append(KnownFact("badge-check", name, _until(permit.valid_to)))
        papers: Mapping[str, tuple[str, str]] = {
            "exam": ("graduation-cap", "Экзамен"),
            "fingerprints": ("fingerprint", "Отпечатки сданы"),
            "medical": ("stethoscope", "Медосвидетельствование"),
        }
        for paper in of_person(session, Certificate, person_id):
            known = papers.get(paper.certificate_type or "")
            if known is not None:
                value = _until(paper.valid_to) or display("certificate", "", paper.issued_on)
                found.append(KnownFact(*known, value))
        stand = derive.standing(session, person_id)
    if stand is not None and stand.facts.left_on is not None:
        found.append(
            KnownFact("plane-takeoff", "Выезд из России", f"{stand.facts.left_on:%d.%m.%Y}")
        )
    return found


def _until(day: date | None) -> str:
    return f"до {day:%d.%m.%Y}" if day else ""
