"""``arm sync``, ``status``, ``check``."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from arm.casework import recompute
from arm.casework.integrity import check_all
from arm.centre_errors import WorkstationRevoked
from arm.cli.opening import add_login, ask_password, choose_account, open_here
from arm.cli.output import print_json
from arm.errors import ExpectedError
from arm.places import home_from_environment
from arm.profile import read_profile
from arm.store.backup import mend_derived
from arm.workstation import rebuild_workstation


class NoCentre(ExpectedError):
    """This workstation was never joined to a centre."""

    code = "no_centre"
    title = "Рабочее место не подключено к центру"
    advice = "Подключите его командой «arm join»"


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    for name, what, run in (
        ("sync", "обменяться с центром один раз", run_sync),
        ("status", "состояние рабочего места", run_status),
        ("rebuild", "собрать базу заново вместо повреждённой", run_rebuild),
        ("check", "проверить целость базы, очереди и истории", run_check),
    ):
        parser = commands.add_parser(name, help=what)
        add_login(parser)
        if name == "check":
            parser.add_argument(
                "--mend", action="store_true", help="сначала пересчитать списки и поиск"
            )
        parser.set_defaults(run=run)


def _print_facts(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        print(f"{name}: {value}")


def run_sync(arguments: argparse.Namespace) -> int:
    """One whole exchange: push everything, pull everything."""
    with open_here(arguments) as here:
        if here.sync is None:
            raise NoCentre
        try:
            report = here.sync.exchange()
            files = here.sync.files.exchange()
            if files.sent:
                here.sync.exchange()  # the records that had waited for their files
            if recompute.needed(here.store):  # a decision about a norm came
                recompute.recompute(here.store)
        except WorkstationRevoked:
            here.surrender()
            raise
        facts = {
            "sent": report.sent,
            "received": report.received,
            "loaded": report.loaded,
            "conflicts": report.conflicts,
            "files_sent": files.sent,
            "files_fetched": files.fetched,
            "pending": here.store.pending(),
        }
    _print_facts(facts, arguments.json)
    return 0


def run_status(arguments: argparse.Namespace) -> int:
    """What is here, without asking the centre."""
    with open_here(arguments) as here:
        state = here.sync.state if here.sync else None
        facts = {
            "home": str(here.home.root),
            "office": here.office.name,
            "login": here.account.login,
            "role": here.account.role,
            "people": here.people_count(),
            "pending": here.store.pending(),
            "conflicts": state.conflicts if state else 0,
            "rejected": state.rejected if state else 0,
            "last_exchange_at": state.last_exchange_at if state else None,
            "centre": str(here.profile.centre) if here.profile.centre else None,
            "demonstration": here.profile.demonstration,
            "database_bytes": here.home.database.stat().st_size,
        }
    _print_facts(facts, arguments.json)
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """1 if anything is wrong; each finding says what and where."""
    with open_here(arguments) as here:
        if arguments.mend:
            mend_derived(here.store)
        found, compared = check_all(here.store, here.sync)
        findings = [
            {"subject": f.subject, "severity": f.severity, "text": f.text, "advice": f.advice}
            for f in found
        ]
    if arguments.json:
        print_json({"ok": not findings, "centre": compared, "findings": findings})
    else:
        for finding in findings:
            print(f"{finding['subject']}: {finding['text']}. {finding['advice']}")
        if compared == "unreachable":
            print("Центр недоступен: с его лентой сейчас не сверяли.")
        print("Всё цело." if not findings else f"Найдено: {len(findings)}")
    return 1 if findings else 0


def run_rebuild(arguments: argparse.Namespace) -> int:
    """The damaged file stays beside the new one; an exchange then brings the records."""
    home = home_from_environment()
    profile = read_profile(home.profile)
    account = choose_account(profile, arguments.login)
    password = ask_password(f"Пароль ({account.full_name})", demonstration=profile.demonstration)
    rebuilt = rebuild_workstation(home, account.login, password)
    _print_facts(asdict(rebuilt), arguments.json)
    return 0
