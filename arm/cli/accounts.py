"""``arm central user lock|unlock|password``, ``arm central workstation``, ``arm password``,
``arm salvage``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from arm.access.passwords import require_good
from arm.access.salvage import read_unsent
from arm.central.admin import lock, revoke_workstation, set_password, unlock, workstations
from arm.cli.opening import add_json, add_login, ask_new_password, ask_password, choose_account
from arm.cli.output import answer, print_json, print_table
from arm.exchange.whole_file import write_whole
from arm.password_change import change_password
from arm.places import home_from_environment
from arm.profile import read_profile


def register(commands: Any) -> None:
    """Commands of the workstation itself."""
    own = commands.add_parser("password", help="сменить свой пароль здесь и в центре")
    add_login(own)
    own.set_defaults(run=run_password)
    salvage = commands.add_parser("salvage", help="открыть работу отозванного рабочего места")
    salvage.add_argument("file", type=Path)
    salvage.add_argument("--out", type=Path, help="куда записать JSON; без него — только счёт")
    add_json(salvage)
    salvage.set_defaults(run=run_salvage)


def add_commands(users: Any, subjects: Any) -> None:
    """Commands of the administrator."""
    for name, what, run in (
        ("lock", "не пускать в центр", run_lock),
        ("unlock", "снова пускать", run_unlock),
        ("password", "задать временный пароль", run_reset),
    ):
        parser = users.add_parser(name, help=what)
        parser.add_argument("url")
        parser.add_argument("login")
        add_json(parser)
        parser.set_defaults(run=run)
    computers = subjects.add_parser("workstation", help="рабочие места")
    actions = computers.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    listed = actions.add_parser("list", help="какие есть")
    listed.add_argument("url")
    add_json(listed)
    listed.set_defaults(run=run_list)
    revoked = actions.add_parser("revoke", help="отозвать потерянное")
    revoked.add_argument("url")
    revoked.add_argument("client", metavar="ID")
    revoked.add_argument("--why", default="", help="почему; останется в центре")
    revoked.add_argument("--switch-off", nargs="*", default=[], metavar="LOGIN",
                         help="закрыть и эти учётные записи")  # fmt: skip
    add_json(revoked)
    revoked.set_defaults(run=run_revoke)


def run_lock(arguments: argparse.Namespace) -> int:
    """Connections end at once; what was typed offline waits on the workstation."""
    lock(arguments.url, arguments.login)
    return answer({"locked": arguments.login}, "Учётная запись заблокирована.", arguments.json)


def run_unlock(arguments: argparse.Namespace) -> int:
    """Let the person in again."""
    unlock(arguments.url, arguments.login)
    return answer({"unlocked": arguments.login}, "Учётная запись разблокирована.", arguments.json)


def run_reset(arguments: argparse.Namespace) -> int:
    """A temporary password: nothing is exchanged until the person has replaced it."""
    password = ask_password(f"Временный пароль для {arguments.login}")
    require_good(password, arguments.login)
    set_password(arguments.url, arguments.login, password, temporary=True)
    text = "Временный пароль задан: при первом входе его сменят."
    return answer({"login": arguments.login}, text, arguments.json)


def run_list(arguments: argparse.Namespace) -> int:
    """The workstation seen last stands first."""
    rows = [asdict(one) for one in workstations(arguments.url)]
    if arguments.json:
        print_json(rows)
    elif rows:
        heads = list(rows[0])
        print_table([[row[head] for head in heads] for row in rows], heads)
    return 0


def run_revoke(arguments: argparse.Namespace) -> int:
    """Names the logins whose passwords may be known to who has the computer."""
    left = revoke_workstation(
        arguments.url,
        arguments.client,
        arguments.why,
        switch_off_logins=tuple(arguments.switch_off),
    )
    text = "Рабочее место отозвано."
    if left:
        text += f" На нём работали: {', '.join(left)}. Задайте им новые пароли."
    facts = {"revoked": arguments.client, "switched_off": arguments.switch_off, "open": left}
    return answer(facts, text, arguments.json)


def run_password(arguments: argparse.Namespace) -> int:
    """Old and new password; both places change or neither (docs/keys.md)."""
    home = home_from_environment()
    profile = read_profile(home.profile)
    login = choose_account(profile, arguments.login).login
    old = ask_password("Прежний пароль", demonstration=profile.demonstration)
    change_password(home, profile.centre, login, old, ask_new_password("Новый пароль"))
    return answer({"login": login}, "Пароль сменён.", arguments.json)


def run_salvage(arguments: argparse.Namespace) -> int:
    """Asks for the organisation's recovery phrase."""
    content = read_unsent(arguments.file, ask_password("Фраза восстановления организации"))
    facts = {name: len(content[name]) for name in ("outbox", "rejected", "draft")}
    if arguments.out is not None:
        text = json.dumps(content, ensure_ascii=False, indent=1)
        write_whole(arguments.out, text.encode())
    lines = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return answer(facts | {"out": arguments.out}, lines, arguments.json)
