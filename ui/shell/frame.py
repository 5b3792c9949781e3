"""The one window of the program: first run, sign-in, work, lock, one after another."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from arm.access.attempts import Attempts
from arm.access.errors import TooManyAttempts, WrongPassword
from arm.centre_errors import WorkstationRevoked
from arm.clock import Clock, SystemClock
from arm.errors import ExpectedError
from arm.password_file import DEMONSTRATION_PASSWORD
from arm.places import Home
from arm.profile import Centre, NoWorkstation, Profile, read_profile
from ui.background import Background
from ui.design.text import t
from ui.error_words import error_line, error_words
from ui.garbage import Garbage
from ui.shell.crash import CrashReport
from ui.shell.lock import IdleWatch, LockScreen
from ui.shell.look import Look
from ui.shell.sign_in import SignIn

if TYPE_CHECKING:
    from arm.workstation import Workstation
    from ui.shell.first_run import FirstRun
    from ui.shell.window import MainWindow

log = logging.getLogger(__name__)

HEAVY = ("arm.workstation", "ui.shell.window", "ui.shell.discover")
"""Loaded on another thread while the password is being typed."""
ACCOUNTS = "ui.shell.account_dialogs"


class Frame(QWidget):
    """``main`` is the signed-in window, or None."""

    def __init__(
        self, home: Home, look: Look, clock: Clock | None = None, *, login: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName("frame")
        self.setWindowTitle("«Единое окно»")
        self.setMinimumSize(1024, 640)
        self.home, self.look, self.clock = home, look, clock or SystemClock()
        self.background = Background(self)
        app = QApplication.instance()
        self._garbage = app.findChild(Garbage) if app is not None else None
        self.crash = CrashReport(self)
        self.main: MainWindow | None = None
        self.workstation: Workstation | None = None
        self._login = login or look.preferences.login
        self._profile: Profile | None = None
        self._front: QWidget | None = None
        self._lock: LockScreen | None = None
        self._stack = QStackedWidget()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._stack)
        self._idle_limit: int | None = None
        self._idle = IdleWatch(self._idle_minutes, self)
        self._idle.idle.connect(self.lock)
        look.language_changed.connect(self._rebuild)
        if not self.restoreGeometry(look.preferences.geometry):
            self.resize(1440, 900)
        self.show_entrance()

    # --- before signing in

    def show_entrance(self) -> None:
        """Sign-in, or the first run when the home is empty."""
        try:
            self._profile = read_profile(self.home.profile)
        except NoWorkstation:
            self._profile = None
            self._bring(self._first_run_page())
            return
        except ExpectedError as error:
            self._profile = None
            page = self._first_run_page()
            page.show_problem(error)
            self._bring(page)
            return
        self._bring(self._sign_in_page(self._profile))

    def _first_run_page(self) -> FirstRun:
        page: FirstRun = import_module("ui.shell.first_run").FirstRun(self.home, self.background)
        page.ready.connect(self._on_ready)
        return page

    def _sign_in_page(self, profile: Profile) -> SignIn:
        kept = self.look.preferences
        page = SignIn(
            profile.accounts,
            region=profile.office.region_name,
            last_login=self._login,
            demonstration=profile.demonstration,
            theme=kept.theme,
            language=kept.language,
            waiting=kept.waiting,
        )
        if profile.demonstration:
            page.show_hint(t("Пароль показа: {password}", password=DEMONSTRATION_PASSWORD))
        page.submitted.connect(self.sign_in)
        page.chosen.connect(self._ask_wait)
        page.forgotten.connect(self._open_forgotten)
        page.add_account.connect(self._open_add_account)
        page.theme_chosen.connect(self._on_theme)
        page.language_chosen.connect(self.look.set_language)
        centre = profile.centre
        if centre is not None and not centre.embedded:
            self.background.read(lambda: _answers(centre), self._on_centre, key="centre")
        self._ask_wait(page.login())
        self.background.read(_load_heavy, lambda _none: None, key="heavy")
        return page

    def _on_ready(self, login: str) -> None:
        self._login = login
        self.show_entrance()

    def _on_centre(self, answers: bool) -> None:
        if isinstance(self._front, SignIn):
            if answers:
                self._front.show_online()
            else:
                self._front.show_offline(self.look.preferences.last_exchange)

    def _ask_wait(self, login: str) -> None:
        """Wrong passwords may have been typed before the program was started anew."""
        attempts = Attempts(self.home.attempts, self.clock)

        def tell(seconds: int) -> None:
            if isinstance(self._front, SignIn):
                self._front.show_wait(login, seconds)
            elif self.locked and self._lock is not None:
                self._lock.show_wait(seconds)

        self.background.read(lambda: attempts.wait(login), tell, key="wait")

    def _on_theme(self, choice: str) -> None:
        self.look.set_theme(choice)
        self._rebuild()

    def _open_forgotten(self) -> None:
        if self._profile is not None and isinstance(self._front, SignIn):
            accounts, login = self._profile.accounts, self._front.login()
            dialog = import_module(ACCOUNTS).ForgottenPassword(
                self.home, accounts, login, self.background, self.show_entrance, self
            )
            dialog.open(self)

    def _open_add_account(self) -> None:
        if self._profile is not None:
            accounts = self._profile.accounts
            dialog = import_module(ACCOUNTS).AddAccount(
                self.home, accounts, self.background, self.show_entrance, self
            )
            dialog.open(self)

    def sign_in(self, login: str, password: str) -> None:
        """Unlock and open; the answer comes later."""
        self._login = login
        if isinstance(self._front, SignIn):
            self._front.set_busy(t("Открываем базу…"))
        home, clock = self.home, self.clock

        def work() -> Any:
            _load_heavy()
            return import_module("arm.workstation").open_workstation(home, login, password, clock)

        self.background.write(work, self._on_opened, self._on_refused)

    def _on_refused(self, error: Exception) -> None:
        page = self._front
        if not isinstance(page, SignIn):
            return
        if isinstance(error, WrongPassword):
            page.show_wrong_password()
        elif isinstance(error, TooManyAttempts):
            page.show_wait(self._login, error.seconds)
        elif isinstance(error, ExpectedError):
            page.show_error(*error_words(error))
        else:
            self.crash.report(error)
            page.show_error(
                t("База не открылась из-за ошибки в программе"),
                t("Отчёт записан в журнал: {path}", path=self.home.log),
            )

    # --- signed in

    def _on_opened(self, workstation: Workstation) -> None:
        self.workstation = workstation
        self.look.preferences.login = workstation.account.login
        self._enter()
        assert self.main is not None
        self.main.start()
        if self._garbage is not None:
            self._garbage.keep()

    def _enter(self) -> None:
        """Build the window of the signed-in person."""
        assert self.workstation is not None
        discover = import_module("ui.shell.discover")
        room = discover.workspace_for(self.workstation.account.role, discover.workspaces())
        window: MainWindow = import_module("ui.shell.window").MainWindow(
            self.workstation, room, self.background, self.look, self.crash
        )
        window.lock_wanted.connect(self.lock)
        window.sign_out_wanted.connect(self.sign_out)
        window.revoked.connect(self._on_revoked)
        window.exchange.ended.connect(self._read_idle_limit)
        self.main = window
        self._read_idle_limit()
        self._lock = LockScreen(self.workstation.account.full_name)
        self._lock.submitted.connect(self._unlock)
        self._lock.leaving.connect(self.sign_out)
        self._stack.addWidget(self._lock)
        self._idle.restart()
        self._bring(window)

    def _idle_minutes(self) -> int:
        """What the person chose, or less if the organisation wants it."""
        chosen = self.look.preferences.idle_minutes
        return min(chosen, self._idle_limit or chosen)

    def _read_idle_limit(self) -> None:
        workstation = self.workstation
        if workstation is None:
            return

        def tell(minutes: int | None) -> None:
            self._idle_limit = minutes
            if self.main is not None:
                self.main.idle_limit = minutes

        self.background.read(lambda: workstation.idle_limit, tell, key="idle-limit")

    @property
    def locked(self) -> bool:
        """Whether the work is behind the lock."""
        return self._lock is not None and self._stack.currentWidget() is self._lock

    def lock(self) -> None:
        """Hide the work; everything typed stays as it is."""
        if self.main is None or self._lock is None or self.locked:
            return
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        self._before_lock = self.focusWidget()
        self._stack.setCurrentWidget(self._lock)
        self._lock.begin()
        if self.workstation is not None:
            self._ask_wait(self.workstation.account.login)

    def _unlock(self, password: str) -> None:
        assert self.workstation is not None
        assert self._lock is not None
        self._lock.set_busy(True)
        login, path = self.workstation.account.login, self.home.keys
        attempts = Attempts(self.home.attempts, self.clock)

        def check() -> None:
            keys = import_module("arm.access.keys").KeyFile(path, attempts=attempts)
            keys.unlock(login, password)

        self.background.read(check, lambda _none: self._on_unlocked(), self._on_still_locked)

    def _on_unlocked(self) -> None:
        if self.main is None:
            return
        self._idle.restart()
        self._stack.setCurrentWidget(self.main)
        if self._before_lock is not None and isValid(self._before_lock):
            self._before_lock.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_still_locked(self, error: Exception) -> None:
        lock = self._lock
        if lock is None:
            return
        if isinstance(error, WrongPassword):
            lock.show_wrong_password()
        elif isinstance(error, TooManyAttempts):
            lock.show_wait(error.seconds)
        elif isinstance(error, ExpectedError):
            lock.show_error(error_line(error))
        else:
            lock.show_error(t("Пароль не проверен из-за ошибки в программе"))
            self.crash.report(error)

    def sign_out(self) -> None:
        """Close the records and go back to the sign-in screen."""
        if self.workstation is None or self.main is None:
            return
        if self._held():
            return
        state = self.workstation.sync.state if self.workstation.sync is not None else None
        if state is not None and (state.pending or state.held):
            store = self.workstation.store
            self.background.read(
                lambda: import_module("arm.casework.kept_work").unsent(store),
                self._ask_leaving,
                key="leaving",
            )
        else:
            self.leave()

    def leave(self) -> None:
        """Close the records whatever waits: it stays, and goes with who signs in next."""
        if self.workstation is None or self.main is None:
            return
        workstation = self._leave()
        self.background.write(workstation.close)
        self.show_entrance()

    def _ask_leaving(self, unsent: list[Any]) -> None:
        if self.main is None:
            return
        dialog = import_module("ui.shell.leaving").LeavingDialog(
            unsent, leave=self.leave, send_first=self._send_and_leave, export=self._export
        )
        dialog.open(self)

    def _send_and_leave(self) -> None:
        """One exchange, then out if it took everything along."""
        if self.workstation is None or self.workstation.sync is None or self.main is None:
            return
        engine, window = self.workstation.sync, self.main

        def after(_report: object) -> None:
            if self.main is window and engine.state.pending == 0:
                self.leave()

        window.toasts.show(t("Отправляем правки…"))
        self.background.task(
            lambda _tell, cancelled: engine.exchange(cancelled), after, window.show_error
        )

    def _export(self, path: Path) -> None:
        if self.workstation is None or self.main is None:
            return
        store, window = self.workstation.store, self.main

        def after(_count: object) -> None:
            words = t("Записано: {name}. В файле персональные данные", name=path.name)
            window.toasts.show(words, icon="check")

        self.background.read(
            lambda: import_module("arm.casework.kept_work").export(store, path),
            after,
            window.show_error,
            key="export-unsent",
        )

    def _on_revoked(self) -> None:
        """The centre shut this workstation out: unsent work is put aside, the keys go, the records
        close. Nobody is asked: whoever sits here may be a thief."""
        if self.workstation is None:
            return
        workstation = self._leave()

        def give_up() -> None:
            with workstation:
                workstation.surrender()

        self.background.write(give_up, self._after_revocation, self._on_refused)

    def _after_revocation(self, _none: object) -> None:
        self.show_entrance()
        if isinstance(self._front, SignIn):
            error = WorkstationRevoked()
            self._front.show_error(t(error.title), t(error.advice) + " " + str(self.home.salvage))

    def _held(self) -> bool:
        """Whether the page holds text that can't be kept; the person is led to it, and past the
        lock only by the password."""
        page = self.main.current if self.main is not None else None
        if page is None or page.may_leave():
            return False
        if self.locked and self._lock is not None:
            self._lock.show_held()
        return True

    def _leave(self) -> Workstation:
        assert self.workstation is not None
        assert self.main is not None
        workstation, window = self.workstation, self.main
        if workstation.sync is not None:
            self.look.preferences.last_exchange = workstation.sync.state.last_exchange_at
            with suppress(ExpectedError):  # a damaged file is told elsewhere, leaving goes on
                counts = import_module("arm.casework.kept_work").counts(workstation.store)
                self.look.preferences.waiting = counts
        window.close_down()
        self._drop(window)
        if self._lock is not None:
            self._drop(self._lock)
        self.main = self._lock = self.workstation = None
        self._idle_limit = None
        self._front = None
        if self._garbage is not None:
            self._garbage.let_go()
        return workstation

    # --- the frame itself

    def _rebuild(self) -> None:
        """The same screen anew, in the language chosen now."""
        if self.main is None:
            self.show_entrance()
            return
        place = self.main.place
        old, lock = self.main, self._lock
        self._front = None
        old.close_down()
        self._enter()
        self._drop(old)
        if lock is not None:
            self._drop(lock)
        assert self.main is not None
        if place is not None:
            self.main.navigate(*place)

    def _bring(self, page: QWidget) -> None:
        before, self._front = self._front, page
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        if before is not None and before is not page:
            self._drop(before)

    def _drop(self, page: QWidget) -> None:
        self._stack.removeWidget(page)
        page.hide()
        page.deleteLater()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._idle.watch(self)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._held():
            event.ignore()
            return
        self.look.preferences.geometry = self.saveGeometry()
        self.hide()
        if self.workstation is not None:
            self._leave_for_good()
        self.background.close()
        self.look.preferences.save()
        event.accept()

    def _leave_for_good(self) -> None:
        # Work under way ends first: its answers must find the store open.
        closing: Callable[[], None] = self._leave().close
        self.background.close()
        closing()


def _load_heavy() -> None:
    for name in HEAVY:
        import_module(name)
    import_module("ui.shell.discover").workspaces()
    with suppress(ExpectedError):  # damaged tables are told where they are needed
        import_module("arm.law.rulebook").open_rulebook()


def _answers(centre: Centre) -> bool:
    for server in centre.servers:
        with suppress(OSError), socket.create_connection(server, timeout=2):
            return True
    return False
