"""``arm print FORM --case ID --out F.pdf`` and ``arm export LIST --out F.xlsx``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from arm.casework import law_book, lists, printing
from arm.casework.facts import case_facts
from arm.casework.people import person_by_any_id
from arm.cli.opening import add_login, open_here
from arm.cli.output import print_json, progress_line
from arm.errors import ExpectedError
from arm.exchange.list_xlsx import write_list
from arm.exchange.whole_file import write_whole
from forms.catalogue import all_forms, draw, fill

EXPORT_STEP = 5_000
"""A line of progress every so many rows."""


class FormUnknown(ExpectedError):
    """No such form."""

    code = "form_unknown"
    title = "Нет формы «{form}»"
    advice = "Есть: {known}"


class ListUnknown(ExpectedError):
    """No such list."""

    code = "list_unknown"
    title = "Нет списка «{name}»"
    advice = "Есть: {known}"


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    paper = commands.add_parser("print", help="напечатать форму в файл PDF")
    paper.add_argument("form", help="код формы (arrival_notice, case_card, consent, ndfl_receipt)")
    paper.add_argument("--case", required=True, metavar="ID", help="person_id или Мигрант ID")
    paper.add_argument("--out", required=True, type=Path)
    paper.add_argument(
        "--set", action="append", default=[], metavar="ПОЛЕ=ТЕКСТ", help="вписать для этой печати"
    )
    paper.add_argument("--with-gaps", action="store_true", help="печатать и с пропусками")
    add_login(paper)
    paper.set_defaults(run=run_print)

    export = commands.add_parser("export", help="выгрузить список в XLSX")
    export.add_argument("list", help="код списка: cases, deadlines")
    export.add_argument("--out", required=True, type=Path)
    export.add_argument("--text", default="", help="только найденное по этому тексту")
    add_login(export)
    export.set_defaults(run=run_export)


def run_print(arguments: argparse.Namespace) -> int:
    """1 if boxes are missing or overflow (they are named) and ``--with-gaps`` was not given."""
    known = [form.id for form in all_forms()]
    if arguments.form not in known:
        raise FormUnknown(form=arguments.form, known=", ".join(known))
    typed = dict(pair.partition("=")[::2] for pair in arguments.set)
    with open_here(arguments) as here:
        person_id = person_by_any_id(here.store, arguments.case)
        filled = fill(
            arguments.form,
            case_facts(here.store, person_id),
            typed,
            law_book.rulebook(here.store).tables,
        )
        written = bool(arguments.with_gaps or not filled.problems)
        if written:
            write_whole(arguments.out, draw(filled))
            printing.remember(here.store, person_id, filled.form, filled.edition, filled.boxes)
    problems = [
        {"box": p.box, "label": p.label, "kind": p.kind, "text": p.text} for p in filled.problems
    ]
    if arguments.json:
        print_json(
            {
                "form": filled.form,
                "edition": filled.edition,
                "out": str(arguments.out) if written else None,
                "problems": problems,
            }
        )
    else:
        for problem in problems:
            print(f"{problem['label']}: {problem['text']}")
        print(f"Записано: {arguments.out}" if written else "Не напечатано: заполните пропуски.")
    return 0 if written else 1


def run_export(arguments: argparse.Namespace) -> int:
    """Every row of the list, as it is sorted on the screen."""
    if arguments.list not in lists.LISTS:
        raise ListUnknown(name=arguments.list, known=", ".join(lists.LISTS))

    def progress(done: int, total: int | None) -> None:
        if done % EXPORT_STEP == 0 or done == total:
            progress_line(f"{done} из {total or '?'}")

    with open_here(arguments) as here:
        source = lists.LISTS[arguments.list](here.store, arguments.text)
        written = write_list(
            arguments.out, source.columns, source.rows, source.total, progress=progress
        )
    if arguments.json:
        print_json({"list": arguments.list, "out": str(arguments.out), "rows": written})
    else:
        print(f"Записано строк: {written}, файл {arguments.out}")
    return 0
