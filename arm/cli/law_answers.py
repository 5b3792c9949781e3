"""``arm law stay|hire|share|controlled|relocation|pending``: answers made of several reasons."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any, ClassVar, cast

from arm.casework import labels
from arm.cli.opening import add_json
from arm.cli.output import print_json
from arm.clock import SystemClock
from arm.errors import ExpectedError
from arm.law.controlled import CheckState, controlled_check
from arm.law.explanation import CONFIDENCE_TEXT, full_date
from arm.law.facts import StayFacts
from arm.law.hiring import HiringFacts, Reason, right_to_work
from arm.law.pending import pending_bills
from arm.law.relocation import DECREES, EVENTS, Member, family_route, grounds
from arm.law.rulebook import open_rulebook
from arm.law.shares import Staff, share_limit
from arm.law.stay_count import StayCount, stay_count
from arm.law.typed import asked_day, check_codes, read_facts, read_value

_CODED = {
    "citizenship": ("person", "citizenship"),
    "purpose": ("migration_card", "purpose"),
    "permit_type": ("stay_permit", "permit_type"),
    "document_type": ("identity_document", "document_type"),
    "route": ("case_file", "route"),
}
"""Facts that are codes, and the field of a case file that has the same ones."""

_SIDES = {"for": "за", "against": "против", "ask": "решает человек"}
_STATES = {"unchecked": "не проверен", "clear": "не найден в реестре", "found": "найден в реестре"}


class NoCount(ExpectedError):
    """The limit of visa-free days is not counted for these facts."""

    code: ClassVar[str] = "law.no_count"
    title: ClassVar[str] = "Безвизовые дни по этим сведениям не считают"
    advice: ClassVar[str] = (
        "Нужны гражданство безвизовой страны и поездки: "
        "--facts citizenship=UZB visits=2026-01-10/2026-02-01,2026-05-04"
    )


def add_to(subparsers: Any) -> None:
    """Add the subjects to those of ``arm law``."""
    stay = subparsers.add_parser("stay", help="безвизовые дни: сколько прошло и осталось")
    add_facts(stay)
    _finish(stay, run_stay)

    hire = subparsers.add_parser("hire", help="можно ли принять человека на работу")
    add_facts(hire)
    _finish(hire, run_hire)

    share = subparsers.add_parser("share", help="предельная доля иностранцев по ОКВЭД")
    share.add_argument("--okved", required=True, metavar="КОД", help="код ОКВЭД: 43.31")
    share.add_argument("--region", required=True, metavar="РР", help="код региона: 59, 77")
    share.add_argument("--staff", required=True, type=int, metavar="N", help="всего работников")
    share.add_argument("--foreigners", type=int, default=0, metavar="N", help="из них иностранцев")
    _finish(share, run_share)

    checked = subparsers.add_parser("controlled", help="проверка по реестру контролируемых лиц")
    checked.add_argument("--result", required=True, choices=tuple(_STATES), help="что увидели")
    checked.add_argument("--checked", metavar="ДАТА", help="когда проверили")
    _finish(checked, run_controlled)

    move = subparsers.add_parser("relocation", help="шаги и сроки импатрианта")
    move.add_argument("--decree", required=True, choices=DECREES, help="номер указа")
    add_facts(move)
    _finish(move, run_relocation)

    bills = subparsers.add_parser("pending", help="законопроекты, которые ещё не действуют")
    _finish(bills, run_pending)


def add_facts(parser: argparse.ArgumentParser) -> None:
    """The option that takes typed facts."""
    parser.add_argument(
        "--facts", nargs="*", action="extend", default=[], metavar="СВЕДЕНИЕ=ЗНАЧЕНИЕ"
    )


def typed_facts(arguments: argparse.Namespace) -> dict[str, str]:
    """What was typed after ``--facts``, by name."""
    return {name: value for name, _, value in (one.partition("=") for one in arguments.facts)}


def fact_codes() -> dict[str, list[str]]:
    """The codes that a coded fact may have."""
    found = {
        fact: [code for code, _ in labels.choices(kind, field) or ()]
        for fact, (kind, field) in _CODED.items()
    }
    return {**found, "resident_of": found["citizenship"], "controlled": [*_STATES]}


def _finish(parser: argparse.ArgumentParser, run: Any) -> None:
    parser.add_argument("--on", metavar="ДАТА", help="на какой день; без него – сегодня")
    add_json(parser)
    parser.set_defaults(run=run)


def _on(arguments: argparse.Namespace) -> date:
    return asked_day(arguments.on) if arguments.on else SystemClock().today()


def run_stay(arguments: argparse.Namespace) -> int:
    """0 if the person may be here on the day, otherwise 1."""
    facts = StayFacts(**read_facts("stay", StayFacts, typed_facts(arguments), fact_codes()))  # type: ignore[arg-type]
    found = stay_count(facts, _on(arguments), open_rulebook())
    if found is None:
        raise NoCount
    if arguments.json:
        print_json(_stay_answer(found))
    else:
        _tell_stay(found)
    return 0 if found.lawful else 1


def _stay_answer(found: StayCount) -> dict[str, Any]:
    by = found.by
    return {
        "on": found.on,
        "allowed": found.allowed,
        "spent": found.spent,
        "left": found.left,
        "present": found.present,
        "until": found.until,
        "ground": None if by is None else {"kind": by.kind, "from": by.first, "to": by.last},
        "lawful": found.lawful,
        "lawful_until": found.lawful_until,
        "act": found.row.act,
        "confidence": found.confidence,
        "visits": [
            {
                "entered": one.visit.entered_on,
                "left": one.visit.left_on,
                "from": one.first,
                "to": one.last,
                "days": one.days,
                "counted": one.counted,
                "suspended": dict(one.suspended),
            }
            for one in found.visits
        ],
        "notes": found.notes,
    }


def _tell_stay(found: StayCount) -> None:
    on, until = full_date(found.on), found.lawful_until
    if not found.present:
        print(f"{on}: человек не в России, осталось {found.left} из {found.allowed} дней.")
    elif until is None:
        print(f"{on}: пребывание законно, срок не ограничен.")
    else:
        lawful = "законно" if found.lawful else "незаконно, законно было"
        print(f"{on}: пребывание {lawful} до {full_date(until)}.")
    for line in found.explanation:
        print(f"  {line}")
    _tell_ground(found.row.act, found.confidence)


def run_hire(arguments: argparse.Namespace) -> int:
    """0 if the person may be hired, 1 if not or if a person has to look."""
    facts = HiringFacts(**read_facts("hire", HiringFacts, typed_facts(arguments), fact_codes()))  # type: ignore[arg-type]
    found = right_to_work(facts, _on(arguments), open_rulebook())
    if arguments.json:
        print_json(
            {
                "verdict": found.verdict,
                "text": found.text,
                "reasons": [one._asdict() for one in found.reasons],
                "duties": [one._asdict() for one in found.duties],
            }
        )
    else:
        print(f"{found.text}.")
        _tell_reasons(found.reasons)
        print("Что сделать в любом случае:")
        for one in found.duties:
            print(f"  {one.text} ({one.act}).")
    return 0 if found.verdict == "yes" else 1


def _tell_reasons(reasons: tuple[Reason, ...]) -> None:
    for one in reasons:
        print(f"  {_SIDES[one.side]}: {one.text}.")
        print(f"      {one.act}; {CONFIDENCE_TEXT[one.confidence]}.")


def run_share(arguments: argparse.Namespace) -> int:
    """0 if the share is kept, otherwise 1."""
    staff = Staff(arguments.staff, arguments.foreigners)
    on = _on(arguments)
    found = share_limit(arguments.okved, arguments.region, staff, on, open_rulebook())
    act = found.row.act if found.row else ""
    if arguments.json:
        print_json(
            {
                "okved": found.okved,
                "region": arguments.region,
                "on": on,
                "limit": found.limit,
                "most": found.most,
                "foreigners": found.foreigners,
                "over": found.over,
                "act": act,
                "confidence": found.confidence,
                "note": found.note,
            }
        )
    elif found.limit is None:
        print(f"{found.note}.")
    else:
        print(f"Доля {found.limit} %: из {staff.everybody} работников не больше {found.most}.")
        if found.over:
            print(f"Лишних: {found.over}.")
        print(f"{found.note}.")
        _tell_ground(act, found.confidence)
    return 1 if found.over else 0


def run_controlled(arguments: argparse.Namespace) -> int:
    """0 if nothing stops the work, 1 if a person has to look."""
    checked = asked_day(arguments.checked) if arguments.checked else None
    result = cast("CheckState", arguments.result)
    found = controlled_check(result, checked, _on(arguments), open_rulebook())
    if arguments.json:
        print_json(
            {
                "state": found.state,
                "sign": found.sign,
                "valid_until": found.valid_until,
                "act": found.act,
                "restrictions": found.restrictions,
            }
        )
    else:
        print(found.sign or f"{_STATES[found.state].capitalize()}: можно продолжать.")
        for one in found.restrictions:
            print(f"  нельзя {one}")
        print(f"Основание: {found.act}.")
    return 1 if found.needs_person else 0


def run_relocation(arguments: argparse.Namespace) -> int:
    """The grounds and the steps of one person."""
    book, on = open_rulebook(), _on(arguments)
    member = _member(typed_facts(arguments))
    found = grounds(member, on, book)
    (route,) = family_route(arguments.decree, (member,), on, book)
    if arguments.json:
        print_json(
            {
                "grounds": [one._asdict() for one in found],
                "steps": [
                    {key: value for key, value in one._asdict().items() if key != "explanation"}
                    for one in route.steps
                ],
                "terms": [{"rule": one.rule, "date": one.due_on} for one in route.terms],
            }
        )
        return 0
    for ground in found:
        said = {"open": "можно просить", "no": "не подходит", "ask": "не хватает сведений"}
        print(f"Указ № {ground.decree}: {said[ground.kind]}. {ground.text} ({ground.act}).")
    for number, step in enumerate(route.steps, start=1):
        print(f"{number}. {step.title}. {step.text} ({step.act}; {step.confidence}).")
        if step.due_on:
            print(f"   Не позже {full_date(step.due_on)}.")
        if step.not_before:
            print(f"   Не раньше {full_date(step.not_before)}.")
        if step.note:
            print(f"   {step.note}.")
    for term in route.terms:
        print(f"{term.title}: не позже {full_date(term.due_on)} ({term.explanation.act}).")
    return 0


def _member(typed: dict[str, str]) -> Member:
    given = {name: typed.pop(name) for name in EVENTS if name in typed}
    events = {
        name: cast("date", read_value(name, value, date | None))
        for name, value in given.items()
        if value
    }
    lives = typed.pop("resident_of", None) or None
    check_codes({"resident_of": lives} if lives else {}, fact_codes())
    stay = StayFacts(**read_facts("relocation", StayFacts, typed, fact_codes()))  # type: ignore[arg-type]
    return Member("заявитель", stay, lives, events)


def run_pending(arguments: argparse.Namespace) -> int:
    """Bills and drafts whose fate is open; none of them is applied."""
    on = _on(arguments)
    found = pending_bills(on, open_rulebook())
    if arguments.json:
        names = (
            "key", "title", "changes", "status", "planned", "act", "source", "confidence",
            "known_from", "checked_on",
        )  # fmt: skip
        bills = [{name: getattr(one, name) for name in names} for one in found]
        print_json({"on": on, "in_force": False, "bills": bills})
        return 0
    print("Это НЕ действует. Программа по этому ничего не считает.")
    for one in found:
        print(f"\n{one.title}{f' ({one.planned})' if one.planned else ''}")
        print(f"  Изменится: {one.changes}.")
        print(f"  Сейчас: {one.status}.")
        print(f"  {one.act}. Источник: {one.source}; сверено {full_date(one.checked_on)}.")
    return 0


def _tell_ground(act: str, confidence: str) -> None:
    print(f"Основание: {act}.")
    print(f"Надёжность: {CONFIDENCE_TEXT[confidence]}.")
