"""The print dialog: forms at the left, the real sheet, what is missing at the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from arm.casework.errors import WrongValues
from arm.casework.printing import IssuedLine
from arm.errors import ExpectedError
from forms import catalogue
from forms.catalogue import FormSpec
from ui.background import Task
from ui.casefile.editors import NotAValue
from ui.casefile.files import ask_target
from ui.casefile.ground import scrolling
from ui.casefile.print_boxes import BoxList, waiting_title
from ui.casefile.print_forms import FormLine, FormsList
from ui.casefile.print_output import OutputPanel
from ui.casefile.print_preview import Preview
from ui.casefile.print_session import PrintSession
from ui.casefile.print_work import Drawn, Waiting, printed_pages, printers
from ui.casefile.sheet_view import Mark
from ui.casefile.terms import FORM_OF_RULE
from ui.casefile.wording import error_text, moment_text, short_name
from ui.context import Context
from ui.design.text import counted, fmt_date, t
from ui.widgets import (
    Banner,
    Choice,
    Dialog,
    Field,
    Label,
    Link,
    ProgressLine,
    Rule,
    TextField,
    clear_layout,
)

WIDTH, HEIGHT, RIGHT = 1232, 800, 328


class PrintDialog(Dialog):
    """Open it over the window, then :meth:`load`."""

    history_wanted = Signal()

    def __init__(self, context: Context, person_id: str, name: str, form_id: str = "") -> None:
        super().__init__(t("Печать"), width=WIDTH, height=HEIGHT)
        self.setObjectName("printDialog")
        self.context = context
        self._name, self._first = name, form_id
        self._task: Task | None = None
        self._marks: dict[int, Mark] = {}
        self._waiting: dict[str, Waiting] = {}
        self.ask_printers: Callable[[], list[str]] = printers
        self.ask_path: Callable[[QWidget, str], Path | None] = ask_target
        self.session = PrintSession(context, person_id, self)
        self.session.loaded.connect(self._on_loaded)
        self.session.drawn.connect(self._on_drawn)
        self.session.failed.connect(self._on_failed)
        self.session.issued_changed.connect(self._show_issued)
        self.forms = FormsList()
        self.session.counted.connect(self.forms.set_waiting)
        self.forms.chosen.connect(self.choose)
        self.preview = Preview()
        self.preview.resolution_wanted.connect(self.session.set_resolution)
        self.preview.page_wanted.connect(self.session.set_page)
        self.preview.mark_pressed.connect(self._go_to_mark)
        self.boxes = BoxList(self.session.today)
        self.boxes.typed.connect(self._on_typed)
        self.boxes.finished.connect(self._on_finished)
        self.boxes.pointed.connect(self._on_pointed)
        self.output = OutputPanel()
        self.output.changed.connect(self._show_buttons)
        self._build_right()
        self._build_footer()
        self._lay_out()

    # -- building -------------------------------------------------------------------------------

    def _build_right(self) -> None:
        self._state = Banner("neutral", t("Готовим бланк"))
        self._state.setObjectName("printState")
        self._asks = QVBoxLayout()
        self._asks.setContentsMargins(16, 0, 16, 4)
        self._asks.setSpacing(8)
        self._earlier = QVBoxLayout()
        self._earlier.setContentsMargins(16, 4, 16, 16)
        self._earlier.setSpacing(0)
        holder = QVBoxLayout()
        holder.setContentsMargins(12, 12, 12, 8)
        holder.addWidget(self._state)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(holder)
        column.addLayout(self._asks)
        column.addWidget(self.boxes)
        column.addWidget(self.output)
        column.addLayout(self._earlier)
        column.addStretch(1)
        self._right = scrolling(inside, "printRight")
        self._right.setFixedWidth(RIGHT)

    def _build_footer(self) -> None:
        self.footer.setContentsMargins(20, 11, 16, 11)
        self._said = Label("", "secondary", "text2", elide=True)
        self._said.setObjectName("printSaid")
        self._progress = ProgressLine(t("Печатаем"), self._cancel)
        self._progress.setObjectName("printProgress")
        self._progress.hide()
        self.footer.insertWidget(0, self._said, 1)
        self.footer.insertWidget(1, self._progress, 1)
        close = self.add_button(t("Закрыть"))
        close.setObjectName("printClose")
        self.save = self.add_button(t("Сохранить PDF"), "secondary", "file-down", closes=False)
        self.save.setObjectName("printSave")
        self.save.clicked.connect(self.save_pdf)
        self.gaps = self.add_button(t("Напечатать с пропусками"), closes=False)
        self.gaps.setObjectName("printGaps")
        self.gaps.clicked.connect(self.print_it)
        self.go = self.add_button(t("Напечатать"), "primary", "printer", closes=False)
        self.go.setObjectName("printGo")
        self.go.clicked.connect(self.print_it)
        for button in (self.save, self.gaps, self.go):
            button.setEnabled(False)

    def _lay_out(self) -> None:
        self.header.setContentsMargins(20, 12, 12, 11)
        self.header.insertWidget(1, Label(self._name, "body", "text2"))
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        columns = QHBoxLayout()
        columns.setSpacing(0)
        columns.addWidget(self.forms)
        columns.addWidget(Rule(vertical=True))
        columns.addWidget(self.preview, 1)
        columns.addWidget(Rule(vertical=True))
        columns.addWidget(self._right)
        self.body.addWidget(Rule())
        self.body.addLayout(columns, 1)
        self.body.addWidget(Rule())

    # -- showing --------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the case and look for printers."""
        self.forms.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.session.load()
        self.context.background.read(
            self.ask_printers,
            self.output.show_printers,
            lambda _error: self.output.show_printers(()),
        )

    def _on_loaded(self) -> None:
        forms = self.session.forms()
        fitting = self._fitting(forms)
        lines = [
            FormLine(
                spec.id,
                t(spec.title),
                f"{t(spec.subtitle)} · {counted(spec.pages, 'страница', 'страницы', 'страниц')}",
                spec.id in fitting,
                None,
            )
            for spec in forms
        ]
        self.forms.show_forms(lines)
        known = [line.form_id for line in lines]
        first = (
            self._first
            if self._first in known
            else next((line.form_id for line in lines if line.fits_now), known[0] if known else "")
        )
        if first:
            self.choose(first)

    def _fitting(self, forms: list[FormSpec]) -> set[str]:
        facts = self.session.facts
        fitting = {FORM_OF_RULE[rule] for rule in self.session.terms if rule in FORM_OF_RULE}
        if facts is not None:
            if facts.registration is None or facts.registration.registered_on is None:
                fitting.add("arrival_notice")
            if facts.permit is not None and facts.permit.permit_type == "patent":
                fitting.add("ndfl_receipt")
            if not facts.consents:
                fitting.add("consent")
        return fitting & {spec.id for spec in forms}

    def choose(self, form_id: str) -> None:
        """Show a form to print."""
        self.forms.select(form_id)
        self.boxes.clear()
        self._waiting = {}
        self._show_asks(catalogue.form(form_id))
        self.session.choose(form_id)
        self._show_issued()

    def _show_asks(self, spec: FormSpec) -> None:
        clear_layout(self._asks)
        answers = self.session.answers() if self.session.form_id == spec.id else {}
        for ask in spec.asks:
            value = answers.get(ask.name, ask.default)
            editor: Choice | TextField
            if ask.choices:
                editor = Choice([(v, t(label)) for v, label in ask.choices], value)
                editor.changed.connect(lambda v, name=ask.name: self.session.answer(name, v))
            else:
                editor = TextField(value)
                editor.committed.connect(lambda v, name=ask.name: self.session.answer(name, v))
            editor.setObjectName(f"printAsk-{ask.name}")
            self._asks.addWidget(Field(t(ask.label), editor))

    def _on_drawn(self, answer: tuple[Drawn, list[Waiting]]) -> None:
        drawn, waiting = answer
        self.preview.show_sheet(drawn.sheet)
        self.output.show_page(drawn.sheet.page)
        known = dict(self._waiting)
        self._waiting = {**known, **{one.key: one for one in waiting}}
        values: dict[str, Any] = {one.key: self.session.value_of(one) for one in waiting}
        self.boxes.show_waiting(waiting, values)
        self.boxes.setVisible(self.session.reprint is None)
        self._show_marks(drawn, waiting)
        self._show_state(drawn, waiting)
        self._show_buttons()

    def _show_marks(self, drawn: Drawn, waiting: list[Waiting]) -> None:
        pages = printed_pages(drawn.filled)
        self._marks = {}
        marks: list[Mark] = []
        for one in waiting:
            number = self.boxes.rows[one.key].badge.number
            for problem in one.problems:
                if problem.page in pages:
                    place = pages.index(problem.page)
                    mark = Mark(
                        number, place, problem.rect_mm, f"{t(problem.label)}: {t(problem.text)}"
                    )
                    marks.append(mark)
                    self._marks.setdefault(number, mark)
        open_keys = {one.key for one in waiting}
        current = self.boxes.current()
        if current and current not in open_keys and current in self._waiting:
            box = self._waiting[current].box
            if box.page in pages:
                number = self.boxes.rows[current].badge.number
                mark = Mark(number, pages.index(box.page), box.rect.as_tuple(), t(box.label))
                marks.append(mark)
                self._marks[number] = mark
        number = self.boxes.rows[current].badge.number if current else 0
        self.preview.show_marks(marks, number)

    def _show_state(self, drawn: Drawn, waiting: list[Waiting]) -> None:
        edition = catalogue.form(drawn.filled.form).edition(drawn.filled.edition)
        self.preview.say(t(edition.draft) if edition.draft else "")
        self.preview.note.setToolTip(f"{t(edition.title)}. {t(edition.act)}")
        old = self.session.reprint
        if old is not None:
            when = moment_text(old.printed_at, self.session.today())
            title = t("Бланк, напечатанный {when}", when=when)
            words = t("Те же данные и та же редакция, что тогда. Напечатать можно ещё раз")
            self._state.set_words(title, words, "accent", "history")
        elif waiting:
            words = t("Впишите здесь — появится на листе и в деле. Номер на листе ведёт к полю")
            self._state.set_words(waiting_title(len(waiting)), words, "warn")
        else:
            words = t("Редакция действует с {day}", day=fmt_date(edition.valid_from))
            self._state.set_words(t("Всё заполнено"), words, "ok")

    def _show_issued(self) -> None:
        clear_layout(self._earlier)
        mine = [line for line in self.session.issued if line.form == self.session.form_id]
        if not mine:
            self._said.setText(t("Эту форму для дела ещё не печатали"))
        else:
            last = mine[0]
            when = moment_text(last.printed_at, self.session.today())
            self._said.setText(
                t("Печатали {when}, {who}", when=when, who=short_name(last.printed_by))
            )
            self._earlier.addWidget(Label(t("Уже печатали"), "section"))
        if self.session.reprint is not None:
            again = Link(t("Заполнить заново по делу"), "rotate-ccw", small=True)
            again.setObjectName("printAnew")
            again.clicked.connect(lambda: self.choose(self.session.form_id))
            self._earlier.addWidget(again)
        for line in mine[:8]:
            when = moment_text(line.printed_at, self.session.today())
            link = Link(f"{when} · {short_name(line.printed_by)}", "printer", small=True)
            link.setObjectName(f"printIssued-{line.id}")
            link.clicked.connect(lambda _on=False, line=line: self.show_issued(line))
            self._earlier.addWidget(link)

    def show_issued(self, line: IssuedLine) -> None:
        """Show a form exactly as it was printed."""
        self.boxes.clear()
        self._waiting = {}
        clear_layout(self._asks)
        self.session.show_issued(line)
        self._show_issued()

    def _show_buttons(self) -> None:
        drawn = self.session.last
        ready = drawn is not None and self._task is None
        problems = drawn is not None and bool(drawn.filled.problems)
        printer = self.output.has_printer()
        self.save.setEnabled(ready)
        # Without a printer the file is what the person came for.
        self.save.set_kind("primary" if self.output.known and not printer else "secondary")
        self.gaps.setVisible(problems and printer)
        self.gaps.setEnabled(ready)
        self.go.setVisible(printer or not self.output.known)
        self.go.setEnabled(ready and printer and not problems)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, ExpectedError):
            self._state.set_words(t(error.title_text), t(error.advice_text), "bad")
        else:
            self._state.set_words(t("Бланк не построен"), t("Выберите другую форму"), "bad")
            self.context.show_error(error)

    # -- typing ---------------------------------------------------------------------------------

    def _on_typed(self, key: str) -> None:
        row = self.boxes.rows.get(key)
        if row is None:
            return
        try:
            value = row.take()
        except NotAValue:
            return  # half a date is on its way: it is judged when the person leaves the row
        self.session.type_in(row.waiting, value)

    def _on_finished(self, key: str) -> None:
        row = self.boxes.rows.get(key)
        if row is None:
            return
        try:
            value = row.take()
        except NotAValue as error:
            row.say(str(error))
            return
        target = row.waiting.target
        if target is None:
            if value is not None:
                self.session.type_in(row.waiting, value)
            return
        if value is None:
            return

        def refused(error: Exception) -> None:
            wrong = isinstance(error, WrongValues) and bool(error.problems)
            if isinstance(error, WrongValues) and wrong:
                row.say(t(error.problems[0].text))
            elif isinstance(error, ExpectedError):
                row.say(error_text(error))
            else:
                row.say(t("Не сохранено"))
                self.context.show_error(error)

        self.session.type_in(row.waiting, value)
        self.session.keep(target, value, lambda: None, refused)

    def _on_pointed(self, key: str) -> None:
        drawn = self.session.last
        number = self.boxes.rows[key].badge.number
        mark = self._marks.get(number)
        if drawn is not None:
            open_now = [w for w in self._waiting.values() if w.key in self.boxes.rows]
            self._show_marks(drawn, [w for w in open_now if self._is_open(drawn, w)])
            mark = self._marks.get(number)
        if mark is None:
            return
        if mark.page != self.session.page:
            self.session.set_page(mark.page)
        self.preview.view.reveal(mark)

    @staticmethod
    def _is_open(drawn: Drawn, waiting: Waiting) -> bool:
        boxes = {problem.box for problem in drawn.filled.problems}
        return any(problem.box in boxes for problem in waiting.problems)

    def _go_to_mark(self, number: int) -> None:
        for key, row in self.boxes.rows.items():
            if row.badge.number == number:
                self.boxes.focus(key)
                self._right.ensureWidgetVisible(row)
                return

    # -- paper ----------------------------------------------------------------------------------

    def file_name(self) -> str:
        """«Уведомление о прибытии – Каримов У. Ш. – 2026-05-05.pdf»."""
        spec = catalogue.form(self.session.form_id)
        name = f"{t(spec.title)} – {short_name(self._name)} – {self.session.today():%Y-%m-%d}"
        return name.replace("/", "-") + ".pdf"

    def save_pdf(self) -> None:
        """Ask where to, write, and remember what was issued."""
        path = self.ask_path(self, self.file_name())
        if path is None:
            return

        def saved(written: Path) -> None:
            said = t("PDF сохранён: {name}", name=written.name)
            self._remember(lambda: self.context.toast(said, icon="file-check"))

        self.session.save_pdf(path, saved, self.context.show_error)

    def print_it(self) -> None:
        """Send the sheets to the chosen printer."""
        self._progress.setVisible(True)
        self._said.setVisible(False)
        self._task = self.session.print_it(
            self.output.order(), self._printed, self._not_printed, self._progress.set_progress
        )
        self._show_buttons()

    def _printed(self, sides: int) -> None:
        self._end_printing()
        said = t("Отправлено на принтер: {n}", n=counted(sides, "страница", "страницы", "страниц"))
        self._remember(lambda: self.context.toast(said, icon="printer-check"))

    def _not_printed(self, error: Exception) -> None:
        self._end_printing()
        self.context.show_error(error, self.print_it)

    def _cancel(self) -> None:
        if self._task is not None and not self._task.cancel():
            return  # all of it is at the printer already
        self._end_printing()
        self.context.toast(t("Печать прервана"), icon="printer")

    def _end_printing(self) -> None:
        self._task = None
        self._progress.hide()
        self._said.show()
        self._show_buttons()

    def _remember(self, done: Callable[[], None]) -> None:
        if self.session.reprint is not None:
            done()
            return
        self.session.remember(attach=self.output.keep.isChecked(), name=self.file_name(), done=done)
