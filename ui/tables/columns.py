"""Columns as data: what a list can show, and how one person arranged it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal["name", "text", "strong", "date", "number", "pill", "words", "sign"]
"""How a cell is drawn: ``name`` – the main text with search marks and tags; ``text`` – second
plan; ``strong`` and ``date`` – main colour; ``number`` – main colour, one width; ``pill``,
``words``, ``sign`` – a cell of :mod:`ui.tables.rows`."""

MINIMUM_WIDTH = 56
MAXIMUM_WIDTH = 720


@dataclass(frozen=True)
class Column:
    """One column a list can show. Widths are in logical pixels."""

    key: str
    title: str
    width: int
    align: Literal["left", "right"] = "left"
    kind: Kind = "text"
    menu_title: str = ""
    """What the column is called in the chooser; empty = the title."""
    locked: bool = False
    """Always shown, always first: the column that says whose row it is."""
    shown: bool = True
    """Shown unless a person decided otherwise."""
    sortable: bool = True
    stretch: bool = False
    """Takes the room that is left."""
    descending_first: bool = False
    """The first click sorts from the newest or largest."""


@dataclass(frozen=True)
class Placed:
    """A column as it stands for one person."""

    column: Column
    width: int
    shown: bool


class Arrangement:
    """Order, widths and choice of columns: defaults, then what a person changed."""

    def __init__(self, columns: Sequence[Column], remembered: Any = None) -> None:
        self.columns = tuple(columns)
        self.placed: list[Placed] = []
        self.restore()
        if remembered:
            self._apply(remembered)

    def restore(self) -> None:
        """Back to how the list was made: «Вернуть как было»."""
        self.placed = [Placed(column, column.width, column.shown) for column in self.columns]

    def _apply(self, remembered: Any) -> None:
        """Take over a remembered arrangement; columns it does not know keep their defaults.

        What was remembered may come from an older or newer version of the program, so anything
        that is not understood is passed over.
        """
        if not isinstance(remembered, list):
            return
        known = {placed.column.key: placed for placed in self.placed}
        order: list[Placed] = []
        for entry in remembered:
            if not isinstance(entry, Mapping) or entry.get("key") not in known:
                continue
            order.append(_placed_from(known.pop(str(entry["key"])), entry))
        for index, placed in enumerate(self.placed):
            if placed.column.key in known:
                order.insert(min(index, len(order)), placed)
        order.sort(key=lambda placed: not placed.column.locked)
        self.placed = order

    def remembered(self) -> list[dict[str, Any]]:
        """The arrangement as JSON, for the person's settings."""
        return [
            {"key": placed.column.key, "width": placed.width, "shown": placed.shown}
            for placed in self.placed
        ]

    def shown(self) -> list[Placed]:
        """What is on the screen, left to right."""
        return [placed for placed in self.placed if placed.shown]

    def set_shown(self, key: str, shown: bool) -> None:
        """Show or hide one column; a locked one stays."""
        self._replace(key, shown=shown)

    def set_width(self, key: str, width: int) -> None:
        """A width a person dragged."""
        self._replace(key, width=max(MINIMUM_WIDTH, min(width, MAXIMUM_WIDTH)))

    def set_order(self, keys: Sequence[str]) -> None:
        """Left to right; locked columns stay first, keys that are missing follow as they were."""
        rank = {key: place for place, key in enumerate(keys)}
        self.placed.sort(
            key=lambda placed: (not placed.column.locked, rank.get(placed.column.key, len(rank)))
        )

    def _replace(self, key: str, **changes: Any) -> None:
        for index, placed in enumerate(self.placed):
            if placed.column.key == key:
                if placed.column.locked:
                    changes.pop("shown", None)
                self.placed[index] = replace(placed, **changes)


def _placed_from(placed: Placed, entry: Mapping[str, Any]) -> Placed:
    width = entry.get("width")
    shown = entry.get("shown")
    return replace(
        placed,
        width=width
        if isinstance(width, int) and MINIMUM_WIDTH <= width <= MAXIMUM_WIDTH
        else placed.width,
        shown=True if placed.column.locked else bool(placed.shown if shown is None else shown),
    )
