"""The window answers: no turn of the event loop is long, whatever page comes."""

from __future__ import annotations

import os
import time
from functools import partial

from center_parts import Window
from pytestqt.qtbot import QtBot
from stall_meter import StallMeter

from ui.casefile.terms_page import TermsPage
from ui.workspaces.center.cases import CasesPage
from ui.workspaces.center.today import TodayPage

ALLOWED = float(os.environ.get("ARM_TEST_STALL_MS", "250"))
"""Generous, for slow machines: 20–40 ms on ours."""
STANDSTILL = 5_000.0
"""What no busy machine makes of it, but waiting for an exchange or a lock would."""


def test_typing_in_the_list_never_holds_the_window(center: Window, qtbot: QtBot) -> None:
    page = CasesPage(center.context())
    center.show(qtbot, page)
    meter = StallMeter()
    for text in ("к", "ка", "кар", ""):
        type_it = partial(page.search.setText, text)
        assert meter.of(type_it, lambda: center.background.busy == 0) < ALLOWED
        assert max(meter.waits) < STANDSTILL


def test_today_read_anew_never_holds_the_window(center: Window, qtbot: QtBot) -> None:
    page = TodayPage(center.context())
    center.show(qtbot, page)
    meter = StallMeter()
    assert meter.of(page.reload, lambda: center.background.busy == 0) < ALLOWED
    assert max(meter.waits) < STANDSTILL


def test_terms_listed_anew_never_hold_the_window(center: Window, qtbot: QtBot) -> None:
    page = TermsPage(center.context())
    center.show(qtbot, page, {"mine": False})
    meter = StallMeter()
    for group in ("day", "rule", "responsible", "urgency"):
        act = partial(page.filters.choose_groups, group)
        assert meter.of(act, lambda: center.background.busy == 0) < ALLOWED
        assert max(meter.waits) < STANDSTILL


def test_meter_sees_a_stall(center: Window) -> None:
    meter = StallMeter()

    def work() -> None:
        until = time.thread_time() + 0.05
        while time.thread_time() < until:
            pass

    assert meter.of(work, lambda: center.background.busy == 0) >= 50
    meter.of(lambda: time.sleep(0.05), lambda: center.background.busy == 0)
    assert max(meter.waits) >= 50
