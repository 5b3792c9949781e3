"""Modules may be imported in a thread while the window's thread makes widgets."""

from __future__ import annotations

import builtins
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_pysides_own_import_is_gone_here_too() -> None:
    assert builtins.__import__.__name__ == "__import__"


def test_the_program_imports_with_the_built_in_one() -> None:
    program = (
        "import builtins; own = builtins.__import__; import ui.shell.app;"
        "print(builtins.__import__ is own)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "True\n"
