"""The stage of the figures: one demonstration of ``BENCH_PERSONS`` people, made once a run."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from arm.central.embedded import EmbeddedCentral
from arm.cli.demo import prepare
from arm.demonstration import PEOPLE
from arm.password_file import DEMONSTRATION_PASSWORD
from arm.places import Home
from arm.workstation import Workstation, open_workstation

PERSONS = int(os.environ.get("BENCH_PERSONS", "150000"))
"""How many people the demonstration has."""


@cache
def home() -> Home:
    """The prepared home. ``BENCH_HOME`` names a folder to keep between runs."""
    kept = os.environ.get("BENCH_HOME")
    root = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="okno-bench-"))
    there = Home(root.resolve())
    prepare(there, PERSONS, DEMONSTRATION_PASSWORD)
    atexit.register(_leave, there, keep=bool(kept))
    return there


def _leave(there: Home, *, keep: bool) -> None:
    EmbeddedCentral(there.central).stop()
    if not keep:
        shutil.rmtree(there.root, ignore_errors=True)


def workstation() -> Workstation:
    """Opened for the first account; close it before the next one is opened."""
    return open_workstation(home(), PEOPLE[0].login, DEMONSTRATION_PASSWORD)
