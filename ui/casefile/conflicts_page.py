"""«Расхождения»: where two people changed one field, a person decides; no version is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from arm.casework import conflicts, refused
from arm.casework.conflicts import RECORD, ConflictField, Dispute, SettledDispute
from arm.casework.errors import ConflictGone, WrongValues
from arm.errors import ExpectedError
from arm.store.store import ChangeSet
from ui.casefile.conflict_field import GAP, LABEL_WIDTH, SIDE, ConflictRow, LineIcon, Side
from ui.casefile.conflict_parts import MergedRow, Summary
from ui.casefile.conflicts_list import Chosen, ConflictsList, Kind, Lists
from ui.casefile.exchange_panel import ExchangePanel
from ui.casefile.ground import Surface, between, covered, fields_area
from ui.casefile.refused_view import RefusedView
from ui.casefile.settled_view import SettledView
from ui.casefile.wording import initials, moment_text, whose
from ui.context import Context
from ui.design.text import counted, t
from ui.page import Keys, Page
from ui.widgets import (
    Avatar,
    Button,
    EmptyState,
    Label,
    Link,
    Panel,
    Rule,
    clear_layout,
    column,
    keep_toasts_above,
    row,
)

_DISPUTE, _NOTHING, _WRONG, _REFUSED, _SETTLED = 1, 2, 3, 4, 5


@dataclass
class Decision:
    """A choice that is not saved yet; it survives going to another case and back."""

    side: Side
    typed: tuple[str, ...]


class ConflictsPage(Page):
    """Arguments: ``person_id`` opens that person's dispute, ``refused`` (true) the newest edit
    that the centre did not accept."""

    page_id = "conflicts"
    title = "Расхождения"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._lists = Lists()
        self._place: Chosen | None = None
        self._wanted: Chosen | None = None
        self._refused_wanted = False
        self.dispute: Dispute | None = None
        self.rows: list[ConflictRow] = []
        self._summary: Summary | None = None
        self._decisions: dict[str, Decision] = {}
        self._undoable: list[tuple[str, Side]] = []
        self._recalling = self._walking = False
        self.list = ConflictsList()
        self.list.chosen.connect(self.show_place)
        self.list.stepped.connect(self._walk)
        self._build_middle()
        self.exchange = ExchangePanel(context)
        self.exchange.counts_changed.connect(self.reload)
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.list)
        line.addWidget(Rule(vertical=True))
        line.addWidget(self._states, 1)
        line.addWidget(self.exchange)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(whole)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(lambda: None if covered(self) else self.save())

    # -- building -------------------------------------------------------------------------------

    def _build_middle(self) -> None:
        self._avatar = Avatar("", 36)
        self._name = Label("", "screen", elide=True)
        self._about = Label("", "secondary", "text2", wrap=True)
        open_case = Button(t("Открыть дело"), "arrow-up-right", "secondary", 28)
        open_case.setObjectName("conflictOpenCase")
        open_case.clicked.connect(self._open_case)
        head = Surface(below=True)
        words = column(self._name, self._about, gap=0)
        top = row(self._avatar, words, open_case, gap=12, margins=(24, 16, 24, 13))
        top.setStretch(1, 1)
        head.setLayout(top)
        self._versions = QHBoxLayout()
        self._fields = QVBoxLayout()
        self._fields.setSpacing(0)
        self._below = QVBoxLayout()
        self._below.setSpacing(12)
        self._below.setContentsMargins(24, 12, 24, 16)
        self._area = fields_area("conflictFields", self._versions, self._fields, self._below)
        whole = between(head, self._area, self._build_footer())
        self._nothing = EmptyState(
            "git-compare-arrows",
            t("Расхождений нет"),
            t("Если двое изменят одно поле, выбор появится здесь"),
        )
        again = Button(t("Повторить"), "refresh-cw")
        again.setObjectName("conflictsRetry")
        again.clicked.connect(self.reload)
        self._wrong = EmptyState("git-compare-arrows", "", "", again)
        self._states = QStackedWidget()
        self.refused_view = RefusedView(self.context)
        self.refused_view.case_wanted.connect(self._open_case_of)
        self.refused_view.decided.connect(self.reload)
        self.settled_view = SettledView()
        self.settled_view.case_wanted.connect(self._open_case_of)
        self.settled_view.history_wanted.connect(self._open_history_of)
        for part in (QWidget(), whole, self._nothing, self._wrong, self.refused_view,
                     self.settled_view):  # fmt: skip
            self._states.addWidget(part)

    def _build_footer(self) -> QWidget:
        foot = Surface(above=True)
        foot.setFixedHeight(56)
        self._mine = Button(t("Взять все мои"), None, "ghost")
        self._mine.setObjectName("takeMine")
        self._mine.clicked.connect(lambda: self.take_all("mine"))
        self._theirs = Button(t("Взять все от коллеги"), None, "ghost")
        self._theirs.setObjectName("takeTheirs")
        self._theirs.clicked.connect(lambda: self.take_all("theirs"))
        self._left = Label("", "secondary", "text2")
        self._left.setObjectName("conflictsLeft")
        later = Button(t("Отложить"))
        later.setObjectName("conflictLater")
        later.clicked.connect(self._postpone)
        self.save_button = Button(t("Сохранить решение"), None, "primary")
        self.save_button.setObjectName("conflictSave")
        self.save_button.clicked.connect(self.save)
        foot.setLayout(
            row(
                self._mine,
                self._theirs,
                None,
                self._left,
                later,
                self.save_button,
                margins=(24, 1, 24, 0),
            )
        )
        keep_toasts_above(foot)
        return foot

    # -- the window asks ------------------------------------------------------------------------

    def subtitle(self) -> str:
        waiting, refused_edits = len(self._lists.open), len(self._lists.refused)
        if not waiting and refused_edits:
            edits = counted(refused_edits, "правку", "правки", "правок")
            return t("центр не принял {edits}", edits=edits)
        if not waiting:
            return ""
        cases = counted(waiting, "дело ждёт", "дела ждут", "дел ждут")
        return t("{cases} решения", cases=cases)

    def keys(self) -> Keys:
        if self._kind is None:
            return []
        if self._kind in ("refused", "done"):
            return [("↑ ↓", t("правка")), ("Ctrl C", t("скопировать"))]
        if self._kind == "settled":
            return [("↑ ↓", t("решение")), ("Ctrl Z", t("отменить решение"))]
        return [
            ("↑ ↓", t("поле")),
            ("1", t("было")),
            ("2", t("моё")),
            ("3", t("коллеги")),
            ("4", t("вписать")),
            ("Enter", t("дальше")),
            ("Ctrl Enter", t("сохранить")),
            ("5", t("скан")),
            ("6", t("сроки")),
        ]

    def shown(self, args: Mapping[str, object]) -> None:
        wanted = args.get("person_id")
        self._wanted = ("dispute", wanted) if isinstance(wanted, str) and wanted else None
        self._refused_wanted = bool(args.get("refused"))
        self.reload()

    def data_changed(self, change: ChangeSet) -> None:
        self.reload()

    @property
    def _kind(self) -> Kind | None:
        return self._place[0] if self._place is not None else None

    @property
    def _person(self) -> str:
        """Whose dispute stands in the middle."""
        return self._place[1] if self._place is not None and self._place[0] == "dispute" else ""

    # -- reading --------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the lists again."""
        store = self.context.store

        def read() -> Lists:
            return Lists(
                conflicts.disputed(store),
                conflicts.settled_today(store),
                refused.refused(store),
                refused.dealt_with(store),
            )

        self.context.background.read(read, self._take, self._on_failed, key="conflicts")
        self.exchange.refresh()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, ExpectedError):
            self.context.show_error(error)
            return
        # a dispute on the screen stays, with its choices, and so does what was typed
        if self._states.currentIndex() not in (_DISPUTE, _REFUSED, _SETTLED):
            self._wrong.set_words(t(error.title_text), t(error.advice_text))
            self._states.setCurrentIndex(_WRONG)

    def _take(self, lists: Lists) -> None:
        self._lists = lists
        self.list.show_lists(lists, self.context.store.clock.today())
        place = self._pick()
        if place is None:
            self._remember()
            self._place, self.dispute, self.rows = None, None, []
            self._states.setCurrentIndex(_NOTHING)
            self.header_changed.emit()
        else:
            self.show_place(place)

    def _pick(self) -> Chosen | None:
        """What stands in the middle: what was asked for, what stood there, or the first that
        waits."""
        known = set(self.list.order(("dispute", "settled", "refused", "done")))
        wanted, self._wanted = self._wanted, None
        first_refused, self._refused_wanted = self._refused_wanted, False
        if wanted in known:
            return wanted
        waiting = self.list.order(("dispute", "refused"))
        if first_refused:
            waiting = self.list.order(("refused",)) or waiting
        elif self._place in known:
            return self._place
        return waiting[0] if waiting else None

    def choose(self, person_id: str) -> None:
        """Show a disputed case; what was chosen elsewhere is kept."""
        self.show_place(("dispute", person_id))

    def choose_refused(self, key: str) -> None:
        """Show an edit that the centre did not accept; choices made in disputes are kept."""
        self.show_place(("refused", key))

    def show_place(self, place: Chosen) -> None:
        """Show a dispute, open or settled, or a refused edit."""
        self._remember()
        if place != self._place:
            self._undoable.clear()
        self._place = place
        self.list.mark(place)
        store, (kind, key) = self.context.store, place
        if kind in ("refused", "done"):
            edits = self._lists.refused if kind == "refused" else self._lists.done
            edit = next(edit for edit in edits if edit.key == key)
            self.refused_view.show_edit(edit, store.clock.today())
            self._states.setCurrentIndex(_REFUSED)
        elif kind == "settled":
            self.context.background.read(
                lambda: conflicts.settled(store, key),
                self._show_settled,
                self._dispute_failed,
                key="dispute",
            )
        else:
            self.context.background.read(
                lambda: conflicts.dispute(store, key),
                self._show_dispute,
                self._dispute_failed,
                key="dispute",
            )
        self.header_changed.emit()

    def _dispute_failed(self, error: Exception) -> None:
        if not isinstance(error, ConflictGone):
            self.context.show_error(error)

    # -- showing --------------------------------------------------------------------------------

    def _show_settled(self, found: SettledDispute) -> None:
        if self._place == ("settled", found.person_id):
            self.settled_view.show_dispute(found, self.context.store.clock.today())
            self._states.setCurrentIndex(_SETTLED)

    def _show_dispute(self, dispute: Dispute) -> None:
        if dispute.person_id != self._person:
            return
        if self.dispute == dispute and self.rows:
            self._states.setCurrentIndex(_DISPUTE)
            self._on_decided()
            return  # nothing new: what is being typed stays as it is
        self._remember()
        self.dispute = dispute
        self._name.setText(dispute.name or t("Человек без имени"))
        words = self._name.text().split()
        self._avatar.set_initials(initials(words[0], words[1] if len(words) > 1 else None))
        both = t("Два человека изменили одно и то же, пока не было связи.")
        self._about.setText(both + " " + t("Выберите верное или впишите своё."))
        own = dispute.own
        mine, theirs = map(_take_all_of, (dispute.mine_name, dispute.theirs_name))
        self._mine.setText(t("Взять все мои") if own else mine)
        self._theirs.setText(t("Взять все от коллеги") if own else theirs)
        self._show_versions(dispute)
        clear_layout(self._fields)
        self.rows = [
            ConflictRow(field, self.context, self._captions(field, dispute))
            for field in in_order(dispute.fields)
        ]
        self._recalling = True
        for shown in self.rows:
            shown.decided.connect(lambda shown=shown: self._on_choice(shown))
            shown.focused.connect(lambda shown=shown: self._make_current(shown))
            shown.moved.connect(lambda step, shown=shown: self._move(shown, step))
            shown.entered.connect(lambda shown=shown: self._go_on(shown))
            shown.own_typed.connect(lambda shown=shown: self._weigh(shown))
            self._fields.addWidget(shown)
            self._recall(shown)
        self._recalling = False
        self._show_below(dispute)
        self._states.setCurrentIndex(_DISPUTE)
        self._on_decided()
        walking, self._walking = self._walking, False
        if self.rows and self.isVisible() and not walking:
            first = next((shown for shown in self.rows if not shown.settled()), self.rows[0])
            # the bar tells where the keys go; a ring comes with the first key
            first.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def _captions(self, field: ConflictField, dispute: Dispute) -> dict[Side, str]:
        """Whose a version is, where it is not the one that the heading names."""
        today = self.context.store.clock.today()
        heads = {
            "mine": (dispute.mine_name, dispute.mine_at),
            "theirs": (dispute.theirs_name, dispute.theirs_at),
        }
        found: dict[Side, str] = {}
        for side, version in (("mine", field.mine), ("theirs", field.theirs)):
            if (version.who, version.at) != heads[side]:
                told = f"{whose(version.who)}, {moment_text(version.at, today)}"
                found[side] = told  # type: ignore[index]  # both are sides
        return found

    def _show_versions(self, dispute: Dispute) -> None:
        clear_layout(self._versions)
        today = self.context.store.clock.today()
        self._versions.setContentsMargins(SIDE, 10, SIDE, 8)
        self._versions.setSpacing(8)
        self._versions.addSpacing(LABEL_WIDTH + GAP)
        for title, at, icon in (
            (t("Было"), dispute.base_at, ""),
            (
                t("Ваша правка") if dispute.own else _first_names(dispute.mine_name),
                dispute.mine_at,
                "user",
            ),
            (_first_names(dispute.theirs_name), dispute.theirs_at, "users"),
        ):
            holder = QWidget()
            line = row(
                *([LineIcon(icon, "accentText" if icon == "user" else "text3")] if icon else []),
                Label(title, "bodyStrong", elide=True),
                gap=6,
            )
            when = Label(moment_text(at, today) if at else "", "secondary", "text3", elide=True)
            holder.setLayout(column(line, when, gap=0))
            self._versions.addWidget(holder, 1)

    def _show_below(self, dispute: Dispute) -> None:
        clear_layout(self._below)
        if dispute.merged_without_dispute:
            merged = Panel(
                t("Объединено без спора"), len(dispute.merged_without_dispute), padding=False
            )
            merged.add_action(Label(t("эти поля менял кто-то один"), "secondary", "text3"))
            for field in dispute.merged_without_dispute:
                merged.body.addWidget(MergedRow(field))
            self._below.addWidget(merged)
        result = Panel(t("Что запишем в дело"), padding=False)
        link = Link(t("Все варианты в истории"), small=True)
        link.setObjectName("conflictHistory")
        link.clicked.connect(lambda: self._open_history_of(self._person))
        result.add_action(link)
        self._summary = Summary(self.rows)
        result.body.addWidget(self._summary)
        self._below.addWidget(result)

    # -- deciding -------------------------------------------------------------------------------

    def _remember(self) -> None:
        for shown in self.rows:
            if shown.choice:
                self._decisions[shown.disputed.conflict_id] = Decision(shown.choice, shown.typed())

    def _recall(self, shown: ConflictRow) -> None:
        kept = self._decisions.get(shown.disputed.conflict_id)
        if kept is not None:
            shown.recall(kept.side, kept.typed)

    def take_all(self, side: Side) -> None:
        """Choose one side for every field; nothing is saved yet."""
        for shown in self.rows:
            shown.choose(side)

    def _on_choice(self, shown: ConflictRow) -> None:
        if not self._recalling:
            self._undoable.append((shown.disputed.conflict_id, shown.choice))
        self._on_decided()

    def _on_decided(self) -> None:
        self._follow_deletions()
        left = sum(not shown.settled() for shown in self.rows)
        self._left.setText(t("Осталось: {n}", n=left) if left else t("Всё выбрано"))
        self.save_button.setEnabled(bool(self.rows) and left == 0)
        if self._summary is not None:
            self._summary.refresh()
        self.list.set_decided(self._person, len(self.rows) - left)

    def _follow_deletions(self) -> None:
        """Fields of a record that is to be deleted need no choice."""
        dropped = {
            shown.disputed.record_id
            for shown in self.rows
            if shown.disputed.field == RECORD and shown.chosen_value() is True
        }
        for shown in self.rows:
            if shown.disputed.field != RECORD:
                shown.set_moot(shown.disputed.record_id in dropped)

    def undo_choice(self) -> bool:
        """Take back the last choice that is not saved yet; tells whether there was one."""
        if self._kind != "dispute" or not self._undoable:
            return False
        last, _ = self._undoable.pop()
        before: Side = next((side for key, side in reversed(self._undoable) if key == last), "")
        for shown in self.rows:
            if shown.disputed.conflict_id == last:
                self._recalling = True
                shown.recall(before, shown.typed())
                self._recalling = False
                shown.setFocus(Qt.FocusReason.OtherFocusReason)
                self._decisions.pop(last, None)
        self._on_decided()
        return True

    def _weigh(self, shown: ConflictRow) -> None:
        """Work out what a typed value would do, off the screen's thread."""
        own, field = shown.own_value(), shown.disputed
        if own is None or not field.effects:
            shown.show_effect(())
            return
        store, person = self.context.store, self._person
        self.context.background.read(
            lambda: conflicts.effect_of(store, person, field, own),
            lambda effect: shown.show_effect(effect.lines) if isValid(shown) else None,
            key=f"effect-{field.conflict_id}",
        )

    def save(self) -> None:
        """Write the decisions in one action; possible only when every field has a choice."""
        if self._kind != "dispute" or not self.rows or not self.save_button.isEnabled():
            return
        decisions: dict[str, object] = {}
        for shown in self.rows:
            decisions |= shown.settlement()
        store = self.context.store
        self.save_button.setEnabled(False)
        self.context.background.write(
            lambda: conflicts.settle(store, decisions), self._saved, self._not_saved
        )

    def _saved(self, _count: int) -> None:
        for shown in self.rows:
            self._decisions.pop(shown.disputed.conflict_id, None)
        self.rows, self.dispute = [], None
        self._undoable.clear()
        self.context.toast(t("Решение сохранено"), icon="check", undo=True)
        self.reload()

    def _not_saved(self, error: Exception) -> None:
        self._on_decided()
        if isinstance(error, WrongValues):
            for problem in error.problems:
                for shown in self.rows:
                    if any(part.key == problem.field for part in shown.disputed.parts):
                        shown.refuse(t(problem.text))
            return
        self.context.show_error(error)
        if isinstance(error, ConflictGone):
            self.dispute = None
            self.reload()

    def _postpone(self) -> None:
        known = [case.person_id for case in self._lists.open]
        if len(known) < 2:
            self._remember()
            self.context.back()
            return
        place = known.index(self._person) if self._person in known else -1
        self.choose(known[(place + 1) % len(known)])

    def _open_case(self) -> None:
        self._open_case_of(self._person)

    def _open_case_of(self, person: str) -> None:
        self.context.navigate("case", {"person_id": person})

    def _open_history_of(self, person: str) -> None:
        self.context.navigate("case", {"person_id": person, "tab": "history"})

    # -- keys -----------------------------------------------------------------------------------

    def _make_current(self, current: ConflictRow) -> None:
        for shown in self.rows:
            shown.set_current(shown is current)
        self._area.ensureWidgetVisible(current)

    def _move(self, shown: ConflictRow, step: int) -> None:
        place = self.rows.index(shown) + step
        if 0 <= place < len(self.rows):
            self.rows[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _go_on(self, shown: ConflictRow) -> None:
        """Enter: to the next field without a choice, and when there is none, save."""
        if not shown.settled():
            return
        place = self.rows.index(shown)
        ahead = [*self.rows[place + 1 :], *self.rows[:place]]
        waiting = next((other for other in ahead if not other.settled()), None)
        if waiting is not None:
            waiting.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.save()

    def _walk(self, step: int) -> None:
        """To the next line of the list; the keyboard stays in the list."""
        known = self.list.order(("dispute", "refused", "settled", "done"))
        place = known.index(self._place) + step if self._place in known else 0
        if 0 <= place < len(known):
            self._walking = True
            self.show_place(known[place])
            self.list.focus(known[place])

    def event(self, event: QEvent) -> bool:
        # Ctrl+Z belongs to the window; here it first takes back choices that are not saved
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Undo)
            and self._kind == "dispute"
            and self._undoable
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if event.matches(QKeySequence.StandardKey.Undo) and self.undo_choice():
            return
        if self._kind in ("refused", "done") and event.matches(QKeySequence.StandardKey.Copy):
            self.refused_view.copy()
        elif step is not None and self._kind != "dispute":
            self._walk(step)
        elif self.rows and step is not None:
            self.rows[0].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)


_ORDER = (
    "person",
    "identity_document",
    "migration_card",
    "registration",
    "host_party",
    "stay_permit",
    "certificate",
    "case_file",
    "route_step",
    "deadline",
    "note",
)


def in_order(found: tuple[ConflictField, ...]) -> list[ConflictField]:
    """Who the person is before where they live, remarks about them last."""
    return sorted(found, key=lambda one: _ORDER.index(one.kind) if one.kind in _ORDER else 99)


def _take_all_of(name: str) -> str:
    return t("Взять все: {who}", who=_first_names(name).split()[0])


def _first_names(full: str) -> str:
    return " ".join(full.split()[:2]) or t("Коллега")
