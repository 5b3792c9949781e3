"""Two cards of one person: that they were joined, or that people decided they are two."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped

from arm.model.record import Facet, Instant, Record, StringSet, field

_PAIR: Final = uuid.UUID("6f1d2f0e-3b77-5c52-9a50-3f5a4c1f2b90")


class PersonMerge(Record):
    """One card went into another: ``other_id`` into ``person_id``. Nothing is deleted, so it can be
    taken apart again (``state``: ``merged``, ``undone``).

    Each merge is a record of its own, even of one pair at two desks; which of several counts is
    worked out from all of them, the same way everywhere (``arm.casework.merged``).
    """

    __tablename__ = "person_merge"
    kind: ClassVar[str] = "person_merge"
    title: ClassVar[str] = "Объединение карточек"
    facet: ClassVar[Facet] = "office"

    person_id: Mapped[str | None] = field("Человек", index=True)
    other_id: Mapped[str | None] = field("Вошедшая карточка", index=True)
    state: Mapped[str | None] = field("Состояние")
    moved: Mapped[frozenset[str]] = field("Перешедшие записи", StringSet, merge="set")
    """``kind:id`` of each record that came over from the other card, also later."""
    taken: Mapped[dict[str, Any] | None] = field("Выбранные значения", JSON)
    """Field of the person → [value before, value chosen], where the merge changed it."""
    merged_at: Mapped[datetime | None] = field("Объединены", Instant)
    merged_by: Mapped[str | None] = field("Кто объединил")


class NotDuplicate(Record):
    """People decided that two cards are two persons. Asked again only if something new speaks for
    one person. Its id follows from the pair, so that two desks make one record of one decision."""

    __tablename__ = "not_duplicate"
    kind: ClassVar[str] = "not_duplicate"
    title: ClassVar[str] = "Решение «не дубль»"
    facet: ClassVar[Facet] = "office"

    person_id: Mapped[str | None] = field("Человек", index=True)
    other_id: Mapped[str | None] = field("Другая карточка", index=True)
    seen: Mapped[frozenset[str]] = field("Что было известно", StringSet, merge="set")
    """Marks of the evidence that people had before them (``Verdict.evidence``)."""


def pair(one: str, other: str) -> tuple[str, str]:
    """Two person ids in the order in which a pair is kept."""
    return (one, other) if one <= other else (other, one)


def pair_id(one: str, other: str) -> str:
    """The id of the decision about a pair, in whichever order the two are named."""
    return str(uuid.uuid5(_PAIR, "|".join(pair(one, other))))
