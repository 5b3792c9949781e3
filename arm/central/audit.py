"""«arm central audit»: is what the centre holds what was put into it?

Three questions. Does every entry of each feed follow from the one before (:mod:`.chain`)? Is every
record what its feed made of it (:mod:`.replay`)? Did a workstation or a signed list of heads see
another past than the one that is here now? The first two are answered from the database alone; only
the third notices a history that was rewritten as a whole, which is why witnesses exist.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import psycopg

from arm.central.admin_session import admin_session
from arm.central.chain import Break, Chain, read_chain
from arm.central.heads import SeenHead
from arm.central.reads import broken_reads
from arm.central.replay import replay

Subject = Literal["chain", "documents", "witness", "reads"]
Progress = Callable[[int, int], object]
"""Scopes done, of all."""


def _silent(_done: int, _total: int) -> None:
    pass


_BREAKS = {
    "altered": "содержание записи {seq} не то, что было принято",
    "unchained": "запись {seq} изменена или подставлена: не продолжает предыдущую",
    "repeated": "номер {seq} встречается дважды",
}


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was left. ``text`` is Russian, with numbers and ids only."""

    subject: Subject
    scope: int
    seq: int | None
    record: str
    text: str
    advice: str


@dataclass
class AuditReport:
    """What was read and what is wrong; ``findings`` empty means that all holds."""

    scopes: int = 0
    entries: int = 0
    erased: int = 0
    documents: int = 0
    bulk: int = 0
    """Records loaded past the feed: of them only fields that were edited since are comparable."""
    chain_seconds: float = 0.0
    documents_seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings


def audit(
    admin_dsn: str,
    *,
    scopes: Sequence[int] | None = None,
    seen: Sequence[SeenHead] = (),
    progress: Progress = _silent,
) -> AuditReport:
    """Check everything, or the scopes named, in one snapshot. ``seen``: heads that somebody saw
    earlier (:mod:`.heads`) and that must lie on the present chain.

    Raises as :func:`arm.central.admin_session.admin_session`.
    """
    with admin_session(admin_dsn) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return audit_within(connection, scopes=scopes, seen=seen, progress=progress)


def audit_within(
    connection: psycopg.Connection[Any],
    *,
    scopes: Sequence[int] | None = None,
    seen: Sequence[SeenHead] = (),
    progress: Progress = _silent,
) -> AuditReport:
    """As :func:`audit`, within the transaction of ``connection``: what it sees is judged."""
    report = AuditReport()
    heads = {
        scope: (seq, chain)
        for scope, seq, chain in connection.execute(
            "SELECT scope, seq, hash FROM arm.scope_head ORDER BY scope"
        )
        if scopes is None or scope in scopes
    }
    for place, (scope, head) in enumerate(heads.items()):
        progress(place, len(heads))
        _one_scope(connection, scope, head, report)
    progress(len(heads), len(heads))
    report.findings += missing_heads(
        connection, [one for one in seen if scopes is None or one.scope in scopes]
    )
    report.findings += _told_by_workstations(connection, list(heads))
    if scopes is None:
        report.findings += [
            Finding(
                "reads",
                0,
                one.n,
                one.chain,
                f"строка {one.n} журнала просмотров не продолжает прежнюю",
                "Журнал меняли в обход программы: проверьте, кто имел доступ к базе",
            )
            for one in broken_reads(connection)
        ]
    report.scopes = len(heads)
    return report


def _told_by_workstations(
    connection: psycopg.Connection[Any], scopes: Sequence[int]
) -> Iterator[Finding]:
    """What workstations saw and did not find again, and no administrator explained."""
    rows = connection.execute(
        "SELECT scope, seq, client, seen_at, found FROM arm.witness"
        " WHERE settled_at IS NULL AND scope = ANY (%s) ORDER BY scope, seq, client",
        (scopes,),
    )
    for scope, seq, client, seen_at, found in rows:
        what = "в ленте нет" if found is None else "в ленте другая"
        yield Finding(
            "witness",
            scope,
            seq,
            client,
            f"записи {seq}, которую рабочее место видело {seen_at}, {what}",
            "Если центр восстанавливали из копии, отметьте это: «arm central witnesses --explain»",
        )


def explain_witnesses(admin_dsn: str, note: str) -> int:
    """The administrator knows why history differs; the evidence stays. Returns how many."""
    with admin_session(admin_dsn) as connection:
        return connection.execute(
            "UPDATE arm.witness SET settled_at = now(), settled_note = %s WHERE settled_at IS NULL",
            (note,),
        ).rowcount


def _one_scope(
    connection: psycopg.Connection[Any], scope: int, head: tuple[int, str], report: AuditReport
) -> None:
    started = time.perf_counter()
    chain = read_chain(connection, scope)
    report.chain_seconds += time.perf_counter() - started
    report.entries += chain.rows
    report.erased += chain.erased
    report.findings += _chain_findings(chain, head)
    started = time.perf_counter()
    held = replay(connection, scope)
    report.documents_seconds += time.perf_counter() - started
    report.documents += held.documents
    report.bulk += held.bulk
    report.findings += [
        Finding(
            "documents",
            scope,
            None,
            one.id,
            one.what,
            "Запись меняли в обход программы: сверьте её с бумагами и исправьте обычной правкой",
        )
        for one in held.differences
    ]


def _chain_findings(chain: Chain, head: tuple[int, str]) -> Iterator[Finding]:
    advice = "Восстановите центр из копии, сделанной раньше, и проверьте, кто имел доступ к базе"
    for one in chain.breaks:
        yield Finding("chain", chain.scope, one.seq, "", _words(one), advice)
    if (chain.seq, chain.hash) != head:
        text = (
            f"лента обрывается на {chain.seq}, а дошла до {head[0]}"
            if chain.seq != head[0]
            else f"отпечаток конца ленты {head[0]} не тот, что записан в центре"
        )
        yield Finding("chain", chain.scope, min(chain.seq + 1, head[0]), "", text, advice)


def _words(one: Break) -> str:
    if one.damage == "missing":
        last = "" if one.until == one.seq else f"–{one.until}"
        return f"нет записи {one.seq}{last}"
    return _BREAKS[one.damage].format(seq=one.seq)


def missing_heads(
    connection: psycopg.Connection[Any], seen: Sequence[SeenHead]
) -> Iterator[Finding]:
    """The heads that are not on the chain of now."""
    for one in seen:
        row = connection.execute(
            "SELECT hash FROM arm.change WHERE scope = %s AND seq = %s", (one.scope, one.seq)
        ).fetchone()
        if one.seq > 0 and (row is None or row[0] != one.hash):
            what = "в ленте нет" if row is None else "в ленте другая"
            yield Finding(
                "witness",
                one.scope,
                one.seq,
                "",
                f"записи {one.seq}, которую видели {one.seen_at}, {what}",
                "Историю обрезали, переписали или восстановили из копии: сверьте с журналом работ",
            )
