"""How far files have come on their way, told at once to whoever watches, and what hurries them.

Between the thread that transfers and those that ask or show. What must outlive the program is in
the table ``blob``; this board only spares the screens from reading it ten times a second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from arm.errors import ExpectedError, places

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Transfer:
    """One file under way, or the end of its way: ``error`` says why it did not come."""

    sha256: str
    direction: Literal["up", "down"]
    done: int
    """Bytes."""
    total: int
    over: bool = False
    error: ExpectedError | None = None

    @property
    def percent(self) -> int:
        """0 to 100."""
        return 100 * self.done // self.total if self.total else 0


Watcher = Callable[[Transfer], None]


class TransferBoard:
    """The transfers of one workstation."""

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []
        self._moving: dict[str, Transfer] = {}
        self.asked = threading.Event()
        """Set when a person wants a file now."""

    def watch(self, fn: Watcher) -> Callable[[], None]:
        """Have ``fn`` called with each step, in the transferring thread, until the returned
        function is called."""
        self._watchers.append(fn)

        def stop() -> None:
            if fn in self._watchers:
                self._watchers.remove(fn)

        return stop

    def moving(self, sha256: str) -> Transfer | None:
        """The transfer of a file that is under way now."""
        return self._moving.get(sha256)

    def tell(self, step: Transfer) -> None:
        """A step was made."""
        if step.over:
            self._moving.pop(step.sha256, None)
        else:
            self._moving[step.sha256] = step
        for fn in tuple(self._watchers):
            try:
                fn(step)
            except Exception as error:  # noqa: BLE001 - a screen's bug must not stop the transfer
                log.error("a watcher of files failed: %s", places(error))
