"""``arm central …``: set up a real PostgreSQL from nothing and look after it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from arm.access.rights import RIGHTS
from arm.central.admin import add_org, add_person, provision, status
from arm.cli.audit import add_commands
from arm.cli.opening import add_json, ask_password
from arm.cli.output import print_json, print_table


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    central = commands.add_parser("central", help="центральная база")
    subjects = central.add_subparsers(dest="subject", required=True, metavar="ЧТО")

    made = subjects.add_parser("provision", help="создать или обновить таблицы, функции и права")
    made.add_argument("url")
    add_json(made)
    made.set_defaults(run=run_provision)

    org = subjects.add_parser("org", help="организации")
    org_actions = org.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    added = org_actions.add_parser("add", help="добавить организацию")
    added.add_argument("url")
    added.add_argument("--name", required=True)
    added.add_argument("--region", required=True, help="двузначный код региона")
    for name in ("short-name", "region-name", "address", "inn", "phone", "oktmo"):
        added.add_argument(f"--{name}", default="")
    add_json(added)
    added.set_defaults(run=run_org_add)

    user = subjects.add_parser("user", help="люди")
    user_actions = user.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    person = user_actions.add_parser("add", help="добавить человека")
    person.add_argument("url")
    person.add_argument("--org", required=True, type=int, help="номер организации")
    person.add_argument("--login", required=True)
    person.add_argument("--name", required=True, help="фамилия, имя, отчество")
    person.add_argument("--role", required=True, choices=sorted(RIGHTS))
    add_json(person)
    person.set_defaults(run=run_user_add)

    add_commands(subjects)

    state = subjects.add_parser("status", help="что в центре")
    state.add_argument("url")
    add_json(state)
    state.set_defaults(run=run_status)


def _say(facts: dict[str, Any], text: str, as_json: bool) -> int:
    if as_json:
        print_json(facts)
    else:
        print(text)
    return 0


def run_provision(arguments: argparse.Namespace) -> int:
    """Can be repeated: brings an older centre to this version."""
    provision(arguments.url)
    return _say({"provisioned": True}, "Центр готов.", arguments.json)


def run_org_add(arguments: argparse.Namespace) -> int:
    """Prints the number by which people are added."""
    org = add_org(
        arguments.url,
        name=arguments.name,
        short_name=arguments.short_name or arguments.name,
        region=arguments.region,
        region_name=arguments.region_name,
        address=arguments.address,
        inn=arguments.inn,
        phone=arguments.phone,
        oktmo=arguments.oktmo,
    )
    return _say({"org": org}, f"Организация добавлена, номер {org}.", arguments.json)


def run_user_add(arguments: argparse.Namespace) -> int:
    """The person becomes a login role of PostgreSQL."""
    add_person(
        arguments.url,
        login=arguments.login,
        full_name=arguments.name,
        role=arguments.role,
        org=arguments.org,
        password=ask_password(f"Пароль для {arguments.login}"),
    )
    return _say(
        {"login": arguments.login, "org": arguments.org},
        f"Учётная запись {arguments.login} добавлена.",
        arguments.json,
    )


def run_status(arguments: argparse.Namespace) -> int:
    """Versions, organisations, people, workstations."""
    facts = asdict(status(arguments.url))
    if arguments.json:
        print_json(facts)
        return 0
    for name, value in facts.items():
        if isinstance(value, (list, tuple)) and value and isinstance(value[0], dict):
            print(f"{name}:")
            heads = list(value[0])
            print_table([[row[h] for h in heads] for row in value], heads)
        else:
            print(f"{name}: {value}")
    return 0
