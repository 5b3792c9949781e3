"""Edits that the centre did not accept: what was typed, why it was refused, what to do now.

One's own, also those typed at other computers; supervisors see those of the whole office. What is
decided about one of them is kept and goes to the centre; nothing is ever removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from arm.access.errors import NotPermitted
from arm.access.rights import may, require
from arm.casework import enter_anew, typed
from arm.casework.errors import FieldProblem, RefusalGone, WrongValues
from arm.casework.labels import short_full_name
from arm.casework.office import people
from arm.casework.typed import Names, TypedValue
from arm.model import new_id
from arm.rights_matrix import rights_matrix
from arm.store import tables
from arm.store.store import Store
from arm.sync.refusals import refusal_text

__all__ = ["Decision", "RefusedEdit", "TypedValue", "close", "dealt_with", "hand_back", "refused"]

What = Literal["handed_back", "entered", "closed"]

_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "no_right": "Попросите администратора вернуть доступ и внесите правку заново",
        "no_record": "Уточните у администратора, кому передано дело, и отправьте туда набранное",
    }
)
_KEEP = "Скопируйте набранное, чтобы не набирать его второй раз"
"""For refusals whose reason says itself what to do."""

DECIDED: Mapping[str, str] = MappingProxyType(
    {
        "handed_back": "Возвращено автору",
        "entered": "Внесено заново",
        "closed": "Закрыто",
    }
)


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a refused edit. ``sent``: the centre has it."""

    what: What
    title: str
    reason: str
    who: str
    """Empty for the signed-in person."""
    at: datetime
    sent: bool


@dataclass(frozen=True)
class RefusedEdit:
    """One edit that the centre refused. ``key`` names it for :func:`close` and the like."""

    key: str
    person_id: str
    """Empty for what belongs to no single person (a host)."""
    person_name: str
    """Empty where nothing here tells it any more."""
    here: bool
    """Whether the person's case can still be opened on this computer."""
    kind: str
    what: str
    """«Изменён телефон»."""
    values: tuple[TypedValue, ...]
    who: str
    """The colleague who typed it; empty for the signed-in person."""
    elsewhere: bool
    """Typed at another computer."""
    why: str
    advice: str
    at: datetime
    """When the centre refused it."""
    typed_at: datetime
    decisions: tuple[Decision, ...]
    """Oldest first."""

    @property
    def own(self) -> bool:
        """Whether the signed-in person typed it."""
        return not self.who

    @property
    def handed_back(self) -> Decision | None:
        """The supervisor's word to the author, if that is what was decided last."""
        last = self.decisions[-1] if self.decisions else None
        return last if last is not None and last.what == "handed_back" else None


@dataclass(frozen=True)
class _Kept:
    """A refused edit as it is kept; ``client`` and the operation's number name it."""

    client: str
    why: str
    op: Mapping[str, Any]
    at: str
    author: str
    elsewhere: bool
    decisions: tuple[Decision, ...] = field(default=())

    @property
    def key(self) -> str:
        return f"{self.client}:{self.op['cseq']}"

    @property
    def dealt_with(self) -> bool:
        return any(one.what != "handed_back" for one in self.decisions)


def refused(store: Store) -> list[RefusedEdit]:
    """All refused edits that nobody has dealt with, the newest first. Reading changes nothing."""
    with store.read() as session:
        kept = [one for one in _kept(session, store) if not one.dealt_with]
        return _edits(session, store, kept)


def dealt_with(store: Store, limit: int = 50) -> list[RefusedEdit]:
    """Refused edits that somebody has dealt with, the newest decision first."""
    with store.read() as session:
        kept = [one for one in _kept(session, store) if one.dealt_with]
        kept.sort(key=lambda one: one.decisions[-1].at, reverse=True)
        return _edits(session, store, kept[:limit])


def close(store: Store, key: str, reason: str) -> None:
    """Say that nothing more is to be done about an edit, and why. Raises NotPermitted,
    WrongValues without a reason, RefusalGone."""
    with store.read() as session:
        one = _one(session, store, key)
    _allowed(store, one)
    _decide(store, one, "closed", _needed(reason, "Напишите, почему правка больше не нужна"))


def hand_back(store: Store, key: str, reason: str) -> None:
    """Give an edit back to its author with a word what to do. Raises NotPermitted, WrongValues
    without that word, RefusalGone."""
    require(store.actor, "supervise")
    with store.read() as session:
        one = _one(session, store, key)
    _decide(store, one, "handed_back", _needed(reason, "Напишите автору, что сделать с правкой"))


def enter(store: Store, key: str) -> str:
    """Enter a refused edit anew as one's own action; returns the person's id.

    A new person comes with all that was refused together with them. The decision is kept in the
    same transaction. Raises NotPermitted, RefusalGone, RecordGone, WrongValues.
    """
    with store.read() as session:
        one = _one(session, store, key)
        together = _together(one, [kept for kept in _kept(session, store) if not kept.dealt_with])
    _allowed(store, one)
    require(store.actor, "edit")
    title = f"Внесено заново: {typed.what(one.op)}"
    with store.write(title) as session:
        person_id = enter_anew.enter(session, [kept.op for kept in together], store.clock.today())
        for kept in together:
            _keep_decision(session, store, kept, "entered", "")
    return person_id


def _together(one: _Kept, waiting: Sequence[_Kept]) -> list[_Kept]:
    """The edit, or with a new record everything of the same person that depends on it, in the
    order of typing."""
    if one.op["op"] != "new":
        return [one]
    same = [
        kept
        for kept in waiting
        if kept.client == one.client and kept.op.get("person") == one.op.get("person")
    ]
    whole = one.op["kind"] == "person" or any(kept.op["kind"] == "person" for kept in same)
    return sorted(same, key=lambda kept: kept.op["cseq"]) if whole else [one]


def _needed(reason: str, problem: str) -> str:
    text = " ".join(reason.split())
    if not text:
        raise WrongValues([FieldProblem("reason", problem)])
    return text


def _allowed(store: Store, one: _Kept) -> None:
    if one.author != store.actor.login and not may(store.actor, "supervise"):
        raise NotPermitted(
            action="supervise", action_title=rights_matrix().actions["supervise"].title
        )


def _decide(store: Store, one: _Kept, what: What, reason: str) -> None:
    with store.merge(origin="edit") as session:
        _keep_decision(session, store, one, what, reason)
        # not a record: but lists of edits and counters must hear of it
        session.info["touched"].add((one.op["kind"], one.op["id"], one.op.get("person")))


def _keep_decision(session: Session, store: Store, one: _Kept, what: What, reason: str) -> None:
    values = {
        "id": new_id(),
        "client": one.client,
        "cseq": one.op["cseq"],
        "what": what,
        "reason": reason,
        "author": store.actor.login,
        "at": store.clock.now().isoformat(),
        # an edit from before the workstation was numbered anew is unknown to the centre by its name
        "n": None if one.client else 0,
    }
    session.execute(insert(tables.rejected_decision).values(**values))


def _one(session: Session, store: Store, key: str) -> _Kept:
    for one in _kept(session, store):
        if one.key == key and not one.dealt_with:
            return one
    raise RefusalGone


# --- reading


def authors_here(session: Session, store: Store) -> list[str]:
    """Author of each refused edit of this computer that nobody has dealt with."""
    return [author for _, author, _ in kept_here(session, store)]


def kept_here(session: Session, store: Store) -> list[tuple[Mapping[str, Any], str, str]]:
    """Operation, author and reason of those."""
    return [
        (one.op, one.author, refusal_text(one.why))
        for one in _kept(session, store)
        if not one.elsewhere and not one.dealt_with
    ]


def _kept(session: Session, store: Store) -> list[_Kept]:
    """What this person may see: own edits and those typed at this computer, for supervisors those
    of the whole office. The newest first."""
    decisions = _decisions(session, store)
    found: dict[str, _Kept] = {}
    here = session.execute(select(tables.rejected)).all()
    authors = _authors(session, [row.cseq for row in here])
    for row in here:
        author = authors.get((row.cseq, row.doc_id), store.actor.login)
        kept = _Kept(row.client or "", row.why, row.op, row.at, author, elsewhere=False)
        found[kept.key] = kept
    mine = store.meta("client_id")
    for row in session.execute(select(tables.office_rejected)):
        kept = _Kept(row.client, row.why, row.op, row.at, row.author, row.client != mine)
        if row.author == store.actor.login or may(store.actor, "supervise"):
            found.setdefault(kept.key, kept)
    left = (one for one in found.values() if "erased" not in one.op)  # by law: nothing to decide
    ordered = sorted(left, key=lambda one: (one.at, one.op["cseq"]), reverse=True)
    return [replace(one, decisions=tuple(decisions.get(one.key, ()))) for one in ordered]


def _authors(session: Session, cseqs: Iterable[int]) -> dict[tuple[int, str], str]:
    """Whose edits they are: several people may work at one computer."""
    past = tables.history.c
    query = select(past.cseq, past.doc_id, past.actor).where(past.cseq.in_(list(cseqs)))
    return {(row.cseq, row.doc_id): row.actor for row in session.execute(query)}


def _decisions(session: Session, store: Store) -> dict[str, list[Decision]]:
    names = people(store)
    found: dict[str, list[Decision]] = {}
    said = tables.rejected_decision.c
    for row in session.execute(select(tables.rejected_decision).order_by(said.at, said.id)):
        mine = row.author == store.actor.login
        found.setdefault(f"{row.client}:{row.cseq}", []).append(
            Decision(
                row.what,
                DECIDED[row.what],
                row.reason,
                "" if mine else short_full_name(names.get(row.author, row.author)),
                datetime.fromisoformat(row.at),
                row.n is not None,
            )
        )
    return found


def _edits(session: Session, store: Store, kept: Sequence[_Kept]) -> list[RefusedEdit]:
    if not kept:
        return []
    logins = people(store)
    names = typed.names_for(session, [one.op for one in kept], logins)
    return [_edit(session, one, names, store.actor.login) for one in kept]


def _edit(session: Session, one: _Kept, names: Names, login: str) -> RefusedEdit:
    return RefusedEdit(
        key=one.key,
        person_id=typed.person_of(one.op),
        person_name=typed.name_of(one.op, names),
        here=one.op.get("person") in names.here,
        kind=one.op["kind"],
        what=typed.what(one.op),
        values=tuple(typed.beside_the_present(session, one.op, names)),
        who=(
            "" if one.author == login else short_full_name(names.logins.get(one.author, one.author))
        ),
        elsewhere=one.elsewhere,
        why=refusal_text(one.why),
        advice=_ADVICE.get(one.why, _KEEP),
        at=datetime.fromisoformat(one.at),
        typed_at=datetime.fromisoformat(one.op["at"]),
        decisions=one.decisions,
    )
