"""How commands answer: words for people, JSON for programs (``docs/cli.md`` is the contract)."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from arm.errors import ExpectedError


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def print_json(answer: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(answer, ensure_ascii=False, indent=1, default=_plain))


def answer(facts: dict[str, Any], words: str, as_json: bool) -> int:
    """What was done: facts for programs or words for people. 0, the exit code."""
    if as_json:
        print_json(facts)
    else:
        print(words)
    return 0


def print_table(rows: Sequence[Sequence[object]], heads: Sequence[str]) -> None:
    """A plain table with a heading; widths follow the widest cell."""
    cells = [[("" if c is None else str(c)) for c in row] for row in rows]
    widths = [max([len(head), *(len(row[n]) for row in cells)]) for n, head in enumerate(heads)]
    for row in (list(heads), *cells):
        print("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())


def print_error(error: ExpectedError, as_json: bool) -> None:
    """What happened and what to do, on standard error; as JSON also on standard output."""
    if as_json:
        print_json(
            {
                "error": {
                    "code": error.code,
                    "title": error.title_text,
                    "advice": error.advice_text,
                }
            }
        )
    print(f"{error.title_text}.", file=sys.stderr)
    if error.advice_text:
        print(error.advice_text, file=sys.stderr)


def progress_line(text: str) -> None:
    """A line of progress on standard error, so that standard output stays clean."""
    print(text, file=sys.stderr, flush=True)
