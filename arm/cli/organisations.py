"""``arm requests …`` and ``arm disclosures …``: what passes between organisations."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from arm.casework import disclosures, requests
from arm.casework.facts import case_facts
from arm.casework.people import person_by_any_id
from arm.casework.requests import Fact, NewRequest, Organisation, RequestView
from arm.cli.opening import add_login, open_here
from arm.cli.output import print_json, print_table
from arm.errors import ExpectedError
from arm.exchange.whole_file import write_whole
from arm.store.store import Store
from forms.catalogue import draw, fill


class CannotAsk(ExpectedError):
    """Nobody of this number or name may be asked."""

    code = "cannot_ask"
    title = "Организации «{organisation}» запросы не отправляют"
    advice = "Кому можно, покажет «arm requests orgs»"


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    parser = commands.add_parser("requests", help="запросы другим организациям и от них")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")

    listed = actions.add_parser("list", help="список запросов")
    listed.add_argument("--preset", choices=tuple(requests.PRESETS), default="all")
    listed.add_argument("--case", metavar="ID", help="только об одном человеке")
    _ends(listed, run_list)
    orgs = actions.add_parser("orgs", help="кому можно отправить запрос")
    _ends(orgs, run_orgs)
    shown = actions.add_parser("show", help="один запрос с ответом")
    shown.add_argument("request")
    _ends(shown, run_show)

    sent = actions.add_parser("send", help="отправить запрос")
    sent.add_argument("--case", required=True, metavar="ID", help="person_id или Мигрант ID")
    sent.add_argument("--to", required=True, help="номер или название организации")
    sent.add_argument("--question", required=True)
    sent.add_argument("--what", action="append", default=[], help="отдельное нужное сведение")
    sent.add_argument("--ground", required=True)
    sent.add_argument("--due", type=date.fromisoformat, metavar="ГГГГ-ММ-ДД")
    _ends(sent, run_send)

    answered = actions.add_parser("answer", help="ответить на запрос")
    answered.add_argument("request")
    answered.add_argument("--text", default="")
    answered.add_argument("--fact", action="append", default=[], metavar="НАЗВАНИЕ=ОТВЕТ")
    _ends(answered, run_answer)
    withdrawn = actions.add_parser("withdraw", help="отозвать свой запрос")
    withdrawn.add_argument("request")
    _ends(withdrawn, run_withdraw)

    register_of = commands.add_parser("disclosures", help="кому передавали сведения")
    register_of.add_argument("--case", metavar="ID", help="person_id или Мигрант ID")
    register_of.add_argument("--pdf", type=Path, help="выписка для самого человека")
    _ends(register_of, run_disclosures)


def _ends(parser: argparse.ArgumentParser, run: Any) -> None:
    add_login(parser)
    parser.set_defaults(run=run)


def run_list(arguments: argparse.Namespace) -> int:
    """Those that wait first, by their day."""
    with open_here(arguments) as here:
        person = person_by_any_id(here.store, arguments.case) if arguments.case else None
        found = requests.requests(here.store, arguments.preset, person)
    if arguments.json:
        print_json({"requests": found})
        return 0
    print_table(
        [
            [
                one.id, "нам" if one.incoming else "от нас", requests.STATES[one.state], one.other,
                one.subject, one.due_on,
            ]
            for one in found
        ],
        ["id", "чей", "состояние", "организация", "о ком", "срок"],
    )  # fmt: skip
    return 0


def run_orgs(arguments: argparse.Namespace) -> int:
    """As the centre told at the last exchange."""
    with open_here(arguments) as here:
        found = requests.organisations(here.store)
    if arguments.json:
        print_json({"organisations": found})
    else:
        print_table(
            [[one.org, one.name, requests.ROLES.get(one.role, one.role)] for one in found],
            ["№", "название", "вид"],
        )
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Showing does not mark it as read."""
    with open_here(arguments) as here:
        one = requests.request(here.store, arguments.request)
    if arguments.json:
        print_json(one)
        return 0
    for line in _words(one):
        print(line)
    return 0


def _words(one: RequestView) -> list[str]:
    lines = [
        f"{one.other} · {requests.STATES[one.state]}",
        f"{one.subject} · {one.migrant_id}",
        one.question,
        f"Основание: {one.ground}",
    ]
    lines += [f"{fact.label}: {fact.value or '—'}" for fact in one.facts]
    return [*lines, one.answer] if one.answer else lines


def run_send(arguments: argparse.Namespace) -> int:
    """It goes with the next exchange."""
    with open_here(arguments) as here:
        request_id = requests.send(
            here.store,
            NewRequest(
                to=_named(here.store, arguments.to),
                question=arguments.question,
                ground=arguments.ground,
                due_on=arguments.due,
                person_id=person_by_any_id(here.store, arguments.case),
                what=tuple(arguments.what),
            ),
        )
    return _done({"request": request_id}, "Запрос уйдёт с ближайшим обменом.", arguments)


def _named(store: Store, said: str) -> Organisation:
    for one in requests.organisations(store):
        if said in {str(one.org), one.name}:
            return one
    raise CannotAsk(organisation=said)


def run_answer(arguments: argparse.Namespace) -> int:
    """A second answer corrects the first."""
    pairs = [one.partition("=") for one in arguments.fact]
    with open_here(arguments) as here:
        facts = [Fact(label, value) for label, _, value in pairs]
        requests.answer(here.store, arguments.request, arguments.text, facts)
    return _done({"request": arguments.request}, "Ответ уйдёт с ближайшим обменом.", arguments)


def run_withdraw(arguments: argparse.Namespace) -> int:
    """Only one's own that is not answered."""
    with open_here(arguments) as here:
        requests.withdraw(here.store, arguments.request)
    return _done({"request": arguments.request}, "Запрос отозван.", arguments)


def _done(facts: dict[str, Any], text: str, arguments: argparse.Namespace) -> int:
    if arguments.json:
        print_json(facts)
    else:
        print(text)
    return 0


def run_disclosures(arguments: argparse.Namespace) -> int:
    """Of one person, or the newest of the office; ``--pdf`` needs a person."""
    with open_here(arguments) as here:
        if not arguments.case:
            lines = disclosures.of_office(here.store)
        else:
            person_id = person_by_any_id(here.store, arguments.case)
            lines = disclosures.of_person(here.store, person_id)
            if arguments.pdf:
                paper = fill("disclosures", case_facts(here.store, person_id))
                write_whole(arguments.pdf, draw(paper))
    written = str(arguments.pdf) if arguments.pdf and arguments.case else None
    if arguments.json:
        print_json({"disclosures": lines, "pdf": written})
        return 0
    print_table(
        [
            [f"{one.at:%d.%m.%Y}" if one.at else "", one.receiver, one.way, ", ".join(one.what)]
            for one in lines
        ],
        ["когда", "кто получил", "способ", "что"],
    )
    if written:
        print(f"Записано: {written}")
    return 0
