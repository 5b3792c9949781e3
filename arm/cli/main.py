"""The ``arm`` command: everything that can be done without a screen, and the way to the window."""

from __future__ import annotations

import argparse
import io
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from arm import __version__
from arm.cli.output import print_error
from arm.errors import ExpectedError
from arm.places import home_from_environment

ROOMS = (
    "demo",
    "join",
    "leave",
    "people",
    "mrz",
    "papers",
    "duplicates",
    "payments",
    "organisations",
    "state",
    "trust",
    "law",
    "package",
    "central",
    "accounts",
    "backup",
)
"""Modules of this folder with commands, loaded when one of them is asked for: the window must not
wait for the database drivers."""

SCREEN_COMMANDS = {
    "run": ("ui.shell.app", "открыть окно рабочего места"),
    "tour": ("ui.tour.command", "пройти главный путь через виджеты и снять все экраны"),
    "gallery": ("ui.widgets.gallery", "показать все элементы оформления"),
    "bench": ("bench.__main__", "замеры рядом с основой"),
}
"""Commands that live above the core: found by name, so that the core imports no screen."""

INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells expect it."""


class OutOfReach(ExpectedError):
    """The operating system refuses a file or a folder."""

    code = "out_of_reach"
    title = "Нет доступа: {path} ({why})"
    advice = "Проверьте путь, права и место на диске"


class Unexpected(ExpectedError):
    """A bug of ours, told without a traceback: that could quote a person."""

    code = "unexpected"
    title = "Сбой программы ({kind}, {place})"
    advice = "Передайте разработчикам эту строку и журнал {log}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="arm",
        description="«Единое окно»: рабочее место специалиста. Папка данных — переменная ARM_HOME.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    for room in ROOMS:
        import_module(f"arm.cli.{room}").register(commands)
    for name, (_, what) in SCREEN_COMMANDS.items():
        commands.add_parser(name, help=what, add_help=False)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 no, 2 wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    _speak_utf8()
    on_screen = bool(words) and words[0] in SCREEN_COMMANDS
    chosen = argparse.Namespace() if on_screen else _readable(_parser().parse_args(words))
    try:
        if on_screen:
            code = int(import_module(SCREEN_COMMANDS[words[0]][0]).main(words[1:]))
        else:
            code = int(chosen.run(chosen))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader («… | head») has gone: nobody is left to tell, and Python must not try again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        print("Прервано.", file=sys.stderr)
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001  # a bug too gets an answer that programs can read
        print_error(_in_our_words(error), as_json=getattr(chosen, "json", False))
        code = 1
    return code


def _in_our_words(error: Exception) -> ExpectedError:
    if isinstance(error, ExpectedError):
        return error
    if isinstance(error, OSError):
        return OutOfReach(path=error.filename or "–", why=error.strerror or error.errno)
    return _noted(error)


def _speak_utf8() -> None:
    """JSON is UTF-8 wherever it goes: a pipe on Windows would otherwise get cp1251."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _readable(chosen: argparse.Namespace) -> argparse.Namespace:
    """Bytes of an argument that are no text become «?»; a path keeps them, it may be such."""

    def clean(value: object) -> object:
        if isinstance(value, str):
            return value.encode("utf-8", "replace").decode("utf-8")
        return [clean(one) for one in value] if isinstance(value, list) else value

    for name, value in vars(chosen).items():
        setattr(chosen, name, clean(value))
    return chosen


def _noted(error: Exception) -> Unexpected:
    """Write the places in the code into the log; the message stays out, it may quote a person."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames]
    path = home_from_environment().log
    lines = [f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} ERROR arm {__version__}", *places]
    try:
        with path.open("a", encoding="utf-8") as log:
            log.write("\n  ".join([*lines, type(error).__name__]) + "\n")
    except OSError:
        path = Path("–")
    return Unexpected(kind=type(error).__name__, place=places[-1], log=path)


if __name__ == "__main__":
    sys.exit(main())
