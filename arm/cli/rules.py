"""``arm central rules …``: what organisations show each other, as the administrator keeps it."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from arm.central.sharing import ORG_ROLES, SharedField, SharingRule, add_rule, end_rule, rules
from arm.cli.opening import add_json
from arm.cli.output import print_json, print_table


def register(subjects: Any) -> None:
    """Add ``rules`` to the subjects of ``arm central``."""
    parser = subjects.add_parser("rules", help="правила передачи сведений между организациями")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")

    listed = actions.add_parser("list", help="все правила")
    listed.add_argument("url")
    add_json(listed)
    listed.set_defaults(run=run_list)

    side = f"вид организации ({', '.join(ORG_ROLES)}) или её номер"
    added = actions.add_parser("add", help="добавить правило")
    added.add_argument("url")
    added.add_argument("--title", required=True, help="о чём правило: «Патент»")
    added.add_argument("--from", dest="source", required=True, help=f"кто показывает: {side}")
    added.add_argument("--to", required=True, help=f"кому: {side}")
    added.add_argument("--kind", required=True, help="вид записи: stay_permit, registration …")
    added.add_argument(
        "--field", action="append", required=True, metavar="ПОЛЕ=НАЗВАНИЕ", help="что показывать"
    )
    added.add_argument("--where", action="append", default=[], metavar="ПОЛЕ=ЗНАЧЕНИЕ")
    added.add_argument("--newest-by", default="", metavar="ПОЛЕ", help="какая запись новее")
    added.add_argument("--ground", required=True, help="закон и статья или соглашение")
    added.add_argument("--confidence", choices=("high", "medium", "low"), default="medium")
    added.add_argument("--any-region", action="store_true", help="не только в своём регионе")
    added.add_argument("--on-question", action="store_true", help="отвечать и на вопрос реестру")
    added.add_argument("--since", type=date.fromisoformat, metavar="ГГГГ-ММ-ДД")
    added.add_argument("--until", type=date.fromisoformat, metavar="ГГГГ-ММ-ДД")
    add_json(added)
    added.set_defaults(run=run_add)

    ended = actions.add_parser("end", help="прекратить правило; показанное отзывается")
    ended.add_argument("url")
    ended.add_argument("rule", type=int)
    ended.add_argument("--on", type=date.fromisoformat, metavar="ГГГГ-ММ-ДД")
    add_json(ended)
    ended.set_defaults(run=run_end)


def run_list(arguments: argparse.Namespace) -> int:
    """Those that ended too."""
    found = rules(arguments.url)
    if arguments.json:
        print_json({"rules": found})
        return 0
    print_table(
        [
            [
                one.rule, one.title, one.source, one.receiver,
                ", ".join(field.label for field in one.fields), one.valid_from, one.valid_to,
                one.ground,
            ]
            for one in found
        ],
        ["№", "правило", "кто", "кому", "что", "с", "по", "основание"],
    )  # fmt: skip
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """Prints the number of the rule; projections are there when it returns."""
    pairs = [pair.partition("=") for pair in arguments.field]
    number = add_rule(
        arguments.url,
        SharingRule(
            title=arguments.title,
            source=arguments.source,
            source_kind=arguments.kind,
            fields=tuple(SharedField(name, label or name) for name, _, label in pairs),
            receiver=arguments.to,
            ground=arguments.ground,
            confidence=arguments.confidence,
            only_where=tuple(
                (name, value) for name, _, value in (one.partition("=") for one in arguments.where)
            ),
            newest_by=arguments.newest_by,
            same_region=not arguments.any_region,
            on_question=arguments.on_question,
            valid_from=arguments.since,
            valid_to=arguments.until,
        ),
    )
    if arguments.json:
        print_json({"rule": number})
    else:
        print(f"Правило № {number} действует.")
    return 0


def run_end(arguments: argparse.Namespace) -> int:
    """Ends today unless another day is named."""
    changed = end_rule(arguments.url, arguments.rule, arguments.on)
    if arguments.json:
        print_json({"rule": arguments.rule, "withdrawn": changed})
    else:
        print(f"Правило № {arguments.rule} прекращено, отозвано записей: {changed}.")
    return 0
