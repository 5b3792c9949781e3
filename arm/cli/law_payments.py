"""``arm law ndfl`` and ``arm law coverage``: what a month of a patent costs, what is paid."""

from __future__ import annotations

import argparse
import csv
import re
from pathlib import Path
from typing import Any, ClassVar

from arm.cli.opening import add_json
from arm.cli.output import print_json
from arm.clock import SystemClock
from arm.errors import ExpectedError
from arm.law.coverage import Coverage, Payment, coverage, covered_months
from arm.law.explanation import CONFIDENCE_TEXT
from arm.law.ndfl import MonthlyAmount, kopecks_text, monthly_amount, roubles
from arm.law.payment_check import PatentHolder, PaymentOrder, payment_doubts
from arm.law.rulebook import open_rulebook
from arm.law.typed import asked_day, read_day
from arm.law.withholding import withholding
from forms.kit.sources import oktmo_of_region

_SUM = re.compile(r"([0-9]+|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+)(?:[.,]([0-9]{1,2}))?")
_ORDER_FIELDS = {
    "payer_inn": "ИНН в поле 60",
    "kpp": "КПП получателя",
    "kbk": "КБК",
    "oktmo": "ОКТМО",
    "account": "счёт получателя",
    "status": "статус плательщика",
}
_HEADINGS = {("date", "sum"), ("дата", "сумма")}


class PaymentLineWrong(ExpectedError):
    """A line of the file of payments that cannot be read with certainty."""

    code: ClassVar[str] = "law.payment_line"
    title: ClassVar[str] = "Файл платежей, строка {line}: {problem}"
    advice: ClassVar[str] = (
        "Исправьте строку и повторите. В строке дата и сумма через точку с запятой: "
        "2026-05-04;8137 или 04.05.2026;8137,00"
    )


class NotASum(ExpectedError):
    """What was typed is no sum of money."""

    code: ClassVar[str] = "law.not_a_sum"
    title: ClassVar[str] = "Это не сумма: «{typed}»"
    advice: ClassVar[str] = "Пишите рубли: 8137 или 8137,50"


class NoPayments(ExpectedError):
    """The file holds no payment."""

    code: ClassVar[str] = "law.no_payments"
    title: ClassVar[str] = "В файле нет ни одного платежа: {path}"
    advice: ClassVar[str] = "Запишите платежи по одному в строке: дата;сумма"


class RegionNeeded(ExpectedError):
    """Payments cannot be counted in months without the rate of a region."""

    code: ClassVar[str] = "law.region_needed"
    title: ClassVar[str] = "Не указан регион патента"
    advice: ClassVar[str] = "Добавьте --region и код региона, например --region 59: от него ставка"


def add_to(subparsers: Any) -> None:
    """Add ``ndfl`` and ``coverage`` to the subjects of ``arm law``."""
    month = subparsers.add_parser("ndfl", help="сколько стоит месяц патента в регионе")
    month.add_argument("--region", required=True, metavar="РР", help="код региона: 59, 77")
    month.add_argument("--date", metavar="ДАТА", help="день платежа; по умолчанию сегодня")
    add_json(month)
    month.set_defaults(run=run_ndfl)

    paid = subparsers.add_parser("coverage", help="по какой день оплачен патент и почему")
    paid.add_argument("--issued", required=True, metavar="ДАТА", help="день выдачи")
    source = paid.add_mutually_exclusive_group(required=True)
    source.add_argument("--months", type=int, metavar="N", help="оплачено месяцев со дня выдачи")
    source.add_argument("--payments", type=Path, metavar="ФАЙЛ", help="CSV: дата;сумма")
    paid.add_argument("--region", metavar="РР", help="код региона; нужен для --payments")
    add_json(paid)
    paid.set_defaults(run=run_coverage)

    order = subparsers.add_parser("payment", help="что не так в платёжном документе за патент")
    order.add_argument("--date", required=True, metavar="ДАТА", help="день платежа")
    order.add_argument("--sum", required=True, metavar="₽", help="сумма: 8137 или 8137,50")
    order.add_argument("--region", required=True, metavar="РР", help="код региона патента")
    order.add_argument("--inn", required=True, metavar="ИНН", help="ИНН мигранта")
    for name, what in _ORDER_FIELDS.items():
        order.add_argument(f"--{name.replace('_', '-')}", default="", help=what)
    add_json(order)
    order.set_defaults(run=run_payment)

    kept = subparsers.add_parser("withholding", help="сколько НДФЛ ещё удержать работодателю")
    kept.add_argument("--tax", required=True, metavar="₽", help="налог с начала года")
    kept.add_argument("--advances", required=True, metavar="₽", help="платежи за месяцы этого года")
    add_json(kept)
    kept.set_defaults(run=run_withholding)


def kopecks(text: str) -> int:
    """8137, 8137,50, 8 137.5 as kopecks; ValueError for anything else, a zero too."""
    match = _SUM.fullmatch(text)
    if match is None:
        raise ValueError(text)
    whole = int(re.sub(r"[^0-9]", "", match.group(1)))
    found = whole * 100 + int((match.group(2) or "0").ljust(2, "0"))
    if not found:
        raise ValueError(text)
    return found


def read_payments(path: Path) -> list[Payment]:
    """The payments of a CSV file in its order: ``date;sum``, or with commas; a heading may stand.

    Raises :class:`PaymentLineWrong` for the first line that is not certain, :class:`NoPayments`.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Excel in Russia; only a heading can hold letters, every other cell is checked
        text = content.decode("cp1251", errors="replace")
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    separator = ";" if lines and ";" in lines[0][1] else ","
    found: list[Payment] = []
    for place, (number, line) in enumerate(lines):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
        if place == 0 and tuple(cell.lower() for cell in cells) in _HEADINGS:
            continue
        found.append(_payment(cells, number))
    if not found:
        raise NoPayments(path=path)
    return found


def _payment(cells: list[str], line: int) -> Payment:
    if len(cells) != 2:
        problem = f"нужны две ячейки, дата и сумма, а их {len(cells)}"
        raise PaymentLineWrong(line=line, problem=problem)
    try:
        paid_on = read_day(cells[0])
    except ValueError:
        problem = f"«{cells[0]}» — не дата"
        raise PaymentLineWrong(line=line, problem=problem) from None
    try:
        return Payment(paid_on, kopecks(cells[1]))
    except ValueError:
        problem = f"«{cells[1]}» — не сумма в рублях больше нуля"
        raise PaymentLineWrong(line=line, problem=problem) from None


def run_ndfl(arguments: argparse.Namespace) -> int:
    """The month's amount, how it came about and how sure it is."""
    on = asked_day(arguments.date) if arguments.date else SystemClock().today()
    month = monthly_amount(arguments.region, on, open_rulebook().tables)
    if arguments.json:
        print_json(ndfl_answer(month))
        return 0
    print(f"Регион {month.region}, платёж {month.on:%d.%m.%Y}: {roubles(month.amount)} за месяц")
    print(month.formula)
    for factor in month.factors:
        print(f"  {factor.label}: {factor.ground}")
    print(f"Достоверность: {CONFIDENCE_TEXT[month.confidence]}")
    if month.note:
        print(month.note)
    return 0


def ndfl_answer(month: MonthlyAmount) -> dict[str, Any]:
    """The documented JSON answer; ``monthly`` in whole roubles."""
    known = len(month.factors) == 3
    return {
        "region": month.region,
        "date": month.on,
        "monthly": int(month.amount),
        "deflator": float(month.factors[1].value) if known else None,
        "coefficient": float(month.factors[2].value) if known else None,
        "announced": None if month.announced is None else int(month.announced),
        "confidence": month.confidence,
        "act": "; ".join(factor.act for factor in month.factors),
        "formula": month.formula,
        "note": month.note,
    }


def run_coverage(arguments: argparse.Namespace) -> int:
    """0 if at least one month is paid, otherwise 1."""
    tables = open_rulebook().tables
    issued = asked_day(arguments.issued)
    if arguments.payments is None:
        found = covered_months(issued, arguments.months, tables)
    elif arguments.region is None:
        raise RegionNeeded
    else:
        payments = read_payments(arguments.payments)
        found = coverage(issued, payments, arguments.region, tables)
    if arguments.json:
        print_json(coverage_answer(found))
    else:
        _tell(found)
    return 0 if found.months else 1


def coverage_answer(found: Coverage) -> dict[str, Any]:
    """The documented JSON answer; all sums in kopecks."""
    return {
        "paid_through": found.paid_through,
        "terminates_on": found.terminates_on,
        "months": len(found.months),
        "surplus": found.surplus,
        "confidence": found.confidence,
        "periods": [
            {
                "number": month.number,
                "from": month.first,
                "to": month.last,
                "sum": month.kopecks,
                "bought_on": month.bought_on,
                "payments": [{"date": one.paid_on, "sum": one.kopecks} for one in month.parts],
            }
            for month in found.months
        ],
        "notes": found.notes,
    }


def _tell(found: Coverage) -> None:
    if found.paid_through is None:
        print("Патент не оплачен")
    else:
        print(
            f"Патент оплачен по {found.paid_through:%d.%m.%Y}, "
            f"без нового платежа прекращается {found.terminates_on:%d.%m.%Y}"
        )
    for line in found.explanation:
        print(f"  {line}")
    print(f"Месяцев: {len(found.months)}, остаток: {kopecks_text(found.surplus)}")
    print(f"Достоверность: {CONFIDENCE_TEXT[found.confidence]}")


def _asked_sum(typed: str) -> int:
    try:
        return kopecks(typed)
    except ValueError as error:
        raise NotASum(typed=typed) from error


def run_payment(arguments: argparse.Namespace) -> int:
    """0 if nothing differs, otherwise 1."""
    order = PaymentOrder(
        asked_day(arguments.date),
        _asked_sum(arguments.sum),
        **{name: getattr(arguments, name) for name in _ORDER_FIELDS},
    )
    prefix = oktmo_of_region(arguments.region)
    holder = PatentHolder(arguments.inn, arguments.region, prefix)
    found = payment_doubts(order, holder, open_rulebook().tables)
    if arguments.json:
        print_json({"ok": not found, "doubts": [one._asdict() for one in found]})
    elif not found:
        print("Документ сходится с реквизитами и ставкой")
    for one in () if arguments.json else found:
        print(f"{'Ошибка' if one.kind == 'error' else 'Проверьте'}: {one.text}")
    return 1 if found else 0


def run_withholding(arguments: argparse.Namespace) -> int:
    """What is withheld after the advances."""
    found = withholding(_asked_sum(arguments.tax), _asked_sum(arguments.advances))
    if arguments.json:
        print_json(found._asdict())
        return 0
    print(f"Удержать {kopecks_text(found.withheld)}, зачтено {kopecks_text(found.credit)}")
    if found.unused:
        rest = kopecks_text(found.unused)
        print(f"Ещё {rest} можно зачесть до конца года; 31 декабря остаток пропадёт")
    return 0
