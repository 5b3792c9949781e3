"""Situations of objects that only a search for cycles can let go of."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from ui.garbage import ENOUGH_NEW, Garbage


@pytest.fixture
def garbage(qapp: QApplication) -> Iterator[Garbage]:
    made = Garbage()
    yield made
    made.deleteLater()


class Page(QObject):
    """Part of a cycle, as pages with callbacks are."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def test_a_page_in_a_cycle_is_taken_down_in_the_gui_thread_only(garbage: Garbage) -> None:
    taken_down_in: list[threading.Thread] = []
    weakref.finalize(Page(), lambda: taken_down_in.append(threading.current_thread()))

    def allocate() -> None:
        kept: list[list[int]] = [[number] for number in range(20 * ENOUGH_NEW)]
        kept.clear()

    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert taken_down_in == []
    kept = [[number] for number in range(2 * ENOUGH_NEW)]
    garbage.look()
    assert taken_down_in == [threading.main_thread()]
    del kept


def test_little_that_is_new_is_not_worth_a_search(garbage: Garbage) -> None:
    gc.collect()
    page = weakref.ref(Page())
    garbage.look()
    assert page() is not None
