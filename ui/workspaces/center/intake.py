"""«Новый приём»: from the passport's zone to a case, by keyboard alone if one likes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from arm.casework import case, intake, law_book
from arm.casework.errors import FieldProblem, WrongValues
from arm.casework.intake import IntakeForm, KnownFact, RouteChoice, TakenIn
from arm.casework.intake_form import SUBJECT, done_share, from_json, to_json
from arm.casework.labels import short_name
from arm.casework.similar import Similar
from arm.errors import ExpectedError
from arm.exchange.mrz import Mrz
from arm.exchange.whole_file import write_whole
from arm.law.deadlines import Term
from arm.model import new_id
from arm.store.store import Draft, Store
from ui.casefile.saving import ask_file
from ui.design.text import fmt_time, t
from ui.page import Keys, Page
from ui.workspaces.center.consent_print import consent_pdf
from ui.workspaces.center.intake_asked import (
    FIELD_OF,
    Host,
    contact_values,
    marks_after_zone,
    passport_values,
    read_form,
    read_host,
)
from ui.workspaces.center.intake_view import IntakeView
from ui.workspaces.center.scanner import ScannerWatch

if TYPE_CHECKING:
    from ui.context import Context

AUTOSAVE = 1_200
"""Milliseconds from the first letter to the saved draft."""
LOOK_AFTER = 250
STEPS_WIDTH = 184
SIDE_WIDTH = 360
NOTICE = "arrival_notice"


@dataclass(frozen=True)
class Verdict:
    """What casework says of the form as it stands."""

    form: IntakeForm
    problems: list[FieldProblem]
    routes: list[RouteChoice]
    terms: list[Term]
    similar: list[Similar]
    known: list[KnownFact]
    asked: bool
    """Whether enough was known to look for duplicates."""


def judge(store: Store, form: IntakeForm, passed_over: frozenset[str]) -> Verdict:
    """Check, propose routes and terms, look for the same person. On a reader thread."""
    today = store.clock.today()
    asked = bool((form.surname or form.surname_latin) and (form.birth_date or form.document_number))
    book = law_book.rulebook(store)
    found = intake.similar(store, form) if asked else []
    found = [one for one in found if one.person_id not in passed_over]
    known = intake.known_about(store, found[0].person_id) if found else []
    return Verdict(
        form,
        intake.check(form, today),
        intake.routes_for(form, today, book),
        intake.first_terms(form, book),
        found,
        known,
        asked,
    )


class IntakePage(Page):
    """Steps at the left, the form in the middle, the check for duplicates at the right."""

    page_id: ClassVar[str] = "intake"
    title: ClassVar[str] = "Новый приём"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.ask_file = ask_file
        """Where to write the consent; tests and the tour put their own answer here."""
        self._today = context.workstation.clock.today
        self._blank()
        self.view = IntakeView(self._today)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.view)
        self._connect()
        self._show_steps()

    def _blank(self) -> None:
        """Nothing is known yet: a new draft id, no zone, no decisions."""
        self._draft_id = new_id()
        self._base = IntakeForm()
        self._zone: Mrz | None = None
        self._verdict: Verdict | None = None
        self._passed_over: frozenset[str] = frozenset()
        self._continuing = ""
        self._touched: set[str] = set()
        self._dirty = False
        self._saved_at = ""
        self._busy = False
        self._save_when_judged = False

    # --- what the window asks ---------------------------------------------------------------

    def heading(self) -> str:
        return t("Новый приём")

    def subtitle(self) -> str:
        return short_name(self._base.surname, self._base.given)

    def keys(self) -> Keys:
        return [
            ("F4", t("сканировать")),
            ("Tab", t("следующее поле")),
            ("Ctrl Enter", t("записать")),
            ("Esc", t("отложить")),
        ]

    def top_widgets(self) -> list[QWidget]:
        return [self.view.saved_words]

    def shown(self, args: Mapping[str, object]) -> None:
        """``draft_id`` goes on with a draft; ``mrz`` starts with a scanned zone."""
        self._scanner.watch(True)
        wanted = args.get("draft_id")
        if isinstance(wanted, str) and wanted != self._draft_id:
            self._load_draft(wanted)
        zone = args.get("mrz")
        if isinstance(zone, str):
            self.start_anew()
            self.view.mrz.setPlainText(zone)
        self.view.mrz.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        self._scanner.watch(False)
        if self._dirty:
            self._autosave()
        super().hideEvent(event)

    def _connect(self) -> None:
        self._look_later = QTimer(self, singleShot=True, interval=LOOK_AFTER)
        self._look_later.timeout.connect(self._look)
        self._save_later = QTimer(self, singleShot=True, interval=AUTOSAVE)
        self._save_later.timeout.connect(self._autosave)
        self._scanner = ScannerWatch(self, self._take_burst)
        self.view.mrz.settled.connect(self._read_zone)
        self.view.mrz.finished.connect(self.view.go_to_first_gap)
        self.view.passport.edited.connect(self._edited)
        self.view.contacts.edited.connect(self._edited)
        self.view.routes.chosen.connect(lambda _code: self._edited("route"))
        self.view.consent.toggled.connect(lambda _on: self._edited("consent"))
        self.view.print_consent.clicked.connect(self.print_consent)
        self.view.clear.clicked.connect(self.start_anew)
        self.view.later.clicked.connect(self.postpone)
        self.view.record.clicked.connect(self.save)
        self.view.side.open_asked.connect(
            lambda who: self.context.navigate("case", {"person_id": who})
        )
        self.view.side.continue_asked.connect(self._continue_case)
        self.view.side.other_asked.connect(self._pass_over)
        self.view.side.all_asked.connect(
            lambda who: self.context.navigate("duplicates", {"person_id": who})
        )
        for keys, run in (
            ("F4", self.view.scan),
            ("Escape", self.postpone),
            ("Ctrl+Return", self.save),
            ("Ctrl+Enter", self.save),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)

    # --- the zone ---------------------------------------------------------------------------

    def _take_burst(self, text: str) -> None:
        self.view.mrz.setFocus(Qt.FocusReason.OtherFocusReason)
        self.view.mrz.add_burst(text)

    def _read_zone(self, text: str) -> None:
        if not text.strip():
            self._zone = None
            self.view.show_zone(self._zone)
            return
        today = self._today()
        self.context.background.read(
            lambda: intake.from_mrz(text, today),
            self._zone_read,
            self.context.show_error,
            key="intake-zone",
        )

    def _zone_read(self, read: tuple[IntakeForm, Mrz]) -> None:
        form, zone = read
        self._zone = zone
        self.view.show_zone(self._zone)
        if not zone.kind:
            return
        if zone.lines and "\n".join(zone.lines) != self.view.mrz.toPlainText().strip():
            self.view.mrz.put("\n".join(zone.lines))
        values = {
            name: value
            for name, value in passport_values(form).items()
            if value and name not in self._touched
        }
        self.view.passport.put(values)
        good = all(digit.ok for digit in zone.check_digits)
        for name, (mark, note) in marks_after_zone(good).items():
            if name in values:
                self.view.passport.set_mark(name, mark, note)
        self._base = replace(self._base, mrz=form.mrz)
        self._edited("mrz")
        self._look()

    # --- the form ---------------------------------------------------------------------------

    def form(self) -> IntakeForm:
        """The form as it stands on the screen."""
        known = read_form(self.view.passport, self.view.contacts, self._base)
        return replace(
            known, route=self.view.routes.choice(), consent=self.view.consent.isChecked()
        )

    def _edited(self, name: str) -> None:
        self._dirty = True
        for grid in self.view.grids():
            if name in grid.fields:
                self._touched.add(name)
                grid.set_mark(name, "typed" if grid.value(name) else "")
        self._base = self.form()
        if not self._save_later.isActive():
            self._save_later.start()
        self._look_later.start()
        self._show_steps()
        if name in ("surname", "given", "mrz"):
            self.header_changed.emit()

    def _look(self) -> None:
        self._look_later.stop()
        store, form, passed = self.context.store, self.form(), self._passed_over
        self.context.background.read(
            lambda: judge(store, form, passed),
            self._judged,
            self.context.show_error,
            key="intake-judge",
        )

    def _judged(self, verdict: Verdict) -> None:
        self._verdict = verdict
        proposed = self.view.routes.show_routes(verdict.routes)
        if proposed:
            self._base = self.form()
            self._look()
            return
        self.view.routes.show_terms(verdict.terms)
        if verdict.similar and not self._continuing:
            first, others = verdict.similar[0], len(verdict.similar) - 1
            self.view.side.show_similar(first, others, verdict.known)
        elif not self._passed_over:
            self.view.side.show_nobody(asked=verdict.asked)
        self._show_typed_problems(verdict.problems)
        self._show_steps()
        if self._save_when_judged:
            self._save_when_judged = False
            self.save()

    def _show_typed_problems(self, problems: list[FieldProblem]) -> None:
        """Under fields that were filled; empty ones are only counted until «Записать»."""
        said = {FIELD_OF.get(one.field, one.field): one.text for one in problems}
        for grid in self.view.grids():
            unfinished = dict(grid.unfinished())
            for name in grid.fields:
                if name not in unfinished:
                    filled = bool(grid.value(name))
                    grid.show_problem(name, said.get(name, "") if filled else "")
                elif not grid.editor(name).hasFocus():
                    # where somebody is typing, what was said before stands until they type on
                    grid.show_problem(name, unfinished[name])

    def _left(self) -> list[str]:
        """What must still be done before the person can be taken in."""
        left: list[str] = []
        form = self.form()
        if not (form.surname or form.surname_latin):
            left.append(t("фамилия"))
        if form.birth_date is None:
            left.append(t("дата рождения"))
        if not form.citizenship:
            left.append(t("гражданство"))
        if not form.document_number:
            left.append(t("номер документа"))
        if not form.route:
            left.append(t("маршрут"))
        if self._undecided():
            left.append(t("решить с похожим делом"))
        return left

    def _undecided(self) -> bool:
        verdict = self._verdict
        return bool(verdict and verdict.similar) and not self._continuing

    def _show_steps(self) -> None:
        form, left = self.form(), self._left()
        missing_passport = any(
            not value
            for value in (
                form.surname or form.surname_latin,
                form.birth_date,
                form.citizenship,
                form.document_number,
            )
        )
        states = [
            not missing_passport,
            bool(form.route) and not self._undecided(),
            bool(form.phone and form.address),
            form.consent,
        ]
        now = next((place for place, done in enumerate(states) if not done), len(states) - 1)
        scanned = t("прочитан сканером") if self._zone and self._zone.kind else t("введён вручную")
        captions = [
            scanned if not missing_passport else t("сканер, F4"),
            t("нужно решение") if not states[1] else t("выбран"),
            t("телефон, адрес"),
            t("подпись на бумаге"),
        ]
        titles = [t("Паспорт"), t("Маршрут"), t("Контакты и учёт"), t("Согласие")]
        shown = [
            (title, caption, "done" if done else "now" if place == now else "todo")
            for place, (title, caption, done) in enumerate(
                zip(titles, captions, states, strict=True)
            )
        ]
        self.view.show_steps(shown)
        self.view.record.setEnabled(not self._busy and not self._undecided())
        self.view.left_words.setText(t("Осталось: {what}", what=", ".join(left)) if left else "")

    # --- the draft --------------------------------------------------------------------------

    def _autosave(self) -> None:
        if not self._dirty:
            return
        self._dirty = False
        self._save_later.stop()
        store, form, host = self.context.store, self.form(), read_host(self.view.contacts)
        draft_id = self._draft_id
        body: dict[str, Any] = to_json(form) | {
            "host": asdict(host),
            "touched": sorted(self._touched),
            "route_by_hand": self.view.routes.by_hand,
            "passed_over": sorted(self._passed_over),
        }
        title = short_name(form.surname, form.given) or form.surname_latin or t("Без имени")
        self.context.background.write(
            lambda: store.save_draft(SUBJECT, title, body, done_share(form), draft_id),
            self._tell_saved,
            self._not_saved,
        )

    def _tell_saved(self, _id: str) -> None:
        now = self.context.workstation.clock.now()
        self.view.saved_words.setText(t("Черновик сохранён в {time}", time=fmt_time(now)))

    def _not_saved(self, error: Exception) -> None:
        self._dirty = True
        self.view.saved_words.setText(t("Черновик не сохранён"))
        self.context.show_error(error, self._autosave)

    def _load_draft(self, draft_id: str) -> None:
        store = self.context.store

        def read() -> Draft | None:
            return next((one for one in store.drafts(SUBJECT) if one.id == draft_id), None)

        def arrived(draft: Draft | None) -> None:
            if draft is None:
                self.context.toast(t("Этого черновика уже нет"))
                return
            self._restore(draft)

        if self._dirty:
            self._autosave()
        self.context.background.read(read, arrived, self.context.show_error, key="intake-draft")

    def _restore(self, draft: Draft) -> None:
        self.view.empty()
        self._blank()
        self._draft_id = draft.id
        form = from_json(draft.body)
        self._base = form
        self.view.passport.put(passport_values(form))
        self.view.contacts.put(contact_values(form, Host(**(draft.body.get("host") or {}))))
        self.view.mrz.put(form.mrz)
        self.view.set_consent(form.consent)
        self.view.routes.choose(form.route, by_hand=bool(draft.body.get("route_by_hand")))
        self._touched = set(draft.body.get("touched") or ())
        self._passed_over = frozenset(draft.body.get("passed_over") or ())
        for name in self._touched & set(self.view.passport.fields):
            self.view.passport.set_mark(name, "typed" if self.view.passport.value(name) else "")
        self.view.saved_words.setText(t("Черновик открыт"))
        self.header_changed.emit()
        if form.mrz:
            self._read_zone(form.mrz)
        self._look()
        self._show_steps()

    def start_anew(self) -> None:
        """An empty form; what was typed stays as a draft."""
        if self._dirty:
            self._autosave()
        self.view.empty()
        self._blank()
        self._show_steps()
        self.header_changed.emit()
        self._look()
        self.view.scan()

    def postpone(self) -> None:
        """«Отложить»: the draft is saved and waits on «Сегодня»."""
        if self._dirty:
            self._autosave()
            name = short_name(self._base.surname, self._base.given) or t("Без имени")
            self.context.toast(t("Отложено: {name}. Ждёт в разделе «Сегодня»", name=name))
        self.view.empty()
        self._blank()
        self._show_steps()
        self.context.navigate("today", {})

    # --- deciding and recording -------------------------------------------------------------

    def _pass_over(self, person_id: str) -> None:
        name = next(
            (one.name for one in (self._verdict.similar if self._verdict else [])
             if one.person_id == person_id), "",
        )  # fmt: skip
        self._passed_over |= {person_id}
        self._dirty = True
        self._save_later.start()
        self.view.side.show_decided(name)
        self._look()

    def _continue_case(self, person_id: str) -> None:
        self._continuing = person_id
        self.save()

    def save(self) -> None:
        """«Записать»: take the person in, or go on with the case that was found."""
        if self._busy:
            return
        unfinished = self.view.passport.unfinished() + self.view.contacts.unfinished()
        if unfinished:
            self._show_first_problem([FieldProblem(*one) for one in unfinished])
            return
        form = self.form()
        if self._verdict is None or self._verdict.form != form:
            self._save_when_judged = True  # first look whether this person is known already
            self._look()
        elif self._undecided():
            self.view.left_words.setText(t("Сначала решите: это тот же человек или другой"))
            self.view.side.card.take_focus()
        elif self._verdict.problems:
            self._show_first_problem(self._verdict.problems)
        elif not form.route:
            self.view.left_words.setText(t("Выберите маршрут"))
            self.view.reveal(self.view.routes.first_card())
        else:
            self._write(form)

    def _write(self, form: IntakeForm) -> None:
        store, draft_id, known = self.context.store, self._draft_id, self._continuing
        apart_from = self._passed_over
        host = read_host(self.view.contacts).record()
        self._busy = True
        self._save_later.stop()
        self._dirty = False
        self.view.record.setEnabled(False)

        def work() -> tuple[TakenIn, ExpectedError | None]:
            if known:
                taken = intake.continue_case(store, known, form, draft_id)
            else:
                taken = intake.take_in(store, form, draft_id, apart_from)
            return taken, _add_host(store, taken.person_id, host) if host else None

        self.context.background.write(work, self._written, self._refused)

    def _written(self, result: tuple[TakenIn, ExpectedError | None]) -> None:
        taken, left_out = result
        self._busy = False
        self.view.record.setEnabled(True)
        continued = bool(self._continuing)
        self.view.empty()
        self._blank()
        self._show_steps()
        self.context.navigate("case", {"person_id": taken.person_id})
        words = t("Дело продолжено") if continued else t("Дело заведено")
        self.context.toast(
            t("{words}. Мигрант ID {number}", words=words, number=taken.migrant_id),
            icon="check",
            action=t("Напечатать уведомление"),
            on_action=lambda: self.context.navigate(
                "case", {"person_id": taken.person_id, "print": NOTICE}
            ),
        )
        if left_out is not None:
            self.context.show_error(left_out)

    def _refused(self, error: Exception) -> None:
        self._busy = False
        self._continuing = ""
        self._dirty = True
        self.view.record.setEnabled(True)
        if isinstance(error, WrongValues):
            self._show_first_problem(list(error.problems))
        else:
            self.context.show_error(error, self.save)

    def _show_first_problem(self, problems: list[FieldProblem]) -> None:
        marked: list[QWidget] = []
        for problem in problems:
            name = FIELD_OF.get(problem.field, problem.field)
            for grid in self.view.grids():
                if name in grid.fields:
                    grid.show_problem(name, t(problem.text))
                    marked.append(grid.editor(name))
        self.view.left_words.setText(t("Исправьте отмеченные поля: {n}", n=len(problems)))
        if marked:
            self.view.reveal(marked[0])

    # --- paper ------------------------------------------------------------------------------

    def print_consent(self) -> None:
        """The consent of the person as typed so far, as PDF to sign."""
        form, store = self.form(), self.context.store
        path = self.ask_file(self, t("Сохранить согласие"), t("Согласие.pdf"), "PDF", ".pdf")
        if path is None:
            return

        def work() -> None:
            write_whole(path, consent_pdf(store, form))

        self.context.background.read(
            work,
            lambda _nothing: self.context.toast(
                t("Согласие в файле {name}", name=path.name), icon="printer"
            ),
            self.context.show_error,
        )

    # --- keyboard ---------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
            event.accept()
            return
        super().keyPressEvent(event)


def _add_host(store: Store, person_id: str, host: Mapping[str, Any]) -> ExpectedError | None:
    """The receiving side, tied to the place of stay if an address was given.

    The person is taken in by now, so a refusal is handed back, not raised: it can be typed again
    in the case.
    """
    try:
        host_id = case.add_record(store, "host_party", None, host)
        place = case.open_case(store, person_id).registration
        if place is None:
            case.add_record(store, "registration", person_id, {"host_id": host_id})
        else:
            case.set_field(store, "registration", place.id, "host_id", host_id)
    except ExpectedError as error:
        return error
    return None
