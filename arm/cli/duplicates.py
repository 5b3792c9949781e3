"""``arm duplicates``: list, measure, merge, unmerge."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

from arm.casework import duplicate_watch, duplicates
from arm.casework.people import person_by_any_id
from arm.cli.opening import add_login, count, open_here
from arm.cli.output import answer, print_json, print_table, progress_line


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    room = commands.add_parser("duplicates", help="карточки, которые могут быть одним человеком")
    room.add_argument("--measure", action="store_true", help="то же, что «duplicates measure»")
    room.set_defaults(run=run_bare)
    acts = room.add_subparsers(dest="act", metavar="ДЕЙСТВИЕ")

    listed = acts.add_parser("list", help="пары, которые ждут решения")
    listed.add_argument("--limit", type=count, default=duplicates.SHOWN)
    listed.add_argument("--no-wait", action="store_true", help="не досравнивать новых людей")
    add_login(listed)
    listed.set_defaults(run=run_list)

    measure = acts.add_parser("measure", help="точность и полнота на размеченных парах")
    measure.add_argument("--json", action="store_true", help="ответ в JSON")
    measure.set_defaults(run=run_measure)

    merge = acts.add_parser("merge", help="объединить две карточки")
    merge.add_argument("keep", help="карточка, которая остаётся: person_id или Мигрант ID")
    merge.add_argument("other", help="карточка, которая войдёт в неё")
    merge.add_argument(
        "--take", nargs="*", default=[], metavar="ПОЛЕ", help="поля, взятые из второй карточки"
    )
    add_login(merge)
    merge.set_defaults(run=run_merge)

    unmerge = acts.add_parser("unmerge", help="разъединить карточки")
    unmerge.add_argument("id", help="номер объединения (merge_id)")
    add_login(unmerge)
    unmerge.set_defaults(run=run_unmerge)

    apart = acts.add_parser("apart", help="решить: не дубль")
    apart.add_argument("left", help="person_id или Мигрант ID")
    apart.add_argument("right", help="person_id или Мигрант ID")
    add_login(apart)
    apart.set_defaults(run=run_apart)


def run_bare(arguments: argparse.Namespace) -> int:
    """``arm duplicates --measure``, otherwise the list."""
    if arguments.measure:
        return run_measure(argparse.Namespace(json=False))
    whole = argparse.Namespace(login=None, json=False, limit=duplicates.SHOWN, no_wait=False)
    return run_list(whole)


def run_list(arguments: argparse.Namespace) -> int:
    """The surest pairs first; 1 if there are none."""
    with open_here(arguments) as here:
        if not arguments.no_wait:
            left = duplicate_watch.waiting(here.store)
            if left:
                progress_line(f"Сравниваем: {left}")
            duplicate_watch.compare_all(here.store)
        found = duplicates.suspects(here.store, arguments.limit)
    if arguments.json:
        print_json(
            [
                {
                    "left": {"person_id": p.left_id, "migrant_id": p.left_number},
                    "right": {"person_id": p.right_id, "migrant_id": p.right_number},
                    "answer": p.answer,
                    "alike": p.alike,
                    "reasons": [
                        {"code": r.code, "sign": r.sign, "text": r.text} for r in p.reasons
                    ],
                }
                for p in found
            ]
        )
    else:
        print_table(
            [
                [p.answer, p.alike, p.left_number or p.left_id, p.left_name,
                 p.right_number or p.right_id, p.right_name,
                 "; ".join(r.text for r in p.reasons)]
                for p in found
            ],
            ("answer", "alike", "left", "name", "right", "name", "reasons"),
        )  # fmt: skip
    return 0 if found else 1


def run_measure(arguments: argparse.Namespace) -> int:
    """The labelled lists with each wrong answer; 1 if any misses its mark."""
    # the lists live above the core, like the other figures: found by name
    recipes = import_module("bench.duplicate_pairs")
    measure = import_module("bench.duplicates_measure").measure
    found = [measure(made()) for made in (recipes.tuned, recipes.held_out, recipes.fresh)]
    if arguments.json:
        print_json(
            [
                {
                    "list": m.name,
                    "pairs": m.pairs,
                    "precision": round(m.precision, 4),
                    "recall": round(m.recall, 4),
                    "called_same": m.called_same,
                    "called_same_rightly": m.called_same_rightly,
                    "kinds_of_wrong": dict(m.kinds_of_wrong()),
                    "wrong": [one.words() for one in m.wrong],
                }
                for m in found
            ]
        )
    else:
        for m in found:
            print(
                f"{m.name}: {m.pairs} pairs, precision {m.precision:.4f}, recall {m.recall:.4f};"
                f" called the same {m.called_same}, rightly {m.called_same_rightly}"
            )
            for one in m.wrong:
                print("   ", one.words())
            for kind, times in m.kinds_of_wrong():
                print(f"    {times:3} × {kind}")
    return 0 if all(m.precision >= 0.98 and m.recall >= 0.97 for m in found) else 1


def run_merge(arguments: argparse.Namespace) -> int:
    """Merge two cards; prints the id by which they are taken apart."""
    with open_here(arguments) as here:
        keep = person_by_any_id(here.store, arguments.keep)
        other = person_by_any_id(here.store, arguments.other)
        taking: dict[str, duplicates.Side] = dict.fromkeys(arguments.take, "other")
        merge_id = duplicates.merge(here.store, keep, other, taking)
    return answer(
        {"merge_id": merge_id, "person_id": keep}, f"Объединены: {merge_id}", arguments.json
    )


def run_unmerge(arguments: argparse.Namespace) -> int:
    """Take a merge apart."""
    with open_here(arguments) as here:
        duplicates.unmerge(here.store, arguments.id)
    return answer(
        {"merge_id": arguments.id, "state": "undone"}, "Карточки разъединены", arguments.json
    )


def run_apart(arguments: argparse.Namespace) -> int:
    """Keep two cards apart."""
    with open_here(arguments) as here:
        left = person_by_any_id(here.store, arguments.left)
        right = person_by_any_id(here.store, arguments.right)
        duplicates.not_duplicate(here.store, left, right)
    return answer(
        {"left": left, "right": right, "state": "apart"}, "Решено: не дубль", arguments.json
    )
