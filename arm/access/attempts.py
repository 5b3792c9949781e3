"""Wrong passwords in a row make the next try wait, longer each time, at most a quarter of an hour.

They are counted by login, known or not, in a small file of the home, so that starting the program
anew does not spare the wait. It holds up a hand at this keyboard, not whoever copies the home away:
docs/keys.md. A file that is damaged or gone counts as no failures; it must never shut anybody out.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Final

from arm.access.errors import TooManyAttempts
from arm.access.whole_json import replace_json
from arm.clock import Clock, SystemClock

WAITS: Final = (0, 0, 0, 5, 15, 30, 60, 120, 300, 900)
"""Seconds to wait after the first wrong password, the second, and so on; the last one stays."""
REMEMBERED: Final = timedelta(days=1)
"""Failures so long ago are forgotten, or a prank would still slow down next week's slip."""


@dataclass(frozen=True)
class _Failures:
    count: int
    last: datetime

    @property
    def wait(self) -> int:
        return WAITS[min(self.count, len(WAITS)) - 1]


class Attempts:
    """The file at ``path``. What can't be written is not counted: a full disk shuts nobody out."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self._path = path
        self._clock = clock or SystemClock()

    def wait(self, login: str) -> int:
        """Seconds until a password of this login is tried again; 0 if it may be now."""
        held = self._read()
        failures = held.get(login)
        if failures is None:
            return 0
        now = self._clock.now()
        if now < failures.last:
            # The clock was set back. The wait begins anew, once: it neither ends early nor lasts
            # until the clock has caught up.
            failures = _Failures(failures.count, now)
            self._write(held | {login: failures})
        return max(0, ceil(failures.wait - (now - failures.last).total_seconds()))

    def require_turn(self, login: str) -> None:
        """Raises TooManyAttempts while the wait is on."""
        seconds = self.wait(login)
        if seconds:
            raise TooManyAttempts(seconds)

    def failed(self, login: str) -> None:
        """One more wrong password."""
        now = self._clock.now()
        held = {name: one for name, one in self._read().items() if now - one.last < REMEMBERED}
        before = held[login].count if login in held else 0
        self._write(held | {login: _Failures(before + 1, now)})

    def forget(self, login: str) -> None:
        """The password was right, or there is a new one."""
        held = self._read()
        if held.pop(login, None) is not None:
            self._write(held)

    def _read(self) -> dict[str, _Failures]:
        try:
            held = json.loads(self._path.read_text("utf-8"))
            return {
                str(login): _failures(int(one["count"]), datetime.fromisoformat(one["last"]))
                for login, one in held.items()
            }
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            OverflowError,
            RecursionError,
        ):
            return {}

    def _write(self, held: dict[str, _Failures]) -> None:
        plain = {
            login: {"count": one.count, "last": one.last.isoformat()} for login, one in held.items()
        }
        with suppress(OSError):
            replace_json(self._path, plain)


def _failures(count: int, last: datetime) -> _Failures:
    if count < 1 or last.tzinfo is None:
        raise ValueError("not written by us")
    return _Failures(count, last)
