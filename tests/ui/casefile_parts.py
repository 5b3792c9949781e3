"""A real encrypted store with a few cases, and a bare window in which a page lives."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from people_store import KEY, name_office, store_over
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select

from arm.model import (
    CaseFile,
    Certificate,
    HostParty,
    IdentityDocument,
    MigrationCard,
    Note,
    Person,
    Record,
    Registration,
    StayPermit,
    new_id,
)
from arm.profile import Account
from arm.store import tables
from arm.store.database import open_database
from arm.store.store import Store
from arm.store.undo import undo_last
from ui.background import Background
from ui.context import Context
from ui.design.theme import color, current_theme
from ui.page import Page

MORNING = datetime(2026, 5, 5, 9, 22, tzinfo=UTC)


@dataclass
class Desk:
    """A workstation as pages see it, with what they told the window."""

    store: Store
    sync: Any = None
    loop: Any = None

    @property
    def account(self) -> Account:
        """Who sits here: the actor of the store."""
        actor = self.store.actor
        return Account(actor.login, actor.full_name, actor.role, actor.scope)

    @property
    def office(self) -> Any:
        """The office of the store."""
        return self.store.meta("office")


@dataclass
class Told:
    """What a page asked of the window."""

    toasts: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    visited: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    dialogs: list[QWidget] = field(default_factory=list)


class HostWindow(QWidget):
    """Shows one page and plays the part of the main window."""

    def __init__(self, store: Store, sync: Any = None, loop: Any = None) -> None:
        super().__init__()
        self.told = Told()
        self.background = Background(self)
        self.desk = Desk(store, sync, loop)
        self._forget = store.listen(self.background.announce)
        self.page: Page | None = None
        self.context = Context(
            workstation=self.desk,  # type: ignore[arg-type]  # pages need only these parts of it
            background=self.background,
            theme=current_theme,
            navigate=self._navigate,
            back=lambda: self._navigate("back", {}),
            toast=self._toast,
            open_dialog=self._open,
            show_error=self._error,
            undo=self._undo,
        )
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)

    def show_page(self, make: Callable[[Context], Page], args: Mapping[str, object]) -> Page:
        """Put a page into the window and let it read."""
        page = make(self.context)
        self.page = page
        self._box.addWidget(page)
        self.background.changed.connect(page.data_changed)
        page.shown(args)
        self.settle()
        return page

    def settle(self) -> None:
        """Wait until everything asked for has been read, written and shown."""
        assert self.background.drain(20_000)

    def close_all(self) -> None:
        """Stop the threads."""
        self._forget()
        self.background.drain(5_000)
        self.background.close()
        self.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), color("canvas"))

    def _navigate(self, page: str, args: Mapping[str, object]) -> None:
        self.told.visited.append((page, dict(args)))

    def _toast(self, text: str, **_more: Any) -> None:
        self.told.toasts.append(text)

    def _open(self, dialog: QWidget) -> None:
        self.told.dialogs.append(dialog)
        dialog.open(self)  # type: ignore[attr-defined]  # every dialog has it

    def _error(self, error: Exception, retry: Callable[[], None] | None = None) -> None:
        self.told.errors.append(error)

    def _undo(self) -> None:
        self.background.write(lambda: undo_last(self.desk.store))


def _papers(host: HostParty) -> list[Record]:
    """What a patent holder who lives with this host has."""
    return [
        IdentityDocument(
            document_type="passport",
            country="UZB",
            series="FA",
            number="4182907",
            issued_on=date(2021, 5, 24),
            valid_to=date(2031, 5, 23),
        ),
        MigrationCard(
            series="4625",
            number="1180342",
            entered_on=date(2025, 12, 20),
            purpose="work",
            stay_until=date(2026, 3, 19),
        ),
        StayPermit(
            permit_type="patent",
            series="40",
            number="2600184417",
            issued_on=date(2026, 1, 14),
            valid_to=date(2027, 1, 13),
            paid_through=date(2026, 5, 13),
            region="40",
            profession="подсобный рабочий",
        ),
        Registration(
            host_id=host.id,
            address="г. Приокск, ул. Полевая, д. 3, кв. 8",
            place_kind="dwelling",
            arrived_on=date(2025, 12, 21),
            registered_on=date(2025, 12, 22),
            valid_to=date(2026, 5, 13),
        ),
        Certificate(
            certificate_type="exam",
            number="Э-118",
            issued_on=date(2025, 12, 26),
            valid_to=date(2028, 12, 26),
        ),
        Certificate(certificate_type="insurance", number="М-552810", issued_on=date(2025, 12, 23)),
        Certificate(
            certificate_type="medical",
            number="2217",
            issued_on=date(2025, 12, 24),
            valid_to=date(2026, 12, 24),
        ),
        Certificate(certificate_type="fingerprints", issued_on=date(2025, 12, 25)),
        Certificate(certificate_type="contract", number="18/04", issued_on=date(2026, 4, 29)),
        Note(text="Просит звонить после 18:00", author="orlova", written_at=MORNING),
    ]


def karimov(store: Store) -> str:
    """The man of the mockups: a patent paid for four months, registered until 13 May."""
    person = Person(
        id=new_id(),
        migrant_id="40-0017-0000011",
        surname="Каримов",
        given="Улугбек",
        patronymic="Шавкатович",
        surname_latin="KARIMOV",
        given_latin="ULUGBEK",
        birth_date=date(1991, 8, 12),
        sex="M",
        citizenship="UZB",
        birth_country="UZB",
        birth_place="Фергана",
        phone="+7 900 000-12-40",
        languages=frozenset({"uz", "ru"}),
        employer="ООО «Стройлиния»",
        profession="подсобный рабочий",
    )
    host = HostParty(
        id=new_id(),
        host_kind="person",
        surname="Сидорова",
        given="Анна",
        patronymic="Петровна",
        document_type="passport",
        document_series="4012",
        document_number="456789",
        document_issued_on=date(2012, 3, 5),
        address="г. Приокск, ул. Полевая, д. 3, кв. 8",
        phone="+7 900 000-55-10",
    )
    with store.write("Заведено дело") as session:
        session.add(person)
        session.add(host)
        session.add(
            CaseFile(
                person_id=person.id,
                route="patent",
                opened_on=date(2025, 12, 22),
                responsible="orlova",
            )
        )
        for record in _papers(host):
            record.person_id = person.id  # type: ignore[attr-defined]  # all of them are about him
            session.add(record)
    return person.id


def opened_office(tmp_path: Path, empty: Path) -> Iterator[Store]:
    """An encrypted store with an office in it and nobody yet, for the time of one test.
    ``empty`` is a database to copy, which is faster than migrating one."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copy(empty, folder / "records.db")
    store = store_over(open_database(folder / "records.db", KEY), folder)
    name_office(store)
    yield store
    store.engine.dispose()


def opened_window(
    qtbot: QtBot, store: Store, size: tuple[int, int] = (1440, 900)
) -> Iterator[HostWindow]:
    """A window in front with the keyboard, for the time of one test."""
    host = HostWindow(store)
    qtbot.addWidget(host)
    host.resize(*size)
    with qtbot.waitActive(host):
        host.show()
        host.activateWindow()
    yield host
    host.close_all()


def disputed(store: Store, person_id: str, *fields: tuple[str, str, str, Any, Any, Any]) -> None:
    """Conflicts as the exchange leaves them: (kind, record id, field, base, mine, theirs)."""
    with store.merge("sync") as session:
        for kind, record_id, name, base, mine, theirs in fields:
            session.execute(
                insert(tables.conflict).values(
                    id=new_id(),
                    doc_id=record_id,
                    kind=kind,
                    person_id=person_id,
                    scope=store.actor.scope,
                    field=name,
                    base_value=base,
                    mine_value=mine,
                    server_value=theirs,
                    mine_actor="orlova",
                    mine_at="2026-05-05T05:41:00+00:00",
                    server_actor="tihonova",
                    server_at="2026-05-05T06:15:00+00:00",
                    state="open",
                )
            )
            session.info["touched"].add((kind, record_id, person_id))


def address_dispute(store: Store, person_id: str) -> None:
    """The case of the mockup: address, end of registration and a note."""
    with store.read() as session:
        place = session.scalars(
            select(Registration).where(Registration.person_id == person_id)
        ).one()
        note = session.scalars(select(Note).where(Note.person_id == person_id)).one()
        place_id, note_id = place.id, note.id
    disputed(
        store,
        person_id,
        (
            "registration",
            place_id,
            "address",
            "ул. Садовая, 7–15",
            "ул. Садовая, 7–51",
            "ул. Полевая, 3–8",
        ),
        ("registration", place_id, "valid_to", "2026-04-30", "2026-07-31", "2026-07-19"),
        (
            "note",
            note_id,
            "text",
            "Просит звонить после 18:00",
            "Просит звонить после 19:00, работает в смену",
            "Просит писать в мессенджер",
        ),
    )
