"""``arm law …``: what the law says, by which day, and why. Needs no workstation and no centre,
except for questions about one person (:mod:`arm.cli.law_case`)."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from arm.casework.words import days
from arm.cli import law_answers, law_case, law_decisions, law_payments
from arm.cli.opening import add_json
from arm.cli.output import print_json, print_table
from arm.clock import SystemClock
from arm.law.calendar import WEEKDAY_SHORT, Calendar
from arm.law.catalogue import (
    FACTS,
    RULES,
    Rule,
    deadline,
    fact_example,
    is_counted,
    rule_named,
)
from arm.law.explanation import CONFIDENCE_TEXT, Day, full_date, working_days
from arm.law.pending import is_pending
from arm.law.rulebook import RuleBook, open_rulebook
from arm.law.soundness import problems
from arm.law.tables import LAW_FOLDER, NOT_FOUND, BrokenLawTable, Row
from arm.law.typed import asked_day

_COUNTS_DAYS = ("working", "working_before", "after_quarter")


def register(commands: Any) -> None:
    """Add ``law`` and its subjects to the parser."""
    parser = commands.add_parser("law", help="что говорит закон, к какому дню и почему")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ВОПРОС")

    counted = actions.add_parser("workdays", help="рабочие дни после события, с отсчётом")
    counted.add_argument("--from", dest="start", required=True, metavar="ДАТА")
    counted.add_argument("--count", required=True, type=int, metavar="N", help="сколько дней")
    add_json(counted)
    counted.set_defaults(run=run_workdays)

    values = actions.add_parser("values", help="все нормы, которые действуют в этот день")
    _add_day(values)
    values.set_defaults(run=run_values)

    unconfirmed = actions.add_parser("unconfirmed", help="нормы, которые нужно подтвердить")
    _add_day(unconfirmed, "без него – за все годы")
    unconfirmed.set_defaults(run=run_unconfirmed)

    rules = actions.add_parser("rules", help="правила и сведения, которые им нужны")
    add_json(rules)
    rules.set_defaults(run=run_rules)

    asked = actions.add_parser("deadline", help="срок по одному правилу, с объяснением")
    asked.add_argument("rule", metavar="ПРАВИЛО", help="см. «arm law rules»")
    law_answers.add_facts(asked)
    _add_day(asked, "от какого дня считать остаток; без него – сегодня")
    asked.set_defaults(run=run_deadline)

    checked = actions.add_parser("check", help="проверить таблицы норм; 1, если что-то не так")
    checked.add_argument("--folder", type=Path, default=LAW_FOLDER, help="папка таблиц")
    add_json(checked)
    checked.set_defaults(run=run_check)

    law_payments.add_to(actions)
    law_case.add_to(actions)
    law_decisions.add_to(actions)
    law_answers.add_to(actions)


def _add_day(parser: argparse.ArgumentParser, what: str = "без него – сегодня") -> None:
    parser.add_argument("--on", metavar="ДАТА", help=f"на какой день; {what}")
    add_json(parser)


def _on(arguments: argparse.Namespace) -> date:
    return asked_day(arguments.on) if arguments.on else SystemClock().today()


def run_workdays(arguments: argparse.Namespace) -> int:
    """The n-th working day after a day, each day between with the reason."""
    book = open_rulebook()
    start = asked_day(arguments.start)
    due = book.calendar.working_day_after(start, arguments.count)
    strip = working_days(start, due, "день события не считается", book.calendar)
    preliminary = _preliminary(book.calendar, start, due)
    acts = [row.act for row in _calendar_rows(book, start, due)]
    if arguments.json:
        print_json(
            {
                "date": due,
                "days": [_counted(day, "working", book.calendar) for day in strip],
                "preliminary": bool(preliminary),
                "note": preliminary,
                "acts": acts,
            }
        )
        return 0
    print(f"{arguments.count}-й рабочий день после {full_date(start)} – {_with_weekday(due)}.")
    print(f"Календарь: {'; '.join(acts) or 'ст. 112 ТК РФ'}.")
    _print_days(strip, "working", book.calendar)
    _print_note(preliminary)
    return 0


def run_deadline(arguments: argparse.Namespace) -> int:
    """The term of one rule for the facts given, and how it was counted."""
    on = _on(arguments)
    book = open_rulebook()
    typed = law_answers.typed_facts(arguments)
    term = deadline(rule_named(arguments.rule), typed, book, law_answers.fact_codes())
    why = term.explanation
    warnings = [why.note] if why.note else []
    preliminary = ""
    if why.event_on is not None and why.unit in _COUNTS_DAYS:
        preliminary = _preliminary(book.calendar, *sorted((why.event_on, term.due_on)))
        warnings += [preliminary] if preliminary else []
    if arguments.json:
        print_json(
            {
                "date": term.due_on,
                "rule": term.rule,
                "title": term.title,
                "who": term.who,
                "event": why.event,
                "event_on": why.event_on,
                "text": why.rule_text,
                "act": why.act,
                "published": why.row.published_on if why.row else None,
                "confidence": why.confidence,
                "checked_on": why.checked_on,
                "on": on,
                "state": _state(term.due_on, on),
                "days_left": (term.due_on - on).days,
                "days": [_counted(day, why.unit, book.calendar) for day in why.days],
                "preliminary": bool(preliminary),
                "note": ". ".join(warnings),
            }
        )
        return 0
    print(f"{term.title}: не позже {_with_weekday(term.due_on)} ({_left(term.due_on, on)}).")
    print(f"Событие: {why.event}, {full_date(why.event_on or term.due_on)}.")
    print(f"Правило: {why.rule_text}.")
    print(f"Основание: {why.act}.")
    print(f"Надёжность: {why.confidence_text} ({full_date(why.checked_on or on)}).")
    _print_days(why.days, why.unit, book.calendar)
    for warning in warnings:
        _print_note(warning)
    return 0


def run_values(arguments: argparse.Namespace) -> int:
    """Every row in force on a day."""
    on = _on(arguments)
    rows = [row for row in _rows(open_rulebook()) if row.covers(on)]
    return _answer(arguments, {"on": on}, rows)


def run_unconfirmed(arguments: argparse.Namespace) -> int:
    """Rows that rest on one source or a weak one; in force on a day, or all."""
    on = asked_day(arguments.on) if arguments.on else None
    rows = [
        row
        for row in _rows(open_rulebook())
        if row.confidence != "H" and (on is None or row.covers(on))
    ]
    return _answer(arguments, {"on": on}, rows)


def run_check(arguments: argparse.Namespace) -> int:
    """What is wrong with a folder of tables: gaps, overlaps, a rule or a row without its act."""
    try:
        found = problems(open_rulebook(arguments.folder))
    except BrokenLawTable as error:
        found = [error.title_text]
    if arguments.json:
        print_json({"problems": found})
    else:
        print("\n".join(found) or "Таблицы норм в порядке")
    return 1 if found else 0


def run_rules(arguments: argparse.Namespace) -> int:
    """The rules by name, with the facts each wants."""
    book = open_rulebook()
    if arguments.json:
        print_json({"rules": [_rule(rule, book) for rule in RULES.values()]})
        return 0
    for rule in RULES.values():
        print(f"{rule.id} – {rule.title}")
        for name in (*rule.wants, *rule.reads):
            need = "нужно" if name in rule.wants else "если есть"
            print(f"    {name} ({need}): {FACTS[name]}")
    return 0


def _rule(rule: Rule, book: RuleBook) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "title": rule.title,
        "facts": [
            {
                "name": name,
                "required": name in rule.wants,
                "text": FACTS[name],
                "example": fact_example(name),
            }
            for name in (*rule.wants, *rule.reads)
        ],
        "tables": list(rule.tables),
        "acts": sorted(
            {
                row.act
                for row in _rows(book)
                if row.table in rule.tables and rule.key in ("", row.key)
            }
        ),
    }


def _rows(book: RuleBook) -> Iterable[Row]:
    """Every row that is or was a norm: a bill is none."""
    rows = (row for table in book.tables.tables.values() for row in table.rows)
    return (row for row in rows if not is_pending(row))


def _answer(arguments: argparse.Namespace, head: dict[str, Any], rows: list[Row]) -> int:
    titles = {name: table.title for name, table in open_rulebook().tables.tables.items()}
    if arguments.json:
        print_json({**head, "values": [_value(row, titles[row.table]) for row in rows]})
        return 0
    for name, title in titles.items():
        of_table = [row for row in rows if row.table == name]
        if of_table:
            print(f"\n{title} ({name})")
            print_table(
                [
                    (
                        row.key, _shown(row), full_date(row.valid_from),
                        full_date(row.valid_to) if row.valid_to else "", row.confidence, row.act,
                        full_date(row.published_on) if row.published_on else NOT_FOUND,
                        row.source, full_date(row.checked_on),
                    )
                    for row in of_table
                ],
                (
                    "ключ", "значение", "с", "по", "надёжность", "акт", "дата публикации",
                    "источник", "сверено",
                ),
            )  # fmt: skip
            for row in of_table:
                if row.note:
                    _print_note(f"{row.key} {row.note}".strip())
    print(f"\nВсего: {len(rows)}. " + "; ".join(f"{k} – {v}" for k, v in CONFIDENCE_TEXT.items()))
    return 0


def _value(row: Row, title: str) -> dict[str, Any]:
    return {
        "table": row.table,
        "title": title,
        "key": row.key,
        "values": {name: _plain(value) for name, value in row.values.items()},
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "act": row.act,
        "published": row.published_on,
        "source": row.source,
        "confidence": row.confidence,
        "checked_on": row.checked_on,
        "note": row.note,
    }


def _plain(value: object) -> object:
    """A coefficient keeps all its digits: JSON has no exact decimals."""
    return value if isinstance(value, (bool, int)) else str(value)


def _shown(row: Row) -> str:
    if row.has("text"):
        return row.text("text")
    return "; ".join(f"{name} {value}" for name, value in row.values.items())


def _left(due_on: date, on: date) -> str:
    left = (due_on - on).days
    if left == 0:
        return "последний день сегодня"
    return f"просрочено на {days(-left)}" if left < 0 else f"впереди {days(left)}"


def _state(due_on: date, on: date) -> str:
    if due_on == on:
        return "today"
    return "overdue" if due_on < on else "ahead"


def _counted(day: Day, unit: str, calendar: Calendar) -> dict[str, Any]:
    return {"date": day.on, "counted": is_counted(day, unit), "why": _why(day, unit, calendar)}


def _why(day: Day, unit: str, calendar: Calendar) -> str:
    """«праздник: День России», «3-й: предпраздничный»; calendar days need no such reason."""
    named = calendar.describe(day.on)
    if unit not in _COUNTS_DAYS or day.kind == "event" or not named:
        return day.label
    return named if named.startswith(day.label) else f"{day.label}: {named}"


def _preliminary(calendar: Calendar, first: date, last: date) -> str:
    """What to say of years whose calendar is not published; empty if all are."""
    years = [
        str(year) for year in range(first.year, last.year + 1) if calendar.is_preliminary(year)
    ]
    if not years:
        return ""
    return (
        f"Предварительно: переносов выходных на {', '.join(years)} год в таблице нет, "
        "учтены только праздники ст. 112 ТК РФ"
    )


def _calendar_rows(book: RuleBook, first: date, last: date) -> list[Row]:
    return [
        row
        for row in book.tables.table("calendar.year").rows
        if row.valid_from <= last and (row.valid_to is None or row.valid_to >= first)
    ]


def _with_weekday(day: date) -> str:
    return f"{full_date(day)}, {WEEKDAY_SHORT[day.weekday()]}"


def _print_days(strip: Iterable[Day], unit: str, calendar: Calendar) -> None:
    print_table(
        [
            (
                _with_weekday(day.on),
                "да" if is_counted(day, unit) else "нет",
                _why(day, unit, calendar),
            )
            for day in strip
        ],
        ("день", "считается", "почему"),
    )


def _print_note(note: str) -> None:
    if note:
        print(f"Внимание: {note.rstrip('.')}.")
