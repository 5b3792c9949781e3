"""Facts of a case → the receipt: requisites and amount of the law on the day of payment.

The payer's ИНН is always the migrant's own: with another one the money would land on the payer's
single tax account.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from arm.law import ndfl
from arm.law.tables import LawTables, NoRuleForDay, Row
from arm.model import CaseFacts, StayPermit
from arm.model.payment_qr import UnfitPayment, build
from forms.kit.sources import country, full_name, joined, oktmo_of_region, region
from forms.kit.spec import Edition

_UNSURE = {
    "M": "Сумма взята из одного источника.",
    "L": "Сумма не подтверждена: источники спорят или ненадёжны.",
}


def fill(
    facts: CaseFacts, extra: Mapping[str, str], edition: Edition, tables: LawTables
) -> dict[str, str]:
    """Every box of the receipt; what the law does not say on that day stays empty."""
    del edition
    months = _months(extra.get("months", "1"))
    patent = _patent(facts)
    where = (patent.region if patent else None) or facts.office.region
    boxes = _payer(facts) | _period(patent, months, tables)
    requisites = tables.find("payment_requisites.patent", facts.on)
    if requisites is not None:
        boxes |= _requisites(requisites)
        number = joined(patent.series, patent.number, by=" ") if patent else ""
        what = joined(requisites.text("purpose"), number, by=" ")
        boxes["purpose"] = f"{what}, {months} мес."
    if where == facts.office.region:
        boxes["oktmo"] = facts.office.oktmo
    remarks: list[str] = []
    try:
        month = ndfl.monthly_amount(where, facts.on, tables)
    except NoRuleForDay as unknown:
        remarks.append(f"{unknown.title_text}: впишите сумму сами по закону региона.")
    else:
        boxes["sum"] = _money(month.amount * months)
        boxes["calculation"] = _calculation(month, where, months)
        remarks += _doubts(month)
    boxes |= {name: value for name, value in extra.items() if name in _TYPED}
    remarks += _oktmo_remark(boxes.get("oktmo", ""), where)
    remarks += _too_long(patent, months)
    boxes["remark"] = "\n".join(remarks)
    boxes["qr"] = _barcode(facts, boxes)
    return boxes


_TYPED = ("sum", "oktmo", "payer_inn", "purpose", "payer_name", "payer_address")
"""Boxes whose typed value goes into the barcode as well."""


def _months(answer: str) -> int:
    count = int(answer) if answer.isascii() and answer.isdigit() else 1
    return min(max(count, 1), ndfl.LONGEST_MONTHS)


def _patent(facts: CaseFacts) -> StayPermit | None:
    if facts.permit is not None and facts.permit.permit_type == "patent":
        return facts.permit
    return next((one for one in facts.permits if one.permit_type == "patent"), None)


def _requisites(row: Row) -> dict[str, str]:
    boxes = {
        "payee": "payee",
        "payee_inn": "payee_inn",
        "payee_kpp": "payee_kpp",
        "account": "account",
        "bank": "bank",
        "bik": "bik",
        "correspondent": "correspondent",
        "kbk": "kbk",
        "status": "drawer_status",
    }
    found = {box: row.text(column) for box, column in boxes.items()}
    return found | {"bank_on_code": row.text("bank_on_code")}


def _payer(facts: CaseFacts) -> dict[str, str]:
    person, document = facts.person, facts.document
    number = joined(document.series, document.number, by=" ") if document else ""
    return {
        "payer_name": full_name(person.surname, person.given, person.patronymic),
        "payer_inn": person.inn or "",
        "payer_document": joined(number, country(person.citizenship)) if number else "",
        "payer_address": (facts.registration.address or "") if facts.registration else "",
    }


def _period(patent: StayPermit | None, months: int, tables: LawTables) -> dict[str, str]:
    if patent is None or patent.issued_on is None:
        return {}
    issued = patent.issued_on
    rule = ndfl.month_end_of(tables.find("patent.month_end", issued))
    first, last = ndfl.next_period(issued, patent.paid_through, months, rule)
    return {"period": f"{first:%d.%m.%Y}–{last:%d.%m.%Y}, {months} мес."}


def _calculation(month: ndfl.MonthlyAmount, where: str, months: int) -> str:
    total = ndfl.roubles(month.amount * months)
    lines = [
        f"**{region(where)}, платёж {month.on:%d.%m.%Y}:** {month.formula} за месяц.",
        *(
            f"{factor.label} {ndfl.number(factor.value)}: {factor.ground}."
            for factor in month.factors
        ),
        f"**К оплате за {months} мес.: {total}**",
    ]
    return "\n".join(lines)


def _doubts(month: ndfl.MonthlyAmount) -> list[str]:
    if month.confirmed:
        return []
    said = f"**{_UNSURE[month.confidence]}** Уточните её в налоговой инспекции до оплаты."
    if month.disagrees and month.announced is not None:
        said += f" По коэффициенту {ndfl.roubles(month.amount)}, объявлено"
        said += f" {ndfl.roubles(month.announced)}."
    return [said]


def _oktmo_remark(oktmo: str, where: str) -> list[str]:
    prefix = oktmo_of_region(where)
    if not oktmo or not prefix or oktmo.startswith(prefix):
        return []
    said = f"**ОКТМО не этого региона:** коды региона «{region(where)}» начинаются с {prefix}."
    return [f"{said} Проверьте место работы по патенту."]


def _too_long(patent: StayPermit | None, months: int) -> list[str]:
    if patent is None or patent.issued_on is None or patent.paid_through is None:
        return []
    done = ndfl.months_covered(patent.issued_on, patent.paid_through)
    if done + months <= ndfl.LONGEST_MONTHS:
        return []
    left = max(ndfl.LONGEST_MONTHS - done, 0)
    said = f"**Патент действует не дольше {ndfl.LONGEST_MONTHS} месяцев:** оплачено {done},"
    return [f"{said} можно оплатить ещё {left}. Дальше нужно переоформление."]


def _barcode(facts: CaseFacts, boxes: Mapping[str, str]) -> str:
    """The text of the code; empty while a requisite without which money goes astray is absent."""
    kopecks = _kopecks(boxes.get("sum", ""))
    if kopecks is None or not boxes.get("oktmo") or not boxes.get("payer_inn"):
        return ""
    person, document = facts.person, facts.document
    fields = {
        "Name": boxes.get("payee", ""),
        "PersonalAcc": boxes.get("account", ""),
        "BankName": boxes.get("bank_on_code", ""),
        "BIC": boxes.get("bik", ""),
        "CorrespAcc": boxes.get("correspondent", ""),
        "Sum": str(kopecks),
        "Purpose": boxes.get("purpose", ""),
        "PayeeINN": boxes.get("payee_inn", ""),
        "PayerINN": boxes["payer_inn"],
        "DrawerStatus": boxes.get("status", ""),
        "KPP": boxes.get("payee_kpp", ""),
        "CBC": boxes.get("kbk", ""),
        "OKTMO": boxes["oktmo"],
        "PaytReason": "0",
        "TaxPeriod": "0",
        "DocNo": "0",
        "DocDate": "0",
        "LastName": person.surname or "",
        "FirstName": person.given or "",
        "MiddleName": person.patronymic or "",
        "PayerIdType": "10" if document else "",
        "PayerIdNum": joined(document.series, document.number, by="") if document else "",
        "TechCode": "03",
    }
    try:
        return build(fields)
    except UnfitPayment:
        return ""  # the unfit requisite is a problem of its own box


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",") + "\u00a0₽"


def _kopecks(written: str) -> int | None:
    kept = "".join(letter for letter in written if letter.isdigit() or letter in ",.")
    try:
        return int(Decimal(kept.rstrip(".,").replace(",", ".")) * 100)
    except InvalidOperation:
        return None
