"""Where the program keeps things on disk, and where its own resources lie."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
"""Read-only files that ship with the program."""


@dataclass(frozen=True)
class Home:
    """The folder of everything one workstation keeps (``ARM_HOME``)."""

    root: Path

    @property
    def database(self) -> Path:
        """The encrypted records."""
        return self.root / "records.db"

    @property
    def keys(self) -> Path:
        """The wrapped database keys, one wrap a person (JSON, no secret in the clear)."""
        return self.root / "keys.json"

    @property
    def attempts(self) -> Path:
        """How many wrong passwords came in a row, by login (JSON)."""
        return self.root / "attempts.json"

    @property
    def profile(self) -> Path:
        """Who works here and where the centre is (JSON, no secrets)."""
        return self.root / "profile.json"

    @property
    def unfinished(self) -> Path:
        """There while the home is being set up: what lies beside it holds nobody's work yet."""
        return self.root / "setting-up"

    @property
    def salvage(self) -> Path:
        """Unsent work of a workstation that was revoked, for the administrator's eyes only."""
        return self.root / "unsent-work.json"

    @property
    def files(self) -> Path:
        """Encrypted attachments."""
        return self.root / "files"

    @property
    def lock(self) -> Path:
        """Held while one instance of the program has this home open."""
        return self.root / "instance.lock"

    @property
    def log(self) -> Path:
        """The program's log: ids only, never personal data."""
        return self.root / "arm.log"

    @property
    def central(self) -> Path:
        """The embedded PostgreSQL of a demonstration."""
        return self.root / "central"


def home_from_environment() -> Home:
    """``ARM_HOME`` if set, otherwise the user's data folder of this operating system."""
    named = os.environ.get("ARM_HOME")
    if named:
        return Home(Path(named).expanduser().resolve())
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return Home(base / "edinoe-okno")
