"""Parts that know no domain noun. Import them from here: ``from ui.widgets import Button``.

A part is loaded when it is first asked for: the sign-in window needs a third of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.widgets.banner import Banner
    from ui.widgets.button import Button, IconButton, Link
    from ui.widgets.choice import Choice
    from ui.widgets.coverage_strip import CoverageStrip, Month
    from ui.widgets.day_strip import DayCell, DayStrip
    from ui.widgets.deadline_row import DeadlineRow
    from ui.widgets.dialog import Dialog
    from ui.widgets.empty_state import EmptyState
    from ui.widgets.field import Field
    from ui.widgets.filter_pill import FilterPill
    from ui.widgets.key_hints import KeyHints
    from ui.widgets.label import Label
    from ui.widgets.layout import Flow, Rule, clear_layout, column, row
    from ui.widgets.line_edit import DateField, PasswordField, SearchField, TextArea, TextField
    from ui.widgets.menu import Menu
    from ui.widgets.panel import Panel
    from ui.widgets.pill import Avatar, Pill, PillButton, Tag
    from ui.widgets.popover import Popover
    from ui.widgets.progress import ProgressLine, Skeleton, Spinner
    from ui.widgets.stepper import Step, Stepper
    from ui.widgets.timeline import Event, Timeline
    from ui.widgets.toast import Toast, ToastHost, keep_toasts_above
    from ui.widgets.toggle import CheckBox, Radio, RadioCard, Segmented, Switch

_PARTS = {
    "banner": "Banner",
    "button": "Button IconButton Link",
    "choice": "Choice",
    "coverage_strip": "CoverageStrip Month",
    "day_strip": "DayCell DayStrip",
    "deadline_row": "DeadlineRow",
    "dialog": "Dialog",
    "empty_state": "EmptyState",
    "field": "Field",
    "filter_pill": "FilterPill",
    "key_hints": "KeyHints",
    "label": "Label",
    "layout": "Flow Rule clear_layout column row",
    "line_edit": "DateField PasswordField SearchField TextArea TextField",
    "menu": "Menu",
    "panel": "Panel",
    "pill": "Avatar Pill PillButton Tag",
    "popover": "Popover",
    "progress": "ProgressLine Skeleton Spinner",
    "stepper": "Step Stepper",
    "timeline": "Event Timeline",
    "toast": "Toast ToastHost keep_toasts_above",
    "toggle": "CheckBox Radio RadioCard Segmented Switch",
}
_HOMES = {name: module for module, names in _PARTS.items() for name in names.split()}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(name)
        part = getattr(import_module(f"ui.widgets.{_HOMES[name]}"), name)
        globals()[name] = part
        return part


__all__ = [
    "Avatar",
    "Banner",
    "Button",
    "CheckBox",
    "Choice",
    "CoverageStrip",
    "DateField",
    "DayCell",
    "DayStrip",
    "DeadlineRow",
    "Dialog",
    "EmptyState",
    "Event",
    "Field",
    "FilterPill",
    "Flow",
    "IconButton",
    "KeyHints",
    "Label",
    "Link",
    "Menu",
    "Month",
    "Panel",
    "PasswordField",
    "Pill",
    "PillButton",
    "Popover",
    "ProgressLine",
    "Radio",
    "RadioCard",
    "Rule",
    "SearchField",
    "Segmented",
    "Skeleton",
    "Spinner",
    "Step",
    "Stepper",
    "Switch",
    "Tag",
    "TextArea",
    "TextField",
    "Timeline",
    "Toast",
    "ToastHost",
    "clear_layout",
    "column",
    "keep_toasts_above",
    "row",
]
