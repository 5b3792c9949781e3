"""What every kept record has in common, and how a field says how it is shown and merged."""

from __future__ import annotations

import re
import secrets
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from sqlalchemy import JSON, Boolean, Date, Integer, String, types
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column

Merge = Literal["value", "set", "counter", "notes"]
"""How two edits of one field meet: ``value`` – a conflict is kept for a person to settle; ``set`` –
added and removed members of both sides are combined; ``counter`` – what both sides counted adds up;
``notes`` – the entries of both sides stay."""

Facet = Literal["identity", "stay", "work", "case", "office"]
"""Which part of a person's papers a kind belongs to; sharing rules name facets."""


class StringSet(types.TypeDecorator[frozenset[str]]):
    """A set of short codes (languages), stored as a sorted JSON list."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> list[str] | None:
        return None if value is None else sorted(value)

    def process_result_value(self, value: Any, dialect: Any) -> frozenset[str]:
        return frozenset(value or ())


@dataclass(frozen=True)
class Entry:
    """One line of a list that several people add to. ``by`` is a login."""

    at: datetime
    by: str
    text: str

    def to_wire(self) -> dict[str, str]:
        """As it is stored and travels."""
        return {"at": self.at.isoformat(), "by": self.by, "text": self.text}

    @classmethod
    def from_wire(cls, said: Any) -> Entry:
        """Raises ValueError, TypeError or KeyError if it does not fit."""
        by, words = said["by"], said["text"]
        if not isinstance(by, str) or not isinstance(words, str):
            raise TypeError("an entry without author or text")
        return cls(datetime.fromisoformat(said["at"]), by, words)


class EntryList(types.TypeDecorator[tuple[Entry, ...]]):
    """Entries in the order they were added, stored as a JSON list."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> list[dict[str, str]] | None:
        return None if value is None else to_wire(value)

    def process_result_value(self, value: Any, dialect: Any) -> tuple[Entry, ...]:
        return tuple(map(Entry.from_wire, value or ()))


class Base(DeclarativeBase):
    """The one registry of mapped classes."""


def new_id() -> str:
    """A new record id: UUID version 7 (RFC 9562), so that ids sort by the time of making."""
    millis = time.time_ns() // 1_000_000
    value = (millis & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return str(uuid.UUID(int=value))


def field(
    label: str,
    column_type: types.TypeEngine[Any] | type[types.TypeEngine[Any]] = String,
    *,
    merge: Merge = "value",
    group: str | None = None,
    index: bool = False,
) -> MappedColumn[Any]:
    """A field that people see, edit and synchronise.

    ``label`` is the Russian name on screens, in conflicts and in history; ``group`` ties fields
    that only make sense together (an address, a document's series and number): a conflict in one
    is settled for all.
    """
    return mapped_column(
        column_type,
        nullable=True,
        default=None,
        index=index,
        info={"label": label, "merge": merge, "group": group},
    )


@dataclass(frozen=True)
class FieldSpec:
    """One synchronised field of a kind."""

    name: str
    label: str
    merge: Merge
    group: str | None
    column_type: types.TypeEngine[Any]


_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def plain(value: Any) -> Any:
    """The value without what a clipboard or a scanner brings along and no centre can keep:
    control characters and halves of UTF-16 pairs."""
    if isinstance(value, str):
        return _NOT_TEXT.sub("", value) if _NOT_TEXT.search(value) else value
    if isinstance(value, frozenset):
        return frozenset(map(plain, value))
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    if isinstance(value, Entry):
        return replace(value, by=plain(value.by), text=plain(value.text))
    if isinstance(value, dict):
        return {plain(name): plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


class Record(Base):
    """A kept thing: who owns it (``scope``), which version of it we hold, whether it is deleted.

    ``ver`` counts the centre's versions of the whole record, 0 = the centre has not seen it yet.
    ``fver`` maps a field to the version that last changed it; it is the base of the next edit.
    """

    __abstract__ = True

    kind: ClassVar[str]
    title: ClassVar[str]
    """What people call it, in Russian, nominative."""
    facet: ClassVar[Facet]
    moves: ClassVar[bool] = True
    """Whether it goes along when its person is handed over to another unit."""

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    scope: Mapped[int] = mapped_column(Integer, nullable=False)
    ver: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    fver: Mapped[dict[str, int]] = mapped_column(JSON, nullable=False, default=dict)
    deleted: Mapped[bool] = mapped_column(Boolean, nullable=False, default=False)

    if not TYPE_CHECKING:  # mypy would then let any attribute be set

        def __setattr__(self, name: str, value: Any) -> None:
            super().__setattr__(name, plain(value))

    @property
    def owner_id(self) -> str:
        """The person this record is about."""
        return getattr(self, "person_id", None) or self.id


def kinds() -> dict[str, type[Record]]:
    """Every kind of record by its name, in the order of definition."""
    return {cls.kind: cls for cls in _concrete(Record)}


def _concrete(cls: type[Record]) -> Iterator[type[Record]]:
    for sub in cls.__subclasses__():
        if not sub.__dict__.get("__abstract__", False):
            yield sub
        yield from _concrete(sub)


def fields(cls: type[Record]) -> dict[str, FieldSpec]:
    """The synchronised fields of a kind by name."""
    found = cls.__dict__.get("_field_specs")
    if found is None:
        found = {
            column.key: FieldSpec(
                name=column.key,
                label=column.info["label"],
                merge=column.info["merge"],
                group=column.info["group"],
                column_type=column.type,
            )
            for column in cls.__table__.columns
            if "label" in column.info
        }
        cls._field_specs = found
    return found


def to_wire(value: Any) -> Any:
    """A field's value as JSON: dates and instants in ISO 8601, sets as sorted lists, entries as
    objects."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, tuple):
        return [entry.to_wire() for entry in value]
    return value


def from_wire(spec: FieldSpec, value: Any) -> Any:
    """The inverse of :func:`to_wire` for one field.

    Raises ValueError, TypeError or KeyError if the value does not fit the field.
    """
    if value is None:
        return None
    if isinstance(spec.column_type, Date):
        return date.fromisoformat(value)
    if isinstance(spec.column_type, Instant):
        return datetime.fromisoformat(value)
    if isinstance(spec.column_type, StringSet):
        return frozenset(value)
    if isinstance(spec.column_type, EntryList):
        return tuple(map(Entry.from_wire, value))
    expected: type = {Boolean: bool, Integer: int}.get(type(spec.column_type), object)
    if not isinstance(value, expected):
        raise TypeError(f"{spec.name}: {type(value).__name__} instead of {expected.__name__}")
    return value


class Instant(types.TypeDecorator[datetime]):
    """An aware instant, kept as ISO 8601 text in UTC (SQLite has no type for it)."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.isoformat()

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)
