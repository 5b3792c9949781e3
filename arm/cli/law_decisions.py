"""``arm law pack|decide|decisions|withdraw``: putting norms in force without a new program."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, ClassVar

from arm.casework import law_book, recompute
from arm.casework.law_decisions import (
    Proposal,
    accept,
    decide_value,
    decisions,
    propose,
    withdraw,
)
from arm.casework.recompute import Effects
from arm.cli.opening import add_login, ask_new_password, ask_password, open_here
from arm.cli.output import answer, print_json, print_table, progress_line
from arm.errors import ExpectedError
from arm.exchange.signed_text import new_key, sign
from arm.law.amendments import BrokenPack, read_pack
from arm.law.explanation import full_date
from arm.law.rulebook import open_rulebook
from arm.law.tables import Row, Value
from arm.law.typed import asked_day
from arm.store.store import Store


class NoSuchValue(ExpectedError):
    """No row of a table on that day."""

    code: ClassVar[str] = "law.no_such_value"
    title: ClassVar[str] = "Нормы «{table}» с ключом «{key}» на {on} нет"
    advice: ClassVar[str] = "Таблицы и ключи покажет «arm law values»"


class ColumnUnreadable(ExpectedError):
    """A typed value that is not of the column's kind."""

    code: ClassVar[str] = "law.column_unreadable"
    title: ClassVar[str] = "Не понять «{typed}»"
    advice: ClassVar[str] = "Пишите столбец=значение: coefficient=3.5. Столбцы: {known}"


def add_to(actions: Any) -> None:
    """Add the commands to ``arm law``."""
    pack = actions.add_parser("pack", help="подписанные пакеты норм")
    doing = pack.add_subparsers(dest="pack_action", required=True, metavar="ДЕЙСТВИЕ")

    key = doing.add_parser("key", help="создать ключ, которым подписывают пакеты")
    key.add_argument("--out", required=True, type=Path, help="файл ключа, под паролем")
    key.set_defaults(run=run_key, json=False)

    signed = doing.add_parser("sign", help="подписать пакет")
    signed.add_argument("file", type=Path, help="текст пакета, TOML")
    signed.add_argument("--key", required=True, type=Path, help="файл ключа")
    signed.add_argument("--out", required=True, type=Path, help="подписанный пакет")
    signed.set_defaults(run=run_sign, json=False)

    checked = doing.add_parser("check", help="что пакет изменит; ничего не меняет")
    checked.add_argument("file", type=Path)
    add_login(checked)
    checked.set_defaults(run=run_check)

    taken = doing.add_parser("accept", help="принять пакет и пересчитать сроки")
    taken.add_argument("file", type=Path)
    taken.add_argument("--code", default="", help="код подписавшего, сверенный; нужен один раз")
    _add_reason(taken)
    taken.set_defaults(run=run_accept)

    decided = actions.add_parser("decide", help="подтвердить или исправить норму")
    decided.add_argument("table", metavar="ТАБЛИЦА", help="например ndfl.region")
    decided.add_argument("--key", default="", help="ключ: код региона, гражданство")
    decided.add_argument("--on", metavar="ГГГГ-ММ-ДД", help="норма этого дня; без него – сегодня")
    decided.add_argument(
        "--set",
        nargs="*",
        action="extend",
        default=[],
        metavar="СТОЛБЕЦ=ЗНАЧЕНИЕ",
        help="новые значения; без них норма подтверждается как есть",
    )
    decided.add_argument("--act", help="акт, если другой")
    decided.add_argument("--published", metavar="ГГГГ-ММ-ДД", help="день публикации акта")
    decided.add_argument("--from", dest="valid_from", metavar="ГГГГ-ММ-ДД")
    decided.add_argument("--to", dest="valid_to", metavar="ГГГГ-ММ-ДД")
    _add_reason(decided)
    decided.set_defaults(run=run_decide)

    listed = actions.add_parser("decisions", help="кто, когда и что решил о нормах")
    add_login(listed)
    listed.set_defaults(run=run_decisions)

    back = actions.add_parser("withdraw", help="отменить решение: вернётся прежняя норма")
    back.add_argument("id", help="номер решения, см. «arm law decisions»")
    _add_reason(back)
    back.set_defaults(run=run_withdraw)


def _add_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", required=True, help="на чём основано решение")
    add_login(parser)


def run_key(arguments: argparse.Namespace) -> int:
    """A new key to sign packs with."""
    content, code = new_key(ask_new_password("Пароль ключа"))
    with arguments.out.open("xb") as file:
        file.write(content)
    print(f"Ключ записан: {arguments.out}. Его код: {code}")
    print("Назовите код тем, кто будет принимать пакеты. Файл и пароль держите порознь.")
    return 0


def run_sign(arguments: argparse.Namespace) -> int:
    """Sign a pack's text, if it can be read: whoever issues it hears of mistakes first."""
    try:
        text = arguments.file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenPack(problem="файл не в кодировке UTF-8") from error
    read_pack(text, open_rulebook().tables)
    signed = sign(text, arguments.key.read_bytes(), ask_password("Пароль ключа"))
    with arguments.out.open("xb") as file:
        file.write(signed)
    print(f"Подписано: {arguments.out}")
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """What a pack would change."""
    with open_here(arguments) as here:
        proposal = propose(here.store, arguments.file)
        found = recompute.effects(here.store, proposal.book, _progress)
    if arguments.json:
        print_json({**_proposed(proposal), "effects": _effects(found)})
        return 0
    print(f"Пакет «{proposal.pack.name}» от {full_date(proposal.pack.issued_on)}.")
    seen = "уже принимали" if proposal.known else "ещё не принимали, сверьте код"
    print(f"Подписал: {proposal.signer} ({seen}).")
    print_table(
        [
            (
                change.title, change.key, _shown(change.before), _shown(change.after),
                full_date(change.after.valid_from), change.after.act,
            )
            for change in proposal.changes
        ],
        ("норма", "ключ", "было", "станет", "с", "акт"),
    )  # fmt: skip
    print(effects_text(found))
    for one in found.moved[:20]:
        before, after = (full_date(day) if day else "нет" for day in (one.before, one.after))
        print(f"  {one.name}: {one.title}, {before} → {after}")
    return 0


def effects_text(found: Effects) -> str:
    """«У 14 человек из 2000 изменятся сроки»."""
    if not found.changed:
        return f"Сроки не изменятся ни у кого (посчитано дел: {found.people})."
    rules = ", ".join(f"{title} – {count}" for title, count in found.by_rule.most_common())
    return (
        f"Изменится у {found.changed} чел. из {found.people}: сроков {found.terms}, "
        f"статусов {found.statuses}. {rules}"
    )


def run_accept(arguments: argparse.Namespace) -> int:
    """Accept a pack and compute everybody anew."""
    with open_here(arguments) as here:
        proposal = propose(here.store, arguments.file)
        decision = accept(here.store, proposal, arguments.reason, arguments.code)
        changed = _recomputed(here.store)
    facts = {"decision": decision, "name": proposal.pack.name, "changed": changed}
    said = f"Пакет «{proposal.pack.name}» действует. Изменилось дел: {changed}. Номер: {decision}"
    return answer(facts, said, arguments.json)


def run_decide(arguments: argparse.Namespace) -> int:
    """Confirm or correct one value."""
    with open_here(arguments) as here:
        on = _day(arguments.on) or here.clock.today()
        book = law_book.rulebook(here.store)
        table = book.tables.tables.get(arguments.table)
        row = table.find(on, arguments.key) if table else None
        if row is None or table is None:
            raise NoSuchValue(table=arguments.table, key=arguments.key, on=full_date(on))
        decision = decide_value(
            here.store,
            row,
            arguments.reason,
            _values(arguments.set, table.columns) or None,
            act=arguments.act,
            published=_day(arguments.published),
            valid_from=_day(arguments.valid_from),
            valid_to=_day(arguments.valid_to),
        )
        changed = _recomputed(here.store)
        now = law_book.rulebook(here.store).tables.on(row.table, on, row.key)
    facts = {"decision": decision, "before": _shown(row), "after": _shown(now), "changed": changed}
    said = f"{table.title}: {_shown(row)} → {_shown(now)}. Изменилось дел: {changed}"
    return answer(facts, f"{said}. Номер: {decision}", arguments.json)


def run_withdraw(arguments: argparse.Namespace) -> int:
    """Take a decision back."""
    with open_here(arguments) as here:
        withdraw(here.store, arguments.id, arguments.reason)
        changed = _recomputed(here.store)
    facts = {"decision": arguments.id, "changed": changed}
    return answer(facts, f"Решение отменено. Изменилось дел: {changed}", arguments.json)


def run_decisions(arguments: argparse.Namespace) -> int:
    """Every decision, the newest first."""
    with open_here(arguments) as here:
        found = decisions(here.store)
    if arguments.json:
        print_json({"decisions": [{**asdict(one), "in_force": one.in_force} for one in found]})
        return 0
    print_table(
        [
            (
                one.id, one.title, one.about, one.by, f"{one.at:%d.%m.%Y}" if one.at else "",
                one.reason, "действует" if one.in_force else one.unused or "отменено",
            )
            for one in found
        ],
        ("номер", "что", "ключ", "кто", "когда", "основание", "сейчас"),
    )  # fmt: skip
    return 0


def _recomputed(store: Store) -> int:
    return recompute.recompute(store, _progress) if recompute.needed(store) else 0


def _progress(done: int, total: int) -> None:
    if done == total or done % 10_000 == 0:
        progress_line(f"Пересчитано {done} из {total}")


def _proposed(proposal: Proposal) -> dict[str, Any]:
    return {
        "name": proposal.pack.name,
        "issued_on": proposal.pack.issued_on,
        "signer": proposal.signer,
        "known": proposal.known,
        "values": [
            {
                "table": change.table,
                "key": change.key,
                "before": _shown(change.before),
                "after": _shown(change.after),
                "valid_from": change.after.valid_from,
                "act": change.after.act,
            }
            for change in proposal.changes
        ],
    }


def _effects(found: Effects) -> dict[str, Any]:
    shown = asdict(found)
    shown["by_rule"] = dict(Counter(found.by_rule))
    return shown


def _shown(row: Row | None) -> str:
    if row is None:
        return "нет"
    return "; ".join(f"{name} {value}" for name, value in row.values.items())


def _values(typed: list[str], columns: Any) -> dict[str, Value | None]:
    found: dict[str, Value | None] = {}
    known = ", ".join(columns)
    for one in typed:
        name, equals, text = one.partition("=")
        kind = str(columns.get(name, "")).rstrip("?")
        try:
            if not equals or not kind:
                raise ValueError(one)
            found[name] = None if text == "" else _read(kind, text)
        except (ValueError, KeyError, InvalidOperation) as error:
            raise ColumnUnreadable(typed=one, known=known) from error
    return found


def _read(kind: str, text: str) -> Value:
    if kind == "integer":
        return int(text)
    if kind == "decimal":
        number = Decimal(text.replace(",", "."))
        if not number.is_finite():
            raise ValueError(text)
        return number
    if kind == "bool":
        return {"да": True, "true": True, "нет": False, "false": False}[text.lower()]
    return text


def _day(typed: str | None) -> date | None:
    return asked_day(typed) if typed else None
