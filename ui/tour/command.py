"""``arm tour --out DIR``: go the main way without a screen and keep everything it made."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from arm import __version__
from arm.errors import ExpectedError
from ui.tour.hands import NotSeen
from ui.tour.stage import Stage, prepare
from ui.tour.steps import STEPS

log = logging.getLogger(__name__)

PERSONS = 2_000


@dataclass
class Outcome:
    """What became of one step. ``checked`` says in words what was compared."""

    name: str
    passed: bool
    seconds: float
    checked: str


def walk(stage: Stage, say: Callable[[str], None]) -> list[Outcome]:
    """Do the steps in order; after a failure the rest are named as not done."""
    outcomes: list[Outcome] = []
    broken = False
    for name, step in STEPS:
        if broken:
            outcomes.append(Outcome(name, False, 0.0, "не выполнялся"))
            continue
        started = time.monotonic()
        try:
            checked = step(stage)
            if stage.bugs:
                raise NotSeen(f"a bug was reported: {stage.bugs[0].splitlines()[-1]}")
        except (NotSeen, AssertionError, ExpectedError, RuntimeError) as error:
            log.exception("step %s failed", name)
            broken, checked = True, f"{type(error).__name__}: {error}"
            _last_pictures(stage)
        seconds = round(time.monotonic() - started, 2)
        outcomes.append(Outcome(name, not broken, seconds, checked))
        say(f"{'✓' if not broken else '✕'} {name} – {checked} ({seconds:.1f} с)")
    return outcomes


def _last_pictures(stage: Stage) -> None:
    for desk in stage.desks.values():
        desk.hands.picture(f"failed-{desk.name}")


def report(stage: Stage, outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """The protocol, as it goes to ``tour.json``."""
    return {
        "passed": all(o.passed for o in outcomes),
        "version": __version__,
        "seconds": round(seconds, 1),
        "persons": stage.persons,
        "steps": [asdict(o) for o in outcomes],
        "files": sorted(p.name for p in stage.out.iterdir() if p.name != "tour.json"),
    }


def main(words: Sequence[str] = ()) -> int:
    """Run the tour; 0 if every step went as expected."""
    parser = argparse.ArgumentParser(
        prog="arm tour", description="Главный путь через виджеты, без экрана"
    )
    parser.add_argument("--out", type=Path, required=True, help="куда сложить снимки и протокол")
    parser.add_argument("--persons", type=int, default=PERSONS, help="сколько людей выдумать")
    parser.add_argument("--json", action="store_true", help="напечатать протокол")
    chosen = parser.parse_args(list(words))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    started = time.monotonic()
    with TemporaryDirectory(prefix="okno-tour-") as folder, ExitStack() as closing:
        stage = prepare(chosen.out.resolve(), Path(folder), chosen.persons, closing)
        closing.callback(setattr, sys, "excepthook", sys.excepthook)
        sys.excepthook = stage.catch
        outcomes = walk(stage, lambda text: print(text, file=sys.stderr, flush=True))
    protocol = report(stage, outcomes, time.monotonic() - started)
    text = json.dumps(protocol, ensure_ascii=False, indent=1)
    (stage.out / "tour.json").write_text(text + "\n", encoding="utf-8")
    if chosen.json:
        print(text)
    print(
        f"{'Всё прошло' if protocol['passed'] else 'Не прошло'}: {len(outcomes)} шагов, "
        f"{protocol['seconds']:.0f} с. Итоги: {stage.out}",
        file=sys.stderr,
    )
    return 0 if protocol["passed"] else 1
