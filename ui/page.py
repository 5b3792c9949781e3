"""What a screen must offer so that the window can show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.design.text import t

if TYPE_CHECKING:
    from arm.store.store import ChangeSet, Store
    from ui.context import Context

Keys = list[tuple[str, str]]
"""Key hints for the status bar: («Ctrl P», «печать»). Several keys: «↑ ↓»."""


class Page(QWidget):
    """One screen inside the window.

    The window calls :meth:`shown` each time the page comes to the front, with the arguments of
    ``navigate``, and :meth:`data_changed` after every commit. ``header_changed`` asks the window
    to read title, subtitle, crumb, keys and top widgets again.
    """

    page_id: ClassVar[str] = ""
    title: ClassVar[str] = ""

    header_changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.setObjectName(f"page-{self.page_id}")

    def heading(self) -> str:
        """The title in the top bar; a page about one person names the person."""
        return t(self.title)

    def subtitle(self) -> str:
        """A few grey words beside the title, or nothing."""
        return ""

    def crumb(self) -> tuple[str, str] | None:
        """(page id, its title) to go back to, shown as «‹ Дела / …»."""
        return None

    def keys(self) -> Keys:
        """The page's own keys for the status bar."""
        return []

    def commands(self) -> list[ActionSpec]:
        """What can be done on this page now, for the palette."""
        return []

    def top_widgets(self) -> list[QWidget]:
        """Parts to show at the right end of the top bar instead of the primary button."""
        return []

    def shown(self, args: Mapping[str, object]) -> None:
        """The page came to the front."""

    def data_changed(self, change: ChangeSet) -> None:
        """Records changed, here or at a colleague's. Typed text must survive."""

    def may_leave(self) -> bool:
        """False keeps the page in front (it then explains itself on the page)."""
        return True


@dataclass(frozen=True)
class PageSpec:
    """How the window finds, names and opens a page."""

    page_id: str
    title: str
    icon: str
    factory: Callable[[Context], Page]
    section: str = ""
    """Heading in the sidebar above the page; pages with section ``None``-like "-" are hidden."""
    shortcut: str = ""
    badge: Callable[[Store], str | None] | None = None
    """Counter beside the name, computed on a reader thread. A leading «!» makes it urgent."""

    @property
    def in_sidebar(self) -> bool:
        """Hidden pages (the case file) are opened from others only."""
        return self.section != "-"


@dataclass(frozen=True)
class ActionSpec:
    """A command of a workspace: in the palette, by shortcut, perhaps the primary button."""

    action_id: str
    title: str
    icon: str
    shortcut: str
    run: Callable[[Context], None]
    primary: bool = False
    """Shown as the one primary button of the top bar."""
    words: str = ""
    """Further words by which the palette finds it."""


@dataclass(frozen=True)
class Workspace:
    """What one role sees: its pages in sidebar order and its commands."""

    role: str
    """Prefix of the account roles it serves: «center» serves center_specialist."""
    title: str
    icon: str
    pages: tuple[PageSpec, ...]
    actions: tuple[ActionSpec, ...] = field(default=())
