"""«План»: which step of the route by which day, how many free days there are, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, Qt
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPdfWriter,
    QTextDocument,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from arm.casework import reference
from arm.exchange.whole_file import write_whole
from arm.law.planner import STAY, Advice, Bound, Plan, PlannedStep, as_text, day_text
from ui.casefile.desk import CaseDesk
from ui.casefile.ground import between, scrolling
from ui.casefile.saving import ask_file
from ui.casefile.unfolding import Unfolding
from ui.casefile.why import WhyBlock
from ui.design.fonts import font
from ui.design.text import counted, fmt_date, t
from ui.widgets import (
    Banner,
    Button,
    EmptyState,
    Label,
    Pill,
    Rule,
    Tag,
    clear_layout,
    column,
    row,
)

_SOON = 3


class PlanRow(Unfolding):
    """One step: its day, the days left, and the reasons behind «Почему?»."""

    def __init__(self, step: PlannedStep, possible: Sequence[Advice] = ()) -> None:
        super().__init__("planWhy")
        self._step = step
        self.setObjectName(f"plan-{step.code}")
        kind, words = _left(step)
        title = Label(t(step.title), "bodyStrong", elide=True)
        title.setToolTip(t(step.title))
        said = t(day_text(step))
        if not step.in_time:
            said = t("первый возможный день {day}", day=fmt_date(step.earliest))
        day = Label(said, "body", "text2", wrap=True)
        self.why.setAccessibleName(t("Почему? {title}", title=t(step.title)))
        first = row(title, Pill(kind, words), gap=8)
        first.setStretch(0, 1)
        day.setContentsMargins(0, 4, 0, 4)  # its first line stands beside the link
        second = row(day, gap=8)
        second.setStretch(0, 1)
        second.addWidget(self.why, 0, Qt.AlignmentFlag.AlignTop)
        self.box = column(first, second, gap=0, margins=(16, 6, 16, 3))
        for advice in possible:
            self.box.addLayout(_possible(advice))
        self.setLayout(self.box)
        self.setAccessibleName(f"{t(step.title)}, {day.text()}, {words}")

    def body(self) -> QWidget:
        return _Reasons(self._step)


def _possible(advice: Advice) -> QVBoxLayout:
    """What can still be done, with its ground."""
    text = Label(t(advice.text), "secondary", "text", wrap=True)
    act = Label(t(advice.act), "secondary", "text3", wrap=True)
    return column(text, act, gap=0, margins=(0, 0, 0, 6))


def _left(step: PlannedStep) -> tuple[str, str]:
    """The pill of a step: how many working days are free."""
    if not step.in_time:
        return "bad", t("не успеть")
    if step.latest is None or step.free_working_days is None:
        return "neutral", t("без срока")
    if not step.free_working_days:
        return "warn", t("сегодня")
    words = counted(step.free_working_days, "раб. день", "раб. дня", "раб. дней")
    return ("warn" if step.free_working_days <= _SOON else "plain"), words


class _Reasons(QWidget):
    """What the day of a step follows from: the reason that decides is counted out."""

    def __init__(self, step: PlannedStep) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 4, 0, 6)
        box.setSpacing(4)
        for bound in step.missed:
            said = t("Не успеть: {reason}", reason=t(bound.text))
            box.addWidget(Label(said, "body", "bad", wrap=True))
        for place, bound in enumerate(step.bounds):
            self._add_bound(box, bound, first=place == 0)
        if not step.bounds:
            words = t("Сроков у шага нет: законный срок пребывания неизвестен")
            box.addWidget(Label(words, "body", "text2", wrap=True))
        self._add_wait(box, step)

    def _add_bound(self, box: QVBoxLayout, bound: Bound, *, first: bool) -> None:
        box.addWidget(Label(t(bound.text), "body" if first else "secondary",
                            "text" if first else "text3", wrap=True))  # fmt: skip
        if first and bound.why is not None:
            block = WhyBlock(bound.why)
            layout = block.layout()
            if layout is not None:
                layout.setContentsMargins(0, 2, 0, 2)
            box.addWidget(block)

    def _said(self, step: PlannedStep) -> bool:
        """Whether the count above has told of the wait already."""
        why = step.bounds[0].why if step.bounds else None
        return why is not None and why.row is step.wait

    def _add_wait(self, box: QVBoxLayout, step: PlannedStep) -> None:
        wait = step.wait
        if wait is None:
            words = t("Сколько ждать результата, в таблице не указано: заложите запас")
            box.addWidget(Label(words, "secondary", "warn", wrap=True))
        elif wait.integer("days") and not self._said(step):
            box.addWidget(Label(t(wait.text("text")), "secondary", "text2", wrap=True))
            if wait.has("setting") and wait.flag("setting"):
                box.addLayout(row(Tag(t("настройка центра, не закон"), "settings"), None))


class PlanTab(QWidget):
    """The whole plan, and its text for the person."""

    def __init__(self, desk: CaseDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("planTab")
        self._desk = desk
        self._plan: Plan | None = None
        self._tried = False
        self._route = ""
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.copy = Button(t("Скопировать текст"), "copy")
        self.copy.setObjectName("planCopy")
        self.copy.clicked.connect(self._copy)
        self.paper = Button(t("Сохранить PDF"), "file-down", "ghost")
        self.paper.setObjectName("planPdf")
        self.paper.clicked.connect(self._save)
        inner = QWidget()
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(0, 0, 0, 12)
        stack.setSpacing(0)
        stack.addLayout(self._list)
        stack.addStretch(1)
        foot = QWidget()
        foot.setLayout(
            column(Rule(), row(self.copy, self.paper, None, margins=(16, 12, 16, 12)), gap=0)
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(between(QWidget(), scrolling(inner, "planScroll"), foot))

    def show_plan(self, plan: Plan, route: str | None, tried: bool) -> None:
        """Show a plan that was just counted; ``tried``: by facts that the case has not got."""
        if (plan, tried) == (self._plan, self._tried):
            return  # building rows anew would close what is open and move the focus
        self._tried = tried
        self._plan, self._route = plan, t(reference.route_title(route))
        clear_layout(self._list)
        if tried:
            words = t("По сведениям из «Что если», в деле они другие")
            self._list.addLayout(row(Tag(words, "circle-help", "warn"), None,
                                     margins=(16, 12, 16, 0)))  # fmt: skip
        self.copy.setEnabled(bool(plan.steps))
        self.paper.setEnabled(bool(plan.steps))
        if not plan.steps:
            hint = t("Выберите маршрут в меню «Ещё», и здесь появятся дни его шагов")
            if route:
                hint = t("Маршрут пройден или дело закрыто")
            self._list.addWidget(EmptyState("route", t("Шагов впереди нет"), hint))
            return
        self._list.addLayout(column(self._summary(plan), gap=0, margins=(16, 12, 16, 12)))
        said = {advice.of: advice for advice in plan.advice}
        if STAY in said:
            whole = _possible(said[STAY])
            whole.setContentsMargins(16, 0, 16, 10)
            self._list.addLayout(whole)
        self._list.addWidget(Rule())
        for step in plan.steps:
            possible = [said[bound.of] for bound in step.missed if bound.of in said]
            self._list.addWidget(PlanRow(step, possible))

    def _summary(self, plan: Plan) -> QWidget:
        if plan.in_time:
            first = plan.steps[0]
            text = t("Первым: {step}, {day}", step=t(first.title), day=t(day_text(first)))
            return Banner("ok", t("Всё можно успеть"), text)
        late = sum(not step.in_time for step in plan.steps)
        title = t("В срок не успеть: {steps}", steps=counted(late, "шаг", "шага", "шагов"))
        return Banner("warn", title, t("Что ещё можно сделать, написано у шагов"))

    def text(self) -> str:
        """The plan in words, for the person."""
        view = self._desk.view
        name = view.short_name if view is not None else ""
        title = t("План: {route}", route=self._route)
        if self._tried:
            title = f"{title} ({t('предположение')})"
        if name:
            title = f"{name.rstrip('.')}. {title}"
        return as_text(self._plan, title, t) if self._plan is not None else ""

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self._desk.context.toast(t("План скопирован"), icon="copy")

    def _save(self) -> None:
        context, text = self._desk.context, self.text()
        path = ask_file(self, t("Сохранить план"), f"{t('План')}.pdf", t("Документ PDF"), ".pdf")
        if path is None:
            return

        def work() -> None:
            write_whole(path, on_paper(text))

        context.background.read(
            work,
            lambda _none: context.toast(t("План сохранён: {name}", name=path.name), icon="printer"),
            context.show_error,
        )


def on_paper(text: str) -> bytes:
    """The words on sheets of A4, as a PDF. Any thread."""
    content = QByteArray()
    target = QBuffer(content)
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(target)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(20, 20, 20, 20), QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    document.setDefaultFont(QFont(font("body").family(), 11))
    document.setPlainText(text)
    document.print_(writer)
    target.close()
    return bytes(content.data())
