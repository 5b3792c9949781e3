"""Destroying a person's data by law: what is due, what forbids it, the deed, and its act.

Only a person decides, only online (the centre erases; workstations follow with their next
exchange), only who has the right, and never while a term runs that the ground does not outweigh.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from arm.access.rights import require
from arm.casework import law_book
from arm.casework.facts import case_facts
from arm.casework.labels import full_name, kind_title
from arm.errors import ExpectedError
from arm.law.retention import (
    DestroyBy,
    HeldPart,
    KeepTerm,
    blocks,
    due_for_destruction,
    keep_terms,
)
from arm.law.rulebook import RuleBook
from arm.model import CaseFacts, kinds
from arm.store.database import raw_of
from arm.store.store import Store
from arm.sync.documents import shapes
from arm.sync.engine import SyncEngine

SYSTEM_NAME = "«Единое окно» (рабочие места и центральная база PostgreSQL)"
METHOD = (
    "удаление содержания записей и файлов средствами информационной системы без возможности"
    " восстановления; отметки об удалении и отпечатки журнала сохранены"
)


class StillKept(ExpectedError):
    """A term of the law, or of the office, has not run out."""

    code = "still_kept"
    title = "Уничтожить нельзя: {why}"
    advice = "Срок хранения истекает {until}. Основание: {act}"


class NoCentreToErase(ExpectedError):
    """The workstation works without a centre."""

    code = "no_centre_to_erase"
    title = "Рабочее место не подключено к центру"
    advice = "Данные уничтожает центр: подключите рабочее место и повторите"


@dataclass(frozen=True)
class DuePerson:
    """Somebody whose data are due for destruction, or will be. ``blocked``: what forbids it."""

    person_id: str
    name: str
    migrant_id: str
    reason: DestroyBy
    terms: tuple[KeepTerm, ...]


@dataclass(frozen=True)
class Destroyed:
    """What was done: the extract of the log, and the facts for the act as they were before."""

    facts: CaseFacts
    boxes: dict[str, str]
    """For the form ``destruction_act``."""
    receipts: tuple[dict[str, Any], ...]


def retention(store: Store, on: date, book: RuleBook | None = None) -> list[DuePerson]:
    """Everybody whose data must be destroyed by reasons that have arisen by ``on``, the most
    urgent first. Raises NotPermitted."""
    require(store.actor, "erase")
    book = book or law_book.rulebook(store)
    with store.read() as session:
        raw = raw_of(session)
        rows = raw.execute(_CANDIDATES).fetchall()
        parts = _parts(raw, [row[0] for row in rows])
    found = []
    for person_id, surname, given, patronymic, migrant_id, withdrawn in rows:
        terms = keep_terms(parts.get(person_id, ()), on, book)
        left = date.fromisoformat(withdrawn) if withdrawn else None
        reason = due_for_destruction(terms, left, on, book)
        if reason is not None:
            name = full_name(surname, given, patronymic)
            found.append(DuePerson(person_id, name, migrant_id or "", reason, terms))
    return sorted(found, key=lambda one: (one.reason.last_day, one.person_id))


_CANDIDATES = """
    SELECT p.id, p.surname, p.given, p.patronymic, p.migrant_id, w.withdrawn_on
    FROM person AS p
    LEFT JOIN (SELECT person_id, max(withdrawn_on) AS withdrawn_on FROM consent
               WHERE NOT deleted GROUP BY person_id
               HAVING count(*) = count(withdrawn_on)) AS w ON w.person_id = p.id
    WHERE NOT p.deleted AND (w.withdrawn_on IS NOT NULL OR EXISTS (
        SELECT 1 FROM case_file AS c WHERE c.person_id = p.id AND NOT c.deleted
        AND c.closed_on IS NOT NULL))
"""
"""Who has a closed case, or withdrew every consent they gave."""


def _parts(raw: Any, persons: Sequence[str]) -> dict[str, list[HeldPart]]:
    found: dict[str, list[HeldPart]] = {}
    wanted = set(persons)
    for kind, query in _PARTS.items():
        for person_id, since in raw.execute(query):
            if person_id in wanted:
                day = date.fromisoformat(since[:10]) if since else None
                found.setdefault(person_id, []).append(HeldPart(kind, day))
    return found


_PARTS = {
    "case": "SELECT person_id, closed_on FROM case_file WHERE NOT deleted",
    "issued_form": "SELECT person_id, printed_at FROM issued_form WHERE NOT deleted",
    "payment_paper": "SELECT person_id, added_at FROM attachment WHERE NOT deleted"
    " AND about IN ('contract', 'receipt', 'payment')",
    "consent": "SELECT person_id, withdrawn_on FROM consent WHERE NOT deleted",
}


def held_terms(store: Store, person_id: str, on: date, book: RuleBook) -> tuple[KeepTerm, ...]:
    """What must be kept of one person, and until when."""
    with store.read() as session:
        return keep_terms(_parts(raw_of(session), [person_id]).get(person_id, ()), on, book)


def erase(
    store: Store,
    sync: SyncEngine | None,
    person_id: str,
    *,
    ground: str,
    act_number: str,
    book: RuleBook | None = None,
) -> Destroyed:
    """Have the centre erase this person, then let go of them here.

    What was typed about them and not sent yet goes too: the exchange before it sends the rest.
    Raises NotPermitted, StillKept, NoCentreToErase, PersonNotFound, MayNotErase, NobodyToErase,
    NoRuleForDay for an unknown ground, and what an exchange raises.
    """
    require(store.actor, "erase")
    book, today = book or law_book.rulebook(store), store.clock.today()
    facts = case_facts(store, person_id)
    forbidding = blocks(held_terms(store, person_id, today, book), ground, today, book)
    if forbidding:
        last = forbidding[-1]
        until = f"{last.until:%d.%m.%Y}" if last.until else "после закрытия дела"
        raise StillKept(why=last.text, until=until, act=last.act)
    if sync is None:
        raise NoCentreToErase
    sync.exchange()
    categories = _categories(store, person_id)
    with sync.conversation() as wire:
        receipts = tuple(wire.erase(store.client_id, person_id, ground, act_number))
    row = book.tables.on("retention.ground", today, ground)
    reason = f"{row.text('text')} ({row.act})"
    boxes = act_boxes(categories, receipts) | {
        "number": act_number,
        "reason": reason,
        "destroyer": store.actor.full_name,
    }
    sync.exchange()
    return Destroyed(facts, boxes, receipts)


def _categories(store: Store, person_id: str) -> list[str]:
    """Kinds of what is kept of this person, in Russian, with how many."""
    with store.read() as session:
        raw, found = raw_of(session), []
        for kind in kinds():
            shape = shapes()[kind]
            column = "id" if shape.is_person else "person_id"
            if not shape.is_person and not shape.person_column:
                continue
            (count,) = raw.execute(
                f"SELECT count(*) FROM {shape.table} WHERE {column} = ? AND fver <> '{{}}'",
                (person_id,),
            ).fetchone()
            if count:
                found.append(f"{kind_title(kind).lower()} ({count})")
    return found


def act_boxes(categories: Iterable[str], receipts: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What the form ``destruction_act`` needs beside the facts."""
    at = max(datetime.fromisoformat(one["at"]) for one in receipts).astimezone()
    return {
        "destroyed_on": f"{at:%d.%m.%Y}",
        "categories": ", ".join(categories),
        "system": SYSTEM_NAME,
        "method": METHOD,
        "log": "\n".join(
            f"{datetime.fromisoformat(one['at']).astimezone():%d.%m.%Y %H:%M:%S}\t{one['scope']}"
            f"\t{one['seq']}\t{one['records']}\t{one['entries']}\t{one['hash']}"
            for one in receipts
        ),
    }
