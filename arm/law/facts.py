"""The facts of one person's stay, as plain dates: what the functions of this package read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in Russia; ``left_on`` is empty while it lasts. Both days count as stay."""

    entered_on: date
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class LawfulPeriod:
    """Days on which something lets the person stay, both included. ``kind``: ``patent``,
    ``contract`` (EAEU), ``study``, ``trp``, ``trp_education``, ``prp``, ``extension``."""

    kind: str
    first: date
    last: date | None = None
    """Empty for what has no end (ВНЖ)."""

    def covers(self, on: date) -> bool:
        """Whether the day belongs to the period."""
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(slots=True)
class StayFacts:
    """What decides terms and status. Everything may be unknown (``None``).

    Nobody changes one after making it; it is not frozen because a first load makes 150,000 and
    freezing makes that three times slower.
    """

    citizenship: str | None = None
    """ISO 3166-1 alpha-3."""
    birth_date: date | None = None
    entered_on: date | None = None
    left_on: date | None = None
    purpose: str | None = None
    """Purpose of entry as in the migration card: ``work``, ``study``, ``private`` …"""
    stay_until: date | None = None
    """Term written in the migration card, or set by an extension."""
    visits: tuple[Visit, ...] = ()
    """All known stays, the present one included."""
    periods: tuple[LawfulPeriod, ...] = ()
    """What let the person stay, now or earlier: such days don't count against 90."""
    arrived_on: date | None = None
    """Arrival at the present place of stay; without it the day of entry counts."""
    registered_on: date | None = None
    registration_until: date | None = None
    registration_removed_on: date | None = None
    permit_type: str | None = None
    permit_issued_on: date | None = None
    permit_until: date | None = None
    paid_through: date | None = None
    document_type: str | None = None
    document_until: date | None = None
    insurance_until: date | None = None
    medical_on: date | None = None
    medical_until: date | None = None
    fingerprints_on: date | None = None
    route: str | None = None
    steps_done: frozenset[str] = frozenset()
    closed: bool = False
    events: Mapping[str, date] | None = None
    """Days of the events that :data:`arm.law.catalogue.EVENTS` names; ``None`` costs nothing."""

    @property
    def present(self) -> bool:
        """Whether the person is in Russia as far as we know (a departure ends a stay)."""
        if self.left_on is None:
            return True
        return self.entered_on is not None and self.left_on < self.entered_on
