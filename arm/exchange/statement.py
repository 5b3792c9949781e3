"""A statement of payments as every reader gives it, whatever the format of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class StatementPayment:
    """One payment order as it stands in the file. Texts are stripped; what is absent is empty."""

    line: int
    """Line of the file where it begins, from 1."""
    number: str
    on: date | None
    """Date of the order."""
    received_on: date | None
    """Day the money came; ``None`` if the file does not say."""
    kopecks: int
    payer: str
    payer_inn: str
    payer_kpp: str
    payer_account: str
    payer_bik: str
    payee: str
    payee_inn: str
    payee_kpp: str
    payee_account: str
    purpose: str
    kbk: str
    oktmo: str
    status: str
    """Status of who drew it up (field 101): 13 = a natural person."""
    uin: str
    more: Mapping[str, str] = field(default_factory=dict)
    """Everything else the file says of it, unknown keys included."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file, in Russian, with the place."""

    line: int
    field: str
    text: str


@dataclass(frozen=True)
class Statement:
    """A whole file. ``problems`` don't keep the rest from being read."""

    format: str
    version: str
    encoding: str
    account: str
    first_day: date | None
    last_day: date | None
    payments: tuple[StatementPayment, ...]
    total_kopecks: int | None
    """Incoming money as the file declares it; ``None`` if it doesn't."""
    problems: tuple[Problem, ...] = ()
