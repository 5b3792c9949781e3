"""Light and dark: the palette filled from the tokens, and every other colour by its name."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QToolTip

from ui.design.fonts import font
from ui.design.style import OwnStyle
from ui.design.tokens import COLORS, ThemeName

_PROPERTY = "edinoe_okno_theme"


class Theme:
    """One of the two looks. Colours are asked by token: ``theme.color("accent")``."""

    def __init__(self, name: ThemeName = "light") -> None:
        self.name: ThemeName = name
        self._colors = {token: QColor(value) for token, value in COLORS[name].items()}
        self._colors["transparent"] = QColor(0, 0, 0, 0)
        # In the dark theme a check mark on teal must be dark to be seen.
        self._colors["onOk"] = QColor("#FFFFFF" if name == "light" else "#0E1A18")

    @property
    def dark(self) -> bool:
        """Whether this is the dark look."""
        return self.name == "dark"

    def color(self, token: str) -> QColor:
        """The colour of a token; KeyError for an unknown one."""
        return self._colors[token]

    def hex(self, token: str) -> str:
        """``#rrggbb`` of a token."""
        return self._colors[token].name()

    @cached_property
    def palette(self) -> QPalette:
        """Qt's palette in our tokens (Window = canvas, Base = surface, Highlight = selected)."""
        palette = QPalette()
        role = QPalette.ColorRole
        plain = {
            role.Window: "canvas",
            role.WindowText: "text",
            role.Base: "surface",
            role.AlternateBase: "subtle",
            role.Text: "text",
            role.Button: "surface",
            role.ButtonText: "text",
            role.BrightText: "onAccent",
            role.Highlight: "selected",
            role.HighlightedText: "text",
            role.PlaceholderText: "text3",
            role.ToolTipBase: "tooltip",
            role.ToolTipText: "onTooltip",
            role.Link: "accentText",
            role.LinkVisited: "accentText",
            role.Light: "hover",
            role.Midlight: "hair",
            role.Mid: "control",
            role.Dark: "input",
            role.Shadow: "overlay",
            role.Accent: "accent",
        }
        for where, token in plain.items():
            palette.setColor(where, self.color(token))
        for where in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, where, self.color("disabled"))
        return palette

    @cached_property
    def input_palette(self) -> QPalette:
        """The same for lines to type in: marked text stands out more than a marked row."""
        palette = QPalette(self.palette)
        palette.setColor(QPalette.ColorRole.Highlight, self.color("accentLine"))
        return palette


def apply(app: QApplication, theme: Theme) -> None:
    """Show everything in ``theme``; open windows repaint at once."""
    app.setProperty(_PROPERTY, theme)
    if not isinstance(app.style(), OwnStyle):
        app.setStyle(OwnStyle(color))
    if app.font() != font("body"):
        app.setFont(font("body"))
    app.setPalette(theme.palette)
    for kind in ("QLineEdit", "QPlainTextEdit"):
        app.setPalette(theme.input_palette, kind)  # type: ignore[arg-type]  # takes text only
    QToolTip.setPalette(theme.palette)


def current_theme() -> Theme:
    """The theme in use. It lives in the application object, as Qt's own palette does."""
    app = QApplication.instance()
    theme = app.property(_PROPERTY) if app is not None else None
    return theme if isinstance(theme, Theme) else _FALLBACK


def color(token: str) -> QColor:
    """A colour of the theme in use."""
    return current_theme().color(token)


def wanted_theme(choice: str) -> ThemeName:
    """``light``, ``dark`` or ``system`` → the theme to show now.

    «Как в системе» asks Qt's colour scheme, and where the desktop tells Qt nothing (most Linux
    desktops without the GTK platform theme) the names of GTK's and the desktop's own setting.
    """
    if choice in ("light", "dark"):
        return "dark" if choice == "dark" else "light"
    scheme = QGuiApplication.styleHints().colorScheme()
    if scheme == Qt.ColorScheme.Dark:
        return "dark"
    if scheme == Qt.ColorScheme.Light:
        return "light"
    return "dark" if _gtk_prefers_dark() else "light"


def _gtk_prefers_dark() -> bool:
    path = Path.home() / ".config" / "gtk-3.0" / "settings.ini"
    if not path.is_file():
        return False
    stored = QSettings(str(path), QSettings.Format.IniFormat)
    return str(stored.value("Settings/gtk-application-prefer-dark-theme", "")) in ("1", "true")


_FALLBACK = Theme("light")
