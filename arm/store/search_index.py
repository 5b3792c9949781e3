"""What people are found by, written in the same transaction as the records.

Three structures (``docs/search.md`` tells why):

* ``search_person`` – folded surnames in a B-tree, for whole and beginning surnames in order;
* ``search_words`` – every word in its own letters, as a Latin key, as a sound, every number and
  the birth date; answers any number of words or beginnings in any order;
* ``search_fragments`` – groups of three letters, for what stands inside a name or a number.

Row ids are those of ``listing``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

from arm.model.names import fold, latin_key, masculine_key, sound_key
from arm.store.database import raw_of

SOUND = "ї"
"""Marks sound keys among the words: folding turns this letter into another, so none has it."""
BORN = "ў"
"""Marks birth dates and years among the words (``ў19910812``, ``ў1991``), likewise."""


class SearchEntry(NamedTuple):
    """What one person is found by. ``rowid`` is the person's row in ``listing``;
    ``birth_date`` is ISO 8601."""

    rowid: int
    person_id: str
    surname: str | None = None
    given: str | None = None
    patronymic: str | None = None
    surname_latin: str | None = None
    given_latin: str | None = None
    documents: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    inn: str | None = None
    snils: str | None = None
    migrant_id: str | None = None
    birth_date: str | None = None


class _Name(NamedTuple):
    """A name in both scripts, made ready: folded forms, keys, and all words to index."""

    folded: str
    folded_latin: str
    keys: str
    words: str


@lru_cache(maxsize=131_072)
def _name(russian: str, latin: str, *, surname: bool = False) -> _Name:
    # names repeat, in life as in lists: making one ready costs more than looking it up
    keys = list(dict.fromkeys(latin_key(text) for text in (russian, latin) if text))
    forms = [fold(russian), fold(latin), *keys]
    forms += [masculine_key(key) for key in keys] if surname else []
    heard = [SOUND + sound for text in (russian, latin) for sound in sound_key(text).split()]
    distinct = dict.fromkeys([word for form in forms for word in form.split()] + heard)
    return _Name(forms[0], forms[1], " ".join(keys), " ".join(distinct))


@lru_cache(maxsize=131_072)
def _patronymic(text: str) -> tuple[str, str]:
    key = latin_key(text)
    return key, f"{fold(text)} {key}"  # nobody is looked for by how a patronymic sounds


_LOOKALIKES = str.maketrans("авекмнорстухі", "abekmhopctyxi")
_NOT_ALNUM = re.compile(r"[\W_]+")


def number_key(text: str) -> str:
    """A number as it is compared: small letters and digits only, Cyrillic look-alikes as Latin."""
    low = text.lower()
    if low.isascii() and low.isalnum():
        return low
    return _NOT_ALNUM.sub("", low).translate(_LOOKALIKES)


def phone_key(text: str) -> str:
    """A telephone as it is compared: digits; a Russian number always begins with 7."""
    digits = text if text.isdigit() else "".join([c for c in text if c.isdigit()])
    if len(digits) == 10 and digits[0] == "9":
        return "7" + digits
    if len(digits) == 11 and digits[0] == "8":
        return "7" + digits[1:]
    return digits


def _numbers(entry: SearchEntry) -> list[str]:
    found = [number_key(document) for document in entry.documents]
    found += [phone_key(phone) for phone in entry.phones]
    found += [number_key(n) for n in (entry.inn, entry.snils, entry.migrant_id) if n]
    return [number for number in found if number]


_SERIES = re.compile(r"[^\W\d_]+(?=\d)")


class Indexed(NamedTuple):
    """Whose words went into the index, and which."""

    rowid: int
    person_id: str
    words: str
    fragments: str


REHEARSED: Final = "indexed"
"""Key of ``session.info`` under which the check wants to be told of everybody who is indexed."""


class SearchRows(NamedTuple):
    """One person's row of ``search_person`` and what the two word indexes hold of them."""

    person: tuple[int, str, str, str, str, str, str, int]
    words: str
    fragments: str


def search_rows(entry: SearchEntry) -> SearchRows:
    """What the three structures keep of one person."""
    surname = _name(entry.surname or "", entry.surname_latin or "", surname=True)
    given = _name(entry.given or "", entry.given_latin or "")
    patronymic, patronymic_words = _patronymic(entry.patronymic or "")
    numbers = _numbers(entry)
    tokens = [surname.words, given.words, patronymic_words, *numbers]
    # a document is also found by its number without the series
    tokens += [n[m.end() :] for n in numbers if (m := _SERIES.match(n))]
    if entry.birth_date:
        tokens.append(f"{BORN}{entry.birth_date.replace('-', '')} {BORN}{entry.birth_date[:4]}")
    names, joined = f"{surname.keys} {given.keys} {patronymic}", " ".join(numbers)
    found_by = " ".join(tokens)
    return SearchRows(
        (
            entry.rowid,
            entry.person_id,
            surname.folded,
            given.folded,
            surname.folded_latin,
            names,
            joined,
            _mark(found_by),
        ),
        found_by,
        f"{names} {joined}",
    )


def _mark(found_by: str) -> int:
    """Tells whether the words of a person changed: the index cannot say what it holds of them."""
    return int.from_bytes(blake2b(found_by.encode(), digest_size=7).digest())


_WORD_TABLES: Final = ("search_words", "search_fragments")
_TABLES: Final = ("search_person", *_WORD_TABLES)
_PERSON: Final = (
    "rowid", "person_id", "surname", "given", "surname_latin", "names", "numbers", "mark",
)  # fmt: skip
_UPSERT: Final = (
    f"INSERT INTO search_person ({', '.join(_PERSON)}) VALUES ({', '.join('?' * len(_PERSON))})"
    " ON CONFLICT (rowid) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _PERSON[1:])
)


def index_people(session: Session, entries: Iterable[SearchEntry]) -> list[int]:
    """Put people into the index, or put them there anew if anything changed; returns the row ids
    of those who were new or changed. Commits nothing."""
    rows = {entry.rowid: search_rows(entry) for entry in entries}
    if not rows:
        return []
    if REHEARSED in session.info:
        session.info[REHEARSED] += [
            Indexed(rowid, row.person[1], row.words, row.fragments) for rowid, row in rows.items()
        ]
    driver = raw_of(session)
    held = driver.execute(
        f"SELECT {', '.join(_PERSON)} FROM search_person"
        " WHERE rowid IN (SELECT value FROM json_each(?))",
        (json.dumps(list(rows)),),
    ).fetchall()
    standing = {before[0]: before for before in held}
    fresh = [row for rowid, row in rows.items() if standing.get(rowid) != row.person]
    changed = [(rowid,) for rowid in standing if standing[rowid] != rows[rowid].person]
    _remove(driver, changed, _WORD_TABLES)
    driver.executemany(_UPSERT, [row.person for row in fresh])
    driver.executemany(
        "INSERT INTO search_words (rowid, words) VALUES (?, ?)",
        [(row.person[0], row.words) for row in fresh],
    )
    driver.executemany(
        "INSERT INTO search_fragments (rowid, fragments) VALUES (?, ?)",
        [(row.person[0], row.fragments) for row in fresh],
    )
    return [row.person[0] for row in fresh]


def doubt_index(session: Session, persons: Collection[str] | None = None) -> None:
    """Have everybody, or these persons, written anew when they are indexed next, changed or not.
    Commits nothing."""
    driver = raw_of(session)
    if persons is None:
        driver.execute("UPDATE search_person SET mark = -1")
    else:
        driver.execute(
            "UPDATE search_person SET mark = -1"
            " WHERE person_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(persons)),),
        )


def add_people(
    session: Session, rows: Sequence[tuple[tuple[Any, ...], str, str]], *, after: int
) -> None:
    """Put people into the index who are not there; their row ids count on from ``after``.
    Commits nothing."""
    driver = raw_of(session)
    columns, marks = ", ".join(_PERSON), ", ".join("?" * (len(_PERSON) - 1))
    driver.executemany(
        f"INSERT INTO search_person ({columns}) VALUES (? + {after}, {marks})",
        [person for person, _, _ in rows],
    )
    driver.executemany(
        f"INSERT INTO search_words (rowid, words) VALUES (? + {after}, ?)",
        [(person[0], words) for person, words, _ in rows],
    )
    driver.executemany(
        f"INSERT INTO search_fragments (rowid, fragments) VALUES (? + {after}, ?)",
        [(person[0], fragments) for person, _, fragments in rows],
    )


_INDEXES: Final = {
    "ix_search_person_surname": "surname, given",
    "ix_search_person_latin": "surname_latin, given",
}
_MERGING: Final = {"automerge": 4, "crisismerge": 16}
"""After how many parts of one size FTS5 merges them (its own defaults)."""
_NO_MERGING: Final = {"automerge": 0, "crisismerge": 1_999}


def begin_filling(session: Session) -> None:
    """Before very many people come: they are found as they come, but what makes finding fast is
    left to :func:`end_filling`, since each merge would be done again. Commits nothing."""
    connection = session.connection()
    for name in _INDEXES:
        connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
    _set_merging(session, _NO_MERGING)


def end_filling(session: Session) -> None:
    """After :func:`begin_filling`; harmless without it. Commits nothing."""
    connection = session.connection()
    for name, columns in _INDEXES.items():
        connection.exec_driver_sql(
            f"CREATE INDEX IF NOT EXISTS {name} ON search_person ({columns})"
        )
    _set_merging(session, _MERGING)


def _set_merging(session: Session, options: Mapping[str, int]) -> None:
    connection = session.connection()
    for table in _WORD_TABLES:
        for option, value in options.items():
            connection.exec_driver_sql(
                f"INSERT INTO {table} ({table}, rank) VALUES ('{option}', {value})"
            )


def compact(session: Session) -> None:
    """Merge the parts that many small writes leave behind; worth it once after a first load
    (about a second for 150,000 people). Commits nothing."""
    connection = session.connection()
    for table in _WORD_TABLES:
        connection.exec_driver_sql(f"INSERT INTO {table} ({table}) VALUES ('optimize')")


def remove_people(session: Session, rowids: Collection[int]) -> None:
    """Take people out of the index; unknown row ids are passed over. Commits nothing."""
    driver = raw_of(session)
    held = driver.execute(
        "SELECT rowid FROM search_person WHERE rowid IN (SELECT value FROM json_each(?))",
        (json.dumps(list(rowids)),),
    ).fetchall()
    _remove(driver, held)


def _remove(
    driver: Any, rowids: Sequence[tuple[int]], from_tables: Iterable[str] = _TABLES
) -> None:
    if rowids:
        for table in from_tables:
            driver.executemany(f"DELETE FROM {table} WHERE rowid = ?", rowids)
