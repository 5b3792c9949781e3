"""Parts that know no domain noun. Import them from here: ``from ui.widgets import Button``."""

from ui.widgets.banner import Banner
from ui.widgets.button import Button, IconButton, Link
from ui.widgets.choice import Choice
from ui.widgets.coverage_strip import CoverageStrip, Month
from ui.widgets.day_strip import DayCell, DayStrip
from ui.widgets.deadline_row import DeadlineRow
from ui.widgets.dialog import Dialog
from ui.widgets.empty_state import EmptyState
from ui.widgets.field import Field
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
