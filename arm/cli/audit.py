"""``arm central audit``, ``heads``, ``heads-verify``, ``heads-key``: whether history is whole."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from arm.central.admin_session import admin_session
from arm.central.audit import AuditReport, audit, explain_witnesses, missing_heads
from arm.central.erasure import erase_person
from arm.central.heads import make_keys, read_heads, signed_heads
from arm.cli.opening import add_json
from arm.cli.output import print_json, print_table, progress_line
from arm.exchange.whole_file import write_whole
from arm.law.retention import GROUNDS


def add_commands(subjects: Any) -> None:
    """Add the commands to ``arm central``."""
    whole = subjects.add_parser("audit", help="проверить ленты и записи центра целиком")
    whole.add_argument("url")
    whole.add_argument("--scope", type=int, action="append", help="только эта область; можно ещё")
    whole.add_argument("--heads", type=Path, help="сверить со списком концов лент")
    whole.add_argument("--key", type=Path, help="открытый ключ, которым проверить подпись списка")
    add_json(whole)
    whole.set_defaults(run=run_audit)

    heads = subjects.add_parser("heads", help="подписанный список концов лент")
    heads.add_argument("url")
    heads.add_argument("--sign", type=Path, required=True, help="закрытый ключ Ed25519 (PEM)")
    heads.add_argument("--out", type=Path, required=True)
    add_json(heads)
    heads.set_defaults(run=run_heads)

    verify = subjects.add_parser("heads-verify", help="лежат ли концы из списка на нынешней ленте")
    verify.add_argument("file", type=Path)
    verify.add_argument("url", nargs="?", help="без адреса проверяется только подпись")
    verify.add_argument("--key", type=Path, help="открытый ключ; список рабочего места — без него")
    add_json(verify)
    verify.set_defaults(run=run_verify)

    told = subjects.add_parser("witnesses", help="что рабочие места видели, а теперь не находят")
    told.add_argument("url")
    told.add_argument("--explain", metavar="ТЕКСТ", help="почему: отметить всё как объяснённое")
    add_json(told)
    told.set_defaults(run=run_witnesses)

    gone = subjects.add_parser("erase", help="уничтожить данные человека во всех областях")
    gone.add_argument("url")
    gone.add_argument("--org", required=True, type=int, help="номер организации")
    gone.add_argument("--person", required=True, metavar="ID", help="person_id")
    gone.add_argument("--ground", required=True, choices=GROUNDS)
    gone.add_argument("--act", required=True, metavar="НОМЕР", help="номер акта")
    add_json(gone)
    gone.set_defaults(run=run_erase)

    key = subjects.add_parser("heads-key", help="создать пару ключей для подписи списков")
    key.add_argument("file", type=Path)
    add_json(key)
    key.set_defaults(run=run_key)


def run_audit(arguments: argparse.Namespace) -> int:
    """1 if anything is wrong; each finding says what, where and what to do."""
    seen = read_heads(arguments.heads, arguments.key) if arguments.heads else []
    report = audit(
        arguments.url,
        scopes=arguments.scope,
        seen=seen,
        progress=lambda done, total: progress_line(f"{done} из {total}"),
    )
    if arguments.json:
        print_json({"ok": report.ok, **asdict(report)})
    else:
        _tell(report)
    return 0 if report.ok else 1


def _tell(report: AuditReport) -> None:
    for one in report.findings:
        record = f", запись {one.record}" if one.record else ""
        print(f"Область {one.scope}{record}: {one.text}. {one.advice}")
    print(
        f"Областей {report.scopes}, записей лент {report.entries}, из них уничтожено по закону"
        f" {report.erased}; документов {report.documents}, загружено мимо ленты {report.bulk}"
    )
    print("Всё цело." if report.ok else f"Найдено: {len(report.findings)}")


def run_heads(arguments: argparse.Namespace) -> int:
    """Carry the file away from the server: that is what it is for."""
    said = signed_heads(arguments.url, arguments.sign)
    write_whole(arguments.out, json.dumps(said, ensure_ascii=False, indent=1).encode())
    if arguments.json:
        print_json({"file": str(arguments.out), "heads": len(said["heads"])})
    else:
        print(f"Концов лент: {len(said['heads'])}. Унесите файл с сервера: {arguments.out}")
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """1 if the present chains do not contain a head of the list."""
    heads = read_heads(arguments.file, arguments.key)
    findings = []
    if arguments.url:
        with admin_session(arguments.url) as connection:
            findings = list(missing_heads(connection, heads))
    if arguments.json:
        print_json(
            {
                "ok": not findings,
                "heads": len(heads),
                "signed": arguments.key is not None,
                "compared": arguments.url is not None,
                "findings": findings,
            }
        )
    else:
        for one in findings:
            print(f"Область {one.scope}: {one.text}. {one.advice}")
        signed = "подпись верна" if arguments.key else "подпись не проверялась"
        print(f"Концов лент: {len(heads)}, {signed}, расхождений с центром: {len(findings)}")
    return 1 if findings else 0


def run_witnesses(arguments: argparse.Namespace) -> int:
    """1 if there is something that nobody has explained."""
    if arguments.explain:
        explain_witnesses(arguments.url, arguments.explain)
    with admin_session(arguments.url) as connection:
        rows = connection.execute(
            "SELECT scope, seq, client, seen_at, found, told_at, settled_at, settled_note"
            " FROM arm.witness ORDER BY told_at DESC, scope, seq"
        ).fetchall()
    names = ("scope", "seq", "client", "seen_at", "found", "told_at", "explained_at", "note")
    told = [dict(zip(names, row, strict=True)) for row in rows]
    if arguments.json:
        print_json(told)
    else:
        print_table([[one[name] for name in names] for one in told], names)
    return 1 if any(one["explained_at"] is None for one in told) else 0


def run_erase(arguments: argparse.Namespace) -> int:
    """For an administrator with a decision in hand: terms of the law are theirs to check."""
    receipts = erase_person(
        arguments.url, arguments.org, arguments.person, arguments.ground, arguments.act
    )
    if arguments.json:
        print_json({"person_id": arguments.person, "receipts": receipts})
    else:
        print(f"Данные уничтожены, областей: {len(receipts)}. Рабочие места сотрут при обмене.")
        print("Составьте акт; копии и архивы журнала базы уничтожьте по их сроку.")
    return 0


def run_key(arguments: argparse.Namespace) -> int:
    """The private half signs and stays with the administrator; the other checks."""
    public = make_keys(arguments.file)
    if arguments.json:
        print_json({"private": str(arguments.file), "public": str(public)})
    else:
        print(f"Закрытый ключ: {arguments.file}, открытый: {public}")
    return 0
