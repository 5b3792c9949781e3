"""Start of the program: to the sign-in window, and to the usable list.

Every start is a process of its own, counted from before it exists until its window has been
painted; offscreen, so that no desktop is measured. The baseline is an empty PySide6 window
started the same way: what Python and Qt take themselves. Signing in includes the stretching of
the password (Argon2id, 64 MiB), which is slow on purpose: it is the baseline of the last line.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from arm.access.keys import KeyFile
from arm.central.embedded import EmbeddedCentral
from arm.cli.demo import prepare
from arm.demonstration import PEOPLE
from arm.password_file import DEMONSTRATION_PASSWORD
from arm.places import Home
from bench.line import Line, lower_is_better

PERSONS = int(os.environ.get("BENCH_STARTUP_PERSONS", "2000"))
STARTS = int(os.environ.get("BENCH_STARTS", "7"))
"""Starts of each kind, by turns; the median is given."""

_ROOT = Path(__file__).resolve().parents[1]


def run() -> list[Line]:
    """Milliseconds to each of our windows beside those to a bare one."""
    with tempfile.TemporaryDirectory(prefix="okno-start-") as folder:
        home = Home(Path(folder) / "home")
        prepare(home, PERSONS, DEMONSTRATION_PASSWORD)
        try:
            return _lines(home)
        finally:
            EmbeddedCentral(home.central).stop()
            shutil.rmtree(home.central, ignore_errors=True)


def _lines(home: Home) -> list[Line]:
    login = PEOPLE[0].login
    took: dict[str, list[float]] = {kind: [] for kind in ("bare", "window", "list", "typed")}
    for turn in range(STARTS + 1):
        milliseconds = {
            "bare": _start(home, "startup_bare"),
            "window": _start(home, "startup_child", "--login", login),
            "list": _start(home, "startup_child", "--login", login, "--signed-in"),
            "typed": _typed(home, login),
        }
        for kind, figure in milliseconds.items():
            if turn:  # the first turn fills the disk cache
                took[kind].append(figure)
    stretching = median(_stretch(home, login) for _ in range(3))
    bare = median(took["bare"])
    people = f"{PERSONS:,}".replace(",", " ")
    name = "пустое окно PySide6"
    return [
        lower_is_better("запуск → окно входа", median(took["window"]), "мс", name, bare),
        lower_is_better(
            f"запуск → список, {people} человек", median(took["list"]), "мс", name, bare
        ),
        lower_is_better(
            f"Enter под паролем → список, {people} человек",
            median(took["typed"]),
            "мс",
            "одно растяжение пароля",
            stretching,
        ),
    ]


def _run(home: Home, module: str, *words: str) -> float:
    environment = os.environ | {
        "ARM_HOME": str(home.root),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(_ROOT),
    }
    answer = subprocess.run(
        [sys.executable, "-m", f"bench.{module}", *words],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(answer.stdout.split()[-1])


def _start(home: Home, module: str, *words: str) -> float:
    began = time.time()
    return (_run(home, module, *words) - began) * 1000


def _typed(home: Home, login: str) -> float:
    words = ("--login", login, "--typed", DEMONSTRATION_PASSWORD)
    return _run(home, "startup_child", *words)


def _stretch(home: Home, login: str) -> float:
    began = time.perf_counter()
    KeyFile(home.keys).unlock(login, DEMONSTRATION_PASSWORD)
    return (time.perf_counter() - began) * 1000
