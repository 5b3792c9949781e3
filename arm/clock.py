"""Time as an argument: nothing in the program asks the machine directly what day it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where «now» and «today» come from."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    def today(self) -> date:
        """The present calendar day in the office's time zone."""


class SystemClock:
    """The machine's clock and its local time zone."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return datetime.now().astimezone().date()


class FixedClock:
    """A clock for tests and for the tour: stands still until told to go on."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        self.at = at

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def today(self) -> date:
        return self.at.date()

    def advance(self, by: timedelta) -> None:
        """Move the clock; a negative step is a clock jump backwards."""
        self.at += by
