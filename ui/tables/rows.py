"""What a row looks like, ready to be painted: texts already formatted, nothing to compute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

PillKind = Literal["ok", "warn", "bad", "neutral", "accent", "plain"]


@dataclass(frozen=True, slots=True)
class Pill:
    """A short verdict: colour, icon and words together, never colour alone."""

    kind: PillKind
    text: str
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A text with a grey remark after it: «Поставить на учёт въезд 21.04»."""

    text: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """An icon alone in a cell; ``words`` say it to a screen reader."""

    icon: str
    color: str = "text3"
    words: str = ""


Cell = str | Pill | Words | Sign


@dataclass(slots=True)
class RowLook:
    """One row as it is painted and copied."""

    cells: dict[str, Cell] = field(default_factory=dict)
    """By column key; a missing key is an empty cell, unless ``make`` knows it."""
    make: Callable[[str], Cell] | None = None
    """Makes a cell when it is first wanted: most columns are never looked at."""
    tags: tuple[Pill, ...] = ()
    """Small labels after the name."""
    unsent: bool = False
    """Holds edits that have not left this computer: cloud-off after the name."""
    unsent_text: str = ""
    """What the cloud says to a screen reader."""

    def cell(self, key: str) -> Cell:
        """What stands in a column."""
        found = self.cells.get(key)
        if found is None:
            found = self.cells[key] = self.make(key) if self.make is not None else ""
        return found

    def text(self, key: str) -> str:
        """The words of a cell, for copying and for screen readers."""
        cell = self.cell(key)
        if isinstance(cell, str):
            return cell
        if isinstance(cell, Words):
            return f"{cell.text} {cell.remark}".strip()
        return cell.text if isinstance(cell, Pill) else cell.words


@dataclass(frozen=True, slots=True)
class Group:
    """A heading inside a list: «Совпала фамилия 8»."""

    title: str
    count: int
    icon: str = ""
    color: str = "text3"
    told: int | None = None
    """The count to show when only the first ``count`` rows are listed."""
