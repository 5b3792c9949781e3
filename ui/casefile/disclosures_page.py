"""«Кому передавали сведения»: the register of disclosures, of the office or of one person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from arm.casework import disclosures
from arm.casework.disclosures import WAYS, DisclosureLine
from arm.errors import ExpectedError
from arm.store.store import ChangeSet
from ui.casefile.changes import ChangeList, ChangeRow, faces
from ui.casefile.print_dialog import PrintDialog
from ui.casefile.wording import capitalised
from ui.context import Context
from ui.design.text import fmt_day, t
from ui.page import Keys, Page
from ui.widgets import Button, Choice, EmptyState, Label, SearchField

FORM = "disclosures"
Read = tuple[list[DisclosureLine], list[str]]


class DisclosuresPage(Page):
    """Arguments: ``person_id`` with ``name`` shows the register of one person."""

    page_id = "disclosures"
    title = "Кому передавали сведения"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._person, self._name = "", ""
        self._lines: list[DisclosureLine] = []
        self.search = SearchField(t("Человек, организация или сведения"))
        self.search.setObjectName("disclosuresSearch")
        self.search.setFixedWidth(340)
        self.search.searched.connect(lambda _text: self._show())
        self.receiver = Choice([("", t("Все получатели"))], "")
        self.receiver.setObjectName("disclosuresReceiver")
        self.receiver.setAccessibleName(t("Кто получил"))
        self.receiver.setFixedWidth(260)
        self.receiver.changed.connect(lambda _value: self.reload())
        self.way = Choice([("", t("Все способы")), *((k, t(v)) for k, v in WAYS.items())], "")
        self.way.setObjectName("disclosuresWay")
        self.way.setAccessibleName(t("Способ"))
        self.way.setFixedWidth(200)
        self.way.changed.connect(lambda _value: self.reload())
        self.print_button = Button(t("Напечатать для человека"), "printer", "secondary", 32)
        self.print_button.setObjectName("disclosuresPrint")
        self.print_button.clicked.connect(self.open_print)
        self.everybody = Button(t("Показать всех"), "users", "ghost", 32)
        self.everybody.setObjectName("disclosuresEverybody")
        self.everybody.clicked.connect(lambda: self.show_person("", ""))
        self._note = Label("", "secondary", "text3")
        self.list = ChangeList(t("Кому передавали сведения"), with_subject=True)
        self.list.setObjectName("disclosuresList")
        self.list.opened.connect(lambda person: context.navigate("case", {"person_id": person}))
        again = Button(t("Повторить"), "refresh-cw")
        again.clicked.connect(self.reload)
        self._empty = EmptyState("share-2", t("Сведения никому не передавали"))
        self._wrong = EmptyState("lock", t("Журнал не открылся"), "", again)
        self._stack, panel = faces(self.list, self._empty, self._wrong)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.search)
        bar.addWidget(self.receiver)
        bar.addWidget(self.way)
        bar.addStretch(1)
        bar.addWidget(self._note)
        bar.addWidget(self.everybody)
        bar.addWidget(self.print_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 24, 16)
        box.setSpacing(12)
        box.addLayout(bar)
        box.addWidget(panel, 1)

    # -- the window asks ------------------------------------------------------------------------

    def subtitle(self) -> str:
        return self._name or t("записи только добавляются и не меняются")

    def crumb(self) -> tuple[str, str] | None:
        return ("case", t("Дело")) if self._person else None

    def keys(self) -> Keys:
        return [("↑ ↓", t("запись")), ("Enter", t("открыть дело"))]

    def shown(self, args: Mapping[str, object]) -> None:
        person = args.get("person_id")
        name = args.get("name")
        self.show_person(
            person if isinstance(person, str) else "", name if isinstance(name, str) else ""
        )

    def data_changed(self, change: ChangeSet) -> None:
        if any(kind == "disclosure" for kind, _ in change.records):
            self.reload()

    # -- reading --------------------------------------------------------------------------------

    def show_person(self, person_id: str, name: str) -> None:
        """The register of one person, or of the whole office."""
        self._person, self._name = person_id, name
        for part in (self.receiver, self.way):
            part.setVisible(not person_id)
        self.search.setPlaceholderText(
            t("Организация или сведения") if person_id else t("Человек, организация или сведения")
        )
        self.print_button.setVisible(bool(person_id))
        self.everybody.setVisible(bool(person_id))
        self.header_changed.emit()
        self.reload()

    def reload(self) -> None:
        """Read the register again."""
        store, person = self.context.store, self._person
        receiver, way = self.receiver.value(), self.way.value()

        def read() -> Read:
            if person:
                return disclosures.of_person(store, person), []
            found = disclosures.of_office(store, receiver=receiver, way=way)
            return found, disclosures.receivers(store)

        self.context.background.read(read, self._take, self._failed, key="disclosures")

    def _take(self, read: Read) -> None:
        self._lines, receivers = read
        if not self._person:
            options = [("", t("Все получатели")), *((name, name) for name in receivers)]
            self.receiver.set_options(options)
        self._show()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, ExpectedError):
            self.context.show_error(error)
            return
        self._wrong.set_words(t(error.title_text), t(error.advice_text))
        self._stack.setCurrentIndex(3)

    def _show(self) -> None:
        words = self.search.text().casefold().split()
        found = [line for line in self._lines if _mentions(line, words)]
        self.list.rows.show(self._rows(found))
        filtered = bool(words or self.receiver.value() or self.way.value())
        if filtered and not self._person:
            self._empty.set_words(t("Записей не нашли"), t("Измените поиск или фильтр"))
        else:
            self._empty.set_words(
                t("Сведения никому не передавали"),
                t("Здесь появится каждая передача: кому, что и на каком основании"),
            )
        self._stack.setCurrentIndex(1 if found else 2)
        full = len(self._lines) >= disclosures.OFFICE_LINES and not self._person
        self._note.setText(t("показаны последние {count}", count=len(self._lines)) if full else "")

    def _rows(self, lines: list[DisclosureLine]) -> list[ChangeRow]:
        rows: list[ChangeRow] = []
        day: date | None = None
        for line in lines:
            at = line.at.astimezone() if line.at else None
            if at is not None and at.date() != day:
                day = at.date()
                rows.append(ChangeRow("", "", capitalised(fmt_day(day)), heading=True))
            rows.append(
                ChangeRow(
                    when=f"{at:%H:%M}" if at else "",
                    who=t(line.way),
                    what=line.receiver,
                    new=" · ".join(
                        part
                        for part in (", ".join(line.what), line.ground, t(line.by_whom))
                        if part
                    ),
                    subject="" if self._person else line.person_name or t("Человек без имени"),
                    key=line.person_id,
                )
            )
        return rows

    def open_print(self) -> PrintDialog | None:
        """The extract for the person concerned."""
        if not self._person:
            return None
        dialog = PrintDialog(self.context, self._person, self._name, FORM)
        self.context.open_dialog(dialog)
        dialog.load()
        return dialog


def _mentions(line: DisclosureLine, words: list[str]) -> bool:
    told = (line.person_name, line.receiver, line.way, line.by_whom, line.ground, *line.what)
    whole = " ".join(told).casefold()
    return all(word in whole for word in words)
