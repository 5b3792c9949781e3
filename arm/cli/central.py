"""``arm central …``: set up a real PostgreSQL from nothing and look after it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from arm.access.passwords import require_good
from arm.central.admin import (
    TOMBSTONE_DAYS,
    add_org,
    add_person,
    add_scope,
    empty_tombstones,
    grant,
    limit_idle,
    provision,
    revoke,
    set_password,
    status,
    sweep_files,
    was_restored,
)
from arm.central.sharing import ORG_ROLES
from arm.cli import accounts, rules
from arm.cli.audit import add_commands
from arm.cli.opening import add_json, ask_password
from arm.cli.output import answer, print_json, print_table
from arm.rights_matrix import rights_matrix


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    central = commands.add_parser("central", help="центральная база")
    subjects = central.add_subparsers(dest="subject", required=True, metavar="ЧТО")

    made = subjects.add_parser("provision", help="создать или обновить таблицы, функции и права")
    made.add_argument("url")
    add_json(made)
    made.set_defaults(run=run_provision)

    _register_organisations(subjects)
    rules.register(subjects)

    user = subjects.add_parser("user", help="люди")
    user_actions = user.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    person = user_actions.add_parser("add", help="добавить человека")
    person.add_argument("url")
    person.add_argument("--org", required=True, type=int, help="номер организации")
    person.add_argument("--login", required=True)
    person.add_argument("--name", required=True, help="фамилия, имя, отчество")
    person.add_argument("--role", required=True, choices=sorted(rights_matrix().roles))
    person.add_argument(
        "--temporary", action="store_true", help="пароль временный: до его смены обмена не будет"
    )
    add_json(person)
    person.set_defaults(run=run_user_add)
    accounts.add_commands(user_actions, subjects)

    add_commands(subjects)
    _register_scopes(subjects)
    tidied = subjects.add_parser("tidy", help="стереть содержание давно удалённых записей")
    tidied.add_argument("url")
    tidied.add_argument("--days", type=int, default=TOMBSTONE_DAYS, help="сколько дней хранить")
    add_json(tidied)
    tidied.set_defaults(run=run_tidy)

    restored = subjects.add_parser("restored", help="сказать, что центр восстановлен из копии")
    restored.add_argument("url")
    add_json(restored)
    restored.set_defaults(run=run_restored)

    swept = subjects.add_parser("sweep", help="убрать файлы, на которые не ссылаются записи")
    swept.add_argument("url")
    add_json(swept)
    swept.set_defaults(run=run_sweep)

    state = subjects.add_parser("status", help="что в центре")
    state.add_argument("url")
    add_json(state)
    state.set_defaults(run=run_status)


def _register_organisations(subjects: Any) -> None:
    org = subjects.add_parser("org", help="организации")
    org_actions = org.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    added = org_actions.add_parser("add", help="добавить организацию")
    added.add_argument("url")
    added.add_argument("--name", required=True)
    added.add_argument("--region", required=True, help="двузначный код региона")
    for name in ("short-name", "region-name", "address", "inn", "phone", "oktmo"):
        added.add_argument(f"--{name}", default="")
    added.add_argument("--role", choices=ORG_ROLES, default="center", help="вид организации")
    add_json(added)
    added.set_defaults(run=run_org_add)
    idle = org_actions.add_parser("idle", help="через сколько минут простоя блокировать экраны")
    idle.add_argument("url")
    idle.add_argument("--org", required=True, type=int, help="номер организации")
    idle.add_argument("minutes", metavar="МИНУТ", help="от 1 до 60; off — каждый выбирает сам")
    add_json(idle)
    idle.set_defaults(run=run_org_idle)


def _register_scopes(subjects: Any) -> None:
    scope = subjects.add_parser("scope", help="подразделения и доступ к ним")
    actions = scope.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    added = actions.add_parser("add", help="добавить подразделение организации")
    added.add_argument("url")
    added.add_argument("--org", required=True, type=int, help="номер организации")
    added.add_argument("--title", required=True, help="название подразделения")
    add_json(added)
    added.set_defaults(run=run_scope_add)
    for name, run, text in (
        ("grant", run_scope_grant, "открыть подразделение человеку"),
        ("revoke", run_scope_revoke, "закрыть подразделение человеку"),
    ):
        one = actions.add_parser(name, help=text)
        one.add_argument("url")
        one.add_argument("--login", required=True)
        one.add_argument("--scope", required=True, type=int, help="номер подразделения")
        if name == "grant":
            one.add_argument("--read-only", action="store_true", help="только читать")
        add_json(one)
        one.set_defaults(run=run)


def run_provision(arguments: argparse.Namespace) -> int:
    """Can be repeated: brings an older centre to this version."""
    provision(arguments.url)
    return answer({"provisioned": True}, "Центр готов.", arguments.json)


def run_org_idle(arguments: argparse.Namespace) -> int:
    """An upper limit: people may choose less."""
    said = arguments.minutes
    minutes = None if said == "off" else int(said) if said.isdigit() else 0
    limit_idle(arguments.url, org=arguments.org, minutes=minutes)
    facts = {"org": arguments.org, "idle_minutes": minutes}
    return answer(facts, "Рабочие места узнают об этом при следующем обмене.", arguments.json)


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
        role=arguments.role,
    )
    return answer({"org": org}, f"Организация добавлена, номер {org}.", arguments.json)


def run_user_add(arguments: argparse.Namespace) -> int:
    """The person becomes a login role of PostgreSQL."""
    password = ask_password(f"Пароль для {arguments.login}")
    require_good(password, arguments.login)
    add_person(
        arguments.url,
        login=arguments.login,
        full_name=arguments.name,
        role=arguments.role,
        org=arguments.org,
        password=password,
    )
    if arguments.temporary:
        set_password(arguments.url, arguments.login, password, temporary=True)
    return answer(
        {"login": arguments.login, "org": arguments.org},
        f"Учётная запись {arguments.login} добавлена.",
        arguments.json,
    )


def run_scope_add(arguments: argparse.Namespace) -> int:
    """Prints the number by which the unit is granted."""
    scope = add_scope(arguments.url, org=arguments.org, title=arguments.title)
    return answer({"scope": scope}, f"Подразделение добавлено, номер {scope}.", arguments.json)


def run_scope_grant(arguments: argparse.Namespace) -> int:
    """The person's workstations load the unit with their next exchange."""
    grant(arguments.url, arguments.login, arguments.scope, can_write=not arguments.read_only)
    return answer(
        {"login": arguments.login, "scope": arguments.scope},
        f"Подразделение {arguments.scope} открыто: {arguments.login}.",
        arguments.json,
    )


def run_scope_revoke(arguments: argparse.Namespace) -> int:
    """The unit's records leave the person's workstations with their next exchange."""
    revoke(arguments.url, arguments.login, arguments.scope)
    return answer(
        {"login": arguments.login, "scope": arguments.scope},
        f"Подразделение {arguments.scope} закрыто: {arguments.login}.",
        arguments.json,
    )


def run_tidy(arguments: argparse.Namespace) -> int:
    """Meant for every night; harmless when there is nothing to do."""
    emptied = empty_tombstones(arguments.url, days=arguments.days)
    return answer({"emptied": emptied}, f"Стёрто удалённых записей: {emptied}.", arguments.json)


def run_restored(arguments: argparse.Namespace) -> int:
    """Run once after the database was put back from a backup."""
    was_restored(arguments.url)
    return answer({"restored": True}, "Рабочие места перечитают записи.", arguments.json)


def run_sweep(arguments: argparse.Namespace) -> int:
    """For a nightly job: deleted files past the time of undo, and transfers nobody finished."""
    gone = sweep_files(arguments.url)
    return answer({"files": gone}, f"Убрано файлов: {gone}.", arguments.json)


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
