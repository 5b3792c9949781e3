"""``arm payments measure``: how right the matching of payments is on a list of known truth."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

from arm.cli.opening import add_json, count
from arm.cli.output import print_json

ENOUGH = 0.9
"""Share settled by itself of what could be."""


def register(commands: Any) -> None:
    """Add the command to the parser."""
    room = commands.add_parser("payments", help="платежи за патенты")
    acts = room.add_subparsers(dest="act", required=True, metavar="ДЕЙСТВИЕ")
    measure = acts.add_parser("measure", help="как верно платежи находят людей, с ошибками")
    measure.add_argument("--payments", type=count, default=20_000, metavar="N")
    measure.add_argument("--people", type=count, default=8_000, metavar="N")
    measure.add_argument("--seed", type=count, default=11, metavar="N")
    add_json(measure)
    measure.set_defaults(run=run_measure)


def run_measure(arguments: argparse.Namespace) -> int:
    """1 if anybody was wrongly credited, or less than the share was settled."""
    # the lists live above the core, like the other figures: found by name
    measure = import_module("bench.payments_measure").measure
    found = measure(arguments.payments, arguments.people, arguments.seed)
    if arguments.json:
        print_json(
            {
                "payments": found.payments,
                "people": found.people,
                "could_settle": found.could_settle,
                "settled": found.settled,
                "share": round(found.share, 4),
                "wrong_credits": found.wrong_credits,
                "to_look": found.to_look,
                "true_first": found.true_first,
                "other_wrong": found.other_wrong,
                "unsettled": dict(found.unsettled),
            }
        )
    else:
        print(
            f"{found.payments} payments, {found.people} people: settled by itself"
            f" {found.settled} of {found.could_settle} ({found.share:.2%}), wrong credits"
            f" {len(found.wrong_credits)}; to look at {found.to_look}, true person first"
            f" {found.true_first}; otherwise wrong {len(found.other_wrong)}"
        )
        for words in (*found.wrong_credits, *found.other_wrong):
            print("   ", words)
        for kind, times in found.unsettled:
            print(f"    {times:5} × {kind} not settled")
    return 0 if not found.wrong_credits and found.share >= ENOUGH else 1
