"""What passes between organisations. The centre makes and changes most of it; see
``docs/organisations.md``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Date, Integer
from sqlalchemy.orm import Mapped

from arm.model.record import Facet, Instant, Record, field


class SharedCard(Record):
    """What another organisation shows of a person by a sharing rule: read-only here, kept up to
    date by the centre. ``facts``: ``[{"field", "label", "value"}]`` with wire values."""

    __tablename__ = "shared_card"
    kind: ClassVar[str] = "shared_card"
    title: ClassVar[str] = "Сведения другой организации"
    facet: ClassVar[Facet] = "case"
    moves: ClassVar[bool] = False

    person_id: Mapped[str | None] = field("Человек", index=True)
    rule: Mapped[int | None] = field("Номер правила", Integer)
    heading: Mapped[str | None] = field("О чём")
    source: Mapped[str | None] = field("Источник")
    source_role: Mapped[str | None] = field("Вид источника")
    facts: Mapped[list[dict[str, Any]] | None] = field("Сведения", JSON)
    as_of: Mapped[date | None] = field("На дату", Date)
    ground: Mapped[str | None] = field("Основание")
    confidence: Mapped[str | None] = field("Надёжность основания")
    withdrawn_at: Mapped[datetime | None] = field("Отозвано", Instant)


class AliasNotice(Record):
    """The registry found that another Migrant ID is the same human being. Both stay valid."""

    __tablename__ = "alias_notice"
    kind: ClassVar[str] = "alias_notice"
    title: ClassVar[str] = "Второй Мигрант ID"
    facet: ClassVar[Facet] = "case"
    moves: ClassVar[bool] = False

    person_id: Mapped[str | None] = field("Человек", index=True)
    migrant_id: Mapped[str | None] = field("Мигрант ID")
    alias: Mapped[str | None] = field("Второй Мигрант ID")
    found_at: Mapped[datetime | None] = field("Найден", Instant)


class InfoRequest(Record):
    """A request to another organisation (``direction`` ``out``) or from one (``in``). The asker's
    words and the answer are written by one side each; the centre carries them over. Its state is
    derived: withdrawn, answered, seen, sent, whichever comes first in this order."""

    __tablename__ = "info_request"
    kind: ClassVar[str] = "info_request"
    title: ClassVar[str] = "Запрос"
    facet: ClassVar[Facet] = "case"
    moves: ClassVar[bool] = False

    direction: Mapped[str | None] = field("Направление")
    from_org: Mapped[int | None] = field("Номер запросившей организации", Integer)
    from_name: Mapped[str | None] = field("Кто запросил")
    to_org: Mapped[int | None] = field("Номер организации", Integer)
    to_name: Mapped[str | None] = field("Кому")
    person_id: Mapped[str | None] = field("Человек", index=True)
    migrant_id: Mapped[str | None] = field("Мигрант ID")
    subject: Mapped[str | None] = field("Кого касается")
    question: Mapped[str | None] = field("Что нужно узнать")
    what: Mapped[list[str] | None] = field("Нужные сведения", JSON)
    """Names of the single facts asked for: the answer has a line for each."""
    ground: Mapped[str | None] = field("Основание")
    due_on: Mapped[date | None] = field("Ответить до", Date)
    asked_by: Mapped[str | None] = field("Исполнитель")
    asked_at: Mapped[datetime | None] = field("Отправлен", Instant)
    withdrawn_at: Mapped[datetime | None] = field("Отозван", Instant)
    seen_at: Mapped[datetime | None] = field("Прочитан", Instant)
    seen_by: Mapped[str | None] = field("Кто прочитал")
    answer: Mapped[str | None] = field("Ответ")
    answer_facts: Mapped[list[dict[str, str]] | None] = field("Сведения в ответе", JSON)
    """``[{"label", "value"}]``."""
    answered_by: Mapped[str | None] = field("Кто ответил")
    answered_at: Mapped[datetime | None] = field("Отвечено", Instant)


class Disclosure(Record):
    """One line of the register of disclosures: who received which fields of whom, when, on what
    ground, by which way. Added once, never changed. Names of fields only, no values."""

    __tablename__ = "disclosure"
    kind: ClassVar[str] = "disclosure"
    title: ClassVar[str] = "Передача сведений"
    facet: ClassVar[Facet] = "case"
    moves: ClassVar[bool] = False

    person_id: Mapped[str | None] = field("Человек", index=True)
    receiver: Mapped[str | None] = field("Кто получил")
    receiver_role: Mapped[str | None] = field("Вид получателя")
    way: Mapped[str | None] = field("Способ")
    """``projection``, ``request``, ``request_answer``, ``registry``, ``export``, ``print``."""
    by_whom: Mapped[str | None] = field("Кто передал")
    """A login, a name, or «правило № …»."""
    what: Mapped[list[dict[str, str]] | None] = field("Какие сведения", JSON)
    """``[{"field", "label"}]``."""
    ground: Mapped[str | None] = field("Основание")
    confidence: Mapped[str | None] = field("Надёжность основания")
    document: Mapped[str | None] = field("Документ")
    disclosed_at: Mapped[datetime | None] = field("Когда", Instant, index=True)
