"""A date typed with and without its dots."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.widgets.line_edit import DateField


@pytest.mark.parametrize("typed", ["20.11.2026", "20112026", "20.11.26"])
def test_dots_may_be_typed_or_left_to_the_field(qtbot: QtBot, typed: str) -> None:
    field = DateField(today=lambda: date(2026, 11, 22))
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    QTest.keyClicks(field, typed)
    assert field.value() == date(2026, 11, 20)
