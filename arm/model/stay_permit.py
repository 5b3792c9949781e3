"""Visas, patents, residence permits: the grounds on which a person stays or works."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import Date
from sqlalchemy.orm import Mapped

from arm.model.record import Facet, Record, field


class StayPermit(Record):
    """One permit. ``permit_type``: ``visa``, ``patent``, ``work_permit``, ``trp`` (РВП),
    ``trp_education`` (РВПО), ``prp`` (ВНЖ)."""

    __tablename__ = "stay_permit"
    kind: ClassVar[str] = "stay_permit"
    title: ClassVar[str] = "Разрешительный документ"
    facet: ClassVar[Facet] = "stay"

    person_id: Mapped[str | None] = field("Человек", index=True)
    permit_type: Mapped[str | None] = field("Вид")
    series: Mapped[str | None] = field("Серия", group="number")
    number: Mapped[str | None] = field("Номер", group="number")
    issued_on: Mapped[date | None] = field("Дата выдачи", Date)
    valid_to: Mapped[date | None] = field("Действует до", Date)
    """Last day, inclusive; a patent also needs its monthly payments."""
    paid_through: Mapped[date | None] = field("Оплачено по", Date)
    """Last day covered by advance payments of a patent, inclusive."""
    region: Mapped[str | None] = field("Регион действия")
    """Two-digit code of the region."""
    profession: Mapped[str | None] = field("Профессия")
    issued_by: Mapped[str | None] = field("Кем выдан")
