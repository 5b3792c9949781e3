"""How long what is kept must be kept, what forbids to destroy it, and by when it must go."""

from __future__ import annotations

from datetime import date

import pytest

from arm.law.retention import (
    GROUNDS,
    HeldPart,
    blocks,
    destroy_by,
    due_for_destruction,
    keep_terms,
)
from arm.law.rulebook import open_rulebook
from arm.law.tables import NoRuleForDay

BOOK = open_rulebook()
TODAY = date(2026, 11, 28)


def test_a_closed_case_is_kept_five_years_and_a_payment_to_the_end_of_the_fifth() -> None:
    (case,) = keep_terms([HeldPart("case", date(2020, 3, 1))], TODAY, BOOK)
    assert (case.until, case.binding, case.confidence) == (date(2025, 3, 1), "own", "L")
    (payment,) = keep_terms([HeldPart("payment_paper", date(2021, 3, 1))], TODAY, BOOK)
    assert (payment.until, payment.binding) == (date(2026, 12, 31), "law")
    (leap,) = keep_terms([HeldPart("case", date(2020, 2, 29))], TODAY, BOOK)
    assert leap.until == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("ground", "parts", "forbidden"),
    [
        ("goal", (("case", None),), ["case"]),  # an open case: the purpose is not reached
        ("withdrawal", (("case", None),), []),  # our own rule gives way to the person's will
        ("goal", (("case", date(2024, 1, 1)),), ["case"]),
        ("goal", (("case", date(2020, 1, 1)),), []),
        ("withdrawal", (("payment_paper", date(2024, 1, 1)),), ["payment_paper"]),
        ("order", (("payment_paper", date(2024, 1, 1)),), []),  # a court outweighs it
        ("unlawful", (("issued_form", date(2026, 1, 1)),), []),
        ("goal", (("consent", date(2026, 1, 1)),), []),  # the sheet is kept apart on paper
    ],
)
def test_what_forbids_to_destroy_depends_on_the_ground(
    ground: str, parts: tuple[tuple[str, date | None], ...], forbidden: list[str]
) -> None:
    terms = keep_terms([HeldPart(*part) for part in parts], TODAY, BOOK)
    assert [term.kind for term in blocks(terms, ground, TODAY, BOOK)] == forbidden


def test_the_last_day_is_counted_from_the_day_after_the_ground_arose() -> None:
    assert destroy_by("withdrawal", date(2026, 11, 1), BOOK).last_day == date(2026, 12, 1)
    unlawful = destroy_by("unlawful", date(2026, 11, 2), BOOK)
    assert unlawful.last_day == date(2026, 11, 17)  # ten working days, the 4th is a holiday
    assert unlawful.act.startswith("152-ФЗ")
    with pytest.raises(NoRuleForDay):
        destroy_by("whim", TODAY, BOOK)


def test_a_person_is_due_when_the_last_term_ran_out_or_consent_was_withdrawn() -> None:
    old = keep_terms([HeldPart("case", date(2019, 5, 5))], TODAY, BOOK)
    reason = due_for_destruction(old, None, TODAY, BOOK)
    assert reason is not None
    assert (reason.ground, reason.arose_on) == ("goal", date(2024, 5, 5))
    running = keep_terms([HeldPart("case", date(2024, 5, 5))], TODAY, BOOK)
    assert due_for_destruction(running, None, TODAY, BOOK) is None
    withdrawn = due_for_destruction(running, date(2026, 11, 20), TODAY, BOOK)
    assert withdrawn is not None
    assert (withdrawn.ground, withdrawn.last_day) == ("withdrawal", date(2026, 12, 20))
    paid = keep_terms([HeldPart("payment_paper", date(2025, 1, 1))], TODAY, BOOK)
    assert due_for_destruction(paid, date(2026, 11, 20), TODAY, BOOK) is None
    assert due_for_destruction((), None, TODAY, BOOK) is None


def test_every_ground_has_its_row() -> None:
    for ground in GROUNDS:
        assert destroy_by(ground, TODAY, BOOK).last_day > TODAY
