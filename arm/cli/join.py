"""``arm join``: connect this computer to a centre."""

from __future__ import annotations

import argparse
from typing import Any

from arm import demonstration
from arm.cli.opening import add_json, ask_password
from arm.cli.output import print_json
from arm.errors import ExpectedError
from arm.places import home_from_environment
from arm.profile import Centre, read_profile

POSTGRES_PORT = 5432


class BadCentreAddress(ExpectedError):
    """The address of the centre is not HOST[:PORT]/DATABASE."""

    code = "bad_centre_address"
    title = "Не понимаю адрес центра «{address}»"
    advice = "Напишите его так: db.example.ru:5432/arm"


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("join", help="подключить этот компьютер к центру")
    parser.add_argument("centre", metavar="УЗЕЛ[:ПОРТ]/БАЗА")
    parser.add_argument("--login", required=True)
    parser.add_argument("--by", help="кто уже работает на этом компьютере и открывает базу")
    add_json(parser)
    parser.set_defaults(run=run)


def centre_address(text: str) -> Centre:
    """``host[:port]/database``. Raises BadCentreAddress."""
    place, slash, database = text.removeprefix("postgresql://").partition("/")
    host, _, port = place.partition(":")
    if not (slash and host and database and (port.isdigit() or not port)):
        raise BadCentreAddress(address=text)
    return Centre(host, int(port or POSTGRES_PORT), database)


def run(arguments: argparse.Namespace) -> int:
    """The first person makes the workstation; the next ones are let in by one who is here."""
    home = home_from_environment()
    centre = centre_address(arguments.centre)
    password = ask_password(f"Пароль для {arguments.login}")
    if home.profile.exists():
        by = arguments.by or read_profile(home.profile).accounts[0].login
        demonstration.join_too(
            home, arguments.login, password, by, ask_password(f"Пароль для {by}")
        )
        phrase = None
    else:
        phrase = demonstration.join(home, centre, arguments.login, password)
    if arguments.json:
        print_json({"home": str(home.root), "login": arguments.login, "recovery_phrase": phrase})
        return 0
    print(f"Рабочее место подключено, папка {home.root}")
    if phrase:
        print("Фраза восстановления организации. Запишите и уберите в сейф, она больше не")
        print(f"показывается:\n\n    {phrase}\n")
    return 0
