"""The exchange in words: block of the sidebar, panel, strip over the page while offline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from arm.casework.exchanges import PastExchange, Proven
from arm.casework.kept_work import Unsent
from arm.centre_errors import CentreBusy, TemporaryPassword
from arm.errors import ExpectedError
from arm.sync.state import RightsChange, SyncState
from ui.casefile.exchange_panel import PILLS, remaining
from ui.casefile.ground import AsHighAsNeeded
from ui.design.style import BAR
from ui.design.text import NBSP, counted, fmt_instant, fmt_number, fmt_time, t
from ui.error_words import error_words
from ui.shell.people_words import short_name, waiting_words
from ui.widgets.banner import Banner
from ui.widgets.button import Button
from ui.widgets.label import Label
from ui.widgets.layout import row
from ui.widgets.pill import Pill
from ui.widgets.popover import Popover
from ui.widgets.progress import ProgressLine


@dataclass(frozen=True)
class SyncWords:
    """How a state is shown: icon, colour token, title and the line below."""

    icon: str
    token: str
    title: str
    below: str


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


def rights_kind(change: RightsChange) -> str:
    """More rights are news, fewer are a warning."""
    return "accent" if change.what in ("given", "writable") else "warn"


def history_words(lost: int) -> tuple[str, str]:
    """What it means that the centre's history is not the one that was seen here."""
    entries = counted(lost, "записи", "записей", "записей")
    return (
        t("История центра другая: нет {entries}, которые были здесь видны", entries=entries),
        t("Записи здесь целы. Сообщите администратору: программа помнит, что было видно"),
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
    trouble = _trouble(state)
    if trouble is not None:
        return trouble
    if state.last_exchange_at is None:
        return SyncWords("cloud", "text3", t("Обмена ещё не было"), waiting)
    return SyncWords("cloud-check", "okFill", t("Синхронизировано"), waiting or last)


def _trouble(state: SyncState) -> SyncWords | None:
    """What a person ought to look at, the gravest first."""
    if state.history_lost:
        return SyncWords("cloud-alert", "badFill", t("История центра другая"), t("Подробности"))
    if state.error is not None:
        return SyncWords("cloud-alert", "warnFill", t("Обмен не завершён"), t("Подробности"))
    refused = state.rejected + state.office_rejected
    if refused:
        text = counted(refused, "правку", "правки", "правок")
        return SyncWords("cloud-alert", "badFill", t("Центр не принял"), text)
    return None


@dataclass(frozen=True)
class Acts:
    """What the panel may ask of the window."""

    exchange: Callable[[], None]
    pause: Callable[[], None]
    resume: Callable[[], None]
    open_conflicts: Callable[[], None] | None = None
    open_refused: Callable[[], None] | None = None
    read_details: Callable[[Callable[[Details], None]], None] = lambda _told: None
    by_file: Callable[[], None] | None = None
    change_password: Callable[[], None] | None = None


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


@dataclass(frozen=True)
class Details:
    """What the panel reads beside the state."""

    past: list[PastExchange]
    proven: list[Proven]
    unsent: list[Unsent]


class SyncPanel(Popover):
    """Queue, last exchange, what went wrong, and the switches.

    :meth:`show_state` keeps it true while it is open; :meth:`show_details` adds what had to be
    read: whose edits wait, how far the feed is proven, how the last exchanges went.
    """

    def __init__(self, state: SyncState | None, act: Acts, parent: QWidget | None = None) -> None:
        super().__init__(t("Обмен с центром"), width=456, parent=parent)
        self.setObjectName("sync-panel")
        self._act = act
        self._state = state
        self._details: Details | None = None
        self._open = False
        self.body.setContentsMargins(16, 14, 16 - BAR, 16)
        self.body.setSpacing(12)
        self._title = Label("", "card")
        self._pill = Pill("neutral", "")
        self.body.addLayout(row(self._title, None, self._pill, margins=_BESIDE_BAR))
        self._area = AsHighAsNeeded(QWidget())
        self.body.addWidget(self._area)
        self._build_switches()
        self.show_state(state)

    def _build_switches(self) -> None:
        self._now = Button(t("Обменяться"), "refresh-cw", "primary")
        self._now.setObjectName("exchange-now")
        self._now.clicked.connect(lambda: self._do(self._act.exchange))
        self._switch = Button(t("Приостановить"))
        self._switch.setObjectName("pause-exchange")
        self._switch.clicked.connect(self._turn)
        self._more = Button(t("Подробности"), kind="ghost")
        self._more.setObjectName("exchange-details")
        self._more.clicked.connect(self._toggle_details)
        self._switches = QWidget()
        self._switches.setLayout(
            row(self._now, self._switch, None, self._more, margins=_BESIDE_BAR)
        )
        self.body.addWidget(self._switches)

    def show_state(self, state: SyncState | None) -> None:
        """Say how things stand now."""
        self._state = state
        self._title.setText(_heading(state))
        self._pill.set_status(*_pill(state))
        self._switches.setVisible(state is not None)
        content = QWidget()
        self._inside = QVBoxLayout(content)
        self._inside.setContentsMargins(*_BESIDE_BAR)
        self._inside.setSpacing(12)
        if state is None:
            text = t("Это рабочее место не подключено к центру: коллеги не видят ваших правок.")
            self._inside.addWidget(Label(text, color="text2", wrap=True))
        else:
            self._fill(state)
            self._name_switches(state)
        self._area.show_content(content)
        content.show()  # at once: the size that is needed is asked for before the next event
        self.fit()

    def _fill(self, state: SyncState) -> None:
        if state.phase == "loading" and state.total:
            self._inside.addLayout(_loading(state))
        if state.error is not None:
            self._inside.addWidget(self._trouble(state.error))
        if state.history_lost:
            self._inside.addWidget(Banner("bad", *history_words(state.history_lost)))
        for change in state.rights:
            self._inside.addWidget(Banner(rights_kind(change), *rights_words(change)))
        self._inside.addLayout(_grid(_facts(state)))
        self._inside.addLayout(self._to_decide(state))
        if self._open and self._details is not None:
            self._show_more(self._details)

    def _trouble(self, error: ExpectedError) -> Banner:
        button = None
        if isinstance(error, TemporaryPassword) and self._act.change_password is not None:
            button = Button(t("Сменить пароль"), size=28)
            button.setObjectName("change-temporary-password")
            button.clicked.connect(lambda: self._do(self._act.change_password))
        return Banner("warn", *error_words(error), button)

    def show_details(self, details: Details) -> None:
        """What was read in the meantime."""
        self._details = details
        if self._open:
            self.show_state(self._state)

    def _name_switches(self, state: SyncState) -> None:
        paused = state.phase in ("paused", "stopped")
        self._now.setText(t("Повторить") if state.error else t("Обменяться"))
        self._now.setEnabled(state.phase not in ("exchanging", "loading"))
        self._switch.setText(t("Возобновить") if paused else t("Приостановить"))
        self._switch.set_icon("play" if paused else "pause")
        self._more.setText(t("Скрыть") if self._open else t("Подробности"))

    def _to_decide(self, state: SyncState) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(8)
        if self._act.by_file is not None and (self._open or state.phase == "offline"):
            carry = Button(t("Обмен файлом"), "file-down")
            carry.setObjectName("open-file-exchange")
            carry.clicked.connect(lambda: self._do(self._act.by_file))
            box.addLayout(row(carry, None))
        if self._act.open_conflicts is None:
            return box
        if state.conflicts:
            what = counted(state.conflicts, "расхождение", "расхождения", "расхождений")
            show = Button(t("Решить {what}", what=what), "git-compare-arrows")
            show.setObjectName("open-conflicts")
            show.clicked.connect(lambda: self._do(self._act.open_conflicts))
            box.addLayout(row(show, None))
        refused = state.rejected + state.office_rejected
        if refused and self._act.open_refused is not None:
            what = counted(refused, "непринятую правку", "непринятые правки", "непринятых правок")
            look = Button(t("Разобрать {what}", what=what), "cloud-alert")
            look.setObjectName("open-refused")
            look.clicked.connect(lambda: self._do(self._act.open_refused))
            box.addLayout(row(look, None))
        return box

    def _show_more(self, details: Details) -> None:
        waiting = [one for one in details.unsent if one.waiting or one.held]
        if len(waiting) > 1 or any(one.held for one in waiting):
            lines = [(short_name(one.name), _waits(one)) for one in waiting]
            self._inside.addWidget(Label(t("Чьи правки ждут"), "smallStrong", "text2"))
            self._inside.addLayout(_grid(lines))
        chain = ", ".join(f"№{NBSP}{fmt_number(one.seq)}" for one in details.proven if one.seq)
        if chain:
            self._inside.addLayout(
                _grid([(t("Цепочка проверена"), t("до {numbers}", numbers=chain))])
            )
        self._inside.addWidget(Label(t("Последние обмены"), "smallStrong", "text2"))
        lines = [(_when(one), _went(one)) for one in details.past[:LISTED]]
        if lines:
            self._inside.addLayout(_grid(lines))
        else:
            self._inside.addWidget(Label(t("Обмена ещё не было"), "secondary", "text3"))

    def _toggle_details(self) -> None:
        self._open = not self._open
        if self._open:
            self._act.read_details(self.show_details)
        self.show_state(self._state)

    def _turn(self) -> None:
        paused = self._state is not None and self._state.phase in ("paused", "stopped")
        self._do(self._act.resume if paused else self._act.pause)

    def _do(self, fn: Callable[[], None] | None) -> None:
        self.close_popover()
        if fn is not None:
            fn()


LISTED = 6
_BESIDE_BAR = (0, 0, BAR, 0)
"""The bar has the margin of the panel at the right for itself."""


def _heading(state: SyncState | None) -> str:
    words = sync_words(state)
    if state is None or words.title != t("Центр не принял"):
        return words.title
    return t("Центр не принял {what}", what=words.below)


def _pill(state: SyncState | None) -> tuple[str, str, str]:
    if state is None:
        return "neutral", t("без центра"), "monitor"
    kind, words, icon = PILLS[state.phase]
    if state.phase == "idle" and isinstance(state.error, CentreBusy):
        kind, words, icon = "warn", "центр занят", "clock"
    elif state.phase == "idle" and state.error is not None:
        kind, words, icon = "bad", "ошибка", "triangle-alert"
    elif state.phase == "idle" and state.history_lost:
        kind, words, icon = "bad", "нужна проверка", "cloud-alert"
    return kind, t(words), icon


def _facts(state: SyncState) -> list[tuple[str, str]]:
    lines = [(t("Ждут отправки"), fmt_number(state.pending))]
    if state.held:
        lines.append((t("Ждут входа автора"), fmt_number(state.held)))
    if state.offline_since is not None:
        lines.append((t("Без связи"), t("с {time}", time=fmt_instant(state.offline_since))))
    lines += [
        (t("Последний обмен"), fmt_instant(state.last_exchange_at) or t("ещё не было")),
        (t("Сегодня отправлено"), fmt_number(state.today_sent)),
        (t("Сегодня получено"), fmt_number(state.today_received)),
    ]
    refused = state.rejected + state.office_rejected
    if refused:
        lines.append((t("Центр не принял"), fmt_number(refused)))
    if state.server_ms is not None and state.phase != "offline":
        lines.append((t("Ответ центра"), t("{ms} мс", ms=state.server_ms)))
    return lines


def _loading(state: SyncState) -> QVBoxLayout:
    progress = ProgressLine(t("Первая загрузка"))
    progress.set_progress(state.loaded, state.total)
    box = QVBoxLayout()
    box.setSpacing(4)
    box.addWidget(progress)
    if state.rate:
        speed = t("{n} записей в секунду", n=fmt_number(state.rate))
        left = remaining(state.total - state.loaded, state.rate)
        box.addWidget(Label(f"{speed}, {left}", "secondary", "text3"))
    return box


def _waits(one: Unsent) -> str:
    parts = [fmt_number(one.waiting)] if one.waiting else []
    if one.held:
        parts.append(t("{n} ждут входа", n=fmt_number(one.held)))
    return ", ".join(parts)


def _when(one: PastExchange) -> str:
    return fmt_instant(one.until or one.at) or ""


def _went(one: PastExchange) -> str:
    if one.problem:
        times = f" ×{one.times}" if one.times > 1 else ""
        return t(one.problem) + times
    parts = []
    if one.loaded:
        parts.append(t("загружено {n}", n=fmt_number(one.loaded)))
    if one.sent:
        parts.append(t("отправлено {n}", n=fmt_number(one.sent)))
    if one.received:
        parts.append(t("получено {n}", n=fmt_number(one.received)))
    return ", ".join(parts)


def _grid(lines: Sequence[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, 140)
    grid.setColumnStretch(1, 1)
    for number, (name, value) in enumerate(lines):
        said = Label(name, "secondary", "text3")
        said.setContentsMargins(0, 2, 0, 0)  # on one line with the larger value
        grid.addWidget(said, number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Label(value, wrap=True), number, 1)
    return grid
