"""How right the matching of payments is on payments with known truth; wrong answers one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from arm.casework.payment_index import build_index
from arm.casework.payment_matching import Matched, match_payments
from arm.law.tables import load_tables
from bench.payment_errors import ACCOUNT, Made, Writer, people


@dataclass(frozen=True)
class Measured:
    """The figures of one run."""

    payments: int
    people: int
    could_settle: int
    settled: int
    """Of those that could be: by itself, to the right person, for the right months."""
    wrong_credits: tuple[str, ...]
    """Credited by the machine to another, for other months, or where a person had to look."""
    to_look: int
    true_first: int
    """Of those with one true person: it is the first candidate."""
    other_wrong: tuple[str, ...]
    unsettled: tuple[tuple[str, int], ...]
    """Kinds that could have been settled and were not."""

    @property
    def share(self) -> float:
        """Settled by itself of those that could be."""
        return self.settled / self.could_settle if self.could_settle else 0.0


def measure(payments: int = 20_000, holders: int = 8_000, seed: int = 11) -> Measured:
    """Match a fresh list and compare with its truth."""
    held = people(holders)
    made = Writer(held, seed).write(payments)
    found = match_payments(
        [one.payment for one in made], build_index(held), load_tables(), account=ACCOUNT
    )
    return compared(made, found, holders)


def compared(made: Sequence[Made], found: Sequence[Matched], holders: int) -> Measured:
    """The answers against the truth."""
    pairs = list(zip(made, found, strict=True))
    settle = [(truth, said) for truth, said in pairs if truth.end == "settle"]
    right = [said for truth, said in settle if said.credited and _same(truth, said)]
    look = [(truth, said) for truth, said in pairs if truth.end == "look" and truth.person]
    first = [said for truth, said in look if _first(said) == truth.person]
    return Measured(
        len(pairs),
        holders,
        len(settle),
        len(right),
        tuple(
            _words(truth, said)
            for truth, said in pairs
            if said.credited and not (truth.end == "settle" and _same(truth, said))
        ),
        len(look),
        len(first),
        tuple(_words(truth, said) for truth, said in pairs if _otherwise(truth, said)),
        tuple(
            Counter(
                truth.kind for truth, said in settle if not (said.credited and _same(truth, said))
            ).most_common()
        ),
    )


def _same(truth: Made, said: Matched) -> bool:
    return (said.person, said.months) == (truth.person, truth.months)


def _first(said: Matched) -> str:
    return said.candidates[0].person if said.candidates else ""


def _otherwise(truth: Made, said: Matched) -> bool:
    """Wrong in another way than a credit: lost, taken for another tax, a repeat not seen."""
    if truth.end == "settle":
        return said.verdict not in ("credit", "warn", "look")
    if truth.end == "look":
        lost = said.verdict != "look" and not said.credited
        return lost or bool(truth.person and _first(said) != truth.person)
    return said.verdict != truth.end and not said.credited


def _words(truth: Made, said: Matched) -> str:
    payment = truth.payment
    told = "; ".join(reason.text for reason in said.reasons)
    return (
        f"{truth.kind}: {payment.payer} | {payment.payer_inn} | {payment.purpose} ->"
        f" {said.verdict} {said.person or '–'} × {said.months}, true {truth.person or '–'}"
        f" × {truth.months} ({told})"
    )
