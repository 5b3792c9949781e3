"""Applies the chosen theme and language to the whole program."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from ui.design.fonts import load_fonts
from ui.design.text import use_language
from ui.design.theme import Theme, apply, wanted_theme
from ui.shell.preferences import Preferences


class Look(QObject):
    """``language_changed`` asks windows to build their texts anew."""

    theme_changed = Signal()
    language_changed = Signal()

    def __init__(self, app: QApplication, preferences: Preferences) -> None:
        super().__init__(app)
        self._app = app
        self.preferences = preferences
        self._translators: list[QTranslator] = []
        self._theme = Theme("light")
        load_fonts()
        self._speak()
        self._paint()
        app.styleHints().colorSchemeChanged.connect(self._on_system_scheme)

    @property
    def theme(self) -> Theme:
        """The theme in use."""
        return self._theme

    def set_theme(self, choice: str) -> None:
        """``system``, ``light`` or ``dark``; kept for the next start."""
        self.preferences.theme = choice
        self._paint()
        self.theme_changed.emit()

    def toggle_theme(self) -> None:
        """Light becomes dark and back."""
        self.set_theme("light" if self._theme.dark else "dark")

    def set_language(self, language: str) -> None:
        """``ru`` or ``en``; kept for the next start."""
        self.preferences.language = language
        self._speak()
        self.language_changed.emit()

    def _on_system_scheme(self) -> None:
        if self.preferences.theme == "system":
            self._paint()
            self.theme_changed.emit()

    def _paint(self) -> None:
        self._theme = Theme(wanted_theme(self.preferences.theme))
        apply(self._app, self._theme)

    def _speak(self) -> None:
        for translator in self._translators:
            self._app.removeTranslator(translator)
        self._translators = use_language(self._app, self.preferences.language)
