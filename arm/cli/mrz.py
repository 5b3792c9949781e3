"""``arm mrz LINES``: read a machine-readable zone."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from arm.cli.opening import add_json
from arm.cli.output import print_json, print_table
from arm.clock import SystemClock
from arm.exchange.mrz import Mrz, read_mrz


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("mrz", help="прочитать машиночитаемую строку документа")
    parser.add_argument("lines", nargs="+", help="строки МЧЗ; «-» — со стандартного ввода")
    add_json(parser)
    parser.set_defaults(run=run)


def zone_text(lines: list[str]) -> str:
    """The zone from arguments or from standard input."""
    return sys.stdin.read() if lines == ["-"] else "\n".join(lines)


def answer(zone: Mrz) -> dict[str, Any]:
    """The documented JSON answer."""
    return {
        "kind": zone.kind,
        "surname": zone.surname,
        "given": zone.given,
        "number": zone.number,
        "nationality": zone.nationality,
        "issuer": zone.issuer,
        "birth_date": zone.birth_date,
        "sex": zone.sex,
        "expiry_date": zone.expiry_date,
        "personal_number": zone.personal_number,
        "check_digits": [{"name": c.name, "ok": c.ok} for c in zone.check_digits],
        "problems": [{"code": p.code, "text": p.text} for p in zone.problems],
    }


def run(arguments: argparse.Namespace) -> int:
    """0 if the zone was read and every check digit is right, otherwise 1."""
    # the day settles the century of birth
    zone = read_mrz(zone_text(arguments.lines), SystemClock().today())
    if arguments.json:
        print_json(answer(zone))
    else:
        facts = answer(zone)
        names = ("kind", "surname", "given", "number", "nationality", "birth_date", "sex")
        print_table([(n, facts[n]) for n in (*names, "expiry_date")], ("поле", "значение"))
        for problem in zone.problems:
            print(problem.text)
    return 1 if zone.problems else 0
