"""The exchange with the centre, beside the conflicts: how far it is, what waits, today's sums."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from arm.casework import exchanges, kept_work
from arm.casework.exchanges import Proven
from arm.casework.kept_work import STATES, WaitingEdit
from arm.errors import ExpectedError
from ui.casefile.ground import scrolling
from ui.context import Context
from ui.design.icons import paint_icon
from ui.design.text import NBSP, counted, fmt_number, fmt_time, t
from ui.design.theme import color
from ui.widgets import Button, Label, Link, Pill, Rule, clear_layout, column, row
from ui.widgets.progress import Bar

WIDTH = 272
QUEUE_SHOWN = 6

_ICONS = {
    "waiting": ("file-text", "text3"),
    "held": ("user-round", "text3"),
    "refused": ("cloud-alert", "badFill"),
}
PILLS = {
    "loading": ("accent", "загрузка", "cloud-download"),
    "exchanging": ("accent", "идёт обмен", "refresh-cw"),
    "offline": ("warn", "нет связи", "cloud-off"),
    "paused": ("neutral", "приостановлен", "pause"),
    "stopped": ("neutral", "остановлен", "pause"),
    "never": ("neutral", "ещё не было", "cloud"),
    "idle": ("ok", "на связи", "circle-check"),
}
"""Phase → kind, words, icon of the pill that tells it."""


class _Line(QWidget):
    """An icon with two lines of words; ``whole`` takes as many lines as the words need."""

    def __init__(
        self, icon: str, token: str, title: str, below: str, *, whole: bool = False
    ) -> None:
        super().__init__()
        self._icon, self._token = icon, token
        self.setAccessibleName(f"{title}, {below}")
        words = column(
            Label(title, "body", wrap=whole, elide=not whole),
            Label(below, "secondary", "text3", wrap=whole, elide=not whole),
            gap=0,
        )
        box = QHBoxLayout(self)
        box.setContentsMargins(42, 6, 16, 6)
        box.addLayout(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_icon(QPainter(self), self._icon, 16, 8, self._token)


class _Top(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        paint_icon(QPainter(self), "cloud-upload", 16, 14, "accentText", 18)


class ExchangePanel(QWidget):
    """Listens to the engine while it lives; without a centre it says so.

    ``counts_changed`` tells that conflicts or refused edits came or went.
    """

    counts_changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exchangePanel")
        self.setFixedWidth(WIDTH)
        self._context = context
        self._engine = context.workstation.sync
        self._loop = context.workstation.loop
        self._alive = True
        self._counts: tuple[int, ...] | None = None
        self._pill = Pill("neutral", t("ещё не было"))
        self._sent = Label("")
        self._percent = Label("", "secondary", "text3")
        self._bar = Bar()
        self._received = Label("", "secondary", "text3", elide=True)
        self._queue_count = Label("", "secondary", "text3")
        self._queue = QVBoxLayout()
        self._queue.setSpacing(0)
        self._today = QVBoxLayout()
        self._today.setSpacing(0)
        self._chain = Label("", "secondary", "text3", wrap=True)
        self._chain.setObjectName("exchangeChain")
        self.refresh_button = Button(t("Обновить"), "refresh-cw", "secondary", 28)
        self.refresh_button.setObjectName("exchangeNow")
        self.refresh_button.clicked.connect(self._exchange)
        self.pause_button = Button(t("Приостановить"), "pause", "ghost", 28)
        self.pause_button.setObjectName("exchangePause")
        self.pause_button.clicked.connect(self._pause)
        self._lay_out()
        self._follow()
        self.refresh()

    def _lay_out(self) -> None:
        top = _Top()
        top.setFixedHeight(45)
        top.setLayout(
            row(Label(t("Синхронизация"), "section"), None, self._pill, margins=(42, 0, 16, 0))
        )
        progress = column(
            row(self._sent, None, self._percent),
            self._bar,
            self._received,
            gap=6,
            margins=(16, 12, 16, 12),
        )
        lists = QVBoxLayout()
        lists.setContentsMargins(0, 0, 0, 0)
        lists.setSpacing(0)
        heading = row(
            Label(t("В очереди"), "section"), None, self._queue_count, margins=(16, 12, 16, 2)
        )
        lists.addLayout(heading)
        lists.addLayout(self._queue)
        lists.addSpacing(8)
        lists.addWidget(Rule())
        lists.addLayout(row(Label(t("Сегодня"), "section"), None, margins=(16, 12, 16, 2)))
        lists.addLayout(self._today)
        lists.addLayout(column(self._chain, margins=(42, 2, 16, 8)))
        lists.addStretch(1)
        inner = QWidget()
        inner.setLayout(lists)
        foot = row(self.refresh_button, self.pause_button, None, gap=4, margins=(12, 13, 8, 12))
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(top)
        box.addWidget(Rule())
        box.addLayout(progress)
        box.addWidget(Rule())
        self._lists = scrolling(inner)
        box.addWidget(self._lists, 1)
        box.addWidget(Rule())
        box.addLayout(foot)

    def _follow(self) -> None:
        if self._engine is None:
            return
        later = self._context.background.later
        forget = self._engine.listen(lambda _state: later(self._if_alive))

        def gone() -> None:
            self._alive = False
            forget()

        self.destroyed.connect(gone)

    def _if_alive(self) -> None:
        if self._alive:
            self.refresh()

    # -- showing --------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the state of this moment and read what waits."""
        state: Any = self._engine.state if self._engine is not None else None
        self.refresh_button.setEnabled(state is not None and state.phase != "exchanging")
        self.pause_button.setVisible(self._loop is not None)
        inside = self._lists.widget()
        if inside is not None:
            inside.setVisible(state is not None)
        self.refresh_button.setVisible(state is not None)
        if state is None:
            self._pill.set_status("neutral", t("без центра"), "monitor")
            self._sent.setText(t("Этот компьютер работает один"))
            self._bar.hide()
            self._received.setText(t("Центр подключает администратор"))
            return
        self._tell_counts((state.conflicts, state.rejected, state.office_rejected))
        kind, words, icon = PILLS[state.phase]
        self._pill.set_status(kind, t(words), icon)
        paused = state.phase == "paused"
        self.pause_button.setText(t("Возобновить") if paused else t("Приостановить"))
        self.pause_button.set_icon("play" if paused else "pause")
        self._show_progress(state)
        self._show_today(state)
        self._queue_count.setText(fmt_number(state.pending))
        store = self._context.store
        self._context.background.read(
            lambda: (kept_work.waiting(store, QUEUE_SHOWN), exchanges.proven(store)),
            self._show_queue,
            self._context.show_error,
            key="exchange-queue",
        )

    def _tell_counts(self, counts: tuple[int, ...]) -> None:
        before, self._counts = self._counts, counts
        if before not in (None, counts):
            self.counts_changed.emit()  # who hears it may ask for a refresh at once

    def _show_progress(self, state: Any) -> None:
        if state.phase == "loading" and state.total:
            done, total = state.loaded, state.total
            self._sent.setText(
                t("Загружено {n} из {all}", n=fmt_number(done), all=fmt_number(total))
            )
        else:
            done, total = state.sent, state.sent + state.pending
            words = t("Отправлено {n} из {all}", n=fmt_number(done), all=fmt_number(total))
            if state.phase != "exchanging" and state.pending:
                words = t("Ждут отправки: {n}", n=fmt_number(state.pending))
                total = 0  # nothing is under way: no share of it to show
            self._sent.setText(words if state.sent + state.pending else t("Всё отправлено"))
        self._bar.setVisible(bool(total) or not state.pending)
        self._bar.set_share(done / total if total else 1.0)
        self._percent.setText(f"{round(100 * done / total)} %" if total else "")
        received = counted(state.received, "изменение", "изменения", "изменений")
        self._received.setText(t("Получено {changes}", changes=received))
        self._received.setVisible(state.phase in ("exchanging", "loading") or state.received > 0)
        if state.phase == "loading" and state.total and state.rate:
            speed = t("{n} записей в секунду", n=fmt_number(state.rate))
            left = remaining(state.total - state.loaded, state.rate)
            self._received.setText(f"{speed}, {left}")

    def _show_today(self, state: Any) -> None:
        clear_layout(self._today)
        if isinstance(state.error, ExpectedError) and state.phase != "offline":
            line = _Line(
                "triangle-alert",
                "warnFill",
                t(state.error.title_text),
                t(state.error.advice_text),
                whole=True,
            )
            self._today.addWidget(line)
        sums = t(
            "Отправлено {sent}, получено {got}",
            sent=fmt_number(state.today_sent),
            got=fmt_number(state.today_received),
        )
        last = fmt_time(state.last_exchange_at)
        below = t("последний обмен в {at}", at=last) if last else t("обмена ещё не было")
        self._today.addWidget(_Line("circle-check", "okFill", sums, below))
        if state.phase == "offline" and state.offline_since is not None:
            away = _duration(state.offline_since, self._context.store.clock.now())
            since = t("с {at}, правки целы", at=fmt_time(state.offline_since))
            title = t("Без связи {time}", time=away)
            self._today.addWidget(_Line("cloud-off", "warnFill", title, since))
        elif state.server_ms is not None:
            answer = t("ответ за {ms} мс", ms=state.server_ms)
            self._today.addWidget(_Line("server", "text3", t("Сервер отвечает"), answer))
        if state.held:
            edits = counted(state.held, "правка", "правки", "правок")
            line = _Line("user-round", "text3", t("Ждут своего автора: {n}", n=edits),
                         t("Уйдут, когда он здесь войдёт"))  # fmt: skip
            self._today.addWidget(line)
        refused = state.rejected + state.office_rejected
        if refused:
            edits = counted(refused, "правка", "правки", "правок")
            line = _Line(
                "cloud-alert",
                "badFill",
                t("Центр не принял: {n}", n=edits),
                t("Они целы, причина — по ссылке"),
            )
            self._today.addWidget(line)
            link = Link(t("Не принято: {n}", n=fmt_number(refused)), small=True)
            link.setObjectName("exchangeRefused")
            link.clicked.connect(lambda: self._context.navigate("conflicts", {"refused": True}))
            self._today.addLayout(row(link, None, margins=(42, 0, 16, 6)))

    def _show_queue(self, found: tuple[list[WaitingEdit], list[Proven]]) -> None:
        waiting = [one for one in found[0] if one.state != "refused"]
        proven = found[1]
        clear_layout(self._queue)
        if not waiting:
            self._queue.addLayout(
                row(
                    Label(t("Ничего не ждёт отправки"), "secondary", "text3"),
                    margins=(16, 6, 16, 6),
                )
            )
        for one in waiting:
            whose = " ".join(one.person_name.split()[:2]) or t("Без дела")
            icon, token = _ICONS[one.state]
            state = t("ждёт") if one.state == "waiting" else t(STATES[one.state])
            self._queue.addWidget(_Line(icon, token, t(one.what), f"{whose} · {state}"))
        self._chain.setText(chain_words(proven))

    # -- acting ---------------------------------------------------------------------------------

    def _exchange(self) -> None:
        engine, loop = self._engine, self._loop
        if loop is not None:
            loop.nudge()
        elif engine is not None:
            self._context.background.task(
                lambda _tell, cancelled: engine.exchange(cancelled),
                lambda _report: self.refresh(),
                self._context.show_error,
            )

    def _pause(self) -> None:
        loop, engine = self._loop, self._engine
        if loop is None or engine is None:
            return
        act = loop.resume if engine.state.phase == "paused" else loop.pause
        self._context.background.read(act, lambda _none: self.refresh(), self._context.show_error)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(self.rect()), color("surface"))
        painter.fillRect(0, 0, 1, self.height(), color("hair"))


def chain_words(proven: list[Proven]) -> str:
    """«Цепочка правок проверена до № 1 254»; several scopes are named one after another."""
    numbers = ", ".join(f"№{NBSP}{fmt_number(one.seq)}" for one in proven if one.seq)
    return t("Цепочка правок проверена до {numbers}", numbers=numbers) if numbers else ""


def remaining(records: int, rate: int) -> str:
    """«осталось 20 с», «осталось 4 мин»."""
    seconds = max(1, round(records / max(1, rate)))
    if seconds < 90:
        return t("осталось {n} с", n=seconds)
    return t("осталось {n} мин", n=round(seconds / 60))


def _duration(since: datetime, now: datetime) -> str:
    """«1 ч 12 мин»."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    return t("{h} ч {m} мин", h=hours, m=rest) if hours else t("{m} мин", m=rest)
