"""What may stand in a field: typed text to a value, and why a value cannot be right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Date, Integer
from stdnum.exceptions import ValidationError
from stdnum.ru import inn as inn_number

from arm.casework import reference
from arm.casework.errors import FieldProblem
from arm.casework.labels import CODED
from arm.model import EntryList, FieldSpec, Instant, Record, StringSet, fields, kinds, plain

_SEVERAL_LINES = frozenset({"text"})
_MOST = 500
"""Longer than anything a person types into one line; a slip of the clipboard is longer."""
_MOST_LETTERS = {"text": 20_000}
_MOST_COUNTED = 1_000_000
_OLDEST = date(1900, 1, 1)
_FARTHEST_YEAR = 2100
_TYPED_DATE = re.compile(r"(\d{1,2})[.\-/, ](\d{1,2})[.\-/, ](\d{4})\Z")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_NAME_FIELDS = frozenset({"surname", "given", "patronymic"})
_LATIN_FIELDS = frozenset({"surname_latin", "given_latin", "patronymic_latin"})
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ'’ʻʼ`\- .]+\Z")
_DAYS_IN_MONTH = {
    4: ("В апреле", 30), 6: ("В июне", 30), 9: ("В сентябре", 30), 11: ("В ноябре", 30),
}  # fmt: skip


class NotADate(ValueError):
    """The text is not a day of the calendar; the message says why, in Russian."""


def parse_day(text: str | date | None) -> date | None:
    """A day from «дд.мм.гггг» or ISO 8601; empty gives ``None``. Raises :class:`NotADate`."""
    if isinstance(text, datetime):
        return text.date()
    if text is None or isinstance(text, date):
        return text
    typed = text.strip()
    if not typed:
        return None
    match = _TYPED_DATE.match(typed)
    if match:
        day, month, year = (int(part) for part in match.groups())
    else:
        try:
            return date.fromisoformat(typed)
        except ValueError:
            raise NotADate("Напишите дату как дд.мм.гггг") from None
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADate(_why_no_day(day, month, year)) from None


def _why_no_day(day: int, month: int, year: int) -> str:
    if not 1 <= month <= 12:
        return "Месяц — число от 1 до 12. Проверьте дату"
    if month == 2 and 1 <= day <= 31:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return f"В феврале {year} года {29 if leap else 28} дней. Проверьте дату"
    if month in _DAYS_IN_MONTH and day == 31:
        name, days = _DAYS_IN_MONTH[month]
        return f"{name} {days} дней. Проверьте дату"
    return "Такого дня нет. Проверьте дату"


def parse_value(spec: FieldSpec, value: Any) -> Any:
    """What a field keeps, from what was typed or chosen. Raises ValueError with a Russian text."""
    if isinstance(value, str):
        value = value.strip()
    if value in ("", None):
        return frozenset() if isinstance(spec.column_type, StringSet) else None
    if isinstance(spec.column_type, Date):
        return parse_day(value)
    if isinstance(spec.column_type, Instant):
        return value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if isinstance(spec.column_type, StringSet):
        return frozenset([value] if isinstance(value, str) else value)
    if isinstance(spec.column_type, EntryList):
        raise ValueError("Сюда только добавляют записи, прежние не меняются")
    if isinstance(spec.column_type, Integer):
        return _count(value)
    one_line = isinstance(value, str) and spec.name not in _SEVERAL_LINES
    return (" ".join(plain(value).split()) or None) if one_line else value


def _count(value: Any) -> int:
    try:
        number = int(value)
    except (ValueError, TypeError):
        raise ValueError("Напишите целое число") from None
    if not 0 <= number <= _MOST_COUNTED:
        raise ValueError("Проверьте число")
    return number


def problem(kind: str, field: str, value: Any, today: date) -> str | None:
    """Why a value cannot stand in a field, in Russian, or ``None``. Empty is always allowed."""
    if value is None or value == frozenset():
        return None
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return _date_problem(field, value, today)
    if isinstance(value, str) and len(value) > (most := _MOST_LETTERS.get(field, _MOST)):
        return f"Слишком длинно: знаков {len(value)}, помещается {most}. Сократите текст"
    coded = CODED.get((kind, field))
    if coded is not None:
        return None if value in coded else "Выберите значение из списка"
    check = _CHECKS.get((kind, field)) or _CHECKS.get(("", field))
    return check(value) if check is not None else None


def _date_problem(field: str, value: date, today: date) -> str | None:
    if value < _OLDEST or value.year > _FARTHEST_YEAR:
        return "Проверьте год"
    past_only = ("birth_date", "issued_on", "entered_on", "left_on", "registered_on", "given_on")
    if field in past_only and value > today:
        return "Эта дата ещё не наступила. Проверьте её"
    return None


def _name_problem(value: str) -> str | None:
    if any(char.isdigit() for char in value):
        return "В имени не бывает цифр. Проверьте написание"
    return None


def _latin_problem(value: str) -> str | None:
    return None if _LATIN.match(value) else "Пишите латинскими буквами, как в паспорте"


def _phone_problem(value: str) -> str | None:
    digits = sum(char.isdigit() for char in value)
    if 10 <= digits <= 15 and not re.search(r"[^\d+()\-\s.]", value):
        return None
    return "В номере должно быть от 10 до 15 цифр. Проверьте номер"


def _inn_problem(value: str) -> str | None:
    try:
        inn_number.validate(value)
    except ValidationError:
        return "Контрольная цифра ИНН не сходится. Сверьте ИНН с документом"
    return None


def _person_inn_problem(value: str) -> str | None:
    if len(re.sub(r"\D", "", value)) != 12:
        return "ИНН человека — 12 цифр. Проверьте номер"
    return _inn_problem(value)


def _snils_problem(value: str) -> str | None:
    """СНИЛС: nine digits and a control number (постановление ПФР № 192п, приложение)."""
    digits = re.sub(r"\D", "", value)
    if len(digits) != 11:
        return "СНИЛС — 11 цифр. Проверьте номер"
    total = sum(
        int(digit) * weight for digit, weight in zip(digits[:9], range(9, 0, -1), strict=True)
    )
    control = total % 101 % 100
    if control == int(digits[9:]):
        return None
    return "Контрольное число СНИЛС не сходится. Сверьте СНИЛС с документом"


def _country_problem(value: str) -> str | None:
    return None if value in reference.countries() else "Выберите страну из списка"


def _digits_problem(count: int, what: str) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        return None if re.fullmatch(rf"\d{{{count}}}", value) else what

    return check


def _email_problem(value: str) -> str | None:
    return None if _EMAIL.match(value) else "Проверьте адрес почты"


_CHECKS: Mapping[tuple[str, str], Callable[[Any], str | None]] = MappingProxyType(
    {
        **{("", name): _name_problem for name in _NAME_FIELDS},
        **{("", name): _latin_problem for name in _LATIN_FIELDS},
        ("", "phone"): _phone_problem,
        ("", "email"): _email_problem,
        ("person", "inn"): _person_inn_problem,
        ("", "organisation_inn"): _inn_problem,
        ("", "snils"): _snils_problem,
        ("", "citizenship"): _country_problem,
        ("", "birth_country"): _country_problem,
        ("", "country"): _country_problem,
        ("migration_card", "series"): _digits_problem(4, "Серия карты — 4 цифры. Проверьте серию"),
        ("migration_card", "number"): _digits_problem(7, "Номер карты — 7 цифр. Проверьте номер"),
    }
)

_PAIRS = (
    ("issued_on", "valid_to", "Срок кончается раньше, чем документ выдан. Проверьте даты"),
    ("entered_on", "left_on", "Выезд раньше въезда. Проверьте даты"),
    ("entered_on", "stay_until", "Срок пребывания кончается раньше въезда. Проверьте даты"),
    ("arrived_on", "valid_to", "Учёт кончается раньше прибытия. Проверьте даты"),
    ("registered_on", "valid_to", "Учёт кончается раньше постановки. Проверьте даты"),
    ("issued_on", "paid_through", "Патент оплачен по день раньше выдачи. Проверьте даты"),
)


def pair_problems(record: Record | Mapping[str, Any], changed: set[str]) -> list[FieldProblem]:
    """Dates of one record that contradict each other; only pairs with a changed side count."""

    def value(name: str) -> date | None:
        if isinstance(record, Mapping):
            return record.get(name)
        return getattr(record, name, None)

    found: list[FieldProblem] = []
    for first, second, text in _PAIRS:
        early, late = value(first), value(second)
        if early is None or late is None or early <= late or not {first, second} & changed:
            continue
        found.append(FieldProblem(second if second in changed else first, text))
    return found


def parse_fields(
    kind: str, values: Mapping[str, Any], today: date
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """Typed values of a record as they will be kept, and what is wrong with them."""
    specs = fields(kinds()[kind])
    parsed: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for name, typed in values.items():
        try:
            parsed[name] = parse_value(specs[name], typed)
        except (ValueError, TypeError) as error:
            text = str(error) if isinstance(error, NotADate) else "Проверьте значение"
            problems.append(FieldProblem(name, text))
            continue
        text_or_none = problem(kind, name, parsed[name], today)
        if text_or_none is not None:
            problems.append(FieldProblem(name, text_or_none))
    return parsed, problems
