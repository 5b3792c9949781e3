"""Expected errors: what can go wrong in a caseworker's day, said in her words.

Anything that is not an :class:`ExpectedError` is a bug: it is logged, reported once, and the
program stays up.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import ClassVar


class ExpectedError(Exception):
    """A situation we foresaw. ``title`` says what happened, ``advice`` what to do.

    Both are Russian templates filled with ``params``; the screens translate the template, then
    fill it. ``code`` is stable and serves logs, tests and other programs.
    """

    code: ClassVar[str] = "expected"
    title: ClassVar[str] = "Не получилось"
    advice: ClassVar[str] = ""

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.code, params)

    @property
    def title_text(self) -> str:
        """What happened, in Russian."""
        return self.title.format_map(self.params)

    @property
    def advice_text(self) -> str:
        """What to do about it, in Russian."""
        return self.advice.format_map(self.params)

    def __str__(self) -> str:
        return f"{self.title_text}. {self.advice_text}".strip()


def places(error: BaseException) -> str:
    """What kind of bug it was and where, for a log. Without its message and without a chain of
    causes: both may quote a name or a number of a person."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = (f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return "\n".join([type(error).__name__, *lines])
