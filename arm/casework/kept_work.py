"""Work that the centre has not got: counted by author, exported to a file people can read, and
entered anew from it. So that nobody who signs out, moves or loses access loses what they typed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from arm.access.rights import require
from arm.casework import enter_anew, refused, typed
from arm.casework.errors import NotAnExport, RecordGone
from arm.casework.office import people
from arm.casework.typed import Names, Said, TypedValue
from arm.exchange.whole_file import write_whole
from arm.store import tables
from arm.store.store import Store
from arm.sync.held import AUTHOR_OF

State = Literal["waiting", "held", "refused"]

STATES: dict[State, str] = {
    "waiting": "ждёт отправки",
    "held": "ждёт входа автора",
    "refused": "не принято центром",
}
_MARK = "=== Ниже данные для программы, не меняйте их ==="


@dataclass(frozen=True)
class Unsent:
    """How much of one person's work the centre has not got."""

    login: str
    name: str
    waiting: int
    """In the queue: goes with whoever signs in."""
    held: int
    """Goes when this person signs in."""
    refused: int
    drafts: int

    @property
    def edits(self) -> int:
        """Edits that leaving this computer would lose."""
        return self.waiting + self.held + self.refused


@dataclass(frozen=True)
class WaitingEdit:
    """One edit that waits, in words."""

    state: State
    author: str
    person_id: str
    person_name: str
    what: str
    values: tuple[TypedValue, ...]
    typed_at: datetime
    why: str = ""


def unsent(store: Store) -> list[Unsent]:
    """Whose work waits on this computer, the signed-in person first."""
    names = people(store)
    counts: dict[str, dict[str, int]] = {}

    def add(login: str, what: str, count: int) -> None:
        of_one = counts.setdefault(login, {})
        of_one[what] = of_one.get(what, 0) + count

    with store.read() as session:
        for _, author in _queue(session, store):
            add(author, "waiting", 1)
        for (author,) in session.execute(select(tables.held.c.author)):
            add(author, "held", 1)
        for author in refused.authors_here(session, store):
            add(author, "refused", 1)
        draft = tables.draft.c
        for author, count in session.execute(
            select(draft.actor, func.count()).group_by(draft.actor)
        ):
            add(author, "drafts", count)
    zero = {"waiting": 0, "held": 0, "refused": 0, "drafts": 0}
    found = [
        Unsent(login, names.get(login, login), **(zero | count)) for login, count in counts.items()
    ]
    return sorted(found, key=lambda one: (one.login != store.actor.login, one.name))


def counts(store: Store) -> dict[str, int]:
    """Login → edits that the centre has not got, refused ones not counted: quick, for leaving."""
    query = text(
        f"SELECT author, count(*) FROM (SELECT {AUTHOR_OF} AS author FROM outbox o"
        " UNION ALL SELECT author FROM held) GROUP BY author"
    )
    with store.read() as session:
        found = session.execute(query).all()
    return {author or store.actor.login: number for author, number in found}


def waiting(store: Store, limit: int | None = None) -> list[WaitingEdit]:
    """Edits that the centre has not got, in the order of typing; refused ones last."""
    with store.read() as session:
        found = list(islice(_all(session, store, limit), limit))
        names = typed.names_for(session, [one[2] for one in found], people(store))
    return [_words(*one, names) for one in found]


def _queue(session: Session, store: Store, limit: int | None = None) -> list[tuple[Said, str]]:
    query = text(f"SELECT o.op, {AUTHOR_OF} FROM outbox o ORDER BY o.cseq LIMIT :most")
    rows = session.execute(query, {"most": -1 if limit is None else limit})
    return [(json.loads(op), author or store.actor.login) for op, author in rows]


def _all(
    session: Session, store: Store, limit: int | None = None
) -> Iterator[tuple[State, str, Said, str]]:
    """State, author, operation and the reason of a refusal."""
    for op, author in _queue(session, store, limit):
        yield "waiting", author, op, ""
    held = tables.held.c
    for op, author in session.execute(select(held.op, held.author).order_by(held.id)):
        yield "held", author, op, ""
    for op, author, why in refused.kept_here(session, store):
        yield "refused", author, op, why


def _words(state: State, author: str, op: Said, why: str, names: Names) -> WaitingEdit:
    return WaitingEdit(
        state,
        names.logins.get(author, author),
        typed.person_of(op),
        typed.name_of(op, names),
        typed.what(op),
        tuple(typed.values(op, names)),
        datetime.fromisoformat(op["at"]),
        why,
    )


# --- a file


def export(store: Store, path: Path) -> int:
    """Write all unsent, held and refused edits and all drafts to a text file; returns how many.

    People read it; :func:`enter_from` enters it again. It holds personal data in the clear. Raises
    the errors of :func:`arm.exchange.whole_file.write_whole`.
    """
    with store.read() as session:
        found = list(_all(session, store))
        names = typed.names_for(session, [one[2] for one in found], people(store))
        drafts = [dict(row) for row in session.execute(select(tables.draft)).mappings()]
    lines = [
        "Правки, которых нет в центре",
        f"Выгружено {store.clock.now().astimezone():%d.%m.%Y в %H:%M}, {store.actor.full_name}",
        "В файле персональные данные: храните его как бумажное дело.",
        "",
    ]
    for number, one in enumerate(found, 1):
        lines += _told(number, _words(*one, names))
    for draft in drafts:
        who = names.logins.get(draft["actor"], draft["actor"])
        lines += [f"Черновик «{draft['title']}» · {who}", ""]
    packed = [{"state": state, "author": author, "op": op} for state, author, op, _ in found]
    lines += [_MARK, json.dumps({"edits": packed, "drafts": drafts}, ensure_ascii=False)]
    write_whole(path, "\n".join([*lines, ""]).encode())
    return len(found) + len(drafts)


def _told(number: int, edit: WaitingEdit) -> list[str]:
    whose = edit.person_name or "Человек без имени"
    typed_at = f"{edit.typed_at.astimezone():%d.%m.%Y в %H:%M}"
    lines = [
        f"{number}. {whose} · {edit.what}",
        f"   {edit.author}, {typed_at} · {STATES[edit.state]}",
    ]
    if edit.why:
        lines.append(f"   Причина: {edit.why}")
    lines += [f"   {one.label}: {one.text or 'пусто'}" for one in edit.values]
    return [*lines, ""]


def check_export(path: Path) -> int:
    """How many edits and drafts a file holds. Raises NotAnExport."""
    said = _read(path)
    return len(said["edits"]) + len(said["drafts"])


@dataclass(frozen=True)
class Entered:
    """What became of an exported file: how many edits are in the cases now, which are not."""

    entered: int
    left: tuple[str, ...]
    """«Каримов Улугбек · Изменён телефон: записи здесь нет»."""
    drafts: int


def enter_from(store: Store, path: Path) -> Entered:
    """Enter the edits of an exported file anew, as the signed-in person's.

    Edits of one person go together or not at all; drafts come back as drafts. An edit that says
    what is there already changes nothing, so a file read twice does no harm, except that new
    records would be made twice: those of a file that was read are not made again. Raises
    NotPermitted, NotAnExport.
    """
    require(store.actor, "edit")
    said = _read(path)
    done = set(store.meta("entered_from_files") or [])
    by_person: dict[str, list[Said]] = {}
    for one in said["edits"]:
        if _token(one["op"]) not in done:
            by_person.setdefault(str(one["op"].get("person") or one["op"]["id"]), []).append(
                one["op"]
            )
    entered, left = 0, []
    for ops in by_person.values():
        try:
            with store.write("Внесено из файла") as session:
                enter_anew.enter(session, ops, store.clock.today())
                done.update(map(_token, ops))
                store.set_meta("entered_from_files", sorted(done))
        except RecordGone:
            left += _left(store, ops)
        else:
            entered += len(ops)
    drafts = _bring_back(store, said["drafts"])
    return Entered(entered, tuple(left), drafts)


def _token(op: Said) -> str:
    return f"{op['id']}/{op['at']}/{op['cseq']}"


def _left(store: Store, ops: Sequence[Said]) -> list[str]:
    with store.read() as session:
        names = typed.names_for(session, ops, people(store))
    return [f"{typed.name_of(op, names)} · {typed.what(op)}: записи здесь нет" for op in ops]


def _bring_back(store: Store, drafts: Sequence[dict[str, Any]]) -> int:
    known = {draft.id for draft in store.drafts()}
    fresh = [draft for draft in drafts if draft["id"] not in known]
    for draft in fresh:
        store.save_draft(
            draft["subject"], draft["title"], draft["body"], draft["done_share"], draft["id"]
        )
    return len(fresh)


def _read(path: Path) -> dict[str, Any]:
    try:
        whole = path.read_text("utf-8")
        _, found, packed = whole.partition(_MARK)
        said: dict[str, Any] = json.loads(packed)
        if not found or not isinstance(said["edits"], list) or not isinstance(said["drafts"], list):
            raise NotAnExport(path=path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotAnExport(path=path) from error
    return said
