"""«Дубли»: pairs of cards that may be one person; a person merges them or keeps them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from arm.casework import duplicate_watch, duplicates
from arm.casework.duplicates import Comparison, Decided, PairLine, Side
from arm.casework.errors import CardsOverlap, MergeGone, PersonNotFound
from arm.errors import ExpectedError
from arm.store.store import ChangeSet
from ui.casefile.conflict_field import GAP
from ui.casefile.duplicate_parts import (
    ANSWERS,
    LABEL_WIDTH,
    DecidedItem,
    MergeRow,
    PairItem,
    Preview,
    RecordRow,
)
from ui.casefile.ground import Surface, between, covered, fields_area
from ui.casefile.side_list import Place, Section, SideList
from ui.casefile.wording import day_text
from ui.context import Context
from ui.design.text import NBSP, counted, fmt_number, t
from ui.page import Keys, Page
from ui.widgets import (
    Button,
    EmptyState,
    Flow,
    Label,
    Link,
    Panel,
    Pill,
    Rule,
    Skeleton,
    Tag,
    clear_layout,
    column,
    keep_toasts_above,
    row,
)

LIST_WIDTH = 264
_LOADING, _PAIR, _DECIDED, _NOTHING, _WRONG = range(5)
Both = tuple[str, str]
"""Two person ids; of a pair in the middle, the first stays."""


@dataclass(frozen=True)
class Lists:
    """What the list at the left shows. ``waiting``: people who were not compared yet."""

    pairs: list[PairLine]
    decided: list[Decided]
    waiting: int


class DuplicatesPage(Page):
    """Arguments: ``person_id`` shows that person's first pair; with ``other_id`` these two."""

    page_id = "duplicates"
    title = "Дубли"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.lists = Lists([], [], 0)
        self.comparison: Comparison | None = None
        self.rows: list[MergeRow] = []
        self._pair: Both | None = None
        self._decision = ""
        self._wanted: tuple[str, str] | None = None
        self._choices: dict[Both, dict[str, Side]] = {}
        self._busy = False
        self._preview: Preview | None = None
        self.list = SideList(
            "pairList",
            LIST_WIDTH,
            (Section("pairs", t("Нужно решить"), stays=True), Section("decided", t("Решено"))),
            t("Программа только находит похожих. Объединяет человек, и это можно отменить."),
        )
        self.list.chosen.connect(self._show_place)
        self.list.stepped.connect(self._walk)
        self._build_middle()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.list)
        line.addWidget(Rule(vertical=True))
        line.addWidget(self._states, 1)
        for keys, act in (
            ("Ctrl+Return", self.merge),
            ("Ctrl+Enter", self.merge),
            ("Ctrl+D", self.keep_apart),
            ("Ctrl+R", self.swap),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(lambda act=act: None if covered(self) else act())

    # -- building -------------------------------------------------------------------------------

    def _build_middle(self) -> None:
        self._states = QStackedWidget()
        again = Button(t("Повторить"), "refresh-cw")
        again.setObjectName("duplicatesRetry")
        again.clicked.connect(self.reload)
        self._wrong = EmptyState("copy", "", "", again)
        self._nothing = EmptyState("user-round-check", t("Похожих карточек нет"), "")
        loading = QWidget()
        loading.setLayout(column(Skeleton(), None, margins=(24, 24, 24, 24)))
        for part in (
            loading, self._build_pair(), self._build_decided(), self._nothing, self._wrong,
        ):  # fmt: skip
            self._states.addWidget(part)

    def _build_pair(self) -> QWidget:
        self._answer = Pill("warn", "", large=True)
        self._alike = Label("", "secondary", "text3")
        self._reasons = Flow(6, 6)
        head = Surface(below=True)
        top = column(row(self._answer, self._alike, None, gap=8), self._reasons, gap=8)
        top.setContentsMargins(24, 14, 24, 14)
        head.setLayout(top)
        self._heads = QHBoxLayout()
        self._heads.setContentsMargins(24, 10, 24, 8)
        self._heads.setSpacing(GAP)
        self._fields = QVBoxLayout()
        self._fields.setSpacing(0)
        self._below = QVBoxLayout()
        self._below.setSpacing(12)
        self._below.setContentsMargins(24, 12, 24, 16)
        self._area = fields_area("pairFields", self._heads, self._fields, self._below)
        whole = between(head, self._area, self._build_footer())
        return whole

    def _build_footer(self) -> QWidget:
        foot = Surface(above=True)
        foot.setFixedHeight(56)
        self.swap_button = Button(t("Поменять местами"), "panels-left-right", "ghost")
        self.swap_button.setObjectName("pairSwap")
        self.swap_button.clicked.connect(self.swap)
        self.apart_button = Button(t("Не дубль"), "x")
        self.apart_button.setObjectName("pairApart")
        self.apart_button.clicked.connect(self.keep_apart)
        self.merge_button = Button(t("Объединить"), "check", "primary")
        self.merge_button.setObjectName("pairMerge")
        self.merge_button.clicked.connect(self.merge)
        foot.setLayout(
            row(
                self.swap_button,
                None,
                self.apart_button,
                self.merge_button,
                margins=(24, 1, 24, 0),
            )
        )
        keep_toasts_above(foot)
        return foot

    def _build_decided(self) -> QWidget:
        self.undo_button = Button("", "undo-2")
        self.undo_button.setObjectName("decisionUndo")
        self.undo_button.clicked.connect(self.take_back)
        self._decided_open = Button(t("Открыть дело"), "arrow-up-right", "secondary")
        self._decided_open.setObjectName("decisionOpen")
        self._decided_open.clicked.connect(self._open_decided)
        self._decided_words = EmptyState("check", "", "", self.undo_button, self._decided_open)
        return self._decided_words

    # -- the window asks ------------------------------------------------------------------------

    def subtitle(self) -> str:
        words = []
        if self.lists.pairs:
            pairs = counted(len(self.lists.pairs), "пара ждёт", "пары ждут", "пар ждут")
            words.append(t("{pairs} решения", pairs=pairs))
        if self.lists.waiting:
            words.append(t("ещё сравниваем: {n}", n=fmt_number(self.lists.waiting)))
        return ", ".join(words)

    def keys(self) -> Keys:
        if self._decision:
            return [("↑ ↓", t("решение")), ("Enter", t("открыть"))]
        if self._pair is None:
            return []
        return [
            ("↑ ↓", t("поле")),
            ("1", t("остаётся")),
            ("2", t("из второй")),
            ("3", t("оба")),
            ("Ctrl Enter", t("объединить")),
            ("Ctrl D", t("не дубль")),
            ("Ctrl R", t("местами")),
        ]

    def shown(self, args: Mapping[str, object]) -> None:
        person, other = args.get("person_id"), args.get("other_id")
        self._wanted = None
        if isinstance(person, str) and person:
            self._wanted = (person, other if isinstance(other, str) else "")
            self._decision = ""
        self.reload()

    def data_changed(self, change: ChangeSet) -> None:
        self.reload()

    # -- reading --------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the lists again."""
        store = self.context.store
        self.context.background.read(
            lambda: Lists(
                duplicates.suspects(store),
                duplicates.decided(store),
                duplicate_watch.waiting(store),
            ),
            self._take,
            self._on_failed,
            key="duplicates",
        )

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, ExpectedError):
            self.context.show_error(error)
        elif self._states.currentIndex() != _PAIR:  # what is chosen on the screen stays
            self._wrong.set_words(t(error.title_text), t(error.advice_text))
            self._states.setCurrentIndex(_WRONG)

    def _take(self, lists: Lists) -> None:
        self.lists = lists
        known = [_ids(pair) for pair in lists.pairs]
        if self._wanted is not None:
            self._pair, self._wanted = self._find(*self._wanted), None
        elif not self._decision and (self._pair is None or _sorted(self._pair) not in known):
            self._pair = known[0] if known else None
        if self._decision and self._decision not in {one.id for one in lists.decided}:
            self._decision = ""
            self._pair = self._pair or (known[0] if known else None)
        self._show_lists()
        if self._decision:
            self._show_decided()
        elif self._pair is not None:
            self._compare()
        else:
            self._show_nothing()
        self.header_changed.emit()

    def _find(self, person: str, other: str) -> Both | None:
        """The two that were asked for; or the first pair of a person."""
        if other:
            return person, other
        mine = [_ids(pair) for pair in self.lists.pairs if person in _ids(pair)]
        known = [_ids(pair) for pair in self.lists.pairs]
        return mine[0] if mine else known[0] if known else None

    def _show_nothing(self) -> None:
        self.comparison, self.rows = None, []
        if self.lists.waiting:
            text = t("Ещё сравниваем: {n}", n=fmt_number(self.lists.waiting))
        else:
            text = t("Каждого нового человека сравниваем со всеми, и без связи с центром тоже")
        self._nothing.set_words(t("Похожих карточек нет"), text)
        self._states.setCurrentIndex(_NOTHING)

    def _show_lists(self) -> None:
        today = self.context.store.clock.today()
        self.list.fill(
            {
                "pairs": {("pair", *_ids(pair)): PairItem(pair) for pair in self.lists.pairs},
                "decided": {
                    ("decided", one.id): DecidedItem(one, day_text(one.at, today))
                    for one in self.lists.decided
                },
            }
        )
        self._mark()

    def _mark(self) -> None:
        """Mark in the list what stands in the middle."""
        if self._decision:
            self.list.mark(("decided", self._decision))
        else:
            self.list.mark(("pair", *_sorted(self._pair)) if self._pair is not None else None)

    def _show_place(self, place: tuple[str, ...]) -> None:
        if place[0] == "decided":
            self.choose_decided(place[1])
        else:
            self.choose((place[1], place[2]))

    def _walk(self, step: int) -> None:
        """To the next line of the list; the keyboard stays in the list."""
        places = self.list.places()
        held = next((n for n, place in enumerate(places) if self._stands_at(place)), None)
        if held is not None and 0 <= held + step < len(places):
            self.list.focus(places[held + step])
            self._show_place(cast("tuple[str, ...]", places[held + step]))

    def _stands_at(self, place: Place) -> bool:
        line = self.list.line(place)
        return line is not None and line.hasFocus()

    def choose(self, both: Both) -> None:
        """Show another pair; what was chosen here is kept."""
        self._pair, self._decision = both, ""
        self._mark()
        self._compare()
        self.header_changed.emit()

    def choose_decided(self, which: str) -> None:
        """Show a decision that can be taken back."""
        self._decision = which
        self._mark()
        self._show_decided()
        self.header_changed.emit()

    def _compare(self) -> None:
        store, both = self.context.store, self._pair
        if both is None:
            return
        self.context.background.read(
            lambda: duplicates.comparison(store, *both),
            self._show_comparison,
            self._compare_failed,
            key="comparison",
        )

    def _compare_failed(self, error: Exception) -> None:
        if isinstance(error, (CardsOverlap, PersonNotFound)):
            self._pair = None  # merged or gone meanwhile: the lists know better
            self._show_nothing()
        else:
            self._on_failed(error)

    # -- showing --------------------------------------------------------------------------------

    def _show_comparison(self, found: Comparison) -> None:
        if self._decision:
            return
        if found == self.comparison and self.rows:
            self._states.setCurrentIndex(_PAIR)
            return  # nothing new: choices and focus stay
        self._pair, self.comparison = (found.keep_id, found.other_id), found
        self._show_reasons(found)
        self._show_heads(found)
        clear_layout(self._fields)
        self.rows = [MergeRow(field) for field in found.fields]
        kept = self._choices.get(self._pair, {})
        for shown in self.rows:
            if shown.field.name in kept:
                shown.choose(kept[shown.field.name])
            shown.decided.connect(self._on_decided)
            shown.focused.connect(lambda shown=shown: self._make_current(shown))
            shown.moved.connect(lambda step, shown=shown: self._move(shown, step))
            self._fields.addWidget(shown)
        self._show_below(found)
        self._states.setCurrentIndex(_PAIR)

    def _show_reasons(self, found: Comparison) -> None:
        kind, words, icon = ANSWERS.get(found.answer, ("neutral", "разные люди", ""))
        self._answer.set_status(kind, t(words), icon or None)
        self._alike.setText(
            t("карточки сходятся на {n}", n=f"{found.alike}{NBSP}%") if found.alike else ""
        )
        clear_layout(self._reasons)
        looks = {"=": ("equal", "ok"), "≈": ("equal-approximately", "warn"), "✕": ("x", "neutral")}
        for reason in found.reasons:
            icon, kind = looks[reason.sign]
            self._reasons.addWidget(Tag(t(reason.text), icon, kind))

    def _show_heads(self, found: Comparison) -> None:
        clear_layout(self._heads)
        self._heads.addSpacing(LABEL_WIDTH + GAP)
        for what, name, number, person in (
            (t("Остаётся"), found.keep_name, found.keep_number, found.keep_id),
            (t("Войдёт в неё"), found.other_name, found.other_number, found.other_id),
        ):
            holder = QWidget()
            link = Link(name or t("Имя не записано"))
            link.setObjectName(f"open-{person}")
            link.clicked.connect(
                lambda _on=False, person=person: self.context.navigate(
                    "case", {"person_id": person}
                )
            )
            below = Label(t("ID {number}", number=number) if number else "", "secondary", "text2")
            holder.setLayout(column(Label(what, "pill", "text3"), row(link, None), below, gap=1))
            self._heads.addWidget(holder, 1)

    def _show_below(self, found: Comparison) -> None:
        clear_layout(self._below)
        panel = Panel(t("Что получится"), padding=False)
        number = found.other_number
        note = t("Номер {number} будет открывать эту карточку", number=number) if number else ""
        self._preview = Preview(self.rows, note)
        panel.body.addWidget(self._preview)
        self._below.addWidget(panel)
        for title, note, records in (
            (t("Придут из второй карточки"), t("перейдут все записи"), found.other_records),
            (t("Уже в той, что остаётся"), "", found.keep_records),
        ):
            if records:
                listed = Panel(title, len(records), padding=False)
                if note:
                    listed.add_action(Label(note, "secondary", "text3"))
                for record in records:
                    listed.body.addWidget(RecordRow(record))
                self._below.addWidget(listed)

    def _show_decided(self) -> None:
        one = next(one for one in self.lists.decided if one.id == self._decision)
        merged = one.kind == "merged"
        names = {"left": one.left_name, "right": one.right_name}
        title = (
            t("«{right}» — в карточке «{left}»", **names)
            if merged
            else t("«{left}» и «{right}» — разные люди", **names)
        )
        if merged:
            text = t(
                "Разъединение вернёт обе карточки. Что добавили после объединения, останется "
                "в карточке «{left}»",
                left=one.left_name,
            )
        else:
            text = t("Спросим снова, если совпадёт что-то новое")
        self._decided_words.set_words(title, text, "check" if merged else "x")
        self.undo_button.setText(t("Разъединить") if merged else t("Спросить снова"))
        self._states.setCurrentIndex(_DECIDED)

    # -- deciding -------------------------------------------------------------------------------

    def _on_decided(self) -> None:
        if self._pair is not None:
            self._choices[self._pair] = {
                shown.field.name: shown.side for shown in self.rows if shown.field.differs
            }
        if self._preview is not None:
            self._preview.refresh()

    def swap(self) -> None:
        """Let the other card stay."""
        if self._may_act() and self._pair is not None:
            self._pair = (self._pair[1], self._pair[0])
            self._compare()

    def merge(self) -> None:
        """Merge the two in one action, which «Отменить» takes back."""
        if not self._may_act() or self._pair is None:
            return
        store, both = self.context.store, self._pair
        choices = {shown.field.name: shown.side for shown in self.rows if shown.field.differs}
        self._write(lambda: duplicates.merge(store, *both, choices), t("Карточки объединены"))

    def keep_apart(self) -> None:
        """«Не дубль»: not asked again until something new agrees."""
        if self._may_act() and self._pair is not None:
            store, both = self.context.store, self._pair
            self._write(lambda: duplicates.not_duplicate(store, *both), t("Решено: не дубль"))

    def take_back(self) -> None:
        """Take the merge apart, or ask about the pair again."""
        one = next((one for one in self.lists.decided if one.id == self._decision), None)
        if one is None or self._busy:
            return
        store = self.context.store
        if one.kind == "merged":
            self._write(lambda: duplicates.unmerge(store, one.id), t("Карточки разъединены"))
        else:
            self._write(
                lambda: duplicates.ask_again(store, one.left_id, one.right_id),
                t("Спросим об этой паре снова"),
            )

    def _may_act(self) -> bool:
        return not self._busy and not self._decision and self._states.currentIndex() == _PAIR

    def _write(self, work: object, words: str) -> None:
        assert callable(work)
        self._busy = True

        def done(_result: object) -> None:
            self._busy = False
            self._choices.pop(self._pair or ("", ""), None)
            self._pair, self._decision, self.comparison, self.rows = None, "", None, []
            self.context.toast(words, icon="check", undo=True)
            self.reload()

        self.context.background.write(work, done, self._refused)

    def _refused(self, error: Exception) -> None:
        self._busy = False
        self.context.show_error(error)
        if isinstance(error, (CardsOverlap, MergeGone, PersonNotFound)):
            self._pair, self._decision = None, ""
            self.reload()

    def _open_decided(self) -> None:
        one = next((one for one in self.lists.decided if one.id == self._decision), None)
        if one is not None:
            self.context.navigate("case", {"person_id": one.left_id})

    # -- keys -----------------------------------------------------------------------------------

    def _make_current(self, current: MergeRow) -> None:
        for shown in self.rows:
            shown.set_current(shown is current)
        self._area.ensureWidgetVisible(current)

    def _choosable(self) -> list[MergeRow]:
        return [shown for shown in self.rows if shown.field.differs]

    def _move(self, shown: MergeRow, step: int) -> None:
        rows = self._choosable()
        place = rows.index(shown) + step
        if 0 <= place < len(rows):
            rows[place].setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif self._choosable() and self._states.currentIndex() == _PAIR:
            self._choosable()[0].setFocus(Qt.FocusReason.TabFocusReason)


def _ids(pair: PairLine) -> Both:
    return pair.left_id, pair.right_id


def _sorted(both: Both) -> Both:
    return both if both[0] <= both[1] else (both[1], both[0])
