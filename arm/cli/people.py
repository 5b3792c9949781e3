"""``arm search``, ``show``, ``intake``, ``import people``."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from arm.casework import case, intake, roster_import
from arm.casework.people import Filter, Order, find, person_by_any_id, rows
from arm.casework.read_log import note_look
from arm.casework.validation import NotADate
from arm.cli import statement
from arm.cli.mrz import zone_text
from arm.cli.opening import add_login, count, open_here
from arm.cli.output import print_json, print_table, progress_line
from arm.exchange.roster import read_roster

SEARCH_LIMIT = 50


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    search = commands.add_parser("search", help="найти людей")
    search.add_argument("text", nargs="+", help="имя, документ, телефон, ИНН, Мигрант ID")
    search.add_argument("--limit", type=count, default=SEARCH_LIMIT)
    add_login(search)
    search.set_defaults(run=run_search)

    show = commands.add_parser("show", help="показать дело")
    show.add_argument("id", help="person_id или Мигрант ID")
    add_login(show)
    show.set_defaults(run=run_show)

    take = commands.add_parser("intake", help="завести человека по машиночитаемой строке")
    take.add_argument("--mrz", nargs="+", required=True, metavar="СТРОКА")
    take.add_argument("--entered", metavar="ГГГГ-ММ-ДД", help="дата въезда")
    take.add_argument("--purpose", default="work", help="цель въезда (work, study, private …)")
    take.add_argument("--route", help="маршрут (patent, study, residence …)")
    take.add_argument("--consent", action="store_true", help="согласие подписано на бумаге")
    take.add_argument(
        "--even-if-similar", action="store_true", help="завести, даже если есть похожее дело"
    )
    add_login(take)
    take.set_defaults(run=run_intake)

    bring = commands.add_parser("import", help="загрузить файл")
    subjects = bring.add_subparsers(dest="subject", required=True, metavar="ЧТО")
    roster = subjects.add_parser("people", help="список людей CSV или XLSX")
    roster.add_argument("file", type=Path)
    add_login(roster)
    roster.set_defaults(run=run_import)
    statement.add_to(subjects)


def run_search(arguments: argparse.Namespace) -> int:
    """Best matches first; 1 if nobody was found."""
    with open_here(arguments) as here:
        found = find(here.store, Filter(text=" ".join(arguments.text)), Order())
        people = rows(here.store, found.rowids[: arguments.limit])
        note_look(here.store, [row.person_id for row in people], "search", "arm search")
    answer = [
        {
            "person_id": row.person_id,
            "migrant_id": row.migrant_id,
            "name": row.name,
            "name_latin": row.name_latin,
            "birth_date": row.birth_date,
            "citizenship": row.citizenship,
        }
        for row in people
    ]
    if arguments.json:
        print_json(answer)
    else:
        heads = ("migrant_id", "name", "name_latin", "birth_date", "citizenship")
        print_table([[row[h] for h in heads] for row in answer], heads)
    return 0 if answer else 1


def run_show(arguments: argparse.Namespace) -> int:
    """The case as people see it on the screen."""
    with open_here(arguments) as here:
        person_id = person_by_any_id(here.store, arguments.id)
        summary = case.summary(here.store, person_id)
        note_look(here.store, [person_id], "open", "arm show")
    if arguments.json:
        print_json(summary)
        return 0
    for name, value in summary.items():
        if isinstance(value, list):
            print(f"{name}:")
            for line in value:
                print("   ", "  ".join(str(v) for v in line.values() if v not in (None, "")))
        elif value not in (None, ""):
            print(f"{name}: {value}")
    return 0


def run_intake(arguments: argparse.Namespace) -> int:
    """Take in a new person; 1 if the zone is wrong or a similar case exists."""
    entered, unknown_day = _entered_on(arguments.entered)
    with open_here(arguments) as here:
        form, zone = intake.from_mrz(zone_text(arguments.mrz), here.clock.today())
        form = replace(
            form,
            entered_on=entered,
            purpose=arguments.purpose,
            route=arguments.route or form.route,
            consent=arguments.consent,
        )
        problems = [
            *unknown_day,
            *({"field": "mrz", "text": p.text} for p in zone.problems),
            *({"field": p.field, "text": p.text} for p in intake.check(form, here.clock.today())),
        ]
        alike = [] if arguments.even_if_similar else intake.similar(here.store, form)
        taken = None if problems or alike else intake.take_in(here.store, form)
    answer = {
        "person_id": taken.person_id if taken else None,
        "case_id": taken.case_id if taken else None,
        "migrant_id": taken.migrant_id if taken else None,
        "problems": problems,
        "similar": [{"person_id": s.person_id, "name": s.name, "score": s.score} for s in alike],
    }
    if arguments.json:
        print_json(answer)
    elif taken:
        print(f"Заведено дело, Мигрант ID {taken.migrant_id}")
    else:
        for problem in problems:
            print(problem["text"])
        for other in alike:
            print(f"Похоже на дело {other.name} ({other.score} %). Добавьте --even-if-similar")
    return 0 if taken else 1


def _entered_on(typed: str | None) -> tuple[date | None, list[dict[str, str]]]:
    try:
        return intake.parse_day(typed), []
    except NotADate as problem:
        return None, [{"field": "entered_on", "text": str(problem)}]


def run_import(arguments: argparse.Namespace) -> int:
    """Good lines are taken in, each faulty one is named; 1 if any line was faulty."""
    with open_here(arguments) as here:
        roster = read_roster(arguments.file, here.clock.today())
        report = roster_import.import_people(
            here.store,
            roster,
            progress=lambda done, total: progress_line(f"{done} из {total}"),
        )
    problems = [
        {"line": p.line, "column": p.column, "text": p.text}
        for p in sorted((*roster.problems, *report.problems), key=lambda p: p.line)
    ]
    if arguments.json:
        print_json(
            {
                "imported": report.imported,
                "already_known": report.already_known,
                "persons": report.person_ids,
                "problems": problems,
            }
        )
    else:
        print(f"Заведено: {report.imported}, уже есть: {report.already_known}")
        for problem in problems:
            where = f", {problem['column']}" if problem["column"] else ""
            print(f"Строка {problem['line']}{where}: {problem['text']}")
    return 1 if problems else 0
