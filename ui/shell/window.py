"""The signed-in window: pages, history, commands, messages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from arm.casework import derive
from arm.centre_errors import TemporaryPassword
from arm.errors import ExpectedError
from arm.store.store import ChangeSet
from arm.store.undo import UndoResult, undo_last
from arm.workstation import Workstation
from ui.background import Background
from ui.context import Context
from ui.design.text import t
from ui.design.tokens import SIZE
from ui.error_words import error_words
from ui.page import Page, Workspace
from ui.shell.about import About, BugReport, KeyGroup, KeysHelp
from ui.shell.account_dialogs import ChangePassword
from ui.shell.bars import StatusBar, TopBar
from ui.shell.commands import find_people
from ui.shell.crash import CrashReport
from ui.shell.exchange import Exchange
from ui.shell.file_exchange import FileExchangeDialog
from ui.shell.law_watch import LawWatch
from ui.shell.look import Look
from ui.shell.notices import Notice, Notices, NoticesPanel
from ui.shell.palette import Command, Palette
from ui.shell.people_words import role_title
from ui.shell.reminders import Reminders
from ui.shell.settings import Settings
from ui.shell.sidebar import MeBlock, Sidebar, WorkspaceMark
from ui.shell.sync_panel import OfflineStrip
from ui.widgets.button import Button
from ui.widgets.dialog import Dialog
from ui.widgets.menu import Menu
from ui.widgets.painting import HOSTS_OVERLAYS
from ui.widgets.popover import Popover
from ui.widgets.toast import ToastHost

log = logging.getLogger(__name__)

Arguments = Mapping[str, object]


class MainWindow(QWidget):
    """One person's work. ``lock_wanted``, ``sign_out_wanted`` and ``revoked`` are for the frame
    around it."""

    lock_wanted = Signal()
    sign_out_wanted = Signal()
    revoked = Signal()

    def __init__(
        self,
        workstation: Workstation,
        workspace: Workspace,
        background: Background,
        look: Look,
        crash: CrashReport,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("main-window")
        self.setProperty(HOSTS_OVERLAYS, True)
        self.setAccessibleName(t(workspace.title))
        self.workstation, self.workspace = workstation, workspace
        self.background, self.look, self.crash = background, look, crash
        self.notices = Notices(self)
        self.toasts = ToastHost(self)
        self.context = Context(
            workstation=workstation,
            background=background,
            theme=lambda: look.theme,
            navigate=self.navigate,
            back=self.back,
            toast=self._toast,
            open_dialog=self._open_dialog,
            show_error=self.show_error,
            undo=self.undo,
        )
        self._specs = {spec.page_id: spec for spec in workspace.pages}
        self._pages: dict[str, Page] = {}
        self._missed: dict[str, ChangeSet] = {}
        self._history: list[tuple[str, Arguments]] = []
        self._current: Page | None = None
        self._today = workstation.clock.today()
        self._keys_taken: dict[str, str] = {}
        self._asked_for_password = False
        self.idle_limit: int | None = None
        self._build()
        self._listen()
        self._add_shortcuts()

    # --- building

    def _build(self) -> None:
        account = self.workstation.account
        mark = WorkspaceMark(
            t(self.workspace.title),
            self.workstation.office.short_name,
            self.workspace.icon,
        )
        me = MeBlock(account.full_name, role_title(account.role).capitalize())
        self.sidebar = Sidebar(mark, self.workspace.pages, me, self)
        primary = next((a for a in self.workspace.actions if a.primary), None)
        button = None
        if primary is not None:
            hint = primary.shortcut.replace("+", " ")
            button = Button(t(primary.title), primary.icon, "primary", shortcut_hint=hint)
            button.setObjectName(f"action-{primary.action_id}")
            button.clicked.connect(partial(self._act, primary.run))
        self.top = TopBar(button)
        self.strip = OfflineStrip(self._exchange_now)
        self.stack = QStackedWidget()
        self.stack.setObjectName("pages")
        self.status = StatusBar("", self.workstation.profile.demonstration)
        main = QVBoxLayout()
        main.setContentsMargins(0, 0, 0, 0)
        main.setSpacing(0)
        for part in (self.top, self.strip):
            main.addWidget(part)
        main.addWidget(self.stack, 1)
        main.addWidget(self.status)
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self.sidebar)
        both.addLayout(main, 1)
        self.sidebar.chosen.connect(lambda page: self.navigate(page, {}))
        self.sidebar.sync.clicked.connect(self.open_sync_panel)
        self.sidebar.me.clicked.connect(self._open_me_menu)
        self.top.search.clicked.connect(self.open_palette)
        self.top.bell.clicked.connect(self._open_notices)
        self.top.help.clicked.connect(self.open_help)
        self.top.back.connect(lambda page: self.navigate(page, {}))

    def _listen(self) -> None:
        store = self.workstation.store
        self._stop_listening = [store.listen(self.background.announce)]
        self.background.changed.connect(self._on_change)
        self.background.crashed.connect(self.crash.report)
        self.crash.happened.connect(self._on_bug)
        self.notices.changed.connect(lambda: self.top.bell.set_dot(self.notices.unseen))
        self.exchange = Exchange(
            self.workstation, self.background, self.sidebar.sync, self.strip, self.notices,
            partial(self.navigate, "conflicts", {}) if "conflicts" in self._specs else None,
            partial(self.navigate, "conflicts", {"refused": True})
            if "conflicts" in self._specs
            else None,
            self.open_file_exchange,
            self.open_change_password,
            self,
        )  # fmt: skip
        self.reminders = (
            Reminders(store, self.background, self.notices, self.navigate, self)
            if "terms" in self._specs
            else None
        )
        self.law = LawWatch(self.workstation, self.background, self.status, self.notices, self)
        self.exchange.own_password_wanted.connect(self._ask_for_own_password)
        self.exchange.revoked.connect(self.revoked)
        self._badge_timer = QTimer(self)
        self._badge_timer.setSingleShot(True)
        self._badge_timer.setInterval(300)
        self._badge_timer.timeout.connect(self._refresh_badges)
        self._badge_timer.start()
        self._minute = QTimer(self)
        self._minute.setInterval(60_000)
        self._minute.timeout.connect(self._on_minute)
        self._minute.start()

    def _add_shortcuts(self) -> None:
        own: tuple[tuple[str, Callable[[], None]], ...] = (
            ("Ctrl+K", self.open_palette),
            ("F1", self.open_help),
            ("Ctrl+L", self.lock_wanted.emit),
            ("Ctrl+Z", self.undo),
            ("Ctrl+,", self.open_settings),
            ("Alt+Left", self.back),
            ("F5", self.exchange.now),
        )
        for keys, run in own:
            self._shortcut(keys, run, "window")
        for action in self.workspace.actions:
            if action.shortcut:
                self._shortcut(action.shortcut, partial(self._act, action.run), action.action_id)
        for spec in self.workspace.pages:
            if spec.shortcut:
                self._shortcut(
                    spec.shortcut, partial(self.navigate, spec.page_id, {}), spec.page_id
                )

    def _shortcut(self, keys: str, run: Callable[[], None], owner: str) -> None:
        # Two shortcuts on one key would silence each other: the first one stays.
        if keys in self._keys_taken:
            return
        self._keys_taken[keys] = owner
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(lambda: self._unless_dialog(run))

    def _unless_dialog(self, run: Callable[[], None]) -> None:
        if not self._dialog_is_open():
            run()

    def _dialog_is_open(self) -> bool:
        return any(dialog.isVisible() for dialog in self.findChildren(Dialog))

    # --- pages

    @property
    def current(self) -> Page | None:
        """The page in front."""
        return self._current

    @property
    def place(self) -> tuple[str, Arguments] | None:
        """Page and arguments in front, to come back to after the window was built anew."""
        return self._history[-1] if self._history else None

    def start(self) -> None:
        """Show the first page; begin exchanging and looking for duplicates."""
        first = next((s.page_id for s in self.workspace.pages if s.in_sidebar), None)
        if first is not None:
            self.navigate(first, {})
        self.exchange.start()
        self.workstation.watch.start()
        self.law.look()

    def navigate(self, page_id: str, args: Arguments | None = None) -> None:
        """Show a page; unknown ids are a bug of the caller."""
        arguments = args or {}
        if self._current is not None and not self._current.may_leave():
            return
        page = self._page(page_id)
        self._history.append((page_id, arguments))
        del self._history[:-50]
        self._bring(page, arguments)

    def back(self) -> None:
        """To the page before."""
        if len(self._history) < 2 or (self._current and not self._current.may_leave()):
            return
        self._history.pop()
        page_id, arguments = self._history[-1]
        self._bring(self._page(page_id), arguments)

    def page(self, page_id: str) -> Page:
        """The page of this id, made if it was not shown yet."""
        return self._page(page_id)

    def _page(self, page_id: str) -> Page:
        made = self._pages.get(page_id)
        if made is None:
            made = self._specs[page_id].factory(self.context)
            made.header_changed.connect(partial(self._show_header, made))
            self._pages[page_id] = made
            self.stack.addWidget(made)
        return made

    def _bring(self, page: Page, arguments: Arguments) -> None:
        before, self._current = self._current, page
        for sheet in self.findChildren(Popover):
            sheet.close_popover()
        if before is not None and before is not page:
            before.hide()
        self.stack.setCurrentWidget(page)
        crumb = page.crumb()
        self.sidebar.select(page.page_id, crumb[0] if crumb is not None else "")
        missed = self._missed.pop(page.page_id, None)
        if missed is not None:
            page.data_changed(missed)
        page.shown(arguments)
        self._show_header(page)
        if not page.isAncestorOf(self.focusWidget() or self):
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_header(self, page: Page) -> None:
        if page is not self._current:
            return
        self.top.show_page(page.heading(), page.subtitle(), page.crumb(), page.top_widgets())
        self.status.hints.set_hints(page.keys())

    def _on_change(self, change: ChangeSet) -> None:
        for page_id, page in self._pages.items():
            if page is self._current:
                page.data_changed(change)
            else:
                self._missed[page_id] = _joined(self._missed.get(page_id), change)
        self._badge_timer.start()
        if self.reminders is not None:
            self.reminders.later()

    def _refresh_badges(self) -> None:
        store = self.workstation.store
        for spec in self.workspace.pages:
            if spec.badge is not None and spec.page_id in self.sidebar.lines:
                self.background.read(
                    partial(spec.badge, store),
                    self.sidebar.lines[spec.page_id].set_badge,
                    key=f"badge-{spec.page_id}",
                )

    def _look_after_backup(self) -> None:
        """Once a day, on a thread of its own: a copy takes seconds on a big office."""
        work = self.workstation.back_up_if_due
        self.background.read(work, self._on_backup, self.show_error, key="backup")

    def _on_backup(self, trouble: str) -> None:
        if not trouble:
            self.notices.drop("backup")
            return
        text = t("Проверьте место на диске и папку копий: «arm backup now» скажет подробнее")
        now = self.workstation.clock.now()
        title = t("Резервная копия ненадёжна: {why}", why=t(trouble))
        self.notices.add(Notice("backup", "warn", title, text, now, "", None))

    def _on_minute(self) -> None:
        self._look_after_backup()
        today = self.workstation.clock.today()
        if today == self._today:
            return
        self._today = today
        self.background.write(
            partial(derive.roll_day, self.workstation.store),
            lambda _none: self._after_midnight(),
            self.show_error,
        )

    def _after_midnight(self) -> None:
        everything = ChangeSet(frozenset(), frozenset(), "load")
        self._on_change(everything)

    # --- commands

    def _act(self, run: Callable[[Context], None]) -> None:
        run(self.context)

    def commands(self) -> list[Command]:
        """Everything that can be done now, for the palette."""
        found = [
            Command(
                t(a.title), a.icon, partial(self._act, a.run), t("действие"),
                shortcut=a.shortcut.replace("+", " "), aliases=t(a.words) if a.words else "",
            )
            for a in (*(self._current.commands() if self._current else ()), *self.workspace.actions)
        ]  # fmt: skip
        named = {command.title for command in found}
        found += [
            Command(t(s.title), s.icon, partial(self.navigate, s.page_id, {}), t("раздел"))
            for s in self.workspace.pages
            if s.in_sidebar and t(s.title) not in named
        ]
        own = (
            (t("Обменяться с центром"), "refresh-cw", self.exchange.now, "F5", t("синхронизация")),
            (t("Обмен файлом"), "file-down", self.open_file_exchange, "", t("нет сети носитель")),
            (t("Тёмный или светлый вид"), "sun-moon", self.look.toggle_theme, "", t("тема")),
            (t("Отменить последнее действие"), "undo-2", self.undo, "Ctrl Z", t("вернуть")),
            (t("Настройки"), "settings", self.open_settings, "Ctrl ,", t("язык масштаб")),
            (t("Клавиши"), "keyboard", self.open_help, "F1", t("справка помощь")),
            (t("Заблокировать экран"), "lock", self.lock_wanted.emit, "Ctrl L", ""),
            (t("Сменить пароль"), "user-pen", self.open_change_password, "", t("доступ вход")),
            (t("О программе"), "info", self.open_about, "", t("версия")),
            (t("Выйти"), "log-out", self.sign_out_wanted.emit, "", t("учётная запись")),
        )
        for title, icon, run, shortcut, aliases in own:
            found.append(Command(title, icon, run, shortcut=shortcut, aliases=aliases))
        return found

    def open_palette(self) -> None:
        """Ctrl+K."""
        search = partial(find_people, self.workstation.store, self.navigate)
        palette = Palette(self.commands(), search, self.background, self)
        palette.open(self)

    def open_help(self) -> None:
        """F1: keys of the page and of the window."""
        page = self._current
        actions = [(a.shortcut.replace("+", "|"), t(a.title)) for a in self.workspace.actions
                   if a.shortcut]  # fmt: skip
        groups: list[KeyGroup] = [
            (page.heading() if page else "", page.keys() if page else []),
            (t("Действия"), actions),
            (t("Везде"), _keys_everywhere()),
        ]
        KeysHelp(groups, self).open(self)

    def open_settings(self) -> None:
        """Ctrl+,"""
        Settings(self.look, self, idle_limit=self.idle_limit).open(self)

    def open_file_exchange(self) -> None:
        """For offices without a network, and colleagues who bring their files."""
        FileExchangeDialog(self.workstation, self.background, self).open(self)

    def open_change_password(self) -> None:
        """One's own password, here and at the centre."""
        ChangePassword(
            self.workstation,
            self.background,
            self._on_password_changed,
            self,
            temporary=self._password_is_temporary(),
        ).open(self)

    def _on_password_changed(self) -> None:
        self._toast(t("Пароль сменён"), icon="check")
        state = self.exchange.state
        if state is not None and state.phase != "paused":
            self.exchange.now()  # with a temporary password, that was all it waited for

    def _password_is_temporary(self) -> bool:
        state = self.exchange.state
        return state is not None and isinstance(state.error, TemporaryPassword)

    def _ask_for_own_password(self) -> None:
        """The dialog by itself, once: not over another one, nor behind the lock. Whoever closes it
        goes on without exchange and finds it again in the notices."""
        if self._asked_for_password or not self.isVisible() or self._dialog_is_open():
            return
        self._asked_for_password = True
        self.open_change_password()

    def open_about(self) -> None:
        """Versions and folders."""
        About(self.workstation.home, self).open(self)

    def _exchange_now(self) -> None:
        self.exchange.now()

    def open_sync_panel(self) -> None:
        """The panel of the exchange, beside its block in the sidebar."""
        self.exchange.open_panel()

    def _open_notices(self) -> None:
        NoticesPanel(self.notices, self).open_at(self.top.bell)

    def _open_me_menu(self) -> None:
        menu = Menu(t("Учётная запись"), self)
        menu.add(t("Заблокировать экран"), self.lock_wanted.emit, "lock", "Ctrl+L")
        menu.add(t("Сменить пароль"), self.open_change_password, "user-pen")
        menu.add(t("Настройки"), self.open_settings, "settings", "Ctrl+,")
        menu.add(t("О программе"), self.open_about, "info")
        menu.addSeparator()
        menu.add(t("Выйти"), self.sign_out_wanted.emit, "log-out")
        above = QPoint(8, -menu.sizeHint().height() - 4)
        menu.popup(self.sidebar.me.mapToGlobal(above))

    def undo(self) -> None:
        """Take back the last action of this person."""
        store = self.workstation.store
        self.background.write(partial(undo_last, store), self._on_undone, self.show_error)

    def _on_undone(self, result: UndoResult) -> None:
        said = t("Отменено: {title}", title=result.title)
        if result.kept:
            said += ". " + t("Осталось как есть: {what}", what=", ".join(result.kept))
        self._toast(said, icon="undo-2")

    # --- messages

    def _toast(
        self,
        text: str,
        *,
        kind: str = "plain",
        icon: str | None = None,
        action: str | None = None,
        on_action: Callable[[], None] | None = None,
        undo: bool = False,
    ) -> None:
        act = self.undo if undo and on_action is None else on_action
        self.toasts.show(text, kind=kind, icon=icon, action=action, on_action=act, undo=undo)

    def _open_dialog(self, dialog: QWidget) -> None:
        if isinstance(dialog, Dialog):
            dialog.open(self)
        else:
            dialog.show()

    def show_error(self, error: Exception, retry: Callable[[], None] | None = None) -> None:
        """Expected errors in their own words; anything else is a bug and is reported."""
        if not isinstance(error, ExpectedError):
            self.crash.report(error)
            return
        log.info("expected error %s", error.code)
        title, advice = error_words(error)
        word = t("Повторить") if retry is not None else None
        said = f"{title}. {advice}" if advice else title
        self.toasts.show(said, kind="bad", action=word, on_action=retry)
        now = self.workstation.clock.now()
        self.notices.add(Notice(error.code, "bad", title, advice, now, word or "", retry))

    def _on_bug(self, report: str) -> None:
        self.toasts.show(
            t("В программе ошибка. Данные сохранены, можно работать дальше"),
            kind="bad",
            action=t("Подробнее"),
            on_action=lambda: BugReport(report, self).open(self),
        )

    # --- the window itself

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._password_is_temporary():  # it was told while the screen was locked
            QTimer.singleShot(0, self, self._ask_for_own_password)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.sidebar.set_rail(self.width() < SIZE["railBelowWidth"])

    def close_down(self) -> None:
        """Stop listening; the frame closes the workstation afterwards."""
        for stop in self._stop_listening:
            stop()
        self._stop_listening = []
        self._minute.stop()
        if self.reminders is not None:
            self.reminders.stop()
        self._badge_timer.stop()
        self.exchange.close()
        self.background.changed.disconnect(self._on_change)
        self.background.crashed.disconnect(self.crash.report)
        self.crash.happened.disconnect(self._on_bug)


def _joined(first: ChangeSet | None, then: ChangeSet) -> ChangeSet:
    if first is None:
        return then
    return ChangeSet(first.records | then.records, first.persons | then.persons, then.origin)


def _keys_everywhere() -> Sequence[tuple[str, str]]:
    return (
        ("Ctrl|K", t("найти человека, раздел, действие")),
        ("Ctrl|Z", t("отменить последнее действие")),
        ("Ctrl|L", t("заблокировать экран")),
        ("Ctrl|,", t("настройки")),
        ("Alt|←", t("назад")),
        ("F5", t("обменяться с центром")),
        ("F1", t("эта справка")),
        ("Esc", t("закрыть")),
    )
