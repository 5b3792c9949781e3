"""The top of a case: who it is, whether the stay is lawful, how far the route has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from arm.casework import labels, reference
from arm.casework.case import CaseView, StepView
from ui.casefile.ground import is_narrow
from ui.casefile.tabs import TabStrip
from ui.casefile.why import WhyBlock
from ui.casefile.wording import age_on, age_text, capitalised, value_text
from ui.design.text import fmt_date, t
from ui.design.theme import color
from ui.widgets import (
    Avatar,
    Button,
    DateField,
    Field,
    Flow,
    IconButton,
    Label,
    Link,
    Menu,
    PillButton,
    Popover,
    Step,
    Stepper,
    Tag,
    row,
)

TABS: tuple[tuple[str, str], ...] = (
    ("overview", "Обзор"),
    ("documents", "Документы"),
    ("terms", "Сроки"),
    ("notes", "Заметки"),
    ("history", "История"),
)
STEP_STATES = {
    "done": "done",
    "current": "now",
    "repeat": "repeat",
    "ahead": "todo",
    "not_needed": "done",
}
PILL_KIND = {"ok": "ok", "warn": "warn", "bad": "bad", "unknown": "neutral", "eaeu": "ok"}


class CaseHeader(QWidget):
    """Name, status, facts, route and tabs. It stays while the panels scroll."""

    step_done = Signal(str, object)
    step_undone = Signal(str)
    print_wanted = Signal(str)
    id_copied = Signal()
    duplicates_wanted = Signal()
    what_if_wanted = Signal()

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._view: CaseView | None = None
        self._steps: tuple[StepView, ...] = ()
        self.setObjectName("caseHeader")
        self.avatar = Avatar("", 48)
        self.name = Label("", "name", elide=False)
        self.name.setObjectName("caseName")
        self.status = PillButton("neutral", t("Неизвестно"))
        self.status.setObjectName("caseStatus")
        self.status.clicked.connect(self._explain_status)
        self.what_if = Button(t("Что если"), "circle-help")
        self.what_if.setObjectName("caseWhatIf")
        self.what_if.setToolTip("F7")
        self.what_if.clicked.connect(self.what_if_wanted)
        self.print_menu = Menu(t("Печать"))
        self.print_button = Button(t("Печать"), "printer", "primary", menu=self.print_menu)
        self.print_button.setObjectName("casePrint")
        self.more_menu = Menu(t("Ещё"))
        self.more = IconButton("ellipsis", t("Ещё"), kind="secondary")
        self.more.setObjectName("caseMore")
        self.more.clicked.connect(self._open_more)
        self.copy_id = IconButton("copy", t("Скопировать Мигрант ID"), size=20, icon_size=13)
        self.copy_id.setObjectName("copyMigrantId")
        self.copy_id.clicked.connect(self._copy)
        self._id = Label("")
        self._facts = Label("", "body", "text2", elide=True)
        self._marks = QWidget()
        self._mark_row = Flow(6, 4)
        self._marks.setLayout(self._mark_row)
        self.stepper = Stepper()
        self.stepper.setObjectName("caseSteps")
        self.stepper.chosen.connect(self._open_step)
        self.tabs = TabStrip([(key, t(text)) for key, text in TABS])
        self._lay_out()

    def _lay_out(self) -> None:
        first = row(self.name, 4, self.status, self._marks, None, gap=8)
        second = row(self._id, self.copy_id, self._facts, gap=4)
        second.setStretch(2, 1)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addLayout(first)
        words.addLayout(second)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.avatar)
        top.addLayout(words, 1)
        buttons = row(self.what_if, self.print_button, self.more, gap=8, margins=(0, 4, 0, 0))
        aside = QVBoxLayout()
        aside.addLayout(buttons)
        aside.addStretch(1)
        top.addLayout(aside)
        self._box = QVBoxLayout(self)
        self._box.setSpacing(0)
        self._box.addLayout(top)
        self._box.addSpacing(12)
        self._box.addWidget(self.stepper)
        self._box.addWidget(self.tabs)
        self._box.setContentsMargins(24, 12, 24, 1)

    # -- showing --------------------------------------------------------------------------------

    def show_case(self, view: CaseView) -> None:
        """Show a case that was just read."""
        self._view = view
        person = view.person
        self.avatar.set_initials(view.initials)
        self.name.setText(view.name or t("Имя не записано"))
        status = view.status
        reason = f"— {t(status.reason)}" if status.reason else ""
        self.status.set_status(PILL_KIND[status.kind], t(status.text), None, reason)
        self.status.setEnabled(True)
        self._id.set_runs(
            [
                (t("Мигрант ID") + " ", "text2", "body"),
                (person.migrant_id or "—", "text", "bodyStrong"),
            ]
        )
        self.copy_id.setVisible(bool(person.migrant_id))
        self._facts.setText("".join(f"  ·  {fact}" for fact in self._fact_words(view)))
        self._show_marks(view)
        self.stepper.setVisible(bool(view.steps))
        if view.steps != self._steps:
            self._steps = view.steps
            self.stepper.set_steps(
                [Step(t(s.title), t(s.caption), STEP_STATES[s.state]) for s in view.steps]
            )
        self.tabs.set_count("documents", len(view.documents))
        self.tabs.set_count("terms", len(view.terms))
        self.tabs.set_count("notes", len(view.notes))

    def _fact_words(self, view: CaseView) -> list[str]:
        person = view.person
        words = []
        if person.birth_date:
            age = age_text(age_on(person.birth_date, self._today()))
            words.append(f"{fmt_date(person.birth_date)}, {age}")
        if person.citizenship:
            words.append(t(reference.country_name(person.citizenship)))
        document = view.facts.document
        if document is not None:
            title = value_text("identity_document", "document_type", document.document_type)
            number = labels.joined_number(document.series, document.number)
            title = title if title[:2].isupper() else title.lower()
            words.append(f"{title} {number}".strip())
        latin = labels.full_name(person.surname_latin, person.given_latin)
        if latin:
            words.append(latin)
        return words

    def _show_marks(self, view: CaseView) -> None:
        while self._mark_row.count():
            item = self._mark_row.takeAt(0)
            old = item.widget() if item else None
            if old is not None:
                old.hide()
                old.deleteLater()
        tags: list[Tag | Link] = []
        if view.case is not None and view.case.closed_on:
            tags.append(Tag(t("дело закрыто {day}", day=fmt_date(view.case.closed_on)), "archive"))
        if view.case is not None and view.case.marked:
            tags.append(Tag(view.case.marked, "flag", "warn"))
        if view.conflicts:
            tags.append(Tag(t("есть расхождения"), "git-compare-arrows", "warn"))
        if view.unsent:
            tags.append(Tag(t("не отправлено"), "cloud-off"))
        if view.merged:
            numbers = ", ".join(one.number or one.name for one in view.merged)
            tags.append(Tag(t("объединено из {numbers}", numbers=numbers), "copy"))
        if view.maybe:
            link = Link(t("возможен дубль"), "copy", small=True, compact=True)
            link.setObjectName("caseDuplicates")
            link.clicked.connect(self.duplicates_wanted)
            tags.append(link)
        for tag in tags:
            self._mark_row.addWidget(tag)
        self._marks.setVisible(bool(tags))
        width = sum(tag.sizeHint().width() + 6 for tag in tags)
        self._marks.setFixedSize(max(1, width), 20)

    # -- explaining and acting ------------------------------------------------------------------

    def _explain_status(self) -> None:
        if self._view is None:
            return
        status = self._view.status
        sheet = Popover(t("Почему такой статус"), width=620)
        sheet.setObjectName("statusExplanation")
        heading = Label(t(status.text), "card")
        sheet.body.addWidget(heading)
        if status.reason:
            words = capitalised(t(status.reason))
            sheet.body.addWidget(Label(words, "body", "text2", wrap=True))
        if status.explanation is not None:
            block = WhyBlock(status.explanation, today=self._today())
            layout = block.layout()
            if layout is not None:
                layout.setContentsMargins(0, 4, 0, 0)
            sheet.body.addWidget(block)
        elif status.kind == "unknown":
            text = t("Впишите дату въезда, срок пребывания или разрешение — статус посчитаем сами")
            sheet.body.addWidget(Label(text, wrap=True))
        sheet.open_at(self.status)

    def _open_step(self, index: int) -> None:
        if self._view is None or index >= len(self._view.steps):
            return
        step = self._view.steps[index]
        sheet = Popover(t(step.title), width=280)
        sheet.setObjectName("stepSheet")
        sheet.body.addWidget(Label(t(step.title), "card", wrap=True))
        if step.state in ("done", "not_needed"):
            words = t("Шаг не нужен") if step.state == "not_needed" else capitalised(t("пройден"))
            if step.state == "done" and step.caption:
                words = t("Пройден {day}", day=step.caption)
            sheet.body.addWidget(Label(words, "body", "text2"))
            undo = Button(t("Снять отметку"), "undo-2")
            undo.setObjectName("stepUndo")
            undo.clicked.connect(lambda: self._finish(sheet, step.code, None))
            sheet.body.addLayout(row(undo, None))
            first: QWidget = undo
        else:
            when = DateField(self._today(), today=self._today)
            when.setObjectName("stepDate")
            field = Field(t("Когда пройден"), when, hint=t("«=» ставит сегодня"))
            done = Button(t("Отметить пройденным"), "check", "primary")
            done.setObjectName("stepDone")

            def mark() -> None:
                day = when.value()
                if day is None:
                    field.set_state("error", when.problem() or t("Впишите дату"))
                    when.setFocus()
                    return
                self._finish(sheet, step.code, day)

            done.clicked.connect(mark)
            when.returnPressed.connect(mark)
            sheet.body.addWidget(field)
            sheet.body.addLayout(row(done, None))
            first = when
        sheet.open_at(self.stepper.findChild(QWidget, f"step-{index + 1}") or self.stepper)
        QTimer.singleShot(0, first, first.setFocus)

    def _finish(self, sheet: Popover, code: str, day: date | None) -> None:
        sheet.close_popover()
        if day is None:
            self.step_undone.emit(code)
        else:
            self.step_done.emit(code, day)

    def _open_more(self) -> None:
        corner = self.more.rect().bottomRight()
        where = self.more.mapToGlobal(corner)
        self.more_menu.adjustSize()
        where.setX(where.x() - self.more_menu.sizeHint().width())
        where.setY(where.y() + 4)
        self.more_menu.popup(where)

    def _copy(self) -> None:
        if self._view is not None and self._view.person.migrant_id:
            QGuiApplication.clipboard().setText(self._view.person.migrant_id)
            self.id_copied.emit()

    def show_forms(self, forms: Sequence[tuple[str, str]]) -> None:
        """The forms in the menu of «Печать»: id and title."""
        self.print_menu.clear()
        for form_id, title in forms:
            self.print_menu.add(
                title,
                partial(self.print_wanted.emit, form_id),
                "file-text",
                object_name=f"print-{form_id}",
            )
        self.print_menu.addSeparator()
        self.print_menu.add(
            t("Все формы"),
            lambda: self.print_wanted.emit(""),
            "printer",
            "Ctrl+P",
            object_name="print-all",
        )

    # -- looks ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = is_narrow(self)
        side = 20 if narrow else 24
        self._box.setContentsMargins(side, 12, side, 1)
        self.tabs.setFixedHeight(36 if narrow else 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("hair"))
