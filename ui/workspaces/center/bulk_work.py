"""What is done with many cases off the GUI thread: spreadsheets, one PDF of many forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from arm.access.rights import require
from arm.casework import law_book, people, printing, reference
from arm.casework.facts import case_facts
from arm.casework.people import PersonRow
from arm.exchange.list_xlsx import Column as SheetColumn
from arm.exchange.list_xlsx import ColumnKind, write_list
from arm.exchange.whole_file import write_whole
from arm.store.store import Store
from forms import catalogue
from ui.design.text import t
from ui.tables.columns import Placed

PAGE = 500
PIXELS_A_LETTER = 7.0
"""Spreadsheets measure columns in letters, screens in pixels."""

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


STATUS_WORDS = {
    "ok": "законно",
    "warn": "скоро истекает",
    "bad": "нет оснований",
    "unknown": "неизвестно",
    "eaeu": "ЕАЭС",
}
_Part = tuple[str, str, int]
_EXPANDED: Mapping[str, tuple[_Part, ...]] = {
    "status": (("status_words", "Законность", 110), ("lawful_until", "Законно до", 90)),
    "next_due": (("next_due_on", "Ближайший срок", 100), ("next_due_title", "Что сделать", 200)),
    "route": (("route", "Маршрут", 150), ("steps", "Шаги", 60)),
}
"""Columns that show two things on the screen are two columns in a spreadsheet."""
_DATES = frozenset({"born", "lawful_until", "next_due_on", "updated"})


@dataclass(frozen=True)
class Printed:
    """How a batch of forms went: what was printed and who was left out, with the reason."""

    path: Path
    printed: int
    left_out: tuple[tuple[str, str, str], ...]
    """(person id, name, what is missing)."""


def person_ids(store: Store, rowids: Sequence[int]) -> list[str]:
    """The persons of these rows, in order."""
    found: list[str] = []
    for start in range(0, len(rowids), PAGE):
        found += [row.person_id for row in people.rows(store, rowids[start : start + PAGE])]
    return found


def sheet_columns(placed: Sequence[Placed]) -> list[SheetColumn]:
    """The columns of the screen as columns of a spreadsheet."""
    made: list[SheetColumn] = []
    for one in placed:
        column = one.column
        alone = ((column.key, column.menu_title or column.title, one.width),)
        parts = _EXPANDED.get(column.key, alone)
        for key, title, width in parts:
            kind: ColumnKind = "date" if key in _DATES else "text"
            made.append(SheetColumn(key, t(title), kind, round(width / PIXELS_A_LETTER) + 1))
    return made


def sheet_values(row: PersonRow, names: Mapping[str, str]) -> dict[str, Any]:
    """One person as values of a spreadsheet: dates are dates."""
    return {
        "name": row.name,
        "latin": row.name_latin,
        "citizenship": t(reference.country_name(row.citizenship)),
        "born": _day(row.birth_date),
        "document": row.document,
        "status_words": t(STATUS_WORDS.get(row.status or "unknown", "неизвестно")),
        "lawful_until": _day(row.lawful_until),
        "migrant_id": row.migrant_id,
        "next_due_on": _day(row.next_due_on),
        "next_due_title": t(row.next_due_title or ""),
        "route": t(reference.route_title(row.route)),
        "steps": f"{row.steps_done or 0}/{row.steps_all}" if row.steps_all else None,
        "responsible": names.get(row.responsible or "", row.responsible),
        "phone": row.phone,
        "marked": row.marked,
        "updated": datetime.fromisoformat(row.updated_at).astimezone().date()
        if row.updated_at
        else None,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def export(
    store: Store,
    path: Path,
    rowids: Sequence[int],
    placed: Sequence[Placed],
    names: Mapping[str, str],
    progress: Progress,
    cancelled: Cancelled,
) -> int:
    """Write these rows as XLSX; gives the number of rows written.

    Raises :class:`~arm.exchange.whole_file.NotWritable`; a broken-off export leaves no file.
    """
    require(store.actor, "export")
    columns = sheet_columns(placed)
    keys = [column.key for column in columns]

    def rows() -> Iterator[list[Any]]:
        for start in range(0, len(rowids), PAGE):
            for row in people.rows(store, rowids[start : start + PAGE]):
                values = sheet_values(row, names)
                yield [values[key] for key in keys]

    return write_list(
        path,
        columns,
        rows(),
        len(rowids),
        progress=lambda done, total: progress(done, total or 0),
        cancelled=cancelled,
    )


def print_many(
    store: Store,
    path: Path,
    form_id: str,
    rowids: Sequence[int],
    progress: Progress,
    cancelled: Cancelled,
) -> Printed:
    """One PDF with this form for each person whose boxes are all filled.

    Who lacks something is left out and named, so that no paper with gaps leaves the office
    unseen. Each print is remembered in its case.
    """
    require(store.actor, "print")
    ready: list[tuple[str, catalogue.Filled]] = []
    left_out: list[tuple[str, str, str]] = []
    done, law = 0, law_book.rulebook(store).tables
    for start in range(0, len(rowids), PAGE):
        for row in people.rows(store, rowids[start : start + PAGE]):
            if cancelled():
                return Printed(path, 0, ())
            filled = catalogue.fill(form_id, case_facts(store, row.person_id), tables=law)
            if filled.problems:
                missing = ", ".join(dict.fromkeys(t(one.label) for one in filled.problems[:3]))
                left_out.append((row.person_id, row.name, missing))
            else:
                ready.append((row.person_id, filled))
            done += 1
            progress(done, len(rowids))
    if ready:
        pdf = catalogue.draw_many([filled for _, filled in ready])
        write_whole(path, pdf)
        for person_id, filled in ready:
            printing.remember(store, person_id, filled.form, filled.edition, filled.boxes)
    return Printed(path, len(ready), tuple(left_out))
