"""A field that is read as text and edited in place.

F2, Enter or a click opens the editor; Enter or leaving it saves; Esc takes the typed text back.
«Сохранено» appears only after the commit. A refusal stays beside the field with the typed text
intact. What others write meanwhile never replaces text being typed: the field says so quietly.
"""

from __future__ import annotations

from typing import Any, Literal

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.casefile.editors import Editor, NotAValue
from ui.design.fonts import font
from ui.design.icons import paint_icon
from ui.design.text import t
from ui.design.theme import color

State = Literal["shown", "editing", "saving"]

SAVED_SHOWN_MS = 2500
_PADDING = 6
_NOT_LEAVING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


class ValueText(QAbstractButton):
    """The value as it is read: a quiet button that shows under the cursor that it can be edited."""

    edit_wanted = Signal()

    def __init__(self, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._placeholder = placeholder
        self._wrapped = False
        self.strong = False
        self.setFont(font("body"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.edit_wanted)

    def set_wrapped(self, wrapped: bool) -> None:
        """Long texts take as many lines as they need."""
        self._wrapped = wrapped
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(wrapped)
        self.setSizePolicy(policy)

    def show_text(self, text: str) -> None:
        self.setText(text)
        self.setToolTip(text if self._cut(text) else "")
        self.updateGeometry()
        self.update()

    def _cut(self, text: str) -> bool:
        return not self._wrapped and QFontMetrics(self.font()).horizontalAdvance(text) > (
            self.width() - 2 * _PADDING
        )

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.text() or self._placeholder) + 24, 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 28)

    def hasHeightForWidth(self) -> bool:
        return self._wrapped

    def heightForWidth(self, width: int) -> int:
        flags = Qt.TextFlag.TextWordWrap
        box = QFontMetrics(self.font()).boundingRect(
            0, 0, max(40, width - 2 * _PADDING), 10_000, flags, self.text() or self._placeholder
        )
        return max(28, box.height() + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        hovered = self.underMouse() and self.isEnabled()
        if hovered or self.hasFocus():
            painter.setPen(QPen(color("accent"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(color("hover") if hovered else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setFont(font("bodyStrong") if self.strong else self.font())
        painter.setPen(color("text" if self.text() else "text3"))
        inside = rect.adjusted(_PADDING, 0, -_PADDING - (18 if hovered else 0), 0)
        shown = self.text() or self._placeholder
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        if self._wrapped:
            flags |= int(Qt.TextFlag.TextWordWrap)
        else:
            shown = painter.fontMetrics().elidedText(
                shown, Qt.TextElideMode.ElideRight, int(inside.width())
            )
        painter.drawText(inside, flags, shown)
        if hovered:
            paint_icon(painter, "pencil", rect.right() - 20, rect.top() + 6, "text3", 14)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_wanted.emit()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()


class InlineField(QWidget):
    """One field of one record.

    ``submitted`` carries the new value; the owner writes it and answers with :meth:`committed` or
    :meth:`refused`.
    """

    submitted = Signal(object)
    begun = Signal()
    ended = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        editor: Editor,
        *,
        wrapped: bool = False,
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.state: State = "shown"
        self.label = label
        self.value: Any = None
        self._base: Any = None
        self._typed = False
        self.setObjectName(name)
        self.display = ValueText(placeholder or t("добавить"))
        self.display.setObjectName(f"{name}-value")
        self.display.set_wrapped(wrapped)
        self.display.edit_wanted.connect(self.begin)
        self.editor = editor
        editor.widget.setObjectName(f"{name}-editor")
        editor.widget.setAccessibleName(label)
        editor.on_typed(self._on_typed)
        editor.on_chosen(self.submit)
        self._watch(editor.widget)
        editor.widget.hide()
        self.note = QLabel()
        self.note.setObjectName(f"{name}-note")
        self.note.setFont(font("secondary"))
        self.note.setWordWrap(True)
        self.note.setContentsMargins(_PADDING, 0, 0, 2)
        self.note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.display)
        column.addWidget(editor.widget)
        column.addWidget(self.note)
        self._fade = QTimer(self, singleShot=True, interval=SAVED_SHOWN_MS)
        self._fade.timeout.connect(self._hide_note)
        self.show_value(None, "")

    # -- what the owner tells -------------------------------------------------------------------

    def show_value(self, value: Any, text: str, *, by: str = "") -> None:
        """Show the value in force. ``by`` names the colleague whose edit brought it.

        While text is being typed only a note appears; the text stays.
        """
        changed = value != self.value
        self.value = value
        self.display.show_text(text)
        self.display.setAccessibleName(f"{self.label}: {text or t('не заполнено')}")
        if self.state == "shown":
            return
        if changed and value != self._base and self.state == "editing":
            shown = text or t("пусто")
            if self._typed:
                words = t("изменено коллегой: {value}", value=shown)
                self._say(words if by else t("сейчас в деле: {value}", value=shown), "warn")
            else:
                self.editor.put(value)
                self._typed = False
            self._base = value

    def committed(self) -> None:
        """The write is on disk."""
        if self.state != "saving":
            return  # another record is shown here by now
        self._close()
        self._say(t("Сохранено"), "ok")
        self._fade.start()

    def refused(self, text: str) -> None:
        """The write failed: say why, keep what was typed."""
        self.state = "editing"
        self._show_editor()
        self._say(text, "bad")
        self.ended.emit()

    # -- what the person does -------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether text is being typed or saved here."""
        return self.state != "shown"

    def begin(self) -> None:
        """Turn into an editor with the text selected."""
        if self.state != "shown" or not self.isEnabled():
            return
        self.state = "editing"
        self._base = self.value
        self.editor.put(self.value)
        self._typed = False
        self._hide_note()
        self._show_editor()
        select = getattr(self.editor.widget, "selectAll", None)
        if select is not None:
            select()
        self.begun.emit()

    def submit(self) -> None:
        """Save what is typed; unchanged text just closes the editor."""
        if self.state != "editing":
            return
        try:
            value = self.editor.take()
        except NotAValue as error:
            self._say(str(error), "bad")
            return
        if value == self.value:
            self._close()
            self.ended.emit()
            return
        self.state = "saving"
        self.submitted.emit(value)

    def leave(self) -> None:
        """Another record comes here: what is being saved goes on without this field."""
        if self.busy:
            self._close()
        self._hide_note()

    def revert(self) -> None:
        """Forget what was typed."""
        if self.state == "editing":
            self._close()
            self.ended.emit()

    # -- inside ---------------------------------------------------------------------------------

    def _close(self) -> None:
        self.state = "shown"
        inside = QApplication.focusWidget()
        had_focus = inside is not None and (
            inside is self.editor.widget or self.editor.widget.isAncestorOf(inside)
        )
        self._hide_note()
        self.display.show()
        if had_focus:
            self.display.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.widget.hide()

    def _show_editor(self) -> None:
        # The new part first: a hidden widget that had the focus hands it to a neighbour.
        self.editor.widget.show()
        self.editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)
        self.display.hide()

    def _on_typed(self) -> None:
        if self.state == "editing":
            self._typed = True

    def _watch(self, widget: QWidget) -> None:
        widget.installEventFilter(self)
        proxy = widget.focusProxy()
        if proxy is not None:
            proxy.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        left = event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent)
        if left and event.reason() not in _NOT_LEAVING:  # type: ignore[attr-defined]  # see above
            # After the focus has settled: it may only move inside the editor.
            QTimer.singleShot(0, self, self._on_left)
        return False

    def _on_left(self) -> None:
        now = QApplication.focusWidget()
        if now is not None and (now is self.editor.widget or self.editor.widget.isAncestorOf(now)):
            return
        self.submit()

    def _on_key(self, event: QKeyEvent) -> bool:
        if QApplication.activePopupWidget() is not None:
            return False  # the list of a choice is open: its keys are its own
        if event.key() == Qt.Key.Key_Escape:
            self.revert()
            return True
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submit()
            return True
        return False

    def _say(self, text: str, kind: str) -> None:
        self._fade.stop()
        self.note.setText(text)
        palette = self.note.palette()
        palette.setColor(self.note.foregroundRole(), color(kind))
        self.note.setPalette(palette)
        self.note.setProperty("kind", kind)
        self.note.setAccessibleName(text)
        self.note.show()

    def _hide_note(self) -> None:
        self._fade.stop()
        self.note.clear()
        self.note.hide()
