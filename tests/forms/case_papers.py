"""A case with all its papers, and one of whom nothing is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from arm.model import CaseFacts, Office, Person
from bench.sample_case import OFFICE, full_case

__all__ = ["OFFICE", "changed", "empty_case", "full_case"]


def empty_case(**changes: Any) -> CaseFacts:
    """A person of whom nothing is known yet."""
    blank = CaseFacts(
        on=date(2026, 11, 22),
        office=Office(name="Центр", short_name="Центр", region="63"),
        filled_by="Орлова М. С.",
        person=Person(id="p2", scope=1),
    )
    return replace(blank, **changes)


def changed(record: Any, **values: Any) -> Any:
    """The record with some fields changed, for one situation."""
    for name, value in values.items():
        setattr(record, name, value)
    return record
