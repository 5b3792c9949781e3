"""``arm package …``: exchange by file, for offices without a network."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from arm.casework.exchange_file import (
    SUFFIX,
    Brought,
    Learnt,
    export_file,
    export_keys,
    import_file,
    own_fingerprint,
)
from arm.cli.opening import add_login, open_here
from arm.cli.output import answer


def register(commands: Any) -> None:
    """Add the commands to the parser."""
    package = commands.add_parser("package", help="обмен файлом, если нет сети")
    actions = package.add_subparsers(dest="action", required=True, metavar="ДЕЙСТВИЕ")
    for name, what, run in (
        ("export", "записать в файл всё, что ждёт отправки", run_export),
        ("keys", "записать открытые ключи коллег для места без сети", run_keys),
    ):
        parser = actions.add_parser(name, help=what)
        parser.add_argument("--out", required=True, type=Path, help=f"имя файла, *{SUFFIX}")
        add_login(parser)
        parser.set_defaults(run=run)

    taken = actions.add_parser("import", help="загрузить файл коллеги, ответ или ключи")
    taken.add_argument("file", type=Path)
    taken.add_argument("--answer", type=Path, help="куда записать ответ; иначе рядом с файлом")
    taken.add_argument(
        "--trust", default="", metavar="КОД", help="код незнакомого рабочего места, сверенный"
    )
    add_login(taken)
    taken.set_defaults(run=run_import)

    code = actions.add_parser("code", help="код этого рабочего места, для сверки")
    add_login(code)
    code.set_defaults(run=run_code)


def run_export(arguments: argparse.Namespace) -> int:
    """Everything that waits, with the files it names."""
    with open_here(arguments) as here:
        done = export_file(here.store, arguments.out)
    facts = {
        "out": str(done.path),
        "operations": done.operations,
        "files": done.files,
        "code": done.fingerprint,
    }
    lines = [
        f"Записано правок: {done.operations}, файлов: {done.files}.",
        f"Код этого рабочего места: {done.fingerprint}",
    ]
    return answer(facts, "\n".join(lines), arguments.json)


def run_keys(arguments: argparse.Namespace) -> int:
    """With these a workstation that has never met the centre can write to colleagues."""
    with open_here(arguments) as here:
        done = export_keys(here.store, arguments.out)
    facts = {"out": str(done.path), "code": done.fingerprint}
    return answer(facts, f"Ключи записаны. Код: {done.fingerprint}", arguments.json)


def run_code(arguments: argparse.Namespace) -> int:
    """What a colleague sees when their program does not know this workstation."""
    with open_here(arguments) as here:
        code = own_fingerprint(here.store)
    return answer({"code": code}, code, arguments.json)


def run_import(arguments: argparse.Namespace) -> int:
    """A colleague's edits go to the centre; an answer and keys are taken in here."""
    with open_here(arguments) as here:
        done = import_file(
            here.store, here.sync, arguments.file, answer=arguments.answer, trust=arguments.trust
        )
    if isinstance(done, Brought):
        report = done.report
        facts = {"kind": "outbox", "answer": str(done.answer), **asdict(report)}
        lines = [
            (
                f"Передано в центр правок: {report.operations}"
                f" (повторных {report.repeated}, расхождений {report.conflicts},"
                f" не принято {report.refused}), файлов: {report.files}."
            ),
            f"Отвезите обратно ответ: {done.answer}",
        ]
        if report.set_back:
            lines.insert(0, "Центр ждёт более ранние правки: после ответа создайте файл заново.")
        return answer(facts, "\n".join(lines), arguments.json)
    if isinstance(done, Learnt):
        facts = {"kind": "keys", "workstations": done.workstations}
        return answer(facts, f"Известно рабочих мест: {done.workstations}.", arguments.json)
    lines = [
        (
            f"Подтверждено правок: {done.acknowledged} (расхождений {done.conflicts},"
            f" не принято {done.refused})."
        ),
        f"Получено изменений: {done.received}, записей: {done.loaded}, файлов: {done.files}.",
    ]
    return answer({"kind": "answer", **asdict(done)}, "\n".join(lines), arguments.json)
