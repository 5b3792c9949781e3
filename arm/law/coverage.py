"""Which months of a patent its payments cover, and on which day it ends.

A month costs the rate of the day of payment (:mod:`arm.law.ndfl`). A payment buys as many whole
months as it pays for; what remains waits for the next payment, it never buys days. A payment made
after the last paid day buys nothing: the patent has ended and is not revived (НК РФ ст. 227.1,
115-ФЗ ст. 13.3 п. 5; /docs/law.md).

All money is whole kopecks. Pure: no clock, no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar

from arm.errors import ExpectedError
from arm.law.ndfl import (
    LONGEST_MONTHS,
    MonthEnd,
    MonthlyAmount,
    kopecks_text,
    month_end_of,
    monthly_amount,
    paid_through,
    weakest,
)
from arm.law.tables import Confidence, LawTables

_DAY = timedelta(days=1)
_OTHER: Mapping[MonthEnd, MonthEnd] = {"strict": "month_end", "month_end": "strict"}
_READING: Mapping[MonthEnd, str] = {
    "strict": "день перед тем же числом",
    "month_end": "последний день месяца, ст. 6.1 НК РФ",
}


class WrongNumberOfMonths(ExpectedError):
    """A patent is paid for one to twelve months."""

    code: ClassVar[str] = "law.months"
    title: ClassVar[str] = "Патент оплачивают на срок от 1 до {most} месяцев, указано {months}"
    advice: ClassVar[str] = "Укажите число месяцев со дня выдачи; дальше патент переоформляют"


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. ``kopecks`` is above zero, otherwise ValueError (a bug of the caller)."""

    paid_on: date
    kopecks: int

    def __post_init__(self) -> None:
        if self.kopecks <= 0:
            raise ValueError("a payment is a positive number of kopecks")


@dataclass(frozen=True, slots=True)
class PaidMonth:
    """One covered month and the money that bought it."""

    number: int
    """1 is the month that begins with the issue."""
    first: date
    last: date
    """Inclusive."""
    kopecks: int
    """The rate of ``bought_on``; 0 where only the number of months is known."""
    bought_on: date | None
    """The day of the payment that completed it; ``None`` where only the number is known."""
    parts: tuple[Payment, ...]
    """What each payment gave to this month; adds up to ``kopecks``."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The answer and why: the months add up to it, months and surplus to the money paid."""

    issued_on: date
    months: tuple[PaidMonth, ...]
    surplus: int
    """Kopecks that bought no month: to be set off or returned on application."""
    late: tuple[Payment, ...] = ()
    """Payments made after the patent had ended."""
    notes: tuple[str, ...] = ()
    """What to beware of, in Russian."""
    confidence: Confidence = "H"
    """The weakest of the values used: rates, and the month's end for an issue on day 29–31."""

    @property
    def paid_through(self) -> date | None:
        """Last covered day, inclusive; ``None`` if no month is paid."""
        return self.months[-1].last if self.months else None

    @property
    def terminates_on(self) -> date | None:
        """The day the patent ends by itself: the one after ``paid_through``."""
        return self.months[-1].last + _DAY if self.months else None

    @property
    def explanation(self) -> tuple[str, ...]:
        """Each month in words, then the notes."""
        return (*(_month_text(month) for month in self.months), *self.notes)


def covered_months(issued_on: date, months: int, tables: LawTables) -> Coverage:
    """The coverage if ``months`` are known to be paid since the issue, whatever they cost.

    Raises :class:`WrongNumberOfMonths`; :class:`arm.law.tables.NoRuleForDay` for an issue before
    the first row of ``patent.month_end``.
    """
    if not 1 <= months <= LONGEST_MONTHS:
        raise WrongNumberOfMonths(most=LONGEST_MONTHS, months=months)
    rule = month_end_of(tables.on("patent.month_end", issued_on))
    ends = _ends(issued_on, rule)[:months]
    paid = tuple(_month(issued_on, ends, n) for n in range(1, months + 1))
    return _with_month_end(Coverage(issued_on, paid, 0), rule, tables)


def coverage(
    issued_on: date, payments: Iterable[Payment], region: str, tables: LawTables
) -> Coverage:
    """The coverage by payments at the rates of a region (two-digit code).

    Raises :class:`arm.law.tables.NoRuleForDay` where the rate of a payment's day is not known:
    nothing is guessed. Payments that can buy nothing need no rate.
    """
    rule = month_end_of(tables.on("patent.month_end", issued_on))
    asked: dict[date, MonthlyAmount] = {}

    def price(on: date) -> int:
        asked[on] = monthly_amount(region, on, tables)
        return int(asked[on].amount) * 100

    found = paid_months(issued_on, payments, price, rule)
    doubts = tuple(_doubt(month) for month in asked.values() if not month.confirmed)
    sure = weakest(month.confidence for month in asked.values())
    found = replace(found, notes=found.notes + doubts, confidence=sure)
    return _with_month_end(found, rule, tables)


def paid_months(
    issued_on: date, payments: Iterable[Payment], price: Callable[[date], int], rule: MonthEnd
) -> Coverage:
    """The coverage by payments where a month costs ``price(day of payment)`` kopecks.

    The first month is paid before the patent is handed out, so a payment within it counts for it.
    Where a rate falls, the remainder of an earlier payment may be worth more at the next one: the
    longest coverage is the answer, so that one more payment never shortens it.
    """
    ordered = tuple(sorted(payments, key=lambda one: (one.paid_on, one.kopecks)))
    ends = _ends(issued_on, rule)
    plans = {0: _Plan(0, ())}
    for payment in ordered:
        plans = _after(plans, payment, price, ends)
    months, plan = max(plans.items(), key=lambda item: item[0])
    paid = _replay(issued_on, ordered, plan, ends)
    late = _late(ordered, plan, ends)
    notes = _notes(late, months, plan.credit, ends)
    return Coverage(issued_on, paid, plan.credit, late, notes)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A way to spend the payments seen so far."""

    credit: int
    """Kopecks not spent."""
    bought: tuple[tuple[int, int], ...]
    """For each payment: months bought on its day and the price of each."""


def _ends(issued_on: date, rule: MonthEnd) -> tuple[date, ...]:
    return tuple(paid_through(issued_on, n, rule) for n in range(1, LONGEST_MONTHS + 1))


def _alive(months: int, on: date, ends: tuple[date, ...]) -> bool:
    return on <= ends[max(months, 1) - 1]


def _after(
    plans: Mapping[int, _Plan],
    payment: Payment,
    price: Callable[[date], int],
    ends: tuple[date, ...],
) -> dict[int, _Plan]:
    """Every number of months that can be paid after one more payment, with the most credit."""
    on, most = payment.paid_on, len(ends)
    buying = any(months < most and _alive(months, on, ends) for months in plans)
    month_price = price(on) if buying else 0
    following: dict[int, _Plan] = {}
    for months, plan in plans.items():
        credit = plan.credit + payment.kopecks
        least = longest = 0
        if month_price and _alive(months, on, ends):
            # its own whole months are fixed at its rate; only what remains may wait for another
            least = min(payment.kopecks // month_price, most - months)
            longest = min(credit // month_price, most - months)
        for more in range(least, longest + 1):
            new = _Plan(credit - more * month_price, (*plan.bought, (more, month_price)))
            known = following.get(months + more)
            if known is None or known.credit < new.credit:
                following[months + more] = new
    return following


def _replay(
    issued_on: date, payments: tuple[Payment, ...], plan: _Plan, ends: tuple[date, ...]
) -> tuple[PaidMonth, ...]:
    """The months of a plan; the oldest money is spent first."""
    paid: list[PaidMonth] = []
    purse: list[Payment] = []
    for payment, (count, month_price) in zip(payments, plan.bought, strict=True):
        purse.append(payment)
        for _ in range(count):
            month = _month(issued_on, ends, len(paid) + 1)
            parts = _take(purse, month_price)
            bought = replace(month, kopecks=month_price, bought_on=payment.paid_on, parts=parts)
            paid.append(bought)
    return tuple(paid)


def _take(purse: list[Payment], kopecks: int) -> tuple[Payment, ...]:
    parts: list[Payment] = []
    while kopecks:
        oldest = purse.pop(0)
        given = min(oldest.kopecks, kopecks)
        parts.append(Payment(oldest.paid_on, given))
        kopecks -= given
        if oldest.kopecks > given:
            purse.insert(0, Payment(oldest.paid_on, oldest.kopecks - given))
    return tuple(parts)


def _month(issued_on: date, ends: tuple[date, ...], number: int) -> PaidMonth:
    first = issued_on if number == 1 else ends[number - 2] + _DAY
    return PaidMonth(number, first, ends[number - 1], 0, None, ())


def _late(
    payments: tuple[Payment, ...], plan: _Plan, ends: tuple[date, ...]
) -> tuple[Payment, ...]:
    late: list[Payment] = []
    months = 0
    for payment, (count, _) in zip(payments, plan.bought, strict=True):
        if not _alive(months, payment.paid_on, ends):
            late.append(payment)
        months += count
    return tuple(late)


def _notes(
    late: tuple[Payment, ...],
    months: int,
    surplus: int,
    ends: tuple[date, ...],
) -> tuple[str, ...]:
    notes: list[str] = []
    if not months:
        notes.append("Ни один месяц не оплачен полностью.")
    notes += [
        f"Платёж {one.paid_on:%d.%m.%Y} ({kopecks_text(one.kopecks)}) опоздал: патент прекращён, "
        "платёж его не возобновляет."
        for one in late
    ]
    if surplus:
        said = f"Остаток {kopecks_text(surplus)} меньше месяца: дней он не даёт"
        if late or months == len(ends):
            said = f"Не засчитано {kopecks_text(surplus)}"
        notes.append(f"{said}; его зачтут в следующий платёж или вернут по заявлению.")
    if months == len(ends):
        notes.append(f"Оплачены все {months} месяцев: дальше патент переоформляют.")
    return tuple(notes)


def _with_month_end(found: Coverage, rule: MonthEnd, tables: LawTables) -> Coverage:
    """Adds the first payment's doubt and the other reading of the month's end."""
    notes, sure = list(found.notes), found.confidence
    bought_on = found.months[0].bought_on if found.months else None
    if bought_on is not None and bought_on > found.issued_on:
        notes.append(
            f"Первый месяц платят до получения патента, а оплачен он {bought_on:%d.%m.%Y}: "
            "проверьте, нет ли пропущенного платежа."
        )
    if found.issued_on.day >= 29:
        row = tables.on("patent.month_end", found.issued_on)
        sure = weakest((sure, row.confidence))
        if found.months:
            other = paid_through(found.issued_on, len(found.months), _OTHER[rule])
            if other != found.paid_through:
                notes.append(
                    f"По другому прочтению ({_READING[_OTHER[rule]]}) последний день — "
                    f"{other:%d.%m.%Y}. {row.note}"
                )
    return replace(found, notes=tuple(notes), confidence=sure)


def _doubt(month: MonthlyAmount) -> str:
    said = (
        f"Ставка на {month.on:%d.%m.%Y} ({kopecks_text(int(month.amount) * 100)}) не подтверждена"
    )
    return f"{said}: {month.note}" if month.note else f"{said}."


def _month_text(month: PaidMonth) -> str:
    said = f"{month.number}-й месяц: {month.first:%d.%m.%Y}–{month.last:%d.%m.%Y}"
    if month.bought_on is None:
        return said
    said += f", {kopecks_text(month.kopecks)} по ставке на {month.bought_on:%d.%m.%Y}"
    if len(month.parts) == 1:
        return f"{said}, из платежа {month.parts[0].paid_on:%d.%m.%Y}"
    parts = " + ".join(
        f"{kopecks_text(part.kopecks)} из платежа {part.paid_on:%d.%m.%Y}" for part in month.parts
    )
    return f"{said}: {parts}"
