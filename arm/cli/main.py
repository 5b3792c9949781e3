"""The ``arm`` command: everything that can be done without a screen, and the way to the window."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from arm import __version__
from arm.cli import central, demo, join, mrz, papers, people, state
from arm.cli.output import print_error
from arm.errors import ExpectedError

SCREEN_COMMANDS = {
    "run": ("ui.shell.app", "открыть окно рабочего места"),
    "tour": ("ui.tour.command", "пройти главный путь через виджеты и снять все экраны"),
    "gallery": ("ui.widgets.gallery", "показать все элементы оформления"),
    "bench": ("bench.__main__", "замеры рядом с основой"),
}
"""Commands that live above the core: found by name, so that the core imports no screen."""

INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells expect it."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="arm",
        description="«Единое окно»: рабочее место специалиста. Папка данных — переменная ARM_HOME.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="КОМАНДА")
    for room in (demo, join, people, mrz, papers, state, central):
        room.register(commands)
    for name, (_, what) in SCREEN_COMMANDS.items():
        commands.add_parser(name, help=what, add_help=False)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 no, 2 wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    if words and words[0] in SCREEN_COMMANDS:
        module, _ = SCREEN_COMMANDS[words[0]]
        return int(import_module(module).main(words[1:]))
    chosen = _parser().parse_args(words)
    try:
        code = int(chosen.run(chosen))
        sys.stdout.flush()
        return code
    except ExpectedError as error:
        print_error(error, as_json=getattr(chosen, "json", False))
        return 1
    except BrokenPipeError:
        # The reader («… | head») has gone: nobody is left to tell, and Python must not try again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Прервано.", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
