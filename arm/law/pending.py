"""What may become law: shown so that people watch it, never computed with.

No rule reads ``pending.bills``; a test holds that. When a bill becomes law, its row ends and a row
of the right table begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from arm.law.rulebook import RuleBook
from arm.law.tables import Row

BILLS = "pending.bills"


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill or draft: what it would change and how far it got, as far as is known."""

    key: str
    title: str
    changes: str
    status: str
    planned: str
    act: str
    source: str
    confidence: str
    """Of the fact that the bill exists; its adoption is unknown."""
    known_from: date
    checked_on: date


def pending_bills(on: date, book: RuleBook) -> tuple[Bill, ...]:
    """Bills whose fate is open on a day, the oldest first."""
    rows = [row for row in book.tables.table(BILLS).rows if row.covers(on)]
    return tuple(_bill(row) for row in sorted(rows, key=lambda row: row.valid_from))


def is_pending(row: Row) -> bool:
    """Whether a row is no norm at all, only a bill."""
    return row.table == BILLS


def family_payment_if_adopted(
    monthly: Decimal, dependants: int, on: date, book: RuleBook
) -> Decimal:
    """What a month would cost with dependants if the bill on family advances were law.

    Only to show what it would mean; the amount to pay is :func:`arm.law.ndfl.monthly_amount`.
    Raises :class:`arm.law.tables.NoRuleForDay` when the bill is no longer open.
    """
    percent = book.tables.on(BILLS, on, "family_advances").integer("percent")
    more = monthly * percent * dependants / 100
    return (monthly + more).quantize(Decimal(1), ROUND_HALF_UP)


def _bill(row: Row) -> Bill:
    return Bill(
        key=row.key,
        title=row.text("title"),
        changes=row.text("changes"),
        status=row.text("status"),
        planned=row.text("planned") if row.has("planned") else "",
        act=row.act,
        source=row.source,
        confidence=row.confidence,
        known_from=row.valid_from,
        checked_on=row.checked_on,
    )
