"""The thread that moves files: after each exchange that went through, and when a person asks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from arm.errors import ExpectedError, places
from arm.sync.files import FileExchange

log = logging.getLogger(__name__)


class FileLoop:
    """Runs ``files.exchange`` until stopped. ``on_sent`` is called when files have reached the
    centre, so that the records naming them can go."""

    def __init__(
        self, files: FileExchange, on_sent: Callable[[], None], cancelled: Callable[[], bool]
    ) -> None:
        self._files = files
        self._on_sent = on_sent
        self._paused = cancelled
        self._asked = files.store.files.board.asked
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; harmless when running."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="file-loop", daemon=True)
            self._thread.start()

    def nudge(self) -> None:
        """There is a line to the centre: go on."""
        self._asked.set()

    def stop(self) -> None:
        """Break off what is under way and end the thread; it goes on from the same piece."""
        self._stopping = True
        self._asked.set()
        if self._thread is not None:
            while self._thread.is_alive():
                # again and again: the thread may have been about to open a connection
                self._files.abort()
                self._thread.join(0.2)
            self._thread = None

    def _cancelled(self) -> bool:
        return self._stopping or self._paused()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            if self._stopping:
                return
            if not self._cancelled():
                self._once()

    def _once(self) -> None:
        try:
            if self._files.exchange(self._cancelled).sent:
                self._on_sent()
        except ExpectedError as error:
            # the next exchange that goes through nudges us again
            log.info("files did not go through: %s", error.code)
        except Exception as error:  # noqa: BLE001 - a bug must not end the transfers for the day
            log.error("transfer of files failed: %s", places(error))
