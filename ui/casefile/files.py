"""Files of a case: attach by button, by dropping or from the clipboard; look, export, delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from arm.casework import case as casework
from arm.casework.case import AttachmentLine
from arm.casework.errors import FileTooLarge
from arm.errors import ExpectedError
from arm.exchange.whole_file import write_whole
from arm.store.store import Store
from arm.store.transfers import Transfer
from ui.casefile.desk import CaseDesk
from ui.casefile.rendering import Sheet, render_page
from ui.casefile.sheet_view import SheetView
from ui.casefile.wording import capitalised, moment_text, size_text
from ui.design.icons import paint_icon
from ui.design.text import counted, t
from ui.design.theme import color
from ui.widgets import Button, Dialog, IconButton, Label, Panel, clear_layout, column, row

_ICONS = {"application/pdf": "file-text"}


class FileUnreadable(ExpectedError):
    """The file cannot be read or shown."""

    code = "casefile.file_unreadable"
    title = "Файл «{name}» не открывается"
    advice = "Проверьте, не повреждён ли он, и приложите ещё раз"


def ask_files(parent: QWidget) -> list[Path]:
    """Let a person choose files to attach."""
    names, _ = QFileDialog.getOpenFileNames(
        parent,
        t("Приложить файлы"),
        "",
        t("Сканы и документы (*.pdf *.jpg *.jpeg *.png *.tif *.tiff);;Все файлы (*)"),
    )
    return [Path(name) for name in names]


def ask_target(parent: QWidget, name: str) -> Path | None:
    """Let a person choose where a file goes."""
    chosen, _ = QFileDialog.getSaveFileName(parent, t("Сохранить файл"), name)
    return Path(chosen) if chosen else None


def read_for_attaching(path: Path, limit: int) -> tuple[str, bytes]:
    """Name and bytes of a file of at most ``limit`` bytes. Raises FileTooLarge, FileUnreadable."""
    try:
        if path.stat().st_size > limit:  # not even read: somebody chose a film
            raise FileTooLarge(name=path.name, limit_mb=limit // (1 << 20))
        return path.name, path.read_bytes()
    except OSError as error:
        raise FileUnreadable(name=path.name) from error


def pasted(mime: QMimeData) -> tuple[list[Path], bytes | None]:
    """What the clipboard or a drop brings: files, or one picture as PNG."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if paths or not mime.hasImage():
        return paths, None
    image = mime.imageData()
    if not isinstance(image, QImage) or image.isNull():
        return [], None
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes for the format
    return [], bytes(kept.data())


class _FileIcon(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_icon(QPainter(self), self._name, 0, 0, "text3")


def place_text(line: AttachmentLine, *, online: bool) -> str:
    """Where the bytes of a file are, if not simply here."""
    share = line.percent
    words = {
        "unsent": t("отправляется, {share} %", share=share) if share else t("ждёт отправки"),
        "refused": t("центр не принял, файл только здесь"),
        "lost": t("повреждён, приложите снова"),
        "loading": t("загружается, {share} %", share=share),
        "centre": t("в центре, загрузится при открытии"),
    }
    if not online:
        words["loading"] = t("загрузится, когда будет связь")
        words["centre"] = t("в центре, нужна связь")
    return words.get(line.place, "")


class FileRow(QWidget):
    """One file with its actions: what is at the centre comes when it is opened."""

    def __init__(self, line: AttachmentLine, when: str, *, online: bool) -> None:
        super().__init__()
        self.line = line
        self._when, self._online = when, online
        self.setObjectName(f"file-{line.id}")
        self.setMinimumHeight(48)
        image = line.media_type.startswith("image/")
        icon = "file-image" if image else _ICONS.get(line.media_type, "file")
        name = line.file_name
        self.look = IconButton("eye", t("Посмотреть {name}", name=name), size=28)
        self.look.setObjectName("fileLook")
        shown = line.here or line.place == "centre"
        self.look.setVisible(shown and (image or line.media_type == "application/pdf"))
        self.stop = IconButton("x", t("Не загружать {name}", name=name), size=28)
        self.stop.setObjectName("fileStop")
        self.stop.setVisible(line.place == "loading")
        self.export = IconButton("download", t("Сохранить {name} на диск", name=name), size=28)
        self.export.setObjectName("fileExport")
        self.export.setVisible(shown)
        self.delete = IconButton("trash-2", t("Удалить {name}", name=name), size=28)
        self.delete.setObjectName("fileDelete")
        self.meta = Label("", "secondary", "text3", elide=True)
        self.show_line(line)
        words = column(Label(name, "body", elide=True), self.meta, gap=0)
        box = QHBoxLayout(self)
        box.setContentsMargins(15, 4, 8, 5)
        box.setSpacing(10)
        box.addWidget(_FileIcon(icon))
        box.addLayout(words, 1)
        for part in (self.look, self.stop, self.export, self.delete):
            box.addWidget(part)

    def show_line(self, line: AttachmentLine) -> None:
        """Say how far the file has come."""
        self.line = line
        place = place_text(line, online=self._online)
        parts = (size_text(line.size), self._when, line.added_by, place)
        self.meta.setText(" · ".join(part for part in parts if part))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, color("hair"))


class FilesPanel(Panel):
    """The files of one paper (or all other files of the case). Accepts drops and Ctrl+V."""

    attached = Signal()

    def __init__(self, desk: CaseDesk, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, padding=False, parent=parent)
        self.setObjectName("filesPanel")
        self.setAcceptDrops(True)
        self._desk = desk
        self._about = ""
        self._over = False
        self.choose_files: Callable[[QWidget], list[Path]] = ask_files
        self.choose_target: Callable[[QWidget, str], Path | None] = ask_target
        self.paste_button = Button(t("Вставить"), "clipboard-paste", "ghost", 28)
        self.paste_button.setObjectName("pasteFile")
        self.paste_button.setToolTip("Ctrl+V")
        self.paste_button.clicked.connect(self.paste)
        self.attach_button = Button(t("Приложить файл"), "paperclip", "ghost", 28)
        self.attach_button.setObjectName("attachFile")
        self.attach_button.clicked.connect(self._choose)
        self.pin_button = Button("", "monitor", "ghost", 28)
        self.pin_button.setObjectName("pinFiles")
        self.pin_button.clicked.connect(self._pin)
        self.add_action(self.pin_button)
        self.add_action(self.paste_button)
        self.add_action(self.attach_button)
        self._opening: Callable[[AttachmentLine], None] | None = None
        self._opening_id = ""
        self._files: dict[str, FileRow] = {}
        background = desk.context.background
        stop = desk.store.files.board.watch(
            lambda step: background.later(partial(self._on_step, step))
        )
        self.destroyed.connect(stop)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self.body.addLayout(self._rows)

    def show_files(self, about: str, files: Sequence[AttachmentLine], missing: str = "") -> None:
        """Show the files of a paper; ``missing`` is said when there are none."""
        self._about = about
        self.set_count(len(files) or None)
        clear_layout(self._rows)
        self._files = {}
        today = self._desk.store.clock.today()
        for line in files:
            when = capitalised(moment_text(line.added_at, today))
            shown = FileRow(line, when, online=self._online)
            for button, act in (
                (shown.look, partial(self._when_here, self._look)),
                (shown.export, partial(self._when_here, self._export)),
                (shown.stop, self._stop),
                (shown.delete, self._delete),
            ):
                button.clicked.connect(lambda _on=False, act=act, line=line: act(line))
            self._files[line.sha256] = shown
            self._rows.addWidget(shown)
        self._show_pin()
        self._open_what_came(files)
        hint = t("Перетащите сюда файл или вставьте снимок: Ctrl+V")
        said = Label(
            f"{missing}. {hint}" if missing and not files else hint, "secondary", "text3", wrap=True
        )
        self._rows.addLayout(column(said, margins=(15, 9, 15, 10)))

    # -- bringing files in ----------------------------------------------------------------------

    def attach(self, paths: Sequence[Path]) -> None:
        """Attach files of the disk."""
        if not paths:
            return
        person, about = self._desk.person_id, self._about

        def keep(store: Store) -> int:
            limit = casework.file_limit(store)
            for path in paths:
                name, content = read_for_attaching(path, limit)
                casework.attach_file(store, person, about, name, content)
            return len(paths)

        files = counted(len(paths), "файл", "файла", "файлов")
        self._desk.act(keep, said=t("Приложено: {files}", files=files), done=self._on_attached)

    def paste(self) -> None:
        """Attach what lies on the clipboard: files or a picture."""
        paths, picture = pasted(QGuiApplication.clipboard().mimeData())
        if paths:
            self.attach(paths)
        elif picture is not None:
            self.attach_picture(picture)
        else:
            said = t("В буфере обмена нет файла или снимка. Скопируйте его и повторите")
            self._desk.context.toast(said, icon="clipboard")

    def attach_picture(self, picture: bytes) -> None:
        """Attach a picture from the clipboard."""
        person, about = self._desk.person_id, self._about
        taken = self._desk.store.clock.now().astimezone()
        name = t("Снимок {when}.png", when=f"{taken:%Y-%m-%d %H-%M-%S}")
        self._desk.act(
            lambda store: casework.attach_file(store, person, about, name, picture),
            said=t("Снимок приложен"),
            done=self._on_attached,
        )

    def _on_attached(self, _made: object) -> None:
        self.attached.emit()

    def _choose(self) -> None:
        self.attach(self.choose_files(self))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()
            self._mark_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._mark_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._mark_over(False)
        paths, picture = pasted(event.mimeData())
        if paths:
            self.attach(paths)
        elif picture is not None:
            self.attach_picture(picture)
        event.acceptProposedAction()

    def _mark_over(self, over: bool) -> None:
        self._over = over
        self.set_line("accent" if over else None)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._over:
            painter = QPainter(self)
            painter.setPen(QPen(color("accent"), 2, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(self.rect().adjusted(3, 3, -3, -3), 6, 6)

    # -- coming from the centre -----------------------------------------------------------------

    @property
    def _online(self) -> bool:
        """Whether a file of the centre can come now."""
        sync = self._desk.context.workstation.sync
        return sync is not None and sync.state.phase not in {"offline", "paused", "stopped"}

    def _when_here(self, act: Callable[[AttachmentLine], None], line: AttachmentLine) -> None:
        """Do something with a file, fetching it first if need be."""
        if line.here:
            act(line)
            return
        self._opening, self._opening_id = act, line.id
        said = "" if self._online else t("Файл загрузится, когда будет связь с центром")
        self._desk.act(
            lambda store: casework.fetch_file(store, line.id),
            said=said,
            undo=False,
            done=lambda _none: self._desk.reload(),
        )

    def _stop(self, line: AttachmentLine) -> None:
        self._opening = None
        self._desk.act(
            lambda store: casework.stop_fetching(store, line.id),
            undo=False,
            done=lambda _none: self._desk.reload(),
        )

    def _open_what_came(self, files: Sequence[AttachmentLine]) -> None:
        line = next((one for one in files if one.id == self._opening_id and one.here), None)
        if line is not None and self._opening is not None:
            act, self._opening = self._opening, None
            act(line)

    def _on_step(self, step: Transfer) -> None:
        if not isValid(self) or step.sha256 not in self._files:
            return
        shown = self._files[step.sha256]
        if not step.over:
            shown.show_line(replace(shown.line, percent=step.percent))
            return
        if step.error is not None and step.direction == "down":
            self._opening = None
            line = shown.line
            self._desk.context.show_error(step.error, lambda: self._when_here(self._look, line))
        self._desk.reload()

    def _show_pin(self) -> None:
        view = self._desk.view
        on = view is not None and view.files_pinned
        self.pin_button.setText(t("Не держать здесь") if on else t("Держать здесь"))
        self.pin_button.setToolTip(
            t("Файлы этого человека всегда остаются на этом компьютере, для работы без связи")
        )

    def _pin(self) -> None:
        person = self._desk.person_id
        self._desk.act(
            lambda store: casework.pin(store, person, on=person not in casework.pinned(store)),
            undo=False,
            done=lambda _none: self._desk.reload(),
        )

    # -- looking and taking out -----------------------------------------------------------------

    def _look(self, line: AttachmentLine) -> None:
        viewer = FileViewer(self._desk, line)
        self._desk.context.open_dialog(viewer)
        viewer.load()

    def _export(self, line: AttachmentLine) -> None:
        path = self.choose_target(self, line.file_name)
        if path is None:
            return
        store = self._desk.store

        def write() -> None:
            write_whole(path, casework.read_file(store, line.id))

        said = t("Файл сохранён: {name}", name=path.name)
        context = self._desk.context
        context.background.read(
            write, lambda _none: context.toast(said, icon="check"), context.show_error
        )

    def _delete(self, line: AttachmentLine) -> None:
        self._desk.act(
            lambda store: casework.delete_record(store, "attachment", line.id),
            said=t("Файл «{name}» удалён из дела", name=line.file_name),
        )


class FileViewer(Dialog):
    """A picture or a PDF of the case, shown without leaving a copy on the disk."""

    def __init__(self, desk: CaseDesk, line: AttachmentLine) -> None:
        super().__init__(line.file_name, width=900, height=760)
        self.setObjectName("fileViewer")
        self._desk, self._line = desk, line
        self._content = b""
        self._page = 0
        self.view = SheetView()
        self._page_words = Label("", "secondary", "text2")
        self._back = IconButton("chevron-left", t("Предыдущая страница"), size=28)
        self._next = IconButton("chevron-right", t("Следующая страница"), size=28)
        self._back.clicked.connect(lambda: self._turn(-1))
        self._next.clicked.connect(lambda: self._turn(1))
        self._bar = QWidget()
        self._bar.setLayout(row(None, self._back, self._page_words, self._next, None, gap=8))
        self._bar.hide()
        self.body.setContentsMargins(1, 8, 1, 1)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self._bar)
        self._pages = 1

    def load(self) -> None:
        """Read and decrypt, then show the first page."""
        store, line, page = self._desk.store, self._line, self._page
        content = self._content

        def read() -> tuple[bytes, Sheet]:
            found = content or casework.read_file(store, line.id)
            return found, page_of(found, line, page)

        self._desk.context.background.read(read, self._show, self._fail, key="file-viewer")

    def _show(self, loaded: tuple[bytes, Sheet]) -> None:
        self._content, sheet = loaded
        self._pages = sheet.pages
        self.view.paper.show_sheet(sheet)
        self.view.paper.set_scale(self.view.fit_scale(sheet.width_mm))
        self._bar.setVisible(sheet.pages > 1)
        self._page_words.setText(t("{page} из {pages}", page=sheet.page + 1, pages=sheet.pages))
        self._back.setEnabled(sheet.page > 0)
        self._next.setEnabled(sheet.page < sheet.pages - 1)

    def _fail(self, error: Exception) -> None:
        self.close_dialog()
        self._desk.context.show_error(error)

    def _turn(self, step: int) -> None:
        self._page = max(0, min(self._pages - 1, self._page + step))
        self.load()


def page_of(content: bytes, line: AttachmentLine, page: int) -> Sheet:
    """One page of a PDF or the whole of a picture. Raises :class:`FileUnreadable`."""
    if line.media_type == "application/pdf":
        try:
            return render_page(content, page, 8.0)
        except (RuntimeError, ValueError) as error:
            raise FileUnreadable(name=line.file_name) from error
    image = QImage.fromData(content)
    if image.isNull():
        raise FileUnreadable(name=line.file_name)
    width = 210.0
    return Sheet(image, width, width * image.height() / max(1, image.width()), 0, 1)
