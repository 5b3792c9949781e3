"""How long a person may lawfully stay: 90 days of a calendar year, or a longer ground.

115-ФЗ ст. 5 (as amended by 260-ФЗ of 08.08.2024). Both the day of entry and the day of exit
count as days of stay.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

from arm.law.explanation import Explanation, explain, full_date
from arm.law.facts import StayFacts, Visit
from arm.law.ndfl import month_end_of, paid_through
from arm.law.rulebook import RuleBook

StatusKind = Literal["ok", "warn", "bad", "unknown", "eaeu"]

PERMIT_NAMES = {
    "visa": "виза",
    "patent": "патент",
    "work_permit": "разрешение на работу",
    "trp": "РВП",
    "trp_education": "РВПО",
    "prp": "ВНЖ",
}
_SHOWN_PERMITS = {"trp", "trp_education", "prp"}


class Status(NamedTuple):
    """Whether a person stays lawfully, until which day inclusive, and why."""

    kind: StatusKind
    until: date | None
    reason: str
    """Short and Russian: «патент оплачен»."""
    explanation: Explanation | None = None

    @property
    def text(self) -> str:
        """The words of the status pill."""
        if self.kind == "eaeu":
            return "ЕАЭС"
        if self.until is None:
            return "Нет оснований" if self.kind == "bad" else "Неизвестно"
        if self.kind == "bad":
            return f"Нет оснований с {self.until + timedelta(days=1):%d.%m.%Y}"
        return f"Законно до {full_date(self.until)}"


class _Ground(NamedTuple):
    until: date
    good: str
    """Reason while it lasts."""
    ended: str
    explanation: Explanation | None


def status(facts: StayFacts, on: date, book: RuleBook) -> Status:
    """The status on a day. Unknown stays unknown: it is never shown as lawful."""
    if not facts.present and facts.left_on is not None:
        return Status("unknown", None, f"выехал {full_date(facts.left_on)}")
    grounds = [ground for ground in (_permit(facts, book), _visit(facts, book)) if ground]
    best = max(grounds, key=lambda ground: ground.until, default=None)
    if _eaeu(facts, on, book) and (best is None or facts.permit_type not in _SHOWN_PERMITS):
        return Status("eaeu", best.until if best else None, "гражданин ЕАЭС")
    if facts.permit_type == "prp" and facts.permit_until is None:
        return Status("ok", None, "ВНЖ без срока")
    if best is None:
        return Status("unknown", None, _missing(facts))
    warning = book.find("stay.warning", on)
    warn_days = warning.integer("days") if warning else 0
    if best.until < on:
        return Status("bad", best.until, best.ended, best.explanation)
    near = (best.until - on).days <= warn_days
    return Status("warn" if near else "ok", best.until, best.good, best.explanation)


def warn_days(on: date, book: RuleBook) -> int:
    """From how many days before its end a status is amber."""
    row = book.find("stay.warning", on)
    return row.integer("days") if row else 0


def _missing(facts: StayFacts) -> str:
    if facts.entered_on is None and facts.permit_type is None:
        return "новое дело" if facts.document_type else "нет сведений о въезде"
    return "не указан срок документа"


def _eaeu(facts: StayFacts, on: date, book: RuleBook) -> bool:
    return bool(facts.citizenship) and book.listed("stay.eaeu", on, facts.citizenship or "")


def _permit(facts: StayFacts, book: RuleBook) -> _Ground | None:
    if facts.permit_type == "patent":
        return _patent(facts, book)
    if facts.permit_type is None or facts.permit_until is None:
        return None
    name = PERMIT_NAMES.get(facts.permit_type, "документ")
    return _until(
        facts.permit_until,
        book,
        "stay.permit_expiry",
        good=f"{name} до {full_date(facts.permit_until)}",
        ended=f"{name} закончился" if name == "патент" else f"{name}: срок закончился",
        event=f"Срок документа: {name}",
    )


def _patent(facts: StayFacts, book: RuleBook) -> _Ground | None:
    """A patent lives while it is paid: the first month is paid before it is handed out."""
    paid = patent_paid_through(facts, book)
    if paid is None:
        return None
    end = min(paid, facts.permit_until) if facts.permit_until else paid
    by_term = facts.permit_until is not None and facts.permit_until <= paid
    return _until(
        end,
        book,
        "stay.permit_expiry" if by_term else "patent.payment",
        good="патент действует" if by_term else "патент оплачен",
        ended="патент закончился" if by_term else "патент не оплачен",
        event="Срок патента" if by_term else "Последний оплаченный день патента",
    )


def patent_paid_through(facts: StayFacts, book: RuleBook) -> date | None:
    """The last paid day of a patent; the first month follows from its issue."""
    issued = facts.permit_issued_on
    if facts.paid_through is not None or issued is None:
        return facts.paid_through
    return paid_through(issued, 1, month_end_of(book.find("patent.month_end", issued)))


def _until(end: date, book: RuleBook, table: str, *, good: str, ended: str, event: str) -> _Ground:
    row = book.find(table, end)
    why = explain(row, book, event, end, end, label="срок") if row else None
    return _Ground(end, good, ended, why)


def _visit(facts: StayFacts, book: RuleBook) -> _Ground | None:
    """The visa-free stay, or the term that an officer wrote into the card."""
    entered = facts.entered_on
    if entered is None:
        return None
    written = facts.stay_until
    limit = visit_limit(facts, book)
    if limit is None or (written is not None and written > entered + timedelta(days=89)):
        if written is None:
            return None
        return _until(
            written,
            book,
            "stay.permit_expiry",
            good=f"срок пребывания до {full_date(written)}",
            ended="срок пребывания закончился",
            event="Срок пребывания в миграционной карте",
        )
    if written is not None and written < limit.until:
        return _until(
            written,
            book,
            "stay.permit_expiry",
            good="срок в миграционной карте",
            ended="срок в миграционной карте закончился",
            event="Срок пребывания в миграционной карте",
        )
    return limit


def visit_limit(facts: StayFacts, book: RuleBook) -> _Ground | None:
    """The end of 90 days for a national of a state with visa-free entry; ``None`` for others."""
    entered = facts.entered_on
    if entered is None or not facts.citizenship:
        return None
    if not book.listed("stay.visa_free", entered, facts.citizenship):
        return None
    row = book.find("stay.limit", entered)
    if row is None:
        return None
    allowed = row.integer("days")
    spent = days_before(facts.visits, entered, by_year=row.text("period") == "year")
    end = entered + timedelta(days=max(allowed - spent, 0) - 1)
    note = ""
    if spent:
        trips = _trips(facts.visits, entered)
        note = f"Прошлые поездки: {trips}, всего {spent} дн. Осталось {max(allowed - spent, 0)}"
    if end.year > entered.year and not note:
        note = "С 1 января счёт начинается заново, но надёжнее выехать не позже этого дня"
    why = explain(row, book, "Въезд в Россию", entered, end, label="въезд", note=note)
    good = f"{allowed} дней со дня въезда" if not spent else f"{allowed} дней за год"
    return _Ground(end, good, f"{allowed} дней закончились", why)


def _trips(visits: tuple[Visit, ...], entered: date) -> str:
    """«10.01–08.02, 01.03–05.03»: the earlier stays whose exit is known."""
    return ", ".join(
        f"{visit.entered_on:%d.%m}–{visit.left_on:%d.%m}"
        for visit in visits
        if visit.left_on is not None and visit.entered_on < entered
    )


def days_before(visits: tuple[Visit, ...], entered: date, *, by_year: bool) -> int:
    """Days of earlier stays that count against a stay which began on ``entered``.

    ``by_year``: within the same calendar year; otherwise within 180 days before.
    """
    start = date(entered.year, 1, 1) if by_year else entered - timedelta(days=180)
    total = 0
    for visit in visits:
        if visit.entered_on >= entered or visit.left_on is None:
            continue
        first = max(visit.entered_on, start)
        last = min(visit.left_on, entered - timedelta(days=1))
        total += max((last - first).days + 1, 0)
    return total
