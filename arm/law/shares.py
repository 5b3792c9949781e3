"""How many foreigners an employer may have by kind of activity, and regional bans for patents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from arm.errors import ExpectedError
from arm.law.ndfl import add_months
from arm.law.rulebook import RuleBook
from arm.law.tables import Confidence, NoRuleForDay, Row

_OKVED = re.compile(r"[0-9]{2}(\.[0-9]{1,2}){0,2}")
_SCOPE = "В долю не входят граждане ЕАЭС, люди с РВП и ВНЖ, ВКС; знаменатель — все работники"


class WrongStaff(ExpectedError):
    """Numbers of people that cannot be."""

    code: ClassVar[str] = "law.staff"
    title: ClassVar[str] = "Не может быть {foreigners} иностранцев из {staff} работников"
    advice: ClassVar[str] = "Укажите, сколько всего работников и сколько из них иностранцев"


class WrongActivity(ExpectedError):
    """An ОКВЭД from which the share cannot be told."""

    code: ClassVar[str] = "law.okved"
    title: ClassVar[str] = "По коду «{okved}» долю не определить"
    advice: ClassVar[str] = "Укажите код ОКВЭД цифрами: {example}"


@dataclass(frozen=True, slots=True)
class Staff:
    """How many people work there and how many of them count as foreigners."""

    everybody: int
    foreigners: int

    def __post_init__(self) -> None:
        if not 0 <= self.foreigners <= self.everybody:
            raise WrongStaff(foreigners=self.foreigners, staff=self.everybody)


@dataclass(frozen=True, slots=True)
class Share:
    """The limit for one kind of activity. ``row``: the norm, ``None`` where there is no limit."""

    okved: str
    limit: int | None
    """Percent; ``None`` where no share is set or it is not applied."""
    most: int | None
    """So many foreigners at most: the limit of the staff, rounded down."""
    foreigners: int
    row: Row | None
    note: str

    @property
    def over(self) -> int:
        """How many are too many."""
        return 0 if self.most is None else max(self.foreigners - self.most, 0)

    @property
    def confidence(self) -> Confidence:
        """How sure the limit is."""
        return self.row.confidence if self.row else "M"


def share_limit(okved: str, region: str, staff: Staff, on: date, book: RuleBook) -> Share:
    """The share for an ОКВЭД (``43.31``) in a region (two digits) and whether it is exceeded.

    Raises WrongActivity; :class:`arm.law.tables.NoRuleForDay` for a year whose shares are not
    known.
    """
    table = book.tables.table("hiring.share")
    in_force = [row for row in table.rows if row.covers(on)]
    if not in_force:
        raise NoRuleForDay(table=table.title, on=f"{on:%d.%m.%Y}")
    general = _closest(in_force, okved)
    if general is None:
        note = "Для этого вида деятельности доля постановлением не названа"
        return Share(okved, None, None, staff.foreigners, None, note)
    row = book.tables.find("hiring.share_region", on, f"{region}:{general.key}") or general
    if not row.has("limit"):
        return Share(okved, None, None, staff.foreigners, row, row.text("text"))
    limit = row.integer("limit")
    note = f"{row.note}. {_SCOPE}" if row.note else _SCOPE
    return Share(okved, limit, staff.everybody * limit // 100, staff.foreigners, row, note)


def _closest(rows: list[Row], okved: str) -> Row | None:
    """The longest prefix: 46.73.1 before 46; ``49.3`` covers 49.31."""
    if not _OKVED.fullmatch(okved):
        raise WrongActivity(okved=okved, example="43.31")
    finer = sorted(row.key for row in rows if row.key.startswith(okved) and row.key != okved)
    found = [row for row in rows if okved.startswith(row.key)]
    if finer and not found:
        raise WrongActivity(okved=okved, example=", ".join(finer))
    return max(found, key=lambda row: len(row.key), default=None)


@dataclass(frozen=True, slots=True)
class Ban:
    """A regional ban for patent holders, as far as its act is known."""

    row: Row
    comply_by: date
    """The last day to end contracts made before the ban."""
    hits: bool | None
    """Whether the activity is banned; ``None`` where the list was not found: a person compares."""


def regional_ban(region: str, okved: str, on: date, book: RuleBook) -> Ban | None:
    """The ban of a region on a day, if there is one."""
    row = book.tables.find("hiring.ban", on, region)
    if row is None:
        return None
    months = row.integer("comply_months") if row.has("comply_months") else 0
    listed = row.text("okved").split() if row.has("okved") else None
    hits = any(okved.startswith(one) for one in listed) if listed and okved else None
    return Ban(row, add_months(row.valid_from, months), hits)
