"""A statement matched with everybody, against the usual way: equal ИНН only.

``BENCH_PAYMENTS`` and ``BENCH_PAYERS`` set how many (50,000 and 150,000).
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from arm.casework.payment_index import Holder, build_index
from arm.casework.payment_matching import match_payments
from arm.law.tables import load_tables
from bench.line import Line, higher_is_better, lower_is_better
from bench.payment_errors import ACCOUNT, RATE, Made, Writer, people
from bench.payments_measure import compared

PAYMENTS = int(os.environ.get("BENCH_PAYMENTS", "50000"))
PAYERS = int(os.environ.get("BENCH_PAYERS", "150000"))
ALLOWED_SECONDS = 30.0


def by_inn_only(made: Sequence[Made], holders: Sequence[Holder]) -> tuple[int, int]:
    """Credited rightly and wrongly by equal ИНН and a sum of whole months, nothing else."""
    by_inn = {holder.card.inn: holder.id for holder in holders}
    right = wrong = 0
    for one in made:
        person = by_inn.get(one.payment.payer_inn)
        if person is None or one.payment.kopecks % RATE:
            continue
        fits = one.end == "settle" and person == one.person
        right, wrong = right + fits, wrong + (not fits)
    return right, wrong


def run() -> list[Line]:
    """Seconds for the whole statement; share settled; wrong credits beside the baseline's."""
    holders = people(PAYERS)
    made = Writer(holders, 11).write(PAYMENTS)
    tables = load_tables()
    started = time.perf_counter()
    index = build_index(holders)
    found = match_payments([one.payment for one in made], index, tables, account=ACCOUNT)
    spent = time.perf_counter() - started
    measured = compared(made, found, PAYERS)
    right, wrong = by_inn_only(made, holders)
    size = f"{PAYMENTS:,} payments, {PAYERS:,} people".replace(",", " ").replace("  ", ", ")
    alone = "equal INN only"
    return [
        lower_is_better(f"{size}: index and matching", spent, "s", "allowed", ALLOWED_SECONDS),
        higher_is_better(
            "settled by itself of what could be", measured.share * 100, "%", alone,
            right / measured.could_settle * 100,
        ),
        Line(
            "wrong credits", len(measured.wrong_credits), "", alone, wrong,
            wrong / max(1, len(measured.wrong_credits)),
        ),
    ]  # fmt: skip
