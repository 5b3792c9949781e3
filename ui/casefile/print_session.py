"""One visit to the print dialog: the facts, what was typed, what is drawn. No widgets here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from arm.casework import case as casework
from arm.casework import law_book, printing
from arm.casework.facts import case_facts
from arm.casework.printing import IssuedLine
from arm.law.tables import LawTables
from arm.model import CaseFacts
from arm.store.store import ChangeSet, Store
from forms import catalogue
from forms.catalogue import FormSpec
from forms.kit.sources import lookup
from ui.background import Task
from ui.casefile.print_work import (
    Drawn,
    PrintOrder,
    Target,
    Waiting,
    draw_form,
    draw_issued,
    in_force,
    patched,
    readiness,
    send,
    waiting_of,
    write_pdf,
)
from ui.context import Context

FORM_FILE = "issued_form"
"""What an attachment that keeps a printed form is about."""


@dataclass(frozen=True)
class Loaded:
    """What is read when the dialog opens."""

    facts: CaseFacts
    law: LawTables
    issued: list[IssuedLine]
    terms: tuple[str, ...]
    """Rules of the open terms: forms that answer them stand first."""


class PrintSession(QObject):
    """Reads, fills, draws and prints for one person, off the GUI thread."""

    loaded = Signal()
    drawn = Signal(object)
    counted = Signal(object)
    issued_changed = Signal()
    failed = Signal(object)

    def __init__(self, context: Context, person_id: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context, self.person_id = context, person_id
        self.facts: CaseFacts | None = None
        self.law = LawTables({})
        self.issued: list[IssuedLine] = []
        self.terms: tuple[str, ...] = ()
        self.form_id = ""
        self.reprint: IssuedLine | None = None
        self.page = 0
        self.dots_per_mm = 3.0
        self.last: Drawn | None = None
        self._typed: dict[tuple[str, str], Any] = {}
        self._extra: dict[str, dict[str, str]] = {}
        context.background.changed.connect(self._on_changed)

    @property
    def store(self) -> Store:
        return self.context.store

    def today(self) -> date:
        """The office's calendar day."""
        return self.store.clock.today()

    # -- reading --------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the facts of the case and what was printed before."""
        store, person = self.store, self.person_id

        def read() -> Loaded:
            view = casework.open_case(store, person)
            return Loaded(
                case_facts(store, person),
                law_book.rulebook(store).tables,
                printing.issued(store, person),
                tuple(term.rule for term in view.terms),
            )

        self.context.background.read(read, self._take, self.failed.emit, key=("print", id(self)))

    def _take(self, loaded: Loaded) -> None:
        first = self.facts is None
        self.facts, self.law = loaded.facts, loaded.law
        self.issued, self.terms = loaded.issued, loaded.terms
        if first:
            self.loaded.emit()
        else:
            self.issued_changed.emit()
            self.draw()
        self._count()

    def _count(self) -> None:
        facts, law = self._present(), self.law
        if facts is None:
            return
        self.context.background.read(
            lambda: readiness(facts, law),
            self.counted.emit,
            self.failed.emit,
            key=("print-ready", id(self)),
        )

    def _on_changed(self, change: ChangeSet) -> None:
        host = self.facts.host if self.facts else None
        about_host = host is not None and ("host_party", host.id) in change.records
        if self.person_id in change.persons or about_host:
            self.load()

    def forms(self) -> list[FormSpec]:
        """The forms in force today."""
        on = self.today()
        return [spec for spec in catalogue.all_forms() if in_force(spec, on)]

    def _present(self) -> CaseFacts | None:
        return patched(self.facts, self._typed) if self.facts is not None else None

    def value_of(self, waiting: Waiting) -> Any:
        """What stands in a row when it appears: the case's value, or what was typed."""
        if waiting.target is None:
            text = self._extra.get(self.form_id, {}).get(waiting.box.id, "")
            return text or (self.last.filled.boxes.get(waiting.box.id, "") if self.last else "")
        key = (waiting.target.kind, waiting.target.field)
        if key in self._typed:
            return self._typed[key]
        assert self.facts is not None
        return lookup(self.facts, ".".join(key))

    # -- choosing and typing --------------------------------------------------------------------

    def choose(self, form_id: str) -> None:
        """Show another form, to be printed anew."""
        self.form_id, self.reprint, self.page = form_id, None, 0
        self.draw()

    def show_issued(self, line: IssuedLine) -> None:
        """Show a form exactly as it was printed."""
        self.form_id, self.reprint, self.page = line.form, line, 0
        self.draw()

    def answers(self) -> dict[str, str]:
        """Answers to the form's questions and boxes typed for this sheet only."""
        return self._extra.setdefault(self.form_id, {})

    def answer(self, name: str, value: str) -> None:
        """Answer a question of the form, or fill a box of this sheet only."""
        self.answers()[name] = value
        self.draw()

    def type_in(self, waiting: Waiting, value: Any) -> None:
        """Show a typed value on the sheet; it is kept by :meth:`keep`."""
        if waiting.target is None:
            shown = f"{value:%d.%m.%Y}" if isinstance(value, date) else (value or "")
            self.answer(waiting.box.id, shown)
            return
        self._typed[waiting.target.kind, waiting.target.field] = value
        self.draw()

    def keep(
        self,
        target: Target,
        value: Any,
        done: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Write a typed value into the case."""
        facts = self.facts
        if facts is None:
            return
        if value == lookup(facts, f"{target.kind}.{target.field}"):
            return
        person, registration = self.person_id, facts.registration

        def write(store: Store) -> None:
            if target.record_id:
                casework.set_field(store, target.kind, target.record_id, target.field, value)
                return
            made = casework.add_record(store, target.kind, person, {target.field: value})
            if target.kind == "host_party" and registration is not None:
                casework.set_field(store, "registration", registration.id, "host_id", made)

        def kept(_none: None) -> None:
            if self._typed.get((target.kind, target.field)) == value:
                # The case has it now: from here on the case is what the sheet shows.
                self._typed.pop((target.kind, target.field), None)
            done()

        store = self.store
        self.context.background.write(lambda: write(store), kept, failed)

    def set_page(self, page: int) -> None:
        """Turn to a page, from 0."""
        self.page = page
        self.draw()

    def set_resolution(self, dots_per_mm: float) -> None:
        """Device dots a millimetre; drawn anew only when the picture would be blurred."""
        if abs(dots_per_mm - self.dots_per_mm) > 0.05:
            self.dots_per_mm = dots_per_mm
            if self.form_id:
                self.draw()

    def draw(self) -> None:
        """Fill, draw and render the page that is looked at; only the newest answer is shown."""
        facts, form_id = self._present(), self.form_id
        if facts is None or not form_id:
            return
        page, dots, old = self.page, self.dots_per_mm, self.reprint
        extra, law, store = dict(self.answers()), self.law, self.store

        def work() -> tuple[Drawn, list[Waiting]]:
            if old is not None:
                boxes = printing.boxes(store, old.id)
                return draw_issued(old.form, old.edition, boxes, page, dots), []
            made = draw_form(form_id, facts, extra, law, page, dots)
            return made, waiting_of(made.filled, facts)

        self.context.background.read(
            work, self._show, self.failed.emit, key=("print-draw", id(self))
        )

    def _show(self, answer: tuple[Drawn, list[Waiting]]) -> None:
        self.last = answer[0]
        self.page = self.last.sheet.page
        self.drawn.emit(answer)

    # -- paper and files ------------------------------------------------------------------------

    def print_it(
        self,
        order: PrintOrder,
        done: Callable[[int], None],
        failed: Callable[[Exception], None],
        progress: Callable[[int, int], None],
    ) -> Task | None:
        """Send what is drawn to a printer."""
        if self.last is None:
            return None
        pdf = self.last.pdf
        return self.context.background.task(
            lambda tell, cancelled: send(pdf, order, tell, cancelled), done, failed, progress
        )

    def save_pdf(
        self, path: Path, done: Callable[[Path], None], failed: Callable[[Exception], None]
    ) -> None:
        """Write what is drawn to a file."""
        if self.last is None:
            return
        pdf = self.last.pdf
        self.context.background.read(lambda: write_pdf(path, pdf), done, failed)

    def remember(self, *, attach: bool, name: str, done: Callable[[], None]) -> None:
        """Keep what was printed: edition, data as filed, who and when; perhaps the PDF itself."""
        drawn, person = self.last, self.person_id
        if drawn is None or self.reprint is not None:
            return
        filled, pdf = drawn.filled, drawn.pdf

        def write(store: Store) -> None:
            printing.remember(store, person, filled.form, filled.edition, filled.boxes)
            if attach:
                casework.attach_file(store, person, FORM_FILE, name, pdf)

        store = self.store
        self.context.background.write(
            lambda: write(store), lambda _none: done(), self.context.show_error
        )
