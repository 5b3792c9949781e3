"""The thread that exchanges by itself: soon after an edit, now and then otherwise, less often
while there is no network."""

from __future__ import annotations

import logging
import random
import threading
from time import monotonic
from typing import Final

from arm.errors import ExpectedError, places
from arm.store.store import ChangeSet
from arm.sync.engine import SyncEngine
from arm.sync.file_loop import FileLoop

log = logging.getLogger(__name__)

ACTIVE_SECONDS: Final = 5.0
IDLE_SECONDS: Final = 60.0
ACTIVE_FOR_SECONDS: Final = 300.0
"""How long after an edit or others' changes the short period holds."""
LONGEST_SECONDS: Final = 300.0
JITTER: Final = 0.2
"""500 workstations that lost the network together must not come back together."""
AFTER_EDIT_SECONDS: Final = 0.3
"""A moment for the rest of a quick series of edits to join the batch."""


class SyncLoop:
    """Runs ``engine.exchange`` until stopped. Start once; ``nudge`` makes it go at once."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine
        self._wake = threading.Event()
        self._stopping = False
        self._paused = False
        self._edited = False
        self._failures = 0
        self._active_until = monotonic() + ACTIVE_FOR_SECONDS
        self._random = random.Random()  # noqa: S311  # spreads load, guards nothing
        self._thread: threading.Thread | None = None
        self._files = FileLoop(engine.files, self._wake.set, self._cancelled)
        self._stop_listening = engine.store.listen(self._on_change)

    def start(self) -> None:
        """Begin; harmless when running."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sync-loop", daemon=True)
            self._thread.start()
            self._files.start()

    def stop(self) -> None:
        """Break off what is under way and end the thread; nothing acknowledged is lost."""
        self._stopping = True
        self._stop_listening()
        self._wake.set()
        self._files.stop()
        if self._thread is not None:
            while self._thread.is_alive():
                # again and again: the thread may have been about to open a connection
                self._engine.abort()
                self._thread.join(0.2)
            self._thread = None
        self._engine.update_state(phase="stopped")

    def nudge(self) -> None:
        """Exchange now, whatever the waiting time; a person asked for it or the network is back."""
        self._failures = 0
        self._wake.set()

    def pause(self) -> None:
        """Exchange nothing until :meth:`resume`; edits go on being kept."""
        self._paused = True
        self._engine.abort()
        self._engine.files.abort()
        self._engine.update_state(phase="paused")

    def resume(self) -> None:
        """Go on exchanging, at once."""
        self._paused = False
        self._engine.update_state(phase="idle")
        self.nudge()

    def _on_change(self, changed: ChangeSet) -> None:
        if changed.origin in {"edit", "undo"}:
            self._active_until = monotonic() + ACTIVE_FOR_SECONDS
            self._edited = True
            if not self._failures:
                self._wake.set()

    def _cancelled(self) -> bool:
        return self._stopping or self._paused

    def _run(self) -> None:
        while not self._stopping:
            if not self._paused:
                self._once()
            self._wake.wait(self._waiting_seconds())
            self._wake.clear()
            if self._edited and not self._stopping:
                self._edited = False
                self._pause_briefly()

    def _pause_briefly(self) -> None:
        self._wake.wait(AFTER_EDIT_SECONDS)
        self._wake.clear()

    def _once(self) -> None:
        try:
            report = self._engine.exchange(self._cancelled)
        except ExpectedError as error:
            self._failures += 1
            if not self._cancelled():
                log.info("exchange did not go through: %s", error.code)
        except Exception as error:  # noqa: BLE001 - a bug must not end the exchange for the day
            self._failures += 1
            log.error("exchange failed: %s", places(error))
        else:
            self._failures = 0
            self._files.nudge()
            if report.received or report.sent or report.busy:
                self._active_until = monotonic() + ACTIVE_FOR_SECONDS
        if self._paused:
            self._engine.update_state(phase="paused")

    def _waiting_seconds(self) -> float:
        if self._paused:
            return LONGEST_SECONDS
        period = ACTIVE_SECONDS if monotonic() < self._active_until else IDLE_SECONDS
        if self._failures:
            period = min(LONGEST_SECONDS, ACTIVE_SECONDS * 2 ** min(self._failures - 1, 10))
        return period * self._random.uniform(1 - JITTER, 1 + JITTER)
