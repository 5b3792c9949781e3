"""Finding people as one types: names in either script, numbers by any fragment.

What is looked through is written by :mod:`arm.store.search_index`; nothing here reads the records
themselves.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from arm.model.names import (
    from_wrong_layout,
    has_cyrillic,
    latin_key,
    masculine_key,
    sound_key,
    words,
)
from arm.store.search_index import (
    BORN,
    SOUND,
    SearchEntry,
    compact,
    index_people,
    number_key,
    remove_people,
)

__all__ = [
    "SearchEntry",
    "SearchResult",
    "compact",
    "index_people",
    "remove_people",
    "search",
]

HINT_MORE = "Показаны первые {limit}. Добавьте имя, дату рождения или номер документа"
HINT_LAYOUT = "Похоже, была включена другая раскладка. Ищем «{text}»"
HINT_NOTHING = "Никого не нашли. Проверьте написание или наберите номер документа"

_EXACT, _PREFIX, _INFIX, _SOUND = range(4)
_TITLES = (
    "Совпало слово целиком",
    "Начинается так же",
    "Встречается внутри",
    "Похоже по звучанию",
)
_NUMBER_TITLES = ("Совпал номер", "Номер начинается так же", "Совпала часть номера")
_SURNAME_TITLE = "Совпала фамилия"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Row ids of ``listing``, best first. ``groups``: title and how many of the rows, in order."""

    rowids: array[int]
    groups: tuple[tuple[str, int], ...] = ()
    more: bool = False
    """Whether there are more than ``limit`` people."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Word:
    """One typed word: its letters, its Latin key, its sound."""

    letters: str
    key: str
    sound: str

    def exact(self) -> str:
        forms = dict.fromkeys((self.letters, self.key, masculine_key(self.key)))
        return _any(f'"{form}"' for form in forms if form)

    def prefix(self) -> str:
        forms = [self.letters]
        if self.key != self.letters and len(self.key) * 2 > len(self.letters):
            forms.append(self.key)  # a key much shorter («zzzz» gives «z») says nothing
        return _any(f'"{form}"*' for form in forms)

    def alike(self, *, begun: bool, or_letters: bool) -> str:
        heard = f'"{SOUND}{self.sound}"' + ("*" if begun else "")
        return _any((heard, f'"{self.letters}"*')) if or_letters else heard


@dataclass(frozen=True, slots=True)
class _Query:
    """One reading of what was typed. ``numbers``: choices of each; ``born``: days or years."""

    words: tuple[_Word, ...] = ()
    numbers: tuple[tuple[str, ...], ...] = ()
    born: tuple[str, ...] = ()
    hint: str = ""

    @property
    def empty(self) -> bool:
        return not (self.words or self.numbers or self.born)


def _any(terms: Iterable[str]) -> str:
    joined = " OR ".join(terms)
    return f"({joined})"


_DATE = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d{2})(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})-(\d{2})-(\d{2})(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d{2}\Z")
_DIGIT_PART = re.compile(r"[+№(]*\d[\d().\-–/]*\Z")
_MIXED_PART = re.compile(r"(?=.*\d)[\w№\-–/.]+\Z")


def _without_dates(text: str) -> tuple[str, list[str]]:
    born = [f"{y}{int(m):02d}{int(d):02d}" for d, m, y in _DATE.findall(text)]
    born += ["".join(parts) for parts in _ISO_DATE.findall(text)]
    return _ISO_DATE.sub(" ", _DATE.sub(" ", text)), born


def _number_alternatives(digits: str) -> tuple[str, ...]:
    if digits.startswith("8") and digits.isdigit() and len(digits) > 1:
        return digits, "7" + digits[1:]
    return (digits,)


def _parse(text: str, *, join_series: bool, years: bool) -> _Query:
    rest, born = _without_dates(text)
    names: list[str] = []
    numbers: list[str] = []
    running = ""  # digits typed in groups: «402 771 905»
    parts = rest.split()
    for at, part in enumerate(parts):
        if _DIGIT_PART.match(part):
            digits = number_key(part)
            if years and not running and _YEAR.match(digits) and len(parts) > 1:
                born.append(digits)
            else:
                running += digits
            continue
        follows = parts[at + 1] if at + 1 < len(parts) else ""
        is_series = len(part) <= 3 and part.isalpha() and bool(_DIGIT_PART.match(follows))
        if running:
            numbers.append(running)
            running = ""
        if join_series and is_series:
            running = number_key(part)
        elif _MIXED_PART.match(part):
            numbers.append(number_key(part))
        else:
            names.append(part)
    if running:
        numbers.append(running)
    return _Query(
        tuple(_words_of(" ".join(names))),
        tuple(_number_alternatives(number) for number in numbers if number),
        tuple(born),
    )


def _words_of(text: str) -> Iterator[_Word]:
    for letters, key in zip(words(text), latin_key(text).split(), strict=False):
        yield _Word(letters, key, sound_key(letters))


def _readings(text: str) -> Iterator[_Query]:
    """Ways to read what was typed, the likeliest first."""
    text = text[:200]
    seen: set[_Query] = set()
    layouts = [(text, "")]
    other = from_wrong_layout(text)
    if any(c.isalpha() for c in text) and other != text:
        layouts.append((other, HINT_LAYOUT.format(text=other)))
    for typed, hint in layouts:
        for join_series, years in ((True, True), (False, True), (False, False)):
            query = _parse(typed, join_series=join_series, years=years)
            if query.empty or query in seen:
                continue
            seen.add(query)
            yield _Query(query.words, query.numbers, query.born, hint)


@dataclass
class _Found:
    """Rows found so far, in order, with their tier."""

    limit: int
    rowids: array[int] = field(default_factory=lambda: array("q"))
    groups: list[tuple[str, int]] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    more: bool = False

    @property
    def full(self) -> bool:
        return self.more

    @property
    def room(self) -> int:
        return self.limit - len(self.rowids)

    def cap(self) -> int:
        """How many rows to ask for, so that those already held cannot crowd out new ones."""
        return self.limit + 1 + len(self.seen)

    def add(self, title: str, rowids: Sequence[int]) -> None:
        fresh = [rowid for rowid in rowids if rowid not in self.seen]
        if len(fresh) > self.room:
            self.more = True
            fresh = fresh[: self.room]
        if not fresh:
            return
        self.seen.update(fresh)
        self.rowids.extend(fresh)
        if self.groups and self.groups[-1][0] == title:
            self.groups[-1] = (title, self.groups[-1][1] + len(fresh))
        else:
            self.groups.append((title, len(fresh)))


def search(session: Session, text: str, limit: int = 500) -> SearchResult:
    """People whose names or numbers fit ``text``: exact before beginning before inside before
    alike by sound. At most ``limit`` rows; typing on the wrong keyboard layout is noticed when the
    text as typed finds nobody."""
    connection = session.connection()
    readings = list(_readings(text))
    found = _Found(limit)
    hint = ""
    for tiers in ((_exact, _prefix), (_infix,), (_alike,)):
        for query in readings:
            for tier in tiers:
                if not found.full:
                    tier(connection, query, found)
            if found.rowids:
                hint = hint or query.hint
                if tiers[0] is not _alike:
                    _less_exact(connection, query, tiers, found)
                break
        if found.rowids:
            break
    if found.more:
        hint = hint or HINT_MORE.format(limit=limit)
    elif not found.rowids and readings:
        hint = HINT_NOTHING
    return SearchResult(found.rowids, tuple(found.groups), found.more, hint)


def _less_exact(
    connection: Connection,
    query: _Query,
    done: Sequence[Callable[[Connection, _Query, _Found], None]],
    found: _Found,
) -> None:
    if _settled(query, found):
        return
    # what stands inside a word matters only while little was found
    enough = len(query.words) > 1 or (bool(query.words) and len(found.rowids) >= _ENOUGH)
    rest = (_alike,) if enough else (_infix, _alike)
    for tier in rest:
        if tier not in done and not found.full:
            tier(connection, query, found)


_ENOUGH = 100


def _settled(query: _Query, found: _Found) -> bool:
    """Whether looking for the less exact would only add noise: a whole long number was found, or
    several words that begin as typed."""
    if query.words:
        return len(query.words) + len(query.numbers) > 1 and bool(query.numbers or query.born)
    return found.groups[0][0] == _NUMBER_TITLES[_EXACT] and len(query.numbers[0][0]) >= 6


def _title(query: _Query, tier: int) -> str:
    if query.numbers and not query.words and tier < len(_NUMBER_TITLES):
        return _NUMBER_TITLES[tier]
    return _TITLES[tier]


def _others(query: _Query, *, begun: bool) -> list[str]:
    star = "*" if begun else ""
    terms = [_any(f'"{n}"{star}' for n in alternatives) for alternatives in query.numbers]
    terms += [f'"{BORN}{born}"' for born in query.born]
    return terms


_WORDS = "SELECT rowid FROM search_words WHERE search_words MATCH ? LIMIT ?"
_PEOPLE = """
SELECT rowid, surname, given, surname_latin, names FROM search_person
WHERE rowid IN (SELECT value FROM json_each(?))
"""


def _fresh(connection: Connection, match: str, found: _Found) -> Sequence[Sequence[Any]]:
    """People whose words fit and who are not held yet, one more than there is room for."""
    rows = connection.exec_driver_sql(_WORDS, (match, found.cap())).fetchall()
    fresh = [row[0] for row in rows if row[0] not in found.seen]
    if not fresh:
        return []
    wanted = json.dumps(fresh[: found.room + 1])
    return connection.exec_driver_sql(_PEOPLE, (wanted,)).fetchall()


def _by_words(connection: Connection, match: str, first: str, found: _Found) -> list[int]:
    # sorted here: SQLite's own sorter costs twice as much for rows as few as these
    ordered = sorted(
        (not (row[1].startswith(first) or row[3].startswith(first)), row[1], row[2], row[0])
        for row in _fresh(connection, match, found)
    )
    return [row[3] for row in ordered]


def _by_surname(connection: Connection, word: str, found: _Found, *, whole: bool) -> list[int]:
    column = "surname" if has_cyrillic(word) else "surname_latin"
    condition = f"{column} = ?" if whole else f"{column} >= ? AND {column} < ?"
    bounds = (word,) if whole else (word, word + "\U0010ffff")
    rows = connection.exec_driver_sql(
        f"SELECT rowid FROM search_person WHERE {condition} ORDER BY {column}, given LIMIT ?",
        (*bounds, found.cap()),
    )
    return [row[0] for row in rows.fetchall()]


def _only_word(query: _Query) -> str:
    alone = len(query.words) == 1 and not query.numbers and not query.born
    return query.words[0].letters if alone else ""


def _exact(connection: Connection, query: _Query, found: _Found) -> None:
    if alone := _only_word(query):
        found.add(_SURNAME_TITLE, _by_surname(connection, alone, found, whole=True))
        if found.full:
            return
    terms = [word.exact() for word in query.words] + _others(query, begun=False)
    first = query.words[0].letters if query.words else ""
    found.add(_title(query, _EXACT), _by_words(connection, " AND ".join(terms), first, found))


def _prefix(connection: Connection, query: _Query, found: _Found) -> None:
    title = _title(query, _PREFIX)
    if alone := _only_word(query):
        found.add(title, _by_surname(connection, alone, found, whole=False))
        if found.full:
            return
    terms = [word.prefix() for word in query.words] + _others(query, begun=True)
    first = query.words[0].letters if query.words else ""
    found.add(title, _by_words(connection, " AND ".join(terms), first, found))


def _grams(text: str) -> str:
    """Groups of three that cover ``text``: what they let through is compared letter by letter."""
    starts = sorted({*range(0, len(text) - 2, 3), len(text) - 3})
    return " AND ".join(f'"{text[at : at + 3]}"' for at in starts)


def _infix(connection: Connection, query: _Query, found: _Found) -> None:
    matches: list[str] = []
    checks: list[str] = []
    values: list[str] = []
    whole: list[str] = [f'"{BORN}{born}"' for born in query.born]
    for word in query.words:
        if len(word.key) >= 3:
            matches.append(_grams(word.key))
            checks.append("instr(p.names, ?)")
            values.append(word.key)
        else:
            whole.append(word.prefix())
    for alternatives in query.numbers:
        if len(alternatives[0]) >= 3:
            matches.append(_any(f"({_grams(number)})" for number in alternatives))
            checks.append(_any("instr(p.numbers, ?)" for _ in alternatives))
            values.extend(alternatives)
        else:
            whole.append(_any(f'"{number}"*' for number in alternatives))
    if not matches:
        return
    values.insert(0, " AND ".join(matches))
    if whole:
        checks.insert(0, "p.rowid IN (SELECT rowid FROM search_words WHERE search_words MATCH ?)")
        values.insert(1, " AND ".join(whole))
    rows = connection.exec_driver_sql(
        "SELECT p.rowid, p.surname, p.given, p.numbers"
        " FROM search_fragments CROSS JOIN search_person p ON p.rowid = search_fragments.rowid"
        f" WHERE search_fragments MATCH ? AND {' AND '.join(checks)} LIMIT ?",
        (*values, found.cap()),
    ).fetchall()
    # Fewer digits fit hundreds of people: their order is the alphabet's, and costs nothing more.
    asked = [one for alternatives in query.numbers for one in alternatives if len(one) >= 5]
    ordered = sorted(rows, key=lambda row: (_inner(asked, row[3]), row[1], row[2], row[0]))
    found.add(_title(query, _INFIX), [row[0] for row in ordered])


def _inner(asked: Sequence[str], numbers: str) -> bool:
    """Whether the typed digits stand inside numbers only: people type the end of a number more
    often than its middle."""
    if not asked:
        return False
    held = numbers.split()
    return not any(one.endswith(number) for number in asked for one in held)


def _alike(connection: Connection, query: _Query, found: _Found) -> None:
    if not query.words or any(len(word.sound) < 2 for word in query.words):
        return
    for begun in (False, True):
        if begun and (found.rowids or len(query.words[-1].key) < 4):
            return
        last = len(query.words) - 1
        terms = [
            word.alike(begun=begun and at == last, or_letters=0 < at == last)
            for at, word in enumerate(query.words)
        ] + _others(query, begun=True)
        keys = tuple(word.key for word in query.words)
        far: dict[str, int] = {}
        ordered = sorted(
            (_distance(keys, row[4], far), row[1], row[2], row[0])
            for row in _fresh(connection, " AND ".join(terms), found)
        )
        found.add(_TITLES[_SOUND], [row[3] for row in ordered])


def _distance(keys: Sequence[str], names: str, known: dict[str, int]) -> int:
    """How far the typed words are from the nearest words of a person's names, in letters."""
    if names not in known:
        held = names.split()
        known[names] = sum(min((_edits(key, name) for name in held), default=9) for key in keys)
    return known[names]


@lru_cache(maxsize=16_384)
def _edits(one: str, other: str) -> int:
    """Levenshtein's distance."""
    previous = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        current = [at]
        for to, against in enumerate(other, 1):
            current.append(
                min(previous[to] + 1, current[-1] + 1, previous[to - 1] + (letter != against))
            )
        previous = current
    return previous[-1]
