"""Papers a route asks for: medical, fingerprints, exam, insurance. Numbers and dates only:
no results, no biometrics."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import Date
from sqlalchemy.orm import Mapped

from arm.model.record import Facet, Record, field


class Certificate(Record):
    """``certificate_type``: ``medical``, ``fingerprints``, ``exam``, ``insurance``,
    ``translation``, ``contract``."""

    __tablename__ = "certificate"
    kind: ClassVar[str] = "certificate"
    title: ClassVar[str] = "Справка или свидетельство"
    facet: ClassVar[Facet] = "stay"

    person_id: Mapped[str | None] = field("Человек", index=True)
    certificate_type: Mapped[str | None] = field("Вид")
    number: Mapped[str | None] = field("Номер")
    issued_on: Mapped[date | None] = field("Дата", Date)
    valid_to: Mapped[date | None] = field("Действует до", Date)
    issued_by: Mapped[str | None] = field("Кем выдан")
