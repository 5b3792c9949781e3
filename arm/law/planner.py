"""The steps of a route that are left: the latest safe day of each, counted back from the terms.

A step is what a person does on one day; its result can be used so many days later (a row of
``resources/law``). A step must be done by its own term, its result must be
there for the steps that need it, and all of them before the lawful stay ends. Pure: no clock, no
database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal

from arm.law.calendar import Calendar
from arm.law.deadlines import Status, Term, deadlines, status
from arm.law.explanation import Explanation, explain, full_date
from arm.law.facts import StayFacts
from arm.law.rulebook import RuleBook
from arm.law.tables import Row

BoundKind = Literal["term", "step", "stay"]

STAY = "stay"
"""What the end of the lawful stay is called among the bounds."""

DURATION = "steps.duration"
"""Where it stands how long results take, for want of an act."""

_DAY = timedelta(days=1)
_TERMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "registration": ("registration", "registration_expiry"),
        "medical": ("medical", "medical_expiry"),
        "fingerprints": ("fingerprints",),
        "patent_application": ("patent_application",),
        "patent_payment": ("patent_payment",),
        "insurance": ("insurance_expiry",),
    }
)
"""Step → the rules whose terms are terms of this step."""


@dataclass(frozen=True)
class Step:
    """A step that is left. ``after``: steps whose results it can't do without; ``wait``: the table
    that says how long its own result takes."""

    code: str
    title: str
    after: tuple[str, ...] = ()
    wait: str = DURATION


@dataclass(frozen=True)
class Bound:
    """One reason why a step can't be later. ``of``: the rule, the next step, or :data:`STAY`."""

    kind: BoundKind
    of: str
    day: date
    """The latest working day that this reason leaves."""
    text: str
    why: Explanation | None


@dataclass(frozen=True)
class PlannedStep:
    """One step with its days; all of them are working days."""

    code: str
    title: str
    latest: date | None
    """The latest safe day; ``None``: no term is known."""
    earliest: date
    """The first day it can be done, if everything before it goes without a pause."""
    free_days: int | None
    """Days between today and the latest day; below zero: the day has passed."""
    free_working_days: int | None
    """Working days among them, the latest day itself included."""
    bounds: tuple[Bound, ...]
    """The reasons, the one that decides first."""
    missed: tuple[Bound, ...]
    """Terms that can't be kept any more: the latest day is counted without them."""
    wait: Row | None
    """How long its result takes; ``None``: no table says."""

    @property
    def in_time(self) -> bool:
        """Whether it can be done by its latest day, and no term of it is missed."""
        return not self.missed and (self.latest is None or self.earliest <= self.latest)


@dataclass(frozen=True)
class Advice:
    """What is still possible where a term can't be kept."""

    of: str
    text: str
    act: str
    confidence: str


@dataclass(frozen=True)
class Plan:
    """The steps left, the most urgent first."""

    on: date
    status: Status
    steps: tuple[PlannedStep, ...]
    advice: tuple[Advice, ...]

    @property
    def in_time(self) -> bool:
        """Whether everything can still be done in time."""
        return all(step.in_time for step in self.steps)


def plan(
    facts: StayFacts,
    left: Sequence[Step],
    on: date,
    book: RuleBook,
    terms: Iterable[Term] | None = None,
) -> Plan:
    """The latest safe day of every step that is left. ``terms``: those to keep, where some were
    settled; otherwise all that the facts set. A person who left, or whose case is closed, has no
    plan."""
    verdict = status(facts, on, book)
    if facts.closed or not facts.present:
        return Plan(on, verdict, (), ())
    kept = deadlines(facts, book) if terms is None else terms
    counting = _Counting(left, verdict, kept, on, book)
    planned = [counting.planned(step) for step in counting.order]
    planned.sort(key=lambda step: step.latest or date.max)
    return Plan(on, verdict, tuple(planned), tuple(_advice(planned, on, book)))


class _Counting:
    """One plan while it is counted: forward from today, then back from the terms."""

    def __init__(
        self,
        left: Sequence[Step],
        verdict: Status,
        terms: Iterable[Term],
        on: date,
        book: RuleBook,
    ) -> None:
        self._on, self._book, self._calendar = on, book, book.calendar
        self._verdict = verdict
        known = {step.code for step in left}
        self._needs = {step.code: [code for code in step.after if code in known] for step in left}
        self.order = _in_order(left, self._needs)
        self._wait = {step.code: book.find(step.wait, on, step.code) for step in left}
        self._terms = {term.rule: term for term in terms}
        self._earliest: dict[str, date] = {}
        for step in self.order:
            ready = [self._ready(code) for code in self._needs[step.code]]
            self._earliest[step.code] = max([_working_from(on, self._calendar), *ready])
        self._bounds: dict[str, list[Bound]] = {}
        self._missed: dict[str, list[Bound]] = {}
        for step in reversed(self.order):
            self._count_back(step)

    def planned(self, step: Step) -> PlannedStep:
        """The step with everything that was found of it."""
        bounds, latest = self._bounds[step.code], self._latest(step.code)
        return PlannedStep(
            step.code,
            step.title,
            latest,
            self._earliest[step.code],
            (latest - self._on).days if latest else None,
            _working_between(self._on, latest, self._calendar) if latest else None,
            tuple(bounds),
            tuple(self._missed[step.code]),
            self._wait[step.code],
        )

    def _latest(self, code: str) -> date | None:
        return self._bounds[code][0].day if self._bounds[code] else None

    def _count_back(self, step: Step) -> None:
        own = [self._of_term(term) for term in self._terms_of(step.code)]
        kept = [bound for bound in own if bound.day >= self._earliest[step.code]]
        self._missed[step.code] = [bound for bound in own if bound not in kept]
        others = [self._of_step(step, after) for after in self.order if self._before(step, after)]
        found = [*kept, *(bound for bound in others if bound), *self._of_stay(step)]
        # the first of equal days decides: a term says more than a step, a step more than the stay
        self._bounds[step.code] = sorted(found, key=lambda bound: bound.day)

    def _before(self, step: Step, after: Step) -> bool:
        return step.code in self._needs[after.code]

    def _terms_of(self, code: str) -> list[Term]:
        return [self._terms[rule] for rule in _TERMS.get(code, ()) if rule in self._terms]

    def _of_term(self, term: Term) -> Bound:
        day = self._calendar.last_working_on_or_before(term.due_on)
        due = full_date(term.due_on)
        said = f"Срок: {term.title}, {due}"
        if day != term.due_on:
            said = f"Срок: {term.title}, {due}, это выходной"
        return Bound("term", term.rule, day, said, term.explanation)

    def _of_step(self, step: Step, after: Step) -> Bound | None:
        needed = self._latest(after.code)
        if needed is None:
            return None
        day, why = self._back(step, needed, after.title)
        said = f"Результат нужен для шага «{after.title}», не позже {full_date(needed)}"
        return Bound("step", after.code, day, said, why)

    def _of_stay(self, step: Step) -> list[Bound]:
        until, reason = self._verdict.until, self._verdict.reason
        if until is None:
            return []
        last = self._calendar.last_working_on_or_before(until)
        day, why = self._back(step, last, "Конец законного пребывания")
        if day == last:
            why = self._verdict.explanation
        return [
            Bound("stay", STAY, day, f"Законное пребывание до {full_date(until)}: {reason}", why)
        ]

    def _back(self, step: Step, needed: date, event: str) -> tuple[date, Explanation | None]:
        """The day on which the step must be done for its result to be there, and the count."""
        row = self._wait[step.code]
        day = _back_from(needed, row, self._calendar)
        if row is None:
            return day, None
        if row.text("unit") == "calendar_before":
            return day, explain(row, self._book, event, needed, day, label="нужен результат")
        return day, explain(row, self._book, step.title, day, needed, label="шаг")

    def _ready(self, code: str) -> date:
        return _ready_on(self._earliest[code], self._wait[code], self._calendar)


def _in_order(left: Sequence[Step], needs: Mapping[str, Sequence[str]]) -> list[Step]:
    """Each step after those it needs, otherwise as given."""
    order: list[Step] = []
    waiting = list(left)
    while waiting:
        placed = {step.code for step in order}
        step = next(
            (one for one in waiting if placed.issuperset(needs[one.code])),
            None,
        )
        if step is None:
            raise ValueError("steps that need each other")
        order.append(step)
        waiting.remove(step)
    return order


def _back_from(needed: date, row: Row | None, calendar: Calendar) -> date:
    """The last working day on which a step can be done for its result to be there."""
    days = row.integer("days") if row is not None else 0
    if row is None or not days:
        return needed
    if row.text("unit") == "working":
        return calendar.working_day_before(needed, days)
    return calendar.last_working_on_or_before(needed - timedelta(days=days))


def _ready_on(done: date, row: Row | None, calendar: Calendar) -> date:
    """The first working day on which the result of a step done on ``done`` can be used."""
    days = row.integer("days") if row is not None else 0
    if row is None or not days:
        return done
    if row.text("unit") == "working":
        return calendar.working_day_after(done, days)
    return _working_from(done + timedelta(days=days), calendar)


def _working_from(day: date, calendar: Calendar) -> date:
    return day if calendar.is_working(day) else calendar.working_day_after(day, 1)


def _working_between(on: date, latest: date, calendar: Calendar) -> int:
    first, last = sorted((on, latest))
    count = sum(calendar.is_working(first + _DAY * n) for n in range(1, (last - first).days + 1))
    return count if latest >= on else -count


def _advice(planned: Iterable[PlannedStep], on: date, book: RuleBook) -> Iterable[Advice]:
    """One line for every term that can't be kept, in the order of the plan."""
    said: dict[str, Advice] = {}
    for step in planned:
        late = [bound.of for bound in step.missed]
        if step.latest is not None and step.latest < step.earliest:
            late.append(STAY)
        for of in late:
            row = book.find("steps.late", on, of)
            if row is not None and of not in said:
                said[of] = Advice(of, row.text("text"), row.act, row.confidence)
    return said.values()


Say = Callable[[str], str]


def as_text(found: Plan, title: str, say: Say = str) -> str:
    """The plan for the person it is about: to be copied or printed. ``say`` translates."""
    lines = [f"{title}, {full_date(found.on)}", say(found.status.text), ""]
    for number, step in enumerate(found.steps, start=1):
        lines.append(f"{number}. {say(step.title)}: {say(day_text(step))}")
        lines += [f"   {say(bound.text)}" for bound in (*step.missed, *step.bounds[:1])]
        if step.wait is not None and step.wait.integer("days"):
            lines.append(f"   {say(step.wait.text('text'))}")
    if found.advice:
        lines += ["", *(f"{say(one.text)} ({say(one.act)})" for one in found.advice)]
    return "\n".join(lines)


def day_text(step: PlannedStep) -> str:
    """The day of a step in one phrase."""
    if step.latest is None:
        return "срок не установлен"
    if step.missed or step.latest < step.earliest:
        return f"в срок не успеть, первый возможный день {full_date(step.earliest)}"
    return f"не позже {full_date(step.latest)}"
