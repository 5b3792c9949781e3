"""What was signed, scanned and printed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Date, Integer
from sqlalchemy.orm import Mapped

from arm.model.record import Facet, Instant, Record, field


class Attachment(Record):
    """A scan or a file. The bytes lie encrypted in the file store under ``sha256``."""

    __tablename__ = "attachment"
    kind: ClassVar[str] = "attachment"
    title: ClassVar[str] = "Файл"
    facet: ClassVar[Facet] = "case"

    person_id: Mapped[str | None] = field("Человек", index=True)
    about: Mapped[str | None] = field("К чему относится")
    """A kind or a document type: ``identity_document``, ``registration``, ``contract`` …"""
    file_name: Mapped[str | None] = field("Имя файла")
    media_type: Mapped[str | None] = field("Тип файла")
    size: Mapped[int | None] = field("Размер, байт", Integer)
    sha256: Mapped[str | None] = field("Отпечаток файла", index=True)
    added_at: Mapped[datetime | None] = field("Добавлен", Instant)
    added_by: Mapped[str | None] = field("Кто добавил")


class Consent(Record):
    """Consent to the processing of personal data: a document of its own, one purpose each
    (152-ФЗ ст. 9 as amended by 156-ФЗ of 24.06.2025)."""

    __tablename__ = "consent"
    kind: ClassVar[str] = "consent"
    title: ClassVar[str] = "Согласие на обработку данных"
    facet: ClassVar[Facet] = "case"

    person_id: Mapped[str | None] = field("Человек", index=True)
    purpose: Mapped[str | None] = field("Цель")
    given_on: Mapped[date | None] = field("Дано", Date)
    withdrawn_on: Mapped[date | None] = field("Отозвано", Date)
    edition: Mapped[str | None] = field("Редакция текста")
    language: Mapped[str | None] = field("Язык текста")


class IssuedForm(Record):
    """A form as it was printed: edition, who, when, and the data as filed, so that it prints
    again exactly."""

    __tablename__ = "issued_form"
    kind: ClassVar[str] = "issued_form"
    title: ClassVar[str] = "Напечатанная форма"
    facet: ClassVar[Facet] = "case"

    person_id: Mapped[str | None] = field("Человек", index=True)
    form: Mapped[str | None] = field("Форма")
    edition: Mapped[str | None] = field("Редакция")
    boxes: Mapped[dict[str, Any] | None] = field("Данные на бумаге", JSON)
    printed_at: Mapped[datetime | None] = field("Напечатана", Instant)
    printed_by: Mapped[str | None] = field("Кто печатал")
