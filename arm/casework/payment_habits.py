"""Learned corrections: for whom a payer was credited before. A suggestion, never a credit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from arm.casework.matching import Reason
from arm.exchange.statement import StatementPayment
from arm.model.names import fold

_SHARED_ACCOUNTS = ("301", "302", "303", "409", "474", "031", "401")
"""Accounts through which banks pass the money of many people."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of a payment once."""

    payer_account: str
    payer: str
    person: str


class Habits:
    """Who was credited for each payer, by account or by name."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._times: dict[str, Counter[str]] = defaultdict(Counter)
        for one in decisions:
            for key in _keys(one.payer_account, one.payer):
                self._times[key][one.person] += 1

    def of(self, payment: StatementPayment) -> dict[str, Reason]:
        """People this payer was credited for before, with the reason to show."""
        found: dict[str, Reason] = {}
        for key in _keys(payment.payer_account, payment.payer):
            for person, times in self._times.get(key, {}).items():
                text = f"Платежи этого плательщика относили к этому человеку, раз: {times}"
                if key.startswith("a"):
                    text = f"Платежи с этого счёта относили к этому человеку, раз: {times}"
                found.setdefault(person, Reason("habit", "≈", text))
        return found


def _keys(account: str, payer: str) -> list[str]:
    own = account.strip("0") and not account.startswith(_SHARED_ACCOUNTS)
    name = fold(payer)
    return ([f"a{account}"] if own else []) + ([f"n{name}"] if name else [])
