"""One printed figure and its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True)
class Line:
    """``ratio`` says how many times better we are than the baseline (over 1 = better),
    whichever way the unit counts."""

    name: str
    figure: float
    unit: str
    baseline_name: str
    baseline: float
    ratio: float


def percentile(values: Sequence[float], share: int) -> float:
    """The ``share``-th percentile (1–99) of at least two measurements."""
    return quantiles(values, n=100, method="inclusive")[share - 1]


def lower_is_better(
    name: str, figure: float, unit: str, baseline_name: str, baseline: float
) -> Line:
    """A line for times and sizes."""
    return Line(name, figure, unit, baseline_name, baseline, baseline / figure)


def higher_is_better(
    name: str, figure: float, unit: str, baseline_name: str, baseline: float
) -> Line:
    """A line for rates."""
    return Line(name, figure, unit, baseline_name, baseline, figure / baseline)
