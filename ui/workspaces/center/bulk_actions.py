"""The verbs of the bulk bar: print, assign, mark, export, take the marks off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from arm.casework import case
from arm.casework.office import people as colleagues
from forms.catalogue import all_forms
from ui.casefile.long_work import LongWork
from ui.casefile.saving import ask_file
from ui.design.text import counted, plural, t
from ui.tables.columns import Arrangement
from ui.tables.model import PagedModel
from ui.widgets import Dialog, Label, Link, Menu, row
from ui.widgets.bulk_bar import BulkBar
from ui.workspaces.center.bulk_work import Printed, export, person_ids, print_many
from ui.workspaces.center.naming import NameBubble

if TYPE_CHECKING:
    from ui.context import Context

LEFT_OUT_SHOWN = 200


class BulkActions(QObject):
    """Builds the bar and does what it says with the marked rows."""

    def __init__(self, context: Context, model: PagedModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.context = context
        self.model = model
        self.arrangement: Callable[[], Arrangement] | None = None
        self.ask_file = ask_file
        """Where to write; tests and the tour put their own answer here."""
        self._host = parent
        self.work = LongWork(context, parent)
        self.bar = BulkBar(parent)
        self._print = self.bar.add("print", t("Напечатать"), "printer", self._open_print)
        self._assign = self.bar.add("assign", t("Назначить"), "user-round-check", self._open_people)
        self._mark = self.bar.add("mark", t("Пометить"), "bookmark", self._open_mark)
        self.bar.add("export", t("Выгрузить"), "file-down", self.export)
        self.bar.add_line()
        self.bar.add("clear", t("Снять выбор"), "", model.unmark_all, "Esc")
        model.marks_changed.connect(lambda: self.bar.show_count(len(model.marked)))

    def marked(self) -> list[int]:
        """Marked rows in the order of the list, then those of earlier searches."""
        marked = self.model.marked
        here = [rowid for rowid in self.model.ids if rowid in marked]
        return here + sorted(marked.difference(here))

    # --- printing ---------------------------------------------------------------------------

    def _open_print(self) -> None:
        menu = Menu(t("Что напечатать"), self.bar)
        for form in all_forms():
            run = partial(self.print_form, form.id, form.title)
            menu.add(form.title, run, "printer", object_name=f"bulk-print-{form.id}")
        self.bar.open_menu(self._print, menu)

    def print_form(self, form_id: str, title: str) -> None:
        """One PDF of this form for all marked persons."""
        path = self.ask_file(self._host, t("Сохранить PDF"), f"{title}.pdf", "PDF", ".pdf")
        if path is None:
            return
        store, rowids = self.context.store, self.marked()
        self.work.run(
            t("Готовим документы"),
            lambda progress, cancelled: print_many(
                store, path, form_id, rowids, progress, cancelled
            ),
            lambda printed: self._printed(printed, title),
            path,
        )

    def _printed(self, printed: Printed, title: str) -> None:
        if printed.printed:
            count = counted(printed.printed, "документ", "документа", "документов")
            self.context.toast(
                t("«{title}»: {count} в файле {name}", title=title, count=count,
                  name=printed.path.name),
                icon="printer",
            )  # fmt: skip
        if printed.left_out:
            self._tell_left_out(printed)

    def _tell_left_out(self, printed: Printed) -> None:
        """Who was not printed, and why; each name opens its case."""
        count = len(printed.left_out)
        word = plural(count, "человека", "человек", "человек")
        dialog = Dialog(
            t("Не напечатано для {count} {word}", count=count, word=word),
            t("Не хватает данных. Откройте дело, впишите и напечатайте снова."),
            width=560,
        )
        listing = QWidget()
        lines = QVBoxLayout(listing)
        lines.setContentsMargins(0, 0, 8, 0)
        lines.setSpacing(0)
        for person_id, name, missing in printed.left_out[:LEFT_OUT_SHOWN]:
            link = Link(name)
            link.clicked.connect(dialog.close_dialog)
            link.clicked.connect(
                lambda _on=False, who=person_id: self.context.navigate("case", {"person_id": who})
            )
            words = Label(missing, "secondary", "text3", elide=True)
            line = row(link, words, gap=12)
            line.setStretch(1, 1)
            lines.addLayout(line)
        lines.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(listing)
        area.setFixedHeight(min(10, count) * 28 + 4)
        dialog.body.addWidget(area)
        dialog.add_button(t("Закрыть"), "primary")
        self.context.open_dialog(dialog)

    # --- assigning and marking --------------------------------------------------------------

    def _open_people(self) -> None:
        store = self.context.store
        self.context.background.read(
            lambda: colleagues(store), self._show_people, self.context.show_error
        )

    def _show_people(self, names: dict[str, str]) -> None:
        menu = Menu(t("Кому назначить"), self.bar)
        for login, name in sorted(names.items(), key=lambda pair: pair[1]):
            run = partial(self.assign, login, name)
            menu.add(name, run, "user-round", object_name=f"bulk-assign-{login}")
        menu.addSeparator()
        menu.add(t("Никому"), lambda: self.assign(None, t("никому")), "user-x")
        self.bar.open_menu(self._assign, menu)

    def assign(self, login: str | None, name: str) -> None:
        """Give the marked cases to a colleague."""
        self._change(
            lambda ids: case.assign(self.context.store, ids, login),
            t("Назначено: {name}", name=name),
        )

    def _open_mark(self) -> None:
        bubble = NameBubble(
            t("Пометить"),
            t("Пометка, пустая снимает прежнюю"),
            "",
            t("Пометить"),
            self._host,
            may_be_empty=True,
        )
        bubble.named.connect(self.mark)
        bubble.open_at(self._mark, "above")

    def mark(self, text: str) -> None:
        """Put a mark on the marked cases; an empty one takes it off."""
        words = t("Пометка «{mark}» поставлена", mark=text) if text else t("Пометка снята")
        self._change(lambda ids: case.mark(self.context.store, ids, text or None), words)

    def _change(self, change: Callable[[Sequence[str]], object], words: str) -> None:
        store, rowids = self.context.store, self.marked()

        def work() -> int:
            ids = person_ids(store, rowids)
            change(ids)
            return len(ids)

        def done(count: int) -> None:
            said = counted(count, "дело", "дела", "дел")
            self.context.toast(f"{words}. {said}", icon="check", undo=True)

        self.context.background.write(work, done, self.context.show_error)

    # --- exporting --------------------------------------------------------------------------

    def export(self) -> None:
        """Marked rows, or all that are found, as XLSX with the columns of the screen."""
        rowids = self.marked() if self.model.marked else list(self.model.ids)
        if not rowids or self.arrangement is None or self.work.running:
            return
        path = self.ask_file(self._host, t("Выгрузить список"), t("Дела.xlsx"), "XLSX", ".xlsx")
        if path is None:
            return
        store, placed = self.context.store, self.arrangement().shown()

        def done(count: int) -> None:
            said = counted(count, "строка", "строки", "строк")
            self.context.toast(
                t("Выгружено: {count}, файл {name}", count=said, name=path.name),
                icon="file-down",
            )

        self.work.run(
            t("Выгружаем список"),
            lambda progress, cancelled: export(
                store, path, rowids, placed, colleagues(store), progress, cancelled
            ),
            done,
            path,
        )
