"""``arm import statement``: whose payments a statement holds; nothing is written."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from arm.casework.labels import full_name
from arm.casework.payment_index import Holder, build_index
from arm.casework.payment_matching import Matched, Verdict, match_payments
from arm.casework.payment_people import holders_here, holders_of_roster
from arm.casework.read_log import note_look
from arm.cli.opening import add_login, open_here
from arm.cli.output import print_json, print_table, progress_line
from arm.clock import SystemClock
from arm.exchange.roster import read_roster
from arm.exchange.statement import Statement
from arm.exchange.statements import read_statement
from arm.law.ndfl import kopecks_text
from arm.law.rulebook import open_rulebook

_WORDS: dict[Verdict, str] = {
    "credit": "зачесть",
    "warn": "зачесть с замечанием",
    "look": "смотреть",
    "unknown": "неизвестно чей",
    "ignore": "не аванс",
    "duplicate": "повтор",
}
_TOLD_EVERY = 5_000
"""Payments between two lines of progress."""


def add_to(subjects: Any) -> None:
    """Add ``statement`` to what ``arm import`` takes."""
    statement = subjects.add_parser("statement", help="выписка: чей каждый платёж и почему")
    statement.add_argument("file", type=Path)
    statement.add_argument(
        "--roster", type=Path, metavar="СПИСОК", help="сверять с этим списком, а не с делами"
    )
    add_login(statement)
    statement.set_defaults(run=run_statement)


def run_statement(arguments: argparse.Namespace) -> int:
    """Match without crediting anybody; 1 if a file has faults."""
    statement = read_statement(arguments.file.read_bytes(), arguments.file.name)
    faults = [(one.line, one.field, one.text) for one in statement.problems]
    if arguments.roster:
        roster = read_roster(arguments.roster, SystemClock().today())
        faults += [(one.line, one.column, one.text) for one in roster.problems]
        holders = holders_of_roster(roster.rows)
        found = _match(statement, holders)
    else:
        with open_here(arguments) as here:
            holders = holders_here(here.store)
            found = _match(statement, holders)
            seen = {one.person for one in found} | {
                candidate.person for one in found for candidate in one.candidates
            }
            note_look(here.store, sorted(seen - {""}), "search", "arm import statement")
    for line, place, fault in faults:
        progress_line(f"Строка {line}, {place}: {fault}")
    if arguments.json:
        print_json([statement_answer(one, numbers=bool(arguments.roster)) for one in found])
    else:
        _tell(found, holders)
    return 1 if faults else 0


def _match(statement: Statement, holders: Sequence[Holder]) -> tuple[Matched, ...]:
    told = 0

    def progress(done: int, total: int) -> None:
        nonlocal told
        if done - told >= _TOLD_EVERY:
            told = done
            progress_line(f"Сверено {done} из {total}")

    return match_payments(
        statement.payments,
        build_index(holders),
        open_rulebook().tables,
        account=statement.account,
        progress=progress if len(statement.payments) > _TOLD_EVERY else None,
    )


def statement_answer(one: Matched, *, numbers: bool) -> dict[str, Any]:
    """The documented JSON of one payment. ``numbers``: people are known by numbers of a list; then
    0 is nobody and -1 namesakes whom nothing tells apart."""

    def known(person: str) -> str | int | None:
        if not numbers:
            return person or None
        if not person:
            return -1 if one.namesakes else 0
        return int(person) if person.isascii() and person.isdigit() else person

    return {
        "line": one.place,
        "number": one.payment.number,
        "person": known(one.person),
        "months": one.months,
        "verdict": one.verdict,
        "reasons": [{"code": r.code, "sign": r.sign, "text": r.text} for r in one.reasons],
        "candidates": [known(candidate.person) for candidate in one.candidates],
        "scores": [candidate.score for candidate in one.candidates],
        "clarify": [
            {"field": f.field, "stands": f.stands, "should_be": f.should_be}
            for f in one.wrong_fields
        ],
        "repeats": one.repeats or None,
    }


def _tell(found: Sequence[Matched], holders: Sequence[Holder]) -> None:
    names = {
        one.id: full_name(one.card.surname, one.card.given)
        or full_name(one.card.surname_latin, one.card.given_latin)
        for one in holders
    }
    print_table(
        [
            (
                one.place, one.payment.number, kopecks_text(one.payment.kopecks),
                _WORDS[one.verdict], names.get(one.person, ""), one.months or "",
                "; ".join(reason.text for reason in one.reasons),
            )
            for one in found
        ],
        ("строка", "номер", "сумма", "итог", "чей", "месяцев", "почему"),
    )  # fmt: skip
    counted = Counter(one.verdict for one in found)
    said = [f"{word}: {counted[verdict]}" for verdict, word in _WORDS.items() if counted[verdict]]
    print(f"Платежей: {len(found)}. " + ", ".join(said))
