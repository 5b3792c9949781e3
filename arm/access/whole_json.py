"""Small JSON files of the home, replaced so that a crash leaves the old one or the new one."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any


def replace_json(path: Path, held: Any) -> None:
    """Put ``held`` at ``path``, readable by its owner only. Raises OSError if nothing changed."""
    growing = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(held, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        growing.replace(path)
        sync_folder(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            growing.unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Make the new name durable; Windows does it by itself and cannot open folders."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
