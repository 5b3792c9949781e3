"""Choices of this computer that are known before anybody signs in. No personal data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

IDLE_MINUTES = (5, 10, 15, 30, 60)
SCALES = (0, 100, 125, 150, 175, 200)
"""Per cent; 0 follows the system."""


class Preferences:
    """Kept in ``screen.ini`` beside the database."""

    def __init__(self, folder: Path) -> None:
        self._kept = QSettings(str(folder / "screen.ini"), QSettings.Format.IniFormat)

    def _text(self, key: str, default: str) -> str:
        return str(self._kept.value(key, default))

    def _number(self, key: str, default: int) -> int:
        text = self._text(key, str(default))
        return int(text) if text.lstrip("-").isdigit() else default

    @property
    def theme(self) -> str:
        """``system``, ``light`` or ``dark``."""
        return self._text("theme", "system")

    @theme.setter
    def theme(self, choice: str) -> None:
        self._kept.setValue("theme", choice)

    @property
    def language(self) -> str:
        """``ru`` or ``en``."""
        return self._text("language", "ru")

    @language.setter
    def language(self, choice: str) -> None:
        self._kept.setValue("language", choice)

    @property
    def idle_minutes(self) -> int:
        """Minutes without a key or a click before the screen locks."""
        return self._number("idle_minutes", 10)

    @idle_minutes.setter
    def idle_minutes(self, minutes: int) -> None:
        self._kept.setValue("idle_minutes", minutes)

    @property
    def scale(self) -> int:
        """Per cent, 0 = as the system says. Takes effect at the next start."""
        return self._number("scale", 0)

    @scale.setter
    def scale(self, per_cent: int) -> None:
        self._kept.setValue("scale", per_cent)

    @property
    def login(self) -> str:
        """Who signed in last."""
        return self._text("login", "")

    @login.setter
    def login(self, login: str) -> None:
        self._kept.setValue("login", login)

    @property
    def last_exchange(self) -> datetime | None:
        """When this computer last exchanged with the centre."""
        text = self._text("last_exchange", "")
        return datetime.fromisoformat(text).astimezone(UTC) if text else None

    @last_exchange.setter
    def last_exchange(self, at: datetime | None) -> None:
        self._kept.setValue("last_exchange", at.isoformat() if at else "")

    @property
    def waiting(self) -> dict[str, int]:
        """Login → how many edits of this person the centre had not got when somebody last left."""
        parts = (part.rpartition("=") for part in self._text("waiting", "").split(";"))
        return {login: int(count) for login, _, count in parts if login and count.isdigit()}

    @waiting.setter
    def waiting(self, counts: dict[str, int]) -> None:
        kept = ";".join(f"{login}={count}" for login, count in counts.items() if count)
        self._kept.setValue("waiting", kept)

    @property
    def geometry(self) -> QByteArray:
        """Place and size of the window."""
        value = self._kept.value("geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._kept.setValue("geometry", value)

    def save(self) -> None:
        """Write to disk now."""
        self._kept.sync()
