"""How long what is kept of a person must or may be kept, and when it must be destroyed.

152-ФЗ ст. 5 ч. 7 and ст. 21: data are kept no longer than the purpose asks, then destroyed within a
term. Other laws forbid to destroy some papers earlier. All numbers stand in
``resources/law/retention.toml``. Nothing is ever destroyed by itself: a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from arm.law.rulebook import RuleBook
from arm.law.tables import Row

KEEP = "retention.keep"
GROUND = "retention.ground"
GROUNDS = ("goal", "withdrawal", "unlawful", "order")
"""On what ground a person's data may be destroyed."""


@dataclass(frozen=True)
class HeldPart:
    """Something that is kept: ``kind`` is a key of the table, ``since`` the day its term began
    (None: it has not begun, the case is still open)."""

    kind: str
    since: date | None


@dataclass(frozen=True)
class KeepTerm:
    """How long a part must be kept. ``until``: last day, None while the term has not begun."""

    kind: str
    since: date | None
    until: date | None
    binding: str
    text: str
    act: str
    confidence: str

    def runs_on(self, on: date) -> bool:
        """Whether the part must still be kept on that day."""
        return self.until is None or on <= self.until


@dataclass(frozen=True)
class DestroyBy:
    """By when data must be destroyed on a ground that arose on a day."""

    ground: str
    text: str
    arose_on: date
    last_day: date
    act: str
    confidence: str


def keep_terms(parts: Iterable[HeldPart], on: date, book: RuleBook) -> tuple[KeepTerm, ...]:
    """The term of each part under the rules in force on ``on``, the longest last."""
    found = {
        _term(part, row, book)
        for part in parts
        if (row := book.tables.find(KEEP, on, part.kind)) is not None
    }
    return tuple(sorted(found, key=lambda term: (term.until or date.max, term.kind)))


def _term(part: HeldPart, row: Row, book: RuleBook) -> KeepTerm:
    since = part.since
    if since is not None and part.kind == "payment_paper":
        since = date(since.year, 12, 31)  # 402-ФЗ counts whole years
    until = None if since is None else book.due(row, since)
    binding, text = row.text("binding"), row.text("text")
    return KeepTerm(part.kind, since, until, binding, text, row.act, row.confidence)


def blocks(
    terms: Sequence[KeepTerm], ground: str, on: date, book: RuleBook
) -> tuple[KeepTerm, ...]:
    """The terms that forbid to destroy on this ground today.

    Raises NoRuleForDay for an unknown ground.
    """
    row = book.tables.on(GROUND, on, ground)
    yields = {"own": row.flag("own_yields"), "law": row.flag("law_yields"), "paper": True}
    return tuple(term for term in terms if term.runs_on(on) and not yields[term.binding])


def destroy_by(ground: str, arose_on: date, book: RuleBook) -> DestroyBy:
    """The last day for destroying on a ground. Raises NoRuleForDay."""
    row = book.tables.on(GROUND, arose_on, ground)
    last = book.due(row, arose_on)
    return DestroyBy(ground, row.text("text"), arose_on, last, row.act, row.confidence)


def due_for_destruction(
    terms: Sequence[KeepTerm], withdrawn_on: date | None, on: date, book: RuleBook
) -> DestroyBy | None:
    """By when what is kept of a person must go, or None if there is no reason yet.

    The purpose counts as reached the day after the last term of our own has run out; a withdrawn
    consent is a reason of its own, whichever comes first. What another law keeps stays.
    """
    reasons = []
    if withdrawn_on is not None and not blocks(terms, "withdrawal", on, book):
        reasons.append(destroy_by("withdrawal", withdrawn_on, book))
    ends = [term.until for term in terms if term.binding != "paper"]
    if ends and all(end is not None and end < on for end in ends):
        reasons.append(destroy_by("goal", max(end for end in ends if end is not None), book))
    return min(reasons, key=lambda one: one.last_day, default=None)
