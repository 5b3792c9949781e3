"""«Обмен файлом»: for offices without a network, and for colleagues who help them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from arm.casework.exchange_file import (
    SUFFIX,
    Brought,
    Exported,
    Learnt,
    export_file,
    export_keys,
    import_file,
    own_fingerprint,
)
from arm.errors import ExpectedError
from arm.exchange.signed_package import UnknownSigner
from arm.sync.offline import TakenIn
from arm.workstation import Workstation
from ui.background import Background
from ui.design.text import counted, t
from ui.error_words import error_words
from ui.widgets.banner import Banner
from ui.widgets.button import Button
from ui.widgets.dialog import Dialog
from ui.widgets.label import Label
from ui.widgets.layout import column, row

Result = Exported | Brought | TakenIn | Learnt


def ask_target(parent: QWidget, name: str) -> Path | None:
    """Let a person choose where the file goes."""
    kinds = t("Файлы обмена (*{suffix})", suffix=SUFFIX)
    chosen, _ = QFileDialog.getSaveFileName(parent, t("Записать файл обмена"), name, kinds)
    return Path(chosen) if chosen else None


def ask_source(parent: QWidget) -> Path | None:
    """Let a person choose the file that was brought."""
    kinds = t("Файлы обмена (*{suffix})", suffix=SUFFIX)
    chosen, _ = QFileDialog.getOpenFileName(parent, t("Загрузить файл обмена"), "", kinds)
    return Path(chosen) if chosen else None


class FileExchangeDialog(Dialog):
    """Write a file, load a file, and what came of it."""

    def __init__(
        self, workstation: Workstation, background: Background, parent: QWidget | None = None
    ) -> None:
        text = t(
            "Если здесь нет сети: запишите файл и отвезите его коллеге, у которого она есть. Он "
            "загрузит файл и вернёт ответ. Файл зашифрован и подписан; загрузить его дважды не "
            "страшно."
        )
        super().__init__(t("Обмен файлом"), text, width=600, parent=parent)
        self.setObjectName("file-exchange")
        self._workstation, self._background = workstation, background
        self.choose_target: Callable[[QWidget, str], Path | None] = ask_target
        self.choose_source: Callable[[QWidget], Path | None] = ask_source
        self._waiting: Path | None = None
        self._code = ""
        self._pressed: QWidget | None = None
        self.write = Button(t("Записать файл"), "download", "primary")
        self.write.setObjectName("package-export")
        self.write.clicked.connect(self._export)
        self.load = Button(t("Загрузить файл"), "folder-open")
        self.load.setObjectName("package-import")
        self.load.clicked.connect(self._import)
        self.keys = Button(t("Ключи для места без сети"), kind="ghost")
        self.keys.setObjectName("package-keys")
        self.keys.setToolTip(
            t("Рабочему месту, которое ещё ни разу не связывалось с центром, нужны ключи коллег")
        )
        self.keys.clicked.connect(self._export_keys)
        self.body.addLayout(row(self.write, self.load, None, self.keys))
        self.confirm = Button(t("Код совпадает, загрузить"), "check")
        self.confirm.setObjectName("package-confirm")
        self.confirm.clicked.connect(self._confirm)
        self.confirm.hide()
        self.told = Banner("neutral", "")
        self.told.setObjectName("package-told")
        self.told.hide()
        self.body.addWidget(self.told)
        self.body.addLayout(row(self.confirm, None))
        self._own = Label("", "secondary", "text3")
        self._own.setObjectName("package-code")
        self.body.addLayout(column(self._own))
        self.add_button(t("Закрыть"))
        store = workstation.store
        background.write(lambda: own_fingerprint(store), self._show_code, self._failed)

    def _show_code(self, code: str) -> None:
        self._own.setText(t("Код этого рабочего места: {code}", code=unbroken(code)))

    # -- what a person asks for

    def _export(self) -> None:
        store = self._workstation.store
        name = t("обмен {day}", day=f"{store.clock.today():%Y-%m-%d}") + SUFFIX
        path = self.choose_target(self, name)
        if path is not None:
            self._run(lambda: export_file(store, path))

    def _export_keys(self) -> None:
        store = self._workstation.store
        path = self.choose_target(self, t("ключи") + SUFFIX)
        if path is not None:
            self._run(lambda: export_keys(store, path))

    def _import(self) -> None:
        path = self.choose_source(self)
        if path is not None:
            self._take_in(path, "")

    def _confirm(self) -> None:
        if self._waiting is not None:
            self._take_in(self._waiting, self._code)

    def _take_in(self, path: Path, trust: str) -> None:
        store, engine = self._workstation.store, self._workstation.sync
        self._waiting = path
        self._run(lambda: import_file(store, engine, path, trust=trust))

    def _run(self, work: Callable[[], Result]) -> None:
        self._pressed = self.focusWidget()
        for button in (self.write, self.load, self.keys, self.confirm):
            button.setEnabled(False)
        self.confirm.hide()
        self._tell("neutral", t("Идёт обмен файлом"), t("Не вынимайте носитель"))
        self._background.task(lambda _progress, _cancelled: work(), self._done, self._failed)

    # -- what came of it

    def _ready(self) -> None:
        for button in (self.write, self.load, self.keys, self.confirm):
            button.setEnabled(True)
        if self._pressed is not None:  # the keyboard left the button when it was switched off
            self._pressed.setFocus(Qt.FocusReason.OtherFocusReason)

    def _done(self, result: Result) -> None:
        self._ready()
        if isinstance(result, Brought):
            self._tell(*_brought_words(result))
        elif isinstance(result, TakenIn):
            self._tell(*_taken_words(result))
        elif isinstance(result, Learnt):
            text = t("Теперь можно записать файл: коллеги его прочтут")
            self._tell("ok", t("Ключи коллег загружены"), text)
        elif result.operations or result.files:
            title = t("Файл записан: {edits}, {files}", edits=_edits(result.operations),
                      files=_files(result.files))  # fmt: skip
            self._tell("ok", title, str(result.path))
        else:
            self._tell("ok", t("Файл записан"), str(result.path))

    def _failed(self, error: Exception) -> None:
        self._ready()
        if isinstance(error, UnknownSigner):
            self._code = str(error.params["fingerprint"])
            self.confirm.show()
            self.confirm.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(error, ExpectedError):
            title, advice = error_words(error)
            title = unbroken(title)
            self._tell("warn", title, advice)
        else:
            self.told.hide()
            self._background.crashed.emit(error)

    def _tell(self, kind: str, title: str, text: str) -> None:
        self.told.set_words(title, text, kind)
        self.told.show()
        self._place()


def unbroken(code: str) -> str:
    """A code is compared by eye: it stays in one line."""
    return code.replace("-", "\u2011")


def _edits(count: int) -> str:
    return counted(count, "правка", "правки", "правок")


def _files(count: int) -> str:
    return counted(count, "файл", "файла", "файлов")


def _brought_words(done: Brought) -> tuple[str, str, str]:
    report = done.report
    if report.set_back:
        title = t("Центр ждёт более ранние правки: отвезите ответ и попросите файл заново")
        return "warn", title, str(done.answer)
    parts = [t("Передано: {edits}, {files}", edits=_edits(report.operations),
               files=_files(report.files))]  # fmt: skip
    if report.repeated:
        parts.append(t("из них уже были в центре: {count}", count=report.repeated))
    if report.conflicts:
        parts.append(t("расхождений: {count}", count=report.conflicts))
    if report.refused:
        parts.append(t("не принято: {count}", count=report.refused))
    answer = t("Верните ответ: {path}", path=done.answer)
    return "warn" if report.refused else "ok", ", ".join(parts), answer


def _taken_words(done: TakenIn) -> tuple[str, str, str]:
    title = t("Ответ загружен, подтверждено: {edits}", edits=_edits(done.acknowledged))
    parts = [t("получено изменений: {count}", count=done.received + done.loaded)]
    if done.files:
        parts.append(_files(done.files))
    if done.conflicts:
        parts.append(t("расхождений: {count}", count=done.conflicts))
    if done.refused:
        parts.append(t("не принято: {count}", count=done.refused))
    if done.sent_again:
        parts.append(
            t("запишите файл заново: центр потерял {edits}", edits=_edits(done.sent_again))
        )
    return "warn" if done.refused or done.sent_again else "ok", title, ", ".join(parts)
