"""What every page is given: the workstation, the threads and the ways to speak to the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from ui.background import Background
from ui.design.theme import Theme

if TYPE_CHECKING:
    from arm.store.store import Store
    from arm.workstation import Workstation


class ShowToast(Protocol):
    """Show a short message for six seconds."""

    def __call__(
        self,
        text: str,
        *,
        kind: str = "plain",
        icon: str | None = None,
        action: str | None = None,
        on_action: Callable[[], None] | None = None,
        undo: bool = False,
    ) -> None:
        """``kind``: plain or bad. ``undo`` adds «Отменить» for the last action."""


class OpenDialog(Protocol):
    """Show a :class:`ui.widgets.dialog.Dialog` over the window."""

    def __call__(self, dialog: QWidget) -> None:
        """The dialog takes the focus; Esc closes it."""


class ShowError(Protocol):
    """Tell about something that failed, in the words of the error."""

    def __call__(self, error: Exception, retry: Callable[[], None] | None = None) -> None:
        """Expected errors become a toast with «Повторить»; bugs a notice."""


@dataclass(frozen=True)
class Context:
    """Handed to every page and action."""

    workstation: Workstation
    background: Background
    theme: Callable[[], Theme]
    navigate: Callable[[str, Mapping[str, object]], None]
    """Show a page by id with arguments: ``navigate("case", {"person_id": …})``."""
    back: Callable[[], None]
    toast: ShowToast
    open_dialog: OpenDialog
    show_error: ShowError
    undo: Callable[[], None]
    """Take back the last action of this person (Ctrl+Z)."""

    @property
    def store(self) -> Store:
        """The local database."""
        return self.workstation.store
