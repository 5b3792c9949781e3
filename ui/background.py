"""Work off the GUI thread: one writer in strict order, a few readers, long tasks.

Results come back as Qt signals, so callbacks always run in the GUI thread.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, Signal
from shiboken6 import isValid

from arm.errors import places

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Failed = Callable[[Exception], None]
Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


class Task:
    """A long piece of work that a person can break off with :meth:`cancel`."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next step; ``done`` will not be called."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Whether stopping was asked for; the work itself looks here."""
        return self._stop.is_set()


LONGEST_READ_SECONDS = 10.0
"""So long closing waits for a read that can't be broken off."""


class Background(QObject):
    """Runs functions in threads and hands their results back to the GUI thread.

    ``changed`` carries the change sets of the store to all open screens.
    """

    changed = Signal(object)
    crashed = Signal(object)
    """An exception nobody asked to hear about: a bug, for the crash report."""
    _call = Signal(object)

    def __init__(self, parent: QObject | None = None, readers: int = 2) -> None:
        super().__init__(parent)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._tasks = ThreadPoolExecutor(2, thread_name_prefix="task")
        self._newest: dict[object, int] = {}
        self._waiting: dict[object, tuple[int, Future[None]]] = {}
        self._lock = threading.Lock()
        self._busy = 0
        self._open = True
        self._running: set[Task] = set()
        self._under_way: set[Future[None]] = set()
        self._call.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def read(
        self,
        fn: Callable[[], Result],
        done: Callable[[Result], None],
        failed: Failed | None = None,
        key: object | None = None,
    ) -> None:
        """Run ``fn`` on a reader thread, then ``done(result)`` in the GUI thread.

        Of all reads with the same ``key`` only the newest answers; older ones that have not
        begun are dropped.
        """
        if key is None:
            self._submit(self._readers, fn, done, failed, lambda: True)
            return
        generation = self._newest[key] = self._newest.get(key, 0) + 1
        earlier = self._waiting.get(key)
        if earlier is not None and earlier[1].cancel():
            self._finished()

        def is_newest() -> bool:
            return self._newest.get(key) == generation

        future = self._submit(self._readers, fn, done, failed, is_newest)
        if future is not None:
            self._waiting[key] = (generation, future)

    def write(
        self,
        fn: Callable[[], Result],
        done: Callable[[Result], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Run ``fn`` on the writer thread, after every earlier write."""
        self._submit(self._writer, fn, done, failed, lambda: True)

    def task(
        self,
        fn: Callable[[Progress, Cancelled], Result],
        done: Callable[[Result], None],
        failed: Failed | None = None,
        progress: Progress | None = None,
    ) -> Task:
        """Run long work; ``progress(done, total)`` arrives in the GUI thread, ≤ 20 a second."""
        task = Task()
        last = 0.0

        def tell(current: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if progress is not None and (now - last >= 0.05 or current >= total):
                last = now
                self._call.emit(lambda: progress(current, total))

        def run() -> Result:
            return fn(tell, task.cancelled)

        def finish(result: Result) -> None:
            self._running.discard(task)
            if not task.cancelled():
                done(result)

        def fail(error: Exception) -> None:
            self._running.discard(task)
            if task.cancelled():
                return
            self._tell_failure(failed, error)

        self._running.add(task)
        self._submit(self._tasks, run, finish, fail, lambda: True)
        return task

    def announce(self, change: object) -> None:
        """Tell all screens what changed; may be called from any thread."""
        self._call.emit(lambda: self.changed.emit(change))

    def later(self, fn: Callable[[], None]) -> None:
        """Run ``fn`` in the GUI thread; may be called from any thread."""
        self._call.emit(fn)

    @property
    def busy(self) -> int:
        """How many pieces of work are not finished."""
        with self._lock:
            return self._busy

    def drain(self, ms: int = 5000) -> bool:
        """Wait until all work is done and delivered, with the event loop running.

        For tests, the tour and closing. False when ``ms`` milliseconds were not enough.
        """
        end = time.monotonic() + ms / 1000
        while time.monotonic() < end:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            if self.busy == 0:
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
                if self.busy == 0:
                    return True
            time.sleep(0.002)
        return False

    def close(self) -> None:
        """Finish writes that were begun or queued, drop reads, break off long tasks."""
        if not self._open:
            return
        self._open = False
        for task in self._running:
            task.cancel()
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._tasks.shutdown(wait=True, cancel_futures=True)
        self._writer.shutdown(wait=True)
        # a read under way holds what it would answer to: if its thread let go of a page last, the
        # page would be taken down in that thread, which crashes
        wait(tuple(self._under_way), timeout=LONGEST_READ_SECONDS)

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        fn: Callable[[], Any],
        done: Callable[[Any], None] | None,
        failed: Failed | None,
        wanted: Callable[[], bool],
    ) -> Future[None] | None:
        if not self._open:
            return None
        with self._lock:
            self._busy += 1

        def run() -> None:
            try:
                result = fn()
            except Exception as error:  # noqa: BLE001 - handed to the caller in the GUI thread
                caught = error
                self._emit(lambda: self._answer(lambda: self._tell_failure(failed, caught), wanted))
            else:
                self._emit(lambda: self._answer(lambda: _hand_over(done, result), wanted))

        future = pool.submit(run)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def _emit(self, fn: Callable[[], None]) -> None:
        try:
            self._call.emit(fn)
        except RuntimeError:
            # The window is already gone: nobody is left to hear the answer.
            log.debug("an answer came after the window had closed")

    def _answer(self, tell: Callable[[], None], wanted: Callable[[], bool]) -> None:
        try:
            if self._open and wanted():  # after closing there is no screen left to tell
                tell()
        finally:
            self._finished()

    def _finished(self) -> None:
        with self._lock:
            self._busy -= 1

    def _tell_failure(self, failed: Failed | None, error: Exception) -> None:
        if failed is not None:
            failed(error)
            return
        log.error("background work failed: %s", places(error))
        self.crashed.emit(error)

    def _deliver(self, fn: Callable[[], None]) -> None:
        fn()


def _hand_over(done: Callable[[Any], None] | None, result: object) -> None:
    """Give the result to whoever asked, unless their widget was closed and deleted meanwhile."""
    asker = getattr(done, "__self__", None)
    if done is None or (isinstance(asker, QObject) and not isValid(asker)):
        return
    try:
        done(result)
    except RuntimeError as error:
        # A closure over a deleted widget can't be recognised before it is run.
        if not any(words in str(error) for words in _GONE):
            raise
        log.debug("an answer came after its widget had been deleted")


_GONE = ("Signal source has been deleted", "already deleted")
"""What PySide says of an object whose Qt half is gone."""
