"""Tab inside an overlay: it goes round in it and never under it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def in_tab_order(parts: Iterable[QWidget], start: QWidget) -> list[QWidget]:
    """Parts in the order Tab visits them."""
    wanted, ordered = set(parts), []
    part = start.nextInFocusChain()
    while part is not start and part is not None:
        if part in wanted:
            ordered.append(part)
        part = part.nextInFocusChain()
    return ordered


def stops(root: QWidget) -> list[QWidget]:
    """Where Tab stops inside ``root``, in order."""
    found = [
        part
        for part in root.findChildren(QWidget)
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus
        and part.isVisibleTo(root)
        and part.isEnabled()
    ]
    return in_tab_order(found, root)


def go_round(root: QWidget, *, forward: bool) -> bool:
    """Move the focus to the next stop inside ``root``; False when there is none."""
    ordered = stops(root)
    if not ordered:
        return False
    now = QApplication.focusWidget()
    place = ordered.index(now) if now in ordered else (-1 if forward else 0)
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    ordered[(place + (1 if forward else -1)) % len(ordered)].setFocus(reason)
    return True
