"""What «Сроки» is narrowed by: name, whose, which rule, who acts, until when; and its groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import Signal

from arm.casework.labels import RULES, WHO
from arm.casework.term_list import GROUPING_TITLES, SHOWN_TITLES, Grouping, Shown, TermFilter
from ui.casefile.ground import Surface
from ui.casefile.wording import capitalised
from ui.design.text import fmt_date, t
from ui.widgets import (
    Button,
    DateField,
    Field,
    FilterPill,
    Menu,
    Popover,
    SearchField,
    Segmented,
    row,
)

Period = tuple[date | None, date | None]
SEARCH_WIDTH = (120, 300)


def periods(today: date) -> dict[str, Period]:
    """Ready-made spans of last days, by their name."""
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    after = (following + timedelta(days=32)).replace(day=1)
    one = timedelta(days=1)
    return {
        t("эта неделя"): (monday, monday + timedelta(days=6)),
        t("следующая неделя"): (monday + timedelta(days=7), monday + timedelta(days=13)),
        t("этот месяц"): (first, following - one),
        t("следующий месяц"): (following, after - one),
    }


class TermFilters(Surface):
    """One line of fields; ``changed`` after each choice. The state stands in the bar above."""

    changed = Signal()

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__(below=True)
        self._today = today
        self.shown: Shown = "open"
        self.grouping: Grouping = "urgency"
        self._rule: str | None = None
        self._who: str | None = None
        self._period: tuple[str, Period] = ("", (None, None))
        self.search = SearchField(t("Найти по имени"), key_cap="/", delay=120)
        self.search.setObjectName("terms-search")
        self.search.setAccessibleName(t("Поиск сроков по имени"))
        self.search.setMinimumWidth(SEARCH_WIDTH[0])
        self.search.setMaximumWidth(SEARCH_WIDTH[1])
        self.search.textChanged.connect(lambda _text: self.changed.emit())
        self.whose = Segmented((("mine", t("Мои")), ("all", t("Весь центр"))), "mine", size=28)
        self.whose.setObjectName("terms-whose")
        self.whose.changed.connect(lambda _value: self.changed.emit())
        self.rule = self._pill("terms-rule", self._open_rules)
        self.who = self._pill("terms-who", self._open_who)
        self.period = self._pill("terms-period", self._open_periods)
        self.groups = self._pill("terms-groups", self._open_groups)
        line = row(
            self.search, self.whose, self.rule, self.who, self.period, None, self.groups, gap=8
        )
        line.setStretch(0, 100)  # the search takes the room up to its width, then the gap does
        line.setContentsMargins(24, 12, 24, 13)
        self.setLayout(line)
        self._tell()

    def _pill(self, name: str, open_menu: Callable[[], None]) -> FilterPill:
        pill = FilterPill("", self)
        pill.setObjectName(name)
        pill.clicked.connect(open_menu)
        return pill

    def wanted(self) -> TermFilter:
        """What is asked for."""
        first, last = self._period[1]
        return TermFilter(
            self.shown, self.whose.value() == "mine", self.search.text(), self._rule, self._who,
            first, last,
        )  # fmt: skip

    def take(self, args: Mapping[str, object]) -> bool:
        """Take over what another screen asks for: ``shown``, ``mine``, ``text``, ``rule``."""
        shown = next((one for one in SHOWN_TITLES if one == args.get("shown")), None)
        mine, text, rule = args.get("mine"), args.get("text"), args.get("rule")
        if shown is None and mine is None and text is None and rule is None:
            return False
        self.blockSignals(True)
        self.reset()
        if shown is not None:
            self.shown = shown
        if isinstance(mine, bool):
            self.whose.set_value("mine" if mine else "all")
        if isinstance(text, str):
            self.search.setText(text)
        self._rule = rule if isinstance(rule, str) and rule in RULES else None
        self.blockSignals(False)
        self._tell()
        return True

    def reset(self) -> None:
        """Everything but state and «Мои» as it was at first."""
        self._rule = self._who = None
        self._period = ("", (None, None))
        self.search.clear()
        self._tell()
        self.changed.emit()

    def show_everybody(self) -> None:
        """The whole office."""
        self.whose.set_value("all")
        self.changed.emit()

    # --- menus ------------------------------------------------------------------------------

    def _tell(self) -> None:
        rule = t(RULES[self._rule]) if self._rule else t("любой")
        self.rule.show_text(t("Вид: {rule}", rule=rule))
        who = t(WHO[self._who]) if self._who else t("любой")
        self.who.show_text(t("Кто: {who}", who=who))
        self.period.show_text(t("Период: {period}", period=self._period[0] or t("любой")))
        self.groups.show_text(capitalised(t(GROUPING_TITLES[self.grouping])))

    def _menu(self, pill: FilterPill, title: str) -> Menu:
        menu = Menu(title, pill)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _open(self, pill: FilterPill, menu: Menu) -> None:
        menu.popup(pill.mapToGlobal(pill.rect().bottomLeft()))

    def _open_rules(self) -> None:
        menu = self._menu(self.rule, t("Вид срока"))
        menu.add(t("Любой"), partial(self.choose_rule, None), checked=self._rule is None)
        menu.addSeparator()
        for rule, title in RULES.items():
            menu.add(t(title), partial(self.choose_rule, rule), checked=self._rule == rule)
        self._open(self.rule, menu)

    def choose_rule(self, rule: str | None) -> None:
        """Only terms of one rule, or of any."""
        self._rule = rule
        self._tell()
        self.changed.emit()

    def _open_who(self) -> None:
        menu = self._menu(self.who, t("Кто делает"))
        menu.add(t("Любой"), partial(self.choose_who, None), checked=self._who is None)
        menu.addSeparator()
        for who, title in WHO.items():
            menu.add(t(title), partial(self.choose_who, who), checked=self._who == who)
        self._open(self.who, menu)

    def choose_who(self, who: str | None) -> None:
        """Only terms on which these act."""
        self._who = who
        self._tell()
        self.changed.emit()

    def _open_periods(self) -> None:
        menu = self._menu(self.period, t("Период"))
        menu.add(t("Любой"), partial(self.choose_period, "", (None, None)))
        menu.addSeparator()
        for name, span in periods(self._today()).items():
            menu.add(name, partial(self.choose_period, name, span))
        menu.addSeparator()
        menu.add(t("Выбрать дни…"), self._ask_days)
        self._open(self.period, menu)

    def choose_period(self, name: str, span: Period) -> None:
        """Only terms whose last day lies here."""
        self._period = (name, span)
        self._tell()
        self.changed.emit()

    def _ask_days(self) -> None:
        sheet = Popover(t("Период"), width=300)
        sheet.setObjectName("periodSheet")
        first = DateField(self._period[1][0], today=self._today)
        last = DateField(self._period[1][1], today=self._today)
        first.setObjectName("periodFirst")
        last.setObjectName("periodLast")
        fields = (Field(t("С какого дня"), first), Field(t("По какой день"), last))

        def take() -> None:
            for field, editor in zip(fields, (first, last), strict=True):
                field.set_state("error" if editor.problem() else "none", editor.problem())
                if editor.problem():
                    return
            since, until = first.value(), last.value()
            if since and until and until < since:
                fields[1].set_state("error", t("Раньше начала. Проверьте даты"))
                return
            sheet.close_popover()
            words = [
                t("с {day}", day=fmt_date(since)) if since else "",
                t("по {day}", day=fmt_date(until)) if until else "",
            ]
            self.choose_period(" ".join(word for word in words if word), (since, until))

        show = Button(t("Показать"), kind="primary")
        show.setObjectName("periodShow")
        show.clicked.connect(take)
        first.returnPressed.connect(last.setFocus)
        last.returnPressed.connect(take)
        for field in fields:
            sheet.body.addWidget(field)
        sheet.body.addLayout(row(show, None))
        sheet.open_at(self.period)
        first.setFocus()

    def _open_groups(self) -> None:
        menu = self._menu(self.groups, t("Группы"))
        for how, title in GROUPING_TITLES.items():
            menu.add(t(title), partial(self.choose_groups, how), checked=self.grouping == how)
        self._open(self.groups, menu)

    def choose_groups(self, how: Grouping) -> None:
        """Other headings over the same terms."""
        self.grouping = how
        self._tell()
        self.changed.emit()
