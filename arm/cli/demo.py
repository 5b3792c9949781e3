"""``arm demo``: the demonstration, ready to look at."""

from __future__ import annotations

import argparse
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from arm import demonstration
from arm.cli.opening import add_json, count
from arm.cli.output import print_json, progress_line
from arm.clock import SystemClock
from arm.errors import ExpectedError
from arm.password_file import DEMONSTRATION_PASSWORD, password_from_file
from arm.places import Home, home_from_environment
from arm.profile import read_profile
from arm.workstation import open_workstation

TOUR_FOLDER = Path("out") / "tour"


class HomeTaken(ExpectedError):
    """Real work lies here: a demonstration must not touch it."""

    code = "home_taken"
    title = "В папке {folder} уже есть рабочее место с настоящими данными"
    advice = "Укажите для показа другую папку в переменной ARM_HOME"


def register(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("demo", help="показ: центр, организация, выдуманные люди")
    parser.add_argument("--persons", type=count, default=2000, help="сколько людей выдумать")
    parser.add_argument(
        "--window", action="store_true", help="открыть окно; без экрана — пройти путь без него"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def demonstration_home() -> Home:
    """``ARM_HOME`` if named; otherwise a folder of its own, apart from real work."""
    home = home_from_environment()
    return home if "ARM_HOME" in os.environ else Home(home.root.with_name("edinoe-okno-pokaz"))


def has_screen() -> bool:
    """Whether a window can be shown on this machine."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments: argparse.Namespace) -> int:
    """Prepare the demonstration if it is not there yet; then the window, if asked for."""
    if arguments.window and not has_screen():
        progress_line(f"Экрана нет: проходим главный путь без него, итоги будут в {TOUR_FOLDER}")
        return int(import_module("ui.tour.command").main(["--out", str(TOUR_FOLDER)]))
    home = demonstration_home()
    password = password_from_file() or DEMONSTRATION_PASSWORD
    facts = prepare(home, arguments.persons, password)
    if arguments.json:
        print_json(facts)
    else:
        progress_line(
            f"Готово: людей {facts['people']}, {facts['seconds']:.1f} с, папка {home.root}"
        )
    if not arguments.window:
        return 0
    os.environ["ARM_HOME"] = str(home.root)
    words = ["--login", demonstration.PEOPLE[0].login, "--signed-in"]
    return int(import_module("ui.shell.app").main(words))


def _all_are_in(home: Home) -> bool:
    """False if the preparation was broken off before the last account."""
    profile = read_profile(home.profile)
    return all(profile.account(person.login) for person in demonstration.PEOPLE)


def prepare(home: Home, persons: int, password: str) -> dict[str, Any]:
    """A demonstration in ``home``, first load included. Raises HomeTaken."""
    started = time.monotonic()
    login = demonstration.PEOPLE[0].login
    if home.profile.exists() and not read_profile(home.profile).demonstration:
        raise HomeTaken(folder=home.root)
    if not home.profile.exists() or not _all_are_in(home):
        today = SystemClock().today()
        demonstration.start(home, persons, today, password, progress_line)
    loaded = 0
    with open_workstation(home, login, password) as here:
        if here.sync is not None:
            progress_line("Первая загрузка на рабочее место")
            loaded = here.sync.exchange().loaded
        people = here.people_count()
    return {
        "home": str(home.root),
        "login": login,
        "people": people,
        "loaded": loaded,
        "seconds": round(time.monotonic() - started, 2),
    }
