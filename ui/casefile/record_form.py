"""The fields of one record, read as text and edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from arm.model import Record
from ui.casefile.catalogue import FORMS, EditSpec, label_of
from ui.casefile.desk import CaseDesk
from ui.casefile.editors import editor_for
from ui.casefile.inline import InlineField
from ui.casefile.wording import value_text
from ui.design.text import t
from ui.widgets import Label


class RecordForm(QWidget):
    """Name at the left, value at the right; ``columns`` pairs side by side.

    ``fields`` picks some of the kind's fields; ``names`` gives shorter names to some. Without a
    record the first value typed makes one.
    """

    def __init__(
        self,
        desk: CaseDesk,
        kind: str,
        fields: Sequence[str] | None = None,
        *,
        columns: int = 1,
        name_width: int = 88,
        names: dict[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk, self.kind = desk, kind
        self.record_id: str | None = None
        self._columns = columns
        self._shown_record: str | None = ""
        specs = FORMS[kind]
        if fields is not None:
            by_name = {spec.field: spec for spec in specs}
            specs = tuple(by_name[name] for name in fields)
        self.fields: dict[str, InlineField] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(0)
        for pair in range(columns):
            self._grid.setColumnMinimumWidth(pair * 3, name_width)
            self._grid.setColumnStretch(pair * 3 + 1, 1)
            if pair:
                self._grid.setColumnMinimumWidth(pair * 3 - 1, 16)
        self._place(specs, names or {})

    def _place(self, specs: Sequence[EditSpec], names: dict[str, str]) -> None:
        line, pair = 0, 0
        for spec in specs:
            wide = spec.wide or self._columns == 1
            if wide and pair:
                line, pair = line + 1, 0
            name = names.get(spec.field) or label_of(self.kind, spec.field)
            field = self._make(spec, name)
            label = Label(t(name), "secondary", "text3", elide=True)
            label.setFixedHeight(28)
            label.setToolTip(t(name))
            self._grid.addWidget(label, line, pair * 3, Qt.AlignmentFlag.AlignTop)
            span = (self._columns - 1) * 3 + 1 if wide else 1
            self._grid.addWidget(field, line, pair * 3 + 1, 1, span)
            pair += 1
            if wide or pair == self._columns:
                line, pair = line + 1, 0

    def _make(self, spec: EditSpec, name: str) -> InlineField:
        editor = editor_for(self.kind, spec, self.desk.store.clock.today)
        field = InlineField(
            f"field-{self.kind}-{spec.field}",
            t(name),
            editor,
            wrapped=spec.editor == "long",
        )
        field.submitted.connect(lambda value, spec=spec: self._save(spec.field, value))
        field.display.installEventFilter(self)
        self.fields[spec.field] = field
        return field

    def show_record(self, record: Record | None, *, by_others: bool = False) -> None:
        """Show a record, another one or a newer state of the same."""
        record_id = record.id if record is not None else None
        if record_id != self._shown_record and self._shown_record not in ("", None):
            for field in self.fields.values():
                field.leave()
        self._shown_record = self.record_id = record_id
        for name, field in self.fields.items():
            value: Any = getattr(record, name) if record is not None else None
            text = value_text(self.kind, name, value)
            field.show_value(value, text, by=t("коллега") if by_others else "")

    def edit_first(self) -> None:
        """Open the first empty field, or the first one."""
        empty = [field for field in self.fields.values() if not field.display.text()]
        target = (empty or list(self.fields.values()))[0]
        target.begin()

    def _save(self, name: str, value: Any) -> None:
        self.desk.write_field(self.fields[name], self.kind, self.record_id, name, value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            return False
        order = [field.display for field in self.fields.values()]
        if watched not in order:
            return False
        place = order.index(watched) + step
        if 0 <= place < len(order):
            order[place].setFocus(Qt.FocusReason.TabFocusReason)
        return True
