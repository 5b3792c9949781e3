"""``arm law status``, ``what-if`` and ``plan``: the law asked about one person of the workstation.

Nothing is written, except that somebody looked.
"""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from arm.casework import law_book, reference, what_if
from arm.casework.people import person_by_any_id
from arm.casework.read_log import note_look
from arm.casework.route_plan import route_plan
from arm.casework.words import days
from arm.cli.opening import add_login, open_here
from arm.cli.output import print_json, print_table
from arm.law import planner
from arm.law.deadlines import Status, Term
from arm.law.explanation import full_date
from arm.law.rulebook import RuleBook
from arm.law.typed import asked_day
from arm.store.store import Store
from arm.workstation import Workstation

_CHANGE = {"moved": "сдвинется", "appears": "появится", "gone": "уйдёт", "same": "не изменится"}


def add_to(actions: Any) -> None:
    """Add the commands to ``arm law``."""
    asked = actions.add_parser("status", help="законно ли человек в стране в этот день и почему")
    _add_case(asked)
    asked.set_defaults(run=run_status)

    changed = actions.add_parser("what-if", help="что станет со сроками, если изменить сведения")
    _add_case(changed)
    changed.add_argument(
        "--facts", nargs="+", action="extend", required=True, metavar="СВЕДЕНИЕ=ЗНАЧЕНИЕ"
    )
    changed.set_defaults(run=run_what_if)

    planned = actions.add_parser("plan", help="какой шаг маршрута не позже какого дня")
    _add_case(planned)
    planned.add_argument(
        "--facts", nargs="+", action="extend", default=[], metavar="СВЕДЕНИЕ=ЗНАЧЕНИЕ",
        help="по другим сведениям, чем в деле",
    )  # fmt: skip
    planned.set_defaults(run=run_plan)


def _add_case(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", required=True, metavar="ID", help="person_id или Мигрант ID")
    parser.add_argument("--on", metavar="ГГГГ-ММ-ДД", help="на какой день; без него – сегодня")
    add_login(parser)


def run_status(arguments: argparse.Namespace) -> int:
    """Status and terms on a day, from the facts as they stand."""
    with open_here(arguments) as here:
        ground, book = _ground(here, arguments)
    verdict, terms = what_if.standing_on(ground, book)
    if arguments.json:
        print_json(
            {
                **_whose(ground),
                **_status(verdict),
                "terms": [_term(term, ground.on) for term in terms],
            }
        )
        return 0
    print(f"На {full_date(ground.on)}: {verdict.text}{_reason(verdict)}.")
    if verdict.explanation is not None and verdict.explanation.act:
        print(f"Основание: {verdict.explanation.act}.")
    print_table(
        [(full_date(term.due_on), term.title, _left(term.due_on, ground.on)) for term in terms],
        ("срок", "что сделать", "осталось"),
    )
    return 0


def run_what_if(arguments: argparse.Namespace) -> int:
    """Terms and status as they are and as they would be. Nothing is written."""
    changes = _changes(arguments)
    with open_here(arguments) as here:
        ground, book = _ground(here, arguments)
    found = what_if.compare(ground.facts, changes, ground.on, book, ground.settled)
    if arguments.json:
        print_json(
            {
                **_whose(ground),
                "changed": [
                    {"fact": name, "before": _fact(ground, name), "after": value}
                    for name, value in changes.items()
                ],
                "before": _status(found.before),
                "after": _status(found.after),
                "days": found.status_days,
                "terms": [_moved(move) for move in found.moves],
                "notes": list(found.notes),
            }
        )
        return 0
    print(f"Сейчас: {found.before.text}{_reason(found.before)}.")
    print(f"Станет: {found.after.text}{_reason(found.after)}.")
    print_table(
        [
            (
                move.term.title,
                full_date(move.before.due_on) if move.before else "",
                full_date(move.after.due_on) if move.after else "",
                f"{move.days:+}" if move.days else "",
                _CHANGE[move.change],
            )
            for move in found.moves
        ],
        ("что сделать", "было", "станет", "дней", ""),
    )
    for note in found.notes:
        print(f"Внимание: {note}.")
    print("Ничего не записано.")
    return 0


def run_plan(arguments: argparse.Namespace) -> int:
    """The steps that are left with their latest safe days; 1 if it can't be done in time."""
    changes = _changes(arguments)
    with open_here(arguments) as here:
        ground, book = _ground(here, arguments)
    tried = what_if.compare(ground.facts, changes, ground.on, book).facts
    found = route_plan(ground, book, tried)
    if arguments.json:
        print_json(
            {
                **_whose(ground),
                "route": tried.route,
                "in_time": found.in_time,
                "until": found.status.until,
                "steps": [_step(step) for step in found.steps],
                "advice": [
                    {"of": one.of, "text": one.text, "act": one.act, "confidence": one.confidence}
                    for one in found.advice
                ],
            }
        )
    elif found.steps:
        print(planner.as_text(found, f"План: {reference.route_title(tried.route)}"))
    else:
        print("Шагов впереди нет: маршрут пройден, не выбран или дело закрыто.")
    return 0 if found.in_time else 1


def _step(step: planner.PlannedStep) -> dict[str, Any]:
    wait = step.wait
    return {
        "step": step.code,
        "title": step.title,
        "latest": step.latest,
        "earliest": step.earliest,
        "free_days": step.free_days,
        "free_working_days": step.free_working_days,
        "in_time": step.in_time,
        "bounds": [_bound(bound) for bound in step.bounds],
        "missed": [_bound(bound) for bound in step.missed],
        "wait": {
            "days": wait.integer("days"),
            "unit": wait.text("unit"),
            "text": wait.text("text"),
            "setting": wait.has("setting") and wait.flag("setting"),
            "act": wait.act,
            "confidence": wait.confidence,
        }
        if wait
        else None,
    }


def _bound(bound: planner.Bound) -> dict[str, Any]:
    why = bound.why
    return {
        "kind": bound.kind,
        "of": bound.of,
        "date": bound.day,
        "text": bound.text,
        "act": why.act if why else "",
        "confidence": why.confidence if why else None,
    }


def _changes(arguments: argparse.Namespace) -> what_if.Changes:
    typed = {name: value for name, _, value in (one.partition("=") for one in arguments.facts)}
    return what_if.read_changes(typed)


def _ground(here: Workstation, arguments: argparse.Namespace) -> tuple[what_if.Ground, RuleBook]:
    store: Store = here.store
    book = law_book.rulebook(store)
    person_id = person_by_any_id(store, arguments.case)
    ground = what_if.ground(store, person_id, asked_day(arguments.on) if arguments.on else None)
    note_look(store, [person_id], "open", f"arm law {arguments.action}")
    return ground, book


def _whose(ground: what_if.Ground) -> dict[str, Any]:
    return {"person_id": ground.person_id, "migrant_id": ground.migrant_id, "on": ground.on}


def _status(verdict: Status) -> dict[str, Any]:
    why = verdict.explanation
    return {
        "kind": verdict.kind,
        "until": verdict.until,
        "text": verdict.text,
        "reason": verdict.reason,
        "act": why.act if why else "",
        "confidence": why.confidence if why else None,
    }


def _term(term: Term, on: date) -> dict[str, Any]:
    why = term.explanation
    return {
        "rule": term.rule,
        "title": term.title,
        "date": term.due_on,
        "days_left": (term.due_on - on).days,
        "who": term.who,
        "act": why.act,
        "confidence": why.confidence,
    }


def _moved(move: what_if.Move) -> dict[str, Any]:
    why = move.term.explanation
    return {
        "rule": move.term.rule,
        "title": move.term.title,
        "change": move.change,
        "before": move.before.due_on if move.before else None,
        "after": move.after.due_on if move.after else None,
        "days": move.days,
        "act": why.act,
        "confidence": why.confidence,
    }


def _fact(ground: what_if.Ground, name: str) -> object:
    held = getattr(ground.facts, name, None)
    # a paper without its day stands for «done, nobody knows when»
    return None if held == date.min else held


def _reason(verdict: Status) -> str:
    return f" – {verdict.reason}" if verdict.reason else ""


def _left(due_on: date, on: date) -> str:
    left = (due_on - on).days
    if left < 0:
        return f"просрочено на {days(-left)}"
    return days(left) if left else "сегодня"
