"""The exchange in words: block of the sidebar, panel, strip over the page while offline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QWidget

from arm.errors import ExpectedError
from arm.sync.state import RightsChange, SyncState
from ui.design.text import counted, fmt_instant, fmt_number, fmt_time, plural, t
from ui.widgets.banner import Banner
from ui.widgets.button import Button
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.popover import Popover
from ui.widgets.progress import ProgressLine


@dataclass(frozen=True)
class SyncWords:
    """How a state is shown: icon, colour token, title and the line below."""

    icon: str
    token: str
    title: str
    below: str


def error_words(error: ExpectedError) -> tuple[str, str]:
    """What happened and what to do, in the language in use."""
    return (
        t(error.title).format_map(error.params),
        t(error.advice).format_map(error.params) if error.advice else "",
    )


def rights_words(change: RightsChange) -> tuple[str, str]:
    """What became of a person's right to a unit, and what that means for their work."""
    unit = change.title
    match change.what:
        case "given":
            return t("Открыт доступ: {unit}", unit=unit), t("Дела подразделения загружаются")
        case "writable":
            return t("Можно изменять дела: {unit}", unit=unit), ""
        case "read_only":
            title = t("Только чтение: {unit}", unit=unit)
            return title, t("Неотправленные правки ушли в центр; непринятые — в «Расхождениях»")
    title = t("Доступ закрыт: {unit}", unit=unit)
    return title, t("Дела подразделения убраны с этого компьютера, набранное не потеряно")


def waiting_words(pending: int) -> str:
    """«6 правок ждут отправки»; empty when nothing waits."""
    if not pending:
        return ""
    edits = counted(pending, "правка", "правки", "правок")
    verb = plural(pending, "ждёт отправки", "ждут отправки", "ждут отправки")
    return f"{edits} {verb}"


def history_words(lost: int) -> tuple[str, str]:
    """What it means that the centre's history is not the one that was seen here."""
    entries = counted(lost, "записи", "записей", "записей")
    return (
        t("История центра другая: нет {entries}, которые были здесь видны", entries=entries),
        t("Записи на этом компьютере целы. Сообщите администратору; отметки сохранены"),
    )


def sync_words(state: SyncState | None) -> SyncWords:
    """The state in words. None: the workstation works without a centre."""
    if state is None:
        return SyncWords("monitor", "text3", t("Без центра"), t("Только этот компьютер"))
    last, waiting = fmt_instant(state.last_exchange_at), waiting_words(state.pending)
    since = fmt_time(state.offline_since)
    done, total = fmt_number(state.loaded), fmt_number(state.total)
    loaded = t("{done} из {total}", done=done, total=total) if state.total else ""
    paused = SyncWords("pause", "text3", t("Обмен приостановлен"), waiting or last)
    by_phase = {
        "loading": SyncWords("cloud-download", "accentText", t("Загружаем дела"), loaded),
        "exchanging": SyncWords("refresh-cw", "accentText", t("Идёт обмен"), waiting or last),
        "offline": SyncWords(
            "cloud-off",
            "warnFill",
            t("Без связи с {time}", time=since) if since else t("Нет связи"),
            waiting or t("Всё сохранено здесь"),
        ),
        "paused": paused,
        "stopped": paused,
    }
    if state.phase in by_phase:
        return by_phase[state.phase]
    if state.history_lost:
        return SyncWords("cloud-alert", "badFill", t("История центра другая"), t("Подробности"))
    if state.rejected:
        text = counted(state.rejected, "правку", "правки", "правок")
        return SyncWords("cloud-alert", "badFill", t("Центр не принял"), text)
    if state.last_exchange_at is None:
        return SyncWords("cloud", "text3", t("Обмена ещё не было"), waiting)
    return SyncWords("cloud-check", "okFill", t("Синхронизировано"), waiting or last)


class OfflineStrip(Banner):
    """Amber, over the page, never in the way of work."""

    def __init__(self, retry: Callable[[], None], parent: QWidget | None = None) -> None:
        button = Button(t("Повторить"), "refresh-cw", "ghost", 28)
        button.setObjectName("retry-exchange")
        button.clicked.connect(retry)
        super().__init__("warn", "", "", button, "cloud-off", flat=True, parent=parent)
        self.setObjectName("offline-strip")
        self.hide()

    def show_state(self, state: SyncState | None) -> None:
        """Show or hide by the state."""
        if state is None or state.phase != "offline":
            self.hide()
            return
        since = fmt_time(state.offline_since)
        title = t("Работаем без связи с {time}", time=since) if since else t("Работаем без связи")
        waiting = waiting_words(state.pending) or t("Правки сохраняются здесь")
        at = fmt_instant(state.last_exchange_at)
        if at:
            waiting += ", " + t("данные коллег — на {at}", at=at)
        self.set_words(title, waiting)
        self.show()


class SyncPanel(Popover):
    """Queue, last exchange, what went wrong, and the switches."""

    def __init__(
        self,
        state: SyncState | None,
        *,
        exchange: Callable[[], None],
        pause: Callable[[], None],
        resume: Callable[[], None],
        open_conflicts: Callable[[], None] | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(t("Обмен с центром"), width=372, parent=parent)
        self.setObjectName("sync-panel")
        words = sync_words(state)
        self.body.setContentsMargins(16, 16, 16, 16)
        self.body.setSpacing(12)
        self.body.addWidget(Label(words.title, "card"))
        if state is None:
            text = t("Это рабочее место не подключено к центру: коллеги не видят ваших правок.")
            self.body.addWidget(Label(text, color="text2", wrap=True))
            return
        if state.phase == "loading" and state.total:
            progress = ProgressLine(t("Первая загрузка"))
            progress.set_progress(state.loaded, state.total)
            self.body.addWidget(progress)
        self.body.addLayout(self._facts(state))
        if state.error is not None:
            title, advice = error_words(state.error)
            self.body.addWidget(Banner("warn", title, advice))
        if state.history_lost:
            self.body.addWidget(Banner("bad", *history_words(state.history_lost)))
        paused = state.phase in ("paused", "stopped")
        now = Button(
            t("Повторить") if state.error else t("Обменяться сейчас"), "refresh-cw", "primary"
        )
        now.setObjectName("exchange-now")
        now.setEnabled(state.phase not in ("exchanging", "loading"))
        now.clicked.connect(lambda: self._do(resume if paused else exchange))
        switch = Button(
            t("Возобновить") if paused else t("Приостановить"), "play" if paused else "pause"
        )
        switch.setObjectName("pause-exchange")
        switch.clicked.connect(lambda: self._do(resume if paused else pause))
        self.body.addLayout(row(now, switch, None))
        if state.conflicts and open_conflicts is not None:
            words_ = counted(state.conflicts, "расхождение", "расхождения", "расхождений")
            show = Button(t("Решить {what}", what=words_), "git-compare-arrows")
            show.setObjectName("open-conflicts")
            show.clicked.connect(lambda: self._do(open_conflicts))
            self.body.addWidget(show)

    def _do(self, fn: Callable[[], None]) -> None:
        self.close_popover()
        fn()

    def _facts(self, state: SyncState) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        lines = [
            (t("Ждут отправки"), fmt_number(state.pending)),
            (t("Последний обмен"), fmt_instant(state.last_exchange_at) or t("ещё не было")),
            (t("Сегодня отправлено"), fmt_number(state.today_sent)),
            (t("Сегодня получено"), fmt_number(state.today_received)),
        ]
        if state.rejected:
            lines.append((t("Центр не принял"), fmt_number(state.rejected)))
        if state.server_ms is not None:
            lines.append((t("Ответ центра"), t("{ms} мс", ms=state.server_ms)))
        for number, (name, value) in enumerate(lines):
            grid.addWidget(Label(name, "secondary", "text3"), number, 0)
            grid.addWidget(Label(value), number, 1)
        return grid
