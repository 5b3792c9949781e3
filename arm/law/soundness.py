"""What a set of law tables must have beyond what one file can show (:mod:`arm.law.tables`).

``make check`` runs this over the shipped tables; a pack of new rules has to pass it too.
"""

from __future__ import annotations

from collections.abc import Iterator

from arm.law.catalogue import RULES
from arm.law.rulebook import RuleBook
from arm.law.tables import Row, Table
from arm.law.units import UNITS


def problems(book: RuleBook) -> list[str]:
    """Everything that is wrong, in Russian; empty if the tables are sound."""
    return [
        *(said for table in book.tables.tables.values() for said in _of_table(table)),
        *_of_rules(book),
        *_of_years(book),
    ]


def _of_table(table: Table) -> Iterator[str]:
    for row in table.rows:
        if row.published == "":
            yield f"{_name(row)}: не сказано, когда опубликован акт (published)"
        if row.published_on is not None and row.checked_on < row.published_on:
            yield f"{_name(row)}: сверено раньше, чем опубликовано"
        if row.has("unit") and row.text("unit") not in UNITS:
            yield f"{_name(row)}: неизвестно, как считать «{row.text('unit')}» (unit)"
        if row.has("first_day") and row.text("first_day") not in ("event", "next"):
            yield f"{_name(row)}: первый день может быть event или next (first_day)"


def _of_rules(book: RuleBook) -> Iterator[str]:
    for rule in RULES.values():
        for name in rule.tables:
            table = book.tables.tables.get(name)
            if table is None:
                yield f"правило {rule.id}: нет таблицы {name}, то есть и акта"
            elif rule.key and not table.history(rule.key):
                yield f"правило {rule.id}: в таблице {name} нет строки {rule.key}"
            elif not all(row.has("text") and row.has("unit") for row in table.rows):
                yield f"правило {rule.id}: в таблице {name} не сказано, как считать дни"


def _of_years(book: RuleBook) -> Iterator[str]:
    """Days of a year without its act, or an act without the days."""
    table = book.tables.tables.get("calendar.year")
    with_act = {row.valid_from.year for row in table.rows} if table else set()
    for year in sorted(with_act ^ book.calendar.years):
        known = "акт без дней" if year in with_act else "дни без акта"
        yield f"производственный календарь, {year} год: {known}"


def _name(row: Row) -> str:
    key = f" ({row.key})" if row.key else ""
    return f"{row.table}{key} с {row.valid_from:%d.%m.%Y}"
