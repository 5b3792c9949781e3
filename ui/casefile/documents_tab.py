"""All papers of a person as forms to edit, with their scans."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from arm.casework import case as casework
from arm.casework.case import AttachmentLine, CaseView, DocumentLine
from arm.model import Record
from ui.casefile.catalogue import NewPaper
from ui.casefile.desk import CaseDesk
from ui.casefile.files import FilesPanel
from ui.casefile.ground import scrolling
from ui.casefile.overview import papers_menu
from ui.casefile.record_form import RecordForm
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color
from ui.widgets import Button, Label, Panel, clear_layout
from ui.widgets.painting import Ringed, draw_text, fill_box

Key = tuple[str, str]
"""Kind and record id; an empty id is a paper that is not kept yet."""

PERSON = "person"
OTHER_FILES = "files"


class PaperItem(Ringed, QAbstractButton):
    """One paper in the list at the left."""

    def __init__(self, key: Key, icon: str, title: str, below: str, mark: str, token: str) -> None:
        super().__init__()
        self.key = key
        self._icon, self._below, self._mark, self._token = icon, below, mark, token
        self.setText(title)
        self.setObjectName(f"paper-{key[0]}-{key[1]}")
        self.setAccessibleName(", ".join(part for part in (title, below) if part))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(6, 1, -6, -1)
        if self.isChecked():
            fill_box(painter, box, 6, color("selected"))
        elif self.underMouse():
            fill_box(painter, box, 6, color("hover"))
        icon = "accentText" if self.isChecked() else "text3"
        paint_icon(painter, self._icon, 16, 16, icon)
        right = self.width() - 14
        if self._mark:
            paint_icon(painter, self._mark, right - 14, 17, self._token, 14)
            right -= 20
        style = "bodyStrong" if self.isChecked() else "body"
        draw_text(painter, QRectF(42, 5, right - 42, 20), self.text(), style, "text")
        draw_text(painter, QRectF(42, 25, right - 42, 16), self._below, "secondary", "text3")


class DocumentsTab(QWidget):
    """List of papers at the left, the form and the files of the chosen one at the right."""

    made = Signal()

    def __init__(self, desk: CaseDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("documentsTab")
        self._desk = desk
        self._key: Key = (PERSON, "")
        self._new: NewPaper | None = None
        self._items: dict[Key, PaperItem] = {}
        self._forms: dict[str, RecordForm] = {}
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 6, 0, 6)
        self._list.setSpacing(0)
        self.add = Button(t("Добавить документ"), "plus", menu=papers_menu(self.begin))
        self.add.setObjectName("documentsAdd")
        self._panel = Panel(t("Личные данные"))
        self._panel.body.setContentsMargins(15, 7, 15, 11)
        self.delete = Button(t("Удалить"), "trash-2", "ghost", 28)
        self.delete.setObjectName("paperDelete")
        self.delete.clicked.connect(self._delete)
        self._panel.add_action(self.delete)
        self.files = FilesPanel(desk, t("Сканы и файлы"))
        self._hint = Label("", "secondary", "text3", wrap=True)
        self._lay_out()
        paste = QShortcut(QKeySequence.StandardKey.Paste, self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self.files.paste)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setLayout(self._list)
        papers = scrolling(inside)
        papers.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        papers.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._papers = papers
        side = Panel("", padding=False)
        side.setFixedWidth(288)
        side.body.setContentsMargins(0, 6, 0, 0)
        side.body.addWidget(papers, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(11, 8, 11, 11)
        foot.addWidget(self.add)
        foot.addStretch(1)
        side.body.addLayout(foot)
        right = QVBoxLayout()
        right.setSpacing(16)
        right.setContentsMargins(0, 0, 12, 16)
        right.addWidget(self._panel)
        right.addWidget(self._hint)
        right.addWidget(self.files)
        right.addStretch(1)
        inner = QWidget()
        inner.setLayout(right)
        area = scrolling(inner)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box = QHBoxLayout(self)
        box.setContentsMargins(24, 16, 12, 0)
        box.setSpacing(16)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 16)
        left.addWidget(side)
        box.addLayout(left)
        box.addWidget(area, 1)

    # -- showing --------------------------------------------------------------------------------

    def show_case(self, view: CaseView, *, by_others: bool = False) -> None:
        """Show the papers of a case that was just read."""
        keys = {(line.kind, line.record_id) for line in view.documents}
        keys |= {(PERSON, view.person.id), (OTHER_FILES, "")}
        keys |= {("registration", one.id) for one in view.registrations}
        keys |= {("migration_card", one.id) for one in view.cards}
        if self._key[0] == PERSON or (self._key not in keys and self._key[1]):
            self._key = (PERSON, view.person.id)
        self._fill_list(view)
        self._show_chosen(view, by_others)

    def _fill_list(self, view: CaseView) -> None:
        focused = next((key for key, item in self._items.items() if item.hasFocus()), None)
        clear_layout(self._list)
        self._items = {}
        self._add_item((PERSON, view.person.id), "user", t("Личные данные"), view.name, "", "")
        shown: set[Key] = set()
        for line in view.documents:
            key = (line.kind, line.record_id)
            shown.add(key)
            mark, token = _mark_of(line)
            scan = "" if line.has_scan else t("нет скана")
            below = " · ".join(part for part in (line.number, t(line.caption), scan) if part)
            self._add_item(key, line.icon, t(line.title), below, mark, token)
        for kind, title, records in (
            ("migration_card", t("Прежняя миграционная карта"), view.cards),
            ("registration", t("Прежний учёт"), view.registrations),
        ):
            for record in records:
                if (kind, record.id) not in shown:
                    self._add_item((kind, record.id), "history", title, "", "", "")
        if self._new is not None:
            key = (self._new.kind, "")
            self._add_item(key, self._new.icon, t(self._new.title), t("новый"), "pencil", "text3")
        others = self._other_files(view)
        below = str(len(others)) if others else t("нет")
        self._add_item((OTHER_FILES, ""), "files", t("Остальные файлы"), below, "", "")
        self._list.addStretch(1)
        if self._key in self._items:
            self._items[self._key].setChecked(True)
        if focused in self._items and focused is not None:
            self._items[focused].setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_item(self, key: Key, icon: str, title: str, below: str, mark: str, token: str) -> None:
        item = PaperItem(key, icon, title, below, mark, token)
        item.clicked.connect(lambda _on=False: self.choose(*key))
        self._items[key] = item
        self._list.addWidget(item)

    def choose(self, kind: str, record_id: str) -> None:
        """Show one paper."""
        if record_id and self._new is not None:
            self._new = None
        self._key = (kind, record_id)
        if self._desk.view is not None:
            self._fill_list(self._desk.view)
            self._show_chosen(self._desk.view, by_others=False)

    def _show_chosen(self, view: CaseView, by_others: bool) -> None:
        kind, record_id = self._key
        item = self._items.get(self._key)
        self._panel.set_title(item.text() if item else t("Личные данные"))
        for other in self._forms.values():
            other.hide()
        is_files = kind == OTHER_FILES
        self._panel.setVisible(not is_files)
        self.delete.setVisible(bool(record_id) and kind != PERSON)
        self._hint.setVisible(not record_id and self._new is not None)
        self._hint.setText(t("Документ появится в деле, как только вы впишете первое поле"))
        self.files.setVisible(bool(record_id) or is_files)
        if is_files:
            self.files.show_files("other", self._other_files(view))
            return
        record = find_record(view, kind, record_id)
        form = self._form(kind)
        form.show_record(record, by_others=by_others)
        form.show()
        about = record_id if kind != PERSON else PERSON
        files = [f for f in view.files if f.about in about_names(kind, record)]
        missing = t("Скана нет") if kind != PERSON else ""
        self.files.show_files(about, files, missing)

    def _form(self, kind: str) -> RecordForm:
        if kind not in self._forms:
            form = RecordForm(self._desk, kind, columns=2, name_width=120)
            self._forms[kind] = form
            self._panel.body.addWidget(form)
        return self._forms[kind]

    def _other_files(self, view: CaseView) -> list[AttachmentLine]:
        known: set[str] = set(about_names(PERSON, view.person))
        for key in self._items:
            record = find_record(view, *key)
            if record is not None:
                known |= about_names(key[0], record)
        for line in view.documents:
            record = find_record(view, line.kind, line.record_id)
            known |= about_names(line.kind, record)
        return [file for file in view.files if file.about not in known]

    def form(self) -> RecordForm:
        """The form shown now."""
        return self._form(self._key[0] if self._key[0] != OTHER_FILES else PERSON)

    # -- adding and deleting --------------------------------------------------------------------

    def begin(self, paper: NewPaper) -> None:
        """Add a paper: at once where its type is known, otherwise with its first field."""
        if not paper.values:
            self._new = paper
            self._key = (paper.kind, "")
            if self._desk.view is not None:
                self.show_case(self._desk.view)
            self._form(paper.kind).edit_first()
            return
        person, values = self._desk.person_id, dict(paper.values)

        def shown(record_id: str) -> None:
            self._new = None
            self._key = (paper.kind, record_id)
            self.made.emit()

        self._desk.act(
            lambda store: casework.add_record(store, paper.kind, person, values),
            said=t("Добавлено: {title}", title=t(paper.title)),
            done=shown,
        )

    def took(self, view: CaseView) -> None:
        """A paper begun here may have been kept now: stay with it."""
        if self._new is None or self._key[1]:
            return
        known = set(self._items)
        for kind, record in _records(view):
            if kind == self._new.kind and (kind, record.id) not in known:
                self._new = None
                self._key = (kind, record.id)
                return

    def _delete(self) -> None:
        kind, record_id = self._key
        title = self._items[self._key].text() if self._key in self._items else ""
        self._desk.act(
            lambda store: casework.delete_record(store, kind, record_id),
            said=t("Удалено: {title}", title=title),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        focused = next((key for key, item in self._items.items() if item.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        keys = list(self._items)
        place = max(0, min(len(keys) - 1, keys.index(focused) + step))
        self.choose(*keys[place])
        self._items[keys[place]].setFocus(Qt.FocusReason.TabFocusReason)
        self._papers.ensureWidgetVisible(self._items[keys[place]])


def _mark_of(line: DocumentLine) -> tuple[str, str]:
    """Icon and colour of what a paper lacks."""
    if line.state in ("warn", "bad"):
        return "triangle-alert" if line.state == "warn" else "octagon-x", f"{line.state}Fill"
    return ("", "") if line.has_scan else ("scan", "text3")


def _records(view: CaseView) -> list[tuple[str, Record]]:
    found: list[tuple[str, Record]] = [(PERSON, view.person)]
    found += [("identity_document", one) for one in view.identity_documents]
    found += [("migration_card", one) for one in view.cards]
    found += [("stay_permit", one) for one in view.permits]
    found += [("registration", one) for one in view.registrations]
    found += [("certificate", one) for one in view.certificates]
    return found


def find_record(view: CaseView, kind: str, record_id: str) -> Record | None:
    """A record of the case by kind and id."""
    for found_kind, record in _records(view):
        if found_kind == kind and record.id == record_id:
            return record
    return None


def about_names(kind: str, record: Record | None) -> set[str]:
    """What an attachment may say it is about, to belong to this paper."""
    if kind == PERSON or record is None:
        return {PERSON}
    names = {record.id, kind}
    for field in ("document_type", "permit_type", "certificate_type"):
        value = getattr(record, field, None)
        if value:
            names.add(value)
    return names
