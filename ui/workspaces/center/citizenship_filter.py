"""«Гражданство: любое»: a pill that opens a list of states with the number of cases of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from ui.design.text import fmt_number, t
from ui.widgets import CheckBox, FilterPill, Label, Link, Popover, TextField, row

SHOWN = 2
"""Names shown on the pill before «ещё 3»."""


class CitizenshipFilter(FilterPill):
    """Which citizenships to show; none chosen = all."""

    changed = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(t("Гражданство: любое"), parent)
        self.setObjectName("filter-citizenship")
        self._options: list[tuple[str, str, int]] = []
        self._chosen: tuple[str, ...] = ()
        self._boxes: dict[str, CheckBox] = {}
        self._lines: dict[str, QWidget] = {}
        self.clicked.connect(self._open)

    def set_options(self, options: Sequence[tuple[str, str, int]]) -> None:
        """States to choose from: (code, name, number of cases)."""
        self._options = list(options)
        self._tell()

    def set_chosen(self, codes: Sequence[str]) -> None:
        """Show these as chosen; sends nothing."""
        self._chosen = tuple(codes)
        self._tell()

    def chosen(self) -> tuple[str, ...]:
        """Codes that pass."""
        return self._chosen

    def _tell(self) -> None:
        names = {code: name for code, name, _ in self._options}
        shown = [names.get(code, code) for code in self._chosen[:SHOWN]]
        words = ", ".join(shown) or t("любое")
        if len(self._chosen) > SHOWN:
            words += t(" и ещё {count}", count=len(self._chosen) - SHOWN)
        self.show_text(t("Гражданство: {names}", names=words))

    def _open(self) -> None:
        sheet = Popover(t("Гражданство"), width=264, parent=self)
        find = TextField("", t("Найти страну"), size=28, leading="search")
        find.setObjectName("filter-citizenship-search")
        find.setAccessibleName(t("Найти страну"))
        any_state = Link(t("Любое"), small=True)
        any_state.setObjectName("filter-citizenship-any")
        listing = QWidget()
        lines = QVBoxLayout(listing)
        lines.setContentsMargins(0, 0, 8, 0)
        lines.setSpacing(0)
        self._boxes, self._lines = {}, {}
        for code, name, count in self._options:
            box = CheckBox(name, code in self._chosen)
            box.setObjectName(f"citizenship-{code}")
            box.toggled.connect(lambda on, code=code: self._toggle(code, on))
            line = QWidget()
            line.setLayout(row(box, None, Label(fmt_number(count), "secondary", "text3")))
            lines.addWidget(line)
            self._boxes[code] = box
            self._lines[code] = line
        lines.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(listing)
        area.setFixedHeight(min(12, max(1, len(self._options))) * 28 + 4)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        any_state.clicked.connect(self._allow_any)
        find.textChanged.connect(self._narrow)
        sheet.body.addWidget(find)
        sheet.body.addWidget(area)
        sheet.body.addLayout(row(any_state, None))
        sheet.open_at(self)
        find.setFocus(Qt.FocusReason.PopupFocusReason)

    def _narrow(self, text: str) -> None:
        wanted = text.strip().casefold().replace("ё", "е")
        for code, name, _ in self._options:
            self._lines[code].setVisible(wanted in name.casefold().replace("ё", "е"))

    def _toggle(self, code: str, on: bool) -> None:
        chosen = [one for one in self._chosen if one != code]
        self._chosen = (*chosen, code) if on else tuple(chosen)
        self._tell()
        self.changed.emit(self._chosen)

    def _allow_any(self) -> None:
        if not self._chosen:
            return
        for box in self._boxes.values():
            box.blockSignals(True)
            box.setChecked(False)
            box.blockSignals(False)
        self._chosen = ()
        self._tell()
        self.changed.emit(())
