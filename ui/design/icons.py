"""Lucide icons, recoloured for the theme and cached by name, colour, size and pixel ratio."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.design.theme import current_theme

_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "icons"


def has_icon(name: str) -> bool:
    """Whether an icon of this name ships with the program."""
    return (_FOLDER / f"{name}.svg").is_file()


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    path = _FOLDER / f"{name}.svg"
    if not path.is_file():
        raise LookupError(f"no icon named {name!r} in resources/icons")
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def _render(name: str, rgb: str, size: int, ratio: float) -> QPixmap:
    # Large icons are drawn a little thinner, so that strokes look alike at every size.
    stroke = "1.75" if size >= 18 else "2"
    svg = _source(name).replace("currentColor", rgb).replace('width="2"', f'width="{stroke}"')
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    side = max(1, round(size * ratio))
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def pixmap(
    name: str, color_token: str = "text2", size: int = 16, ratio: float | None = None
) -> QPixmap:
    """The icon as a pixmap, ``size`` px square, in a colour of the theme in use.

    ``ratio`` is the device pixel ratio of where it is painted; by default of the sharpest screen.
    LookupError when there is no such icon.
    """
    if ratio is None:
        app = QGuiApplication.instance()
        ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    return _render(name, current_theme().hex(color_token), size, ratio)


def icon(name: str, color_token: str = "text2", size: int = 16) -> QIcon:
    """The icon for Qt's own parts (menus, actions). Ask again after the theme changes."""
    made = QIcon(pixmap(name, color_token, size))
    made.addPixmap(pixmap(name, "disabled", size), QIcon.Mode.Disabled)
    return made


def paint_icon(
    painter: QPainter, name: str, x: float, y: float, color_token: str = "text2", size: int = 16
) -> None:
    """Draw the icon with its top left corner at (x, y), sharp at the painter's own ratio."""
    ratio = painter.device().devicePixelRatio()
    drawn = pixmap(name, color_token, size, ratio)
    painter.drawPixmap(QRectF(x, y, size, size), drawn, QRectF(drawn.rect()))
