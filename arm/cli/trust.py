"""``arm reads``, ``heads``, ``retention``, ``erase``: who looked, what was seen, what must go."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from arm.casework import erasure
from arm.casework.people import person_by_any_id
from arm.casework.read_log import who_looked
from arm.central.heads import heads_file
from arm.cli.opening import add_login, open_here
from arm.cli.output import print_json, print_table
from arm.exchange.whole_file import write_whole
from arm.law.retention import GROUNDS
from arm.sync import witness
from forms.catalogue import draw, fill


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    reads = commands.add_parser("reads", help="кто смотрел дело")
    reads.add_argument("--case", required=True, metavar="ID", help="person_id или Мигрант ID")
    add_login(reads)
    reads.set_defaults(run=run_reads)

    heads = commands.add_parser("heads", help="что это рабочее место видело в лентах центра")
    heads.add_argument("--out", type=Path, help="записать список для «arm central heads-verify»")
    heads.add_argument(
        "--explain", action="store_true", help="отметить: почему история другая, известно"
    )
    add_login(heads)
    heads.set_defaults(run=run_heads)

    due = commands.add_parser("retention", help="чьи данные пора уничтожить")
    due.add_argument("--on", type=date.fromisoformat, metavar="ГГГГ-ММ-ДД", help="на какой день")
    add_login(due)
    due.set_defaults(run=run_retention)

    gone = commands.add_parser("erase", help="уничтожить данные человека и составить акт")
    gone.add_argument("--case", required=True, metavar="ID", help="person_id или Мигрант ID")
    gone.add_argument("--ground", required=True, choices=GROUNDS, help="основание")
    gone.add_argument("--act", required=True, metavar="НОМЕР", help="номер акта")
    gone.add_argument("--position", default="", help="должность того, кто уничтожил, для акта")
    gone.add_argument("--out", required=True, type=Path, help="куда записать акт (PDF)")
    add_login(gone)
    gone.set_defaults(run=run_erase)


def run_reads(arguments: argparse.Namespace) -> int:
    """Everybody's looks for who supervises, one's own for the others."""
    with open_here(arguments) as here:
        person_id = person_by_any_id(here.store, arguments.case)
        looks = who_looked(here.store, here.sync, person_id)
    if arguments.json:
        lines = [asdict(line) for line in looks.lines]
        print_json({"person_id": person_id, "whole": looks.whole, "looks": lines})
    else:
        rows = [
            [f"{x.at.astimezone():%d.%m.%Y %H:%M}", x.who, x.what, x.ground] for x in looks.lines
        ]
        print_table(rows, ["когда", "кто", "что", "где"])
        if not looks.whole:
            print("Центр недоступен: здесь только просмотры с этого рабочего места.")
    return 0


def run_heads(arguments: argparse.Namespace) -> int:
    """1 if the centre no longer has something that was seen here and nobody explained."""
    with open_here(arguments) as here:
        if arguments.explain:
            witness.explain(here.store)
        with here.store.read() as session:
            seen = witness.marks(session)
        lost = witness.lost_marks(here.store)
        kept = [
            {"scope": o.scope, "seq": o.seq, "hash": o.hash, "seen_at": o.seen_at} for o in lost
        ]
        if arguments.out:
            source = f"workstation {here.store.client_id}"
            said = heads_file(source, here.store.meta("feed_epoch"), seen + kept, here.clock.now())
            write_whole(arguments.out, json.dumps(said, ensure_ascii=False, indent=1).encode())
    unexplained = [one for one in lost if not one.explained_at]
    if arguments.json:
        out = str(arguments.out) if arguments.out else None
        print_json({"ok": not unexplained, "seen": len(seen), "lost": lost, "out": out})
    else:
        for one in lost:
            found = "другая запись" if one.found else "ничего"
            print(f"Область {one.scope}, запись {one.seq}: видели {one.seen_at}, теперь {found}")
        print(f"Отметок: {len(seen)}, пропало: {len(lost)}")
    return 1 if unexplained else 0


def run_retention(arguments: argparse.Namespace) -> int:
    """Nothing is destroyed here: a list for a person who decides."""
    with open_here(arguments) as here:
        on = arguments.on or here.clock.today()
        due = erasure.retention(here.store, on)
    if arguments.json:
        print_json({"on": on, "due": due})
    else:
        rows = [[o.migrant_id, o.name, f"{o.reason.last_day:%d.%m.%Y}", o.reason.text] for o in due]
        print_table(rows, ["Мигрант ID", "человек", "уничтожить до", "основание"])
    return 0


def run_erase(arguments: argparse.Namespace) -> int:
    """The act holds the name: print it, sign it, keep it three years; nothing else does."""
    write_whole(arguments.out, b"")  # a place that can't be written must not cost us the act
    with open_here(arguments) as here:
        person_id = person_by_any_id(here.store, arguments.case)
        done = erasure.erase(
            here.store,
            here.sync,
            person_id,
            ground=arguments.ground,
            act_number=arguments.act,
        )
    filled = fill("destruction_act", done.facts, done.boxes | {"position": arguments.position})
    write_whole(arguments.out, draw(filled))
    if arguments.json:
        print_json({"person_id": person_id, "out": str(arguments.out), "receipts": done.receipts})
    else:
        print(f"Данные уничтожены. Акт: {arguments.out}. Подпишите его и храните 3 года.")
        print("Резервные копии, сделанные раньше, уничтожьте по их сроку.")
    return 0
