"""``arm backup now|list|verify|restore``."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from arm.access.attempts import Attempts
from arm.access.backups import backups, rehearse, restore
from arm.access.keys import KeyFile
from arm.cli.opening import add_login, ask_password, choose_account, open_here
from arm.cli.output import print_json, print_table
from arm.places import home_from_environment
from arm.profile import read_profile


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    backup = commands.add_parser("backup", help="резервные копии рабочего места")
    actions = backup.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    made = actions.add_parser("now", help="сделать копию и проверить её восстановлением")
    made.add_argument("--to", type=Path, help="папка, например на флешке; запомнится")
    add_login(made)
    made.set_defaults(run=run_now)
    listed = actions.add_parser("list", help="какие копии есть")
    listed.add_argument("--in", dest="place", type=Path, help="папка копий")
    add_login(listed)
    listed.set_defaults(run=run_list)
    for name, what, run in (
        ("verify", "открыть копию во временной папке и проверить", run_verify),
        ("restore", "вернуть рабочее место из копии", run_restore),
    ):
        parser = actions.add_parser(name, help=what)
        parser.add_argument("folder", type=Path, help="папка одной копии")
        add_login(parser)
        parser.set_defaults(run=run)


def run_now(arguments: argparse.Namespace) -> int:
    """1 if the rehearsal failed."""
    with open_here(arguments) as here:
        if arguments.to is not None:
            here.set_backup_folder(arguments.to)
        made = here.back_up()
        facts = asdict(made) | {"path": str(here.backup_folder / made.folder)}
    if arguments.json:
        print_json(facts)
    else:
        for name, value in facts.items():
            print(f"{name}: {value}")
    return 0 if made.rehearsed else 1


def run_list(arguments: argparse.Namespace) -> int:
    """The newest first."""
    place = arguments.place or home_from_environment().root / "backups"
    rows = [asdict(one) for one in backups(place)]
    if arguments.json:
        print_json(rows)
    elif rows:
        heads = ["folder", "made_at", "size", "rehearsed", "trouble"]
        print_table([[row[head] for head in heads] for row in rows], heads)
    return 0 if rows else 1


def run_verify(arguments: argparse.Namespace) -> int:
    """Needs the password of somebody who could sign in when the copy was made."""
    login, password = _who(arguments)
    attempts = Attempts(home_from_environment().attempts)
    dek = KeyFile(arguments.folder / "keys.json", attempts=attempts).unlock(login, password)
    counts = rehearse(arguments.folder, dek)
    if arguments.json:
        print_json({"ok": True, "counts": counts})
    else:
        print("Копия открывается и цела.")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """What is replaced is laid aside in the home; unsent work of it is named."""
    login, password = _who(arguments)
    salvage = restore(home_from_environment(), arguments.folder, login, password)
    if arguments.json:
        print_json({"restored": str(arguments.folder), "unsent_work": salvage and str(salvage)})
    else:
        print("Рабочее место восстановлено. При обмене центр пришлёт всё, что новее копии.")
        if salvage is not None:
            print(f"Неотправленная работа прежней базы: {salvage} (откроет «arm salvage»).")
    return 0


def _who(arguments: argparse.Namespace) -> tuple[str, str]:
    home = home_from_environment()
    path = home.profile if home.profile.exists() else arguments.folder / home.profile.name
    profile = read_profile(path)
    account = choose_account(profile, arguments.login)
    return account.login, ask_password("Пароль", demonstration=profile.demonstration)
