"""Deciding about a norm: confirm, correct, take back; accept a pack once its effects were seen."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from arm.casework import law_decisions, law_view, recompute
from arm.casework.law_decisions import Proposal, UnknownLawSigner
from arm.casework.law_view import ValueLine
from arm.casework.recompute import Effects
from arm.errors import ExpectedError
from arm.law.amendments import ValueChange
from arm.law.tables import Value
from ui.background import Task
from ui.casefile.ground import scrolling
from ui.context import Context
from ui.design.text import counted, fmt_date, fmt_number, t
from ui.error_words import error_line
from ui.widgets import (
    DateField,
    Dialog,
    Field,
    Label,
    ProgressLine,
    TextArea,
    TextField,
    row,
)

_LISTED = 60


class _Deciding(Dialog):
    """Asks for the ground of a decision, keeps it on the writer thread, tells what went wrong."""

    def __init__(
        self,
        context: Context,
        title: str,
        text: str,
        verb: str,
        *,
        width: int = 520,
        height: int | None = None,
    ) -> None:
        super().__init__(title, text, width=width, height=height)
        self.context = context
        self.reason = TextArea("", t("Сверено с текстом на publication.pravo.gov.ru"), lines=2)
        self.reason.setObjectName("lawReason")
        self.reason_field = Field(t("На чём основано решение"), self.reason, required=True)
        self.add_button(t("Отмена"), "ghost")
        self.decide_button = self.add_button(verb, "primary", closes=False)
        self.decide_button.setObjectName("lawDecide")
        self.decide_button.clicked.connect(self.decide)

    def decide(self) -> None:
        """Check what was typed and keep the decision."""

    def keep(self, work: Callable[[], object], done: str) -> None:
        """Do ``work``; the dialog closes when it is kept."""
        self.decide_button.setEnabled(False)

        def kept(_result: object) -> None:
            self.context.toast(done, icon="stamp")
            self.accept()

        self.context.background.write(work, kept, self.failed)

    def failed(self, error: Exception) -> None:
        """Tell it under the ground; nothing typed goes away."""
        self.decide_button.setEnabled(True)
        if isinstance(error, ExpectedError):
            self.reason_field.set_state("error", error_line(error))
            self.reason.setFocus()
        else:
            self.context.show_error(error)


class ConfirmDialog(_Deciding):
    """A value is right as it stands."""

    def __init__(self, context: Context, line: ValueLine) -> None:
        about = ". ".join(part for part in (t(line.title), t(line.key_text)) if part)
        super().__init__(context, t("Подтвердить норму"), about, t("Подтвердить"))
        self.setObjectName("lawConfirmDialog")
        self._row = line.row
        self.body.addWidget(Label(t(line.value), "card", wrap=True))
        self.body.addWidget(Label(t(line.row.act), "body", "text2", wrap=True))
        self.body.addWidget(self.reason_field)

    def decide(self) -> None:
        store, held, reason = self.context.store, self._row, self.reason.text()
        self.keep(lambda: law_decisions.decide_value(store, held, reason), t("Норма подтверждена"))


class CorrectDialog(_Deciding):
    """Other numbers, another act or another term."""

    def __init__(self, context: Context, line: ValueLine, columns: dict[str, str]) -> None:
        about = ". ".join(part for part in (t(line.title), t(line.key_text)) if part)
        super().__init__(context, t("Исправить норму"), about, t("Записать"), height=620)
        self.setObjectName("lawCorrectDialog")
        self._row, self._columns = line.row, columns
        inner = QWidget()
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(4, 4, 4, 4)
        stack.setSpacing(12)
        self.values: dict[str, TextField] = {}
        self.fields: dict[str, Field] = {}
        for name, kind in columns.items():
            held = line.row.values.get(name)
            editor = TextField("" if held is None else law_view.plain(held))
            editor.setObjectName(f"lawValue-{name}")
            title = _capital(t(law_view.COLUMNS.get(name, name)))
            note = t("можно оставить пустым") if kind.endswith("?") else ""
            self.values[name] = editor
            self.fields[name] = Field(title, editor, required=not note, note=note)
            stack.addWidget(self.fields[name])
        today = context.store.clock.today
        self.act = TextField(line.row.act)
        self.act.setObjectName("lawAct")
        self.fields["act"] = Field(t("Акт"), self.act, required=True)
        self.published = DateField(line.row.published_on, today=today)
        self.published.setObjectName("lawPublished")
        self.starts = DateField(line.row.valid_from, today=today)
        self.starts.setObjectName("lawFrom")
        self.ends = DateField(line.row.valid_to, today=today)
        self.ends.setObjectName("lawTo")
        self.fields["starts"] = Field(t("Действует с"), self.starts, required=True)
        self.fields["ends"] = Field(t("по"), self.ends, note=t("пусто: без срока"))
        self.fields["published"] = Field(t("Дата публикации"), self.published)
        stack.addWidget(self.fields["act"])
        stack.addLayout(
            row(self.fields["starts"], self.fields["ends"], self.fields["published"], gap=12)
        )
        stack.addWidget(self.reason_field)
        stack.addStretch(1)
        self.body.addWidget(scrolling(inner, "lawFields"), 1)

    def decide(self) -> None:
        for field in self.fields.values():
            field.set_state("none")
        values = self._read()
        wrong = self._wrong_dates()
        if values is None or wrong:
            return
        store, held, reason = self.context.store, self._row, self.reason.text()
        act, published = self.act.text(), self.published.value()
        starts, ends = self.starts.value(), self.ends.value()
        self.keep(
            lambda: law_decisions.decide_value(
                store, held, reason, values, act=act, published=published,
                valid_from=starts, valid_to=ends,
            ),
            t("Норма исправлена"),
        )  # fmt: skip

    def _read(self) -> dict[str, Value | None] | None:
        found: dict[str, Value | None] = {}
        for name, kind in self._columns.items():
            text = self.values[name].text().strip()
            try:
                found[name] = None if kind.endswith("?") and not text else _value(kind, text)
            except (ValueError, InvalidOperation):
                self.fields[name].set_state("error", t("Здесь нужно число") if _is_number(kind)
                                            else t("Впишите значение"))  # fmt: skip
                self.values[name].setFocus()
                return None
        return found

    def _wrong_dates(self) -> bool:
        for name, editor in (
            ("starts", self.starts), ("ends", self.ends), ("published", self.published),
        ):  # fmt: skip
            problem = editor.problem()
            if not problem and name == "starts" and editor.value() is None:
                problem = t("Впишите день")
            if problem:
                self.fields[name].set_state("error", problem)
                editor.setFocus()
                return True
        return False


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_number(kind: str) -> bool:
    return kind.rstrip("?") in ("integer", "decimal")


def _value(kind: str, text: str) -> Value:
    plain = kind.rstrip("?")
    tidy = text.replace("\u00a0", "").replace(" ", "")
    if plain == "integer":
        return int(tidy)
    if plain == "decimal":
        number = Decimal(tidy.replace(",", "."))
        if not number.is_finite():
            raise ValueError(text)
        return number
    if plain == "bool":
        return {"да": True, "нет": False}[text.lower()] if text.lower() in ("да", "нет") else _bad()
    if not text:
        raise ValueError(text)
    return text


def _bad() -> bool:
    raise ValueError


class WithdrawDialog(_Deciding):
    """Take a decision back."""

    def __init__(self, context: Context, decision_id: str) -> None:
        text = t("Вернётся норма, которая действовала без него. Решение останется в списке.")
        super().__init__(context, t("Отменить решение?"), text, t("Отменить решение"))
        self.setObjectName("lawWithdrawDialog")
        self._id = decision_id
        self.body.addWidget(self.reason_field)

    def decide(self) -> None:
        store, decision, reason = self.context.store, self._id, self.reason.text()
        self.keep(lambda: law_decisions.withdraw(store, decision, reason), t("Решение отменено"))


class PackDialog(_Deciding):
    """What a pack brings, what it changes for whom, and only then «Принять»."""

    def __init__(self, context: Context, proposal: Proposal) -> None:
        issued = t("Выпущен {day}", day=fmt_date(proposal.pack.issued_on))
        title = t("Пакет «{name}»", name=proposal.pack.name)
        super().__init__(context, title, "", t("Принять пакет"), width=720, height=660)
        self.setObjectName("lawPackDialog")
        self._proposal = proposal
        self._task: Task | None = None
        self.effects: Effects | None = None
        inner = QWidget()
        self._stack = QVBoxLayout(inner)
        self._stack.setContentsMargins(4, 4, 4, 4)
        self._stack.setSpacing(12)
        signed = t("подписал {code}", code=proposal.signer)
        self._stack.addWidget(Label(f"{issued}, {signed}", "secondary", "text2", wrap=True))
        if proposal.pack.note:
            self._stack.addWidget(Label(proposal.pack.note, wrap=True))
        self._stack.addWidget(Label(t("Какие нормы изменит"), "section"))
        for change in proposal.changes:
            self._stack.addWidget(self._change(change))
        if proposal.pack.days:
            years = ", ".join(sorted({str(day.on.year) for day in proposal.pack.days}))
            words = t("Производственный календарь: {years}", years=years)
            self._stack.addWidget(Label(words, wrap=True))
        self._stack.addWidget(Label(t("Что изменится в делах"), "section"))
        self._progress = ProgressLine(t("Считаем, у кого изменятся сроки"), self._stop)
        self._stack.addWidget(self._progress)
        self._said = Label("", wrap=True)
        self._said.setObjectName("lawEffects")
        self._said.hide()
        self._stack.addWidget(self._said)
        self._people = QVBoxLayout()
        self._people.setSpacing(4)
        self._stack.addLayout(self._people)
        self._stack.addStretch(1)
        self.body.addWidget(scrolling(inner, "lawPack"), 1)
        self.code = TextField("", "4f2a-91c0-…")
        self.code.setObjectName("lawCode")
        hint = t("Этот ключ здесь ещё не принимали: впишите код, который вам назвали")
        self.code_field = Field(t("Код подписавшего"), self.code, required=True, hint=hint)
        if not proposal.known:
            self.body.addWidget(self.code_field)
        self.body.addWidget(self.reason_field)
        self.decide_button.setEnabled(False)
        self.closed.connect(self._leave)
        self._count()

    def _change(self, change: ValueChange) -> Label:
        book = self._proposal.book
        after = law_view.line_of(book, change.after)
        before = law_view.shown(book, change.before) if change.before else t("не было")
        about = ". ".join(part for part in (t(after.title), t(after.key_text)) if part)
        label = Label("", wrap=True)
        label.set_runs(
            [
                (f"{about}: ", "text2", "body"),
                (f"{t(before)} → ", "text3", "body"),
                (t(after.value), "text", "section"),
                (f", {after.period}", "text2", "body"),
            ]
        )
        return label

    def _count(self) -> None:
        store, book = self.context.store, self._proposal.book
        self._task = self.context.background.task(
            lambda progress, cancelled: recompute.effects(store, book, progress, cancelled),
            self._counted,
            self.failed,
            self._progress.set_progress,
        )

    def _stop(self) -> None:
        self._leave()
        self._progress.hide()
        self._tell(t("Не досчитано. Принять можно: сроки пересчитаются после этого"))

    def _leave(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _counted(self, found: Effects) -> None:
        self._task, self.effects = None, found
        self._progress.hide()
        self._tell(effects_text(found))
        for one in found.moved[:_LISTED]:
            before, after = (fmt_date(day) if day else t("нет") for day in (one.before, one.after))
            words = Label(f"{one.name}: {t(one.title)}, {before} → {after}", "secondary", "text2")
            self._people.addWidget(words)
        rest = found.terms - min(_LISTED, len(found.moved))
        if rest > 0:
            more = t("и ещё {count}", count=counted(rest, "срок", "срока", "сроков"))
            self._people.addWidget(Label(more, "secondary", "text3"))

    def _tell(self, words: str) -> None:
        self._said.setText(words)
        self._said.show()
        self.decide_button.setEnabled(True)

    def decide(self) -> None:
        self.code_field.set_state("none")
        self.reason_field.set_state("none")
        store, proposal = self.context.store, self._proposal
        reason, code = self.reason.text(), self.code.text()
        self.keep(
            lambda: law_decisions.accept(store, proposal, reason, code),
            t("Пакет принят, сроки пересчитываются"),
        )

    def failed(self, error: Exception) -> None:
        if isinstance(error, UnknownLawSigner):
            self.decide_button.setEnabled(True)
            self.code_field.set_state("error", error_line(error))
            self.code.setFocus()
            return
        super().failed(error)


def effects_text(found: Effects) -> str:
    """«У 14 человек из 2 000 изменится срок или статус»."""
    if not found.changed:
        count = counted(found.people, "дело", "дела", "дел")
        return t("Сроки не изменятся ни у кого, посчитано: {count}", count=count)
    people = counted(found.changed, "человека", "человек", "человек")
    said_people = t(
        "У {people} из {total} изменится срок или статус.",
        people=people,
        total=fmt_number(found.people),
    )
    rules = ", ".join(f"{t(title)}: {count}" for title, count in found.by_rule.most_common(6))
    return f"{said_people} {rules}"


def open_pack(context: Context, path: Path) -> None:
    """Read a pack and show what it would change; what is wrong with it is told."""
    store = context.store

    def show(proposal: Proposal) -> None:
        context.open_dialog(PackDialog(context, proposal))

    context.background.read(lambda: law_decisions.propose(store, path), show, context.show_error)
