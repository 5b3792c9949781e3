"""The card filled at the border."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import Date
from sqlalchemy.orm import Mapped

from arm.model.record import Facet, Record, field


class MigrationCard(Record):
    """One entry to Russia. The newest by ``entered_on`` is the present one."""

    __tablename__ = "migration_card"
    kind: ClassVar[str] = "migration_card"
    title: ClassVar[str] = "Миграционная карта"
    facet: ClassVar[Facet] = "stay"

    person_id: Mapped[str | None] = field("Человек", index=True)
    series: Mapped[str | None] = field("Серия", group="number")
    number: Mapped[str | None] = field("Номер", group="number")
    entered_on: Mapped[date | None] = field("Дата въезда", Date)
    purpose: Mapped[str | None] = field("Цель въезда")
    """``official``, ``tourism``, ``business``, ``study``, ``work``, ``private``, ``transit``,
    ``humanitarian``, ``other``: the boxes of the arrival notice."""
    stay_until: Mapped[date | None] = field("Срок пребывания до", Date)
    left_on: Mapped[date | None] = field("Дата выезда", Date)
