"""Registration at the place of stay, and who receives the person there."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import Date
from sqlalchemy.orm import Mapped

from arm.model.record import Facet, Record, field


class HostParty(Record):
    """Who receives: ``host_kind`` ``person`` or ``organisation``. One host serves many persons,
    so that the same landlord is typed once."""

    __tablename__ = "host_party"
    kind: ClassVar[str] = "host_party"
    title: ClassVar[str] = "Принимающая сторона"
    facet: ClassVar[Facet] = "office"

    host_kind: Mapped[str | None] = field("Кто принимает")
    surname: Mapped[str | None] = field("Фамилия")
    given: Mapped[str | None] = field("Имя")
    patronymic: Mapped[str | None] = field("Отчество")
    document_type: Mapped[str | None] = field("Вид документа")
    document_series: Mapped[str | None] = field("Серия документа", group="document")
    document_number: Mapped[str | None] = field("Номер документа", group="document")
    document_issued_on: Mapped[date | None] = field("Дата выдачи документа", Date)
    document_valid_to: Mapped[date | None] = field("Документ действует до", Date)
    address: Mapped[str | None] = field("Адрес места жительства")
    phone: Mapped[str | None] = field("Телефон")
    organisation: Mapped[str | None] = field("Название организации")
    organisation_inn: Mapped[str | None] = field("ИНН организации")
    organisation_address: Mapped[str | None] = field("Адрес организации")


class Registration(Record):
    """Where a person is registered as staying, and until when."""

    __tablename__ = "registration"
    kind: ClassVar[str] = "registration"
    title: ClassVar[str] = "Учёт по месту пребывания"
    facet: ClassVar[Facet] = "stay"

    person_id: Mapped[str | None] = field("Человек", index=True)
    host_id: Mapped[str | None] = field("Принимающая сторона", index=True)
    address: Mapped[str | None] = field("Адрес", group="address")
    """Free text; :func:`arm.model.address.split_address` fits it to the form's rows."""
    address_gar: Mapped[str | None] = field("Код адреса ГАР", group="address")
    place_kind: Mapped[str | None] = field("Место пребывания")
    """``dwelling``, ``other_premises``, ``organisation``: the boxes of the notice."""
    right_of_use: Mapped[str | None] = field("Документ о праве пользования помещением")
    previous_address: Mapped[str | None] = field("Адрес прежнего места пребывания")
    arrived_on: Mapped[date | None] = field("Дата прибытия", Date)
    registered_on: Mapped[date | None] = field("Поставлен на учёт", Date)
    valid_to: Mapped[date | None] = field("Учёт до", Date)
    """Last day, inclusive."""
    removed_on: Mapped[date | None] = field("Снят с учёта", Date)
