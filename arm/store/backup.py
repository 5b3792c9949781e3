"""Copies of the database, and the inspection behind «arm check»."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Engine, Table, select
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2

from arm.errors import ExpectedError
from arm.model import Attachment, Person, Record, fields, kinds
from arm.store import read_log, tables
from arm.store.capture import is_empty, values_of
from arm.store.check_search import (
    differing,
    expect_indexing,
    forget_ghosts,
    index_digests,
    names_looked_up,
)
from arm.store.database import copy_database
from arm.store.errors import DamagedFile, translated
from arm.store.operations import Operation, op_hash
from arm.store.search_index import doubt_index
from arm.store.store import Store

AT_ONCE: Final = 500
"""Persons derived again in one rehearsal: keeps the write-ahead log small."""

DERIVED: Final = (tables.listing, tables.due)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be. ``subject``: file, queue, history, records, derived,
    search, attachments, centre or reads; ``text`` is Russian and holds ids only, no names."""

    subject: str
    severity: Literal["error", "warning"]
    text: str

    @property
    def advice(self) -> str:
        """What to do, in Russian."""
        return _ADVICE[self.subject]


_ADVICE: Final = {
    "file": "Скопируйте папку как есть, проверьте диск и верните базу из резервной копии",
    "queue": "Скопируйте папку и сообщите администратору: отправка этих правок под вопросом",
    "history": "Правки целы, но история неполна: сообщите администратору",
    "records": "Сверьте запись с бумагами; если это не помогло, загрузите записи из центра заново",
    "derived": "Запустите «arm check --mend»: списки пересчитаются по записям",
    "search": "Запустите «arm check --mend»: поиск соберётся по записям заново",
    "attachments": "Приложите файл снова или верните папку files из резервной копии",
    "centre": "Ничего не стирайте и сообщите администратору центра: история на сервере другая",
    "reads": "Сообщите администратору: журнал просмотров меняли в обход программы",
}


def backup(engine: Engine, to: Path) -> None:
    """Write a compact copy of the database under the same key and read it through.

    The copy opens with the key file of this workstation: keep ``keys.json`` beside it. Raises
    DiskFull, CannotWrite, DamagedFile.
    """
    copy_database(engine, to)
    with translated(), closing(engine.raw_connection()) as pooled:
        raw: Any = pooled.driver_connection
        raw.execute("ATTACH DATABASE ? AS copied", (str(to),))  # under the key of the main file
        try:
            if raw.execute("PRAGMA copied.integrity_check").fetchall() != [("ok",)]:
                raise DamagedFile()
        finally:
            raw.execute("DETACH DATABASE copied")


def check(store: Store) -> list[Finding]:
    """Inspect everything this workstation keeps; an empty list means all is whole.

    Reads every page and derives every person anew without keeping the result: minutes at 150,000
    persons. Writers wait their turn meanwhile.
    """
    found = list(_file(store))
    if not found:  # a spoilt file makes nonsense of the rest
        with store.read() as session:
            found += _queue(session)
            found += _history(session)
            found += _pending_is_visible(session)
            found += _orphans(session)
            found += _attachments(store, session)
            found += _reads(session)
        found += _derived(store)
    return found


def _error(subject: str, text: str) -> Finding:
    return Finding(subject, "error", text)


# --- the file


def _file(store: Store) -> Iterator[Finding]:
    try:
        with translated(), closing(store.engine.raw_connection()) as pooled:
            raw: Any = pooled.driver_connection
            with suppress(dbapi2.OperationalError):  # on a full disk the rest can still be read
                raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            for (line,) in raw.execute("PRAGMA cipher_integrity_check").fetchall():
                yield _error("file", f"Страница файла базы изменена на диске: {line}")
            for (line,) in raw.execute("PRAGMA integrity_check").fetchall():
                if line != "ok":
                    yield _error("file", f"Нарушено строение базы: {line}")
    except DamagedFile:
        yield _error("file", "Файл базы повреждён и не читается до конца")


# --- the queue


def _queue(session: Session) -> Iterator[Finding]:
    outbox, done = tables.outbox, tables.outbox_done
    before: tuple[int, str] | None = None
    for table in (done, outbox):
        query = select(table.c.cseq, table.c.op_hash, table.c.doc_id, table.c.op)
        for cseq, kept_hash, doc_id, op in session.execute(query.order_by(table.c.cseq)):
            erased = op.get("erased", False)  # by law: its content is gone, its hash stays
            if (not erased and op_hash(op) != kept_hash) or (op["cseq"], op["id"]) != (
                cseq,
                doc_id,
            ):
                yield _error("queue", f"Правка {cseq} не совпадает со своим отпечатком")
            if before is not None and before[0] == cseq - 1 and op["prev"] != before[1]:
                yield _error("queue", f"Правка {cseq} не продолжает правку {before[0]}")
            if before is not None and table is outbox and before[0] != cseq - 1:
                yield _error("queue", f"В очереди нет правок между {before[0]} и {cseq}")
            before = (cseq, kept_hash)


# --- history


def _history(session: Session) -> Iterator[Finding]:
    outbox, history, action = tables.outbox, tables.history, tables.action
    untold = select(outbox.c.cseq).where(
        outbox.c.cseq.not_in(select(history.c.cseq).where(history.c.cseq.is_not(None)))
    )
    for cseq in session.scalars(untold):
        yield _error("history", f"Правки {cseq} нет в истории")
    loose = select(history.c.id).where(
        history.c.action_id.is_not(None), history.c.action_id.not_in(select(action.c.id))
    )
    for line_id in session.scalars(loose):
        yield _error("history", f"Строка истории {line_id} без действия")


# --- what people see


def _pending_is_visible(session: Session) -> Iterator[Finding]:
    """A field with an unsent edit shows that edit, whatever has been downloaded since."""
    expected: dict[tuple[str, str], dict[str, Any]] = {}
    for op in session.scalars(select(tables.outbox.c.op).order_by(tables.outbox.c.cseq)):
        _apply(expected.setdefault((op["kind"], op["id"]), {}), op)
    known = kinds()
    for (kind, record_id), said in expected.items():
        cls = known.get(kind)
        record = None if cls is None else session.get(cls, record_id)
        if record is None:
            yield _error("records", f"Правка есть, а записи нет: {kind} {record_id}")
        else:
            yield from _differences(record, said)


def _apply(said: dict[str, Any], op: Operation) -> None:
    if op["op"] in {"new", "del"}:
        said["deleted"] = op["op"] == "del"
    if op["op"] == "del":
        return  # the fields of a deleted record stay as they were
    for name, change in op["f"].items():
        if "n" in change:
            said[name] = change["n"]
        elif "add" in change:
            members: dict[str, bool] = said.setdefault(name, {})
            members.update(dict.fromkeys(change["add"], True))
            members.update(dict.fromkeys(change["rem"], False))


def _differences(record: Record, said: dict[str, Any]) -> Iterator[Finding]:
    shown: dict[str, Any] = values_of(record) | {"deleted": record.deleted}
    specs = fields(type(record))
    for name, value in said.items():
        if name in specs and specs[name].merge == "set" and isinstance(value, dict):
            same = all((member in shown[name]) == there for member, there in value.items())
        else:
            same = shown.get(name) == value or (is_empty(shown.get(name)) and is_empty(value))
        if not same:
            yield _error(
                "records", f"Поле «{name}» не показывает правку: {record.kind} {record.id}"
            )


def _orphans(session: Session) -> Iterator[Finding]:
    for kind, cls in kinds().items():
        if "person_id" not in fields(cls):
            continue
        table = cls.__table__
        loose = select(table.c.id).where(
            table.c.person_id.is_not(None), table.c.person_id.not_in(select(Person.id))
        )
        for record_id in session.scalars(loose):
            # the exchange brings records in any order: the person may still be under way
            yield Finding("records", "warning", f"Запись без человека: {kind} {record_id}")


# --- attachments


def _attachments(store: Store, session: Session) -> Iterator[Finding]:
    named = set(session.scalars(select(Attachment.sha256).where(~Attachment.deleted)))
    here = select(tables.blob.c.sha256).where(tables.blob.c.here == 1)
    for sha256 in session.scalars(here.distinct()):
        if sha256 in named:
            try:
                store.files.get(sha256)
            except ExpectedError as error:
                yield _error("attachments", f"{error.title_text}: {sha256[:12]}")


# --- who looked at whose card


def _reads(session: Session) -> Iterator[Finding]:
    for chain, n in read_log.broken(session):
        yield _error("reads", f"Строка {n} журнала просмотров {chain[:8]} не продолжает прежнюю")


# --- what is derived


def _derived(store: Store) -> Iterator[Finding]:
    with store.read() as session:
        persons = list(session.scalars(select(Person.id).order_by(Person.id)))
        listed = set(session.scalars(select(tables.listing.c.person_id)))
    for person_id in sorted(listed.difference(persons)):
        yield _error("derived", f"В списке есть человек, которого нет в записях: {person_id}")
    with store.rehearse() as session:
        indexed = index_digests(session)
    rows_of_somebody: set[int] = set()
    for start in range(0, len(persons), AT_ONCE):
        some = persons[start : start + AT_ONCE]
        with store.rehearse() as session:
            before = [_rows(session, table, some) for table in DERIVED]
            looked_up = names_looked_up(session, some)
            noted = expect_indexing(session)
            store.derive(session, some)
            after = [_rows(session, table, some) for table in DERIVED]
            unfound = differing(session, noted, indexed)
            unfound |= looked_up.symmetric_difference(names_looked_up(session, some))
        rows_of_somebody |= {one.rowid for one in noted}
        for table, was, now in zip(DERIVED, before, after, strict=True):
            for person_id in some:
                if was.get(person_id) != now.get(person_id):
                    yield _error("derived", f"Таблица «{table.name}» устарела: {person_id}")
        for person_id in sorted({one[0] for one in unfound}):
            yield _error("search", f"Поиск находит не то, что записано: {person_id}")
    for rowid in sorted(set().union(*indexed.values()) - rows_of_somebody):
        yield _error("search", f"Поиск помнит слова человека, которого нет: строка {rowid}")


def mend_derived(store: Store) -> int:
    """Derive lists, terms and search of everybody anew and keep the result; how many persons."""
    with store.read() as session:
        persons = set(session.scalars(select(Person.id)))
        persons |= set(session.scalars(select(tables.listing.c.person_id)))
    for start in range(0, len(persons), AT_ONCE):
        some = sorted(persons)[start : start + AT_ONCE]
        with store.merge("load") as session:
            doubt_index(session, some)
            session.info["touched"].update((Person.kind, one, one) for one in some)
    with store.merge("load") as session:
        forget_ghosts(session)
    return len(persons)


def _rows(session: Session, table: Table, persons: list[str]) -> dict[str, list[str]]:
    """What a derived table says of each person, without the row numbers it gives by itself."""
    said: dict[str, list[str]] = {}
    columns = [column for column in table.c if column.name not in {"rowid", "id"}]
    query = select(*columns).where(table.c.person_id.in_(persons))
    for row in session.execute(query).mappings():
        text = json.dumps(dict(row), sort_keys=True, ensure_ascii=False, default=str)
        said.setdefault(row["person_id"], []).append(text)
    return {person_id: sorted(lines) for person_id, lines in said.items()}
