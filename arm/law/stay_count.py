"""The count of visa-free days: every visit, how many of its days counted, and until when.

90 days of a calendar year since 2025, 90 of any 180 days before (115-ФЗ ст. 5). A day is not
counted while something else lets the person stay (``stay.suspends``). Days of entry and exit both
count. A stay that crosses New Year goes on being counted from its entry: the cautious reading.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

from arm.law.explanation import full_date
from arm.law.facts import LawfulPeriod, StayFacts, Visit
from arm.law.ndfl import weakest
from arm.law.rulebook import RuleBook
from arm.law.tables import Confidence, Row
from arm.law.units import days_of_span

_DAY = timedelta(days=1)
_LONGEST = 3_660
"""Days looked ahead; what lasts longer has no end that anybody needs to see."""


@dataclass(frozen=True, slots=True)
class VisitCount:
    """One visit within the counted window; ``days`` = ``counted`` + all of ``suspended``."""

    visit: Visit
    first: date
    last: date
    days: int
    counted: int
    suspended: Mapping[str, int]
    """Days by the kind of the period that covers them."""


@dataclass(frozen=True, slots=True)
class StayCount:
    """The answer for one day and how it came about."""

    on: date
    row: Row
    window: tuple[date, date]
    """The days that are looked at: the calendar year of the entry, or 180 days."""
    visits: tuple[VisitCount, ...]
    allowed: int
    present: bool
    until: date | None
    """The last visa-free day of a person who is here; ``None`` if away or without an end."""
    by: LawfulPeriod | None
    """What lets the person stay on the day besides the visa-free days: the longest."""
    confidence: Confidence
    notes: tuple[str, ...]

    @property
    def spent(self) -> int:
        """Counted days up to the asked day, that day included."""
        return sum(visit.counted for visit in self.visits)

    @property
    def left(self) -> int:
        """Days that remain; none if the limit is exceeded."""
        return max(self.allowed - self.spent, 0)

    @property
    def lawful_until(self) -> date | None:
        """The last lawful day: of the visa-free days or of what lets stay longer."""
        if self.by is None:
            return self.until
        if self.by.last is None or self.until is None:
            return None
        return max(self.by.last, self.until)

    @property
    def lawful(self) -> bool:
        """Whether the person may be here on the asked day."""
        return self.by is not None or self.until is None or self.until >= self.on

    @property
    def explanation(self) -> tuple[str, ...]:
        """Each visit in words, the sum, then what to beware of."""
        first, last = self.window
        total = (
            f"С {full_date(first)} по {full_date(last)} засчитано {self.spent} из {self.allowed}, "
            f"осталось {self.left}"
        )
        return (*(_visit_text(visit) for visit in self.visits), total, *self.notes)


def stay_count(facts: StayFacts, on: date, book: RuleBook) -> StayCount | None:
    """The count on a day; ``None`` where the limit doesn't apply or no visit is known."""
    visits = tuple(visit for visit in _visits(facts) if visit.entered_on <= on)
    if not visits or not _counts(facts, visits[-1].entered_on, book):
        return None
    here = _here(visits, on)
    entry = here.entered_on if here is not None else on
    row = book.find("stay.limit", entry)
    if row is None:
        return None
    suspending = [one for one in facts.periods if book.listed("stay.suspends", on, one.kind)]
    by_year = row.text("period") == "year"
    window = (date(entry.year, 1, 1) if by_year else on - timedelta(days=179), on)
    counts = tuple(_counted(visit, window, suspending) for visit in visits)
    return StayCount(
        on=on,
        row=row,
        window=window,
        visits=tuple(one for one in counts if one.days),
        allowed=row.integer("days"),
        present=here is not None,
        until=None if here is None else last_visa_free_day(facts, here, row, book),
        by=_longest(suspending, on),
        confidence=_confidence(facts, row, suspending, on, book),
        notes=tuple(_notes(facts, here, row, book)),
    )


def last_visa_free_day(facts: StayFacts, visit: Visit, row: Row, book: RuleBook) -> date | None:
    """The last day of a visit on which the counted days don't exceed the limit; the day before the
    entry if there was none left, ``None`` if something without an end covers the days."""
    entered, allowed = visit.entered_on, row.integer("days")
    listed = [one for one in facts.periods if book.listed("stay.suspends", entered, one.kind)]
    by_year = row.text("period") == "year"
    start = date(entered.year, 1, 1) if by_year else entered - timedelta(days=180)
    days = {
        on
        for one in _visits(facts)
        if one.entered_on < entered
        for on in days_of_span(max(one.entered_on, start), one.left_on or entered)
        if not _covered(on, listed)
    }
    spent = len(days)
    for on in days_of_span(entered, entered + timedelta(days=_LONGEST)):
        if not by_year and on - timedelta(days=180) in days:
            spent -= 1
        if _covered(on, listed):
            continue
        if spent >= allowed:
            return on - _DAY
        days.add(on)
        spent += 1
    return None


def _visits(facts: StayFacts) -> list[Visit]:
    """Known visits in order, none running into the next. An earlier one without a day of exit is
    left out: nobody knows how long it was (:func:`_unclosed` says so)."""
    known = _known(facts)
    ended = [
        Visit(visit.entered_on, min(visit.left_on, following.entered_on - _DAY))
        for visit, following in pairwise(known)
        if visit.left_on is not None
    ]
    return ended + known[-1:]


def _known(facts: StayFacts) -> list[Visit]:
    return sorted({*facts.visits, *_present_visit(facts)}, key=lambda one: one.entered_on)


def _unclosed(facts: StayFacts) -> Iterator[str]:
    for visit in _known(facts)[:-1]:
        if visit.left_on is None:
            yield (
                f"Въезд {full_date(visit.entered_on)} без даты выезда не засчитан: впишите выезд"
            )


def _present_visit(facts: StayFacts) -> Iterator[Visit]:
    entered = facts.entered_on
    if entered is not None and all(visit.entered_on != entered for visit in facts.visits):
        left = facts.left_on
        yield Visit(entered, left if left is not None and left >= entered else None)


def _counts(facts: StayFacts, entered: date, book: RuleBook) -> bool:
    state = facts.citizenship or ""
    return book.listed("stay.visa_free", entered, state) or book.listed("stay.eaeu", entered, state)


def _here(visits: tuple[Visit, ...], on: date) -> Visit | None:
    last = visits[-1]
    return last if last.left_on is None or last.left_on >= on else None


def _counted(visit: Visit, window: tuple[date, date], suspending: list[LawfulPeriod]) -> VisitCount:
    first, last = max(visit.entered_on, window[0]), min(visit.left_on or window[1], window[1])
    kinds = [_covering(on, suspending) for on in days_of_span(first, last)]
    suspended = Counter(kind for kind in kinds if kind is not None)
    return VisitCount(visit, first, last, len(kinds), kinds.count(None), dict(suspended))


def _covering(on: date, suspending: list[LawfulPeriod]) -> str | None:
    return next((one.kind for one in suspending if one.covers(on)), None)


def _covered(on: date, suspending: list[LawfulPeriod]) -> bool:
    return _covering(on, suspending) is not None


def _longest(periods: list[LawfulPeriod], on: date) -> LawfulPeriod | None:
    covering = [one for one in periods if one.covers(on)]
    return max(covering, key=lambda one: one.last or date.max, default=None)


def _confidence(
    facts: StayFacts, row: Row, suspending: list[LawfulPeriod], on: date, book: RuleBook
) -> Confidence:
    rows = [book.find("stay.suspends", on, one.kind) for one in suspending]
    state = book.find("stay.visa_free", on, facts.citizenship or "")
    found = weakest(one.confidence for one in (row, state, *rows) if one is not None)
    # no act says plainly what remains when a ground has ended
    return weakest((found, "M")) if suspending else found


def _notes(facts: StayFacts, here: Visit | None, row: Row, book: RuleBook) -> Iterator[str]:
    yield from _unclosed(facts)
    if here is not None and book.listed("stay.eaeu", here.entered_on, facts.citizenship or ""):
        yield "Гражданину ЕАЭС с договором считать дни не нужно: укажите срок договора"
    state = book.find("stay.visa_free", here.entered_on, facts.citizenship or "") if here else None
    if state is not None and state.note:
        yield state.note
    if here is None or row.text("period") != "year":
        return
    until = last_visa_free_day(facts, here, row, book)
    if until is not None and until.year > here.entered_on.year:
        yield "С 1 января счёт начинается заново, но надёжнее выехать не позже этого дня"
    if until is not None and facts.periods:
        yield "Дни после окончания основания подтвердите в МВД: норма говорит о них не прямо"


def _visit_text(one: VisitCount) -> str:
    said = f"{full_date(one.first)}–{full_date(one.last)}: {one.days} дн."
    if not one.suspended:
        return f"{said}, все засчитаны"
    kinds = ", ".join(
        f"{PERIOD_NAMES.get(kind, kind)} {days}" for kind, days in one.suspended.items()
    )
    return f"{said}, засчитано {one.counted}, не в счёт: {kinds}"


PERIOD_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "patent": "патент",
        "contract": "договор ЕАЭС",
        "study": "учёба",
        "trp": "РВП",
        "trp_education": "РВПО",
        "prp": "ВНЖ",
        "extension": "продление",
    }
)
