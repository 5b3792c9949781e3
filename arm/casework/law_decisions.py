"""Deciding about the law: accepting a signed rule pack, confirming or correcting a value, taking a
decision back. Each is kept with who, when and why, and travels to the other workstations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from arm.access.rights import may, require
from arm.casework import law_book
from arm.casework.errors import RecordGone
from arm.casework.law_view import key_text
from arm.errors import ExpectedError
from arm.exchange import signed_text
from arm.law.amendments import (
    Amendment,
    Pack,
    ValueChange,
    amended,
    new_problems,
    read_pack,
    row_text,
    value_changes,
)
from arm.law.rulebook import RuleBook
from arm.law.tables import BrokenLawTable, Decision, Row, Value
from arm.model import LawPack, LawValue, new_id
from arm.store.store import Store

_RIGHT: Final = "decide_law"


class UnknownLawSigner(ExpectedError):
    """Signed well, by somebody whose packs were never accepted here."""

    code: ClassVar[str] = "law.unknown_signer"
    title: ClassVar[str] = "Пакет подписан ключом, которого здесь ещё не принимали: {code_text}"
    advice: ClassVar[str] = (
        "Сверьте код с тем, что назвал выпустивший пакет (в письме, по телефону). "
        "Если совпадает, впишите его; иначе не принимайте. Нормы не изменены"
    )


class PackUnreadable(ExpectedError):
    """The file can't be read from the disk."""

    code: ClassVar[str] = "law.pack_unreadable"
    title: ClassVar[str] = "Файл {path} не прочитать"
    advice: ClassVar[str] = "Проверьте имя, права доступа и подключён ли носитель"


class PackKnown(ExpectedError):
    """The same pack is in force already."""

    code: ClassVar[str] = "law.pack_known"
    title: ClassVar[str] = "Пакет «{name}» уже действует"
    advice: ClassVar[str] = "Делать ничего не нужно. Решение видно на странице «Нормы и календарь»"


class ReasonMissing(ExpectedError):
    """A decision without its ground."""

    code: ClassVar[str] = "law.reason_missing"
    title: ClassVar[str] = "Не сказано, на чём основано решение"
    advice: ClassVar[str] = "Впишите, с каким текстом сверено: акт, где опубликован, кто сообщил"


class ValueUnfit(ExpectedError):
    """A corrected value that can't be."""

    code: ClassVar[str] = "law.value_unfit"
    title: ClassVar[str] = "Норму так не записать: {problem}"
    advice: ClassVar[str] = "Исправьте и запишите снова. Прежняя норма действует"


@dataclass(frozen=True)
class Proposal:
    """A pack that was read and checked, before anybody accepts it."""

    pack: Pack
    content: str
    signer: str
    """Fingerprint of the key."""
    known: bool
    """Whether packs of this key were accepted here before."""
    changes: tuple[ValueChange, ...]
    book: RuleBook
    """The book as it would be."""


@dataclass(frozen=True)
class Decided:
    """One decision as a page shows it, in force or taken back."""

    id: str
    kind: Literal["pack", "value"]
    title: str
    """Name of the pack, or of the table and key."""
    table: str
    about: str
    """Whom the value concerns: «Самарская область»; empty for everybody and for packs."""
    valid_from: date | None
    by: str
    at: datetime | None
    reason: str
    withdrawn_by: str
    withdrawn_at: datetime | None
    withdrawn_why: str
    unused: str
    """Why it can't be applied here, in Russian; empty if it is."""

    @property
    def in_force(self) -> bool:
        """Whether it is laid over the tables here."""
        return self.withdrawn_at is None and not self.unused


def may_decide(store: Store) -> bool:
    """Whether the signed-in person may decide about the law."""
    return may(store.actor, _RIGHT)


# --- packs


def propose(store: Store, path: Path) -> Proposal:
    """Read a pack and see what it brings; nothing is kept.

    Raises NotPermitted, PackUnreadable, PackKnown, BrokenPack, BrokenLawTable, TextNotSigned,
    TextAltered.
    """
    require(store.actor, _RIGHT)
    try:
        with path.open("rb") as file:
            content = file.read(signed_text.LONGEST + 1)
    except OSError as error:
        raise PackUnreadable(path=path) from error
    signed = signed_text.read(content)
    before = law_book.rulebook(store)
    pack = read_pack(signed.text, before.tables)
    decision = Decision("", store.actor.full_name, store.clock.today(), "", pack.name)
    try:
        after = amended(before, [Amendment(decision, pack.rows, pack.days)])
    except ExpectedError as error:
        raise ValueUnfit(problem=error.title_text) from error
    wrong = new_problems(before, after)
    if wrong:
        raise ValueUnfit(problem=wrong[0])
    with store.read() as session:
        known = _packs(session)
    text = content.decode()
    if any(one.content == text and one.withdrawn_at is None for one in known):
        raise PackKnown(name=pack.name)
    signers = {
        signed_text.read((one.content or "").encode()).fingerprint
        for one in known
        if one.content and not _spoilt(one.content)
    }
    return Proposal(
        pack,
        text,
        signed.fingerprint,
        signed.fingerprint in signers,
        tuple(value_changes(before, pack.rows)),
        after,
    )


def _packs(session: Session) -> list[LawPack]:
    return list(session.scalars(select(LawPack).where(LawPack.deleted.is_(False))))


def _spoilt(content: str) -> bool:
    try:
        signed_text.read(content.encode())
    except ExpectedError:
        return True
    return False


def accept(store: Store, proposal: Proposal, reason: str, code: str = "") -> str:
    """Put a pack in force; returns the id of the decision.

    ``code``: the signer's code as the person compared it, where the signer is not known here.
    Raises NotPermitted, ReasonMissing, UnknownLawSigner.
    """
    require(store.actor, _RIGHT)
    if not proposal.known and code.strip().lower() != proposal.signer:
        raise UnknownLawSigner(code_text=proposal.signer)
    record = LawPack(
        id=new_id(),
        name=proposal.pack.name,
        issued_on=proposal.pack.issued_on,
        content=proposal.content,
        reason=_said(reason),
        decided_by=store.actor.full_name,
        decided_at=store.clock.now(),
    )
    with store.write(f"Принят пакет норм «{proposal.pack.name}»") as session:
        session.add(record)
    return record.id


# --- single values


def decide_value(
    store: Store,
    row: Row,
    reason: str,
    values: Mapping[str, Value | None] | None = None,
    *,
    act: str | None = None,
    source: str | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    published: date | None = None,
) -> str:
    """Confirm a row as it stands (no ``values``) or correct it; returns the id of the decision.

    ``values``: columns to change, ``None`` drops one that may be absent. The term of the row stays
    unless another is given. The row then counts as confirmed (``H``), checked today, on the word of
    the person. Raises NotPermitted, ReasonMissing, ValueUnfit.
    """
    require(store.actor, _RIGHT)
    said = _said(reason)
    today = store.clock.today()
    changed = {**row.values, **(values or {})}
    decided = replace(
        row,
        values={name: value for name, value in changed.items() if value is not None},
        act=(act or row.act).strip(),
        source=(source or said).strip(),
        valid_from=valid_from or row.valid_from,
        valid_to=valid_to if valid_to is not None else row.valid_to,
        published=published or row.published,
        confidence="H",
        checked_on=today,
        note="",
    )
    content = row_text(decided)
    _require_fit(store, content, decided)
    title = law_book.rulebook(store).tables.table(row.table).title
    record = LawValue(
        id=new_id(),
        law_table=row.table,
        law_key=row.key or None,
        valid_from=decided.valid_from,
        content=content,
        reason=said,
        decided_by=store.actor.full_name,
        decided_at=store.clock.now(),
    )
    done = f"Исправлена норма: {title}" if values else f"Подтверждена норма: {title}"
    with store.write(done) as session:
        session.add(record)
    return record.id


def _require_fit(store: Store, content: str, row: Row) -> None:
    """The row can be read as it will be kept, and the book with it is not worse than before."""
    if row.valid_to is not None and row.valid_to < row.valid_from:
        raise ValueUnfit(problem="последний день раньше первого")
    kept = law_book.Kept("law_value", "", content, "", None, None, None)
    before = law_book.rulebook(store)
    try:
        wrong = new_problems(before, amended(before, [law_book.amendment(before, kept)]))
    except BrokenLawTable as error:
        raise ValueUnfit(problem=str(error.params["problem"])) from error
    if wrong:
        raise ValueUnfit(problem=wrong[0])


def _said(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


# --- taking back


def withdraw(store: Store, decision_id: str, reason: str) -> None:
    """Take a decision back: what was in force before it is in force again. The record stays.

    Raises NotPermitted, ReasonMissing, RecordGone.
    """
    require(store.actor, _RIGHT)
    said = _said(reason)
    with store.write("Решение о норме отменено") as session:
        found = session.get(LawPack, decision_id) or session.get(LawValue, decision_id)
        if found is None or found.deleted or found.withdrawn_at is not None:
            raise RecordGone
        found.withdrawn_by = store.actor.full_name
        found.withdrawn_at = store.clock.now()
        found.withdrawn_why = said


# --- reading


def decisions(store: Store) -> list[Decided]:
    """All decisions, the newest first."""
    held = law_book.in_force(store)
    unused = {one.id: one.why for one in held.unused}
    titles = {name: table.title for name, table in held.book.tables.tables.items()}
    with store.read() as session:
        packs = [_decided(one, "pack", one.name or "", unused) for one in _packs(session)]
        values = [
            _decided(one, "value", titles.get(one.law_table or "", one.law_table or ""), unused)
            for one in session.scalars(select(LawValue).where(LawValue.deleted.is_(False)))
        ]
    found = packs + values
    return sorted(found, key=lambda one: (one.at is None, one.at, one.id), reverse=True)


def _decided(
    one: LawPack | LawValue, kind: Literal["pack", "value"], title: str, unused: Mapping[str, str]
) -> Decided:
    value = one if isinstance(one, LawValue) else None
    return Decided(
        id=one.id,
        kind=kind,
        title=title,
        table=(value.law_table or "") if value else "",
        about=key_text(value.law_table or "", value.law_key or "") if value else "",
        valid_from=value.valid_from if value else None,
        by=one.decided_by or "",
        at=one.decided_at,
        reason=one.reason or "",
        withdrawn_by=one.withdrawn_by or "",
        withdrawn_at=one.withdrawn_at,
        withdrawn_why=one.withdrawn_why or "",
        unused=unused.get(one.id, ""),
    )
