"""What a row looks like, ready to be painted: texts already formatted, nothing to compute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

PillKind = Literal["ok", "warn", "bad", "neutral", "accent", "plain"]


@dataclass(frozen=True, slots=True)
class Pill:
    """A short verdict: colour, icon and words together, never colour alone."""

    kind: PillKind
    text: str
    icon: str | None = None


Cell = str | Pill


@dataclass(slots=True)
class RowLook:
    """One row as it is painted and copied."""

    cells: dict[str, Cell] = field(default_factory=dict)
    """By column key; a missing key is an empty cell."""
    tags: tuple[Pill, ...] = ()
    """Small labels after the name."""
    unsent: bool = False
    """Holds edits that have not left this computer: cloud-off after the name."""
    unsent_text: str = ""
    """What the cloud says to a screen reader."""

    def text(self, key: str) -> str:
        """The words of a cell, for copying and for screen readers."""
        cell = self.cells.get(key, "")
        return cell.text if isinstance(cell, Pill) else cell


@dataclass(frozen=True, slots=True)
class Group:
    """A heading inside a list: «Совпала фамилия 8»."""

    title: str
    count: int
