"""Situations of work off the GUI thread."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Iterator
from typing import ClassVar

import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from ui.background import Background, Cancelled, Progress


@pytest.fixture
def background(qapp: QApplication) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


def test_work_runs_elsewhere_and_the_answer_comes_back_here(background: Background) -> None:
    here, seen = threading.get_ident(), []

    def work() -> int:
        return threading.get_ident()

    background.read(work, lambda there: seen.append((there, threading.get_ident())))
    assert background.drain()
    assert seen[0][0] != here
    assert seen[0][1] == here


def test_of_fast_typing_only_the_newest_search_answers(background: Background) -> None:
    answers: list[int] = []
    for number in range(40):
        background.read(lambda n=number: time.sleep(0.002) or n, answers.append, key="search")
    assert background.drain()
    assert answers == [39]


def test_searches_of_different_fields_do_not_disturb_each_other(background: Background) -> None:
    answers: list[str] = []
    background.read(lambda: "list", answers.append, key="list")
    background.read(lambda: "palette", answers.append, key="palette")
    assert background.drain()
    assert sorted(answers) == ["list", "palette"]


class Page(QObject):
    """Something that a read answers to."""

    def answer(self, _result: object) -> None:
        """Nobody listens any more."""


def test_what_a_read_answers_to_is_never_taken_down_in_its_thread(background: Background) -> None:
    began, taken_down_in = threading.Event(), []
    page = Page()
    weakref.finalize(page, lambda: taken_down_in.append(threading.current_thread()))
    background.read(lambda: began.set() or time.sleep(0.2), page.answer)
    assert began.wait(5)
    del page
    background.close()
    QApplication.processEvents()
    assert taken_down_in == [threading.main_thread()]


def test_edits_are_written_strictly_in_order(background: Background) -> None:
    order: list[int] = []
    for number in range(30):
        background.write(lambda n=number: time.sleep(0.001 if n % 2 else 0) or order.append(n))
    assert background.drain()
    assert order == list(range(30))


def test_failure_reaches_the_one_who_asked(background: Background) -> None:
    failures: list[Exception] = []
    background.write(lambda: 1 // 0, failed=failures.append)
    assert background.drain()
    assert isinstance(failures[0], ZeroDivisionError)


def test_failure_nobody_asked_about_becomes_a_report_without_its_words(
    background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    crashes: list[object] = []
    background.crashed.connect(crashes.append)

    def work() -> None:
        raise ValueError("Каримов Улугбек")

    background.read(work, lambda _none: None)
    assert background.drain()
    assert isinstance(crashes[0], ValueError)
    assert "Каримов Улугбек" not in caplog.text.replace('raise ValueError("Каримов Улугбек")', "")


def test_long_work_tells_how_far_it_is_and_ends(background: Background) -> None:
    steps: list[tuple[int, int]] = []
    done: list[str] = []

    def work(progress: Progress, cancelled: Cancelled) -> str:
        for number in range(1, 6):
            progress(number, 5)
        assert not cancelled()
        return "готово"

    background.task(work, done.append, progress=lambda n, total: steps.append((n, total)))
    assert background.drain()
    assert done == ["готово"]
    assert steps[-1] == (5, 5)


def test_broken_off_work_does_not_answer(background: Background) -> None:
    done: list[object] = []
    began = threading.Event()

    def work(progress: Progress, cancelled: Cancelled) -> str:
        began.set()
        while not cancelled():
            time.sleep(0.001)
        return "прервано"

    task = background.task(work, done.append)
    assert began.wait(5)
    task.cancel()
    assert background.drain()
    assert done == []


def test_waiting_ends_when_patience_does(background: Background) -> None:
    gate = threading.Event()
    background.read(lambda: gate.wait(5), lambda _ok: None)
    assert not background.drain(50)
    gate.set()
    assert background.drain()


def test_changes_reach_the_screens_from_any_thread(background: Background) -> None:
    heard: list[tuple[object, int]] = []
    background.changed.connect(lambda change: heard.append((change, threading.get_ident())))
    other = threading.Thread(target=lambda: background.announce("правка"))
    other.start()
    other.join()
    assert background.drain()
    assert heard == [("правка", threading.get_ident())]


def test_edits_begun_before_closing_are_finished(qapp: QApplication) -> None:
    background, written = Background(), []
    for number in range(5):
        background.write(lambda n=number: time.sleep(0.005) or written.append(n))
    background.close()
    assert written == [0, 1, 2, 3, 4]
    background.write(lambda: written.append(99))
    assert 99 not in written


def test_an_answer_for_a_deleted_widget_is_dropped(background: Background) -> None:
    class Asker(QObject):
        heard: ClassVar[list[int]] = []

        def take(self, answer: int) -> None:
            self.heard.append(answer)

    asker, gate = Asker(), threading.Event()

    def work() -> int:
        gate.wait(5)
        return 7

    background.read(work, asker.take)
    shiboken6.delete(asker)
    gate.set()
    assert background.drain()
    assert Asker.heard == []


def test_an_answer_to_a_closure_over_a_deleted_widget_is_dropped(background: Background) -> None:
    asker, heard = QObject(), []

    def take(answer: int) -> None:
        asker.objectNameChanged.emit(str(answer))
        heard.append(answer)

    gate = threading.Event()
    background.read(lambda: gate.wait(5) and 7, take)
    shiboken6.delete(asker)
    gate.set()
    assert background.drain()
    assert heard == []


def test_work_broken_off_too_late_is_taken_back(background: Background) -> None:
    reached, go_on = threading.Event(), threading.Event()
    told: list[str] = []

    def work(_progress: Progress, _cancelled: Cancelled) -> str:
        reached.set()
        go_on.wait(5)
        return "written"

    task = background.task(work, told.append, undo=lambda: told.append("taken back"))
    assert reached.wait(5)
    assert task.cancel()
    go_on.set()
    assert background.drain()
    assert told == ["taken back"]


def test_work_that_has_ended_cannot_be_broken_off_any_more(background: Background) -> None:
    told: list[str] = []

    def work(_progress: Progress, _cancelled: Cancelled) -> str:
        return "written"

    task = background.task(work, told.append, undo=lambda: told.append("taken back"))
    while not task._over:  # what the answer says is only delivered by the loop
        time.sleep(0.001)
    assert not task.cancel()
    assert background.drain()
    assert told == ["written"]
