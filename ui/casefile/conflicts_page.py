"""«Расхождения»: where two people changed one field, a person decides; no version is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from arm.casework import conflicts, refused
from arm.casework.conflicts import ConflictField, Dispute, DisputedCase
from arm.casework.errors import ConflictGone, WrongValues
from arm.casework.refused import RefusedEdit
from arm.errors import ExpectedError
from arm.store.store import ChangeSet
from ui.casefile.conflict_field import GAP, LABEL_WIDTH, SIDE, ConflictRow, Side
from ui.casefile.conflict_parts import CaseItem, MergedRow, Reassurance, Summary, Surface
from ui.casefile.exchange_panel import ExchangePanel
from ui.casefile.ground import covered, scrolling
from ui.casefile.refused_view import RefusedItem, RefusedView
from ui.casefile.wording import day_text, initials, moment_text, short_name
from ui.context import Context
from ui.design.icons import paint_icon
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

LIST_WIDTH = 240
_DISPUTE, _NOTHING, _WRONG, _REFUSED = 1, 2, 3, 4
Lists = tuple[list[DisputedCase], list[DisputedCase], list[RefusedEdit]]


@dataclass
class Decision:
    """A choice that is not saved yet; it survives going to another case and back."""

    side: Side
    typed: str


class ConflictsPage(Page):
    """Arguments: ``person_id`` opens that person's dispute, ``refused`` (true) the newest edit
    that the centre did not accept."""

    page_id = "conflicts"
    title = "Расхождения"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._cases: list[DisputedCase] = []
        self._settled: list[DisputedCase] = []
        self._items: dict[str, CaseItem] = {}
        self._person = ""
        self._wanted = ""
        self._refused: list[RefusedEdit] = []
        self._refused_items: dict[int, RefusedItem] = {}
        self._edit: int | None = None
        self._refused_wanted = False
        self.dispute: Dispute | None = None
        self.rows: list[ConflictRow] = []
        self._summary: Summary | None = None
        self._decisions: dict[str, Decision] = {}
        self._build_list()
        self._build_middle()
        self.exchange = ExchangePanel(context)
        whole = QWidget()
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self._side)
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

    def _build_list(self) -> None:
        self._side = Surface()
        self._side.setFixedWidth(LIST_WIDTH)
        self._open_count = Label("", "secondary", "text3")
        self._settled_count = Label("", "secondary", "text3")
        self._open_list, self._settled_list = QVBoxLayout(), QVBoxLayout()
        for box in (self._open_list, self._settled_list):
            box.setSpacing(0)
        inner = QWidget()
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addLayout(
            row(
                Label(t("Нужно решить"), "section"), None, self._open_count, margins=(16, 12, 16, 8)
            )
        )
        stack.addWidget(Rule())
        stack.addLayout(self._open_list)
        self._settled_head = QWidget()
        heading = row(
            Label(t("Решены сегодня"), "section"),
            None,
            self._settled_count,
            margins=(16, 16, 16, 8),
        )
        self._settled_head.setLayout(column(heading, Rule(), gap=0))
        stack.addWidget(self._settled_head)
        stack.addLayout(self._settled_list)
        self._refused_count = Label("", "secondary", "text3")
        self._refused_count.setObjectName("refusedCount")
        self._refused_list = QVBoxLayout()
        self._refused_list.setSpacing(0)
        self._refused_head = QWidget()
        heading = row(
            Label(t("Не принято центром"), "section"),
            None,
            self._refused_count,
            margins=(16, 16, 16, 8),
        )
        self._refused_head.setLayout(column(heading, Rule(), gap=0))
        stack.addWidget(self._refused_head)
        stack.addLayout(self._refused_list)
        note = Reassurance(t("Ни одна правка не теряется: все варианты остаются в истории дела."))
        stack.addLayout(column(note, margins=(16, 16, 16, 16)))
        stack.addStretch(1)
        box = QVBoxLayout(self._side)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scrolling(inner, "disputedList"))

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
        inner = QWidget()
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(0)
        stack.addLayout(self._versions)
        stack.addLayout(self._fields)
        stack.addWidget(Rule())
        stack.addLayout(self._below)
        stack.addStretch(1)
        self._area = scrolling(inner, "conflictFields")
        whole = QWidget()
        box = QVBoxLayout(whole)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(head)
        box.addWidget(self._area, 1)
        box.addWidget(self._build_footer())
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
        self.refused_view = RefusedView()
        self.refused_view.case_wanted.connect(
            lambda person: self.context.navigate("case", {"person_id": person})
        )
        self.refused_view.copied.connect(
            lambda: self.context.toast(t("Скопировано"), icon="clipboard")
        )
        for part in (QWidget(), whole, self._nothing, self._wrong, self.refused_view):
            self._states.addWidget(part)

    def _build_footer(self) -> QWidget:
        foot = Surface(above=True)
        foot.setFixedHeight(56)
        mine = Button(t("Взять все мои"), None, "ghost")
        mine.setObjectName("takeMine")
        mine.clicked.connect(lambda: self.take_all("mine"))
        theirs = Button(t("Взять все от коллеги"), None, "ghost")
        theirs.setObjectName("takeTheirs")
        theirs.clicked.connect(lambda: self.take_all("theirs"))
        self._left = Label("", "secondary", "text2")
        self._left.setObjectName("conflictsLeft")
        later = Button(t("Отложить"))
        later.setObjectName("conflictLater")
        later.clicked.connect(self._postpone)
        self.save_button = Button(t("Сохранить решение"), None, "primary")
        self.save_button.setObjectName("conflictSave")
        self.save_button.clicked.connect(self.save)
        foot.setLayout(
            row(mine, theirs, None, self._left, later, self.save_button, margins=(24, 1, 24, 0))
        )
        keep_toasts_above(foot)
        return foot

    # -- the window asks ------------------------------------------------------------------------

    def subtitle(self) -> str:
        waiting = len(self._cases)
        if not waiting and self._refused:
            edits = counted(len(self._refused), "правку", "правки", "правок")
            return t("центр не принял {edits}", edits=edits)
        if not waiting:
            return ""
        cases = counted(waiting, "дело ждёт", "дела ждут", "дел ждут")
        return t("{cases} решения", cases=cases)

    def keys(self) -> Keys:
        if self._edit is not None:
            return [("↑ ↓", t("правка")), ("Ctrl C", t("скопировать"))]
        return [
            ("↑ ↓", t("поле")),
            ("1", t("было")),
            ("2", t("моё")),
            ("3", t("коллеги")),
            ("4", t("вписать")),
            ("Ctrl Enter", t("сохранить")),
        ]

    def shown(self, args: Mapping[str, object]) -> None:
        wanted = args.get("person_id")
        self._wanted = wanted if isinstance(wanted, str) else ""
        self._refused_wanted = bool(args.get("refused"))
        if self._wanted:
            self._edit = None
        self.reload()

    def data_changed(self, change: ChangeSet) -> None:
        self.reload()

    # -- reading --------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the lists again."""
        store = self.context.store

        def read() -> Lists:
            found = conflicts.disputed(store), conflicts.settled_today(store)
            return *found, refused.refused(store)

        self.context.background.read(read, self._take, self._on_failed, key="conflicts")
        self.exchange.refresh()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, ExpectedError):
            self.context.show_error(error)
            return
        # a dispute on the screen stays, with its choices, and so does what was typed
        if self._states.currentIndex() not in (_DISPUTE, _REFUSED):
            self._wrong.set_words(t(error.title_text), t(error.advice_text))
            self._states.setCurrentIndex(_WRONG)

    def _take(self, lists: Lists) -> None:
        self._cases, self._settled, self._refused = lists
        known = [case.person_id for case in self._cases]
        if self._wanted in known:
            self._person, self._wanted = self._wanted, ""
        elif self._person not in known:
            self._person = known[0] if known else ""
        self._pick_refused()
        self._show_lists()
        if self._edit is not None:
            self._remember()
            self._show_refused()
        elif self._person:
            self._read_dispute()
        else:
            self.dispute, self.rows = None, []
            self._states.setCurrentIndex(_NOTHING)
        self.header_changed.emit()

    def _pick_refused(self) -> None:
        """Which refused edit stands in the middle: the one asked for, the one that stood there,
        or the newest when nothing else is left to show."""
        known = [edit.cseq for edit in self._refused]
        if self._edit not in known:
            first = self._refused_wanted or not self._person
            self._edit = known[0] if known and first else None
        self._refused_wanted = False

    def _show_lists(self) -> None:
        today = self.context.store.clock.today()
        clear_layout(self._open_list)
        clear_layout(self._settled_list)
        self._items = {}
        for case in self._cases:
            item = CaseItem(case, day_text(case.at, today), settled=False)
            item.clicked.connect(lambda _on=False, who=case.person_id: self.choose(who))
            self._items[case.person_id] = item
            self._open_list.addWidget(item)
        for case in self._settled:
            item = CaseItem(case, moment_text(case.at, today), settled=True)
            item.clicked.connect(
                lambda _on=False, who=case.person_id: self.context.navigate(
                    "case", {"person_id": who, "tab": "history"}
                )
            )
            self._settled_list.addWidget(item)
        self._open_count.setText(str(len(self._cases)))
        self._settled_count.setText(str(len(self._settled)))
        self._settled_head.setVisible(bool(self._settled))
        clear_layout(self._refused_list)
        self._refused_items = {}
        for edit in self._refused:
            line = RefusedItem(edit, moment_text(edit.at, today))
            line.clicked.connect(lambda _on=False, cseq=edit.cseq: self.choose_refused(cseq))
            self._refused_items[edit.cseq] = line
            self._refused_list.addWidget(line)
        self._refused_count.setText(str(len(self._refused)))
        self._refused_head.setVisible(bool(self._refused))
        self._mark()

    def _mark(self) -> None:
        """Mark in the list what stands in the middle."""
        if self._edit in self._refused_items:
            self._refused_items[self._edit].setChecked(True)
        elif self._person in self._items:
            self._items[self._person].setChecked(True)

    def choose_refused(self, cseq: int) -> None:
        """Show an edit that the centre did not accept; choices made in disputes are kept."""
        self._remember()
        self._edit = cseq
        self._mark()
        self._show_refused()
        self.header_changed.emit()

    def _show_refused(self) -> None:
        edit = next(edit for edit in self._refused if edit.cseq == self._edit)
        self.refused_view.show_edit(edit, self.context.store.clock.today())
        self._states.setCurrentIndex(_REFUSED)

    def choose(self, person_id: str) -> None:
        """Show another disputed case; what was chosen here is kept."""
        self._remember()
        self._person, self._edit = person_id, None
        self._mark()
        self._read_dispute()
        self.header_changed.emit()

    def _read_dispute(self) -> None:
        store, person = self.context.store, self._person
        self.context.background.read(
            lambda: conflicts.dispute(store, person),
            self._show_dispute,
            self._dispute_failed,
            key="dispute",
        )

    def _dispute_failed(self, error: Exception) -> None:
        if not isinstance(error, ConflictGone):
            self.context.show_error(error)

    # -- showing --------------------------------------------------------------------------------

    def _show_dispute(self, dispute: Dispute) -> None:
        if dispute.person_id != self._person or self._edit is not None:
            return
        if self.dispute == dispute and self.rows:
            self._states.setCurrentIndex(_DISPUTE)
            return  # nothing new: what is being typed stays as it is
        self._remember()
        self.dispute = dispute
        self._name.setText(dispute.name)
        words = dispute.name.split()
        self._avatar.set_initials(initials(words[0], words[1] if len(words) > 1 else None))
        self._about.setText(
            t("Два человека изменили одно и то же. Выберите верное или впишите своё.")
        )
        self._show_versions(dispute)
        clear_layout(self._fields)
        today = self.context.store.clock.today
        self.rows = [ConflictRow(field, today) for field in in_order(dispute.fields)]
        for shown in self.rows:
            shown.decided.connect(self._on_decided)
            shown.focused.connect(lambda shown=shown: self._make_current(shown))
            shown.moved.connect(lambda step, shown=shown: self._move(shown, step))
            self._fields.addWidget(shown)
            self._recall(shown)
        self._show_below(dispute)
        self._states.setCurrentIndex(_DISPUTE)
        self._on_decided()
        if self.rows and self.isVisible():
            first = next((shown for shown in self.rows if not shown.settled()), self.rows[0])
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_versions(self, dispute: Dispute) -> None:
        clear_layout(self._versions)
        today = self.context.store.clock.today()
        self._versions.setContentsMargins(SIDE, 10, SIDE, 8)
        self._versions.setSpacing(8)
        self._versions.addSpacing(LABEL_WIDTH + GAP)
        for title, at, icon in (
            (t("Было"), dispute.base_at, ""),
            (t("Ваша правка"), dispute.mine_at, "user"),
            (" ".join(dispute.theirs_name.split()[:2]) or t("Коллега"), dispute.theirs_at, "users"),
        ):
            holder = QWidget()
            line = row(
                *([_Icon(icon)] if icon else []), Label(title, "bodyStrong", elide=True), gap=6
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
        link.clicked.connect(
            lambda: self.context.navigate("case", {"person_id": self._person, "tab": "history"})
        )
        result.add_action(link)
        self._summary = Summary(self.rows, short_name(dispute.theirs_name))
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

    def _on_decided(self) -> None:
        left = sum(not shown.settled() for shown in self.rows)
        self._left.setText(t("Осталось: {n}", n=left) if left else t("Всё выбрано"))
        self.save_button.setEnabled(bool(self.rows) and left == 0)
        if self._summary is not None:
            self._summary.refresh()
        if self._person in self._items:
            self._items[self._person].set_decided(len(self.rows) - left)

    def save(self) -> None:
        """Write the decisions in one action; possible only when every field has a choice."""
        if self._edit is not None or not self.rows or not self.save_button.isEnabled():
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
        self.context.toast(t("Решение сохранено"), icon="check", undo=True)
        self.reload()

    def _not_saved(self, error: Exception) -> None:
        self._on_decided()
        if isinstance(error, WrongValues):
            for problem in error.problems:
                for shown in self.rows:
                    if any(p.conflict_id == problem.field for p in shown.disputed.parts):
                        shown.refuse(t(problem.text))
            return
        self.context.show_error(error)
        if isinstance(error, ConflictGone):
            self.dispute = None
            self.reload()

    def _postpone(self) -> None:
        known = [case.person_id for case in self._cases]
        if len(known) < 2:
            self._remember()
            self.context.back()
            return
        place = known.index(self._person) if self._person in known else -1
        self.choose(known[(place + 1) % len(known)])

    def _open_case(self) -> None:
        self.context.navigate("case", {"person_id": self._person})

    # -- keys -----------------------------------------------------------------------------------

    def _make_current(self, current: ConflictRow) -> None:
        for shown in self.rows:
            shown.set_current(shown is current)
        self._area.ensureWidgetVisible(current)

    def _move(self, shown: ConflictRow, step: int) -> None:
        place = self.rows.index(shown) + step
        if 0 <= place < len(self.rows):
            self.rows[place].setFocus(Qt.FocusReason.TabFocusReason)

    def _move_refused(self, step: int) -> None:
        known = list(self._refused_items)
        place = known.index(self._edit) + step if self._edit in known else 0
        if 0 <= place < len(known):
            self.choose_refused(known[place])
            self._refused_items[known[place]].setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._edit is not None:
            if event.matches(QKeySequence.StandardKey.Copy):
                self.refused_view.copy()
            elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._move_refused(1 if event.key() == Qt.Key.Key_Down else -1)
            else:
                super().keyPressEvent(event)
            return
        if self.rows and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.rows[0].setFocus(Qt.FocusReason.TabFocusReason)
            return
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


class _Icon(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(14, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        token = "accentText" if self._name == "user" else "text3"
        paint_icon(QPainter(self), self._name, 0, 0, token, 14)
