"""The terms of one person's stay: what must be done, by which day, and why.

Each function below is one rule; numbers come from dated tables (``resources/law``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from arm.law.events import Term, event_terms, off_day_note
from arm.law.explanation import Explanation, day_month, explain, full_date
from arm.law.facts import StayFacts
from arm.law.rulebook import RuleBook
from arm.law.stay import (
    PERMIT_NAMES,
    Status,
    StatusKind,
    patent_paid_through,
    status,
    visit_limit,
)
from arm.law.tables import Row

__all__ = ["Status", "StatusKind", "Term", "deadlines", "status"]

MANUAL = "manual"
"""The rule of a term that a person wrote."""

_LONG_STAY = timedelta(days=90)
_SETTLED_PERMITS = {"trp", "trp_education", "prp"}


def deadlines(facts: StayFacts, book: RuleBook) -> list[Term]:
    """Every open term of a person, the nearest first; overdue ones stay in the list.

    The answer does not depend on today: a date is compared with today only when it is shown.
    A closed case has none. Who left Russia has nothing left to do; what others owe because of
    their stay (a notice of the employer, of the university) remains.
    """
    if facts.closed:
        return []
    terms: list[Term] = []
    if facts.present:
        terms = [term for rule in _RULES if (term := rule(facts, book)) is not None]
    if facts.events:
        owed = event_terms(facts.events, book)
        terms += (term for term in owed if facts.present or term.who != "applicant")
    terms.sort(key=lambda term: (term.due_on, term.rule))
    return terms


def _registration(facts: StayFacts, book: RuleBook) -> Term | None:
    arrived = facts.arrived_on or facts.entered_on
    if arrived is None or _registered(facts):
        return None
    row = book.find("registration.term", arrived, facts.citizenship or "")
    if row is None:
        return None
    by_entry = row.text("event") == "entry" and facts.entered_on is not None
    # after a move the term runs again from the arrival at the new place
    moved = facts.arrived_on is not None and facts.registration_removed_on is not None
    event_on = facts.entered_on if by_entry and not moved and facts.entered_on else arrived
    from_entry = event_on == facts.entered_on
    due = book.due(row, event_on)
    days = f"{row.integer('days')} {'раб. дней' if row.text('unit') == 'working' else 'дней'}"
    return Term(
        "registration",
        "Поставить на учёт",
        f"{'въезд' if from_entry else 'прибытие'} {day_month(event_on)}, {days}",
        "map-pin",
        "host",
        due,
        explain(
            row,
            book,
            "Въезд в Россию" if from_entry else "Прибытие в место пребывания",
            event_on,
            due,
            label="въезд" if from_entry else "прибытие",
            note=_registration_note(row, due, book),
        ),
    )


def _registration_note(row: Row, due: date, book: RuleBook) -> str:
    if row.has("warn_from_day"):
        day = row.integer("warn_from_day")
        return f"Старые источники называют 30 дней: надёжнее успеть к {day}-му дню"
    return off_day_note(row, due, book.calendar)


def _registered(facts: StayFacts) -> bool:
    if facts.registered_on is None and facts.registration_until is None:
        return False
    if facts.registration_removed_on is not None:
        return False
    start = facts.arrived_on or facts.entered_on
    since = facts.registered_on or facts.registration_until
    return start is None or since is None or since >= start


def _registration_expiry(facts: StayFacts, book: RuleBook) -> Term | None:
    if not _registered(facts) or facts.registration_until is None:
        return None
    return _expiry(
        book,
        "registration_expiry",
        "registration.expiry",
        facts.registration_until,
        title="Продлить учёт по месту пребывания",
        detail=f"учёт до {day_month(facts.registration_until)}",
        icon="map-pin",
        who="office",
        event="Последний день учёта",
    )


def _fingerprints(facts: StayFacts, book: RuleBook) -> Term | None:
    if facts.fingerprints_on is not None or "fingerprints" in facts.steps_done:
        return None
    return _examination(
        facts, book, rule="fingerprints", title="Пройти дактилоскопию", icon="fingerprint"
    )


def _medical(facts: StayFacts, book: RuleBook) -> Term | None:
    if facts.medical_until is not None:
        return _expiry(
            book,
            "medical_expiry",
            "medical.expiry",
            facts.medical_until,
            title="Обновить медосвидетельствование",
            detail=f"действует до {day_month(facts.medical_until)}",
            icon="stethoscope",
            who="applicant",
            event="Последний день действия медицинских документов",
        )
    if facts.medical_on is not None or "medical" in facts.steps_done:
        return None
    return _examination(
        facts, book, rule="medical", title="Пройти медосвидетельствование", icon="stethoscope"
    )


def _medical_validity(facts: StayFacts, book: RuleBook) -> Term | None:
    """Where the paper names no end of its own."""
    passed = facts.medical_on
    if passed is None or facts.medical_until is not None:
        return None
    row = book.find("medical.validity", passed)
    if row is None:
        return None
    due = book.due(row, passed)
    return Term(
        "medical_validity",
        "Обновить медосвидетельствование",
        f"пройдено {full_date(passed)}",
        "stethoscope",
        "applicant",
        due,
        explain(row, book, "Медосвидетельствование", passed, due, label="пройдено"),
    )


def _examination(
    facts: StayFacts, book: RuleBook, *, rule: str, title: str, icon: str
) -> Term | None:
    entered = facts.entered_on
    if entered is None or _exempt(facts, entered, book):
        return None
    if facts.purpose != "work" and not _stays_long(facts, entered):
        return None
    row = book.find(f"medical.{rule}", entered, facts.purpose or "")
    if row is None:
        return None
    due = book.due(row, entered)
    note = off_day_note(row, due, book.calendar) if row.confidence == "H" else ""
    return Term(
        rule,
        title,
        f"въезд {day_month(entered)}",
        icon,
        "applicant",
        due,
        explain(row, book, "Въезд в Россию", entered, due, label="въезд", note=note),
    )


def _exempt(facts: StayFacts, entered: date, book: RuleBook) -> bool:
    """Belarus, small children, and those whose permit already asked for both (274-ФЗ)."""
    if facts.citizenship and book.listed("medical.exempt", entered, facts.citizenship):
        return True
    age = book.find("medical.exempt_age", entered)
    if age is not None and facts.birth_date is not None:
        years = entered.year - facts.birth_date.year
        years -= (entered.month, entered.day) < (facts.birth_date.month, facts.birth_date.day)
        if years < age.integer("years"):
            return True
    if facts.permit_type in _SETTLED_PERMITS:
        return True
    issued = facts.permit_issued_on
    return facts.permit_type == "patent" and issued is not None and issued >= entered


def _stays_long(facts: StayFacts, entered: date) -> bool:
    ends = (facts.stay_until, facts.permit_until, facts.registration_until)
    return facts.route == "study" or any(end and end - entered >= _LONG_STAY for end in ends)


def _patent_application(facts: StayFacts, book: RuleBook) -> Term | None:
    entered = facts.entered_on
    if entered is None or facts.purpose != "work" or facts.permit_type is not None:
        return None
    if facts.route not in (None, "", "patent") or not facts.citizenship:
        return None
    if facts.steps_done & {"patent_application", "application", "patent_issue", "issue"}:
        return None
    if not book.listed("stay.visa_free", entered, facts.citizenship):
        return None
    row = book.find("patent.application", entered)
    if row is None:
        return None
    due = book.due(row, entered)
    return Term(
        "patent_application",
        "Подать заявление на патент",
        f"въезд {day_month(entered)}",
        "file-pen",
        "applicant",
        due,
        explain(
            row,
            book,
            "Въезд в Россию с целью «работа»",
            entered,
            due,
            label="въезд",
            note=off_day_note(row, due, book.calendar),
        ),
    )


def _patent_payment(facts: StayFacts, book: RuleBook) -> Term | None:
    if facts.permit_type != "patent":
        return None
    paid = patent_paid_through(facts, book)
    if paid is None or (facts.permit_until is not None and paid >= facts.permit_until):
        return None
    month = _patent_month(facts, paid)
    return _expiry(
        book,
        "patent_payment",
        "patent.payment",
        paid,
        title="Оплатить НДФЛ за патент",
        detail=f"{month}-й месяц, оплачено по {day_month(paid)}"
        if month
        else f"оплачено по {day_month(paid)}",
        icon="wallet",
        who="applicant",
        event="Последний оплаченный день патента",
    )


def _patent_month(facts: StayFacts, paid: date) -> int | None:
    issued = facts.permit_issued_on
    if issued is None:
        return None
    nxt = paid + timedelta(days=1)
    months = (nxt.year - issued.year) * 12 + nxt.month - issued.month
    if nxt.day == 1 and issued.day > 28:
        # the month ended on its last day for want of the number of the issue
        months -= 1
    return months + 1 if months >= 0 else None


def _patent_reissue(facts: StayFacts, book: RuleBook) -> Term | None:
    end = facts.permit_until
    if facts.permit_type != "patent" or end is None:
        return None
    row = book.find("patent.reissue", end)
    if row is None:
        return None
    due = book.due(row, end)
    return Term(
        "patent_reissue",
        "Переоформить патент",
        f"патент до {full_date(end)}",
        "badge-check",
        "applicant",
        due,
        explain(row, book, "Последний день срока патента", end, due, label="конец срока"),
    )


def _permit_expiry(facts: StayFacts, book: RuleBook) -> Term | None:
    if facts.permit_type in (None, "patent") or facts.permit_until is None:
        return None
    name = PERMIT_NAMES.get(facts.permit_type or "", "документ")
    return _expiry(
        book,
        "permit_expiry",
        "stay.permit_expiry",
        facts.permit_until,
        title=f"Продлить или заменить: {name}",
        detail=f"действует до {full_date(facts.permit_until)}",
        icon="badge-check",
        who="applicant",
        event=f"Последний день документа: {name}",
    )


def _stay_limit(facts: StayFacts, book: RuleBook) -> Term | None:
    """Shown only where nothing longer lets the person stay."""
    limit = visit_limit(facts, book)
    if limit is None or limit.explanation is None or facts.permit_type is not None:
        return None
    until = facts.stay_until
    if until is not None and facts.entered_on is not None:
        if until - facts.entered_on >= _LONG_STAY:
            return _expiry(
                book,
                "stay_limit",
                "stay.permit_expiry",
                until,
                title="Продлить срок пребывания или выехать",
                detail=f"срок до {full_date(until)}",
                icon="calendar-x",
                who="applicant",
                event="Срок пребывания в миграционной карте",
            )
        if until < limit.until:
            limit_on, why = until, limit.explanation
            row = book.find("stay.permit_expiry", until)
            if row is not None:
                why = explain(
                    row, book, "Срок пребывания в миграционной карте", until, until, label="срок"
                )
            return _leave(limit_on, why, "срок в миграционной карте")
    return _leave(limit.until, limit.explanation, limit.good)


def _leave(due: date, why: Explanation, detail: str) -> Term:
    return Term(
        "stay_limit",
        "Продлить срок пребывания или выехать",
        detail,
        "calendar-x",
        "applicant",
        due,
        why,
    )


def _document_expiry(facts: StayFacts, book: RuleBook) -> Term | None:
    if facts.document_until is None:
        return None
    passport = facts.document_type in (None, "passport")
    return _expiry(
        book,
        "document_expiry",
        "stay.document_expiry",
        facts.document_until,
        title="Заменить паспорт" if passport else "Заменить документ",
        detail=f"действует до {full_date(facts.document_until)}",
        icon="book-user",
        who="applicant",
        event="Последний день действия документа",
    )


def _insurance_expiry(facts: StayFacts, book: RuleBook) -> Term | None:
    if facts.insurance_until is None:
        return None
    return _expiry(
        book,
        "insurance_expiry",
        "stay.insurance_expiry",
        facts.insurance_until,
        title="Продлить полис ДМС",
        detail=f"полис до {day_month(facts.insurance_until)}",
        icon="heart-pulse",
        who="applicant",
        event="Последний день полиса",
    )


def _expiry(
    book: RuleBook,
    rule: str,
    table: str,
    until: date,
    *,
    title: str,
    detail: str,
    icon: str,
    who: str,
    event: str,
) -> Term | None:
    asked = (rule, until, title, detail)
    if asked not in book.made:
        row = book.find(table, until)
        if row is None:
            book.made[asked] = None
        else:
            why = explain(row, book, event, until, until, label="срок")
            book.made[asked] = Term(rule, title, detail, icon, who, until, why)
    made: Term | None = book.made[asked]
    return made


_RULES: tuple[Callable[[StayFacts, RuleBook], Term | None], ...] = (
    _registration,
    _registration_expiry,
    _fingerprints,
    _medical,
    _medical_validity,
    _patent_application,
    _patent_payment,
    _patent_reissue,
    _permit_expiry,
    _stay_limit,
    _document_expiry,
    _insurance_expiry,
)
