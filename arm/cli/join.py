"""``arm join``: connect this computer to a centre."""

from __future__ import annotations

import argparse
import re
from typing import Any

from arm import joining
from arm.cli.opening import add_json, ask_password
from arm.cli.output import print_json
from arm.errors import ExpectedError
from arm.places import Home, home_from_environment
from arm.profile import Account, Centre, DamagedProfile, NoWorkstation, read_profile

POSTGRES_PORT = 5432
LAST_PORT = 65_535
_SERVER = re.compile(
    r"(\[(?P<bare>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:/\[\],]+))(:(?P<port>[0-9]{1,5}))?"
)
"""An IPv6 address stands in brackets, as in any address with a port."""
_DATABASE = re.compile(r"[^\s/?]+")


class BadCentreAddress(ExpectedError):
    """The address of the centre is not HOST[:PORT][,HOST[:PORT]…]/DATABASE."""

    code = "bad_centre_address"
    title = "Не понимаю адрес центра «{address}»"
    advice = (
        "Напишите его так: db.example.ru:5432/arm, два сервера: db1.example.ru,db2.example.ru/arm"
    )


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("join", help="подключить этот компьютер к центру")
    parser.add_argument("centre", metavar="УЗЕЛ[:ПОРТ][,УЗЕЛ[:ПОРТ]…]/БАЗА")
    parser.add_argument("--login", required=True)
    parser.add_argument("--by", help="кто уже работает на этом компьютере и открывает базу")
    add_json(parser)
    parser.set_defaults(run=run)


def centre_address(text: str) -> Centre:
    """``host[:port][,host[:port]…]/database``. Raises BadCentreAddress."""
    servers, _, database = text.strip().removeprefix("postgresql://").partition("/")
    if not _DATABASE.fullmatch(database):
        raise BadCentreAddress(address=text)
    first, *standbys = [_server(one, text) for one in servers.split(",")]
    return Centre(*first, database, standbys=tuple(standbys))


def _server(text: str, whole: str) -> tuple[str, int]:
    parts = _SERVER.fullmatch(text)
    port = int(parts["port"] or POSTGRES_PORT) if parts else 0
    if parts is None or not 0 < port <= LAST_PORT:
        raise BadCentreAddress(address=whole)
    return parts["bare"] or parts["host"], port


def _accounts(home: Home) -> tuple[Account, ...]:
    """Who works here; nobody if the profile was lost, for joining makes it anew."""
    try:
        return read_profile(home.profile).accounts
    except (NoWorkstation, DamagedProfile):
        return ()


def run(arguments: argparse.Namespace) -> int:
    """The first person makes the workstation; the next ones are let in by one who is here."""
    home = home_from_environment()
    centre = centre_address(arguments.centre)
    password = ask_password(f"Пароль для {arguments.login}")
    accounts = _accounts(home)
    if accounts:
        by = arguments.by or accounts[0].login
        joining.join_too(home, arguments.login, password, by, ask_password(f"Пароль для {by}"))
        phrase = None
    else:
        phrase = joining.join(home, centre, arguments.login, password)
    if arguments.json:
        print_json({"home": str(home.root), "login": arguments.login, "recovery_phrase": phrase})
        return 0
    print(f"Рабочее место подключено, папка {home.root}")
    if phrase:
        print("Фраза восстановления организации. Запишите и уберите в сейф, она больше не")
        print(f"показывается:\n\n    {phrase}\n")
    return 0
