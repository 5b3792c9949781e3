"""«Уточнение платежа»: which requisites of an order are wrong, and what they should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from arm.casework.payment_index import HeldPatent
from arm.exchange.statement import StatementPayment
from arm.law.ndfl import monthly_amount
from arm.law.payment_check import PatentHolder, PaymentOrder, payment_doubts
from arm.law.tables import LawTables, NoRuleForDay, Row
from forms.kit.sources import oktmo_of_region

TITLES: Mapping[str, str] = {
    "payer_inn": "ИНН плательщика (поле 60)",
    "kpp": "КПП получателя (поле 103)",
    "kbk": "КБК (поле 104)",
    "oktmo": "ОКТМО (поле 105)",
    "account": "Казначейский счёт (поле 17)",
    "status": "Статус плательщика (поле 101)",
}


@dataclass(frozen=True, slots=True)
class WrongField:
    """One requisite to clarify. ``should_be`` of an ОКТМО is how the codes of the region begin;
    empty where the right value is not known."""

    field: str
    title: str
    stands: str
    should_be: str
    error: bool
    """Money gone astray; otherwise something to warn of."""
    text: str


class Requisites:
    """What the law says on a day, read once for each day and region."""

    def __init__(self, tables: LawTables) -> None:
        self.tables = tables
        self._rows: dict[date, Row | None] = {}
        self._months: dict[tuple[str, date], int | None] = {}

    def on(self, day: date) -> Row | None:
        """The requisites in force; ``None`` before those that are known."""
        if day not in self._rows:
            self._rows[day] = self.tables.find("payment_requisites.patent", day)
        return self._rows[day]

    def month(self, region: str, day: date) -> int | None:
        """What one month costs, in kopecks; ``None`` if the rate is not known."""
        if (region, day) not in self._months:
            try:
                amount = int(monthly_amount(region, day, self.tables).amount) * 100
            except NoRuleForDay:
                self._months[region, day] = None
            else:
                self._months[region, day] = amount
        return self._months[region, day]

    def serves(self, region: str, oktmo: str, day: date) -> bool:
        """Whether money under this ОКТМО pays for a patent of the region: in two pairs of regions
        one patent is good for both."""
        prefix = oktmo_of_region(region)
        if not oktmo or not prefix or oktmo.startswith(prefix):
            return True
        pair = self.tables.find("hiring.pair", day, region)
        other = oktmo_of_region(pair.text("other")) if pair is not None else ""
        return bool(other) and oktmo.startswith(other)


def said(text: str) -> str:
    """A requisite as written; «0» of any length says nothing."""
    return text if text.strip("0 ") else ""


def wrong_fields(
    payment: StatementPayment, inn: str, patent: HeldPatent | None, day: date, law: Requisites
) -> tuple[WrongField, ...]:
    """The requisites that differ from those of the day and of this person, errors first.

    ``inn`` is the migrant's, empty if it is not known: then the payer's is not judged.
    """
    row = law.on(day)
    if row is None:
        return ()
    region = patent.region if patent is not None else ""
    right_place = law.serves(region, payment.oktmo, day)
    if right_place and _as_it_should_be(payment, inn, row):
        return ()
    prefix = "" if right_place else oktmo_of_region(region)
    order = PaymentOrder(
        day,
        payment.kopecks,
        payer_inn=said(payment.payer_inn) if inn else "",
        kpp=said(payment.payee_kpp),
        kbk=said(payment.kbk),
        oktmo=said(payment.oktmo),
        account=said(payment.payee_account),
        status=said(payment.status),
    )
    right = {
        "payer_inn": inn,
        "kpp": row.text("payee_kpp"),
        "kbk": row.text("kbk"),
        "oktmo": prefix,
        "account": row.text("account"),
        "status": row.text("drawer_status"),
    }
    doubts = payment_doubts(order, PatentHolder(inn, region, prefix), law.tables)
    found = [
        WrongField(
            one.field, TITLES[one.field], getattr(order, one.field), right[one.field],
            one.kind == "error", one.text,
        )
        for one in doubts
        if one.field in right
    ]  # fmt: skip
    if inn and not order.payer_inn and not said(payment.uin):
        text = "ИНН плательщика не указан: должен стоять ИНН мигранта"
        missing = WrongField(
            "payer_inn", TITLES["payer_inn"], payment.payer_inn, inn, error=True, text=text
        )
        found.append(missing)
    return tuple(sorted(found, key=lambda one: not one.error))


def _as_it_should_be(payment: StatementPayment, inn: str, row: Row) -> bool:
    """Most orders are faultless: told at once."""
    return (not inn or payment.payer_inn == inn) and (
        payment.payee_kpp,
        payment.kbk,
        payment.payee_account,
        payment.status,
    ) == (row.text("payee_kpp"), row.text("kbk"), row.text("account"), row.text("drawer_status"))
