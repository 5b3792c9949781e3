"""The intake as it is seen: panels, fields, buttons. What they do is in :mod:`intake`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from arm.exchange.mrz import Mrz
from ui.design.text import t
from ui.widgets import (
    Button,
    CheckBox,
    Label,
    Panel,
    Pill,
    Rule,
    Stepper,
    column,
    keep_toasts_above,
    row,
)
from ui.workspaces.center.field_grid import FieldGrid
from ui.workspaces.center.intake_asked import COLUMNS, contacts_asked, passport_asked
from ui.workspaces.center.intake_side import IntakeSide
from ui.workspaces.center.mrz_field import MrzField
from ui.workspaces.center.parts import Surface
from ui.workspaces.center.route_panel import RoutePanel

STEPS_WIDTH = 184
STEPS_FROM = 1100
"""The steps are shown from this width of the page, px."""
SIDE_WIDTH = 360


class IntakeView(QWidget):
    """Steps at the left, the form in the middle, the check for duplicates at the right."""

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._shown_steps: Sequence[tuple[str, str, str]] = ()
        self.saved_words = Label("", "secondary", "text3")
        self._lay_out()

    # --- making -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QWidget()
        box = QVBoxLayout(middle)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        self.routes = RoutePanel()
        for part in (
            self._make_passport(),
            self.routes,
            self._make_contacts(),
            self._make_consent(),
        ):
            box.addWidget(part)
        box.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(middle)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.side = IntakeSide()
        side = Surface(Qt.Edge.LeftEdge)
        side.setFixedWidth(SIDE_WIDTH)
        self.side.setFixedWidth(SIDE_WIDTH - 1)
        side_scroll = QScrollArea()
        side_scroll.setWidget(self.side)
        side_scroll.setWidgetResizable(True)
        side_scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        side_scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setLayout(row(side_scroll, gap=0, margins=(1, 0, 0, 0)))
        work = QHBoxLayout()
        work.setSpacing(0)
        self._left = self._make_steps()
        work.addWidget(self._left)
        work.addWidget(self.area, 1)
        work.addWidget(side)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(work, 1)
        outer.addWidget(self._make_foot())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # A notebook's screen at 125 %: the fields need the room more than the list of steps.
        self._left.setVisible(event.size().width() >= STEPS_FROM)

    def _make_steps(self) -> QWidget:
        left = Surface(Qt.Edge.RightEdge)
        left.setFixedWidth(STEPS_WIDTH)
        self.steps = Stepper(upright=True)
        self.steps.chosen.connect(self.go_to_step)
        words = Label(
            t("Черновик сохраняется сам. Закройте окно — он останется в разделе «Сегодня»."),
            "secondary",
            "text3",
            wrap=True,
        )
        left.setLayout(column(self.steps, Rule(), words, None, gap=12, margins=(24, 20, 12, 20)))
        return left

    def _make_passport(self) -> QWidget:
        panel = Panel(t("Паспорт"))
        self.digits = Pill("neutral", "")
        self.digits.hide()
        panel.add_beside_title(self.digits)
        again = Button(t("Сканировать заново"), "scan-line", "ghost", 28)
        again.setObjectName("intake-rescan")
        again.clicked.connect(self.scan)
        by_hand = Button(t("Ввести вручную"), "keyboard", "ghost", 28)
        by_hand.setObjectName("intake-by-hand")
        by_hand.clicked.connect(self.type_by_hand)
        panel.add_action(again)
        panel.add_action(by_hand)
        self.mrz = MrzField()
        self.zone_words = Label("", "secondary", "bad", wrap=True)
        self.zone_words.setObjectName("intake-zone-problems")
        self.zone_words.hide()
        self.passport = FieldGrid(passport_asked(), COLUMNS, self._today)
        self.passport.put({"document_type": "passport"})
        panel.body.addWidget(self.mrz)
        panel.body.addWidget(self.zone_words)
        panel.body.addWidget(self.passport)
        return panel

    def _make_contacts(self) -> QWidget:
        panel = Panel(t("Контакты и учёт"))
        panel.add_beside_title(
            Label(t("для уведомления о прибытии; можно дополнить в деле"), "secondary", "text3")
        )
        self.contacts = FieldGrid(contacts_asked(), COLUMNS, self._today)
        panel.body.addWidget(self.contacts)
        return panel

    def _make_consent(self) -> QWidget:
        panel = Panel()
        self.consent = CheckBox()
        self.consent.setObjectName("intake-consent")
        said = t(
            "Заявитель согласен на обработку персональных данных, согласие подписано на бумаге"
        )
        self.consent.setAccessibleName(said)
        words = Label(said, wrap=True)
        words.setBuddy(self.consent)
        below = Label(
            t("Действует до отзыва. Текст есть на нескольких языках"), "secondary", "text3"
        )
        self.print_consent = Button(t("Напечатать согласие"), "printer", size=28)
        self.print_consent.setObjectName("intake-print-consent")
        line = row(self.consent, column(words, below, gap=0), self.print_consent, gap=12)
        line.setStretch(1, 1)
        line.setAlignment(self.consent, Qt.AlignmentFlag.AlignTop)
        panel.body.addLayout(line)
        return panel

    def _make_foot(self) -> QWidget:
        foot = Surface(Qt.Edge.TopEdge)
        foot.setFixedHeight(56)
        self.clear = Button(t("Начать заново"), "rotate-ccw", "ghost")
        self.clear.setObjectName("intake-clear")
        right = Qt.AlignmentFlag.AlignRight
        self.left_words = Label("", "secondary", "text3", elide=True, align=right)
        self.later = Button(t("Отложить"), "clock")
        self.later.setObjectName("intake-later")
        self.record = Button(t("Записать"), None, "primary", shortcut_hint="Ctrl Enter")
        self.record.setObjectName("intake-record")
        line = row(self.clear, self.left_words, self.later, self.record, margins=(24, 0, 24, 0))
        line.setStretch(1, 1)
        foot.setLayout(line)
        keep_toasts_above(foot)
        return foot

    # --- moving about -----------------------------------------------------------------------

    def scan(self) -> None:
        """Make the zone ready for the scanner: F4."""
        self.area.verticalScrollBar().setValue(0)
        self.mrz.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.mrz.selectAll()

    def type_by_hand(self) -> None:
        """Into the first field."""
        self.passport.first().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_to_first_gap(self) -> None:
        """After a scan: the first field the zone could not fill."""
        for name in ("patronymic", "entered_on", "purpose", "card"):
            if not self.passport.value(name):
                self.passport.editor(name).setFocus(Qt.FocusReason.TabFocusReason)
                return

    def go_to_step(self, place: int) -> None:
        """To the part of the form that a step stands for."""
        targets: tuple[QWidget, ...] = (
            self.mrz,
            self.routes.first_card(),
            self.contacts.first(),
            self.consent,
        )
        targets[place].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.area.ensureWidgetVisible(targets[place], 0, 120)

    def reveal(self, editor: QWidget) -> None:
        """Focus a field and bring it into view."""
        editor.setFocus(Qt.FocusReason.TabFocusReason)
        self.area.ensureWidgetVisible(editor, 0, 80)

    # --- showing ----------------------------------------------------------------------------

    def grids(self) -> tuple[FieldGrid, FieldGrid]:
        """All fields."""
        return self.passport, self.contacts

    def show_zone(self, zone: Mrz | None) -> None:
        """Whether the check digits are right, and each that is not, by name."""
        self.digits.setVisible(zone is not None)
        self.zone_words.hide()
        if zone is None:
            return
        wrong = [digit for digit in zone.check_digits if not digit.ok]
        if not zone.kind:
            self.digits.set_status("bad", t("Не похоже на МЧЗ"))
        elif wrong or zone.problems:
            self.digits.set_status("warn", t("Проверьте прочитанное"))
        else:
            self.digits.set_status("ok", t("Контрольные цифры верны"))
        if zone.problems:
            self.zone_words.setText("\n".join(t(one.text) for one in zone.problems))
            self.zone_words.show()

    def show_steps(self, steps: Sequence[tuple[str, str, str]]) -> None:
        """Steps as (title, caption, state); the same ones are not made anew."""
        if list(steps) != list(self._shown_steps):
            self._shown_steps = tuple(steps)
            self.steps.set_steps(steps)

    def set_consent(self, given: bool) -> None:
        """Tick or untick; nothing is sent."""
        self.consent.blockSignals(True)
        self.consent.setChecked(given)
        self.consent.blockSignals(False)

    def empty(self) -> None:
        """Nothing is typed."""
        for grid in self.grids():
            grid.put(dict.fromkeys(grid.fields, ""))
            for name in grid.fields:
                grid.set_mark(name, "")
        self.passport.put({"document_type": "passport"})
        self.mrz.put("")
        self.set_consent(False)
        self.routes.choose("")
        self.routes.show_terms([])
        self.show_zone(None)
        self.side.show_nobody(asked=False)
        self.saved_words.setText("")
