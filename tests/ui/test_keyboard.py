"""Every page by keyboard alone: Tab reaches everything, holds nowhere, and each stop has a name."""

from __future__ import annotations

import pytest
from center_parts import Window
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from ui.page import Page
from ui.workspaces.center.cases import CasesPage
from ui.workspaces.center.intake import IntakePage
from ui.workspaces.center.today import TodayPage

MOST = 150


def stops_of_tab(page: QWidget) -> list[QWidget]:
    """What Tab visits, until it comes round."""
    visited: list[QWidget] = []
    for _ in range(MOST):
        now = QApplication.focusWidget() or page
        QTest.keyClick(now, Qt.Key.Key_Tab)
        after = QApplication.focusWidget()
        assert after is not None
        assert after is not now, f"Tab is held by {now.objectName()}"
        if after in visited:
            break
        visited.append(after)
    return visited


@pytest.mark.parametrize("kind", [TodayPage, CasesPage, IntakePage])
def test_tab_goes_everywhere_and_every_stop_is_named(
    center: Window, qtbot: QtBot, kind: type[Page]
) -> None:
    page = kind(center.context())
    center.show(qtbot, page)
    visited = stops_of_tab(page)
    waiting = [
        part
        for part in page.findChildren(QWidget)
        if part.isVisible()
        and part.isEnabled()
        and part.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(part, QScrollBar)
    ]
    assert [part.objectName() for part in waiting if part not in visited] == []
    assert [type(part).__name__ for part in visited if not part.accessibleName()] == []
