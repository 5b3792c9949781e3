"""Screens are tested without a screen, in the program's own fonts and colours."""

from __future__ import annotations

import builtins
import gc
import importlib
import os
from collections.abc import Iterator

import pytest
from center_parts import center, center_people
from PySide6.QtWidgets import QApplication
from shell_parts import frame, furnished, open_frame, own_home
from widget_parts import window

from ui.design.fonts import load_fonts
from ui.design.text import use_language
from ui.design.theme import Theme, apply

# as ui/__init__.py does in the program; here pytest-qt has imported PySide before us
builtins.__import__ = importlib.__import__
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

__all__ = [
    "center",
    "center_people",
    "dressed",
    "frame",
    "furnished",
    "open_frame",
    "own_home",
    "window",
]


@pytest.fixture(scope="session", autouse=True)
def clipboard_left_empty(qapp: QApplication) -> Iterator[None]:
    """Qt must not meet an object of ours there after the interpreter's end."""
    yield
    qapp.clipboard().clear()


@pytest.fixture(autouse=True)
def searched_for_cycles_here(qapp: QApplication) -> Iterator[None]:
    """As in the program (ui/garbage.py): no page is ever taken down in another thread. What
    outlives a test is not looked through again after the next one: in a run of thousands of tests
    that would take seconds each time."""
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in our light theme, speaking Russian."""
    load_fonts()
    translators = use_language(qapp, "ru")
    apply(qapp, Theme("light"))
    yield qapp
    for translator in translators:
        qapp.removeTranslator(translator)
