"""Passports and other documents that say who a person is."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import Date
from sqlalchemy.orm import Mapped

from arm.model.record import Facet, Record, field


class IdentityDocument(Record):
    """A document that proves identity. The newest by ``issued_on`` that is not deleted counts."""

    __tablename__ = "identity_document"
    kind: ClassVar[str] = "identity_document"
    title: ClassVar[str] = "Документ, удостоверяющий личность"
    facet: ClassVar[Facet] = "identity"

    person_id: Mapped[str | None] = field("Человек", index=True)
    document_type: Mapped[str | None] = field("Вид документа")
    """``passport``, ``id_card``, ``travel_document``, ``birth_certificate``, ``other``."""
    country: Mapped[str | None] = field("Страна выдачи")
    series: Mapped[str | None] = field("Серия", group="number")
    number: Mapped[str | None] = field("Номер", group="number")
    issued_on: Mapped[date | None] = field("Дата выдачи", Date)
    valid_to: Mapped[date | None] = field("Действует до", Date)
    """Last day of validity, inclusive."""
    issued_by: Mapped[str | None] = field("Кем выдан")
