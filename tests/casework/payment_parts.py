"""People and payments that the tests of matching share. All persons are invented."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from arm.casework.matching import Card
from arm.casework.payment_index import HeldPatent, Holder, build_index
from arm.casework.payment_matching import Matched, match_payments
from arm.casework.payment_people import holders_of_roster
from arm.exchange.roster import read_roster
from arm.exchange.statement import Statement, StatementPayment
from arm.exchange.statements import read_statement
from arm.law.tables import LawTables, load_tables

SAMPLE = Path(__file__).parent / "tax_sample"
DAY = date(2026, 5, 4)
ACCOUNT = "03100643000000018500"
TREASURY = {
    "payee": "Казначейство России (ФНС России)",
    "payee_inn": "7727406020",
    "payee_kpp": "770701001",
    "payee_account": ACCOUNT,
    "kbk": "18210102040011000110",
    "oktmo": "57701000",
    "status": "13",
    "uin": "0",
    "payer_kpp": "0",
    "payer_bik": "044525225",
}


@cache
def tables() -> LawTables:
    return load_tables()


def sample() -> Statement:
    return read_statement((SAMPLE / "kl_to_1c.txt").read_bytes(), "kl_to_1c.txt")


def sample_holders() -> list[Holder]:
    return holders_of_roster(read_roster(SAMPLE / "people.csv", DAY).rows)


def sample_truth() -> list[dict[str, str]]:
    with (SAMPLE / "truth.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def holder(number: str = "1", **changes: Any) -> Holder:
    """Каримов Далер Назарович with a patent of Perm; ``changes`` of the card, or ``patents``."""
    patents = changes.pop("patents", (HeldPatent("59", "591127783514", date(2026, 1, 21)),))
    card = {
        "surname": "Каримов",
        "given": "Далер",
        "patronymic": "Назарович",
        "surname_latin": "KARIMOV",
        "given_latin": "DALER",
        "citizenship": "UZB",
        "documents": (("UZB", "AB 4853154"),),
        "inn": "749779007466",
    }
    return Holder(number, Card(**(card | changes)), patents)


def payment(**changes: Any) -> StatementPayment:
    """One month of Каримов, as it should be; ``changes`` spoil it."""
    said: dict[str, Any] = {
        "line": 1,
        "number": "1",
        "on": DAY,
        "received_on": DAY,
        "kopecks": 813_700,
        "payer": "Каримов Далер Назарович",
        "payer_inn": "749779007466",
        "payer_account": "40817810690506640343",
        "purpose": "НДФЛ фиксированный авансовый платеж по патенту 59 1127783514",
        **TREASURY,
    }
    return StatementPayment(**(said | changes))


def matched(
    *payments: StatementPayment, people: Sequence[Holder] = (), **more: Any
) -> list[Matched]:
    index = build_index(people or [holder()])
    return list(match_payments(payments, index, tables(), account=ACCOUNT, **more))


def one(people: Sequence[Holder] = (), **changes: Any) -> Matched:
    """The answer for one spoilt payment."""
    (found,) = matched(payment(**changes), people=people)
    return found


def codes(found: Matched) -> set[str]:
    return {reason.code + reason.sign for reason in found.reasons}
