"""``arm leave``, ``arm edits``: give a computer back, and carry unsent work out of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from arm.casework import kept_work
from arm.casework.kept_work import Unsent
from arm.cli.opening import add_login, open_here
from arm.cli.output import print_json
from arm.errors import ExpectedError
from arm.workstation import erase_workstation


class WorkUnsent(ExpectedError):
    """Leaving now would lose what the centre has not got."""

    code = "work_unsent"
    title = "На этом компьютере есть работа, которой нет в центре: {counts}"
    advice = "Обменяйтесь («arm sync») или выгрузите её: «arm leave --export ФАЙЛ»"


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    parser = commands.add_parser("leave", help="убрать рабочее место с этого компьютера")
    parser.add_argument("--export", type=Path, metavar="ФАЙЛ", help="выгрузить неотправленное")
    add_login(parser)
    parser.set_defaults(run=run_leave)
    edits = commands.add_parser("edits", help="работа, которой нет в центре")
    verbs = edits.add_subparsers(dest="verb", required=True, metavar="ДЕЙСТВИЕ")
    for name, what, run in (
        ("list", "чья она и сколько её", run_list),
        ("export", "выгрузить в файл, который читают люди", run_export),
        ("enter", "внести заново из такого файла", run_enter),
    ):
        verb = verbs.add_parser(name, help=what)
        if name != "list":
            verb.add_argument("path", type=Path, metavar="ФАЙЛ")
        add_login(verb)
        verb.set_defaults(run=run)


def _counts(unsent: list[Unsent]) -> str:
    return "; ".join(
        f"{one.name}: правок {one.edits}, черновиков {one.drafts}"
        for one in unsent
        if one.edits or one.drafts
    )


def run_leave(arguments: argparse.Namespace) -> int:
    """Refuses while anything would be lost. Raises WorkUnsent."""
    with open_here(arguments) as here:
        home = here.home
        counts = _counts(kept_work.unsent(here.store))
        if counts and arguments.export is None:
            raise WorkUnsent(counts=counts)
        if counts:
            kept_work.export(here.store, arguments.export)
            kept_work.check_export(arguments.export)
    erase_workstation(home)
    if arguments.json:
        print_json({"left": str(home.root), "exported": counts != ""})
    else:
        print(f"Рабочее место убрано из папки {home.root}")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """Whose work waits here."""
    with open_here(arguments) as here:
        unsent = kept_work.unsent(here.store)
    if arguments.json:
        print_json(
            [
                {
                    "login": one.login,
                    "waiting": one.waiting,
                    "held": one.held,
                    "refused": one.refused,
                    "drafts": one.drafts,
                }
                for one in unsent
            ]
        )
    else:
        print(_counts(unsent) or "Всё в центре")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write the file; the edits stay in the queue as well."""
    with open_here(arguments) as here:
        count = kept_work.export(here.store, arguments.path)
    if arguments.json:
        print_json({"path": str(arguments.path), "exported": count})
    else:
        print(f"Записано {count}: {arguments.path}. В файле персональные данные")
    return 0


def run_enter(arguments: argparse.Namespace) -> int:
    """1 if some of the edits could not be entered."""
    with open_here(arguments) as here:
        done = kept_work.enter_from(here.store, arguments.path)
    if arguments.json:
        print_json({"entered": done.entered, "drafts": done.drafts, "left": list(done.left)})
    else:
        print(f"Внесено правок {done.entered}, черновиков {done.drafts}")
        for line in done.left:
            print(line)
    return 1 if done.left else 0
