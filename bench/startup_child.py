"""One start, seen from inside: says when the window was painted, then leaves.

The words go to ``arm run``, the real way to the window.
Prints seconds since the epoch, so that the parent can count from before the process was there.
``--typed PASSWORD`` waits as long as a person types, signs in and prints how many milliseconds
passed from Enter to the painted list.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QTableView

from arm.cli.main import main
from ui.shell.frame import Frame

PATIENCE = 60_000


def _leave() -> None:
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            window.repaint()
    print(f"{time.time():.6f}", flush=True)
    os._exit(0)


def _window_shown() -> bool:
    return any(window.isVisible() for window in QApplication.topLevelWidgets())


def _rows_shown() -> bool:
    tables = [w for w in QApplication.allWidgets() if isinstance(w, QTableView) and w.isVisible()]
    models = [table.model() for table in tables]
    return any(model is not None and model.rowCount() > 0 for model in models)


def _watch(ready: Callable[[], bool], then: Callable[[], None] = _leave) -> None:
    """Look every 5 ms; once it is there, go on."""
    app = QApplication.instance()
    look = QTimer(app, interval=5)

    def check() -> None:
        if ready():
            look.stop()
            then()

    look.timeout.connect(check)
    look.start()
    QTimer.singleShot(PATIENCE, lambda: os._exit(1))


def _frame() -> Frame | None:
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, Frame)), None)


def _typed(login: str, password: str) -> None:
    frame = _frame()
    assert frame is not None
    began = time.perf_counter()
    frame.sign_in(login, password)

    def leave() -> None:
        frame.repaint()
        print(f"{(time.perf_counter() - began) * 1000:.3f}", flush=True)
        os._exit(0)

    _watch(_rows_shown, leave)


def _hands_free() -> bool:
    frame = _frame()
    return frame is not None and frame.isVisible() and frame.background.busy == 0


def ours(words: Sequence[str], password: str) -> None:
    """``arm run`` as the command starts it; only the event loop is watched."""
    run = QApplication.exec

    def watched() -> int:
        if password:
            _watch(_hands_free, lambda: _typed(words[1], password))
        else:
            _watch(_rows_shown if "--signed-in" in words else _window_shown)
        return int(run())

    QApplication.exec = watched  # type: ignore[method-assign]
    main(["run", *words])


if __name__ == "__main__":
    given = sys.argv[1:]
    if "--typed" in given:
        at = given.index("--typed")
        ours(given[:at], given[at + 1])
    else:
        ours(given, "")
