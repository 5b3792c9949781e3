"""Small matters of the ground that parts stand on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.design.tokens import SIZE
from ui.widgets import Dialog


def scrolling(inner: QWidget, name: str = "") -> QScrollArea:
    """A scroll area without a frame that lets the ground of its panel shine through."""
    area = QScrollArea()
    area.setObjectName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(inner)
    see_through(area)
    return area


def see_through(area: QScrollArea) -> None:
    """Qt paints the window's colour behind scrolled content unless told not to.

    Nor is the area a stop of Tab, with nothing to see: the parts inside are, and it follows them.
    """
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    inner = area.widget()
    if inner is not None:
        inner.setAutoFillBackground(False)


def covered(part: QWidget) -> bool:
    """Whether a dialog lies over the window: the keys belong to it then."""
    return any(dialog.isVisible() for dialog in part.window().findChildren(Dialog))


def is_narrow(part: QWidget) -> bool:
    """Whether the window is so small that paddings shrink (the sidebar is a rail then)."""
    return part.window().width() < SIZE["railBelowWidth"]
