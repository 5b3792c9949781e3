"""Mistakes that the tests must catch."""

from __future__ import annotations


def become(name: str | None) -> None:
    """Make this process make the mistake of that name."""
    if name is not None:
        raise LookupError(name)
