"""Shows the exchange and passes on what a person wants of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from arm.casework import exchanges, kept_work
from arm.centre_errors import TemporaryPassword, WorkstationRevoked
from arm.sync.state import SyncState
from arm.workstation import Workstation
from ui.background import Background
from ui.design.text import counted, t
from ui.error_words import error_words
from ui.shell.notices import Notice, Notices
from ui.shell.sidebar import SyncBlock
from ui.shell.sync_panel import (
    Acts,
    Details,
    OfflineStrip,
    SyncPanel,
    history_words,
    rights_kind,
    rights_words,
    sync_words,
)


class Exchange(QObject):
    """Between the sync loop (its own thread) and the screen (the GUI thread)."""

    state_shown = Signal(object)
    revoked = Signal()
    """The centre shut this workstation out for good."""
    ended = Signal()
    """An exchange went through: the centre may have told something new."""
    own_password_wanted = Signal()
    """The password is a temporary one: nothing is exchanged until it was replaced."""

    def __init__(
        self,
        workstation: Workstation,
        background: Background,
        block: SyncBlock,
        strip: OfflineStrip,
        notices: Notices,
        open_conflicts: Callable[[], None] | None,
        open_refused: Callable[[], None] | None,
        by_file: Callable[[], None],
        change_password: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._engine, self._loop = workstation.sync, workstation.loop
        self._clock = workstation.clock
        self._window, self._block, self._strip = parent, block, strip
        self._store = workstation.store
        self._notices, self._open_conflicts = notices, open_conflicts
        self._open_refused, self._by_file = open_refused, by_file
        self._change_password = change_password
        self._background = background
        self._last_end: datetime | None = None
        self._stop: Callable[[], None] | None = None
        if self._engine is not None:
            # States come many a second during a first load: show the newest, ten a second.
            self._pending: SyncState | None = None
            self._timer = QTimer(self)
            self._timer.setSingleShot(True)
            self._timer.setInterval(100)
            self._timer.timeout.connect(self._show_pending)
            self._stop = self._engine.listen(
                lambda state: background.later(partial(self._on_state, state))
            )
        self._show(self.state)

    @property
    def state(self) -> SyncState | None:
        """The state now; None without a centre."""
        return self._engine.state if self._engine is not None else None

    def start(self) -> None:
        """Begin exchanging."""
        if self._loop is not None:
            self._loop.start()

    def now(self) -> None:
        """Exchange without waiting for the next turn."""
        if self._loop is not None:
            if self.state is not None and self.state.phase == "paused":
                self._loop.resume()
            self._loop.nudge()

    def pause(self) -> None:
        """Stop exchanging until told to go on."""
        if self._loop is not None:
            self._loop.pause()
            self._show(self.state)

    def resume(self) -> None:
        """Go on."""
        if self._loop is not None:
            self._loop.resume()
            self._show(self.state)

    def open_panel(self) -> None:
        """Queue, last exchange, errors."""
        acts = Acts(
            exchange=self.now,
            pause=self.pause,
            resume=self.resume,
            open_conflicts=self._open_conflicts,
            open_refused=self._open_refused,
            read_details=self._read_details,
            by_file=self._by_file,
            change_password=self._change_password,
        )
        panel = SyncPanel(self.state, acts, self._window)
        self.state_shown.connect(panel.show_state)
        panel.open_at(self._block, "right")

    def _read_details(self, told: Callable[[Details], None]) -> None:
        store = self._store

        def read() -> Details:
            return Details(exchanges.past(store), exchanges.proven(store), kept_work.unsent(store))

        self._background.read(read, told, key="exchange-details")

    def close(self) -> None:
        """Listen no more."""
        if self._stop is not None:
            self._stop()
            self._stop = None
            self._timer.stop()

    def _on_state(self, state: SyncState) -> None:
        if self._stop is None:
            return
        self._pending = state
        if not self._timer.isActive():
            self._timer.start()

    def _show_pending(self) -> None:
        self._show(self._pending)

    def _show(self, state: SyncState | None) -> None:
        words = sync_words(state)
        self._block.show_state(words.icon, words.token, words.title, words.below)
        self._strip.show_state(state)
        if state is not None:
            self._tell(state)
            if state.last_exchange_at != self._last_end:
                self._last_end = state.last_exchange_at
                self.ended.emit()
            if isinstance(state.error, WorkstationRevoked):
                self.revoked.emit()
            if isinstance(state.error, TemporaryPassword):
                self.own_password_wanted.emit()
        self.state_shown.emit(state)

    def _rights_told(self) -> None:
        for notice in self._notices.all:
            if notice.key.startswith("rights:"):
                self._notices.drop(notice.key)
        if self._engine is not None:
            self._background.write(self._engine.rights_told)

    def _tell(self, state: SyncState) -> None:
        now = self._clock.now()
        if state.conflicts:
            what = counted(state.conflicts, "расхождение", "расхождения", "расхождений")
            title = t("Нужно решить {what}", what=what)
            text = t("Вы и коллега изменили одно и то же поле")
            action = t("Открыть") if self._open_conflicts else ""
            self._notices.add(
                Notice("conflicts", "warn", title, text, now, action, self._open_conflicts)
            )
        else:
            self._notices.drop("conflicts")
        refused = state.rejected + state.office_rejected
        if refused:
            what = counted(refused, "правку", "правки", "правок")
            title = t("Центр не принял {what}", what=what)
            text = t("Они целы. Причина и набранное — в «Расхождениях»")
            action = t("Открыть") if self._open_refused else ""
            self._notices.add(
                Notice("rejected", "bad", title, text, now, action, self._open_refused)
            )
        else:
            self._notices.drop("rejected")
        for change in state.rights:
            title, text = rights_words(change)
            key, done = f"rights:{change.what}:{change.title}", t("Понятно")
            kind = rights_kind(change)
            self._notices.add(Notice(key, kind, title, text, now, done, self._rights_told))
        if state.history_lost:
            title, text = history_words(state.history_lost)
            self._notices.add(Notice("history", "bad", title, text, now, "", None))
        else:
            self._notices.drop("history")
        if state.error is not None and state.phase != "offline":
            title, advice = error_words(state.error)
            word, act = t("Повторить"), self.now
            if isinstance(state.error, TemporaryPassword):
                word, act = t("Сменить пароль"), self._change_password
            self._notices.add(Notice("sync-error", "warn", title, advice, now, word, act))
        elif state.error is None:
            self._notices.drop("sync-error")
