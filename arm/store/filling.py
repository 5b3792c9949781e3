"""Filling an empty workstation: secondary indexes are made once the rows are there.

A row that comes lands in each index at a place of its own, so a page of a first load would write
nearly all of their pages anew. Made at the end, each is sorted and written once. Until then lists
are complete but slower.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, DropIndex

from arm.model import CaseFile, Person, Registration
from arm.store import search_index, tables

_NEEDED_MEANWHILE: Final = "ix_due_person_id"
"""By it a person's terms are found when an edit computes them anew."""


def _postponed() -> list[Index]:
    indexes = [*tables.listing.indexes, *tables.due.indexes]
    for record, column in (
        (Person, "migrant_id"),
        (CaseFile, "responsible"),
        (Registration, "host_id"),
    ):
        table = record.__table__
        indexes += [i for i in table.indexes if i.columns.keys() == [column]]  # type: ignore[attr-defined]  # a Table
    return [index for index in indexes if index.name != _NEEDED_MEANWHILE]


def begin_filling(session: Session) -> None:
    """Before the first load of a workstation; does nothing where people are listed already.
    Commits nothing."""
    connection = session.connection()
    if connection.exec_driver_sql("SELECT 1 FROM listing LIMIT 1").fetchone() is not None:
        return
    for index in _postponed():
        connection.execute(DropIndex(index, if_exists=True))
    search_index.begin_filling(session)


def end_filling(session: Session) -> None:
    """Make what :func:`begin_filling` left out, unless a first load is still under way; harmless
    otherwise. Commits nothing."""
    connection = session.connection()
    if connection.exec_driver_sql("SELECT 1 FROM hydrate WHERE after_id NOT LIKE '~%'").fetchone():
        return
    for index in _postponed():
        connection.execute(CreateIndex(index, if_not_exists=True))
    search_index.end_filling(session)
