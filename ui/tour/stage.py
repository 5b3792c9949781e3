"""The stage of the tour: a real centre, an office, two workstations, a network to cut."""

from __future__ import annotations

import traceback
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QSize

from arm import demonstration, joining
from arm.central.cut_proxy import CutProxy
from arm.central.embedded import EmbeddedCentral
from arm.clock import SystemClock
from arm.demonstration import PEOPLE, Person
from arm.password_file import DEMONSTRATION_PASSWORD
from arm.places import Home
from arm.profile import Centre
from ui.shell.app import open_frame
from ui.shell.frame import Frame
from ui.shell.window import MainWindow
from ui.tour.hands import Hands, NotSeen, wait_until

FULL = QSize(1440, 900)
SMALL = QSize(1280, 720)


@dataclass
class Desk:
    """One workstation: its person, its home, its way to the centre, its window."""

    name: str
    person: Person
    home: Home
    proxy: CutProxy
    frame: Frame
    hands: Hands

    @property
    def window(self) -> MainWindow:
        """The signed-in window. Raises NotSeen before signing in."""
        if self.frame.main is None:
            raise NotSeen(f"nobody is signed in at {self.name}")
        return self.frame.main

    def value(self, name: str, kind: str, record_id: str) -> object:
        """One field of one record as this workstation has it on disk."""
        with self.window.workstation.store.read() as session:
            found = session.connection().exec_driver_sql(
                f"SELECT {name} FROM {kind} WHERE id = ?", (record_id,)
            )
            return found.scalar_one_or_none()

    def exchange(self) -> None:
        """Ask for an exchange now and wait until nothing is left to send."""
        self.window.exchange.now()
        store = self.window.workstation.store
        wait_until(lambda: store.pending() == 0, f"{self.name} has sent everything")


@dataclass
class Stage:
    """Everything the steps share. Files lie in ``folder``, results in ``out``."""

    out: Path
    folder: Path
    persons: int
    closing: ExitStack
    central: EmbeddedCentral | None = None
    desks: dict[str, Desk] = field(default_factory=dict)
    person_id: str = ""
    bugs: list[str] = field(default_factory=list)
    """Crash reports of both windows: any of them fails the step under way."""

    def catch(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """An exception that Qt would only print: it fails the step under way as well."""
        traceback.print_exception(kind, error, trace)
        self.bugs.append(f"{kind.__name__}: {error}")

    @property
    def a(self) -> Desk:
        """Maria Orlova's workstation."""
        return self.desks["A"]

    @property
    def b(self) -> Desk:
        """Denis Lapin's workstation."""
        return self.desks["B"]

    def raise_centre(self) -> EmbeddedCentral:
        """PostgreSQL up, tables, offices, accounts and people in it."""
        central = EmbeddedCentral(self.folder / "central").start()
        self.closing.callback(central.stop)
        demonstration.prepare_centre(
            central,
            self.persons,
            SystemClock().today(),
            DEMONSTRATION_PASSWORD,
            lambda _text: None,
        )
        self.central = central
        return central

    def set_desk(self, name: str, person: Person) -> Desk:
        """A workstation joined to the centre through a network of its own; its window shown."""
        if self.central is None:
            raise NotSeen("there is no centre")
        proxy = CutProxy(self.central.host, self.central.port)
        self.closing.callback(proxy.close)
        home = Home(self.folder / name)
        centre = Centre(proxy.host, proxy.port, self.central.database)
        joining.join(home, centre, person.login, DEMONSTRATION_PASSWORD, demonstration=True)
        frame = open_frame(home, login=person.login)
        self.closing.callback(frame.close)
        frame.crash.happened.connect(self.bugs.append)
        frame.look.set_theme("light")
        frame.resize(FULL)
        frame.show()
        desk = Desk(name, person, home, proxy, frame, Hands(frame, self.out))
        self.desks[name] = desk
        return desk


def prepare(out: Path, folder: Path, persons: int, closing: ExitStack) -> Stage:
    """An empty stage."""
    out.mkdir(parents=True, exist_ok=True)
    return Stage(out, folder, persons, closing)


PEOPLE_OF_DESKS = dict(zip("AB", PEOPLE, strict=False))
