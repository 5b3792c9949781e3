"""What an employer still withholds of a patent holder's income tax (НК РФ ст. 227.1 п. 6 и 7)."""

from __future__ import annotations

from typing import NamedTuple


class Withholding(NamedTuple):
    """Kopecks: the tax of the year so far, what of the advances it takes, what is withheld."""

    credit: int
    withheld: int
    unused: int
    """Advances that may still serve later months of the same year; lost on 31 December."""


def withholding(tax: int, advances: int) -> Withholding:
    """``tax``: calculated since 1 January; ``advances``: paid for months of this year up to now.
    Both in kopecks; ValueError for a negative sum (a bug).
    """
    if tax < 0 or advances < 0:
        raise ValueError("tax and advances are not negative")
    credit = min(tax, advances)
    return Withholding(credit, tax - credit, advances - credit)
