"""A program that changes a password and is killed at a chosen step: see test_accounts."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from arm import password_change
from arm.access.keys import KeyFile
from arm.places import Home
from arm.profile import read_profile


def killed(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    folder, login, old, new, step = sys.argv[1:]
    if step == "before the centre":
        password_change.tell_centre = killed
    elif step == "after the centre":
        KeyFile.end_change = killed  # type: ignore[method-assign]
    home = Home(Path(folder))
    password_change.change_password(home, read_profile(home.profile).centre, login, old, new)


if __name__ == "__main__":
    main()
