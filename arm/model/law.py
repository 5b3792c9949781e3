"""What people decided about the law: rule packs they accepted, values they confirmed or corrected.

A decision is written once and only ever withdrawn, so two workstations that decide about the same
value without a network keep both; the later one holds.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Date
from sqlalchemy.orm import Mapped

from arm.model.record import Facet, Instant, Record, field


class LawPack(Record):
    """A signed pack of dated rows (``arm.law.amendments``), as it came."""

    __tablename__ = "law_pack"
    kind: ClassVar[str] = "law_pack"
    title: ClassVar[str] = "Пакет норм"
    facet: ClassVar[Facet] = "office"

    name: Mapped[str | None] = field("Название пакета")
    issued_on: Mapped[date | None] = field("Выпущен", Date)
    content: Mapped[str | None] = field("Текст пакета с подписью")
    reason: Mapped[str | None] = field("Почему принят")
    decided_by: Mapped[str | None] = field("Кто решил")
    decided_at: Mapped[datetime | None] = field("Решено", Instant)
    withdrawn_by: Mapped[str | None] = field("Кто отменил")
    withdrawn_at: Mapped[datetime | None] = field("Отменено", Instant)
    withdrawn_why: Mapped[str | None] = field("Почему отменено")


class LawValue(Record):
    """A dated row that a person confirmed or corrected for the region. ``row`` is its TOML."""

    __tablename__ = "law_value"
    kind: ClassVar[str] = "law_value"
    title: ClassVar[str] = "Решение о норме"
    facet: ClassVar[Facet] = "office"

    law_table: Mapped[str | None] = field("Таблица норм")
    law_key: Mapped[str | None] = field("Ключ нормы")
    valid_from: Mapped[date | None] = field("Действует с", Date)
    content: Mapped[str | None] = field("Норма")
    reason: Mapped[str | None] = field("На чём основано решение")
    decided_by: Mapped[str | None] = field("Кто решил")
    decided_at: Mapped[datetime | None] = field("Решено", Instant)
    withdrawn_by: Mapped[str | None] = field("Кто отменил")
    withdrawn_at: Mapped[datetime | None] = field("Отменено", Instant)
    withdrawn_why: Mapped[str | None] = field("Почему отменено")
