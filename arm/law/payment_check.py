"""What is wrong with a payment document for a patent, field by field.

Requisites are those in force on the day of payment (``payment_requisites.patent``). An error is
money gone astray, a warning is something to look at; a person decides, nothing is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from arm.law.ndfl import kopecks_text, monthly_amount, roubles
from arm.law.tables import LawTables, NoRuleForDay, Row


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What stands in the document; an empty field was not read and is not judged."""

    paid_on: date
    kopecks: int
    payer_inn: str = ""
    """Field 60: the migrant's own, whoever pays."""
    kpp: str = ""
    """Field 103, of the payee."""
    kbk: str = ""
    oktmo: str = ""
    account: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class PatentHolder:
    """Whose patent it is. ``oktmo_prefix``: the first digits of the patent's region."""

    inn: str
    region: str
    oktmo_prefix: str


class Doubt(NamedTuple):
    """One field that differs."""

    field: str
    kind: Literal["error", "warning"]
    text: str


def payment_doubts(
    order: PaymentOrder, holder: PatentHolder, tables: LawTables
) -> tuple[Doubt, ...]:
    """Everything that a clerk would stop at; empty if nothing differs.

    Raises :class:`arm.law.tables.NoRuleForDay` for a day before the known requisites.
    """
    row = tables.on("payment_requisites.patent", order.paid_on)
    return (*_payer(order, holder), *_requisites(order, row), *_sum(order, holder, tables))


def _payer(order: PaymentOrder, holder: PatentHolder) -> Iterator[Doubt]:
    if order.payer_inn and order.payer_inn != holder.inn:
        yield Doubt(
            "payer_inn",
            "error",
            "ИНН не мигранта: деньги ушли на единый счёт плательщика, нужно уточнение платежа",
        )
    if order.oktmo and holder.oktmo_prefix and not order.oktmo.startswith(holder.oktmo_prefix):
        said = f"ОКТМО {order.oktmo} не региона патента: коды начинаются с {holder.oktmo_prefix}"
        yield Doubt("oktmo", "error", said)


def _requisites(order: PaymentOrder, row: Row) -> Iterator[Doubt]:
    day = f"{order.paid_on:%d.%m.%Y}"
    if order.kpp and order.kpp != row.text("payee_kpp"):
        said = f"КПП получателя {order.kpp}, на {day} должен быть {row.text('payee_kpp')}"
        yield Doubt("kpp", "warning", said)
    if order.kbk and order.kbk != row.text("kbk"):
        yield Doubt("kbk", "error", f"КБК {order.kbk}, должен быть {row.text('kbk')}")
    if order.account and order.account != row.text("account"):
        yield Doubt("account", "error", f"Счёт {order.account}, должен быть {row.text('account')}")
    if order.status and order.status != row.text("drawer_status"):
        said = f"Статус {order.status}, для физического лица {row.text('drawer_status')}"
        yield Doubt("status", "warning", said)


def _sum(order: PaymentOrder, holder: PatentHolder, tables: LawTables) -> Iterator[Doubt]:
    try:
        month = monthly_amount(holder.region, order.paid_on, tables)
    except NoRuleForDay:
        yield Doubt("sum", "warning", "Ставка региона на этот день неизвестна: сверьте сумму сами")
        return
    left = order.kopecks % (int(month.amount) * 100)
    if left:
        said = f"Месяц стоит {roubles(month.amount)}: {kopecks_text(left)} не составляют месяца"
        yield Doubt("sum", "warning", said)
