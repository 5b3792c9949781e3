"""A first load into an empty workstation, computed in a process of its own.

Of the work that a new record makes, four fifths is Python: reading the answer, laying out rows,
terms, status, words to find by. A second process does that while this one writes what came before,
so the load has two cores. The process sees only what the first load brings and keeps nothing; it
ends with its pipe, however this program ends.

Only records that are new here can go this way. Where one is here already (somebody took a person in
while the load was under way), :meth:`Filling.keep` fails and the ordinary way takes over.
"""

from __future__ import annotations

import gc
import json
import logging
import marshal
import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from multiprocessing.connection import Connection
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from arm.casework import law_book
from arm.casework.derive import GATHERED, PERSON, PersonRows, derived, write_new
from arm.clock import Clock
from arm.law.rulebook import RuleBook
from arm.store import match_index
from arm.store.database import raw_of
from arm.store.search_index import add_people, search_rows
from arm.sync.documents import Document, shapes
from arm.sync.first_load import FillingFailed, Page

log = logging.getLogger(__name__)

Records = list[list[Any]]
"""As ``sync_v1.page`` gives them: person, id, kind, ver, deleted, fver, body."""
Made = tuple[int, tuple[str, str], dict[str, list[Any]], list[Any], list[Any], list[Any], list[str]]
"""How many records, the last one's place, rows by kind, lines of the list, terms, words of the
search index, ids of persons."""


class Filling:
    """One first load's second process. Feed from one thread, take and keep in another."""

    def __init__(self, clock: Clock, decisions: Sequence[law_book.Kept] = ()) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve,
            args=(theirs, clock.today().isoformat(), tuple(decisions)),
            name="first-load",
            daemon=True,
        )
        self._process.start()
        theirs.close()

    def feed(self, text: bytes, scope: int, *, last: bool) -> None:
        """Hand over a page, a JSON array; waits while the process is busy with earlier ones."""
        self._send(marshal.dumps((scope, last)))
        self._send(text)

    def end(self) -> None:
        """No page comes any more."""
        self._send(marshal.dumps(None))

    def _send(self, message: bytes) -> None:
        try:
            self._line.send_bytes(message)
        except OSError as error:
            raise FillingFailed from error

    def take(self) -> Page | None:
        """The next page made ready; None after the end. Raises FillingFailed."""
        try:
            answer = self._line.recv_bytes()
        except (EOFError, OSError) as error:
            raise FillingFailed from error
        made = marshal.loads(answer)  # noqa: S302  # our own process, through a pipe of ours
        if made is None:
            return None
        count, place, *rows = made
        return Page(count, place, rows)

    def keep(self, session: Session, page: Page) -> None:
        """Write a page inside a merge. Raises the driver's IntegrityError where a record is here
        already; then the transaction must be given up."""
        raw = raw_of(session)
        by_kind, lines, terms, found_by, persons = page.rows
        for kind, rows in by_kind.items():
            raw.executemany(shapes()[kind].insert, rows)
        before = raw.execute("SELECT coalesce(max(rowid), 0) FROM listing").fetchone()[0]
        write_new(raw, lines, terms, after=before)
        add_people(session, found_by, after=before)
        match_index.note_new(raw, after=before)
        session.info["touched"].update(("person", person, person) for person in persons)
        session.info["derived"] = True

    def stop(self) -> None:
        """End the process; whoever waits for it gets FillingFailed."""
        self._process.terminate()

    def close(self) -> None:
        """Let go of the pipe too, once nobody uses it."""
        self._process.terminate()
        self._process.join()
        self._line.close()


def _serve(line: Connection, today: str, decisions: tuple[law_book.Kept, ...]) -> None:
    """The second process: pages in, rows out, until the pipe ends."""
    maker = _Maker(date.fromisoformat(today), law_book.of_decisions(decisions).book)
    gc.disable()  # rows make no cycles, and looking for some takes a tenth of the time
    try:
        while True:
            order = marshal.loads(line.recv_bytes())  # noqa: S302  # our own process
            if order is None:
                line.send_bytes(marshal.dumps(None))
                continue
            scope, last = order
            records = json.loads(line.recv_bytes())
            line.send_bytes(marshal.dumps(maker.make(records, scope, last=last)))
    except (EOFError, OSError):
        return  # the program has gone, or needs no more


class _Maker:
    """Makes rows of records, person by person; who may go on in the next page waits for it."""

    def __init__(self, today: date, book: RuleBook) -> None:
        self._today = today
        self._book = book
        self._waiting: Records = []
        self._place = ("", "")
        self._getters = _getters()

    def make(self, records: Records, scope: int, *, last: bool) -> Made:
        """Rows of all persons that are complete with these records."""
        records = [*self._waiting, *records]
        until = len(records) if last else _beginning_of_last_person(records)
        self._waiting = records[until:]
        done = records[:until]
        by_kind: dict[str, list[Any]] = {}
        people: dict[str, PersonRows] = {}
        gathered: list[tuple[str, str, tuple[Any, ...]]] = []
        known = shapes()
        for _, record_id, kind, ver, deleted, fver, body in done:
            shape = known.get(kind)
            if shape is None:
                log.info("a record of unknown kind %s is left at the centre", kind)
                continue
            row = shape.row(Document(record_id, kind, scope, ver, deleted, fver, body))
            by_kind.setdefault(kind, []).append(row)
            if deleted:
                continue
            if kind == "person":
                people[record_id] = PersonRows(self._getters["person"](row))
            elif kind in GATHERED:
                read = self._getters[kind](row)
                gathered.append((read[0], GATHERED[kind][0], read))
        for person, into, read in gathered:
            owner = people.get(person)
            if owner is not None:
                getattr(owner, into).append(read)
        if done:
            self._place = (done[-1][0], done[-1][1])
        return (len(done), self._place, by_kind, *self._derived(people.values()), list(people))

    def _derived(self, people: Iterable[PersonRows]) -> tuple[list[Any], list[Any], list[Any]]:
        lines, terms, found_by = [], [], []
        for number, rows in enumerate(people, 1):
            now = derived(number, rows, self._today, self._book)
            lines.append(now.line)
            terms += now.terms
            found_by.append(tuple(search_rows(now.entry)))
        return lines, terms, found_by


def _beginning_of_last_person(records: Records) -> int:
    if not records:
        return 0
    place = len(records) - 1
    while place and records[place - 1][0] == records[-1][0]:
        place -= 1
    return place


def _getters() -> dict[str, Callable[[Sequence[Any]], tuple[Any, ...]]]:
    """Kind → what :func:`derived` reads of a row, without asking the database for it."""
    read: dict[str, tuple[str, ...]] = {"person": PERSON}
    read |= {kind: ("person_id", *columns) for kind, (_, columns) in GATHERED.items()}
    return {
        kind: itemgetter(*(shapes()[kind].columns.index(name) for name in columns))
        for kind, columns in read.items()
    }
