"""What the palette reads from the records, and how fresh the law is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from arm.casework import people
from arm.casework.reference import country_name
from arm.store.store import Store
from ui.design.text import fmt_date, t
from ui.shell.palette import PEOPLE_SHOWN, Command

Navigate = Callable[[str, Mapping[str, object]], None]


def find_people(store: Store, navigate: Navigate, text: str) -> Sequence[Command]:
    """The best few people for a text. Any thread."""
    found = people.find(store, people.Filter(text=text))
    rows = people.rows(store, found.rowids[:PEOPLE_SHOWN])
    return [_command(row, navigate) for row in rows]


def _command(row: people.PersonRow, navigate: Navigate) -> Command:
    born = fmt_date(date.fromisoformat(row.birth_date)) if row.birth_date else ""
    country = t(country_name(row.citizenship)) if row.citizenship else ""
    words = " · ".join(part for part in (born, country, row.document or "") if part)
    return Command(
        row.name,
        "user-round",
        partial(navigate, "case", {"person_id": row.person_id}),
        row.migrant_id or t("дело"),
        words,
    )
