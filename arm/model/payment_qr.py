"""The payment barcode of a receipt: ГОСТ Р 56042-2014 «Двумерные символы штрихового кода для
осуществления платежей физических лиц».

``ST`` + version ``0001`` + one digit of the encoding + separator, then ``Key=Value`` joined by the
separator. Five keys are required and come first, in this order: Name, PersonalAcc, BankName, BIC,
CorrespAcc. Sums are in kopecks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from arm.errors import ExpectedError

REQUIRED = ("Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc")

LIMITS: dict[str, int] = {
    "Name": 160,
    "PersonalAcc": 20,
    "BankName": 45,
    "BIC": 9,
    "CorrespAcc": 20,
    "Sum": 18,
    "Purpose": 210,
    "PayeeINN": 12,
    "PayerINN": 12,
    "DrawerStatus": 2,
    "KPP": 9,
    "CBC": 20,
    "OKTMO": 11,
    "PaytReason": 2,
    "TaxPeriod": 10,
    "DocNo": 15,
    "DocDate": 10,
    "TaxPaytKind": 2,
}
"""Longest value of each payment requisite, in characters (ГОСТ, table of requisites)."""

OTHER_KEYS = [
    "LastName",
    "FirstName",
    "MiddleName",
    "PayerAddress",
    "PersonalAccount",
    "DocIdx",
    "PensAcc",
    "Contract",
    "PersAcc",
    "Flat",
    "Phone",
    "PayerIdType",
    "PayerIdNum",
    "ChildFio",
    "BirthDate",
    "PaymTerm",
    "PaymPeriod",
    "Category",
    "ServiceName",
    "CounterId",
    "CounterVal",
    "QuittId",
    "QuittDate",
    "InstNum",
    "ClassNum",
    "SpecFio",
    "AddAmount",
    "RuleId",
    "ExecId",
    "RegType",
    "UIN",
    "TechCode",
]
"""Keys about the payer and the service; the standard sets no length for them."""

ENCODINGS = {"1": "cp1251", "2": "utf-8", "3": "koi8-r"}
_SEPARATORS = "|~^;#@"
_DIGITS = ("PersonalAcc", "BIC", "CorrespAcc", "Sum", "PayeeINN", "PayerINN", "CBC", "OKTMO", "UIN")
_LOOKALIKES = str.maketrans("АВЕКМНОРСТХУаеорсух", "ABEKMHOPCTXYaeopcyx")


class UnfitPayment(ExpectedError):
    """The requisites do not make a barcode that banks would read."""

    code: ClassVar[str] = "payment_qr.unfit"
    title: ClassVar[str] = "Код для оплаты не составить: {problem}"
    advice: ClassVar[str] = "Исправьте реквизит и напечатайте квитанцию снова"


class NotPaymentCode(ExpectedError):
    """The scanned text is not a payment barcode of this standard."""

    code: ClassVar[str] = "payment_qr.unreadable"
    title: ClassVar[str] = "Это не код для оплаты: {problem}"
    advice: ClassVar[str] = "Отсканируйте код на квитанции ещё раз"


@dataclass(frozen=True)
class PaymentCode:
    """What a scanned barcode says."""

    fields: Mapping[str, str]
    """Values by the standard's Latin key; keys the standard does not know stay as written."""
    encoding: str
    problems: tuple[str, ...]
    """What deviates from the standard, in Russian; the fields are read nevertheless."""


def build(fields: Mapping[str, str], encoding: str = "2") -> str:
    """The text of the barcode; its bytes are the text in ``ENCODINGS[encoding]``.

    ``fields`` in any order: the required ones are put first, the rest keep their order, empty ones
    are left out. Raises :class:`UnfitPayment` if a requisite is absent, too long or not numeric,
    or if no separator is free.
    """
    filled = {key: value.strip() for key, value in fields.items() if value.strip()}
    problem = next(iter(_problems(filled)), None)
    if problem is not None:
        raise UnfitPayment(problem=problem)
    try:
        "".join(filled.values()).encode(ENCODINGS[encoding])
    except UnicodeEncodeError as error:
        letter = error.object[error.start]
        raise UnfitPayment(problem=f"буквы «{letter}» нет в выбранной кодировке") from error
    separator = next((s for s in _SEPARATORS if not any(s in v for v in filled.values())), None)
    if separator is None:
        raise UnfitPayment(problem="в реквизитах заняты все разделители")
    order = [*REQUIRED, *(key for key in filled if key not in REQUIRED)]
    return separator.join([f"ST0001{encoding}", *(f"{key}={filled[key]}" for key in order)])


def parse(code: str | bytes) -> PaymentCode:
    """Read a barcode's text or bytes.

    Look-alike Cyrillic letters in keys and slips of other programs are put right and reported.
    Raises :class:`NotPaymentCode` if it is no payment barcode at all.
    """
    head = code[:8].decode("latin-1") if isinstance(code, bytes) else code[:8]
    if len(head) < 8 or not head.startswith("ST"):
        raise NotPaymentCode(problem="нет признака ST")
    if head[2:6] != "0001" or head[6] not in ENCODINGS:
        raise NotPaymentCode(problem=f"неизвестная версия или кодировка {head[2:7]}")
    encoding, separator = ENCODINGS[head[6]], head[7]
    try:
        text = code.decode(encoding) if isinstance(code, bytes) else code
    except UnicodeDecodeError as error:
        raise NotPaymentCode(problem=f"текст не в кодировке {encoding}") from error
    fields: dict[str, str] = {}
    problems: list[str] = []
    for part in text[8:].rstrip("\r\n").split(separator):
        if not part:
            continue
        written, equals, value = part.partition("=")
        if not equals:
            raise NotPaymentCode(problem=f"непонятная запись «{part[:20]}»")
        key = _standard_key(written)
        if key != written:
            problems.append(f"ключ «{written}» прочитан как {key}")
        fields[key] = value
    return PaymentCode(fields, encoding, (*problems, *_problems(fields)))


def _problems(fields: Mapping[str, str]) -> list[str]:
    found = [f"нет реквизита {key}" for key in REQUIRED if not fields.get(key)]
    for key, value in fields.items():
        limit = LIMITS.get(key)
        if limit is not None and len(value) > limit:
            found.append(f"{key}: {len(value)} знаков, помещается {limit}")
        if key in _DIGITS and value and not (value.isascii() and value.isdigit()):
            found.append(f"{key}: допустимы только цифры")
        if key not in LIMITS and key not in OTHER_KEYS:
            found.append(f"{key}: нет в стандарте")
    return found


def _standard_key(written: str) -> str:
    """The standard's spelling: letters that look alike (``С``/``C``, ``l``/``I``) are one."""
    return _BY_SHAPE.get(_shape(written), written)


def _shape(key: str) -> str:
    return key.translate(_LOOKALIKES).lower().replace("l", "i").replace("1", "i")


_BY_SHAPE = {_shape(key): key for key in (*LIMITS, *OTHER_KEYS)} | {
    _shape("TaxPayKind"): "TaxPaytKind"
}
