"""An expected error in the language in use."""

from __future__ import annotations

from arm.errors import ExpectedError
from ui.design.text import t


def error_words(error: ExpectedError) -> tuple[str, str]:
    """What happened and what to do; the second is empty where there is nothing to do."""
    return (
        t(error.title).format_map(error.params),
        t(error.advice).format_map(error.params) if error.advice else "",
    )


def error_line(error: ExpectedError) -> str:
    """The same in one line."""
    title, advice = error_words(error)
    return f"{title}. {advice}" if advice else title
