"""The fixed advance payment of НДФЛ by patent (НК РФ ст. 227.1).

``month = round_half_up(base × deflator(year) × coefficient(region, year))`` in whole roubles
(п. 6 ст. 52 НК РФ). The rate of the day of payment applies (письмо ФНС 27.01.2016 БС-4-11/1052@).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, cast, get_args

from arm.law.tables import BrokenLawTable, Confidence, Decision, LawTables, Row

MonthEnd = Literal["strict", "month_end"]
"""Where a month ends that lacks the number of the issue (29–31): ``strict`` the day before its last
day, ``month_end`` its last day (ст. 6.1 НК РФ). A setting: ``patent.month_end``."""

LONGEST_MONTHS = 12
"""A patent is paid for one to twelve months and lives at most twelve from its issue."""

_SURE: tuple[Confidence, ...] = ("H", "M", "L")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Factor:
    """One number of the computation and where it comes from."""

    label: str
    value: Decimal
    act: str
    source: str
    confidence: Confidence
    checked_on: date
    decided: Decision | None = None
    """Who put it in force here; ``None`` for a number of the program's own tables."""

    @property
    def ground(self) -> str:
        """The act, and who decided where somebody did."""
        return f"{self.act} ({self.decided.text})" if self.decided else self.act


@dataclass(frozen=True)
class MonthlyAmount:
    """What one month costs in a region, for payments made on a day."""

    region: str
    on: date
    amount: Decimal
    """Whole roubles."""
    exact: Decimal | None
    """Before rounding; ``None`` where only the announced sum is known."""
    announced: Decimal | None
    """The sum that the sources print, where they do."""
    factors: tuple[Factor, ...]
    note: str

    @property
    def disagrees(self) -> bool:
        """Whether the announced sum differs from the computed one by a rouble or more."""
        return self.announced is not None and abs(self.announced - self.amount) >= 1

    @property
    def confidence(self) -> Confidence:
        """The weakest of the factors; ``L`` if the sources contradict the computation."""
        if self.disagrees:
            return "L"
        return weakest(factor.confidence for factor in self.factors)

    @property
    def confirmed(self) -> bool:
        """Whether the amount may be printed without a remark."""
        return self.confidence == "H"

    @property
    def checked_on(self) -> date:
        """The day of the oldest check among the factors."""
        return min(factor.checked_on for factor in self.factors)

    @property
    def formula(self) -> str:
        """``1 200 × 2,842 × 2,9323 = 10 000,32 ≈ 10 000 ₽``."""
        if self.exact is None:
            return f"объявлено {roubles(self.amount)}"
        product = " × ".join(number(factor.value) for factor in self.factors)
        kopecks = self.exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return f"{product} = {number(kopecks)} ≈ {roubles(self.amount)}"


def monthly_amount(region: str, on: date, tables: LawTables) -> MonthlyAmount:
    """The month's amount in a region (two-digit code) for a payment made ``on`` the day.

    Raises :class:`arm.law.tables.NoRuleForDay` if base, deflator or region is not known then.
    """
    base = tables.on("ndfl.base", on)
    deflator = tables.on("ndfl.deflator", on)
    regional = tables.on("ndfl.region", on, region)
    announced = Decimal(regional.integer("amount")) if regional.has("amount") else None
    if not regional.has("coefficient"):
        factor = _factor("Объявленная сумма за месяц", regional, regional.integer("amount"))
        return MonthlyAmount(region, on, factor.value, None, announced, (factor,), regional.note)
    factors = (
        _factor("Базовая сумма", base, base.integer("amount")),
        _factor("Коэффициент-дефлятор", deflator, deflator.decimal("value")),
        _factor("Региональный коэффициент", regional, regional.decimal("coefficient")),
    )
    exact = factors[0].value * factors[1].value * factors[2].value
    amount = exact.quantize(Decimal(1), ROUND_HALF_UP)
    return MonthlyAmount(region, on, amount, exact, announced, factors, regional.note)


def add_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later; the last day of that month if it has none."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def paid_through(issued_on: date, months: int, rule: MonthEnd = "strict") -> date:
    """Last day covered by ``months`` paid since the patent's issue, inclusive.

    Counted from the day of issue, never from the payment. No source settles the end of a month
    without the number of the issue: ``rule`` decides, and the strict, earlier date is the cautious
    one.
    """
    same = add_months(issued_on, months)
    if rule == "month_end" and same.day < issued_on.day:
        return same
    return same - _DAY


def month_end_of(row: Row | None) -> MonthEnd:
    """The rule that a row of ``patent.month_end`` sets; strict where there is no row.

    Raises :class:`arm.law.tables.BrokenLawTable` for a rule that is not known.
    """
    if row is None:
        return "strict"
    rule = row.text("rule")
    if rule not in get_args(MonthEnd):
        raise BrokenLawTable(
            table=row.table, file="patent.toml", problem=f"неизвестное правило «{rule}»"
        )
    return cast("MonthEnd", rule)


def weakest(found: Iterable[Confidence]) -> Confidence:
    """The least sure of several; ``H`` of none."""
    return max(found, key=_SURE.index, default="H")


def months_covered(issued_on: date, last_day: date) -> int:
    """How many whole months from the issue are paid if the last paid day is ``last_day``.

    The strict end is never the later one, so a month paid by either reading is counted.
    """
    months = 0
    while months < 2 * LONGEST_MONTHS and paid_through(issued_on, months + 1) <= last_day:
        months += 1
    return months


def next_period(
    issued_on: date, last_day: date | None, months: int, rule: MonthEnd = "strict"
) -> tuple[date, date]:
    """First and last day of the next ``months`` to pay, after what is paid already."""
    done = 0 if last_day is None else months_covered(issued_on, last_day)
    first = issued_on if done == 0 else paid_through(issued_on, done, rule) + _DAY
    return first, paid_through(issued_on, done + months, rule)


def roubles(amount: Decimal) -> str:
    """``10 000 ₽`` with no-break spaces."""
    return f"{amount:,.0f}".replace(",", "\u00a0") + "\u00a0₽"


def kopecks_text(kopecks: int) -> str:
    """``10 000 ₽``, and ``999,50 ₽`` where there are kopecks; with no-break spaces."""
    whole, rest = divmod(kopecks, 100)
    if not rest:
        return roubles(Decimal(whole))
    return f"{number(Decimal(whole))},{rest:02}\u00a0₽"


def _factor(label: str, row: Row, value: Decimal | int) -> Factor:
    return Factor(
        label, Decimal(value), row.act, row.source, row.confidence, row.checked_on, row.decided
    )


def number(value: Decimal) -> str:
    """A number as people write it: ``1 200``, ``2,842``."""
    whole, _, fraction = f"{value:,}".partition(".")
    return whole.replace(",", "\u00a0") + (f",{fraction}" if fraction else "")
