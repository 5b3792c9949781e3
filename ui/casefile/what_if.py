"""«Что если»: change facts and see at once which terms move, before anything is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from arm.casework import what_if
from arm.casework.errors import WrongValues
from arm.casework.labels import kind_title
from arm.casework.what_if import (
    ENTERED_AGAIN,
    PAY_MONTHS,
    PLACES,
    Changes,
    Comparison,
    Entry,
    Ground,
    Move,
    compare,
)
from arm.errors import ExpectedError
from arm.law.deadlines import Status
from arm.law.explanation import Explanation
from arm.law.ndfl import LONGEST_MONTHS
from arm.law.rulebook import RuleBook
from ui.casefile.catalogue import spec_of
from ui.casefile.desk import CaseDesk
from ui.casefile.editors import ChoiceEditor, DateEditor, Editor, NotAValue, editor_for
from ui.casefile.ground import between, scrolling
from ui.casefile.header import PILL_KIND
from ui.casefile.unfolding import Unfolding
from ui.casefile.why import WhyBlock
from ui.casefile.wording import capitalised, days_text, error_text, value_text
from ui.design.icons import paint_icon
from ui.design.text import counted, fmt_date, t
from ui.widgets import (
    Button,
    Choice,
    IconButton,
    Label,
    Pill,
    Popover,
    Rule,
    clear_layout,
    column,
    row,
)

TITLES: Mapping[str, str] = {
    "entered_on": "Дата въезда",
    PAY_MONTHS: "Оплатить сегодня",
    "registration_until": "Учёт до",
    "purpose": "Цель въезда",
    "citizenship": "Гражданство",
    "stay_until": "Срок в карте",
    "left_on": "Выезд",
    ENTERED_AGAIN: "Новый въезд",
    "arrived_on": "Прибытие",
    "registered_on": "На учёте с",
    "registration_removed_on": "Снят с учёта",
    "permit_type": "Разрешение",
    "permit_issued_on": "Выдано",
    "permit_until": "Действует до",
    "paid_through": "Оплачено по",
    "document_until": "Паспорт до",
    "medical_on": "Медосмотр пройден",
    "medical_until": "Медосмотр до",
    "fingerprints_on": "Отпечатки сданы",
    "insurance_until": "Полис ДМС до",
    "birth_date": "Дата рождения",
    "route": "Маршрут",
}
"""What one may ask about, in the order of the list."""

_LABEL = 116
_PILLS = {"appears": "появится", "gone": "уйдёт"}


class FactRow(QWidget):
    """One fact: its name, an editor, and the way back to what the case says."""

    changed = Signal()

    def __init__(self, name: str, editor: Editor) -> None:
        super().__init__()
        self.name, self.editor = name, editor
        self._base: object = None
        title = t(TITLES[name])
        self.setObjectName(f"ask-{name}")
        label = Label(title, "secondary", "text2", elide=True)
        label.setFixedWidth(_LABEL)
        label.setToolTip(title)
        widget = editor.widget
        widget.setObjectName(f"ask-{name}-editor")
        widget.setAccessibleName(title)
        label.setBuddy(widget)
        self.back = IconButton("undo-2", t("Вернуть как в деле: {fact}", fact=title), size=28)
        self.back.setObjectName(f"ask-{name}-back")
        self.back.clicked.connect(self.put_back)
        kept = self.back.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(kept)
        self._problem = Label("", "secondary", "bad", wrap=True)
        self._problem.setObjectName(f"ask-{name}-problem")
        self._problem.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(2)
        grid.addWidget(label, 0, 0)
        grid.addWidget(widget, 0, 1)
        grid.addWidget(self.back, 0, 2)
        grid.addWidget(self._problem, 1, 1, 1, 2)
        grid.setColumnMinimumWidth(0, _LABEL)
        grid.setColumnStretch(1, 1)
        self.back.hide()
        # a date moved with the arrows is no typing: the text itself is watched
        if isinstance(widget, Choice):
            widget.changed.connect(lambda _value: self._on_change())
            widget.textEdited.connect(lambda _text: self._on_change())
        elif isinstance(widget, QLineEdit):
            widget.textChanged.connect(lambda _text: self._on_change())
        if isinstance(widget, QLineEdit):
            widget.editingFinished.connect(self._tell_problem)

    def show_base(self, value: object) -> None:
        """What the case says now; a value that somebody tries out stays."""
        tried = self.is_changed()
        self._base = value
        if not tried:
            self.editor.put(value)
        self._on_change()

    def value(self) -> object:
        """What stands in the editor. Raises NotAValue."""
        found = self.editor.take()
        return int(found) if self.name == PAY_MONTHS and found else found

    def is_unfinished(self) -> bool:
        """Whether what stands here is no value (yet)."""
        try:
            self.value()
        except NotAValue:
            return True
        return False

    def is_changed(self) -> bool:
        """Whether another value is tried out."""
        try:
            return self.value() != self._base
        except NotAValue:
            return False

    def put_back(self) -> None:
        """Again as in the case."""
        self.editor.put(self._base)
        self._on_change()
        self.editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> None:
        """Bring the keyboard here, with the text selected."""
        widget = self.editor.widget
        widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(widget, QLineEdit):
            widget.selectAll()

    def _on_change(self) -> None:
        self.back.setVisible(self.is_changed())
        self._problem.hide()
        self.changed.emit()

    def _tell_problem(self) -> None:
        try:
            self.value()
        except NotAValue as error:
            self._problem.setText(str(error))
            self._problem.show()


class MoveRow(Unfolding):
    """What becomes of one term; «Почему?» explains the new day."""

    def __init__(self, today: date) -> None:
        super().__init__("moveWhy")
        self._why_of: Explanation | None = None
        self._today = today
        self._title = Label("", "bodyStrong", elide=True)
        self._pill = Pill("neutral", "", "")
        self._dates = Label("", "body", "text2")
        first = row(self._title, self._pill, gap=8)
        first.setStretch(0, 1)
        second = row(self._dates, None, self.why, gap=8)
        self.box = column(first, second, gap=0, margins=(16, 6, 16, 3))
        self.setLayout(self.box)

    def show_move(self, move: Move) -> None:
        """Show this one; an explanation that stands open follows."""
        self.setObjectName(f"move-{move.term.rule}")
        kind, words = _pill(move)
        title = t(move.term.title)
        self._title.setText(title)
        self._title.setToolTip(title)
        self._pill.set_status(kind, words, "")
        self._dates.set_runs(_date_runs(move))
        self.why.setAccessibleName(t("Почему? {title}", title=title))
        self.setAccessibleName(f"{title}, {self._dates.text()}, {words}")
        if move.term.explanation != self._why_of:
            self._why_of = move.term.explanation
            if self.is_open:
                self.set_open(False)
                self.set_open(True)

    def body(self) -> QWidget | None:
        if self._why_of is None:
            return None
        block = WhyBlock(self._why_of, today=self._today)
        layout = block.layout()
        if layout is not None:
            layout.setContentsMargins(0, 4, 0, 6)
        return block


def _pill(move: Move) -> tuple[str, str]:
    """The kind of pill and its words: «+7 дней», «появится»."""
    if move.change != "moved":
        return "neutral", t(_PILLS[move.change])
    return ("ok" if move.days > 0 else "warn"), days_apart(move.days)


def days_apart(days: int) -> str:
    """«+7 дней», «−3 дня»."""
    return f"{'+' if days > 0 else '−'}{days_text(abs(days))}"


def _date_runs(move: Move) -> list[tuple[str, str, str]]:
    before = fmt_date(move.before.due_on) if move.before else ""
    after = fmt_date(move.after.due_on) if move.after else ""
    if move.before is None:
        return [(after, "text", "bodyStrong")]
    if move.after is None:
        return [(before, "text3", "body")]
    return [(f"{before} → ", "text3", "body"), (after, "text", "bodyStrong")]


class StatusLine(QWidget):
    """«Сейчас» or «Станет» with its pill."""

    def __init__(self, title: str, name: str) -> None:
        super().__init__()
        title_label = Label(title, "secondary", "text3")
        title_label.setFixedWidth(52)
        self.pill = Pill("neutral", "")
        self.pill.setObjectName(name)
        self._apart = Label("", "secondary", "text2")
        self._reason = Label("", "secondary", "text3", wrap=True)
        self._reason.setContentsMargins(60, 0, 0, 0)
        line = row(title_label, self.pill, self._apart, None, gap=8)
        self.setLayout(column(line, self._reason, gap=2))

    def show_status(self, status: Status, apart: int | None = None, reason: str = "") -> None:
        """Show a status, how many days it is apart from the one before, and why if that changed."""
        self.pill.set_status(PILL_KIND[status.kind], t(status.text))
        self._apart.setText(days_apart(apart) if apart else "")
        self._apart.setVisible(bool(apart))
        self._reason.setText(capitalised(t(reason)))
        self._reason.setVisible(bool(reason))


class WhatIfTab(QWidget):
    """Facts to try out at the top, what follows below; what is pinned at the foot says that
    nothing is kept, and leads to keeping it."""

    def __init__(self, desk: CaseDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("whatIfTab")
        self._desk = desk
        self._ground: Ground | None = None
        self._book: RuleBook | None = None
        self._rows: dict[str, FactRow] = {}
        self.answer: Comparison | None = None
        self._made: dict[str, MoveRow] = {}
        self._shown: list[str] = []
        self._facts = QVBoxLayout()
        self._facts.setSpacing(6)
        self.more = Choice([], None, t("Изменить ещё…"), size=28)
        self.more.setObjectName("askMore")
        self.more.setAccessibleName(t("Какое ещё сведение изменить"))
        self.more.changed.connect(self._add)
        self._now = StatusLine(t("Сейчас"), "statusNow")
        self._then = StatusLine(t("Станет"), "statusThen")
        self._notes = QVBoxLayout()
        self._notes.setSpacing(4)
        self._moves = QVBoxLayout()
        self._moves.setSpacing(0)
        self._same = Label("", "secondary", "text3", wrap=True)
        self._same.setObjectName("sameTerms")
        self.forget = Button(t("Сбросить"), "undo-2", "ghost")
        self.forget.setObjectName("whatIfForget")
        self.forget.clicked.connect(self.reset)
        self.keep = Button(t("Внести в дело…"), "pencil", "primary")
        self.keep.setObjectName("whatIfKeep")
        self.keep.clicked.connect(self._offer)
        self._foot = Label(t("Здесь ничего не записывается"), "secondary", "text3", elide=True)
        self._lay_out()

    def _lay_out(self) -> None:
        inner = QWidget()
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(0, 0, 0, 12)
        stack.setSpacing(0)
        more = row(self.more, margins=(0, 0, 32, 0))  # it ends where the editors end
        stack.addLayout(column(self._facts, more, gap=6, margins=(16, 12, 12, 12)))
        stack.addWidget(Rule())
        stack.addLayout(column(self._now, self._then, self._notes, gap=6, margins=(16, 10, 16, 10)))
        stack.addWidget(Rule())
        stack.addLayout(self._moves)
        stack.addLayout(column(self._same, gap=0, margins=(16, 10, 16, 0)))
        stack.addStretch(1)
        foot = QWidget()
        buttons = row(self.keep, self.forget, None, gap=8)
        foot.setLayout(column(Rule(), column(self._foot, buttons, gap=6,
                                             margins=(16, 8, 16, 12)), gap=0))  # fmt: skip
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(between(QWidget(), scrolling(inner, "whatIfScroll"), foot))

    # -- the case arrives -----------------------------------------------------------------------

    def show_ground(self, ground: Ground, book: RuleBook) -> None:
        """The facts as the case has them; what is being tried out stays."""
        other = self._ground is None or self._ground.person_id != ground.person_id
        self._ground, self._book = ground, book
        if other:
            self._begin_anew()
        for fact in self._rows.values():
            fact.show_base(self._base(fact.name))
        self._compute()
        QTimer.singleShot(0, self, self._prepare)

    def _begin_anew(self) -> None:
        clear_layout(self._facts)
        self._rows = {}
        assert self._ground is not None
        patent = self._ground.facts.permit_type == "patent"
        for name in ("entered_on", PAY_MONTHS if patent else "purpose", "registration_until"):
            self._make(name)
        self._offer_more()

    def _base(self, name: str) -> object:
        assert self._ground is not None
        held = getattr(self._ground.facts, name, None)
        # a paper without its day stands for «done, nobody knows when»
        return None if held == date.min else held

    def _make(self, name: str) -> FactRow:
        made = FactRow(name, self._editor(name))
        made.changed.connect(self._compute)
        self._rows[name] = made
        self._facts.addWidget(made)
        self._order_tabs()
        return made

    def _order_tabs(self) -> None:
        """Tab goes as one reads, whenever a part was made."""
        stops: list[QWidget] = []
        for fact in self._rows.values():
            stops += [fact.editor.widget, fact.back]
        stops += [self.more, *(self._made[rule].why for rule in self._shown)]
        stops += [self.keep, self.forget]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _editor(self, name: str) -> Editor:
        today = self._desk.store.clock.today
        if name == PAY_MONTHS:
            options = [
                (str(n), counted(n, "месяц", "месяца", "месяцев"))
                for n in range(1, LONGEST_MONTHS + 1)
            ]
            return ChoiceEditor(options, t("на сколько месяцев"))
        if name == ENTERED_AGAIN:
            return DateEditor(today)
        place = PLACES[name]
        return editor_for(place.kind, spec_of(place.kind, place.field), today)

    def _offer_more(self) -> None:
        rest = [(name, t(title)) for name, title in TITLES.items() if name not in self._rows]
        self.more.set_options(rest)
        self.more.set_value("")
        self.more.setVisible(bool(rest))

    def _add(self, name: str) -> None:
        if name not in TITLES or name in self._rows:
            return
        made = self._make(name)
        made.show_base(self._base(name))
        self._offer_more()
        QTimer.singleShot(0, made, made.begin)

    # -- asking and answering -------------------------------------------------------------------

    def changes(self) -> Changes:
        """What is tried out."""
        return {name: fact.value() for name, fact in self._rows.items() if fact.is_changed()}

    def begin(self) -> None:
        """Bring the keyboard to the first fact."""
        first = next(iter(self._rows.values()), None)
        if first is not None:
            first.begin()

    def reset(self) -> None:
        """Everything as in the case again."""
        for fact in self._rows.values():
            if fact.is_changed():
                fact.put_back()
        self.begin()

    def forgotten(self) -> bool:
        """Leave: nothing is kept. Whether something was tried out."""
        tried = bool(self._ground is not None and self.changes())
        self._ground, self.answer = None, None
        return tried

    def _compute(self) -> None:
        if self._ground is None or self._book is None:
            return
        if any(fact.is_unfinished() for fact in self._rows.values()):
            return  # half a date asks nothing: the last answer stands
        ground = self._ground
        changes = self.changes()
        self.answer = compare(ground.facts, changes, ground.on, self._book, ground.settled)
        self._show(self.answer, bool(changes))

    def _show(self, answer: Comparison, asked: bool) -> None:
        self._now.show_status(answer.before)
        self._then.setVisible(asked)
        other = answer.after.reason != answer.before.reason
        self._then.show_status(
            answer.after, answer.status_days, answer.after.reason if other else ""
        )
        clear_layout(self._notes)
        for note in answer.notes:
            self._notes.addWidget(_Note(t(note)))
        moved = answer.changed()
        self._show_moves(moved)
        self._same.setText(self._said_of_rest(len(answer.moves) - len(moved), asked=asked))
        self.forget.setEnabled(asked)
        assert self._ground is not None
        self.keep.setEnabled(bool(what_if.entries(self._ground, self.changes())))

    def _show_moves(self, moved: Sequence[Move]) -> None:
        """One row a term. Rows are kept from key to key: making them anew takes too long."""
        wanted = [move.term.rule for move in moved]
        if wanted != self._shown:
            for rule in set(self._shown).difference(wanted):
                self._made[rule].hide()
            self._shown = wanted
            for place, rule in enumerate(wanted):
                shown = self._row_of(rule)
                self._moves.insertWidget(place, shown)
                shown.show()
            self._order_tabs()
        for move in moved:
            self._made[move.term.rule].show_move(move)

    def _row_of(self, rule: str) -> MoveRow:
        if rule not in self._made:
            made = MoveRow(self._desk.store.clock.today())
            made.hide()
            self._moves.addWidget(made)
            self._made[rule] = made
        return self._made[rule]

    def _prepare(self) -> None:
        """Rows for the terms of the case, one between two keys: the first answer is quick too."""
        moves = self.answer.moves if self.answer is not None else ()
        missing = next((m.term.rule for m in moves if m.term.rule not in self._made), None)
        if missing is not None:
            self._row_of(missing)
            QTimer.singleShot(0, self, self._prepare)

    def _said_of_rest(self, same: int, *, asked: bool) -> str:
        if not asked:
            return t("Измените сведение: здесь будет видно, какие сроки сдвинутся и почему")
        if not same:
            return ""
        terms = counted(same, "срок", "срока", "сроков")
        return t("Без изменений: {terms}", terms=terms)

    # -- putting it into the case ---------------------------------------------------------------

    def _offer(self) -> None:
        ground, changes = self._ground, self.changes()
        if ground is None:
            return
        sheet = Popover(t("Внести в дело"), width=360)
        sheet.setObjectName("whatIfSheet")
        sheet.body.addWidget(Label(t("Внести в дело"), "card"))
        found = what_if.entries(ground, changes)
        for entry in found:
            self._offer_entry(sheet, entry, alone=len(found) == 1)
        if changes.keys() & {PAY_MONTHS, ENTERED_AGAIN}:
            words = t("Оплату и новый въезд внесите, когда будут чек и новая миграционная карта")
            sheet.body.addWidget(Label(words, "secondary", "text3", wrap=True))
        sheet.open_at(self.keep, "above")
        first = sheet.findChild(Button)
        if first is not None:
            QTimer.singleShot(0, first, first.setFocus)

    def _offer_entry(self, sheet: Popover, entry: Entry, *, alone: bool) -> None:
        sheet.body.addWidget(Label(t(kind_title(entry.kind)), "secondary", "text3"))
        for name in entry.facts:
            place = PLACES[name]
            line = Label("", "body", wrap=True)
            before = value_text(place.kind, place.field, self._base(name)) or t("пусто")
            after = value_text(place.kind, place.field, entry.values[place.field]) or t("пусто")
            line.set_runs(
                [
                    (f"{t(TITLES[name])}: ", "text2", "body"),
                    (f"{before} → ", "text3", "body"),
                    (after, "text", "bodyStrong"),
                ]
            )
            sheet.body.addWidget(line)
        problem = Label("", "secondary", "bad", wrap=True)
        problem.hide()
        write = Button(t("Записать"), "check", "primary" if alone else "secondary", 28)
        write.setObjectName(f"enter-{entry.kind}{'-' if entry.paper else ''}{entry.paper}")
        write.clicked.connect(partial(self._enter, sheet, entry, problem))
        sheet.body.addWidget(problem)
        sheet.body.addLayout(row(write, None))

    def _enter(self, sheet: Popover, entry: Entry, problem: Label) -> None:
        person = self._desk.person_id

        def refused(error: Exception) -> None:
            if not isinstance(error, ExpectedError):
                self._desk.context.show_error(error)
                return
            wrong = isinstance(error, WrongValues) and error.problems
            problem.setText(t(error.problems[0].text) if wrong else error_text(error))  # type: ignore[attr-defined]  # looked at on the line above
            problem.show()
            sheet.fit()

        self._desk.act(
            lambda store: what_if.enter(store, person, entry),
            said=t("Внесено в дело: {kind}", kind=t(kind_title(entry.kind))),
            done=lambda _none: sheet.close_popover(),
            failed=refused,
        )


class _Note(QWidget):
    """A remark with its sign."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setObjectName("whatIfNote")
        self.words = Label(text, "secondary", "warn", wrap=True)
        self.setLayout(row(self.words, margins=(22, 0, 0, 0)))

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_icon(QPainter(self), "triangle-alert", 2, 1, "warnFill", 14)
