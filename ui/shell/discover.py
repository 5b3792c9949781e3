"""Finds the workspaces: every folder of ``ui/workspaces`` with a ``WORKSPACE``."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import ui.workspaces
from ui.page import Workspace


def workspaces() -> tuple[Workspace, ...]:
    """All of them, by name of folder."""
    found = []
    for module in sorted(pkgutil.iter_modules(ui.workspaces.__path__), key=lambda m: m.name):
        room = import_module(f"ui.workspaces.{module.name}")
        workspace = getattr(room, "WORKSPACE", None)
        if isinstance(workspace, Workspace):
            found.append(workspace)
    return tuple(found)


def workspace_for(role: str, among: tuple[Workspace, ...]) -> Workspace:
    """The workspace of an account's role: ``center_specialist`` works in ``center``.

    An administrator gets the first one. LookupError when there is none at all.
    """
    for workspace in among:
        if role.split("_", maxsplit=1)[0] == workspace.role:
            return workspace
    if not among:
        raise LookupError("no workspace is installed")
    return among[0]
