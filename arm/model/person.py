"""A foreign national or stateless person, as the office knows them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from sqlalchemy import Date
from sqlalchemy.orm import Mapped

from arm.model.record import Facet, Record, StringSet, field


class Person(Record):
    """One human being. Names are kept in both scripts: neither is computed from the other."""

    __tablename__ = "person"
    kind: ClassVar[str] = "person"
    title: ClassVar[str] = "Человек"
    facet: ClassVar[Facet] = "identity"

    migrant_id: Mapped[str | None] = field("Мигрант ID", index=True)
    surname: Mapped[str | None] = field("Фамилия")
    given: Mapped[str | None] = field("Имя")
    patronymic: Mapped[str | None] = field("Отчество")
    surname_latin: Mapped[str | None] = field("Фамилия латиницей")
    given_latin: Mapped[str | None] = field("Имя латиницей")
    patronymic_latin: Mapped[str | None] = field("Отчество латиницей")
    birth_date: Mapped[date | None] = field("Дата рождения", Date)
    sex: Mapped[str | None] = field("Пол")
    """``M`` or ``F`` as in the passport; empty when the document leaves it open."""
    citizenship: Mapped[str | None] = field("Гражданство")
    """ISO 3166-1 alpha-3; ``XXA`` = stateless (ICAO 9303)."""
    birth_country: Mapped[str | None] = field("Страна рождения", group="birth_place")
    birth_place: Mapped[str | None] = field("Место рождения", group="birth_place")
    phone: Mapped[str | None] = field("Телефон")
    email: Mapped[str | None] = field("Почта")
    languages: Mapped[frozenset[str]] = field("Языки", StringSet, merge="set")
    """ISO 639-1 codes."""
    inn: Mapped[str | None] = field("ИНН")
    snils: Mapped[str | None] = field("СНИЛС")
    employer: Mapped[str | None] = field("Работодатель")
    profession: Mapped[str | None] = field("Профессия")
