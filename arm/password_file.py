"""Passwords for unattended use and for demonstrations, alike for commands and for the window.

Imports nothing heavy: the window reads this before it is shown.
"""

from __future__ import annotations

import os
from pathlib import Path

from arm.errors import ExpectedError

DEMONSTRATION_PASSWORD = "pokaz-2026"  # noqa: S105  # guards invented persons only
"""Password of every account of a demonstration, unless ``ARM_PASSWORD_FILE`` names another."""


class PasswordFileUnreadable(ExpectedError):
    """``ARM_PASSWORD_FILE`` names a file that can't be read."""

    code = "password_file_unreadable"
    title = "Не удалось прочитать файл с паролем: {path}"
    advice = "Проверьте переменную ARM_PASSWORD_FILE и права на файл"


def password_from_file() -> str | None:
    """The password in the file that ``ARM_PASSWORD_FILE`` names, without the line end and
    without the mark that some editors put in front."""
    named = os.environ.get("ARM_PASSWORD_FILE")
    if not named:
        return None
    try:
        return Path(named).read_text("utf-8-sig").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PasswordFileUnreadable(path=named) from error
