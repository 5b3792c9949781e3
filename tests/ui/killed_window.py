"""A window that is about to be killed: a form is being filled in and nobody has pressed «Записать».

Run as a program: ``killed_window.py FOLDER``. Says «typed» when the text stands in the form.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from people_store import OFFICE, new_store
from PySide6.QtWidgets import QApplication

from arm.model import Office
from ui.background import Background
from ui.context import Context
from ui.design.theme import Theme, apply, current_theme
from ui.workspaces.center.intake import IntakePage


def nothing(*_said: Any, **_named: Any) -> None:
    """The window's side, which is of no interest here."""


def main(folder: Path) -> None:
    """Fill in a form and go on living."""
    app = QApplication(sys.argv[:1])
    apply(app, Theme("light"))
    store = new_store(folder)
    background = Background(app)
    store.listen(background.announce)
    workstation: Any = SimpleNamespace(
        store=store, clock=store.clock, office=Office(**OFFICE), sync=None, loop=None
    )
    page = IntakePage(
        Context(
            workstation=workstation, background=background, theme=current_theme,
            navigate=nothing, back=nothing, toast=nothing, open_dialog=nothing,
            show_error=nothing, undo=nothing,
        )
    )  # fmt: skip
    page.show()
    page.shown({})
    page.view.passport.editor("surname").setText("Ненаписанный")
    os.write(1, b"typed\n")
    app.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
